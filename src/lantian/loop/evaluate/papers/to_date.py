"""The city's month and year up to a day, beside the same days of last year by one law, and the plan's promises."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from lantian.desk.language import mark
from lantian.desk.paper.html import number
from lantian.desk.paper.office_paper import DASH, Cell, Head, Table, Value
from lantian.loop.evaluate.papers.looking import Target
from lantian.loop.evaluate.periods import PeriodFigures
from lantian.loop.evaluate.report_view import View
from lantian.rules import RuleSet
from lantian.science.ranking import CHANGE_IN_POINTS, change_in_points, change_rate, metrics_of
from lantian.terms.periods import Period, PeriodKind, year_earlier
from lantian.terms.pollutants import NAMES, Pollutant

_DAYS = ("good_days", "heavy_days")
_METRICS = ("good_days", "good_day_ratio", "heavy_days", "pm25", "pm10", "o3", "composite_index")
"""Rows of the table, as ranking lists call them."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Figures of the city over one stretch of days."""

    figures: PeriodFigures | None
    """None without any judged day."""
    rules: RuleSet

    @property
    def good(self) -> int:
        """Days whose index is at or below the good-day bound. [d]"""
        return 0 if self.figures is None else int(self.figures.counts.good[0])

    @property
    def judged(self) -> int:
        """Days with a published index. [d]"""
        return 0 if self.figures is None else int(self.figures.counts.valid[0])

    def value(self, metric: str) -> float | None:
        """Return one figure as published; None where there is none."""
        if self.figures is None:
            return None
        found = self.figures
        value = float(metrics_of(found.statistics, found.composite, found.counts)[metric][0])
        return None if np.isnan(value) else value

    def text(self, metric: str) -> str:
        """Return one figure as people read it."""
        return number(self.value(metric), decimals_of(metric, self.rules), DASH)


def decimals_of(metric: str, rules: RuleSet) -> int:
    """Decimals of a published figure."""
    if metric in _DAYS:
        return 0
    if metric == "composite_index":
        return rules.composite.decimals_sum
    if metric in CHANGE_IN_POINTS:
        return rules.evaluation.decimals_rate
    return rules.evaluation.decimals_period.of(Pollutant(metric))


def standings(view: View) -> Standing:
    """Judge the year up to the last day of a view by that day's editions."""
    return Standing(view.city_under(view.to_date, view.rules), view.rules)


def to_date_table(view: View, targets: Sequence[Target]) -> Table:
    """Lay month and year out, both years by the editions of the day."""
    day = view.last
    month = Period(PeriodKind.MONTH, day.replace(day=1), day)
    stretches = [(month, _before(month)), (view.to_date, _before(view.to_date))]
    held = [[_judged(view, period) for period in pair] for pair in stretches]
    words = {target.metric: target.words for target in targets}
    rows: list[list[Value | Cell]] = [
        [
            _name(view, metric),
            *(cell for now, then in held for cell in _beside(metric, now, then, view.rules)),
            words.get(metric, DASH),
        ]
        for metric in _METRICS
    ]
    say = view.say
    last_year = say(mark("same days last year"))
    heads = [
        Head(say(mark("Statistic")), width=4.6, align="left"),
        Head(say(mark("This month")), width=1.6),
        Head(last_year, width=1.9),
        Head(say(mark("Change")), width=1.6, signed=True),
        Head(say(mark("This year")), width=1.6),
        Head(last_year, width=1.9),
        Head(say(mark("Change")), width=1.6, signed=True),
        Head(say(mark("Target of the year")), width=2.4, align="center"),
    ]
    notes = [
        say(
            mark("Both years by {law}, measured. Change in %, of days in days, of shares in percentage points."),
            law=view.rules.name,
        )
    ]
    if all(then.figures is None for _, then in held):
        notes.append(say(mark("There are no judged days of last year to compare with.")))
    if not targets:
        notes.append(say(mark("No target of the plan holds for this year.")))
    return Table("to_date", say(mark("Month and year")), heads, rows, notes)


def _judged(view: View, period: Period) -> Standing:
    found = view.city_under(period, view.rules) if period.last >= view.first else None
    return Standing(found, view.rules)


def _before(period: Period) -> Period:
    """Return as many days of the same stretch a year before."""
    return Period(period.kind, year_earlier(period.first), year_earlier(period.last))


def _name(view: View, metric: str) -> str:
    named = {
        "good_days": mark("Good days (d)"),
        "good_day_ratio": mark("Good-day share (%)"),
        "heavy_days": mark("Heavily polluted days (d)"),
        "composite_index": mark("Composite index"),
    }
    if metric in named:
        return view.say(named[metric])
    pollutant = Pollutant(metric)
    rule = view.rules.evaluation
    symbol, unit = NAMES[pollutant].symbol, NAMES[pollutant].unit
    if rule.headline[pollutant] == "mean":
        return view.say(mark("{pollutant} mean ({unit})"), pollutant=symbol, unit=unit)
    return view.say(
        mark("{pollutant} {percentile}th percentile ({unit})"),
        pollutant=symbol,
        percentile=rule.percentiles[pollutant],
        unit=unit,
    )


def _beside(metric: str, now: Standing, then: Standing, rules: RuleSet) -> list[Cell]:
    decimals = decimals_of(metric, rules)
    values = now.value(metric), then.value(metric)
    pair = np.array([[value] for value in values], dtype=float)
    how = change_in_points if metric in CHANGE_IN_POINTS else change_rate
    places = 0 if metric in _DAYS else rules.ranking.decimals_change
    change = float(how(pair[0], pair[1], places)[0])
    return [
        *(Cell(value, decimals=decimals) for value in values),
        Cell(None if np.isnan(change) else change, decimals=places, signed=True),
    ]

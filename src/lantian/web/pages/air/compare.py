"""Two periods side by side, under the law of either: what changed, and what is only a change of the law?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated

import numpy as np
from fastapi import APIRouter
from starlette.responses import Response

from lantian.loop.evaluate.periods import PeriodFigures
from lantian.loop.evaluate.queries import list_periods
from lantian.loop.evaluate.standing import judged_under
from lantian.rules import RuleSet
from lantian.science.ranking import change_in_points, change_rate
from lantian.terms.errors import CallerError
from lantian.terms.periods import Period, PeriodKind
from lantian.terms.pollutants import BASIC, NAMES
from lantian.terms.words import mark
from lantian.web.charts import Chart
from lantian.web.guards import visit
from lantian.web.pages.air.looking import (
    DAILY,
    PERIODS,
    Look,
    Place,
    look_of,
    next_law,
    period_asked,
    side_choices,
    stage_choices,
)
from lantian.web.permissions import May
from lantian.web.tables import Cell, DataTable, TableColumn
from lantian.web.visiting import Visit

router = APIRouter()


@dataclass(frozen=True, slots=True)
class Line:
    """One number of both periods under one law."""

    name: str
    unit: str
    now: float | None
    then: float | None
    decimals: int
    change: float | None
    change_unit: str
    change_decimals: int
    what: str = ""
    """Number that can be explained, under the law of its own period."""


@dataclass(frozen=True, slots=True)
class Two:
    """Both periods of one place under one law."""

    law: RuleSet
    lines: Sequence[Line]
    levels: tuple[Sequence[int], Sequence[int]]
    """Days per level, in the later and in the earlier period. [d]"""


@router.get("/air/compare")
def compare(
    visit: Annotated[Visit, visit(May.READ_AIR)], place: str = "", now: str = "", then: str = ""
) -> Response:
    """Compare two periods under the law of either."""
    look = look_of(visit)
    here = look.place(place or look.scene.city.adcode)
    later, earlier, held = _pair(look, now, then)
    found = _both(look, here, later, earlier)
    query = {"place": here.code, "now": later.label, "then": earlier.label}
    return visit.page(
        "air/compare.html",
        title=visit.say(
            mark("What changed from {then} to {now} in {place}?"),
            then=earlier.label,
            now=later.label,
            place=here.name,
        ),
        tables=[_table(look, here, later, earlier, found)],
        look=look,
        place=here,
        places=look.place_choices(),
        periods=[(one.label, look.period_name(one)) for one in reversed(held)],
        now=later.label,
        then=earlier.label,
        laws=[two.law.name for two in found],
        same=_ids(look.rules(_end(look, later))) == _ids(look.rules(_end(look, earlier))),
        charts=[
            (two.law.aqi_day.name, look.link("/air/charts/levels", law=at, **query))
            for at, two in enumerate(found)
        ],
        sides=side_choices(look),
        stages=stage_choices(look),
    )


@router.get("/air/charts/levels")
def levels(
    place: str, now: str, then: str, visit: Annotated[Visit, visit(May.READ_AIR)], law: int = 0
) -> Response:
    """Answer with the days of each level in both periods, under one law."""
    look = look_of(visit)
    here = look.place(place)
    later, earlier, _ = _pair(look, now, then)
    found = _both(look, here, later, earlier)
    two = found[min(max(law, 0), len(found) - 1)]
    key = ("levels", place, now, then, law, look.stage, look.basis, visit.keeper.versions([DAILY]))
    return visit.chart(_levels_chart(look, here, later, earlier, two), *key)


def _pair(look: Look, now: str, then: str) -> tuple[Period, Period, list[Period]]:
    """Both periods that were asked for, else the last month that is over and the month before it."""
    held = look.visit.keeper.keep("air-periods", [PERIODS[1]], lambda: list_periods(look.lake))
    months = [one for one in held if one.kind is PeriodKind.MONTH and one.last <= look.bounds[1]]
    if not now and not months:
        raise CallerError("No month is over yet, so there is nothing to compare. Name both periods.")
    later = period_asked(now) if now else months[-1]
    if then:
        return later, period_asked(then), held
    year_before = later.year_before()
    if year_before.first >= look.bounds[0]:
        return later, year_before, held
    before = [one for one in held if one.kind is later.kind and one.last < later.first]
    return later, before[-1] if before else year_before, held


def _both(look: Look, here: Place, later: Period, earlier: Period) -> list[Two]:
    """Judge both periods by the law of each and by the one to come; once where they are the same."""
    return look.visit.keeper.keep(
        ("air-compare", here.code, later, earlier, look.stage, look.basis, look.visit.language.name),
        [DAILY],
        lambda: _judged(look, here, later, earlier),
    )


def _end(look: Look, period: Period) -> date:
    """Last judged day of a period: its edition judges it."""
    return min(period.last, look.bounds[1])


def _judged(look: Look, here: Place, later: Period, earlier: Period) -> list[Two]:
    last = look.bounds[1]
    to_come = next_law(look)
    laws: dict[tuple[str, ...], RuleSet] = {}
    for period in (later, earlier):
        rules = look.rules(_end(look, period))
        laws.setdefault(_ids(rules), rules)
    if to_come is not None:
        laws.setdefault(_ids(to_come), to_come)
    found = []
    for rules in laws.values():
        pair = [
            judged_under(look.scene, here.kind, here.code, period, rules, last, look.stage, look.basis)
            for period in (later, earlier)
        ]
        found.append(Two(rules, _lines(look, rules, pair[0], pair[1]), (_by_level(pair[0]), _by_level(pair[1]))))
    return found


def _ids(rules: RuleSet) -> tuple[str, ...]:
    return rules.aqi_day.id, rules.composite.id, rules.evaluation.id


def _by_level(found: PeriodFigures | None) -> list[int]:
    return [] if found is None else [int(count) for count in found.counts.by_level[0]]


def _lines(look: Look, rules: RuleSet, now: PeriodFigures | None, then: PeriodFigures | None) -> list[Line]:
    say = look.say
    change = rules.ranking.decimals_change
    lines = [
        _line(
            NAMES[p].symbol + _statistic(rules, p), NAMES[p].unit, _headline(now, at), _headline(then, at),
            rules.evaluation.decimals_period.of(p), change, what=p.value,
        )
        for at, p in enumerate(BASIC)
    ]  # fmt: skip
    index = rules.composite.decimals_sum
    lines.append(
        _line(say(mark("composite index")), "", _index(now), _index(then), index, change, what="composite_index")
    )
    days = say(mark("d"))
    counts = (
        ("good", mark("Good days")),
        ("heavy", mark("Heavily polluted days")),
        ("valid", mark("Days with an index")),
    )
    for key, words in counts:
        lines.append(_count(say(words), days, _days(now, key), _days(then, key)))
    rate = rules.evaluation.decimals_rate
    ratios = (_ratio(now), _ratio(then))
    points = None
    if None not in ratios:
        points = float(change_in_points(np.array([ratios[0]]), np.array([ratios[1]]), rate)[0])
    lines.insert(-1, Line(say(mark("Good-day ratio")), "%", *ratios, rate, points, say(mark("points")), rate))
    return lines


def _statistic(rules: RuleSet, pollutant: str) -> str:
    if rules.evaluation.headline[pollutant] == "mean":
        return ""
    return f" P{rules.evaluation.percentiles[pollutant]}"


def _headline(found: PeriodFigures | None, at: int) -> float | None:
    return None if found is None else _held(found.statistics.headline[0, at])


def _index(found: PeriodFigures | None) -> float | None:
    return None if found is None else _held(found.composite.index[0])


def _ratio(found: PeriodFigures | None) -> float | None:
    return None if found is None else _held(found.counts.ratio("good")[0])


def _days(found: PeriodFigures | None, key: str) -> int | None:
    return None if found is None else int(getattr(found.counts, key)[0])


def _held(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def _line(
    name: str, unit: str, now: float | None, then: float | None, decimals: int, change_decimals: int, what: str
) -> Line:
    change = None
    if now is not None and then is not None:
        change = _held(change_rate(np.array([now]), np.array([then]), change_decimals)[0])
    return Line(name, unit, now, then, decimals, change, "%", change_decimals, what)


def _count(name: str, unit: str, now: int | None, then: int | None) -> Line:
    change = None if now is None or then is None else float(now - then)
    return Line(name, unit, now, then, 0, change, unit, 0)


# ---------------------------------------------------------------------------------------------- what is shown


def _table(look: Look, here: Place, later: Period, earlier: Period, found: Sequence[Two]) -> DataTable:
    say = look.say
    rows = []
    for at, line in enumerate(found[0].lines):
        cells = [Cell(line.name), Cell(line.unit, text=line.unit)]
        for two in found:
            one = two.lines[at]
            cells += [
                _value(look, here, one, one.now, later, two),
                _value(look, here, one, one.then, earlier, two),
                Cell(one.change, text=_signed(one)),
            ]
        rows.append(cells)
    heads = [TableColumn("what", say(mark("What"))), TableColumn("unit", say(mark("Unit")))]
    for at, two in enumerate(found, 1):
        law = two.law.aqi_day.name
        heads += [
            TableColumn(f"now_{at}", later.label, law, "number", sortable=False),
            TableColumn(f"then_{at}", earlier.label, law, "number", sortable=False),
            TableColumn(f"change_{at}", say(mark("Change")), kind="number", sortable=False),
        ]
    title = say(mark("{then} and {now}"), then=earlier.label, now=later.label)
    laws = "; ".join(two.law.name for two in found)
    note = say(
        mark("{data}. Both periods by {laws}. The change of ratios is in points."), data=look.data_words, laws=laws
    )
    editions = [edition for two in found for edition in (two.law.aqi_day, two.law.evaluation, two.law.composite)]
    how = look.visit.how_made(
        f"{here.name} · {title}",
        period=f"{earlier.first} … {earlier.last}; {later.first} … {later.last}",
        tables=[DAILY],
        editions=editions,
        notes=[look.data_words],
    )
    return DataTable("compare", title, heads, rows, how, note=note)


def _value(look: Look, here: Place, one: Line, value: float | None, period: Period, two: Two) -> Cell:
    """Show a number; the one that its own law made can be asked how."""
    why = None
    if one.what and _ids(look.rules(_end(look, period))) == _ids(two.law):
        why = look.why("periods", here.code, period.label, one.what)
    return look.value_cell(value, one.decimals, why=why)


def _signed(one: Line) -> str | None:
    if one.change is None:
        return None
    return f"{one.change:+.{one.change_decimals}f} {one.change_unit}".replace("-", "−").strip()


def _levels_chart(look: Look, here: Place, later: Period, earlier: Period, two: Two) -> Chart:
    rows = [(earlier.label, two.levels[1]), (later.label, two.levels[0])]
    categories = two.law.categories.categories
    series = [
        {
            "type": "bar",
            "stack": "days",
            "name": look.visit.named(category.name_zh, category.name),
            "data": [held[at] if at < len(held) and held[at] else None for _, held in rows],
            "itemStyle": {"color": category.colour, "borderColor": "paper", "borderWidth": 1},
            "label": {"show": True, "position": "inside", "formatter": "{c}"},
            "barMaxWidth": 36,
        }
        for at, category in enumerate(categories)
    ]
    title = look.say(mark("Days of each level by {law}"), law=two.law.aqi_day.name)
    return Chart(
        option={
            "xAxis": {"type": "value", "min": 0},
            "yAxis": {"type": "category", "data": [label for label, _ in rows], "name": ""},
            "legend": {},
            "grid": {"left": 8, "right": 16, "top": 34, "bottom": 8, "outerBoundsMode": "same"},
            "series": series,
        },
        title=f"{here.name} · {title}",
        caption=f"{look.say(mark('judged days'))} · {look.data_words} · {two.law.aqi_day.name}",
        unit=look.say(mark("d")),
        simulated=look.lake.simulated,
        columns=[look.say(mark("Period")), *(look.visit.named(row.name_zh, row.name) for row in categories)],
        rows=[[label, *held] for label, held in rows],
    )

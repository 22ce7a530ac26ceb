"""The table of a ranking bulletin: rank, index, change, pollutants, good days, how complete the days are."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from lantian.city.records import SubjectKind
from lantian.desk.language import mark
from lantian.desk.paper.office_paper import Cell, Head, Table, Value
from lantian.loop.evaluate.queries import list_statistics, list_summaries
from lantian.loop.evaluate.report_view import View, unit_of
from lantian.loop.evaluate.wording import worded
from lantian.rules import RuleSet
from lantian.science.statistics.counts import percent
from lantian.terms.periods import Period
from lantian.terms.pollutants import BASIC, NAMES, Pollutant

SCARCE = "※"
"""Stands behind a county whose figures rest on fewer days than a lawful month needs."""
_BELOW_MINIMUM = "month_below_minimum"


@dataclass(frozen=True, slots=True, eq=False)
class Ranked:
    """A ranked period of the counties, with the figures behind it."""

    order: pl.DataFrame
    """Rows of the list by rank, the unranked last."""
    headline: Mapping[tuple[str, str, str], float | None]
    """(kind, code, pollutant) → published figure. [µg/m³, CO mg/m³]"""
    counts: Mapping[str, Mapping[str, Any]]
    """Code → counted days."""
    scarce: Mapping[str, int]
    """County with too few valid days of a pollutant → how many of the scarcest; none while the period runs. [d]"""
    rules: RuleSet


def read_ranked(view: View, period: Period, order: pl.DataFrame, rules: RuleSet, *, over: bool) -> Ranked:
    """Read what stands behind a list of a period."""
    asked: dict[str, Any] = {"stage": view.stage, "basis": rules.ranking.basis}
    statistics = list_statistics(view.scene.lake, period, **asked)
    figures = statistics.select("kind", "code", "pollutant", "headline").iter_rows()
    summaries = list_summaries(view.scene.lake, period, **asked)
    few = statistics.filter(
        (pl.col("kind") == SubjectKind.COUNTY.value) & (pl.col("validity") == _BELOW_MINIMUM) & over
    )
    return Ranked(
        order=order,
        headline={(kind, code, pollutant): value for kind, code, pollutant, value in figures},
        counts={row["code"]: row for row in summaries.iter_rows(named=True)},
        scarce=dict(few.group_by("code").agg(pl.col("days_valid").min()).iter_rows()),
        rules=rules,
    )


def ranking_table(view: View, ranked: Ranked) -> Table:
    """Lay the counties out by rank, the unranked last with their reasons below, then the city as a whole."""
    rows = [_row(view, ranked, SubjectKind.COUNTY, row) for row in ranked.order.iter_rows(named=True)]
    city = ranked.counts.get(view.adcode)
    if city is not None:
        rows.append(_row(view, ranked, SubjectKind.CITY, {"code": view.adcode, "value": city["composite_index"]}))
    return Table("ranking", view.say(mark("Ranking")), _heads(view, ranked.rules), rows, _notes(view, ranked))


def _row(view: View, ranked: Ranked, kind: SubjectKind, row: Mapping[str, Any]) -> list[Value | Cell]:
    code, rules = str(row["code"]), ranked.rules
    counts = ranked.counts.get(code)
    return [
        row.get("rank"),
        _name(view, ranked, kind, code),
        row["value"],
        row.get("base_value"),
        row.get("change"),
        row.get("change_rank"),
        *(
            Cell(ranked.headline.get((kind.value, code, p.value)), decimals=rules.evaluation.decimals_period.of(p))
            for p in BASIC
        ),
        None if counts is None else counts["good_ratio_valid"],
        None if counts is None else _share(counts["days_complete"], counts["days_total"], rules),
    ]


def _name(view: View, ranked: Ranked, kind: SubjectKind, code: str) -> str:
    if kind is SubjectKind.CITY:
        return view.say(mark("{city} as a whole"), city=view.name(kind, code))
    return f"{view.county(code)} {SCARCE}" if code in ranked.scarce else view.county(code)


def _share(part: int, whole: int, rules: RuleSet) -> float | None:
    """Return a share with the decimals of rates; None of nothing. [%]"""
    found = float(percent(np.array([part]), np.array([whole]), rules.evaluation.decimals_rate)[0])
    return None if np.isnan(found) else found


def _heads(view: View, rules: RuleSet) -> list[Head]:
    say, index = view.say, rules.composite.decimals_sum
    return [
        Head(say(mark("Rank")), width=1.0, align="center"),
        Head(say(mark("County")), width=2.4 if view.language.is_chinese else 3.5, align="left"),
        Head(say(mark("Composite index")), width=2.0, decimals=index),
        Head(say(mark("Last year")), width=1.3, decimals=index),
        Head(say(mark("Change")), "%", width=1.4, decimals=rules.ranking.decimals_change, signed=True),
        Head(say(mark("Rank by change")), width=1.5, align="center"),
        *(Head(_statistic(p, rules), unit_of(p), width=1.35) for p in BASIC),
        Head(say(mark("Good days")), "%", width=1.3, decimals=rules.evaluation.decimals_rate),
        Head(say(mark("Complete days")), "%", width=1.9, decimals=rules.evaluation.decimals_rate),
    ]


def _statistic(pollutant: Pollutant, rules: RuleSet) -> str:
    symbol = NAMES[pollutant].symbol
    if rules.evaluation.headline[pollutant] == "mean":
        return symbol
    return f"{symbol} P{rules.evaluation.percentiles[pollutant]}"


def _notes(view: View, ranked: Ranked) -> list[str]:
    say, rules = view.say, ranked.rules
    notes = []
    for row in ranked.order.iter_rows(named=True):
        name = view.county(row["code"])
        if row["rank"] is None:
            reason = view.language.gettext(worded(str(row["not_ranked"] or "no_value")))
            notes.append(say(mark("{what} is not ranked: {reason}."), what=name, reason=reason))
        elif row["code"] in ranked.scarce:
            words = mark(
                "{sign} {what} has {days} valid days, fewer than a lawful month needs; the rule ranks it yet."
            )
            notes.append(say(words, sign=SCARCE, what=name, days=ranked.scarce[row["code"]]))
    ordered = mark(
        "Ordered by {rule}; smallest composite index first, equal ones share a place ({style}); {basis}."
    )
    means = mark(
        "Means, and percentiles (P) where named. Good days: share of days with an index; complete days: "
        "share of all days on which all six pollutants are valid."
    )
    return [
        *notes,
        say(
            ordered,
            rule=view.edition(rules.ranking),
            style=rules.ranking.tie_style,
            basis=view.language.gettext(worded(rules.ranking.basis)),
        ),
        say(mark("Judged by {law}. Both years of a change by this edition."), law=rules.name),
        say(means),
    ]

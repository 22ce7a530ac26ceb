"""Who ranks where among the counties, and how that changed on the year before under one edition."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from lantian.city.records import City, SubjectKind
from lantian.loop.evaluate.days import DUST_DEDUCTED, MEASURED
from lantian.loop.evaluate.periods import PeriodFigures, RulesOf, counted_side, figures, period_ids
from lantian.loop.evaluate.series import DaySeries
from lantian.rules import RuleSet
from lantian.science.attainment import Verdict
from lantian.science.ranking import (
    CHANGE,
    CHANGE_IN_POINTS,
    HIGHER_IS_BETTER,
    RankedList,
    RankReason,
    change_in_points,
    change_rate,
    metrics_of,
    rank_lists,
    ranks,
)
from lantian.terms.periods import Period
from lantian.terms.types import FloatArray

EVERYONE = "all"
"""Group that holds every county."""
THIS, LAST = "this", "last"
Column = NDArray[Any]


@dataclass(frozen=True, slots=True, eq=False)
class Sides:
    """Both sides of the same days of the same counties."""

    measured: DaySeries
    dust_deducted: DaySeries

    def of(self, basis: str) -> DaySeries:
        """Return one side by its name."""
        return self.dust_deducted if basis == DUST_DEDUCTED else self.measured

    def under(self, rules: RuleSet) -> "Sides":
        """Judge both by one index table."""
        return Sides(self.measured.under(rules), self.dust_deducted.under(rules))


def figures_of(
    sides: Sides, basis: str, period: Period, rules: RuleSet, data_last: date, law_of_day: RulesOf | None = None
) -> PeriodFigures:
    """Figures of a period on one side, its days counted on the side that the dust rule names."""
    return figures(
        sides.of(counted_side(rules, "composite_index", basis)),
        period,
        rules,
        data_last,
        sides.of(counted_side(rules, "good_day_ratio", basis)),
        law_of_day,
    )


def ranking_rows(
    sides: Sides, city: City, period: Period, rules_now: RuleSet, rules_then: RuleSet, data_last: date
) -> pl.DataFrame:
    """Rows of ``rankings`` for one period: every list, group, side, and both ways of comparing with last year.

    Parameters
    ----------
    sides : Sides
        Days of the counties, in the order of ``measured.subjects``.
    city : City
        For the groups.
    period : Period
        What is ranked; its base is the same period a year before.
    rules_now, rules_then : RuleSet
        Editions of the period and of its base. Where they differ the change is given under each of them; the value
        and the rank of law ``last`` are then those under the older edition.
    data_last : date
        Last day with data.
    """
    groups = [city.county(code).group for _, code in sides.measured.subjects]
    same = period_ids(rules_now) == period_ids(rules_then)
    laws = {THIS: rules_now} if same else {THIS: rules_now, LAST: rules_then}
    parts: list[dict[str, Column]] = []
    for law, rules in laws.items():
        judged = sides.under(rules)
        for basis in (MEASURED, DUST_DEDUCTED):
            now = figures_of(judged, basis, period, rules, data_last)
            base = _base(judged, basis, period, rules, data_last)
            for named in (groups, [EVERYONE] * len(groups)):
                found = rank_lists(
                    metrics_of(now.statistics, now.composite, now.counts),
                    rules.ranking,
                    base=base,
                    attaining=now.attainment.everything_headline == Verdict.ATTAINS.value,
                    groups=named,
                )
                marks = {"basis": basis, "law": law, "rules": f"{period_ids(rules)} {rules.ranking.id}"}
                parts += [_columns(one, now, base, rules, marks) for one in found]
    return _frame(parts, sides.measured, period)


def _base(
    sides: Sides, basis: str, period: Period, rules: RuleSet, data_last: date
) -> Mapping[str, FloatArray] | None:
    """Figures of the same days a year before: an unfinished period is compared with as much of last year's."""
    cut = Period(period.kind, period.first, min(period.last, data_last))
    before = cut.year_before() if cut.last == period.last else Period(
        cut.kind, period.year_before().first, Period.containing(period.kind, cut.last).year_before().first
        + (cut.last - cut.first),
    )  # fmt: skip
    if before.first < sides.measured.first:
        return None
    found = figures_of(sides, basis, before, rules, data_last)
    return metrics_of(found.statistics, found.composite, found.counts)


def _columns(
    one: RankedList,
    now: PeriodFigures,
    base: Mapping[str, FloatArray] | None,
    rules: RuleSet,
    marks: Mapping[str, str],
) -> dict[str, Column]:
    """Columns of one list, as long as it has members; counties still as places in the series."""
    metric = one.list.metric.removeprefix(CHANGE)
    metrics = metrics_of(now.statistics, now.composite, now.counts)
    before = base[metric][one.members] if base is not None else np.full(len(one.members), np.nan)
    how = change_in_points if metric in CHANGE_IN_POINTS else change_rate
    change = how(metrics[metric][one.members], before, rules.ranking.decimals_change)
    better = "descending" if metric in HIGHER_IS_BETTER else "ascending"
    size = len(one.members)
    texts = {"list": one.list.key, "group": one.group, **marks}
    return {
        **{name: np.full(size, text) for name, text in texts.items()},
        "member": one.members,
        "value": one.value,
        "rank": one.rank,
        "reason": one.reason,
        "base_value": before,
        "change": change,
        "change_rank": ranks(change, better, tie_style=rules.ranking.tie_style),  # type: ignore[arg-type] # literals above
    }


def _frame(parts: Sequence[Mapping[str, Column]], series: DaySeries, period: Period) -> pl.DataFrame:
    """Join the columns of all lists of a period into rows of ``rankings``."""
    if not parts:
        return pl.DataFrame()
    whole = pl.DataFrame({name: np.concatenate([part[name] for part in parts]) for name in parts[0]})
    counties = pl.Series([code for _, code in series.subjects], dtype=pl.String)
    reasons = pl.Series([None if r is RankReason.RANKED else r.name.lower() for r in RankReason])
    member = whole.get_column("member")
    return whole.with_columns(
        pl.lit(SubjectKind.COUNTY.value).alias("kind"),
        counties.gather(member).alias("code"),
        pl.lit(period.kind.value).alias("period_kind"),
        pl.lit(period.first).alias("first_day"),
        pl.lit(period.last).alias("last_day"),
        pl.col("value", "base_value", "change").fill_nan(None),
        pl.col("rank", "change_rank").replace(0, None).cast(pl.Int32),
        reasons.gather(whole.get_column("reason").cast(pl.UInt32)).alias("not_ranked"),
        pl.lit(False).alias("withdrawn"),
    ).drop("member", "reason")

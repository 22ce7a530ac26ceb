"""From judged days to months, quarters, half-years, years and what runs between them."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
import polars as pl

from lantian.loop.evaluate.days import DUST_DEDUCTED
from lantian.loop.evaluate.indices import pollutant_names
from lantian.loop.evaluate.series import DaySeries
from lantian.rules import RuleSet
from lantian.science.attainment import Attainment, Verdict, attainment
from lantian.science.ranking import CompositeIndex, CompositeReason, composite_index
from lantian.science.statistics.counts import DayCounts, day_counts, exceedance_days, limit_row
from lantian.science.statistics.period import PeriodReason, PeriodStatistics, period_statistics
from lantian.science.statistics.running import three_year_mean
from lantian.terms.periods import Period, PeriodKind, periods_between
from lantian.terms.pollutants import BASIC
from lantian.terms.types import IntArray

_TILES = (PeriodKind.MONTH, PeriodKind.QUARTER, PeriodKind.HALF_YEAR, PeriodKind.YEAR)
RulesOf = Callable[[date], RuleSet]
"""Editions that judge a period by its last day."""


@dataclass(frozen=True, slots=True, eq=False)
class PeriodFigures:
    """Everything known of one period for every subject of a series."""

    period: Period
    """As named; an unfinished one is computed up to the last day with data."""
    rules: RuleSet
    statistics: PeriodStatistics
    days_exceeding: IntArray
    """Days above the daily limit, shape (n_subjects, 6). [d]"""
    counts: DayCounts
    composite: CompositeIndex
    attainment: Attainment


def periods_to_judge(first: date, last: date, data_first: date, data_last: date) -> list[Period]:
    """List the periods that days from `first` to `last` touch, given where the data begins and ends.

    A year is judged when it is over; months, quarters and half-years also while they run; the year to date and the
    365 days before, if the data reaches back so far, at each month's end and on the last day with data.
    """
    found = [
        period
        for kind in _TILES
        for period in periods_between(kind, first, min(last, data_last))
        if kind is not PeriodKind.YEAR or period.last <= data_last
    ]
    year_end = date(last.year, 12, 31)
    found += [Period.containing(PeriodKind.YEAR_TO_DATE, end) for end in _ends(first, year_end, data_last)]
    running = [
        Period.containing(PeriodKind.RUNNING, end) for end in _ends(first, last + timedelta(days=364), data_last)
    ]
    return found + [period for period in running if period.first >= data_first]


def _ends(first: date, last: date, data_last: date) -> list[date]:
    """Last days of the months that end between two days, and the last day with data if it lies there."""
    months = periods_between(PeriodKind.MONTH, first, min(last, data_last))
    ends = [month.last for month in months if month.last <= min(last, data_last)]
    return [*ends, data_last] if data_last <= last and data_last not in ends else ends


def figures(
    series: DaySeries,
    period: Period,
    rules: RuleSet,
    data_last: date,
    counted: DaySeries | None,
    law_of_day: RulesOf | None = None,
) -> PeriodFigures:
    """Judge one period of every subject.

    Parameters
    ----------
    series : DaySeries
        The side whose concentrations are judged.
    period : Period
        What to judge.
    rules : RuleSet
        Editions that judge the period.
    data_last : date
        Last day with data; an unfinished period ends there.
    counted : DaySeries, optional
        The side whose days are counted, where the dust rule counts another one.
    law_of_day : callable, optional
        Editions of each day, for rule sets that hold days against the limits of their own date.
    """
    so_far = replace(period, last=min(period.last, data_last))
    days = counted if counted is not None else series
    statistics = period_statistics(series.six, series.first, so_far, rules.evaluation)
    return PeriodFigures(
        period=period,
        rules=rules,
        statistics=statistics,
        days_exceeding=_days_exceeding(series, so_far, rules, law_of_day),
        counts=day_counts(
            days.aqi, days.published, days.complete, days.primary, days.first, so_far,
            rules.evaluation, rules.categories,
        ),
        composite=composite_index(statistics.headline, rules.composite),
        attainment=attainment(statistics, rules.limits, rules.evaluation, series.area_class),
    )  # fmt: skip


def _days_exceeding(series: DaySeries, period: Period, rules: RuleSet, law_of_day: RulesOf | None) -> IntArray:
    """Days above the daily limit of the period or of their own date, shape (n_subjects, 6) [d]."""
    parts = {rules.limits.id: (rules, [period])}
    if rules.evaluation.period_edition == "each_day" and law_of_day is not None:
        parts = {}
        for day in period.each_day():
            own = law_of_day(day)
            parts.setdefault(own.limits.id, (own, []))[1].append(Period(PeriodKind.DAY, day, day))
    total = np.zeros((len(series.subjects), len(BASIC)), dtype=np.int64)
    for own, stretches in parts.values():
        whole = Period(PeriodKind.DAY, stretches[0].first, stretches[-1].last)  # one law holds without a break
        found = exceedance_days(series.six, series.first, whole, own.limits, own.evaluation, series.area_class)
        total += np.maximum(found.exceeding, 0)
    return total


def statistics_rows(found: PeriodFigures, series: DaySeries) -> pl.DataFrame:
    """Rows of ``period_statistics``: one per subject and pollutant that has any valid day."""
    subjects, six = len(series.subjects), len(BASIC)
    statistics, judged = found.statistics, found.attainment
    annual = limit_row(found.rules.limits, "annual", series.area_class)
    daily = limit_row(found.rules.limits, "daily", series.area_class)

    def column(values: object) -> pl.Series:
        return pl.Series(np.broadcast_to(np.asarray(values), (subjects, six)).reshape(-1))

    def number(values: object) -> pl.Series:
        return column(values).cast(pl.Float64).fill_nan(None)

    reasons = np.array([reason.name.lower() for reason in PeriodReason])
    return _headed(found.period, series, repeat=six).with_columns(
        pollutant=pl.Series([pollutant.value for pollutant in BASIC] * subjects),
        mean=number(statistics.mean),
        mean_reported=number(statistics.mean_rounded),
        percentile=number(statistics.percentile),
        percentile_reported=number(statistics.percentile_rounded),
        headline=number(statistics.headline),
        mean_judged=number(statistics.mean_attainment),
        percentile_judged=number(statistics.percentile_attainment),
        days_valid=column(statistics.n_valid).cast(pl.Int32),
        days_total=column(statistics.n_total).cast(pl.Int32),
        validity=column(reasons[statistics.reason]),
        mean_limit=number(annual),
        day_limit=number(daily),
        days_exceeding=column(found.days_exceeding).cast(pl.Int32),
        attains=_verdicts(column(judged.pollutant)),
        mean_multiple=number(judged.mean_multiple),
        percentile_multiple=number(judged.percentile_multiple),
        single_index=number(found.composite.each),
        rules=pl.lit(period_ids(found.rules)),
    ).filter(pl.col("days_valid") > 0)  # fmt: skip


def summary_rows(found: PeriodFigures, series: DaySeries) -> pl.DataFrame:
    """Rows of ``period_summary``: one per subject with any day at all."""
    counts, composite = found.counts, found.composite
    reasons = pl.Series([None if r is CompositeReason.VALID else r.name.lower() for r in CompositeReason])

    def count(values: object) -> pl.Series:
        return pl.Series(np.broadcast_to(np.asarray(values), (len(series.subjects),))).cast(pl.Int32)

    def ratio(of: str, over: str) -> pl.Series:
        return pl.Series(counts.ratio(of, over)).fill_nan(None)  # type: ignore[arg-type] # literals below

    return _headed(found.period, series, repeat=1).with_columns(
        composite_index=pl.Series(composite.index).fill_nan(None),
        composite_reason=reasons.gather(composite.reason.astype(np.uint32)),
        primary=pollutant_names(composite.primary),
        days_total=count(counts.calendar),
        days_published=count(counts.valid),
        days_complete=count(counts.complete),
        **{f"days_level_{n + 1}": count(counts.by_level[:, n]) for n in range(counts.by_level.shape[1])},
        good_days=count(counts.good),
        heavy_days=count(counts.heavy),
        good_ratio_valid=ratio("good", "valid"),
        good_ratio_calendar=ratio("good", "calendar"),
        heavy_ratio_valid=ratio("heavy", "valid"),
        heavy_ratio_calendar=ratio("heavy", "calendar"),
        attains=_verdicts(pl.Series(found.attainment.everything)),
        rules=pl.lit(period_ids(found.rules)),
    ).filter((pl.col("days_published") > 0) | (pl.Series(found.statistics.n_valid.max(axis=1)) > 0))  # fmt: skip


def three_years(series: DaySeries, period: Period, rules_of: RulesOf, data_last: date) -> PeriodFigures | None:
    """Judge the mean of three calendar years, where the last one's rule set asks for it and days go so far."""
    rules = rules_of(period.last)
    if not rules.evaluation.three_year_mean or series.first > period.first:
        return None
    years = periods_between(PeriodKind.YEAR, period.first, period.last)
    single = [period_statistics(series.six, series.first, year, rules.evaluation) for year in years]
    mean = three_year_mean(single, rules.evaluation)
    whole = figures(series, period, rules, data_last, None)
    statistics = replace(
        whole.statistics,
        mean=mean.mean,
        percentile=mean.percentile,
        mean_rounded=mean.mean_rounded,
        percentile_rounded=mean.percentile_rounded,
        mean_attainment=mean.mean_attainment,
        percentile_attainment=mean.percentile_attainment,
    )
    judged = attainment(statistics, rules.limits, rules.evaluation, series.area_class)
    composite = composite_index(statistics.headline, rules.composite)
    return replace(whole, statistics=statistics, attainment=judged, composite=composite)


def period_ids(rules: RuleSet) -> str:
    """Ids of the editions that decide a period, joined for its row."""
    return " ".join((rules.limits.id, rules.aqi_day.id, rules.evaluation.id, rules.composite.id, rules.dust.id))


def counted_side(rules: RuleSet, statistic: str, basis: str) -> str:
    """Which side of a day a statistic uses when dust is deducted: some statistics keep their dust days."""
    return rules.dust.deduct[statistic] if basis == DUST_DEDUCTED else basis


def _headed(period: Period, series: DaySeries, repeat: int) -> pl.DataFrame:
    size = len(series.subjects) * repeat
    return pl.DataFrame(
        {
            "kind": np.repeat([kind.value for kind, _ in series.subjects], repeat),
            "code": np.repeat([code for _, code in series.subjects], repeat),
            "period_kind": pl.Series([period.kind.value]).new_from_index(0, size),
            "first_day": pl.Series([period.first]).new_from_index(0, size),
            "last_day": pl.Series([period.last]).new_from_index(0, size),
            "withdrawn": pl.Series([False]).new_from_index(0, size),
        }
    )


def _verdicts(codes: pl.Series) -> pl.Series:
    """Write verdicts as true (attains), false (exceeds), null (not judged, or no limit)."""
    return pl.select(
        pl.when(codes == Verdict.ATTAINS.value)
        .then(True)
        .when(codes == Verdict.EXCEEDS.value)
        .then(False)
        .otherwise(None)
    ).to_series()

"""From judged days to months, quarters, half-years, years and what runs between them."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np

from lantian.loop.evaluate.days import DUST_DEDUCTED
from lantian.loop.evaluate.series import DaySeries
from lantian.rules import RuleSet
from lantian.science.attainment import Attainment, attainment
from lantian.science.ranking import CompositeIndex, composite_index
from lantian.science.statistics.counts import DayCounts, day_counts, exceedance_days
from lantian.science.statistics.period import PeriodStatistics, period_statistics
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

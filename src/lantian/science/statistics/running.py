"""Means that move: over three years, over the last days, over the year so far.

They add up whole units as `period` does, so that a moving figure equals the one that `period_statistics` gives for
the same days.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from lantian.rules.records import EvaluationRule
from lantian.science.statistics.fixed import day_units, digits, rounded_quotient
from lantian.science.statistics.period import PeriodStatistics
from lantian.terms.errors import CallerError
from lantian.terms.periods import PeriodKind
from lantian.terms.types import Concentration, FloatArray, IntArray


@dataclass(frozen=True, slots=True, eq=False)
class YearsMean:
    """Mean of three calendar years' figures; arrays have shape (…, 6), NaN where a year is refused."""

    years: tuple[str, ...]
    mean: FloatArray
    percentile: FloatArray
    mean_rounded: FloatArray
    percentile_rounded: FloatArray
    mean_attainment: FloatArray
    percentile_attainment: FloatArray


def three_year_mean(years: Sequence[PeriodStatistics], evaluation: EvaluationRule) -> YearsMean:
    """Mean of three annual means and of three annual percentiles, rounded once (三年滑动平均).

    Parameters
    ----------
    years : sequence of 3 PeriodStatistics
        Consecutive calendar years of the same subjects.
    evaluation : EvaluationRule
        Decimals in force; those of the last year.

    Returns
    -------
    YearsMean
        Exact means of the unrounded annual figures, rounded for both purposes. [ug m-3, CO mg m-3]

    Raises
    ------
    CallerError
        Not three consecutive years.

    References
    ----------
    Rule ``evaluation``, setting ``three_year_mean``: the wording of the clause is not known to us, so years weigh
    alike and the only rounding is the last one.

    Examples
    --------
    >>> from datetime import date
    >>> from lantian.rules import Rulebook
    >>> from lantian.science.statistics.period import period_statistics
    >>> from lantian.terms.periods import Period
    >>> rule = Rulebook.packaged().evaluation(date(2028, 12, 31))
    >>> days = np.full((366 + 365 + 365 + 366, 6), 30.0)
    >>> days[-366:, 5] = 24.0
    >>> years = [
    ...     period_statistics(days, date(2025, 1, 1), Period.containing(PeriodKind.YEAR, date(year, 1, 1)), rule)
    ...     for year in (2026, 2027, 2028)]
    >>> float(three_year_mean(years, rule).mean_rounded[5])
    28.0
    """
    numbers = [one.period.first.year for one in years]
    if len(years) != 3 or any(one.period.kind is not PeriodKind.YEAR for one in years):
        raise CallerError(
            "a three-year mean needs three calendar years, got {label}",
            label=[one.period.label for one in years],
        )
    if numbers != list(range(numbers[0], numbers[0] + 3)):
        raise CallerError(
            "a three-year mean needs consecutive years in order, got {numbers}",
            numbers=numbers,
        )
    day = digits(evaluation.decimals_day)
    shown, judged = digits(evaluation.decimals_period), digits(evaluation.decimals_attainment)
    count_1, count_2, count_3 = (np.maximum(one.n_valid, 1) for one in years)
    sum_1, sum_2, sum_3 = (one.total_units for one in years)
    over = 3 * count_1 * count_2 * count_3
    total = sum_1 * count_2 * count_3 + sum_2 * count_1 * count_3 + sum_3 * count_1 * count_2
    hundredths = years[0].percentile_hundredths + years[1].percentile_hundredths + years[2].percentile_hundredths
    absent = years[0].refused | years[1].refused | years[2].refused
    no_percentile = absent | np.isnan(years[0].percentile + years[1].percentile + years[2].percentile)
    return YearsMean(
        years=tuple(one.period.label for one in years),
        mean=np.where(absent, np.nan, total / over / 10.0**day),
        percentile=np.where(no_percentile, np.nan, hundredths / 300 / 10.0**day),
        mean_rounded=rounded_quotient(total, over, day, shown, absent),
        percentile_rounded=rounded_quotient(hundredths, 300, day, shown, no_percentile),
        mean_attainment=rounded_quotient(total, over, day, judged, absent),
        percentile_attainment=rounded_quotient(hundredths, 300, day, judged, no_percentile),
    )


def running_mean(
    daily: Concentration, evaluation: EvaluationRule, days: int | None = None
) -> tuple[Concentration, IntArray]:
    """Mean of the last days at the end of each day, or of all days so far (滑动平均、累计平均).

    Parameters
    ----------
    daily : array, shape (..., n_days, 6)
        Daily values as for `period_statistics`. [ug m-3, CO mg m-3]
    evaluation : EvaluationRule
        Decimals in force.
    days : int, optional
        Length of the running window; every day since the first row where left out, which is the year to date if
        the first row is 1 January. [d]

    Returns
    -------
    tuple of array (..., n_days, 6) and array of int (..., n_days, 6)
        Means rounded as published, NaN without a valid day, and the valid days behind each. A window that begins
        before the first row holds fewer days. [ug m-3, CO mg m-3; d]

    Examples
    --------
    >>> from datetime import date
    >>> from lantian.rules import Rulebook
    >>> days = np.zeros((3, 6))
    >>> days[:, 5] = [10.0, 20.0, 60.0]
    >>> mean, n = running_mean(days, Rulebook.packaged().evaluation(date(2026, 7, 1)), days=2)
    >>> mean[:, 5].tolist(), n[:, 5].tolist()
    ([10.0, 15.0, 40.0], [1, 2, 2])
    """
    if days is not None and days < 1:
        raise CallerError(
            "a running mean over {days} days has no meaning: ask for 1 or more",
            days=days,
        )
    whole = day_units(np.asarray(daily, dtype=np.float64), evaluation)
    known = ~np.isnan(whole)
    totals = np.where(known, whole, 0.0).cumsum(axis=-1).astype(np.int64)
    counts = known.cumsum(axis=-1, dtype=np.int64)
    if days is not None:
        for sums in (totals, counts):
            sums[..., days:] -= sums[..., :-days].copy()
    totals, counts = np.swapaxes(totals, -1, -2), np.swapaxes(counts, -1, -2)
    day, shown = digits(evaluation.decimals_day), digits(evaluation.decimals_period)
    return rounded_quotient(totals, np.maximum(counts, 1), day, shown, counts == 0), counts

"""What a month, a quarter or a year amounts to: exact means and percentiles of daily values, with their validity.

Everything is computed in whole units of the last decimal of a daily value, so that a published figure is the same
on every machine: the mean is an integer sum over a count, a percentile is a whole number of hundredths of a unit,
each is rounded once. Daily values are rounded first because the official chain does so; that is part of the
definition.
"""

import calendar
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import IntEnum
from fractions import Fraction
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from lantian.rules.records import EvaluationRule
from lantian.science.rounding import exact
from lantian.science.statistics.fixed import daily_array, day_units, digits, rounded_quotient
from lantian.terms.errors import CallerError
from lantian.terms.periods import Period, PeriodKind
from lantian.terms.pollutants import BASIC
from lantian.terms.types import Concentration, FloatArray, IntArray


class PeriodReason(IntEnum):
    """Why a period value stands or falls."""

    VALID = 0
    NO_DATA = 1
    """Not one valid day."""
    TOO_FEW_DAYS = 2
    """Fewer valid days than a lawful year needs: refused."""
    TOO_FEW_IN_A_MONTH = 3
    """A month has fewer valid days than the law needs: refused."""
    MONTH_BELOW_MINIMUM = 4
    """A month has fewer valid days than a year would need, but no law forbids the figure: shown and flagged."""

    @property
    def refused(self) -> bool:
        """Whether the figure is no lawful value."""
        return self not in (PeriodReason.VALID, PeriodReason.MONTH_BELOW_MINIMUM)


@dataclass(frozen=True, slots=True, eq=False)
class PeriodStatistics:
    """Mean and percentile of every subject and pollutant over one period; arrays have shape (…, 6)."""

    period: Period
    rule: str
    """Id of the evaluation rule."""
    mean: FloatArray
    """Unrounded mean of the rounded daily values; NaN without data, kept where refused [ug m-3, CO mg m-3]."""
    percentile: FloatArray
    """Unrounded percentile, likewise [ug m-3, CO mg m-3]."""
    n_valid: IntArray
    """Valid days [d]."""
    n_total: int
    """Calendar days of the period [d]."""
    reason: NDArray[np.int8]
    """`PeriodReason` of each figure."""
    mean_rounded: FloatArray
    """As published; NaN where refused [ug m-3, CO mg m-3]."""
    percentile_rounded: FloatArray
    mean_attainment: FloatArray
    """As compared with the limit; NaN where refused [ug m-3, CO mg m-3]."""
    percentile_attainment: FloatArray
    total_units: IntArray
    """Sum of the daily values in units of their last decimal; sums of parts add up to that of the whole."""
    percentile_hundredths: IntArray
    """Percentile in hundredths of such a unit, exact."""
    headline_is_mean: NDArray[np.bool_]
    """Which pollutants show their mean in rankings and bulletins; the others show their percentile. Shape (6,)."""

    @property
    def headline(self) -> FloatArray:
        """The figure that bulletins, rankings and the composite index use [ug m-3, CO mg m-3]."""
        return np.where(self.headline_is_mean, self.mean_rounded, self.percentile_rounded)

    @property
    def headline_attainment(self) -> FloatArray:
        """The same figure as compared with a limit [ug m-3, CO mg m-3]."""
        return np.where(self.headline_is_mean, self.mean_attainment, self.percentile_attainment)

    @property
    def refused(self) -> NDArray[np.bool_]:
        """Where the figure is no lawful value."""
        return np.isin(self.reason, [reason for reason in PeriodReason if reason.refused])


def window(period: Period, first_day: date, n_days: int) -> slice:
    """Rows of a daily array that belong to a period.

    Parameters
    ----------
    period : Period
        The stretch asked for; what lies outside the array counts as missing.
    first_day : date
        Legal day of row 0.
    n_days : int
        Rows of the array. [d]

    Returns
    -------
    slice
        Empty where they do not meet.

    Examples
    --------
    >>> window(Period.containing(PeriodKind.MONTH, date(2026, 2, 1)), date(2026, 1, 1), 40)
    slice(31, 40, None)
    """
    start = min(max((period.first - first_day).days, 0), n_days)
    stop = min(max((period.last - first_day).days + 1, start), n_days)
    return slice(start, stop)


def period_statistics(
    daily: Concentration, first_day: date, period: Period, evaluation: EvaluationRule
) -> PeriodStatistics:
    """Mean, percentile and validity of every subject over one period (时段评价).

    Parameters
    ----------
    daily : array, shape (..., n_days, 6)
        Daily values (O3: daily maximum 8 h mean) of consecutive days, columns as in `BASIC`, NaN where a day has
        no valid value. Rounded here as the rule says, which leaves rounded ones as they are.
        [ug m-3, CO mg m-3]
    first_day : date
        Legal day of the first row.
    period : Period
        What to evaluate; an unfinished year is a year to date.
    evaluation : EvaluationRule
        Percentiles, minima and decimals in force.

    Returns
    -------
    PeriodStatistics
        Arrays of shape (..., 6).

    References
    ----------
    Rule ``evaluation``. The minima of days and of days per month make a calendar year lawful; shorter periods and
    running ones have no confirmed minimum and are flagged only, unless the rule says that a month's is lawful.

    Examples
    --------
    >>> from lantian.rules import Rulebook
    >>> july = Period.containing(PeriodKind.MONTH, date(2026, 7, 1))
    >>> days = np.tile([8.0, 28.0, 0.8, 150.0, 62.0, 21.0], (31, 1))
    >>> days[:10, 5] = 24.0
    >>> result = period_statistics(days, date(2026, 7, 1), july, Rulebook.packaged().evaluation(july.last))
    >>> [float(value) for value in result.headline]
    [8.0, 28.0, 0.8, 150.0, 62.0, 22.0]
    """
    values = daily_array(daily)
    rows = window(period, first_day, values.shape[-2])
    whole = day_units(values[..., rows, :], evaluation)
    known = ~np.isnan(whole)
    n_valid: IntArray = known.sum(axis=-1, dtype=np.int64)
    total: IntArray = np.where(known, whole, 0.0).sum(axis=-1).astype(np.int64)
    hundredths = _percentile_hundredths(whole, n_valid, evaluation)
    reason = _reasons(known, n_valid, max(first_day, period.first), period, evaluation)
    refused = np.isin(reason, [one for one in PeriodReason if one.refused])
    has_percentile = np.array([pollutant in evaluation.percentiles for pollutant in BASIC])
    day = digits(evaluation.decimals_day)
    shown, judged = digits(evaluation.decimals_period), digits(evaluation.decimals_attainment)
    count = np.maximum(n_valid, 1)
    empty, no_percentile = n_valid == 0, ~has_percentile | (n_valid == 0)
    return PeriodStatistics(
        period=period,
        rule=evaluation.id,
        mean=np.where(empty, np.nan, total / count / 10.0**day),
        percentile=np.where(no_percentile, np.nan, hundredths / 100 / 10.0**day),
        n_valid=n_valid,
        n_total=period.days,
        reason=reason,
        mean_rounded=rounded_quotient(total, count, day, shown, refused),
        percentile_rounded=rounded_quotient(hundredths, 100, day, shown, refused | no_percentile),
        mean_attainment=rounded_quotient(total, count, day, judged, refused),
        percentile_attainment=rounded_quotient(hundredths, 100, day, judged, refused | no_percentile),
        total_units=total,
        percentile_hundredths=hundredths,
        headline_is_mean=np.array([evaluation.headline[pollutant] == "mean" for pollutant in BASIC]),
    )


@dataclass(frozen=True, slots=True)
class PercentileSteps:
    """One percentile with the steps that made it, for whoever asks why."""

    n: int
    k: Fraction
    """Place in the ordered series, counted from 1."""
    lower: Fraction
    """Value at the whole place at or below k."""
    upper: Fraction
    """Value at the place above it."""
    exact: Fraction
    """Unrounded percentile."""


def percentile(
    values: Iterable[float], p: int, method: Literal["linear", "nearest_rank"] = "linear"
) -> PercentileSteps | None:
    """Percentile of daily values with every step, exact on decimals (百分位数).

    Parameters
    ----------
    values : iterable of float
        Daily values; NaN is left out. [ug m-3, CO mg m-3]
    p : int
        Percentile, 0 … 100. [1]
    method : {"linear", "nearest_rank"}
        ``linear`` is the national formula ``k = 1 + (n - 1) p / 100``; the other takes the value at
        ``ceil(p n / 100)``.

    Returns
    -------
    PercentileSteps or None
        None where no value is valid.

    Examples
    --------
    >>> steps = percentile([0.6, 0.9, 1.1, 0.8, 1.4, 1.0, 0.7, 1.2, 1.3, 0.5], 95)
    >>> float(steps.k), float(steps.exact)
    (9.55, 1.355)
    """
    if not 0 <= p <= 100:
        raise CallerError(
            "percentile {p} lies outside 0 … 100",
            p=p,
        )
    ordered = sorted(Fraction(exact(value)) for value in values if not np.isnan(value))
    n = len(ordered)
    if n == 0:
        return None
    k = 1 + Fraction((n - 1) * p, 100) if method == "linear" else Fraction(max(-(-p * n // 100), 1))
    place = int(k)
    lower, upper = ordered[place - 1], ordered[min(place, n - 1)]
    return PercentileSteps(n, k, lower, upper, lower + (upper - lower) * (k - place))


# ---------------------------------------------------------------------------------------------- inside


def _percentile_hundredths(whole: FloatArray, n_valid: IntArray, evaluation: EvaluationRule) -> IntArray:
    """Percentile of each last-axis series in hundredths of a unit; 0 where there is no value."""
    if whole.shape[-1] == 0:
        return np.zeros_like(n_valid)
    p = np.array([evaluation.percentiles.get(pollutant, 0) for pollutant in BASIC], dtype=np.int64)
    ordered = np.sort(whole, axis=-1)  # NaN last
    if evaluation.percentile_method == "linear":
        place, part = np.divmod(100 + (n_valid - 1) * p, 100)
    else:
        place, part = np.maximum(-(-p * n_valid // 100), 1), np.zeros_like(n_valid)
    last = np.maximum(n_valid - 1, 0)
    lower = np.take_along_axis(ordered, np.clip(place - 1, 0, last)[..., None], axis=-1)[..., 0]
    upper = np.take_along_axis(ordered, np.clip(place, 0, last)[..., None], axis=-1)[..., 0]
    found = lower * 100 + (upper - lower) * part
    return np.where(n_valid == 0, 0.0, found).astype(np.int64)


def _reasons(
    known: NDArray[np.bool_], n_valid: IntArray, first_row: date, period: Period, evaluation: EvaluationRule
) -> NDArray[np.int8]:
    short = np.zeros(n_valid.shape, dtype=bool)
    for month, needed in _whole_months(period, evaluation):
        rows = window(month, first_row, known.shape[-1])
        short |= known[..., rows].sum(axis=-1) < needed
    annual = period.kind is PeriodKind.YEAR
    if annual or evaluation.month_minimum_is_lawful:
        verdict = PeriodReason.TOO_FEW_IN_A_MONTH
    else:
        verdict = PeriodReason.MONTH_BELOW_MINIMUM
    reason = np.where(short, verdict, PeriodReason.VALID)
    if annual:
        reason = np.where(n_valid < evaluation.year_required_days, PeriodReason.TOO_FEW_DAYS, reason)
    return np.where(n_valid == 0, PeriodReason.NO_DATA, reason).astype(np.int8)


def _whole_months(period: Period, evaluation: EvaluationRule) -> list[tuple[Period, int]]:
    """Calendar months that lie wholly inside the period, each with the days that it needs."""
    months: list[tuple[Period, int]] = []
    day = period.first.replace(day=1)
    while day <= period.last:
        month = Period(PeriodKind.MONTH, day, day.replace(day=calendar.monthrange(day.year, day.month)[1]))
        if period.first <= month.first and month.last <= period.last:
            february = day.month == 2
            months.append(
                (month, evaluation.february_required_days if february else evaluation.month_required_days)
            )
        day = date(day.year + day.month // 12, day.month % 12 + 1, 1)
    return months

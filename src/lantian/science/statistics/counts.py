"""How many days were good, heavily polluted, or above a limit, and of how many.

A ratio is only as honest as its denominator: every ratio here is given over the valid days and over the calendar
days, and the days that were published although a pollutant was missing are counted apart.
"""

from dataclasses import dataclass
from datetime import date
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from lantian.rules.records import AmbientLimits, AqiCategories, EvaluationRule
from lantian.science.rounding import half_even_ratio, units
from lantian.science.statistics.fixed import daily_array, day_units, digits
from lantian.science.statistics.period import window
from lantian.terms.errors import CallerError
from lantian.terms.periods import Period
from lantian.terms.pollutants import BASIC, Pollutant
from lantian.terms.types import Concentration, FloatArray, IntArray

BoolArray = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class DayCounts:
    """Days of one period by what their index says; arrays have shape (…,) unless said otherwise."""

    period: Period
    rule: str
    """Id of the evaluation rule."""
    calendar: int
    """Calendar days of the period [d]."""
    valid: IntArray
    """Days with a published index [d]."""
    complete: IntArray
    """Those of them on which all six pollutants were valid [d]."""
    incomplete_polluted: IntArray
    """Published days with a pollutant missing and an index above the good-day bound: they can only lower a ratio,
    since the same day below it is not published under the edition of 2026 [d]."""
    good: IntArray
    """Days whose index is at or below the good-day bound (优良天) [d]."""
    heavy: IntArray
    """Days whose index is above the heavy-day bound (重污染天) [d]."""
    by_level: IntArray
    """Days per level of the index, shape (…, 6) [d]."""
    by_primary: IntArray
    """Days led by each pollutant, shape (…, 6); a day with two leaders counts for both [d]."""
    decimals: int
    """Decimals of a ratio [1]."""

    def ratio(
        self, of: Literal["good", "heavy"], denominator: Literal["valid", "calendar"] = "valid"
    ) -> FloatArray:
        """Share of good or heavy days [%], rounded half to even; NaN where there is no day to divide by."""
        below = self.valid if denominator == "valid" else np.full_like(self.valid, self.calendar)
        return percent(self.good if of == "good" else self.heavy, below, self.decimals)


def percent(part: IntArray, whole: IntArray, decimals: int) -> FloatArray:
    """Share in percent, rounded once, half to even, from whole numbers.

    Parameters
    ----------
    part, whole : array of int, same shape
        Counts. [d]
    decimals : int
        Decimals of the result. [1]

    Returns
    -------
    array, same shape
        NaN where `whole` is 0. [%]

    Examples
    --------
    >>> percent(np.array([30, 1, 0]), np.array([31, 2, 0]), 1)
    array([96.8, 50. ,  nan])
    """
    scale = 10**decimals
    share = half_even_ratio(100 * scale * np.asarray(part, dtype=np.int64), np.maximum(whole, 1))
    return np.where(np.asarray(whole) == 0, np.nan, share / float(scale))


def day_counts(
    aqi: NDArray[np.int16],
    published: BoolArray,
    complete: BoolArray,
    primary: NDArray[np.uint8],
    first_day: date,
    period: Period,
    evaluation: EvaluationRule,
    categories: AqiCategories,
) -> DayCounts:
    """Count the days of a period by index, level and leading pollutant (优良天数、重污染天数、首要污染物天数).

    Parameters
    ----------
    aqi : array of int, shape (..., n_days)
        Daily index of consecutive days, negative where there is none. [1]
    published : array of bool, shape (..., n_days)
        Whether the day's index may be published; other days are not valid days.
    complete : array of bool, shape (..., n_days)
        Whether all six pollutants were valid.
    primary : array of uint8, shape (..., n_days)
        Leading pollutants, one bit each in the order of `BASIC`.
    first_day : date
        Legal day of column 0.
    period : Period
        Days to count.
    evaluation : EvaluationRule
        Bounds of good and heavy days.
    categories : AqiCategories
        Levels of the index.

    Returns
    -------
    DayCounts
        Counts and ratios.

    Examples
    --------
    >>> from lantian.rules import Rulebook
    >>> from lantian.terms.periods import PeriodKind
    >>> rules, first = Rulebook.packaged(), date(2026, 7, 1)
    >>> aqi = np.array([40, 90, 130, 210, -1], dtype=np.int16)
    >>> counts = day_counts(
    ...     aqi, aqi >= 0, aqi >= 0, np.array([0, 8, 8, 32, 0], dtype=np.uint8), first,
    ...     Period(PeriodKind.RUNNING, first, date(2026, 7, 5)), rules.evaluation(first), rules.categories(first))
    >>> int(counts.good), float(counts.ratio("good")), float(counts.ratio("good", "calendar"))
    (2, 50.0, 40.0)
    >>> counts.by_primary.tolist()
    [0, 0, 0, 2, 0, 1]
    """
    if not aqi.shape == published.shape == complete.shape == primary.shape:
        raise CallerError(
            "shapes differ: index {shape}, published {shape_2}, primary {shape_3}",
            shape=aqi.shape,
            shape_2=published.shape,
            shape_3=primary.shape,
        )
    rows = window(period, first_day, aqi.shape[-1])
    index, whole, lead = aqi[..., rows], complete[..., rows], primary[..., rows]
    valid = published[..., rows] & (index >= 0)
    good = valid & (index <= evaluation.good_day_max_aqi)
    uppers = [row.high for row in categories.categories if row.high is not None]
    level = np.searchsorted(uppers, index)
    leads = [valid & ((lead >> place) & 1).astype(bool) for place in range(len(BASIC))]
    return DayCounts(
        period=period,
        rule=evaluation.id,
        calendar=period.days,
        valid=_days(valid),
        complete=_days(valid & whole),
        incomplete_polluted=_days(valid & ~whole & ~good),
        good=_days(good),
        heavy=_days(valid & (index > evaluation.heavy_day_above_aqi)),
        by_level=np.stack([_days(valid & (level == n)) for n in range(len(categories.categories))], axis=-1),
        by_primary=np.stack([_days(one) for one in leads], axis=-1),
        decimals=evaluation.decimals_rate,
    )


def limit_row(
    limits: AmbientLimits, statistic: Literal["annual", "daily"], area_class: int | IntArray = 2
) -> FloatArray:
    """Limits of the six pollutants for annual means or for daily values.

    Parameters
    ----------
    limits : AmbientLimits
        Edition in force.
    statistic : {"annual", "daily"}
        ``daily`` takes the daily mean, and for O3 the daily maximum 8 h mean.
    area_class : int or array of int, shape (...)
        1 or 2 (一类区、二类区), one for all or one per subject. [1]

    Returns
    -------
    array, shape (6,) or (..., 6)
        NaN where there is no such limit. [ug m-3, CO mg m-3]

    Examples
    --------
    >>> from lantian.rules import Rulebook
    >>> limit_row(Rulebook.packaged().limits(date(2026, 7, 1)), "annual")
    array([60., 40., nan, nan, 60., 30.])
    """
    area = np.asarray(area_class)
    if not np.isin(area, (1, 2)).all():
        raise CallerError(
            "area class {area_class}: the law knows 1 (protected areas) and 2 (all other areas)",
            area_class=area_class,
        )

    def row(one_class: int) -> FloatArray:
        cells: list[float] = []
        for pollutant in BASIC:
            daily = "mda8" if pollutant is Pollutant.O3 else "daily_mean"
            limit = limits.limit(pollutant, "annual_mean" if statistic == "annual" else daily, one_class)
            cells.append(np.nan if limit is None else float(limit))
        return np.array(cells)

    return np.where(area[..., None] == 1, row(1), row(2))


def limit_units(limit: FloatArray, decimals: IntArray) -> FloatArray:
    """Largest whole number of units that is not above a limit.

    Parameters
    ----------
    limit : array, shape (..., 6)
        Limits, NaN where there is none. [ug m-3, CO mg m-3]
    decimals : array of int, shape (6,)
        Decimals of a unit. [1]

    Returns
    -------
    array, same shape
        A rounded value exceeds the limit where its units are more. [units of the last decimal]

    Examples
    --------
    >>> limit_units(np.array([37.5, 4.0]), np.array([0, 1]))
    array([37., 40.])
    """
    columns = [units(limit[..., place], int(one), "truncate") for place, one in enumerate(decimals)]
    return np.stack(columns, axis=-1)


@dataclass(frozen=True, slots=True, eq=False)
class ExceedanceDays:
    """Days above the daily limit per subject and pollutant, shape (…, 6)."""

    exceeding: IntArray
    """Days above the limit; -1 where the law has no daily limit [d]."""
    valid: IntArray
    """Valid days [d]."""
    attainment_rate: FloatArray
    """Valid days within the limit over valid days (达标率); NaN without limit or day [%]."""


def exceedance_days(
    daily: Concentration,
    first_day: date,
    period: Period,
    limits: AmbientLimits,
    evaluation: EvaluationRule,
    area_class: int | IntArray = 2,
) -> ExceedanceDays:
    """Days of a period above the daily limit, never above the annual one (超标天数、达标率).

    Parameters
    ----------
    daily : array, shape (..., n_days, 6)
        Daily values as for `period_statistics`. [ug m-3, CO mg m-3]
    first_day : date
        Legal day of the first row.
    period : Period
        Days to count.
    limits : AmbientLimits
        Edition in force.
    evaluation : EvaluationRule
        Decimals of a daily value and of a rate.
    area_class : int or array of int, shape (...)
        1 or 2, one for all or one per subject. [1]

    Returns
    -------
    ExceedanceDays
        Days and rates.

    Examples
    --------
    >>> from lantian.rules import Rulebook
    >>> from lantian.terms.periods import PeriodKind
    >>> rules, first = Rulebook.packaged(), date(2026, 7, 1)
    >>> days = np.array([[8.0, 20.0, 0.8, 160.4, 62.0, 31.0], [8.0, 20.0, 0.8, 160.6, 62.0, np.nan]])
    >>> period = Period(PeriodKind.RUNNING, first, date(2026, 7, 2))
    >>> found = exceedance_days(days, first, period, rules.limits(first), rules.evaluation(first))
    >>> found.exceeding.tolist(), found.valid.tolist(), found.attainment_rate.tolist()
    ([0, 0, 0, 1, 0, 0], [2, 2, 2, 2, 2, 1], [100.0, 100.0, 100.0, 50.0, 100.0, 100.0])
    """
    values = daily_array(daily)
    whole = day_units(values[..., window(period, first_day, values.shape[-2]), :], evaluation)
    bound = limit_units(limit_row(limits, "daily", area_class), digits(evaluation.decimals_day))
    exceeding = (whole > bound[..., None]).sum(axis=-1, dtype=np.int64)
    valid = (~np.isnan(whole)).sum(axis=-1, dtype=np.int64)
    unlimited = np.broadcast_to(np.isnan(bound), exceeding.shape)
    rate = percent(valid - exceeding, valid, evaluation.decimals_rate)
    return ExceedanceDays(np.where(unlimited, -1, exceeding), valid, np.where(unlimited, np.nan, rate))


def _days(mask: BoolArray) -> IntArray:
    return np.asarray(mask.sum(axis=-1, dtype=np.int64))

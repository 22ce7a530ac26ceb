"""What the rest of the year may still bring: the mean, the exceeding days and the bad days that a target can bear.

Bounds are exact and include the edge of half-to-even rounding: a limit of 30 is met by a mean of 30.5, since it is
judged as 30, while a limit of 35 is missed by 35.5. A target is lost on the day from which not even the best case
attains, and won on the day from which not even the worst case fails; both cases are arguments.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from lantian.rules.records import EvaluationRule
from lantian.science.rounding import exact, units
from lantian.science.statistics.period import percentile
from lantian.terms.errors import CallerError
from lantian.terms.pollutants import Pollutant
from lantian.terms.types import Concentration, FloatArray, IntArray


@dataclass(frozen=True, slots=True)
class MeanAllowance:
    """What mean the remaining days may have so that the year's mean still attains."""

    n_valid: int
    """Valid days so far [d]."""
    remaining: int
    """Days still to come, all taken as valid [d]."""
    mean_so_far: Fraction | None
    """Unrounded; None without a valid day [ug m-3, CO mg m-3]."""
    bound: Fraction
    """Largest unrounded mean that is still judged as within the limit, or its open end [ug m-3, CO mg m-3]."""
    bound_attains: bool
    """Whether a mean of exactly `bound` attains: a tie is rounded to the even neighbour."""
    rest_total: Fraction
    """Sum that the daily values of the rest may reach; negative where lost [ug m-3 d, CO mg m-3 d]."""
    lost: bool
    """Not even zero on every remaining day would attain."""

    @property
    def rest_mean(self) -> Fraction | None:
        """Largest mean of the rest that still attains, exact; None where no day remains or the target is lost."""
        return None if self.lost or not self.remaining else self.rest_total / self.remaining

    def rest_mean_shown(self, decimals: int = 1) -> Decimal | None:
        """`rest_mean` cut down, never up, so that who keeps to it attains [ug m-3, CO mg m-3]."""
        mean = self.rest_mean
        if mean is None:
            return None
        whole = mean * 10**decimals
        return Decimal(whole.numerator // whole.denominator).scaleb(-decimals)


def mean_allowance(
    values: Sequence[float] | FloatArray,
    remaining: int,
    limit: Decimal,
    pollutant: Pollutant,
    evaluation: EvaluationRule,
) -> MeanAllowance:
    """Mean that the rest of the year may have if the year is to attain (剩余时段均值控制目标).

    Parameters
    ----------
    values : array, shape (n_days,)
        Daily values of the year so far, NaN where a day has none. [ug m-3, CO mg m-3]
    remaining : int
        Days still to come. [d]
    limit : Decimal
        Annual limit, or a target of the plan. [ug m-3, CO mg m-3]
    pollutant : Pollutant
        Whose decimals apply.
    evaluation : EvaluationRule
        Decimals of daily values and of attainment.

    Returns
    -------
    MeanAllowance
        The exact allowance.

    Examples
    --------
    >>> from lantian.rules import Rulebook
    >>> rule = Rulebook.packaged().evaluation(date(2027, 12, 31))
    >>> found = mean_allowance([34.0] * 200, 165, Decimal(30), Pollutant.PM25, rule)
    >>> float(found.bound), found.bound_attains, found.rest_mean_shown()
    (30.5, True, Decimal('26.2'))
    """
    scale = 10 ** evaluation.decimals_day.of(pollutant)
    whole = _known_units(values, pollutant, evaluation)
    edge, attains = _bound(limit, evaluation.decimals_attainment.of(pollutant))
    total, count = int(whole.sum()), len(whole)
    largest = _largest_total(np.array([count + remaining]), edge * scale, attains=attains)
    rest = int(largest[0]) - total
    return MeanAllowance(
        n_valid=count,
        remaining=remaining,
        mean_so_far=Fraction(total, count * scale) if count else None,
        bound=edge,
        bound_attains=attains,
        rest_total=Fraction(rest, scale),
        lost=rest < 0,
    )


@dataclass(frozen=True, slots=True, eq=False)
class TargetCourse:
    """How a target stood at the end of each day; arrays have shape (n_days,)."""

    first_day: date
    lost: NDArray[np.bool_]
    """Whether not even the best case would have attained."""
    won: NDArray[np.bool_]
    """Whether not even the worst case would have failed."""
    allowance: FloatArray
    """What the rest could still bear at that day's end; negative where lost. A mean, NaN on the last day
    [ug m-3, CO mg m-3], or days [d]."""

    @property
    def lost_on(self) -> date | None:
        """First day at whose end the target was beyond reach."""
        places = np.flatnonzero(self.lost)
        return self.first_day + timedelta(days=int(places[0])) if len(places) else None

    @property
    def won_on(self) -> date | None:
        """First day since which the target was safe without a break; None if it is not safe now."""
        if not len(self.won) or not self.won[-1]:
            return None
        open_days = np.flatnonzero(~self.won)
        return self.first_day + timedelta(days=int(open_days[-1]) + 1 if len(open_days) else 0)


def mean_course(
    values: Sequence[float] | FloatArray,
    first_day: date,
    days: int,
    limit: Decimal,
    pollutant: Pollutant,
    evaluation: EvaluationRule,
    *,
    worst_case: float,
    best_case: float = 0.0,
) -> TargetCourse:
    """On which day a target for the year's mean was lost or won (目标失守日、锁定日).

    Parameters
    ----------
    values : array, shape (n_days,)
        Daily values from the first day of the year on, NaN where a day has none. [ug m-3, CO mg m-3]
    first_day : date
        First day of the year.
    days : int
        Calendar days of the year. [d]
    limit : Decimal
        Annual limit or target. [ug m-3, CO mg m-3]
    pollutant : Pollutant
        Whose decimals apply.
    evaluation : EvaluationRule
        Decimals of daily values and of attainment.
    worst_case : float
        Highest daily value to be reckoned with, for instance `worst_case_of` the past years. [ug m-3, CO mg m-3]
    best_case : float
        Lowest daily value to be hoped for. [ug m-3, CO mg m-3]

    Returns
    -------
    TargetCourse
        Lost counts on every remaining day being valid at the best case; won must hold both with every remaining
        day valid at the worst case and with none valid.

    Examples
    --------
    >>> from lantian.rules import Rulebook
    >>> rule = Rulebook.packaged().evaluation(date(2027, 12, 31))
    >>> bad = mean_course(
    ...     [80.0] * 200, date(2027, 1, 1), 365, Decimal(30), Pollutant.PM25, rule, worst_case=120.0)
    >>> bad.lost_on
    datetime.date(2027, 5, 20)
    """
    scale = 10 ** evaluation.decimals_day.of(pollutant)
    whole = _units_of(values, pollutant, evaluation)
    if len(whole) > days:
        raise CallerError(
            "{n_whole} daily values for a year of {days} days: pass those of one year",
            n_whole=len(whole),
            days=days,
        )
    known = ~np.isnan(whole)
    total = np.where(known, whole, 0.0).cumsum().astype(np.int64)
    count = known.cumsum(dtype=np.int64)
    rest = days - 1 - np.arange(len(whole))
    edge, attains = _bound(limit, evaluation.decimals_attainment.of(pollutant))
    largest = _largest_total(count + rest, edge * scale, attains=attains)
    low, high = (
        int(units(np.array([case]), evaluation.decimals_day.of(pollutant))[0]) for case in (best_case, worst_case)
    )
    now = _largest_total(count, edge * scale, attains=attains)
    with np.errstate(divide="ignore", invalid="ignore"):
        allowance = np.where(rest > 0, (largest - total) / rest / scale, np.nan)
    return TargetCourse(
        first_day=first_day,
        lost=total + rest * low > largest,
        won=(count > 0) & (total + rest * high <= largest) & (total <= now),
        allowance=allowance,
    )


@dataclass(frozen=True, slots=True)
class DayAllowance:
    """How many more days of a kind a target can bear."""

    used: int
    """Such days so far [d]."""
    allowed: int
    """Such days in the year with which the target is met for certain [d]."""
    at_most: int
    """Such days with which it may be met if the last of them lies close above the limit; one more fails [d]."""

    @property
    def left(self) -> int:
        """Days left for certain; negative where there are too many [d]."""
        return self.allowed - self.used

    @property
    def lost(self) -> bool:
        """Whether the target is beyond reach whatever comes."""
        return self.used > self.at_most


def percentile_allowance(
    values: Sequence[float] | FloatArray,
    remaining: int,
    limit: Decimal,
    pollutant: Pollutant,
    evaluation: EvaluationRule,
) -> DayAllowance:
    """How many more days above the daily limit the year's percentile can bear (剩余可超标天数).

    Parameters
    ----------
    values : array, shape (n_days,)
        Daily values of the year so far, NaN where a day has none. [ug m-3, CO mg m-3]
    remaining : int
        Days still to come, all taken as valid. [d]
    limit : Decimal
        Daily limit, for O3 that of the daily maximum 8 h mean. [ug m-3, CO mg m-3]
    pollutant : Pollutant
        Whose percentile and decimals apply.
    evaluation : EvaluationRule
        Percentile, method and decimals.

    Returns
    -------
    DayAllowance
        Exceeding days used, allowed for certain, and at most.

    References
    ----------
    Rule ``evaluation``: the linear percentile lies between two days. Where its place is no whole number, one more
    exceeding day can be borne as long as it is close to the limit, hence two bounds.

    Examples
    --------
    >>> from lantian.rules import Rulebook
    >>> rule = Rulebook.packaged().evaluation(date(2027, 12, 31))
    >>> percentile_allowance([70.0] * 12 + [30.0] * 188, 165, Decimal(60), Pollutant.PM25, rule)
    DayAllowance(used=12, allowed=18, at_most=19)
    """
    exceeding = _exceeding(values, limit, pollutant, evaluation)
    n = int((exceeding >= 0).sum()) + remaining
    allowed, at_most = _days_above(np.array([n]), pollutant, evaluation)
    return DayAllowance(int((exceeding > 0).sum()), int(allowed[0]), int(at_most[0]))


def percentile_course(
    values: Sequence[float] | FloatArray,
    first_day: date,
    days: int,
    limit: Decimal,
    pollutant: Pollutant,
    evaluation: EvaluationRule,
) -> TargetCourse:
    """On which day a target for the year's percentile was lost or won.

    Parameters
    ----------
    values : array, shape (n_days,)
        Daily values from the first day of the year on, NaN where a day has none. [ug m-3, CO mg m-3]
    first_day : date
        First day of the year.
    days : int
        Calendar days of the year. [d]
    limit : Decimal
        Daily limit. [ug m-3, CO mg m-3]
    pollutant : Pollutant
        Whose percentile and decimals apply.
    evaluation : EvaluationRule
        Percentile, method and decimals.

    Returns
    -------
    TargetCourse
        The best case is a rest without exceeding day, the worst one with nothing else. `allowance` is in days.

    Examples
    --------
    >>> from lantian.rules import Rulebook
    >>> rule = Rulebook.packaged().evaluation(date(2027, 12, 31))
    >>> bad = percentile_course([170.0] * 60, date(2027, 5, 1), 365, Decimal(160), Pollutant.O3, rule)
    >>> bad.lost_on
    datetime.date(2027, 6, 7)
    """
    exceeding = _exceeding(values, limit, pollutant, evaluation)
    if len(exceeding) > days:
        raise CallerError(
            "{n_exceeding} daily values for a year of {days} days: pass those of one year",
            n_exceeding=len(exceeding),
            days=days,
        )
    used = (exceeding > 0).cumsum(dtype=np.int64)
    count = (exceeding >= 0).cumsum(dtype=np.int64)
    rest = days - 1 - np.arange(len(exceeding))
    allowed, at_most = _days_above(count + rest, pollutant, evaluation)
    return TargetCourse(
        first_day=first_day,
        lost=used > at_most,
        won=(count > 0) & (used + rest <= allowed),
        allowance=(allowed - used).astype(np.float64),
    )


def good_day_allowance(
    good: int, counted: int, remaining: int, target: Decimal, decimals: int = 1
) -> DayAllowance:
    """How many more days that are not good a good-day ratio target can bear (优良天数比例目标).

    Parameters
    ----------
    good : int
        Good days so far. [d]
    counted : int
        Days so far of the denominator in use: valid days, or calendar days. [d]
    remaining : int
        Days still to come, all of which count. [d]
    target : Decimal
        Smallest published ratio that meets the target. [%]
    decimals : int
        Decimals of a published ratio. [1]

    Returns
    -------
    DayAllowance
        Days that are not good: used, allowed, at most.

    Examples
    --------
    >>> good_day_allowance(150, 181, 184, Decimal("75.0"))
    DayAllowance(used=31, allowed=91, at_most=91)
    """
    if not 0 <= good <= counted or remaining < 0:
        raise CallerError(
            "{good} good days of {counted}, {remaining} to come: good days are part of those counted",
            good=good,
            counted=counted,
            remaining=remaining,
        )
    wanted = Fraction(target) * 10**decimals
    whole = -(-wanted.numerator // wanted.denominator)
    n = counted + remaining
    needed, left_over = divmod(n * (2 * whole - 1), 200 * 10**decimals)
    if left_over or whole % 2:
        needed += 1
    needed = max(needed, 0)
    return DayAllowance(counted - good, n - needed, n - needed)


def worst_case_of(values: Sequence[float] | FloatArray, p: int = 98) -> float:
    """Daily value to be reckoned with, from past days: their percentile.

    Parameters
    ----------
    values : array, shape (n_days,)
        Daily values of past years, NaN left out. [ug m-3, CO mg m-3]
    p : int
        Percentile; 100 is the highest day. [1]

    Returns
    -------
    float
        The percentile. [ug m-3, CO mg m-3]

    Raises
    ------
    CallerError
        No value is valid.

    Examples
    --------
    >>> worst_case_of([35.0, 60.0, 120.0, 80.0], 100)
    120.0
    """
    steps = percentile(np.asarray(values, dtype=np.float64).tolist(), p)
    if steps is None:
        raise CallerError(
            "no past day has a value: state the worst daily value yourself",
        )
    return float(steps.exact)


# ---------------------------------------------------------------------------------------------- inside


def _units_of(
    values: Sequence[float] | Concentration, pollutant: Pollutant, evaluation: EvaluationRule
) -> FloatArray:
    series = np.asarray(values)
    if series.ndim != 1:
        raise CallerError(
            "one place and one pollutant at a time, got an array of shape {shape}",
            shape=series.shape,
        )
    return units(series, evaluation.decimals_day.of(pollutant))


def _known_units(
    values: Sequence[float] | Concentration, pollutant: Pollutant, evaluation: EvaluationRule
) -> IntArray:
    whole = _units_of(values, pollutant, evaluation)
    return whole[~np.isnan(whole)].astype(np.int64)


def _bound(limit: Decimal, decimals: int) -> tuple[Fraction, bool]:
    """End of the means that are judged as within a limit, and whether the end itself is."""
    scaled = Fraction(exact(limit)) * 10**decimals
    whole = scaled.numerator // scaled.denominator
    return Fraction(2 * whole + 1, 2 * 10**decimals), whole % 2 == 0


def _largest_total(count: IntArray, edge: Fraction, *, attains: bool) -> IntArray:
    """Largest whole sum of `count` units whose mean lies within the end `edge`."""
    quotient, left_over = np.divmod(count * edge.numerator, edge.denominator)
    return np.asarray(quotient if attains else np.where(left_over == 0, quotient - 1, quotient), dtype=np.int64)


def _exceeding(
    values: Sequence[float] | Concentration, limit: Decimal, pollutant: Pollutant, evaluation: EvaluationRule
) -> NDArray[np.int8]:
    """1 where a daily value is judged above the limit, 0 where not, -1 where it is missing."""
    day, judged = evaluation.decimals_day.of(pollutant), evaluation.decimals_attainment.of(pollutant)
    whole = units(_units_of(values, pollutant, evaluation) / 10.0**day, judged)
    bound = units(np.array([float(limit)]), judged, "truncate")[0]
    return np.where(np.isnan(whole), -1, whole > bound).astype(np.int8)


def _days_above(n: IntArray, pollutant: Pollutant, evaluation: EvaluationRule) -> tuple[IntArray, IntArray]:
    """Days above the limit that a percentile of `n` days bears for certain, and at most."""
    p = evaluation.percentiles[pollutant]
    method: Literal["linear", "nearest_rank"] = evaluation.percentile_method
    if method == "nearest_rank":
        allowed = n - np.maximum(-(-p * n // 100), 1)
        return allowed, allowed
    place, part = np.divmod(100 + (n - 1) * p, 100)
    return n - place - (part > 0), n - place

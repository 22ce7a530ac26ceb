"""Which pollutants met the limits of a period, and by how much the others missed.

Attainment is judged on figures rounded for that purpose against the limits of the edition in force, never by the
index of single days. What the rest of a year may still bring is in `lantian.science.allowance`.
"""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from lantian.rules.records import AmbientLimits, EvaluationRule
from lantian.science.rounding import half_even_ratio, units
from lantian.science.statistics.counts import limit_row, limit_units
from lantian.science.statistics.fixed import digits
from lantian.science.statistics.period import PeriodStatistics
from lantian.terms.periods import Period
from lantian.terms.pollutants import BASIC
from lantian.terms.types import FloatArray, IntArray

_PLACES = 4


class Verdict(IntEnum):
    """What a figure says about a limit."""

    EXCEEDS = 0
    ATTAINS = 1
    NOT_JUDGED = 2
    """There is a limit but no lawful figure."""
    NO_LIMIT = 3


@dataclass(frozen=True, slots=True, eq=False)
class Attainment:
    """Verdicts of every subject; arrays of `Verdict` have shape (…, 6) unless said otherwise."""

    period: Period
    limits: str
    """Id of the edition of limits."""
    rule: str
    """Id of the evaluation rule."""
    mean: NDArray[np.int8]
    """Period mean against the annual limit."""
    percentile: NDArray[np.int8]
    """Percentile of daily values against the daily limit."""
    pollutant: NDArray[np.int8]
    """Formal verdict: every figure that has a limit meets it."""
    everything: NDArray[np.int8]
    """Formal verdict on all six pollutants together, shape (…,)."""
    headline: NDArray[np.int8]
    """Verdict on the figure of bulletins and rankings only: mean, for CO and O3 percentile."""
    everything_headline: NDArray[np.int8]
    """All six headlines together, shape (…,)."""
    mean_multiple: FloatArray
    """(C - S) / S of an exceeding mean (超标倍数); NaN where it does not exceed [1]."""
    percentile_multiple: FloatArray
    """Likewise of an exceeding percentile [1]."""


def attainment(
    statistics: PeriodStatistics,
    limits: AmbientLimits,
    evaluation: EvaluationRule,
    area_class: int | IntArray = 2,
) -> Attainment:
    """Judge a period by pollutant and as a whole (达标评价).

    Parameters
    ----------
    statistics : PeriodStatistics
        Figures of the period.
    limits : AmbientLimits
        Edition in force.
    evaluation : EvaluationRule
        Which figures count and their decimals.
    area_class : int or array of int, shape (...)
        1 or 2, one for all or one per subject. [1]

    Returns
    -------
    Attainment
        Verdicts and exceedance multiples. A whole is exceeding as soon as one part is, and attaining only when
        every part is known to attain.

    References
    ----------
    Rules ``ambient_limits`` and ``evaluation``. A mean of 30.5 is judged as 30, one of 30.51 as 31.

    Examples
    --------
    >>> from datetime import date
    >>> from lantian.rules import Rulebook
    >>> from lantian.science.statistics.period import period_statistics
    >>> from lantian.terms.periods import PeriodKind
    >>> rules, last = Rulebook.packaged(), date(2027, 12, 31)
    >>> year = np.full((365, 6), 20.0)
    >>> year[:183, 5], year[183:, 5], year[:, 2] = 40.0, 21.0, 0.8
    >>> evaluation = rules.evaluation(last)
    >>> figures = period_statistics(year, date(2027, 1, 1), Period.containing(PeriodKind.YEAR, last), evaluation)
    >>> verdict = attainment(figures, rules.limits(last), evaluation)
    >>> float(figures.mean_rounded[5]), float(figures.mean_attainment[5]), Verdict(verdict.mean[5]).name
    (30.5, 31.0, 'EXCEEDS')
    >>> float(verdict.mean_multiple[5])
    0.03
    """
    decimals = digits(evaluation.decimals_attainment)
    annual, daily = limit_row(limits, "annual", area_class), limit_row(limits, "daily", area_class)
    mean_counts = np.array([pollutant in evaluation.mean_pollutants for pollutant in BASIC])
    percentile_counts = np.array([pollutant in evaluation.percentiles for pollutant in BASIC])
    mean = _verdicts(statistics.mean_attainment, np.where(mean_counts, annual, np.nan), decimals)
    percentile = _verdicts(statistics.percentile_attainment, np.where(percentile_counts, daily, np.nan), decimals)
    pollutant = _together(np.stack([mean, percentile], axis=-1))
    headline = np.where(statistics.headline_is_mean, mean, percentile).astype(np.int8)
    return Attainment(
        period=statistics.period,
        limits=limits.id,
        rule=evaluation.id,
        mean=mean,
        percentile=percentile,
        pollutant=pollutant,
        everything=_together(pollutant),
        headline=headline,
        everything_headline=_together(headline),
        mean_multiple=_multiple(statistics.mean_attainment, annual, mean, evaluation.decimals_multiple),
        percentile_multiple=_multiple(
            statistics.percentile_attainment, daily, percentile, evaluation.decimals_multiple
        ),
    )


def exceedance_multiple(value: FloatArray, limit: FloatArray, decimals: int) -> FloatArray:
    """By what multiple of the limit a figure lies above it: (C - S) / S (超标倍数).

    Parameters
    ----------
    value : array, shape (...)
        Judged figures, NaN where missing. [ug m-3, CO mg m-3]
    limit : array, broadcastable
        Limits, NaN where there is none. [ug m-3, CO mg m-3]
    decimals : int
        Decimals of the multiple. [1]

    Returns
    -------
    array, shape (...)
        Rounded half to even; NaN where the figure does not exceed. [1]

    Examples
    --------
    >>> exceedance_multiple(np.array([45.0, 35.0, np.nan]), np.array(35.0), 2)
    array([0.29,  nan,  nan])
    """
    value, limit = np.broadcast_arrays(np.asarray(value, np.float64), np.asarray(limit, np.float64))
    exceeds = np.nan_to_num(value) > np.nan_to_num(limit, nan=np.inf)
    above = units(np.where(exceeds, value, 1.0), _PLACES).astype(np.int64)
    bound = units(np.where(exceeds, limit, 1.0), _PLACES).astype(np.int64)
    multiple = half_even_ratio((above - bound) * 10**decimals, np.maximum(bound, 1))
    return np.where(exceeds & (bound > 0), multiple / 10.0**decimals, np.nan)


# ---------------------------------------------------------------------------------------------- inside


def _verdicts(value: FloatArray, limit: FloatArray, decimals: IntArray) -> NDArray[np.int8]:
    bound = limit_units(limit, decimals)
    whole = np.stack([units(value[..., n], int(one)) for n, one in enumerate(decimals)], axis=-1)
    verdict = np.where(whole <= bound, Verdict.ATTAINS, Verdict.EXCEEDS)
    verdict = np.where(np.isnan(whole), Verdict.NOT_JUDGED, verdict)
    return np.where(np.isnan(bound), Verdict.NO_LIMIT, verdict).astype(np.int8)


def _together(parts: NDArray[np.int8]) -> NDArray[np.int8]:
    """Verdict on several figures, over the last axis."""
    whole = np.where((parts == Verdict.NO_LIMIT).all(axis=-1), Verdict.NO_LIMIT, Verdict.ATTAINS)
    whole = np.where((parts == Verdict.NOT_JUDGED).any(axis=-1), Verdict.NOT_JUDGED, whole)
    return np.where((parts == Verdict.EXCEEDS).any(axis=-1), Verdict.EXCEEDS, whole).astype(np.int8)


def _multiple(value: FloatArray, limit: FloatArray, verdict: NDArray[np.int8], decimals: int) -> FloatArray:
    return np.where(verdict == Verdict.EXCEEDS, exceedance_multiple(value, limit, decimals), np.nan)

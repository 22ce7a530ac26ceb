"""Whether the air gets better or worse over the years, and how fast.

Three questions, three functions: `spearman` answers as the evaluation standard asks (rank correlation against time
and a table of critical values), `theil_sen` says how many units a year with a Mann–Kendall test beside it, and
`seasonal_trend` does the same for monthly series without taking winter for a trend.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from math import isqrt

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from lantian.rules.records import TrendRule
from lantian.terms.errors import CallerError
from lantian.terms.types import FloatArray

EXACT_UP_TO = 10
"""Longest series without ties whose Mann–Kendall probability is counted out, not approximated (Gilbert 1987)."""


class TrendVerdict(StrEnum):
    """Plain-language key of a trend; pages translate it."""

    RISING = "rising"
    FALLING = "falling"
    NO_TREND = "no_significant_trend"
    TOO_FEW = "too_few_periods"


@dataclass(frozen=True, slots=True)
class RankCorrelation:
    """Spearman's coefficient against time with the comparison that the rule prescribes."""

    verdict: TrendVerdict
    n: int
    """Periods with a value."""
    sign: int
    """-1 falling, 0 neither, 1 rising."""
    squared: Fraction
    """The square of the coefficient, exact even where ties make the coefficient itself irrational."""
    critical: Fraction | None
    """W_p with which it was compared; None where there are too few periods."""
    critical_n: int | None
    """The N whose critical value was used: the next smaller one where the table leaves `n` out."""
    alpha: str
    rule: str
    """Id of the trend rule."""

    @property
    def coefficient(self) -> float:
        """Spearman's r_s, the nearest binary number to the exact one [1]."""
        root = Fraction(isqrt(self.squared.numerator), isqrt(self.squared.denominator))
        exact = root if root * root == self.squared else Fraction(float(self.squared) ** 0.5)
        return float(self.sign * exact)


def spearman(values: ArrayLike, rule: TrendRule, alpha: str = "0.05") -> RankCorrelation:
    """Rank correlation of consecutive periods with time, judged exactly (秩相关系数法).

    Parameters
    ----------
    values : array, shape (n_periods,)
        One figure per period in order of time, NaN where a period has none: it is left out and N is smaller.
        [ug m-3, CO mg m-3, or any other unit]
    rule : TrendRule
        Critical values, how to compare, and the fewest periods.
    alpha : str
        Significance level as the rule writes it, ``"0.05"`` or ``"0.01"``. [1]

    Returns
    -------
    RankCorrelation
        The verdict with everything that led to it.

    Raises
    ------
    CallerError
        The rule has no critical values at that level.

    References
    ----------
    Rule ``trend``. Without ties the coefficient is ``1 - 6 * sum(d**2) / (N**3 - N)``. Equal values share the mean
    of their ranks and the coefficient is that of Pearson on the ranks, since the short formula would call a
    constant series rising (it gives +0.5). Where the table leaves an N out, the value of the next smaller N is
    used, which is the stricter one.

    Examples
    --------
    >>> rule = TrendRule(
    ...     id="t", subject="trend", title="t", title_zh="t", in_force="2013-01-01", source="s", confidence="A",
    ...     smallest_n=5, comparison="greater_or_equal", critical={"0.05": {5: "0.900"}})
    >>> result = spearman([52, 48, 49, 43, 39], rule)
    >>> result.coefficient, result.verdict.value
    (-0.9, 'falling')
    """
    table = rule.critical.get(alpha)
    if table is None:
        raise CallerError(
            "{id} has no critical values at alpha {alpha}: ask for one of {critical}",
            id=rule.id,
            alpha=alpha,
            critical=", ".join(sorted(rule.critical)),
        )
    series = _one_series(values)
    series = series[~np.isnan(series)]
    n = len(series)
    sign, squared = _rank_correlation(series)
    usable = [size for size in table if size <= n]
    if n < rule.smallest_n or not usable:
        return RankCorrelation(TrendVerdict.TOO_FEW, n, sign, squared, None, None, alpha, rule.id)
    critical_n = max(usable)
    critical = Fraction(table[critical_n])
    bar = critical * critical
    significant = squared >= bar if rule.comparison == "greater_or_equal" else squared > bar
    verdict = _verdict(sign, significant=significant)
    return RankCorrelation(verdict, n, sign, squared, critical, critical_n, alpha, rule.id)


@dataclass(frozen=True, slots=True)
class SlopeTrend:
    """Theil–Sen slope with its confidence interval and the Mann–Kendall test."""

    verdict: TrendVerdict
    n: int
    """Values used."""
    slope: float
    """Median slope [unit per unit of time]."""
    slope_low: float
    slope_high: float
    """Confidence interval of the slope at `confidence` [unit per unit of time]."""
    intercept: float
    """Value of the line at time zero [unit]."""
    statistic: int
    """Mann–Kendall S: rising pairs minus falling pairs."""
    variance: float
    """Variance of S, corrected for ties."""
    z: float
    """Standard score of S with continuity correction [1]."""
    p_value: float
    """Two-sided probability [1]."""
    exact: bool
    """Whether `p_value` was counted out (short, no ties) instead of approximated."""
    confidence: float
    homogeneity_p: float | None = None
    """Seasonal test only: probability that all seasons share one trend (van Belle and Hughes 1984) [1]."""


def mann_kendall(values: ArrayLike) -> tuple[int, float]:
    """Mann–Kendall S and its variance with tie correction.

    Parameters
    ----------
    values : array, shape (n,)
        Series in order of time without gaps that matter: NaN is left out. [any unit]

    Returns
    -------
    tuple of int and float
        S, rising pairs minus falling pairs, and its variance under no trend. [1]

    References
    ----------
    Mann (1945), Kendall (1975); ties as in Gilbert (1987), equation 16.4.

    Examples
    --------
    >>> mann_kendall([1, 2, 2, 3])
    (5, 7.666666666666667)
    """
    series = _one_series(values)
    series = series[~np.isnan(series)]
    n = len(series)
    later_minus_earlier = np.sign(series[None, :] - series[:, None])
    statistic = int(np.triu(later_minus_earlier, k=1).sum())
    ties = np.unique(series, return_counts=True)[1].astype(np.int64)
    variance = (n * (n - 1) * (2 * n + 5) - int((ties * (ties - 1) * (2 * ties + 5)).sum())) / 18
    return statistic, variance


def theil_sen(
    values: ArrayLike, times: ArrayLike | None = None, *, confidence: float = 0.95, smallest_n: int = 4
) -> SlopeTrend:
    """How fast a series rises or falls: median of all pairwise slopes (Theil–Sen 斜率与 Mann–Kendall 检验).

    Parameters
    ----------
    values : array, shape (n,)
        Series, NaN where missing. [ug m-3, CO mg m-3, or any other unit]
    times : array, shape (n,), optional
        When each value holds, for instance decimal years; 0, 1, 2, … if left out. [a]
    confidence : float
        Confidence of the interval; the trend is significant where the two-sided probability is below
        ``1 - confidence``. [1]
    smallest_n : int
        Fewest values that may have a verdict. [1]

    Returns
    -------
    SlopeTrend
        Slope and interval per unit of time, test and verdict.

    References
    ----------
    Theil (1950), Sen (1968), SciPy's ``theilslopes``. Up to ten values without ties the probability is counted out
    (``kendalltau(method="exact")``), else approximated by the normal law with continuity correction.

    Examples
    --------
    >>> falling = theil_sen([70.0, 66.0, 61.0, 63.0, 55.0, 52.0], [2019, 2020, 2021, 2022, 2023, 2024])
    >>> falling.slope, falling.statistic, falling.verdict.value
    (-3.6, -13, 'falling')
    """
    series, moments = _paired(values, times)
    n = len(series)
    if n < max(smallest_n, 2):
        return _no_slope(n, confidence)
    statistic, variance = mann_kendall(series[np.argsort(moments, kind="stable")])
    tied = len(np.unique(series)) < n
    exact = not tied and n <= EXACT_UP_TO
    z = _standard_score(statistic, variance)
    if exact:
        p_value = float(stats.kendalltau(moments, series, method="exact").pvalue)
    else:
        p_value = float(2 * stats.norm.sf(abs(z)))
    line = stats.theilslopes(series, moments, alpha=confidence)
    verdict = _verdict(int(np.sign(statistic)), significant=p_value < 1 - confidence)
    return SlopeTrend(
        verdict=verdict,
        n=n,
        slope=float(line.slope),
        slope_low=float(line.low_slope),
        slope_high=float(line.high_slope),
        intercept=float(line.intercept),
        statistic=statistic,
        variance=variance,
        z=z,
        p_value=p_value,
        exact=exact,
        confidence=confidence,
    )


def seasonal_trend(
    values: ArrayLike, seasons: ArrayLike, times: ArrayLike, *, confidence: float = 0.95, smallest_n: int = 3
) -> SlopeTrend:
    """Trend of a monthly series, each month compared with its like only (季节性 Mann–Kendall 检验).

    Parameters
    ----------
    values : array, shape (n,)
        Monthly means, NaN where missing. [ug m-3, CO mg m-3, or any other unit]
    seasons : array of int, shape (n,)
        Which values are alike: the calendar month, 1 … 12. [1]
    times : array, shape (n,)
        When each value holds, in years: ``year + (month - 1) / 12``. [a]
    confidence : float
        As in `theil_sen`. [1]
    smallest_n : int
        Fewest years of the longest season that may have a verdict. [a]

    Returns
    -------
    SlopeTrend
        Slope per year; `homogeneity_p` is small where the months disagree, and then each month should be looked at
        by itself.

    References
    ----------
    Hirsch, Slack and Smith (1982); slope and interval as in Gilbert (1987), section 17.5; homogeneity by van Belle
    and Hughes (1984). Months are taken as independent of each other.

    Examples
    --------
    >>> months = np.tile(np.arange(1, 13), 4)
    >>> years = np.repeat([2021, 2022, 2023, 2024], 12)
    >>> winter = 40 * np.cos((months - 1) / 12 * 2 * np.pi)
    >>> result = seasonal_trend(60 + winter - 3.0 * (years - 2021), months, years + (months - 1) / 12)
    >>> round(result.slope, 9), result.verdict.value
    (-3.0, 'falling')
    """
    series, moments = _one_series(values), _one_series(times)
    season = np.asarray(seasons)
    if not len(series) == len(moments) == len(season):
        raise CallerError(
            "{n_series} values, {n_season} seasons and {n_moments} times: they must pair one to one",
            n_series=len(series),
            n_season=len(season),
            n_moments=len(moments),
        )
    groups = [np.flatnonzero((season == one) & ~np.isnan(series)) for one in np.unique(season)]
    groups = [group[np.argsort(moments[group], kind="stable")] for group in groups if len(group) > 1]
    n = sum(len(group) for group in groups)
    if not groups or max(len(group) for group in groups) < smallest_n:
        return _no_slope(n, confidence)
    if any(len(np.unique(moments[group])) < len(group) for group in groups):
        raise CallerError(
            "a season has two values at one time: give each its own, or take their mean first",
        )
    tests = [mann_kendall(series[group]) for group in groups]
    statistic, variance = sum(s for s, _ in tests), float(sum(v for _, v in tests))
    z = _standard_score(statistic, variance)
    p_value = float(2 * stats.norm.sf(abs(z)))
    slopes = np.sort(np.concatenate([_pair_slopes(series[group], moments[group]) for group in groups]))
    reach = float(stats.norm.ppf((1 + confidence) / 2)) * variance**0.5
    ranks = np.arange(1, len(slopes) + 1)
    low, high = np.interp([(len(slopes) - reach) / 2, (len(slopes) + reach) / 2 + 1], ranks, slopes)
    slope = float(np.median(slopes))
    used = np.concatenate(groups)
    return SlopeTrend(
        verdict=_verdict(int(np.sign(statistic)), significant=p_value < 1 - confidence),
        n=n,
        slope=slope,
        slope_low=float(low),
        slope_high=float(high),
        intercept=float(np.median(series[used]) - slope * np.median(moments[used])),
        statistic=statistic,
        variance=variance,
        z=z,
        p_value=p_value,
        exact=False,
        confidence=confidence,
        homogeneity_p=_homogeneity(tests),
    )


def deseasoned(values: ArrayLike, seasons: ArrayLike) -> FloatArray:
    """Take the usual course of the year out of a monthly series, keeping its level (去季节化).

    Parameters
    ----------
    values : array, shape (n,)
        Monthly means, NaN where missing. [ug m-3, CO mg m-3, or any other unit]
    seasons : array of int, shape (n,)
        Calendar month of each value. [1]

    Returns
    -------
    array, shape (n,)
        Each value minus the median of its season plus the mean of those medians; NaN stays NaN.
        [ug m-3, CO mg m-3, or the unit of `values`]

    Examples
    --------
    >>> deseasoned([90.0, 30.0, 84.0, 24.0], [1, 7, 1, 7])
    array([60., 60., 54., 54.])
    """
    series, season = _one_series(values), np.asarray(seasons)
    if len(series) != len(season):
        raise CallerError(
            "{n_series} values and {n_season} seasons: they must pair one to one",
            n_series=len(series),
            n_season=len(season),
        )
    level = np.full_like(series, np.nan)
    medians: list[float] = []
    for one in np.unique(season):
        here = season == one
        known = series[here & ~np.isnan(series)]
        if len(known):
            medians.append(float(np.median(known)))
            level[here] = medians[-1]
    return series - level + (float(np.mean(medians)) if medians else np.nan)


# ---------------------------------------------------------------------------------------------- inside


def _verdict(sign: int, *, significant: bool) -> TrendVerdict:
    if not significant or sign == 0:
        return TrendVerdict.NO_TREND
    return TrendVerdict.RISING if sign > 0 else TrendVerdict.FALLING


def _one_series(values: ArrayLike) -> FloatArray:
    series = np.asarray(values, dtype=np.float64)
    if series.ndim != 1:
        raise CallerError(
            "a trend is that of one series, got an array of shape {shape}: pass one row at a time",
            shape=series.shape,
        )
    return series


def _paired(values: ArrayLike, times: ArrayLike | None) -> tuple[FloatArray, FloatArray]:
    series = _one_series(values)
    moments = np.arange(len(series), dtype=np.float64) if times is None else _one_series(times)
    if len(series) != len(moments):
        raise CallerError(
            "{n_series} values and {n_moments} times: they must pair one to one",
            n_series=len(series),
            n_moments=len(moments),
        )
    known = ~np.isnan(series)
    if len(np.unique(moments[known])) < int(known.sum()):
        raise CallerError(
            "two values stand at one time: give each its own, or take their mean first",
        )
    return series[known], moments[known]


def _rank_correlation(series: FloatArray) -> tuple[int, Fraction]:
    """Sign and exact square of Pearson's coefficient between mid-ranks and time."""
    n = len(series)
    if n < 2:
        return 0, Fraction(0)
    twice_rank = [round(2 * rank) for rank in stats.rankdata(series)]
    off_time = [2 * place - n - 1 for place in range(1, n + 1)]
    off_rank = [rank - n - 1 for rank in twice_rank]
    together = sum(a * b for a, b in zip(off_time, off_rank, strict=True))
    spread = sum(a * a for a in off_time) * sum(b * b for b in off_rank)
    if spread == 0:
        return 0, Fraction(0)
    return (together > 0) - (together < 0), Fraction(together * together, spread)


def _standard_score(statistic: int, variance: float) -> float:
    if variance <= 0:
        return 0.0
    return float((statistic - np.sign(statistic)) / variance**0.5)


def _pair_slopes(series: FloatArray, moments: FloatArray) -> FloatArray:
    first, second = np.triu_indices(len(series), k=1)
    slopes: FloatArray = (series[second] - series[first]) / (moments[second] - moments[first])
    return slopes


def _homogeneity(tests: Sequence[tuple[int, float]]) -> float | None:
    scores = np.array([s / v**0.5 for s, v in tests if v > 0])
    if len(scores) < 2:
        return None
    spread = float((scores**2).sum() - len(scores) * scores.mean() ** 2)
    return float(stats.chi2.sf(spread, len(scores) - 1))


def _no_slope(n: int, confidence: float) -> SlopeTrend:
    nan = float("nan")
    return SlopeTrend(
        TrendVerdict.TOO_FEW, n, nan, nan, nan, nan, 0, nan, nan, nan, exact=False, confidence=confidence
    )

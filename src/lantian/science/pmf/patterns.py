"""When and from where does each factor come: hours, weekdays, seasons, winds, pairs of factors (因子变化规律)."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lantian.science.pmf.fitting import Fit
from lantian.science.pmf.matching import correlations
from lantian.terms.errors import CallerError
from lantian.terms.types import FloatArray, IntArray

_UPRIGHT = 1e6
"""Ratio from which an edge lies along the axis."""
SEASONS = ("winter", "spring", "summer", "autumn")
"""December to February, and on."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """Mean contribution in each class of samples."""

    classes: tuple[str, ...]
    samples: IntArray
    """How many samples each class has, shape (n_classes,)."""
    mean: FloatArray
    """Shape (n_classes, n_factors); NaN where a class is empty. [unit of the species]"""
    error: FloatArray
    """Standard error of it; NaN below two samples."""


def means_of(mass: FloatArray, which: IntArray, classes: tuple[str, ...]) -> Pattern:
    """Mean of the contributions in each class.

    Parameters
    ----------
    mass : array, shape (n_samples, n_factors)
        `Fit.mass`. [unit of the species]
    which : array, shape (n_samples,)
        Place of each sample's class; −1 for none.
    classes : tuple of str
        Names.

    Examples
    --------
    >>> means_of(np.array([[1.0], [3.0], [5.0]]), np.array([0, 0, 1]), ("day", "night")).mean
    array([[2.],
           [5.]])
    """
    samples = np.array([(which == place).sum() for place in range(len(classes))], dtype=np.int64)
    mean = np.full((len(classes), mass.shape[1]), np.nan)
    error = np.full_like(mean, np.nan)
    for place, many in enumerate(samples.tolist()):
        mine = mass[which == place]
        if many > 0:
            mean[place] = mine.mean(axis=0)
        if many > 1:
            error[place] = mine.std(axis=0, ddof=1) / np.sqrt(many)
    return Pattern(classes, samples, mean, error)


def by_hour(fit: Fit) -> Pattern:
    """Mean contribution at each hour of the day, by the local times of the samples (日变化)."""
    return means_of(fit.mass, _count(fit, "h", "D", 24), tuple(f"{hour:02d}" for hour in range(24)))


def by_weekday(fit: Fit) -> Pattern:
    """Mean contribution on each day of the week, Monday first (周变化)."""
    days = _times(fit).astype("datetime64[D]").astype(np.int64)
    return means_of(fit.mass, (days + 3) % 7, ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"))


def by_month(fit: Fit) -> Pattern:
    """Mean contribution in each month of the year (月变化)."""
    return means_of(fit.mass, _month(fit), tuple(f"{month:02d}" for month in range(1, 13)))


def by_season(fit: Fit) -> Pattern:
    """Mean contribution in each season (季节变化)."""
    return means_of(fit.mass, (_month(fit) + 1) % 12 // 3, SEASONS)


def _times(fit: Fit) -> NDArray[np.datetime64]:
    if fit.data.times is None:
        raise CallerError("the samples have no times, so nothing can be told of hours and seasons; give them")
    return fit.data.times


def _month(fit: Fit) -> IntArray:
    return np.asarray(_times(fit).astype("datetime64[M]").astype(np.int64) % 12)


def _count(fit: Fit, unit: str, within: str, many: int) -> IntArray:
    times = _times(fit)
    number = times.astype(f"datetime64[{unit}]") - times.astype(f"datetime64[{within}]")
    return np.asarray(number.astype(np.int64) % many)


@dataclass(frozen=True, slots=True)
class WindPattern:
    """What comes with which wind."""

    mean: Pattern
    """In each sector, and in calm air."""
    high_share: FloatArray
    """Conditional probability function: share of a class's samples above the threshold, shape (n_classes,
    n_factors). [1]"""
    threshold: FloatArray
    """Contribution above which a sample is high, shape (n_factors,). [unit of the species]"""


def by_wind(
    fit: Fit,
    direction: FloatArray,
    speed: FloatArray,
    *,
    sectors: int = 16,
    calm_below: float = 0.5,
    high_from: float = 75.0,
) -> WindPattern:
    """Mean contribution, and share of high ones, in each sector of the wind (风向贡献, CPF).

    Parameters
    ----------
    fit : Fit
        From a base run.
    direction, speed : array, shape (n_samples,)
        From where the wind blows and how fast; NaN where unknown. [degree, m s-1]
    sectors : int
        The first is about north.
    calm_below : float
        Slower air has no direction. [m s-1]
    high_from : float
        Percentile of a factor's contributions from which a sample is high. [%]

    References
    ----------
    Ashbaugh, Malm and Sadeh 1985 (Atmos. Environ. 19:1263); Kim and Hopke 2004 for the CPF.
    """
    if direction.shape != (fit.data.size[0],) or speed.shape != direction.shape:
        raise CallerError(
            "there are {samples} samples and {winds} winds; give one for each sample",
            samples=fit.data.size[0],
            winds=direction.shape[0],
        )
    width = 360 / sectors
    known = np.isfinite(direction) & np.isfinite(speed)
    sector = np.floor((np.nan_to_num(direction) + width / 2) % 360 / width).astype(np.int64) % sectors
    which = np.where(known, np.where(speed < calm_below, sectors, sector), -1)
    classes = (*(f"{place * width:g}" for place in range(sectors)), "calm")
    mass = fit.mass
    threshold = np.percentile(mass, high_from, axis=0)
    high = means_of((mass > threshold).astype(np.float64), which, classes)
    return WindPattern(means_of(mass, which, classes), high.mean, threshold)


@dataclass(frozen=True, slots=True)
class Pair:
    """Two factors in G-space."""

    one: int
    two: int
    correlation: float
    slopes: tuple[float, float]
    """Edges of the cloud: lowest and highest ratio of the second to the first contribution, where either is
    above its mean; an edge far from 0 or from infinity says that the factors could be turned. [1]"""


def g_space(fit: Fit, edge: float = 2.0) -> tuple[Pair, ...]:
    """Look at each pair of contributions for edges that do not lie along the axes (G空间).

    Parameters
    ----------
    fit : Fit
        From a base run; the points of a plot are its `contributions`.
    edge : float
        Percentile of the ratios that counts as edge. [%]

    References
    ----------
    Paatero, Hopke, Begum and Biswas 2005 (Atmos. Environ. 39:193).
    """
    found = []
    alike = correlations(fit.contributions.T, fit.contributions.T)
    for one in range(fit.factors):
        for two in range(one + 1, fit.factors):
            first, second = fit.contributions[:, one], fit.contributions[:, two]
            large = (first > 1) | (second > 1)
            angle = np.arctan2(second[large], first[large])
            low, high = (
                float(np.tan(np.percentile(angle, share))) if large.any() else float("nan")
                for share in (edge, 100 - edge)
            )
            found.append(Pair(one, two, float(alike[one][two]), (low, high if high < _UPRIGHT else float("inf"))))
    return tuple(found)

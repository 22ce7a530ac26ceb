"""What in a series is season, what is trend, and what is left (STL 季节趋势分解)?"""

from dataclasses import dataclass
from math import ceil

import numpy as np
from numba import njit
from numpy.typing import ArrayLike

from lantian.terms.errors import CallerError
from lantian.terms.types import FloatArray, IntArray

_ROBUST_ROUNDS = 15


@dataclass(frozen=True, slots=True, eq=False)
class Seasons:
    """A series as a sum of three; arrays have shape (n,), in its unit."""

    seasonal: FloatArray
    trend: FloatArray
    remainder: FloatArray
    weights: FloatArray
    """Robustness weights; 0 where a value was taken for an outlier. [1]"""


def decompose(values: ArrayLike, period: int = 12, window: int = 11, *, robust: bool = True) -> Seasons:
    """Season, trend and remainder by repeated local regression (STL 分解).

    Parameters
    ----------
    values : array, shape (n,)
        Evenly spaced without gaps (`lantian.science.smoothing.gaps`), at least two periods. [any unit]
    period : int
        Values in a season's round. [1]
    window : int
        How many rounds the season is smoothed over: odd, 7 or more. [1]
    robust : bool
        Whether outliers lose weight, in 15 rounds.

    Returns
    -------
    Seasons

    Raises
    ------
    CallerError
        Fewer than two whole periods and one value, or a gap.

    References
    ----------
    Cleveland, Cleveland, McRae and Terpenning (1990), Journal of Official Statistics 6, 3-73. Windows, degrees and
    jumps are those of R's ``stl`` with ``s.degree = 1``; the figures are equal to it.

    Examples
    --------
    >>> months = np.arange(48)
    >>> found = decompose(50 + 0.5 * months + 10 * np.cos(months * np.pi / 6))
    >>> float(np.diff(found.trend).mean().round(2)), float(found.seasonal[0].round(1))
    (0.5, 10.0)
    """
    series = np.ascontiguousarray(values, dtype=np.float64)
    if series.ndim != 1 or len(series) <= 2 * period or np.isnan(series).any():
        raise CallerError(
            "{n} values, {missing} missing, show no seasons of {period}: give more than two rounds without gaps",
            n=len(series),
            missing=int(np.isnan(series).sum()),
            period=period,
        )
    low = _odd(period)
    slow = _odd(ceil(1.5 * period / (1 - 1.5 / window)))
    lengths = np.array([window, slow, low], dtype=np.int64)
    jumps = np.array([ceil(window / 10), ceil(slow / 10), ceil(low / 10)], dtype=np.int64)
    inner, outer = (1, _ROBUST_ROUNDS) if robust else (2, 0)
    seasonal, trend, weights = _rounds(series, period, lengths, jumps, inner, outer)
    return Seasons(seasonal, trend, series - seasonal - trend, weights)


def _odd(number: int) -> int:
    return number + 1 - number % 2


# ---------------------------------------------------------------------------------------------- inside


@njit(cache=True, nogil=True)
def _rounds(
    y: FloatArray, period: int, lengths: IntArray, jumps: IntArray, inner: int, outer: int
) -> tuple[FloatArray, FloatArray, FloatArray]:
    n = len(y)
    seasonal, trend, weights = np.zeros(n), np.zeros(n), np.ones(n)
    for turn in range(outer + 1):
        for _ in range(inner):
            cycles = _cycles(y - trend, period, lengths[0], jumps[0], weights)
            flow = _moving(_moving(_moving(cycles, period), period), 3)
            level = _local(flow, lengths[2], jumps[2], np.ones(n))
            seasonal = cycles[period : period + n] - level
            trend = _local(y - seasonal, lengths[1], jumps[1], weights)
        if turn < outer:
            weights = _robustness(np.abs(y - seasonal - trend))
    return seasonal, trend, weights


@njit(cache=True, nogil=True)
def _robustness(rest: FloatArray) -> FloatArray:
    reach = 6 * np.median(rest)
    weights = np.zeros(len(rest))
    for row in range(len(rest)):
        if rest[row] <= 0.001 * reach:
            weights[row] = 1.0
        elif rest[row] <= 0.999 * reach:
            weights[row] = (1 - (rest[row] / reach) ** 2) ** 2
    return weights


@njit(cache=True, nogil=True)
def _moving(values: FloatArray, width: int) -> FloatArray:
    found = np.empty(len(values) - width + 1)
    total = values[:width].sum()
    found[0] = total / width
    for row in range(1, len(found)):
        total += values[row + width - 1] - values[row - 1]
        found[row] = total / width
    return found


@njit(cache=True, nogil=True)
def _cycles(values: FloatArray, period: int, width: int, jump: int, weights: FloatArray) -> FloatArray:
    """Smooth each calendar month by itself, one period longer at both ends."""
    found = np.empty(len(values) + 2 * period)
    for phase in range(period):
        part, weight = values[phase::period].copy(), weights[phase::period].copy()
        k = len(part)
        smooth = np.empty(k + 2)
        smooth[1 : k + 1] = _local(part, width, jump, weight)
        for place, at, left, right in (
            (0, 0.0, 1, min(width, k)),
            (k + 1, k + 1.0, max(1, k - width + 1), k),
        ):
            value, ok = _at(part, width, at, left, right, weight)
            smooth[place] = value if ok else smooth[1 if place == 0 else k]
        found[phase::period] = smooth
    return found


@njit(cache=True, nogil=True)
def _local(values: FloatArray, width: int, jump: int, weights: FloatArray) -> FloatArray:
    """Local straight lines at every `jump`-th place, joined by straight lines between; places count from 1."""
    n = len(values)
    found = np.empty(n)
    if n < 2:
        return values.copy()
    jump = min(jump, n - 1)
    half = (width + 1) // 2
    left, right = 1, min(width, n)
    for place in range(1, n + 1, jump):
        if width >= n:
            left, right = 1, n
        elif place < half:
            left, right = 1, width
        elif place >= n - half + 1:
            left, right = n - width + 1, n
        else:
            left, right = place - half + 1, width + place - half
        value, ok = _at(values, width, float(place), left, right, weights)
        found[place - 1] = value if ok else values[place - 1]
    last = (n - 1) // jump * jump + 1
    for place in range(1, last, jump):
        step = (found[place + jump - 1] - found[place - 1]) / jump
        for between in range(1, jump):
            found[place - 1 + between] = found[place - 1] + step * between
    if last != n:
        value, ok = _at(values, width, float(n), left, right, weights)
        found[n - 1] = value if ok else values[n - 1]
        step = (found[n - 1] - found[last - 1]) / (n - last)
        for between in range(1, n - last):
            found[last - 1 + between] = found[last - 1] + step * between
    return found


@njit(cache=True, nogil=True)
def _at(
    values: FloatArray, width: int, at: float, left: int, right: int, weights: FloatArray
) -> tuple[float, bool]:
    """Value of the local line at one place; not ok where no neighbour has weight."""
    n = len(values)
    reach = max(at - left, right - at)
    if width > n:
        reach += (width - n) // 2
    weight = np.zeros(right - left + 1)
    total = 0.0
    for place in range(left, right + 1):
        distance = abs(place - at)
        if distance <= 0.999 * reach:
            near = 1.0 if distance <= 0.001 * reach else (1 - (distance / reach) ** 3) ** 3
            weight[place - left] = near * weights[place - 1]
            total += weight[place - left]
    if total <= 0:
        return 0.0, False
    weight /= total
    if reach > 0:
        middle, spread = 0.0, 0.0
        for place in range(left, right + 1):
            middle += weight[place - left] * place
        for place in range(left, right + 1):
            spread += weight[place - left] * (place - middle) ** 2
        if np.sqrt(spread) > 0.001 * (n - 1):
            lean = (at - middle) / spread
            for place in range(left, right + 1):
                weight[place - left] *= lean * (place - middle) + 1
    value = 0.0
    for place in range(left, right + 1):
        value += weight[place - left] * values[place - 1]
    return value, True

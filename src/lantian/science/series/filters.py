"""What is left of a series when the quick changes are taken out?"""

from enum import StrEnum

import numpy as np
from numba import njit
from numpy.typing import ArrayLike

from lantian.terms.errors import CallerError
from lantian.terms.types import FloatArray


class Align(StrEnum):
    """Where the hour of a window stands that receives its mean."""

    CENTRE = "centre"
    LEFT = "left"
    RIGHT = "right"


def running_mean(
    values: ArrayLike, width: int, *, capture: float = 75.0, align: Align = Align.CENTRE
) -> FloatArray:
    """Mean of a moving window (滑动平均).

    Parameters
    ----------
    values : array, shape (n,)
        Evenly spaced, NaN where missing (`Table.padded`). [any unit]
    width : int
        Values in a window. [1]
    capture : float
        Least share of the window that must be there, else NaN; what lies outside the series is not there. [%]
    align : Align
        ``RIGHT`` looks back from each hour, ``LEFT`` ahead. A centred even window holds one more value after the
        hour than before it.

    Returns
    -------
    array, shape (n,)
        [the unit of `values`]

    References
    ----------
    openair, ``rollingMean``: equal to it wherever the window lies inside the series. At the two ends openair 2.18
    and 3 take the mean from the end to the hour; here it is that of the part of the window that there is.

    Examples
    --------
    >>> running_mean([1.0, 2.0, 6.0, np.nan], 3, capture=60).tolist()
    [1.5, 3.0, 4.0, nan]
    """
    series = _one_series(values)
    if width < 1 or not 0 <= capture <= 100:
        raise CallerError(
            "a window of {width} values with {capture} % of them: give at least 1 and 0 to 100 %",
            width=width,
            capture=capture,
        )
    after = {Align.CENTRE: width // 2, Align.LEFT: width - 1, Align.RIGHT: 0}[align]
    return np.asarray(_windows(series, width - 1 - after, after, capture / 100 * width, constant=True))


def kolmogorov_zurbenko(values: ArrayLike, width: int, passes: int, *, capture: float = 50.0) -> FloatArray:
    """Low-pass filter by repeated moving means (KZ 滤波).

    Parameters
    ----------
    values : array, shape (n,)
        Evenly spaced, NaN where missing. [any unit]
    width : int
        Values in the window; an even number counts as the next odd one. [1]
    passes : int
        How often. [1]
    capture : float
        Least share of the part of the window inside the series. [%]

    Returns
    -------
    array, shape (n,)
        [the unit of `values`]

    References
    ----------
    Rao and Zurbenko (1994); openair, ``kzFilter``.

    Examples
    --------
    >>> kolmogorov_zurbenko([0.0, 0.0, 9.0, 0.0, 0.0], 3, 2).round(6).tolist()
    [1.5, 2.0, 3.0, 2.0, 1.5]
    """
    series = _one_series(values)
    if width < 1 or passes < 1 or not 0 <= capture <= 100:
        raise CallerError(
            "{passes} passes of {width} values with {capture} %: give at least 1 of each and 0 to 100 %",
            passes=passes,
            width=width,
            capture=capture,
        )
    for _ in range(passes):
        series = _windows(series, width // 2, width // 2, capture / 100, constant=False)
    return series


def _one_series(values: ArrayLike) -> FloatArray:
    series = np.ascontiguousarray(values, dtype=np.float64)
    if series.ndim != 1:
        raise CallerError("a filter runs over one series, got shape {shape}: pass one row", shape=series.shape)
    return series


@njit(cache=True, nogil=True)
def _windows(values: FloatArray, before: int, after: int, needed: float, constant: bool) -> FloatArray:
    """Means of windows; `needed` is a number of values, or a share of the window inside the series.

    Sums are of the window alone, never carried along, so that a mean does not depend on what was before it.
    """
    n = len(values)
    found = np.full(n, np.nan)
    for row in range(n):
        first, last = max(0, row - before), min(n - 1, row + after)
        total, count = 0.0, 0
        for other in range(first, last + 1):
            value = values[other]
            if value == value:
                total += value
                count += 1
        least = needed if constant else needed * (last - first + 1)
        if count > 0 and count >= least - 1e-9:
            found[row] = total / count
    return found

"""Running columns as the national feed computes them: to check a feed, never to judge a day (发布平台滑动值).

The real-time service publishes 24 h means, a running 8 h ozone and daily maxima beside the hour. Their practice
departs from the evaluation rule (ozone's window restarts at 01:00), so they are not the daily values of `day`.
Series are hours in unbroken order; NaN is a missing hour.
"""

import numpy as np

from lantian.science.rounding import half_even_ratio, units
from lantian.terms.types import Concentration, FloatArray, IntArray, MicrogramsPerM3

_PLACES = 9
_DAY = 24
_WINDOW = 8


def trailing_mean_24h(hours: Concentration, decimals: int = 0, required_hours: int = _DAY) -> Concentration:
    """Mean of the 24 hours that end with each hour, half to even (24小时滑动平均).

    Parameters
    ----------
    hours : array, shape (..., n)
        Hourly means in unbroken order. [ug m-3, CO mg m-3]
    decimals : int
        Digits kept after the point.
    required_hours : int
        Fewest valid hours of the 24; the divisor is the number of valid ones. [h]

    Returns
    -------
    array, shape (..., n)
        NaN where too few hours are valid; the first 23 hours look back only as far as the series goes.
        [ug m-3, CO mg m-3]

    Examples
    --------
    >>> trailing_mean_24h(np.r_[np.full(23, 4.0), 16.0, 16.0])[-2:]
    array([4., 5.])
    """
    total, count = _trailing(hours, _DAY)
    return _mean(total, count, decimals, required_hours)


def feed_o3_8h(hours: MicrogramsPerM3, required_hours: int = 1) -> MicrogramsPerM3:
    """Mean ozone of the last 8 hours as the feed has it: it restarts at 01:00 and is a full window from 08:00 on.

    Parameters
    ----------
    hours : array, shape (..., 24)
        Hourly means of legal days: the hours that end at 01:00 … 24:00. [ug m-3]
    required_hours : int
        Fewest valid hours of a window, or all the hours since 01:00 where there are not so many. [h]

    Returns
    -------
    array, shape (..., 24)
        Rounded half to even. [ug m-3]

    Examples
    --------
    >>> feed_o3_8h(np.arange(24.0))[[0, 1, 2, 7, 8]]
    array([0., 0., 1., 4., 4.])
    """
    total, count = _trailing(hours, _WINDOW)
    possible = np.minimum(np.arange(1, _DAY + 1), required_hours)
    return _mean(total, count, 0, possible)


def feed_o3_8h_day_maximum(running_8h: MicrogramsPerM3) -> MicrogramsPerM3:
    """Highest running 8 h ozone of the day so far; the feed's column ``o3_8h_24h`` before labels were crossed.

    Parameters
    ----------
    running_8h : array, shape (..., 24)
        As from `feed_o3_8h`. [ug m-3]

    Returns
    -------
    array, shape (..., 24)
        [ug m-3]

    Examples
    --------
    >>> feed_o3_8h_day_maximum(np.array([3.0, np.nan, 2.0, 5.0]))
    array([3., 3., 3., 5.])
    """
    return np.asarray(np.fmax.accumulate(running_8h, axis=-1), dtype=np.float64)


def trailing_maximum_24h(hours: MicrogramsPerM3) -> MicrogramsPerM3:
    """Highest of the 24 hours that end with each hour; the feed's column ``o3_24h`` before labels were crossed.

    Parameters
    ----------
    hours : array, shape (..., n)
        Hourly means in unbroken order. [ug m-3]

    Returns
    -------
    array, shape (..., n)
        NaN where none of the 24 hours is there. [ug m-3]

    Examples
    --------
    >>> trailing_maximum_24h(np.r_[7.0, np.full(24, 3.0)])[[0, 23, 24]]
    array([7., 7., 3.])
    """
    before = np.full((*hours.shape[:-1], _DAY - 1), np.nan)
    padded = np.concatenate([before, hours], axis=-1)
    windows = np.lib.stride_tricks.sliding_window_view(padded, _DAY, axis=-1)
    return np.asarray(np.fmax.reduce(windows, axis=-1), dtype=np.float64)


def _trailing(hours: Concentration, length: int) -> tuple[IntArray, IntArray]:
    """Exact sums and counts of the valid hours among the last `length`."""
    present = np.isfinite(hours)
    whole = np.where(present, units(hours, _PLACES), 0.0).astype(np.int64)
    total, count = np.cumsum(whole, axis=-1), np.cumsum(present, axis=-1, dtype=np.int64)
    for sums in (total, count):
        sums[..., length:] -= sums[..., :-length].copy()
    return total, count


def _mean(total: IntArray, count: IntArray, decimals: int, required: int | IntArray) -> FloatArray:
    rounded = half_even_ratio(total, np.maximum(count, 1) * 10 ** (_PLACES - decimals)) / 10.0**decimals
    return np.where(count >= np.maximum(required, 1), rounded, np.nan)

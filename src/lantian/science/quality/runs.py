"""Stretches of hours: where a condition holds in a row, and what a check says about one."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from lantian.terms.types import FloatArray, IntArray

Evidence = dict[str, str | float | int | None]
Mask = NDArray[np.bool_]
DIGITS = 4
"""Significant digits of a number that stands in evidence."""


@dataclass(frozen=True, slots=True)
class Suspicion:
    """Hours of one place that a person should look at (疑似异常)."""

    code: str
    place: int
    """Row of the arrays that were looked through."""
    channel: str
    """Pollutant or factor; empty where the clock or the whole place is meant."""
    first: int
    """Column of the first hour."""
    last: int
    """Column of the last hour, included."""
    evidence: Evidence = field(default_factory=dict)

    @property
    def length(self) -> int:
        """How many hours (columns) it covers."""
        return self.last - self.first + 1


def stretches(mask: Mask, least: int = 1) -> IntArray:
    """List every run of true values in each row.

    Parameters
    ----------
    mask : array of bool, shape (n, hours)
        Where something holds.
    least : int
        Shortest run that counts.

    Returns
    -------
    array, shape (k, 3)
        Row, first and last column of each run, in order.

    Examples
    --------
    >>> stretches(np.array([[True, True, False, True]]))
    array([[0, 0, 1],
           [0, 3, 3]])
    """
    rows, hours = mask.shape
    padded = np.zeros((rows, hours + 2), dtype=np.int8)
    padded[:, 1:-1] = mask
    steps = np.diff(padded, axis=1)
    starts, ends = np.argwhere(steps == 1), np.argwhere(steps == -1)
    found = np.column_stack([starts, ends[:, 1] - 1]).astype(np.int64)
    return np.asarray(found[found[:, 2] - found[:, 1] + 1 >= least])


def equal_runs(values: FloatArray, least: int) -> IntArray:
    """List every run of at least `least` equal values; a missing value ends it.

    Parameters
    ----------
    values : array, shape (n, hours)
        NaN where missing.
    least : int
        Fewest equal values in a row.

    Returns
    -------
    array, shape (k, 3)
        Row, first and last column of each run.

    Examples
    --------
    >>> equal_runs(np.array([[5.0, 7.0, 7.0, 7.0, 8.0, np.nan, np.nan]]), 3)
    array([[0, 1, 3]])
    """
    if values.shape[1] < least or least < 2:
        return np.empty((0, 3), dtype=np.int64)
    same = np.zeros(values.shape, dtype=np.bool_)
    same[:, 1:] = values[:, 1:] == values[:, :-1]
    found = stretches(same, least - 1)
    found[:, 1] -= 1
    return found


def said(value: float) -> float | None:
    """Return a number as evidence shows it: few digits, None for missing.

    Examples
    --------
    >>> said(123.45678), said(np.nan)
    (123.5, None)
    """
    return None if not np.isfinite(value) else float(f"{value:.{DIGITS}g}")


def median_along(values: FloatArray, axis: int, least: int = 1) -> FloatArray:
    """Median of what is there along an axis, NaN where fewer than `least` values are.

    Parameters
    ----------
    values : array
        NaN where missing.
    axis : int
        Which axis goes.
    least : int
        Fewest values.

    Returns
    -------
    array
        One axis less.

    Examples
    --------
    >>> median_along(np.array([[1.0, np.nan, 5.0], [np.nan, np.nan, 2.0]]), 1, least=2)
    array([ 3., nan])
    """
    ordered = np.sort(np.moveaxis(values, axis, -1), axis=-1)  # NaN last
    count = np.isfinite(ordered).sum(axis=-1)
    if ordered.shape[-1] == 0:
        return np.full(ordered.shape[:-1], np.nan)
    low = np.take_along_axis(ordered, np.maximum(count - 1, 0)[..., None] // 2, axis=-1)[..., 0]
    high = np.take_along_axis(ordered, np.minimum(count // 2, ordered.shape[-1] - 1)[..., None], axis=-1)[..., 0]
    return np.where(count >= max(least, 1), (low + high) / 2, np.nan)

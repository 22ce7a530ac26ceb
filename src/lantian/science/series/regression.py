"""By how much does one pollutant rise with another within a few hours: the dilution lines of near sources?"""

from dataclasses import dataclass

import numpy as np

from lantian.science.series.table import Table, Times
from lantian.terms.errors import CallerError
from lantian.terms.types import FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class RunningLines:
    """A straight line through each window that is complete; arrays have shape (n_windows,)."""

    first: Times
    last: Times
    slope: FloatArray
    """Unit of the second column per unit of the first."""
    intercept: FloatArray
    r_squared: FloatArray
    """1 where the second column does not change at all. [1]"""
    low: FloatArray
    high: FloatArray
    """Least and greatest value of the first column in the window."""


def running_regression(table: Table, first: str, second: str, width: int = 3) -> RunningLines:
    """Least-squares lines of one column on another over moving windows (滚动回归).

    Parameters
    ----------
    table : Table
        Gaps are filled with missing values first.
    first, second : str
        Columns of the abscissa and the ordinate.
    width : int
        Rows of a window. [1]

    Returns
    -------
    RunningLines
        Windows with a missing value, or with one value of the first column throughout, are left out.

    References
    ----------
    Bentley (2004), Atmospheric Environment 38, 1491-1500; openair, ``runRegression``.

    Examples
    --------
    >>> hours = np.arange(np.datetime64("2025-01-01T00"), np.datetime64("2025-01-01T04"))
    >>> table = Table.of(hours, no2=[1.0, 2.0, 3.0, 3.0], pm25=[3.0, 5.0, 7.0, 7.0])
    >>> found = running_regression(table, "no2", "pm25")
    >>> found.slope.tolist(), found.intercept.round(9).tolist()
    ([2.0, 2.0], [1.0, 1.0])
    """
    if width < 2:
        raise CallerError("a line needs 2 points, the window holds {width}: widen it", width=width)
    full = table.padded()
    if len(full) < width:
        raise CallerError(
            "{n} rows are fewer than a window of {width}: give a longer series", n=len(full), width=width
        )
    x, y = (np.lib.stride_tricks.sliding_window_view(full[name], width) for name in (first, second))
    about_x, about_y = x - x.mean(axis=1, keepdims=True), y - y.mean(axis=1, keepdims=True)
    xx, yy, xy = (about_x**2).sum(axis=1), (about_y**2).sum(axis=1), (about_x * about_y).sum(axis=1)
    kept = np.flatnonzero(~np.isnan(xy) & (np.ptp(x, axis=1) > 0))
    xx, yy, xy, x, y = xx[kept], yy[kept], xy[kept], x[kept], y[kept]
    slope = xy / xx
    flat = np.ptp(y, axis=1) == 0
    return RunningLines(
        first=full.times[kept],
        last=full.times[kept + width - 1],
        slope=slope,
        intercept=y.mean(axis=1) - slope * x.mean(axis=1),
        r_squared=np.where(flat, 1.0, xy**2 / (xx * np.where(flat, 1.0, yy))),
        low=x.min(axis=1),
        high=x.max(axis=1),
    )

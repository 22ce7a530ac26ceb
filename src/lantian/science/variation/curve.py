"""Where does a series go, smoothly, and within which band?"""

from dataclasses import dataclass

import numpy as np
from scipy import stats

from lantian.science.series.averaging import Statistic, average
from lantian.science.series.table import Table, Times
from lantian.science.smoothing.gaps import filled
from lantian.science.smoothing.plates import smooth
from lantian.science.smoothing.seasonal import decompose
from lantian.terms.errors import CallerError
from lantian.terms.types import FloatArray

_YEAR = 365.25 * 86_400
"""[s]"""


@dataclass(frozen=True, slots=True, eq=False)
class SmoothTrend:
    """A smooth line through months with its band."""

    times: Times
    """Months with a value."""
    values: FloatArray
    """Their means, deseasoned where that was asked [unit of the column]."""
    at: Times
    """Places of the curve, evenly spaced."""
    curve: FloatArray
    low: FloatArray
    high: FloatArray
    """Band of the curve, not of the months."""
    freedom: float
    """Effective degrees of freedom: 2 is a straight line [1]."""
    deseasoned: bool


def smooth_trend(
    table: Table,
    name: str,
    *,
    period: str = "month",
    statistic: Statistic = Statistic.MEAN,
    percentile: float | None = None,
    capture: float = 0.0,
    deseason: bool = False,
    size: int = 10,
    confidence: float = 0.95,
    n: int = 100,
) -> SmoothTrend:
    """Penalised spline through monthly means; the data choose how stiff it is (平滑趋势).

    Parameters
    ----------
    table : Table
        Hours or days of one place.
    name : str
        Column.
    period, statistic, percentile, capture
        As for `lantian.science.series.averaging.average`.
    deseason : bool
        Whether the season is taken out first, where there are more than 24 months.
    size : int
        Basis functions, the most degrees of freedom. [1]
    confidence : float
        Of the band, by the Bayesian standard error. [1]
    n : int
        Places of the curve. [1]

    References
    ----------
    openair, ``smoothTrend``: ``gam(y ~ s(x), select = TRUE)`` of mgcv with generalised cross-validation. Where the
    score of a short series has an overfitted valley too, the smooth one is taken.

    Examples
    --------
    >>> days = np.arange(np.datetime64("2019-01-01"), np.datetime64("2025-01-01"))
    >>> found = smooth_trend(Table.of(days, pm25=60 - np.arange(len(days)) / 100), "pm25")
    >>> round(found.freedom, 1), float((found.curve[-1] - found.curve[0]).round(1))
    (2.0, -21.6)
    """
    rows = average(
        Table(table.times, {name: table[name]}), period, statistic, percentile=percentile, capture=capture
    )
    known = np.flatnonzero(~np.isnan(rows[name]))
    if len(known) < size:
        raise CallerError(
            "{n} {period}s of {name} have a value, fewer than {size} basis functions: ask for a smaller size",
            n=len(known),
            period=period,
            name=name,
            size=size,
        )
    rows = rows.rows(slice(int(known[0]), int(known[-1]) + 1))
    values = rows[name]
    take_out = deseason and period == "month" and len(values) > 24
    if take_out:
        seasons = decompose(filled(values))
        values = seasons.trend + seasons.remainder
    kept = ~np.isnan(values)
    years = rows.seconds / _YEAR
    basis, found = smooth(years[kept][:, None], values[kept], size, select=True)
    places = np.linspace(years[0], years[-1], n)
    design = basis.design(places[:, None])
    curve, reach = found.at(design), float(stats.norm.ppf((1 + confidence) / 2)) * found.error(design)
    return SmoothTrend(
        times=rows.times[kept],
        values=values[kept],
        at=np.rint(places * _YEAR).astype(np.int64).astype("datetime64[s]"),
        curve=curve,
        low=curve - reach,
        high=curve + reach,
        freedom=found.freedom,
        deseasoned=take_out,
    )

"""How fast does it rise or fall through the years, and how sure is that when neighbouring months are alike?"""

from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from lantian.science.series.averaging import Statistic, average
from lantian.science.series.table import Mask, Table, Times
from lantian.science.smoothing.gaps import filled
from lantian.science.smoothing.seasonal import decompose
from lantian.terms.errors import CallerError
from lantian.terms.types import FloatArray, IntArray

DAYS_A_YEAR = 365
"""As openair counts: slopes per day times this are slopes per year. [d]"""
_FEWEST = 6
_DRAWS = 599
_SEED = 2


@dataclass(frozen=True, slots=True, eq=False)
class Slope:
    """Theil–Sen line through months or years, with percentile bootstrap bounds."""

    times: Times
    """Start of each month or year used."""
    values: FloatArray
    """What the line runs through: deseasoned where that was asked. [unit of the column]"""
    made_up: Mask
    """Months without a value that were filled so that the season could be taken out."""
    deseasoned: bool
    slope: float
    """[unit of the column a-1]"""
    low: float
    high: float
    intercept: float
    """Of the line at 1970-01-01 [unit of the column]."""
    intercept_low: float
    intercept_high: float
    p_value: float
    """Two-sided share of draws on the other side of zero [1]."""
    percent: float
    """Change per year of the value at the beginning of the line [% a-1]."""
    confidence: float
    block: int
    """Neighbouring periods drawn together [1]."""

    @property
    def stars(self) -> str:
        """``***`` below 0.001, ``**`` below 0.01, ``*`` below 0.05, ``+`` below 0.1."""
        return next((sign for bar, sign in _STARS if self.p_value < bar), "")

    def line(self) -> FloatArray:
        """Value of the line at each time, in the unit of the column."""
        return np.asarray(self.intercept + self.slope / DAYS_A_YEAR * _days(self.times))


_STARS = ((0.001, "***"), (0.01, "**"), (0.05, "*"), (0.1, "+"))


def monthly_slope(
    table: Table,
    name: str,
    *,
    period: str = "month",
    statistic: Statistic = Statistic.MEAN,
    percentile: float | None = None,
    capture: float = 0.0,
    deseason: bool = False,
    blocks: bool = False,
    confidence: float = 0.95,
) -> Slope:
    """Median slope of all pairs of months with bootstrap bounds (Theil–Sen 趋势，可去季节、块自助法).

    Parameters
    ----------
    table : Table
        Hours or days of one place.
    name : str
        Column.
    period : str
        ``"month"``, ``"season"`` or ``"year"``.
    statistic, percentile, capture
        As for `lantian.science.series.averaging.average`.
    deseason : bool
        Whether the season is taken out of months first (STL), where there are more than 24. Months in between that
        have no value are made up for it and stay in the line, as in openair; `Slope.made_up` says which.
    blocks : bool
        Whether neighbouring periods are drawn together, as their values are alike: blocks of the cube root of n.
    confidence : float
        [1]

    Raises
    ------
    CallerError
        Fewer than six periods have a value.

    References
    ----------
    Theil (1950), Sen (1968); Kunsch (1989). openair, ``TheilSen``: 599 draws by the same generator and seed, so
    that the bounds are the same numbers.

    Examples
    --------
    >>> days = np.arange(np.datetime64("2019-01-01"), np.datetime64("2025-01-01"))
    >>> values = 60 - 3 * (days - days[0]).astype(float) / 365
    >>> found = monthly_slope(Table.of(days, pm25=values), "pm25", period="year")
    >>> round(found.slope, 3), found.stars
    (-3.0, '***')
    """
    rows = average(
        Table(table.times, {name: table[name]}), period, statistic, percentile=percentile, capture=capture
    )
    known = np.flatnonzero(~np.isnan(rows[name]))
    if len(known) < _FEWEST:
        raise CallerError(
            "{n} {period}s of {name} have a value: a slope needs {fewest}. Choose a longer stretch.",
            n=len(known),
            period=period,
            name=name,
            fewest=_FEWEST,
        )
    rows = rows.rows(slice(int(known[0]), int(known[-1]) + 1))
    values = rows[name]
    made_up = np.zeros(len(values), dtype=np.bool_)
    take_out = deseason and period == "month" and len(values) > 24
    if take_out:
        made_up = np.isnan(values)
        seasons = decompose(filled(values))
        values = seasons.trend + seasons.remainder
    kept = ~np.isnan(values)
    times, values, made_up = rows.times[kept], values[kept], made_up[kept]
    return _slope(times, values, made_up, take_out, blocks, confidence)


def _slope(
    times: Times, values: FloatArray, made_up: Mask, deseasoned: bool, blocks: bool, confidence: float
) -> Slope:
    days = _days(times)
    block = round(len(values) ** (1 / 3)) if blocks else 1
    drawn = _lines(days, values, _draws(len(values), block))
    intercept, slope = _line(days, values)
    below = round((1 - confidence) / 2 * _DRAWS)
    ordered = np.sort(drawn, axis=0)
    (intercept_low, low), (intercept_high, high) = ordered[below], ordered[_DRAWS - below - 1]
    under = ((drawn[:, 1] < 0).sum() + 0.5 * (drawn[:, 1] == 0).sum()) / _DRAWS
    begin, end = intercept + slope * days[0], intercept + slope * days[-1]
    return Slope(
        times=times,
        values=values,
        made_up=made_up,
        deseasoned=deseasoned,
        slope=DAYS_A_YEAR * slope,
        low=DAYS_A_YEAR * float(low),
        high=DAYS_A_YEAR * float(high),
        intercept=intercept,
        intercept_low=float(intercept_low),
        intercept_high=float(intercept_high),
        p_value=2 * float(min(under, 1 - under)),
        percent=100 * DAYS_A_YEAR * (end / begin - 1) / (days[-1] - days[0]) if begin else float("nan"),
        confidence=confidence,
        block=block,
    )


def _days(times: Times) -> FloatArray:
    return times.astype("datetime64[D]").astype(np.float64)


@njit(cache=True, nogil=True)
def _line(days: FloatArray, values: FloatArray) -> tuple[float, float]:
    n = len(days)
    slopes = np.empty(n * (n - 1) // 2)
    count = 0
    for one in range(n):
        for other in range(one):
            apart = days[one] - days[other]
            if apart != 0:
                slopes[count] = (values[one] - values[other]) / apart
                count += 1
    slope = np.median(slopes[:count]) if count else np.nan
    return np.median(values) - slope * np.median(days), slope


@njit(cache=True, nogil=True)
def _lines(days: FloatArray, values: FloatArray, draws: IntArray) -> FloatArray:
    found = np.empty((len(draws), 2))
    for n in range(len(draws)):
        found[n, 0], found[n, 1] = _line(days[draws[n]], values[draws[n]])
    return found


def _draws(n: int, block: int) -> IntArray:
    """Rows of each draw, shape (draws, n): overlapping blocks, as R draws them from its default generator."""
    n_blocks = -(-n // block)
    starts = _whole_numbers(n - block + 1, _DRAWS * n_blocks).reshape(_DRAWS, n_blocks)
    rows = (starts[:, :, None] + np.arange(block)).reshape(_DRAWS, -1)
    return np.ascontiguousarray(rows[:, :n])


def _whole_numbers(below: int, count: int) -> IntArray:
    """Numbers 0 … below - 1 as R's ``sample.int`` gives them after ``set.seed(2)``."""
    state = np.empty(625, dtype=np.uint32)
    seed = _SEED
    for place in range(-50, 625):
        seed = (69069 * seed + 1) & 0xFFFFFFFF
        if place >= 0:
            state[place] = seed
    twister = np.random.MT19937()
    twister.state = {"bit_generator": "MT19937", "state": {"key": state[1:], "pos": 624}}
    bits = (below - 1).bit_length()
    found: list[NDArray[np.int64]] = []
    while sum(map(len, found)) < count:
        words = twister.random_raw(2 * count + 16) * 2.3283064365386963e-10
        if bits > 16:
            words = words[: len(words) // 2 * 2]
            number = np.floor(words[::2] * 65536) * 65536 + np.floor(words[1::2] * 65536)
        else:
            number = np.floor(words * 65536)
        whole = number.astype(np.int64) & ((1 << bits) - 1)
        found.append(whole[whole < below])
    return np.concatenate(found)[:count]

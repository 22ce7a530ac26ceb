"""What are the hours worth as days, months, seasons or blocks of eight hours?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from lantian.science.series.group_kernels import moments, quantiles, sums
from lantian.science.series.table import WIND, Table, Times, shared_names
from lantian.terms.errors import CallerError
from lantian.terms.types import FloatArray, IntArray

_SECONDS = {"sec": 1, "min": 60, "hour": 3600, "day": 86_400, "week": 604_800}
_MONTHS = {"month": 1, "quarter": 3, "season": 3, "year": 12}
_MONDAY = np.datetime64("1969-12-29", "s").astype(np.int64)


class Statistic(StrEnum):
    """What stands for a period."""

    MEAN = "mean"
    MEDIAN = "median"
    MAXIMUM = "max"
    MINIMUM = "min"
    SUM = "sum"
    DEVIATION = "sd"
    FREQUENCY = "frequency"
    CAPTURE = "data_capture"
    PERCENTILE = "percentile"


@dataclass(frozen=True, slots=True, eq=False)
class Groups:
    """Consecutive rows of a table that belong to one period each."""

    starts: Times
    offsets: IntArray
    """Row at which each period begins, and the number of rows."""
    expected: IntArray
    """Values that a complete period would hold within the time that the table spans."""


def groups_of(
    table: Table, period: str, start: np.datetime64 | None = None, end: np.datetime64 | None = None
) -> Groups:
    """Periods that the rows of a table fill, without a gap (时段划分).

    Parameters
    ----------
    table : Table
        Rows in order.
    period : str
        ``"day"``, ``"month"``, ``"season"`` (December begins winter), ``"2 week"``, ``"8 hour"`` and so on. Days,
        weeks (from Monday), months, quarters and years begin at their calendar bounds, several with the first.
    start, end : datetime64, optional
        What the table was meant to span, where it is more than its rows: capture is counted against it.

    Examples
    --------
    >>> hours = np.arange(np.datetime64("2025-01-31T22"), np.datetime64("2025-02-01T03"))
    >>> found = groups_of(Table.of(hours, pm25=np.ones(5)), "month")
    >>> found.starts.astype("datetime64[D]").astype(str).tolist(), found.expected.tolist()
    (['2025-01-01', '2025-02-01'], [2, 3])
    """
    if not len(table):
        empty = np.zeros(0, dtype=np.int64)
        return Groups(empty.astype("datetime64[s]"), np.zeros(1, dtype=np.int64), empty)
    count, unit = _parts(period)
    interval = table.interval
    first = table.times[0] if start is None else min(start.astype("datetime64[s]"), table.times[0])
    last = table.times[-1] if end is None else max(end.astype("datetime64[s]"), table.times[-1])
    bounds = _bounds(first, last, count, unit)
    offsets = np.searchsorted(table.seconds, bounds)
    spanned = np.clip(bounds, int(first.astype(np.int64)), int(last.astype(np.int64)) + interval)
    return Groups(bounds[:-1].astype("datetime64[s]"), offsets, np.diff(-(-spanned // interval)))


def _parts(period: str) -> tuple[int, str]:
    words = period.split()
    count = words[0] if len(words) == 2 else "1"
    if len(words) not in (1, 2) or words[-1] not in _SECONDS | _MONTHS or not count.isdigit() or count == "0":
        raise CallerError(
            "{period} is no period: write one of {units}, with a number before it for several",
            period=period,
            units=", ".join([*_SECONDS, *_MONTHS]),
        )
    return int(count), words[-1]


def _bounds(first: np.datetime64, last: np.datetime64, count: int, unit: str) -> IntArray:
    """List the starts of all periods from the first to the last, and the end of the last. [s]"""
    if unit in _SECONDS:
        step, origin = _SECONDS[unit] * count, _MONDAY if unit == "week" else 0
        first_second, last_second = int(first.astype(np.int64)), int(last.astype(np.int64))
        begin = first_second - (first_second - origin) % _SECONDS[unit]
        return np.arange(begin, last_second + step + 1, step)[: (last_second - begin) // step + 2]
    step, shift = _MONTHS[unit] * count, 1 if unit == "season" else 0
    month, final = (int(moment.astype("datetime64[M]").astype(np.int64)) for moment in (first, last))
    begin = month - (month + shift) % _MONTHS[unit]
    months = np.arange(begin, begin + ((final - begin) // step + 2) * step, step)
    return months.astype("datetime64[M]").astype("datetime64[s]").astype(np.int64)


def average(
    table: Table,
    period: str = "day",
    statistic: Statistic = Statistic.MEAN,
    *,
    capture: float = 0.0,
    percentile: float | None = None,
    vector_wind: bool = False,
    equal_directions: bool = False,
    wind: tuple[str, str] = WIND,
    start: np.datetime64 | None = None,
    end: np.datetime64 | None = None,
) -> Table:
    """Values of longer periods, the wind direction as that of the mean wind vector (时间平均).

    Parameters
    ----------
    table : Table
        Rows of one place. Gaps count as missing.
    period : str
        As for `groups_of`.
    statistic : Statistic
        A direction is always that of the mean vector; only `FREQUENCY` and `CAPTURE` count it like any column.
    capture : float
        Least share of values that a period must hold, else it is NaN. [%]
    percentile : float, optional
        Level of `Statistic.PERCENTILE`, by linear interpolation between order statistics. [%]
    vector_wind : bool
        Whether the speed too is that of the mean vector; by default it is the plain mean.
    equal_directions : bool
        Whether directions weigh alike; by default the direction is that of the mean vector, where a stronger wind
        weighs more.
    wind : tuple of str
        Columns of speed and direction. Without the speed, directions weigh alike.
    start, end : datetime64, optional
        As for `groups_of`.

    Returns
    -------
    Table
        One row a period from the first to the last; a period without rows is NaN.

    Raises
    ------
    CallerError
        Unknown period, capture or percentile outside 0 to 100 %, or a percentile without its level.

    References
    ----------
    openair, ``timeAverage``: equal to it, including the vector wind; percentiles are R's type 7. Up to edition 2
    its direction is that of the mean vector; edition 3 lets directions weigh alike unless ``vector.ws`` is asked.

    Examples
    --------
    >>> hours = np.arange(np.datetime64("2025-01-01T00"), np.datetime64("2025-01-02T00"))
    >>> wind_direction = np.where(np.arange(24) % 2, 350.0, 10.0)
    >>> day = average(Table.of(hours, pm25=np.arange(24.0), wind_speed=np.ones(24), wind_direction=wind_direction))
    >>> float(day["pm25"][0]), float(day["wind_direction"][0].round(6)) % 360
    (11.5, 0.0)
    """
    if not 0 <= capture <= 100 or (percentile is not None and not 0 <= percentile <= 100):
        raise CallerError(
            "capture {capture} and percentile {percentile} are shares: give 0 to 100 %",
            capture=capture,
            percentile=percentile,
        )
    if statistic is Statistic.PERCENTILE and percentile is None:
        raise CallerError("a percentile needs its level: say percentile=95 for the 95th")
    groups = groups_of(table, period, start, end)
    speed, direction = wind
    counted = statistic in (Statistic.FREQUENCY, Statistic.CAPTURE)
    found = {
        name: _of_groups(values, groups, statistic, capture, percentile)
        for name, values in table.columns.items()
        if name != direction or counted
    }
    if direction in table.columns and not counted:
        speeds = table.columns.get(speed)
        east, north = _mean_vector(None if equal_directions else speeds, table[direction], groups, capture)
        found[direction] = np.mod(np.degrees(np.arctan2(east, north)), 360.0)
        if vector_wind and speeds is not None:
            found[speed] = np.hypot(*_mean_vector(speeds, table[direction], groups, capture))
        found = {name: found[name] for name in table.columns}
    return Table(groups.starts, found)


def _of_groups(
    values: FloatArray, groups: Groups, statistic: Statistic, capture: float, percentile: float | None
) -> FloatArray:
    expected = np.maximum(groups.expected, 1)
    if statistic in (Statistic.MEDIAN, Statistic.PERCENTILE):
        level = 50.0 if statistic is Statistic.MEDIAN or percentile is None else percentile
        count = sums(values, groups.offsets)[0]
        result = quantiles(values, groups.offsets, np.array([level / 100]))[0]
    elif statistic in (Statistic.MEAN, Statistic.SUM, Statistic.FREQUENCY, Statistic.CAPTURE):
        count, total = sums(values, groups.offsets)
        if statistic is Statistic.FREQUENCY:
            return np.asarray(count)
        if statistic is Statistic.CAPTURE:
            return np.asarray(100 * count / expected)
        result = total / np.maximum(count, 1) if statistic is Statistic.MEAN else total
    else:
        count, _, least, greatest, squares = moments(values, groups.offsets)
        if statistic is Statistic.DEVIATION:
            result = np.where(count > 1, np.sqrt(squares / np.maximum(count - 1, 1)), np.nan)
        else:
            result = greatest if statistic is Statistic.MAXIMUM else least
    return np.where((count > 0) & (count >= capture / 100 * expected - 1e-9), result, np.nan)


def _mean_vector(
    speed: FloatArray | None, direction: FloatArray, groups: Groups, capture: float
) -> tuple[FloatArray, FloatArray]:
    """Mean components of where the wind comes from; a calm is a vector of length zero."""
    angle = np.radians(
        direction if speed is None else np.where((speed == 0) & np.isnan(direction), 0.0, direction)
    )
    length = 1.0 if speed is None else speed
    east = _of_groups(length * np.sin(angle), groups, Statistic.MEAN, capture, None)
    return east, _of_groups(length * np.cos(angle), groups, Statistic.MEAN, capture, None)


def percentiles(
    table: Table,
    levels: Sequence[float] = (95.0,),
    period: str = "month",
    *,
    names: Sequence[str] | None = None,
    capture: float = 0.0,
) -> dict[str, Table]:
    """Several percentiles of each period (分位数).

    Parameters
    ----------
    table : Table
        Rows of one place.
    levels : sequence of float
        [%]
    period : str
        As for `groups_of`.
    names : sequence of str, optional
        Columns wanted; all by default.
    capture : float
        As for `average`. [%]

    Returns
    -------
    dict of str to Table
        For each column a table whose columns are ``p5``, ``p50`` and so on.

    Examples
    --------
    >>> hours = np.arange(np.datetime64("2025-01-01T00"), np.datetime64("2025-01-02T00"))
    >>> percentiles(Table.of(hours, pm25=np.arange(24.0)), (50, 95))["pm25"]["p95"].round(9).tolist()
    [21.85]
    """
    groups = groups_of(table, period)
    shares = np.asarray(levels, dtype=np.float64) / 100
    found: dict[str, Table] = {}
    for name in shared_names(table, names):
        count = sums(table[name], groups.offsets)[0]
        kept = count >= capture / 100 * np.maximum(groups.expected, 1) - 1e-9
        rows = quantiles(table[name], groups.offsets, shares)
        columns: Mapping[str, FloatArray] = {
            f"p{level:g}": np.where(kept, row, np.nan) for level, row in zip(levels, rows, strict=True)
        }
        found[name] = Table(groups.starts, columns)
    return found


def expanded(table: Table, interval: int) -> Table:
    """Repeat each value through the shorter intervals that it covers, as an hour through its minutes (展开).

    Parameters
    ----------
    table : Table
        Evenly spaced rows.
    interval : int
        Length of the new interval, an even part of the old. [s]

    Examples
    --------
    >>> hours = np.array(["2025-01-01T00", "2025-01-01T01"], "datetime64[h]")
    >>> expanded(Table.of(hours, pm25=[1.0, 2.0]), 1800)["pm25"].tolist()
    [1.0, 1.0, 2.0, 2.0]
    """
    old = table.interval
    if interval < 1 or old % interval:
        raise CallerError(
            "{interval} s is no even part of {old} s: choose an interval that divides it",
            interval=interval,
            old=old,
        )
    full = table.padded()
    times = old // interval
    axis = np.repeat(full.seconds, times) + np.tile(np.arange(times) * interval, len(full))
    columns = {name: np.repeat(values, times) for name, values in full.columns.items()}
    return Table(axis.astype("datetime64[s]"), columns)

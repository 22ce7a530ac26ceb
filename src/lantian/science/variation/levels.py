"""How do means lie over two classes, how do parts make up a whole, and what was each day worth?"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from lantian.science.series.averaging import average
from lantian.science.series.cutting import Cut
from lantian.science.series.table import WIND, Table, Times
from lantian.terms.errors import CallerError
from lantian.terms.types import FloatArray, IntArray


@dataclass(frozen=True, slots=True, eq=False)
class Level:
    """Means over two classes; arrays have shape (n_rows, n_columns), NaN where too few values are."""

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    mean: FloatArray
    count: IntArray


def level(values: FloatArray, rows: Cut, columns: Cut, *, fewest: int = 1) -> Level:
    """Means over two classes, such as hours by months (二维均值图).

    Parameters
    ----------
    values : array, shape (n,)
        NaN where missing. [any unit]
    rows, columns : Cut
        Classes of each value.
    fewest : int
        Values that a cell must hold. [1]

    References
    ----------
    openair, ``trendLevel``.

    Examples
    --------
    >>> hours = np.arange(np.datetime64("2025-01-01T00"), np.datetime64("2025-03-01T00"))
    >>> from lantian.science.series.cutting import cut_times
    >>> found = level(np.arange(len(hours)) % 24.0, cut_times(hours, "hour"), cut_times(hours, "year_month"))
    >>> found.columns, found.mean[5].tolist()
    (('2025-01', '2025-02'), [5.0, 5.0])
    """
    shape = len(rows.labels), len(columns.labels)
    kept = ~np.isnan(values) & (rows.codes >= 0) & (columns.codes >= 0)
    cell = rows.codes[kept] * shape[1] + columns.codes[kept]
    count = np.bincount(cell, minlength=shape[0] * shape[1]).reshape(shape)
    total = np.bincount(cell, values[kept], minlength=shape[0] * shape[1]).reshape(shape)
    mean = np.where(count >= max(fewest, 1), total / np.maximum(count, 1), np.nan)
    return Level(rows.labels, columns.labels, mean, count)


@dataclass(frozen=True, slots=True, eq=False)
class Shares:
    """What each class adds to the mean of a period; arrays have shape (n_periods, n_classes)."""

    times: Times
    labels: tuple[str, ...]
    part: FloatArray
    """Adds up to the mean of the period [unit of the values]."""
    percent: FloatArray
    """[%]"""


def shares(table: Table, name: str, classes: Cut, period: str = "month") -> Shares:
    """Make the mean of each period out of what classes of hours bring to it (比例贡献图).

    Parameters
    ----------
    table : Table
        Hours of one place.
    name : str
        Column.
    classes : Cut
        Class of each row, for instance wind sectors or clusters of trajectories.
    period : str
        As for `lantian.science.series.averaging.groups_of`.

    References
    ----------
    openair, ``timeProp``.

    Examples
    --------
    >>> hours = np.arange(np.datetime64("2025-01-01T00"), np.datetime64("2025-01-01T04"))
    >>> table = Table.of(hours, pm25=[10.0, 10.0, 40.0, 20.0])
    >>> shares(table, "pm25", Cut(("N", "S"), np.array([0, 0, 1, 1])), "day").part.tolist()
    [[5.0, 15.0]]
    """
    if len(classes.codes) != len(table):
        raise CallerError("{n} rows and {m} classes: cut the same table", n=len(table), m=len(classes.codes))
    values = table[name]
    kept = ~np.isnan(values) & (classes.codes >= 0)
    members = {
        label: np.where(kept & (classes.codes == code), values, np.where(kept, 0.0, np.nan))
        for code, label in enumerate(classes.labels)
    }
    parts = average(Table(table.times, members), period)
    part = np.stack([parts[label] for label in classes.labels], axis=1)
    whole = part.sum(axis=1, keepdims=True)
    return Shares(
        parts.times, classes.labels, part, np.where(whole > 0, 100 * part / np.where(whole > 0, whole, 1), np.nan)
    )


@dataclass(frozen=True, slots=True)
class Day:
    """A field of a calendar."""

    day: np.datetime64
    value: float
    """NaN where the day has too few hours."""
    wind_speed: float
    """Of the mean vector, NaN without wind [m s-1]."""
    wind_direction: float
    """[deg]"""


def calendar(table: Table, name: str, *, capture: float = 0.0, wind: tuple[str, str] = WIND) -> list[Day]:
    """Daily means with the mean wind of the day (日历图).

    Parameters
    ----------
    table : Table
        Hours of one place, with wind where there is some.
    name : str
        Column.
    capture : float
        [%]
    wind : tuple of str
        Columns of speed and direction.

    References
    ----------
    openair, ``calendarPlot``.

    Examples
    --------
    >>> hours = np.arange(np.datetime64("2025-01-01T00"), np.datetime64("2025-01-02T00"))
    >>> [(str(one.day), one.value) for one in calendar(Table.of(hours, pm25=np.arange(24.0)), "pm25")]
    [('2025-01-01', 11.5)]
    """
    columns = {one: table[one] for one in (name, *(part for part in wind if part in table.columns))}
    days = average(Table(table.times, columns), "day", capture=capture, vector_wind=True, wind=wind)
    nothing = np.full(len(days), np.nan)
    speed, direction = (days.columns.get(one, nothing) for one in wind)
    return [
        Day(*one)
        for one in zip(
            days.times.astype("datetime64[D]"),
            days[name].tolist(),
            speed.tolist(),
            direction.tolist(),
            strict=True,
        )
    ]


@dataclass(frozen=True, slots=True, eq=False)
class Density:
    """Two columns against each other in square cells; arrays have shape (n_y, n_x)."""

    x: FloatArray
    y: FloatArray
    """Bounds of the cells, one more than there are."""
    count: IntArray
    mean: FloatArray | None
    """Mean of a third column in each cell."""
    slope: float
    intercept: float
    correlation: float


def density(table: Table, x: str, y: str, *, third: str | None = None, bins: int = 40) -> Density:
    """Where two columns lie together, and the straight line through them (散点密度图).

    Parameters
    ----------
    table : Table
    x, y : str
        Columns.
    third : str, optional
        Column whose mean colours the cells.
    bins : int
        Cells a side. [1]

    References
    ----------
    openair, ``scatterPlot`` with ``method = "density"``, ``"level"`` and ``linear = TRUE``.

    Examples
    --------
    >>> hours = np.arange(np.datetime64("2025-01-01T00"), np.datetime64("2025-01-01T05"))
    >>> found = density(Table.of(hours, no2=np.arange(5.0), pm25=1 + 2 * np.arange(5.0)), "no2", "pm25", bins=2)
    >>> found.count.tolist(), round(found.slope, 9), round(found.intercept, 9)
    ([[2, 0], [0, 3]], 2.0, 1.0)
    """
    wanted: Sequence[str] = (x, y) if third is None else (x, y, third)
    rows = table.having(*wanted)
    if len(rows) < 2:
        raise CallerError("{n} rows have both {x} and {y}: a cloud needs two", n=len(rows), x=x, y=y)
    one, two = rows[x], rows[y]
    count, y_bounds, x_bounds = np.histogram2d(two, one, bins=bins)
    mean = None
    if third is not None:
        total = np.histogram2d(two, one, bins=[y_bounds, x_bounds], weights=rows[third])[0]
        mean = np.where(count > 0, total / np.maximum(count, 1), np.nan)
    about_x, about_y = one - one.mean(), two - two.mean()
    xx, yy, xy = float(about_x @ about_x), float(about_y @ about_y), float(about_x @ about_y)
    slope = xy / xx if xx else float("nan")
    return Density(
        x=x_bounds,
        y=y_bounds,
        count=count.astype(np.int64),
        mean=mean,
        slope=slope,
        intercept=float(two.mean() - slope * one.mean()),
        correlation=xy / (xx * yy) ** 0.5 if xx and yy else float("nan"),
    )

"""How often, how much and in which percentiles does each direction bring it (玫瑰图)?"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

import numpy as np
from scipy.interpolate import CubicSpline

from lantian.science.directions.classes import Of, classes, sectors
from lantian.science.series.group_kernels import moments, quantiles
from lantian.science.series.table import WIND, Mask, Table
from lantian.terms.errors import CallerError
from lantian.terms.types import FloatArray, IntArray


class Share(StrEnum):
    """What the length of a petal means."""

    HOURS = "hours"
    """Share of all hours [%]."""
    CONTRIBUTION = "contribution"
    """Share of the mean [%]."""
    COUNT = "count"


@dataclass(frozen=True, slots=True, eq=False)
class Rose:
    """Petals by direction and class; arrays have shape (n_directions, n_classes)."""

    direction: FloatArray
    """Middle of each petal, 360 is north [deg]."""
    labels: tuple[str, ...]
    bounds: FloatArray
    length: FloatArray
    """[%], or a number of hours"""
    calm: float
    """What belongs to no direction [%], or a number of hours."""
    mean: float
    """Mean of the column that the classes divide [its unit]."""
    hours: int


def rose(
    table: Table,
    name: str | None = None,
    *,
    bounds: Sequence[float] = (0.0, 2.0, 4.0, 6.0),
    angle: float = 30.0,
    share: Share = Share.HOURS,
    calm: float = 0.0,
    normalise: bool = False,
    wind: tuple[str, str] = WIND,
) -> Rose:
    """Wind rose, or pollution rose of a column (风玫瑰图、污染玫瑰图).

    Parameters
    ----------
    table : Table
        Hours of one place with wind.
    name : str, optional
        Column that the classes divide; the wind speed by default.
    bounds : sequence of float
        Bounds of the classes; the greatest value closes the last where it lies beyond.
    angle : float
        Width of a petal, an even part of 360. [deg]
    share : Share
        What the length means.
    calm : float
        Speed below which an hour has no direction; at 0 it is an hour without any wind. [m s-1]
    normalise : bool
        Whether each direction is divided by its own sum, so that rare ones can be seen.
    wind : tuple of str
        Columns of speed and direction.

    Raises
    ------
    CallerError
        An angle that does not divide 360, or no hour with wind.

    References
    ----------
    openair, ``windRose`` and ``pollutionRose``, with its correction where directions come in tens of degrees and
    petals hold unequally many tens (Applequist 2012).

    Examples
    --------
    >>> hours = np.arange(np.datetime64("2025-01-01T00"), np.datetime64("2025-01-01T04"))
    >>> table = Table.of(hours, wind_speed=[1, 3, 3, 0], wind_direction=[5, 95, 91, np.nan])
    >>> found = rose(table, bounds=(0, 2, 4), angle=90)
    >>> found.direction.tolist(), found.length.tolist(), found.calm
    ([90.0, 180.0, 270.0, 360.0], [[0.0, 50.0], [0.0, 0.0], [0.0, 0.0], [25.0, 0.0]], 25.0)
    """
    if angle <= 0 or 360 % angle:
        raise CallerError("petals of {angle} degrees do not close the circle: choose a part of 360", angle=angle)
    speed, direction = table[wind[0]], table[wind[1]]
    values = speed if name is None else table[name]
    still = (speed < calm) | (speed == 0)
    kept = ~np.isnan(speed + values) & (still | ~np.isnan(direction))
    if not kept.any():
        raise CallerError("no hour has wind and {name}: import the wind first", name=name or wind[0])
    speed, direction, values, still = speed[kept], direction[kept], values[kept], still[kept]
    edges = np.unique([*bounds, float(values.max())]) if values.max() > max(bounds) else np.unique(bounds)
    n_petals, n_classes = round(360 / angle), len(edges) - 1
    weight = values if share is Share.CONTRIBUTION else np.ones(len(values))
    place = np.maximum(np.searchsorted(edges, values, side="left") - 1, 0)
    inside = ~still & (values >= edges[0]) & (values <= edges[-1])
    petal = sectors(np.where(still, 0.0, direction), angle) - 1
    cell = petal[inside] * n_classes + place[inside]
    length = np.zeros((n_petals, n_classes))
    length += np.bincount(cell, weight[inside], minlength=length.size).reshape(length.shape)
    apart = float(weight[still].sum())
    if share is not Share.COUNT:
        whole = float(weight.sum()) if share is Share.HOURS else float(length.sum()) + apart
        length, apart = 100 * length / whole, 100 * apart / whole
    length = length * _correction(direction, still, angle)[:, None]
    if normalise:
        sums = length.sum(axis=1, keepdims=True)
        length = np.where(sums > 0, length / np.where(sums > 0, sums, 1), 0.0)
    labels = tuple(f"{low:g} to {high:g}" for low, high in pairwise(edges))
    return Rose(
        angle * np.arange(1.0, n_petals + 1), labels, edges, length, apart, float(values.mean()), len(values)
    )


def _correction(direction: FloatArray, still: Mask, angle: float) -> FloatArray:
    """Evens out petals that hold more tens of degrees than others, where the instrument reports tens."""
    n_petals = round(360 / angle)
    if (np.round(direction[~still]) % 10 != 0).any():
        return np.ones(n_petals)
    tens = np.bincount(sectors(np.arange(10.0, 361.0, 10.0), angle) - 1, minlength=n_petals)
    return np.where(tens > 0, tens[tens > 0].mean() / np.maximum(tens, 1), 1.0)


@dataclass(frozen=True, slots=True, eq=False)
class PercentileRose:
    """Percentiles around the compass; arrays have shape (n_levels, n_directions)."""

    direction: FloatArray
    """[deg]"""
    levels: tuple[float, ...]
    """[%]"""
    values: FloatArray
    mean: FloatArray
    """Mean of each direction, shape (n_directions,)."""


def percentile_rose(
    table: Table,
    name: str,
    levels: Sequence[float] = (25.0, 50.0, 75.0, 90.0, 95.0),
    *,
    angle: float = 10.0,
    smooth: bool = False,
    direction: str = WIND[1],
) -> PercentileRose:
    """Percentiles of a column by direction (百分位玫瑰图).

    Parameters
    ----------
    table : Table
        Hours of one place.
    name : str
        Column.
    levels : sequence of float
        [%]
    angle : float
        Width of a class. [deg]
    smooth : bool
        Whether a natural spline runs through the classes, each degree, and stays above zero.
    direction : str
        Column of the direction.

    References
    ----------
    openair, ``percentileRose``.

    Examples
    --------
    >>> hours = np.arange(np.datetime64("2025-01-01T00"), np.datetime64("2025-01-01T03"))
    >>> found = percentile_rose(Table.of(hours, o3=[1, 3, 9], wind_direction=[90, 90, 270]), "o3", [50], angle=90)
    >>> found.direction.tolist(), found.values.tolist()
    ([90.0, 180.0, 270.0, 360.0], [[2.0, nan, 9.0, nan]])
    """
    if angle <= 0 or 360 % angle:
        raise CallerError("classes of {angle} degrees do not close the circle: choose a part of 360", angle=angle)
    rows = table.having(name, direction)
    cell = sectors(rows[direction], angle)
    order = np.argsort(cell, kind="stable")
    ordered = rows[name][order]
    around = np.arange(1, round(360 / angle) + 1)
    offsets = np.searchsorted(cell[order], np.append(around, around[-1] + 1))
    count, total = moments(ordered, offsets)[:2]
    values = quantiles(ordered, offsets, np.asarray(levels, dtype=np.float64) / 100)
    mean = np.where(count > 0, total / np.maximum(count, 1), np.nan)
    found = PercentileRose(angle * around.astype(np.float64), tuple(levels), values, mean)
    return _smoothed(found) if smooth else found


def _smoothed(found: PercentileRose) -> PercentileRose:
    degrees = np.arange(361.0)
    lines = []
    for line in [*found.values, found.mean]:
        there = ~np.isnan(line)
        if there.sum() < 3:
            raise CallerError("{n} directions have values: a smooth line needs three", n=int(there.sum()))
        at, heights = found.direction[there], line[there]
        if there[-1]:
            at, heights = np.concatenate([[0.0], at]), np.concatenate([[line[-1]], heights])
        lines.append(np.maximum(CubicSpline(at, heights, bc_type="natural")(degrees), min(0.0, heights.min())))
    return PercentileRose(degrees, found.levels, np.array(lines[:-1]), lines[-1])


@dataclass(frozen=True, slots=True, eq=False)
class PolarFrequency:
    """Figures by direction and speed without smoothing; arrays have shape (n_directions, n_speeds)."""

    direction: FloatArray
    """Middle of each class, 360 is north [deg]."""
    speed: FloatArray
    """Upper bound of each class [m s-1]."""
    value: FloatArray
    """NaN where a class holds too few hours."""
    count: IntArray


def polar_frequency(
    table: Table,
    name: str | None = None,
    of: Of = Of.FREQUENCY,
    *,
    angle: float = 10.0,
    step: float = 1.0,
    fewest: int = 1,
    percentile: float = 75.0,
    wind: tuple[str, str] = WIND,
) -> PolarFrequency:
    """Hours, or figures of a column, in classes of direction and speed (风频极坐标图).

    Parameters
    ----------
    table : Table
        Hours of one place with wind.
    name : str, optional
        Column; the wind speed by default, whose frequency is that of the wind.
    of : Of
        What stands for a class; `Of.WEIGHTED_MEAN` is what the class adds to the mean, in percent.
    angle : float
        [deg]
    step : float
        Width of a class of speed. [m s-1]
    fewest : int
        Hours that a class must hold. [1]
    percentile : float
        As for `lantian.science.directions.polar.polar_surface`. [%]
    wind : tuple of str
        Columns of speed and direction.

    References
    ----------
    openair, ``polarFreq``.

    Examples
    --------
    >>> hours = np.arange(np.datetime64("2025-01-01T00"), np.datetime64("2025-01-01T03"))
    >>> found = polar_frequency(Table.of(hours, wind_speed=[0.5, 1.5, 0.7], wind_direction=[90, 90, 88]), angle=90)
    >>> found.value[0].tolist()
    [2.0, 1.0]
    """
    rows = table.having(*{name or wind[0], *wind})
    if not len(rows):
        raise CallerError("no hour has wind and {name}: import the wind first", name=name or wind[0])
    values = rows[name or wind[0]]
    ring = np.maximum(np.ceil(rows[wind[0]] / step).astype(np.int64), 1) - 1
    petal = sectors(rows[wind[1]], angle) - 1
    shape = round(360 / angle), int(ring.max()) + 1
    threshold = float(np.quantile(values, percentile / 100))
    held, figure, hours = classes(petal * shape[1] + ring, values, of, percentile, threshold)
    value, count = np.full(shape[0] * shape[1], np.nan), np.zeros(shape[0] * shape[1], dtype=np.int64)
    enough = hours >= fewest
    value[held[enough]], count[held] = figure[enough], hours
    if of is Of.WEIGHTED_MEAN:
        value = 100 * value / np.nansum(value)
    return PolarFrequency(
        angle * np.arange(1.0, shape[0] + 1),
        step * np.arange(1.0, shape[1] + 1),
        value.reshape(shape),
        count.reshape(shape),
    )

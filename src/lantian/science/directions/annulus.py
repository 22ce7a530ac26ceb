"""From which direction, and when in the day, week, year or decade, do high values come (环形极坐标图)?"""

from dataclasses import dataclass

import numpy as np
from scipy.spatial import cKDTree

from lantian.science.directions.classes import Of, classes
from lantian.science.series.choosing import hour_of, weekday_of, year_of
from lantian.science.series.table import WIND, Table, Times
from lantian.science.smoothing.tensor import circle, smooth_round
from lantian.terms.errors import CallerError
from lantian.terms.types import FloatArray

PERIODS = ("hour", "weekday", "season", "trend")
_RINGS, _SECTORS = 24, 37
_PLACES = 101
_FAR = 0.03
"""Share of each side beyond which a place is too far from any class."""


@dataclass(frozen=True, slots=True, eq=False)
class Annulus:
    """A surface over time and direction, shape (n_times, n_directions)."""

    period: str
    time: FloatArray
    """Hour 0 … 23, weekday 0 (Sunday) … 7, week 0 … 53, or year with its part."""
    direction: FloatArray
    """[deg]"""
    value: FloatArray
    """NaN where no class of hours is near."""
    freedom: float


def annulus(
    table: Table,
    name: str,
    period: str = "hour",
    of: Of = Of.MEAN,
    *,
    percentile: float = 75.0,
    fewest: int = 1,
    sizes: tuple[int, int] = (20, 10),
    exclude_missing: bool = True,
    positive: bool = True,
    direction: str = WIND[1],
) -> Annulus:
    """Smooth surface over direction and a part of time (环形图).

    Parameters
    ----------
    table : Table
        Hours of one place with wind.
    name : str
        Column.
    period : str
        ``"hour"``, ``"weekday"``, ``"season"`` (week of the year) or ``"trend"``.
    of, percentile, fewest, positive
        As for `lantian.science.directions.polar.polar_surface`.
    sizes : tuple of int
        Basis functions along time and around the compass; the second closes and so has one less. [1]
    exclude_missing : bool
        Whether places far from any class are left out.
    direction : str
        Column of the direction.

    References
    ----------
    openair, ``polarAnnulus``: mgcv's ``te(time, wd, bs = c("tp", "cc"))``.

    Examples
    --------
    >>> hours = np.arange(np.datetime64("2024-01-01T00"), np.datetime64("2025-01-01T00"))
    >>> wind_direction = np.random.default_rng(1).integers(1, 37, len(hours)) * 10.0
    >>> found = annulus(Table.of(hours, o3=40 + np.arange(len(hours)) % 24, wind_direction=wind_direction), "o3")
    >>> found.value.shape, float(found.value[100, 50].round(0))
    ((101, 101), 63.0)
    """
    rows = table.having(name, direction)
    if not len(rows):
        raise CallerError(
            "no hour has {name} and {direction}: import the wind first", name=name, direction=direction
        )
    moment, first, last = _moments(rows.times, period)
    along = 10 * (moment - first) / (last - first)
    angle, values = rows[direction], rows[name]
    north = angle == 360
    along, angle, values = (
        np.concatenate([along, along[north]]),
        np.concatenate([angle, np.zeros(int(north.sum()))]),
        np.concatenate([values, values[north]]),
    )
    ring = np.clip(np.searchsorted(np.linspace(0, 10, _RINGS + 1), along, side="left") - 1, 0, _RINGS - 1)
    sector = np.clip(np.searchsorted(np.linspace(0, 360, _SECTORS + 1), angle, side="left") - 1, 0, _SECTORS - 1)
    threshold = float(np.quantile(values, percentile / 100))
    held, value, count = classes(sector * _RINGS + ring, values, of, percentile, threshold)
    kept = (count >= fewest) & ~np.isnan(value)
    held, value = held[kept], value[kept]
    at_time, at_angle = np.linspace(0, 10, _RINGS)[held % _RINGS], np.linspace(0, 360, _SECTORS)[held // _RINGS]
    power = 0.5 if positive else 1.0
    heights = np.maximum(value, 0.0) ** power if positive else value
    surface = smooth_round(at_time, at_angle, heights, sizes, circle(0.0, 360.0, sizes[1] - 1))
    time, compass = np.linspace(0, 10, _PLACES), np.linspace(0, 360, _PLACES)
    found = surface.at(time, compass) ** round(1 / power)
    if exclude_missing:
        tree = cKDTree(np.stack([at_time / 10, at_angle / 360], axis=1))
        grid = np.stack([part.ravel() for part in np.meshgrid(time / 10, compass / 360, indexing="ij")], axis=1)
        near = np.isfinite(tree.query(grid, distance_upper_bound=_FAR)[0]).reshape(found.shape)
        found = np.where(near, found, np.nan)
    return Annulus(period, first + time / 10 * (last - first), compass, found, surface.found.freedom)


def _moments(times: Times, period: str) -> tuple[FloatArray, float, float]:
    """Where each hour lies in its period, and where that begins and ends."""
    if period == "hour":
        return hour_of(times).astype(np.float64), 0.0, 23.0
    if period == "weekday":
        return (weekday_of(times) + 1) % 7 + hour_of(times) / 23, 0.0, 7.0
    day = (times.astype("datetime64[D]") - times.astype("datetime64[Y]").astype("datetime64[D]")).astype(
        np.float64
    )
    if period == "season":
        return np.floor((day + 7 - weekday_of(times)) / 7), 0.0, 53.0
    if period == "trend":
        moment = year_of(times) + (day + 1) / 366
        return moment, float(moment.min()), float(moment.max())
    raise CallerError("{period} is no ring: choose one of {known}", period=period, known=", ".join(PERIODS))

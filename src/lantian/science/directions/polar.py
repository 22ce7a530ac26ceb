"""From which direction and at which wind speed do high values come (双变量极坐标图)?"""

from dataclasses import dataclass, replace

import numpy as np
from scipy.ndimage import map_coordinates
from scipy.spatial import cKDTree

from lantian.science.directions.classes import Of, classes, sectors
from lantian.science.series.table import WIND, Mask, Table
from lantian.science.smoothing.penalised import fit
from lantian.science.smoothing.plates import plate, smooth
from lantian.terms.errors import CallerError
from lantian.terms.types import FloatArray, IntArray

_SPEEDS = 30
"""Classes of speed."""
_COARSE, _FINE = 51, 201
"""Places a side at which the surface is computed, and to which it is interpolated."""
_FAR = 0.05
"""Share of the side beyond which a place is too far from any hour."""
_FEW = np.array([0.25, 0.5, 0.75])
"""Weights of classes of one, two and three hours [1]."""
_ERRORS = 2.0
"""Standard errors to the edge of the 95 % band."""


@dataclass(frozen=True, slots=True, eq=False)
class Bins:
    """Hours by class of direction and speed; arrays have shape (n_bins,), only classes that hold hours."""

    east: FloatArray
    north: FloatArray
    """Where each class lies, in the unit of the radius."""
    value: FloatArray
    count: IntArray


@dataclass(frozen=True, slots=True, eq=False)
class PolarSurface:
    """A surface over wind components; arrays have shape (n, n): rows run north, columns east."""

    side: FloatArray
    """Coordinates of rows and columns alike: a place's distance from the middle is the radius above `centre`."""
    value: FloatArray
    """NaN where no class of hours is near. [unit of the column, 1 for probabilities and counts]"""
    low: FloatArray | None
    high: FloatArray | None
    """95 % bounds, where they were asked for."""
    bins: Bins
    centre: float
    """Least value of the radius, which lies in the middle."""
    radius: str
    """Name of the column that is the radius."""
    threshold: float
    """Value above which hours count in a probability, else NaN [unit of the column]."""
    freedom: float
    """Effective degrees of freedom of the surface [1]."""


def polar_surface(
    table: Table,
    name: str,
    of: Of = Of.MEAN,
    *,
    percentile: float = 75.0,
    fewest: int = 1,
    size: int = 100,
    span: tuple[float, float] | None = None,
    upper: float | None = None,
    uncertainty: bool = False,
    exclude_missing: bool = True,
    positive: bool = True,
    wind: tuple[str, str] = WIND,
) -> PolarSurface:
    """Smooth surface of a column over wind direction and speed (极坐标图).

    Parameters
    ----------
    table : Table
        Hours of one place with wind.
    name : str
        Column.
    of : Of
        What stands for a class of hours.
    percentile : float
        Level of `Of.PERCENTILE` and `Of.PROBABILITY`. [%]
    fewest : int
        Hours that a class must hold; classes of one to three weigh less. [1]
    size : int
        Basis functions of the surface: the most detail it may show. [1]
    span : tuple of float, optional
        Least and greatest radius that the classes divide, so that several surfaces lie alike; by default those
        of the hours.
    upper : float, optional
        Radius beyond which nothing is shown; the greatest by default.
    uncertainty : bool
        Whether bounds are wanted. As in openair they are those of a fit weighted by hours, the middle is not.
    exclude_missing : bool
        Whether places far from any class of hours are left out.
    positive : bool
        Whether the surface is fitted to square roots, so that it stays above zero.
    wind : tuple of str
        Columns of the radius and of the direction. The radius may be another column, for instance temperature.

    Raises
    ------
    CallerError
        No hour with wind and value, or too few classes for `size`.

    References
    ----------
    Carslaw and Beevers (2013), Environmental Modelling & Software 40, 325-329; Uria-Tellaetxe and Carslaw (2014).
    openair, ``polarPlot``: classes of 5 or 10 degrees and a thirtieth of the radius, mgcv's ``s(u, v, k = 100)``.
    Directions that round to north lie in the north; openair puts those of up to 5 degrees beside it.

    Examples
    --------
    >>> chance = np.random.default_rng(1)
    >>> speed, direction = chance.gamma(2, 2, 9000), chance.integers(1, 37, 9000) * 10.0
    >>> hours = np.arange(np.datetime64("2024-01-01T00"), np.datetime64("2024-01-01T00") + 9000)
    >>> east = np.sin(np.radians(direction)) * speed
    >>> table = Table.of(hours, so2=20 + east, wind_speed=speed, wind_direction=direction)
    >>> surface = polar_surface(table, "so2")
    >>> float(surface.value[100, 140] - surface.value[100, 60]) > 0, surface.value.shape
    (True, (201, 201))
    """
    radius_name = wind[0]
    radius, direction, values = _hours(table, name, wind)
    centre, farthest = span or (float(radius.min()), float(radius.max()))
    reach = farthest - centre
    if reach <= 0:
        raise CallerError(
            "{radius} is {value} in every hour: a surface needs it to vary", radius=radius_name, value=centre
        )
    threshold = float(np.quantile(values, percentile / 100)) if of is Of.PROBABILITY else float("nan")
    bins = _bins(radius - centre, direction, values, reach, of, percentile, threshold)
    kept = bins.count >= fewest
    bins = Bins(bins.east[kept], bins.north[kept], bins.value[kept], bins.count[kept])
    shown = reach if upper is None else min(upper - centre, reach)
    side = np.linspace(-shown, shown, _FINE)
    middle, edge, freedom = _fitted(bins, size, shown, positive=positive, uncertainty=uncertainty)
    far = _too_far(side, bins) if exclude_missing else np.zeros((_FINE, _FINE), dtype=np.bool_)
    if upper is not None:
        far |= np.hypot(*np.meshgrid(side, side)) > shown
    power, low, high = 2 if positive else 1, None, None
    if edge is not None:
        low = _shown(np.maximum(middle - edge, 0.0) if positive else middle - edge, power, of, far)
        high = _shown(middle + edge, power, of, far)
    value = _shown(middle, power, of, far)
    return PolarSurface(side, value, low, high, bins, centre, radius_name, threshold, freedom)


def _fitted(
    bins: Bins, size: int, shown: float, *, positive: bool, uncertainty: bool
) -> tuple[FloatArray, FloatArray | None, float]:
    """Surface on the coarse grid, in square roots where it shall be positive; half its band; its freedom."""
    known = ~np.isnan(bins.value)
    places = np.stack([bins.east, bins.north], axis=1)[known]
    heights = np.sqrt(np.maximum(bins.value[known], 0.0)) if positive else bins.value[known]
    basis = plate(places, size)
    inside, outside = basis.design(places), basis.design(_grid(shown))
    if not uncertainty:
        weights = np.append(_FEW, 1.0)[np.minimum(bins.count[known], 4) - 1]
        found = fit(inside, heights, [basis.penalty], weights)
        return found.at(outside), None, found.freedom
    by_hours = fit(inside, heights, [basis.penalty], bins.count[known].astype(np.float64))
    found = fit(inside, heights, [basis.penalty])
    return found.at(outside), _ERRORS * by_hours.error(outside), found.freedom


def _grid(reach: float) -> FloatArray:
    coarse = np.linspace(-reach, reach, _COARSE)
    return np.stack([part.ravel() for part in np.meshgrid(coarse, coarse)], axis=1)


def _hours(table: Table, name: str, wind: tuple[str, str]) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Radius, direction and value of the hours that have all three; calms point north."""
    radius, direction, values = table[wind[0]], table[wind[1]], table[name]
    direction = np.where((radius == 0) & np.isnan(direction), 0.0, direction)
    kept = ~np.isnan(radius + direction + values)
    if not kept.any():
        raise CallerError(
            "no hour has {name}, {radius} and {direction}: import the wind, or choose another stretch",
            name=name,
            radius=wind[0],
            direction=wind[1],
        )
    return radius[kept], direction[kept], values[kept]


def _bins(
    radius: FloatArray,
    direction: FloatArray,
    values: FloatArray,
    reach: float,
    of: Of,
    percentile: float,
    threshold: float,
) -> Bins:
    width = 10.0 if (direction % 10 == 0).all() else 5.0
    sector = np.where(
        direction == 0, 1, sectors(direction, width)
    )  # a calm lies in the middle, whatever its class
    ring = np.maximum(np.searchsorted(np.linspace(0, reach, _SPEEDS + 1), radius, side="left") - 1, 0)
    cell = (sector - 1) * _SPEEDS + np.minimum(ring, _SPEEDS - 1)
    held, value, count = classes(cell, values, of, percentile, threshold)
    distance, angle = np.linspace(0, reach, _SPEEDS)[held % _SPEEDS], np.radians((held // _SPEEDS + 1) * width)
    return Bins(distance * np.sin(angle), distance * np.cos(angle), value, count)


def _shown(heights: FloatArray, power: int, of: Of, far: Mask) -> FloatArray:
    """Raise to the power, spread over the fine grid, leave out what is far, hold probabilities below 1."""
    coarse = heights.reshape(_COARSE, _COARSE) ** power
    place = np.linspace(0, _COARSE - 1, _FINE)
    fine = map_coordinates(coarse, np.meshgrid(place, place, indexing="ij"), order=1, mode="nearest")
    if of is Of.PROBABILITY:
        fine = np.minimum(fine, 1.0)
    return np.where(far, np.nan, fine)


def _too_far(side: FloatArray, bins: Bins) -> Mask:
    reach = side[-1] - side[0]
    tree = cKDTree(np.stack([bins.north, bins.east], axis=1) / reach)
    rows, columns = np.meshgrid(side / reach, side / reach, indexing="ij")
    distance = tree.query(np.stack([rows.ravel(), columns.ravel()], axis=1), distance_upper_bound=_FAR)[0]
    return np.asarray(~np.isfinite(distance)).reshape(len(side), len(side))


def polar_difference(
    before: Table,
    after: Table,
    name: str,
    of: Of = Of.MEAN,
    *,
    size: int = 100,
    fewest: int = 1,
    wind: tuple[str, str] = WIND,
) -> PolarSurface:
    """How the surface changed from one period to another (极坐标差值图).

    Parameters
    ----------
    before, after : Table
        Hours with wind, before and after a measure or of two places.
    name : str
        Column.
    of, size, fewest, wind
        As for `polar_surface`.

    Returns
    -------
    PolarSurface
        After minus before where both are known; classes divide the radius of both together.

    References
    ----------
    openair, ``polarDiff``.

    Examples
    --------
    >>> chance = np.random.default_rng(1)
    >>> speed, direction = chance.gamma(2, 2, 9000), chance.integers(1, 37, 9000) * 10.0
    >>> hours = np.arange(np.datetime64("2024-01-01T00"), np.datetime64("2024-01-01T00") + 9000)
    >>> old = Table.of(hours, so2=np.full(9000, 25.0), wind_speed=speed, wind_direction=direction)
    >>> new = old.with_columns({"so2": np.full(9000, 16.0)})
    >>> float(polar_difference(old, new, "so2").value[100, 100].round(3))
    -9.0
    """
    radii = np.concatenate([_hours(part, name, wind)[0] for part in (before, after)])
    span = float(radii.min()), float(radii.max())
    old, new = (
        polar_surface(part, name, of, size=size, fewest=fewest, span=span, wind=wind) for part in (before, after)
    )
    return replace(new, value=new.value - old.value, freedom=new.freedom + old.freedom)


def polar_correlation(
    table: Table,
    first: str,
    second: str,
    *,
    speed_spread: float = 1.5,
    direction_spread: float = 4.0,
    fewest: int = 100,
    size: int = 100,
    wind: tuple[str, str] = WIND,
) -> PolarSurface:
    """Where two columns rise and fall together: weighted correlation over direction and speed (相关极坐标图).

    Parameters
    ----------
    table : Table
        Hours of one place with wind.
    first, second : str
        Columns.
    speed_spread, direction_spread : float
        Standard deviations of the weights around each place. [m s-1, deg]
    fewest : int
        Hours whose weight is above a thousandth that a place must have. [1]
    size : int
        As for `polar_surface`.
    wind : tuple of str
        As for `polar_surface`.

    References
    ----------
    Grange, Lewis and Carslaw (2016), Atmospheric Environment 145, 128-134; openair, ``polarPlot`` of ``"r"``.
    """
    rows = table.having(first, second, *wind)
    radius, angle, two = _hours(rows, second, wind)
    one, centre, reach = rows[first], float(radius.min()), float(np.ptp(radius))
    bins = _bins(radius - centre, angle, two, reach, Of.FREQUENCY, 50.0, float("nan"))
    found = np.full(len(bins.value), np.nan)
    for place, (east, north) in enumerate(zip(bins.east, bins.north, strict=True)):
        far = (radius - centre - np.hypot(east, north)) / speed_spread
        apart = ((angle - np.degrees(np.arctan2(east, north)) + 180) % 360 - 180) / direction_spread
        weight = np.exp(-0.5 * (far**2 + apart**2))
        near = weight > 0.001 * weight.max()
        if near.sum() >= fewest:
            found[place] = _weighted_r(one[near], two[near], weight[near])
    known = ~np.isnan(found)
    if known.sum() < size:
        raise CallerError(
            "{n} places have {fewest} hours around them: give a longer stretch or a smaller size",
            n=int(known.sum()),
            fewest=fewest,
        )
    bins = Bins(bins.east[known], bins.north[known], found[known], bins.count[known])
    basis, fitted = smooth(np.stack([bins.east, bins.north], axis=1), bins.value, size)
    side = np.linspace(-reach, reach, _FINE)
    surface = _shown(fitted.at(basis.design(_grid(reach))), 1, Of.MEAN, _too_far(side, bins))
    value = np.clip(surface, -1, 1)
    return PolarSurface(side, value, None, None, bins, centre, wind[0], float("nan"), fitted.freedom)


def _weighted_r(one: FloatArray, two: FloatArray, weight: FloatArray) -> float:
    about_one, about_two = one - np.average(one, weights=weight), two - np.average(two, weights=weight)
    scale = (weight @ about_one**2) * (weight @ about_two**2)
    return float(weight @ (about_one * about_two) / np.sqrt(scale)) if scale > 0 else float("nan")

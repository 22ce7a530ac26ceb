"""How far is it from here to there on the ellipsoid (大地线距离)?"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

SEMI_MAJOR_AXIS = 6_378_137.0
"""Of the CGCS2000 ellipsoid, as of GRS80 and WGS84. [m]"""
FLATTENING = 1 / 298.257222101
"""Of the CGCS2000 ellipsoid."""


def distance(
    longitude: ArrayLike, latitude: ArrayLike, to_longitude: ArrayLike, to_latitude: ArrayLike
) -> NDArray[np.float64]:
    """Shortest way between places of EPSG:4490 on the ellipsoid (距离).

    Lambert's formula for long lines: within metres of the exact geodesic over thousands of kilometres, and
    within a decimetre below 100 km; far below the accuracy with which a plant is placed. Nearly opposite points
    of the Earth are outside its use.

    Parameters
    ----------
    longitude, latitude : array_like
        From where, broadcast against the others; NaN where unknown. [deg]
    to_longitude, to_latitude : array_like
        To where. [deg]

    Returns
    -------
    array
        NaN where a coordinate is missing. [m]

    References
    ----------
    Lambert, W. D. (1942): The distance between two widely separated points on the surface of the Earth. Journal
    of the Washington Academy of Sciences 32, 125-130.

    Examples
    --------
    >>> float(distance(113.0, 36.0, 113.0, 37.0).round(0))
    110968.0
    """
    reduced = [
        np.arctan((1 - FLATTENING) * np.tan(np.radians(np.asarray(lat)))) for lat in (latitude, to_latitude)
    ]
    east = np.radians(np.asarray(to_longitude, dtype=float) - np.asarray(longitude, dtype=float))
    mean, half = (reduced[0] + reduced[1]) / 2, (reduced[1] - reduced[0]) / 2
    haversine = np.sin(half) ** 2 + np.cos(reduced[0]) * np.cos(reduced[1]) * np.sin(east / 2) ** 2
    angle = 2 * np.arctan2(np.sqrt(haversine), np.sqrt(1 - haversine))
    some = np.where(angle > 0, angle, 1.0)
    along = (some - np.sin(some)) * (np.sin(mean) * np.cos(half) / np.cos(some / 2)) ** 2
    across = (some + np.sin(some)) * (np.cos(mean) * np.sin(half) / np.sin(some / 2)) ** 2
    length = np.asarray(SEMI_MAJOR_AXIS * (some - FLATTENING / 2 * (along + across)))
    return np.asarray(np.where(angle > 0, length, np.where(np.isnan(angle), np.nan, 0.0)), dtype=np.float64)

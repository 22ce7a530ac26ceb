"""How high does the sun stand (太阳高度角)?"""

import numpy as np
from numpy.typing import NDArray

from lantian.terms.types import FloatArray

_NOON_OF_2000 = np.datetime64("2000-01-01T12:00:00", "ms")
_MILLISECONDS_A_DAY = 86_400_000.0


def solar_elevation(instant: NDArray[np.datetime64], longitude: float, latitude: float) -> FloatArray:
    """Elevation of the sun's centre above the horizon, without refraction (太阳高度角).

    Within about 0.01 degree of the full ephemeris for years 1950 to 2050.

    Parameters
    ----------
    instant : array of datetime64
        [UTC]
    longitude, latitude : float
        East and north positive. [deg]

    Returns
    -------
    array
        Negative when the sun is down. [deg]

    References
    ----------
    Low-precision formulae of the Astronomical Almanac; Michalsky 1988, Solar Energy 40, 227-235.

    Examples
    --------
    >>> solar_elevation(np.array(["2025-06-21T04:30", "2025-12-21T04:30"], "datetime64[s]"), 113.1, 36.2).round(1)
    array([77.2, 30.4])
    """
    day = (instant.astype("datetime64[ms]") - _NOON_OF_2000).astype(np.float64) / _MILLISECONDS_A_DAY
    mean_longitude = 280.460 + 0.9856474 * day
    anomaly = np.radians(357.528 + 0.9856003 * day)
    ecliptic = np.radians(mean_longitude + 1.915 * np.sin(anomaly) + 0.020 * np.sin(2 * anomaly))
    oblique = np.radians(23.439 - 4e-7 * day)
    ascension = np.arctan2(np.cos(oblique) * np.sin(ecliptic), np.cos(ecliptic))
    declination = np.arcsin(np.sin(oblique) * np.sin(ecliptic))
    sidereal = np.radians((18.697374558 + 24.06570982441908 * day) * 15 + longitude)
    hour_angle = sidereal - ascension
    north = np.radians(latitude)
    height = np.sin(north) * np.sin(declination) + np.cos(north) * np.cos(declination) * np.cos(hour_angle)
    return np.asarray(np.degrees(np.arcsin(np.clip(height, -1, 1))), dtype=np.float64)

"""What do components of the wind and a dew point say: speed, direction, humidity (气象要素换算)?"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lantian.terms.types import FloatArray

_MAGNUS = (17.62, 243.12)
"""Slope and temperature of the Magnus formula over water. [1], [degC]"""
_MAGNUS_PRESSURE = 6.112
"""Saturation pressure at 0 °C. [hPa]"""
_RATIO_OF_MASSES = 0.622
"""Molar mass of water over that of dry air. [1]"""


def wind(eastward: ArrayLike, northward: ArrayLike) -> tuple[FloatArray, FloatArray]:
    """Speed of the wind and where it comes from (风速、风向).

    Parameters
    ----------
    eastward, northward : array_like
        Components towards east and north, NaN where unknown. [m s-1]

    Returns
    -------
    speed : array
        [m s-1]
    direction : array
        From 0 (excluded) to 360, which is north; NaN in calm, where there is none. [deg]

    Examples
    --------
    >>> speed, direction = wind([0.0, -3.0, 0.0], [-2.0, -4.0, 0.0])
    >>> speed.tolist(), direction.round(1).tolist()
    ([2.0, 5.0, 0.0], [360.0, 36.9, nan])
    """
    east, north = np.asarray(eastward, dtype=np.float64), np.asarray(northward, dtype=np.float64)
    speed: NDArray[np.float64] = np.hypot(east, north)
    towards = np.degrees(np.arctan2(-east, -north)) % 360
    direction = np.where(speed > 0, np.where(towards == 0, 360.0, towards), np.nan)
    return speed, direction


def humidity_of_dewpoint(temperature: ArrayLike, dewpoint: ArrayLike) -> FloatArray:
    """Relative humidity over water (相对湿度), at most 100 %.

    Parameters
    ----------
    temperature, dewpoint : array_like
        NaN where unknown. [degC]

    Returns
    -------
    array
        [%]

    References
    ----------
    Magnus formula with the coefficients of WMO-No. 8, annex on formulas of humidity.

    Examples
    --------
    >>> humidity_of_dewpoint([20.0, 20.0], [20.0, 9.3]).round(1).tolist()
    [100.0, 50.2]
    """
    share = 100 * _saturation(dewpoint) / _saturation(temperature)
    return np.asarray(np.minimum(share, 100.0), dtype=np.float64)


def humidity_of_mixing_ratio(mixing_ratio: ArrayLike, pressure: ArrayLike, temperature: ArrayLike) -> FloatArray:
    """Relative humidity over water of air with so much vapour (由混合比求相对湿度), at most 100 %.

    Parameters
    ----------
    mixing_ratio : array_like
        Vapour over dry air, by mass. [kg kg-1]
    pressure : array_like
        [hPa]
    temperature : array_like
        [degC]

    Returns
    -------
    array
        [%]

    Examples
    --------
    >>> humidity_of_mixing_ratio([0.0073], [1000.0], [20.0]).round(0).tolist()
    [50.0]
    """
    ratio = np.asarray(mixing_ratio, dtype=np.float64)
    vapour = np.asarray(pressure, dtype=np.float64) * ratio / (_RATIO_OF_MASSES + ratio)
    return np.asarray(np.minimum(100 * vapour / _saturation(temperature), 100.0), dtype=np.float64)


def water_vapour(humidity: ArrayLike, temperature: ArrayLike, pressure: ArrayLike) -> FloatArray:
    """Mixing ratio of water vapour by amount (水汽体积混合比).

    Parameters
    ----------
    humidity : array_like
        Relative humidity over water. [%]
    temperature : array_like
        [degC]
    pressure : array_like
        [hPa]

    Returns
    -------
    array
        [nmol mol-1]

    Examples
    --------
    >>> f"{water_vapour(50.0, 25.0, 1013.25):.3g}"
    '1.56e+07'
    """
    vapour = np.asarray(humidity, dtype=np.float64) / 100 * _saturation(temperature)
    return np.asarray(1e9 * vapour / np.asarray(pressure, dtype=np.float64), dtype=np.float64)


def _saturation(temperature: ArrayLike) -> NDArray[np.float64]:
    degrees = np.asarray(temperature, dtype=np.float64)
    slope, offset = _MAGNUS
    return np.asarray(_MAGNUS_PRESSURE * np.exp(slope * degrees / (offset + degrees)), dtype=np.float64)

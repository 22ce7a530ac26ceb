"""What are friction velocity and Obukhov length, and which class of stability is that (近地层参数)?"""

import numpy as np
from numpy.typing import NDArray

from lantian.rules.plume_records import PlumeRule, SurfaceLayer
from lantian.terms.types import FloatArray

GRAVITY = 9.80665
"""[m s-2]"""
HEAT_CAPACITY = 1004.0
"""Of dry air at constant pressure. [J kg-1 K-1]"""
GAS_CONSTANT = 287.05
"""Of dry air. [J kg-1 K-1]"""
_ROUNDS = 40


def psi(height: FloatArray | float, inverse_length: FloatArray, rule: SurfaceLayer) -> FloatArray:
    """Departure of the wind profile from the logarithm (稳定度修正函数).

    Parameters
    ----------
    height : array or float
        [m]
    inverse_length : array
        One over the Obukhov length. [m-1]
    rule : SurfaceLayer
        Coefficients of the rule ``plume``.

    Returns
    -------
    array
        Positive by day, negative by night. [1]
    """
    zeta = np.asarray(height * inverse_length, dtype=np.float64)
    x = (1 - float(rule.unstable_gamma) * np.minimum(zeta, 0)) ** 0.25
    unstable = 2 * np.log((1 + x) / 2) + np.log((1 + x * x) / 2) - 2 * np.arctan(x) + np.pi / 2
    stable = -float(rule.stable_limit) * (1 - np.exp(-float(rule.stable_rate) * np.maximum(zeta, 0)))
    return np.where(zeta < 0, unstable, stable)


def friction_velocity(
    wind: FloatArray, height: float, roughness: FloatArray, inverse_length: FloatArray, rule: SurfaceLayer
) -> FloatArray:
    """Friction velocity of a wind under a known stability (摩擦速度).

    Parameters
    ----------
    wind : array
        [m s-1]
    height : float
        Of the wind. [m]
    roughness : array
        [m]
    inverse_length : array
        One over the Obukhov length. [m-1]
    rule : SurfaceLayer
        Coefficients of the rule ``plume``.

    Returns
    -------
    array
        [m s-1]

    Examples
    --------
    >>> from datetime import date
    >>> from lantian.rules import Rulebook
    >>> from lantian.rules.plume_records import PlumeRule
    >>> rule = Rulebook.packaged().edition(PlumeRule, "plume", date(2025, 1, 1)).surface
    >>> friction_velocity(np.array([5.0]), 10.0, np.array([0.1]), np.array([0.0]), rule).round(3)
    array([0.434])
    """
    shape = np.log(height / roughness) - psi(height, inverse_length, rule) + psi(roughness, inverse_length, rule)
    return float(rule.karman) * wind / shape


def by_day(
    wind: FloatArray,
    height: float,
    roughness: FloatArray,
    heat_flux: FloatArray,
    temperature: FloatArray,
    density: FloatArray,
    rule: SurfaceLayer,
) -> tuple[FloatArray, FloatArray]:
    """Friction velocity and inverse Obukhov length of hours whose ground heats the air (白天近地层).

    The two depend on each other and are iterated; the shortest length of the rule ends what has no end in light
    winds.

    Parameters
    ----------
    wind : array
        [m s-1]
    height : float
        Of the wind. [m]
    roughness : array
        [m]
    heat_flux : array
        Positive. [W m-2]
    temperature : array
        [K]
    density : array
        Of the air. [kg m-3]
    rule : SurfaceLayer
        Coefficients of the rule ``plume``.
    """
    inverse = np.zeros_like(wind)
    longest = -1 / float(rule.least_length)
    push = -float(rule.karman) * GRAVITY * heat_flux / (density * HEAT_CAPACITY * temperature)
    for _ in range(_ROUNDS):
        ustar = friction_velocity(wind, height, roughness, inverse, rule)
        inverse = np.maximum(0.5 * (inverse + np.maximum(push / ustar**3, longest)), longest)
    return friction_velocity(wind, height, roughness, inverse, rule), inverse


def by_night(
    wind: FloatArray,
    height: float,
    roughness: FloatArray,
    cloud: FloatArray,
    temperature: FloatArray,
    density: FloatArray,
    rule: SurfaceLayer,
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Friction velocity, inverse Obukhov length and heat flux of hours whose ground cools the air (夜间近地层).

    Parameters
    ----------
    wind : array
        [m s-1]
    height : float
        Of the wind. [m]
    roughness : array
        [m]
    cloud : array
        Share of the sky that is covered. [1]
    temperature : array
        [K]
    density : array
        Of the air. [kg m-3]
    rule : SurfaceLayer
        Coefficients of the rule ``plume``.

    References
    ----------
    Venkatram 1980; van Ulden and Holtslag 1985. Below the critical wind both scales fall with the wind, and the
    heat flux is held above that of the rule, as in AERMET.
    """
    karman = float(rule.karman)
    drag = karman / np.log(height / roughness)
    scale = float(rule.night_scale) * (1 - float(rule.night_cloud) * np.clip(cloud, 0, 1) ** 2)
    most = float(rule.greatest_loss) / (density * HEAT_CAPACITY)
    ustar = drag * wind
    for _ in range(_ROUNDS):  # the second bound depends on the outcome; a few rounds settle it
        held = np.minimum(scale, most / np.maximum(ustar, 1e-9))
        speed = float(rule.stable_beta) * height * GRAVITY * held / temperature
        critical = 2 * np.sqrt(speed / drag)
        above = np.maximum(wind, critical)
        found = drag * above / 2 * (1 + np.sqrt(np.maximum(1 - (critical / above) ** 2, 0)))
        ustar = 0.5 * (ustar + found * wind / above)
    share = np.minimum(wind / critical, 1)
    star = held * share
    inverse = np.minimum(karman * GRAVITY * star / (temperature * ustar**2), 1 / float(rule.least_length))
    return ustar, inverse, -density * HEAT_CAPACITY * ustar * star


def golder_class(inverse_length: FloatArray, roughness: FloatArray, rule: PlumeRule) -> NDArray[np.int8]:
    """Class of stability after Pasquill, from Obukhov length and roughness: 0 for A to 5 for F (稳定度等级).

    Parameters
    ----------
    inverse_length : array
        One over the Obukhov length. [m-1]
    roughness : array
        [m]
    rule : PlumeRule
        Lines of the classes.

    Returns
    -------
    array of int8
        -1 where a number is missing.

    References
    ----------
    Golder 1972, Boundary-Layer Meteorology 3, 47-58; lines as in Seinfeld and Pandis. The border of two classes
    lies half way between their lines.

    Examples
    --------
    >>> from datetime import date
    >>> from lantian.rules import Rulebook
    >>> from lantian.rules.plume_records import PlumeRule
    >>> rule = Rulebook.packaged().edition(PlumeRule, "plume", date(2025, 1, 1))
    >>> golder_class(np.array([-0.2, 0.0, 0.08]), np.array([0.1, 0.1, 0.1]), rule)
    array([0, 3, 5], dtype=int8)
    """
    lines = np.array([length_of_class(kind, roughness, rule) for kind in range(6)])
    borders = (lines[:-1] + lines[1:]) / 2
    known = ~(np.isnan(inverse_length) | np.isnan(roughness))
    return np.where(known, (inverse_length > borders).sum(axis=0), -1).astype(np.int8)


def length_of_class(kind: int, roughness: FloatArray, rule: PlumeRule) -> FloatArray:
    """One over the Obukhov length in the middle of a class (各稳定度等级的奥布霍夫长度倒数).

    Parameters
    ----------
    kind : int
        0 for A to 5 for F.
    roughness : array
        [m]
    rule : PlumeRule
        Lines of the classes.

    Returns
    -------
    array
        [m-1]
    """
    return float(rule.golder_a[kind]) + float(rule.golder_b[kind]) * np.log10(roughness)

"""How much heat leaves the ground for the air by day (感热通量)?"""

import numpy as np

from lantian.rules.plume_records import EnergyBalance
from lantian.terms.types import FloatArray

_STEFAN_BOLTZMANN = 5.67e-8
"""[W m-2 K-4]"""


def global_radiation(sun: FloatArray, cloud: FloatArray, rule: EnergyBalance) -> FloatArray:
    """Radiation that reaches the ground, from the sun's elevation and the cloud (总辐射).

    Parameters
    ----------
    sun : array
        Elevation of the sun. [deg]
    cloud : array
        Share of the sky that is covered. [1]
    rule : EnergyBalance
        Coefficients of the rule ``plume``.

    Returns
    -------
    array
        0 at night; NaN by day without cloud. [W m-2]

    References
    ----------
    Holtslag and van Ulden 1983, equations 1 and 2.

    Examples
    --------
    >>> from datetime import date
    >>> from lantian.rules import Rulebook
    >>> from lantian.rules.plume_records import PlumeRule
    >>> rule = Rulebook.packaged().edition(PlumeRule, "plume", date(2025, 1, 1)).energy
    >>> global_radiation(np.array([60.0, 60.0, -5.0]), np.array([0.0, 1.0, np.nan]), rule).round(0)
    array([827., 207.,   0.])
    """
    clear = float(rule.clear_sky_a) * np.sin(np.radians(sun)) + float(rule.clear_sky_b)
    through = 1 - float(rule.cloud_factor) * np.clip(cloud, 0, 1) ** float(rule.cloud_power)
    up = (sun > 0) & (clear > 0)
    return np.where(up, clear * np.where(up, through, 0.0), np.where(np.isnan(sun), np.nan, 0.0))


def cloud_behind(radiation: FloatArray, sun: FloatArray, rule: EnergyBalance) -> FloatArray:
    """Cloud that would let so much radiation through; NaN where the sun is too low to tell (等效云量).

    Parameters
    ----------
    radiation : array
        Observed global radiation. [W m-2]
    sun : array
        Elevation of the sun; below 10 degrees nothing is told. [deg]
    rule : EnergyBalance
        Coefficients of the rule ``plume``.
    """
    clear = global_radiation(sun, np.zeros_like(sun), rule)
    told = (sun > 10) & (clear > 0)
    taken = 1 - radiation / np.where(told, clear, 1.0)
    cover = np.clip(taken / float(rule.cloud_factor), 0, 1) ** (1 / float(rule.cloud_power))
    return np.where(told, cover, np.nan)


def sensible_heat(
    radiation: FloatArray,
    cloud: FloatArray,
    temperature: FloatArray,
    sun: FloatArray,
    albedo: FloatArray,
    bowen: FloatArray,
    rule: EnergyBalance,
) -> FloatArray:
    """Heat that the ground gives to the air, 0 where it gives none (感热通量).

    Parameters
    ----------
    radiation : array
        Global radiation. [W m-2]
    cloud : array
        Share of the sky that is covered; decides the long waves. [1]
    temperature : array
        [K]
    sun : array
        Elevation of the sun, for the albedo. [deg]
    albedo : array
        At noon. [1]
    bowen : array
        Sensible over latent heat. [1]
    rule : EnergyBalance
        Coefficients of the rule ``plume``.

    Returns
    -------
    array
        [W m-2]

    References
    ----------
    Net radiation: Holtslag and van Ulden 1983, equation 6. Split by the Bowen ratio, a fixed share going into the
    ground: as in AERMET.
    """
    rise = float(rule.albedo_a) * np.maximum(sun, 0) + float(rule.albedo_b) * (1 - albedo) ** 2
    reflected = albedo + (1 - albedo) * np.exp(rise)
    kept = (1 - reflected) * radiation
    long_wave = (
        float(rule.long_wave_c1) * temperature**6
        - _STEFAN_BOLTZMANN * temperature**4
        + float(rule.long_wave_c2) * cloud
    )
    net = (kept + long_wave) / (1 + float(rule.long_wave_c3))
    flux = (1 - float(rule.ground_share)) * net / (1 + 1 / bowen)
    return np.where((sun > 0) & (flux < float(rule.least_flux)), 0.0, np.where(sun > 0, flux, 0.0))

"""Particles that form in the basin from gases: one box of air, ventilated by wind and mixing (二次颗粒物).

A stated approximation: the box is well mixed, its yields are constants by gas, and it is linear, so that the share
of each group of sources is defined. It claims no chemistry.
"""

from collections.abc import Mapping

import numpy as np

from lantian.terms.types import FloatArray

LENGTH = 70_000.0
"""Of the box along the wind. [m]"""
AREA = 4.5e9
"""Of the basin. [m2]"""
DEEPEST, SHALLOWEST = 2_200.0, 260.0
"""What is mixed; nightly layers keep what the day lifted above them. [m]"""
YIELD: Mapping[str, float] = {"so2": 0.60, "nox": 0.50, "nh3": 0.30, "voc": 0.12}
"""Mass of particles from a mass of gas, in moist and mild air. [1]"""
DEPOSITION = 1.0 / (72.0 * 3_600.0)
"""[s-1]"""


def production(emission: Mapping[str, FloatArray], humidity: FloatArray, temperature: FloatArray) -> FloatArray:
    """Particles that form of what a group emits.

    Parameters
    ----------
    emission : mapping
        Gas → series. [kg/h]
    humidity : array, shape (hours,)
        Relative. [%]
    temperature : array, shape (hours,)
        Nitrate of ammonium evaporates in warm air. [degC]

    Returns
    -------
    array, shape (hours,)
        [kg/h]
    """
    moist = np.clip(0.45 + 1.35 * ((humidity - 30.0) / 60.0) ** 2 * (humidity > 30.0), 0.45, 1.8)
    cold = 1.0 / (1.0 + np.exp((temperature - 16.0) / 5.0))
    made = np.zeros_like(humidity, dtype=np.float64)
    for gas, share in YIELD.items():
        if gas in emission:
            made = made + share * emission[gas] * (
                cold if gas == "nox" else 0.35 + 0.65 * cold if gas == "nh3" else 1.0
            )
    formed: FloatArray = made * moist
    return formed


def box(produced: FloatArray, wind_speed: FloatArray, mixing_height: FloatArray) -> FloatArray:
    """Concentration in the box.

    Parameters
    ----------
    produced : array, shape (groups, hours)
        [kg/h]
    wind_speed : array, shape (hours,)
        At 10 m; the box moves half as fast again. [m/s]
    mixing_height : array, shape (hours,)
        [m]

    Returns
    -------
    array, shape (groups, hours)
        [ug m-3]
    """
    depth = np.clip(np.nan_to_num(mixing_height, nan=SHALLOWEST), SHALLOWEST, DEEPEST)
    leaving = (np.maximum(wind_speed, 0.3) * 1.5 / LENGTH + DEPOSITION) * 3_600.0
    kept = np.exp(-leaving)
    held = np.zeros(produced.shape[0])
    found = np.empty(produced.shape)
    before = depth[0]
    for hour in range(produced.shape[1]):
        # a layer that grows takes cleaner air in; one that shrinks leaves its share above
        held = held * min(1.0, depth[hour] / before) ** 0.5 * kept[hour]
        held = held + produced[:, hour] * (1.0 - 0.5 * (1.0 - kept[hour]))
        found[:, hour] = held / (AREA * depth[hour]) * 1e9
        before = depth[hour]
    return found

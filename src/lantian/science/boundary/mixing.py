"""How high does the air mix, remembering the hours before (混合层高度)?"""

import numpy as np
from numba import njit

from lantian.rules.plume_records import MixingRule
from lantian.science.boundary.surface_layer import HEAT_CAPACITY
from lantian.terms.types import FloatArray

_HOUR = 3600.0
"""[s]"""


def mixing_heights(
    friction_velocity: FloatArray,
    heat_flux: FloatArray,
    density: FloatArray,
    rule: MixingRule,
) -> tuple[FloatArray, FloatArray]:
    """Mechanical and convective mixing height of hours that follow each other (机械与对流混合层高度).

    The mechanical height follows the friction velocity with a memory; the convective one grows from the first
    heated hour of a day into air of the rule's morning gradient, by the heat that the day has given so far. A
    missing hour leaves the memory as it was and gives no heat.

    Parameters
    ----------
    friction_velocity : array
        [m s-1]
    heat_flux : array
        [W m-2]
    density : array
        Of the air. [kg m-3]
    rule : MixingRule
        Coefficients of the rule ``plume``.

    Returns
    -------
    mechanical, convective : array
        The convective one is 0 in hours without heat. [m]

    References
    ----------
    Venkatram 1980, Boundary-Layer Meteorology 19, 481-485; Carson 1973 and Weil and Brower 1983 as in AERMET.

    Examples
    --------
    >>> from datetime import date
    >>> from lantian.rules import Rulebook
    >>> from lantian.rules.plume_records import PlumeRule
    >>> rule = Rulebook.packaged().edition(PlumeRule, "plume", date(2025, 1, 1)).mixing
    >>> hours = np.ones(4)
    >>> mechanical, convective = mixing_heights(
    ...     0.3 * hours, np.array([-10.0, 50.0, 100.0, 200.0]), 1.2 * hours, rule)
    >>> mechanical.round(0), convective.round(0)
    (array([378., 378., 378., 378.]), array([  0., 264., 457., 699.]))
    """
    kinematic = heat_flux / (density * HEAT_CAPACITY)
    return _heights(
        friction_velocity,
        kinematic,
        float(rule.mechanical_factor),
        float(rule.mechanical_power),
        float(rule.memory_factor),
        2 * (1 + 2 * float(rule.entrainment)) / float(rule.morning_gradient),
        float(rule.least),
        float(rule.greatest),
    )


@njit(cache=True, nogil=True)
def _heights(
    ustar: FloatArray,
    kinematic: FloatArray,
    factor: float,
    power: float,
    memory: float,
    growth: float,
    least: float,
    greatest: float,
) -> tuple[FloatArray, FloatArray]:
    mechanical = np.full(len(ustar), np.nan)
    convective = np.full(len(ustar), np.nan)
    before, given = np.nan, 0.0
    for hour in range(len(ustar)):
        if np.isnan(ustar[hour]) or np.isnan(kinematic[hour]):
            continue
        now = min(max(factor * ustar[hour] ** power, least), greatest)
        if not np.isnan(before):
            fade = np.exp(-_HOUR * memory * ustar[hour] / before)
            now = before * fade + now * (1 - fade)
        mechanical[hour] = before = min(max(now, least), greatest)
        given = given + kinematic[hour] * _HOUR if kinematic[hour] > 0 else 0.0
        convective[hour] = min(np.sqrt(growth * given), greatest)
    return mechanical, convective

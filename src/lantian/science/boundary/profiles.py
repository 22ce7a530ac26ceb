"""What are wind, fluctuations and stratification at a height (风与湍流廓线)?"""

from dataclasses import dataclass

import numpy as np

from lantian.rules.plume_records import PlumeRule
from lantian.science.boundary.records import Boundary
from lantian.science.boundary.surface_layer import GRAVITY, psi
from lantian.terms.types import FloatArray

LEVELS = np.geomspace(0.25, 4000.0, 60)
"""Heights of the tables, evenly spaced in their logarithm. [m]"""


@dataclass(frozen=True, slots=True, eq=False)
class Profiles:
    """Wind and turbulence at heights, shape (hours, heights)."""

    height: FloatArray
    """[m]"""
    wind: FloatArray
    """[m s-1]"""
    lateral: FloatArray
    """Standard deviation across the wind, meander included. [m s-1]"""
    vertical: FloatArray
    """Standard deviation of the vertical wind. [m s-1]"""
    convective_share: FloatArray
    """Part of the vertical variance that the heated ground makes. [1]"""
    stability: FloatArray
    """Brunt-Vaisala frequency, 0 where nothing resists. [s-1]"""
    gradient: FloatArray
    """Of the potential temperature. [K m-1]"""


def profiles_of(
    boundary: Boundary, rule: PlumeRule, height: FloatArray = LEVELS, *, minutes: float = 60.0
) -> Profiles:
    """Wind, fluctuations and stratification of each hour at heights (风、湍流和温度层结廓线).

    Parameters
    ----------
    boundary : Boundary
        Hours.
    rule : PlumeRule
        Edition of the rule ``plume``.
    height : array, shape (heights,)
        Rising. [m]
    minutes : float
        Averaging time: in a shorter one the wind meanders less. [min]

    Returns
    -------
    Profiles

    References
    ----------
    Cimorelli et al. 2005: similarity of the surface layer up to the mixing height, constant above; linear below
    a few roughness lengths. The mechanical vertical part falls to its residual at the mixing height.

    Examples
    --------
    >>> from datetime import date
    >>> from lantian.rules import Rulebook
    >>> from lantian.science.boundary import Observed, Site, boundary_layer
    >>> rule = Rulebook.packaged().edition(PlumeRule, "plume", date(2025, 1, 1))
    >>> one = np.ones(1)
    >>> air = boundary_layer(
    ...     Observed(np.array(["2025-01-01T18"], "datetime64[h]"), 4 * one, 0 * one, 0 * one, cloud=one),
    ...     Site(113.1, 36.2, rule.land_class("suburb")), rule)
    >>> profiles_of(air, rule, np.array([10.0, 100.0])).wind.round(1)
    array([[4. , 8.2]])
    """
    z = np.broadcast_to(height, (len(boundary), len(height)))
    top, surface = boundary.mixing_height[:, None], boundary.friction_velocity[:, None]
    star, inverse = boundary.convective_velocity[:, None], boundary.inverse_length[:, None]
    wind = _wind(z, boundary, rule)
    share = np.minimum(z / top, 1)
    lateral = _lateral(share, surface, star, rule) * (minutes / 60) ** float(rule.turbulence.averaging_power)
    mechanical, convective = _vertical(z, top, surface, star, rule)
    at_top = _wind(top, boundary, rule)
    mechanical = mechanical + (float(rule.turbulence.vertical_residual) * at_top * share) ** 2
    total = np.maximum(mechanical + convective, float(rule.turbulence.least_vertical) ** 2)
    gradient = _gradient(z, boundary, rule)
    pull = GRAVITY * np.maximum(gradient, 0) / boundary.temperature[:, None]
    return Profiles(
        height=np.asarray(height, dtype=np.float64),
        wind=wind,
        lateral=lateral,
        vertical=np.sqrt(total),
        convective_share=np.where(inverse < 0, convective / total, 0.0),
        stability=np.sqrt(pull),
        gradient=gradient,
    )


def _wind(z: FloatArray, boundary: Boundary, rule: PlumeRule) -> FloatArray:
    rough, inverse = boundary.roughness[:, None], boundary.inverse_length[:, None]
    top = np.maximum(boundary.mixing_height[:, None], boundary.wind_height)
    low = float(rule.turbulence.linear_below) * rough
    within = np.clip(z, low, top)
    surface = rule.surface
    ground = psi(rough, inverse, surface)
    shape = np.log(within / rough) - psi(within, inverse, surface) + ground
    mast = np.maximum(np.array([[boundary.wind_height]]), low)
    reference = np.log(mast / rough) - psi(mast, inverse, surface) + ground
    observed = boundary.wind_speed[:, None]
    return np.asarray(observed * shape / reference * np.minimum(z / low, 1))


def _lateral(share: FloatArray, surface: FloatArray, star: FloatArray, rule: PlumeRule) -> FloatArray:
    turbulence = rule.turbulence
    ground = float(turbulence.lateral_mechanical) * surface**2
    aloft = np.minimum(ground, float(turbulence.lateral_top))
    mechanical = ground + (aloft - ground) * share
    convective = float(turbulence.lateral_convective) * star**2
    return np.sqrt(np.maximum(mechanical + convective, float(turbulence.least_lateral) ** 2))


def _vertical(
    z: FloatArray, top: FloatArray, surface: FloatArray, star: FloatArray, rule: PlumeRule
) -> tuple[FloatArray, FloatArray]:
    """Mechanical and convective variance."""
    turbulence = rule.turbulence
    share = z / top
    mechanical = (float(turbulence.vertical_mechanical) * surface) ** 2 * np.maximum(1 - share, 0)
    low = float(turbulence.vertical_convective_low) * np.minimum(share, 0.1) ** (2 / 3)
    inside = np.where(share <= 0.1, low, float(turbulence.vertical_convective))
    return mechanical, inside * np.exp(-6 * np.maximum(share - 1, 0)) * star**2


def _gradient(z: FloatArray, boundary: Boundary, rule: PlumeRule) -> FloatArray:
    """Gradient of the potential temperature: of the surface layer by night, none in a heated layer."""
    turbulence, surface = rule.turbulence, rule.surface
    inverse, ustar = boundary.inverse_length[:, None], boundary.friction_velocity[:, None]
    temperature, top = boundary.temperature[:, None], boundary.mixing_height[:, None]
    star = np.maximum(inverse, 0) * temperature * ustar**2 / (float(surface.karman) * GRAVITY)
    limit = float(turbulence.gradient_height)
    used = np.clip(z, 2, limit)
    near = star / (float(surface.karman) * used) * (1 + float(surface.stable_beta) * used * np.maximum(inverse, 0))
    fade = np.exp(-np.maximum(z - limit, 0) / (float(turbulence.gradient_decay) * np.maximum(top, limit)))
    stable = np.maximum(near * fade, float(turbulence.least_gradient))
    above = np.where(z > top, float(rule.mixing.gradient_above), 0.0)
    return np.where(inverse > 0, stable, above)

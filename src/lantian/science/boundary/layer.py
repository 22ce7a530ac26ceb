"""What is the boundary layer of each hour like (边界层参数计算)?"""

import numpy as np
from numpy.typing import NDArray

from lantian.rules.plume_records import PlumeRule
from lantian.science.boundary.energy import cloud_behind, global_radiation, sensible_heat
from lantian.science.boundary.mixing import mixing_heights
from lantian.science.boundary.records import Boundary, Instants, Observed, Site
from lantian.science.boundary.sun import solar_elevation
from lantian.science.boundary.surface_layer import (
    GAS_CONSTANT,
    GRAVITY,
    HEAT_CAPACITY,
    by_day,
    by_night,
    friction_velocity,
    golder_class,
)
from lantian.terms.types import FloatArray, IntArray

_ZERO_CELSIUS = 273.15
_SEA_LEVEL = 101_325.0
"""[Pa]"""
_SCALE_HEIGHT = 8_434.0
"""Height over which the pressure falls by a factor e. [m]"""


def boundary_layer(observed: Observed, site: Site, rule: PlumeRule) -> Boundary:
    """Mixing of the air near the ground in each hour, from routine observations (边界层参数).

    By day the heat of the ground comes from sun and cloud (or measured radiation), by night the cooling from the
    cloud. A wind below the rule's calm has no direction; its turbulence is that of the rule's least wind. An hour
    without wind, direction or temperature is unknown, and so is one without cloud, unless radiation tells it: by
    night the cloud that the radiation of the day told last.

    Parameters
    ----------
    observed : Observed
        Hours that follow each other.
    site : Site
        Place and ground.
    rule : PlumeRule
        Edition of the rule ``plume``.

    Returns
    -------
    Boundary

    Examples
    --------
    >>> from datetime import date
    >>> from lantian.rules import Rulebook
    >>> rule = Rulebook.packaged().edition(PlumeRule, "plume", date(2025, 1, 1))
    >>> hours = np.datetime64("2025-06-30T16", "h") + np.arange(24)  # a legal day of Beijing time
    >>> same = np.ones(24)
    >>> air = boundary_layer(
    ...     Observed(hours, 3 * same, 200 * same, 25 * same, cloud=0.2 * same),
    ...     Site(113.1, 36.2, rule.land_class("suburb")), rule)
    >>> "".join("ABCDEF"[kind] for kind in air.stability)
    'EEEEEDCCCCBBBBBCCCCDEEEE'
    >>> air.mixing_height.max().round(-2)
    np.float64(1800.0)
    """
    season = _season(observed.hour_start, site, rule)
    roughness = _of_season(site.land.roughness, season)
    middle = (observed.hour_start.astype("datetime64[s]") + np.timedelta64(1800, "s")).astype("datetime64[s]")
    sun = solar_elevation(middle, site.longitude, site.latitude)
    kelvin = observed.temperature + _ZERO_CELSIUS
    density = _pressure(observed, site) / (GAS_CONSTANT * kelvin)
    calm = observed.wind_speed < float(rule.surface.calm_below)
    wind = np.maximum(observed.wind_speed, float(rule.surface.least_wind))
    missing = np.isnan(observed.wind_speed) | np.isnan(kelvin) | (np.isnan(observed.wind_direction) & ~calm)
    wind = np.where(missing, np.nan, wind)
    cloud, radiation = _sky(observed, sun, rule)
    heat = sensible_heat(
        radiation,
        cloud,
        kelvin,
        sun,
        _of_season(site.land.albedo, season),
        _of_season(site.land.bowen, season),
        rule.energy,
    )
    ustar, inverse, heat = _both_halves(wind, site, roughness, heat, sun, cloud, kelvin, density, rule)
    mechanical, convective = mixing_heights(ustar, heat, density, rule.mixing)
    height = np.maximum(mechanical, convective)
    kinematic = np.maximum(heat, 0) / (density * HEAT_CAPACITY)
    return Boundary(
        hour_start=observed.hour_start,
        wind_speed=np.where(missing, np.nan, np.where(calm, 0.0, observed.wind_speed)),
        wind_direction=np.where(calm | missing, np.nan, observed.wind_direction % 360),
        temperature=kelvin,
        sun=sun,
        heat_flux=heat,
        friction_velocity=ustar,
        inverse_length=inverse,
        convective_velocity=np.cbrt(GRAVITY / kelvin * kinematic * height),
        mixing_height=height,
        mechanical_height=mechanical,
        roughness=roughness,
        stability=golder_class(inverse, roughness, rule),
        calm=calm & ~missing,
        rain=np.zeros_like(wind) if observed.rain is None else np.nan_to_num(observed.rain),
        wind_height=site.wind_height,
    )


def _season(hour_start: Instants, site: Site, rule: PlumeRule) -> IntArray:
    """Season of each hour by the legal day's month."""
    local = hour_start.astype("datetime64[s]") + np.timedelta64(round(site.utc_hours * 3600), "s")
    month = local.astype("datetime64[M]").astype(np.int64) % 12
    return np.asarray(rule.season_of_month, dtype=np.int64)[month]


def _of_season(four: tuple[object, ...], season: IntArray) -> FloatArray:
    return np.array([float(str(value)) for value in four])[season]


def _pressure(observed: Observed, site: Site) -> FloatArray:
    usual = np.full_like(observed.wind_speed, _SEA_LEVEL * np.exp(-site.elevation / _SCALE_HEIGHT))
    if observed.pressure is None:
        return usual
    return np.where(np.isnan(observed.pressure), usual, observed.pressure * 100)


def _sky(observed: Observed, sun: FloatArray, rule: PlumeRule) -> tuple[FloatArray, FloatArray]:
    """Cloud and radiation of each hour; each stands in for the other, and by night the last cloud told by day."""
    unknown = np.full_like(sun, np.nan)
    cloud = unknown if observed.cloud is None else np.clip(observed.cloud, 0, 1)
    if observed.radiation is not None:
        told = cloud_behind(observed.radiation, sun, rule.energy)
        last = _carried(told)
        cloud = np.where(np.isnan(cloud), np.where(np.isnan(told), last, told), cloud)
    estimated = global_radiation(sun, cloud, rule.energy)
    if observed.radiation is None:
        return cloud, estimated
    return cloud, np.where(np.isnan(observed.radiation), estimated, np.maximum(observed.radiation, 0))


def _carried(values: FloatArray) -> FloatArray:
    """Each missing value replaced by the last one before it, the first ones by the first that is there."""
    there = ~np.isnan(values)
    if not there.any():
        return values
    place = np.maximum.accumulate(np.where(there, np.arange(len(values)), -1))
    return values[np.where(place < 0, int(np.argmax(there)), place)]


def _both_halves(
    wind: FloatArray,
    site: Site,
    roughness: FloatArray,
    heat: FloatArray,
    sun: FloatArray,
    cloud: FloatArray,
    kelvin: FloatArray,
    density: FloatArray,
    rule: PlumeRule,
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Friction velocity, inverse length and heat flux: heated hours, neutral ones under a weak sun, and nights."""
    heated: NDArray[np.bool_] = heat > 0
    dark = (sun <= 0) & ~np.isnan(cloud)
    day_star, day_inverse = by_day(
        wind, site.wind_height, roughness, np.where(heated, heat, 0.0), kelvin, density, rule.surface
    )
    night_star, night_inverse, night_heat = by_night(
        wind, site.wind_height, roughness, np.where(dark, cloud, 1.0), kelvin, density, rule.surface
    )
    neutral = friction_velocity(wind, site.wind_height, roughness, np.zeros_like(wind), rule.surface)
    unknown = np.isnan(wind) | np.isnan(heat) | np.isnan(cloud)
    choices = [unknown, heated, dark]
    ustar = np.select(choices, [np.full_like(wind, np.nan), day_star, night_star], neutral)
    inverse = np.select(choices, [np.full_like(wind, np.nan), day_inverse, night_inverse], 0.0)
    return ustar, inverse, np.select(choices, [np.full_like(wind, np.nan), heat, night_heat], 0.0)

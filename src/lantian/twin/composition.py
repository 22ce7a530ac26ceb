"""What instruments at supersites find in the air of a simulated city: species of particles and vapours (组分数据).

A species is the sum over the groups of what each brings to the day, spread over its hours as the whole is; so that
what a receptor model should find is known.
"""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np

from lantian.terms.pollutants import BASIC, Pollutant
from lantian.terms.types import FloatArray
from lantian.twin.field import Air
from lantian.twin.noise import generator

_LIMIT = {"particles": 0.02, "vapours": 0.01}
"""Below it nothing is found: of particles [ug m-3], of vapours [nmol/mol]."""
_TRACE = 0.0008
"""The same for elements. [ug m-3]"""
_MOLAR_VOLUME = 24.47
"""Of a gas at 298.15 K and 1013.25 hPa. [l/mol]"""


@cache
def _profiles(part: str) -> dict[str, dict[str, float]]:
    """Kind of source → species → share of the mass [1]."""
    text = files("lantian.twin").joinpath("profiles.toml").read_text("utf-8")
    found: dict[str, dict[str, float]] = {}
    for row in tomllib.loads(text)[part]:
        for kind in row["kinds"]:
            found[kind] = dict(row["species"])
    return found


def kind_of(group: str) -> str:
    """Return the kind of a group of contributions.

    Examples
    --------
    >>> kind_of("formed:trucks/140403"), kind_of("brick/140406"), kind_of("beyond")
    ('formed', 'brick', 'beyond')
    """
    return "formed" if group.startswith("formed:") else group.partition("/")[0]


def particle_species(air: Air, station: str, seed: int) -> dict[str, FloatArray]:
    """Return hours of species of fine particles at a station, NaN where nothing was measured [ug m-3]."""
    place = air.stations.index(station)
    whole = air.value[place, list(BASIC).index(Pollutant.PM25)]
    return _species(air, "pm25", place, whole, "particles", seed, f"species:{station}")


def vapour_species(air: Air, station: str, molar_masses: Mapping[str, float], seed: int) -> dict[str, FloatArray]:
    """Return hours of organic compounds at a station [nmol/mol]; besides what the city brings, air from beyond."""
    place = air.stations.index(station)
    rng = generator(seed, f"vapours beyond:{station}", 0)
    beyond = 14.0 * np.exp(0.25 * rng.standard_normal(air.voc.shape[1]))
    found = _species(air, "voc", place, air.voc[place], "vapours", seed, f"vapours:{station}")
    for key, share in _profiles("vapours")["beyond"].items():
        found[key] = found.get(key, np.zeros_like(beyond)) + share * beyond
    return {key: series * _MOLAR_VOLUME / molar_masses[key] for key, series in found.items()}


def _species(
    air: Air, pollutant: str, place: int, whole: FloatArray, part: str, seed: int, name: str
) -> dict[str, FloatArray]:
    given = air.contributions[pollutant][:, place].astype(np.float64)
    days = given.shape[1]
    told = np.maximum(given.sum(axis=0), 1e-9)
    profiles = _profiles(part)
    daily: dict[str, FloatArray] = {}
    for group, series in zip(air.groups, given, strict=False):
        for key, share in profiles.get(kind_of(group), {}).items():
            daily[key] = daily.get(key, np.zeros(days)) + share * series
    found: dict[str, FloatArray] = {}
    for key in sorted(daily):
        rng = generator(seed, f"{name}:{key}", 0)
        part_of = np.repeat(daily[key] / told, 24)[: len(whole)]
        noise = np.exp(0.08 * rng.standard_normal(len(whole)) - 0.0032)
        series = part_of * whole * noise
        limit = _TRACE if key.startswith("el_") else _LIMIT[part]
        series = series + 0.3 * limit * rng.standard_normal(len(whole))
        series[rng.random(len(whole)) < 0.012] = np.nan
        found[key] = np.maximum(series, 0.0) if part == "vapours" else series
    return found


def limit_of(key: str, part: str) -> float:
    """Return the method detection limit of a simulated instrument, in the unit of its values (检出限)."""
    return _TRACE if key.startswith("el_") else _LIMIT[part]


def known_species(part: str) -> tuple[str, ...]:
    """Return every species of the profiles, sorted."""
    profiles: Mapping[str, Mapping[str, Any]] = _profiles(part)
    return tuple(sorted({key for row in profiles.values() for key in row}))

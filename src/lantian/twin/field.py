"""True air over a simulated city: plumes of every source, particles of the basin, air from beyond (模拟浓度场).

What each group of sources brings stays known, hour by hour summed to days: later questions about causes are scored
against it.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from lantian.city import City, Station
from lantian.rules.plume_records import PlumeRule
from lantian.science.boundary import Boundary, Observed, Site, boundary_layer
from lantian.science.plume import Receptors, transfer_hourly
from lantian.terms.pollutants import BASIC
from lantian.terms.types import FloatArray, IntArray
from lantian.twin.air import ozone
from lantian.twin.noise import red, white
from lantian.twin.secondary import box, production
from lantian.twin.sky import CALM, Sky
from lantian.twin.sources import FIELD, Emitters, Metres

BLOCK = 240
"""Hours that are computed at once. [h]"""
BEYOND, FORMED = "beyond", "formed"
"""Groups of the contributions that are no source of the city: air from outside; and the prefix of particles that
form of a group's gases."""
_INLET = 12.0
"""Of a station above its ground. [m]"""
_GROUND = 930.0
_SETTLED = 0.70
"""Share of the coarse particles that the way to a station leaves. [1]"""
Progress = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class Air:
    """True concentrations at stations and what they are made of."""

    stations: tuple[str, ...]
    first: int
    """Place of its first hour in the sky."""
    value: FloatArray
    """(stations, 6, hours), in the order of `BASIC`. [ug m-3, CO mg m-3]"""
    voc: FloatArray
    """(stations, hours): organic compounds that the city's sources bring. [ug m-3]"""
    groups: tuple[str, ...]
    """Of the contributions: ``kind/county``, ``formed:kind/county`` and ``beyond``."""
    contributions: Mapping[str, NDArray[np.float32]]
    """Pollutant of `FIELD` → (groups, stations, days): mean of the day; gases have only the first groups, those
    of sources. [ug m-3]"""


def boundary_of(city: City, sky: Sky, rule: PlumeRule) -> Boundary:
    """Return the boundary layer over the basin for every hour of a sky."""
    middle = _middle(city.stations)
    land = rule.land_class(LAND)
    observed = Observed(
        hour_start=sky.weather.axis.dt.convert_time_zone("UTC").dt.replace_time_zone(None).to_numpy(),
        wind_speed=sky.wind_speed,
        wind_direction=np.where(sky.wind_speed < CALM, np.nan, sky.wind_direction),
        temperature=sky.temperature,
        cloud=sky.cloud,
        radiation=sky.radiation,
        pressure=sky.pressure,
        rain=sky.precipitation,
    )
    site = Site(middle[0], middle[1], land, elevation=_GROUND)
    return boundary_layer(observed, site, rule)


LAND = "urban"
"""Ground around the simulated weather station, a key of the rule's land classes."""


def _middle(stations: Sequence[Station]) -> tuple[float, float]:
    return (
        float(np.mean([station.longitude for station in stations])),
        float(np.mean([station.latitude for station in stations])),
    )


def metres_of(city: City) -> Metres:
    """Return the local metres in which sources and stations of a city stand."""
    return Metres(*_middle(city.stations))


def receptors_of(stations: Sequence[Station], metres: Metres) -> Receptors:
    """Return stations as receptors."""
    places = np.array([metres(station.longitude, station.latitude) for station in stations])
    return Receptors.of(places[:, 0], places[:, 1], height=_INLET, ground=_GROUND)


@njit(cache=True)
def _spread(
    transfer: NDArray[np.float32],
    emission: NDArray[np.float32],
    source: IntArray,
    group: IntArray,
    value: FloatArray,
    daily: NDArray[np.float32],
) -> None:
    """Add rows of emission to the hours of each receptor and to the days of each group.

    Shapes: transfer (sources, receptors, hours), emission (rows, hours), value (receptors, hours), daily (groups,
    receptors, days).
    """
    rows, hours = emission.shape
    for row in range(rows):
        of, to = source[row], group[row]
        for place in range(value.shape[0]):
            for hour in range(hours):
                rate = emission[row, hour]
                if rate != 0.0:
                    part = transfer[of, place, hour] * rate
                    value[place, hour] += part
                    daily[to, place, hour // 24] += part / 24.0


def plumes(
    emitters: Emitters,
    receptors: Receptors,
    boundary: Boundary,
    rule: PlumeRule,
    chosen: slice,
    progress: Progress = lambda _share: None,
) -> tuple[dict[str, FloatArray], dict[str, NDArray[np.float32]]]:
    """Carry the emissions to the receptors.

    Returns
    -------
    hours, days : dict
        Pollutant → (receptors, hours) and → (groups, receptors, days). [ug m-3]
    """
    count = chosen.stop - chosen.start
    hours = {key: np.zeros((len(receptors), count)) for key in FIELD}
    shape = (len(emitters.groups), len(receptors), -(-count // 24))
    days = {key: np.zeros(shape, dtype=np.float32) for key in FIELD}
    for begin in range(0, count, BLOCK):
        end = min(begin + BLOCK, count)
        block = transfer_hourly(
            emitters.sources, receptors, boundary, rule, first=chosen.start + begin, last=chosen.start + end
        )
        unit = np.nan_to_num(block.values[0])  # an hour without a boundary layer carries nothing
        for key in FIELD:
            # whole days: a block is a multiple of 24 h, so that its days are the field's
            part = days[key][:, :, begin // 24 : -(-end // 24)]
            _spread(unit, emitters.emission[key][:, begin:end], emitters.row_source, emitters.row_group,
                    hours[key][:, begin:end], part)  # fmt: skip
        progress(end / count)
    return hours, days


def formed_particles(emitters: Emitters, sky: Sky, boundary: Boundary, chosen: slice) -> FloatArray:
    """Return particles that form of each group's gases, shape (groups, hours) [ug m-3]."""
    humidity, warmth = sky.humidity[chosen], sky.temperature[chosen]
    made = np.stack(
        [
            production({gas: series[place] for gas, series in emitters.gases.items()}, humidity, warmth)
            for place in range(len(emitters.groups))
        ]
    )
    return box(made, sky.wind_speed[chosen], boundary.mixing_height[chosen])


def beyond_particles(sky: Sky) -> FloatArray:
    """Return the shape of fine particles that come from beyond the city, mean about 1 [1]."""
    shape = beyond_shape(sky)
    scaled: FloatArray = shape / shape.mean()
    return scaled


def beyond_shape(sky: Sky) -> FloatArray:
    """Return how stagnation, season and rain shape the particles from beyond, before their mean is made 1 [1]."""
    weather = sky.weather
    shape = np.exp(0.20 * weather.winter + 0.40 * weather.stagnation + 0.16 * weather.fine)
    shape *= 1.0 - 0.35 * sky.wetness
    return shape


def finish_air(
    stations: Sequence[Station],
    sky: Sky,
    chosen: slice,
    hours: Mapping[str, FloatArray],
    formed: FloatArray,
    beyond: float,
    seed: int,
) -> Iterator[FloatArray]:
    """Put together what the stations breathe, one array (6, hours) a station, in the order of `BASIC`.

    Parameters
    ----------
    hours : mapping
        Plumes: pollutant → (stations, hours). [ug m-3]
    formed : array, shape (hours,)
        Particles of the basin. [ug m-3]
    beyond : float
        Mean of the particles from beyond. [ug m-3]
    """
    weather, years = sky.weather, sky.weather.years
    outer = beyond * beyond_particles(sky)[chosen]
    coarse = 11.0 * np.exp(0.28 * weather.spring + 0.33 * weather.drought - 0.6 * sky.wetness)[chosen]
    for place, station in enumerate(stations):
        own = white(seed, f"air:{station.code}", years, len(BASIC))
        blur = {n: np.exp(_spread_of(red(own[n], 5.0), width))[chosen] for n, width in enumerate(_BLUR)}
        dust = weather.dust[chosen] * blur[4]
        so2 = (3.5 * np.exp(0.35 * weather.winter)[chosen] + hours["so2"][place]) * blur[0]
        nox = hours["nox"][place]
        no2 = 6.0 * np.exp(0.25 * weather.winter + 0.15 * weather.stagnation)[chosen] + _nitrogen_dioxide(nox)
        no2 *= np.exp(_spread_of(weather.traffic, 0.24))[chosen] * blur[1]
        co = (
            0.45 * np.exp(0.22 * weather.winter + 0.25 * weather.stagnation)[chosen] + hours["co"][place] / 1_000.0
        )
        fine = (hours["pm25"][place] + formed + outer) * blur[5]
        rough = (_SETTLED * np.maximum(hours["pm10"][place] - hours["pm25"][place], 0.0) + coarse) * blur[4]
        o3 = ozone(weather, np.zeros(len(weather.axis)), 0.05 * red(own[3], 5.0))[chosen]
        o3 = np.maximum(o3 - _EATEN * no2 * _night(weather.hour[chosen]), 2.0)
        yield np.stack([so2, no2, co * blur[2], o3, 1.03 * fine + rough + dust, fine + 0.14 * dust])


_BLUR = (0.16, 0.10, 0.06, 0.05, 0.14, 0.07)
"""Spread of what no plume resolves, by the order of `BASIC`. [1]"""
_EATEN = 0.45
"""Ozone that fresh exhaust takes away for each unit of nitrogen dioxide at night. [1]"""


def _night(hour: FloatArray) -> FloatArray:
    eaten: FloatArray = 1.0 - 0.8 * np.exp(-0.5 * ((hour - 14.5) / 4.0) ** 2)
    return eaten


def _nitrogen_dioxide(nox: FloatArray) -> FloatArray:
    """Nitrogen dioxide of plumes of nitrogen oxides: the more there is, the less ozone is left to make it."""
    share: FloatArray = 0.30 + 0.55 * np.exp(-nox / 70.0)
    return share * nox


def _spread_of(series: FloatArray, width: float) -> FloatArray:
    """Exponent whose factor has a mean of 1."""
    return width * series - 0.5 * width**2

"""What simulated instruments make of the air: noise, digits, calibrations, faults and gaps (仪器与数据标记)."""

import zlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lantian.city import Station
from lantian.terms.pollutants import BASIC, Pollutant
from lantian.terms.types import Concentration, FloatArray
from lantian.twin.noise import generator, white
from lantian.twin.weather import Weather

_NOISE = {
    Pollutant.SO2: (1.4, 0.02),
    Pollutant.NO2: (1.2, 0.02),
    Pollutant.CO: (0.03, 0.02),
    Pollutant.O3: (2.0, 0.015),
    Pollutant.PM10: (3.5, 0.04),
    Pollutant.PM25: (3.0, 0.03),
}
"""Standard deviation of an hourly mean: a fixed part [ug m-3, CO mg m-3] and a share of the value [1]."""

_LOWEST = {pollutant: (-0.2 if pollutant is Pollutant.CO else -5.0) for pollutant in BASIC}
"""Lowest value that an instrument sends [ug m-3, CO mg m-3]."""

FLAGS = ("B", "BB", "H", "HSp", "PS", "PZ", "RM")
"""Flags that the twin sets, sorted; bit n of a mask stands for flag n."""

_B, _BB, _H, _HSP, _PS, _PZ, _RM = (1 << n for n in range(len(FLAGS)))
_WITHOUT_VALUE = _B | _BB | _PS | _PZ
"""Under these flags nothing is sent; under the others a value comes that must not be used."""

FLAG_TEXTS = tuple(
    ",".join(flag for n, flag in enumerate(FLAGS) if mask & (1 << n)) or None for mask in range(1 << len(FLAGS))
)
"""Mask → flags joined by commas; None is normal."""


@dataclass(frozen=True, slots=True)
class Readings:
    """What a station sent."""

    value: Concentration
    """(6, hours), NaN where nothing came [ug m-3, CO mg m-3]."""
    flags: NDArray[np.uint8]
    """(6, hours), masks over `FLAGS`."""
    present: NDArray[np.bool_]
    """(hours,), False where the hour never arrived."""


def keeps_one_digit_more(station: Station) -> bool:
    """Whether the station sends one decimal more than is published; about half of them do.

    Examples
    --------
    >>> from lantian.city import load_city
    >>> sum(keeps_one_digit_more(station) for station in load_city("changzhi").stations)
    29
    """
    return zlib.crc32(station.code.encode()) % 2 == 1


def read_out(station: Station, weather: Weather, air: Concentration, seed: int) -> Readings:
    """Return what the instruments of a station send of the air around it.

    Parameters
    ----------
    station : Station
        Its code owns the random streams.
    weather : Weather
        For the calendar.
    air : array, shape (6, hours)
        True concentrations. [ug m-3, CO mg m-3]
    seed : int
        Of the simulation.

    Returns
    -------
    Readings
        Rounded, with flags and gaps.
    """
    value = air + white(seed, f"noise:{station.code}", weather.years, len(BASIC)) * noise_width(air)
    flags = np.zeros(air.shape, dtype=np.uint8)
    absent = np.zeros(air.shape, dtype=np.bool_)
    present = np.ones(len(weather.axis), dtype=np.bool_)
    begin = 0
    for year, hours in weather.years:
        piece = slice(begin, begin + hours)
        rng = generator(seed, f"gaps:{station.code}", year)
        flags[:, piece] |= _calibrations(weather.hour[piece], weather.weekday[piece], rng)
        flags[:, piece] |= _faults(hours, rng)
        flags[:, piece] |= _doubtful(hours, rng)
        absent[:, piece] = rng.random((len(BASIC), hours)) < 0.0015
        present[piece] = rng.random(hours) >= 0.0015
        begin += hours
    value = np.where(flags & _HSP, value * 12.0, value)
    value = _digits(value, keeps_one_digit_more(station))
    value[absent | ((flags & _WITHOUT_VALUE) > 0)] = np.nan
    for row, pollutant in enumerate(BASIC):
        if pollutant not in station.pollutants:
            value[row], flags[row] = np.nan, 0
    return Readings(value, flags, present)


def noise_width(air: Concentration) -> Concentration:
    """Return the standard deviation of an instrument's noise, shape as the air [ug m-3, CO mg m-3]."""
    fixed = np.array([[_NOISE[pollutant][0]] for pollutant in BASIC])
    share = np.array([[_NOISE[pollutant][1]] for pollutant in BASIC])
    width: FloatArray = np.hypot(fixed, share * air)
    return width


def _digits(value: Concentration, one_more: bool) -> Concentration:
    """Cut below the lowest reading and keep the digits that the instrument sends."""
    rounded = np.empty_like(value)
    for row, pollutant in enumerate(BASIC):
        decimals = (1 if pollutant is Pollutant.CO else 0) + one_more
        rounded[row] = np.round(np.maximum(value[row], _LOWEST[pollutant]), decimals) + 0.0
    return rounded


def _calibrations(hour: FloatArray, weekday: NDArray[np.int64], rng: np.random.Generator) -> NDArray[np.uint8]:
    """Zero check of the gases in one night of the week, span check an hour later every fourth week."""
    masks = np.zeros((len(BASIC), len(hour)), dtype=np.uint8)
    chosen = weekday == rng.integers(1, 8)
    week = np.arange(len(hour)) // (7 * 24)
    masks[:4, chosen & (hour == 1)] |= _PZ
    masks[:4, chosen & (hour == 2) & (week % 4 == 0)] |= _PS
    return masks


def _faults(hours: int, rng: np.random.Generator) -> NDArray[np.uint8]:
    """Once a year the station stands still for a day, one instrument for some hours, the line for a few."""
    masks = np.zeros((len(BASIC), hours), dtype=np.uint8)
    outage = int(rng.integers(0, hours - 40))
    masks[:, outage : outage + int(rng.integers(20, 31))] |= _B
    fault = int(rng.integers(0, hours - 40))
    masks[int(rng.integers(0, len(BASIC))), fault : fault + int(rng.integers(12, 31))] |= _B
    line = int(rng.integers(0, hours - 40))
    masks[:, line : line + int(rng.integers(2, 5))] |= _BB
    return masks


def _doubtful(hours: int, rng: np.random.Generator) -> NDArray[np.uint8]:
    """Short hours, values that a review set aside, spikes."""
    masks = np.zeros((len(BASIC), hours), dtype=np.uint8)
    masks[rng.random((len(BASIC), hours)) < 0.002] |= _H
    aside = rng.random((len(BASIC), hours)) < 0.0006
    aside[:, 1:] |= aside[:, :-1]
    masks[aside] |= _RM
    spikes = rng.random((len(BASIC), hours)) < 0.0002
    masks[4:][spikes[4:]] |= _HSP
    return masks

"""What a simulated logger has to say over some hours, and what befalls it: stacks, meters, stations (数采仪数据).

Nothing is sent here: `lantian.twin.saying` makes fields of frames of it, `lantian.twin.speaker` sends them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl
from numpy.typing import NDArray

from lantian.city import Station
from lantian.terms.pollutants import BASIC, Pollutant
from lantian.terms.types import FloatArray
from lantian.twin.catalogue import Logger, Plant, Stack
from lantian.twin.catalogue.loggers import station_logger
from lantian.twin.incidents import Incident
from lantian.twin.instruments import keeps_one_digit_more
from lantian.twin.readings import (
    DIGITS,
    FACTOR,
    FLOW,
    MOISTURE,
    NORMAL,
    OXYGEN,
    POWER_DIGITS,
    POWER_UNIT,
    PRESSURE,
    UNITS,
    WARMTH,
    Power,
    Sent,
)
from lantian.twin.sky import Sky
from lantian.wire.hj212.editions import Edition

HOUR = timedelta(hours=1)
INTERVALS: Mapping[str, int] = {"22": 5, "31": 10, "44": 15}
"""System code → from one minute frame to the next. [min]"""
CLOCK_WRONG = timedelta(minutes=35)
"""How far ahead the clock of a logger is while its fault ``clock`` lasts, until the host sets it."""
LOOK_BACK = timedelta(days=21)
"""How far back hours are kept that may still have to be sent afterwards: longer than any stretch of late hours."""
STATION_FACTOR: Mapping[Pollutant, str] = {
    Pollutant.SO2: "a21026", Pollutant.NO2: "a21004", Pollutant.CO: "a21005",
    Pollutant.O3: "a05024", Pollutant.PM10: "a34002", Pollutant.PM25: "a34004",
}  # fmt: skip
"""Pollutant → factor code that stations send."""
_SPREAD = {OXYGEN: 0.01, WARMTH: 0.01, PRESSURE: 0.05, MOISTURE: 0.02, FLOW: 0.02}
_USUAL_SPREAD = 0.05
"""Spread of the minutes of an hour, as a share of their mean. [1]"""
_STILL = {"frozen": 0.0, "stuck": 0.0, "too_calm": 0.03}
"""Fakes and faults that the minutes show too: pattern → what is left of the spread. [1]"""


@dataclass(frozen=True, slots=True)
class Channel:
    """One factor of a logger, hour by hour; arrays of shape (hours,)."""

    code: str
    """Of today; an edition that has another one sends that."""
    digits: int
    value: FloatArray
    """NaN where nothing is sent."""
    converted: FloatArray | None = None
    amount: FloatArray | None = None
    amount_digits: int = 0
    marks: tuple[str | None, ...] | None = None
    """Of a station: mark of each hour, None where it is normal."""
    spread: FloatArray | float = _USUAL_SPREAD
    """Of the minutes. [1]"""


@dataclass(frozen=True, slots=True)
class Voice:
    """All that one logger has to say over some hours."""

    outlet: str
    logger: Logger
    seed: int
    first: datetime
    """Start of the first hour."""
    channels: tuple[Channel, ...]
    flag: NDArray[np.str_]
    """Data flag of each hour."""
    present: NDArray[np.bool_]
    """False where the logger itself stands still: nothing of that hour ever exists."""
    late: NDArray[np.bool_]
    """Whether the hour is sent afterwards."""
    down: NDArray[np.bool_]
    """Whether the line is down, so that the host hears nothing."""
    wrong_clock: NDArray[np.bool_]

    @property
    def edition(self) -> Edition:
        """Edition of the standard that it follows."""
        return Edition(int(self.logger.edition))

    @property
    def interval(self) -> int:
        """From one minute frame to the next. [min]"""
        return INTERVALS[self.logger.system]

    def place(self, hour: datetime) -> int:
        """Return the place of an hour; it may lie outside."""
        return (hour - self.first) // HOUR

    def start(self, place: int) -> datetime:
        """Return the start of an hour, in the zone of the logger's clock."""
        return (self.first.astimezone(UTC) + place * HOUR).astimezone(self.first.tzinfo)

    def __len__(self) -> int:
        return len(self.present)


# ---------------------------------------------------------------------------------------------- who speaks


def stack_voice(
    stack: Stack, sent: Sent, incidents: Sequence[Incident], sky: Sky, seed: int, first: datetime, until: datetime
) -> Voice:
    """Return what the logger of a stack has to say from `first` up to `until`."""
    logger = _logger_of(stack)
    taken = _hours(sky, first, until)
    left = np.ones(len(sky.temperature))
    down, clock = np.zeros_like(left, dtype=np.bool_), np.zeros_like(left, dtype=np.bool_)
    for each in incidents:
        if each.subject != stack.code or each.kind not in {"fraud", "fault"}:
            continue
        inside = each.hours(sky)
        if each.pattern in _STILL:
            left[inside] = _STILL[each.pattern]
        elif each.kind == "fault" and each.pattern in {"silent", "late"}:
            down |= inside
        elif each.pattern == "clock":
            clock |= inside
    limited = set(FACTOR.values())
    channels = tuple(
        Channel(
            code,
            DIGITS[code],
            series[taken],
            converted=_part(sent.converted.get(code), taken),
            amount=_part(sent.amount.get(code), taken),
            amount_digits=0 if code == FLOW else 4,
            spread=_USUAL_SPREAD * left[taken] if code in limited else _SPREAD.get(code, 0.01),
        )
        for code, series in sent.value.items()
    )
    return Voice(
        stack.code, logger, seed, sky.weather.axis[int(taken[0])], channels, sent.flag[taken], sent.present[taken],
        sent.late[taken], down[taken], clock[taken],
    )  # fmt: skip


def meter_voice(plant: Plant, power: Power, sky: Sky, seed: int, first: datetime, until: datetime) -> Voice:
    """Return what the logger of a plant's meters has to say."""
    meter = plant.meter
    if meter is None:
        msg = f"{plant.code} has no meter"
        raise ValueError(msg)
    taken = _hours(sky, first, until)
    channels = (
        Channel(meter.production, POWER_DIGITS, power.production[taken]),
        Channel(meter.treatment, POWER_DIGITS, power.treatment[taken]),
    )
    return _steady(plant.code, meter.logger, seed, sky.weather.axis[int(taken[0])], channels)


def station_voice(station: Station, hours: pl.DataFrame, seed: int, first: datetime, until: datetime) -> Voice:
    """Return what the logger of an air station has to say.

    Parameters
    ----------
    hours : DataFrame
        Rows of `lantian.twin.stations.station_hours` of this station.
    """
    count = (until - first) // HOUR
    rows = hours.filter((pl.col("hour_start") >= first) & (pl.col("hour_start") < until))
    place = ((rows["hour_start"] - first).dt.total_hours()).to_numpy()
    channels = []
    for pollutant in BASIC:
        if pollutant not in station.pollutants:
            continue
        value = np.full(count, np.nan)
        value[place] = rows[pollutant.value].to_numpy()
        marks: list[str | None] = [None] * count
        for at, mark in zip(place.tolist(), rows[f"{pollutant.value}_flags"].to_list(), strict=True):
            marks[at] = mark
        digits = int(keeps_one_digit_more(station)) + (pollutant is Pollutant.CO)
        channels.append(Channel(STATION_FACTOR[pollutant], digits, value, marks=tuple(marks)))
    logger = logger_of_station(station)
    voice = _steady(station.code, logger, seed, first, tuple(channels))
    present = np.zeros(count, dtype=np.bool_)
    present[place] = True
    return replace(voice, present=present)


def logger_of_station(station: Station) -> Logger:
    """Return the logger of an air station, which sends the pollutants that it measures."""
    return station_logger(station.code, tuple(STATION_FACTOR[p] for p in BASIC if p in station.pollutants))


def units_of(logger: Logger) -> dict[str, tuple[str, str | None]]:
    """Return the units of value and amount in which a logger sends each factor, by today's code."""
    if logger.system == "44":
        return dict.fromkeys(logger.factors, (POWER_UNIT, None))
    if logger.system == "22":
        carbon = STATION_FACTOR[Pollutant.CO]
        return {code: ("mg/m³" if code == carbon else "µg/m³", None) for code in logger.factors}
    return {code: UNITS[code] for code in logger.factors}


def _steady(outlet: str, logger: Logger, seed: int, first: datetime, channels: tuple[Channel, ...]) -> Voice:
    """Return a voice that nothing befalls."""
    count = len(channels[0].value)
    never = np.zeros(count, dtype=np.bool_)
    return Voice(outlet, logger, seed, first, channels, np.full(count, NORMAL), ~never, never, never, never)


def _hours(sky: Sky, first: datetime, until: datetime) -> NDArray[np.int64]:
    """Return places of hours, with which arrays are copied: the years around them need not be kept."""
    axis = sky.weather.axis
    return np.arange(axis.search_sorted(first), axis.search_sorted(until))


def _part(series: FloatArray | None, taken: NDArray[np.int64]) -> FloatArray | None:
    return None if series is None else series[taken]


def _logger_of(stack: Stack) -> Logger:
    if stack.logger is None:
        msg = f"{stack.code} has no logger"
        raise ValueError(msg)
    return stack.logger

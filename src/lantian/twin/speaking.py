"""What a simulated logger puts into its frames, hour by hour: minutes, the hour, the day, a moment (上传报文内容).

Nothing is sent here. The hours are those of `lantian.twin.readings` and `lantian.twin.stations`, so that what
comes over the line is what the bulk history writes; the minutes of an hour have the value of the hour as mean.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from zlib import crc32

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
    BROKEN,
    DIGITS,
    FACTOR,
    FLOW,
    MOISTURE,
    NORMAL,
    OXYGEN,
    POWER_DIGITS,
    POWER_UNIT,
    PRESSURE,
    SIMULATED,
    UNITS,
    WARMTH,
    Power,
    Sent,
    minute_values,
)
from lantian.twin.sky import Sky
from lantian.wire.hj212.editions import Edition
from lantian.wire.hj212.factors import data_flag, factor, period_rule

HOUR = timedelta(hours=1)
REAL_TIME, MINUTE, HOURLY, DAILY = "2011", "2051", "2061", "2031"
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
LETTER: Mapping[str, str] = {
    "B": "D", "BB": "B", "H": "D", "HSp": "T", "PS": "C", "PZ": "C", "RM": "S",
}  # fmt: skip
"""Mark of a station's instrument → nearest letter of HJ 212; the mark itself stands in EFlag."""
_SPREAD = {OXYGEN: 0.01, WARMTH: 0.01, PRESSURE: 0.05, MOISTURE: 0.02, FLOW: 0.02}
_USUAL_SPREAD = 0.05
"""Spread of the minutes of an hour, as a share of their mean. [1]"""
_STILL = {"frozen": 0.0, "stuck": 0.0, "too_calm": 0.03}
"""Fakes and faults that the minutes show too: pattern → what is left of the spread. [1]"""

Factors = dict[str, dict[str, str]]


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
        stack.code, logger, seed, sky.weather.axis[taken.start], channels, sent.flag[taken], sent.present[taken],
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
    return _steady(plant.code, meter.logger, seed, sky.weather.axis[taken.start], channels)


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


def _hours(sky: Sky, first: datetime, until: datetime) -> slice:
    axis = sky.weather.axis
    begin, end = axis.search_sorted(first), axis.search_sorted(until)
    return slice(int(begin), int(end))


def _part(series: FloatArray | None, taken: slice) -> FloatArray | None:
    return None if series is None else series[taken]


def _logger_of(stack: Stack) -> Logger:
    if stack.logger is None:
        msg = f"{stack.code} has no logger"
        raise ValueError(msg)
    return stack.logger


# ---------------------------------------------------------------------------------------------- when


@dataclass(frozen=True, slots=True)
class Due:
    """A frame that is to be sent."""

    cn: str
    start: datetime
    """Start of what it stands for; of a real-time frame its moment."""
    place: int
    """Hour in which that lies."""
    at: datetime
    """City time from which on it can be sent."""
    late: bool = False


def dues_of(voice: Voice, place: int, *, minutes: bool = True) -> Iterator[Due]:
    """List what a logger sends in and after one hour, and what of earlier hours it could not send before.

    Parameters
    ----------
    place : int
        Hour of the voice.
    minutes : bool
        Whether minutes and moments are sent too, or hours and days alone.
    """
    start = voice.start(place)
    over = start + HOUR
    if not voice.late[place]:
        yield from _kept_back(voice, place, start)
    if voice.present[place] and not voice.late[place]:
        if minutes:
            yield from _within(voice, place, start)
        yield Due(HOURLY, start, place, over)
    if over.hour == 0 and not voice.down[place]:
        day = start.replace(hour=0)
        if voice.place(day) >= 0:
            yield Due(DAILY, day, place, over)


def _kept_back(voice: Voice, place: int, now: datetime) -> Iterator[Due]:
    """List the hours of a stretch of late ones that has just ended."""
    first = place
    while first > 0 and voice.late[first - 1]:
        first -= 1
    for each in range(first, place):
        if voice.present[each]:
            yield Due(HOURLY, voice.start(each), each, now, late=True)


def _within(voice: Voice, place: int, start: datetime) -> Iterator[Due]:
    step = timedelta(minutes=voice.interval)
    middle = start + HOUR / 2
    for number in range(HOUR // step):
        begin = start + number * step
        if begin <= middle < begin + step:
            yield Due(REAL_TIME, middle, place, middle)
        yield Due(MINUTE, begin, place, begin + step)


def records(voice: Voice, cn: str, begin: datetime, end: datetime, now: datetime) -> Iterator[Due]:
    """List what a logger has kept of one command from one moment to another, both included (历史数据).

    A line that was down takes nothing away; a logger that stood still has nothing.
    """
    for place in range(max(0, voice.place(begin)), min(len(voice), voice.place(end) + 1)):
        start = voice.start(place)
        if cn == HOURLY:
            kept = [Due(HOURLY, start, place, start + HOUR, late=True)] if voice.present[place] else []
        else:
            kept = [replace(due, late=True) for due in dues_of(voice, place) if due.cn == cn]
        yield from (due for due in kept if begin <= due.start <= end and due.at <= now)


# ---------------------------------------------------------------------------------------------- what


def said(voice: Voice, due: Due) -> Factors:
    """Return the fields of a frame by the factor codes of its edition; empty where nothing is to be said."""
    if due.cn == HOURLY:
        told = hour_said(voice, due.place)
    elif due.cn == DAILY:
        told = day_said(voice, due.place)
    else:
        begin = due.start.replace(minute=0)
        told = minute_said(voice, due.place, int((due.start - begin) / timedelta(minutes=voice.interval)))
        if due.cn == REAL_TIME:
            told = {code: {"Rtd" if name == "Avg" else name: text for name, text in fields.items()}
                    for code, fields in told.items()}  # fmt: skip
    return {code_of(code, voice.edition): fields for code, fields in told.items()}


def code_of(code: str, edition: Edition) -> str:
    """Return the code by which an edition sends a factor; the table of 2005 lacks some, which keep today's.

    Examples
    --------
    >>> code_of("a21026", Edition.HJ2005), code_of("a24088", Edition.HJ2005), code_of("a21026", Edition.HJ2025)
    ('02', 'a24088', 'a21026')
    """
    known = factor(code, edition) if edition is Edition.HJ2005 else None
    return code if known is None or not known.legacy else known.legacy


def hour_said(voice: Voice, place: int) -> Factors:
    """Return the fields of an hour by today's codes."""
    told: Factors = {}
    for channel in voice.channels:
        fields: dict[str, str] = {}
        value = channel.value[place]
        if not np.isnan(value):
            fields["Avg"] = f"{value:.{channel.digits}f}"
            if channel.converted is not None:
                fields["ZsAvg"] = f"{channel.converted[place]:.{channel.digits}f}"
            if channel.amount is not None:
                fields["Cou"] = f"{channel.amount[place]:.{channel.amount_digits}f}"
        _finish(told, voice, channel, place, fields)
    return told


def minute_said(voice: Voice, place: int, number: int) -> Factors:
    """Return the fields of one interval of minutes within an hour."""
    told: Factors = {}
    for channel, parts in zip(voice.channels, hour_parts(voice, place), strict=True):
        fields = {} if parts is None else {"Avg": f"{parts[number]:.{channel.digits}f}"}
        _finish(told, voice, channel, place, fields)
    return told


def hour_parts(voice: Voice, place: int) -> list[FloatArray | None]:
    """Return the values of the intervals of an hour, channel by channel, the same every time; None: no value."""
    steps = 60 // voice.interval
    hour = int(voice.start(place).timestamp()) // 3_600
    rng = np.random.Generator(np.random.PCG64([voice.seed, crc32(voice.logger.mn.encode()), hour]))
    found: list[FloatArray | None] = []
    for channel in voice.channels:
        value = float(channel.value[place])
        spread = channel.spread if isinstance(channel.spread, float) else float(channel.spread[place])
        found.append(None if np.isnan(value) else minute_values(value, steps, rng, spread, channel.digits))
    return found


def day_said(voice: Voice, place: int) -> Factors:
    """Return the fields of the day that ends with an hour: means of the hours that the logger has, and amounts."""
    hours = np.arange(place - 23, place + 1)
    hours = hours[voice.present[hours]]
    if not len(hours):
        return {}
    told: Factors = {}
    for channel in voice.channels:
        value = channel.value[hours]
        known = hours[~np.isnan(value)]
        if not len(known):
            continue
        fields = {"Avg": f"{channel.value[known].mean():.{channel.digits}f}"}
        if channel.converted is not None:
            fields["ZsAvg"] = f"{channel.converted[known].mean():.{channel.digits}f}"
        if channel.amount is not None:
            fields["Cou"] = f"{channel.amount[known].sum():.{channel.amount_digits}f}"
        fields["Flag"], fields["EFlag"] = _day_flag(voice, hours), SIMULATED
        told[channel.code] = fields
    return told


def _day_flag(voice: Voice, hours: NDArray[np.int64]) -> str:
    rule = period_rule(voice.logger.system)
    if rule is None:
        return NORMAL
    valid = [flag for flag in voice.flag[hours] if (known := data_flag(str(flag))) is not None and known.valid]
    return rule.normal if len(valid) >= float(rule.share) * len(hours) else rule.other


def _finish(told: Factors, voice: Voice, channel: Channel, place: int, fields: dict[str, str]) -> None:
    """Add flags, and leave out a factor that has neither a value nor a reason for having none."""
    mark = None if channel.marks is None else channel.marks[place]
    if not fields and mark is None:
        return
    flag = str(voice.flag[place]) if mark is None else LETTER.get(mark, BROKEN)
    told[channel.code] = {**fields, "Flag": flag, "EFlag": SIMULATED if mark is None else mark}

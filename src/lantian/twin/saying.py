"""What stands in the frames of a simulated logger, and when each is due: minutes, hours, days, moments (上传报文).

The hours are those of `lantian.twin.readings` and `lantian.twin.stations`, so that what comes over the line is
what the bulk history writes; the minutes of an hour have the value of the hour as their mean.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from lantian.terms.types import FloatArray
from lantian.twin.readings import BROKEN, NORMAL, SIMULATED, minute_values
from lantian.twin.speaking import HOUR, Channel, Voice
from lantian.wire.hj212.editions import Edition
from lantian.wire.hj212.factors import data_flag, factor, period_rule

REAL_TIME, MINUTE, HOURLY, DAILY = "2011", "2051", "2061", "2031"
LETTER: Mapping[str, str] = {
    "B": "D", "BB": "B", "H": "D", "HSp": "T", "PS": "C", "PZ": "C", "RM": "S",
}  # fmt: skip
"""Mark of a station's instrument → nearest letter of HJ 212; the mark itself stands in EFlag."""

Factors = dict[str, dict[str, str]]


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

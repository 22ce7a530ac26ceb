"""What all stations of a simulated city share: season, stagnation, episodes, dust (静稳、重污染过程、沙尘)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl

from lantian.city import City
from lantian.terms.errors import CallerError
from lantian.terms.types import FloatArray, IntArray
from lantian.twin.noise import generator, red, white

_EPISODES = (((1, 3), 6), ((1, 15), 6), ((12, 9), 12))
"""Earliest start (month, day) and days of choice of each winter episode."""
_DUST = (((3, 6), 28), ((4, 8), 18))
"""Earliest start (month, day) and days of choice of each spring dust event."""
_RISE_HOURS = 3
INDICES = ("stagnation", "heat", "drought", "humid", "fine", "heating", "traffic")
"""Indices of the weather that a scenario may move."""


@dataclass(frozen=True, slots=True)
class Event:
    """A simulated episode or dust event."""

    kind: Literal["episode", "dust"]
    first: datetime
    """Start of its first hour."""
    last: datetime
    """Start of its last hour."""
    strength: float
    """Episode: added stagnation [1]; dust: highest PM10 that it adds [ug m-3]."""

    @property
    def hours(self) -> int:
        """How long it lasts [h]."""
        return int((self.last - self.first) / timedelta(hours=1)) + 1


@dataclass(frozen=True, slots=True)
class Weather:
    """What all stations share, hour by hour over whole calendar years."""

    axis: pl.Series
    """Start of each hour, in the city's zone."""
    years: tuple[tuple[int, int], ...]
    """Calendar year and its hours."""
    year: IntArray
    hour: FloatArray
    """Hour of the local day, 0 … 23."""
    weekday: IntArray
    """1 Monday … 7 Sunday."""
    winter: FloatArray
    """1 in mid January, -1 in mid July."""
    summer: FloatArray
    """1 at the summer solstice, -1 at the winter solstice."""
    spring: FloatArray
    """1 in mid April, -1 in mid October."""
    stagnation: FloatArray
    """Standard normal with memory, plus the episodes."""
    heat: FloatArray
    """Standard normal with memory: sun and warmth that make ozone."""
    drought: FloatArray
    """Standard normal with memory: dry ground that gives coarse particles."""
    humid: FloatArray
    """Standard normal with memory: above 1.6 hardly any coarse particles are in the air."""
    fine: FloatArray
    """Standard normal with memory: fine particles for themselves."""
    heating: FloatArray
    """Standard normal with memory: sulphur dioxide and carbon monoxide for themselves."""
    traffic: FloatArray
    """Standard normal with memory: nitrogen dioxide for itself."""
    dust: FloatArray
    """PM10 that dust events add [ug m-3]."""


def list_events(city: City, year: int, seed: int) -> tuple[Event, ...]:
    """List the simulated episodes and dust events of a calendar year, in order.

    Parameters
    ----------
    city : City
        Whose adcode and zone count.
    year : int
        Calendar year.
    seed : int
        Of the simulation.

    Returns
    -------
    tuple of Event
        Two episodes in January, one in December, two dust events in spring.

    Examples
    --------
    >>> from lantian.city import load_city
    >>> [event.kind for event in list_events(load_city("changzhi"), 2025, seed=1)]
    ['episode', 'episode', 'dust', 'dust', 'episode']
    """
    rng = generator(seed, f"events:{city.adcode}", year)
    found: list[Event] = []
    for (month, day), days in _EPISODES:
        start = _start(rng, year, month, day, days, city.zone)
        hours = int(rng.integers(96, 145))
        found.append(Event("episode", start, _after(start, hours), float(rng.uniform(1.5, 2.3))))
    for (month, day), days in _DUST:
        start = _start(rng, year, month, day, days, city.zone)
        hours = int(rng.integers(16, 35))
        found.append(Event("dust", start, _after(start, hours), float(rng.uniform(350.0, 900.0))))
    return tuple(sorted(found, key=lambda event: event.first))


def shared_weather(
    city: City, first: date, last: date, seed: int, events: Sequence[Event] | None = None
) -> Weather:
    """Draw the weather of whole calendar years, from the year before `first` so that memory has settled.

    Because a series owes its start a year of memory, the same hour has the same weather whatever stretch is asked
    for. Episodes and dust are drawn too, unless `events` says what they are.
    """
    axis = hour_axis(date(first.year - 1, 1, 1), date(last.year, 12, 31), city.zone)
    year = axis.dt.year().to_numpy().astype(np.int64)
    years = tuple((int(one), int(hours)) for one, hours in zip(*np.unique(year, return_counts=True), strict=True))
    hour = axis.dt.hour().to_numpy().astype(np.float64)
    turn = 2.0 * np.pi * (axis.dt.ordinal_day().to_numpy().astype(np.float64) + hour / 24.0) / 365.25
    noise = white(seed, f"weather:{city.adcode}", years, 8)
    if events is None:
        events = [event for one, _ in years for event in list_events(city, one, seed)]
    return Weather(
        axis=axis,
        years=years,
        year=year,
        hour=hour,
        weekday=axis.dt.weekday().to_numpy().astype(np.int64),
        winter=np.cos(turn - 2.0 * np.pi * 15.0 / 365.25),
        summer=np.cos(turn - 2.0 * np.pi * 172.0 / 365.25),
        spring=np.cos(turn - 2.0 * np.pi * 105.0 / 365.25),
        stagnation=0.75 * red(noise[0], 38.0) + 0.66 * red(noise[1], 12.0) + _episodes(axis, events),
        heat=red(noise[2], 40.0),
        drought=red(noise[3], 48.0),
        humid=red(noise[4], 10.0),
        fine=red(noise[5], 30.0),
        heating=red(noise[6], 70.0),
        traffic=red(noise[7], 60.0),
        dust=_dust(axis, events),
    )


def shifted(weather: Weather, shift: Mapping[str, float], first: date, last: date) -> Weather:
    """Return the weather with some of its `INDICES` moved on the legal days from `first` to `last`.

    Parameters
    ----------
    weather : Weather
        As drawn.
    shift : mapping
        Index → by how much it lies higher. [1]
    first, last : date
        Legal days.

    Raises
    ------
    CallerError
        There is no such index.
    """
    if unknown := sorted(set(shift) - set(INDICES)):
        raise CallerError(
            "The simulated weather has no index {unknown}. It has: {known}.",
            unknown=", ".join(unknown),
            known=", ".join(INDICES),
        )
    days = weather.axis.dt.date()
    inside = ((days >= first) & (days <= last)).to_numpy().astype(np.float64)
    moved: dict[str, Any] = {key: getattr(weather, key) + by * inside for key, by in shift.items() if by}
    return replace(weather, **moved) if moved else weather


def hour_axis(first: date, last: date, zone: ZoneInfo) -> pl.Series:
    """Return the start of every hour of the legal days from `first` to `last`, in the city's zone.

    Examples
    --------
    >>> axis = hour_axis(date(2026, 3, 1), date(2026, 3, 2), ZoneInfo("Asia/Shanghai"))
    >>> len(axis), axis[0].isoformat(), axis[-1].hour
    (48, '2026-03-01T00:00:00+08:00', 23)
    """
    begin = datetime(first.year, first.month, first.day, tzinfo=zone)
    after = last + timedelta(days=1)
    end = datetime(after.year, after.month, after.day, tzinfo=zone)
    hours = pl.datetime_range(begin, end, "1h", closed="left", time_unit="us", time_zone=str(zone), eager=True)
    return hours.alias("hour_start")


def _start(rng: np.random.Generator, year: int, month: int, day: int, days: int, zone: ZoneInfo) -> datetime:
    hours = int(rng.integers(0, days * 24))
    return datetime(year, month, day, tzinfo=zone) + timedelta(hours=hours)


def _after(start: datetime, hours: int) -> datetime:
    return start + timedelta(hours=hours - 1)


def _position(axis: pl.Series, event: Event) -> tuple[IntArray, int]:
    """Return the hours since the event began, for every hour of the axis, and how long the event lasts."""
    since = (axis - event.first).dt.total_hours().to_numpy().astype(np.int64)
    return since, event.hours


def _episodes(axis: pl.Series, events: Sequence[Event]) -> FloatArray:
    """Stagnation that episodes add: a slow rise, a slow fall."""
    added = np.zeros(len(axis))
    for event in events:
        if event.kind == "episode":
            since, hours = _position(axis, event)
            inside = (since >= 0) & (since < hours)
            added[inside] += event.strength * np.sin(np.pi * (since[inside] + 0.5) / hours) ** 0.7
    return added


def _dust(axis: pl.Series, events: Sequence[Event]) -> FloatArray:
    """PM10 that dust adds: a steep front, then a decay [ug m-3]."""
    added = np.zeros(len(axis))
    for event in events:
        if event.kind == "dust":
            since, hours = _position(axis, event)
            inside = (since >= 0) & (since < hours)
            passed = since[inside].astype(np.float64)
            front = np.minimum(1.0, (passed + 1.0) / _RISE_HOURS)
            decay = np.exp(-np.maximum(0.0, passed - _RISE_HOURS) / (hours / 2.5))
            added[inside] += event.strength * front * decay
    return added

"""What if: a stretch of days with something changed, as a small file, beside the same days without it (情景).

A scenario changes weather, events, sources or what befalls a station, never the seed: whatever it does not touch
is the same hour by hour, so that the difference is what the change did.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from lantian.city import City, Level, Station
from lantian.city.files import Limits, text_of
from lantian.rules.plume_records import PlumeRule
from lantian.terms.errors import CallerError
from lantian.terms.pollutants import Pollutant
from lantian.twin.catalogue import CityBook
from lantian.twin.field import beyond_shape
from lantian.twin.incidents import Incident
from lantian.twin.making import Making
from lantian.twin.weather import INDICES, Event

FOLDER = "scenes"
"""Where the packaged scenarios stand, below this package."""
_LIMITS = Limits(bytes=100_000)
_MOST_SHIFT = 4.0
_HOUR = timedelta(hours=1)


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ForcedEvent(_Part):
    """An episode or dust that comes when the scenario says."""

    kind: Literal["episode", "dust"]
    first: datetime
    """Start of its first hour, on the city's clock."""
    hours: Annotated[int, Field(ge=1, le=1_000)]
    strength: Annotated[float, Field(gt=0, le=5_000)]
    """Episode: added stagnation [1]; dust: highest PM10 that it adds [ug m-3]."""


class ForcedIncident(_Part):
    """Interference with a simulated station."""

    pattern: Literal["spraying", "blocked_inlet"]
    first: datetime
    """Start of its first hour, on the city's clock."""
    hours: Annotated[int, Field(ge=1, le=1_000)]
    factor: Annotated[float, Field(gt=0, lt=1)]
    """Of what reaches the inlet. [1]"""
    station: str = ""
    """Code; empty: the first simulated station of the city that is no micro-station."""


class Scenario(_Part):
    """A stretch of days and what is changed in it."""

    key: Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
    name_zh: str
    name_en: str
    about_zh: str
    about_en: str
    first: date
    last: date
    drawn: Literal["both", "base", "none"] = "both"
    """Who has the episodes and dust that the city's weather draws: both sides, only the base, neither."""
    stations: Literal["all", "national"] = "all"
    """Where the air is computed unless it is said otherwise."""
    shown: Pollutant = Pollutant.PM25
    """What the picture shows."""
    level: Annotated[float, Field(gt=0, le=500)] | None = None
    """Mean PM2.5 that air from beyond makes of the city; None: as at the base. [ug m-3]"""
    stopped: tuple[str, ...] = ()
    """Kinds of plants or surfaces that give off nothing."""
    times: Mapping[str, Annotated[float, Field(gt=0, le=100)]] = {}
    """Surface → factor of the emission of its year. [1]"""
    shift: Mapping[str, Annotated[float, Field(ge=-_MOST_SHIFT, le=_MOST_SHIFT)]] = {}
    """Index of the weather → by how much it lies higher in the stretch. [1]"""
    events: tuple[ForcedEvent, ...] = ()
    incidents: tuple[ForcedIncident, ...] = ()

    @model_validator(mode="after")
    def _sound(self) -> "Scenario":
        if self.last < self.first:
            msg = f"the last day {self.last} is before the first {self.first}"
            raise ValueError(msg)
        if unknown := sorted(set(self.shift) - set(INDICES)):
            msg = f"no index of the weather: {unknown}; there are {list(INDICES)}"
            raise ValueError(msg)
        if any(moment.tzinfo is not None for moment in self._moments()):
            msg = "times are written on the city's clock, without an offset"
            raise ValueError(msg)
        return self

    def _moments(self) -> list[datetime]:
        return [each.first for each in self.events] + [each.first for each in self.incidents]

    def shortened(self, days: int) -> "Scenario":
        """Return its first days only."""
        return self.model_copy(update={"last": min(self.last, self.first + timedelta(days=days - 1))})


def list_scenarios() -> tuple[Scenario, ...]:
    """Return the packaged scenarios, in order of their keys.

    Examples
    --------
    >>> [each.key for each in list_scenarios()][:3]
    ['dust-day', 'january-episode', 'ozone-week']
    """
    folder = files("lantian.twin").joinpath(FOLDER)
    names = sorted(each.name for each in folder.iterdir() if each.name.endswith(".toml"))
    return tuple(_read(name, folder.joinpath(name).read_text("utf-8")) for name in names)


def find_scenario(name: str) -> Scenario:
    """Return a packaged scenario by its key, or one from a file whose name ends in ``.toml``.

    Raises
    ------
    CallerError
        There is none of that name, or the file is faulty.
    """
    if name.endswith(".toml"):
        return _read(name, text_of(Path(name), _LIMITS))
    known = {each.key: each for each in list_scenarios()}
    if name not in known:
        raise CallerError(
            "There is no scenario {name}. There are: {known}; or give a file of your own, ending in .toml.",
            name=name,
            known=", ".join(known),
        )
    return known[name]


def _read(name: str, text: str) -> Scenario:
    try:
        return Scenario.model_validate(tomllib.loads(text))
    except (tomllib.TOMLDecodeError, ValidationError) as error:
        raise CallerError(
            "{name} does not describe a scenario: {error}. docs/twin.md explains every line.",
            name=name,
            error=error,
        ) from error


# ---------------------------------------------------------------------------------------------- two makings


@dataclass(frozen=True, slots=True)
class Sides:
    """The same days twice."""

    scenario: Scenario
    plain: Making
    """The usual city, of which both sides were made."""
    base: Making
    changed: Making
    stations: tuple[Station, ...]
    """Where the air is computed."""


def plain_making(city: City, book: CityBook, rule: PlumeRule, scenario: Scenario, seed: int) -> Making:
    """Return the usual city over the scenario's stretch, of which both sides are made."""
    return Making(city, book, rule, scenario.first, scenario.last, seed)


def sides_of(scenario: Scenario, plain: Making, stations: tuple[str, ...] = ()) -> Sides:
    """Return the two cities that a scenario compares.

    Parameters
    ----------
    scenario : Scenario
        Stretch and changes.
    plain : Making
        See `plain_making`. What it needs for its level is found once and taken over by both sides, so that air
        from beyond does not make up for what the scenario changes.
    stations : tuple of str
        Codes; empty: as the scenario says.

    Raises
    ------
    CallerError
        The city has no such station, kind or surface, or a station that exists would be interfered with.
    """
    _check(scenario, plain)
    chosen = _stations(scenario, plain.city, stations)
    base = plain
    if scenario.drawn == "none":
        base = replace(plain, events_given=_drawn_outside(plain))
        _share(plain, base)
        base = _settled(base, plain, 0.0)
    events: tuple[Event, ...] | None = base.events_given
    if scenario.drawn == "base" or scenario.events:
        kept = base.events if scenario.drawn == "both" else _drawn_outside(plain)
        forced = [_event(each, plain) for each in scenario.events]
        events = tuple(sorted((*kept, *forced), key=lambda event: event.first))
    changed = replace(
        plain,
        book=_book(scenario, plain.book),
        events_given=events,
        shift=dict(scenario.shift),
        extra=tuple(_incident(each, plain.city) for each in scenario.incidents),
        stopped=scenario.stopped,
        level_pm25=plain.level_pm25 if scenario.level is None else scenario.level,
    )
    _share(base, changed)
    changed = _settled(changed, plain, changed.level_pm25 - plain.level_pm25)
    return Sides(scenario, plain, base, changed, chosen)


def _settled(making: Making, plain: Making, more: float) -> Making:
    """Give a side the particles from beyond of the usual city: in the same weather the same in every hour."""
    scale = float(beyond_shape(making.sky).mean() / beyond_shape(plain.sky).mean())
    mean = plain.beyond + more
    if mean < 0.0:
        raise CallerError(
            "A level of {level} µg/m³ is below what the simulated city's own sources bring, {own:.1f} µg/m³. Ask "
            "for a higher one.",
            level=making.level_pm25,
            own=making.level_pm25 - mean,
        )
    settled = replace(making, beyond_given=mean * scale)
    for name in _PARTS:
        if name in making.__dict__:
            settled.__dict__[name] = making.__dict__[name]
    return settled


_PARTS = ("catalogue", "sky", "events", "boundary", "incidents", "works")
"""What is costly in a making and depends only on some of its fields."""


def _share(base: Making, changed: Making) -> None:
    """Hand over the parts that a scenario leaves as they are."""
    same = {"catalogue"} if changed.book == base.book else set()
    if changed.events_given == base.events_given and dict(changed.shift) == dict(base.shift):
        same |= {"sky", "events", "boundary"}
        if changed.book == base.book and changed.extra == base.extra:
            same |= {"incidents", "works"}
    for name in _PARTS:
        if name in same:
            changed.__dict__[name] = getattr(base, name)


def _drawn_outside(plain: Making) -> tuple[Event, ...]:
    """Return the drawn events that do not touch the stretch."""
    zone = plain.city.zone
    begin = datetime(plain.first.year, plain.first.month, plain.first.day, tzinfo=zone)
    end = datetime(plain.last.year, plain.last.month, plain.last.day, tzinfo=zone) + timedelta(days=1)
    return tuple(event for event in plain.events if event.last < begin or event.first >= end)


def _event(each: ForcedEvent, plain: Making) -> Event:
    first = each.first.replace(tzinfo=plain.city.zone)
    return Event(each.kind, first, first + (each.hours - 1) * _HOUR, each.strength)


def _incident(each: ForcedIncident, city: City) -> Incident:
    first = each.first.replace(tzinfo=city.zone)
    last = first + (each.hours - 1) * _HOUR
    return Incident("fraud", each.pattern, _subject(each, city), first, last, {"factor": each.factor})


def _subject(each: ForcedIncident, city: City) -> str:
    """Return the station that is interfered with: only a simulated one ever is."""
    open_to = [one.code for one in city.stations if one.simulated and one.level is not Level.MICRO]
    code = each.station or next(iter(open_to), "")
    if code not in open_to:
        raise CallerError(
            "{station} is no simulated station of {city}, and nothing that exists is ever given an invented "
            "fraud. Name one of: {known}.",
            station=code or "—",
            city=city.key,
            known=", ".join(open_to),
        )
    return code


def _book(scenario: Scenario, book: CityBook) -> CityBook:
    if not scenario.times:
        return book
    surfaces = tuple(
        row.model_copy(
            update={
                "emission": {key: value * scenario.times.get(row.key, 1.0) for key, value in row.emission.items()}
            }
        )
        for row in book.surfaces
    )
    return book.model_copy(update={"surfaces": surfaces})


def _check(scenario: Scenario, plain: Making) -> None:
    surfaces = {row.key for row in plain.book.surfaces}
    kinds = surfaces | {row.key for row in plain.book.kinds}
    for unknown, known in (
        (set(scenario.stopped) - kinds, kinds),
        (set(scenario.times) - surfaces, surfaces),
    ):
        if unknown:
            raise CallerError(
                "The simulated city has no sources of the kind {unknown}. It has: {known}.",
                unknown=", ".join(sorted(unknown)),
                known=", ".join(sorted(known)),
            )


def _stations(scenario: Scenario, city: City, codes: tuple[str, ...]) -> tuple[Station, ...]:
    known = {one.code: one for one in city.stations if one.level is not Level.MICRO}
    if unknown := [code for code in codes if code not in known]:
        raise CallerError(
            "{codes} is no station of {city}. stations.csv of the city lists them.",
            codes=", ".join(unknown),
            city=city.key,
        )
    wanted = tuple(one for one in known.values() if not codes or one.code in codes)
    national = tuple(one for one in wanted if one.level is Level.NATIONAL)
    return national if scenario.stations == "national" and not codes and national else wanted

"""What runs do with a simulated city that has sources: its past is brought in, then hours are lived through."""

import json
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from lantian.desk.language import mark
from lantian.terms.errors import CallerError

if TYPE_CHECKING:
    from lantian.assembly import House
    from lantian.city import City
    from lantian.twin.live import LiveReport
    from lantian.twin.making import Making
    from lantian.twin.speaking import Voice

FIRST, LAST = date(2025, 3, 1), date(2026, 4, 30)
"""The demonstration year: both editions of the law."""
SOURCE_DAYS = 14
"""So many days before the end of the past, stacks and meters have their hours as well. [d]"""
INVENTORY_YEAR = 2025
_AHEAD = timedelta(days=3)
"""How much air beyond the past is made at once, for the hours that are lived through. [d]"""
_DONE = Path("twin") / "history.json"
_SHARE = 0.86
"""Of the bar that the past takes, before the inventory. [1]"""

SPEED = 1_200.0
"""Of the hours that are lived through. [1]"""
_HOUR = timedelta(hours=1)

Progress = Callable[[float, str], None]


def has_sources(city: "City") -> bool:
    """Whether a city says what its simulated self is made of."""
    from lantian.twin.catalogue import read_book

    return read_book(city) is not None


def opening_of(city: "City", seed: int) -> datetime:
    """Return when the demonstration opens: midnight within the second episode of January 2026."""
    from lantian.twin.weather import list_events

    episodes = [
        event for event in list_events(city, 2026, seed) if event.kind == "episode" and event.first.month == 1
    ]
    inside = episodes[-1].first + timedelta(days=2)
    return inside.replace(hour=0, minute=0, second=0, microsecond=0)


def past_end(city: "City", seed: int, until: date | None) -> datetime:
    """Return the first hour that is not past: of the day after `until`, else the opening.

    Raises
    ------
    CallerError
        The day lies outside the demonstration year.
    """
    if until is None:
        return opening_of(city, seed)
    if not FIRST <= until <= LAST:
        raise CallerError(
            "{until} lies outside the demonstration year, {first} to {last}. Name a day within it.",
            until=until,
            first=FIRST,
            last=LAST,
        )
    return datetime(until.year, until.month, until.day, tzinfo=city.zone) + timedelta(days=1)


def making_of(house: "House", first: date, end: datetime, seed: int) -> "Making":
    """Return the simulated city of a workspace from a day to some days after `end`."""
    from lantian.rules.plume_records import PlumeRule
    from lantian.twin.catalogue import read_book
    from lantian.twin.making import Making

    book = read_book(house.city)
    if book is None:
        raise CallerError(
            "The city {city} has no twin.toml, so nothing is known of its sources. docs/twin.md shows one.",
            city=house.city.key,
        )
    last = min(house.lake.day_of(end + _AHEAD), LAST)
    rule = house.rulebook.edition(PlumeRule, "plume", first, house.choice)
    return Making(house.city, book, rule, first, last, seed)


def bring_past(house: "House", first: date, end: datetime, seed: int, progress: Progress) -> int:
    """Bring the past of the simulated city in, unless it is there; return the station hours that were new."""
    from lantian.twin.history import bring_history
    from lantian.twin.inventory import bring_inventory

    said = {"first": str(first), "end": end.isoformat(), "seed": seed, "city": house.city.key}
    done = house.folder / _DONE
    if done.exists() and _covers(done, said):
        return 0
    making = making_of(house, first, end, seed)
    sources_from = house.lake.day_of(end - timedelta(days=SOURCE_DAYS))
    brought = bring_history(
        house, making, end, sources_from=sources_from, progress=lambda share, what: progress(_SHARE * share, what)
    )
    progress(_SHARE, mark("the inventory of the counties"))
    bring_inventory(house, making, INVENTORY_YEAR)
    done.write_text(json.dumps(said), "utf-8")
    progress(1.0, "")
    return brought.written.get("ambient_hours", 0)


def live_on(
    house: "House",
    first: date,
    end: datetime,
    seed: int,
    hours: int,
    progress: Progress,
    *,
    speed: float = SPEED,
    on_hour: Callable[[Sequence[datetime]], None] = lambda _hours: None,
    stop: Callable[[], bool] = lambda: False,
) -> "LiveReport | None":
    """Let every logger speak to a gateway through the next hours; return what came of it, None without hours.

    A second call goes on where the last one stopped. A true `stop` ends it before its time.
    """
    if not hours:
        return None
    from lantian.gateway.process import GatewayProcess, ProcessSettings
    from lantian.twin.city_clock import CityClock
    from lantian.twin.live import STATE_FILE, LiveSettings, read_state, run_live

    state = read_state(house.folder / STATE_FILE)
    begin = end if state is None else max(end, state.next)
    until = min(begin + timedelta(hours=hours), past_end(house.city, seed, LAST))
    if until <= begin:
        return None
    start = begin if state is None else max(begin, state.clock)  # a clock never goes back
    progress(0.0, mark("the loggers wake"))
    voices = voices_between(house, first, end, seed, begin, until)
    total = (until - begin) / _HOUR

    def told(done: "Sequence[datetime]") -> None:
        progress(min(1.0, ((max(done) - begin) / _HOUR + 1) / total), mark("loggers speak to the gateway"))
        on_hour(done)

    with GatewayProcess(
        house.folder, lambda: CityClock.starting(start, speed), ProcessSettings(gaps_every=0)
    ) as door:
        clock = door.clock
        return run_live(
            voices,
            door,
            clock,
            LiveSettings(begin, until, state=house.folder / STATE_FILE),
            on_hour=told,
            stop=stop,
        )


def voices_between(
    house: "House", first: date, end: datetime, seed: int, begin: datetime, until: datetime
) -> "list[Voice]":
    """Return what every logger says in a stretch of hours."""
    from lantian.twin.keeping import air_of
    from lantian.twin.live import voices_of
    from lantian.twin.stations import station_hours

    making = making_of(house, first, end, seed)
    if house.lake.day_of(until) > making.last < LAST:  # beyond what was made with the past
        making = making_of(house, house.lake.day_of(begin), until, seed)
    air = air_of(making, house.folder)
    frames = station_hours(making.city.stations, air, making.sky, making.incidents, making.seed)
    return voices_of(making, frames, begin, until)


def _covers(path: Path, said: dict[str, object]) -> bool:
    """Whether the past that was brought in is the one that is wanted, or a longer one."""
    try:
        held = json.loads(path.read_text("utf-8"))
        same = (held["seed"], held["city"]) == (said["seed"], said["city"])
        return bool(same and held["first"] <= str(said["first"]) and held["end"] >= str(said["end"]))
    except (OSError, ValueError, KeyError, TypeError):
        return False

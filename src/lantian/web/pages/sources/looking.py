"""What the pages of this room share: tabs, words of states, what somebody may see, names of factors."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from lantian.ledger.people import Scope
from lantian.loop.sense.health import (
    HOURS,
    MICRO_HOURS,
    POWER,
    READINGS,
    WEATHER_HOURS,
    Health,
    State,
    list_health,
)
from lantian.loop.sense.standing import Condition, Outlet, list_outlets
from lantian.terms.pollutants import BASIC, NAMES
from lantian.terms.words import mark
from lantian.web.permissions import May
from lantian.web.visiting import Visit
from lantian.wire.hj212.factors import factor as factor_of

CONDITIONS: dict[Condition, str] = {
    Condition.SILENT: mark("silent"),
    Condition.LATE: mark("late"),
    Condition.OVER: mark("over the limit"),
    Condition.FAULT: mark("fault reported"),
    Condition.MAINTENANCE: mark("in maintenance"),
    Condition.STOPPED: mark("stopped"),
    Condition.RUNNING: mark("running"),
}
STATES: dict[State, tuple[str, str]] = {
    State.SILENT: ("silent", mark("silent")),
    State.STALE: ("silent", mark("nothing new")),
    State.LATE: ("late", mark("late")),
    State.DRIFTING: ("doubtful", mark("drifting")),
    State.WELL: ("running", mark("well")),
}
"""State of an instrument → icon of the style and word."""
KINDS: dict[str, str] = {
    "station": mark("stations"),
    "outlet": mark("outlets"),
    "micro": mark("micro-stations"),
    "weather": mark("weather"),
    "camera": mark("cameras"),
}
_TABS = (
    (mark("Instruments"), "/sources", May.READ_SOURCES),
    (mark("Outlets"), "/sources/outlets", May.READ_SOURCES),
    (mark("Findings"), "/sources/findings", May.READ_SOURCES),
    (mark("Frames"), "/sources/frames", May.READ_FRAMES),
)


def tabs_of(visit: Visit) -> list[tuple[str, str, bool]]:
    """List the pages of this room that a visitor may enter, as the tabs want them."""
    path = visit.request.url.path
    return [
        (visit.say(words), address, path == address or (address != "/sources" and path.startswith(address)))
        for words, address, may in _TABS
        if visit.may(may)
    ]


def health_of(visit: Visit) -> list[Health]:
    """Judge every instrument at the city's hour; kept until hours of the air come, or the next hour begins."""
    hour = visit.now.replace(minute=0, second=0, microsecond=0)
    return visit.keeper.keep(
        ("sources-health", hour), [HOURS], lambda: list_health(visit.house.centre(), at=visit.now)
    )


def silent_number(visit: Visit) -> str | None:
    """Count the instruments that are silent, for the rail of whoever sees the whole city."""
    if not visit.scope.is_city:
        return None
    silent = sum(row.state is State.SILENT for row in health_of(visit))
    return str(silent) if silent else None


def outlets_of(visit: Visit) -> list[Outlet]:
    """List the outlets that a visitor may see, as they stand now."""
    hour = visit.now.replace(minute=0, second=0, microsecond=0)
    return visit.keeper.keep(
        ("sources-outlets", visit.scope, hour),
        [READINGS, POWER, "ledger"],
        lambda: list_outlets(visit.house.centre(), visit.scope, at=visit.now),
    )


def seen_health(visit: Visit) -> list[Health]:
    """List the instruments that a visitor may see: those of the outer air all, outlets their own."""
    rows = health_of(visit)
    if visit.scope == Scope(None):
        return rows
    mine = {row.code for row in outlets_of(visit)}
    return [row for row in rows if row.kind != "outlet" or row.code in mine]


def versions(visit: Visit) -> Sequence[int]:
    """Versions of the tables that instruments write."""
    return visit.keeper.versions([HOURS, READINGS, MICRO_HOURS, WEATHER_HOURS, POWER])


def factor_name(visit: Visit, code: str) -> str:
    """Name a pollutant or a factor in the reader's language."""
    basic = next((one for one in BASIC if one.value == code), None)
    if basic is not None:
        return NAMES[basic].symbol
    known = factor_of(code)
    return code if known is None else visit.named(known.name_zh, known.name_en)


def county_name(visit: Visit, adcode: str | None) -> str:
    """Name a county in the reader's language; empty where there is none."""
    known = next((row for row in visit.house.city.counties if row.adcode == adcode), None)
    return "" if known is None else visit.named(known.name_zh, known.name_en)


def age_words(visit: Visit, hours: float | None) -> str:
    """Say how long ago something was."""
    if hours is None:
        return ""
    if hours < _DAY:
        return visit.say(mark("{n} h ago"), n=f"{hours:.0f}")
    return visit.say(mark("{n} d ago"), n=f"{hours / _DAY:.0f}")


def share(value: float | None) -> Any:
    """Write a share in per cent; None where it is not known."""
    return None if value is None or value != value else round(100 * value, 1)


def back(day: date, days: int) -> date:
    """Return the day that lies some days before another."""
    return day - timedelta(days=days)


_DAY = 24

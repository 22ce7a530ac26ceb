"""The rail at the left: the rooms of the loop in order, each with the one number that matters today."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lantian.terms.words import mark
from lantian.web.permissions import May

if TYPE_CHECKING:
    from lantian.web.visiting import Visit


@dataclass(frozen=True, slots=True)
class Place:
    """A room as the rail shows it."""

    key: str
    """Letter after ``g`` that leads there, and name of its icon."""
    address: str
    name: str
    """Message id."""
    may: May
    number: "Callable[[Visit], str | None]"
    """The one number that matters today; None where there is none."""


@dataclass(frozen=True, slots=True)
class RailItem:
    """A room as one visitor sees it."""

    key: str
    address: str
    name: str
    number: str | None
    is_here: bool


def _none(_visit: "Visit") -> str | None:
    return None


def _air(visit: "Visit") -> str | None:
    from lantian.web.pages.air.number import city_index

    return city_index(visit)


def _sources(visit: "Visit") -> str | None:
    from lantian.web.pages.sources.looking import silent_number

    return silent_number(visit)


def _plan(visit: "Visit") -> str | None:
    from lantian.web.pages.plan.number import overdue

    return overdue(visit)


PLACES: list[Place] = [
    Place("today", "/today", mark("Today"), May.READ_AIR, _none),
    Place("plan", "/plan", mark("Plan"), May.READ_PLAN, _plan),
    Place("sources", "/sources", mark("Sources"), May.READ_SOURCES, _sources),
    Place("air", "/air", mark("Air"), May.READ_AIR, _air),
    Place("inventory", "/inventory", mark("Inventory"), May.READ_INVENTORY, _none),
    Place("papers", "/papers", mark("Papers"), May.WRITE_PAPERS, _none),
    Place("system", "/system", mark("System"), May.READ_RULES, _none),
]


def rail_of(visit: "Visit") -> list[RailItem]:
    """List the rooms that a visitor may enter."""
    path = visit.request.url.path
    return [
        RailItem(
            place.key,
            place.address,
            visit.language.gettext(place.name),
            place.number(visit),
            path == place.address or path.startswith(place.address + "/"),
        )
        for place in PLACES
        if visit.account is not None and visit.may(place.may)
    ]

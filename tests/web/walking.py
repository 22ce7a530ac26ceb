"""Every route of the web as it stands, with addresses that lead somewhere."""

import re
from dataclasses import dataclass

from fastapi import FastAPI
from fastapi.routing import APIRoute, iter_route_contexts

from lantian.ledger.accounts import TokenScope
from lantian.web.guards import SAFE, Guard

PLACES = {
    "{code}": "140403",
    "{day}": "2026-01-10",
    "{when}": "2026-01-10",
    "{what}": "pm25",
    "{edition_id}": "gb3095-2012",
    "{login}": "t-duty",
    "/system/lake/{name}": "/system/lake/ambient_hours",
    "{by}": "county",
    "/language/{name}": "/language/en",
    "/theme/{name}": "/theme/dark",
}
"""Part of an address → what really stands there in the workspace of the tests."""
_NOWHERE = "none-such"


@dataclass(frozen=True, slots=True)
class Door:
    """One method of one route and the guards before it."""

    method: str
    path: str
    guards: tuple[Guard, ...]

    @property
    def guard(self) -> Guard:
        (only,) = self.guards
        return only

    @property
    def address(self) -> str:
        """The path with its places filled; what is not known leads to nothing that is there."""
        held = self.path
        for place, found in PLACES.items():
            held = held.replace(place, found)
        return re.sub(r"\{[^}]*\}", _NOWHERE, held)

    @property
    def is_safe(self) -> bool:
        return self.method in SAFE

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


def doors_of(app: FastAPI) -> list[Door]:
    """List every method of every route of the application."""
    found = []
    for route in iter_route_contexts(app.routes):
        if isinstance(route.original_route, APIRoute):
            guards = tuple(each.call for each in route.dependant.dependencies if isinstance(each.call, Guard))
            found += [Door(method, str(route.path), guards) for method in sorted(route.methods or ())]
    return found


SCOPES = tuple(scope.value for scope in TokenScope)

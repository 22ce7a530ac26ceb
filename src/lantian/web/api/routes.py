"""Every route of the interface, its OpenAPI 3.1 and a page that shows it to people."""

from functools import cache
from typing import Annotated, Any

from fastapi import APIRouter
from fastapi.openapi.utils import get_openapi
from starlette.responses import JSONResponse, Response

import lantian
from lantian.terms.words import mark
from lantian.web.api import air, law, plan, sources, system
from lantian.web.api.describing import ERROR
from lantian.web.doorkeeper import COOKIE
from lantian.web.guards import visit
from lantian.web.permissions import May
from lantian.web.visiting import Visit

PREFIX = "/api/v1"
_PARTS = (air.router, law.router, plan.router, sources.router, system.router)
router = APIRouter(prefix=PREFIX)
for _part in _PARTS:
    router.include_router(_part)
Anybody = Annotated[Visit, visit(May.NOTHING)]
_ABOUT = (
    "What the pages of a city show, as rows with types and units. Instants are ISO 8601 with their zone and name "
    "the start of their averaging time; days are legal days of the city. A missing value is null, never 0. Lists "
    "are read page by page: send `next` back as `cursor`. Every answer has an ETag. Every error has one shape."
)


@cache
def described() -> dict[str, Any]:
    """Describe the interface by OpenAPI 3.1."""
    found = get_openapi(
        title="Lantian 蓝天",
        version=lantian.__version__,
        openapi_version="3.1.0",
        description=_ABOUT,
        routes=[route for route in router.routes if getattr(route, "include_in_schema", True)],
    )
    parts = found.setdefault("components", {})
    parts["schemas"] = {"Error": ERROR}
    parts["securitySchemes"] = {
        "token": {"type": "http", "scheme": "bearer", "description": "Token of a program, with scopes."},
        "session": {"type": "apiKey", "in": "cookie", "name": COOKIE, "description": "Session of a browser."},
    }
    return found


@router.get("/openapi.json", include_in_schema=False)
def openapi(_visit: Anybody) -> Response:
    """Give the description of the interface."""
    return JSONResponse(described(), headers={"Cache-Control": "no-cache"})


@router.get("", include_in_schema=False)
def reference(visit: Anybody) -> Response:
    """Show the description to people."""
    lists = [
        {"path": path, "group": held["get"]["tags"][0], "columns": _columns(held["get"]), **held["get"]}
        for path, held in described()["paths"].items()
    ]
    return visit.page(
        "api/reference.html", title=visit.say(mark("What can programs ask for?")), lists=lists, about=_ABOUT
    )


def _columns(operation: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    page = operation["responses"]["200"]["content"]["application/json"]["schema"].get("properties", {})
    rows = page.get("data", {}).get("items", {}).get("properties", {})
    return list(rows.items())

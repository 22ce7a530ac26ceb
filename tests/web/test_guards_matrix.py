"""Every route against every role, nobody, and tokens of every scope: only who holds the permission is let in."""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute, iter_route_contexts
from httpx2 import Response
from starlette.routing import Mount
from starlette.testclient import TestClient
from tests.web.conftest import PEOPLE, client_of
from tests.web.walking import SCOPES, Door, doors_of

from lantian.assembly import open_workspace
from lantian.ledger import accounts
from lantian.ledger.chain import head_number
from lantian.ledger.people import Role
from lantian.ledger.users import give_role, make_user
from lantian.web.app import make_app
from lantian.web.permissions import HOLDERS, May
from lantian.web.rooms import ROUTERS

_ELSEWHERE = {"Origin": "https://elsewhere.example"}
"""A form of another site: whoever holds the permission is refused for it, so that nothing is ever written."""
_OF_THE_CITY = [role for role in Role if role not in {Role.COUNTY, Role.DEPARTMENT, Role.ENTERPRISE}]


def _doors() -> list[Door]:
    bare = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    for router in ROUTERS:
        bare.include_router(router)
    return doors_of(bare)


DOORS = _doors()
GUARDED = [door for door in DOORS if door.guard.may is not May.NOTHING]
PUBLIC = {
    "GET /",
    "GET /login",
    "POST /login",
    "GET /first",
    "POST /first",
    "GET /health",
    "GET /language/{name}",
    "GET /theme/{name}",
    "GET /login/outside",
    "GET /login/outside/back",
    "GET /api/v1",
    "GET /api/v1/openapi.json",
}
"""All that somebody meets who is not logged in; a route that joins them is written here by hand."""


@pytest.fixture(scope="module")
def app(web_workspace: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FastAPI]:
    folder = shutil.copytree(web_workspace, tmp_path_factory.mktemp("matrix") / "w")
    made = make_app(open_workspace(folder))
    yield made
    made.state.keeper.close()


@pytest.fixture(scope="module")
def browsers(app: FastAPI) -> dict[Role, TestClient]:
    """A browser of every role."""
    return {role: client_of(app, login) for login, (role, _) in PEOPLE.items() if login != "t-other-county"}


@pytest.fixture(scope="module")
def programs(app: FastAPI) -> dict[str, TestClient]:
    """A program with a token of one scope, for every scope; its owner holds every role of the city."""
    ledger, now = app.state.keeper.house.ledger, datetime.now(UTC)
    make_user(ledger, "t-every", "every", Role.ADMIN, by="admin", at=now)
    for role in _OF_THE_CITY:
        if role is not Role.ADMIN:
            give_role(ledger, "t-every", role, by="admin", at=now)
    made = {}
    for scope in SCOPES:
        lasts = timedelta(days=1)
        text, _ = accounts.make_token(ledger, "t-every", scope, [scope], by="t-every", at=now, lasts=lasts)
        made[scope] = client_of(app, None)
        made[scope].headers["Authorization"] = f"Bearer {text}"
    return made


def ask(browser: TestClient, door: Door) -> Response:
    """Knock at a door; what would write carries the mark of another site."""
    if door.is_safe:
        return browser.request(door.method, door.address)
    return browser.request(door.method, door.address, headers=_ELSEWHERE)


def is_let_in(answer: Response, door: Door) -> bool:
    """Whether the guard has found the permission; a fault of the house is nobody's right."""
    assert answer.status_code < 500 or door.path == "/health", f"{door}: {answer.status_code}"
    if answer.status_code == 401 or answer.headers.get("location", "").startswith("/login?"):
        return False
    if answer.status_code != 403:
        assert door.is_safe, f"{door} took a form of another site"
        return True
    return not any(words in answer.text for words in ("needs one of the roles", "lacks the scope"))


def test_every_route_has_one_guard_and_nothing_stands_beside_the_routes(app: FastAPI) -> None:
    assert len(DOORS) > 50
    assert [str(door) for door in doors_of(app)] == [str(door) for door in DOORS]
    assert [str(door) for door in DOORS if len(door.guards) != 1] == []
    others = [route for route in iter_route_contexts(app.routes) if not isinstance(route.original_route, APIRoute)]
    assert [(type(each.original_route), each.path) for each in others] == [(Mount, "/static")]


def test_only_these_are_for_everybody() -> None:
    assert {str(door) for door in DOORS if door.guard.may is May.NOTHING} <= PUBLIC


def test_every_permission_is_held_by_somebody_and_the_public_reads_nothing_inside() -> None:
    assert set(HOLDERS) == set(May)
    assert all(HOLDERS.values())
    assert {may for may, roles in HOLDERS.items() if Role.PUBLIC in roles} == {May.NOTHING, May.BE_HERE}


def test_who_only_looks_changes_nothing() -> None:
    for door in GUARDED:
        if not door.is_safe and door.guard.may is not May.BE_HERE:
            assert not door.guard.may.value.startswith("read_"), f"{door} writes with a permission to read"
            assert Role.AUDITOR not in HOLDERS[door.guard.may], str(door)


@pytest.mark.parametrize("door", DOORS, ids=str)
def test_roles_are_let_in_where_they_hold_the_permission(
    app: FastAPI, browsers: dict[Role, TestClient], door: Door
) -> None:
    before = head_number(app.state.keeper.house.ledger)
    let_in = {role for role, browser in browsers.items() if is_let_in(ask(browser, door), door)}
    assert let_in == HOLDERS[door.guard.may] & set(browsers)
    assert head_number(app.state.keeper.house.ledger) == before


@pytest.mark.parametrize("door", GUARDED, ids=str)
def test_nobody_is_led_to_the_login(app: FastAPI, door: Door) -> None:
    stranger = client_of(app, None)
    answer = stranger.request(door.method, door.address)
    if door.path.startswith("/api/"):
        assert answer.status_code == 401
    else:
        assert (answer.status_code, answer.headers["location"].partition("?")[0]) == (303, "/login")
    partial = stranger.request(door.method, door.address, headers={"HX-Request": "true"})
    assert partial.status_code == 401


@pytest.mark.parametrize("door", GUARDED, ids=str)
def test_tokens_open_what_names_their_scope_only(programs: dict[str, TestClient], door: Door) -> None:
    opened = {scope for scope, program in programs.items() if is_let_in(ask(program, door), door)}
    held = HOLDERS[door.guard.may] & set(_OF_THE_CITY)
    assert opened == ({door.guard.scope} - {None} if held else set())


def test_a_token_that_is_none_is_nobody(app: FastAPI) -> None:
    program = client_of(app, None)
    program.headers["Authorization"] = "Bearer lt_" + "A" * 43
    assert program.get("/today").headers["location"].startswith("/login")

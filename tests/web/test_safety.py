"""What an attacker would try: forged forms, markup, other folders, bodies too long, floods, sessions, logs."""

import logging
import re
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

import pytest
import structlog
from fastapi import FastAPI
from starlette.testclient import TestClient
from tests.web.conftest import PASSWORD, PEOPLE, client_of
from tests.web.walking import Door, doors_of

from lantian.assembly import open_workspace
from lantian.ledger.accounts import RULES, csrf_of
from lantian.ledger.chain import head_number
from lantian.ledger.people import Body, BodyKind, Role
from lantian.ledger.users import make_body, make_user
from lantian.web.app import WebOptions, make_app
from lantian.web.doorkeeper import COOKIE, DoorLimits
from lantian.web.permissions import HOLDERS, May

MARKUP = "<script>alert('x')</script><img src=x onerror=alert(1)>"
SAFE_HEADERS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
_LIMITS = DoorLimits(body_bytes=200_000)


@pytest.fixture(scope="module")
def app(web_workspace: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FastAPI]:
    """The application over a copy in which names are full of markup."""
    house = open_workspace(shutil.copytree(web_workspace, tmp_path_factory.mktemp("safety") / "w"))
    now = datetime.now(UTC)
    make_body(house.ledger, Body("evil", BodyKind.DEPARTMENT, MARKUP, name_en=MARKUP), by="admin", at=now)
    make_user(house.ledger, "evil", MARKUP, Role.DEPARTMENT, "evil", by="admin", at=now)
    made = make_app(house, WebOptions(limits=_LIMITS))
    yield made
    made.state.keeper.close()


@pytest.fixture(scope="module")
def browsers(app: FastAPI) -> dict[Role, TestClient]:
    return {role: client_of(app, login) for login, (role, _) in PEOPLE.items()}


def holder(browsers: dict[Role, TestClient], door: Door) -> TestClient:
    """A browser of somebody who may pass a door."""
    order = (Role.ADMIN, Role.CITY_OFFICE, Role.MONITORING, *Role)
    return browsers[next(role for role in order if role in HOLDERS[door.guard.may] and role in browsers)]


def doors(app: FastAPI, *, safe: bool) -> list[Door]:
    return [door for door in doors_of(app) if door.is_safe is safe]


# ---------------------------------------------------------------------------------------------- forms


def test_no_route_that_writes_takes_a_form_without_the_sessions_token(
    app: FastAPI, browsers: dict[Role, TestClient]
) -> None:
    ledger = app.state.keeper.house.ledger
    before = head_number(ledger)
    others = csrf_of("the secret of another session")
    writing = [door for door in doors(app, safe=False) if door.guard.may is not May.NOTHING]
    assert len(writing) > 10
    for door in writing:
        browser = holder(browsers, door)
        for wrong in (b"", others.encode(), b"\xff"):
            answer = browser.request(door.method, door.address, headers={b"X-CSRF-Token": wrong})
            assert answer.status_code == 403, f"{door} {wrong!r}"
        kept = browser.headers.pop("X-CSRF-Token")
        answers = [
            browser.request(door.method, door.address),
            browser.request(door.method, door.address, data={"csrf": others}),
            browser.request(door.method, door.address, json={"csrf": kept}),
        ]
        browser.headers["X-CSRF-Token"] = kept
        assert [answer.status_code for answer in answers] == [403, 403, 403], str(door)
    assert head_number(ledger) == before


def test_no_route_that_reads_writes_a_decision(app: FastAPI, browsers: dict[Role, TestClient]) -> None:
    ledger = app.state.keeper.house.ledger
    before = head_number(ledger)
    for door in doors(app, safe=True):
        holder(browsers, door).request(door.method, door.address)
    assert head_number(ledger) == before


# ---------------------------------------------------------------------------------------------- markup


def test_markup_in_names_is_written_as_text(browsers: dict[Role, TestClient]) -> None:
    page = browsers[Role.ADMIN].get("/system/people").text
    assert "&lt;script&gt;alert" in page
    assert_no_markup(page)
    assert_no_markup(browsers[Role.ADMIN].get("/system/people/evil").text)
    assert_no_markup(browsers[Role.AUDITOR].get("/system/audit?days=36500").text)


def test_markup_in_addresses_is_written_as_text(app: FastAPI, browsers: dict[Role, TestClient]) -> None:
    names = (
        "day",
        "on",
        "beside",
        "kind",
        "sort",
        "export",
        "all",
        "subject",
        "place",
        "code",
        "next",
        "back",
        "q",
    )
    query = "&".join(f"{name}={quote(MARKUP)}" for name in names)
    for door in doors(app, safe=True):
        browser = holder(browsers, door)
        parts = [quote(MARKUP, safe="") if part.startswith("{") else part for part in door.path.split("/")]
        for address in (f"{door.address}?{query}", "/".join(parts)):
            answer = browser.get(address)
            if answer.headers.get("content-type", "").startswith("text/html"):
                assert_no_markup(answer.text)
            assert "alert(" not in str(answer.headers)


def assert_no_markup(page: str) -> None:
    assert "<script>alert" not in page
    assert "<img src=x" not in page


# ---------------------------------------------------------------------------------------------- headers


def test_every_answer_has_the_safe_headers(app: FastAPI, browsers: dict[Role, TestClient]) -> None:
    stranger = client_of(app, None)
    answers = [holder(browsers, door).get(door.address) for door in doors(app, safe=True)]
    answers += [
        stranger.get("/today"),
        stranger.get("/no/such/page"),
        stranger.request("TRACE", "/login"),
        stranger.post("/login", data={}),
        stranger.get("/static/lantian.css"),
        stranger.get("/static/none.css"),
        stranger.post("/login", content=b"x" * 70_000),
        browsers[Role.ADMIN].get("/system/people?export=people.csv"),
    ]
    for answer in answers:
        assert {name: answer.headers.get(name) for name in SAFE_HEADERS} == SAFE_HEADERS, str(answer.url)
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "script-src 'self';" in policy
        assert "unsafe-eval" not in policy
        assert re.findall(r"(\S+) 'unsafe-inline'", policy) == ["style-src-attr"]
        assert "frame-ancestors 'none'" in policy
        assert "server" not in answer.headers


def test_what_is_somebodys_is_kept_by_no_proxy(app: FastAPI, browsers: dict[Role, TestClient]) -> None:
    for door in doors(app, safe=True):
        if door.guard.may is not May.NOTHING:
            answer = holder(browsers, door).get(door.address)
            if answer.status_code == 200:
                assert "private" in answer.headers.get("cache-control", ""), str(door)


def test_https_is_kept_once_it_was_used(app: FastAPI) -> None:
    browser = TestClient(app, base_url="https://testserver", follow_redirects=False)
    answer = browser.post("/login", data={"login": "t-duty", "password": PASSWORD})
    assert "max-age=31536000" in answer.headers["strict-transport-security"]
    line = next(each for each in answer.headers.get_list("set-cookie") if each.startswith(f"{COOKIE}="))
    assert {"Secure", "HttpOnly", "SameSite=lax", "Path=/"} <= set(line.split("; "))


@pytest.mark.parametrize(
    "back", ["/x\r\nSet-Cookie: a=b", "//evil.example", "/\\evil.example", "https://evil.example"]
)
def test_no_address_leads_elsewhere_or_writes_headers(app: FastAPI, back: str) -> None:
    for page in ("/language/en", "/theme/dark"):
        answer = client_of(app, "t-duty").get(f"{page}?back={quote(back, safe='')}")
        assert answer.headers["location"] == "/"
        assert not [line for line in answer.headers.get_list("set-cookie") if line.startswith("a=")]


# ---------------------------------------------------------------------------------------------- sessions


def test_a_session_that_was_planted_is_never_taken_over(app: FastAPI) -> None:
    planted = client_of(app, "t-public").cookies[COOKIE]
    browser = client_of(app, None)
    browser.cookies.set(COOKIE, planted)
    form = {"login": "t-duty", "password": PASSWORD, "csrf": csrf_of(planted)}
    answer = browser.post("/login", data=form)
    assert answer.status_code == 303
    assert f"{COOKIE}={planted}" not in str(answer.headers)
    old = client_of(app, None)
    old.cookies.set(COOKIE, planted)
    assert old.get("/account").status_code == 303, "the planted session is over"


def test_who_fails_again_and_again_waits_even_with_the_right_word(app: FastAPI) -> None:
    browser = client_of(app, None)
    for _ in range(RULES.login_waits.free + 1):
        browser.post("/login", data={"login": "t-science", "password": "not the word at all"})
    answer = browser.post("/login", data={"login": "t-science", "password": PASSWORD})
    assert answer.status_code == 429
    assert COOKIE not in browser.cookies


# ---------------------------------------------------------------------------------------------- files and bodies


@pytest.mark.parametrize(
    "path",
    [
        "/static/../ledger.db",
        "/static/%2e%2e/%2e%2e/pyproject.toml",
        "/static/..%2f..%2fapp.py",
        "/static/vendor/..%2f..%2fapp.py",
        "/static//etc/passwd",
        "/static/%2fetc%2fpasswd",
        "/system/lake/..%2f..%2fledger.db",
        "/system/rules/..%2f..%2fsecrets",
        "/air/places/..%2f..%2fsecrets",
    ],
)
def test_no_address_leads_out_of_its_folder(app: FastAPI, path: str) -> None:
    answer = client_of(app, "t-admin").get(path)
    assert answer.status_code == 404
    assert "root:" not in answer.text
    assert "SQLite" not in answer.text


@pytest.mark.parametrize("name", ["../../secrets", "people.docx", "people", "..%2fpeople.csv"])
def test_an_export_of_no_such_name_is_the_page(browsers: dict[Role, TestClient], name: str) -> None:
    answer = browsers[Role.ADMIN].get(f"/system/people?export={name}")
    assert answer.headers["content-type"].startswith("text/html")
    assert "content-disposition" not in answer.headers


@pytest.mark.parametrize(
    ("who", "size"),
    [(None, DoorLimits().stranger_bytes), ("t-admin", _LIMITS.body_bytes)],
    ids=["nobody", "somebody"],
)
def test_a_body_too_long_is_not_read_whether_it_says_so_or_not(app: FastAPI, who: str | None, size: int) -> None:
    browser = client_of(app, who)
    assert browser.post("/login", content=b"x" * (size + 1)).status_code == 413
    parts = (b"x" * 10_000 for _ in range(size // 10_000 + 2))
    headers = {"content-type": "application/x-www-form-urlencoded"}
    assert browser.post("/login", content=parts, headers=headers).status_code == 413
    assert browser.post("/login", content=b"x", headers={"content-length": "-1"}).status_code == 413


def test_a_flood_is_turned_away(web_workspace: Path) -> None:
    flooded = make_app(open_workspace(web_workspace), WebOptions(limits=DoorLimits(requests_per_minute=5)))
    try:
        browser = TestClient(flooded)
        answers = [browser.get("/login") for _ in range(7)]
    finally:
        flooded.state.keeper.close()
    assert [answer.status_code for answer in answers] == [200] * 5 + [429] * 2
    assert answers[-1].headers["retry-after"] == "60"
    assert answers[-1].headers["x-frame-options"] == "DENY"


# ---------------------------------------------------------------------------------------------- logs


@pytest.fixture
def all_is_logged() -> Iterator[None]:
    """Lines of every weight, as a server under way writes them."""
    before = structlog.get_config()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.DEBUG))
    yield
    structlog.configure(**before)


@pytest.mark.usefixtures("all_is_logged")
def test_nothing_secret_is_logged(app: FastAPI) -> None:
    with structlog.testing.capture_logs() as lines:
        browser = client_of(app, None)
        browser.post("/login", data={"login": "t-auditor", "password": PASSWORD})
        secret = browser.cookies[COOKIE]
        browser.headers["X-CSRF-Token"] = csrf_of(secret)
        form = {"name": "notebook", "days": "30", "scopes": ["read:air"]}
        token = re.search(r"lt_[A-Za-z0-9_-]{43}", browser.post("/account/tokens", data=form).text)
        assert token is not None
        program = client_of(app, None)
        program.headers["Authorization"] = f"Bearer {token.group()}"
        program.get(f"/today?token={token.group()}")
        browser.post("/account/password", data={"old": PASSWORD, "new": "short"})
        browser.get("/no/such/page?code=4711-secret")
    said = str(lines)
    assert len(lines) >= 5
    assert [
        each for each in (PASSWORD, secret, csrf_of(secret), token.group(), "4711-secret") if each in said
    ] == []

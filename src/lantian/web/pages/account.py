"""Logging in and out, the first administrator, one's own account."""

from datetime import timedelta
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Form
from starlette.responses import RedirectResponse, Response

from lantian.desk.language import error_text
from lantian.ledger import accounts
from lantian.terms.errors import CallerError
from lantian.terms.words import mark
from lantian.web.doorkeeper import COOKIE
from lantian.web.faults import NotFound
from lantian.web.guards import visit
from lantian.web.permissions import May
from lantian.web.tables import TIME, Cell, DataTable, TableColumn
from lantian.web.visiting import Visit

router = APIRouter()
HOME = "/today"
_TEXT = Form(max_length=300)

Everybody = Annotated[Visit, visit(May.NOTHING)]
Somebody = Annotated[Visit, visit(May.BE_HERE)]


def own_address(address: str) -> str:
    """Return an address within these pages, the first page for any other.

    Examples
    --------
    >>> own_address("/air?day=2026-01-01"), own_address("//elsewhere.example"), own_address("https://a.example/")
    ('/air?day=2026-01-01', '/', '/')
    """
    parts = urlsplit(address)
    inside = not parts.scheme and not parts.netloc and address.startswith("/") and address[1:2] not in {"/", "\\"}
    return address if inside and address.isprintable() else "/"


@router.get("/")
def first_page(visit: Everybody) -> Response:
    """Lead to the first page, or to the making of the first administrator."""
    if visit.account is None and accounts.needs_first_administrator(visit.house.ledger):
        return RedirectResponse("/first", 303)
    return RedirectResponse(HOME if visit.account is not None else "/login", 303)


@router.get("/login")
def log_in_page(visit: Everybody, next: str = HOME) -> Response:  # noqa: A002 # the word of the trade
    """Show the form to log in."""
    if visit.account is None and accounts.needs_first_administrator(visit.house.ledger):
        return RedirectResponse("/first", 303)
    return _login_page(visit, own_address(next))


@router.post("/login")
def log_in(
    visit: Everybody,
    login: Annotated[str, _TEXT],
    password: Annotated[str, _TEXT],
    next: Annotated[str, _TEXT] = HOME,  # noqa: A002
) -> Response:
    """Log in by password."""
    request, house = visit.request, visit.house
    address = request.client.host if request.client else "unknown"
    agent = request.headers.get("user-agent", "")
    try:
        held = accounts.log_in(house.ledger, login, password, address=address, agent=agent, at=house.now())
    except accounts.Refused as error:
        status = 401 if error.retry_after is None else 429
        return _login_page(visit, own_address(next), login, error_text(error, visit.language), status)
    if visit.secret is not None:  # a session that was there before ends: none is ever taken over
        accounts.log_out(house.ledger, visit.secret, at=house.now())
    return with_session(visit, RedirectResponse(own_address(next), 303), held)


def _login_page(visit: Visit, then: str, login: str = "", fault: str | None = None, status: int = 200) -> Response:
    return visit.page(
        "account/login.html",
        title=visit.say(mark("Log in")),
        status=status,
        next=then,
        login=login,
        fault=fault,
        has_service=visit.house.settings.oidc_issuer is not None,
    )


def with_session(visit: Visit, answer: Response, held: accounts.LoggedIn) -> Response:
    """Give the browser its new session."""
    secure = visit.request.url.scheme == "https"
    answer.set_cookie(
        COOKIE, held.secret, expires=held.expires_at, httponly=True, samesite="lax", secure=secure, path="/"
    )
    return answer


@router.post("/logout")
def log_out(visit: Somebody) -> Response:
    """End this session."""
    if visit.secret is not None:
        accounts.log_out(visit.house.ledger, visit.secret, at=visit.house.now())
    answer = RedirectResponse("/login", 303)
    answer.delete_cookie(COOKIE)
    return answer


@router.get("/first")
def first_administrator_page(visit: Everybody) -> Response:
    """Show the form for the first administrator."""
    _check_first(visit)
    title = visit.say(mark("Who looks after this system?"))
    return visit.page("account/first.html", title=title, fault=None, login="", name="")


@router.post("/first")
def make_first_administrator(
    visit: Everybody,
    code: Annotated[str, _TEXT],
    login: Annotated[str, _TEXT],
    name: Annotated[str, _TEXT],
    password: Annotated[str, _TEXT],
) -> Response:
    """Make the first administrator with the one-time code that the terminal shows."""
    _check_first(visit)
    house = visit.house
    try:
        accounts.make_first_administrator_by_code(house.ledger, code, login, name, password, at=house.now())
    except CallerError as error:
        title = visit.say(mark("Who looks after this system?"))
        said = error_text(error, visit.language)
        return visit.page("account/first.html", title=title, status=400, fault=said, login=login, name=name)
    return visit.back("/login", visit.say(mark("The account is made. Log in with it.")))


def _check_first(visit: Visit) -> None:
    if not accounts.needs_first_administrator(visit.house.ledger):
        raise NotFound("There is an administrator already. Log in, or ask them for an account.")


# ---------------------------------------------------------------------------------------------- one's own


@router.get("/account")
def own_account(visit: Somebody) -> Response:
    """Show who one is here, which sessions are open, which tokens stand."""
    return _own_page(visit)


def _own_page(visit: Visit, fresh: str | None = None) -> Response:
    account = _mine(visit)
    rows = accounts.list_sessions(visit.house.ledger, account.user_id, at=visit.house.now())
    zone = visit.house.city.zone
    columns = [
        TableColumn("agent", visit.say(mark("Browser"))),
        TableColumn("begun", visit.say(mark("Logged in")), kind=TIME),
        TableColumn("seen", visit.say(mark("Last seen")), kind=TIME),
    ]
    table = DataTable(
        "sessions",
        visit.say(mark("Where am I logged in?")),
        columns,
        [[Cell(row.agent), row.begun_at.astimezone(zone), row.seen_at.astimezone(zone)] for row in rows],
        ids=[row.id for row in rows],
    )
    tokens = accounts.list_tokens(visit.house.ledger, account.login)
    title = visit.say(mark("My account"))
    return visit.page(
        "account/own.html",
        title=title,
        tables=[table],
        account=account,
        tokens=tokens,
        zone=zone,
        scopes=[scope.value for scope in accounts.TokenScope],
        fresh=fresh,
    )


@router.post("/account/tokens")
def make_token(
    visit: Somebody,
    name: Annotated[str, _TEXT],
    days: Annotated[int, Form(ge=1, le=3_660)],
    scopes: Annotated[list[str], Form()],
) -> Response:
    """Make a token for a program of one's own; its text is shown once."""
    account, at = _mine(visit), visit.house.now()
    text, _ = accounts.make_token(
        visit.house.ledger, account.login, name, scopes, by=account.login, at=at, lasts=timedelta(days=days)
    )
    return _own_page(visit, fresh=text)


@router.post("/account/tokens/{token_id}/revoke")
def revoke_token(visit: Somebody, token_id: str) -> Response:
    """Let a token of one's own be good for nothing more."""
    account, house = _mine(visit), visit.house
    accounts.revoke_token(house.ledger, token_id, by=account.login, at=house.now())
    return visit.back("/account", visit.say(mark("The token is revoked.")))


@router.post("/account/password")
def change_password(visit: Somebody, old: Annotated[str, _TEXT], new: Annotated[str, _TEXT]) -> Response:
    """Change one's own password; other sessions end."""
    account = _mine(visit)
    accounts.change_password(visit.house.ledger, account.user_id, old, new, at=visit.house.now())
    answer = visit.back("/login", visit.say(mark("The password is changed. Log in with the new one.")))
    answer.delete_cookie(COOKIE)
    return answer


@router.post("/account/sessions/{session_id}/end")
def end_session(visit: Somebody, session_id: str) -> Response:
    """End one of one's own sessions."""
    accounts.end_session(visit.house.ledger, _mine(visit).user_id, session_id, at=visit.house.now())
    return visit.back("/account", visit.say(mark("The session is ended.")))


def _mine(visit: Visit) -> accounts.Account:
    if visit.account is None:
        raise NotFound("There is no account here.")
    return visit.account

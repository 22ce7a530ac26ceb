"""People: who may act, in which role, for which body; an administrator decides."""

from typing import Annotated

from fastapi import APIRouter, Form
from starlette.responses import Response

from lantian.ledger import accounts
from lantian.ledger.people import Role
from lantian.ledger.users import end_user, give_role, list_bodies, list_users, make_user, take_role
from lantian.terms.words import mark
from lantian.web.guards import visit
from lantian.web.pages.system.parts import tabs_of
from lantian.web.permissions import May
from lantian.web.tables import MARK, TIME, Cell, DataTable, Row, TableColumn
from lantian.web.visiting import Visit

router = APIRouter(prefix="/system/people")
HERE = "/system/people"

Administrator = Annotated[Visit, visit(May.MANAGE_USERS)]
_TEXT = Form(max_length=200)


@router.get("")
def people(visit: Administrator, closed: bool = False) -> Response:
    """List who may act here."""
    return _page(visit, closed=closed)


def _page(visit: Visit, *, closed: bool = False, fresh: tuple[str, str] | None = None) -> Response:
    ledger = visit.house.ledger
    title = visit.say(mark("Who may act here?"))
    cards = list_users(ledger, closed=closed)
    columns = [
        TableColumn("login", visit.say(mark("Login"))),
        TableColumn("name", visit.say(mark("Name"))),
        TableColumn("roles", visit.say(mark("Roles"))),
        TableColumn("since", visit.say(mark("Since")), kind=TIME),
        TableColumn("state", visit.say(mark("State")), kind=MARK),
    ]
    zone = visit.house.city.zone
    rows: list[Row] = [
        [
            card.login,
            Cell(card.name, note="" if card.name else visit.say(mark("forgotten on request"))),
            Cell(", ".join(card.roles), text=", ".join(_role_text(visit, role) for role in card.roles)),
            card.made_at.astimezone(zone),
            Cell("closed", state="closed") if card.closed_at else Cell("open", state="on_track", text="✓"),
        ]
        for card in cards
    ]
    table = DataTable(
        "people", title, columns, rows, visit.how_made(title, tables=["users"]),
        links=[f"{HERE}/{card.login}" for card in cards],
    )  # fmt: skip
    bodies = [(body.id, visit.named(body.name_zh, body.name_en)) for body in list_bodies(ledger)]
    return visit.page(
        "system/people.html", title=title, tabs=tabs_of(visit), tables=[table], bodies=bodies, closed=closed,
        roles=[(role.value, visit.say(role.value)) for role in Role], fresh=fresh,
    )  # fmt: skip


def _role_text(visit: Visit, role: str) -> str:
    name, _, body = role.partition(":")
    return visit.say(name) + (f" ({body})" if body else "")


@router.post("")
def add(
    visit: Administrator,
    login: Annotated[str, _TEXT],
    name: Annotated[str, _TEXT],
    role: Annotated[Role, Form()],
    body: Annotated[str, _TEXT] = "",
) -> Response:
    """Add somebody with a random password, which is shown once."""
    house = visit.house
    make_user(house.ledger, login, name, role, body or None, by=visit.login, at=house.now())
    return _with_password(visit, login.strip())


@router.get("/{login}")
def person(visit: Administrator, login: str) -> Response:
    """Show one user with what can be decided about them."""
    return _person(visit, login)


def _person(visit: Visit, login: str) -> Response:
    from lantian.web.faults import NotFound

    ledger = visit.house.ledger
    card = next((each for each in list_users(ledger, closed=True) if each.login == login), None)
    if card is None:
        raise NotFound("There is no user {login}. The list shows who there is.", login=login)
    bodies = [(body.id, visit.named(body.name_zh, body.name_en)) for body in list_bodies(ledger)]
    return visit.page(
        "system/person.html", title=card.login, tabs=tabs_of(visit), card=card, bodies=bodies,
        held=[(role, _role_text(visit, role)) for role in card.roles],
        roles=[(role.value, visit.say(role.value)) for role in Role],
        tokens=accounts.list_tokens(ledger, login),
    )  # fmt: skip


@router.post("/{login}/password")
def new_password(visit: Administrator, login: str) -> Response:
    """Give somebody a new random password, which is shown once; their sessions end."""
    return _with_password(visit, login)


def _with_password(visit: Visit, login: str) -> Response:
    house, password = visit.house, accounts.random_password()
    accounts.set_password(house.ledger, login, password, by=visit.login, at=house.now())
    return _page(visit, fresh=(login, password))


@router.post("/{login}/roles")
def grant(
    visit: Administrator, login: str, role: Annotated[Role, Form()], body: Annotated[str, _TEXT] = ""
) -> Response:
    """Give somebody another role."""
    house = visit.house
    give_role(house.ledger, login, role, body or None, by=visit.login, at=house.now())
    return visit.back(f"{HERE}/{login}", visit.say(mark("The role is given.")))


@router.post("/{login}/roles/take")
def take(visit: Administrator, login: str, held: Annotated[str, _TEXT]) -> Response:
    """Take a role back."""
    house, (name, _, body) = visit.house, held.partition(":")
    take_role(house.ledger, login, Role(name), body or None, by=visit.login, at=house.now())
    return visit.back(f"{HERE}/{login}", visit.say(mark("The role is taken back.")))


@router.post("/{login}/close")
def close(visit: Administrator, login: str) -> Response:
    """Let a login act no more."""
    house = visit.house
    end_user(house.ledger, login, by=visit.login, at=house.now())
    return visit.back(HERE, visit.say(mark("The login {login} is closed."), login=login))

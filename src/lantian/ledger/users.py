"""People as a door asks for them: who may act, in which role, for which body; an administrator decides (用户)."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lantian.ledger.database import Ledger
from lantian.ledger.models import Organisation, Person, User, UserRole
from lantian.ledger.people import (
    Body,
    Role,
    add_organisation,
    add_person,
    add_user,
    close_user,
    grant_role,
    may,
    revoke_role,
)
from lantian.terms.errors import CallerError


@dataclass(frozen=True, slots=True)
class UserCard:
    """One user as a list shows them."""

    login: str
    name: str | None
    """None where their data were forgotten."""
    roles: tuple[str, ...]
    """``role`` or ``role:body``."""
    made_at: datetime
    closed_at: datetime | None


def list_users(ledger: Ledger, *, closed: bool = False) -> list[UserCard]:
    """List users by login, closed ones only when asked for."""
    with ledger.read() as session:
        roles: dict[str, list[str]] = {}
        held = select(UserRole).where(UserRole.revoked_at.is_(None)).order_by(UserRole.role)
        for row in session.scalars(held):
            scope = "" if row.organisation_id is None else f":{row.organisation_id}"
            roles.setdefault(row.user_id, []).append(f"{row.role}{scope}")
        rows = session.execute(select(User, Person.name).join(Person).order_by(User.login))
        return [
            UserCard(user.login, name, tuple(roles.get(user.id, ())), user.made_at, user.closed_at)
            for user, name in rows
            if closed or user.closed_at is None
        ]


def list_bodies(ledger: Ledger) -> list[Organisation]:
    """List the bodies that the ledger knows, by kind and name."""
    with ledger.read() as session:
        return list(session.scalars(select(Organisation).order_by(Organisation.kind, Organisation.id)))


def make_body(ledger: Ledger, body: Body, *, by: str, at: datetime) -> None:
    """Add a body, such as an enterprise; the same twice is once.

    Raises
    ------
    CallerError
        Somebody who may not, or another body stands under this id.
    """
    with ledger.write() as session:
        check_administrator(session, by)
        add_organisation(session, body, by=by, at=at)


def make_user(
    ledger: Ledger, login: str, name: str, role: Role, body: str | None = None, *, by: str, at: datetime
) -> None:
    """Let somebody act under a login with a first role; the first of all has to be an administrator.

    Raises
    ------
    CallerError
        Somebody who may not, a login that is taken, or a role that does not fit the body.
    """
    if not login.strip() or not name.strip():
        raise CallerError("A user needs a login and a name. The login is a code of the office, kept for ever.")
    with ledger.write() as session:
        if _has_administrator(session) or role is not Role.ADMIN:
            check_administrator(session, by)
        person = add_person(session, name.strip(), by=by, at=at)
        session.flush()
        user = add_user(session, login.strip(), person.id, by=by, at=at)
        session.flush()
        grant_role(session, user.id, role, body, by=by, at=at)


def give_role(ledger: Ledger, login: str, role: Role, body: str | None = None, *, by: str, at: datetime) -> None:
    """Give a user another role.

    Raises
    ------
    CallerError
        Somebody who may not, no such open user, or a role that does not fit the body.
    """
    with ledger.write() as session:
        check_administrator(session, by)
        grant_role(session, open_user(session, login).id, role, body, by=by, at=at)


def take_role(ledger: Ledger, login: str, role: Role, body: str | None = None, *, by: str, at: datetime) -> None:
    """Take a role back; whoever takes their own last way to decide here is refused.

    Raises
    ------
    CallerError
        Somebody who may not, a role that the user does not hold, or the last administrator.
    """
    with ledger.write() as session:
        check_administrator(session, by)
        revoke_role(session, open_user(session, login).id, role, body, by=by, at=at)
        session.flush()
        _keep_one(session)


def end_user(ledger: Ledger, login: str, *, by: str, at: datetime) -> None:
    """Let a login act no more.

    Raises
    ------
    CallerError
        Somebody who may not, no such open user, or the last administrator.
    """
    with ledger.write() as session:
        check_administrator(session, by)
        close_user(session, open_user(session, login).id, by=by, at=at)
        session.flush()
        _keep_one(session)


# ---------------------------------------------------------------------------------------------- in a transaction


def open_user(session: Session, login: str) -> User:
    """Return who acts under a login, refusing one that nobody has or that is closed."""
    found = session.scalars(select(User).where(User.login == login, User.closed_at.is_(None))).first()
    if found is None:
        raise CallerError(
            "There is no open user {login!r}. `lantian people list` shows who there is.", login=login
        )
    return found


def _has_administrator(session: Session) -> bool:
    users = session.scalars(select(User.id).where(User.closed_at.is_(None)))
    return any(may(session, user, Role.ADMIN) for user in users)


def check_administrator(session: Session, by: str) -> None:
    """Refuse whoever is no administrator."""
    user = session.scalars(select(User).where(User.login == by, User.closed_at.is_(None))).first()
    if user is None or not may(session, user.id, Role.ADMIN):
        raise CallerError(
            "{by!r} is no administrator, and only one decides who may act. Where there is none yet, add the first "
            "user with the role admin.",
            by=by,
        )


def _keep_one(session: Session) -> None:
    if not _has_administrator(session):
        raise CallerError("This is the last administrator. Give another user that role first.")

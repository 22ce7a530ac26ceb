"""Sessions of browsers: who is behind a secret, for how long, and how it ends (会话)."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.orm import Session

from lantian.ledger.accounts.rules import RULES, AccountRules
from lantian.ledger.database import Ledger
from lantian.ledger.entries import append_entry
from lantian.ledger.models import LoginSession, Person, User
from lantian.ledger.people import Role, Scope, end_sessions_of, roles_of, scope_of
from lantian.ledger.users import check_administrator, open_user
from lantian.terms.errors import CallerError
from lantian.terms.ids import uuid7

_SECRET_BYTES = 32
_SECRET_MOST = 100
"""Characters of a secret that is looked for at all."""
_CSRF = b"lantian: forms of this session"


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who acts, as doors and rooms need to know them."""

    user_id: str
    login: str
    name: str
    roles: tuple[tuple[Role, str | None], ...]
    """Role, and the body where it is for one."""
    scope: Scope


@dataclass(frozen=True, slots=True)
class LoggedIn:
    """A session that was just begun; its secret is said here once and nowhere kept."""

    secret: str
    account: Account
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class SessionCard:
    """An open session as its user sees it."""

    id: str
    address: str
    agent: str
    begun_at: datetime
    seen_at: datetime
    expires_at: datetime


class Refused(CallerError):  # noqa: N818 # the word of the door
    """Nobody was let in; with how long to wait where that is why."""

    def __init__(self, message: str, /, retry_after: timedelta | None = None, **values: object) -> None:
        super().__init__(message, **values)
        self.retry_after = retry_after


def open_session(
    ledger: Ledger, login: str, *, address: str, agent: str, at: datetime, rules: AccountRules = RULES
) -> LoggedIn:
    """Begin a session of somebody who has shown in another way who they are; no password is asked.

    Raises
    ------
    CallerError
        No open user has that login.
    """
    with ledger.write() as session:
        return begin_session(session, open_user(session, login), address=address, agent=agent, at=at, rules=rules)


def begin_session(
    session: Session, user: User, *, address: str, agent: str, at: datetime, rules: AccountRules
) -> LoggedIn:
    """Begin a session in the caller's transaction; sessions that ended long ago are deleted by the way."""
    session.execute(delete(LoginSession).where(LoginSession.expires_at < at - rules.session_kept))
    secret, expires_at = secrets.token_urlsafe(_SECRET_BYTES), at + rules.session_lasts
    row = LoginSession(
        id=str(uuid7(at)),
        user_id=user.id,
        secret_hash=digest(secret),
        address=address[:64],
        agent=agent[:200],
        made_at=at,
        seen_at=at,
        expires_at=expires_at,
    )
    session.add(row)
    session.flush()
    return LoggedIn(secret, account_in(session, user), expires_at)


def account_of(ledger: Ledger, secret: str, *, at: datetime, rules: AccountRules = RULES) -> Account | None:
    """Say who is behind the secret of a session; None where it is unknown, ended, unused too long or too old."""
    if not secret or len(secret) > _SECRET_MOST:
        return None
    with ledger.read() as session:
        found = _open(session, secret, at, rules)
        if found is None:
            return None
        row, user = found
        account = account_in(session, user)
    if at - row.seen_at >= rules.seen_every:
        with ledger.write() as session:
            held = session.get_one(LoginSession, row.id)
            held.seen_at = max(held.seen_at, at)
    return account


def log_out(ledger: Ledger, secret: str, *, at: datetime) -> None:
    """End the session of a secret; one that is not open is left alone."""
    with ledger.write() as session:
        query = select(LoginSession).where(
            LoginSession.secret_hash == digest(secret), LoginSession.ended_at.is_(None)
        )
        for row in session.scalars(query):
            row.ended_at, row.ended_because = at, "logged out"


def list_sessions(ledger: Ledger, user_id: str, *, at: datetime, rules: AccountRules = RULES) -> list[SessionCard]:
    """List where a user is logged in, newest first."""
    query = select(LoginSession).where(*_is_open(at, rules), LoginSession.user_id == user_id)
    with ledger.read() as session:
        return [
            SessionCard(row.id, row.address, row.agent, row.made_at, row.seen_at, row.expires_at)
            for row in session.scalars(query.order_by(LoginSession.made_at.desc()))
        ]


def list_sessions_of(
    ledger: Ledger, login: str, *, at: datetime, rules: AccountRules = RULES
) -> list[SessionCard]:
    """List where somebody is logged in, by their login.

    Raises
    ------
    CallerError
        No open user has it.
    """
    with ledger.read() as session:
        user_id = open_user(session, login).id
    return list_sessions(ledger, user_id, at=at, rules=rules)


def end_session(ledger: Ledger, user_id: str, session_id: str, *, at: datetime) -> None:
    """End one of one's own sessions; one that has ended is left alone.

    Raises
    ------
    CallerError
        It is no session of this user.
    """
    with ledger.write() as session:
        row = session.get(LoginSession, session_id)
        if row is None or row.user_id != user_id:
            raise CallerError("There is no session {id!r} of yours. It may have ended long ago.", id=session_id)
        if row.ended_at is None:
            row.ended_at, row.ended_because = at, "ended by its user"


def end_sessions(ledger: Ledger, login: str, *, by: str, at: datetime) -> int:
    """End every session of a user as an administrator; say how many there were.

    Raises
    ------
    CallerError
        Somebody who may not, or no open user has that login.
    """
    with ledger.write() as session:
        check_administrator(session, by)
        user = open_user(session, login)
        ended = end_sessions_of(session, user.id, because="ended by an administrator", at=at)
        if ended:
            payload = {"sessions": ended}
            append_entry(
                session, at=at, actor=by, kind="sessions.ended", subject=f"user:{user.id}", payload=payload
            )
        return ended


def csrf_of(secret: str) -> str:
    """Return what a form of this session has to carry; it says nothing about the secret.

    Examples
    --------
    >>> csrf_of("one") == csrf_of("one"), csrf_of("one") == csrf_of("two"), len(csrf_of("one"))
    (True, False, 64)
    """
    return hmac.new(secret.encode(), _CSRF, hashlib.sha256).hexdigest()


def digest(secret: str) -> str:
    """Return what is kept of a secret of 256 random bits: it needs no slow hash."""
    return hashlib.sha256(secret.encode()).hexdigest()


def account_in(session: Session, user: User) -> Account:
    """Say who a user is now: roles and scope are read anew each time."""
    person = session.get(Person, user.person_id)
    name = person.name if person is not None and person.name else user.login
    return Account(user.id, user.login, name, roles_of(session, user.id), scope_of(session, user.id))


def _open(session: Session, secret: str, at: datetime, rules: AccountRules) -> tuple[LoginSession, User] | None:
    query = select(LoginSession, User).join(User, User.id == LoginSession.user_id)
    found = session.execute(
        query.where(LoginSession.secret_hash == digest(secret), *_is_open(at, rules), User.closed_at.is_(None))
    ).first()
    return None if found is None else (found[0], found[1])


def _is_open(at: datetime, rules: AccountRules) -> tuple[ColumnElement[bool], ...]:
    return (
        LoginSession.ended_at.is_(None),
        LoginSession.expires_at > at,
        LoginSession.seen_at > at - rules.idle,
    )

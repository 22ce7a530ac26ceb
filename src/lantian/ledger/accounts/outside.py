"""Who comes in through the office's own login service: an administrator links each (统一身份认证)."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lantian.ledger.accounts.rules import RULES, AccountRules
from lantian.ledger.accounts.sessions import LoggedIn, Refused, begin_session
from lantian.ledger.database import Ledger
from lantian.ledger.entries import append_entry
from lantian.ledger.models import OutsideLogin, User
from lantian.ledger.users import check_administrator, open_user
from lantian.terms.errors import CallerError
from lantian.terms.ids import uuid7


@dataclass(frozen=True, slots=True)
class Claimed:
    """What the login service says of somebody, after its word was proved."""

    issuer: str
    subject: str
    """Its own key of them, never given to anybody else."""
    name: str
    """Name under which it knows them."""


def link_outside(
    ledger: Ledger, login: str, issuer: str, claimed: str | None = None, *, by: str, at: datetime
) -> None:
    """Let a user come in through a login service that knows them as `claimed`, by default as their login.

    Raises
    ------
    CallerError
        Somebody who may not, no open user has that login, or the name is linked to another.
    """
    name = (claimed or login).strip()
    with ledger.write() as session:
        check_administrator(session, by)
        user = open_user(session, login)
        standing = _standing(session, issuer, name)
        if standing is not None and standing.user_id == user.id:
            return
        if standing is not None or _of(session, issuer, user.id):
            raise CallerError(
                "{login} or the name {name!r} of that service is linked already. Take that link back first.",
                login=login,
                name=name,
            )
        row = OutsideLogin(
            id=str(uuid7(at)), user_id=user.id, issuer=issuer, claimed=name, linked_by=by, linked_at=at
        )
        session.add(row)
        _say(session, "outside.linked", user.id, issuer, by, at)


def unlink_outside(ledger: Ledger, login: str, issuer: str, *, by: str, at: datetime) -> None:
    """Let a user come in that way no more.

    Raises
    ------
    CallerError
        Somebody who may not, or there is no such link.
    """
    with ledger.write() as session:
        check_administrator(session, by)
        user = open_user(session, login)
        rows = _of(session, issuer, user.id)
        if not rows:
            raise CallerError("{login} is not linked to that service.", login=login)
        for row in rows:
            row.ended_by, row.ended_at = by, at
        _say(session, "outside.unlinked", user.id, issuer, by, at)


def log_in_outside(
    ledger: Ledger, claimed: Claimed, *, address: str, agent: str, at: datetime, rules: AccountRules = RULES
) -> LoggedIn:
    """Begin a session for whom a login service has named.

    At the first time its own key of them is kept: from then on only that key will do, whoever has the name.

    Raises
    ------
    Refused
        No open user is linked to that name, or the name is somebody else's now.
    """
    with ledger.write() as session:
        row = _standing(session, claimed.issuer, claimed.name)
        user = None if row is None else session.get(User, row.user_id)
        if row is None or user is None or user.closed_at is not None:
            raise Refused(
                "Nobody here is linked to {name!r} of the login service. An administrator links a login to it.",
                name=claimed.name,
            )
        if row.subject not in {None, claimed.subject}:
            raise Refused(
                "{name!r} is another person at the login service than when it was linked. An administrator takes "
                "the link back and makes a new one.",
                name=claimed.name,
            )
        row.subject = claimed.subject
        return begin_session(session, user, address=address, agent=agent, at=at, rules=rules)


def _standing(session: Session, issuer: str, name: str) -> OutsideLogin | None:
    query = select(OutsideLogin).where(
        OutsideLogin.issuer == issuer, OutsideLogin.claimed == name, OutsideLogin.ended_at.is_(None)
    )
    return session.scalars(query).first()


def _of(session: Session, issuer: str, user_id: str) -> list[OutsideLogin]:
    query = select(OutsideLogin).where(
        OutsideLogin.issuer == issuer, OutsideLogin.user_id == user_id, OutsideLogin.ended_at.is_(None)
    )
    return list(session.scalars(query))


def _say(session: Session, kind: str, user_id: str, issuer: str, by: str, at: datetime) -> None:
    append_entry(session, at=at, actor=by, kind=kind, subject=f"user:{user_id}", payload={"issuer": issuer})

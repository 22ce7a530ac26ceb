"""Logging in by password, and setting one (登录、设置口令)."""

import math
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from lantian.ledger.accounts.failures import Attempt, begin, failed, forget_failures, succeeded
from lantian.ledger.accounts.passwords import check_password, hashed, is_outdated, is_right
from lantian.ledger.accounts.rules import RULES, AccountRules
from lantian.ledger.accounts.sessions import LoggedIn, Refused, begin_session
from lantian.ledger.database import Ledger
from lantian.ledger.entries import append_entry
from lantian.ledger.models import User
from lantian.ledger.people import end_sessions_of
from lantian.ledger.users import check_administrator, open_user
from lantian.terms.errors import CallerError

_LOGIN_MOST = 80


def log_in(
    ledger: Ledger,
    login: str,
    password: str,
    *,
    address: str,
    agent: str,
    at: datetime,
    rules: AccountRules = RULES,
) -> LoggedIn:
    """Begin a session for who knows the password.

    A login that nobody has, one that is closed, one without a password and a wrong password are answered in the
    same words after the same work.

    Parameters
    ----------
    ledger : Ledger
        Whose people.
    login, password : str
        As they were typed.
    address, agent : str
        From where, with which browser: for the limits and for the user's own list, never for the chain.
    at : datetime
        Wall time, aware.

    Raises
    ------
    Refused
        Login and password do not fit together, or too many attempts failed (``retry_after`` says how long).
    """
    login = "".join(sign for sign in login if sign.isprintable()).strip()[:_LOGIN_MOST]
    attempt, kept = _begun(ledger, login, address, at, rules)
    right = is_right(kept, password, rules)
    renewed = hashed(password, rules) if right and kept is not None and is_outdated(kept, rules) else None
    with ledger.write() as session:
        user = _user(session, login)
        if right and user is not None and user.password_hash == kept:
            succeeded(session, attempt, rules)
            user.password_hash = renewed or kept
            return begin_session(session, user, address=address, agent=agent, at=at, rules=rules)
        failed(session, attempt, at, rules)
    raise Refused(
        "This login and this password do not fit together. Type both again; an administrator can set another "
        "password."
    )


def change_password(
    ledger: Ledger, user_id: str, old: str, new: str, *, at: datetime, rules: AccountRules = RULES
) -> None:
    """Change one's own password; every session ends, this one too.

    Raises
    ------
    Refused
        The old one is wrong, or was too often.
    CallerError
        The new one is not taken, or is the old one.
    """
    with ledger.read() as session:
        user = session.get(User, user_id)
        login = "" if user is None else user.login
    if old == new:
        raise CallerError("This is the password that there was. Take another one.")
    check_password(new, login, rules)
    attempt, kept = _begun(ledger, login, "", at, rules)
    right, made = is_right(kept, old, rules), hashed(new, rules)
    with ledger.write() as session:
        user = _user(session, login)
        if right and user is not None and user.password_hash == kept:
            succeeded(session, attempt, rules)
            _put(session, user, made, kind="password.changed", by=login, at=at)
            return
        failed(session, attempt, at, rules)
    raise Refused("The old password is wrong, so nothing was changed. Type it again.")


def set_password(
    ledger: Ledger, login: str, new: str, *, by: str, at: datetime, rules: AccountRules = RULES
) -> None:
    """Set somebody's password as an administrator; their sessions end and they may try at once.

    Raises
    ------
    CallerError
        Somebody who may not, no open user has that login, or a password that is not taken.
    """
    check_password(new, login, rules)
    made = hashed(new, rules)
    with ledger.write() as session:
        check_administrator(session, by)
        user = open_user(session, login)
        forget_failures(session, login)
        _put(session, user, made, kind="password.set", by=by, at=at)


def _put(session: Session, user: User, made: str, *, kind: str, by: str, at: datetime) -> None:
    user.password_hash = made
    end_sessions_of(session, user.id, because="password changed", at=at)
    append_entry(session, at=at, actor=by, kind=kind, subject=f"user:{user.id}", payload={})


def _begun(
    ledger: Ledger, login: str, address: str, at: datetime, rules: AccountRules
) -> tuple[Attempt, str | None]:
    """Count an attempt and return it with what is kept of the password, if anything."""
    with ledger.write() as session:
        user = _user(session, login)
        attempt = Attempt(login, address, None if user is None else user.id)
        wait = begin(session, attempt, at, rules)
        kept = None if user is None else user.password_hash
    if wait is not None:
        raise Refused(
            "Too many attempts failed, so the next one has to wait: try again in {minutes} min.",
            retry_after=wait,
            minutes=math.ceil(wait / timedelta(minutes=1)),
        )
    return attempt, kept


def _user(session: Session, login: str) -> User | None:
    return session.scalars(select(User).where(User.login == login, User.closed_at.is_(None))).first()

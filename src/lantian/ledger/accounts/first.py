"""The first administrator: made once, with a code that only the terminal showed (首次启用)."""

import hmac
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from lantian.ledger.accounts.passwords import check_password, hashed, random_password
from lantian.ledger.accounts.rules import RULES, AccountRules
from lantian.ledger.accounts.sessions import Refused, digest
from lantian.ledger.database import Ledger
from lantian.ledger.entries import append_entry
from lantian.ledger.models import FirstCode, OutsideLogin, User, UserRole
from lantian.ledger.people import Role, add_person, add_user, grant_role, may
from lantian.terms.errors import CallerError


def needs_first_administrator(ledger: Ledger) -> bool:
    """Whether no administrator can log in yet, by a password or through the office's own login service."""
    with ledger.read() as session:
        return _is_needed(session)


def first_code(ledger: Ledger, *, at: datetime, rules: AccountRules = RULES) -> str:
    """Make the code for the first administrator, to be shown in the terminal; one that was made before ends.

    Raises
    ------
    CallerError
        There is an administrator who can log in.
    """
    code = random_password()
    with ledger.write() as session:
        _check_needed(session)
        session.merge(FirstCode(id=1, code_hash=digest(code), made_at=at, expires_at=at + rules.first_code_lasts))
    return code


def make_first_administrator_by_code(
    ledger: Ledger, code: str, login: str, name: str, password: str, *, at: datetime, rules: AccountRules = RULES
) -> None:
    """Make the first administrator for whoever knows the code of `first_code`; it is good for one.

    Raises
    ------
    Refused
        The code is wrong, or over.
    CallerError
        As `make_first_administrator`; the code is still good then.
    """
    with ledger.read() as session:
        held = session.get(FirstCode, 1)
        wanted = digest("") if held is None or held.expires_at <= at else held.code_hash
    if not code.strip() or not hmac.compare_digest(wanted, digest(code.strip())):
        raise Refused(
            "This is not the code that the terminal showed last, or it is over. Ask for a new one there."
        )
    make_first_administrator(ledger, login, name, password, at=at, rules=rules)


def make_first_administrator(
    ledger: Ledger, login: str, name: str, password: str, *, at: datetime, rules: AccountRules = RULES
) -> None:
    """Make the first administrator who can log in; whoever calls it has seen to it that the asker may.

    An administrator of that login who has no password yet gets this one.

    Raises
    ------
    CallerError
        There is one who can log in, the login belongs to somebody else, or the password is not taken.
    """
    login, name = login.strip(), name.strip()
    if not login or not name:
        raise CallerError("A user needs a login and a name. The login is a code of the office, kept for ever.")
    check_password(password, login, rules)
    made = hashed(password, rules)
    with ledger.write() as session:
        _check_needed(session)
        user = session.scalars(select(User).where(User.login == login, User.closed_at.is_(None))).first()
        if user is None:
            person = add_person(session, name, by=login, at=at)
            session.flush()
            user = add_user(session, login, person.id, by=login, at=at)
            session.flush()
            grant_role(session, user.id, Role.ADMIN, by=login, at=at)
        elif not may(session, user.id, Role.ADMIN):
            raise CallerError("The login {login!r} belongs to somebody else. Choose another one.", login=login)
        user.password_hash = made
        held = session.get(FirstCode, 1)
        if held is not None:
            session.delete(held)
        append_entry(
            session, at=at, actor=login, kind="administrator.first", subject=f"user:{user.id}", payload={}
        )


def _check_needed(session: Session) -> None:
    if not _is_needed(session):
        raise CallerError("There is an administrator already. Log in, or ask them for an account.")


def _is_needed(session: Session) -> bool:
    linked = select(OutsideLogin.user_id).where(OutsideLogin.ended_at.is_(None))
    able = (
        select(User.id)
        .join(UserRole, UserRole.user_id == User.id)
        .where(
            UserRole.role == Role.ADMIN,
            UserRole.revoked_at.is_(None),
            User.closed_at.is_(None),
            or_(User.password_hash.is_not(None), User.id.in_(linked)),
        )
    )
    return session.scalars(able.limit(1)).first() is None

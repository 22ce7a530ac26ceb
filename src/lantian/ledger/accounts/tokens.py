"""Tokens with which programs act for somebody: named, scoped, ending, shown once (接口令牌)."""

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from lantian.ledger.accounts.rules import RULES, AccountRules
from lantian.ledger.accounts.sessions import Account, account_in, digest
from lantian.ledger.database import Ledger
from lantian.ledger.entries import append_entry
from lantian.ledger.models import ApiToken, User
from lantian.ledger.users import check_administrator, open_user
from lantian.terms.errors import CallerError
from lantian.terms.ids import uuid7

PREFIX = "lt_"
"""Programs that look for leaked secrets know a token by it: ``lt_[A-Za-z0-9_-]{43}``."""
_TOKEN_BYTES = 32
_TOKEN_MOST = 100
_NAME_MOST = 80


class TokenScope(StrEnum):
    """What a token can be good for; its user has to hold the permission besides."""

    READ_AIR = "read:air"
    READ_RULES = "read:rules"
    READ_PLAN = "read:plan"
    READ_SOURCES = "read:sources"
    READ_INVENTORY = "read:inventory"
    READ_SYSTEM = "read:system"
    WRITE_AIR = "write:air"
    WRITE_PLAN = "write:plan"
    WRITE_SOURCES = "write:sources"
    WRITE_INVENTORY = "write:inventory"


@dataclass(frozen=True, slots=True)
class TokenCard:
    """A token as a list shows it; the token itself is never shown again."""

    id: str
    login: str
    name: str
    scopes: tuple[str, ...]
    made_by: str
    made_at: datetime
    expires_at: datetime
    used_at: datetime | None
    """To the hour."""
    revoked_at: datetime | None


def make_token(
    ledger: Ledger,
    login: str,
    name: str,
    scopes: Collection[str],
    *,
    by: str,
    at: datetime,
    lasts: timedelta = timedelta(days=90),
    rules: AccountRules = RULES,
) -> tuple[str, TokenCard]:
    """Make a token for oneself, or as an administrator for somebody; its text is returned once and nowhere kept.

    Raises
    ------
    CallerError
        Somebody who may not, a name or scopes that are missing, unknown scopes, or a life that is too long.
    """
    wanted = _scopes(scopes)
    if not 0 < len(name.strip()) <= _NAME_MOST:
        raise CallerError("A token needs a name of 1 to {most} signs that says what for.", most=_NAME_MOST)
    if not timedelta(0) < lasts <= rules.token_lasts:
        raise CallerError(
            "A token lasts at most {most} days, and more than none. Make another one in time.",
            most=rules.token_lasts.days,
        )
    text = PREFIX + secrets.token_urlsafe(_TOKEN_BYTES)
    with ledger.write() as session:
        user = open_user(session, login)
        if by != login:
            check_administrator(session, by)
        row = ApiToken(
            id=str(uuid7(at)),
            user_id=user.id,
            name=name.strip(),
            token_hash=digest(text),
            scopes=list(wanted),
            made_by=by,
            made_at=at,
            expires_at=at + lasts,
        )
        session.add(row)
        payload = {"token": row.id, "name": row.name, "scopes": row.scopes, "expires_at": row.expires_at}
        append_entry(session, at=at, actor=by, kind="token.made", subject=f"user:{user.id}", payload=payload)
        return text, _card(row, login)


def token_account(
    ledger: Ledger, token: str, *, at: datetime, rules: AccountRules = RULES
) -> tuple[Account, frozenset[str]] | None:
    """Say for whom a token acts and within which scopes; None where it is unknown, revoked or over."""
    if not token.startswith(PREFIX) or len(token) > _TOKEN_MOST:
        return None
    with ledger.read() as session:
        query = select(ApiToken, User).join(User, User.id == ApiToken.user_id)
        found = session.execute(
            query.where(
                ApiToken.token_hash == digest(token),
                ApiToken.revoked_at.is_(None),
                ApiToken.expires_at > at,
                User.closed_at.is_(None),
            )
        ).first()
        if found is None:
            return None
        row, account = found[0], account_in(session, found[1])
    if row.used_at is None or at - row.used_at >= rules.token_used_every:
        with ledger.write() as session:
            session.get_one(ApiToken, row.id).used_at = at
    return account, frozenset(row.scopes)


def list_tokens(ledger: Ledger, login: str | None = None, *, revoked: bool = False) -> list[TokenCard]:
    """List tokens, newest first; of one user, and revoked ones, where asked for."""
    query = select(ApiToken, User.login).join(User, User.id == ApiToken.user_id).order_by(ApiToken.id.desc())
    if login is not None:
        query = query.where(User.login == login)
    if not revoked:
        query = query.where(ApiToken.revoked_at.is_(None))
    with ledger.read() as session:
        return [_card(row, owner) for row, owner in session.execute(query)]


def revoke_token(ledger: Ledger, token_id: str, *, by: str, at: datetime) -> None:
    """Take a token back, one's own or as an administrator; one that was taken back stays so.

    Raises
    ------
    CallerError
        No such token, or somebody who may not.
    """
    with ledger.write() as session:
        row = session.get(ApiToken, token_id)
        owner = None if row is None else session.get_one(User, row.user_id)
        if row is None or owner is None or not _may(session, owner, by):
            raise CallerError("There is no token {id!r} that {by} may take back.", id=token_id, by=by)
        if row.revoked_at is None:
            row.revoked_by, row.revoked_at = by, at
            payload = {"token": row.id, "name": row.name}
            subject = f"user:{owner.id}"
            append_entry(session, at=at, actor=by, kind="token.revoked", subject=subject, payload=payload)


def _may(session: Session, owner: User, by: str) -> bool:
    if by == owner.login:
        return owner.closed_at is None
    check_administrator(session, by)
    return True


def _scopes(asked: Collection[str]) -> tuple[str, ...]:
    known = set(TokenScope)
    unknown = sorted(set(asked) - known)
    if unknown or not asked:
        raise CallerError(
            "A token needs one or more of the scopes {known}; {unknown} is none.",
            known=", ".join(TokenScope),
            unknown=", ".join(unknown) or "—",
        )
    return tuple(sorted(set(asked)))


def _card(row: ApiToken, login: str) -> TokenCard:
    return TokenCard(
        row.id,
        login,
        row.name,
        tuple(row.scopes),
        row.made_by,
        row.made_at,
        row.expires_at,
        row.used_at,
        row.revoked_at,
    )

"""How somebody comes in: sessions of browsers, tokens of programs, what holds guessing up, links to outside."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from lantian.ledger.columns import ID, KEY, NAME
from lantian.ledger.models.row import Row

DIGEST = String(64)
"""SHA-256 in hexadecimal: secrets themselves are never kept."""


class LoginSession(Row):
    """One browser of one user that is logged in (会话); an ended one stays for some days."""

    __tablename__ = "login_sessions"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"), index=True)
    secret_hash: Mapped[str] = mapped_column(DIGEST, unique=True)
    address: Mapped[str] = mapped_column(String(64))
    """Where it was begun; for its user's eyes, deleted with the row."""
    agent: Mapped[str] = mapped_column(String(200))
    """Browser, as it names itself."""
    made_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    """To the minute or so."""
    expires_at: Mapped[datetime]
    """However busy it is."""
    ended_at: Mapped[datetime | None]
    ended_because: Mapped[str | None] = mapped_column(KEY)


class ApiToken(Row):
    """A token with which a program acts for its user, within scopes (接口令牌)."""

    __tablename__ = "api_tokens"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"), index=True)
    name: Mapped[str] = mapped_column(KEY)
    token_hash: Mapped[str] = mapped_column(DIGEST, unique=True)
    scopes: Mapped[list[Any]]
    """What it may at most: ``read:air`` …; never more than its user may."""
    made_by: Mapped[str] = mapped_column(NAME)
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    """To the hour or so."""
    revoked_by: Mapped[str | None] = mapped_column(NAME)
    revoked_at: Mapped[datetime | None]


class LoginFailure(Row):
    """How often one login or one address failed lately, and until when it has to wait (登录锁定)."""

    __tablename__ = "login_failures"
    __table_args__ = (Index("ix_login_failures_last_at", "last_at"),)

    key: Mapped[str] = mapped_column(DIGEST, primary_key=True)
    """Digest of what was typed: people type passwords there."""
    failures: Mapped[int]
    last_at: Mapped[datetime]
    waits_until: Mapped[datetime | None]


class FirstCode(Row):
    """One row: the code with which the first administrator is made (首次启用码)."""

    __tablename__ = "first_code"

    id: Mapped[int] = mapped_column(primary_key=True)
    code_hash: Mapped[str] = mapped_column(DIGEST)
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]


class OutsideLogin(Row):
    """A user whom an administrator lets in through the office's own login service (统一身份认证)."""

    __tablename__ = "outside_logins"
    __table_args__ = (Index("ix_outside_logins_claimed", "issuer", "claimed"),)

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"), index=True)
    issuer: Mapped[str] = mapped_column(NAME)
    claimed: Mapped[str] = mapped_column(NAME)
    """Name under which that service knows them."""
    subject: Mapped[str | None] = mapped_column(NAME)
    """That service's own key of them, kept at the first login: a name may later be given to somebody else."""
    linked_by: Mapped[str] = mapped_column(NAME)
    linked_at: Mapped[datetime]
    ended_by: Mapped[str | None] = mapped_column(NAME)
    ended_at: Mapped[datetime | None]

"""The five tables by which rooms ask each other; only the room that is asked turns a row into its own record."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from lantian.ledger.columns import ID, KEY, NAME
from lantian.ledger.models.row import Row


class RequestState(StrEnum):
    """How far the asked room is with a request."""

    OPEN = "open"
    TAKEN = "taken"
    DONE = "done"
    DECLINED = "declined"


class _Request:
    """What each of the five has."""

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    made_at: Mapped[datetime]
    made_by: Mapped[str] = mapped_column(KEY)
    """The room that asks."""
    kind: Mapped[str] = mapped_column(KEY)
    subject: Mapped[str] = mapped_column(NAME)
    """What it is about: ``outlet:…``, ``duty:…``, ``days:2026-01-01..2026-01-31``."""
    payload: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(String(20), default=RequestState.OPEN)
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[str | None] = mapped_column(NAME)
    result: Mapped[str | None] = mapped_column(NAME)
    """Id of the record that came of it, or why it was declined."""

    @declared_attr.directive
    def __table_args__(cls) -> tuple[Index, ...]:  # noqa: N805 - SQLAlchemy hands the class in
        """Each is read by what is open, and by subject."""
        name = cls.__tablename__  # type: ignore[attr-defined]
        return (Index(f"ix_{name}_state", "state", "made_at"), Index(f"ix_{name}_subject", "subject"))


class Lead(_Request, Row):
    """Something to look into (线索) → `enforce` makes cases of them."""

    __tablename__ = "leads"


class Proposal(_Request, Row):
    """A task that another room proposes → `plan`."""

    __tablename__ = "proposals"


class Recompute(_Request, Row):
    """A stretch whose inputs changed → `evaluate` and whoever derives."""

    __tablename__ = "recomputes"


class Draft(_Request, Row):
    """Something to be published → `disclose`."""

    __tablename__ = "drafts"


class Message(_Request, Row):
    """Something to be sent → the post."""

    __tablename__ = "messages"

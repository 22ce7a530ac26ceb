"""The chain of decisions: every row holds the hash of the one before it."""

from datetime import datetime

from sqlalchemy import BigInteger, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from lantian.ledger.columns import ID, KEY, NAME
from lantian.ledger.models.row import Row


class Entry(Row):
    """One decision; triggers refuse UPDATE and DELETE (决策流水)."""

    __tablename__ = "entries"
    __table_args__ = (Index("ix_entries_subject", "subject"), Index("ix_entries_at", "at"))

    number: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False
    )
    """1, 2, 3 … without a gap."""
    id: Mapped[str] = mapped_column(ID, unique=True)
    at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(NAME)
    kind: Mapped[str] = mapped_column(KEY)
    """Verb of the office: ``plan.confirmed``, ``duty.reported``."""
    subject: Mapped[str] = mapped_column(NAME)
    """What it is about: ``duty:<id>``."""
    payload: Mapped[str] = mapped_column(Text)
    """Canonical JSON text; never personal data, only commitments to it."""
    previous: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))


class EntryHead(Row):
    """One row: number and hash of the last entry; a writer locks it first."""

    __tablename__ = "entry_head"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger)
    hash: Mapped[str] = mapped_column(String(64))

"""Files at the doors: what was delivered and what became of it, and who may send by a key."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from lantian.ledger.columns import ID, KEY, NAME
from lantian.ledger.models.row import Row


class Sender(Row):
    """A program or an office that may deliver files (报送方)."""

    __tablename__ = "senders"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    name: Mapped[str] = mapped_column(KEY, unique=True)
    """Short name, also that of its folder in the drop folder; never given twice."""
    organisation: Mapped[str] = mapped_column(NAME)
    """Body or enterprise that answers for it."""
    key_hash: Mapped[str] = mapped_column(String(64), unique=True)
    """SHA-256 of its key; the key itself is shown once and kept nowhere."""
    kinds: Mapped[list[Any]]
    """Kinds of files that it may send; empty: every kind."""
    simulated: Mapped[bool]
    made_at: Mapped[datetime]
    made_by: Mapped[str] = mapped_column(NAME)
    reason: Mapped[str] = mapped_column(NAME)
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[str | None] = mapped_column(NAME)
    closed_because: Mapped[str | None] = mapped_column(NAME)


class Delivery(Row):
    """A file that came in by a door (交付): durable before its sender heard yes, taken into the lake once."""

    __tablename__ = "deliveries"
    __table_args__ = (Index("ix_deliveries_state", "state", "turn"), Index("ix_deliveries_sender", "sender_id"))

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    turn: Mapped[int] = mapped_column(BigInteger, unique=True)
    """Place in the queue: grows with every delivery and every retry, even over a restored ledger."""
    sha256: Mapped[str] = mapped_column(String(64), unique=True)
    """Of its bytes: the same bytes are the same delivery."""
    name: Mapped[str] = mapped_column(NAME)
    """As its sender called it; never used as a path."""
    size: Mapped[int] = mapped_column(BigInteger)
    """[byte]"""
    file_id: Mapped[str] = mapped_column(ForeignKey("files.id"))
    """Its bytes."""
    door: Mapped[str] = mapped_column(String(20))
    """``folder``, ``http`` or ``command``."""
    sender_id: Mapped[str | None] = mapped_column(ForeignKey("senders.id"))
    brought_by: Mapped[str] = mapped_column(NAME)
    """Name of the sender, of the person at the command line, or ``folder``."""
    received_at: Mapped[datetime]
    kind: Mapped[str | None] = mapped_column(KEY)
    """As it was said, or recognised; None where neither is so."""
    said: Mapped[bool]
    """Whether a person or the sender said the kind; then the file is not asked."""
    options: Mapped[dict[str, Any]]
    """What was said beside it: ``edge``, ``period``."""
    state: Mapped[str] = mapped_column(String(20))
    """``waiting``, ``taken``, ``refused`` or ``unrecognised``."""
    attempts: Mapped[int]
    """How often it was tried in this turn without an end."""
    ended_at: Mapped[datetime | None]
    """When it got its state, where that is not ``waiting``."""
    counts: Mapped[dict[str, Any]]
    """Rows ``read``, ``accepted``, ``rejected``, ``skipped``; ``cells_rejected``; rows of the lake ``written``,
    ``corrected`` (of the written ones) and ``unchanged``."""
    findings: Mapped[list[Any]]
    """The first of what its reports say beside the counts: code, severity, message id and its values."""
    error: Mapped[str | None]
    """Message id of why it was refused, or why it still waits."""
    error_values: Mapped[dict[str, Any]]
    """What stands in the message, as text."""
    rejects: Mapped[list[Any]]
    """Names of the files of rejects, in the workspace's folder of rejects."""

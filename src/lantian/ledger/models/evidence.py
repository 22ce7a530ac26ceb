"""Files as evidence: what they are stands here, their bytes lie in the workspace under their hash."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from lantian.ledger.columns import ID, NAME
from lantian.ledger.models.row import Row


class StoredFile(Row):
    """One file that somebody handed in or the product made."""

    __tablename__ = "files"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    name: Mapped[str] = mapped_column(NAME)
    """As it was called; never used as a path."""
    media_type: Mapped[str] = mapped_column(String(120))
    size: Mapped[int] = mapped_column(BigInteger)
    """[byte]"""
    given_by: Mapped[str] = mapped_column(NAME)
    given_at: Mapped[datetime]
    scan: Mapped[str] = mapped_column(String(20))
    """``unscanned``, ``clean`` or ``refused``: the word of the antivirus hook."""
    salt: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    """Of the commitment that its entry holds; deleted with the file, as are name and hash."""
    deleted_at: Mapped[datetime | None]


class EvidenceLink(Row):
    """What a file is evidence for."""

    __tablename__ = "evidence_links"
    __table_args__ = (Index("ix_evidence_links_subject", "subject"),)

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    file_id: Mapped[str] = mapped_column(ForeignKey("files.id"))
    subject: Mapped[str] = mapped_column(NAME)
    """``report:<id>``, ``milestone:<id>`` …"""
    note: Mapped[str]
    linked_by: Mapped[str] = mapped_column(NAME)
    linked_at: Mapped[datetime]

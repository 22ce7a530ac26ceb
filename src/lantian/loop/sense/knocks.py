"""Who knocked without being let in (未登记设备): kept and shown until somebody decides."""

import re
from collections.abc import Container, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lantian.ledger import Ledger
from lantian.ledger.models import Quarantined


@dataclass(slots=True)
class Knock:
    """Frames of one MN that is not let in, since they were last noted."""

    mn: str
    reason: str
    """``unknown``, ``password``, ``address``, ``quarantined``, ``retired``, ``key`` (cipher that no key of the
    device opens), ``plain`` (no cipher where it is required) or ``activation`` (a logger that wants a number)."""
    peer: str
    first_us: int
    """[µs]"""
    last_us: int
    """[µs]"""
    frames: int
    sample: bytes
    """First frame."""


def note_knocks(ledger: Ledger, knocks: Iterable[Knock]) -> None:
    """Add up who knocked without being let in; no decision, so no entry."""
    with ledger.write() as session:
        for knock in knocks:
            row = session.get(Quarantined, knock.mn)
            first, last = _instant(knock.first_us), _instant(knock.last_us)
            if row is None:
                row = Quarantined(
                    mn=knock.mn, first_seen=first, frames=0, sample=masked(knock.sample), last_seen=last,
                    peer=knock.peer, reason=knock.reason, settled_at=None, settled_by=None,
                )  # fmt: skip
                session.add(row)
            row.frames += knock.frames
            row.last_seen, row.peer, row.reason = last, knock.peer, knock.reason
            row.settled_at = row.settled_by = None


def list_quarantined(ledger: Ledger, *, settled: bool = False) -> list[Quarantined]:
    """List who knocks without being let in, newest first."""
    with ledger.read() as session:
        question = select(Quarantined).order_by(Quarantined.last_seen.desc(), Quarantined.mn)
        if not settled:
            question = question.where(Quarantined.settled_at.is_(None))
        return list(session.scalars(question))


def masked(frame: bytes) -> bytes:
    """Return a frame with its password made unreadable.

    Examples
    --------
    >>> masked(b"##0099QN=1;PW=123456;MN=A;CP=&&&&0000")
    b'##0099QN=1;PW=******;MN=A;CP=&&&&0000'
    """
    return re.sub(rb"(?<=PW=)[^;&]*", lambda found: b"*" * len(found[0]), frame)


def settle(session: Session, mn: str, *, by: str, at: datetime, reasons: Container[str] | None = None) -> None:
    """Take a knock off the list, within a decision; only where it had one of these reasons."""
    row = session.get(Quarantined, mn)
    if row is not None and (reasons is None or row.reason in reasons):
        row.settled_at, row.settled_by = at, by


def _instant(microseconds: int) -> datetime:
    return datetime.fromtimestamp(microseconds / 1e6, UTC)

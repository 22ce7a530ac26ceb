"""The chain of decisions: append in the decision's own transaction, verify as a whole (决策流水)."""

import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lantian.ledger.models.chain import Entry, EntryHead
from lantian.terms.errors import CallerError
from lantian.terms.ids import uuid7

FIRST = "0" * 64
"""What stands before the first entry."""
_SALT_BYTES = 32


def canonical(payload: Mapping[str, Any]) -> str:
    """Return the one JSON text of a payload: sorted keys, no spaces, no escapes; dates and decimals as text.

    Examples
    --------
    >>> canonical({"b": Decimal("1.50"), "a": date(2024, 3, 28)})
    '{"a":"2024-03-28","b":"1.50"}'
    """
    return json.dumps(
        payload, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False, default=_plain
    )


def _plain(value: Any) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    msg = f"an entry holds text, numbers, dates and lists, not {type(value).__name__}"
    raise TypeError(msg)


def append_entry(
    session: Session, *, at: datetime, actor: str, kind: str, subject: str, payload: Mapping[str, Any]
) -> Entry:
    """Append one decision to the chain, in the caller's transaction, with the head locked.

    Parameters
    ----------
    session : Session
        Of ``Ledger.write()``; the decision's rows are written in the same one.
    at : datetime
        Wall time, aware.
    actor : str
        User's login, or the name of the office or program.
    kind, subject : str
        Verb of the office, and what it is about (``duty:<id>``).
    payload : mapping
        What was decided; never personal data (`commitment` instead).
    """
    for field, said, most in (("actor", actor, 300), ("kind", kind, 80), ("subject", subject, 300)):
        if not said.strip() or len(said) > most:
            raise CallerError(
                "A decision needs its {field} in 1 to {most} signs, not {said!r}.",
                field=field,
                most=most,
                said=said[:80],
            )
    head = session.execute(select(EntryHead).where(EntryHead.id == 1).with_for_update()).scalar_one()
    entry = Entry(
        number=head.number + 1,
        id=str(uuid7(at)),
        at=at.astimezone(UTC),
        actor=actor,
        kind=kind,
        subject=subject,
        payload=canonical(payload),
        previous=head.hash,
        hash="",
    )
    entry.hash = entry_hash(entry)
    head.number, head.hash = entry.number, entry.hash
    session.add(entry)
    session.flush()
    return entry


def entry_hash(entry: Entry) -> str:
    """Return SHA-256 over everything an entry says and the hash before it."""
    return said_hash(
        entry.number,
        entry.id,
        entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        entry.actor,
        entry.kind,
        entry.subject,
        entry.payload,
        entry.previous,
    )


def said_hash(*said: int | str) -> str:
    """Return SHA-256 over the JSON list of an entry's fields, as anybody can make it again.

    Examples
    --------
    >>> said_hash(1, "id", "2024-03-28T00:00:00.000000+00:00", "office", "plan.adopted", "plan:1", "{}", FIRST)[:8]
    '63da101e'
    """
    text = json.dumps(said, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Commitment:
    """A promise of what a private text was; without the salt it says nothing."""

    salt: bytes
    digest: str


def commitment(text: str, salt: bytes | None = None) -> Commitment:
    """Commit to a private text: the digest may stand in an entry, the salt stays and dies with the text."""
    used = secrets.token_bytes(_SALT_BYTES) if salt is None else salt
    return Commitment(used, hashlib.sha256(used + text.encode()).hexdigest())

"""Who may deliver files by a key (报送方): the key is shown once, and only its hash is kept."""

import hashlib
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select

from lantian.ledger import Ledger
from lantian.ledger.entries import append_entry
from lantian.ledger.models import Sender
from lantian.terms.errors import CallerError
from lantian.terms.ids import uuid7

KEY_BYTES = 32
"""Random bytes of a key. [bytes]"""
_NAME = re.compile(r"[0-9A-Za-z\u4e00-\u9fff][0-9A-Za-z\u4e00-\u9fff_\-]{0,79}")
"""Also the name of a folder: letters, digits, Chinese signs, ``_`` and ``-``."""


@dataclass(frozen=True, slots=True)
class SenderContent:
    """What is registered of a sender."""

    name: str
    organisation: str
    kinds: tuple[str, ...] = ()
    """Empty: every kind."""
    simulated: bool = False


@dataclass(frozen=True, slots=True)
class NewSender:
    """A sender with its key, which cannot be shown again."""

    sender: Sender
    key: str = field(repr=False)


def add_sender(
    ledger: Ledger, content: SenderContent, known: Sequence[str], *, by: str, at: datetime, reason: str
) -> NewSender:
    """Let somebody deliver files by a new key.

    Parameters
    ----------
    known : sequence of str
        Kinds of files that there are.

    Raises
    ------
    CallerError
        The name is none or was given before, a kind is not known, no reason is given, or sender and workspace are
        not both simulated or both real.
    """
    if not _NAME.fullmatch(content.name):
        raise CallerError(
            "{name!r} is no name of a sender. Use 1 to 80 letters, digits, Chinese signs, _ and -: it also names "
            "a folder.",
            name=content.name,
        )
    if not content.organisation.strip() or not reason.strip():
        raise CallerError(
            "Say which organisation answers for sender {name}, and why it may send.", name=content.name
        )
    if strange := sorted(set(content.kinds) - set(known)):
        raise CallerError(
            "There is no kind {strange}. The kinds are {known}.",
            strange=", ".join(strange),
            known=", ".join(known),
        )
    if content.simulated != ledger.identity()[1]:
        raise CallerError(
            "Sender {name} is registered as simulated={simulated}, and this workspace is the other kind. The two "
            "are never mixed; use the workspace of its kind.",
            name=content.name,
            simulated=content.simulated,
        )
    key = secrets.token_urlsafe(KEY_BYTES)
    with ledger.write() as session:
        if session.scalars(select(Sender).where(Sender.name == content.name)).first() is not None:
            raise CallerError(
                "There is or was a sender {name}; names are given once. Choose another one.", name=content.name
            )
        row = Sender(
            id=str(uuid7(at)), name=content.name, organisation=content.organisation, key_hash=hash_of(key),
            kinds=list(content.kinds), simulated=content.simulated, made_at=at, made_by=by, reason=reason,
        )  # fmt: skip
        session.add(row)
        payload = {
            "name": row.name, "organisation": row.organisation, "kinds": row.kinds, "simulated": row.simulated,
            "reason": reason,
        }  # fmt: skip
        append_entry(session, at=at, actor=by, kind="sender.added", subject=f"sender:{row.id}", payload=payload)
    return NewSender(row, key)


def close_sender(ledger: Ledger, name: str, *, by: str, at: datetime, reason: str) -> Sender:
    """Let a sender deliver no more; its key is void from now on, its deliveries stay. Closing twice is once.

    Raises
    ------
    CallerError
        There is no such sender, or no reason is given.
    """
    if not reason.strip():
        raise CallerError("Say why sender {name} is closed; the reason is kept.", name=name)
    with ledger.write() as session:
        row = session.scalars(select(Sender).where(Sender.name == name)).first()
        if row is None:
            raise CallerError("There is no sender {name!r}. List those that there are.", name=name)
        if row.closed_at is None:
            row.closed_at, row.closed_by, row.closed_because = at, by, reason
            payload = {"name": name, "reason": reason}
            append_entry(
                session, at=at, actor=by, kind="sender.closed", subject=f"sender:{row.id}", payload=payload
            )
    return row


def list_senders(ledger: Ledger, *, closed: bool = False) -> list[Sender]:
    """List senders by name; those that were closed only where they are asked for."""
    question = select(Sender).order_by(Sender.name)
    if not closed:
        question = question.where(Sender.closed_at.is_(None))
    with ledger.read() as session:
        return list(session.scalars(question))


def find_by_key(ledger: Ledger, key: str) -> Sender | None:
    """Return the open sender of a key; None where there is none."""
    return _open(ledger, Sender.key_hash == hash_of(key))


def find_by_name(ledger: Ledger, name: str) -> Sender | None:
    """Return the open sender of a name; None where there is none."""
    return _open(ledger, Sender.name == name)


def may_send(sender: Sender, kind: str) -> bool:
    """Say whether a sender may send files of a kind."""
    return not sender.kinds or kind in sender.kinds


def hash_of(key: str) -> str:
    """SHA-256 of a key, hexadecimal; a key is random, so that it needs no slow hash."""
    return hashlib.sha256(key.encode("utf-8", "surrogateescape")).hexdigest()


def _open(ledger: Ledger, which: object) -> Sender | None:
    with ledger.read() as session:
        return session.scalars(select(Sender).where(which, Sender.closed_at.is_(None))).first()  # type: ignore[arg-type]

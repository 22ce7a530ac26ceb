"""A file is delivered (交付): its bytes and its row are on the disk before anybody hears yes."""

import hashlib
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lantian.ledger import Ledger
from lantian.ledger.entries import append_entry
from lantian.ledger.files import FileStore
from lantian.ledger.models import Delivery, Sender
from lantian.loop.sense.doors.records import HEAD_BYTES, PACKED_HEAD_BYTES, FileKind
from lantian.loop.sense.doors.senders import may_send
from lantian.terms.errors import CallerError, HouseError
from lantian.terms.ids import uuid7

NAME_BYTES = 200
"""Longest name of a file, in UTF-8; disks take 255. [bytes]"""
OPTIONS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"edge": ("start", "end"), "period": ("realtime", "five_minutes", "minute", "hour", "day")}
)
"""What may be said beside a file, and how."""
_ARCHIVES: Mapping[bytes, str] = MappingProxyType(
    {
        b"Rar!": "RAR",
        b"7z\xbc\xaf\x27\x1c": "7z",
        b"\x1f\x8b": "gzip",
        b"BZh": "bzip2",
        b"\xfd7zXZ\x00": "xz",
        b"\x28\xb5\x2f\xfd": "Zstandard",
    }
)
_PACKED = b"PK\x03\x04"
_log = logging.getLogger(__name__)
_TAR_AT = 257
"""Where a tar says what it is. [bytes]"""


class State(StrEnum):
    """How far a delivery is."""

    WAITING = "waiting"
    TAKEN = "taken"
    REFUSED = "refused"
    UNRECOGNISED = "unrecognised"


class MayNotSendError(CallerError):
    """A sender may not send this kind."""


@dataclass(frozen=True, slots=True)
class FileDoor:
    """What every door for files is handed."""

    ledger: Ledger
    files: FileStore
    kinds: Sequence[FileKind]
    rejects: Path
    """Folder of the rejects."""

    def kind(self, key: str) -> FileKind:
        """Return a kind by its key.

        Raises
        ------
        CallerError
            There is none.
        """
        for kind in self.kinds:
            if kind.key == key:
                return kind
        raise CallerError(
            "There is no kind {key!r}. The kinds are {known}.",
            key=key,
            known=", ".join(kind.key for kind in self.kinds),
        )


@dataclass(frozen=True, slots=True)
class Parcel:
    """A file as it is handed in."""

    path: Path
    """Where its bytes are; they are copied, and whoever put them there takes them away."""
    name: str
    door: str
    """``folder``, ``http`` or ``command``."""
    brought_by: str
    sender: Sender | None = None
    kind: str | None = None
    """Where it is said."""
    options: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Delivered:
    """What a sender may be told."""

    delivery: Delivery
    fresh: bool
    """False: the same bytes were here already."""


def deliver(door: FileDoor, parcel: Parcel, *, at: datetime) -> Delivered:
    """Keep a file and put it into the queue; when this returns, nothing of it can be lost any more.

    The same bytes are the same delivery, whatever they are called and whoever brings them. One that was refused or
    not recognised waits again where another kind or option is said this time.

    Parameters
    ----------
    at : datetime
        Wall time, aware.

    Raises
    ------
    CallerError
        The name, a kind or an option is none, the file is empty, too large or an archive.
    MayNotSendError
        The sender may not send this kind.
    HouseError
        The disk or the ledger did not take it; nothing of it stands in the queue.
    """
    check_name(parcel.name)
    _check_said(door, parcel)
    try:
        head = head_of(parcel.path)
        _refuse_archive(door, parcel.name, head)
        kind = parcel.kind or _surely(door, parcel.name, head)
        if kind is not None and parcel.sender is not None:
            check_kind(parcel.sender, kind)
        digest = _digest(parcel.path)
        with door.ledger.read() as session:
            known = _find_same(session, digest)
        called = (
            parcel.name if known is None else known.name
        )  # known bytes are put back in order if they were damaged
        kept = door.files.put(parcel.path, called, given_by=parcel.brought_by, at=at, as_sent=True)
    except OSError as fault:
        raise HouseError(
            "{name} could not be kept: {fault}. It was not taken; make room and send it again.",
            name=parcel.name,
            fault=fault.strerror or fault,
        ) from fault
    with door.ledger.write() as session:
        row = _find_same(session, digest)
        if row is not None:
            _say_more(session, row, parcel, at)
            return Delivered(row, fresh=False)
        row = Delivery(
            id=str(uuid7(at)), turn=next_turn(session, at), sha256=digest, name=parcel.name,
            size=kept.size, file_id=kept.id, door=parcel.door,
            sender_id=None if parcel.sender is None else parcel.sender.id, brought_by=parcel.brought_by,
            received_at=at, kind=kind, said=parcel.kind is not None, options=dict(parcel.options),
            state=State.WAITING, attempts=0, ended_at=None, counts={}, findings=[], error=None, error_values={},
            rejects=[],
        )  # fmt: skip
        session.add(row)
    return Delivered(row, fresh=True)


def check_name(name: str) -> None:
    """Refuse a name that is none: empty, too long, with parts of a path or signs that cannot be seen.

    Raises
    ------
    CallerError
        With what a name may be.
    """
    wrong = (
        name != name.strip()
        or name in {"", ".", ".."}
        or any(sign in name for sign in "/\\:")
        or not name.isprintable()
        or len(name.encode("utf-8", "surrogateescape")) > NAME_BYTES
    )
    if wrong:
        raise CallerError(
            "{name!r} is no name of a file. Use at most {most} bytes, without folders, colons and signs that "
            "cannot be seen.",
            name=name[:NAME_BYTES],
            most=NAME_BYTES,
        )


def check_kind(sender: Sender, kind: str) -> None:
    """Refuse a kind that a sender may not send.

    Raises
    ------
    MayNotSendError
        With the kinds that it may send.
    """
    if not may_send(sender, kind):
        raise MayNotSendError(
            "Sender {name} may not send {kind}, only {kinds}. Ask the office for the right, or send another file.",
            name=sender.name,
            kind=kind,
            kinds=", ".join(sender.kinds),
        )


def head_of(path: Path) -> bytes:
    """Return what a kind may look at to know a file."""
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
        return head + file.read(PACKED_HEAD_BYTES - HEAD_BYTES) if head.startswith(_PACKED) else head


def recognised(door: FileDoor, name: str, head: bytes) -> list[str]:
    """List the kinds that know a file; one that stumbles over it does not."""
    return [kind.key for kind in door.kinds if _knows(kind, name, head)]


def next_turn(session: Session, at: datetime) -> int:
    """Return the place at the end of the queue: microseconds since 1970, or one more than the last.

    Tables remember the turns that they took. A ledger that comes back from an older backup must not give one of
    them again, so that turns follow the clock and are not merely counted.
    """
    last = session.execute(select(func.max(Delivery.turn))).scalar_one_or_none() or 0
    return max(last + 1, int(at.timestamp() * 1_000_000))


def put_back(session: Session, row: Delivery, *, kind: str | None, at: datetime) -> None:
    """Let a delivery wait again, at the end of the queue."""
    row.turn, row.state, row.kind, row.said = next_turn(session, at), State.WAITING, kind, kind is not None
    row.attempts, row.ended_at, row.error, row.error_values = 0, None, None, {}
    row.counts, row.findings, row.rejects = {}, [], []


# ---------------------------------------------------------------------------------------------- within


def _check_said(door: FileDoor, parcel: Parcel) -> None:
    if parcel.kind is not None:
        door.kind(parcel.kind)
    for name, value in parcel.options.items():
        if value not in OPTIONS.get(name, ()):
            raise CallerError(
                "{name}={value} cannot be said of a file. It may be: {may}.",
                name=name,
                value=value,
                may="; ".join(f"{known}={'|'.join(values)}" for known, values in OPTIONS.items()),
            )
    if parcel.sender is not None and parcel.sender.simulated != door.ledger.identity()[1]:
        raise MayNotSendError(
            "Sender {name} is simulated={simulated}, and this workspace is the other kind. The two are never "
            "mixed; send to the workspace of its kind.",
            name=parcel.sender.name,
            simulated=parcel.sender.simulated,
        )
    if parcel.sender is not None and parcel.kind is not None:
        check_kind(parcel.sender, parcel.kind)


def _refuse_archive(door: FileDoor, name: str, head: bytes) -> None:
    """Refuse files of files: what is in them would pass every check that is made here."""
    what = next((what for sign, what in _ARCHIVES.items() if head.startswith(sign)), None)
    if head[_TAR_AT : _TAR_AT + 5] == b"ustar":
        what = "tar"
    if head.startswith(_PACKED) and not (b"xl/" in head or b"word/" in head):
        what = "ZIP"
    if what == "gzip" and any(
        suffix.endswith(".gz") and name.lower().endswith(suffix) for kind in door.kinds for suffix in kind.suffixes
    ):
        return
    if what is not None:
        raise CallerError(
            "{name} is a {what} archive. Unpack it and send its files one by one.", name=name, what=what
        )


def _knows(kind: FileKind, name: str, head: bytes) -> bool:
    try:
        return kind.recognises(name, head)
    except Exception:  # noqa: BLE001 - what is sent must not close the door
        _log.exception("kind %s, file %r", kind.key, name)
        return False


def _surely(door: FileDoor, name: str, head: bytes) -> str | None:
    found = recognised(door, name, head)
    return found[0] if len(found) == 1 else None


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _find_same(session: Session, digest: str) -> Delivery | None:
    return session.scalars(select(Delivery).where(Delivery.sha256 == digest)).first()


def _say_more(session: Session, row: Delivery, parcel: Parcel, at: datetime) -> None:
    """Let a file that could not be taken wait again, where more is said of it this time."""
    said = parcel.kind or (row.kind if row.said else None)
    options = {**row.options, **parcel.options}
    news = options != row.options or (parcel.kind is not None and parcel.kind != row.kind)
    if row.state in {State.REFUSED, State.UNRECOGNISED} and news:
        row.options = options
        put_back(session, row, kind=said, at=at)
        payload = {"kind": said, "options": options, "reason": "given again with more said of it"}
        append_entry(
            session, at=at, actor=parcel.brought_by, kind="delivery.retried", subject=f"delivery:{row.id}",
            payload=payload,
        )  # fmt: skip

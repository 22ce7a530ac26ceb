"""Files as evidence: kept once under their hash, with limits of size and type (证据文件)."""

import hashlib
import os
import secrets
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from lantian.ledger.database import Ledger
from lantian.ledger.entries import append_entry, commitment
from lantian.ledger.file_types import FILE_TYPES, UNKNOWN, FileType, check_type, sniff
from lantian.ledger.models import EvidenceLink, StoredFile
from lantian.terms.errors import CallerError, HouseError
from lantian.terms.ids import uuid7

_CHUNK = 1 << 20
_SALT_BYTES = 32
_NAME_LENGTH = 300
_INCOMING = ".incoming-"


class Scan(StrEnum):
    """The word of the antivirus hook."""

    UNSCANNED = "unscanned"
    CLEAN = "clean"
    REFUSED = "refused"


Scanner = Callable[[Path], Scan]
"""Looks at a file that is not yet kept and says clean or refused."""


@dataclass(frozen=True, slots=True)
class FileLimits:
    """What the store takes."""

    max_bytes: int = 200_000_000
    """Largest file. [byte]"""
    max_unpacked_bytes: int = 2_000_000_000
    """Most that a packed file (docx, xlsx, zip) may unpack to. [byte]"""
    extensions: frozenset[str] = frozenset(FILE_TYPES)
    """Extensions that are taken, without the dot."""


@dataclass(frozen=True, slots=True)
class FileStore:
    """The workspace's drawer of files.

    Parameters
    ----------
    folder : Path
        Where the bytes lie, as ``ab/abcdef…``: names that people give are never paths.
    ledger : Ledger
        Where it stands what they are.
    limits : FileLimits
        Sizes and types that are taken.
    scan : callable, optional
        Antivirus program; without one a file is marked ``unscanned``.
    """

    folder: Path
    ledger: Ledger
    limits: FileLimits = FileLimits()
    scan: Scanner | None = None

    def put(
        self,
        data: bytes | Path,
        name: str,
        media_type: str | None = None,
        *,
        given_by: str,
        at: datetime,
        session: Session | None = None,
        as_sent: bool = False,
    ) -> StoredFile:
        """Keep a file; the same bytes by the same name are the file that is already here.

        Parameters
        ----------
        data : bytes or Path
            The file itself.
        name : str
            As people call it; its extension has to agree with what the bytes are.
        media_type : str, optional
            What the giver says it is; another one than the bytes show is refused.
        given_by : str
            Who hands it in.
        at : datetime
            Wall time, aware.
        session : Session, optional
            Of the decision that it belongs to; without one it is a decision of its own.
        as_sent : bool
            Keep it whatever it is: a file at a door of data, whose kind is found out later.

        Raises
        ------
        CallerError
            Too large, of a type that is not taken or another one than its name says, or refused by the scanner.
        """
        called = _called(name)
        with self._incoming(data) as (path, digest, size):
            kind = (
                (sniff(path) or UNKNOWN)
                if as_sent
                else check_type(path, called, self.limits.extensions, self.limits.max_unpacked_bytes)
            )
            if media_type is not None and media_type.split(";")[0].strip().lower() != kind.media_type:
                raise CallerError(
                    "{name} is {found}, not {said} as it says. Send it with its own type.",
                    name=called,
                    found=kind.media_type,
                    said=media_type,
                )
            word = self._word(path, called)
            with self._decision(session) as used:
                held = _find_same(used, digest, called)
                self._keep(path, digest)  # heals bytes that were damaged, if they were here
                return held if held is not None else _add(used, digest, called, kind, size, word, given_by, at)

    def read(self, file_id: str, *, session: Session | None = None) -> bytes:
        """Return a file's bytes, proved against the hash under which they were taken.

        Raises
        ------
        CallerError
            No such file, or deleted, or refused by the scanner.
        HouseError
            The bytes are gone or are not the ones that were given.
        """
        with self._looking(session) as used:
            row = _standing(used, file_id)
        if row.scan == Scan.REFUSED:
            raise _refused(file_id)
        try:
            data = self._path(row.sha256).read_bytes()
        except OSError as fault:
            raise HouseError(
                "The bytes of file {id} are not in {folder}: {fault}. Restore the folder from a backup.",
                id=file_id,
                folder=self.folder,
                fault=fault,
            ) from fault
        if hashlib.sha256(data).hexdigest() != row.sha256:
            raise HouseError(
                "The bytes of file {id} in {folder} are not those that were given. Restore the folder from a "
                "backup.",
                id=file_id,
                folder=self.folder,
            )
        return data

    def path(self, file_id: str) -> Path:
        """Return where a file's bytes can be read, proved against the hash under which they were taken.

        Raises
        ------
        CallerError
            No such file, or deleted, or refused by the scanner.
        HouseError
            The bytes are gone or are not the ones that were given.
        """
        with self.ledger.read() as session:
            row = _standing(session, file_id)
        if row.scan == Scan.REFUSED:
            raise _refused(file_id)
        if not self._sound(row.sha256):
            raise HouseError(
                "The bytes of file {id} are not in {folder} as they were given. Restore the folder from a backup.",
                id=file_id,
                folder=self.folder,
            )
        return self._path(row.sha256)

    def link(
        self, session: Session, file_id: str, subject: str, note: str, *, by: str, at: datetime
    ) -> EvidenceLink:
        """Say what a file is evidence for (``report:<id>``); saying it twice is once."""
        _standing(session, file_id)
        same = select(EvidenceLink).where(EvidenceLink.file_id == file_id, EvidenceLink.subject == subject)
        held = session.scalars(same).first()
        if held is not None:
            return held
        row = EvidenceLink(
            id=str(uuid7(at)), file_id=file_id, subject=subject, note=note, linked_by=by, linked_at=at
        )
        session.add(row)
        append_entry(
            session, at=at, actor=by, kind="file.linked", subject=f"file:{file_id}", payload={"for": subject}
        )
        return row

    def delete(self, file_id: str, *, because: str, by: str, at: datetime, session: Session | None = None) -> None:
        """Delete a file on schedule: bytes, name, hash and salt go; row, links and chain stay whole."""
        if not because.strip():
            raise CallerError("A deletion needs its reason; it is kept as evidence.")
        with self._decision(session) as used:
            row = _standing(used, file_id)
            digest = row.sha256
            row.name, row.sha256, row.salt, row.deleted_at = "", "", None, at
            append_entry(
                used, at=at, actor=by, kind="file.deleted", subject=f"file:{file_id}", payload={"because": because}
            )
            event.listen(used, "after_commit", lambda _: self._forget(digest), once=True)

    def rescan(self, file_id: str, *, by: str, at: datetime) -> Scan:
        """Ask the scanner again about a file that is here; one that it refuses now is no longer given out."""
        with self.ledger.write() as session:
            row = _standing(session, file_id)
            word = Scan.UNSCANNED if self.scan is None else self.scan(self._path(row.sha256))
            if word != row.scan:
                row.scan = word
                append_entry(
                    session,
                    at=at,
                    actor=by,
                    kind="file.scanned",
                    subject=f"file:{file_id}",
                    payload={"scan": word},
                )
        return word

    def list_damaged(self) -> list[str]:
        """List the ids of files whose bytes are gone or are not those that were given."""
        with self.ledger.read() as session:
            held = session.execute(select(StoredFile.id, StoredFile.sha256).where(StoredFile.deleted_at.is_(None)))
            return [row.id for row in held if not self._sound(row.sha256)]

    def sweep(self, now: datetime, older_than: timedelta = timedelta(days=1)) -> int:
        """Remove bytes that no row names, left by decisions that failed; return how many files went."""
        before, gone = (now - older_than).timestamp(), 0
        with self.ledger.write() as session:
            for path in [*self.folder.glob("[0-9a-f][0-9a-f]/*"), *self.folder.glob(f"{_INCOMING}*")]:
                if path.stat().st_mtime < before and not _names(session, path.name):
                    path.unlink()
                    gone += 1
        return gone

    # ------------------------------------------------------------------------------------------ the folder

    def _path(self, digest: str) -> Path:
        return self.folder / digest[:2] / digest

    def _sound(self, digest: str) -> bool:
        try:
            with self._path(digest).open("rb") as file:
                return hashlib.file_digest(file, "sha256").hexdigest() == digest
        except OSError:
            return False

    @contextmanager
    def _incoming(self, data: bytes | Path) -> Iterator[tuple[Path, str, int]]:
        """Write what comes in beside the kept files, to the disk itself; it is gone after, unless it was kept."""
        self.folder.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=_INCOMING, dir=self.folder)
        path = Path(name)
        try:
            with os.fdopen(handle, "wb") as file:
                digest, size = self._copy(data, file)
                file.flush()
                os.fsync(file.fileno())
            yield path, digest, size
        finally:
            path.unlink(missing_ok=True)

    def _copy(self, data: bytes | Path, into: BinaryIO) -> tuple[str, int]:
        made, size = hashlib.sha256(), 0
        for chunk in _chunks(data):
            size += len(chunk)
            if size > self.limits.max_bytes:
                raise CallerError(
                    "The file has more than {limit:,} bytes, the most that is taken. Send a smaller one, or raise "
                    "file_max_bytes in the settings.",
                    limit=self.limits.max_bytes,
                )
            made.update(chunk)
            into.write(chunk)
        if size == 0:
            raise CallerError("The file is empty; there is nothing to keep.")
        return made.hexdigest(), size

    def _keep(self, path: Path, digest: str) -> None:
        place = self._path(digest)
        place.parent.mkdir(exist_ok=True)
        path.replace(place)
        folder = os.open(place.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def _forget(self, digest: str) -> None:
        with self.ledger.write() as session:  # nobody puts the same bytes at the same time
            if not _names(session, digest):
                self._path(digest).unlink(missing_ok=True)

    def _word(self, path: Path, name: str) -> Scan:
        word = Scan.UNSCANNED if self.scan is None else self.scan(path)
        if word == Scan.REFUSED:
            raise CallerError(
                "The virus scanner refuses {name}. It was not kept; clean it and send it again.", name=name
            )
        return word

    @contextmanager
    def _decision(self, session: Session | None) -> Iterator[Session]:
        with self.ledger.write() if session is None else nullcontext(session) as used:
            yield used

    @contextmanager
    def _looking(self, session: Session | None) -> Iterator[Session]:
        with self.ledger.read() if session is None else nullcontext(session) as used:
            yield used


def list_files(session: Session, subject: str) -> list[StoredFile]:
    """List the files that are evidence for a subject, oldest first; deleted ones stand as rows without a name."""
    query = (
        select(StoredFile)
        .join(EvidenceLink, EvidenceLink.file_id == StoredFile.id)
        .where(EvidenceLink.subject == subject)
        .order_by(EvidenceLink.linked_at, EvidenceLink.id)
    )
    return list(session.scalars(query))


def file_commitment(row: StoredFile) -> str:
    """Return what the chain says of a file: a salted digest of its hash and name."""
    if row.salt is None:
        raise CallerError("File {id} was deleted; what it was can no longer be shown.", id=row.id)
    return commitment(f"{row.sha256} {row.name}", row.salt).digest


def _add(
    session: Session, digest: str, name: str, kind: FileType, size: int, word: Scan, given_by: str, at: datetime
) -> StoredFile:
    row = StoredFile(
        id=str(uuid7(at)), sha256=digest, name=name, media_type=kind.media_type, size=size, given_by=given_by,
        given_at=at, scan=word, salt=secrets.token_bytes(_SALT_BYTES),
    )  # fmt: skip
    session.add(row)
    append_entry(
        session,
        at=at,
        actor=given_by,
        kind="file.given",
        subject=f"file:{row.id}",
        payload={"commitment": file_commitment(row), "media_type": row.media_type, "size": size, "scan": word},
    )
    return row


def _find_same(session: Session, digest: str, name: str) -> StoredFile | None:
    same = select(StoredFile).where(
        StoredFile.sha256 == digest, StoredFile.name == name, StoredFile.deleted_at.is_(None)
    )
    return session.scalars(same).first()


def _names(session: Session, digest: str) -> bool:
    """Whether any row still names these bytes."""
    held = select(func.count()).where(StoredFile.sha256 == digest, StoredFile.deleted_at.is_(None))
    return bool(session.execute(held).scalar_one())


def _standing(session: Session, file_id: str) -> StoredFile:
    row = session.get(StoredFile, file_id)
    if row is None:
        raise CallerError("There is no file {id!r}. Use the id that it was given when it came in.", id=file_id)
    if row.deleted_at is not None:
        raise CallerError("File {id} was deleted on {at}; only its row is left.", id=file_id, at=row.deleted_at)
    return row


def _refused(file_id: str) -> CallerError:
    return CallerError("File {id} was refused by the virus scanner and is not given out.", id=file_id)


def _called(name: str) -> str:
    """Return the name alone: no folders, no control characters."""
    alone = PurePosixPath(name.replace("\\", "/")).name
    clean = "".join(sign for sign in alone if sign.isprintable()).strip()
    if not clean or len(clean) > _NAME_LENGTH:
        raise CallerError(
            "A file needs a name of 1 to {limit} signs, not {name!r}.", limit=_NAME_LENGTH, name=name[:80]
        )
    return clean


def _chunks(data: bytes | Path) -> Iterator[bytes]:
    if isinstance(data, bytes):
        yield from (data[start : start + _CHUNK] for start in range(0, len(data), _CHUNK))
        return
    try:
        with data.open("rb") as file:
            while chunk := file.read(_CHUNK):
                yield chunk
    except OSError as fault:
        raise CallerError("{path} cannot be read: {fault}. Name a file.", path=data, fault=fault) from fault

"""Puts old segments away (归档): packed, proved, listed, and only then removed; a crash between harms nothing.

The order is: packed file, its bytes read back and compared, line in the chained list, removal. Whatever was done
before a crash is found and gone on from. A segment is put away only when all before it were, when the lake has the
whole of it, and when it proves sound.
"""

import gzip
import os
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

from filelock import FileLock, Timeout

from lantian.store.journal.checking import walk
from lantian.store.journal.manifest import Archived, append_to_manifest, read_manifest
from lantian.store.journal.records import HEAD_BYTES, LENGTH, Position, decode
from lantian.store.journal.segments import SUFFIX, head_of, make_durable, numbers, path_of, pieces
from lantian.terms.errors import HouseError

FOLDER = "archive"
_CHUNK = 1 << 22


def archive(
    folder: Path, *, before_us: int, taken: Position, by: str, at: datetime, into: Path | None = None
) -> list[Archived]:
    """Put away the oldest segments, as far as that may be; return them.

    Parameters
    ----------
    folder
        Of the journal.
    before_us
        Only segments whose newest record was received before this instant. [µs]
    taken
        Up to where the lake has everything; the segment in which this lies stays.
    by, at
        Who puts them away, and when.
    into
        Folder of the archives; ``archive`` below the journal's where None.

    Raises
    ------
    HouseError
        A segment does not prove sound, the disk takes no more, or another archiving is under way.
    """
    done: list[Archived] = []
    with _alone(folder):
        listed = read_manifest(folder)
        here = numbers(folder)
        for number in here[:-1]:  # the newest is being written, or the chain goes on from it
            if number in listed:
                _remove(folder, listed[number])  # a crash came between the list and the removal
                continue
            newest = None if number >= taken.segment else _newest_us(folder, number)
            if newest is None or newest >= before_us:
                break
            row = _pack(folder, number, newest, into or folder / FOLDER, by=by, at=at)
            append_to_manifest(folder, row)
            _remove(folder, row)
            done.append(row)
    return done


def _newest_us(folder: Path, number: int) -> int | None:
    """Return when the newest record of a segment was received; None where it has no head that holds."""
    path = path_of(folder, number)
    head = head_of(path)
    if head is None:
        return None
    newest = head.opened_us
    with path.open("rb") as file:
        for piece in pieces(file, HEAD_BYTES):
            record = decode(Position(number, piece.offset), piece.plain[LENGTH.size :])
            newest = newest if record is None else max(newest, record.received_us)
    return newest


def _pack(folder: Path, number: int, newest: int, into: Path, *, by: str, at: datetime) -> Archived:
    path = path_of(folder, number)
    head = head_of(path)
    with path.open("rb") as plain:
        last, records, end, damages = walk(plain, number)
    if head is None or damages or end != path.stat().st_size:
        raise HouseError(
            "segment {number} of the journal in {folder} does not hold, so it is not put away. `lantian gateway "
            "journal verify` says where; restore it from the backup",
            number=number,
            folder=folder,
        )
    packed = into / f"{number:010d}-{head.journal.hex()[:8]}{SUFFIX}.gz"
    try:
        content = _compress(path, packed)
    except (OSError, zlib.error) as error:
        raise HouseError(
            "segment {number} cannot be put away as {path}: {error}. Nothing was removed; look for room and "
            "rights there",
            number=number,
            path=packed,
            error=error,
        ) from error
    inside = packed.is_relative_to(folder)
    return Archived(
        number=number,
        file=str(packed.relative_to(folder) if inside else packed.absolute()),
        file_sha256=_digest(packed.open("rb")),
        sha256=content,
        size=end,
        records=records,
        opened_us=head.opened_us,
        newest_us=newest,
        journal=head.journal.hex(),
        previous=head.previous.hex(),
        last=last.hex(),
        archived_at=at.isoformat(),
        archived_by=by,
    )


def _compress(path: Path, packed: Path) -> str:
    """Pack a file, wait until it is durable, read it back and compare; return the hash of its content."""
    packed.parent.mkdir(parents=True, exist_ok=True)
    part = packed.with_name(f"{packed.name}.part")
    with path.open("rb") as plain, part.open("wb") as raw:
        with gzip.GzipFile(filename="", fileobj=raw, mode="wb", mtime=0) as into:
            while chunk := plain.read(_CHUNK):
                into.write(chunk)
        raw.flush()
        os.fsync(raw.fileno())
    content = _digest(path.open("rb"))
    with gzip.open(part, "rb") as unpacked:
        if _digest(unpacked) != content:  # type: ignore[arg-type]
            raise OSError("what was written reads back as something else")
    part.replace(packed)
    make_durable(packed.parent)
    return content


def _remove(folder: Path, row: Archived) -> None:
    """Remove the file of a segment whose archive is listed and here."""
    packed = row.path(folder)
    if not packed.exists() or _digest(packed.open("rb")) != row.file_sha256:
        raise HouseError(
            "{path}, the archive of segment {number}, is not here or is not what was put away; the segment stays. "
            "Restore the archive from the backup",
            path=packed,
            number=row.number,
        )
    path_of(folder, row.number).unlink()
    make_durable(folder)


def _digest(file: BinaryIO) -> str:
    digest = sha256()
    with file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    lock = FileLock(folder / ".archive.lock", fallback_to_soft=False, preserve_lock_file=True)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise HouseError(
            "segments of the journal in {folder} are being put away already. Wait for the end of that",
            folder=folder,
        ) from None
    try:
        yield
    finally:
        lock.release()

"""The files of a journal: how they are named, found and walked record by record."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

from lantian.store.journal.records import (
    HASH_BYTES,
    HEAD_BYTES,
    HEAD_OF_BODY,
    LENGTH,
    LONGEST_BODY,
    SegmentHead,
)

SUFFIX = ".journal"


class Piece(NamedTuple):
    """One record as bytes, not yet believed."""

    offset: int
    plain: bytes
    """Length and body: what the hash is over, after the hash before it."""
    hash: bytes

    @property
    def end(self) -> int:
        """Where the next record begins. [B]"""
        return self.offset + len(self.plain) + HASH_BYTES


def path_of(folder: Path, number: int) -> Path:
    """Return the file of a segment."""
    return folder / f"{number:010d}{SUFFIX}"


def numbers(folder: Path) -> list[int]:
    """List the segments of a journal, oldest first."""
    if not folder.is_dir():
        return []
    return sorted(int(path.stem) for path in folder.glob(f"*{SUFFIX}") if path.stem.isdigit())


def head_of(path: Path) -> SegmentHead | None:
    """Read the head of a segment; None where the file has none that holds."""
    with path.open("rb") as file:
        return head_in(file)


def head_in(file: BinaryIO) -> SegmentHead | None:
    """Read the head of an open segment; None where it has none that holds."""
    file.seek(0)
    return SegmentHead.decode(file.read(HEAD_BYTES))


def pieces(file: BinaryIO, offset: int, *, chunk: int = 1 << 22) -> Iterator[Piece]:
    """Walk the whole records from a place on; ends where no whole record follows.

    Parameters
    ----------
    chunk
        How much is read at once. [B]
    """
    file.seek(offset)
    held = b""
    at = 0
    while True:
        fresh = file.read(chunk)
        if not fresh:
            return
        held = held[at:] + fresh
        at = 0
        while len(held) - at >= LENGTH.size:
            (length,) = LENGTH.unpack_from(held, at)
            if not HEAD_OF_BODY <= length <= LONGEST_BODY:
                return
            end = at + LENGTH.size + length
            if end + HASH_BYTES > len(held):
                break
            piece = Piece(offset, held[at:end], held[end : end + HASH_BYTES])
            yield piece
            offset, at = piece.end, end + HASH_BYTES


def hash_before(file: BinaryIO, offset: int) -> bytes:
    """Read the hash that a record at this place continues: each record, and the head, ends with its own."""
    file.seek(offset - HASH_BYTES)
    return file.read(HASH_BYTES)


def make_durable(path: Path) -> None:
    """Wait until a file or folder stands on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

"""The one writer of a journal: records are chained in memory, and a group of them is made durable at once.

`append` is cheap and only remembers; `take` hands over what has come together; `write` puts it on the disk and
waits for it. So a server appends in its own thread and lets another one wait, and answers leave after `write`.
"""

import os
from collections.abc import Callable
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from lantian.store.journal.records import SegmentHead, chained, encode
from lantian.store.journal.recovery import Cut, next_head, recover
from lantian.store.journal.segments import make_durable, path_of
from lantian.terms.errors import HouseError

if TYPE_CHECKING:
    from collections.abc import Iterator

SEGMENT_BYTES = 256 << 20
_DAY_US = 86_400_000_000


@dataclass(slots=True)
class Group:
    """Records that become durable together, in one segment."""

    number: int
    head: bytes
    """Head of the segment where the group begins a new one, else empty."""
    offset: int
    """Where the group begins in its segment. [B]"""
    parts: list[bytes] = field(default_factory=list)
    size: int = 0
    """[B]"""
    records: int = 0


class JournalWriter:
    """Appends to a journal; there is one writer a journal (see `lock_journal`).

    Parameters
    ----------
    folder
        Where the segments lie; made when absent.
    clock_us
        Wall clock, since 1970 in UTC. [µs]
    segment_bytes
        A segment that is longer is followed by a new one, as is one of the day (UTC) before. [B]
    """

    def __init__(self, folder: Path, clock_us: Callable[[], int], *, segment_bytes: int = SEGMENT_BYTES) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self._clock_us = clock_us
        self._segment_bytes = segment_bytes
        recovered = recover(folder)
        self.cut: Cut | None = recovered.cut
        head = next_head(recovered, os.urandom(16), clock_us())
        self.journal = head.journal
        self._handle: int | None = None
        self._closed: list[Group] = []
        self._group: Group
        self._number: int
        self._size: int
        self._hash: bytes
        self._day_ends: int
        self._begin(head)

    # ------------------------------------------------------------------------------------------ in memory

    def append(self, kind: int, received_us: int, peer: bytes, mn: bytes, raw: bytes) -> None:
        """Chain a record to the ones before it; it is not durable until its group was written."""
        group = self._group
        if (self._size > self._segment_bytes or received_us >= self._day_ends) and not group.head:
            group = self._turn()
        plain = encode(kind, received_us, peer, mn, raw)
        self._hash = chained(self._hash, plain)
        group.parts += (plain, self._hash)
        grown = len(plain) + len(self._hash)
        group.size += grown
        group.records += 1
        self._size += grown

    def take(self) -> list[Group]:
        """Hand over what was appended since the last time; empty where nothing was."""
        groups = [*self._closed, self._group] if self._group.parts else self._closed
        self._closed = []
        if self._group.parts:
            self._group = Group(self._number, b"", self._size)
        return groups

    @property
    def pending(self) -> int:
        """Bytes that nobody took yet. [B]"""
        return self._group.size + sum(group.size for group in self._closed)

    def _begin(self, head: SegmentHead) -> None:
        written = head.encode()
        self._number = head.number
        self._hash = written[-32:]
        self._size = len(written)
        self._day_ends = (head.opened_us // _DAY_US + 1) * _DAY_US
        self._group = Group(head.number, written, 0)

    def _turn(self) -> Group:
        """Begin a new segment with the next record."""
        if self._group.parts:
            self._closed.append(self._group)
        self._begin(SegmentHead(self._number + 1, self.journal, self._clock_us(), self._hash))
        return self._group

    # ------------------------------------------------------------------------------------------ on the disk

    def write(self, group: Group) -> None:
        """Write a group and wait until it is durable. After a failure the same group may be written again.

        Raises
        ------
        HouseError
            The disk did not take it; nothing of it counts as written.
        """
        try:
            self._write(group)
        except OSError as error:
            self._undo(group)
            raise HouseError(
                "the journal in {folder} cannot be written: {error}. Nothing is acknowledged until it can "
                "be. Look for room and rights on that disk; it is tried again by itself",
                folder=self.folder,
                error=error,
            ) from error

    def commit(self) -> int:
        """Take and write everything; return how many records became durable."""
        done = 0
        for group in self.take():
            self.write(group)
            done += group.records
        return done

    def close(self) -> None:
        """Give the file back; what was not written is lost, so commit before."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None

    def _write(self, group: Group) -> None:
        path = path_of(self.folder, group.number)
        if group.head:
            self.close()
            self._handle = os.open(path, os.O_CREAT | os.O_RDWR, 0o600)
            make_durable(self.folder)
        elif self._handle is None:
            self._handle = os.open(path, os.O_RDWR)
        offset = group.offset
        left = memoryview(b"".join((group.head, *group.parts)))
        while left:
            taken = os.pwrite(self._handle, left, offset)
            offset += taken
            left = left[taken:]
        os.fdatasync(self._handle)

    def _undo(self, group: Group) -> None:
        """Take half a group off the disk, and open the file anew next time: a failed sync may lie afterwards."""
        with suppress(OSError):
            if self._handle is not None:
                os.ftruncate(self._handle, group.offset)
        with suppress(OSError):
            self.close()
        self._handle = None


@contextmanager
def lock_journal(folder: Path) -> "Iterator[None]":
    """Hold the only right to write to a journal while the block runs.

    Raises
    ------
    HouseError
        Another process holds it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    lock = FileLock(folder / ".lock", fallback_to_soft=False, preserve_lock_file=True)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise HouseError(
            "another gateway writes the journal in {folder}. Two at once would break its chain: end that one, or "
            "give this one another workspace",
            folder=folder,
        ) from None
    try:
        yield
    finally:
        lock.release()

"""What a logger has to bring and could not yet (缓存补传): bounded, in memory or in a file that outlives it.

The file also keeps who the logger is: the number, key and password that a host gave it.
"""

import sqlite3
from collections import deque
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from lantian.terms.errors import CallerError, HouseError
from lantian.wire.hj212.frame import parse
from lantian.wire.hj212.messages import Message, generic
from lantian.wire.hj212.writing import build, segment_of

MOST_FRAMES = 100_000


@dataclass(frozen=True, slots=True)
class Held:
    """A frame that waits."""

    number: int
    message: Message
    waited: bool
    """Whether it was there before this program, or before the line came back."""


class Buffer(Protocol):
    """Frames in the order in which they are to be brought."""

    lost: int
    """Frames that were dropped, the oldest first, because there were too many."""

    def put(self, message: Message) -> None:
        """Keep a frame."""

    def first(self) -> Held | None:
        """Return the frame whose turn it is."""

    def drop(self, number: int) -> None:
        """Forget a frame: it was brought."""

    def postpone(self, number: int) -> None:
        """Let all others go before a frame."""

    def line_lost(self) -> None:
        """Take note that everything that waits now comes late."""

    def __len__(self) -> int: ...


class MemoryBuffer:
    """Frames in memory; they end with the program.

    Parameters
    ----------
    most
        Frames that are kept.
    """

    def __init__(self, most: int = MOST_FRAMES) -> None:
        self.lost = 0
        self._most = most
        self._frames: deque[tuple[int, Message]] = deque()
        self._last = 0
        self._late_upto = 0

    def put(self, message: Message) -> None:
        """Keep a frame."""
        if len(self._frames) >= self._most:
            self._frames.popleft()
            self.lost += 1
        self._last += 1
        self._frames.append((self._last, message))

    def first(self) -> Held | None:
        """Return the frame whose turn it is."""
        if not self._frames:
            return None
        number, message = self._frames[0]
        return Held(number, message, number <= self._late_upto)

    def drop(self, number: int) -> None:
        """Forget a frame: it was brought."""
        if self._frames and self._frames[0][0] == number:
            self._frames.popleft()

    def postpone(self, number: int) -> None:
        """Let all others go before a frame."""
        if self._frames and self._frames[0][0] == number:
            self._frames.rotate(-1)

    def line_lost(self) -> None:
        """Take note that everything that waits now comes late."""
        self._late_upto = self._last

    def __len__(self) -> int:
        return len(self._frames)


class FileBuffer:
    """Frames, and who the logger is, in a file of SQLite that only its owner can read.

    Parameters
    ----------
    path
        The file; made when absent.
    most
        Frames that are kept.

    Raises
    ------
    CallerError
        The file is something else.
    """

    def __init__(self, path: Path, most: int = MOST_FRAMES) -> None:
        self.lost = 0
        self._path = path
        self._most = most
        try:
            path.touch(mode=0o600)
            self._base = sqlite3.connect(path, isolation_level=None)
            self._base.execute("PRAGMA journal_mode=WAL")
            self._base.execute("PRAGMA synchronous=FULL")
            self._base.execute("CREATE TABLE IF NOT EXISTS frames (place INTEGER PRIMARY KEY, data BLOB NOT NULL)")
            self._base.execute("CREATE TABLE IF NOT EXISTS identity (name TEXT PRIMARY KEY, value TEXT NOT NULL)")
            [(count, last)] = self._base.execute("SELECT count(*), coalesce(max(place), 0) FROM frames")
        except (OSError, sqlite3.Error) as error:
            raise CallerError(
                "{path} cannot be used as the memory of a logger: {error}. Name a file of its own, or a new one.",
                path=path,
                error=error,
            ) from error
        self._count, self._last, self._late_upto = int(count), int(last), int(last)

    def put(self, message: Message) -> None:
        """Keep a frame, durably.

        Raises
        ------
        HouseError
            The disk did not take it.
        """
        if self._count >= self._most:
            self._do("DELETE FROM frames WHERE place = (SELECT min(place) FROM frames)")
            self._count -= 1
            self.lost += 1
        self._last += 1
        self._do("INSERT INTO frames VALUES (?, ?)", self._last, build(segment_of(message)))
        self._count += 1

    def first(self) -> Held | None:
        """Return the frame whose turn it is."""
        row = self._base.execute("SELECT place, data FROM frames ORDER BY place LIMIT 1").fetchone()
        return None if row is None else Held(row[0], generic(parse(row[1])), row[0] <= self._late_upto)

    def drop(self, number: int) -> None:
        """Forget a frame: it was brought."""
        self._count -= self._do("DELETE FROM frames WHERE place = ?", number)

    def postpone(self, number: int) -> None:
        """Let all others go before a frame."""
        self._last += 1
        self._do("UPDATE frames SET place = ? WHERE place = ?", self._last, number)

    def line_lost(self) -> None:
        """Take note that everything that waits now comes late."""
        self._late_upto = self._last

    def __len__(self) -> int:
        return self._count

    def identity(self) -> dict[str, str]:
        """Return what is known of who the logger is."""
        known: list[tuple[str, str]] = self._base.execute("SELECT name, value FROM identity").fetchall()
        return dict(known)

    def keep_identity(self, known: dict[str, str]) -> None:
        """Keep who the logger is."""
        self._do("BEGIN")
        self._do("DELETE FROM identity")
        for name, value in known.items():
            self._do("INSERT INTO identity VALUES (?, ?)", name, value)
        self._do("COMMIT")

    def close(self) -> None:
        """Give the file back."""
        self._base.close()

    def _do(self, statement: str, *values: object) -> int:
        try:
            done: int = self._base.execute(statement, values).rowcount
        except sqlite3.Error as error:
            raise HouseError(
                "{path}, the memory of the logger, cannot be written: {error}. Look for room and rights there.",
                path=self._path,
                error=error,
            ) from error
        return done

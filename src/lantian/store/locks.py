"""One writer per table: an operating-system lock that dies with its holder, and a note that says who holds it."""

import json
import os
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from filelock import FileLock, Timeout

from lantian.terms.errors import HouseError


@dataclass(frozen=True, slots=True)
class Holder:
    """Who is writing to a table."""

    pid: int
    host: str
    command: str
    since: str
    """Wall-clock instant, ISO 8601 with offset."""

    def __str__(self) -> str:
        return f"process {self.pid} on {self.host} ({self.command}, since {self.since})"


@contextmanager
def writing(
    folder: Path,
    table: str,
    *,
    command: str,
    now: Callable[[], datetime],
    wait: float,
    waiting: Callable[[Holder | None], None] | None = None,
) -> Iterator[None]:
    """Hold the only right to write to a table while the block runs.

    Parameters
    ----------
    wait
        How long another writer is waited for before `HouseError` says who it is. [s]
    waiting
        Told once, with the holder, when this writer has to wait.
    """
    folder.mkdir(parents=True, exist_ok=True)
    note = folder / f"{table}.json"
    lock = FileLock(folder / f"{table}.lock", fallback_to_soft=False, preserve_lock_file=True)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        if waiting is not None:
            waiting(holder(folder, table))
        _wait(lock, folder, table, wait)
    try:
        me = Holder(os.getpid(), socket.gethostname(), command, now().isoformat(timespec="seconds"))
        with suppress(OSError):  # a full disk must not keep the lock from working
            note.write_text(json.dumps(asdict(me)), encoding="utf-8")
        yield
    finally:
        with suppress(OSError):
            note.unlink(missing_ok=True)
        lock.release()


def _wait(lock: FileLock, folder: Path, table: str, wait: float) -> None:
    try:
        lock.acquire(timeout=wait)
    except Timeout:
        who = holder(folder, table) or "another process that left no note"
        raise HouseError(
            "{table} is being written by {who}; {wait:g} s of waiting did not end it, and nothing "
            "was written here. Two writers at once would lose rows: let it finish or end it, then "
            "run this again",
            table=table,
            who=who,
            wait=wait,
        ) from None


def holder(folder: Path, table: str) -> Holder | None:
    """Return who last took the right to write to a table, or None if nobody left a note."""
    try:
        return Holder(**json.loads((folder / f"{table}.json").read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None

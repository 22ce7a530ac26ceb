"""The drop folder (投递目录): a file that has stood still is delivered, and only then put away."""

import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path

from lantian.ledger.models import Sender
from lantian.loop.sense.doors.delivering import Delivered, Parcel
from lantian.terms.errors import CallerError, HouseError, LantianError
from lantian.terms.words import mark

DONE = ".done"
"""Folder of the files that were delivered, one folder a day in it."""
_UNFINISHED = (".part", ".partial", ".tmp", ".temp", ".filepart", ".crdownload", ".download", ".swp", "~")
"""Endings that programs give to files that they still write."""
_EMPTY = mark("{name} is empty. It stays until it has content, or somebody takes it away.")
_CLOSED = mark("Sender {name} was closed. Its files stay where they are.")


@dataclass(frozen=True, slots=True)
class DropSettings:
    """How the folder is watched."""

    settle_seconds: float = 10.0
    """How long size and time of a file have to stand still: shorter pauses of its writer are no end. [s]"""
    keep_days: int = 30
    """How long delivered files stay in ``.done``. [d]"""
    every: float = 2.0
    """From one look to the next. [s]"""


@dataclass(slots=True)
class _Seen:
    """A file at the last look."""

    size: int
    mtime_ns: int
    since: float
    """When it was first seen so, by the clock that only goes forwards. [s]"""
    error: LantianError | None = None
    """Why it could not be delivered as it is."""
    finished: bool = False
    """Whether there is nothing to be done as long as it stays as it is."""


@dataclass(slots=True)
class DropFolder:
    """Watches a folder; a file in a sub-folder comes from the sender of the sub-folder's name.

    Parameters
    ----------
    folder : Path
        Where people drop files.
    deliver : callable
        Makes a file durable and puts it into the queue.
    senders : callable
        Every sender by name, closed ones too.
    now, today : callable
        Wall clock, and its legal day.
    steady : callable
        A clock that only goes forwards. [s]
    """

    folder: Path
    deliver: Callable[[Parcel, datetime], Delivered]
    senders: Callable[[], dict[str, Sender]]
    now: Callable[[], datetime]
    today: Callable[[], date]
    steady: Callable[[], float]
    settings: DropSettings = field(default_factory=DropSettings)
    delivered: int = 0
    """Since it was made."""
    _seen: dict[Path, _Seen] = field(default_factory=dict)
    _swept: date | None = None

    def look(self) -> int:
        """Look once and deliver what has stood still; return how many files were put away.

        Raises
        ------
        HouseError
            The folder cannot be read.
        """
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            found = dict(self._files())
        except OSError as fault:
            raise HouseError(
                "The drop folder {folder} cannot be read: {fault}. Check that it is there, and its rights.",
                folder=self.folder,
                fault=fault.strerror or fault,
            ) from fault
        self._seen = {path: seen for path, seen in self._seen.items() if path in found}
        moved = sum(self._one(path, *state) for path, state in sorted(found.items()))
        self._sweep()
        return moved

    def waiting(self) -> int:
        """Count the files that are to be delivered."""
        return sum(1 for seen in self._seen.values() if not seen.finished)

    def failing(self) -> dict[str, LantianError]:
        """File below the folder → why it stays there."""
        return {
            str(path.relative_to(self.folder)): seen.error
            for path, seen in sorted(self._seen.items())
            if seen.error is not None
        }

    # ------------------------------------------------------------------------------------------ within

    def _files(self) -> Iterator[tuple[Path, tuple[int, int]]]:
        for path in self.folder.rglob("*"):
            parts = path.relative_to(self.folder).parts
            if any(part.startswith((".", "~$")) for part in parts) or path.name.lower().endswith(_UNFINISHED):
                continue
            try:
                held = path.lstat()
            except FileNotFoundError:
                continue
            if stat.S_ISREG(held.st_mode):  # what a link points to is not what was dropped here
                yield path, (held.st_size, held.st_mtime_ns)

    def _one(self, path: Path, size: int, mtime_ns: int) -> bool:
        seen = self._seen.get(path)
        if seen is None or (seen.size, seen.mtime_ns) != (size, mtime_ns):
            seen = self._seen[path] = _Seen(size, mtime_ns, self.steady())
        if seen.finished or self.steady() - seen.since < self.settings.settle_seconds:
            return False
        try:
            self._deliver(path, size)
            return self._put_away(path, seen)
        except HouseError as fault:
            seen.error = fault  # tried again at the next look
        except CallerError as fault:
            seen.error, seen.finished = fault, True
        return False

    def _deliver(self, path: Path, size: int) -> None:
        if size == 0:
            raise CallerError(_EMPTY, name=path.name)
        first, *below = path.relative_to(self.folder).parts
        name = first if below else None
        sender = None if name is None else self.senders().get(name)
        if sender is not None and sender.closed_at is not None:
            raise CallerError(_CLOSED, name=sender.name)
        who = f"folder {name}" if name is not None and sender is None else name or "folder"
        self.deliver(Parcel(path, path.name, "folder", who, sender), self.now())

    def _put_away(self, path: Path, seen: _Seen) -> bool:
        """Move a delivered file out of the way, unless it went on growing meanwhile: then it is another file."""
        try:
            held = path.lstat()
            if (held.st_size, held.st_mtime_ns) != (seen.size, seen.mtime_ns):
                return False
            into = self.folder / DONE / self.today().isoformat()
            into.mkdir(parents=True, exist_ok=True)
            path.rename(_free(into / path.name))
        except FileNotFoundError:  # somebody else took it away
            return False
        except OSError as fault:
            raise HouseError(
                "{name} was delivered and cannot be moved to {folder}: {fault}. Check the rights of the folder.",
                name=path.name,
                folder=self.folder / DONE,
                fault=fault.strerror or fault,
            ) from fault
        del self._seen[path]
        self.delivered += 1
        return True

    def _sweep(self) -> None:
        """Delete what was delivered long ago; its bytes are kept in the workspace."""
        today = self.today()
        if self._swept == today:
            return
        self._swept = today
        oldest = today - timedelta(days=self.settings.keep_days)
        for day in (self.folder / DONE).glob("????-??-??"):
            try:
                old = date.fromisoformat(day.name) < oldest
                for path in day.iterdir() if old else ():
                    path.unlink()
                if old:
                    day.rmdir()
            except (OSError, ValueError):
                continue  # not ours to delete


def _free(path: Path) -> Path:
    """Return the path, or one with a number where it is taken."""
    free, number = path, 2
    while free.exists():
        free = path.with_name(f"{path.stem}-{number}{path.suffix}")
        number += 1
    return free

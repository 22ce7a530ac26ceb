"""Delivers and takes a file, and is killed at one step of it; a program of its own, for test_doors_taking.py."""

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from lantian.assembly import open_workspace
from lantian.ledger import Ledger
from lantian.ledger.files import FileStore
from lantian.loop.sense.centre import Centre
from lantian.loop.sense.doors.delivering import FileDoor, Parcel, deliver
from lantian.loop.sense.doors.readings import READING_KINDS
from lantian.loop.sense.doors.records import Given, TakenFile
from lantian.loop.sense.doors.taking import take_waiting


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


class Mortal(Ledger):
    """A ledger whose program dies at one of its writes, before or after the commit."""

    def __init__(self, place: Path, step: int, *, after: bool) -> None:
        super().__init__(place)
        self._step, self._after, self._writes = step, after, 0

    @contextmanager
    def write(self) -> Iterator[Session]:
        self._writes += 1
        with super().write() as session:
            yield session
            if self._writes == self._step and not self._after:
                session.flush()
                die()
        if self._writes == self._step:
            die()


def main(workspace: Path, file: Path, where: str) -> None:
    """Do everything, and die ``before:N`` or ``after:N`` of the ledger's writes, or ``kind:before|after``."""
    what, _, step = where.partition(":")
    number = int(step) if step.isdigit() else 0
    ledger = Mortal(workspace / "ledger.db", number, after=what == "after")
    house = open_workspace(workspace)

    def take(centre: Centre, given: Given) -> TakenFile:
        if where == "kind:before":
            die()
        taken: Any = READING_KINDS[0].take(centre, given)
        if where == "kind:after":
            die()
        return taken

    kinds = (replace(READING_KINDS[0], take=take),)
    door = FileDoor(ledger, FileStore(workspace / "files", ledger), kinds, workspace / "files" / "rejects")
    done = deliver(door, Parcel(file, file.name, "command", "test"), at=house.now())
    sys.stdout.write(f"{done.delivery.id}\n")
    sys.stdout.flush()
    take_waiting(door, house.centre())
    sys.stdout.write("taken\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])

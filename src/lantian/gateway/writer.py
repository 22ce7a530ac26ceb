"""The writer: a process beside the gateway that moves journal and deliveries into the lake, and looks for gaps."""

import json
import multiprocessing
import multiprocessing.connection
import os
import signal
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import TYPE_CHECKING

from lantian.terms.errors import LantianError

if TYPE_CHECKING:
    from lantian.assembly import House
    from lantian.loop.sense.doors.delivering import FileDoor
    from lantian.loop.sense.taking import Took

STATUS_FILE = "writer.json"
FILES_SECONDS = 20.0
"""How long deliveries are taken before it is the turn of frames again. [s]"""


@dataclass(frozen=True, slots=True)
class WriterSettings:
    """How the writer works."""

    every: float = 60.0
    """From one turn to the next; a table gets one commit a turn. [s]"""
    gaps_every: float = 600.0
    """How often gaps are looked for; 0: never. [s]"""
    gap_days: float = 2.0
    """How far back. [d]"""
    gap_grace: float = 2.0
    """How old a record must be before it counts as missing. [h]"""
    data_now: Callable[[], datetime] | None = None
    """Clock of the data, where it is not the wall's: gaps are looked for by it. Another process has to be able to
    use it."""


@dataclass(frozen=True, slots=True)
class WriterStatus:
    """What the writer did last, as it tells the gateway."""

    at: float
    """[s since 1970]"""
    frames: int = 0
    """Since it started."""
    rows: int = 0
    repeats: int = 0
    unread: int = 0
    gaps: int = 0
    """Stretches of missing records at the last look."""
    newest_us: int | None = None
    """When the newest frame in the lake was received. [µs]"""
    deliveries: int = 0
    """Files taken, refused or not recognised."""
    held: int = 0
    """Files that the last turn had to leave waiting."""
    upto: float = 0.0
    """Everything that was acknowledged before this instant is in the lake. [s since 1970]"""
    at_end: bool = True
    error: str = ""


def status_of(journal: Path) -> WriterStatus | None:
    """Read what the writer of a journal said last; None where it said nothing."""
    try:
        return WriterStatus(**json.loads((journal / STATUS_FILE).read_text("utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def write_until(
    house: "House",
    settings: WriterSettings,
    ended: Callable[[float], bool],
    *,
    clock: Callable[[], float] = time.time,
) -> WriterStatus:
    """Take the journal turn by turn until it is ended; one more turn then takes what is left.

    Parameters
    ----------
    ended
        Waits so many seconds; True where it is time to end.
    """
    from lantian.gateway.kinds import file_door
    from lantian.loop.sense.taking import JournalTaker

    journal = house.folder / "journal"
    taker = JournalTaker(journal, house.lake, house.ledger, house.now)
    door = file_door(house)
    status = WriterStatus(clock())
    looked = clock()
    last = False
    while True:
        began = clock()
        try:
            took = taker.take()
            status = _after(status, took, clock())
            if took.at_end:
                status = replace(status, upto=began)
            if settings.gaps_every and began - looked >= settings.gaps_every and took.at_end:
                looked = began
                status = _with_gaps(status, look_for_gaps(house, settings))
            more = not took.at_end
        except LantianError as error:
            status, more = _failed(status, error, clock()), False
        status, files_wait = take_files(house, door, status, clock)
        _tell(journal, status)
        if last and not more:
            return status  # deliveries that wait are durable, and taken after the next start
        more = more or files_wait
        wait = 0.0 if more else max(0.0, settings.every - (clock() - began))
        last = last or ended(wait)


def take_files(
    house: "House", door: "FileDoor", status: WriterStatus, clock: Callable[[], float]
) -> tuple[WriterStatus, bool]:
    """Take deliveries until it is time for frames again; say whether more wait. What fails is tried again."""
    from lantian.loop.sense.doors.taking import take_waiting

    until = clock() + FILES_SECONDS
    try:
        done = take_waiting(door, house.centre(), ended=lambda: clock() > until)
    except LantianError as fault:
        return replace(status, error=status.error or str(fault)), False
    moved = len(done.taken) + len(done.refused) + len(done.unrecognised)
    failing = "" if done.failing is None else str(done.failing)
    counted = replace(
        status,
        deliveries=status.deliveries + moved,
        rows=status.rows + done.written,
        held=len(done.held),
        error=status.error or failing,
    )
    return counted, done.more


def look_for_gaps(house: "House", settings: WriterSettings) -> int:
    """Ask devices for what is due and did not come; return how many stretches are missing."""
    from lantian.loop.sense.controlling import request_missing
    from lantian.loop.sense.gaps import find_gaps
    from lantian.loop.sense.registry import list_cards

    now = house.now() if settings.data_now is None else settings.data_now()
    begin, end = now - timedelta(days=settings.gap_days), now - timedelta(hours=settings.gap_grace)
    gaps = find_gaps(house.lake, list_cards(house.ledger).values(), begin, end)
    request_missing(house.ledger, gaps, house.city.zone, at=now)
    return len(gaps)


def _after(status: WriterStatus, took: "Took", at: float) -> WriterStatus:
    return WriterStatus(
        at=at,
        frames=status.frames + took.frames,
        rows=status.rows + took.rows,
        repeats=status.repeats + took.repeats,
        unread=status.unread + took.unread.total(),
        gaps=status.gaps,
        newest_us=took.newest_us or status.newest_us,
        at_end=took.at_end,
        deliveries=status.deliveries,
        upto=status.upto,
    )


def _with_gaps(status: WriterStatus, gaps: int) -> WriterStatus:
    return WriterStatus(**{**asdict(status), "gaps": gaps})


def _failed(status: WriterStatus, error: LantianError, at: float) -> WriterStatus:
    return WriterStatus(**{**asdict(status), "at": at, "error": str(error)})


def _tell(journal: Path, status: WriterStatus) -> None:
    fresh = journal / f"{STATUS_FILE}.{os.getpid()}"
    try:
        fresh.write_text(json.dumps(asdict(status)), "utf-8")
        fresh.replace(journal / STATUS_FILE)
    except OSError:
        fresh.unlink(missing_ok=True)  # a full disk: the gateway says it louder


# ---------------------------------------------------------------------------------------------- its process


def _main(folder: Path, settings: WriterSettings, stop: Event) -> None:
    """Run in a process of its own; it ends with its parent, however that ends."""
    from lantian.assembly import open_workspace

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent says when
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    os.nice(5)  # frames at the door go before rows in the lake
    parent = multiprocessing.parent_process()
    house = open_workspace(folder)

    def ended(seconds: float) -> bool:
        until = time.monotonic() + seconds
        while not stop.is_set():
            left = until - time.monotonic()
            if parent is None or multiprocessing.connection.wait([parent.sentinel], min(0.2, max(0.0, left))):
                return True
            if left <= 0:
                return False
        return True

    try:
        write_until(house, settings, ended)
    finally:
        house.close()


class WriterProcess:
    """The writer as a child of the gateway."""

    def __init__(self, folder: Path, settings: WriterSettings) -> None:
        self._context = multiprocessing.get_context("spawn")
        self._folder = folder
        self._settings = settings
        self._stop = self._context.Event()
        self._process: multiprocessing.process.BaseProcess | None = None
        self.starts = 0

    def keep_running(self) -> None:
        """Start it, or start it again where it died."""
        if self._process is not None and self._process.is_alive():
            return
        self._process = self._context.Process(
            target=_main, args=(self._folder, self._settings, self._stop), name="lantian-writer", daemon=True
        )
        self._process.start()
        self.starts += 1

    def stop(self, seconds: float) -> bool:
        """Let it take what is left and end; False where it had to be ended."""
        self._stop.set()
        if self._process is None:
            return True
        self._process.join(seconds)
        if self._process.is_alive():
            self._process.kill()
            self._process.join(5)
            return False
        return True

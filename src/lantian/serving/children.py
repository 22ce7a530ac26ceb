"""One process of the house: how it begins, and that it ends with the one that began it."""

import multiprocessing
import multiprocessing.connection
import os
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from lantian.serving.logs import log, set_up
from lantian.terms.errors import LantianError

_ORPHAN_SECONDS = 30.0
"""How long a process without its supervisor may take to end well. [s]"""
_FIRST_DELAY, _LONGEST_DELAY = 0.5, 60.0
"""From a death to the next start. [s]"""
_WELL_SECONDS = 60.0
"""Who ran so long begins again at once. [s]"""
_ORPHANED = 70


class State(StrEnum):
    """How a process stands."""

    RUNNING = "running"
    WAITING = "waiting"
    """It died, and is begun again in a moment."""
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Calling:
    """What a process does."""

    name: str
    work: Callable[..., None]
    """Runs until SIGTERM; another process has to be able to import it."""
    given: tuple[Any, ...] = ()
    stop_seconds: float = 30.0
    """How long it may take to end well. [s]"""


@dataclass(slots=True)
class Child:
    """A process that is kept alive."""

    calling: Calling
    folder: Path
    """Of the workspace."""
    process: multiprocessing.process.BaseProcess | None = None
    starts: int = 0
    began: float = 0.0
    """By the monotonic clock. [s]"""
    due: float = 0.0
    """When it is begun again. [s]"""
    deaths: int = field(default=0)
    """In a row."""

    @property
    def state(self) -> State:
        """How it stands."""
        if self.process is None:
            return State.STOPPED
        return State.RUNNING if self.process.is_alive() else State.WAITING

    def start(self) -> None:
        """Begin it in a process that shares nothing with this one."""
        os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # small matrices: threads only wait for each other
        context = multiprocessing.get_context("spawn")
        self.process = context.Process(
            target=_live, args=(self.calling, self.folder), name=f"lantian-{self.calling.name}"
        )
        self.process.start()
        self.starts += 1
        self.began = time.monotonic()

    def note_death(self) -> float:
        """Decide when it is begun again; return the delay. [s]"""
        lived = time.monotonic() - self.began
        self.deaths = 1 if lived >= _WELL_SECONDS else self.deaths + 1
        delay: float = min(_LONGEST_DELAY, _FIRST_DELAY * 2.0 ** (self.deaths - 1))
        self.due = time.monotonic() + delay
        return delay

    def stop(self, *, hard: Callable[[], bool]) -> bool:
        """Let it end well; False where it had to be ended.

        Parameters
        ----------
        hard
            Whether somebody has lost patience.
        """
        if self.process is None:
            return True
        if self.process.is_alive():
            self.process.terminate()
        until = time.monotonic() + self.calling.stop_seconds
        while self.process.is_alive() and time.monotonic() < until and not hard():
            self.process.join(0.1)
        ended = not self.process.is_alive()
        if not ended:
            self.process.kill()
            self.process.join(5)
        self.process = None
        return ended


def _live(calling: Calling, folder: Path) -> None:
    """Be that process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the supervisor says when
    set_up(folder, calling.name)
    logger = log(f"lantian.{calling.name}")
    threading.Thread(target=_end_with_parent, name="parent", daemon=True).start()
    logger.info("process_begins", pid=os.getpid())
    try:
        calling.work(folder, *calling.given)
    except LantianError as fault:
        logger.critical("process_failed", error=str(fault))
        raise SystemExit(1) from None
    except Exception:
        logger.exception("process_failed")
        raise SystemExit(1) from None
    logger.info("process_ends")


def _end_with_parent() -> None:
    """End this process when its supervisor is gone, however that went: well if it can, else at once."""
    parent = multiprocessing.parent_process()
    if parent is None:
        return
    multiprocessing.connection.wait([parent.sentinel])
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(_ORPHAN_SECONDS)
    os._exit(_ORPHANED)

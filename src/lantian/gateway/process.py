"""A gateway in a process of its own, for a program that speaks to it: simulated devices, a load test."""

import asyncio
import multiprocessing
import os
import resource
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from multiprocessing.connection import Connection
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from lantian.gateway.file_doors import file_doors
from lantian.gateway.hosting import HostSettings
from lantian.gateway.limits import Limits
from lantian.gateway.running import RunningGateway, RunSettings
from lantian.gateway.writer import STATUS_FILE, WriterSettings, status_of
from lantian.terms.errors import HouseError, LantianError

if TYPE_CHECKING:
    from lantian.assembly import House

_START_SECONDS = 120.0
_FILES = 20_000
"""Open files that a gateway asks the system for."""


class DataClock(Protocol):
    """A clock that may run faster than the wall's; another process can use a copy of it."""

    @property
    def speed(self) -> float:
        """Its seconds in a second."""

    def now(self) -> datetime:
        """Return its time."""

    def microseconds(self) -> int:
        """Return its time since 1970 [µs]."""


C = TypeVar("C", bound=DataClock)


@dataclass(frozen=True, slots=True)
class ProcessSettings:
    """How such a gateway works."""

    every: float = 2.0
    """From one commit of the lake to the next. [s]"""
    gaps_every: float = 60.0
    """How often gaps are looked for; 0: never. [s]"""
    clock_tolerance: float = 120.0
    """A device's clock may be wrong by so much, on a line without any delay. [s of the data's clock]"""
    delay_seconds: float = 1.5
    """How long a frame may be under way before its logger's clock seems wrong. [s of the wall's clock]"""
    set_clocks: bool = True
    stop_seconds: float = 300.0
    """How long a stop waits until all is in the lake. [s]"""
    limits: Limits = field(default_factory=Limits)


def limits_at(speed: float, limits: Limits) -> Limits:
    """Return bounds of time as they are on a clock that runs faster: a device may be silent as long as before.

    Examples
    --------
    >>> limits_at(100.0, Limits()).first_frame_seconds
    6000.0
    """
    return replace(
        limits,
        connections_per_address=limits.connections,
        first_frame_seconds=limits.first_frame_seconds * speed,
        idle_seconds=limits.idle_seconds * speed,
        slow_seconds=limits.slow_seconds * speed,
        half_frame_seconds=limits.half_frame_seconds * speed,
    )


class GatewayProcess(Generic[C]):
    """A gateway and its writer beside this program, on a clock that is begun when they are ready.

    Parameters
    ----------
    folder
        Of the workspace.
    start_clock
        Asked once for the clock, so that the time until everything is ready does not count.
    settings
        How it works.

    Notes
    -----
    It is used as a context; within it, `port` takes connections.
    """

    def __init__(
        self, folder: Path, start_clock: Callable[[], C], settings: ProcessSettings | None = None
    ) -> None:
        self.port = 0
        self.clock: C
        self._folder = folder
        self._start_clock = start_clock
        self._settings = settings or ProcessSettings()
        context = multiprocessing.get_context("spawn")
        self._ours, theirs = context.Pipe()
        self._process = context.Process(
            target=_main, args=(folder, self._settings, theirs), name="lantian-gateway"
        )
        self._theirs = theirs

    def __enter__(self) -> "GatewayProcess[C]":
        """Start it.

        Raises
        ------
        HouseError
            It did not come up.
        """
        self._process.start()
        self._theirs.close()
        self._hear("ready")
        self.clock = self._start_clock()
        self._ours.send(self.clock)
        self.port = int(self._hear("port"))
        return self

    def _hear(self, what: str) -> str:
        said = None
        try:
            if self._ours.poll(_START_SECONDS):
                said = self._ours.recv()
        except (EOFError, OSError):
            pass  # it ended: told below
        if said is None or said[0] != what:
            self._end()
            raise HouseError(
                "The gateway beside this program did not come up: {why}.",
                why="it ended" if said is None else said[1],
            )
        return str(said[1])

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop it when everything that it acknowledged is in the lake."""
        with suppress(OSError):  # it may have ended by itself
            self._ours.send("stop")
        self._process.join(self._settings.stop_seconds)
        failed = self._process.exitcode != 0
        self._end()
        if failed and error is None:
            raise HouseError(
                "The gateway beside this program did not end well. What it acknowledged is in its journal; the "
                "next one takes it into the lake."
            )

    def _end(self) -> None:
        if self._process.is_alive():
            self._process.kill()
        self._process.join(5)
        self._ours.close()

    # ------------------------------------------------------------------------------------------ how it stands

    def taken_upto(self) -> float:
        """Return before which instant all that it acknowledged is in the lake [s since 1970]."""
        status = status_of(self._folder / "journal")
        return 0.0 if status is None else status.upto

    def failing(self) -> str:
        """Return what the writer could not do in its last turn, or an empty text."""
        if not self._process.is_alive():
            return "the gateway has ended"
        status = status_of(self._folder / "journal")
        return "" if status is None else status.error

    @property
    def pids(self) -> tuple[int, ...]:
        """Processes of the gateway and its writer, for who measures them."""
        own = self._process.pid
        if own is None:
            return ()
        children = Path(f"/proc/{own}/task/{own}/children")
        return (own, *(int(pid) for pid in children.read_text().split())) if children.exists() else (own,)


# ---------------------------------------------------------------------------------------------- in the process


def _main(folder: Path, settings: ProcessSettings, line: Connection) -> None:
    from lantian.assembly import open_workspace

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # who started it says when
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _FILES if most == resource.RLIM_INFINITY else min(most, _FILES)
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))
    (folder / "journal" / STATUS_FILE).unlink(missing_ok=True)
    house = open_workspace(folder)
    try:
        line.send(("ready", os.getpid()))
        clock: DataClock = line.recv()
        asyncio.run(_serve(house, settings, clock, line))
    except LantianError as error:
        line.send(("failed", str(error)))
        raise SystemExit(1) from error
    except EOFError:
        raise SystemExit(1) from None  # who started it is gone
    finally:
        house.close()


async def _serve(house: "House", settings: ProcessSettings, clock: DataClock, line: Connection) -> None:
    """Serve until the other side says stop, or is gone."""
    stop = asyncio.Event()

    def heard() -> None:
        asyncio.get_running_loop().remove_reader(line.fileno())
        stop.set()

    def ready(running: RunningGateway) -> None:
        line.send(("port", running.port))
        asyncio.get_running_loop().add_reader(line.fileno(), heard)

    sys.setswitchinterval(0.001)  # the thread of the disk gets the interpreter back sooner
    running = RunningGateway(
        house.folder,
        house.ledger,
        house.city.zone,
        clock.microseconds,
        run_settings(settings, clock),
        file_doors(house, inbox=False),
    )
    await running.run(stop, ready)


def run_settings(settings: ProcessSettings, clock: DataClock) -> RunSettings:
    """Return the settings of a gateway on a clock that may run faster than the wall's."""
    speed = clock.speed
    return RunSettings(
        port=0,
        limits=limits_at(speed, settings.limits),
        hosting=HostSettings(
            set_clocks=settings.set_clocks,
            clock_tolerance=settings.clock_tolerance + settings.delay_seconds * speed,
        ),
        writer=WriterSettings(every=settings.every, gaps_every=settings.gaps_every, data_now=clock.now),
        writer_stop_seconds=settings.stop_seconds,
    )

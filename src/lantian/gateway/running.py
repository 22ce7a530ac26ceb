"""Runs a gateway on a workspace: the register is followed, strangers are noted, the writer is kept alive."""

import asyncio
import ssl
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from zoneinfo import ZoneInfo

from lantian.gateway.counts import Clock, Reading, exposition
from lantian.gateway.file_doors import FileDoors, WatchedFolder
from lantian.gateway.granting import key_age
from lantian.gateway.hosting import Hosting, HostSettings
from lantian.gateway.limits import Limits
from lantian.gateway.server import Gateway
from lantian.gateway.web_server import WebServer
from lantian.gateway.writer import WriterProcess, WriterSettings, WriterStatus, status_of
from lantian.ledger import Ledger
from lantian.loop.sense.controlling import give_up_open
from lantian.loop.sense.knocks import note_knocks
from lantian.loop.sense.registry import DeviceCard, list_cards, newest_change
from lantian.store.journal import JournalWriter, lock_journal
from lantian.store.journal.appending import SEGMENT_BYTES
from lantian.terms.errors import HouseError, LantianError


@dataclass(frozen=True, slots=True)
class RunSettings:
    """Everything that may be chosen."""

    host: str = "127.0.0.1"
    port: int = 9212
    tls: ssl.SSLContext | None = None
    http_host: str = "127.0.0.1"
    http_port: int | None = None
    """For files, and for who watches; None: no such port; 0: one that the system chooses."""
    http_tls: ssl.SSLContext | None = None
    limits: Limits = field(default_factory=Limits)
    hosting: HostSettings = field(default_factory=HostSettings)
    writer: WriterSettings | None = field(default_factory=WriterSettings)
    """None: somebody else moves the journal into the lake."""
    segment_bytes: int = SEGMENT_BYTES
    refresh_seconds: float = 2.0
    """How often the register is looked at. [s]"""
    note_seconds: float = 5.0
    """How often strangers are noted. [s]"""
    writer_stop_seconds: float = 120.0
    """How long a stop waits for the writer to take what is left. [s]"""


@dataclass(slots=True)
class Standing:
    """How things stand, for a line on the screen and for health."""

    connections: int
    frames: int
    backlog: int
    strangers: int
    online: int
    devices: int
    lag: float | None
    """How far the lake is behind the newest frame; None where nothing is known. [s]"""
    failing: str = ""


class RunningGateway:
    """A gateway with everything around it.

    Parameters
    ----------
    workspace
        Folder of the workspace; the journal lies in it.
    ledger
        Register, strangers and requests.
    zone
        Zone of the loggers' clocks.
    files
        Doors for files.
    """

    def __init__(
        self,
        workspace: Path,
        ledger: Ledger,
        zone: ZoneInfo,
        clock_us: Clock,
        settings: RunSettings,
        files: FileDoors,
    ) -> None:
        self._workspace = workspace
        self._folder = workspace / "journal"
        self._ledger = ledger
        self._zone = zone
        self._clock_us = clock_us
        self._settings = settings
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="ledger")
        self._register: tuple[int, object] = (-1, None)
        self._writer = None if settings.writer is None else WriterProcess(workspace, settings.writer)
        self.ledger_failing: LantianError | None = None
        self.gateway: Gateway
        self.hosting: Hosting
        self.port = 0
        self.http_port: int | None = None
        self._files = files
        self.inbox = WatchedFolder(files.folder())

    async def run(self, stop: asyncio.Event, ready: Callable[["RunningGateway"], None] = lambda _me: None) -> None:
        """Serve until it is told to stop; then what was received is durable and answered, and frames are taken.

        Raises
        ------
        HouseError
            Another gateway holds the journal, or the port is taken.
        """
        settings = self._settings
        with lock_journal(self._folder):
            journal = JournalWriter(self._folder, self._clock_us, segment_bytes=settings.segment_bytes)
            self.gateway = Gateway(journal, list_cards(self._ledger), self._clock_us, settings.limits)
            self.hosting = Hosting(self.gateway, self._zone, self._ledger, self._thread, settings.hosting)
            self._register = newest_change(self._ledger)
            give_up_open(self._ledger, at=self.hosting.now())
            web = WebServer(self._files.web_door(self.metrics, self.health).app, self._files.web)
            try:
                self.port = await self.gateway.start(settings.host, settings.port, tls=settings.tls)
                if settings.http_port is not None:
                    self.http_port = await web.start(settings.http_host, settings.http_port, tls=settings.http_tls)
            except OSError as error:
                await self.gateway.stop()
                raise HouseError(
                    "The gateway cannot listen on {host}:{port} or {http_host}:{http_port}: {error}. End who has "
                    "that port, or take another.",
                    host=settings.host,
                    port=settings.port,
                    http_host=settings.http_host,
                    http_port="—" if settings.http_port is None else settings.http_port,
                    error=error,
                ) from error
            ready(self)
            tasks = [
                asyncio.create_task(work)
                for work in (
                    self.hosting.run(),
                    self._follow(),
                    self._note(),
                    self._keep_writer(),
                    self.inbox.run(),
                )
            ]
            if self.gateway.sweeper is not None:
                tasks.append(self.gateway.sweeper)
            try:
                await _first_of(stop, tasks)
            finally:
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)
                await self.gateway.stop()
                await self.hosting.settled()
                await self._note_strangers()
                await web.stop()
                if self._writer is not None:
                    await asyncio.to_thread(self._writer.stop, settings.writer_stop_seconds)
                self._thread.shutdown()

    # ------------------------------------------------------------------------------------------ beside it

    async def _follow(self) -> None:
        """Take over changes of the register."""
        while True:
            await asyncio.sleep(self._settings.refresh_seconds)
            try:
                await self._in_thread(self._refresh)
                self.ledger_failing = None
            except LantianError as error:
                self.ledger_failing = error  # the register that is known goes on

    def _refresh(self) -> None:
        now = newest_change(self._ledger)
        if now != self._register:
            held, fresh = self.gateway.cards, list_cards(self._ledger)
            cards: dict[str, DeviceCard] = {
                mn: known if (known := held.get(mn)) == card and known is not None else card
                for mn, card in fresh.items()
            }
            self.gateway.cards = cards
            self._register = now

    async def _note(self) -> None:
        while True:
            await asyncio.sleep(self._settings.note_seconds)
            await self._note_strangers()

    async def _note_strangers(self) -> None:
        knocks = self.gateway.strangers.take()
        if not knocks:
            return
        try:
            await self._in_thread(note_knocks, self._ledger, knocks)
        except LantianError as error:
            self.ledger_failing = error
            self.gateway.strangers.put_back(knocks)

    async def _keep_writer(self) -> None:
        while self._writer is not None:
            self._writer.keep_running()
            await asyncio.sleep(5)

    async def _in_thread(self, work: Callable[..., None], *given: object) -> None:
        await asyncio.get_running_loop().run_in_executor(self._thread, work, *given)

    # ------------------------------------------------------------------------------------------ how it stands

    def standing(self) -> Standing:
        """Return how things stand at this moment."""
        gateway = self.gateway
        failing = gateway.committer.failing or self.ledger_failing
        status = status_of(self._folder)
        said = str(failing) if failing is not None else status.error if status is not None else ""
        return Standing(
            connections=len(gateway.sessions),
            frames=gateway.counts.frames,
            backlog=gateway.committer.backlog,
            strangers=gateway.strangers.devices,
            online=sum(1 for mn in gateway.lines if gateway.line_of(mn) is not None),
            devices=len(gateway.cards),
            lag=self._lag(status),
            failing=said,
        )

    def _lag(self, status: WriterStatus | None) -> float | None:
        newest = max((line.last_us for line in self.gateway.lines.values()), default=None)
        if status is None or newest is None:
            return None
        taken = status.newest_us or 0
        return max(0.0, (newest - taken) / 1e6) if taken else None

    def metrics(self) -> str:
        """Write every number for Prometheus."""
        status = status_of(self._folder)
        gauges = self.gateway.gauges()
        if status is not None:
            name = "lantian_writer_"
            gauges += [
                Reading(f"{name}frames_total", "counter", "Frames taken into the lake.", (("", status.frames),)),
                Reading(f"{name}rows_total", "counter", "Rows written to the lake.", (("", status.rows),)),
                Reading(
                    f"{name}repeats_total", "counter", "Frames that were sent again.", (("", status.repeats),)
                ),
                Reading(
                    f"{name}unread_total", "counter", "Frames or values that gave no row.", (("", status.unread),)
                ),
                Reading(f"{name}gaps", "gauge", "Stretches of missing records.", (("", status.gaps),)),
                Reading(f"{name}failing", "gauge", "1 while it cannot write.", (("", float(bool(status.error))),)),
            ]
            gauges += [
                Reading(
                    f"{name}deliveries_total", "counter", "Files that came to an end.", (("", status.deliveries),)
                ),
                Reading(f"{name}deliveries_held", "gauge", "Files that wait for the house.", (("", status.held),)),
            ]
            lag = self._lag(status)
            if lag is not None:
                gauges.append(
                    Reading(f"{name}lag_seconds", "gauge", "How far the lake is behind the journal.", (("", lag),))
                )
        offsets = tuple((f'{{mn="{mn}"}}', clock.offset) for mn, clock in sorted(self.hosting.clocks.items()))
        if offsets:
            meaning = "How far a logger's clock is ahead."
            gauges.append(Reading("lantian_device_clock_offset_seconds", "gauge", meaning, offsets))
        now = self.hosting.now()
        ages = ((mn, key_age(card, now)) for mn, card in sorted(self.gateway.cards.items()))
        keyed = tuple((f'{{mn="{mn}"}}', age) for mn, age in ages if age is not None)
        if keyed:
            gauges.append(Reading("lantian_device_key_age_seconds", "gauge", "Age of a device's SM4 key.", keyed))
        return exposition(self.gateway.counts, [*gauges, *self.inbox.gauges()])

    def health(self) -> dict[str, object]:
        """Say whether frames can be acknowledged, and what else is not well."""
        standing = self.standing()
        return {
            "ok": self.gateway.committer.failing is None,
            "connections": standing.connections,
            "frames": standing.frames,
            "backlog_bytes": standing.backlog,
            "lag_seconds": standing.lag,
            "failing": standing.failing,
            "inbox": self.inbox.health(),
        }


async def _first_of(stop: asyncio.Event, tasks: list[asyncio.Task[None]]) -> None:
    """Wait for the stop, or for a task that ends although it should not, and raise what ended it."""
    waiting = asyncio.create_task(stop.wait())
    done, _ = await asyncio.wait({waiting, *(task for task in tasks)}, return_when=asyncio.FIRST_COMPLETED)
    while waiting not in done and all(task.exception() is None for task in done if task is not waiting):
        left = {waiting, *(task for task in tasks if not task.done())}
        done, _ = await asyncio.wait(left, return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    for task in done - {waiting}:
        if (error := task.exception()) is not None:
            raise error

"""The gateway: connections of instruments on one event loop, one thread for the disk."""

import asyncio
import ssl
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from lantian.gateway.committing import Committer
from lantian.gateway.counts import Clock, Counts, Reading
from lantian.gateway.limits import Limits
from lantian.gateway.session import BACKLOG, STOPPING, Session
from lantian.gateway.strangers import Strangers
from lantian.loop.sense.registry import DeviceCard
from lantian.store.journal import JournalWriter
from lantian.terms.errors import HouseError
from lantian.wire.hj212.frame import Frame

_SWEEP_SECONDS = 0.5
_ARRIVING = 5
"""Turns of the loop in which a connection that was accepted is made."""


@dataclass(slots=True)
class Line:
    """Where a device was last heard."""

    session: Session
    last_us: int
    """[µs]"""
    frames: int = 0
    printed: bool = False
    """Whether its cipher comes as the standard prints it; it is answered alike."""


Listener = Callable[[Session, DeviceCard, Frame, int], None]
"""Told every frame of a registered device after it was appended: (connection, device, frame, instant [µs])."""


class Gateway:
    """Takes frames of registered devices into the journal and answers them when they are durable.

    Parameters
    ----------
    journal
        The one writer of the workspace's journal.
    cards
        MN → device.
    clock_us
        Wall clock, since 1970 in UTC. [µs]
    limits
        What a peer may do.
    listener
        Hears every frame of a registered device.
    on_failure
        Told when the disk fails, and with None when it works again.
    """

    def __init__(
        self,
        journal: JournalWriter,
        cards: Mapping[str, DeviceCard],
        clock_us: Clock,
        limits: Limits | None = None,
        *,
        listener: Listener | None = None,
        on_failure: Callable[[HouseError | None], None] = lambda _error: None,
        retry_seconds: float = 1.0,
    ) -> None:
        self.journal = journal
        self.cards = cards
        self.clock_us = clock_us
        self.limits = limits or Limits()
        self.listener = listener
        self.counts = Counts()
        self.strangers = Strangers(self.limits)
        self.buffer = memoryview(bytearray(self.limits.read_bytes))
        self.sessions: set[Session] = set()
        self.made: set[Session] = set()
        """Every connection from when it is made to when it is lost, those that are refused too."""
        self.halves: set[Session] = set()
        """Connections that hold half a frame."""
        self.held: set[Session] = set()
        """Connections that are not read because the disk is behind."""
        self.lines: dict[str, Line] = {}
        """MN → where it was last heard."""
        self._addresses: dict[str, int] = {}
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="journal")
        self.committer = Committer(
            journal,
            self.counts,
            self._thread,
            backlog_bytes=self.limits.backlog_bytes,
            on_room=self._room,
            on_failure=on_failure,
            retry_seconds=retry_seconds,
        )
        self._server: asyncio.Server | None = None
        self.sweeper: asyncio.Task[None] | None = None
        self._stopping = False
        self.closed = False
        """Nothing can be appended any more."""

    @property
    def cards(self) -> Mapping[str, DeviceCard]:
        """MN → device."""
        return self._cards

    @cards.setter
    def cards(self, cards: Mapping[str, DeviceCard]) -> None:
        self._cards = cards
        self.loggers = {card.logger_id: card for card in cards.values() if card.logger_id and card.taken}
        """Identity of a logger (i23005) → the device whose number it is to have."""

    def put_card(self, card: DeviceCard) -> None:
        """Take over one device that has changed."""
        self.cards = {**self._cards, card.mn: card}

    # ------------------------------------------------------------------------------------------ life

    async def start(self, host: str, port: int, *, tls: ssl.SSLContext | None = None, backlog: int = 4096) -> int:
        """Open the door; return the port, which the system chooses where 0 is given."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(
            lambda: Session(self),
            host,
            port,
            ssl=tls,
            ssl_handshake_timeout=None if tls is None else self.limits.handshake_seconds,
            backlog=backlog,
            reuse_address=True,
        )
        self.sweeper = loop.create_task(self._sweep())
        bound: Any = self._server.sockets[0].getsockname()
        return int(bound[1])

    async def stop(self) -> None:
        """Close the door: what was received is made durable and answered before connections end."""
        self._stopping = True
        if self._server is not None:
            await _close_door(self._server)
        if self.sweeper is not None:
            self.sweeper.cancel()
        for session in list(self.sessions):
            session.stop_reading(STOPPING)
        try:
            async with asyncio.timeout(self.limits.stop_seconds):
                await self.committer.drained()
                while any(session.transport.get_write_buffer_size() for session in self.sessions):
                    await asyncio.sleep(0.01)
        except TimeoutError:
            pass  # a peer that does not read, or a disk that does not take: neither was acknowledged
        await self._end_connections()
        await self._close_journal()

    async def _end_connections(self) -> None:
        """Let every connection end, by force where one does not within its time."""
        for session in list(self.made):
            session.transport.close()
        try:
            async with asyncio.timeout(self.limits.stop_seconds):
                await self._lost()
        except TimeoutError:
            for session in list(self.made):
                session.transport.abort()
            await self._lost()

    async def _lost(self) -> None:
        """Wait until no connection is left."""
        while self.made:
            await asyncio.sleep(0.01)

    async def _close_journal(self) -> None:
        try:
            async with asyncio.timeout(self.limits.stop_seconds):
                await self.committer.drained()
        except TimeoutError:
            pass
        self.closed = True
        self._thread.shutdown(wait=False, cancel_futures=True)
        self.journal.close()

    # ------------------------------------------------------------------------------------------ connections

    def admit(self, session: Session) -> bool:
        """Take a new connection, or say that there are too many."""
        self.made.add(session)
        address = session.address
        at_home = self._addresses.get(address, 0)
        if (
            self._stopping
            or len(self.sessions) >= self.limits.connections
            or at_home >= self.limits.connections_per_address
        ):
            self.counts.connections_refused += 1
            return False
        self.counts.connections_made += 1
        self.sessions.add(session)
        self._addresses[address] = at_home + 1
        if self.committer.full:
            session.stop_reading(BACKLOG)
            self.held.add(session)
        return True

    def forget(self, session: Session) -> None:
        """Let a connection go that has ended."""
        self.made.discard(session)
        if session not in self.sessions:
            return
        self.sessions.discard(session)
        self.halves.discard(session)
        self.held.discard(session)
        left = self._addresses[session.address] - 1
        if left:
            self._addresses[session.address] = left
        else:
            del self._addresses[session.address]

    def seen(self, session: Session, card: DeviceCard, frame: Frame, now: int) -> None:
        """Remember where a device is, and let whoever listens hear its frame."""
        line = self.lines.get(card.mn)
        if line is None:
            line = self.lines[card.mn] = Line(session, now)
        line.session = session
        line.last_us = now
        line.frames += 1
        if frame.encrypted:
            line.printed = frame.printed
        if self.listener is not None:
            self.listener(session, card, frame, now)

    def line_of(self, mn: str) -> Session | None:
        """Return the open connection of a device, if it has one."""
        line = self.lines.get(mn)
        if line is None or line.session not in self.sessions or line.session.transport.is_closing():
            return None
        return line.session

    def _room(self) -> None:
        held, self.held = self.held, set()
        for session in held:
            session.read_again(BACKLOG)

    async def _sweep(self) -> None:
        """Now and then look for peers that are silent, slow, or stopped within a frame."""
        while True:
            await asyncio.sleep(_SWEEP_SECONDS)
            now = self.clock_us()
            half = self.limits.half_frame_seconds * 1e6
            for session in list(self.halves):
                if not session.framer.pending:
                    self.halves.discard(session)
                elif now - session.last_us >= half:
                    session.take_half()
                    self.halves.discard(session)
            first, idle, slow = (
                seconds * 1e6
                for seconds in (
                    self.limits.first_frame_seconds,
                    self.limits.idle_seconds,
                    self.limits.slow_seconds,
                )
            )
            for session in list(self.sessions):
                if session.slow_us is not None and now - session.slow_us > slow:
                    self.counts.closed_slow += 1
                    session.close()
                elif session.not_reading:
                    continue
                elif now - session.last_us > idle or (not session.frames and now - session.made_us > first):
                    self.counts.closed_silent += 1
                    session.close()

    # ------------------------------------------------------------------------------------------ numbers

    def gauges(self) -> list[Reading]:
        """Return what stands at this moment, beside the counters."""
        now = self.clock_us()
        name = "lantian_gateway_"
        online = sum(1 for mn in self.lines if self.line_of(mn) is not None)
        newest = max((line.last_us for line in self.lines.values()), default=now)
        return [
            Reading(f"{name}connections", "gauge", "Open connections.", (("", len(self.sessions)),)),
            Reading(f"{name}devices", "gauge", "Registered devices.", (("", len(self.cards)),)),
            Reading(f"{name}devices_online", "gauge", "Registered devices with an open line.", (("", online),)),
            Reading(f"{name}strangers", "gauge", "Senders that were not let in.", (("", self.strangers.devices),)),
            Reading(
                f"{name}backlog_bytes", "gauge", "Bytes that wait for the disk.", (("", self.committer.backlog),)
            ),
            Reading(
                f"{name}journal_failing",
                "gauge",
                "1 while the disk does not take frames, and nobody is answered.",
                (("", float(self.committer.failing is not None)),),
            ),
            Reading(
                f"{name}last_frame_age_seconds", "gauge", "Age of the newest frame.", (("", (now - newest) / 1e6),)
            ),
        ]


async def _close_door(server: asyncio.Server) -> None:
    """Accept nobody more, then close; who was accepted already arrives before, and is refused.

    A server that is closed while a connection is between the two leaves its socket open.
    """
    loop = asyncio.get_running_loop()
    for listening in server.sockets:
        loop.remove_reader(listening.fileno())
    for _ in range(_ARRIVING):
        await asyncio.sleep(0)
    server.close()

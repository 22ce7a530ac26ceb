"""Keeps a logger's line up and brings everything that it is given, in order (断线重连与补传).

When the line breaks, or an answer stays away after the last repeat, it connects again: each time after a longer
pause, up to a bound, and never in step with other loggers. What was not acknowledged is sent again under its own
number; what had to wait for the line is marked as late where the edition has a mark for it.
"""

import asyncio
import random
import ssl
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace

from lantian.device.buffer import Buffer, Held, MemoryBuffer
from lantian.device.client import DeviceClient, Outcome
from lantian.terms.errors import CallerError, PeerError
from lantian.wire.hj212.editions import Edition
from lantian.wire.hj212.messages import Message

_DATA = "2"
"""Commands that carry data begin so; only these may be late."""
_TRIES = 3
"""Lines that a frame may break before the others go first."""


@dataclass(slots=True)
class Backoff:
    """How long to wait before the next try: doubled each time, bounded, and shaken.

    Examples
    --------
    >>> pauses = Backoff(first=1.0, most=8.0, shake=0.0)
    >>> [pauses.next() for _ in range(5)]
    [1.0, 2.0, 4.0, 8.0, 8.0]
    """

    first: float = 1.0
    """[s]"""
    most: float = 60.0
    """[s]"""
    shake: float = 0.5
    """Share of a pause that is left to chance, 0 … 1: many loggers do not come back in the same moment."""
    chance: random.Random = field(default_factory=random.Random, repr=False)
    _times: int = 0

    def next(self) -> float:
        """Return the next pause. [s]"""
        pause = min(self.most, self.first * 2.0 ** min(self._times, 32))
        self._times += 1
        return pause * (1 - self.shake * self.chance.random())

    def reset(self) -> None:
        """Begin again with the shortest: the line works."""
        self._times = 0


@dataclass(frozen=True, slots=True)
class Address:
    """Where the host is."""

    host: str
    port: int
    tls: ssl.SSLContext | None = None
    server_name: str | None = None


class Courier:
    """Brings frames over a line that it keeps up.

    Parameters
    ----------
    client
        The logger's end of the line.
    address
        Where the host is.
    buffer
        Where frames wait; in memory where None.
    backoff
        Pauses between tries.
    greet
        What the logger says first on each new line: it asks for its number, its key, the time.
    """

    def __init__(
        self,
        client: DeviceClient,
        address: Address,
        *,
        buffer: Buffer | None = None,
        backoff: Backoff | None = None,
        greet: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        self.client = client
        self.buffer: Buffer = MemoryBuffer() if buffer is None else buffer
        self.tally: Counter[Outcome] = Counter()
        self.lines = 0
        """Lines that came about."""
        self.refused = 0
        """Frames that the edition of the line does not allow; they were dropped."""
        self.trouble: PeerError | None = None
        """Why the newest try to connect failed."""
        self._address = address
        self._backoff = backoff or Backoff()
        self._greet = greet
        self._fresh = asyncio.Event()
        self._failed: Counter[int] = Counter()
        client.on_end = self._fresh.set

    def give(self, message: Message) -> None:
        """Take a message that is to be brought; one that its edition does not allow is counted in `refused`.

        Raises
        ------
        HouseError
            The buffer's disk did not take it.
        """
        self.buffer.put(message)
        self.wake()

    def wake(self) -> None:
        """Look at the buffer: something was put there."""
        self._fresh.set()

    async def run(self) -> None:
        """Connect, bring what there is, and connect again, until this is cancelled."""
        try:
            while True:
                if await self._connected():
                    await self._deliver()
                await self.client.close()
                self.buffer.line_lost()
                await asyncio.sleep(self._backoff.next())
        finally:
            await self.client.close()

    async def drained(self) -> None:
        """Wait until nothing waits any more."""
        while len(self.buffer):
            await asyncio.sleep(0.01)

    async def _connected(self) -> bool:
        at = self._address
        try:
            await self.client.connect(at.host, at.port, tls=at.tls, server_name=at.server_name)
        except PeerError as error:
            self.trouble = error
            return False
        self.lines += 1
        self.trouble = None
        if self._greet is not None:
            await self._greet()
        return bool(self.client.identity.mn)  # without a number nothing can be sent

    async def _deliver(self) -> None:
        """Bring one frame after the other until the line breaks or counts as broken."""
        while not self.client.closed.is_set():
            held = self.buffer.first()
            if held is None:
                await self._something()
                continue
            outcomes = await self._bring(held)
            if not outcomes:
                self.refused += 1
                self.buffer.drop(held.number)
                continue
            self.tally.update(outcomes)
            if outcomes[-1] in {Outcome.ANSWERED, Outcome.SENT}:
                self.buffer.drop(held.number)
                self._failed.pop(held.number, None)
                self._backoff.reset()
                continue
            self._failed[held.number] += outcomes[-1] is Outcome.UNANSWERED
            if self._failed[held.number] >= _TRIES:
                self._failed.pop(held.number)
                self.buffer.postpone(held.number)
            return

    async def _something(self) -> None:
        """Wait for a frame, or for the end of the line."""
        self._fresh.clear()
        if not self.client.closed.is_set():
            await self._fresh.wait()

    async def _bring(self, held: Held) -> list[Outcome]:
        """Send what waits as it is to go out now: under today's number and password, marked where it is late."""
        identity = self.client.identity
        message = held.message
        if message.mn != identity.mn or message.pw != identity.pw:
            message = replace(message, mn=identity.mn, pw=identity.pw)
        late = held.waited and identity.edition is Edition.HJ2025 and message.cn.startswith(_DATA)
        for each in (replace(message, rf=True), message) if late else (message,):
            try:
                return await self.client.send_message(each)
            except CallerError:
                continue  # the mark may make it too long
        return []

"""One simulated logger at work on its own TCP line: what is due is sent, answered, sent again (模拟数采仪)."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from lantian.device.buffer import MemoryBuffer
from lantian.device.client import DeviceClient
from lantian.device.courier import Address, Backoff, Courier
from lantian.device.identity import Identity
from lantian.device.outlet import Outlet
from lantian.twin.city_clock import CityClock
from lantian.twin.saying import REAL_TIME, Due, dues_of, records, said
from lantian.twin.speaking import CLOCK_WRONG, HOUR, Voice
from lantian.wire.hj212.area import clock_time
from lantian.wire.hj212.editions import Edition, flag_of
from lantian.wire.hj212.messages import Message

SPREAD = timedelta(seconds=120)
"""Loggers do not speak in the same moment: each has a delay of its own below this, of the city's time."""
MOST_WAITING = 64
"""Frames that one logger keeps ready; the next is made when there is room."""
_OVERTIME = 30.0
"""How long an answer is waited for: a host that is slow is not to be made slower. [s]"""
_MOST_RECORDS = 2_000
_DIGITS = "%Y%m%d%H%M%S"


class Delays:
    """How long things took, in classes of equal width of the logarithm: memory does not grow (延时统计).

    Examples
    --------
    >>> delays = Delays()
    >>> for seconds in (0.01, 0.02, 4.0):
    ...     delays.note(seconds)
    >>> 0.018 < delays.share(0.5) < 0.023, 3.6 < delays.share(0.99) < 4.5
    (True, True)
    """

    _LEAST, _CLASSES_A_DECADE, _DECADES = 1e-4, 20, 11

    def __init__(self) -> None:
        self._counts: NDArray[np.int64] = np.zeros(self._CLASSES_A_DECADE * self._DECADES, dtype=np.int64)

    def note(self, seconds: float) -> None:
        """Take one. [s]"""
        place = int(np.log10(max(seconds, self._LEAST) / self._LEAST) * self._CLASSES_A_DECADE)
        self._counts[min(place, len(self._counts) - 1)] += 1

    def share(self, share: float) -> float:
        """Return the time within which a share of them lies, to about 6 %; NaN without any. [s]"""
        total = int(self._counts.sum())
        if not total:
            return float("nan")
        place = int(np.searchsorted(np.cumsum(self._counts), share * total))
        return float(self._LEAST * 10.0 ** ((place + 0.5) / self._CLASSES_A_DECADE))


class Outbox(MemoryBuffer):
    """Frames of one logger that are not acknowledged yet; it says when one is, and when there is room.

    Parameters
    ----------
    acknowledged
        Told each frame that was, by the city time from which on it was due.
    """

    def __init__(self, acknowledged: Callable[[datetime], None]) -> None:
        super().__init__()
        self._acknowledged = acknowledged
        self._due: dict[int, datetime] = {}
        self._gone = asyncio.Event()

    def put_due(self, message: Message, at: datetime) -> None:
        """Keep a frame that was due at an instant."""
        self.put(message)
        self._due[self._last] = at

    def drop(self, number: int) -> None:
        """Forget a frame: it was brought."""
        super().drop(number)
        at = self._due.pop(number, None)
        if at is not None:
            self._acknowledged(at)
        self._gone.set()

    async def below(self, most: int) -> None:
        """Wait until fewer than `most` wait."""
        while len(self) >= most:
            self._gone.clear()
            await self._gone.wait()


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What every logger of a city needs."""

    clock: CityClock
    address: Address
    minutes: bool
    """Whether minutes and moments are sent too, or hours and days alone."""
    acknowledged: Callable[[datetime], None]
    over: Callable[[datetime], None]
    """Told each hour of which a logger has brought everything that it could."""


class Speaker:
    """A logger with its line.

    Parameters
    ----------
    voice
        What it has to say.
    around
        Clock, host, and who is told.
    """

    def __init__(self, voice: Voice, around: Surroundings) -> None:
        who = voice.logger
        identity = Identity(who.mn, who.password, who.system, voice.edition, overtime=_OVERTIME)
        self.voice = voice
        self.outlet = Outlet(identity, who.factors, self._now, history=self._history)
        self.outbox = Outbox(around.acknowledged)
        self.courier = Courier(
            DeviceClient(identity, self.outlet.obey, _nobody),
            around.address,
            buffer=self.outbox,
            backoff=Backoff(first=0.2, most=10.0),
        )
        self._around = around
        self._delay = SPREAD * (crc32(who.mn.encode()) / 2**32)
        self._line: asyncio.Task[None] | None = None
        self._clock_is_wrong = False

    async def run(self, first: datetime, until: datetime, group: asyncio.TaskGroup) -> None:
        """Bring every hour from `first` up to `until`, each when its time has come.

        Parameters
        ----------
        group
            Its line is kept up by a task of this group, so that a fault of the line ends all of it.
        """
        voice = self.voice
        try:
            for place in range(voice.place(first), voice.place(until)):
                await self._befalls(place, group)
                for due in dues_of(voice, place, minutes=self._around.minutes):
                    await self._bring(due)
                await self._wait(voice.start(place) + HOUR)
                await self.outbox.below(1)
                self._around.over(voice.start(place))
        finally:
            await self._hang_up()

    async def _befalls(self, place: int, group: asyncio.TaskGroup) -> None:
        """Let the line break or come back, and the clock go wrong or right, as the hour wants it."""
        voice = self.voice
        if voice.down[place]:
            await self._hang_up()
        elif self._line is None:
            self._line = group.create_task(self.courier.run())
        wrong = bool(voice.wrong_clock[place])
        if wrong != self._clock_is_wrong:  # within its fault the host may have set it
            self.outlet.offset = CLOCK_WRONG if wrong else timedelta(0)
            self._clock_is_wrong = wrong

    async def _bring(self, due: Due) -> None:
        if due.cn == REAL_TIME and not self.outlet.sending:
            return
        at = due.at + self._delay
        await self._wait(at)
        told = said(self.voice, due)
        if told:
            await self.outbox.below(MOST_WAITING)
            self.outbox.put_due(self._message(due, told), at)
            self.courier.wake()

    async def _hang_up(self) -> None:
        if self._line is not None:
            if not self._line.cancelling():  # twice would leave it open: it is just about to close
                self._line.cancel()
            await asyncio.gather(self._line, return_exceptions=True)
            self._line = None

    async def _wait(self, instant: datetime) -> None:
        while (seconds := self._around.clock.until(instant)) > 0:
            await asyncio.sleep(seconds)

    def _now(self) -> datetime:
        return self._around.clock.now().astimezone(self.voice.first.tzinfo)

    def _message(self, due: Due, told: dict[str, dict[str, str]]) -> Message:
        who = self.outlet.identity
        shown = due.start + (self.outlet.offset if due.cn == REAL_TIME else timedelta(0))
        return Message(
            cn=due.cn, st=who.st, mn=who.mn, pw=who.pw, qn=self.outlet.next_qn(),
            parameters={"DataTime": shown.strftime(_DIGITS)}, factors=told,
            flag=flag_of(who.edition, answer=True), rf=due.late and who.edition is Edition.HJ2025,
        )  # fmt: skip

    def _history(self, cn: str, begin: str, end: str) -> Sequence[Message]:
        """Tell what is kept, for a host that asks for it."""
        first, last, zone = clock_time(begin), clock_time(end), self.voice.first.tzinfo
        if first is None or last is None:
            return []
        kept = records(self.voice, cn, first.replace(tzinfo=zone), last.replace(tzinfo=zone), self._now())
        found: list[Message] = []
        for due in kept:
            told = said(self.voice, due)
            if told and len(found) < _MOST_RECORDS:
                found.append(self._message(due, told))
        return found


def _nobody(_what: str, _data: bytes) -> None:
    """Watch no frame."""

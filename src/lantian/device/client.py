"""A data logger on one TCP connection (现场机): sends, waits, repeats, and obeys what the host asks.

Its exchanges are the tables of `lantian.wire.hj212.exchanges`. It reads no clock but the one of the event loop;
what it sends is given to it, and what a request of the host brings is made by an `Obey`.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum

from lantian.terms.errors import CallerError, PeerError
from lantian.wire.hj212.commands import Kind, command
from lantian.wire.hj212.editions import Edition
from lantian.wire.hj212.exchanges import Action, Event, Exchange, Side, event_of, exchange_table
from lantian.wire.hj212.frame import Frame, parse, parse_frame
from lantian.wire.hj212.framing import FrameLimits, Framer, Noise, Piece
from lantian.wire.hj212.messages import HistoryRequest, Message, Stop, Typed, message_of
from lantian.wire.hj212.writing import notice_answer, request_answer, result_answer, split

_READ = 65_536
_REMEMBERED = 64
"""Requests whose end is remembered, so that a repeat gets the same answer."""
_REFUSED, _WRONG_PW, _WRONG_MN, _WRONG_CN = 2, 3, 4, 8
"""QnRtn of the standard."""
_DONE, _FAILED, _NO_DATA = 1, 2, 100
"""ExeRtn of the standard."""


class Outcome(StrEnum):
    """What became of a frame that was sent."""

    SENT = "sent"
    """It wants no answer."""
    ANSWERED = "answered"
    UNANSWERED = "unanswered"
    """Not after the last repeat either: the line counts as broken."""
    CLOSED = "closed"
    """The other side ended the connection."""


@dataclass(slots=True)
class Identity:
    """Who the logger says that it is; 1072 changes the password, 1000 how long it waits."""

    mn: str
    pw: str = field(repr=False)
    st: str
    edition: Edition
    key: bytes | None = field(default=None, repr=False)
    """SM4 key of the edition of 2025; 16 bytes."""
    overtime: float = 10.0
    """How long an answer is waited for. [s]"""
    recount: int = 3
    """How often a frame is repeated."""


@dataclass(frozen=True, slots=True)
class Obeyed:
    """What a request brings: messages before its result, and whether there was anything."""

    messages: Sequence[Message] = ()
    empty: bool = False
    failed: bool = False


Obey = Callable[[Typed], Obeyed | None]
"""Does what a request wants; None where the logger does not know it."""
Watch = Callable[[str, bytes], None]
"""Is told ``sent``, ``received`` or ``noise``, and the bytes."""
Write = Callable[[bytes], Awaitable[None]]
Send = Callable[[bytes], Sequence[bytes]]
"""Bytes of a frame → what really goes out, one write after the other."""


def honest(data: bytes) -> Sequence[bytes]:
    """Send a frame as it is."""
    return (data,)


class DeviceClient:
    """One logger and its connection.

    Parameters
    ----------
    identity
        Who it is.
    obey
        What it does when the host asks for something.
    watch
        Hears every frame that leaves or comes.
    send
        How frames of its own really leave; answers to the host always leave as they are.
    pause
        Between two writes of one frame. [s]
    """

    def __init__(
        self, identity: Identity, obey: Obey, watch: Watch, *, send: Send = honest, pause: float = 0.0
    ) -> None:
        self.identity = identity
        self.requests = 0
        """Requests of the host that came, repeats too."""
        self._obey = obey
        self._watch = watch
        self._send = send
        self._pause = pause
        self._waiting: dict[str, asyncio.Queue[Event | None]] = {}
        self._kept: OrderedDict[str, tuple[Exchange, int]] = OrderedDict()
        self._asked: asyncio.Queue[tuple[Frame, Typed, Event]] = asyncio.Queue(_REMEMBERED)
        self._tasks: list[asyncio.Task[None]] = []
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None
        self.closed = asyncio.Event()

    # ------------------------------------------------------------------------------------------ line

    async def connect(self, host: str, port: int, *, seconds: float = 10.0) -> None:
        """Open the connection.

        Raises
        ------
        PeerError
            When nobody answers there.
        """
        try:
            async with asyncio.timeout(seconds):
                self._reader, self._writer = await asyncio.open_connection(host, port)
        except (OSError, TimeoutError) as error:
            raise PeerError(
                "Nobody takes a connection at {host}:{port}: {error}. Start the gateway, or name its port.",
                host=host,
                port=port,
                error=error or type(error).__name__,
            ) from error
        self._tasks = [asyncio.create_task(self._listen(self._reader)), asyncio.create_task(self._serve())]

    async def close(self) -> None:
        """End the connection."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._lost()
        if self._writer is not None:
            self._writer.close()
            with suppress(OSError):  # it had ended already
                await self._writer.wait_closed()

    async def _listen(self, reader: asyncio.StreamReader) -> None:
        framer = Framer(FrameLimits())
        try:
            while chunk := await reader.read(_READ):
                for piece in framer.feed(chunk):
                    self._take(piece)
        except OSError:
            pass  # the same as an end
        self._lost()

    def _lost(self) -> None:
        self.closed.set()
        for waiting in self._waiting.values():
            waiting.put_nowait(None)

    async def _write(self, data: bytes) -> None:
        if self._writer is None or self.closed.is_set():
            return
        self._watch("sent", data)
        try:
            self._writer.write(data)
            await self._writer.drain()
        except OSError:
            self._lost()

    # ------------------------------------------------------------------------------------------ sending

    async def send(self, data: bytes) -> Outcome:
        """Send a frame of data or a notice and wait for its answer, repeating it, when its Flag wants one."""
        frame = parse(data, edition=self.identity.edition, key=self.identity.key)
        kind = _kind(frame, self.identity.edition)
        if frame.flag is None or not frame.flag.answer or kind is Kind.ANSWER:
            await self._misbehave(data)
            return Outcome.CLOSED if self.closed.is_set() else Outcome.SENT
        name, first = ("heartbeat", Event.START) if kind is Kind.NOTICE else ("upload", Event.NEXT_TO_ANSWER)
        exchange = self._exchange(name)
        return await self._follow(exchange, exchange.on(first, _now()), frame.qn, data, self._misbehave)

    async def _misbehave(self, data: bytes) -> None:
        for number, each in enumerate(self._send(data)):
            if number and self._pause:
                await asyncio.sleep(self._pause)
            await self._write(each)

    def _exchange(self, name: str) -> Exchange:
        identity = self.identity
        table = exchange_table(name, Side.DEVICE)
        return Exchange(table, overtime=identity.overtime, recount=identity.recount)

    async def _follow(
        self, exchange: Exchange, actions: list[Action], qn: str, data: bytes, write: Write
    ) -> Outcome:
        """Do what the table says until nothing is awaited any more."""
        inbox: asyncio.Queue[Event | None] = asyncio.Queue()
        self._waiting[qn] = inbox
        try:
            while True:
                for action in actions:
                    if action in {Action.SEND_DATA, Action.SEND_NOTICE}:
                        await write(data)
                    elif action is Action.REPORT_LINK_DOWN:
                        return Outcome.UNANSWERED
                if self.closed.is_set():
                    return Outcome.CLOSED
                if exchange.due is None:
                    return Outcome.ANSWERED
                event = await _next(inbox, exchange.due)
                if event is None:
                    return Outcome.CLOSED
                actions = exchange.on(event, _now())
        finally:
            self._waiting.pop(qn, None)

    # ------------------------------------------------------------------------------------------ obeying

    def _take(self, piece: Piece) -> None:
        """Hear one frame: an answer to us, or something that the host wants."""
        if isinstance(piece, Noise):
            self._watch("noise", piece.raw)
            return
        self._watch("received", piece.raw)
        frame = parse_frame(piece, edition=self.identity.edition, key=self.identity.key)
        if not frame.crc_ok:
            return  # the standard ends there; the host repeats
        try:
            typed = message_of(frame)
        except PeerError:
            return
        event = event_of(typed)
        if event in {Event.ACKNOWLEDGED, Event.NOTICED}:
            waiting = self._waiting.get(frame.qn)
            if waiting is not None:
                waiting.put_nowait(event)
        elif event in {Event.REQUEST, Event.NOTICE, Event.NOTICE_TO_ANSWER} and not self._asked.full():
            self._asked.put_nowait((frame, typed, event))  # a host whose request found no room repeats it

    async def _serve(self) -> None:
        """Obey one request after the other."""
        while True:
            frame, typed, event = await self._asked.get()
            self.requests += 1
            await self._answer(frame, typed, event)

    async def _answer(self, frame: Frame, typed: Typed, event: Event) -> None:
        exchange, code = self._kept.get(frame.qn) or (self._begin(typed), _DONE)
        done: Obeyed | None = None
        refusal = 0
        if exchange.state == "idle":
            refusal = self._refusal(frame)
            done = None if refusal else self._obey(typed)
            if event is Event.REQUEST and done is None:
                event, refusal = Event.BAD_REQUEST, refusal or _WRONG_CN
        actions = exchange.on(event, _now())
        await self._perform(actions, frame, refusal, code)
        if Action.EXECUTE in actions and done is not None and event is Event.REQUEST:
            code = await self._execute(exchange, frame, done)
        self._kept[frame.qn] = (exchange, code)
        while len(self._kept) > _REMEMBERED:
            self._kept.popitem(last=False)

    def _begin(self, typed: Typed) -> Exchange:
        name = (
            "history" if isinstance(typed, HistoryRequest) else "notify" if isinstance(typed, Stop) else "request"
        )
        return self._exchange(name)

    def _refusal(self, frame: Frame) -> int:
        """Return QnRtn of what is wrong with the head of a request, or 0."""
        if frame.mn != self.identity.mn:
            return _WRONG_MN
        if frame.pw != self.identity.pw:
            return _WRONG_PW
        return _REFUSED if frame.verdict.value.startswith("reject") else 0

    async def _perform(self, actions: list[Action], frame: Frame, refusal: int, code: int) -> None:
        """Send the answers that the table names."""
        edition = self.identity.edition
        for action in actions:
            if action is Action.SEND_READY:
                await self._write(request_answer(frame, 1, edition))
            elif action is Action.SEND_REFUSAL:
                await self._write(request_answer(frame, refusal, edition))
            elif action is Action.SEND_NOTICE_ANSWER:
                await self._write(notice_answer(frame, edition))
            elif action in {Action.SEND_RESULT, Action.SEND_NO_DATA, Action.SEND_FAILURE}:
                await self._write(result_answer(frame, code, edition))

    async def _execute(self, exchange: Exchange, frame: Frame, done: Obeyed) -> int:
        """Send what the request brought, then its result; return ExeRtn."""
        code = _FAILED if done.failed else _NO_DATA if done.empty else _DONE
        for message in done.messages:
            try:
                written = split(message, key=self.identity.key)
            except CallerError:  # a recorded frame that its edition does not allow
                code = _FAILED
                continue
            for data in written:
                wanted = message.flag.answer
                actions = exchange.on(Event.NEXT_TO_ANSWER if wanted else Event.NEXT, _now())
                if not wanted:
                    await self._write(data)
                    continue
                outcome = await self._follow(exchange, actions, parse(data).qn, data, self._write)
                if outcome is not Outcome.ANSWERED:
                    return _FAILED
        event = {_FAILED: Event.FAILED, _NO_DATA: Event.EMPTY, _DONE: Event.DONE}[code]
        await self._perform(exchange.on(event, _now()), frame, 0, code)
        return code


def _kind(frame: Frame, edition: Edition) -> Kind:
    for each in (edition, *Edition):
        known = command(frame.cn, each)
        if known is not None and known.up is not None:
            return known.up
    return Kind.UPLOAD


def _now() -> float:
    return asyncio.get_running_loop().time()


async def _next(inbox: "asyncio.Queue[Event | None]", due: float) -> Event | None:
    """Wait for the next event, or say that it is too late."""
    try:
        async with asyncio.timeout_at(due):
            return await inbox.get()
    except TimeoutError:
        return Event.TIMEOUT

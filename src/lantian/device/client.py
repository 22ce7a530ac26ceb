"""A data logger on one TCP connection (现场机): sends, waits, repeats, and obeys what the host asks.

Its exchanges are the tables of `lantian.wire.hj212.exchanges`. It reads no clock but the one of the event loop;
what it sends is given to it, and what a request of the host brings is made by an `Obey`.
"""

import asyncio
import ssl
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from enum import StrEnum
from functools import cache

from lantian.device.identity import Identity, Obeyed
from lantian.device.line import Line, open_line
from lantian.terms.errors import CallerError, PeerError
from lantian.wire.hj212.commands import Kind, command
from lantian.wire.hj212.editions import Edition
from lantian.wire.hj212.exchanges import Action, Event, Exchange, Side, event_of, exchange_table
from lantian.wire.hj212.frame import Frame, parse, parse_frame
from lantian.wire.hj212.framing import Noise, Piece
from lantian.wire.hj212.messages import HistoryRequest, Message, NumberSetting, Stop, Typed, message_of
from lantian.wire.hj212.writing import notice_answer, request_answer, result_answer

_SENDS = frozenset({Action.SEND_DATA, Action.SEND_NOTICE})
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
        self._waiting: dict[str, asyncio.Future[Event | None]] = {}
        self._granted: dict[str, asyncio.Event] = {}
        self._kept: OrderedDict[str, tuple[Exchange, int]] = OrderedDict()
        self._asked: asyncio.Queue[tuple[Frame, Typed, Event]] = asyncio.Queue(_REMEMBERED)
        self._serving: asyncio.Task[None] | None = None
        self._line: Line | None = None
        self.closed = asyncio.Event()
        self.on_end: Callable[[], object] = lambda: None
        """Called when the connection ends."""

    # ------------------------------------------------------------------------------------------ line

    async def connect(
        self,
        host: str,
        port: int,
        *,
        seconds: float = 10.0,
        tls: ssl.SSLContext | None = None,
        server_name: str | None = None,
    ) -> None:
        """Open the connection; after `close` it may be opened again.

        Parameters
        ----------
        tls
            Encrypts the line, and says which certificates are trusted; None for a plain line.
        server_name
            Name that the certificate has to bear, where it is not `host`.

        Raises
        ------
        PeerError
            When nobody answers there, or its certificate is not trusted.
        """
        self._line = await open_line(
            host, port, self._take, self._ended, seconds=seconds, tls=tls, server_name=server_name
        )
        self.closed.clear()
        self._serving = asyncio.create_task(self._serve())

    async def close(self) -> None:
        """End the connection."""
        if self._serving is not None:
            self._serving.cancel()
            await asyncio.gather(self._serving, return_exceptions=True)
        if self._line is not None:
            await self._line.close()

    def _ended(self, line: Line) -> None:
        if line is not self._line:
            return
        self.closed.set()
        self.on_end()
        for qn in list(self._waiting):
            self._tell(qn, None)

    async def _write(self, data: bytes) -> None:
        if self._line is None or self.closed.is_set():
            return
        self._watch("sent", data)
        await self._line.write(data)

    # ------------------------------------------------------------------------------------------ sending

    async def send(self, data: bytes) -> Outcome:
        """Send a frame of data or a notice and wait for its answer, repeating it, when its Flag wants one."""
        frame = parse(data, edition=self.identity.edition, key=self.identity.keys or None)
        answered = frame.flag is not None and frame.flag.answer
        return await self._send_frame(data, frame.cn, frame.qn, answered=answered)

    async def send_message(self, message: Message) -> list[Outcome]:
        """Write a message, in parts where it is long, and send each as `send` does; stop where one fails.

        Raises
        ------
        CallerError
            Its edition does not allow it.
        """
        outcomes = []
        for part, data in self.identity.written(message):
            outcomes.append(await self._send_frame(data, part.cn, part.qn, answered=part.flag.answer))
            if outcomes[-1] in {Outcome.CLOSED, Outcome.UNANSWERED}:
                break
        return outcomes

    async def wish(self, message: Message, request: str) -> bool:
        """Send a notice by which the host is asked for something (1001, 1013, 1014) and wait until it was given.

        Parameters
        ----------
        message
            The notice.
        request
            Command by which it is given: 1002, 1012, 1014.

        Returns
        -------
        bool
            Whether it came and was obeyed.
        """
        granted = self._granted[request] = asyncio.Event()
        try:
            if (await self.send_message(message))[-1] is not Outcome.ANSWERED:
                return False
            async with asyncio.timeout(self.identity.overtime * (self.identity.recount + 1)):
                await granted.wait()
        except TimeoutError:
            return False
        finally:
            self._granted.pop(request, None)
        return True

    async def _send_frame(self, data: bytes, cn: str, qn: str, *, answered: bool) -> Outcome:
        kind = _kind(cn, self.identity.edition)
        if not answered or kind is Kind.ANSWER:
            await self._misbehave(data)
            return Outcome.CLOSED if self.closed.is_set() else Outcome.SENT
        name, first = ("heartbeat", Event.START) if kind is Kind.NOTICE else ("upload", Event.NEXT_TO_ANSWER)
        exchange = self._exchange(name)
        return await self._follow(exchange, exchange.on(first, _now()), qn, data, self._misbehave)

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
        loop = asyncio.get_running_loop()
        try:
            while True:
                # before the frame leaves: its answer may come while it is written
                answer = self._waiting[qn] = loop.create_future()
                for action in actions:
                    if action in _SENDS:
                        await write(data)
                    elif action is Action.REPORT_LINK_DOWN:
                        return Outcome.UNANSWERED
                if self.closed.is_set():
                    return Outcome.CLOSED
                if exchange.due is None:
                    return Outcome.ANSWERED
                late = loop.call_at(exchange.due, self._tell, qn, Event.TIMEOUT)
                try:
                    event = await answer
                finally:
                    late.cancel()
                if event is None:
                    return Outcome.CLOSED
                actions = exchange.on(event, loop.time())
        finally:
            self._waiting.pop(qn, None)

    def _tell(self, qn: str, event: Event | None) -> None:
        """Let whoever waits for an answer have it."""
        waiting = self._waiting.get(qn)
        if waiting is not None and not waiting.done():
            waiting.set_result(event)

    # ------------------------------------------------------------------------------------------ obeying

    def _take(self, piece: Piece) -> None:
        """Hear one frame: an answer to us, or something that the host wants."""
        if isinstance(piece, Noise):
            self._watch("noise", piece.raw)
            return
        self._watch("received", piece.raw)
        frame = parse_frame(piece, edition=self.identity.edition, key=self.identity.keys or None)
        if not frame.crc_ok:
            return  # the standard ends there; the host repeats
        try:
            typed = message_of(frame)
        except PeerError:
            return
        event = event_of(typed)
        if event in {Event.ACKNOWLEDGED, Event.NOTICED}:
            self._tell(frame.qn, event)
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
            refusal = self._refusal(frame, typed)
            done = None if refusal else self._obey(typed)
            if event is Event.REQUEST and done is None:
                event, refusal = Event.BAD_REQUEST, refusal or _WRONG_CN
        actions = exchange.on(event, _now())
        await self._perform(actions, frame, refusal, code)
        if Action.EXECUTE in actions and done is not None and event is Event.REQUEST:
            code = await self._execute(exchange, frame, done)
            if code == _DONE and frame.cn in self._granted:
                self._granted[frame.cn].set()
        self._kept[frame.qn] = (exchange, code)
        while len(self._kept) > _REMEMBERED:
            self._kept.popitem(last=False)

    def _begin(self, typed: Typed) -> Exchange:
        name = (
            "history" if isinstance(typed, HistoryRequest) else "notify" if isinstance(typed, Stop) else "request"
        )
        return self._exchange(name)

    def _refusal(self, frame: Frame, typed: Typed) -> int:
        """Return QnRtn of what is wrong with the head of a request, or 0."""
        if isinstance(typed, NumberSetting):  # its MN is the one that we shall have
            return 0 if typed.logger_id == self.identity.logger_id != "" else _REFUSED
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
                written = self.identity.written(message)
            except CallerError:  # a recorded frame that its edition does not allow
                code = _FAILED
                continue
            for part, data in written:
                wanted = message.flag.answer
                actions = exchange.on(Event.NEXT_TO_ANSWER if wanted else Event.NEXT, _now())
                if not wanted:
                    await self._write(data)
                    continue
                outcome = await self._follow(exchange, actions, part.qn, data, self._write)
                if outcome is not Outcome.ANSWERED:
                    return _FAILED
        event = {_FAILED: Event.FAILED, _NO_DATA: Event.EMPTY, _DONE: Event.DONE}[code]
        await self._perform(exchange.on(event, _now()), frame, 0, code)
        return code


@cache
def _kind(cn: str, edition: Edition) -> Kind:
    for each in (edition, *Edition):
        known = command(cn, each)
        if known is not None and known.up is not None:
            return known.up
    return Kind.UPLOAD


def _now() -> float:
    return asyncio.get_running_loop().time()

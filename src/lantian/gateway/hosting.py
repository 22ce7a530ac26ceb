"""What the host says of its own accord: requests that wait in the ledger, and clocks that are to be set.

Which message follows which stands in the tables of `lantian.wire.hj212.exchanges`; here they meet connections,
time and the ledger. A device answers one request at a time.
"""

import asyncio
import re
import time
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from lantian.gateway.granting import KEY, Granting
from lantian.gateway.server import Gateway
from lantian.gateway.session import Session
from lantian.ledger import Ledger
from lantian.ledger.models import ControlRequest
from lantian.loop.sense.controlling import clock_setting, has_waiting, note_end, note_sent, take_waiting
from lantian.loop.sense.registry import DeviceCard
from lantian.store.journal import Kind
from lantian.terms.errors import LantianError
from lantian.wire.hj212.commands import is_encrypted
from lantian.wire.hj212.editions import Edition, flag_of
from lantian.wire.hj212.exchanges import Action, Event, Exchange, Side, event_of, exchange_table
from lantian.wire.hj212.frame import Frame
from lantian.wire.hj212.message import Message
from lantian.wire.hj212.messages import message_of
from lantian.wire.hj212.writing import write

_END = {
    Action.REPORT_DONE: "done",
    Action.REPORT_REFUSED: "refused",
    Action.REPORT_FAILED: "failed",
    Action.REPORT_NO_DATA: "empty",
    Action.REPORT_TIMEOUT: "silent",
    Action.REPORT_LINK_DOWN: "silent",
}
_HISTORY = frozenset({"2011", "2013", "2031", "2041", "2051", "2052", "2061", "2062"})
_WISHES = frozenset({"activation", "key"})
"""Exchanges that the device begins."""
_CLOCK_WANTED, _SET_CLOCK = "1013", "1012"
_SECRETS = re.compile(rb"(?<=NewSK=|NewPW=)[^;,&]*")
_Found = TypeVar("_Found")


@dataclass(frozen=True, slots=True)
class HostSettings:
    """How the host behaves."""

    overtime: float = 10.0
    """Wait for an answer before asking again. [s]"""
    recount: int = 3
    """Repeats before the line counts as down."""
    poll_seconds: float = 2.0
    """How often the ledger is asked for requests. [s]"""
    set_clocks: bool = True
    """Whether clocks are set: when a device asks, and when one is wrong."""
    clock_tolerance: float = 120.0
    """A clock may be wrong by so much. [s]"""
    clock_pause: float = 3_600.0
    """At least so long between two settings of one clock that did not ask for it. [s]"""
    clock_look: float = 60.0
    """How often a device's clock is looked at. [s]"""
    keys_in_clear: bool = False
    """Whether a device without a key gets its first one over a line without TLS, where anybody can read it."""
    key_look: float = 60.0
    """How often keys that grow old are looked for. [s]"""
    key_pause: float = 21_600.0
    """At least so long between two tries to renew one key that nobody asked for. [s]"""


@dataclass(slots=True)
class Asked:
    """A request on its way."""

    card: DeviceCard
    exchange: Exchange
    message: bytes
    cn: str
    qn: str
    request_id: str | None
    """In the ledger; None for a clock."""
    qn_rtn: int | None = None
    exe_rtn: int | None = None
    answers: list[dict[str, Any]] = field(default_factory=list)
    on_end: "OnEnd | None" = None


OnEnd = Callable[[Asked, str], None]
"""Told a request that is over, and how it ended."""


@dataclass(slots=True)
class Clock:
    """What is known of a device's clock."""

    offset: float = 0.0
    """How far it is ahead of ours; negative: behind. [s]"""
    looked: float = -1e9
    set_at: float = -1e9


class Hosting:
    """Sends requests, follows their exchanges, and watches clocks.

    Parameters
    ----------
    gateway
        Whose connections are used; its listener is this object's `hear`.
    ledger
        Where requests wait and their ends are kept; None for clocks alone.
    thread
        Executor in which the ledger is asked, so that connections are not kept waiting.
    """

    def __init__(
        self,
        gateway: Gateway,
        zone: ZoneInfo,
        ledger: Ledger | None,
        thread: Executor,
        settings: HostSettings | None = None,
        *,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.gateway = gateway
        self.settings = settings or HostSettings()
        self.clocks: dict[str, Clock] = {}
        self.asked: dict[str, Asked] = {}
        """MN → its request under way."""
        self.failed: LantianError | None = None
        """Why the newest request could not be written, or the ledger not be asked."""
        self.zone = zone
        self.ledger = ledger
        self.granting = Granting(self)
        self._thread = thread
        self._monotonic = monotonic
        self._last_qn = ""
        self._tasks: set[asyncio.Task[None]] = set()
        gateway.listener = self.hear

    # ------------------------------------------------------------------------------------------ hearing

    def hear(self, session: Session, card: DeviceCard, frame: Frame, now_us: int) -> None:
        """Take note of a frame: an answer to us, data that we asked for, a wish for time, number or key."""
        wished = self.granting.hear(session, card, frame, now_us)
        asked = self.asked.get(card.mn)
        if asked is not None and (frame.qn == asked.qn or frame.cn == asked.cn):
            self._hear_answer(asked, frame)
        elif wished:
            return
        elif frame.cn == _CLOCK_WANTED and self.settings.set_clocks:
            self._set_clock(session, card, frame.parameters.get("PolId"))
        else:
            self._watch_clock(session, card, frame, now_us)

    def _hear_answer(self, asked: Asked, frame: Frame) -> None:
        typed = message_of(frame)
        event = event_of(typed)
        if frame.qn != asked.qn and event not in {Event.DATA, Event.DATA_TO_ANSWER}:
            return
        asked.qn_rtn = getattr(typed, "qn_rtn", asked.qn_rtn) or asked.qn_rtn
        asked.exe_rtn = getattr(typed, "exe_rtn", asked.exe_rtn) or asked.exe_rtn
        at = datetime.fromtimestamp(self.gateway.clock_us() / 1e6, UTC).isoformat()
        asked.answers.append({"cn": frame.cn, "qn": frame.qn, "at": at, "fields": dict(frame.fields)})
        if event is not None:
            self._do(asked, asked.exchange.on(event, self._monotonic()))

    def _watch_clock(self, session: Session, card: DeviceCard, frame: Frame, now_us: int) -> None:
        """Compare the number of a frame, which is a time of the logger's clock, with ours."""
        clock = self.clocks.get(card.mn)
        if clock is None:
            clock = self.clocks[card.mn] = Clock()
        now = now_us / 1e6
        if now - clock.looked < self.settings.clock_look:
            return
        sent_at = frame.sent_at
        if sent_at is None:
            return
        clock.looked = now
        clock.offset = sent_at.replace(tzinfo=self.zone).timestamp() - now
        wrong = abs(clock.offset) > self.settings.clock_tolerance
        if wrong and self.settings.set_clocks and now - clock.set_at > self.settings.clock_pause:
            clock.set_at = now
            self._set_clock(session, card, None)

    # ------------------------------------------------------------------------------------------ asking

    def _set_clock(self, session: Session, card: DeviceCard, pol_id: str | None) -> None:
        if card.mn in self.asked:
            return
        now = datetime.fromtimestamp(self.gateway.clock_us() / 1e6, UTC)
        fields = clock_setting(now, self.zone)
        self.ask(session, card, _SET_CLOCK, {**({"PolId": pol_id} if pol_id else {}), **fields}, None)

    def ask(
        self,
        session: Session,
        card: DeviceCard,
        cn: str,
        fields: dict[str, str],
        request_id: str | None,
        *,
        st: str = "",
        table: str = "",
        on_end: OnEnd | None = None,
    ) -> bool:
        """Send a request and follow its exchange; False where it cannot be written: `failed` says why.

        Parameters
        ----------
        st
            System code, where it is not that of the device.
        table
            Exchange that is followed, where the command does not say it; one of a wish begins with its grant.
        on_end
            Told how it ended.
        """
        qn = self._next_qn()
        factors: dict[str, dict[str, str]] = {}
        plain = {}
        for name, value in fields.items():
            code, dash, suffix = name.partition("-")
            if dash:
                factors.setdefault(code, {})[suffix] = value
            else:
                plain[name] = value
        edition = Edition(card.edition)
        message = Message(
            cn=cn, st=st or card.system, mn=card.mn, pw=card.password, qn=qn,
            flag=flag_of(edition, answer=True), parameters=plain, factors=factors,
        )  # fmt: skip
        line = self.gateway.lines.get(card.mn)
        key = card.key if edition is Edition.HJ2025 and is_encrypted(cn) else None
        try:
            written = write(message, key=key, printed=line is not None and line.printed)
        except LantianError as error:
            self.failed = error
            return False
        name = table or ("clock" if cn == _SET_CLOCK else "history" if cn in _HISTORY else "request")
        exchange = Exchange(
            exchange_table(name, Side.HOST), overtime=self.settings.overtime, recount=self.settings.recount
        )
        asked = self.asked[card.mn] = Asked(card, exchange, written, cn, qn, request_id, on_end=on_end)
        wish = name in _WISHES
        if wish:
            exchange.on(Event.NOTICE, self._monotonic())
        self._do(asked, exchange.on(Event.GRANT if wish else Event.START, self._monotonic()), session)
        return True

    def _do(self, asked: Asked, actions: list[Action], session: Session | None = None) -> None:
        for action in actions:
            if action is Action.SEND_REQUEST:
                self._send(asked, session or self.gateway.line_of(asked.card.mn))
            elif action in _END:
                self._end(asked, _END[action])

    def _send(self, asked: Asked, session: Session | None) -> None:
        """Send a request and keep what was sent; new passwords and keys in clear are not kept."""
        if session is None:
            return  # it is asked again when its time is over
        mn = asked.card.mn.encode("latin-1")
        kept = _SECRETS.sub(lambda found: b"*" * len(found[0]), asked.message)
        self.gateway.journal.append(Kind.SENT, self.gateway.clock_us(), session.peer, mn, kept)
        self.gateway.committer.wake()
        session.send(asked.message)

    def _end(self, asked: Asked, state: str) -> None:
        self.asked.pop(asked.card.mn, None)
        if asked.on_end is not None:
            asked.on_end(asked, state)
        if asked.request_id is not None:
            self._later(self._note_end, asked, asked.request_id, state)

    def _next_qn(self) -> str:
        """Return a number of an exchange: our time to the millisecond, never twice."""
        at = datetime.fromtimestamp(self.gateway.clock_us() / 1e6, self.zone)
        qn = at.strftime("%Y%m%d%H%M%S%f")[:17]
        while qn <= self._last_qn:
            at += timedelta(milliseconds=1)
            qn = at.strftime("%Y%m%d%H%M%S%f")[:17]
        self._last_qn = qn
        return qn

    # ------------------------------------------------------------------------------------------ time and ledger

    async def run(self) -> None:
        """Look at timeouts and at the ledger until this is cancelled."""
        polled = self._monotonic() - self.settings.poll_seconds
        while True:
            await asyncio.sleep(min(0.25, self.settings.poll_seconds))
            now = self._monotonic()
            for asked in list(self.asked.values()):
                if asked.exchange.due is not None and asked.exchange.due <= now:
                    self._do(asked, asked.exchange.on(Event.TIMEOUT, now))
            await self.granting.turn(now)
            if self.ledger is not None and now - polled >= self.settings.poll_seconds:
                polled = now
                await self._poll(self.ledger)

    async def _poll(self, ledger: Ledger) -> None:
        online = [mn for mn in self.gateway.lines if mn not in self.asked and self.gateway.line_of(mn)]
        try:
            found = await asyncio.get_running_loop().run_in_executor(self._thread, self._waiting, ledger, online)
        except LantianError as error:
            self.failed = error
            return
        for row in found:
            await self._begin(ledger, row)

    def _waiting(self, ledger: Ledger, online: list[str]) -> list[ControlRequest]:
        return take_waiting(ledger, online, at=self.now()) if has_waiting(ledger) else []

    async def _begin(self, ledger: Ledger, row: ControlRequest) -> None:
        session, card = self.gateway.line_of(row.mn), self.gateway.cards.get(row.mn)
        if session is None or card is None or not card.taken or row.mn in self.asked:
            return
        cn = f"{row.command:04d}"
        if cn == KEY:
            sent = await self.granting.give_key(row.mn, by=row.made_by, reason=row.reason, request_id=row.id)
        else:
            sent = self.ask(session, card, cn, dict(row.parameters), row.id)
        if sent:
            qn = self.asked[row.mn].qn if row.mn in self.asked else ""
            await self.in_thread(lambda: note_sent(ledger, row.id, qn, at=self.now()))
        else:
            said = [{"error": str(self.failed)}]
            await self.in_thread(
                lambda: note_end(ledger, row.id, "failed", qn_rtn=None, exe_rtn=None, answers=said, at=self.now())
            )

    async def in_thread(self, work: Callable[[], _Found]) -> _Found:
        """Do something with the ledger without keeping connections waiting."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    def _later(self, work: Callable[..., None], *given: object) -> None:
        async def do() -> None:
            try:
                await asyncio.get_running_loop().run_in_executor(self._thread, work, *given)
            except LantianError as error:
                self.failed = error

        task = asyncio.get_running_loop().create_task(do())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _note_end(self, asked: Asked, request_id: str, state: str) -> None:
        if self.ledger is not None:
            note_end(
                self.ledger, request_id, state, qn_rtn=asked.qn_rtn, exe_rtn=asked.exe_rtn, answers=asked.answers,
                at=self.now(),
            )  # fmt: skip

    async def settled(self) -> None:
        """Wait until every end that is known was kept."""
        while self._tasks:
            await asyncio.wait(set(self._tasks))
        await self.granting.settled()

    def now(self) -> datetime:
        """Return the wall clock."""
        return datetime.fromtimestamp(self.gateway.clock_us() / 1e6, UTC)

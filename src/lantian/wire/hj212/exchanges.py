"""Who says what next: each exchange of the standard as a table, for the host and for the device (通讯流程).

The tables are data and can be printed; `Exchange` follows one. It sends nothing and reads no clock: it is told
what happened and when, and says what to do. Times are seconds of any clock that does not jump.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from lantian.terms.errors import CallerError
from lantian.wire.hj212.messages import REQUESTS as _REQUESTS
from lantian.wire.hj212.messages import (
    Activation,
    Answer,
    ClockWanted,
    DataAnswer,
    Heartbeat,
    KeyRequest,
    NoticeAnswer,
    OldCommand,
    Result,
    Stop,
    Typed,
    Unlisted,
)
from lantian.wire.hj212.tables import Row as TomlRow
from lantian.wire.hj212.tables import mapping, rows

_OLD_DATA = frozenset({"2071", "2072"})
"""Data of 2005; everything else that only it had is a request."""


class Side(StrEnum):
    """Whose table it is."""

    HOST = "host"
    DEVICE = "device"


class Event(StrEnum):
    """What happens to an exchange."""

    START = "start"
    """Our side begins."""
    READY = "ready"
    """9011 with QnRtn 1."""
    REFUSED = "refused"
    """9011 with another QnRtn."""
    RESULT = "result"
    """9012 with ExeRtn 1."""
    NO_DATA = "no_data"
    """9012 with ExeRtn 100."""
    FAILURE = "failure"
    """9012 with another ExeRtn."""
    DATA = "data"
    """Data that wants no answer."""
    DATA_TO_ANSWER = "data_to_answer"
    """Data whose Flag wants an answer."""
    STORED = "stored"
    """What was taken is on the disk."""
    NOT_STORED = "not_stored"
    """It is not: the sender gets no answer and repeats."""
    NOTICE = "notice"
    """A notice that wants no answer."""
    NOTICE_TO_ANSWER = "notice_to_answer"
    """A notice whose Flag wants an answer."""
    NOTICED = "noticed"
    """9013."""
    ACKNOWLEDGED = "acknowledged"
    """9014."""
    REQUEST = "request"
    """A request that can be obeyed."""
    BAD_REQUEST = "bad_request"
    """A request that cannot: password, command, another logger."""
    NEXT = "next"
    """The next record is ready and wants no answer."""
    NEXT_TO_ANSWER = "next_to_answer"
    """The next record is ready and wants an answer."""
    DONE = "done"
    """What the request wanted is done."""
    EMPTY = "empty"
    """There is nothing of what it wanted."""
    FAILED = "failed"
    """It could not be done."""
    GRANT = "grant"
    """The host gives what was asked for."""
    DENY = "deny"
    """It does not."""
    TIMEOUT = "timeout"
    """Nothing came in time."""
    EXHAUSTED = "exhausted"
    """Nothing came in time, and it was the last repeat."""


class Action(StrEnum):
    """What the side has to do."""

    SEND_REQUEST = "send_request"
    """The request, the same QN when it is a repeat."""
    SEND_READY = "send_ready"
    """9011 with QnRtn 1."""
    SEND_REFUSAL = "send_refusal"
    """9011 with the reason."""
    SEND_RESULT = "send_result"
    """9012 with ExeRtn 1."""
    SEND_NO_DATA = "send_no_data"
    """9012 with ExeRtn 100."""
    SEND_FAILURE = "send_failure"
    """9012 with the reason."""
    SEND_DATA = "send_data"
    """The record, the same QN when it is a repeat."""
    SEND_DATA_ANSWER = "send_data_answer"
    """9014."""
    SEND_NOTICE = "send_notice"
    """The notice, the same QN when it is a repeat."""
    SEND_NOTICE_ANSWER = "send_notice_answer"
    """9013."""
    EXECUTE = "execute"
    """What the request wants."""
    TAKE_DATA = "take_data"
    """Keep the record, then say stored."""
    KEEP_DATA = "keep_data"
    """Send it again when the line is back."""
    REPORT_DONE = "report_done"
    REPORT_REFUSED = "report_refused"
    REPORT_FAILED = "report_failed"
    REPORT_NO_DATA = "report_no_data"
    REPORT_TIMEOUT = "report_timeout"
    """The request is over: 9012 never came."""
    REPORT_LINK_DOWN = "report_link_down"
    """The line counts as broken."""
    REPORT_ALIVE = "report_alive"
    REPORT_SILENT = "report_silent"


@dataclass(frozen=True, slots=True)
class Step:
    """One row of a table."""

    state: str
    event: Event
    actions: tuple[Action, ...]
    next: str


@dataclass(frozen=True, slots=True)
class Table:
    """One exchange, seen from one side."""

    name: str
    side: Side
    commands: str
    steps: tuple[Step, ...]

    @property
    def timed(self) -> frozenset[str]:
        """States that wait only so long."""
        return frozenset(step.state for step in self.steps if step.event is Event.TIMEOUT)

    @property
    def ends(self) -> frozenset[str]:
        """States that a repeat alone can leave, or nothing."""
        return frozenset(step.next for step in self.steps) - frozenset(
            step.state for step in self.steps if step.next != step.state
        )


def list_tables() -> tuple[Table, ...]:
    """Every exchange, host and device."""
    return tuple(_tables().values())


def exchange_table(name: str, side: Side) -> Table:
    """Return the table of one exchange.

    Raises
    ------
    CallerError
        When there is none of that name and side.

    Examples
    --------
    >>> exchange_table("clock", Side.HOST).commands
    '1013 1012'
    """
    found = _tables().get((name, side))
    if found is None:
        known = ", ".join(sorted({name for name, _ in _tables()}))
        raise CallerError("There is no exchange {name!r}. Use one of {known}.", name=name, known=known)
    return found


def table_rows(table: Table) -> list[tuple[str, str, str, str]]:
    """Rows of a table for printing: state, event, actions, next state.

    Examples
    --------
    >>> table_rows(exchange_table("upload", Side.HOST))[1]
    ('idle', 'data_to_answer', 'take_data', 'storing')
    """
    return [(step.state, step.event.value, ", ".join(step.actions), step.next) for step in table.steps]


class Exchange:
    """One exchange under way.

    Parameters
    ----------
    table : Table
        What it follows.
    overtime : float
        How long a timed state lasts. [s]
    recount : int
        How often a message is repeated before the line counts as broken.

    Attributes
    ----------
    state : str
        Where it stands.
    due : float or None
        When `on(Event.TIMEOUT, now)` is to be called, on the clock of `now`; None when nothing is awaited. [s]
    repeats : int
        Repeats in this state.
    stray : int
        Events that this state does not know; they change nothing.

    Examples
    --------
    >>> fetch = Exchange(exchange_table("history", Side.HOST), overtime=10, recount=3)
    >>> fetch.on(Event.START, 0.0), fetch.due
    ([<Action.SEND_REQUEST: 'send_request'>], 10.0)
    >>> fetch.on(Event.TIMEOUT, 10.0), fetch.repeats
    ([<Action.SEND_REQUEST: 'send_request'>], 1)
    """

    __slots__ = ("_overtime", "_recount", "_steps", "due", "repeats", "state", "stray", "table")

    def __init__(self, table: Table, *, overtime: float, recount: int) -> None:
        self.table = table
        self._overtime = overtime
        self._recount = recount
        self._steps = _steps(table)
        self.state = "idle"
        self.due: float | None = None
        self.repeats = 0
        self.stray = 0

    @property
    def over(self) -> bool:
        """Whether nothing is awaited any more."""
        return self.state in self.table.ends

    def on(self, event: Event, now: float) -> list[Action]:
        """Tell what happened and get what to do; a timeout before its time is no event."""
        if event is Event.TIMEOUT:
            if self.due is None or now < self.due:
                return []
            if self.repeats >= self._recount and (self.state, Event.EXHAUSTED) in self._steps:
                event = Event.EXHAUSTED
        step = self._steps.get((self.state, event))
        if step is None:
            self.stray += 1
            return []
        if step.next != self.state:
            self.repeats = 0
        elif event is Event.TIMEOUT:
            self.repeats += 1
        self.state = step.next
        timed = (self.state, Event.TIMEOUT) in self._steps
        self.due = now + self._overtime if timed else None
        return list(step.actions)


def event_of(message: Typed) -> Event | None:
    """Return what the arrival of a message is for the exchange that it belongs to; None for an unknown command.

    Whether a request can be obeyed is for the receiver to say: it comes as `Event.REQUEST`.

    Examples
    --------
    >>> from lantian.wire.hj212.editions import flag_bits
    >>> from lantian.wire.hj212.messages import Head
    >>> head = Head(st="91", mn="", pw="123456", qn="20261123080000000", flag=flag_bits(4))
    >>> event_of(Answer(head=head, qn_rtn=3)).value
    'refused'
    """
    wanted = message.head.flag.answer
    match message:
        case Answer(qn_rtn=1):
            return Event.READY
        case Answer():
            return Event.REFUSED
        case Result(exe_rtn=1):
            return Event.RESULT
        case Result(exe_rtn=100):
            return Event.NO_DATA
        case Result():
            return Event.FAILURE
        case NoticeAnswer():
            return Event.NOTICED
        case DataAnswer():
            return Event.ACKNOWLEDGED
        case Unlisted():
            return None
        case Activation() | ClockWanted() | Heartbeat() | KeyRequest() | Stop():
            return Event.NOTICE_TO_ANSWER if wanted else Event.NOTICE
    if isinstance(message, _REQUESTS) or (isinstance(message, OldCommand) and message.cn not in _OLD_DATA):
        return Event.REQUEST
    return Event.DATA_TO_ANSWER if wanted else Event.DATA


@cache
def _tables() -> dict[tuple[str, Side], Table]:
    parts = mapping("exchanges", "part")
    found = {}
    for row in rows("exchanges", "table"):
        lines = row["rows"] + [line for part in row.get("parts", []) for line in parts[part]]
        table = Table(row["name"], Side(row["side"]), row["commands"], tuple(map(_step, lines)))
        found[table.name, table.side] = table
    return found


def _step(line: list[TomlRow]) -> Step:
    state, event, actions, after = line
    return Step(str(state), Event(str(event)), tuple(Action(action) for action in actions), str(after))


@cache
def _steps(table: Table) -> Mapping[tuple[str, Event], Step]:
    return {(step.state, step.event): step for step in table.steps}

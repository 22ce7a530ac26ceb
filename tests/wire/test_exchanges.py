import pytest

from lantian.terms.errors import CallerError
from lantian.wire.hj212.editions import Edition, flag_bits, flag_of
from lantian.wire.hj212.exchanges import (
    Action,
    Event,
    Exchange,
    Side,
    Step,
    Table,
    event_of,
    exchange_table,
    list_tables,
    table_rows,
)
from lantian.wire.hj212.message import Message
from lantian.wire.hj212.messages import message_of
from lantian.wire.hj212.setting_messages import Answer, Result
from lantian.wire.hj212.typed import Head

OVERTIME, RECOUNT = 10.0, 3
TABLES = list_tables()
STEPS = [(table, step) for table in TABLES for step in table.steps]


def ids(pairs: list[tuple[Table, Step]]) -> list[str]:
    return [f"{table.name}.{table.side}:{step.state}:{step.event}" for table, step in pairs]


def begin(name: str, side: Side) -> Exchange:
    return Exchange(exchange_table(name, side), overtime=OVERTIME, recount=RECOUNT)


def way_to(table: Table, state: str) -> list[Event]:
    """Shortest series of events that leads from idle to a state, without timeouts."""
    ways: dict[str, list[Event]] = {"idle": []}
    reached = ["idle"]
    for here in reached:
        for step in table.steps:
            if step.state == here and step.next not in ways and step.event not in {Event.TIMEOUT, Event.EXHAUSTED}:
                ways[step.next] = [*ways[here], step.event]
                reached.append(step.next)
    for step in table.steps:
        if step.next not in ways and step.state in ways:
            ways[step.next] = [*ways[step.state], step.event]
    return ways[state]


def tell(exchange: Exchange, event: Event, now: float) -> tuple[list[Action], float]:
    """Tell an event; timeouts are waited for, and the last one after all repeats."""
    if event is Event.EXHAUSTED:
        for _ in range(RECOUNT):
            now = exchange.due or now
            exchange.on(Event.TIMEOUT, now)
        event = Event.TIMEOUT
    if event is Event.TIMEOUT:
        now = exchange.due if exchange.due is not None else now
    return exchange.on(event, now), now


@pytest.mark.parametrize(("table", "step"), STEPS, ids=ids(STEPS))
def test_every_row_happens(table: Table, step: Step):
    exchange = Exchange(table, overtime=OVERTIME, recount=RECOUNT)
    now = 100.0
    for event in way_to(table, step.state):
        _, now = tell(exchange, event, now)
    assert exchange.state == step.state
    actions, now = tell(exchange, step.event, now)
    assert tuple(actions) == step.actions
    assert exchange.state == step.next
    assert exchange.stray == 0
    assert (exchange.due == now + OVERTIME) if step.next in table.timed else (exchange.due is None)


@pytest.mark.parametrize(("table", "step"), STEPS, ids=ids(STEPS))
def test_an_event_that_a_state_does_not_know_changes_nothing(table: Table, step: Step):
    exchange = Exchange(table, overtime=OVERTIME, recount=RECOUNT)
    now = 0.0
    for event in way_to(table, step.state):
        _, now = tell(exchange, event, now)
    state, due = exchange.state, exchange.due
    known = {other.event for other in table.steps if other.state == state}
    unknown = [event for event in Event if event not in known | {Event.TIMEOUT}]
    for count, event in enumerate(unknown, start=1):
        assert exchange.on(event, now + 1) == []
        assert (exchange.state, exchange.due, exchange.stray) == (state, due, count)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: f"{table.name}.{table.side}")
def test_a_table_is_whole(table: Table):
    keys = [(step.state, step.event) for step in table.steps]
    assert len(keys) == len(set(keys)), "one event, one row"
    states = {step.state for step in table.steps} | {step.next for step in table.steps}
    assert all(way_to(table, state) is not None for state in states)
    for state in table.timed:
        ways = {step.event: step for step in table.steps if step.state == state}
        repeats = ways[Event.TIMEOUT].next == state
        assert (Event.EXHAUSTED in ways) == repeats, "what repeats must end"
    assert table.commands


@pytest.mark.parametrize("name", sorted({table.name for table in TABLES}))
def test_every_exchange_has_both_sides(name: str):
    assert exchange_table(name, Side.HOST).side is Side.HOST
    assert exchange_table(name, Side.DEVICE).side is Side.DEVICE


def test_a_request_is_repeated_three_times_and_then_the_line_counts_as_broken():
    ask = begin("request", Side.HOST)
    assert ask.on(Event.START, 0.0) == [Action.SEND_REQUEST]
    for repeat in range(1, RECOUNT + 1):
        assert ask.on(Event.TIMEOUT, OVERTIME * repeat - 0.1) == []
        assert ask.on(Event.TIMEOUT, OVERTIME * repeat) == [Action.SEND_REQUEST]
        assert ask.repeats == repeat
    assert ask.on(Event.TIMEOUT, OVERTIME * (RECOUNT + 1)) == [Action.REPORT_LINK_DOWN]
    assert ask.over
    assert ask.due is None


def test_after_the_answer_a_missing_message_ends_the_request():
    fetch = begin("history", Side.HOST)
    fetch.on(Event.START, 0.0)
    fetch.on(Event.READY, 3.0)
    assert fetch.on(Event.DATA_TO_ANSWER, 8.0) == [Action.TAKE_DATA]
    assert fetch.on(Event.STORED, 9.0) == [Action.SEND_DATA_ANSWER]
    assert fetch.due == 19.0
    assert fetch.on(Event.TIMEOUT, 19.0) == [Action.REPORT_TIMEOUT]
    assert fetch.over


def test_the_repeats_of_one_state_are_not_those_of_the_next():
    send = begin("history", Side.DEVICE)
    send.on(Event.REQUEST, 0.0)
    send.on(Event.NEXT_TO_ANSWER, 0.0)
    send.on(Event.TIMEOUT, 10.0)
    assert send.repeats == 1
    send.on(Event.ACKNOWLEDGED, 11.0)
    send.on(Event.NEXT_TO_ANSWER, 11.0)
    assert send.repeats == 0


def test_data_is_answered_only_when_it_is_stored():
    take = begin("upload", Side.HOST)
    assert take.on(Event.DATA_TO_ANSWER, 0.0) == [Action.TAKE_DATA]
    assert take.on(Event.NOT_STORED, 0.1) == []
    assert take.on(Event.DATA_TO_ANSWER, 10.0) == [Action.TAKE_DATA]
    assert take.on(Event.STORED, 10.1) == [Action.SEND_DATA_ANSWER]
    assert take.on(Event.DATA_TO_ANSWER, 20.0) == [Action.SEND_DATA_ANSWER]


def message(cn: str, parameters: dict[str, str] | None = None, *, answer: bool = True) -> Message:
    return Message(
        cn=cn, st="31", mn="010000A8900016F000169DC0", pw="123456", qn="20261123090000001",
        flag=flag_of(Edition.HJ2025, answer=answer), parameters=parameters or {},
        factors={"i23005": {"Info": "A1"}} if cn in {"1001", "1002"} else {},
    )  # fmt: skip


TIME = "20261123080000"
SENT = [
    ("9011", {"QnRtn": "1"}, "ready"), ("9011", {"QnRtn": "4"}, "refused"), ("9011", {}, "refused"),
    ("9012", {"ExeRtn": "1"}, "result"), ("9012", {"ExeRtn": "100"}, "no_data"),
    ("9012", {"ExeRtn": "5"}, "failure"),
    ("9013", {}, "noticed"), ("9014", {}, "acknowledged"), ("9015", {}, "notice_to_answer"),
    ("1001", {}, "notice_to_answer"), ("1013", {}, "notice_to_answer"),
    ("1014", {"SKCreateTime": TIME}, "notice_to_answer"),
    ("1014", {"SKCreateTime": TIME, "NewSK": "0"}, "request"), ("1002", {}, "request"),
    ("1012", {"SystemTime": TIME}, "request"),
    ("2012", {}, "notice_to_answer"), ("2011", {}, "request"), ("2011", {"DataTime": TIME}, "data_to_answer"),
    ("2051", {"BeginTime": TIME, "EndTime": TIME}, "request"), ("1011", {"SystemTime": TIME}, "data_to_answer"),
    ("1022", {}, "request"), ("2072", {"AlarmTime": TIME}, "data_to_answer"), ("7777", {}, None),
]  # fmt: skip


@pytest.mark.parametrize(("cn", "parameters", "event"), SENT)
def test_a_message_is_an_event(cn: str, parameters: dict[str, str], event: str | None):
    assert event_of(message_of(message(cn, parameters))) == event


def test_what_wants_no_answer_is_another_event():
    assert event_of(message_of(message("2011", {"DataTime": TIME}, answer=False))) is Event.DATA
    assert event_of(message_of(message("9015", answer=False))) is Event.NOTICE


def converse(name: str, *, decide: bool) -> list[str]:
    """Let a device that wants something and a host talk until both are done; return who did what."""
    device, host = begin(name, Side.DEVICE), begin(name, Side.HOST)
    heard = {
        Action.SEND_NOTICE: Event.NOTICE_TO_ANSWER, Action.SEND_NOTICE_ANSWER: Event.NOTICED,
        Action.SEND_REQUEST: Event.REQUEST, Action.SEND_READY: Event.READY, Action.SEND_RESULT: Event.RESULT,
        Action.EXECUTE: Event.DONE,
    }  # fmt: skip
    said = []
    queue = [(Side.DEVICE, Event.START)]
    while queue:
        side, event = queue.pop(0)
        for action in (device if side is Side.DEVICE else host).on(event, 0.0):
            said.append(f"{side}:{action}")
            other = Side.HOST if side is Side.DEVICE else Side.DEVICE
            if action in heard:
                queue.append((side if action is Action.EXECUTE else other, heard[action]))
        if side is Side.HOST and host.state == "deciding" and decide:
            queue.append((Side.HOST, Event.GRANT))
    assert device.over
    assert host.over
    return said


@pytest.mark.parametrize(("name", "decide"), [("clock", False), ("activation", True), ("key", True)])
def test_a_device_that_asks_gets_what_it_wants_in_five_messages(name: str, decide: bool):
    assert converse(name, decide=decide) == [
        "device:send_notice", "host:send_notice_answer", "host:send_request",
        "device:send_ready", "device:execute", "device:send_result", "host:report_done",
    ]  # fmt: skip


def test_tables_can_be_printed():
    for table in TABLES:
        for row, step in zip(table_rows(table), table.steps, strict=True):
            assert row == (step.state, step.event.value, ", ".join(step.actions), step.next)


def test_an_unknown_exchange_is_refused_with_the_known_ones():
    with pytest.raises(CallerError, match="history"):
        exchange_table("nothing", Side.HOST)


def test_answers_carry_their_code():
    head = Head(st="91", mn="", pw="", qn="", flag=flag_bits(4))
    assert event_of(Answer(head=head, qn_rtn=100)) is Event.REFUSED
    assert event_of(Result(head=head, exe_rtn=1)) is Event.RESULT

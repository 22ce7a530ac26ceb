"""Requests to devices: by whom, with what reason, and what became of them."""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from lantian.ledger import Ledger
from lantian.ledger.models import Entry
from lantian.ledger.people import Role, add_person, add_user, grant_role
from lantian.loop.sense.controlling import (
    PROGRAM,
    give_up_open,
    list_requests,
    note_end,
    note_sent,
    request_control,
    request_missing,
    take_waiting,
)
from lantian.loop.sense.gaps import Gap
from lantian.loop.sense.registry import DeviceContent, register_device
from lantian.terms.errors import CallerError

if TYPE_CHECKING:
    from conftest import Desk

ZONE = ZoneInfo("Asia/Shanghai")
MN = "010000A8900016F000169DC0"
AT = datetime(2026, 3, 1, 4, tzinfo=UTC)


@pytest.fixture
def registered(desk: "Desk") -> Ledger:
    ledger = desk.ledger
    with ledger.write() as session:
        for login, role in (("duty", Role.CITY_OFFICE), ("reader", Role.AUDITOR)):
            person = add_person(session, login, by="setup", at=AT)
            user = add_user(session, login, person.id, by="setup", at=AT)
            grant_role(session, user.id, role, by="setup", at=AT)
    return ledger


def kinds(ledger: Ledger) -> list[str]:
    with ledger.read() as session:
        return [kind for kind in session.scalars(select(Entry.kind).order_by(Entry.number)) if "control" in kind]


def ask(
    ledger: Ledger,
    cn: int = 3012,
    by: str = "duty",
    reason: str = "doubtful value",
    at: datetime = AT,
    **fields: str,
) -> str:
    return request_control(ledger, MN, cn, fields or {"PolId": "a21026"}, reason=reason, by=by, at=at).id


def test_a_request_of_the_office_waits_and_stands_in_the_chain(registered: Ledger):
    request = ask(registered)
    [row] = take_waiting(registered, [MN], at=AT)
    assert (row.id, row.command, row.parameters, row.made_by) == (request, 3012, {"PolId": "a21026"}, "duty")
    assert kinds(registered) == ["device.control_requested"]


@pytest.mark.parametrize("by", ["reader", "nobody", PROGRAM])
def test_who_may_not_control_is_refused(registered: Ledger, by: str):
    with pytest.raises(CallerError):
        ask(registered, by=by)
    assert list_requests(registered) == []


def test_a_request_needs_a_reason(registered: Ledger):
    with pytest.raises(CallerError, match="Say why"):
        ask(registered, reason="  ")


def test_a_command_that_the_edition_lacks_or_no_host_sends_is_refused(registered: Ledger):
    for command in (3024, 9014, 2081):
        with pytest.raises(CallerError, match="is no request"):
            ask(registered, cn=command)


def test_fields_are_checked_before_anything_is_sent(registered: Ledger):
    with pytest.raises(CallerError, match="needs the field"):
        ask(registered, cn=1012, PolId="a21026")
    with pytest.raises(CallerError, match="RtdInterval"):
        ask(registered, cn=1062, RtdInterval="5")


def test_a_new_password_is_not_written_into_the_chain(registered: Ledger):
    ask(registered, cn=1072, NewPW="abc123")
    with registered.read() as session:
        assert all("abc123" not in payload for payload in session.scalars(select(Entry.payload)))


def test_a_key_is_made_by_the_gateway_and_never_given_with_the_request(registered: Ledger):
    register_device(
        registered, DeviceContent(mn=MN, outlet="stack-1", simulated=True, edition=2025), by="office", at=AT
    )
    with pytest.raises(CallerError, match="makes the key itself"):
        request_control(registered, MN, 1014, {"NewSK": "msbE74gsiSHSEh5e"}, reason="renew", by="duty", at=AT)
    assert request_control(registered, MN, 1014, {}, reason="renew", by="duty", at=AT).parameters == {}


def test_the_end_of_a_request_is_kept_with_its_answers(registered: Ledger):
    request = ask(registered)
    note_sent(registered, request, "20260301120000000", at=AT)
    note_end(registered, request, "done", qn_rtn=1, exe_rtn=1, answers=[{"cn": "9012"}], at=AT)
    [row] = list_requests(registered, mn=MN)
    assert (row.state, row.qn, row.qn_rtn, row.exe_rtn, row.answers) == (
        "done", "20260301120000000", 1, 1, [{"cn": "9012"}],
    )  # fmt: skip
    assert kinds(registered) == ["device.control_requested", "device.control_ended"]


def test_one_request_at_a_time_and_device_and_none_past_its_time(registered: Ledger):
    first, second = ask(registered), ask(registered, at=AT + timedelta(seconds=1))
    assert [row.id for row in take_waiting(registered, [MN], at=AT)] == [first]
    assert take_waiting(registered, ["another"], at=AT) == []
    assert take_waiting(registered, [MN], at=AT + timedelta(days=1)) == []
    assert {row.state for row in list_requests(registered)} == {"expired"}
    assert second in {row.id for row in list_requests(registered)}


def test_what_a_gateway_that_died_had_sent_is_given_up(registered: Ledger):
    request = ask(registered)
    note_sent(registered, request, "1", at=AT)
    assert give_up_open(registered, at=AT) == 1
    assert [row.state for row in list_requests(registered)] == ["silent"]


def gap(period: str = "hour") -> Gap:
    start = datetime(2026, 3, 1, 8, tzinfo=ZONE)
    return Gap(MN, "stack-1", period, start, start + timedelta(hours=2), 3, ())


def test_a_gap_is_asked_for_by_history(registered: Ledger):
    [row] = request_missing(registered, [gap()], ZONE, at=AT)
    assert (row.command, row.made_by) == (2061, PROGRAM)
    assert row.parameters == {"BeginTime": "20260301080000", "EndTime": "20260301100000"}
    assert kinds(registered) == []


def test_the_same_gap_is_asked_for_a_few_times_with_pauses(registered: Ledger):
    def again(hours: float) -> int:
        at = AT + timedelta(hours=hours)
        made = request_missing(registered, [gap()], ZONE, at=at)
        for row in made:
            note_end(registered, row.id, "empty", qn_rtn=1, exe_rtn=100, answers=[], at=at)
        return len(made)

    assert [again(hours) for hours in (0, 0.5, 1.1, 2.2, 3.3, 4.4)] == [1, 0, 1, 1, 0, 0]


def test_a_gap_that_is_being_asked_for_is_not_asked_for_again(registered: Ledger):
    assert len(request_missing(registered, [gap()], ZONE, at=AT)) == 1
    assert request_missing(registered, [gap()], ZONE, at=AT + timedelta(hours=3)) == []
    assert len(request_missing(registered, [gap("minute")], ZONE, at=AT)) == 1

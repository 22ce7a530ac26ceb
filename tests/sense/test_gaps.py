"""What is due and did not come is found by record and factor; rates are counted as the trade does."""

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from lantian.loop.sense.gaps import find_gaps, outlet_rates
from lantian.loop.sense.registry import Point, list_cards
from lantian.rules import Rulebook
from lantian.rules.source_records import TransmissionRule

if TYPE_CHECKING:
    from conftest import Desk
    from lantian.loop.sense.gaps import Gap

ZONE = ZoneInfo("Asia/Shanghai")
MN = "010000A8900016F000169DC0"
DAY = datetime(2026, 3, 1, tzinfo=ZONE)
POINTS = {"a21026": Point(), "a21002": Point()}


def hour(desk: "Desk", number: int, *factors: str, flag: str = "N", cn: str = "2061", minute: int = 0) -> None:
    fields = ";".join(f"{factor}-Avg=1.0,{factor}-Flag={flag}" for factor in factors)
    desk.frame(cn, f"DataTime=20260301{number:02d}{minute:02d}00;{fields}")


def gaps(desk: "Desk", first: int = 0, last: int = 6, **given: object) -> "list[Gap]":
    desk.taker.take()
    cards = list_cards(desk.ledger).values()
    begin, end = DAY + timedelta(hours=first), DAY + timedelta(hours=last)
    return find_gaps(desk.lake, cards, begin, end, **given)  # type: ignore[arg-type]


def test_an_outlet_that_sent_everything_has_no_gap(desk: "Desk"):
    desk.device(points=POINTS)
    for number in range(6):
        hour(desk, number, *POINTS)
    assert gaps(desk) == []


def test_missing_hours_are_joined_to_stretches(desk: "Desk"):
    desk.device(points=POINTS)
    for number in (0, 3, 5):
        hour(desk, number, *POINTS)
    found = gaps(desk)
    assert [(gap.begin.hour, gap.end.hour, gap.records) for gap in found] == [(1, 2, 2), (4, 4, 1)]
    assert {(gap.mn, gap.outlet, gap.period) for gap in found} == {(MN, "stack-1", "hour")}


def test_one_missing_factor_is_a_gap_that_names_it(desk: "Desk"):
    desk.device(points=POINTS)
    for number in range(6):
        hour(desk, number, *(POINTS if number != 2 else ["a21026"]))
    [gap] = gaps(desk)
    assert (gap.factors, gap.begin.hour) == (("a21002",), 2)


def test_without_registered_factors_any_record_counts(desk: "Desk"):
    for number in (0, 1, 2, 4, 5):
        hour(desk, number, "a34013")
    [gap] = gaps(desk)
    assert (gap.factors, gap.records) == ((), 1)


def test_minutes_are_due_in_the_interval_of_the_logger(desk: "Desk"):
    desk.device(reports=("minute",), minute_interval=20)
    for minute in (0, 40):
        hour(desk, 0, "a21026", cn="2051", minute=minute)
    [gap] = gaps(desk, 0, 1)
    assert (gap.period, gap.begin.minute, gap.records) == ("minute", 20, 1)


def test_a_device_that_was_shut_out_owes_nothing(desk: "Desk"):
    from lantian.loop.sense.registry import change_state

    change_state(desk.ledger, MN, "retired", by="office", at=DAY, reason="closed down")
    assert gaps(desk) == []


# ---------------------------------------------------------------------------------------------- rates


@pytest.fixture
def rule() -> TransmissionRule:
    return Rulebook.packaged().edition(TransmissionRule, "transmission", date(2026, 3, 1))


def test_transmission_and_validity_are_counted_by_factor_and_hour(desk: "Desk", rule: TransmissionRule):
    desk.device(points=POINTS)
    for number in range(12):
        hour(desk, number, *POINTS, flag="N" if number < 9 else "D")
    desk.taker.take()
    [found] = outlet_rates(desk.lake, list_cards(desk.ledger).values(), DAY.date(), DAY.date(), rule)
    assert (found.due, found.received, found.valid) == (48, 24, 18)
    assert (found.transmission, found.validity) == (0.5, 0.75)
    assert found.valid_transmission == pytest.approx(0.375)
    assert (found.online_hours, found.online) == (12, 0.5)


def test_hours_under_a_stop_mark_are_not_due(desk: "Desk", rule: TransmissionRule):
    desk.device(points=POINTS)
    for number in range(12):
        hour(desk, number, *POINTS)
    desk.taker.take()
    stood = {"stack-1": {DAY + timedelta(hours=number) for number in range(12, 24)}}
    cards = list_cards(desk.ledger).values()
    [found] = outlet_rates(desk.lake, cards, DAY.date(), DAY.date(), rule, stopped=stood)
    assert (found.due, found.transmission) == (24, 1.0)

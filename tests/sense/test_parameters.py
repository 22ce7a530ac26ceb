"""Settings that instruments report are kept, once each; a change is evidence with both values."""

from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from sqlalchemy import select

from lantian.ledger.models import Entry
from lantian.loop.sense.parameters import list_parameters

if TYPE_CHECKING:
    from conftest import Desk

MN = "010000A8900016F000169DC0"


def report(desk: "Desk", hour: int, **values: str) -> bytes:
    fields = ",".join(f"{code}-Info={value}" for code, value in values.items())
    return desk.frame("3020", f"DataTime=20260301{hour:02d}0000;PolId=a21026;{fields}")


def test_the_first_report_is_kept_and_is_no_change(desk: "Desk"):
    report(desk, 8, i13001="200", i13008="1.02")
    assert desk.taker.take().changes == []
    kept = list_parameters(desk.ledger, MN)
    assert [(row.factor, row.code, row.value, row.previous) for row in kept] == [
        ("a21026", "i13001", "200", None), ("a21026", "i13008", "1.02", None),
    ]  # fmt: skip
    assert kept[0].reported_for == datetime(2026, 3, 1, 8, tzinfo=ZoneInfo("Asia/Shanghai"))


def test_the_same_value_again_is_not_kept_twice(desk: "Desk"):
    raw = report(desk, 8, i13001="200")
    report(desk, 9, i13001="200")
    desk.put(raw)
    desk.taker.take()
    (desk.folder / "taken.json").unlink()
    desk.again().take()
    assert len(list_parameters(desk.ledger, MN)) == 1


def test_a_changed_slope_is_evidence_with_its_frame_and_an_entry(desk: "Desk"):
    report(desk, 8, i13008="1.02")
    desk.taker.take()
    report(desk, 9, I13008="0.51")
    [change] = desk.taker.take().changes
    assert (change.code, change.was, change.now) == ("i13008", "1.02", "0.51")
    newest = list_parameters(desk.ledger, MN, code="i13008")[-1]
    assert newest.previous == "1.02"
    with desk.ledger.read() as session:
        entry = session.scalars(select(Entry).where(Entry.kind == "device.parameter_changed")).one()
    assert newest.place in entry.payload
    assert '"was":"1.02"' in entry.payload


def test_a_value_that_goes_forth_and_back_at_one_moment_does_not_stop_the_writer(desk: "Desk"):
    for value in ("1.0", "2.0", "1.0"):
        report(desk, 8, i13008=value)
    desk.taker.take()
    assert [row.value for row in list_parameters(desk.ledger, MN)] == ["1.0", "2.0"]


def test_logs_are_no_settings(desk: "Desk"):
    report(desk, 8, i11001="//zero check done//")
    desk.taker.take()
    assert list_parameters(desk.ledger, MN) == []

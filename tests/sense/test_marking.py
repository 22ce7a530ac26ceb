from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from lantian.ledger.models import Entry
from lantian.loop.sense.marking import (
    MarkContent,
    MarkSet,
    list_marks,
    list_revisions,
    marks_of,
    revise_mark,
    set_mark,
    stopped_hours,
    withdraw_mark,
)
from lantian.terms.errors import CallerError

pytestmark = pytest.mark.usefixtures("people")

OUTLET = "stack-1"


@pytest.fixture
def begin(centre) -> datetime:
    return centre.midnight(date(2026, 3, 4)) + timedelta(minutes=20)


def content(begin: datetime, hours: float | None = 5, code: str = "stopped", **fields: Any) -> MarkContent:
    end = None if hours is None else begin + timedelta(hours=hours)
    given = {"reason": "kiln repair", "industry": "thermal_power", **fields}
    return MarkContent(OUTLET, code, begin, end, **given)


def put(centre, begin: datetime, **fields: Any) -> MarkSet:
    return set_mark(centre, content(begin, **fields), by="city")


def test_a_mark_keeps_who_set_it_when_why_and_by_which_rule(centre, begin) -> None:
    done = put(centre, begin)
    [row] = list_marks(centre)
    assert (row.key, row.revision, row.author, row.reason) == (done.key, 1, "city", "kiln repair")
    assert (row.begin, row.family, row.source) == (begin, "condition", "manual")
    assert row.rules == "marks-power-2022"
    with centre.ledger.read() as session:
        marked = select(Entry.kind).where(Entry.kind.startswith("mark."))
        assert list(session.scalars(marked)) == ["mark.set"]


def test_a_revision_leaves_the_earlier_ones_readable(centre, begin) -> None:
    done = put(centre, begin)
    again = revise_mark(centre, done.key, content(begin, hours=2, reason="ended sooner"), by="city")
    assert (again.key, again.revision) == (done.key, 2)
    assert [row.reason for row in list_revisions(centre, done.key)] == ["kiln repair", "ended sooner"]
    [row] = list_marks(centre)
    assert row.end == begin + timedelta(hours=2)


def test_a_withdrawn_mark_no_longer_stands_and_is_still_there(centre, begin) -> None:
    done = put(centre, begin)
    assert withdraw_mark(centre, done.key, reason="wrong outlet", by="city") == 2
    assert list_marks(centre) == []
    assert [row.withdrawn for row in list_revisions(centre, done.key)] == [False, True]
    assert len(list_marks(centre, withdrawn=True)) == 1
    with pytest.raises(CallerError, match="No standing mark"):
        withdraw_mark(centre, done.key, reason="again", by="city")


def test_marks_are_as_the_arithmetic_wants_them(centre, begin) -> None:
    put(centre, begin, factor="a21026", code="stopped")
    [mark] = marks_of(centre, OUTLET)
    assert (mark.outlet, mark.code, mark.factor, mark.source) == (OUTLET, "stopped", "a21026", "manual")
    assert mark.end - mark.begin == timedelta(hours=5)


def test_a_mark_without_an_end_covers_until_now(centre, begin) -> None:
    put(centre, begin, hours=None)
    [mark] = marks_of(centre, OUTLET)
    assert mark.end > begin + timedelta(days=1)
    midnight = centre.midnight(date(2026, 3, 4))
    assert stopped_hours(centre, OUTLET, midnight, 4).tolist() == [False, True, True, True]


def test_hours_stopped_from_the_first_minute_to_the_last_are_stopped(centre, begin) -> None:
    put(centre, begin)  # 00:20 to 05:20
    midnight = centre.midnight(date(2026, 3, 4))
    assert stopped_hours(centre, OUTLET, midnight, 7).tolist() == [False, True, True, True, True, False, False]
    assert not stopped_hours(centre, "stack-2", midnight, 7).any()


def test_a_fault_out_of_a_stop_is_found_doubtful_when_it_is_set(centre, begin) -> None:
    put(centre, begin)
    later = begin + timedelta(hours=5)
    done = set_mark(centre, content(later, hours=1, code="fault", reason="fan broke"), by="city")
    assert "mark_out_of_order" in {one.code for one in done.findings}


def test_marks_of_an_outlet_since_a_time_leave_older_ones_out(centre, begin) -> None:
    put(centre, begin)
    put(centre, begin + timedelta(days=2))
    assert len(list_marks(centre, outlet=OUTLET, since=begin + timedelta(days=1))) == 1


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"reason": ""}, "reason"),
        ({"code": "nonsense"}, "no mark of"),
        ({"industry": "default"}, "no mark of"),
        ({"hours": -1}, "covers no minute"),
    ],
)
def test_wrong_marks_are_refused(centre, begin, fields: dict[str, Any], said: str) -> None:
    with pytest.raises(CallerError, match=said):
        put(centre, begin, **fields)
    assert list_marks(centre) == []


def test_times_are_whole_minutes_with_a_zone(centre, begin) -> None:
    with pytest.raises(CallerError, match="whole minute"):
        put(centre, begin + timedelta(seconds=5))
    with pytest.raises(CallerError, match="whole minute"):
        put(centre, begin.replace(tzinfo=None))


def test_a_mark_is_not_moved_to_another_outlet(centre, begin) -> None:
    done = put(centre, begin)
    other = MarkContent("stack-2", "stopped", begin, None, "x", industry="thermal_power")
    with pytest.raises(CallerError, match="Withdraw it and set another"):
        revise_mark(centre, done.key, other, by="city")

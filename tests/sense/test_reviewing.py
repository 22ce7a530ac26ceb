from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from lantian.ledger.asking import list_open
from lantian.ledger.chain import verify_chain
from lantian.ledger.models import Entry, Recompute
from lantian.loop.sense.audited import ReviewLevel, ReviewVerdict
from lantian.loop.sense.reviewing import Decision, Reviewed, decide, list_reviews, list_waiting, sign_off, undo
from lantian.terms.errors import CallerError

pytestmark = pytest.mark.usefixtures("people")

FIRST = date(2026, 3, 1)
STATION = "1727A"


@pytest.fixture
def hours(fill):
    return fill(FIRST, 3)


def decided(
    centre,
    level: str = "city",
    verdict: str = "invalid",
    at: tuple[int, int] = (5, 7),
    by: str = "city",
    **fields: Any,
) -> Reviewed:
    midnight = centre.midnight(FIRST)
    decision = Decision(
        place=fields.pop("place", STATION),
        channel=fields.pop("channel", "pm25"),
        first_hour=midnight + timedelta(hours=at[0]),
        last_hour=midnight + timedelta(hours=at[1]),
        level=ReviewLevel(level),
        verdict=ReviewVerdict(verdict),
        reason=fields.pop("reason", "filter"),
        **fields,
    )
    return decide(centre, decision, by=by)


def audited(centre, channel: str = "pm25") -> list[tuple[int, str | None]]:
    rows = centre.lake.read("ambient_hours", first=FIRST, last=FIRST).filter(stage="audited", station=STATION)
    return list(zip(rows["hour_start"].dt.hour(), rows[f"{channel}_flags"], strict=True))


def test_a_proposal_of_the_operator_waits_and_changes_no_hour(centre, hours) -> None:
    done = decided(centre, "operator", by="op")
    assert (done.written, done.request) == (0, None)
    assert audited(centre) == []
    assert [row.by for row in list_waiting(centre)] == ["op"]


def test_the_city_s_decision_makes_audited_hours_beside_the_original_ones(centre, hours) -> None:
    decided(centre, "operator", by="op")
    done = decided(centre)
    assert done.written == 3
    assert audited(centre) == [(5, "RM"), (6, "RM"), (7, "RM")]
    assert list_waiting(centre) == []
    original = centre.lake.read("ambient_hours", first=FIRST, last=FIRST).filter(stage="original", station=STATION)
    assert original["pm25_flags"].is_null().all()
    assert original.height == 24


def test_only_the_hours_that_were_decided_become_audited(centre, hours) -> None:
    decided(centre)
    held = centre.lake.read("ambient_hours", first=FIRST, last=FIRST + timedelta(days=2)).filter(stage="audited")
    assert held.height == 3
    assert set(held["station"]) == {STATION}


def test_a_decision_names_the_tables_and_days_that_change_and_asks_for_them(centre, hours) -> None:
    done = decided(centre)
    assert {row.table for row in done.affected} >= {"daily_index", "rankings"}
    with centre.ledger.read() as session:
        [asked] = list_open(session, Recompute)
    assert asked.id == done.request
    assert asked.payload["stations"] == [STATION]
    assert (asked.payload["first"], asked.payload["last"]) == ("2026-03-01", "2026-03-01")
    assert "daily_index" in asked.payload["tables"]


def test_every_decision_stands_in_the_chain(centre, hours) -> None:
    decided(centre, "operator", by="op")
    done = decided(centre)
    undo(centre, done.ids[0], reason="wrong filter", by="city", level=ReviewLevel.CITY)
    with centre.ledger.read() as session:
        entries = session.scalars(select(Entry).where(Entry.kind.startswith("review.")).order_by(Entry.number))
        kinds = [row.kind for row in entries]
    assert verify_chain(centre.ledger).sound
    assert kinds == ["review.invalid", "review.invalid", "review.undone"]


def test_undoing_puts_the_flags_back_and_leaves_both_rows(centre, hours) -> None:
    done = decided(centre)
    undone = undo(centre, done.ids[0], reason="it was fog", by="city", level=ReviewLevel.CITY)
    assert audited(centre) == [(5, None), (6, None), (7, None)]
    assert undone.request is not None
    rows = list_reviews(centre)
    assert [row.verdict for row in rows] == ["invalid", "undone"]
    assert rows[1].supersedes == rows[0].id
    assert list_reviews(centre, standing=True) == []


def test_undoing_one_of_two_decisions_leaves_the_other(centre, hours) -> None:
    decided(centre, at=(5, 7))
    second = decided(centre, at=(7, 9))
    undo(centre, second.ids[0], reason="only until 7", by="city", level=ReviewLevel.CITY)
    assert audited(centre) == [(5, "RM"), (6, "RM"), (7, "RM"), (8, None), (9, None)]


def test_a_lower_level_cannot_undo_a_higher_one(centre, hours) -> None:
    done = decided(centre)
    with pytest.raises(CallerError, match="operator cannot undo"):
        undo(centre, done.ids[0], reason="no", by="op", level=ReviewLevel.OPERATOR)


def test_what_was_undone_cannot_be_undone_again(centre, hours) -> None:
    done = decided(centre)
    undo(centre, done.ids[0], reason="x", by="city", level=ReviewLevel.CITY)
    with pytest.raises(CallerError, match="No standing decision"):
        undo(centre, done.ids[0], reason="x", by="city", level=ReviewLevel.CITY)


def test_a_decision_on_the_same_hours_names_what_it_answers(centre, hours) -> None:
    proposal = decided(centre, "operator", by="op")
    decided(centre, finding="constant")
    answer = list_reviews(centre)[-1]
    assert answer.supersedes == proposal.ids[0]
    assert answer.finding == "constant"


def test_the_city_may_overrule_the_operator(centre, hours) -> None:
    decided(centre, "operator", by="op")
    decided(centre, verdict="valid")
    assert audited(centre) == [(5, None), (6, None), (7, None)]


def test_one_person_does_not_decide_at_two_levels(centre, hours) -> None:
    decided(centre, "operator", by="city")
    with pytest.raises(CallerError, match="Another person"):
        decided(centre, "city", by="city")


def test_a_partly_answered_proposal_still_waits(centre, hours) -> None:
    decided(centre, "operator", by="op", at=(5, 8))
    decided(centre, at=(5, 6))
    assert len(list_waiting(centre)) == 1
    decided(centre, at=(7, 8))
    assert list_waiting(centre) == []


def test_signing_makes_every_hour_audited_and_closes_the_days(centre, hours) -> None:
    decided(centre)
    done = sign_off(centre, [STATION], FIRST, FIRST, reason="month closed", by="chief")
    assert done.written == 21
    assert len(audited(centre)) == 24
    with pytest.raises(CallerError, match="signed off"):
        decided(centre, at=(9, 9))
    with pytest.raises(CallerError, match="signed off"):
        decided(centre, "operator", by="op", at=(9, 9))
    assert decided(centre, "sign_off", by="chief", at=(9, 9)).written == 1


def test_the_day_after_stays_open_after_a_signature(centre, hours) -> None:
    sign_off(centre, [STATION], FIRST, FIRST, reason="day closed", by="chief")
    assert decided(centre, at=(24, 25)).written == 2


def test_unanswered_proposals_hold_a_signature_up(centre, hours) -> None:
    decided(centre, "operator", by="op")
    with pytest.raises(CallerError, match="no answer of the city"):
        sign_off(centre, [STATION], FIRST, FIRST, reason="close", by="chief")
    assert list_reviews(centre, level=ReviewLevel.SIGN_OFF) == []


def test_who_decided_below_does_not_sign(centre, hours) -> None:
    decided(centre, by="city")
    with pytest.raises(CallerError, match="Another person"):
        sign_off(centre, [STATION], FIRST, FIRST, reason="close", by="city")


def test_an_undone_signature_opens_the_days_again(centre, hours) -> None:
    signed = sign_off(centre, [STATION], FIRST, FIRST, reason="close", by="chief")
    undo(centre, signed.ids[0], reason="a late proposal", by="chief", level=ReviewLevel.SIGN_OFF)
    assert decided(centre).written == 3


def test_hours_without_data_cannot_be_made_by_a_decision(centre, hours) -> None:
    done = decided(centre, at=(70, 75))
    assert (done.written, done.missing) == (2, 4)


def test_the_same_decision_twice_writes_no_hour_twice(centre, hours) -> None:
    decided(centre)
    again = decided(centre)
    assert (again.written, again.request) == (0, None)
    assert len(list_reviews(centre)) == 2


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"reason": "  "}, "reason"),
        ({"by": ""}, "reason"),
        ({"place": "9999A"}, "no station"),
        ({"channel": "benzene"}, "none of the six"),
        ({"at": (7, 5)}, "no hours from"),
        ({"verdict": "signed"}, "no verdict"),
    ],
)
def test_wrong_decisions_are_refused_and_leave_nothing(centre, hours, fields: dict[str, Any], said: str) -> None:
    with pytest.raises(CallerError, match=said):
        decided(centre, **fields)
    assert list_reviews(centre) == []
    assert audited(centre) == []


def test_a_lake_that_cannot_be_written_leaves_no_decision_either(centre, hours) -> None:
    """All of a decision is written, or none: the lake's writer lock is held by another."""
    from lantian.store.locks import writing
    from lantian.terms.errors import HouseError

    held = writing(centre.lake.root / ".writers", "ambient_hours", command="test", now=centre.now, wait=0)
    with held, pytest.raises(HouseError):
        centre.lake._wait = 0.1
        decided(centre)
    assert list_reviews(centre) == []


def test_judging_sees_the_audited_hours(centre, hours) -> None:
    from lantian.loop.evaluate.hours import Stage, hour_grid

    decided(centre)
    rows = centre.lake.read("ambient_hours", first=FIRST, last=FIRST)
    spans = [(FIRST, FIRST, centre.rules(FIRST))]
    grid = hour_grid(rows, [STATION], FIRST, FIRST, Stage.MIXED, spans)
    pm25 = grid.hours[0, 0, :, 5]
    assert [at for at in range(24) if pm25[at] != pm25[at]] == [5, 6, 7]

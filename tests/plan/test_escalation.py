"""The ladder is climbed step by step, each for a reason, over months; nothing is pressed twice."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from lantian.desk.language import translation
from lantian.ledger.models import Duty, Entry, Escalation, Message, Sheet
from lantian.loop.plan.dispatch.escalation import due_steps, escalate, lift, remind_all
from lantian.loop.plan.dispatch.reporting import ReportContent, report_progress
from lantian.loop.plan.dispatch.reviewing import return_report
from lantian.loop.plan.dispatch.sheets import issue_sheets
from lantian.loop.plan.office import Office
from lantian.rules import DispatchRule, Rulebook
from lantian.terms.errors import CallerError

TODAY = date(2024, 11, 5)
RULE = Rulebook.packaged().edition(DispatchRule, "dispatch", TODAY)
ENGLISH = translation("en")


def at(office: Office, day: date) -> Office:
    """Put the same office on another day."""
    instant = datetime(day.year, day.month, day.day, 2, tzinfo=UTC)
    return replace(office, now=lambda: instant)


MONTHS = (
    ("2024-10", date(2024, 11, 10)),
    ("2024-11", date(2024, 12, 10)),
    ("2024-12", date(2025, 1, 10)),
    ("2025-01", date(2025, 2, 10)),
    ("2025-02", date(2025, 3, 10)),
)
"""Months and the days on which their sheets are looked for."""


def proposed(office: Office, day: date) -> dict[str, str]:
    return {row.duty.id: row.step for row in due_steps(office, day)}


# ---------------------------------------------------------------------------------------------- over the rows


def test_late_duties_are_proposed_and_cooperating_ones_left_alone(small: Any) -> None:
    steps = {row.duty.id: (row.step, [reason.text(ENGLISH) for reason in row.reasons])
             for row in due_steps(small.office, date(2024, 11, 16))}  # fmt: skip
    assert steps == {
        "d2": (
            "notice",
            ["overdue for 16 days (due on 2024-10-31)", "the step before is unanswered, 6 days after 2024-11-10"],
        ),
        "d3": ("remind", ["no report for 1 months in a row"]),
    }


def test_the_ladder_over_months(small: Any, tmp_path: Path) -> None:
    office = small.office
    taken = []
    for month, day in MONTHS:
        then = at(office, day)
        issue_sheets(
            then, month, by="office", today=day, folder=tmp_path, language=ENGLISH, organisations=["gov-y"]
        )
        step = proposed(then, day).get("d3")
        if step is not None:
            escalate(then, "d3", step, by="office", reason="连续未填报", today=day)
        taken.append(step)
    assert taken == ["remind", "notice", "supervise", "interview", None]
    with office.ledger.read() as session:
        rows = session.scalars(select(Escalation).where(Escalation.duty_id == "d3").order_by(Escalation.at)).all()
        assert session.get_one(Duty, "d3").step == "interview"
    assert [row.step for row in rows] == list(RULE.step_keys)
    assert [row.answer_due for row in rows] == [
        date(2024, 11, 17), date(2024, 12, 17), date(2025, 1, 25), date(2025, 2, 15),
    ]  # fmt: skip
    assert {row.rule for row in rows} == {"dispatch-monthly"}


def test_a_report_that_comes_in_answers_the_step(small: Any, tmp_path: Path) -> None:
    office = small.office
    late = date(2024, 11, 13)
    assert proposed(office, late)["d2"] == "notice"
    issue_sheets(
        office, "2024-10", by="o", today=TODAY, folder=tmp_path, language=ENGLISH, organisations=["gov-x"]
    )
    report_progress(at(office, date(2024, 11, 9)), "d2", "2024-10", ReportContent("推进", "under_way"), by="b")
    assert "d2" not in proposed(office, late)


def test_reports_returned_again_and_again_are_a_reason(small: Any, tmp_path: Path) -> None:
    office = small.office
    issue_sheets(
        office, "2024-10", by="o", today=TODAY, folder=tmp_path, language=ENGLISH, organisations=["dep-a"]
    )
    assert "d4" not in proposed(office, TODAY)
    told = report_progress(office, "d4", "2024-10", ReportContent("推进", "under_way", Decimal(5)), by="b")
    return_report(office, told.report_id, reason="空话", by="office")
    (step,) = [row for row in due_steps(office, TODAY) if row.duty.id == "d4"]
    assert [reason.text(ENGLISH) for reason in step.reasons] == ["its report was returned 2 times"]


# ---------------------------------------------------------------------------------------------- commands


def test_a_step_is_written_told_and_entered(small: Any) -> None:
    office = small.office
    made = escalate(office, "d3", "remind", by="office", reason="未填报", today=TODAY)
    with office.ledger.read() as session:
        row = session.get_one(Escalation, made)
        message = session.scalars(select(Message)).one()
        entry = session.scalars(select(Entry).order_by(Entry.number.desc()).limit(1)).one()
        assert session.get_one(Duty, "d3").step == "remind"
    assert (row.answer_due, row.rule, row.reason) == (date(2024, 11, 12), "dispatch-monthly", "未填报")
    assert (message.kind, message.payload["organisation"]) == ("plan.duty_escalated", "gov-y")
    assert (entry.kind, entry.subject) == ("duty.escalated", "duty:d3")


@pytest.mark.parametrize(
    ("duty", "step", "why"),
    [
        ("d3", "notice", "jump over remind"),
        ("d2", "interview", "jump over notice, supervise"),
        ("d2", "remind", "remind stands for duty d2"),
        ("d1", "remind", "accepted as done on 2024-11-02"),
        ("d5", "remind", "not settled"),
        ("d3", "fine", "no step 'fine'"),
        ("d99", "remind", "no duty 'd99'"),
    ],
)
def test_a_step_that_cannot_be_taken_says_why_and_writes_nothing(
    small: Any, duty: str, step: str, why: str
) -> None:
    with pytest.raises(CallerError, match=why):
        escalate(small.office, duty, step, by="office", reason="逾期", today=TODAY)
    with small.office.ledger.read() as session:
        assert session.scalars(select(Escalation.id)).all() == ["e1"]


def test_a_jump_is_taken_where_it_is_said(small: Any) -> None:
    escalate(small.office, "d3", "supervise", by="office", reason="省督办", today=TODAY, jump=True)
    with small.office.ledger.read() as session:
        assert session.get_one(Duty, "d3").step == "supervise"


def test_a_step_needs_its_reason(small: Any) -> None:
    with pytest.raises(CallerError, match="needs its reason"):
        escalate(small.office, "d3", "remind", by="office", reason=" ", today=TODAY)


def test_lifting_leaves_the_rows_with_who_and_why(small: Any) -> None:
    office = small.office
    escalate(office, "d2", "notice", by="office", reason="逾期", today=TODAY)
    lifted = lift(office, "d2", by="chief", because="误报")
    with office.ledger.read() as session:
        rows = session.scalars(select(Escalation).where(Escalation.duty_id == "d2")).all()
        assert session.get_one(Duty, "d2").step is None
    assert set(lifted) == {row.id for row in rows}
    assert {(row.lifted_by, row.lifted_because) for row in rows} == {("chief", "误报")}
    with pytest.raises(CallerError, match="No step stands"):
        lift(office, "d2", by="chief", because="x")
    with pytest.raises(CallerError, match="with a reason"):
        lift(office, "d2", by="chief", because="")


def test_one_round_of_reminders_tells_each_body_once_and_a_second_finds_nothing(small: Any) -> None:
    office = at(small.office, date(2024, 11, 10))
    first = remind_all(office, date(2024, 11, 10), "office", language=ENGLISH)
    assert (len(first.escalations), len(first.sheets), first.messages) == (1, 4, 5)
    with office.ledger.read() as session:
        row = session.get_one(Escalation, first.escalations[0])
        kinds = sorted(session.scalars(select(Message.kind)))
        assert session.scalars(select(Sheet.reminded_at)).all() == [office.now()] * 4
    assert (row.duty_id, row.reason) == ("d3", "no report for 1 months in a row")
    assert kinds == ["plan.duties_late"] + ["plan.sheet_late"] * 4
    again = remind_all(office, date(2024, 11, 10), "office")
    assert (again.escalations, again.sheets, again.messages) == ((), (), 0)
    later = remind_all(at(office, date(2024, 11, 14)), date(2024, 11, 14), "office")
    assert (later.escalations, len(later.sheets)) == ((), 4)

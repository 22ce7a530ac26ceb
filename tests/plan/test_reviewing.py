"""Only a review makes a duty or a task done; what is returned is told with its reason."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from lantian.desk.language import translation
from lantian.ledger.models import Duty, Entry, Escalation, Message, Project, Report, Task
from lantian.loop.plan.dispatch.reporting import ReportContent, report_progress
from lantian.loop.plan.dispatch.reviewing import accept_reports, list_pending, reopen_duty, return_report
from lantian.loop.plan.dispatch.sheets import issue_sheets
from lantian.loop.plan.office import Office
from lantian.terms.errors import CallerError

MONTH, TODAY = "2024-10", date(2024, 11, 6)
DONE = ReportContent("全部完成", "done", Decimal(100))


@pytest.fixture
def asked(small: Any, tmp_path: Path) -> Office:
    office: Office = small.office
    with office.ledger.write() as session:
        session.get_one(Duty, "d5").settled = True
    bodies = ["dep-a", "dep-b", "gov-x", "gov-y"]
    issue_sheets(
        office, MONTH, by="office", today=TODAY, folder=tmp_path, language=translation("en"), organisations=bodies
    )
    return office


def report(office: Office, duty: str, content: ReportContent = DONE) -> str:
    return report_progress(office, duty, MONTH, content, by="b").report_id


def test_reports_that_wait_are_listed_once_each(asked: Office) -> None:
    report(asked, "d2", ReportContent("一版", "under_way"))
    newest = report(asked, "d2", ReportContent("二版", "under_way"))
    other = report(asked, "d6")
    assert [row.id for row in list_pending(asked)] == [newest, other]
    assert [row.id for row in list_pending(asked, organisation="dep-b")] == [other]
    assert list_pending(asked, month="2024-09") == ()
    assert [row.progress for row in list_pending(asked, organisation="gov-x")] == ["二版"]


def test_an_accepted_claim_of_done_makes_the_duty_done_and_lifts_the_ladder(asked: Office) -> None:
    brought = accept_reports(asked, [report(asked, "d2")], by="office", today=TODAY)
    assert (brought.duties_done, brought.lifted, brought.held) == (("d2",), ("e1",), ())
    with asked.ledger.read() as session:
        duty = session.get_one(Duty, "d2")
        step = session.get_one(Escalation, "e1")
        kinds = list(session.scalars(select(Entry.kind).order_by(Entry.number.desc()).limit(3)))
    assert (duty.done_on, duty.review, duty.step) == (TODAY, "accepted", None)
    assert (step.lifted_at, step.lifted_by) == (asked.now(), "office")
    assert kinds == ["duty.done", "duty.step_lifted", "report.accepted"]


def test_progress_that_is_accepted_makes_nothing_done(asked: Office) -> None:
    brought = accept_reports(
        asked, [report(asked, "d2", ReportContent("推进", "under_way", Decimal(70)))], by="office", today=TODAY
    )
    assert brought.duties_done == ()
    with asked.ledger.read() as session:
        duty = session.get_one(Duty, "d2")
    assert (duty.done_on, duty.review, duty.step) == (None, "accepted", "remind")


def test_a_task_is_done_when_its_leading_duties_are(asked: Office) -> None:
    with asked.ledger.write() as session:
        session.get_one(Task, "t1").done_on = None
        session.get_one(Duty, "d1").done_on = None
        session.get_one(Duty, "d1").due = date(2024, 10, 31)
    assert accept_reports(asked, [report(asked, "d2")], by="office", today=TODAY).tasks_done == ()
    assert accept_reports(asked, [report(asked, "d1")], by="office", today=TODAY).tasks_done == ("t1",)
    with asked.ledger.read() as session:
        assert session.get_one(Task, "t1").done_on == TODAY


def test_a_recurring_task_is_never_done(asked: Office) -> None:
    brought = accept_reports(asked, [report(asked, "d6")], by="office", today=TODAY)
    assert (brought.duties_done, brought.tasks_done) == (("d6",), ())


def test_a_duty_with_open_projects_is_held_with_their_number(asked: Office) -> None:
    brought = accept_reports(asked, [report(asked, "d4"), report(asked, "d2")], by="office", today=TODAY)
    assert [(row.duty_id, row.values) for row in brought.held] == [("d4", {"left": 1})]
    assert brought.duties_done == ("d2",)
    with asked.ledger.read() as session:
        assert session.get_one(Duty, "d4").done_on is None
        assert session.get_one(Duty, "d4").review == "pending"


def test_a_list_of_projects_is_done_when_all_of_it_is(asked: Office) -> None:
    with asked.ledger.write() as session:
        project = session.get_one(Project, "p2")
        project.state, project.done_on = "done", date(2024, 10, 28)
    brought = accept_reports(asked, [report(asked, "d4")], by="office", today=TODAY)
    assert (brought.duties_done, brought.tasks_done) == (("d4",), ("t2",))
    with asked.ledger.read() as session:
        assert session.get_one(Task, "t2").done_on == date(2024, 10, 28)
        assert session.get_one(Duty, "d4").due == date(2025, 6, 30)


def test_a_returned_report_is_told_with_its_reason(asked: Office) -> None:
    wanted = report(asked, "d2")
    return_report(asked, wanted, reason=" 请附名单 ", by="office")
    with asked.ledger.read() as session:
        row = session.get_one(Report, wanted)
        message = session.scalars(select(Message)).one()
        entry = session.scalars(select(Entry).order_by(Entry.number.desc()).limit(1)).one()
        assert session.get_one(Duty, "d2").review == "returned"
    assert (row.review, row.review_reason, row.reviewed_by) == ("returned", "请附名单", "office")
    assert (message.kind, message.payload["organisation"], message.payload["reason"]) == (
        "plan.report_returned", "gov-x", "请附名单",
    )  # fmt: skip
    assert json.loads(entry.payload)["reason"] == "请附名单"


def test_a_report_is_judged_once_and_by_its_newest_version(asked: Office) -> None:
    old = report(asked, "d2", ReportContent("一版", "under_way"))
    new = report(asked, "d2", ReportContent("二版", "under_way"))
    with pytest.raises(CallerError, match="version 3; its body has sent version 4"):
        accept_reports(asked, [old], by="office", today=TODAY)
    accept_reports(asked, [new], by="office", today=TODAY)
    with pytest.raises(CallerError, match="was accepted before"):
        return_report(asked, new, reason="x", by="office")
    with pytest.raises(CallerError, match="no report 'r99'"):
        accept_reports(asked, ["r99"], by="office", today=TODAY)
    with pytest.raises(CallerError, match="with a reason"):
        return_report(asked, new, reason=" ", by="office")


def test_a_review_that_fails_accepts_nothing_of_it(asked: Office) -> None:
    wanted = report(asked, "d2")
    with pytest.raises(CallerError):
        accept_reports(asked, [wanted, "r99"], by="office", today=TODAY)
    assert [row.id for row in list_pending(asked)] == [wanted]


def test_a_duty_that_was_done_can_be_reopened_with_a_reason(asked: Office) -> None:
    reopen_duty(asked, "d1", reason="复查发现未拆除", by="office")
    with asked.ledger.read() as session:
        duty, task = session.get_one(Duty, "d1"), session.get_one(Task, "t1")
        entry = session.scalars(select(Entry).order_by(Entry.number.desc()).limit(1)).one()
    assert (duty.done_on, task.done_on, duty.due) == (None, None, date(2024, 10, 31))
    assert json.loads(entry.payload) == {"reason": "复查发现未拆除", "was_done_on": "2024-11-02"}
    with pytest.raises(CallerError, match="not done"):
        reopen_duty(asked, "d1", reason="x", by="office")

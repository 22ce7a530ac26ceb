"""A meeting speaks of what is late; what it decides holds at once and stands in its minutes."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import docx
import pytest
from sqlalchemy import select

from lantian.desk.language import translation
from lantian.ledger.models import Duty, Entry, Meeting, Task
from lantian.loop.plan.dispatch.minutes import Decision, agenda, record_meeting, write_minutes
from lantian.loop.plan.office import Office
from lantian.terms.errors import CallerError

TODAY = date(2024, 11, 16)


def record(office: Office, *decisions: Decision, present: tuple[str, ...] = ("dep-a", "gov-x")) -> str:
    return record_meeting(
        office, month="2024-10", held_on=date(2024, 11, 15), place="三楼会议室", chair="市生态环境局",
        present=present, decisions=decisions, by="office",
    )  # fmt: skip


def test_the_agenda_begins_with_what_is_overdue(small: Any) -> None:
    items = agenda(small.office, TODAY)
    assert [(item.duty.id, item.light.word.value, item.proposed_step) for item in items] == [
        ("d2", "overdue", "notice"), ("d3", "no_report", "remind"), ("d4", "returned", None),
    ]  # fmt: skip


def test_a_new_task_and_a_moved_date_hold_at_once(small: Any) -> None:
    office = small.office
    made = record(
        office,
        Decision("潞城区月底前拆除", duty_id="d3", due=date(2024, 11, 30), new_task=True),
        Decision("改造延到年底", duty_id="d4", task_id="t2", due=date(2025, 12, 31)),
        Decision("按时填报"),
    )
    with office.ledger.read() as session:
        meeting = session.get_one(Meeting, made)
        tasks = {row.title: row for row in session.scalars(select(Task).where(Task.measure_id == "m1"))}
        assert session.get_one(Task, "t2").due == date(2025, 12, 31)
        assert session.get_one(Duty, "d3").due == date(2024, 11, 30)
        assert session.get_one(Duty, "d4").due == date(2025, 12, 31)
        kinds = list(session.scalars(select(Entry.kind).order_by(Entry.number.desc()).limit(3)))
        moved = session.scalars(
            select(Entry).where(Entry.kind == "task.moved").order_by(Entry.number.desc())
        ).first()
    new = tasks["潞城区月底前拆除"]
    assert (new.kind, new.tail, new.due, new.firm) == ("deadline", 1, date(2024, 11, 30), True)
    assert [(row["duty"], row["body"], row["due"]) for row in meeting.items] == [
        ("d3", "gov-y", "2024-11-30"), ("d4", "dep-a", "2025-12-31"), (None, None, None),
    ]  # fmt: skip
    assert kinds == ["meeting.recorded", "task.moved", "task.added"]
    assert moved is not None
    assert json.loads(moved.payload)["before"] == {"due": "2025-06-30"}


@pytest.mark.parametrize(
    ("decision", "why"),
    [
        (Decision(" "), "Decision 1 has no words"),
        (Decision("x", duty_id="d99"), "names duty 'd99'"),
        (Decision("x", new_task=True, due=TODAY), "needs the duty"),
        (Decision("x", duty_id="d3", new_task=True), "needs the duty"),
        (Decision("x", task_id="t99", due=TODAY), "moves task 't99'"),
        (Decision("x", task_id="t2"), "moves task 't2'"),
    ],
)
def test_a_decision_that_lacks_something_leaves_no_meeting(small: Any, decision: Decision, why: str) -> None:
    with pytest.raises(CallerError, match=why):
        record(small.office, decision)
    with small.office.ledger.read() as session:
        assert session.scalars(select(Meeting.id)).all() == []


def test_a_body_that_does_not_exist_cannot_be_present(small: Any) -> None:
    with pytest.raises(CallerError, match="dep-z is no body"):
        record(small.office, present=("dep-a", "dep-z"))


def test_the_minutes_say_who_met_and_what_was_decided(small: Any, tmp_path: Path) -> None:
    office = small.office
    made = record(office, Decision("月底前拆除。", duty_id="d3", due=date(2024, 11, 30)), Decision("按时填报。"))
    path = write_minutes(office, made, tmp_path, translation("en"), by="office")
    text = "\n".join(line.text for line in docx.Document(str(path)).paragraphs)
    for part in ("October 2024", "15 November 2024", "三楼会议室", "Department A, Government of Luzhou",
                 "1. On task 1, Retire outdated capacity: 月底前拆除 (Government of Lucheng, by 30 November",
                 "2. 按时填报。"):  # fmt: skip
        assert part in text
    with office.ledger.read() as session:
        file_id = session.get_one(Meeting, made).file_id
    assert file_id is not None
    assert office.files.read(file_id) == path.read_bytes()


def test_a_meeting_that_decided_nothing_says_so(small: Any, tmp_path: Path) -> None:
    path = write_minutes(small.office, record(small.office), tmp_path, translation("en"), by="office")
    assert "Nothing was decided." in [line.text for line in docx.Document(str(path)).paragraphs]


def test_minutes_of_no_meeting_are_refused(small: Any, tmp_path: Path) -> None:
    with pytest.raises(CallerError, match="no meeting 'm9'"):
        write_minutes(small.office, "m9", tmp_path, translation("en"), by="office")

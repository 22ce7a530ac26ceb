"""Doubts, who settles them, and how a draft comes into force."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import func, select

from lantian.ledger.models import Confirmed, Duty, Entry, Measure, Plan, Report, Task
from lantian.loop.plan.adopting.adoption import adopt
from lantian.loop.plan.adopting.confirming import confirm_plan, confirm_reading, list_doubts, settle_members
from lantian.loop.plan.adopting.structured import adopt_structured
from lantian.loop.plan.office import Office
from lantian.science.plan_text.confirmations import Action, Confirmation, ConfirmedKind
from lantian.science.plan_text.records import Draft
from lantian.terms.errors import CallerError

Read = Callable[[str], Draft]

TEXT = """长治市2025年蓝天行动方案

一、重点任务
(一)治理工业
1.治理炉窑。2025年6月底前,全部炉窑完成治理。(市生态环境局牵头,相关县区人民政府落实)
2.提高清扫率。到2025年底,道路机械化清扫率达到85%以上。(市城管局负责)
3.加强宣传。广泛宣传蓝天行动。
"""


def _duties(office: Office, plan_id: str, number: str) -> dict[str, bool]:
    asked = (
        select(Duty.organisation_id, Duty.settled)
        .join(Measure, Measure.id == Duty.measure_id)
        .where(Duty.plan_id == plan_id, Measure.number == number, Duty.role == "implement")
    )
    with office.ledger.read() as session:
        return {body: settled for body, settled in session.execute(asked)}  # noqa: C416 - rows are not pairs to a type


def _task(office: Office, plan_id: str, kind: str) -> Task:
    with office.ledger.read() as session:
        return session.execute(select(Task).where(Task.plan_id == plan_id, Task.kind == kind)).scalar_one()


def _count(office: Office, model: type, *where: object) -> int:
    with office.ledger.read() as session:
        return session.execute(select(func.count()).select_from(model).where(*where)).scalar_one()


def test_doubts_name_measure_tail_and_whom_a_person_chooses_among(office: Office, read_text: Read):
    plan = adopt(office, read_text(TEXT), by="office")
    doubts = list_doubts(office, plan.plan_id)
    members = next(row for row in doubts if row.finding.code == "members_unsettled")
    assert (members.measure, members.tail, len(members.members)) == ("1", 1, 12)
    assert members.finding.evidence["via"] == "相关县区人民政府"
    assert [row.measure for row in doubts if row.finding.code == "nobody_named"] == ["3"]
    assert sum(row.finding.code == "members_unsettled" for row in doubts) == 1  # told once, not by reader and rows


def test_settled_members_are_the_only_ones_with_the_duty(office: Office, read_text: Read):
    plan = adopt(office, read_text(TEXT), by="office")
    assert settle_members(office, "1", 1, ["gov-140406", "gov-140423"], by="chief") == 2
    assert _duties(office, plan.plan_id, "1") == {"gov-140406": True, "gov-140423": True}
    assert not [row for row in list_doubts(office, plan.plan_id) if row.finding.code == "members_unsettled"]
    with office.ledger.read() as session:
        entry = session.execute(select(Entry).where(Entry.kind == "members.settled")).scalar_one()
        due = session.execute(select(Duty.due).where(Duty.organisation_id == "gov-140406")).scalar_one()
    assert entry.actor == "chief"
    assert due == date(2025, 6, 30)


def test_settled_members_can_be_corrected(office: Office, read_text: Read):
    plan = adopt(office, read_text(TEXT), by="office")
    settle_members(office, "1", 1, ["gov-140406", "gov-140423"], by="office")
    settle_members(office, "1", 1, ["gov-140406", "gov-140403"], by="office")
    assert _duties(office, plan.plan_id, "1") == {"gov-140406": True, "gov-140403": True}
    assert _count(office, Confirmed, Confirmed.withdrawn_at.is_(None)) == 1
    assert _count(office, Confirmed) == 2


def test_settled_members_hold_in_the_next_edition(office: Office, read_text: Read):
    adopt(office, read_text(TEXT), by="office")
    settle_members(office, "1", 1, ["gov-140406"], by="office")
    second = adopt(office, read_text(TEXT.replace("85%", "90%")), by="office")
    assert (second.edition, second.unsettled) == (2, 0)
    assert _duties(office, second.plan_id, "1") == {"gov-140406": True}


def test_settled_members_without_a_place_become_a_finding(office: Office, read_text: Read):
    adopt(office, read_text(TEXT), by="office")
    settle_members(office, "1", 1, ["gov-140406"], by="office")
    second = adopt(office, read_text(TEXT.replace("治理炉窑。", "整治窑炉企业。")), by="office")
    assert [row.where for row in second.findings if row.code == "members_without_place"] == ["1"]


def test_a_body_that_the_name_cannot_mean_is_refused(office: Office, read_text: Read):
    plan = adopt(office, read_text(TEXT), by="office")
    with pytest.raises(CallerError, match="not 市生态环境局"):
        settle_members(office, "1", 1, ["gov-140406", "ecology"], by="office")
    with pytest.raises(CallerError, match="names every body itself"):
        settle_members(office, "2", 1, ["urban"], by="office")
    with pytest.raises(CallerError, match="No measure '77'"):
        settle_members(office, "77", 1, ["urban"], by="office")
    assert set(_duties(office, plan.plan_id, "1").values()) == {False}


def test_a_body_that_has_reported_keeps_its_duty(office: Office, read_text: Read):
    plan = adopt(office, read_text(TEXT), by="office")
    with office.ledger.write() as session:
        duty = session.execute(select(Duty).where(Duty.organisation_id == "gov-140427")).scalar_one()
        session.add(
            Report(
                id="r1", duty_id=duty.id, month="2025-05", version=1, progress="在做", share=None,
                claimed="under_way", problems="", next_step="", spent=None, reported_by="gov",
                reported_at=datetime(2025, 6, 1, tzinfo=UTC), source_sha256=None, digest="1" * 64,
                review="pending", review_reason=None, reviewed_by=None, reviewed_at=None,
            )
        )  # fmt: skip
    with pytest.raises(CallerError, match="gov-140427 have reported"):
        settle_members(office, "1", 1, ["gov-140406"], by="office")
    assert len(_duties(office, plan.plan_id, "1")) == 12


def test_a_confirmed_reading_changes_the_draft_and_survives(office: Office, read_text: Read):
    plan = adopt(office, read_text(TEXT), by="office")
    said = Confirmation(
        ConfirmedKind.DEADLINE, "治理炉窑", "2025年6月底前", decided={"date": "2025-05-31"}, number="1"
    )
    again = confirm_reading(office, plan.plan_id, said, by="chief")
    assert (again.plan_id, again.edition, again.fresh) == (plan.plan_id, 1, True)
    assert _task(office, plan.plan_id, "deadline").due == date(2025, 5, 31)
    same = adopt(office, read_text(TEXT), by="office")
    assert (same.plan_id, same.fresh) == (plan.plan_id, False)
    second = adopt(office, read_text(TEXT.replace("85%", "90%")), by="office")
    assert _task(office, second.plan_id, "deadline").due == date(2025, 5, 31)


def test_a_reading_that_is_no_indicator_is_taken_away(office: Office, read_text: Read):
    plan = adopt(office, read_text(TEXT), by="office")
    with office.ledger.read() as session:
        reading = session.get(Plan, plan.plan_id).reading
    words = reading["measures"][1]["indicators"][0]["text"]
    confirm_reading(
        office, plan.plan_id, Confirmation(ConfirmedKind.INDICATOR, "提高清扫率", words, action=Action.REMOVE),
        by="office",
    )  # fmt: skip
    assert _count(office, Task, Task.kind == "indicator") == 0
    assert _count(office, Task, Task.kind == "deadline") == 2  # its day stands for itself now


def test_words_that_do_not_stand_there_cannot_be_confirmed(office: Office, read_text: Read):
    plan = adopt(office, read_text(TEXT), by="office")
    said = Confirmation(ConfirmedKind.DEADLINE, "治理炉窑", "2031年底前", decided={"firm": False})
    with pytest.raises(CallerError, match="do not stand"):
        confirm_reading(office, plan.plan_id, said, by="office")
    assert _count(office, Confirmed) == 0


def test_a_confirmation_of_a_plan_in_force_makes_a_new_draft(office: Office, read_text: Read):
    plan = adopt(office, read_text(TEXT), by="office")
    confirm_plan(office, plan.plan_id, by="office")
    said = Confirmation(ConfirmedKind.DEADLINE, "治理炉窑", "2025年6月底前", decided={"date": "2025-05-31"})
    again = confirm_reading(office, plan.plan_id, said, by="office")
    assert (again.edition, again.state) == (2, "draft")
    assert [(row.kind, row.was, row.is_now) for row in again.changes] == [
        ("task.moved", "2025-06-30", "2025-05-31")
    ]


def test_a_structured_plan_has_no_reading_to_confirm(office: Office):
    plan = adopt_structured(office, by="office")
    said = Confirmation(ConfirmedKind.DEADLINE, "治理炉窑", "2025年6月底前")
    with pytest.raises(CallerError, match="Mend the file"):
        confirm_reading(office, plan.plan_id, said, by="office")


def test_a_draft_comes_into_force_once(office: Office, read_text: Read):
    plan = adopt(office, read_text(TEXT), by="office")
    told = confirm_plan(office, plan.plan_id, by="chief")
    assert (told.replaced, told.open) == ((), 2)
    with office.ledger.read() as session:
        row = session.get(Plan, plan.plan_id)
    assert (row.state, row.confirmed_by) == ("in_force", "chief")
    with pytest.raises(CallerError, match="in_force already"):
        confirm_plan(office, plan.plan_id, by="chief")
    with pytest.raises(CallerError, match="No plan 'none'"):
        confirm_plan(office, "none", by="chief")


def test_open_errors_keep_a_draft_out_of_force_unless_accepted(office: Office, read_text: Read):
    plan = adopt(office, read_text(TEXT), by="office")
    with office.ledger.write() as session:
        row = session.get(Plan, plan.plan_id)
        error = {
            "code": "unread", "where": "1", "message": "not understood", "severity": "error", "when": None,
            "evidence": {}, "competing_explanation": None,
        }  # fmt: skip
        row.reading = {**row.reading, "findings": [*row.reading["findings"], error]}
    with pytest.raises(CallerError, match=r"1 errors are open in .*: 1 unread"):
        confirm_plan(office, plan.plan_id, by="office")
    confirm_plan(office, plan.plan_id, by="office", accept_open=True)
    assert _count(office, Plan, Plan.state == "in_force") == 1


def test_a_structured_plan_comes_into_force_with_its_open_members(office: Office):
    plan = adopt_structured(office, by="office")
    told = confirm_plan(office, plan.plan_id, by="office")
    assert told.open == 5 + 5  # five tails with 相关县区, five measures that name nobody
    settle_members(office, "6", 1, ["gov-140406"], by="office")
    assert _duties(office, plan.plan_id, "6") == {"gov-140406": True}

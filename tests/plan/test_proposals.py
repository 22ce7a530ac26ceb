"""Tasks that other rooms propose."""

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select

from lantian.ledger.asking import ask
from lantian.ledger.models import Duty, Entry, Measure, Plan, Proposal, Task
from lantian.loop.plan.adopting.confirming import confirm_plan
from lantian.loop.plan.adopting.proposals import TaskDecision, decline_proposal, list_proposals, take_proposal
from lantian.loop.plan.adopting.structured import adopt_structured
from lantian.terms.errors import CallerError


def _propose(office, **payload: object) -> str:
    with office.ledger.write() as session:
        return ask(session, Proposal, "explain", "task", "source:coking", payload, office.now()).id


def test_a_proposal_becomes_a_task_that_its_measure_answers_for(adopted):
    identifier = _propose(
        adopted.office, title="焦化行业VOCs走航", title_en="Mobile VOC survey", measure="10", tail=1,
        due="2024-08-31", value="13", unit="家", kind="indicator",
    )  # fmt: skip
    assert [row.made_by for row in list_proposals(adopted.office)] == ["explain"]
    task_id = take_proposal(adopted.office, identifier, by="chief")
    with adopted.office.ledger.read() as session:
        task = session.get(Task, task_id)
        proposal = session.get(Proposal, identifier)
        dues = set(
            session.execute(
                select(Duty.due).join(Measure, Measure.id == Duty.measure_id).where(Measure.number == "10")
            ).scalars()
        )
        entry = session.execute(select(Entry).where(Entry.kind == "proposal.taken")).scalar_one()
    assert (task.title, task.kind, task.value) == ("焦化行业VOCs走航", "indicator", Decimal(13))
    assert (task.proposed_by, proposal.state, proposal.result) == ("explain", "done", f"task:{task_id}")
    assert dues == {date(2024, 8, 31)}
    assert entry.actor == "chief"
    assert list_proposals(adopted.office) == ()


def test_the_office_may_decide_otherwise(adopted):
    identifier = _propose(adopted.office, title="旧名")
    decision = TaskDecision(measure="22", tail=5, title="新名", due=date(2025, 3, 1))
    task_id = take_proposal(adopted.office, identifier, by="chief", decision=decision)
    with adopted.office.ledger.read() as session:
        task = session.get(Task, task_id)
    assert (task.title, task.tail, task.due, task.kind) == ("新名", 5, date(2025, 3, 1), "deadline")


def test_a_declined_proposal_tells_the_room_why(adopted):
    identifier = _propose(adopted.office, title="焦化行业VOCs走航", measure="10")
    decline_proposal(adopted.office, identifier, reason="已在措施10中安排", by="chief")
    with adopted.office.ledger.read() as session:
        row = session.get(Proposal, identifier)
    assert (row.state, row.result, row.ended_by) == ("declined", "已在措施10中安排", "chief")
    with pytest.raises(CallerError, match="declined already"):
        take_proposal(adopted.office, identifier, by="chief")


@pytest.mark.parametrize(
    ("payload", "words"),
    [
        ({"measure": "10"}, "names no title"),
        ({"title": "甲"}, "names no measure"),
        ({"title": "甲", "measure": "99"}, "No measure '99'"),
        ({"title": "甲", "measure": "10", "tail": 7}, "no tail 7"),
        ({"title": "甲", "measure": "10", "kind": "wish"}, "not 'wish'"),
        ({"title": "甲", "measure": "10", "due": "soon"}, "day 'soon'"),
        ({"title": "甲", "measure": "10", "value": "many"}, "value 'many'"),
    ],
)
def test_a_proposal_that_says_too_little_is_not_taken_and_stays_open(adopted, payload, words):
    identifier = _propose(adopted.office, **payload)
    with pytest.raises(CallerError, match=words):
        take_proposal(adopted.office, identifier, by="chief")
    assert [row.id for row in list_proposals(adopted.office)] == [identifier]


def test_an_unknown_proposal_and_an_empty_reason_are_refused(adopted):
    with pytest.raises(CallerError, match="No proposal"):
        take_proposal(adopted.office, "none", by="chief")
    identifier = _propose(adopted.office, title="甲", measure="10")
    with pytest.raises(CallerError, match="why not"):
        decline_proposal(adopted.office, identifier, reason=" ", by="chief")


def test_a_task_that_was_proposed_goes_on_in_the_next_edition(adopted):
    identifier = _propose(adopted.office, title="甲", measure="10")
    task_id = take_proposal(adopted.office, identifier, by="chief")
    with adopted.office.ledger.write() as session:  # as if another file had been adopted
        session.get_one(Plan, adopted.plan_id).source_sha256 = "0" * 64
    second = adopt_structured(adopted.office, by="office")
    assert second.edition == 2
    confirm_plan(adopted.office, second.plan_id, by="office")
    with adopted.office.ledger.read() as session:
        task = session.get_one(Task, task_id)
        measure = session.get_one(Measure, task.measure_id)
    assert (task.plan_id, measure.plan_id, measure.number) == (second.plan_id, second.plan_id, "10")

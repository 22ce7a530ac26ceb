"""Tasks that other rooms propose: taken over into the plan in force, or declined with a reason (任务建议)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from lantian.ledger import append_entry
from lantian.ledger.asking import end, list_open
from lantian.ledger.models import Duty, Measure, Proposal, Task
from lantian.loop.plan.adopting.contents import TaskContent
from lantian.loop.plan.adopting.settling import measure_in
from lantian.loop.plan.adopting.writing import refresh_due, task_row
from lantian.loop.plan.office import Office
from lantian.loop.plan.organisations import lock
from lantian.terms.errors import CallerError

_KINDS = frozenset({"deadline", "recurring", "indicator", "projects", "money"})


@dataclass(frozen=True, slots=True)
class ProposalView:
    """What another room proposes."""

    id: str
    made_at: datetime
    made_by: str
    """The room."""
    kind: str
    subject: str
    payload: Mapping[str, Any]
    """What that room knows of the task: ``title``, ``title_en``, ``measure`` (number), ``tail``, ``kind``,
    ``due``, ``unit``, ``value``, ``comparator``, ``scope``."""


@dataclass(frozen=True, slots=True)
class TaskDecision:
    """What the office makes of a proposal; what it leaves out is taken from the proposal."""

    measure: str | None = None
    """Id or number of the measure that the task belongs to."""
    tail: int | None = None
    title: str | None = None
    title_en: str | None = None
    kind: str | None = None
    due: date | None = None


AS_PROPOSED = TaskDecision()


def list_proposals(office: Office) -> tuple[ProposalView, ...]:
    """List what other rooms propose and nobody has answered, oldest first."""
    with office.ledger.read() as session:
        return tuple(
            ProposalView(row.id, row.made_at, row.made_by, row.kind, row.subject, dict(row.payload))
            for row in list_open(session, Proposal)
        )


def take_proposal(
    office: Office,
    proposal_id: str,
    *,
    by: str,
    decision: TaskDecision = AS_PROPOSED,
    plan_id: str | None = None,
) -> str:
    """Take a proposal over as a task of a measure; the room that asked finds the task's id in its request.

    Parameters
    ----------
    office : Office
        The air office at its desk.
    proposal_id : str
        The proposal.
    by : str
        Who decides.
    decision : TaskDecision
        What differs from the proposal.
    plan_id : str, optional
        The plan; by default the one in force, else the newest draft.

    Returns
    -------
    str
        Id of the task.

    Raises
    ------
    CallerError
        No such open proposal, no such measure or tail, or no title.
    """
    at = office.now()
    with office.ledger.write() as session:
        lock(session)
        row = _proposal(session, proposal_id)
        said = dict(row.payload)
        measure = measure_in(session, _word(decision.measure or said.get("measure"), "measure"), plan_id)
        content = _content(session, measure, said, decision, row.id)
        task = task_row(measure.plan_id, measure.id, content, at, proposed_by=row.made_by)
        session.execute(insert(Task), [task])
        refresh_due(session, [measure.id])
        end(session, Proposal, row.id, done=True, result=f"task:{task['id']}", by=by, at=at)
        append_entry(
            session, at=at, actor=by, kind="proposal.taken", subject=f"proposal:{row.id}",
            payload={"room": row.made_by, "task": task["id"], "measure": measure.number, "title": content.title,
                     "due": content.due},
        )  # fmt: skip
    return str(task["id"])


def decline_proposal(office: Office, proposal_id: str, *, reason: str, by: str) -> None:
    """Decline a proposal; the room that asked finds the reason in its request.

    Raises
    ------
    CallerError
        No such open proposal, or no reason.
    """
    at = office.now()
    with office.ledger.write() as session:
        lock(session)
        row = _proposal(session, proposal_id)
        end(session, Proposal, row.id, done=False, result=reason.strip(), by=by, at=at)
        append_entry(
            session, at=at, actor=by, kind="proposal.declined", subject=f"proposal:{row.id}",
            payload={"room": row.made_by, "reason": reason.strip()},
        )  # fmt: skip


def _proposal(session: Session, proposal_id: str) -> Proposal:
    row = session.get(Proposal, proposal_id)
    if row is None:
        raise CallerError("No proposal {id!r} in this workspace. List those that are open.", id=proposal_id)
    return row


def _content(
    session: Session, measure: Measure, said: Mapping[str, Any], decision: TaskDecision, proposal_id: str
) -> TaskContent:
    kind = decision.kind or str(said.get("kind", "deadline"))
    if kind not in _KINDS:
        raise CallerError(
            "A task is one of {kinds}, not {kind!r}. Say which.", kinds=", ".join(sorted(_KINDS)), kind=kind
        )
    tail = decision.tail if decision.tail is not None else said.get("tail")
    if tail is not None:
        found = select(func.count()).where(Duty.measure_id == measure.id, Duty.tail == tail)
        if session.execute(found).scalar_one() == 0:
            raise CallerError(
                "Measure {number} has no tail {tail}, so nobody would answer for the task. Name another one.",
                number=measure.number, tail=tail,
            )  # fmt: skip
    return TaskContent(
        key=f"proposal-{proposal_id}",
        kind=kind,
        title=_word(decision.title or said.get("title"), "title")[:300],
        title_en=str(decision.title_en or said.get("title_en") or "")[:300],
        tail=tail,
        due=decision.due or _day(said.get("due")),
        comparator=said.get("comparator"),
        value=_number(said.get("value")),
        unit=str(said.get("unit") or "")[:40],
        scope=str(said.get("scope") or "")[:300],
    )


def _word(value: Any, what: str) -> str:
    if value is None or not str(value).strip():
        raise CallerError("The proposal names no {what}, and the decision gives none. Give one.", what=what)
    return str(value).strip()


def _day(value: Any) -> date | None:
    try:
        return None if value is None else date.fromisoformat(str(value))
    except ValueError:
        raise CallerError(
            "The proposal's day {value!r} is none. Give one with the decision.", value=str(value)
        ) from None


def _number(value: Any) -> Decimal | None:
    try:
        return None if value is None else Decimal(str(value))
    except InvalidOperation:
        raise CallerError("The proposal's value {value!r} is no number. Decline it.", value=str(value)) from None

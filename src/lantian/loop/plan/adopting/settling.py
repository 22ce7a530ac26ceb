"""Which bodies 相关县区 means in one tail: a person says it, and every later reading keeps it (责任主体认定)."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from lantian.city.bodies import body_named
from lantian.city.records import City
from lantian.ledger import append_entry
from lantian.ledger.models import Confirmed, Duty, Escalation, Measure, Organisation, Plan, Report, Task
from lantian.loop.plan.adopting.adoption import decisions_of
from lantian.loop.plan.adopting.contents import DutyContent, TaskContent, first_due
from lantian.loop.plan.adopting.doubts import plan_row
from lantian.loop.plan.adopting.members import KIND, MembersDecision, decision_of
from lantian.loop.plan.adopting.writing import duty_row
from lantian.loop.plan.office import Office
from lantian.loop.plan.organisations import lock
from lantian.science.plan_text.confirmations import Confirmation
from lantian.terms.errors import CallerError
from lantian.terms.ids import uuid7


def settle_members(
    office: Office,
    measure: str,
    tail: int,
    organisation_ids: Iterable[str],
    *,
    by: str,
    plan_id: str | None = None,
) -> int:
    """Say which bodies a name such as 相关县区人民政府 means in one tail; the decision holds for later readings.

    Parameters
    ----------
    office : Office
        The air office at its desk.
    measure : str
        Id of the measure, or its number in the plan.
    tail : int
        Number of the tail within the measure, from 1.
    organisation_ids : iterable of str
        The bodies that are meant: exactly these; said again with others, it is corrected.
    by : str
        Who decides.
    plan_id : str, optional
        The plan that a number belongs to; by default the one in force, else the newest draft.

    Returns
    -------
    int
        How many bodies of the tail are settled by this.

    Raises
    ------
    CallerError
        No such measure or tail, a body that the name cannot mean, or one that has already reported and would lose
        its duty.
    """
    chosen = tuple(dict.fromkeys(organisation_ids))
    at = office.now()
    with office.ledger.write() as session:
        lock(session)
        row = measure_in(session, measure, plan_id)
        plan = plan_row(session, row.plan_id)
        mine = session.execute(select(Duty).where(Duty.measure_id == row.id, Duty.tail == tail)).scalars().all()
        group = _group(session, office.city, row, tail, mine, plan.key)
        _check_choice(session, row, tail, chosen, group, mine)
        _write_choice(session, row, chosen, group, mine, at)
        decision = MembersDecision(row.number, row.title, tail, chosen)
        keep_decision(session, plan.key, decision.payload(), decision, by, at)
        append_entry(
            session, at=at, actor=by, kind="members.settled", subject=f"measure:{row.id}",
            payload={"plan": plan.id, "number": row.number, "tail": tail, "bodies": list(chosen)},
        )  # fmt: skip
    return len(chosen)


def measure_in(session: Session, measure: str, plan_id: str | None) -> Measure:
    """Return a measure by its id, or by its number in a plan, or say that there is none."""
    found = session.get(Measure, measure)
    if found is None:
        standing = select(Plan.id).where(Plan.state != "replaced")
        order = ((Plan.state == "in_force").desc(), Plan.read_at.desc(), Plan.edition.desc())
        wanted = plan_id or session.execute(standing.order_by(*order).limit(1)).scalar()
        found = session.execute(
            select(Measure).where(Measure.plan_id == wanted, Measure.number == measure.strip())
        ).scalar()
    if found is None:
        raise CallerError(
            "No measure {measure!r} in this plan. Name it by its number, as `lantian plan show` lists it.",
            measure=measure,
        )
    return found


def _group(
    session: Session,
    city: City,
    measure: Measure,
    tail: int,
    duties: Sequence[Duty],
    key: str,
) -> tuple[str, str, frozenset[str]]:
    """Return the name that is to be settled, its role, and the bodies that it may mean."""
    here = MembersDecision(measure.number, measure.title, tail, ())
    decided = [row for row in decisions_of(session, key).members if row.same_place(here)]
    earlier = {body for row in decided for body in row.bodies}
    candidates = [row for row in duties if not row.settled] or [
        row for row in duties if row.via and row.organisation_id in earlier
    ]
    if not candidates:
        raise CallerError(
            "Tail {tail} of measure {number} names every body itself; there is nothing to settle.",
            tail=tail, number=measure.number,
        )  # fmt: skip
    via, role = candidates[0].via, candidates[0].role
    named = body_named(city, via)
    members = frozenset(named.members) if named is not None else frozenset()
    return via, role, members | {row.organisation_id for row in candidates}


def _check_choice(
    session: Session,
    measure: Measure,
    tail: int,
    chosen: Sequence[str],
    group: tuple[str, str, frozenset[str]],
    duties: Sequence[Duty],
) -> None:
    via, role, members = group
    strange = [body for body in chosen if body not in members]
    if strange or not chosen:
        asked = select(Organisation.id, Organisation.name_zh)
        names: dict[str, str] = {key: name for key, name in session.execute(asked)}  # noqa: C416 - rows, not pairs
        raise CallerError(
            "{via} in tail {tail} of measure {number} can mean {members}, not {strange}. Choose among them.",
            via=via, tail=tail, number=measure.number,
            members="、".join(names.get(body, body) for body in sorted(members)),
            strange="、".join(names.get(body, body) for body in strange) or "-",
        )  # fmt: skip
    out = [row for row in duties if row.via == via and row.role == role and row.organisation_id not in chosen]
    ids = [row.id for row in out]
    used = set(session.execute(select(Report.duty_id).where(Report.duty_id.in_(ids))).scalars())
    used |= set(session.execute(select(Escalation.duty_id).where(Escalation.duty_id.in_(ids))).scalars())
    if used:
        raise CallerError(
            "{bodies} have reported on this duty or were reminded of it, and would lose it. Choose them too.",
            bodies=", ".join(sorted(row.organisation_id for row in out if row.id in used)),
        )


def _write_choice(
    session: Session,
    measure: Measure,
    chosen: Sequence[str],
    group: tuple[str, str, frozenset[str]],
    duties: Sequence[Duty],
    at: datetime,
) -> None:
    via, role, _ = group
    mine = {row.organisation_id: row for row in duties if row.via == via and row.role == role}
    pattern = next(iter(mine.values()))
    tasks = session.execute(select(Task).where(Task.measure_id == measure.id)).scalars().all()
    due = first_due(
        [TaskContent(row.key, row.kind, "", tail=row.tail, due=row.due) for row in tasks], pattern.tail
    )
    for body, duty in mine.items():
        if body in chosen:
            duty.settled = True
        else:
            session.delete(duty)
    held = {row.organisation_id for row in duties if row.role == role}
    for body in chosen:
        if body not in mine and body not in held:
            content = DutyContent(pattern.tail, body, role, pattern.mode, pattern.words, via)
            session.add(Duty(**duty_row(measure.plan_id, measure.id, content, due, at)))
    session.flush()


def keep_decision(
    session: Session,
    key: str,
    payload: dict[str, Any],
    decision: MembersDecision | Confirmation,
    by: str,
    at: datetime,
) -> None:
    """Keep a decision; one about the same words that stood before is withdrawn, never deleted."""
    rows = session.execute(
        select(Confirmed).where(Confirmed.plan_key == key, Confirmed.withdrawn_at.is_(None))
    ).scalars()
    same = [row.id for row in rows if _same_place(row.payload, payload, decision)]
    if same:
        session.execute(update(Confirmed).where(Confirmed.id.in_(same)).values(withdrawn_at=at))
    session.add(Confirmed(id=str(uuid7(at)), plan_key=key, payload=payload, by=by, at=at, withdrawn_at=None))
    session.flush()


def _same_place(kept: dict[str, Any], payload: dict[str, Any], decision: MembersDecision | Confirmation) -> bool:
    if isinstance(decision, MembersDecision):
        return kept.get("kind") == KIND and decision_of(kept).same_place(decision)
    return all(
        kept.get(name) == payload.get(name) for name in ("kind", "measure", "number", "words", "occurrence")
    )

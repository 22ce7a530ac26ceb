"""What is doubtful in a plan: readings to be looked at, and duties that nobody has settled (存疑事项)."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lantian.ledger.models import Duty, Goal, Measure, Organisation, Plan
from lantian.loop.plan.adopting.adoption import decisions_of, source_of
from lantian.loop.plan.office import Office
from lantian.loop.plan.organisations import UNKNOWN
from lantian.science.plan_text.confirmations import apply_confirmations
from lantian.science.plan_text.payload import draft_from_payload
from lantian.science.plan_text.records import Draft
from lantian.terms.errors import CallerError
from lantian.terms.findings import Finding, Severity
from lantian.terms.words import mark

_SEEN_IN_ROWS = frozenset({"members_unsettled", "body_unknown", "measure_without_tail"})
"""Findings of the reader that the rows themselves show as well, and show until they are settled."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """One thing that a person should settle."""

    finding: Finding
    measure: str
    """Number of the measure; empty for the plan as a whole."""
    tail: int | None = None
    members: tuple[str, ...] = ()
    """For 相关县区: the bodies among whom a person chooses."""


def list_doubts(office: Office, plan_id: str) -> tuple[Doubt, ...]:
    """List the doubts of a reading, then what the duties themselves leave open, in the plan's order."""
    with office.ledger.read() as session:
        return tuple(doubts_in(session, plan_row(session, plan_id)))


def plan_row(session: Session, plan_id: str) -> Plan:
    """Return the plan with this id, or say that there is none."""
    plan = session.get(Plan, plan_id)
    if plan is None:
        raise CallerError(
            "No plan {plan_id!r} in this workspace. `lantian plan show` lists those it holds.", plan_id=plan_id
        )
    return plan


def reading_of(plan: Plan) -> Draft:
    """Return the reading that is kept with a plan, before anything was confirmed."""
    if not plan.reading:
        raise CallerError(
            "{title} was taken from the city's own plan file, not read from a document. Mend the file instead.",
            title=plan.title,
        )
    return draft_from_payload(plan.reading, source_of(plan.reading["source"]))


def doubts_in(session: Session, plan: Plan) -> Iterator[Doubt]:
    """Yield what `list_doubts` lists, within a transaction."""
    if plan.reading:
        read = apply_confirmations(reading_of(plan), decisions_of(session, plan.key).readings)
        for finding in read.findings:
            if finding.code not in _SEEN_IN_ROWS:
                yield Doubt(finding, finding.where)
    yield from _unsettled(session, plan.id)
    yield from _unknown_bodies(session, plan.id)
    yield from _nobody(session, plan.id)
    for goal in session.execute(select(Goal).where(Goal.plan_id == plan.id).order_by(Goal.order)).scalars():
        if not goal.subjects:
            yield Doubt(
                Finding(
                    "goal_without_subject", f"goal {goal.order}",
                    mark("It is not clear whom this goal is about: {title}"), evidence={"title": goal.title},
                ),
                "",
            )  # fmt: skip


def _unsettled(session: Session, plan_id: str) -> Iterator[Doubt]:
    rows = session.execute(
        select(Measure.order, Measure.number, Measure.title, Duty.tail, Duty.via, Duty.organisation_id)
        .join(Measure, Measure.id == Duty.measure_id)
        .where(Duty.plan_id == plan_id, Duty.settled.is_(False))
        .order_by(Measure.order, Duty.tail, Duty.organisation_id)
    ).all()
    tails: dict[tuple[Any, ...], list[str]] = {}
    for order, number, title, tail, via, body in rows:
        tails.setdefault((order, number, title, tail, via), []).append(body)
    for (_, number, title, tail, via), bodies in tails.items():
        finding = Finding(
            "members_unsettled", number,
            mark("Nobody has said which {n} bodies {via} means in tail {tail} of {title}."),
            evidence={"n": len(bodies), "via": via, "tail": tail, "title": title},
        )  # fmt: skip
        yield Doubt(finding, number, tail, tuple(bodies))


def _unknown_bodies(session: Session, plan_id: str) -> Iterator[Doubt]:
    rows = session.execute(
        select(Organisation.id, Organisation.name_zh, func.min(Measure.number), func.count())
        .join(Duty, Duty.organisation_id == Organisation.id)
        .join(Measure, Measure.id == Duty.measure_id)
        .where(Duty.plan_id == plan_id, Organisation.id.startswith(UNKNOWN))
        .group_by(Organisation.id, Organisation.name_zh)
        .order_by(Organisation.id)
    )
    for identifier, name, number, count in rows:
        yield Doubt(
            Finding(
                "body_not_in_directory", identifier,
                mark("{name} is not in the city's directory; its {n} duties stand under the name as written."),
                evidence={"name": name, "n": count},
            ),
            number,
        )  # fmt: skip


def _nobody(session: Session, plan_id: str) -> Iterator[Doubt]:
    busy = select(Duty.measure_id).where(Duty.plan_id == plan_id)
    rows = session.execute(
        select(Measure).where(Measure.plan_id == plan_id, Measure.id.not_in(busy)).order_by(Measure.order)
    ).scalars()
    for measure in rows:
        yield Doubt(
            Finding(
                "nobody_named", measure.number,
                mark("Nobody is named for {title}: it has no duty until a person names one."),
                Severity.INFO, evidence={"title": measure.title},
            ),
            measure.number,
        )  # fmt: skip

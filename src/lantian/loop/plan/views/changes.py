"""What changed since last month? Done, newly overdue, moved dates, steps of the ladder, reports, decisions."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from lantian.ledger.models import Duty, Entry, Escalation, Measure, Organisation, Plan, Project, Report, Task
from lantian.loop.plan.dispatch.light_case import Situation, situation_in
from lantian.loop.plan.dispatch.lights import LightWord, overdue_before
from lantian.loop.plan.office import Office
from lantian.loop.plan.queries import required_plan, rows_of
from lantian.loop.plan.rows import ESCALATION_COLUMNS, PROJECT_COLUMNS, EscalationRow, PlanRow, ProjectRow
from lantian.loop.plan.views.duty_views import DutyView, duty_views


@dataclass(frozen=True, slots=True)
class MovedDate:
    """A date that a decision moved."""

    at: datetime
    by: str
    subject: str
    """``task:<id>``, ``project:<id>`` or ``duty:<id>``."""
    title: str
    """What it is about, where the ledger still knows it; else empty."""
    before: date | None
    after: date | None


@dataclass(frozen=True, slots=True)
class NewStep:
    """A step of the ladder that was taken or lifted."""

    escalation: EscalationRow
    organisation: str
    organisation_en: str
    number: str
    title: str
    title_en: str


@dataclass(frozen=True, slots=True)
class ReportCounts:
    """How reporting on the months of a time went; a corrected report counts as one more version."""

    received: int
    accepted: int
    returned: int
    pending: int
    """Not reviewed yet."""


@dataclass(frozen=True, slots=True)
class Changes:
    """What changed between two legal days, the first included and the last not."""

    plan: PlanRow
    since: date
    until: date
    rule: str
    done: tuple[DutyView, ...]
    """At most as many as were asked for, like the next list."""
    done_count: int
    overdue: tuple[DutyView, ...]
    """Overdue at the end, and not yet at the start."""
    overdue_count: int
    projects_done: tuple[ProjectRow, ...]
    moved: tuple[MovedDate, ...]
    taken: tuple[NewStep, ...]
    lifted: tuple[NewStep, ...]
    reports: ReportCounts
    decisions: Mapping[str, int]
    """Kind of entry → how many were made; not of this plan alone."""


def changes_between(
    office: Office, since: date, until: date, *, plan_id: str | None = None, listed: int = 200
) -> Changes:
    """Show what changed from one legal day up to, and without, another.

    Parameters
    ----------
    office : Office
        Where the ledger is.
    since, until : date
        First day, and the day after the last; lights are those of `until`.
    plan_id : str, optional
        By default the plan in force.
    listed : int
        Most duties in each list.
    """
    rule = office.dispatch_rule(until)
    first, end = _start(office, since), _start(office, until)
    with office.ledger.read() as session:
        plan = required_plan(session, plan_id)
        done = (Duty.done_on >= since, Duty.done_on < until)
        at = situation_in(session, plan.id, until, rule)
        overdue = _newly_overdue(at, since)
        return Changes(
            plan,
            since,
            until,
            rule.id,
            done=duty_views(session, at, done, limit=listed),
            done_count=_count(session, plan.id, done),
            overdue=duty_views(session, at, overdue, limit=listed, nearest=True),
            overdue_count=_count(session, plan.id, overdue),
            projects_done=_projects_done(session, plan.id, since, until),
            moved=_moved(session, first, end),
            taken=_steps(session, plan.id, and_(Escalation.at >= first, Escalation.at < end)),
            lifted=_steps(session, plan.id, and_(Escalation.lifted_at >= first, Escalation.lifted_at < end)),
            reports=_reports(session, plan.id, since, until),
            decisions=_decisions(session, first, end),
        )


def month_before(month: str) -> str:
    """Return the month before ``YYYY-MM``.

    Examples
    --------
    >>> month_before("2025-01")
    '2024-12'
    """
    year, number = int(month[:4]), int(month[5:7])
    return f"{year - 1}-12" if number == 1 else f"{year}-{number - 1:02d}"


def changes_of_month(office: Office, month: str, *, plan_id: str | None = None, listed: int = 200) -> Changes:
    """Show what changed in a month, ``YYYY-MM``."""
    year, number = int(month[:4]), int(month[5:7])
    after = date(year + number // 12, number % 12 + 1, 1)
    return changes_between(office, date(year, number, 1), after, plan_id=plan_id, listed=listed)


def _start(office: Office, day: date) -> datetime:
    return datetime.combine(day, time(), office.city.zone)


def _newly_overdue(at: Situation, since: date) -> tuple[ColumnElement[bool], ...]:
    """Write what became overdue; the first three conditions let an index find the few."""
    return (
        Duty.done_on.is_(None),
        Duty.due < overdue_before(at.today, at.rule),
        Duty.due >= overdue_before(since, at.rule),
        at.has(LightWord.OVERDUE),
    )


def _count(session: Session, plan_id: str, conditions: tuple[ColumnElement[bool], ...]) -> int:
    asked = select(func.count()).select_from(Duty).where(Duty.plan_id == plan_id, *conditions)
    return session.execute(asked).scalar_one()


def _projects_done(session: Session, plan_id: str, since: date, until: date) -> tuple[ProjectRow, ...]:
    asked = (
        select(*PROJECT_COLUMNS)
        .join(Task, Task.id == Project.task_id)
        .join(Measure, Measure.id == Task.measure_id)
        .where(Task.plan_id == plan_id, Project.done_on >= since, Project.done_on < until)
        .order_by(Measure.order, Task.key, Project.number)
    )
    return tuple(rows_of(session, ProjectRow, asked))


def _steps(session: Session, plan_id: str, when: ColumnElement[bool]) -> tuple[NewStep, ...]:
    """Read the steps of a time, then the names of the few duties that they are about."""
    asked = select(*ESCALATION_COLUMNS).where(when).order_by(Escalation.at, Escalation.id)
    steps = tuple(rows_of(session, EscalationRow, asked))
    named = (
        select(
            Duty.id, Organisation.name_zh, Organisation.name_en, Measure.number, Measure.title, Measure.title_en,
            Duty.plan_id,
        )
        .join(Measure, Measure.id == Duty.measure_id)
        .join(Organisation, Organisation.id == Duty.organisation_id)
        .where(Duty.id.in_({step.duty_id for step in steps}))
    )  # fmt: skip
    names = {row[0]: tuple(row[1:6]) for row in session.execute(named) if row[6] == plan_id}
    return tuple(NewStep(step, *names[step.duty_id]) for step in steps if step.duty_id in names)


def _reports(session: Session, plan_id: str, since: date, until: date) -> ReportCounts:
    """Count the reports on the months of a time, from their index alone; those of other plans are left out."""
    first, last = f"{since:%Y-%m}", f"{until - timedelta(days=1):%Y-%m}"
    of_months = Report.month == first if first == last else Report.month.between(first, last)
    asked = select(Report.review, func.count()).where(of_months)
    others = select(Duty.id).where(Duty.plan_id.in_(select(Plan.id).where(Plan.id != plan_id)))
    if session.execute(others.limit(1)).scalar() is not None:
        asked = asked.where(Report.duty_id.not_in(others))
    asked = asked.group_by(Report.review)
    found = {row[0]: row[1] for row in session.execute(asked).all()}
    return ReportCounts(
        received=sum(found.values()),
        accepted=found.get("accepted", 0),
        returned=found.get("returned", 0),
        pending=found.get("pending", 0),
    )


def _decisions(session: Session, first: datetime, end: datetime) -> dict[str, int]:
    """Count the decisions of a time by kind."""
    asked = select(Entry.kind, func.count()).where(Entry.at >= first, Entry.at < end).group_by(Entry.kind)
    rows = session.execute(asked.order_by(Entry.kind)).all()
    return {row[0]: row[1] for row in rows}


def _moved(session: Session, first: datetime, end: datetime) -> tuple[MovedDate, ...]:
    """Read the decisions of a time that moved a date."""
    asked = (
        select(Entry)
        .where(Entry.at >= first, Entry.at < end, Entry.payload.like('%"due%'), Entry.payload.like("%before%"))
        .order_by(Entry.number)
    )
    found = []
    for entry in session.scalars(asked):
        moved = moved_in(json.loads(entry.payload))
        if moved is not None:
            title = _title(session, entry.subject)
            found.append(MovedDate(entry.at, entry.actor, entry.subject, title, *moved))
    return tuple(found)


def moved_in(payload: Mapping[str, Any]) -> tuple[date | None, date | None] | None:
    """Read the date before and after a decision from its payload, or None where it moved none.

    Examples
    --------
    >>> moved_in({"before": {"due": "2024-10-31"}, "after": {"due": "2024-12-31"}})
    (datetime.date(2024, 10, 31), datetime.date(2024, 12, 31))
    """
    before, after = payload.get("before"), payload.get("after")
    if isinstance(before, dict) and isinstance(after, dict) and ("due" in before or "due" in after):
        old, new = before.get("due"), after.get("due")
    elif "due_before" in payload:
        old, new = payload["due_before"], payload.get("due")
    else:
        return None
    if old == new:
        return None
    return (None if old is None else date.fromisoformat(old)), (None if new is None else date.fromisoformat(new))


def _title(session: Session, subject: str) -> str:
    kind, _, identifier = subject.partition(":")
    match kind:
        case "task":
            asked = select(Task.title).where(Task.id == identifier)
        case "project":
            asked = select(Project.name).where(Project.id == identifier)
        case "duty":
            asked = select(Measure.title).join(Duty, Duty.measure_id == Measure.id).where(Duty.id == identifier)
        case _:
            return ""
    return session.execute(asked).scalar() or ""

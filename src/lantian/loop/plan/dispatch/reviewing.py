"""Reports are accepted, or returned with a reason; only a review makes a duty or a task done (审核).

A duty is done on the day on which a report that claims it is accepted. A task is done when every duty that leads
it is done, or, where it is a list of projects, when all of these are; a recurring task never is. What stands of
the ladder is lifted when a duty is done.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, and_, func, select
from sqlalchemy.orm import Session

from lantian.ledger import append_entry
from lantian.ledger.models import (
    Duty,
    Escalation,
    EvidenceLink,
    Measure,
    Message,
    Organisation,
    Project,
    Report,
    RequestState,
    Task,
)
from lantian.loop.plan.office import Office
from lantian.loop.plan.organisations import lock
from lantian.loop.plan.queries import rows_of
from lantian.terms.errors import CallerError
from lantian.terms.ids import uuid7
from lantian.terms.words import mark

_PENDING: tuple[Any, ...] = (
    Report.id, Report.duty_id, Report.month, Report.version, Duty.organisation_id, Organisation.name_zh,
    Measure.number, Measure.title, Duty.role, Report.claimed, Report.share, Report.progress,
    Report.reported_at, Measure.title_en, Organisation.name_en, Report.problems,
    select(func.count())
    .where(EvidenceLink.subject == "report:" + Report.id)
    .correlate(Report)
    .scalar_subquery()
    .label("evidence"),
)  # fmt: skip
"""In the order of `PendingReport`."""
_OPEN_PROJECT = ("not_started", "under_way", "stopped")


@dataclass(frozen=True, slots=True)
class PendingReport:
    """A report that waits for its review: the newest version of its month."""

    id: str
    duty_id: str
    month: str
    version: int
    organisation_id: str
    organisation: str
    number: str
    title: str
    role: str
    claimed: str
    share: Decimal | None
    """[%]"""
    progress: str
    reported_at: datetime
    title_en: str
    organisation_en: str
    problems: str
    evidence: int
    """How many photos and papers came with it."""


@dataclass(frozen=True, slots=True)
class Held:
    """A report that was not accepted though it was asked for, and why."""

    report_id: str
    duty_id: str
    message: str
    """Message id: the reason and what to do."""
    values: dict[str, str | int]


@dataclass(frozen=True, slots=True)
class Accepted:
    """What a review brought."""

    reports: tuple[str, ...]
    duties_done: tuple[str, ...]
    tasks_done: tuple[str, ...]
    lifted: tuple[str, ...]
    """Ids of the steps of the ladder that were lifted."""
    held: tuple[Held, ...]


def list_pending(
    office: Office, *, month: str | None = None, organisation: str | None = None
) -> tuple[PendingReport, ...]:
    """List the reports that wait for a review, in the plan's order; older versions of one month are left out."""
    conditions = []
    if month is not None:
        conditions.append(Report.month == month)
    if organisation is not None:
        conditions.append(Duty.organisation_id == organisation)
    newest = (
        select(Report.duty_id, Report.month, func.max(Report.version).label("version"))
        .group_by(Report.duty_id, Report.month)
        .subquery()
    )
    asked = (
        select(*_PENDING)
        .join(
            newest,
            and_(
                newest.c.duty_id == Report.duty_id,
                newest.c.month == Report.month,
                newest.c.version == Report.version,
            ),
        )
        .join(Duty, Duty.id == Report.duty_id)
        .join(Measure, Measure.id == Duty.measure_id)
        .join(Organisation, Organisation.id == Duty.organisation_id)
        .where(Report.review == "pending", *conditions)
        .order_by(Report.month, Measure.order, Duty.tail, Duty.organisation_id, Duty.role)
    )  # fmt: skip
    with office.ledger.read() as session:
        return tuple(rows_of(session, PendingReport, asked))


def accept_reports(office: Office, report_ids: Sequence[str], *, by: str, today: date) -> Accepted:
    """Accept reports, all that can be in one decision; a claim of done makes the duty done today.

    Raises
    ------
    CallerError
        A report that does not exist, was judged already, or has a newer version.
    """
    at = office.now()
    reports, duties, tasks, lifted, held = [], [], [], [], []
    with office.ledger.write() as session:
        lock(session)
        for report, duty in _judgeable(session, report_ids):
            if report.claimed == "done" and (left := _open_projects(session, duty)):
                message = mark(
                    "{left} of its projects are not done, so the duty cannot be. Return it, or wait for the list."
                )
                held.append(Held(report.id, duty.id, message, {"left": left}))
                continue
            report.review, report.reviewed_by, report.reviewed_at = "accepted", by, at
            if duty.reported_month == report.month:
                duty.review = "accepted"
            reports.append(report.id)
            append_entry(
                session, at=at, actor=by, kind="report.accepted", subject=f"duty:{duty.id}",
                payload={"report": report.id, "month": report.month, "version": report.version},
            )  # fmt: skip
            if report.claimed == "done" and duty.done_on is None:
                duty.done_on = today
                duties.append(duty.id)
                lifted += lift_all(session, duty, because=_DONE, by=by, at=at)
                append_entry(
                    session, at=at, actor=by, kind="duty.done", subject=f"duty:{duty.id}",
                    payload={"report": report.id, "day": today},
                )  # fmt: skip
            session.flush()
            tasks += _finish_tasks(session, duty, today, by=by, at=at)
    return Accepted(tuple(reports), tuple(duties), tuple(tasks), tuple(lifted), tuple(held))


_DONE = mark("accepted as done")


def return_report(office: Office, report_id: str, *, reason: str, by: str) -> None:
    """Return a report with a reason; it stands on the body's next sheet, and a message tells it now.

    Raises
    ------
    CallerError
        No reason, or a report that does not exist, was judged already, or has a newer version.
    """
    return_reports(office, [report_id], reason=reason, by=by)


def return_reports(office: Office, report_ids: Sequence[str], *, reason: str, by: str) -> None:
    """Return several reports for one reason, all or none; see `return_report`."""
    reason, at = reason.strip(), office.now()
    if not reason:
        raise CallerError("A report is returned with a reason, or its body cannot mend it. Say what is missing.")
    with office.ledger.write() as session:
        lock(session)
        for report, duty in _judgeable(session, report_ids):
            _return(session, report, duty, reason, by=by, at=at)


def _return(session: Session, report: Report, duty: Duty, reason: str, *, by: str, at: datetime) -> None:
    report.review, report.review_reason = "returned", reason
    report.reviewed_by, report.reviewed_at = by, at
    if duty.reported_month == report.month:
        duty.review = "returned"
    session.add(
        Message(
            id=str(uuid7(at)), made_at=at, made_by="plan", kind="plan.report_returned",
            subject=f"duty:{duty.id}", state=RequestState.OPEN,
            payload={
                "organisation": duty.organisation_id, "report": report.id, "month": report.month,
                "reason": reason,
            },
        )
    )  # fmt: skip
    append_entry(
        session, at=at, actor=by, kind="report.returned", subject=f"duty:{duty.id}",
        payload={
            "report": report.id, "month": report.month, "version": report.version, "reason": reason,
        },
    )  # fmt: skip


def reopen_duty(office: Office, duty_id: str, *, reason: str, by: str) -> None:
    """Take back that a duty was done; its body is asked again from the next sheet on.

    Raises
    ------
    CallerError
        No reason, no such duty, or one that is not done.
    """
    reason, at = reason.strip(), office.now()
    if not reason:
        raise CallerError("A duty is reopened with a reason, because its body was told that it is done. Say why.")
    with office.ledger.write() as session:
        lock(session)
        duty = session.get(Duty, duty_id)
        if duty is None or duty.done_on is None:
            raise CallerError(
                "Duty {duty_id!r} is not done, so it cannot be reopened. Name one that is.", duty_id=duty_id
            )
        before, duty.done_on = duty.done_on, None
        for task in _tasks_of(session, duty):
            if task.kind != "recurring" and task.done_on is not None and duty.role in _answering(session, task):
                task.done_on = None
        session.flush()
        refresh_due(session, duty.measure_id)
        append_entry(
            session, at=at, actor=by, kind="duty.reopened", subject=f"duty:{duty.id}",
            payload={"was_done_on": before, "reason": reason},
        )  # fmt: skip


def lift_all(session: Session, duty: Duty, *, because: str, by: str, at: datetime) -> list[str]:
    """Lift every standing step of a duty within the caller's transaction; return their ids."""
    standing = select(Escalation).where(Escalation.duty_id == duty.id, Escalation.lifted_at.is_(None))
    found = list(session.scalars(standing.order_by(Escalation.at, Escalation.id)))
    for row in found:
        row.lifted_at, row.lifted_by, row.lifted_because = at, by, because
        append_entry(
            session, at=at, actor=by, kind="duty.step_lifted", subject=f"duty:{duty.id}",
            payload={"step": row.step, "escalation": row.id, "because": because},
        )  # fmt: skip
    duty.step = None
    return [row.id for row in found]


def refresh_due(session: Session, measure_id: str) -> None:
    """Set each duty's date anew: of its first task that is not done, else of its last."""
    tasks = list(session.scalars(select(Task).where(Task.measure_id == measure_id, Task.due.is_not(None))))
    for duty in session.scalars(select(Duty).where(Duty.measure_id == measure_id)):
        mine = [task for task in tasks if task.tail in (None, duty.tail) and task.due is not None]
        waiting = [task.due for task in mine if task.done_on is None and task.due is not None]
        ended = [task.due for task in mine if task.due is not None]
        due = min(waiting) if waiting else max(ended, default=None)
        if due != duty.due:
            duty.due = due


# ---------------------------------------------------------------------------------------------- inside


def _judgeable(session: Session, report_ids: Sequence[str]) -> list[tuple[Report, Duty]]:
    """Read reports that may be judged now, in the order given."""
    wanted = list(dict.fromkeys(report_ids))
    asked = select(Report, Duty).join(Duty, Duty.id == Report.duty_id).where(Report.id.in_(wanted))
    known = {report.id: (report, duty) for report, duty in session.execute(asked)}
    found = []
    for report_id in wanted:
        if report_id not in known:
            raise CallerError(
                "There is no report {report_id!r}. `lantian plan review` lists those that wait.",
                report_id=report_id,
            )
        report, duty = known[report_id]
        if report.review != "pending":
            raise CallerError(
                "Report {report_id} was {review} before. Judge the one that stands now.",
                report_id=report_id,
                review=report.review,
            )
        newest = select(func.max(Report.version)).where(
            Report.duty_id == report.duty_id, Report.month == report.month
        )
        if (version := session.execute(newest).scalar_one()) != report.version:
            raise CallerError(
                "Report {report_id} is version {mine}; its body has sent version {newest} since. Judge that one.",
                report_id=report_id,
                mine=report.version,
                newest=version,
            )
        found.append((report, duty))
    return found


def _tasks_of(session: Session, duty: Duty) -> list[Task]:
    asked = select(Task).where(Task.measure_id == duty.measure_id).order_by(Task.key)
    return [task for task in session.scalars(asked) if task.tail in (None, duty.tail)]


def _open_projects(session: Session, duty: Duty) -> int:
    """How many projects of a duty are not done: the body's own, all of them for the body that leads."""
    tasks = [task.id for task in _tasks_of(session, duty) if task.kind == "projects"]
    asked = select(func.count()).where(Project.task_id.in_(tasks), Project.state.in_(_OPEN_PROJECT))
    if duty.role != "lead":
        asked = asked.where(Project.organisation_id == duty.organisation_id)
    return int(session.execute(asked).scalar_one()) if tasks else 0


def _answering(session: Session, task: Task) -> tuple[str, ...]:
    """Role that makes a task done: leading bodies, or where none leads those that carry it out."""
    roles = set(session.scalars(_duties_of(task, ("lead", "implement")).with_only_columns(Duty.role)))
    return ("lead",) if "lead" in roles else ("implement",)


def _duties_of(task: Task, roles: Iterable[str]) -> Select[Duty]:
    asked = select(Duty).where(Duty.measure_id == task.measure_id, Duty.settled, Duty.role.in_(tuple(roles)))
    return asked if task.tail is None else asked.where(Duty.tail == task.tail)


def _finish_tasks(session: Session, duty: Duty, today: date, *, by: str, at: datetime) -> list[str]:
    """Mark the tasks that became done by this acceptance."""
    done = []
    for task in _tasks_of(session, duty):
        if task.done_on is not None or task.kind == "recurring":
            continue
        projects = list(
            session.execute(select(Project.state, Project.done_on).where(Project.task_id == task.id)).all()
        )
        standing = [row for row in projects if row.state != "dropped"]
        if standing and all(row.state == "done" for row in standing):
            day = max((row.done_on for row in standing if row.done_on is not None), default=today)
        elif standing:
            continue
        else:
            duties = list(session.scalars(_duties_of(task, _answering(session, task))))
            if not duties or any(row.done_on is None for row in duties):
                continue
            day = max(row.done_on for row in duties if row.done_on is not None)
        task.done_on = day
        done.append(task.id)
        append_entry(
            session, at=at, actor=by, kind="task.done", subject=f"task:{task.id}", payload={"day": day}
        )  # fmt: skip
    if done:
        session.flush()
        refresh_due(session, duty.measure_id)
    return done

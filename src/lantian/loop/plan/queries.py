"""What stands in the ledger about a plan? Reads that every drawer of this room shares, each a few statements."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, or_, select
from sqlalchemy.orm import Session

from lantian.ledger.models import Duty, Escalation, Measure, Organisation, Plan, Report, Task
from lantian.ledger.people import Scope
from lantian.loop.plan.office import Office
from lantian.loop.plan.rows import (
    DUTY_COLUMNS,
    ESCALATION_COLUMNS,
    EVERY_DUTY,
    MEASURE_COLUMNS,
    ORGANISATION_COLUMNS,
    PLAN_COLUMNS,
    REPORT_COLUMNS,
    ROLES,
    TASK_COLUMNS,
    DutyFilter,
    DutyRow,
    EscalationRow,
    MeasureRow,
    OrganisationRow,
    PlanRow,
    ReportRow,
    TaskRow,
)
from lantian.terms.errors import CallerError

Record = TypeVar("Record")
WHOLE_CITY = Scope(None)
"""Everybody's rows."""


def find_plan(office: Office, plan_id: str | None = None) -> PlanRow | None:
    """Return the plan with this id; without one the plan in force, else the newest draft, else None."""
    with office.ledger.read() as session:
        return plan_in(session, plan_id)


def the_plan(office: Office, plan_id: str | None = None) -> PlanRow:
    """Return the plan as `find_plan` does.

    Raises
    ------
    CallerError
        When the ledger holds none.
    """
    with office.ledger.read() as session:
        return required_plan(session, plan_id)


def plan_in(session: Session, plan_id: str | None = None) -> PlanRow | None:
    """Do what `find_plan` does within a transaction."""
    asked = select(*PLAN_COLUMNS)
    if plan_id is not None:
        asked = asked.where(Plan.id == plan_id)
    else:
        in_force = (Plan.state == "in_force").desc()
        asked = asked.where(Plan.state != "replaced").order_by(in_force, Plan.read_at.desc(), Plan.edition.desc())
    return next(rows_of(session, PlanRow, asked.limit(1)), None)


def required_plan(session: Session, plan_id: str | None = None) -> PlanRow:
    """Do what `the_plan` does within a transaction."""
    found = plan_in(session, plan_id)
    if found is not None:
        return found
    if plan_id is None:
        raise CallerError("This workspace holds no plan yet. Take one in with `lantian plan adopt`.")
    raise CallerError(
        "No plan {plan_id!r} in this workspace. `lantian plan show` lists those it holds.", plan_id=plan_id
    )


def list_plans(office: Office) -> tuple[PlanRow, ...]:
    """List every edition of every plan, newest reading first."""
    with office.ledger.read() as session:
        return tuple(rows_of(session, PlanRow, select(*PLAN_COLUMNS).order_by(Plan.read_at.desc())))


def list_measures(office: Office, plan_id: str | None = None) -> tuple[MeasureRow, ...]:
    """List a plan's measures in its order."""
    with office.ledger.read() as session:
        return measures_in(session, required_plan(session, plan_id).id)


def measures_in(session: Session, plan_id: str, *also: ColumnElement[bool]) -> tuple[MeasureRow, ...]:
    """Read a plan's measures that fulfil further conditions on `Measure`, in its order."""
    asked = select(*MEASURE_COLUMNS).where(Measure.plan_id == plan_id, *also).order_by(Measure.order)
    return tuple(rows_of(session, MeasureRow, asked))


def list_organisations(office: Office, plan_id: str | None = None) -> tuple[OrganisationRow, ...]:
    """List the bodies that have duties in a plan, in the city directory's order of ids."""
    with office.ledger.read() as session:
        return organisations_in(session, required_plan(session, plan_id).id)


def organisations_in(session: Session, plan_id: str) -> tuple[OrganisationRow, ...]:
    """Do what `list_organisations` does within a transaction."""
    busy = exists().where(Duty.plan_id == plan_id, Duty.organisation_id == Organisation.id)
    asked = select(*ORGANISATION_COLUMNS).where(busy)
    return tuple(rows_of(session, OrganisationRow, asked.order_by(Organisation.id)))


def find_organisation(office: Office, name: str) -> OrganisationRow | None:
    """Return the body with this id, name, full name or county adcode, or None."""
    with office.ledger.read() as session:
        return organisation_in(session, name)


def organisation_in(session: Session, name: str) -> OrganisationRow | None:
    """Do what `find_organisation` does within a transaction; an id goes before a name."""
    wanted = name.strip()
    named = or_(
        Organisation.id == wanted,
        Organisation.name_zh == wanted,
        Organisation.full_name_zh == wanted,
        Organisation.county == wanted,
        func.lower(Organisation.name_en) == wanted.lower(),
    )
    order = ((Organisation.id == wanted).desc(), Organisation.id)
    asked = select(*ORGANISATION_COLUMNS).where(named).order_by(*order).limit(1)
    return next(rows_of(session, OrganisationRow, asked), None)


def list_duties(
    office: Office,
    plan_id: str | None = None,
    *,
    wanted: DutyFilter = EVERY_DUTY,
    limit: int | None = None,
    offset: int = 0,
) -> tuple[DutyRow, ...]:
    """List duties in the plan's order: measure, tail, role, body.

    Parameters
    ----------
    office : Office
        Where the ledger is.
    plan_id : str, optional
        By default the plan in force.
    wanted : DutyFilter
        Which of them.
    limit, offset : int
        A page of them.
    """
    with office.ledger.read() as session:
        return duties_in(session, required_plan(session, plan_id).id, wanted=wanted, limit=limit, offset=offset)


def duties_in(
    session: Session,
    plan_id: str,
    *,
    wanted: DutyFilter = EVERY_DUTY,
    also: Iterable[ColumnElement[bool]] = (),
    limit: int | None = None,
    offset: int = 0,
    nearest: bool = False,
) -> tuple[DutyRow, ...]:
    """Do what `list_duties` does within a transaction, with further conditions; or the nearest date first.

    A page is found by ids first: only they and what decides on them have to be sorted.
    """
    asked = duties_asked(plan_id, wanted, also)
    if nearest:
        asked = asked.order_by(None).order_by(Duty.due, Duty.id)
    if limit is None and not offset:
        return tuple(rows_of(session, DutyRow, asked))
    page = session.scalars(_ids_asked(plan_id, wanted, also, nearest).limit(limit).offset(offset)).all()
    rows = rows_of(session, DutyRow, _named(select(*DUTY_COLUMNS)).where(Duty.id.in_(page)))
    found = {row.id: row for row in rows}
    return tuple(found[key] for key in page)


def duties_asked(plan_id: str, wanted: DutyFilter, also: Iterable[ColumnElement[bool]] = ()) -> Select[Any]:
    """Write the statement that reads duties: ordered, with the names around them."""
    return (
        _named(select(*DUTY_COLUMNS))
        .where(Duty.plan_id == plan_id, *duty_conditions(wanted), *also)
        .order_by(Measure.order, Duty.tail, role_place(), Duty.organisation_id)
    )


def _named(asked: Select[Any]) -> Select[Any]:
    """Join the names around a duty."""
    return asked.join(Measure, Measure.id == Duty.measure_id).join(
        Organisation, Organisation.id == Duty.organisation_id
    )


def _ids_asked(
    plan_id: str, wanted: DutyFilter, also: Iterable[ColumnElement[bool]], nearest: bool
) -> Select[Any]:
    """Write the statement that finds ids in order, with no more tables than it needs."""
    named = bool(wanted.text.strip())
    asked: Select[Any] = select(Duty.id).where(Duty.plan_id == plan_id, *duty_conditions(wanted), *also)
    if named:
        asked = asked.join(Organisation, Organisation.id == Duty.organisation_id)
    if named or wanted.measure is not None or not nearest:
        asked = asked.join(Measure, Measure.id == Duty.measure_id)
    if nearest:
        return asked.order_by(Duty.due, Duty.id)
    return asked.order_by(Measure.order, Duty.tail, role_place(), Duty.organisation_id)


def duty_conditions(wanted: DutyFilter) -> list[ColumnElement[bool]]:
    """Write a filter as conditions on `Duty`, `Measure` and `Organisation`."""
    found: list[ColumnElement[bool]] = []
    if wanted.organisation is not None:
        found.append(Duty.organisation_id == wanted.organisation)
    if wanted.measure is not None:
        found.append(or_(Measure.id == wanted.measure, Measure.number == wanted.measure))
    if wanted.role is not None:
        found.append(Duty.role == wanted.role)
    if wanted.settled is not None:
        found.append(Duty.settled.is_(wanted.settled))
    if wanted.step is not None:
        found.append(Duty.step == wanted.step)
    if wanted.due_from is not None:
        found.append(Duty.due >= wanted.due_from)
    if wanted.due_to is not None:
        found.append(Duty.due <= wanted.due_to)
    if text := wanted.text.strip():
        places = (Measure.title, Measure.title_en, Duty.words, Organisation.name_zh, Organisation.name_en)
        found.append(or_(*(column.icontains(text, autoescape=True) for column in places)))
    return found


def within(scope: Scope) -> tuple[ColumnElement[bool], ...]:
    """Write the conditions on `Duty` that let through only what somebody may see."""
    return () if scope.bodies is None else (Duty.organisation_id.in_(scope.bodies),)


def role_place() -> ColumnElement[int]:
    """Sort roles as a plan names them: lead, cooperate, implement."""
    return case({role: place for place, role in enumerate(ROLES)}, value=Duty.role, else_=len(ROLES))


def list_tasks(
    office: Office,
    plan_id: str | None = None,
    *,
    measure: str | None = None,
    kind: str | None = None,
    due_from: date | None = None,
    due_to: date | None = None,
) -> tuple[TaskRow, ...]:
    """List tasks in the plan's order, of one measure (id or number), kind or stretch of days where asked."""
    also: list[ColumnElement[bool]] = []
    if measure is not None:
        also.append(or_(Measure.id == measure, Measure.number == measure))
    if kind is not None:
        also.append(Task.kind == kind)
    if due_from is not None:
        also.append(Task.due >= due_from)
    if due_to is not None:
        also.append(Task.due <= due_to)
    with office.ledger.read() as session:
        return tasks_in(session, Task.plan_id == required_plan(session, plan_id).id, *also)


def tasks_in(session: Session, *conditions: ColumnElement[bool]) -> tuple[TaskRow, ...]:
    """Read the tasks that fulfil conditions on `Task` and `Measure`, in the plan's order."""
    asked = select(*TASK_COLUMNS).join(Measure, Measure.id == Task.measure_id).where(and_(*conditions))
    return tuple(rows_of(session, TaskRow, asked.order_by(Measure.order, Task.tail, Task.due, Task.key)))


def list_reports(office: Office, duty_id: str) -> tuple[ReportRow, ...]:
    """List every version of every report on a duty, newest first."""
    with office.ledger.read() as session:
        newest = (Report.month.desc(), Report.version.desc())
        asked = select(*REPORT_COLUMNS).where(Report.duty_id == duty_id).order_by(*newest)
        return tuple(rows_of(session, ReportRow, asked))


def last_reports_in(session: Session, *conditions: ColumnElement[bool]) -> dict[str, ReportRow]:
    """Read the newest report of each duty that fulfils conditions on `Duty`: duty id → report."""
    asked = (
        select(*REPORT_COLUMNS)
        .join(Duty, and_(Duty.id == Report.duty_id, Duty.reported_month == Report.month))
        .where(*conditions)
    )
    found: dict[str, ReportRow] = {}
    for report in rows_of(session, ReportRow, asked):
        if (known := found.get(report.duty_id)) is None or known.version < report.version:
            found[report.duty_id] = report
    return found


def list_escalations(office: Office, duty_id: str) -> tuple[EscalationRow, ...]:
    """List the steps taken for a duty, lifted ones too, oldest first."""
    with office.ledger.read() as session:
        asked = select(*ESCALATION_COLUMNS).where(Escalation.duty_id == duty_id)
        return tuple(rows_of(session, EscalationRow, asked.order_by(Escalation.at, Escalation.id)))


def standing_steps_in(session: Session, *conditions: ColumnElement[bool]) -> dict[str, EscalationRow]:
    """Read the newest standing step of each duty that fulfils conditions on `Duty`: duty id → step."""
    asked = (
        select(*ESCALATION_COLUMNS)
        .join(Duty, Duty.id == Escalation.duty_id)
        .where(Escalation.lifted_at.is_(None), Duty.step.is_not(None), *conditions)
        .order_by(Escalation.at, Escalation.id)
    )
    return {row.duty_id: row for row in rows_of(session, EscalationRow, asked)}


def rows_of(session: Session, made: Callable[..., Record], asked: Select[Any]) -> Iterator[Record]:
    """Run a statement and make one record of each row, columns in the order of its fields."""
    return (made(*row) for row in session.execute(asked))

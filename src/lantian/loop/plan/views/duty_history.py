"""Everything that happened to one duty: reports with evidence and reviews, steps, months asked for (责任档案)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from lantian.ledger.models import Duty, Escalation, Report, Sheet
from lantian.ledger.people import Scope
from lantian.loop.plan.dispatch.light_case import situation_in
from lantian.loop.plan.office import Office
from lantian.loop.plan.queries import WHOLE_CITY, duties_in, required_plan, rows_of, within
from lantian.loop.plan.rows import ESCALATION_COLUMNS, REPORT_COLUMNS, DutyRow, EscalationRow, ReportRow
from lantian.loop.plan.views.duty_views import DutyView, duty_views
from lantian.loop.plan.views.evidence import EvidenceFile, files_in


@dataclass(frozen=True, slots=True)
class Told:
    """One version of a report with its evidence and its review."""

    report: ReportRow
    files: tuple[EvidenceFile, ...]
    reviewed_by: str | None
    reviewed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Taken:
    """One step of the ladder with who took and who lifted it."""

    step: EscalationRow
    by: str
    rule: str
    """Edition of the ladder."""
    letter: str | None
    """Id of its letter's file."""
    lifted_by: str | None
    lifted_because: str | None


@dataclass(frozen=True, slots=True)
class DutyHistory:
    """One duty with all that happened to it."""

    view: DutyView
    reports: tuple[Told, ...]
    """Newest first."""
    steps: tuple[Taken, ...]
    """Newest first."""
    months: tuple[str, ...]
    """Months whose sheet went to its body, newest first: those that can be reported on."""


def show_duty_history(
    office: Office, duty_id: str, *, today: date, scope: Scope = WHOLE_CITY
) -> DutyHistory | None:
    """Show a duty with all that happened to it, or None where there is none with this id within `scope`."""
    rule = office.dispatch_rule(today)
    with office.ledger.read() as session:
        plan_id = session.execute(select(Duty.plan_id).where(Duty.id == duty_id, *within(scope))).scalar()
        if plan_id is None:
            return None
        (view,) = duty_views(session, situation_in(session, plan_id, today, rule), (Duty.id == duty_id,))
        months = select(Sheet.month).where(
            Sheet.plan_id == plan_id, Sheet.organisation_id == view.duty.organisation_id
        )
        return DutyHistory(
            view,
            _reports(session, duty_id),
            _steps(session, Escalation.duty_id == duty_id),
            tuple(session.scalars(months.order_by(Sheet.month.desc()))),
        )


def list_standing(
    office: Office, *, plan_id: str | None = None, scope: Scope = WHOLE_CITY
) -> tuple[tuple[DutyRow, Taken], ...]:
    """List the steps that stand, newest first, each with its duty."""
    with office.ledger.read() as session:
        plan = required_plan(session, plan_id)
        busy = duties_in(session, plan.id, also=(Duty.step.is_not(None), *within(scope)))
        duties = {row.id: row for row in busy}
        steps = _steps(session, Escalation.duty_id.in_(duties), Escalation.lifted_at.is_(None))
        return tuple((duties[row.step.duty_id], row) for row in steps)


def _reports(session: Session, duty_id: str) -> tuple[Told, ...]:
    asked = (
        select(*REPORT_COLUMNS, Report.reviewed_by, Report.reviewed_at)
        .where(Report.duty_id == duty_id)
        .order_by(Report.month.desc(), Report.version.desc())
    )
    rows: Sequence[Any] = session.execute(asked).all()
    width = len(REPORT_COLUMNS)
    reports = [ReportRow(*row[:width]) for row in rows]
    files = files_in(session, [f"report:{one.id}" for one in reports])
    return tuple(
        Told(one, files.get(f"report:{one.id}", ()), row[width], row[width + 1])
        for one, row in zip(reports, rows, strict=True)
    )


def _steps(session: Session, *conditions: ColumnElement[bool]) -> tuple[Taken, ...]:
    more = (
        Escalation.by, Escalation.rule, Escalation.file_id, Escalation.lifted_by, Escalation.lifted_because,
    )  # fmt: skip
    asked = (
        select(*ESCALATION_COLUMNS, *more).where(*conditions).order_by(Escalation.at.desc(), Escalation.id.desc())
    )
    width = len(ESCALATION_COLUMNS)
    return tuple(rows_of(session, lambda *row: Taken(EscalationRow(*row[:width]), *row[width:]), asked))

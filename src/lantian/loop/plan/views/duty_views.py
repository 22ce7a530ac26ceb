"""One duty as a person wants to see it: light and reason, tasks, newest report, standing step."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from lantian.ledger.models import Duty, Task
from lantian.ledger.people import Scope
from lantian.loop.plan.dispatch.light_case import Situation, situation_in
from lantian.loop.plan.dispatch.lights import Light, LightWord, overdue_before
from lantian.loop.plan.office import Office
from lantian.loop.plan.queries import (
    WHOLE_CITY,
    duties_asked,
    duties_in,
    last_reports_in,
    required_plan,
    standing_steps_in,
    tasks_in,
    within,
)
from lantian.loop.plan.rows import EVERY_DUTY, DutyFilter, DutyRow, EscalationRow, ReportRow, TaskRow

_NAMED_ONE_BY_ONE = 500
"""Up to so many duties are asked for by their ids, more by the conditions that found them."""


@dataclass(frozen=True, slots=True)
class DutyView:
    """One duty as a person wants to see it."""

    duty: DutyRow
    light: Light
    tasks: tuple[TaskRow, ...]
    """What its tail answers for, then what all tails of its measure do."""
    report: ReportRow | None
    """The newest."""
    escalation: EscalationRow | None
    """The newest standing step."""


def find_duty(office: Office, duty_id: str, *, today: date, scope: Scope = WHOLE_CITY) -> DutyView | None:
    """Show one duty, or None where the ledger holds none with this id within `scope`."""
    rule = office.dispatch_rule(today)
    with office.ledger.read() as session:
        plan_id = session.execute(select(Duty.plan_id).where(Duty.id == duty_id)).scalar()
        if plan_id is None:
            return None
        at = situation_in(session, plan_id, today, rule)
        return next(iter(duty_views(session, at, (Duty.id == duty_id, *within(scope)))), None)


def list_duty_views(
    office: Office,
    *,
    today: date,
    plan_id: str | None = None,
    wanted: DutyFilter = EVERY_DUTY,
    words: Collection[LightWord] = (),
    scope: Scope = WHOLE_CITY,
    limit: int | None = None,
    offset: int = 0,
) -> tuple[DutyView, ...]:
    """List duties with their lights, within `scope` in the plan's order; of some lights where `words` says so."""
    rule = office.dispatch_rule(today)
    with office.ledger.read() as session:
        at = situation_in(session, required_plan(session, plan_id).id, today, rule)
        also = (*within(scope), *((at.has(*words),) if words else ()))
        return duty_views(session, at, also, wanted=wanted, limit=limit, offset=offset)


def count_duties(
    office: Office,
    *,
    today: date,
    plan_id: str | None = None,
    wanted: DutyFilter = EVERY_DUTY,
    words: Collection[LightWord] = (),
    scope: Scope = WHOLE_CITY,
) -> int:
    """Count what `list_duty_views` would list without pages."""
    rule = office.dispatch_rule(today)
    with office.ledger.read() as session:
        at = situation_in(session, required_plan(session, plan_id).id, today, rule)
        also = (*within(scope), *((at.has(*words),) if words else ()))
        asked = duties_asked(at.plan_id, wanted, also).order_by(None).with_only_columns(func.count())
        return int(session.execute(asked).scalar_one())


def duty_views(
    session: Session,
    at: Situation,
    conditions: Collection[ColumnElement[bool]],
    *,
    wanted: DutyFilter = EVERY_DUTY,
    limit: int | None = None,
    offset: int = 0,
    nearest: bool = False,
) -> tuple[DutyView, ...]:
    """Read duties that fulfil conditions on `Duty`, with lights, tasks, newest reports and standing steps.

    Five statements at most, however many duties there are; with `nearest` the earliest date comes first.
    """
    plan_id = at.plan_id
    duties = duties_in(
        session, plan_id, wanted=wanted, also=conditions, limit=limit, offset=offset, nearest=nearest
    )
    if len(duties) <= _NAMED_ONE_BY_ONE:
        of_them: tuple[ColumnElement[bool], ...] = (Duty.id.in_([duty.id for duty in duties]),)
    elif wanted == EVERY_DUTY:
        of_them = (Duty.plan_id == plan_id, *conditions)
    else:
        of_them = (
            Duty.id.in_(duties_asked(plan_id, wanted, conditions).order_by(None).with_only_columns(Duty.id)),
        )
    measures = {duty.measure_id for duty in duties}
    of_tail: dict[tuple[str, int | None], list[TaskRow]] = {}
    for task in tasks_in(session, Task.plan_id == plan_id, Task.measure_id.in_(measures)) if measures else ():
        of_tail.setdefault((task.measure_id, task.tail), []).append(task)
    reports = last_reports_in(session, *of_them) if any(duty.reported_month for duty in duties) else {}
    steps = standing_steps_in(session, *of_them) if any(duty.step for duty in duties) else {}
    return tuple(
        DutyView(
            duty,
            at.light(duty),
            (*of_tail.get((duty.measure_id, duty.tail), ()), *of_tail.get((duty.measure_id, None), ())),
            reports.get(duty.id),
            steps.get(duty.id),
        )
        for duty in duties
    )


def overdue_in(session: Session, at: Situation, listed: int, *also: ColumnElement[bool]) -> tuple[DutyView, ...]:
    """List what is overdue, the longest first; the first two conditions let an index find the few."""
    early = (Duty.done_on.is_(None), Duty.due < overdue_before(at.today, at.rule))
    return duty_views(session, at, (*early, at.has(LightWord.OVERDUE), *also), limit=listed, nearest=True)


def due_soon_in(
    session: Session, at: Situation, horizon_days: int, listed: int, *also: ColumnElement[bool]
) -> tuple[DutyView, ...]:
    """List settled duties that are not done and whose date falls within the horizon, the nearest first."""
    first, last = overdue_before(at.today, at.rule), at.today + timedelta(days=horizon_days)
    near = (Duty.done_on.is_(None), Duty.due >= first, Duty.due <= last, Duty.settled.is_(True), *also)
    return duty_views(session, at, near, limit=listed, nearest=True)

"""Write a plan's content as rows, in the transaction of the command that decided it."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, exists, insert, select
from sqlalchemy.orm import Session

from lantian.ledger.models import (
    Duty,
    Goal,
    Measure,
    Milestone,
    Plan,
    Project,
    Report,
    Series,
    SeriesValue,
    Sheet,
    Task,
)
from lantian.loop.plan.adopting.contents import (
    Content,
    DutyContent,
    GoalContent,
    MeasureContent,
    TaskContent,
    first_due,
)
from lantian.terms.ids import uuid7

FRESH: Mapping[str, Any] = {
    "reported_month": None, "claimed": None, "share": None, "review": None, "done_on": None, "step": None,
}  # fmt: skip
"""Current state of a duty on which nobody has reported."""
_Rows = list[dict[str, Any]]


def write_plan(session: Session, content: Content, *, edition: int, file_id: str | None, at: datetime) -> Plan:
    """Write a new edition as a draft, without what hangs on it."""
    plan = Plan(
        id=str(uuid7(at)),
        key=content.key,
        edition=edition,
        title=content.title,
        title_en=content.title_en,
        issuer=content.issuer,
        number=content.number,
        issued_on=content.issued_on,
        year=content.year,
        origin=content.origin,
        state="draft",
        source_name=content.source_name,
        source_sha256=content.digest,
        file_id=file_id,
        reading=dict(content.reading),
        read_at=at,
        confirmed_by=None,
        confirmed_at=None,
    )
    session.add(plan)
    session.flush()
    return plan


def write_content(session: Session, plan_id: str, content: Content, at: datetime) -> None:
    """Write measures, duties, tasks, milestones, goals and series of an edition."""
    measures: _Rows = []
    duties: _Rows = []
    tasks: _Rows = []
    steps: _Rows = []
    series: _Rows = []
    for measure in content.measures:
        row = _measure_row(plan_id, measure, at)
        measures.append(row)
        for duty in measure.duties:
            duties.append(duty_row(plan_id, row["id"], duty, first_due(measure.tasks, duty.tail), at))
        for task in measure.tasks:
            tasks.append(task_row(plan_id, row["id"], task, at))
            steps.extend(_step_rows(tasks[-1]["id"], task, at))
        series.extend(_series_rows(plan_id, row["id"], measure, at))
    goals = [_goal_row(plan_id, goal, at) for goal in content.goals]
    for model, rows in (
        (Measure, measures), (Duty, duties), (Task, tasks), (Milestone, steps), (Series, series), (Goal, goals),
    ):  # fmt: skip
        if rows:
            session.execute(insert(model), rows)


def can_be_rewritten(session: Session, plan_id: str) -> bool:
    """Whether nothing hangs on a draft yet that would be lost by reading it again."""
    duties = select(Duty.id).where(Duty.plan_id == plan_id)
    tasks = select(Task.id).where(Task.plan_id == plan_id)
    series = select(Series.id).where(Series.plan_id == plan_id)
    used = [
        exists().where(Report.duty_id.in_(duties)),
        exists().where(Project.task_id.in_(tasks)),
        exists().where(SeriesValue.series_id.in_(series)),
        exists().where(Sheet.plan_id == plan_id),
        exists().where(Task.plan_id == plan_id, Task.proposed_by.is_not(None)),
    ]
    return not any(session.execute(select(one)).scalar_one() for one in used)


def erase_content(session: Session, plan_id: str) -> None:
    """Take away what was written for a draft, before it is written anew."""
    tasks = select(Task.id).where(Task.plan_id == plan_id)
    session.execute(delete(Milestone).where(Milestone.task_id.in_(tasks)))
    for model in (Task, Duty, Series, Goal, Measure):
        session.execute(delete(model).where(model.plan_id == plan_id))
    session.expire_all()


def duty_row(plan_id: str, measure_id: str, duty: DutyContent, due: date | None, at: datetime) -> dict[str, Any]:
    """Return the columns of a duty on which nobody has reported."""
    return {
        "id": str(uuid7(at)), "plan_id": plan_id, "measure_id": measure_id, "tail": duty.tail,
        "organisation_id": duty.body, "role": duty.role, "mode": duty.mode, "via": duty.via,
        "settled": duty.settled, "words": duty.words, "due": due, **FRESH,
    }  # fmt: skip


def task_row(
    plan_id: str, measure_id: str, task: TaskContent, at: datetime, proposed_by: str | None = None
) -> dict[str, Any]:
    """Return the columns of a task that is not done."""
    return {
        "id": str(uuid7(at)), "plan_id": plan_id, "measure_id": measure_id, "tail": task.tail, "key": task.key,
        "kind": task.kind, "title": task.title, "title_en": task.title_en, "start": task.start, "due": task.due,
        "every": task.every, "firm": task.firm, "comparator": task.comparator, "value": task.value,
        "unit": task.unit, "scope": task.scope, "amount": task.amount, "done_on": None,
        "proposed_by": proposed_by,
    }  # fmt: skip


def refresh_due(session: Session, measure_ids: Sequence[str]) -> None:
    """Bring the due day of every duty of some measures up to date with their tasks."""
    tasks = session.execute(select(Task).where(Task.measure_id.in_(measure_ids))).scalars().all()
    for duty in session.execute(select(Duty).where(Duty.measure_id.in_(measure_ids))).scalars():
        mine = [
            row
            for row in tasks
            if row.measure_id == duty.measure_id and row.due is not None and row.tail in (duty.tail, None)
        ]
        duty.due = _next([row.due for row in mine if row.done_on is None], min) or _next(
            [row.due for row in mine], max
        )
    session.flush()


def _next(days: Sequence[date | None], choose: Callable[[list[date]], date]) -> date | None:
    known = [day for day in days if day is not None]
    return choose(known) if known else None


def _measure_row(plan_id: str, measure: MeasureContent, at: datetime) -> dict[str, Any]:
    return {
        "id": str(uuid7(at)), "plan_id": plan_id, "order": measure.order, "number": measure.number,
        "section": measure.section, "section_title": measure.section_title,
        "section_title_en": measure.section_title_en, "title": measure.title,
        "title_en": measure.title_en, "text": measure.text,
    }  # fmt: skip


def _step_rows(task_id: str, task: TaskContent, at: datetime) -> _Rows:
    return [
        {
            "id": str(uuid7(at)), "task_id": task_id, "project_id": None, "key": step.key, "title": step.title,
            "title_en": step.title_en, "due": step.due, "done_on": None, "file_id": None,
        }
        for step in task.steps
    ]  # fmt: skip


def _series_rows(plan_id: str, measure_id: str, measure: MeasureContent, at: datetime) -> _Rows:
    return [
        {
            "id": str(uuid7(at)), "plan_id": plan_id, "measure_id": measure_id, "key": row.key, "name": row.name,
            "name_en": row.name_en, "organisation_id": row.body, "unit": row.unit, "scope": row.scope,
            "comparator": row.comparator, "target": row.target, "change": row.change,
            "baseline_year": row.baseline_year, "by": row.by, "firm": row.firm,
        }
        for row in measure.series
    ]  # fmt: skip


def _goal_row(plan_id: str, goal: GoalContent, at: datetime) -> dict[str, Any]:
    return {
        "id": str(uuid7(at)), "plan_id": plan_id, "order": goal.order, "kind": goal.kind, "title": goal.title,
        "title_en": goal.title_en, "subjects": list(goal.subjects), "metric": goal.metric,
        "comparator": goal.comparator, "value": goal.value, "unit": goal.unit, "years": list(goal.years),
        "direction": goal.direction, "baseline": goal.baseline, "change": goal.change,
    }  # fmt: skip

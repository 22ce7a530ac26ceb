"""What lives of an edition that is replaced goes on in the next: reports, steps, projects, values (版本衔接)."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Integer, func, inspect, select, update
from sqlalchemy.orm import Session

from lantian.ledger.models import (
    Duty,
    Escalation,
    Measure,
    Milestone,
    Project,
    Report,
    Series,
    SeriesValue,
    Sheet,
    Task,
)
from lantian.loop.plan.adopting.editions import Pairs, pair_editions, rows_of_edition
from lantian.loop.plan.adopting.writing import FRESH, refresh_due


def carry_over(session: Session, old_id: str, new_id: str) -> dict[str, int]:
    """Let what lives of one edition go on in another, and count what hangs on it.

    A duty, task or series that is in both keeps its id and with it its reports, steps, projects and values, so
    that a sheet that is out still fits when it comes back; the edition that is replaced keeps a copy of each as it
    stood. What has no match stays where it is.
    """
    pairs = pair_editions(session, old_id, new_id)
    _exchange(session, Duty, "tail", pairs.duties)
    _exchange(session, Task, "key", pairs.tasks)
    _exchange(session, Series, "key", pairs.series)
    _carry_projects(session, pairs.tasks)
    counts = {
        "duties": len(pairs.duties),
        "reports": _hanging(session, Report.duty_id, pairs.duties),
        "escalations": _hanging(session, Escalation.duty_id, pairs.duties),
        "projects": _hanging(session, Project.task_id, pairs.tasks),
        "values": _hanging(session, SeriesValue.series_id, pairs.series),
        "sheets": _moved_sheets(session, old_id, new_id),
    }
    session.expire_all()
    _move_proposed(session, old_id, new_id, pairs)
    refresh_due(session, [row.id for row in rows_of_edition(session, Measure, new_id)])
    return counts


_STATE = {Duty: tuple(FRESH), Task: ("done_on",), Series: ()}
"""What a row has come to, which goes on with it."""


def _exchange(session: Session, model: Any, unique: str, pairs: Mapping[str, str]) -> None:
    """Let paired rows change places: the old id stands in the new edition, the new one keeps a copy of what was.

    `unique` is the column that is set aside meanwhile, because a place can be held once only.
    """
    rows = {row.id: row for row in session.execute(select(model).where(model.id.in_(_both(pairs)))).scalars()}
    columns = [column.key for column in inspect(model).columns if column.key != "id"]
    is_number = isinstance(model.__table__.c[unique].type, Integer)
    aside: list[dict[str, Any]] = []
    living: list[dict[str, Any]] = []
    copies: list[dict[str, Any]] = []
    for place, (old, new) in enumerate(pairs.items()):
        was = {name: getattr(rows[old], name) for name in columns}
        will = {name: getattr(rows[new], name) for name in columns}
        aside.append({"id": new, unique: -place - 1 if is_number else f"aside-{place}"})
        living.append({"id": old, **will, **{name: was[name] for name in _STATE[model]}})
        copies.append({"id": new, **was})
    for step in (aside, living, copies):
        if step:
            session.execute(update(model), step)


def _both(pairs: Mapping[str, str]) -> list[str]:
    return [*pairs.keys(), *pairs.values()]


def _carry_projects(session: Session, tasks: Mapping[str, str]) -> None:
    """Give each edition its dated steps, with what was done; a draft's projects join the living list."""
    steps: dict[str, dict[str, Milestone]] = {}
    asked = select(Milestone).where(Milestone.task_id.in_(_both(tasks)), Milestone.project_id.is_(None))
    for step in session.execute(asked).scalars():
        steps.setdefault(step.task_id, {})[step.key] = step
    held = {
        (task, number)
        for task, number in session.execute(
            select(Project.task_id, Project.number).where(Project.task_id.in_(list(tasks)))
        )
    }
    for old, new in tasks.items():
        was, will = steps.get(old, {}), steps.get(new, {})
        for step in was.values():
            step.task_id = new
        for key, step in will.items():
            step.task_id = old
            if key in was:
                step.done_on, step.file_id = was[key].done_on, was[key].file_id
        for project in session.execute(select(Project).where(Project.task_id == new)).scalars():
            if (old, project.number) not in held:
                project.task_id = old
    session.flush()


def _hanging(session: Session, owner: Any, pairs: Mapping[str, str]) -> int:
    return session.execute(select(func.count()).where(owner.in_(list(pairs)))).scalar_one()


def _moved_sheets(session: Session, old_id: str, new_id: str) -> int:
    """Move the months' sheets, so that what is still out can come back."""
    standing = select(Sheet.month, Sheet.organisation_id).where(Sheet.plan_id == new_id)
    there = {(month, body) for month, body in session.execute(standing)}
    count = 0
    for sheet in session.execute(select(Sheet).where(Sheet.plan_id == old_id)).scalars():
        if (sheet.month, sheet.organisation_id) not in there:
            sheet.plan_id = new_id
            count += 1
    session.flush()
    return count


def _move_proposed(session: Session, old_id: str, new_id: str, pairs: Pairs) -> None:
    """Move tasks that other rooms proposed: no document names them."""
    for task in rows_of_edition(session, Task, old_id):
        if (
            task.proposed_by is not None
            and task.measure_id in pairs.measures
            and task.id not in pairs.tasks.values()
        ):
            task.plan_id, task.measure_id = new_id, pairs.measures[task.measure_id]
    session.flush()

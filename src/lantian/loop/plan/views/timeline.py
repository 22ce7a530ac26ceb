"""What falls due when? Tasks, milestones and projects of a plan by month, each with its state."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.orm import Session

from lantian.ledger.models import Duty, Measure, Milestone, Project, Task
from lantian.ledger.people import Scope
from lantian.loop.plan.dispatch.lights import overdue_before, soon_until
from lantian.loop.plan.office import Office
from lantian.loop.plan.queries import WHOLE_CITY, required_plan, tasks_in, within
from lantian.loop.plan.rows import PlanRow, TaskRow
from lantian.loop.plan.views.overviews import projects_within
from lantian.rules import DispatchRule


class DateState(StrEnum):
    """How a date stands."""

    DONE = "done"
    DONE_LATE = "done_late"
    OVERDUE = "overdue"
    DUE_SOON = "due_soon"
    AHEAD = "ahead"


class ItemKind(StrEnum):
    """What falls due."""

    TASK = "task"
    MILESTONE = "milestone"
    PROJECTS = "projects"


@dataclass(frozen=True, slots=True)
class TimelineItem:
    """One thing that falls due."""

    kind: ItemKind
    due: date
    """Of a list of projects: the last day of theirs in this month."""
    state: DateState
    done_on: date | None
    measure: str
    """Number of the measure."""
    measure_order: int
    title: str
    title_en: str
    total: int = 1
    """Projects that fall due; 1 for anything else."""
    done: int = 0
    """How many of them are done."""


@dataclass(frozen=True, slots=True)
class TimelineMonth:
    """One month with what falls due in it."""

    month: str
    """``YYYY-MM``."""
    items: tuple[TimelineItem, ...]
    """By day."""

    def count(self, state: DateState) -> int:
        """Count the items of one state."""
        return sum(item.state is state for item in self.items)


@dataclass(frozen=True, slots=True)
class Timeline:
    """All dates of a plan."""

    plan: PlanRow
    today: date
    rule: str
    months: tuple[TimelineMonth, ...]
    """Only those in which something falls due, in order."""
    recurring: tuple[TaskRow, ...]
    """What comes back every year or month and has no one date."""
    undated: tuple[TaskRow, ...]
    """Everything else without a date."""


def show_timeline(
    office: Office, *, today: date, plan_id: str | None = None, scope: Scope = WHOLE_CITY
) -> Timeline:
    """Show what falls due in which month, and how it stands; within `scope` what its bodies have a part in."""
    rule = office.dispatch_rule(today)
    with office.ledger.read() as session:
        plan = required_plan(session, plan_id)
        mine = _tasks_within(scope)
        tasks = tasks_in(session, Task.plan_id == plan.id, *mine)
        items = [
            *(_of_task(task, task.due, today, rule) for task in tasks if task.due is not None),
            *_milestones(session, plan.id, today, rule, mine),
            *_projects(session, plan.id, today, rule, (*mine, *projects_within(scope))),
        ]
    return Timeline(
        plan,
        today,
        rule.id,
        months_of(items),
        recurring=tuple(task for task in tasks if task.due is None and task.every is not None),
        undated=tuple(task for task in tasks if task.due is None and task.every is None),
    )


def _tasks_within(scope: Scope) -> tuple[ColumnElement[bool], ...]:
    """Write the conditions on `Task` that let through only what somebody has a part in."""
    if scope.bodies is None:
        return ()
    theirs = exists().where(
        Duty.measure_id == Task.measure_id, or_(Task.tail.is_(None), Duty.tail == Task.tail), *within(scope)
    )
    return (theirs.correlate(Task),)


def date_state(due: date, done_on: date | None, today: date, rule: DispatchRule) -> DateState:
    """Say how one date stands.

    Examples
    --------
    >>> from lantian.rules import Rulebook
    >>> rule = Rulebook.packaged().edition(DispatchRule, "dispatch", date(2024, 11, 1))
    >>> date_state(date(2024, 10, 31), None, date(2024, 11, 1), rule).value
    'overdue'
    """
    if done_on is not None:
        return DateState.DONE if done_on <= due else DateState.DONE_LATE
    if due < overdue_before(today, rule):
        return DateState.OVERDUE
    return DateState.DUE_SOON if due <= soon_until(today, rule) else DateState.AHEAD


def months_of(items: Iterable[TimelineItem]) -> tuple[TimelineMonth, ...]:
    """Sort items into months; within a month by day, measure and title."""
    found: dict[str, list[TimelineItem]] = {}
    for item in items:
        found.setdefault(f"{item.due:%Y-%m}", []).append(item)
    return tuple(TimelineMonth(month, _sorted(found[month])) for month in sorted(found))


def _sorted(items: Sequence[TimelineItem]) -> tuple[TimelineItem, ...]:
    return tuple(sorted(items, key=lambda item: (item.due, item.measure_order, item.kind, item.title)))


def _of_task(task: TaskRow, due: date, today: date, rule: DispatchRule) -> TimelineItem:
    return TimelineItem(
        ItemKind.TASK,
        due,
        date_state(due, task.done_on, today, rule),
        task.done_on,
        task.number,
        task.order,
        task.title,
        task.title_en,
        done=int(task.done_on is not None),
    )


def _milestones(
    session: Session, plan_id: str, today: date, rule: DispatchRule, mine: Sequence[ColumnElement[bool]]
) -> list[TimelineItem]:
    asked = (
        select(
            Milestone.due, Milestone.done_on, Measure.number, Measure.order, Milestone.title, Milestone.title_en
        )
        .join(Task, Task.id == Milestone.task_id)
        .join(Measure, Measure.id == Task.measure_id)
        .where(Task.plan_id == plan_id, *mine)
    )
    return [
        TimelineItem(
            ItemKind.MILESTONE,
            row.due,
            date_state(row.due, row.done_on, today, rule),
            row.done_on,
            row.number,
            row.order,
            row.title,
            row.title_en,
            done=int(row.done_on is not None),
        )
        for row in session.execute(asked)
    ]


def _projects(
    session: Session, plan_id: str, today: date, rule: DispatchRule, mine: Sequence[ColumnElement[bool]]
) -> list[TimelineItem]:
    """Bring the projects of one list that fall due in one month together."""
    asked = (
        select(
            Project.task_id, Project.due, Project.done_on, Measure.number, Measure.order, Task.title,
            Task.title_en, func.count().label("count"),
        )
        .join(Task, Task.id == Project.task_id)
        .join(Measure, Measure.id == Task.measure_id)
        .where(Task.plan_id == plan_id, Project.due.is_not(None), Project.state != "dropped", *mine)
        .group_by(
            Project.task_id, Project.due, Project.done_on, Measure.number, Measure.order, Task.title, Task.title_en
        )
    )  # fmt: skip
    lists: dict[tuple[str, str], list[tuple[TimelineItem, int]]] = {}
    for row in session.execute(asked):
        state = date_state(row.due, row.done_on, today, rule)
        item = TimelineItem(
            ItemKind.PROJECTS, row.due, state, row.done_on, row.number, row.order, row.title, row.title_en
        )
        lists.setdefault((row.task_id, f"{row.due:%Y-%m}"), []).append((item, row[7]))
    return [_one_list(parts) for parts in lists.values()]


_WORST = (DateState.OVERDUE, DateState.DUE_SOON, DateState.AHEAD, DateState.DONE_LATE, DateState.DONE)


def _one_list(parts: Sequence[tuple[TimelineItem, int]]) -> TimelineItem:
    first = parts[0][0]
    days = [item.done_on for item, _ in parts]
    finished = [day for day in days if day is not None]
    return TimelineItem(
        ItemKind.PROJECTS,
        max(item.due for item, _ in parts),
        next(state for state in _WORST if any(item.state is state for item, _ in parts)),
        max(finished) if len(finished) == len(days) else None,
        first.measure,
        first.measure_order,
        first.title,
        first.title_en,
        total=sum(count for _, count in parts),
        done=sum(count for item, count in parts if item.done_on is not None),
    )

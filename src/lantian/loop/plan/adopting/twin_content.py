"""What a document's measures take over from the city's structured plan: English titles, keys, lists, money (沿用).

Who does what and by when is always the document's word: a list of things gets the day that the document now says.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date

from lantian.loop.plan.adopting.contents import (
    GoalContent,
    MeasureContent,
    SeriesContent,
    TaskContent,
    count_word,
    plain_title,
    unique_keys,
)


def english_goal(goal: GoalContent, others: Iterable[GoalContent]) -> str:
    """Return the English title of the structured goal that says the same of the most of the same places."""
    said = (goal.metric, goal.value, goal.years, goal.direction, goal.kind)
    same = [row for row in others if (row.metric, row.value, row.years, row.direction, row.kind) == said]
    shared = [(len(set(goal.subjects) & set(row.subjects)), row.title_en) for row in same]
    most = max(shared, key=lambda pair: pair[0], default=(0, ""))
    return most[1] if most[0] and most[1] else goal.title_en


def same_measure(measure: MeasureContent, others: Iterable[MeasureContent]) -> MeasureContent | None:
    """Return the structured plan's measure of the same number and title, or None."""
    for other in others:
        if other.number == measure.number and plain_title(other.title) == plain_title(measure.title):
            return other
    return None


def taken_over(measure: MeasureContent, twin: MeasureContent | None) -> MeasureContent:
    """Take English titles, keys, lists of things and money over from the structured plan."""
    if twin is None:
        return measure
    known = {row.due for row in twin.tasks} | {date.fromisoformat(day) for day in _days_of(twin.tasks)}
    lists = [_dated_here(row, measure.tasks, known) for row in twin.tasks if row.kind == "projects"]
    money = [row for row in twin.tasks if row.kind == "money"]
    left = [row for row in twin.tasks if row.kind not in {"projects", "money"}]
    tasks: list[TaskContent] = []
    for task in measure.tasks:
        if any(_carried(task, row) for row in lists) or (
            task.kind == "money" and any(_alike(task.title, row.title) for row in money)
        ):
            continue
        other = _same_task(task, left)
        if other is not None:
            left.remove(other)
            task = replace(task, key=other.key, title=other.title, title_en=other.title_en)
        tasks.append(task)
    series = tuple(_series_taken_over(row, twin.series) for row in measure.series)
    return replace(
        measure,
        title_en=twin.title_en,
        section_title_en=twin.section_title_en,
        tasks=tuple(unique_keys([*tasks, *lists, *money])),
        series=series,
    )


def _days_of(tasks: Iterable[TaskContent]) -> Iterator[str]:
    return (word for row in tasks for word in row.covers if re.fullmatch(r"\d{4}-\d\d-\d\d", word))


def _dated_here(
    projects: TaskContent, tasks: Sequence[TaskContent], known: Collection[date | None]
) -> TaskContent:
    """Return a list with the day that this document gives it, where the structured plan's is no longer said.

    The day is that of what the list counts, else the one new day of its tail; where neither is clear, it stays.
    """
    mine = [
        row
        for row in tasks
        if row.due is not None and (projects.tail is None or row.tail in (None, projects.tail))
    ]
    if projects.due is None or projects.due in {row.due for row in mine}:
        return projects
    counted = {row.due for row in mine if row.kind == "indicator" and _carried(row, projects)}
    days = counted or {row.due for row in mine if row.kind == "deadline" and row.due not in known}
    day = next(iter(days)) if len(days) == 1 else None
    if day is None:
        return projects
    steps = tuple(replace(step, due=day) if step.due == projects.due else step for step in projects.steps)
    return replace(projects, due=day, steps=steps, covers=projects.covers | {day.isoformat()})


def _carried(task: TaskContent, projects: TaskContent) -> bool:
    """Whether a list of things already carries a day or a count of the same tail."""
    if projects.tail is not None and task.tail not in (None, projects.tail):
        return False
    if task.kind == "deadline":
        return task.due is not None and task.due.isoformat() in projects.covers
    return task.kind == "indicator" and count_word(task.value, task.unit) in projects.covers


def _same_task(task: TaskContent, others: Sequence[TaskContent]) -> TaskContent | None:
    """Find the structured plan's task that means the same: the same number and quantity, or the same day."""
    times = (task.due, task.start, task.every, task.tail)
    numbers = (task.value, task.comparator, task.unit)
    fits = [row for row in others if row.kind == task.kind]
    if task.kind != "indicator":
        return next((row for row in fits if (row.due, row.start, row.every, row.tail) == times), None)
    equal = [row for row in fits if (row.value, row.comparator, row.unit) == numbers]
    near = [row for row in equal if row.scope == task.scope and _alike(row.title, task.title)]
    return next(iter(near or equal), None)


def _series_taken_over(series: SeriesContent, others: Iterable[SeriesContent]) -> SeriesContent:
    for other in others:
        same = (series.target, series.comparator) == (other.target, other.comparator)
        if same and series.scope == other.scope and _alike(series.name, other.name):
            return replace(series, key=other.key, name_en=other.name_en)
    return series


def _alike(one: str, other: str) -> bool:
    first, second = plain_title(one), plain_title(other)
    return first in second or second in first

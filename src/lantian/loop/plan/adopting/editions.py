"""Two editions of one plan: what in them is the same, and what changed (版本比较)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lantian.ledger.models import Duty, Goal, Measure, Series, Task
from lantian.loop.plan.adopting.contents import plain_title

_ALIKE = 0.6
"""From how similar on two titles under one number are one measure."""


@dataclass(frozen=True, slots=True)
class Change:
    """One difference between an edition and the one before."""

    kind: str
    """``measure``, ``duty``, ``task`` or ``goal``, and what happened: ``duty.added``, ``task.moved`` …"""
    measure: str
    """Number and title; empty for a goal."""
    what: str
    """Id of the body with its role, key of the task, or title of the goal."""
    was: str | None
    is_now: str | None


@dataclass(frozen=True, slots=True)
class Pairs:
    """What of one edition is the same in another: old id → new id."""

    measures: Mapping[str, str]
    duties: Mapping[str, str]
    tasks: Mapping[str, str]
    series: Mapping[str, str]


def pair_editions(session: Session, old_id: str, new_id: str) -> Pairs:
    """Match measures by title and number, duties by body and role, tasks and series by key."""
    measures = _measure_pairs(rows_of_edition(session, Measure, old_id), rows_of_edition(session, Measure, new_id))
    return Pairs(
        measures,
        _duty_pairs(rows_of_edition(session, Duty, old_id), rows_of_edition(session, Duty, new_id), measures),
        _keyed_pairs(rows_of_edition(session, Task, old_id), rows_of_edition(session, Task, new_id), measures),
        {
            old.id: new.id
            for new in rows_of_edition(session, Series, new_id)
            for old in rows_of_edition(session, Series, old_id)
            if old.key == new.key
        },
    )


def difference(session: Session, old_id: str, new_id: str) -> tuple[Change, ...]:
    """List what an edition changes against another, measure by measure; empty where they say the same."""
    pairs = pair_editions(session, old_id, new_id)
    names = {row.id: f"{row.number} {row.title}" for row in rows_of_edition(session, Measure, new_id)}
    former = {row.id: f"{row.number} {row.title}" for row in rows_of_edition(session, Measure, old_id)}
    changes: list[Change] = []
    for old, new in pairs.measures.items():
        if former[old] != names[new]:
            changes.append(Change("measure.renamed", names[new], "", former[old], names[new]))
    changes += [
        Change("measure.removed", name, "", name, None) for i, name in former.items() if i not in pairs.measures
    ]
    taken = set(pairs.measures.values())
    changes += [Change("measure.added", name, "", None, name) for i, name in names.items() if i not in taken]
    changes += _duty_changes(
        rows_of_edition(session, Duty, old_id), rows_of_edition(session, Duty, new_id), pairs.duties, former, names
    )
    changes += _task_changes(
        rows_of_edition(session, Task, old_id), rows_of_edition(session, Task, new_id), pairs.tasks, former, names
    )
    changes += _goal_changes(rows_of_edition(session, Goal, old_id), rows_of_edition(session, Goal, new_id))
    return tuple(changes)


# ---------------------------------------------------------------------------------------------- matching


_ORDER: Mapping[Any, Sequence[Any]] = {
    Measure: (Measure.order,),
    Goal: (Goal.order,),
    Duty: (Measure.order, Duty.tail, Duty.role, Duty.organisation_id),
    Task: (Measure.order, Task.key),
    Series: (Measure.order, Series.key),
}


def rows_of_edition(session: Session, model: Any, plan_id: str) -> Sequence[Any]:
    """Return what an edition holds of a kind, in the order of its measures."""
    asked = select(model).where(model.plan_id == plan_id).order_by(*_ORDER[model])
    if model in (Duty, Task, Series):
        asked = asked.join(Measure, Measure.id == model.measure_id)
    return session.execute(asked).scalars().all()


def _measure_pairs(old: Sequence[Measure], new: Sequence[Measure]) -> dict[str, str]:
    """Match by number and title, then by title alone, then by number where the titles are alike."""
    pairs: dict[str, str] = {}
    taken: set[str] = set()

    def pair(same: Any) -> None:
        for one in old:
            if one.id in pairs:
                continue
            for other in new:
                if other.id not in taken and same(one, other):
                    pairs[one.id] = other.id
                    taken.add(other.id)
                    break

    def titled(one: Measure, other: Measure) -> bool:
        return plain_title(one.title) == plain_title(other.title)

    pair(lambda one, other: one.number == other.number and titled(one, other))
    pair(titled)
    pair(
        lambda one, other: (
            one.number == other.number and SequenceMatcher(None, one.title, other.title).ratio() >= _ALIKE
        )
    )
    return pairs


def _duty_pairs(old: Sequence[Duty], new: Sequence[Duty], measures: Mapping[str, str]) -> dict[str, str]:
    """Match within one measure by body, role and tail, then by body and role in the order of the tails."""
    pairs: dict[str, str] = {}
    free: dict[tuple[str, str, str], dict[int, str]] = {}
    for row in sorted(new, key=lambda one: one.tail):
        free.setdefault((row.measure_id, row.organisation_id, row.role), {})[row.tail] = row.id
    known = sorted((row for row in old if row.measure_id in measures), key=lambda one: one.tail)
    for exact in (True, False):
        for row in known:
            places = free.get((measures[row.measure_id], row.organisation_id, row.role), {})
            tail = row.tail if exact else next(iter(places), None)
            if row.id not in pairs and tail in places:
                pairs[row.id] = places.pop(tail)
    return pairs


def _keyed_pairs(old: Sequence[Task], new: Sequence[Task], measures: Mapping[str, str]) -> dict[str, str]:
    there = {(row.measure_id, row.key): row.id for row in new}
    return {
        row.id: there[measures[row.measure_id], row.key]
        for row in old
        if row.measure_id in measures and (measures[row.measure_id], row.key) in there
    }


# ---------------------------------------------------------------------------------------------- changes


def _duty_changes(
    old: Sequence[Duty],
    new: Sequence[Duty],
    pairs: Mapping[str, str],
    former: Mapping[str, str],
    names: Mapping[str, str],
) -> list[Change]:
    gone = [row for row in old if row.id not in pairs]
    taken = set(pairs.values())
    come = [row for row in new if row.id not in taken]
    return [
        *(Change("duty.removed", former[r.measure_id], r.organisation_id, r.role, None) for r in gone),
        *(Change("duty.added", names[r.measure_id], r.organisation_id, None, r.role) for r in come),
    ]


def _task_changes(
    old: Sequence[Task],
    new: Sequence[Task],
    pairs: Mapping[str, str],
    former: Mapping[str, str],
    names: Mapping[str, str],
) -> list[Change]:
    later = {row.id: row for row in new}
    changes: list[Change] = []
    for one in old:
        if one.id not in pairs:
            changes.append(Change("task.removed", former[one.measure_id], one.key, one.title, None))
            continue
        two = later.pop(pairs[one.id])
        for what, was, is_now in (
            ("task.moved", _plain(one.due), _plain(two.due)),
            ("task.value", _number(one), _number(two)),
        ):
            if was != is_now:
                changes.append(Change(what, names[two.measure_id], two.key, was, is_now))
    changes += [Change("task.added", names[r.measure_id], r.key, None, r.title) for r in later.values()]
    return changes


def _goal_changes(old: Sequence[Goal], new: Sequence[Goal]) -> list[Change]:
    def said(row: Goal) -> tuple[object, ...]:
        value = row.value.normalize() if row.value is not None else None
        how = row.direction or row.comparator
        return (row.metric, tuple(row.subjects), how, value, tuple(row.years), row.kind)

    was, are = {said(row): row for row in old}, {said(row): row for row in new}
    return [
        *(Change("goal.removed", "", row.title, row.title, None) for key, row in was.items() if key not in are),
        *(Change("goal.added", "", row.title, None, row.title) for key, row in are.items() if key not in was),
    ]


def _plain(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _number(task: Task) -> str | None:
    return (
        None if task.value is None else f"{task.comparator or ''} {task.value.normalize():f} {task.unit}".strip()
    )

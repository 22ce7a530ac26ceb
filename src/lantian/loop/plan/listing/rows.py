"""How a row of a project list is found, finished and written; shared by import and change."""

import json
import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from lantian.ledger.models import Entry, Organisation, Plan, Project, Task
from lantian.loop.plan.adopting.plan_folders import load_structured
from lantian.loop.plan.adopting.writing import refresh_due
from lantian.loop.plan.listing.checks import ListRule
from lantian.loop.plan.listing.records import FIELDS, record_of, tally_of
from lantian.loop.plan.office import Office
from lantian.loop.plan.queries import required_plan
from lantian.terms.errors import CallerError
from lantian.terms.ids import uuid7

_PLACES = 7
"""Decimals of a coordinate that are kept: about a centimetre."""
_PRIVATE = frozenset({"note", "address"})
"""Free text that may name people: the chain says that it changed, not what it says."""
NO_FIELDS: Mapping[str, Any] = {
    "kind": "", "county": None, "organisation_id": None, "address": "", "longitude": None, "latitude": None,
    "quantity": None, "state": "not_started", "start": None, "due": None, "done_on": None, "planned": None,
    "spent": None, "note": "", "number": "", "name": "",
}  # fmt: skip
_DIGITS = frozenset("0123456789")
_AFTER_NUMBERS = 10**18


def number_order(number: str) -> tuple[tuple[int, str], ...]:
    """Order numbers as people count: 2 before 10, A-2 before A-10.

    Examples
    --------
    >>> sorted(["10", "2", "A-10", "A-2"], key=number_order)
    ['2', '10', 'A-2', 'A-10']
    """
    parts = re.findall(r"[0-9]+|[^0-9]+", number)
    return tuple((int(part), "") if part[0] in _DIGITS else (_AFTER_NUMBERS, part) for part in parts)


def task_in(session: Session, task: str, plan_id: str | None = None) -> Task:
    """Return a task by its id, or by its key in a plan.

    Raises
    ------
    CallerError
        There is none, or several have the key.
    """
    found = session.get(Task, task)
    if found is not None:
        return found
    plan = required_plan(session, plan_id)
    rows = session.execute(select(Task).where(Task.plan_id == plan.id, Task.key == task)).scalars().all()
    if len(rows) == 1:
        return rows[0]
    lists = session.execute(
        select(Task.key).where(Task.plan_id == plan.id, Task.kind == "projects").order_by(Task.key)
    ).scalars()
    raise CallerError(
        "{n} tasks of {plan} have the key {task!r}. Its lists are {lists}; or name a task by its id.",
        n=len(rows), plan=plan.title, task=task, lists=", ".join(lists) or "-",
    )  # fmt: skip


def rule_of(session: Session, office: Office, task: Task) -> ListRule:
    """Return what the city's plan file says of a list; nothing where the plan is another one."""
    structured = load_structured(office.city)
    plan = session.get(Plan, task.plan_id)
    if structured is None or plan is None or structured.file.plan.key != plan.key:
        return ListRule()
    table = structured.projects(task.key)
    ring = structured.ring(table.earlier.ring) if table is not None and table.earlier is not None else None
    return ListRule(table, ring)


def offices_of(session: Session) -> dict[str, str]:
    """Return the government of each county: adcode → organisation id."""
    rows = session.execute(
        select(Organisation.county, Organisation.id).where(Organisation.kind == "county").order_by(Organisation.id)
    )
    return {str(county): str(identifier) for county, identifier in rows if county is not None}


def known_bodies(session: Session) -> frozenset[str]:
    """Return the ids of all organisations."""
    return frozenset(session.execute(select(Organisation.id)).scalars())


def finished_fields(
    rule: ListRule, task: Task, offices: Mapping[str, str], said: Mapping[str, Any]
) -> tuple[dict[str, Any], date | None]:
    """Return a project with everything that follows from what is said, and the day as it was given."""
    fields: dict[str, Any] = {name: said[name] for name in FIELDS}
    for name in ("number", "name", "kind", "address", "note"):
        fields[name] = (fields[name] or "").strip()
    for name in ("longitude", "latitude"):
        fields[name] = None if fields[name] is None else round(float(fields[name]), _PLACES)
    fields["kind"] = rule.kind_named(fields["kind"]) or fields["kind"]
    if fields["organisation_id"] is None and fields["county"] is not None:
        fields["organisation_id"] = offices.get(fields["county"])
    given = fields["due"] if fields["due"] is not None else task.due
    fields["due"] = rule.due(given, fields["longitude"], fields["latitude"])
    return fields, given


def merged_fields(before: Mapping[str, Any], said: Mapping[str, Any]) -> dict[str, Any]:
    """Put what is said over what stood; a project that moves to another county is that government's."""
    moved = "organisation_id" not in said and said.get("county", before["county"]) != before["county"]
    return {**before, **({"organisation_id": None} if moved else {}), **said}


def fields_of(row: Project) -> dict[str, Any]:
    """Return what a project says of itself."""
    return {name: getattr(row, name) for name in FIELDS}


def new_project(task_id: str, fields: Mapping[str, Any], simulated: bool, by: str, at: datetime) -> Project:
    """Return a project's first row."""
    return Project(
        id=str(uuid7(at)), task_id=task_id, simulated=simulated, revision=1, changed_at=at, changed_by=by, **fields
    )


def put_fields(row: Project, fields: Mapping[str, Any], by: str, at: datetime) -> None:
    """Put fields into a row and count the change."""
    for name in FIELDS:
        setattr(row, name, fields[name])
    row.revision += 1
    row.changed_at, row.changed_by = at, by


def told_fields(fields: Mapping[str, Any], names: Sequence[str]) -> dict[str, Any]:
    """Return values for the chain; of free text, which may name people, only that there is some."""
    return {name: bool(fields[name]) if name in _PRIVATE else fields[name] for name in names}


def check_number(session: Session, row: Project, number: str) -> None:
    """Refuse a number that another project of the list has."""
    other = select(Project.name).where(
        Project.task_id == row.task_id, Project.number == number, Project.id != row.id
    )
    name = session.execute(other).scalar()
    if name is not None:
        raise CallerError(
            "Number {number!r} is already that of {name}. Give each project a number of its own.",
            number=number, name=name,
        )  # fmt: skip


def changed_since(session: Session, row: Project, revision: int) -> str:
    """Name the fields that changed after a revision, from the chain."""
    names: set[str] = set()
    asked = select(Entry.kind, Entry.payload).where(
        or_(
            Entry.subject == f"project:{row.id}",
            (Entry.kind == "projects.imported") & (Entry.subject == f"task:{row.task_id}"),
        )
    )
    for kind, payload in session.execute(asked):
        told = json.loads(payload)
        if kind == "projects.imported":
            told = told["changed"].get(row.number, {})
        if told.get("revision", 0) > revision:
            names |= set(told["changed"] if kind == "project.reported" else told["fields"])
    return ", ".join(sorted(names)) or "-"


def bring_up_to_date(session: Session, task: Task) -> None:
    """Say whether the whole list is done: every project that counts, and as many or as much as the plan names."""
    session.flush()
    rows = [record_of(row) for row in session.execute(select(Project).where(Project.task_id == task.id)).scalars()]
    counting = [row for row in rows if row.state != "dropped"]
    days = [row.done_on for row in counting if row.done_on is not None]
    whole = tally_of("", rows, date.max)
    reached = whole.quantity_done if whole.quantity_done is not None else Decimal(whole.done)
    if len(days) < len(counting):
        task.done_on = None
    elif counting and (task.value is None or reached >= task.value):
        task.done_on = max(days)
    session.flush()
    refresh_due(session, [task.measure_id])

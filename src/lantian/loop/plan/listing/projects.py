"""Lists of projects: import row by row, change with an eye on others, count (清单化管理)."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from lantian.ledger import append_entry
from lantian.ledger.models import Project, Task
from lantian.loop.plan.listing.checks import ListRule, advice, refusals, refused
from lantian.loop.plan.listing.records import (
    FIELDS,
    ImportedProjects,
    ProjectFields,
    ProjectRecord,
    ProjectSummary,
    RefusedField,
    Tally,
    record_of,
    tally_of,
)
from lantian.loop.plan.listing.rows import (
    NO_FIELDS,
    bring_up_to_date,
    changed_since,
    check_number,
    fields_of,
    finished_fields,
    known_bodies,
    merged_fields,
    new_project,
    number_order,
    offices_of,
    put_fields,
    rule_of,
    task_in,
    told_fields,
)
from lantian.loop.plan.office import Office
from lantian.loop.plan.organisations import lock
from lantian.loop.plan.queries import required_plan
from lantian.terms.errors import CallerError
from lantian.terms.findings import Finding
from lantian.terms.words import mark


@dataclass(frozen=True, slots=True)
class ProjectFilter:
    """Which projects of a list are wanted; what is None does not matter."""

    county: str | None = None
    """adcode"""
    kind: str | None = None
    state: str | None = None
    organisation_id: str | None = None
    overdue_on: date | None = None
    """Only those whose day has passed on this day."""
    text: str | None = None
    """Part of number, name or address."""


EVERY_PROJECT = ProjectFilter()
_TWICE = mark("Two rows have this number. Give each project a number of its own.")
_STALE = mark("Somebody has changed this project since the file was written. Export the list again.")
_SEARCHED = (Project.number, Project.name, Project.address)


def import_projects(
    office: Office,
    task: str,
    rows: Sequence[ProjectFields],
    *,
    by: str,
    today: date | None = None,
    plan_id: str | None = None,
) -> ImportedProjects:
    """Bring rows of a list into the ledger; a row is known by its number, and saying the same changes nothing.

    What is wrong with a row is told beside it, and the other rows are taken. A field that a row does not name
    stays as it is. Where the plan sets an earlier date within a ring, the project is due then. A row with the
    ``revision`` that its writer saw changes nothing that somebody else has changed since.

    Parameters
    ----------
    office : Office
        The air office at its desk.
    task : str
        Id or key of the list.
    rows : sequence of ProjectFields
        What is said.
    by : str
        Who acts.
    today : date, optional
        Legal day; nothing can be done later than this.
    plan_id : str, optional
        The plan that a key belongs to; by default the one in force, else the newest draft.

    Raises
    ------
    CallerError
        There is no such list.
    """
    at, day = office.now(), today or office.today()
    with office.ledger.write() as session:
        lock(session)
        row = task_in(session, task, plan_id)
        work = _Import(session, office, row, rule_of(session, office, row), by, day)
        work.take(rows)
        if work.added or work.changed:
            bring_up_to_date(session, row)
            append_entry(
                session, at=at, actor=by, kind="projects.imported", subject=f"task:{row.id}",
                payload={"key": row.key, "added": work.added, "changed": work.changed,
                         "refused": len({one.place for one in work.refused})},
            )  # fmt: skip
    return ImportedProjects(
        row.id, tuple(work.added), tuple(work.changed), tuple(work.same), tuple(work.refused), tuple(work.findings)
    )


def update_project(
    office: Office, project_id: str, revision: int, changes: ProjectFields, *, by: str, today: date | None = None
) -> ProjectRecord:
    """Change a project, knowing it as it stood at `revision`.

    Raises
    ------
    CallerError
        There is no such project, somebody has changed it since (the message says who, when and what), or the
        change is not sound; nothing is written then.
    """
    at, day = office.now(), today or office.today()
    with office.ledger.write() as session:
        lock(session)
        row = session.get(Project, project_id)
        if row is None:
            raise CallerError("No project {id!r} in this workspace. List the projects of its task.", id=project_id)
        if row.revision != revision:
            when = row.changed_at.astimezone(office.city.zone)
            raise CallerError(
                "{by} changed {name} at {at}: {what}. You saw revision {seen}, it is now {revision}. Look at it "
                "again, then change it.",
                by=row.changed_by, name=row.name, at=f"{when:%Y-%m-%d %H:%M}",
                what=changed_since(session, row, revision), seen=revision, revision=row.revision,
            )  # fmt: skip
        task = task_in(session, row.task_id)
        before = fields_of(row)
        rule = rule_of(session, office, task)
        fields, _ = finished_fields(rule, task, offices_of(session), merged_fields(before, changes))
        for column, message in refusals(fields, rule, office.city, known_bodies(session), day):
            raise CallerError(message, column=column, value=fields[column], name=row.name)
        check_number(session, row, str(fields["number"]))
        changed = [name for name in FIELDS if fields[name] != before[name]]
        if changed:
            put_fields(row, fields, by, at)
            bring_up_to_date(session, task)
            append_entry(
                session, at=at, actor=by, kind="project.changed", subject=f"project:{row.id}",
                payload={"number": row.number, "revision": row.revision, "fields": changed,
                         "before": told_fields(before, changed), "after": told_fields(fields, changed)},
            )  # fmt: skip
        return record_of(row)


def list_projects(
    office: Office,
    task: str | None = None,
    *,
    wanted: ProjectFilter = EVERY_PROJECT,
    plan_id: str | None = None,
    limit: int | None = None,
    offset: int = 0,
) -> tuple[ProjectRecord, ...]:
    """List projects of one list, or of a whole plan, by list and number."""
    with office.ledger.read() as session:
        asked = select(Project)
        if task is not None:
            asked = asked.where(Project.task_id == task_in(session, task, plan_id).id)
        else:
            plan = required_plan(session, plan_id)
            asked = asked.where(Project.task_id.in_(select(Task.id).where(Task.plan_id == plan.id)))
        for column in ("county", "kind", "state", "organisation_id"):
            value = getattr(wanted, column)
            if value is not None:
                asked = asked.where(getattr(Project, column) == value)
        if wanted.overdue_on is not None:
            asked = asked.where(Project.due < wanted.overdue_on, Project.state.not_in(("done", "dropped")))
        if wanted.text:
            part = wanted.text.strip()
            found = [column.contains(part, autoescape=True) for column in _SEARCHED]
            asked = asked.where(or_(*found))
        rows = [record_of(row) for row in session.execute(asked).scalars()]
    rows.sort(key=lambda row: (row.task_id, number_order(row.number)))
    return tuple(rows[offset : None if limit is None else offset + limit])


def summary(office: Office, task: str, *, today: date | None = None, plan_id: str | None = None) -> ProjectSummary:
    """Count a list on a day: done, overdue, money planned and spent, by county and by kind."""
    day = today or office.today()
    with office.ledger.read() as session:
        row = task_in(session, task, plan_id)
        projects = [
            record_of(one) for one in session.execute(select(Project).where(Project.task_id == row.id)).scalars()
        ]
    return ProjectSummary(
        task_id=row.id,
        key=row.key,
        title=row.title,
        unit=row.unit,
        target=row.value,
        whole=tally_of("", projects, day),
        by_county=_tallies([one.county or "" for one in projects], projects, day),
        by_kind=_tallies([one.kind for one in projects], projects, day),
    )


def _tallies(keys: Sequence[str], projects: Sequence[ProjectRecord], day: date) -> tuple[Tally, ...]:
    return tuple(
        tally_of(key, [one for one, own in zip(projects, keys, strict=True) if own == key], day)
        for key in sorted(set(keys))
    )


class _Import:
    """One import at work."""

    def __init__(self, session: Session, office: Office, task: Task, rule: ListRule, by: str, today: date) -> None:
        self._session, self._office, self._task, self._rule = session, office, task, rule
        self._by, self._at, self._today = by, office.now(), today
        rows = session.execute(select(Project).where(Project.task_id == task.id)).scalars()
        self._standing = {row.number: row for row in rows}
        self._offices, self._bodies = offices_of(session), known_bodies(session)
        self.added: list[str] = []
        self.changed: dict[str, dict[str, Any]] = {}
        self.same: list[str] = []
        self.refused: list[RefusedField] = []
        self.findings: list[Finding] = []

    def take(self, rows: Sequence[ProjectFields]) -> None:
        """Take what is sound, tell what is not."""
        times = Counter(str(row.get("number", "")) for row in rows)
        for place, said in enumerate(rows):
            if times[str(said.get("number", ""))] > 1 and said.get("number"):
                self.refused.append(refused(place, said, "number", _TWICE))
            else:
                self._one(place, said)
        self._session.flush()

    def _one(self, place: int, said: ProjectFields) -> None:
        row = self._standing.get(str(said.get("number", "")))
        before = fields_of(row) if row is not None else dict(NO_FIELDS)
        fields, given = finished_fields(self._rule, self._task, self._offices, merged_fields(before, said))
        wrong = list(refusals(fields, self._rule, self._office.city, self._bodies, self._today))
        if wrong:
            self.refused += [refused(place, fields, column, message) for column, message in wrong]
            return
        self.findings += advice(fields, self._rule, given)
        number = str(fields["number"])
        if row is None:
            self._session.add(new_project(self._task.id, fields, self._office.simulated, self._by, self._at))
            self.added.append(number)
            return
        changed = [name for name in FIELDS if fields[name] != before[name]]
        if not changed:
            self.same.append(number)
        elif said.get("revision", row.revision) != row.revision:
            self.refused.append(refused(place, fields, "revision", _STALE))
        else:
            put_fields(row, fields, self._by, self._at)
            self.changed[number] = {"revision": row.revision, "fields": changed}

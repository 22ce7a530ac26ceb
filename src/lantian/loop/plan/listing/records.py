"""What is known of one project of a list, and how a list stands: frozen records (项目清单)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TypedDict

from lantian.ledger.models import Project
from lantian.terms.findings import Finding
from lantian.terms.words import mark

STATES: Mapping[str, str] = {
    "not_started": mark("not started"),
    "under_way": mark("under way"),
    "done": mark("done"),
    "stopped": mark("stopped"),
    "dropped": mark("dropped"),
}
"""State of a project → message id; a dropped one counts no longer."""


class ProjectFields(TypedDict, total=False):
    """What an import or a change says of a project; what it does not name stays as it is."""

    number: str
    name: str
    kind: str
    county: str | None
    """adcode"""
    organisation_id: str | None
    address: str
    longitude: float | None
    """[deg], EPSG:4490"""
    latitude: float | None
    """[deg], EPSG:4490"""
    quantity: Decimal | None
    """In the unit of the list."""
    state: str
    start: date | None
    due: date | None
    done_on: date | None
    planned: Decimal | None
    """[yuan]"""
    spent: Decimal | None
    """[yuan]"""
    note: str
    revision: int
    """As its writer saw it; without it, what somebody else changed since is not looked at."""


FIELDS: tuple[str, ...] = tuple(name for name in ProjectFields.__annotations__ if name != "revision")
"""In the order of a list's columns."""


@dataclass(frozen=True, slots=True)
class ProjectRecord:
    """One project as it stands."""

    id: str
    task_id: str
    number: str
    name: str
    kind: str
    county: str | None
    organisation_id: str | None
    address: str
    longitude: float | None
    """[deg], EPSG:4490"""
    latitude: float | None
    """[deg], EPSG:4490"""
    quantity: Decimal | None
    state: str
    start: date | None
    due: date | None
    done_on: date | None
    planned: Decimal | None
    """[yuan]"""
    spent: Decimal | None
    """[yuan]"""
    note: str
    simulated: bool
    revision: int
    changed_at: datetime
    changed_by: str

    def overdue(self, today: date) -> bool:
        """Whether its day has passed and it is neither done nor dropped."""
        return self.due is not None and self.due < today and self.state not in {"done", "dropped"}


@dataclass(frozen=True, slots=True)
class RefusedField:
    """Why a row was not taken."""

    number: str
    """Of the project; empty where the row has none."""
    column: str
    value: str
    message: str
    """Message id: what is wrong and what to do."""
    place: int | None = None
    """Place of the row among those given, from 0."""


@dataclass(frozen=True, slots=True)
class ImportedProjects:
    """What an import did; every row given is in one of the four."""

    task_id: str
    added: tuple[str, ...]
    changed: tuple[str, ...]
    unchanged: tuple[str, ...]
    """Numbers of projects."""
    refused: tuple[RefusedField, ...]
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Tally:
    """Counts of a list, or of one county's or kind's part of it."""

    key: str
    """adcode, kind, or empty for all."""
    all: int
    """Without those dropped."""
    done: int
    under_way: int
    overdue: int
    dropped: int
    quantity: Decimal | None
    """Of all that count; None where no row gives one. [unit of the list]"""
    quantity_done: Decimal | None
    planned: Decimal | None
    """[yuan]"""
    spent: Decimal | None
    """[yuan]"""


@dataclass(frozen=True, slots=True)
class ProjectSummary:
    """How a list stands on a day."""

    task_id: str
    key: str
    title: str
    unit: str
    target: Decimal | None
    """How many, or how much, the plan names. [unit]"""
    whole: Tally
    by_county: tuple[Tally, ...]
    by_kind: tuple[Tally, ...]

    @property
    def reached(self) -> Decimal:
        """How much of the target is done: the quantity where rows give one, else the number of projects."""
        measured = self.whole.quantity_done
        return Decimal(self.whole.done) if measured is None else measured


def record_of(row: Project) -> ProjectRecord:
    """Return a row of the ledger as a record."""
    names = (name for name in ProjectRecord.__dataclass_fields__)
    return ProjectRecord(**{name: getattr(row, name) for name in names})


def tally_of(key: str, rows: Iterable[ProjectRecord], today: date) -> Tally:
    """Count some projects on a day."""
    rows = list(rows)
    counting = [row for row in rows if row.state != "dropped"]
    done = [row for row in counting if row.state == "done"]
    measured = any(row.quantity is not None for row in counting)
    return Tally(
        key=key,
        all=len(counting),
        done=len(done),
        under_way=sum(row.state == "under_way" for row in counting),
        overdue=sum(row.overdue(today) for row in counting),
        dropped=len(rows) - len(counting),
        quantity=_sum([row.quantity for row in counting]) if measured else None,
        quantity_done=(_sum([row.quantity for row in done]) or Decimal(0)) if measured else None,
        planned=_sum([row.planned for row in counting]),
        spent=_sum([row.spent for row in rows]),
    )


def _sum(values: Sequence[Decimal | None]) -> Decimal | None:
    """Add what is known; None where nothing is."""
    known = [value for value in values if value is not None]
    return sum(known, Decimal(0)) if known else None

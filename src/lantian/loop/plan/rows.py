"""What the ledger says about a plan, as frozen rows; each has beside it the columns that fill it, in its order."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import InstrumentedAttribute

from lantian.ledger.models import Duty, Escalation, Goal, Measure, Organisation, Plan, Project, Report, Task

Columns = tuple[InstrumentedAttribute[Any], ...]


@dataclass(frozen=True, slots=True)
class PlanRow:
    """One edition of a plan."""

    id: str
    key: str
    edition: int
    title: str
    title_en: str
    issuer: str
    number: str
    issued_on: date | None
    year: int | None
    origin: str
    state: str
    """``draft``, ``in_force`` or ``replaced``."""
    source_name: str
    read_at: datetime
    confirmed_by: str | None
    confirmed_at: datetime | None


@dataclass(frozen=True, slots=True)
class MeasureRow:
    """One measure of a plan."""

    id: str
    plan_id: str
    order: int
    number: str
    section: str
    section_title: str
    section_title_en: str
    title: str
    title_en: str


@dataclass(frozen=True, slots=True)
class DutyRow:
    """One body's duty with the names around it and its current state."""

    id: str
    plan_id: str
    measure_id: str
    order: int
    """Place of its measure in the plan."""
    number: str
    section: str
    section_title: str
    section_title_en: str
    title: str
    title_en: str
    tail: int
    organisation_id: str
    organisation: str
    organisation_en: str
    organisation_kind: str
    county: str | None
    role: str
    mode: str
    via: str
    settled: bool
    words: str
    due: date | None
    reported_month: str | None
    claimed: str | None
    share: Decimal | None
    """[%]"""
    review: str | None
    done_on: date | None
    step: str | None


@dataclass(frozen=True, slots=True)
class TaskRow:
    """One task of a measure."""

    id: str
    plan_id: str
    measure_id: str
    order: int
    number: str
    measure_title: str
    tail: int | None
    key: str
    kind: str
    title: str
    title_en: str
    start: date | None
    due: date | None
    every: str | None
    firm: bool
    comparator: str | None
    value: Decimal | None
    unit: str
    scope: str
    amount: Decimal | None
    """[yuan]"""
    done_on: date | None


@dataclass(frozen=True, slots=True)
class ReportRow:
    """One version of what a body said of one duty for one month."""

    id: str
    duty_id: str
    month: str
    version: int
    progress: str
    share: Decimal | None
    """[%]"""
    claimed: str
    problems: str
    next_step: str
    spent: Decimal | None
    """[yuan]"""
    reported_by: str
    reported_at: datetime
    review: str
    review_reason: str | None


@dataclass(frozen=True, slots=True)
class EscalationRow:
    """One step of the ladder."""

    id: str
    duty_id: str
    step: str
    at: datetime
    reason: str
    answer_due: date
    lifted_at: datetime | None


@dataclass(frozen=True, slots=True)
class OrganisationRow:
    """One body."""

    id: str
    kind: str
    name: str
    full_name: str
    name_en: str
    county: str | None


@dataclass(frozen=True, slots=True)
class ProjectRow:
    """One project of a task's list."""

    id: str
    task_id: str
    task_title: str
    task_title_en: str
    measure_number: str
    number: str
    name: str
    kind: str
    organisation_id: str | None
    county: str | None
    quantity: Decimal | None
    """In the unit of its task."""
    state: str
    start: date | None
    due: date | None
    done_on: date | None
    planned: Decimal | None
    """[yuan]"""
    spent: Decimal | None
    """[yuan]"""
    simulated: bool


@dataclass(frozen=True, slots=True)
class GoalRow:
    """One goal of the plan as a whole."""

    id: str
    order: int
    kind: str
    title: str
    title_en: str
    subjects: list[str]
    metric: str
    comparator: str | None
    value: Decimal | None
    unit: str
    years: list[int]


@dataclass(frozen=True, slots=True)
class DutyFilter:
    """Which duties are asked for; an empty field asks for all."""

    organisation: str | None = None
    """Id of a body."""
    measure: str | None = None
    """Id or number of a measure."""
    role: str | None = None
    text: str = ""
    """Part of a title, of the words closed or of a body's name."""
    settled: bool | None = None
    step: str | None = None
    due_from: date | None = None
    due_to: date | None = None


EVERY_DUTY = DutyFilter()
ROLES: tuple[str, ...] = ("lead", "cooperate", "implement")
"""In the order in which a plan names them."""
PLAN_COLUMNS: Columns = (
    Plan.id, Plan.key, Plan.edition, Plan.title, Plan.title_en, Plan.issuer, Plan.number, Plan.issued_on,
    Plan.year, Plan.origin, Plan.state, Plan.source_name, Plan.read_at, Plan.confirmed_by, Plan.confirmed_at,
)  # fmt: skip
MEASURE_COLUMNS: Columns = (
    Measure.id, Measure.plan_id, Measure.order, Measure.number, Measure.section, Measure.section_title,
    Measure.section_title_en, Measure.title, Measure.title_en,
)  # fmt: skip
"""In the order of `MeasureRow`."""
DUTY_COLUMNS: Columns = (
    Duty.id, Duty.plan_id, Duty.measure_id, Measure.order, Measure.number, Measure.section, Measure.section_title,
    Measure.section_title_en, Measure.title, Measure.title_en, Duty.tail, Duty.organisation_id,
    Organisation.name_zh, Organisation.name_en,
    Organisation.kind, Organisation.county, Duty.role, Duty.mode, Duty.via, Duty.settled, Duty.words, Duty.due,
    Duty.reported_month, Duty.claimed, Duty.share, Duty.review, Duty.done_on, Duty.step,
)  # fmt: skip
"""In the order of `DutyRow`."""
TASK_COLUMNS: Columns = (
    Task.id, Task.plan_id, Task.measure_id, Measure.order, Measure.number, Measure.title, Task.tail, Task.key,
    Task.kind, Task.title, Task.title_en, Task.start, Task.due, Task.every, Task.firm, Task.comparator, Task.value,
    Task.unit, Task.scope, Task.amount, Task.done_on,
)  # fmt: skip
"""In the order of `TaskRow`."""
REPORT_COLUMNS: Columns = (
    Report.id, Report.duty_id, Report.month, Report.version, Report.progress, Report.share, Report.claimed,
    Report.problems, Report.next_step, Report.spent, Report.reported_by, Report.reported_at, Report.review,
    Report.review_reason,
)  # fmt: skip
"""In the order of `ReportRow`."""
ESCALATION_COLUMNS: Columns = (
    Escalation.id, Escalation.duty_id, Escalation.step, Escalation.at, Escalation.reason, Escalation.answer_due,
    Escalation.lifted_at,
)  # fmt: skip
"""In the order of `EscalationRow`."""
PROJECT_COLUMNS: Columns = (
    Project.id, Project.task_id, Task.title, Task.title_en, Measure.number, Project.number, Project.name,
    Project.kind, Project.organisation_id, Project.county, Project.quantity, Project.state, Project.start,
    Project.due, Project.done_on, Project.planned, Project.spent, Project.simulated,
)  # fmt: skip
"""In the order of `ProjectRow`."""
GOAL_COLUMNS: Columns = (
    Goal.id, Goal.order, Goal.kind, Goal.title, Goal.title_en, Goal.subjects, Goal.metric, Goal.comparator,
    Goal.value, Goal.unit, Goal.years,
)  # fmt: skip
"""In the order of `GoalRow`."""
ORGANISATION_COLUMNS: Columns = (
    Organisation.id, Organisation.kind, Organisation.name_zh, Organisation.full_name_zh, Organisation.name_en,
    Organisation.county,
)  # fmt: skip
"""In the order of `OrganisationRow`."""

"""Plan → measure → duty → task → project → milestone, and what is reported, asked for and decided about them."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from lantian.ledger.columns import ID, KEY, NAME, Yuan
from lantian.ledger.models.row import Row

_OPEN, _DONE = text("done_on IS NULL"), text("done_on IS NOT NULL")


class Plan(Row):
    """One edition of a plan document (实施方案)."""

    __tablename__ = "plans"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    key: Mapped[str] = mapped_column(KEY)
    """The same for every edition of one plan."""
    edition: Mapped[int]
    """1, 2, 3 … of one key."""
    title: Mapped[str] = mapped_column(NAME)
    title_en: Mapped[str] = mapped_column(NAME)
    issuer: Mapped[str] = mapped_column(NAME)
    number: Mapped[str] = mapped_column(NAME)
    """文号, empty where the document has none."""
    issued_on: Mapped[date | None]
    year: Mapped[int | None]
    origin: Mapped[str] = mapped_column(String(20))
    """``structured`` (the city's own plan file) or ``document``."""
    state: Mapped[str] = mapped_column(String(20))
    """``draft``, ``in_force`` or ``replaced``."""
    source_name: Mapped[str] = mapped_column(NAME)
    source_sha256: Mapped[str] = mapped_column(String(64))
    file_id: Mapped[str | None] = mapped_column(ForeignKey("files.id"))
    reading: Mapped[dict[str, Any]]
    """The whole reading (payload of the draft), with findings; empty for a structured plan."""
    read_at: Mapped[datetime]
    confirmed_by: Mapped[str | None] = mapped_column(NAME)
    confirmed_at: Mapped[datetime | None]


class Confirmed(Row):
    """A doubtful reading that a person settled; it holds for every later reading of the same plan."""

    __tablename__ = "confirmed_readings"
    __table_args__ = (Index("ix_confirmed_readings_plan_key", "plan_key"),)

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    plan_key: Mapped[str] = mapped_column(KEY)
    payload: Mapped[dict[str, Any]]
    """``confirmation_payload`` of the reader."""
    by: Mapped[str] = mapped_column(NAME)
    at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]


class Measure(Row):
    """One measure of a plan (重点任务的一条)."""

    __tablename__ = "measures"
    __table_args__ = (UniqueConstraint("plan_id", "order"),)

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    plan_id: Mapped[str] = mapped_column(ForeignKey("plans.id"), index=True)
    order: Mapped[int]
    number: Mapped[str] = mapped_column(String(20))
    section: Mapped[str] = mapped_column(String(20))
    section_title: Mapped[str] = mapped_column(NAME)
    section_title_en: Mapped[str] = mapped_column(NAME, default="")
    title: Mapped[str] = mapped_column(NAME)
    title_en: Mapped[str] = mapped_column(NAME)
    text: Mapped[str | None] = mapped_column(Text)
    """The document's words, where a document was read."""


class Duty(Row):
    """What one body has to do with one tail of a measure, in one role (责任)."""

    __tablename__ = "duties"
    __table_args__ = (
        UniqueConstraint("measure_id", "tail", "organisation_id", "role"),
        Index(
            "ix_duties_lights", "plan_id", "organisation_id", "measure_id", "role", "done_on", "settled",
            "claimed", "review", "due", "reported_month",
        ),  # all that a light looks at: a plan is counted from this index alone, in its order
        Index("ix_duties_open", "plan_id", "due", "id", sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index("ix_duties_done", "plan_id", "done_on", sqlite_where=_DONE, postgresql_where=_DONE),
    )  # fmt: skip

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    plan_id: Mapped[str] = mapped_column(ForeignKey("plans.id"))
    measure_id: Mapped[str] = mapped_column(ForeignKey("measures.id"))
    tail: Mapped[int]
    """Number of the tail within the measure, from 1; 0 for one that the plan's text does not end in a tail."""
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"), index=True)
    role: Mapped[str] = mapped_column(String(20))
    """``lead``, ``cooperate`` or ``implement``."""
    mode: Mapped[str] = mapped_column(String(20))
    """牵头, 分别负责, 负责 or 落实."""
    via: Mapped[str] = mapped_column(NAME)
    """The collective that names it (各县区人民政府); empty where it is named itself."""
    settled: Mapped[bool]
    """False: 相关县区, and nobody has yet said whether this one is meant."""
    words: Mapped[str] = mapped_column(Text)
    """What the tail closes, or the measure's title where the document's words are not held."""
    due: Mapped[date | None]
    """Day of its first task that is not done, else of its last; None where the plan gives none."""
    reported_month: Mapped[str | None] = mapped_column(String(7))
    """Month of its newest report; this and the next four are its current state, kept by who writes a report."""
    claimed: Mapped[str | None] = mapped_column(String(20))
    share: Mapped[Decimal | None]
    """[%]"""
    review: Mapped[str | None] = mapped_column(String(20))
    done_on: Mapped[date | None]
    """Day on which a review accepted it as done."""
    step: Mapped[str | None] = mapped_column(String(20))
    """Highest standing step of the escalation ladder."""


class Task(Row):
    """A thing that a measure wants done: a dated step, a number to reach, a list of projects, a standing duty."""

    __tablename__ = "tasks"
    __table_args__ = (UniqueConstraint("measure_id", "key"),)

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    plan_id: Mapped[str] = mapped_column(ForeignKey("plans.id"), index=True)
    measure_id: Mapped[str] = mapped_column(ForeignKey("measures.id"), index=True)
    tail: Mapped[int | None]
    """Which tail answers for it; None: all of the measure's."""
    key: Mapped[str] = mapped_column(KEY)
    kind: Mapped[str] = mapped_column(String(20))
    """``deadline``, ``recurring``, ``indicator``, ``projects`` or ``money``."""
    title: Mapped[str] = mapped_column(NAME)
    title_en: Mapped[str] = mapped_column(NAME)
    start: Mapped[date | None]
    due: Mapped[date | None]
    every: Mapped[str | None] = mapped_column(String(20))
    firm: Mapped[bool]
    comparator: Mapped[str | None] = mapped_column(String(20))
    value: Mapped[Decimal | None]
    unit: Mapped[str] = mapped_column(String(40))
    scope: Mapped[str] = mapped_column(NAME)
    amount: Mapped[Decimal | None] = mapped_column(Yuan)
    """[yuan]"""
    done_on: Mapped[date | None]
    proposed_by: Mapped[str | None] = mapped_column(KEY)
    """Room whose proposal it was."""


class Project(Row):
    """One plant, boiler, station, village … on a task's list (清单)."""

    __tablename__ = "projects"
    __table_args__ = (UniqueConstraint("task_id", "number"), Index("ix_projects_org", "organisation_id", "state"))

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    task_id: Mapped[str] = mapped_column(ForeignKey("tasks.id"), index=True)
    number: Mapped[str] = mapped_column(KEY)
    """Serial number or code within its list: what an import knows it by."""
    name: Mapped[str] = mapped_column(NAME)
    kind: Mapped[str] = mapped_column(KEY)
    organisation_id: Mapped[str | None] = mapped_column(ForeignKey("organisations.id"))
    """Who answers for it: a county's government, a zone or a department."""
    county: Mapped[str | None] = mapped_column(String(6))
    address: Mapped[str] = mapped_column(NAME)
    longitude: Mapped[float | None]
    """[deg], EPSG:4490"""
    latitude: Mapped[float | None]
    """[deg], EPSG:4490"""
    quantity: Mapped[Decimal | None]
    """How much of the task's unit it carries (households of a village, t/h of a boiler)."""
    state: Mapped[str] = mapped_column(String(20))
    """``not_started``, ``under_way``, ``done``, ``stopped`` or ``dropped``."""
    start: Mapped[date | None]
    due: Mapped[date | None]
    done_on: Mapped[date | None]
    planned: Mapped[Decimal | None] = mapped_column(Yuan)
    """[yuan]"""
    spent: Mapped[Decimal | None] = mapped_column(Yuan)
    """[yuan]"""
    note: Mapped[str] = mapped_column(Text)
    simulated: Mapped[bool]
    revision: Mapped[int]
    """Counts changes; a writer that saw an older one is told."""
    changed_at: Mapped[datetime]
    changed_by: Mapped[str] = mapped_column(NAME)


class Milestone(Row):
    """A dated step of a task or of one project."""

    __tablename__ = "milestones"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    task_id: Mapped[str] = mapped_column(ForeignKey("tasks.id"), index=True)
    project_id: Mapped[str | None] = mapped_column(ForeignKey("projects.id"), index=True)
    key: Mapped[str] = mapped_column(KEY)
    title: Mapped[str] = mapped_column(NAME)
    title_en: Mapped[str] = mapped_column(NAME)
    due: Mapped[date]
    done_on: Mapped[date | None]
    file_id: Mapped[str | None] = mapped_column(ForeignKey("files.id"))


class Sheet(Row):
    """One month's dispatch sheet for one body (调度表)."""

    __tablename__ = "sheets"
    __table_args__ = (UniqueConstraint("plan_id", "month", "organisation_id"),)

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    plan_id: Mapped[str] = mapped_column(ForeignKey("plans.id"))
    month: Mapped[str] = mapped_column(String(7))
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"))
    issued_at: Mapped[datetime]
    due: Mapped[date]
    received_at: Mapped[datetime | None]
    reminded_at: Mapped[datetime | None]


class Report(Row):
    """What a body reports on one duty for one month; a correction is a new version."""

    __tablename__ = "reports"
    __table_args__ = (
        UniqueConstraint("duty_id", "month", "version"),
        Index("ix_reports_month", "month", "review", "duty_id"),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    duty_id: Mapped[str] = mapped_column(ForeignKey("duties.id"))
    month: Mapped[str] = mapped_column(String(7))
    version: Mapped[int]
    progress: Mapped[str] = mapped_column(Text)
    share: Mapped[Decimal | None]
    """How much is done, 0 to 100. [%]"""
    claimed: Mapped[str] = mapped_column(String(20))
    """``not_started``, ``under_way``, ``done`` or ``difficult``."""
    problems: Mapped[str] = mapped_column(Text)
    next_step: Mapped[str] = mapped_column(Text)
    spent: Mapped[Decimal | None] = mapped_column(Yuan)
    """[yuan]"""
    reported_by: Mapped[str] = mapped_column(NAME)
    reported_at: Mapped[datetime]
    source_sha256: Mapped[str | None] = mapped_column(String(64))
    """File that it came in, if any."""
    digest: Mapped[str] = mapped_column(String(64))
    """Over its contents: the same report twice is one."""
    review: Mapped[str] = mapped_column(String(20))
    """``pending``, ``accepted`` or ``returned``."""
    review_reason: Mapped[str | None] = mapped_column(Text)
    reviewed_by: Mapped[str | None] = mapped_column(NAME)
    reviewed_at: Mapped[datetime | None]


class Escalation(Row):
    """One step of the ladder for an overdue duty: remind, notice, supervise, interview."""

    __tablename__ = "escalations"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    duty_id: Mapped[str] = mapped_column(ForeignKey("duties.id"), index=True)
    step: Mapped[str] = mapped_column(String(20))
    at: Mapped[datetime]
    by: Mapped[str] = mapped_column(NAME)
    reason: Mapped[str] = mapped_column(Text)
    answer_due: Mapped[date]
    rule: Mapped[str] = mapped_column(KEY)
    """Edition of the ladder."""
    file_id: Mapped[str | None] = mapped_column(ForeignKey("files.id"))
    lifted_at: Mapped[datetime | None]
    lifted_by: Mapped[str | None] = mapped_column(NAME)
    lifted_because: Mapped[str | None] = mapped_column(Text)


class Meeting(Row):
    """A dispatch meeting and its minutes (调度会纪要)."""

    __tablename__ = "meetings"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    plan_id: Mapped[str] = mapped_column(ForeignKey("plans.id"))
    held_on: Mapped[date]
    month: Mapped[str] = mapped_column(String(7))
    place: Mapped[str] = mapped_column(NAME)
    chair: Mapped[str] = mapped_column(NAME)
    """Office of the chair, not a person's name."""
    present: Mapped[list[Any]]
    """Ids of organisations."""
    items: Mapped[list[Any]]
    """What was decided: duty id, words, body, by when."""
    file_id: Mapped[str | None] = mapped_column(ForeignKey("files.id"))
    recorded_by: Mapped[str] = mapped_column(NAME)
    recorded_at: Mapped[datetime]


class Goal(Row):
    """A target of the plan as a whole (工作目标), judged from the evaluation tables."""

    __tablename__ = "goals"
    __table_args__ = (UniqueConstraint("plan_id", "order"),)

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    plan_id: Mapped[str] = mapped_column(ForeignKey("plans.id"), index=True)
    order: Mapped[int]
    kind: Mapped[str] = mapped_column(String(20))
    """``binding`` or ``aspirational``."""
    title: Mapped[str] = mapped_column(Text)
    title_en: Mapped[str] = mapped_column(Text)
    subjects: Mapped[list[Any]]
    """adcodes of counties or the city."""
    metric: Mapped[str] = mapped_column(KEY)
    """``pm25`` …, ``rank``, ``attainment``, ``good_day_ratio``, ``assigned``."""
    comparator: Mapped[str | None] = mapped_column(String(20))
    value: Mapped[Decimal | None]
    unit: Mapped[str] = mapped_column(String(40))
    years: Mapped[list[Any]]
    direction: Mapped[str] = mapped_column(String(20))
    baseline: Mapped[int | None]
    change: Mapped[bool]


class GoalFigure(Row):
    """A figure that people enter for a goal: what was assigned (下达), or what the province reports, ranks first.

    It belongs to every edition of a plan, since what was assigned does not change when the text is read again.
    """

    __tablename__ = "goal_figures"
    __table_args__ = (UniqueConstraint("plan_key", "kind", "subject", "metric", "period", "version"),)

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    plan_key: Mapped[str] = mapped_column(KEY)
    kind: Mapped[str] = mapped_column(String(20))
    """``assigned`` (a target) or ``reported`` (a value)."""
    subject: Mapped[str] = mapped_column(String(6))
    """adcode of a county or the city."""
    metric: Mapped[str] = mapped_column(KEY)
    """``pm25`` …, ``rank``, ``good_day_ratio``; never ``assigned``."""
    period: Mapped[str] = mapped_column(String(10))
    """2024, 2024Q3 or 2024-07; a year for what was assigned."""
    version: Mapped[int]
    comparator: Mapped[str | None] = mapped_column(String(20))
    value: Mapped[Decimal]
    out_of: Mapped[int | None]
    """How many places were ranked, for a rank."""
    unit: Mapped[str] = mapped_column(String(40))
    source: Mapped[str] = mapped_column(NAME)
    entered_by: Mapped[str] = mapped_column(NAME)
    entered_at: Mapped[datetime]
    file_id: Mapped[str | None] = mapped_column(ForeignKey("files.id"))


class Series(Row):
    """An indicator that bodies report (非化石能源消费比重 …): baseline, target and who answers."""

    __tablename__ = "series"
    __table_args__ = (UniqueConstraint("plan_id", "key"),)

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    plan_id: Mapped[str] = mapped_column(ForeignKey("plans.id"), index=True)
    measure_id: Mapped[str] = mapped_column(ForeignKey("measures.id"))
    key: Mapped[str] = mapped_column(KEY)
    name: Mapped[str] = mapped_column(NAME)
    name_en: Mapped[str] = mapped_column(NAME)
    organisation_id: Mapped[str | None] = mapped_column(ForeignKey("organisations.id"))
    unit: Mapped[str] = mapped_column(String(40))
    scope: Mapped[str] = mapped_column(NAME)
    comparator: Mapped[str] = mapped_column(String(20))
    target: Mapped[Decimal | None]
    change: Mapped[bool]
    """Whether the target is a change on the baseline. [%]"""
    baseline_year: Mapped[int | None]
    by: Mapped[date | None]
    firm: Mapped[bool]


class SeriesValue(Row):
    """One reported value of one period; a correction is a new version."""

    __tablename__ = "series_values"
    __table_args__ = (UniqueConstraint("series_id", "period", "version"),)

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    series_id: Mapped[str] = mapped_column(ForeignKey("series.id"), index=True)
    period: Mapped[str] = mapped_column(String(10))
    """2024, 2024Q3 or 2024-07."""
    version: Mapped[int]
    value: Mapped[Decimal]
    source: Mapped[str] = mapped_column(NAME)
    reported_by: Mapped[str] = mapped_column(NAME)
    reported_at: Mapped[datetime]
    file_id: Mapped[str | None] = mapped_column(ForeignKey("files.id"))


class Admission(Row):
    """One project that wants in (项目准入): what it says, what was computed, what was decided."""

    __tablename__ = "admissions"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    name: Mapped[str] = mapped_column(NAME)
    county: Mapped[str] = mapped_column(String(6))
    industry: Mapped[str] = mapped_column(KEY)
    applicant: Mapped[str] = mapped_column(NAME)
    application: Mapped[dict[str, Any]]
    rule: Mapped[str] = mapped_column(KEY)
    """Edition of the checklist."""
    outcome: Mapped[dict[str, Any]]
    """Every check with its figures, clause and verdict."""
    verdict: Mapped[str] = mapped_column(String(20))
    """``open``, ``passed``, ``refused`` or ``withdrawn``."""
    submitted_by: Mapped[str] = mapped_column(NAME)
    submitted_at: Mapped[datetime]
    decided_by: Mapped[str | None] = mapped_column(NAME)
    decided_at: Mapped[datetime | None]
    reason: Mapped[str | None] = mapped_column(Text)
    simulated: Mapped[bool]

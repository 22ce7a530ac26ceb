"""What a city's structured plan says, in the form that is written (结构化方案入账)."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal

from lantian.city.records import City
from lantian.loop.plan.adopting.contents import (
    Content,
    DutyContent,
    GoalContent,
    MeasureContent,
    Named,
    SeriesContent,
    StepContent,
    TaskContent,
    answering,
    count_word,
    duties_of,
    expanded,
    is_series,
    unique_keys,
)
from lantian.loop.plan.adopting.goal_content import with_english
from lantian.loop.plan.adopting.plan_file import (
    DeadlineTable,
    IndicatorTable,
    MeasureTable,
    PlanFile,
    ProjectsTable,
    SectionTable,
    TailTable,
    TargetTable,
)
from lantian.science.plan_text.records import IndicatorKind, When


def content_of_structured(file: PlanFile, city: City, digest: str) -> Content:
    """Return what a plan file says in the form that is written.

    Parameters
    ----------
    file : PlanFile
        As read and checked.
    city : City
        Whose directory names the bodies.
    digest : str
        SHA-256 of what the file says.
    """
    unknown: dict[str, str] = {}
    sections = {row.label: row for row in file.sections}
    issuer = expanded(city, file.plan.issuer)
    return Content(
        key=file.plan.key,
        title=file.plan.title,
        title_en=file.plan.title_en,
        issuer=city.body(issuer.bodies[0]).full_name if issuer else file.plan.issuer,
        number=file.plan.number,
        issued_on=file.plan.issued_on,
        year=file.plan.year,
        origin="structured",
        source_name="plan.toml",
        digest=digest,
        measures=tuple(
            _measure(order, row, sections.get(row.section), city, unknown)
            for order, row in enumerate(file.measures, start=1)
        ),
        goals=tuple(_goal(order, row, city) for order, row in enumerate(file.targets, start=1)),
        unknown=unknown,
    )


def _measure(
    order: int, table: MeasureTable, section: SectionTable | None, city: City, unknown: dict[str, str]
) -> MeasureContent:
    duties = tuple(
        duty
        for number, tail in enumerate(table.tails, start=1)
        for duty in duties_of(number, tail.mode, table.title, _names(tail, city), unknown)
    )
    return MeasureContent(
        order=order,
        number=str(table.number),
        section=table.section,
        section_title=section.title if section else "",
        section_title_en=section.title_en if section else "",
        title=table.title,
        title_en=table.title_en,
        text=None,
        duties=duties,
        tasks=tuple(unique_keys(_tasks(table))),
        series=tuple(_series(table, duties)),
    )


def _names(tail: TailTable, city: City) -> Iterator[Named]:
    for role, body in tail.bodies():
        meant = expanded(city, body)
        yield replace(meant, role=role) if meant is not None else Named(role, body, ())


def _tasks(table: MeasureTable) -> Iterator[TaskContent]:
    """List what is to be done: a list of things stands for its counts, a number for its day."""
    listed = {row.key for row in table.projects} | {kind.key for row in table.projects for kind in row.kinds}
    numbers = [row for row in table.indicators if row.kind is not IndicatorKind.CONDITION]
    promised = [row for row in numbers if row.key not in listed]
    dated = {(row.tail, row.by) for row in numbers if row.by is not None}
    stepped = {(row.tail, day) for row in table.projects for day in _step_days(row)}
    named = {row.key for row in promised} | {row.key for row in table.projects}
    for deadline in table.deadlines:
        day = (deadline.tail, deadline.date_)
        carried = day in stepped or deadline.key in named
        if not carried and not (day in dated and deadline.kind in {When.BY, When.IN}):
            yield _deadline_task(deadline)
    for indicator in promised:
        yield _indicator_task(indicator)
    for projects in table.projects:
        yield _projects_task(projects, table.indicators, table.deadlines)
    for money in table.money:
        yield TaskContent(
            key=money.key, kind="money", title=money.title, title_en=money.title_en, tail=money.tail,
            scope=money.form, amount=money.amount,
        )  # fmt: skip


def _step_days(projects: ProjectsTable) -> frozenset[date]:
    """Days that a list already carries as steps of its things."""
    days = {row.due for row in projects.steps}
    return frozenset(days | {projects.earlier.due} if projects.earlier else days)


def _deadline_task(table: DeadlineTable) -> TaskContent:
    recurring, starts = table.kind is When.RECURRING, table.kind is When.START
    return TaskContent(
        key=table.key,
        kind="recurring" if recurring else "deadline",
        title=table.what,
        title_en=table.what_en,
        tail=table.tail,
        start=(table.start or table.date_) if starts else None,
        due=None if recurring or starts else table.date_,
        every=table.every,
        firm=table.firm,
    )


def _indicator_task(table: IndicatorTable) -> TaskContent:
    return TaskContent(
        key=table.key, kind="indicator", title=table.what, title_en=table.what_en, tail=table.tail, due=table.by,
        firm=table.firm, comparator=str(table.comparator), value=table.value, unit=table.unit, scope=table.scope,
    )  # fmt: skip


def _projects_task(
    table: ProjectsTable, indicators: Iterable[IndicatorTable], deadlines: Iterable[DeadlineTable]
) -> TaskContent:
    mine = {table.key, *(kind.key for kind in table.kinds)}
    counts = {count_word(row.value, row.unit) for row in indicators if row.key in mine}
    days = {*_step_days(table), *(row.date_ for row in deadlines if row.key == table.key)}
    return TaskContent(
        key=table.key,
        kind="projects",
        title=table.title,
        title_en=table.title_en,
        tail=table.tail,
        due=table.due,
        firm=table.firm,
        comparator="=" if table.count is not None else None,
        value=None if table.count is None else Decimal(table.count),
        unit=table.unit,
        steps=tuple(StepContent(row.key, row.title, row.title_en, row.due) for row in table.steps),
        covers=frozenset(counts | {day.isoformat() for day in days if day is not None}),
    )


def _series(table: MeasureTable, duties: tuple[DutyContent, ...]) -> Iterator[SeriesContent]:
    for row in table.indicators:
        if is_series(row.kind, row.comparator, row.unit, change=row.change):
            yield SeriesContent(
                key=row.key, name=row.what, name_en=row.what_en, body=answering(duties, row.tail), unit=row.unit,
                scope=row.scope, comparator=str(row.comparator), target=row.value, change=row.change,
                baseline_year=row.baseline, by=row.by, firm=row.firm,
            )  # fmt: skip


def _goal(order: int, table: TargetTable, city: City) -> GoalContent:
    subjects = tuple(city.adcode if code == "city" else code for code in table.subjects)
    goal = GoalContent(
        order=order,
        kind=str(table.kind),
        title=table.title,
        title_en=table.title_en,
        subjects=tuple(code for code in subjects if code not in table.except_subjects),
        metric=table.metric,
        comparator=str(table.comparator) if table.comparator else None,
        value=table.value,
        unit=table.unit,
        years=table.years,
        direction=table.direction,
        baseline=table.baseline,
        change=table.change,
    )
    return with_english(goal, city)

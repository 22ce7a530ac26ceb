"""How does it stand: for one body, one county, one measure, the whole plan? Views as data, pages come later.

Every duty is shown with its light, the word and the reason for it; counts are made by the database.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from lantian.ledger.models import Duty, Goal, Measure, Organisation, Project, Task
from lantian.ledger.people import Scope
from lantian.loop.plan.dispatch.light_case import Situation, situation_in
from lantian.loop.plan.office import Office
from lantian.loop.plan.queries import (
    WHOLE_CITY,
    measures_in,
    organisation_in,
    required_plan,
    rows_of,
    tasks_in,
    within,
)
from lantian.loop.plan.rows import (
    GOAL_COLUMNS,
    ORGANISATION_COLUMNS,
    PROJECT_COLUMNS,
    GoalRow,
    MeasureRow,
    OrganisationRow,
    PlanRow,
    ProjectRow,
    TaskRow,
)
from lantian.loop.plan.views.duty_views import DutyView, due_soon_in, duty_views, overdue_in
from lantian.loop.plan.views.tallies import (
    NONE_COUNTED,
    Counted,
    Counts,
    LightCells,
    count_lights,
    light_cells,
    sums,
    total_of,
)
from lantian.terms.errors import CallerError


@dataclass(frozen=True, slots=True)
class BodyView:
    """Everything that one body has to do."""

    plan: PlanRow
    organisation: OrganisationRow
    today: date
    rule: str
    """Edition of the dispatch rule."""
    asked_month: str | None
    duties: tuple[DutyView, ...]
    counts: Counts


@dataclass(frozen=True, slots=True)
class CountyView:
    """One county: what its government and its zones have to do, its projects, and the goals about it."""

    adcode: str
    name: str
    name_en: str
    bodies: tuple[BodyView, ...]
    projects: tuple[ProjectRow, ...]
    goals: tuple[GoalRow, ...]


@dataclass(frozen=True, slots=True)
class MeasureView:
    """One measure with all its duties, tasks and projects."""

    plan: PlanRow
    measure: MeasureRow
    duties: tuple[DutyView, ...]
    """At most as many as were asked for."""
    tasks: tuple[TaskRow, ...]
    projects: tuple[ProjectRow, ...]
    counts: Counts
    """Of all its duties."""


@dataclass(frozen=True, slots=True)
class Overview:
    """The whole plan on one day."""

    plan: PlanRow
    today: date
    rule: str
    horizon_days: int
    """[d]"""
    counts: Counts
    sections: tuple[Counted, ...]
    measures: tuple[Counted, ...]
    bodies: tuple[Counted, ...]
    overdue: tuple[DutyView, ...]
    """The longest overdue first, at most as many as were asked for."""
    due_soon: tuple[DutyView, ...]
    """Open duties whose date falls within the horizon, the nearest first."""


def view_body(
    office: Office, name: str, *, today: date, plan_id: str | None = None, scope: Scope = WHOLE_CITY
) -> BodyView:
    """Show all duties of one body, given by id, name or (a county's government) adcode.

    Raises
    ------
    CallerError
        When there is no plan, or no such body within `scope`.
    """
    rule = office.dispatch_rule(today)
    with office.ledger.read() as session:
        plan = required_plan(session, plan_id)
        found = organisation_in(session, name)
        if found is None or not scope.covers(found.id):
            raise CallerError(
                "No body {name!r} in this plan. `lantian plan status` lists the bodies that have duties.",
                name=name,
            )
        return _body(session, plan, found, situation_in(session, plan.id, today, rule))


def view_county(office: Office, adcode: str, *, today: date, plan_id: str | None = None) -> CountyView:
    """Show what one county has to do: duties of its government, its projects and the goals about it.

    Raises
    ------
    CallerError
        When the city has no such county, or there is no plan.
    """
    county = next((row for row in office.city.counties if adcode in {row.adcode, row.name_zh, row.name_en}), None)
    if county is None:
        raise CallerError(
            "{adcode!r} is no county of {name}. Name one by its code or name: {known}.",
            adcode=adcode,
            name=office.city.name_zh,
            known=", ".join(f"{row.adcode} {row.name_zh}" for row in office.city.counties),
        )
    rule = office.dispatch_rule(today)
    with office.ledger.read() as session:
        plan = required_plan(session, plan_id)
        asked = select(*ORGANISATION_COLUMNS).where(Organisation.county == county.adcode).order_by(Organisation.id)
        bodies = tuple(rows_of(session, OrganisationRow, asked))
        at = situation_in(session, plan.id, today, rule)
        goals = rows_of(
            session, GoalRow, select(*GOAL_COLUMNS).where(Goal.plan_id == plan.id).order_by(Goal.order)
        )
        return CountyView(
            county.adcode,
            county.name_zh,
            county.name_en,
            bodies=tuple(_body(session, plan, body, at) for body in bodies),
            projects=projects_in(session, Task.plan_id == plan.id, Project.county == county.adcode),
            goals=tuple(goal for goal in goals if county.adcode in goal.subjects),
        )


def view_measure(
    office: Office,
    number: str,
    *,
    today: date,
    plan_id: str | None = None,
    scope: Scope = WHOLE_CITY,
    listed: int = 200,
    offset: int = 0,
) -> MeasureView:
    """Show one measure, given by its number or id, with a page of its duties and the counts of all within `scope`.

    Raises
    ------
    CallerError
        When there is no plan, or no such measure.
    """
    rule = office.dispatch_rule(today)
    with office.ledger.read() as session:
        plan = required_plan(session, plan_id)
        named = (Measure.id == number) | (Measure.number == number)
        row = next(iter(measures_in(session, plan.id, named)), None)
        if row is None:
            raise CallerError(
                "The plan has no measure {number!r}. `lantian plan show` lists its measures.", number=number
            )
        mine = (Duty.measure_id == row.id, *within(scope))
        at = situation_in(session, plan.id, today, rule)
        cells = light_cells(session, at, *mine)
        return MeasureView(
            plan,
            row,
            duties=duty_views(session, at, mine, limit=listed, offset=offset),
            tasks=tasks_in(session, Task.measure_id == row.id),
            projects=projects_in(session, Task.measure_id == row.id, *projects_within(scope)),
            counts=total_of(cells),
        )


def view_plan(
    office: Office,
    *,
    today: date,
    plan_id: str | None = None,
    scope: Scope = WHOLE_CITY,
    horizon_days: int | None = None,
    listed: int = 200,
) -> Overview:
    """Show the whole plan: counts per light, section, measure and body; what is overdue and what is due soon.

    Parameters
    ----------
    office : Office
        Where the ledger is.
    today : date
        Legal day on which it is asked.
    plan_id : str, optional
        By default the plan in force.
    scope : Scope
        Whose duties are counted and listed.
    horizon_days : int, optional
        How far ahead “due soon” looks; by default as the dispatch rule says. [d]
    listed : int
        Most duties in each of the two lists.
    """
    rule = office.dispatch_rule(today)
    horizon = rule.due_soon_days if horizon_days is None else horizon_days
    with office.ledger.read() as session:
        plan = required_plan(session, plan_id)
        at = situation_in(session, plan.id, today, rule)
        measures = measures_in(session, plan.id)
        mine = within(scope)
        cells = light_cells(session, at, *mine)
        return Overview(
            plan,
            today,
            rule.id,
            horizon,
            counts=total_of(cells),
            sections=_of_sections(cells, measures),
            measures=_of_measures(cells, measures),
            bodies=_of_bodies(cells, [row for row in at.bodies if scope.covers(row.id)]),
            overdue=overdue_in(session, at, listed, *mine),
            due_soon=due_soon_in(session, at, horizon, listed, *mine),
        )


def projects_in(session: Session, *conditions: ColumnElement[bool]) -> tuple[ProjectRow, ...]:
    """Read the projects that fulfil conditions on `Project`, `Task` and `Measure`, list by list."""
    asked = (
        select(*PROJECT_COLUMNS)
        .join(Task, Task.id == Project.task_id)
        .join(Measure, Measure.id == Task.measure_id)
        .where(*conditions)
        .order_by(Measure.order, Task.key, Project.number)
    )
    return tuple(rows_of(session, ProjectRow, asked))


def projects_within(scope: Scope) -> tuple[ColumnElement[bool], ...]:
    """Write the conditions on `Project` that let through only what somebody may see."""
    if scope.bodies is None:
        return ()
    return (Project.organisation_id.in_(scope.bodies) | Project.county.in_(scope.counties),)


def _body(session: Session, plan: PlanRow, organisation: OrganisationRow, at: Situation) -> BodyView:
    duties = duty_views(session, at, (Duty.organisation_id == organisation.id,))
    counts = count_lights(view.light.word for view in duties)
    month = at.asked.get(organisation.id)
    return BodyView(plan, organisation, at.today, at.rule.id, month, duties, counts)


def _of_sections(cells: LightCells, measures: Sequence[MeasureRow]) -> tuple[Counted, ...]:
    section_of = {row.id: row.section for row in measures}
    counts = sums(cells, [section_of[measure] for measure in cells.measures])
    titles = {row.section: (row.section_title, row.section_title_en) for row in measures}
    return tuple(Counted(key, zh, en or zh, counts.get(key, NONE_COUNTED)) for key, (zh, en) in titles.items())


def _of_measures(cells: LightCells, measures: Sequence[MeasureRow]) -> tuple[Counted, ...]:
    counts = sums(cells, cells.measures)
    return tuple(
        Counted(row.number, row.title, row.title_en, counts.get(row.id, NONE_COUNTED)) for row in measures
    )


def _of_bodies(cells: LightCells, bodies: Sequence[OrganisationRow]) -> tuple[Counted, ...]:
    counts = sums(cells, cells.bodies)
    return tuple(Counted(row.id, row.name, row.name_en, counts.get(row.id, NONE_COUNTED)) for row in bodies)

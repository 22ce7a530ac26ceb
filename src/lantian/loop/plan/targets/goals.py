"""Targets of a plan that judge themselves: each goal, subject and year, from the judged days (目标自评)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import select

from lantian.ledger.models import Goal
from lantian.loop.plan.adopting.plan_file import TargetTable
from lantian.loop.plan.adopting.plan_folders import load_structured
from lantian.loop.plan.office import Office
from lantian.loop.plan.queries import required_plan
from lantian.loop.plan.targets.goal_chance import PAST_YEARS
from lantian.loop.plan.targets.goal_days import read_air_days, year_end
from lantian.loop.plan.targets.goal_figures import (
    ASSIGNED,
    EnteredFigure,
    assign_goal_value,
    figures_in,
    list_goal_figures,
    report_goal_value,
)
from lantian.loop.plan.targets.goal_judging import Aim, judge_air, judge_all_six
from lantian.loop.plan.targets.goal_measures import Setting, limit_of, unit_of
from lantian.loop.plan.targets.goal_ranks import INDEX_OF_WORD, Places, judge_rank, read_places
from lantian.loop.plan.targets.goal_records import GoalState, GoalTally, JudgedGoal, Said, tally_goals
from lantian.science.plan_text.records import Comparator
from lantian.science.plan_text.target_words import METRIC
from lantian.terms.pollutants import BASIC, Pollutant
from lantian.terms.words import mark

__all__ = [
    "GoalState",
    "GoalTally",
    "JudgedGoal",
    "assign_goal_value",
    "judge_goals",
    "list_goal_figures",
    "report_goal_value",
    "tally_goals",
]


@dataclass(frozen=True, slots=True, eq=False)
class _Promise:
    """A goal with what its words and the city's plan file say beyond its columns."""

    row: Goal
    pollutant: Pollutant | None
    """Which one is to attain; None: all six."""
    index: str
    """List by which a place is taken."""
    index_written: str
    """The plan's own word for it."""
    years: tuple[int, ...]
    """Its years, else that of the plan."""


def judge_goals(
    office: Office, *, plan_id: str | None = None, today: date | None = None
) -> tuple[JudgedGoal, ...]:
    """Judge every goal of a plan for each of its years and subjects, in the plan's order.

    Each figure is judged by the law of its year, beside it by today's (`JudgedGoal.standards`); both years of a
    comparison by one law. The chance of a running year comes from up to `PAST_YEARS` years of the same place.

    Parameters
    ----------
    office : Office
        Whose ledger and lake.
    plan_id : str, optional
        By default the plan in force.
    today : date, optional
        Legal day on which it is asked; by default that of the wall clock. Later days count as unknown.

    Raises
    ------
    CallerError
        When there is no such plan.
    """
    day = today or office.today()
    with office.ledger.read() as session:
        plan = required_plan(session, plan_id)
        rows = session.execute(select(Goal).where(Goal.plan_id == plan.id).order_by(Goal.order)).scalars().all()
        figures = figures_in(session, plan.key)
    if not rows:
        return ()
    tables = _tables(office)
    promises = [_promise(row, tables, plan.year or day.year) for row in rows]
    setting = _setting(office, promises, figures, day)
    ranked = {year for one in promises if one.row.metric == "rank" for year in one.years}
    places = read_places(setting, ranked)
    return tuple(judged for promise in promises for judged in _each(setting, promise, places))


def _setting(
    office: Office, promises: Sequence[_Promise], figures: tuple[EnteredFigure, ...], day: date
) -> Setting:
    """Read the days of every subject, as far back as any comparison goes."""
    codes = {code for one in promises for code in one.row.subjects}
    years = [year for one in promises for year in one.years]
    bases = [one.row.baseline for one in promises if one.row.baseline is not None]
    first = date(min([min(years) - PAST_YEARS, *bases]), 1, 1)
    last = max(first, min(day, year_end(max(years))))
    return Setting(office, day, read_air_days(office, codes, first, last), figures)


def _each(setting: Setting, promise: _Promise, places: Places) -> Iterator[JudgedGoal]:
    goal = promise.row
    for year in promise.years:
        if not goal.subjects:
            yield replace(
                _shell(setting.office, goal, "", year),
                reason=Said(mark("It is not clear whom this goal is about. Confirm the reading.")),
            )
        for subject in goal.subjects:
            shell = _shell(setting.office, goal, subject, year)
            if goal.metric == ASSIGNED:
                yield from _assigned(setting, shell)
            elif goal.metric == "rank":
                aim = Aim(shell, "rank", goal.comparator, goal.value, goal.unit, goal.direction)
                judged = judge_rank(setting, aim, places, promise.index)
                yield replace(judged, index=promise.index, index_written=promise.index_written)
            elif goal.metric == "attainment":
                yield _attainment(setting, promise, shell)
            else:
                yield judge_air(
                    setting,
                    Aim(
                        shell, goal.metric, goal.comparator, goal.value, goal.unit, goal.direction, goal.change,
                        goal.baseline,
                    ),
                )  # fmt: skip


def _attainment(setting: Setting, promise: _Promise, shell: JudgedGoal) -> JudgedGoal:
    """Judge by the limit of the law of the year's end: the year's mean, or the percentile that headlines."""
    if promise.pollutant is None:
        return judge_all_six(setting, shell)
    law = setting.law(year_end(shell.year))
    limit = limit_of(law, promise.pollutant)
    metric = promise.pollutant.value
    named = replace(shell, metric=metric, target_source=law.limits.name)
    return judge_air(setting, Aim(named, metric, Comparator.AT_MOST.value, limit, unit_of(metric)))


def _assigned(setting: Setting, shell: JudgedGoal) -> Iterator[JudgedGoal]:
    """Judge what was assigned to a subject for a year, each figure for itself."""
    told = [row for row in setting.entered(ASSIGNED, shell.subject) if row.period == str(shell.year)]
    if not told:
        yield replace(
            shell, state=GoalState.NOT_JUDGED,
            reason=Said(mark("What was assigned for {year} was not entered yet."), {"year": shell.year}),
        )  # fmt: skip
    for row in told:
        named = replace(shell, metric=row.metric, target_source=row.source)
        yield judge_air(setting, Aim(named, row.metric, row.comparator, row.value, row.unit))


def _shell(office: Office, goal: Goal, subject: str, year: int) -> JudgedGoal:
    own = subject == office.city.adcode
    place = office.city if own else office.city.county(subject) if subject else None
    names = ("", "") if place is None else (place.name_zh, place.name_en)
    return JudgedGoal(
        goal_id=goal.id, order=goal.order, kind=goal.kind, title=goal.title, title_en=goal.title_en,
        metric=goal.metric, subject=subject, subject_zh=names[0], subject_en=names[1], year=year,
        state=GoalState.NOT_JUDGED, reason=Said(""), comparator=goal.comparator, target=goal.value,
        unit=goal.unit, simulated=office.simulated,
    )  # fmt: skip


def _tables(office: Office) -> tuple[TargetTable, ...]:
    plan = load_structured(office.city)
    return () if plan is None else plan.file.targets


def _promise(goal: Goal, tables: Sequence[TargetTable], plan_year: int) -> _Promise:
    """Add what the columns of a goal leave out: from the city's plan file, else from its own words."""
    table = next((row for row in tables if row.title == goal.title), None)
    found = [(match.lastgroup or "", match[0]) for match in METRIC.finditer(goal.title)]
    substances = {p.value for p in BASIC}
    named = [name for name, _ in found if name in substances]
    if table is not None and table.pollutant is not None:
        named = [table.pollutant]
    ordering = [(name, word) for name, word in found if name in INDEX_OF_WORD or name in substances]
    index, written = ordering[0] if ordering else ("", "")
    if table is not None and table.index is not None:
        index = table.index if table.index.endswith("_index") else f"{table.index}_index"
        written = table.metric_written
    years = tuple(sorted(goal.years)) or (plan_year,)
    pollutant = Pollutant(named[0]) if named else None
    return _Promise(goal, pollutant, INDEX_OF_WORD.get(index, index), written, years)

"""Do we reach what was promised? Every target with its state; how one of them was judged; what others enter."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any

from fastapi import APIRouter, Form
from starlette.responses import Response

from lantian.desk.paper.html import number
from lantian.loop.plan.targets.goal_figures import assign_goal_value, list_goal_figures, report_goal_value
from lantian.loop.plan.targets.goal_records import STATE_NAMES, JudgedGoal
from lantian.loop.plan.targets.goals import tally_goals
from lantian.loop.plan.targets.series import list_series
from lantian.terms.words import mark
from lantian.web.faults import NotFound
from lantian.web.guards import visit
from lantian.web.pages.plan.indicators import series_table
from lantian.web.pages.plan.looking import Desk, Reader
from lantian.web.pages.plan.target_tables import aim_text, goal_table, goals_of
from lantian.web.permissions import May
from lantian.web.tables import MARK, NUMBER, Cell, DataTable, Rows, TableColumn
from lantian.web.visiting import Visit

router = APIRouter(prefix="/plan")
GOAL_KINDS: Mapping[str, str] = {"binding": mark("binding"), "aspirational": mark("aspirational")}
_TEXT = Form(max_length=300)
_PERCENT = 100


@router.get("/targets")
def targets(visit: Reader, year: int | None = None) -> Response:
    """Show every target with its state, of one year where one is asked for."""
    desk = Desk(visit)
    judged = goals_of(desk)
    years = sorted({row.year for row in judged})
    chosen = [row for row in judged if year in (None, row.year)]
    title = visit.say(mark("Do we reach our targets?"))
    tables = [
        _tally_table(desk, chosen),
        goal_table(desk, chosen, visit.say(mark("How does each place stand?"))),
        series_table(desk, list_series(desk.office, plan_id=desk.plan.id, today=visit.today)),
    ]
    counts = [
        (state, visit.say(name), sum(row.state is state for row in chosen)) for state, name in STATE_NAMES.items()
    ]
    return visit.page(
        "plan/targets.html", title=title, tables=tables, desk=desk, counts=[one for one in counts if one[2]],
        years=[(str(one), str(one)) for one in years], year=year or "",
    )  # fmt: skip


def _tally_table(desk: Desk, judged: list[JudgedGoal]) -> DataTable:
    say = desk.visit.say
    titles = {row.goal_id: row for row in judged}
    title = say(mark("How does each target stand as a whole?"))
    columns = [
        TableColumn("order", say(mark("No.")), kind=NUMBER),
        TableColumn("goal", say(mark("Goal"))),
        TableColumn("kind", say(mark("Kind"))),
        TableColumn("year", say(mark("Year")), kind=NUMBER),
        TableColumn("state", say(mark("State")), kind=MARK),
        TableColumn("met", say(mark("Places that meet it")), kind=NUMBER),
        TableColumn("total", say(mark("Of")), kind=NUMBER),
    ]
    tallies = tally_goals(judged)
    rows: Rows = [
        [
            tally.order, titles[tally.goal_id].title_text(desk.visit.language),
            desk.word(GOAL_KINDS, titles[tally.goal_id].kind), tally.year,
            Cell(say(STATE_NAMES[tally.state]), state=tally.state.value), tally.met, tally.total,
        ]
        for tally in tallies
    ]  # fmt: skip
    empty = say(mark("The plan has no target as a whole."))
    return DataTable(
        "whole", title, columns, rows, desk.how_made(title, tables=("goals", "daily_index")), empty=empty
    )


@router.get("/targets/{goal_id}/{year}/{subject}/{metric}")
def target(visit: Reader, goal_id: str, year: int, subject: str, metric: str) -> Response:
    """Show how one target was judged for one place and year."""
    desk = Desk(visit)
    found = next((row for row in goals_of(desk) if _key(row) == (goal_id, year, subject, metric)), None)
    if found is None:
        raise NotFound("The plan has no such target. Choose one under Plan › Targets.")
    figures = [
        one
        for one in list_goal_figures(desk.office, goal_id)
        if one.subject == subject and one.period.startswith(str(year))
    ]
    return visit.page(
        "plan/target.html", title=found.title_text(visit.language), desk=desk, row=found, aim=aim_text(found),
        facts=_facts(desk, found), tables=[_standards(desk, found)], figures=figures,
        state_word=found.state_text(visit.language), reason=found.reason_text(visit.language),
        year_link=_air_link(found),
    )  # fmt: skip


def _key(row: JudgedGoal) -> tuple[str, int, str, str]:
    return row.goal_id, row.year, row.subject or "-", row.metric


def _air_link(row: JudgedGoal) -> str | None:
    """Page of the air that the figure comes from."""
    return f"/air/places/{row.subject}" if row.subject and row.value is not None and not row.source else None


def _facts(desk: Desk, row: JudgedGoal) -> list[tuple[str, Any]]:
    say, language = desk.visit.say, desk.visit.language
    chance = row.chance
    unit = f" {row.unit}" if row.unit else ""
    facts: list[tuple[str, Any]] = [
        (say(mark("About")), row.subject_text(language)),
        (say(mark("Year")), row.year),
        (say(mark("Kind")), desk.word(GOAL_KINDS, row.kind)),
        (say(mark("Aim")), aim_text(row)),
        (say(mark("Assigned by")), row.target_source),
        (say(mark("So far")), None if row.value is None else f"{row.value}{unit}"),
        (say(mark("Reported by")), row.source),
        (say(mark("Through")), row.through),
        (say(mark("Valid days")), row.days or None),
        (say(mark("Days to come")), row.remaining or None),
        (say(mark("Value minus aim")), None if row.distance is None else f"{row.distance}{unit}"),
        (
            say(mark("Rest may be")),
            None if row.allowed is None else f"{row.allowed}{' d' if row.allowed_is_days else unit}",
        ),
        (say(mark("Year of comparison has")), row.baseline),
        (say(mark("Written in the plan as")), row.index_written),
        (say(mark("Data")), " · ".join(part for part in (row.stage, row.basis) if part)),
        (say(mark("Rule editions")), ", ".join(row.rules)),
    ]
    if chance is not None:
        held = say(
            mark("{share} % from {years} years; the year ends between {low} and {high} with {interval} %"),
            share=number(chance.chance * _PERCENT, 0), years=chance.years, low=chance.low or "–",
            high=chance.high or "–", interval=number(chance.interval * _PERCENT, 0),
        )  # fmt: skip
        facts.append((say(mark("Chance")), held))
    return [fact for fact in facts if fact[1] not in (None, "")]


def _standards(desk: Desk, row: JudgedGoal) -> DataTable:
    say = desk.visit.say
    title = say(mark("How does it compare with the standards?"))
    columns = [
        TableColumn("standard", say(mark("Standard"))),
        TableColumn("which", say(mark("Holds"))),
        TableColumn("limit", say(mark("Limit")), row.unit, NUMBER),
        TableColumn("value", say(mark("Value")), row.unit, NUMBER),
        TableColumn("attains", say(mark("Verdict")), kind=MARK),
    ]
    words = {
        True: ("met", mark("attains")),
        False: ("missed", mark("does not attain")),
        None: ("no_data", mark("no lawful figure")),
    }
    rows: Rows = [
        [
            one.name, say(mark("today")) if one.today else say(mark("in the goal's year")), one.limit, one.value,
            Cell(say(words[one.attains][1]), state=words[one.attains][0]),
        ]
        for one in row.standards
    ]  # fmt: skip
    empty = say(mark("No standard limits this figure."))
    return DataTable("standards", title, columns, rows, desk.how_made(title, tables=("daily_index",)), empty=empty)


@router.post("/targets/{goal_id}/{year}/{subject}/{metric}")
def enter_figure(
    visit: Annotated[Visit, visit(May.DISPATCH)],
    goal_id: str,
    year: int,
    subject: str,
    metric: str,
    value: Annotated[Decimal, Form(allow_inf_nan=False, max_digits=12)],
    source: Annotated[str, _TEXT],
    period: Annotated[str, _TEXT] = "",
) -> Response:
    """Keep what was assigned from above, or the place that the province published."""
    desk = Desk(visit)
    if metric == "rank":
        report_goal_value(desk.office, goal_id, subject, period or str(year), value, by=visit.login, source=source)
    else:
        assign_goal_value(desk.office, goal_id, subject, year, value, "µg/m³", by=visit.login, source=source)
    return visit.back(f"/plan/targets?year={year}", visit.say(mark("Kept; the target is judged by it.")))

"""The measures of the plan by chapter, and one of them with all its duties, tasks and projects."""

from collections.abc import Mapping, Sequence
from itertools import groupby

from fastapi import APIRouter
from starlette.responses import Response

from lantian.loop.plan.queries import list_measures
from lantian.loop.plan.rows import MeasureRow, ProjectRow, TaskRow
from lantian.loop.plan.targets.series import list_series
from lantian.loop.plan.views.overviews import MeasureView, view_measure
from lantian.loop.plan.views.tallies import NONE_COUNTED, Counts
from lantian.terms.errors import CallerError
from lantian.terms.words import mark
from lantian.web.faults import NotFound
from lantian.web.pages.plan.indicators import series_table
from lantian.web.pages.plan.looking import LEDGER, Desk, Reader
from lantian.web.pages.plan.overview import overview_of
from lantian.web.tables import DATE, MARK, NUMBER, Cell, DataTable, Rows, TableColumn

router = APIRouter(prefix="/plan")
TASK_KINDS: Mapping[str, str] = {
    "deadline": mark("deadline"),
    "recurring": mark("recurring"),
    "indicator": mark("indicator"),
    "projects": mark("project list"),
    "money": mark("money"),
    "proposal": mark("proposal"),
}
PROJECT_STATES: Mapping[str, str] = {
    "not_started": mark("not started"),
    "under_way": mark("under way"),
    "done": mark("done"),
    "stopped": mark("stopped"),
    "dropped": mark("dropped"),
}


@router.get("/measures")
def measures(visit: Reader) -> Response:
    """List the measures, chapter by chapter, each with its lights."""
    desk = Desk(visit)
    rows = visit.keeper.keep(
        ("plan", "measures", desk.plan.id), LEDGER, lambda: list_measures(desk.office, desk.plan.id)
    )
    counts = {row.key: row.counts for row in overview_of(desk).measures}
    chapters = [list(group) for _, group in groupby(rows, key=lambda row: row.section)]
    title = visit.say(mark("What are the measures?"))
    table = _list_table(desk, title, rows, counts)
    return visit.page(
        "plan/measures.html", title=title, tables=[table], desk=desk, chapters=chapters, counts=counts,
        nothing=NONE_COUNTED,
    )  # fmt: skip


def _list_table(desk: Desk, title: str, rows: Sequence[MeasureRow], counts: Mapping[str, Counts]) -> DataTable:
    say = desk.visit.say
    columns = [
        TableColumn("number", say(mark("No.")), kind=NUMBER),
        TableColumn("section", say(mark("Chapter"))),
        TableColumn("title", say(mark("Key task"))),
        TableColumn("total", say(mark("Duties")), kind=NUMBER),
        TableColumn("done", say(mark("Done")), kind=NUMBER),
        TableColumn("overdue", say(mark("Overdue")), kind=NUMBER),
    ]
    held: Rows = [
        [
            Cell(int(row.number) if row.number.isdecimal() else row.number, text=row.number),
            desk.visit.named(row.section_title, row.section_title_en), desk.visit.named(row.title, row.title_en),
            found.total, found.done, found.overdue,
        ]
        for row in rows
        for found in [counts.get(row.number, NONE_COUNTED)]
    ]  # fmt: skip
    links = [f"/plan/measures/{row.number}" for row in rows]
    return DataTable("measures", title, columns, held, desk.how_made(title), links=links)


@router.get("/measures/{number}")
def measure(visit: Reader, number: str) -> Response:
    """Show one measure: who does it, by when, how far."""
    desk = Desk(visit)
    seen = _measure(desk, number)
    title = f"{seen.measure.number} {visit.named(seen.measure.title, seen.measure.title_en)}"
    indicators = [
        row
        for row in list_series(desk.office, plan_id=desk.plan.id, today=visit.today)
        if row.facts.measure == seen.measure.number
    ]
    tables = [
        desk.duty_table("duties", visit.say(mark("Who does it?")), seen.duties, without=("number", "title")),
        task_table(desk, seen.tasks),
        project_table(desk, seen.projects),
        series_table(desk, indicators),
    ]
    return visit.page("plan/measure.html", title=title, tables=tables, desk=desk, seen=seen)


def _measure(desk: Desk, number: str) -> MeasureView:
    try:
        return view_measure(
            desk.office, number, today=desk.visit.today, plan_id=desk.plan.id, scope=desk.visit.scope, listed=2_000
        )
    except CallerError as error:
        raise NotFound(error.message, **error.values) from error


def task_table(desk: Desk, tasks: Sequence[TaskRow]) -> DataTable:
    """Lay tasks out: dates, numbers, lists, money."""
    say = desk.visit.say
    title = say(mark("Which dates and numbers does it name?"))
    columns = [
        TableColumn("task", say(mark("Task"))),
        TableColumn("kind", say(mark("Kind"))),
        TableColumn("due", say(mark("Due")), kind=DATE),
        TableColumn("value", say(mark("To reach")), kind=NUMBER),
        TableColumn("unit", say(mark("Unit"))),
        TableColumn("amount", say(mark("Money")), say(mark("yuan")), NUMBER),
        TableColumn("done", say(mark("Done on")), kind=DATE),
    ]
    rows: Rows = [
        [
            Cell(
                desk.visit.named(task.title, task.title_en),
                link=f"/plan/projects/{task.id}" if task.kind == "projects" else None,
            ),
            desk.word(TASK_KINDS, task.kind),
            Cell(task.due, note=say(mark("The plan names no date."))),
            task.value, task.unit, task.amount,
            Cell(task.done_on, note=say(mark("Not done yet."))),
        ]
        for task in tasks
    ]  # fmt: skip
    empty = say(mark("The plan names no date and no number here."))
    return DataTable("tasks", title, columns, rows, desk.how_made(title), empty=empty)


def project_table(desk: Desk, projects: Sequence[ProjectRow]) -> DataTable:
    """Lay projects out."""
    say, city = desk.visit.say, desk.visit.house.city
    title = say(mark("Which projects belong to it?"))
    columns = [
        TableColumn("number", say(mark("List no."))),
        TableColumn("name", say(mark("Project"))),
        TableColumn("list", say(mark("List"))),
        TableColumn("county", say(mark("County"))),
        TableColumn("state", say(mark("State of work")), kind=MARK),
        TableColumn("due", say(mark("Due")), kind=DATE),
        TableColumn("done", say(mark("Done on")), kind=DATE),
        TableColumn("planned", say(mark("Planned")), say(mark("yuan")), NUMBER),
        TableColumn("spent", say(mark("Spent")), say(mark("yuan")), NUMBER),
    ]
    counties = {row.adcode: desk.visit.named(row.name_zh, row.name_en) for row in city.counties}
    rows: Rows = [
        [
            row.number, row.name, desk.visit.named(row.task_title, row.task_title_en),
            counties.get(row.county or "", row.county), state_cell(desk, row.state), row.due, row.done_on,
            row.planned, row.spent,
        ]
        for row in projects
    ]  # fmt: skip
    empty = say(mark("No project was entered yet. Projects come in as lists under Plan › Projects."))
    return DataTable("projects", title, columns, rows, desk.how_made(title), empty=empty, shown=50)


def state_cell(desk: Desk, state: str) -> Cell:
    """Return the state of a project as icon and word."""
    return Cell(desk.word(PROJECT_STATES, state), state=state)

"""Lists of projects: how each list stands, its rows, its form taken away and brought in again."""

from typing import Annotated

from fastapi import APIRouter, Form, UploadFile
from starlette.responses import Response

from lantian.loop.plan.listing.files import export_projects, import_project_file
from lantian.loop.plan.listing.projects import ProjectFilter, list_projects, summary
from lantian.loop.plan.listing.records import ProjectRecord, ProjectSummary
from lantian.loop.plan.queries import list_tasks
from lantian.loop.plan.rows import TaskRow
from lantian.terms.words import mark
from lantian.web.faults import NotFound
from lantian.web.guards import visit
from lantian.web.pages.plan.files import in_folder, made_file, saved
from lantian.web.pages.plan.looking import LEDGER, Desk, Reader
from lantian.web.pages.plan.measures import PROJECT_STATES, state_cell
from lantian.web.permissions import May
from lantian.web.tables import DATE, NUMBER, Cell, DataTable, Rows, TableColumn
from lantian.web.visiting import Visit

router = APIRouter(prefix="/plan")
_PROJECTS = "projects"


def _lists(desk: Desk) -> tuple[TaskRow, ...]:
    return desk.visit.keeper.keep(
        ("plan", "lists", desk.plan.id), LEDGER, lambda: list_tasks(desk.office, desk.plan.id, kind=_PROJECTS)
    )


@router.get("/projects")
def projects(visit: Reader) -> Response:
    """Show every list of projects with how far it is."""
    desk = Desk(visit)
    lists = _lists(desk)
    sums = visit.keeper.keep(
        ("plan", "lists", "sums", desk.plan.id, visit.today), LEDGER,
        lambda: [summary(desk.office, task.id, today=visit.today) for task in lists],
    )  # fmt: skip
    title = visit.say(mark("How far are the lists of projects?"))
    return visit.page("plan/projects.html", title=title, tables=[_table(desk, lists, sums, title)], desk=desk)


def _table(desk: Desk, lists: tuple[TaskRow, ...], sums: list[ProjectSummary], title: str) -> DataTable:
    say = desk.visit.say
    columns = [
        TableColumn("measure", say(mark("Measure")), kind=NUMBER),
        TableColumn("list", say(mark("List"))),
        TableColumn("due", say(mark("Due")), kind=DATE),
        TableColumn("target", say(mark("To reach")), kind=NUMBER),
        TableColumn("reached", say(mark("Reached")), kind=NUMBER),
        TableColumn("unit", say(mark("Unit"))),
        TableColumn("count", say(mark("Projects")), kind=NUMBER),
        TableColumn("done", say(mark("Done")), kind=NUMBER),
        TableColumn("overdue", say(mark("Overdue")), kind=NUMBER),
    ]
    rows: Rows = [
        [
            task.number, desk.visit.named(task.title, task.title_en), task.due, task.value,
            Cell(held.reached if held.whole.all else None, note=say(mark("No project was entered yet."))),
            task.unit, held.whole.all, held.whole.done, held.whole.overdue,
        ]
        for task, held in zip(lists, sums, strict=True)
    ]  # fmt: skip
    empty = say(mark("The plan has no list of projects."))
    return DataTable(
        "lists", title, columns, rows, desk.how_made(title, tables=("tasks", "projects")), empty=empty,
        links=[f"/plan/projects/{task.id}" for task in lists],
    )  # fmt: skip


def _list(desk: Desk, task_id: str) -> TaskRow:
    found = next((task for task in _lists(desk) if task.id == task_id), None)
    if found is None:
        raise NotFound("The plan has no such list. Choose one under Plan › Projects.")
    return found


def _mine(desk: Desk, rows: tuple[ProjectRecord, ...]) -> list[ProjectRecord]:
    scope = desk.visit.scope
    return [row for row in rows if scope.covers(row.organisation_id, row.county)]


@router.get("/projects/{task_id}")
def project_list(visit: Reader, task_id: str, state: str = "", county: str = "", q: str = "") -> Response:
    """Show one list."""
    desk = Desk(visit)
    task = _list(desk, task_id)
    wanted = ProjectFilter(state=state or None, county=county or None, text=q[:100] or None)
    rows = _mine(desk, list_projects(desk.office, task.id, wanted=wanted))
    counties = {row.adcode: visit.named(row.name_zh, row.name_en) for row in visit.house.city.counties}
    say = visit.say
    columns = [
        TableColumn("number", say(mark("List no."))),
        TableColumn("name", say(mark("Project"))),
        TableColumn("county", say(mark("County"))),
        TableColumn("body", say(mark("Responsible body"))),
        TableColumn("quantity", say(mark("Quantity")), task.unit, NUMBER),
        TableColumn("state", say(mark("State of work")), kind="mark"),
        TableColumn("due", say(mark("Due")), kind=DATE),
        TableColumn("done", say(mark("Done on")), kind=DATE),
        TableColumn("spent", say(mark("Spent")), say(mark("yuan")), NUMBER),
    ]
    held: Rows = [
        [
            row.number, row.name, counties.get(row.county or "", row.county),
            desk.bodies.get(row.organisation_id or "", row.organisation_id), row.quantity,
            state_cell(desk, row.state), Cell(row.due, state="overdue" if row.overdue(visit.today) else ""),
            row.done_on, row.spent,
        ]
        for row in rows
    ]  # fmt: skip
    title = visit.named(task.title, task.title_en)
    empty = say(mark("No project was entered yet. Take the form, fill it in and bring it in below."))
    table = DataTable(
        "projects", title, columns, held, desk.how_made(title, tables=("projects",)), empty=empty, shown=200
    )
    return visit.page(
        "plan/project_list.html", title=title, tables=[table], desk=desk, task=task, state=state, county=county,
        q=q,
        states=[(key, visit.say(name)) for key, name in PROJECT_STATES.items()], counties=list(counties.items()),
    )  # fmt: skip


@router.get("/projects/{task_id}/form.xlsx")
def project_form(visit: Annotated[Visit, visit(May.DISPATCH)], task_id: str) -> Response:
    """Give the form of a list, filled in with what is known."""
    desk = Desk(visit)
    task = _list(desk, task_id)
    name = f"{visit.named(task.title, task.title_en)[:80]}.xlsx"
    return made_file(
        visit, name, lambda path: export_projects(desk.office, task.id, path, language=visit.language)
    )


@router.post("/projects/{task_id}")
def bring_in(
    visit: Annotated[Visit, visit(May.DISPATCH)],
    task_id: str,
    file: UploadFile,
    datum: Annotated[str, Form(max_length=20)] = "",
) -> Response:
    """Bring a file of projects in; what is wrong is listed, the rest is taken."""
    desk = Desk(visit)
    task = _list(desk, task_id)
    with in_folder() as folder:
        done = import_project_file(
            desk.office, task.id, saved(file, folder), by=visit.login, datum=datum or None, today=visit.today
        )
    columns = [
        TableColumn("number", visit.say(mark("List no."))),
        TableColumn("column", visit.say(mark("Column"))),
        TableColumn("value", visit.say(mark("Value"))),
        TableColumn("why", visit.say(mark("Why, and what to do"))),
    ]
    heading = visit.say(mark("What was not taken?"))
    rows = [
        [
            one.number,
            one.column,
            one.value,
            visit.say(one.message, column=one.column, value=one.value, name=one.number),
        ]
        for one in done.imported.refused
    ]
    table = DataTable("refused", heading, columns, rows, empty=visit.say(mark("Everything was taken.")))
    return visit.page(
        "plan/brought.html",
        title=visit.named(task.title, task.title_en),
        tables=[table],
        desk=desk,
        task=task,
        done=done,
    )

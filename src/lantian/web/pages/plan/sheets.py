"""Dispatch sheets: made for a month, taken away, handed in again, each row judged for itself."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated

from fastapi import APIRouter, Form, UploadFile
from starlette.responses import Response

from lantian.desk.language import finding_text
from lantian.loop.plan.dispatch.receiving import receive_files
from lantian.loop.plan.dispatch.rejects import keep_rejects
from lantian.loop.plan.dispatch.sheet_list import list_sheets, write_sheet
from lantian.loop.plan.dispatch.sheets import issue_sheets
from lantian.loop.plan.dispatch.taking import ReceivedFile
from lantian.terms.errors import CallerError
from lantian.terms.words import mark
from lantian.web.faults import NotFound
from lantian.web.guards import Forbidden, visit
from lantian.web.pages.plan.files import in_folder, saved
from lantian.web.pages.plan.looking import Desk, Reader
from lantian.web.pages.plan.sheet_tables import sheet_table
from lantian.web.permissions import May
from lantian.web.tables import Cell, DataTable, Rows, TableColumn
from lantian.web.visiting import Visit

router = APIRouter(prefix="/plan")
_MOST_FILES = 60


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one file that was handed in."""

    file: ReceivedFile
    body: str
    findings: tuple[str, ...]
    table: DataTable
    mended: str | None
    """Address of the workbook with the rows to be mended."""


@router.get("/sheets")
def sheets(visit: Reader, month: str = "") -> Response:
    """Show the sheets that went out, and what can be done with them."""
    desk = Desk(visit)
    every = list_sheets(desk.office, plan_id=desk.plan.id, scope=visit.scope)
    rows = [row for row in every if month in ("", row.month)]
    return visit.page(
        "plan/sheets.html", title=visit.say(mark("Who was asked, and who answered?")),
        desk=desk, month=month, tables=[sheet_table(desk, rows)],
        months=[(one, one) for one in sorted({row.month for row in every}, reverse=True)],
        askable=_months(visit.today), in_force=desk.plan.state == "in_force",
        own=[(key, name) for key, name in desk.bodies.items() if desk.may_report(key)],
    )  # fmt: skip


def _months(today: date) -> list[tuple[str, str]]:
    """Months that can be asked for: this one and the eleven before."""
    found, day = [], today.replace(day=1)
    for _ in range(12):
        found.append((f"{day:%Y-%m}", f"{day:%Y-%m}"))
        day = (day - timedelta(days=1)).replace(day=1)
    return found


@router.post("/sheets")
def issue(
    visit: Annotated[Visit, visit(May.DISPATCH)],
    month: Annotated[str, Form(max_length=7)],
    bodies: Annotated[list[str] | None, Form()] = None,
) -> Response:
    """Make and register the sheets of a month, of all bodies or of some."""
    desk = Desk(visit)
    with in_folder() as folder:
        issued = issue_sheets(
            desk.office, month, by=visit.login, today=visit.today, folder=folder, language=visit.language,
            organisations=[body for body in bodies or [] if body] or None, plan_id=desk.plan.id,
        )  # fmt: skip
    said = visit.say(
        mark("{count} sheets for {month}, {new} of them new; they are due back on {due}."),
        count=len(issued.sheets), month=issued.month, new=sum(row.new for row in issued.sheets), due=issued.due,
    )  # fmt: skip
    return visit.back(f"/plan/sheets?month={issued.month}", said)


@router.get("/sheets/{sheet_id}.{form}")
def sheet_file(visit: Reader, sheet_id: str, form: str) -> Response:
    """Give one sheet as a file, with what is known now."""
    with in_folder() as folder:
        try:
            path = write_sheet(Desk(visit).office, sheet_id, folder, form, visit.language, scope=visit.scope)
        except CallerError as error:
            raise NotFound(error.message, **error.values) from error
        return visit.file(path.read_bytes(), path.name)


@router.post("/sheets/receive")
def receive(
    visit: Annotated[Visit, visit(May.REPORT_PROGRESS)],
    files: list[UploadFile],
    body: Annotated[str, Form(max_length=100)] = "",
) -> Response:
    """Take sheets in; say row by row what was taken, and give back what has to be mended."""
    desk = Desk(visit)
    chosen = [file for file in files if file.filename]
    if not chosen or len(chosen) > _MOST_FILES:
        raise CallerError("Choose from 1 to {most} filled sheets and send them again.", most=_MOST_FILES)
    with in_folder() as folder:
        paths = []
        for place, file in enumerate(chosen):
            (folder / str(place)).mkdir()
            paths.append(saved(file, folder / str(place)))
        received = receive_files(
            desk.office, paths, by=visit.login, today=visit.today, organisation=_sender(desk, body)
        )
        outcomes = [_outcome(desk, row) for row in received.files]
    return visit.page(
        "plan/received.html", title=visit.say(mark("What was taken from the sheets?")), outcomes=outcomes,
        desk=desk, tables=[outcome.table for outcome in outcomes],
    )  # fmt: skip


def _sender(desk: Desk, body: str) -> str | None:
    """Return the body that hands sheets in; the city's office may leave it to the sheet."""
    if desk.is_office:
        return body or None
    own = sorted(desk.own)
    if body and body not in own:
        raise Forbidden("This account cannot hand in sheets of another body. Choose one of your own.")
    if not body and len(own) != 1:
        raise CallerError("This account speaks for several bodies. Choose the one whose sheets these are.")
    return body or own[0]


def _outcome(desk: Desk, row: ReceivedFile) -> Outcome:
    visit, say = desk.visit, desk.visit.say
    columns = [
        TableColumn("cell", say(mark("Cell"))),
        TableColumn("value", say(mark("Value"))),
        TableColumn("why", say(mark("Why, and what to do"))),
    ]
    rows: Rows = [[one.cell, Cell(one.value or None), say(one.message, **one.values)] for one in row.rejects]
    title = say(mark("Rejected cells of {file}"), file=row.name)
    table = DataTable(f"rejects-{row.digest[:8] or 'file'}", title, columns, rows)
    findings = tuple(finding_text(one, visit.language) for one in row.findings)
    body = desk.bodies.get(row.organisation_id or "", row.organisation_id or "–")
    kept = keep_rejects(desk.office, row, visit.language, by=visit.login)
    return Outcome(row, body, findings, table, None if kept is None else f"/plan/files/{kept}")

"""Which editions are there, and what can be taken away of each: report, book to fill in, grid, hours."""

import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter
from starlette.responses import Response

from lantian.desk.language import Translation
from lantian.desk.paper.csv import write_csv
from lantian.loop.explain.editions import DRAFT, list_editions
from lantian.loop.explain.files import write_template
from lantian.loop.explain.grid_files import write_grid
from lantian.loop.explain.gridding import on_grid
from lantian.loop.explain.queries import hours, totals
from lantian.loop.explain.report import write_report
from lantian.loop.explain.wording import worded
from lantian.terms.errors import CallerError
from lantian.terms.words import mark
from lantian.web.faults import NotFound
from lantian.web.guards import visit
from lantian.web.pages.inventory.looking import Look, amount_cell, look_of
from lantian.web.pages.inventory.sums import FIRST
from lantian.web.permissions import May
from lantian.web.tables import MARK, Cell, DataTable, TableColumn, Value
from lantian.web.visiting import Visit

router = APIRouter(prefix="/inventory")

Reader = Annotated[Visit, visit(May.READ_INVENTORY)]
CELL = 3_000.0
"""Side of a cell of the grid. [m]"""
FILES = {
    "report.xlsx": mark("Report of the edition: sums, sectors, counties, methods, compounds, doubts"),
    "book.xlsx": mark("The book as a workbook, to be filled in and imported again"),
    "grid.csv": mark("Amounts on a grid of equal areas, cells of 3 km"),
    "grid.nc": mark("The same grid as NetCDF by the CF conventions"),
    "hours.csv": mark("The chosen pollutant over all hours of the year by sector"),
}


@router.get("/editions")
def editions(visit: Reader) -> Response:
    """List the editions and the files of the one that is looked at."""
    look = look_of(visit)
    title = visit.say(mark("Which editions are there?"))
    files = [(name, visit.say(words), look.link(f"/inventory/files/{name}")) for name, words in FILES.items()]
    return visit.page("inventory/editions.html", title=title, look=look, tables=[_table(look, title)], files=files)


def _table(look: Look, title: str) -> DataTable:
    visit = look.visit
    symbols = [worded(key, visit.language) for key in FIRST]
    columns = [
        TableColumn("key", visit.say(mark("Edition"))),
        TableColumn("year", visit.say(mark("Year")), kind="text"),
        TableColumn("state", visit.say(mark("State")), kind=MARK),
        TableColumn("parent", visit.say(mark("Rolled forward from"))),
        *(TableColumn(key, symbol, "t", "number") for key, symbol in zip(FIRST, symbols, strict=True)),
        TableColumn("by", visit.say(mark("Opened by"))),
        TableColumn("reason", visit.say(mark("Reason"))),
    ]
    rows: list[list[Value | Cell]] = []
    links: list[str | None] = []
    for row in list_editions(look.study):
        key = ("inventory", "sums", row.key)
        sums = visit.keeper.keep(key, ["inventory_totals"], partial(_sums, look, row.key))
        state = "draft" if row.state == DRAFT else "closed"
        words = mark("draft") if row.state == DRAFT else mark("closed")
        rows.append(
            [
                row.key,
                str(row.year),
                Cell(row.state, text=visit.say(words), state=state, note=row.closed_because or ""),
                row.parent,
                *(amount_cell(sums.get(key)) for key in FIRST),
                row.made_by,
                row.reason,
            ]
        )
        links.append(f"/inventory?edition={row.key}" if sums else None)
    note = visit.say(
        mark("An edition without sums was not computed yet. A closed one is evidence and never changes.")
    )
    return DataTable("editions", title, columns, rows, look.how_made(title), note, links=links)


def _sums(look: Look, key: str) -> dict[str, float]:
    try:
        rows = totals(look.study, key)
    except CallerError:  # not computed yet
        return {}
    return dict(zip(rows["pollutant"], rows["amount"], strict=True))


@router.get("/files/{name}")
def files(name: str, visit: Reader) -> Response:
    """Make a file of an edition."""
    look = look_of(visit)
    if name not in FILES:
        raise NotFound(
            "There is no file {name!r} of an inventory; there are: {known}.", name=name, known=", ".join(FILES)
        )
    with tempfile.TemporaryDirectory(prefix="lantian-inventory-") as folder:
        path = Path(folder) / name
        _writer(look, name, visit.language)(path)
        content = path.read_bytes()
    stem, _, ending = name.partition(".")
    return visit.file(content, f"inventory-{look.edition.key}-{stem}.{ending}")


def _writer(look: Look, name: str, language: Translation) -> Callable[[Path], object]:
    study, key = look.study, look.edition.key
    if name == "report.xlsx":
        return lambda path: write_report(study, path, key, language=language)
    if name == "book.xlsx":
        return lambda path: write_template(study, path, key, language=language)
    if name == "hours.csv":
        rows = hours(study, key, look.pollutant)
        header = ["hour_start", *(f"{sector} [kg/h]" for sector in rows.columns[1:])]
        return lambda path: write_csv(path, rows, header=header)
    return lambda path: write_grid(path, on_grid(study, key, CELL))

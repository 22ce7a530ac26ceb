"""The lake: which tables, how much, since when, in which steps."""

from typing import Annotated

from fastapi import APIRouter
from starlette.responses import Response

from lantian.terms.words import mark
from lantian.web.faults import NotFound
from lantian.web.guards import visit
from lantian.web.pages.system.parts import tabs_of
from lantian.web.permissions import May
from lantian.web.tables import NUMBER, TIME, DataTable, Row, TableColumn
from lantian.web.visiting import Visit

router = APIRouter(prefix="/system/lake")
_STEPS = 200

Reader = Annotated[Visit, visit(May.READ_SYSTEM)]


@router.get("")
def lake(visit: Reader) -> Response:
    """List the tables."""
    store, title = visit.house.lake, visit.say(mark("What does the lake hold?"))
    counts = store.row_counts()
    columns = [
        TableColumn("table", visit.say(mark("Table"))),
        TableColumn("title", visit.say(mark("What it holds"))),
        TableColumn("rows", visit.say(mark("Rows")), kind=NUMBER, note=visit.say(mark("all versions"))),
        TableColumn("version", visit.say(mark("Version")), kind=NUMBER),
        TableColumn("key", visit.say(mark("Key"))),
    ]
    tables = store.tables()
    rows: list[Row] = [
        [
            table.name,
            visit.named(table.title_zh, table.title),
            counts.get(table.name),
            version if (version := store.version(table)) >= 0 else None,
            ", ".join(table.key),
        ]
        for table in tables
    ]
    shown = DataTable(
        "tables", title, columns, rows, visit.how_made(title),
        links=[f"/system/lake/{table.name}" for table in tables],
    )  # fmt: skip
    return visit.page("system/lake.html", title=title, tabs=tabs_of(visit), tables=[shown])


@router.get("/{name}")
def table(visit: Reader, name: str) -> Response:
    """Show the columns of a table and the steps of its life."""
    store = visit.house.lake
    held = next((each for each in store.tables() if each.name == name), None)
    if held is None:
        raise NotFound("The lake has no table {name}. The list shows those it has.", name=name)
    title = visit.named(held.title_zh, held.title)
    columns = [
        TableColumn("column", visit.say(mark("Column"))),
        TableColumn("unit", visit.say(mark("Unit"))),
        TableColumn("meaning", visit.say(mark("Meaning"))),
    ]
    meanings: list[Row] = [
        [each.name, each.unit, visit.named(each.meaning_zh, each.meaning)] for each in held.columns
    ]
    steps = [
        TableColumn("version", visit.say(mark("Version")), kind=NUMBER),
        TableColumn("at", visit.say(mark("At")), kind=TIME),
        TableColumn("what", visit.say(mark("What"))),
        TableColumn("notes", visit.say(mark("Notes"))),
    ]
    zone = visit.house.city.zone
    done: list[Row] = [
        [
            step.version,
            step.at.astimezone(zone),
            visit.language.gettext(step.what),
            ", ".join(f"{key} {value}" for key, value in step.notes.items() if isinstance(value, str | int)),
        ]
        for step in store.history(held)[:_STEPS]
    ]
    made = visit.how_made(title, tables=[name])
    return visit.page(
        "system/lake_table.html", title=title, tabs=tabs_of(visit), name=name,
        tables=[
            DataTable("columns", visit.say(mark("Columns")), columns, meanings, made),
            DataTable(
                "steps", visit.say(mark("Steps of its life")), steps, done, made, shown=50,
                empty=visit.say(mark("Nothing was written yet.")),
            ),
        ],
    )  # fmt: skip

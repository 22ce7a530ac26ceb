"""Sheets as a table: who was asked, by when, what came back."""

from collections.abc import Sequence

from lantian.loop.plan.dispatch.sheet_list import SheetRow
from lantian.terms.words import mark
from lantian.web.pages.plan.looking import Desk
from lantian.web.tables import DATE, MARK, NUMBER, Cell, DataTable, Rows, TableColumn


def sheet_table(desk: Desk, rows: Sequence[SheetRow]) -> DataTable:
    """Lay sheets out with what came back, and their files."""
    visit, say = desk.visit, desk.visit.say
    title = say(mark("Which sheets went out?"))
    columns = [
        TableColumn("month", say(mark("Month"))),
        TableColumn("body", say(mark("Responsible body"))),
        TableColumn("due", say(mark("Due back")), kind=DATE),
        TableColumn("state", say(mark("State")), kind=MARK),
        TableColumn("reported", say(mark("Duties reported")), kind=NUMBER),
        TableColumn("open", say(mark("Open duties")), kind=NUMBER),
        TableColumn("reminded", say(mark("Reminded")), kind=DATE),
        TableColumn("xlsx", "Excel", sortable=False),
        TableColumn("docx", "Word", sortable=False),
    ]
    held: Rows = [
        [
            row.month,
            Cell(visit.named(row.organisation, row.organisation_en), link=f"/plan/bodies/{row.organisation_id}"),
            row.due, _state(desk, row), row.reported, row.open,
            Cell(
                None if row.reminded_at is None else visit.house.lake.day_of(row.reminded_at),
                note=say(mark("Nobody was reminded.")),
            ),
            Cell("Excel", link=f"/plan/sheets/{row.id}.xlsx"),
            Cell("Word", link=f"/plan/sheets/{row.id}.docx"),
        ]
        for row in rows
    ]  # fmt: skip
    empty = say(mark("No sheet went out yet. The city's office makes those of a month under Plan › Sheets."))
    return DataTable(
        "sheets", title, columns, held, desk.how_made(title, tables=("sheets", "reports")), empty=empty
    )


def _state(desk: Desk, row: SheetRow) -> Cell:
    if row.received_at is not None or (row.reported and row.reported >= row.open):
        return Cell(desk.visit.say(mark("came back")), state="done")
    if row.late(desk.visit.today):
        return Cell(desk.visit.say(mark("late")), state="late")
    if row.reported:
        return Cell(desk.visit.say(mark("in part")), state="incomplete")
    return Cell(desk.visit.say(mark("waiting")), state="waiting")

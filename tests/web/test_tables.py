from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO

import openpyxl
import polars as pl
import pytest

from lantian.desk.language import translation
from lantian.desk.paper.provenance import HowMade
from lantian.rules import Rulebook
from lantian.rules.records import AqiCategories
from lantian.web.tables import NUMBER, Cell, DataTable, TableColumn, frame_of, table_file

MADE = HowMade("days", "长治", "2026-01", ["daily_index"], [], "run", "1", datetime(2026, 1, 1, tzinfo=UTC), True)
COLUMNS = [
    TableColumn("place", "Place"),
    TableColumn("pm25", "PM₂.₅", unit="µg/m³", kind=NUMBER, decimals=0),
    TableColumn("day", "Day"),
]


def table(*rows: list[object], **more: object) -> DataTable:
    return DataTable("days", "Days", COLUMNS, rows, MADE, **more)  # type: ignore[arg-type]


DAYS = table(
    ["b", 36, date(2026, 1, 2)],
    ["a", None, date(2026, 1, 1)],
    [Cell("c", text="Sea"), Cell(Decimal("7.5")), None],
    links=["/b", "/a", "/c"],
)


@pytest.mark.parametrize(("descending", "order"), [(False, ["/c", "/b", "/a"]), (True, ["/b", "/c", "/a"])])
def test_missing_values_come_last_in_either_order(descending: bool, order: list[str]):
    assert list(DAYS.sorted("pm25", descending=descending).links) == order


def test_an_unknown_column_leaves_the_order():
    assert DAYS.sorted("<script>", descending=True) is DAYS


def test_numbers_come_before_texts_in_a_mixed_column():
    mixed = table(["x", "n/a", None], ["y", 3, None])
    assert [row[0] for row in mixed.sorted("pm25", descending=False).rows] == ["y", "x"]


def test_frame_holds_values_and_not_what_is_shown():
    frame = frame_of(DAYS)
    assert frame.get_column("place").to_list() == ["b", "a", "c"]
    assert frame.get_column("pm25").to_list() == [36.0, None, 7.5]
    assert frame.schema["day"] == pl.Date


def test_empty_table_keeps_its_headings():
    assert frame_of(table()).columns == ["place", "pm25", "day"]


def test_workbook_holds_the_rows_and_says_how_it_was_made():
    book = openpyxl.load_workbook(BytesIO(table_file(DAYS, "xlsx", translation("en"))))
    cells = [[cell.value for cell in row] for row in book.worksheets[0].iter_rows()]
    assert ["b", 36, datetime(2026, 1, 2)] in cells  # noqa: DTZ001 # a cell has no zone
    last = [str(cell.value) for row in book.worksheets[-1].iter_rows() for cell in row]
    assert "daily_index" in last
    assert "SIMULATED data, never measured" in last


def test_csv_names_units_and_disarms_formulas():
    text = table_file(table(["=1+1", 1, None]), "csv", translation("en")).decode("utf-8-sig")
    assert text.splitlines()[0] == "Place,PM₂.₅ (µg/m³),Day"
    assert not text.splitlines()[1].startswith("=")


def test_level_cells_carry_their_legal_colour_into_the_workbook(rulebook: Rulebook):
    levels = rulebook.edition(AqiCategories, "aqi_categories", date(2026, 3, 2)).categories
    coloured = table(["a", Cell(120, level=levels[2]), None])
    book = openpyxl.load_workbook(BytesIO(table_file(coloured, "xlsx", translation("zh_CN"))))
    fills = {cell.fill.fgColor.rgb for row in book.worksheets[0].iter_rows() for cell in row if cell.value == 120}
    assert fills == {"FF" + levels[2].colour.lstrip("#").upper()}

"""Office tables: merged titles, ruled cells, no formula, a page set up to print."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from lantian.desk.language import translation
from lantian.desk.paper.office_table import HEAD_ROW, OfficeColumn, OfficeTable, write_office_book
from lantian.desk.paper.word import SIMULATED
from lantian.terms.errors import HouseError

COLUMNS = (
    OfficeColumn("单位", 14, merge=True),
    OfficeColumn("1 严把准入关口", 5, "center", upright=True),
    OfficeColumn("比例(%)", 8, "right", "0.0"),
    OfficeColumn("期限", 12),
    OfficeColumn("编号", 8, quiet=True),
)
ROWS = (
    ("甲局", "牵", Decimal("12.5"), date(2024, 10, 31), "=1+1"),
    ("甲局", None, 0, None, "a" * 40),
    ("乙局", "落", None, None, "+x"),
)


def written(path: Path, *, simulated: bool = False, **more):
    table = OfficeTable("表/一", "责任矩阵", COLUMNS, ROWS, left="编制单位：甲", right="制表日期：今天", **more)
    made = [("说明", "=SUM(1)")]
    write_office_book(path, [table, table], how_made=made, simulated=simulated, language=translation("zh_CN"))
    return openpyxl.load_workbook(path)


def test_title_lines_and_heads_stand_above_the_rows(tmp_path: Path) -> None:
    page = written(tmp_path / "a.xlsx").worksheets[0]
    assert page["A1"].value == "责任矩阵"
    assert (page["A2"].value, page["D2"].value) == ("编制单位：甲", "制表日期：今天")
    assert [cell.value for cell in page[HEAD_ROW + 1]] == [column.title for column in COLUMNS]
    merged = {str(area) for area in page.merged_cells.ranges}
    assert {"A1:E1", "A2:C2", "D2:E2", "A4:A5"} <= merged


def test_values_stay_exact_and_missing_ones_stay_empty(tmp_path: Path) -> None:
    page = written(tmp_path / "a.xlsx").worksheets[0]
    assert (page["C4"].value, page["C4"].number_format) == (12.5, "0.0")
    assert page["C5"].value == 0
    assert page["C6"].value is None
    assert page["D4"].value.date() == date(2024, 10, 31)


def test_no_text_becomes_a_formula(tmp_path: Path) -> None:
    book = written(tmp_path / "a.xlsx")
    for cell in (book.worksheets[0]["E4"], book.worksheets[0]["E6"], book.worksheets[-1]["B1"]):
        assert cell.data_type == "s"
        assert cell.quotePrefix


def test_two_pages_of_one_name_are_told_apart(tmp_path: Path) -> None:
    assert written(tmp_path / "a.xlsx").sheetnames[:2] == ["表-一", "表-一 (2)"]


def test_chinese_heads_stand_upright_and_have_room(tmp_path: Path) -> None:
    page = written(tmp_path / "a.xlsx").worksheets[0]
    assert page["B3"].alignment.textRotation == 255  # one letter below the other
    assert page.row_dimensions[3].height >= 13 * len("1 严把准入关口")


@pytest.mark.parametrize(("paper", "landscape", "size"), [("A3", True, 8), ("A4", False, 9)])
def test_the_page_is_set_up_to_print(tmp_path: Path, paper, landscape, size) -> None:
    page = written(tmp_path / "a.xlsx", paper=paper, landscape=landscape, frozen_columns=1).worksheets[0]
    assert page.page_setup.paperSize == size
    assert (page.page_setup.orientation == "landscape") is landscape
    assert page.freeze_panes == "B4"
    assert page.sheet_properties.pageSetUpPr.fitToPage


def test_only_simulated_data_carries_the_banner(tmp_path: Path) -> None:
    for page in written(tmp_path / "a.xlsx", simulated=True).worksheets:
        assert SIMULATED in page.oddHeader.center.text
    for page in written(tmp_path / "b.xlsx").worksheets:
        assert page.oddHeader.center.text is None
        assert SIMULATED not in str(page["A2"].value)


def test_a_refused_disk_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(HouseError, match="could not be written"):
        written(tmp_path / "file" / "a.xlsx")

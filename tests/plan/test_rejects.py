"""Rows that were not taken go back in the form in which they came, and come in again when they are mended."""

from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from lantian.desk.language import translation
from lantian.loop.plan.dispatch.receiving import Received, receive_files
from lantian.loop.plan.dispatch.rejects import write_rejects
from lantian.loop.plan.dispatch.sheet_layout import report_code
from lantian.loop.plan.dispatch.sheets import issue_sheets
from lantian.loop.plan.office import Office

MONTH, TODAY = "2024-10", date(2024, 11, 5)
ENGLISH = translation("en")


@pytest.fixture
def asked(small: Any, tmp_path: Path) -> Office:
    office: Office = small.office
    issue_sheets(office, MONTH, by="office", today=TODAY, folder=tmp_path / "out", language=ENGLISH)
    return office


def receive(office: Office, path: Path, **more: Any) -> Received:
    return receive_files(office, [path], by="clerk", today=TODAY, **more)


def filled(path: Path, row: int, *values: Any) -> Path:
    """Fill progress, share and state of a row."""
    book = openpyxl.load_workbook(path)
    for column, value in enumerate(values, 10):
        book.worksheets[0].cell(row, column, value)
    book.save(path)
    return path


def test_rejected_rows_go_back_marked_and_come_in_again_when_mended(asked: Office, tmp_path: Path) -> None:
    path = next((tmp_path / "out").glob("*Department A*.xlsx"))
    filled(path, 5, "完成两家", 180, "under way")
    filled(path, 6, "配合完成", 70, "under way")
    came = receive(asked, path)
    assert came.taken == 1
    back = write_rejects(asked, came.files[0], tmp_path / "back", ENGLISH)
    assert back is not None
    page = openpyxl.load_workbook(back).worksheets[0]
    assert [page.cell(5, 2).value, page.cell(6, 2).value] == [report_code("duty", "d4", MONTH), None]
    cell = page.cell(5, 11)
    assert (cell.value, cell.fill.start_color.rgb, cell.protection.locked) == (180, "FFFFC7CE", False)
    assert cell.comment is not None
    assert "from 0 to 100" in cell.comment.text
    assert "from 0 to 100" in page.cell(5, 16).value
    assert page.cell(5, 10).value == "完成两家"
    assert receive(asked, back).rejects[0].code == "share_out_of_range"
    assert receive(asked, filled(back, 5, "完成两家", 90)).taken == 1


def test_a_row_that_nobody_knows_goes_back_as_it_came(asked: Office, tmp_path: Path) -> None:
    path = next((tmp_path / "out").glob("*Luzhou*.xlsx"))
    book = openpyxl.load_workbook(path)
    book.worksheets[0].cell(5, 2, "2410-ZZZZZZZZ")
    book.worksheets[0].cell(5, 10, "=SUM(A1) 推进")
    book.worksheets[0].cell(5, 10).data_type = "s"
    book.save(path)
    came = receive(asked, path)
    back = write_rejects(asked, came.files[0], tmp_path / "back", ENGLISH)
    assert back is not None
    page = openpyxl.load_workbook(back).worksheets[0]
    assert page.cell(5, 2).value == "2410-ZZZZZZZZ"
    assert page.cell(5, 10).data_type == "s"
    assert page.cell(5, 2).fill.start_color.rgb == "FFFFC7CE"


def test_another_bodys_row_goes_back_without_what_is_known_of_it(asked: Office, tmp_path: Path) -> None:
    path = next((tmp_path / "out").glob("*Luzhou*.xlsx"))
    came = receive(asked, filled(path, 5, "推进", 30, "under way"), organisation="gov-y")
    assert [cell.code for cell in came.rejects] == ["foreign_duty"]
    back = write_rejects(asked, came.files[0], tmp_path / "back", ENGLISH)
    assert back is not None
    page = openpyxl.load_workbook(back).worksheets[0]
    assert "Lucheng" in page.cell(2, 1).value
    assert page.cell(5, 10).value == "推进"


def test_nothing_goes_back_where_nothing_was_wrong(asked: Office, tmp_path: Path) -> None:
    path = next((tmp_path / "out").glob("*Luzhou*.xlsx"))
    came = receive(asked, filled(path, 5, "推进", 65, "under way"))
    assert write_rejects(asked, came.files[0], tmp_path, ENGLISH) is None

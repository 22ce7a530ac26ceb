"""What a sheet looks like inside: locked but for the yellow cells, choices, ids hidden, formulas harmless."""

import zipfile
from datetime import date
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from lantian.desk.language import translation
from lantian.loop.plan.dispatch.sheet_files import write_sheet_workbook
from lantian.loop.plan.dispatch.sheet_layout import FORM, HIDDEN, SheetContent, SheetLine, report_code
from lantian.terms.errors import HouseError

CODE, PROJECT = report_code("duty", "d1", "2024-10"), report_code("project", "p1", "2024-10")
CONTENT = SheetContent(
    sheet_id="s1", plan_id="plan", plan="Small plan", month="2024-10", organisation_id="dep-a",
    organisation="Department A", due=date(2024, 11, 5),
    duties=[
        SheetLine(
            CODE, "d1",
            {"number": 1, "code": CODE, "title": "1. Retire", "role": "leads", "targets": "by October",
             "progress": "=HYPERLINK(1)", "share": Decimal("60.5"), "claimed": "under way",
             "spent": Decimal("12.5")},
        )
    ],
    projects=[
        SheetLine(
            PROJECT, "p1",
            {"number": 1, "code": PROJECT, "title": "1. Kilns", "serial": "A-1", "name": "Kiln", "state": "done",
             "done_on": date(2024, 10, 9), "due": date(2024, 10, 31)},
        )
    ],
    finished=2, simulated=True,
)  # fmt: skip


@pytest.fixture
def path(tmp_path: Path) -> Path:
    write_sheet_workbook(tmp_path / "sheet.xlsx", CONTENT, translation("en"))
    return tmp_path / "sheet.xlsx"


def test_only_the_cells_to_fill_in_are_open(path: Path) -> None:
    page = openpyxl.load_workbook(path).worksheets[0]
    assert page.protection.sheet
    assert page.protection.password is None
    unlocked = [cell.column_letter for cell in page[5] if not cell.protection.locked]
    assert unlocked == ["J", "K", "L", "M", "N", "O"]


def test_states_are_chosen_and_numbers_are_held_in_bounds(path: Path) -> None:
    page = openpyxl.load_workbook(path).worksheets[0]
    rules = {str(rule.sqref): rule for rule in page.data_validations.dataValidation}
    assert rules["L5"].formula1 == '"not started,under way,done,in difficulty"'
    assert (rules["K5"].type, rules["K5"].formula1, rules["K5"].formula2) == ("decimal", "0", "100")
    assert rules["O5"].type == "decimal"


def test_numbers_and_days_are_numbers_and_days(path: Path) -> None:
    book = openpyxl.load_workbook(path)
    assert book.worksheets[0]["K5"].value == 60.5
    assert book.worksheets[1]["J5"].value.date() == date(2024, 10, 9)


def test_what_a_body_wrote_never_becomes_a_formula(path: Path) -> None:
    cell = openpyxl.load_workbook(path).worksheets[0]["J5"]
    assert (cell.value, cell.data_type, cell.quotePrefix) == ("=HYPERLINK(1)", "s", True)
    with zipfile.ZipFile(path) as archive:
        assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")


def test_ids_stand_on_a_page_that_nobody_sees(path: Path) -> None:
    page = openpyxl.load_workbook(path)[HIDDEN]
    assert page.sheet_state == "veryHidden"
    assert [cell.value for cell in page[1]][:5] == [FORM, "s1", "plan", "2024-10", "dep-a"]
    assert [row[0].value for row in page.iter_rows(min_row=2)] == [CODE, PROJECT]
    assert [row[1].value for row in page.iter_rows(min_row=2)] == ["d1", "p1"]


def test_it_prints_lying_on_a4_with_its_heads_on_every_page(path: Path) -> None:
    page = openpyxl.load_workbook(path).worksheets[0]
    assert (page.page_setup.orientation, page.page_setup.paperSize) == ("landscape", 9)
    assert page.print_title_rows == "$4:$4"
    assert page.freeze_panes == "D5"
    assert "SIMULATED" in page.oddHeader.center.text


def test_columns_that_say_nothing_are_hidden(path: Path) -> None:
    page = openpyxl.load_workbook(path).worksheets[0]
    hidden = {letter for letter, look in page.column_dimensions.items() if look.hidden}
    assert hidden & {"E", "G", "J"} == {"E", "G"}


def test_a_sheet_in_chinese_has_its_date_as_an_office_writes_it(tmp_path: Path) -> None:
    write_sheet_workbook(tmp_path / "sheet.xlsx", CONTENT, translation("zh"))
    page = openpyxl.load_workbook(tmp_path / "sheet.xlsx").worksheets[0]
    assert "2024年10月" in page["A1"].value
    assert "2024年11月5日" in page["A2"].value


def test_a_folder_that_refuses_is_an_error_of_the_house(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(HouseError, match="could not be written"):
        write_sheet_workbook(tmp_path / "file" / "sheet.xlsx", CONTENT, translation("en"))

"""Files that go out: what is read equals what was written, in both languages; no formula, no missing banner."""

from datetime import date
from pathlib import Path

import docx
import openpyxl
import pytest

from lantian.desk.language import translation
from lantian.desk.paper.word import SIMULATED
from lantian.loop.plan.dispatch.lights import Colour, LightWord
from lantian.loop.plan.views.exports import (
    read_duty_list,
    write_dispatch_document,
    write_dispatch_workbook,
    write_duty_list,
    write_matrix_workbook,
)
from lantian.loop.plan.views.light_looks import TINTS
from lantian.terms.errors import CallerError

LANGUAGES = [translation("zh_CN"), translation("en")]


@pytest.fixture(params=LANGUAGES, ids=["zh", "en"])
def language(request):
    return request.param


def test_a_duty_list_that_is_read_back_is_the_one_that_was_written(small, tmp_path: Path, language) -> None:
    path = tmp_path / "duties.xlsx"
    written = write_duty_list(small.office, path, today=small.today, language=language, by_body=True)
    assert len(written) == 7
    assert read_duty_list(path) == written
    first = written[0]
    assert (first.duty_id, first.light, first.due, first.share) == ("d1", LightWord.DONE, date(2024, 10, 31), 100)
    assert first.words == "=1+1 限期淘汰"


def test_a_duty_list_has_a_page_for_all_and_one_for_each_body(small, tmp_path: Path) -> None:
    path = tmp_path / "duties.xlsx"
    write_duty_list(small.office, path, today=small.today, language=LANGUAGES[1], by_body=True)
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == [
        "All duties", "Department A", "Government of Luzhou", "Government of Lucheng", "Department B",
        "How it was made",
    ]  # fmt: skip
    page = book["Department A"]
    assert [row[15].value for row in page.iter_rows(min_row=4, max_row=6)] == ["d1", "d4", "d7"]
    assert page["G4"].value == "=1+1 限期淘汰"
    assert page["G4"].data_type == "s"  # words, no formula
    assert page["G4"].quotePrefix


def test_a_list_of_one_body_holds_only_its_duties(small, tmp_path: Path) -> None:
    path = tmp_path / "duties.xlsx"
    rows = write_duty_list(small.office, path, today=small.today, language=LANGUAGES[0], organisation="gov-y")
    assert [row.duty_id for row in rows] == ["d3", "d5"]
    assert read_duty_list(path) == rows


def test_every_page_is_set_up_to_print_and_says_that_it_is_simulated(small, tmp_path: Path) -> None:
    path = tmp_path / "duties.xlsx"
    write_duty_list(small.office, path, today=small.today, language=LANGUAGES[0])
    book = openpyxl.load_workbook(path)
    page = book.worksheets[0]
    assert SIMULATED in page["A2"].value
    assert SIMULATED in page.oddHeader.center.text
    assert (page.page_setup.orientation, page.page_setup.paperSize) == ("landscape", 8)
    assert page.print_title_rows == "$3:$3"
    assert page.freeze_panes == "D4"
    assert SIMULATED in book.worksheets[-1]["A1"].value
    texts = [row[1].value for row in book.worksheets[-1].iter_rows(min_row=3)]
    assert any("dispatch-monthly" in text for text in texts)


def test_a_missing_value_is_an_empty_cell_and_never_zero(small, tmp_path: Path) -> None:
    path = tmp_path / "duties.xlsx"
    write_duty_list(small.office, path, today=small.today, language=LANGUAGES[1])
    page = openpyxl.load_workbook(path).worksheets[0]
    shares = {row[15].value: row[10].value for row in page.iter_rows(min_row=4)}
    assert shares == {"d1": 100, "d2": 60.5, "d3": 10, "d4": None, "d5": None, "d6": 40, "d7": 0}


def test_a_file_that_is_no_duty_list_is_refused(small, tmp_path: Path) -> None:
    path = tmp_path / "matrix.xlsx"
    write_matrix_workbook(small.office, path, today=small.today, language=LANGUAGES[1])
    with pytest.raises(CallerError, match=r"matrix.xlsx is no duty list"):
        read_duty_list(path)


def test_a_spoiled_cell_is_named_by_its_duty(small, tmp_path: Path) -> None:
    path = tmp_path / "duties.xlsx"
    write_duty_list(small.office, path, today=small.today, language=LANGUAGES[1])
    book = openpyxl.load_workbook(path)
    book.worksheets[0]["M5"] = "purple"
    book.save(path)
    with pytest.raises(CallerError, match=r"duty d2 cannot be read \(purple\)"):
        read_duty_list(path)


def test_the_dispatch_table_shows_progress_and_the_light_with_its_reason(small, tmp_path: Path, language) -> None:
    path = tmp_path / "dispatch.xlsx"
    assert write_dispatch_workbook(small.office, path, "2024-10", today=small.today, language=language) == 7
    page = openpyxl.load_workbook(path).worksheets[0]
    row = dict(zip("ABCDEFGHIJK", page[5], strict=True))
    assert row["F"].value == "d2第2次进展"
    assert row["G"].value == 60.5
    assert row["H"].fill.fgColor.rgb == "FF" + TINTS[Colour.RED][1:]
    assert "2024-10-31" in row["I"].value
    assert "A4:A6" in [str(area) for area in page.merged_cells.ranges]


def test_the_dispatch_document_is_a_landscape_table_of_one_body(small, tmp_path: Path, language) -> None:
    path = tmp_path / "dispatch.docx"
    count = write_dispatch_document(
        small.office, path, "2024-10", today=small.today, language=language, organisation="dep-a"
    )
    read = docx.Document(str(path))
    table = read.tables[0]
    assert count == len(table.rows) - 1 == 3
    assert read.sections[0].page_width > read.sections[0].page_height
    assert read.sections[0].header.paragraphs[0].text == SIMULATED
    assert [row.cells[6].text for row in table.rows[1:]] == ["100", "—", "0"]


def test_the_matrix_has_a_letter_and_a_tint_for_each_cell(small, tmp_path: Path, language) -> None:
    path = tmp_path / "matrix.xlsx"
    seen = write_matrix_workbook(small.office, path, today=small.today, language=language)
    page = openpyxl.load_workbook(path).worksheets[0]
    rows = {row[0].value: row for row in page.iter_rows(min_row=4, max_row=3 + len(seen.bodies))}
    name = "甲局" if language.is_chinese else "Department A"
    expected = ["牵", "牵", "配", 3, 1, 0] if language.is_chinese else ["L", "L", "C", 3, 1, 0]
    assert [cell.value for cell in rows[name][1:]] == expected
    assert rows[name][1].fill.fgColor.rgb == "FF" + TINTS[Colour.BLUE][1:]
    empty = rows["乙局" if language.is_chinese else "Department B"][1]
    assert empty.value is None
    assert empty.fill.fill_type is None
    assert page.freeze_panes == "B4"
    assert page.sheet_properties.pageSetUpPr.fitToPage
    assert page.page_setup.fitToHeight != 0  # the whole of it on one page

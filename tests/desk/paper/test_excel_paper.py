"""Papers as Excel: numbers as numbers, marks on every sheet, nothing that computes by itself."""

from pathlib import Path

import openpyxl

from lantian.desk.paper.excel_paper import number_format, write_excel
from lantian.desk.paper.office_paper import Cell, Head, Heading, Table
from lantian.desk.paper.office_table import HEAD_ROW
from lantian.desk.paper.word import SIMULATED

FIRST = HEAD_ROW + 2
"""First row of a table, from 1."""


def book_of(paper, path: Path):
    write_excel(paper, path)
    return openpyxl.load_workbook(path)


def test_numbers_stay_numbers_with_their_format_and_missing_is_a_dash(make_paper, tmp_path: Path) -> None:
    page = book_of(make_paper(rows=5), tmp_path / "a.xlsx")["县区表"]
    assert page.cell(FIRST, 2).value == 35
    assert page.cell(FIRST, 2).number_format == "0"
    assert (page.cell(FIRST, 3).value, page.cell(FIRST, 3).number_format) == (2.5, "+0.0;-0.0;0.0")
    assert [page.cell(FIRST + 5, column).value for column in (1, 2, 3, 4)] == ["末行", "—", "—", "—"]
    assert page.cell(FIRST, 4).fill.fgColor.rgb == "FF99004C"
    assert page.cell(FIRST, 4).font.color.rgb == "FFFFFFFF"


def test_names_that_look_like_formulas_are_texts(make_paper, tmp_path: Path) -> None:
    page = book_of(make_paper(rows=5), tmp_path / "a.xlsx")["县区表"]
    column = [page.cell(FIRST + at, 1) for at in range(5)]
    assert [cell.value for cell in column][2] == "=1+1"
    assert {cell.data_type for cell in column} == {"s"}


def test_the_first_sheet_says_it_in_words_and_the_last_how_it_was_made(make_paper, tmp_path: Path) -> None:
    book = book_of(make_paper(language="en"), tmp_path / "a.xlsx")
    assert book.sheetnames == ["Summary", "县区表", "How it was made"]
    rows = [[cell.value for cell in row] for row in book["Summary"].iter_rows(min_row=FIRST)]
    assert ["AQI", "82", "良"] in rows
    assert any(row[0] == "一、总体情况" and str(row[1]).startswith("正文") for row in rows)
    last = [[cell.value for cell in row] for row in book.worksheets[-1].iter_rows()]
    assert ["决策流水", "12:abcdef"] in last


def test_every_sheet_says_that_it_is_simulated_and_provisional(make_paper, tmp_path: Path) -> None:
    book = book_of(make_paper(), tmp_path / "a.xlsx")
    for page in book.worksheets[:-1]:
        assert SIMULATED in page["A2"].value
        assert page["A1"].value.endswith("[DRAFT]")
        assert "初步数据" in [cell.value for row in page.iter_rows() for cell in row]
    final = book_of(make_paper(draft="", watermark="", simulated=False), tmp_path / "b.xlsx")
    assert not final.worksheets[1]["A1"].value.endswith("]")
    assert SIMULATED not in (final.worksheets[1]["A2"].value or "")


def test_places_for_signatures_stand_below_each_table(make_paper, tmp_path: Path) -> None:
    page = book_of(make_paper(), tmp_path / "a.xlsx")["县区表"]
    below = [row[0].value for row in page.iter_rows(min_row=FIRST + 4) if row[0].value]
    assert below[-1] == "填表________　审核________　签发________"


def test_a_cell_may_have_decimals_of_its_own(make_paper, tmp_path: Path) -> None:
    table = Table(
        "t", "表", [Head("a", decimals=0)], [[3.0], [Cell(4.7, decimals=2)], [Cell(-1.5, decimals=1, signed=True)]]
    )
    page = book_of(make_paper(blocks=[table]), tmp_path / "a.xlsx")["表"]
    assert [page.cell(FIRST + at, 1).number_format for at in range(3)] == ["0", "0.00", "+0.0;-0.0;0.0"]
    assert number_format(0, signed=False) == "0"


def test_a_paper_of_tables_alone_has_no_summary(make_paper, tmp_path: Path) -> None:
    table = Table("t", "表", [Head("a")], [[1]])
    book = book_of(make_paper(blocks=[Heading("只有标题"), table]), tmp_path / "a.xlsx")
    assert book.sheetnames == ["表", "制作说明"]

"""Word documents: an office's manner, whole files, no invented values."""

import zipfile
from datetime import date, datetime
from pathlib import Path

import docx
import pytest
from docx.oxml.ns import qn
from docx.shared import Cm, Pt

from lantian.desk.language import translation
from lantian.desk.paper.word import SIMULATED, WordDocument, cell_text
from lantian.desk.paper.word_tables import column_widths, same_runs
from lantian.terms.errors import HouseError

ZH, EN = translation("zh_CN"), translation("en")


def test_chinese_title_body_and_page_follow_the_standard(tmp_path: Path) -> None:
    made = WordDocument("工作进展通报", subtitle="（2024年7月）", simulated=False, language=ZH)
    made.heading("一、总体情况")
    made.paragraph("全市共40项措施。")
    made.save(tmp_path / "a.docx")
    read = docx.Document(str(tmp_path / "a.docx"))
    title, subtitle, heading, body = read.paragraphs
    assert (title.text, subtitle.text, heading.text, body.text) == (
        "工作进展通报", "（2024年7月）", "一、总体情况", "全市共40项措施。",
    )  # fmt: skip
    assert title.style.font.size == Pt(22)
    assert title.style.element.rPr.rFonts.get(qn("w:eastAsia")) == "方正小标宋简体"
    assert body.style.font.size == Pt(16)
    assert body.style.element.rPr.rFonts.get(qn("w:eastAsia")) == "仿宋_GB2312"
    assert body.style.font.name == "Times New Roman"
    assert body._p.pPr.ind.get(qn("w:firstLineChars")) == "200"
    section = read.sections[0]
    assert abs(section.top_margin - Cm(3.7)) < Cm(0.01)
    assert abs(section.left_margin - Cm(2.8)) < Cm(0.01)
    assert 'w:altName w:val="宋体"' in zipfile.ZipFile(tmp_path / "a.docx").read("word/fontTable.xml").decode()


@pytest.mark.parametrize("language", [ZH, EN])
@pytest.mark.parametrize("landscape", [True, False])
def test_every_page_of_a_simulated_document_says_so(tmp_path: Path, language, landscape) -> None:
    made = WordDocument("t", simulated=True, language=language, landscape=landscape)
    made.save(tmp_path / "a.docx")
    read = docx.Document(str(tmp_path / "a.docx"))
    section = read.sections[0]
    assert section.header.paragraphs[0].text == SIMULATED
    if read.settings.odd_and_even_pages_header_footer:
        assert section.even_page_header.paragraphs[0].text == SIMULATED
    else:
        assert not (language is ZH and not landscape)


def test_a_measured_document_says_nothing_of_simulation(tmp_path: Path) -> None:
    WordDocument("t", simulated=False, language=ZH).save(tmp_path / "a.docx")
    for name in (names := zipfile.ZipFile(tmp_path / "a.docx")).namelist():
        assert b"SIMULATED" not in names.read(name)


def test_pages_are_numbered_by_a_field(tmp_path: Path) -> None:
    WordDocument("t", simulated=False, language=ZH).save(tmp_path / "a.docx")
    read = docx.Document(str(tmp_path / "a.docx"))
    for footer in (read.sections[0].footer, read.sections[0].even_page_footer):
        assert footer.paragraphs[0].text == "— 1 —"
        assert " PAGE " in footer.paragraphs[0]._p.xml


def test_table_repeats_its_head_and_shows_a_dash_for_what_is_missing(tmp_path: Path) -> None:
    made = WordDocument("t", simulated=False, language=ZH, landscape=True)
    made.table(["单位", "比例", "期限"], [["甲", None, date(2024, 10, 31)], ["乙", 0, None]], numeric=[1])
    made.save(tmp_path / "a.docx")
    table = docx.Document(str(tmp_path / "a.docx")).tables[0]
    assert [[cell.text for cell in row.cells] for row in table.rows] == [
        ["单位", "比例", "期限"], ["甲", "—", "2024-10-31"], ["乙", "0", "—"],
    ]  # fmt: skip
    assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
    assert table.rows[1].cells[1].paragraphs[0].alignment == 2


def test_equal_neighbours_become_one_cell_with_its_words_once(tmp_path: Path) -> None:
    made = WordDocument("t", simulated=False, language=ZH)
    made.table(["章", "单位", "事"], [["一", "甲", "1"], ["一", "甲", "2"], ["二", "甲", "3"]], merge=[0, 1])
    made.save(tmp_path / "a.docx")
    table = docx.Document(str(tmp_path / "a.docx")).tables[0]
    assert table.cell(1, 0)._tc is table.cell(2, 0)._tc
    assert table.cell(1, 1).text == "甲"
    assert table.cell(2, 1)._tc is not table.cell(3, 1)._tc  # another chapter is another cell


def test_a_merged_cell_never_grows_over_a_page() -> None:
    assert same_runs([["甲"]] * 30, [0], 12) == [(0, 11), (12, 23), (24, 29)]
    assert same_runs([], [0], 12) == []


def test_asked_widths_are_scaled_down_to_the_page() -> None:
    assert column_widths(["a", "b"], [], 15.0, [20.0, 10.0]) == [10.0, 5.0]
    assert sum(column_widths(["甲", "乙"], [["x" * 900, ""]], 15.0, None)) == pytest.approx(15.0)


def test_red_head_fits_on_one_line_above_a_red_rule(tmp_path: Path) -> None:
    name = "长治市大气污染防治工作领导小组办公室"
    made = WordDocument("t", simulated=False, language=ZH, red_head=name, number="〔2024〕7号")
    made.save(tmp_path / "a.docx")
    head, number, *_ = docx.Document(str(tmp_path / "a.docx")).paragraphs
    assert head.text == name
    assert head.runs[0].font.size.pt * len(name) <= made.width_cm / 2.54 * 72
    assert str(head.runs[0].font.color.rgb) == "E01010"
    assert number._p.pPr.find(qn("w:pBdr")) is not None


def test_letters_that_a_file_cannot_hold_are_left_out(tmp_path: Path) -> None:
    made = WordDocument("a\x00b", simulated=False, language=EN)
    made.paragraph("x\x07y\ud800z\nnext", bold=True, align="both")
    made.signature(["办公室\x01", "2024年8月5日"])
    made.page_break()
    made.foot("h")
    made.save(tmp_path / "a.docx")
    texts = [line.text for line in docx.Document(str(tmp_path / "a.docx")).paragraphs]
    assert texts[:4] == [
        "ab", "xyz\nnext", "办公室", "2024年8月5日",
    ]  # fmt: skip


def test_cells_show_instants_to_the_minute() -> None:
    assert cell_text(datetime(2024, 8, 5, 9, 30, 59)) == "2024-08-05 09:30"  # noqa: DTZ001 - a cell knows no zone


def test_a_refused_disk_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(HouseError, match="could not be written"):
        WordDocument("t", simulated=False, language=ZH).save(tmp_path / "file" / "a.docx")
    assert (tmp_path / "file").read_text() == "x"

"""Papers as Word: from top to bottom, or in an office's own template that may be wrong in every way."""

import zipfile
from pathlib import Path

import docx
import pytest
from docx.oxml.ns import qn
from docx.shared import Cm, Pt

from lantian.desk.language import translation
from lantian.desk.paper.office_paper import Text
from lantian.desk.paper.word import SIMULATED
from lantian.desk.paper.word_paper import write_starter, write_word
from lantian.terms.findings import Severity


def words_of(path: Path) -> list[str]:
    return [line.text for line in docx.Document(str(path)).paragraphs]


def cells_of(path: Path) -> list[list[list[str]]]:
    return [[[cell.text for cell in row.cells] for row in table.rows] for table in docx.Document(str(path)).tables]


def template_of(path: Path, *lines: str, head: str = "") -> Path:
    made = docx.Document()
    for line in lines:
        made.add_paragraph(line)
    if head:
        made.sections[0].header.paragraphs[0].text = head
    made.save(str(path))
    return path


def test_everything_stands_in_order_and_names_are_literal(make_paper, tmp_path: Path) -> None:
    assert write_word(make_paper(rows=5), tmp_path / "a.docx") == ()
    lines = words_of(tmp_path / "a.docx")
    said = "\n".join(lines)
    assert lines[0] == "长治市生态环境局 <b>"
    assert said.index("长环〔2026〕9号") < said.index("通报 <b>粗</b>") < said.index("一、总体情况")
    assert '正文 <b>粗</b> #import "x" =1+1 $x$ *y* _z_ @ref <label> \\ // c' in said
    figures, table = cells_of(tmp_path / "a.docx")
    assert figures == [["AQI", "PM₂.₅"], ["82", "60 µg/m³"], ["良", ""]]
    assert table[0] == ["县区", "PM₂.₅\nµg/m³", "变化\n%", "级别"]
    assert table[1][1:] == ["35", "+2.5", "重度污染"]
    assert table[2][1:3] == ["36", "−2.5"]
    assert table[-1] == ["末行", "—", "—", "—"]
    assert lines[-1] == "决策流水：12:abcdef"


def test_dark_ground_carries_white_words_and_the_picture_has_words(make_paper, tmp_path: Path) -> None:
    write_word(make_paper(), tmp_path / "a.docx")
    read = docx.Document(str(tmp_path / "a.docx"))
    cell = read.tables[1].rows[1].cells[3]
    assert str(cell.paragraphs[0].runs[0].font.color.rgb) == "FFFFFF"
    assert read.inline_shapes[0]._inline.docPr.get("descr") == "图的说明文字"


def test_a_sheet_has_narrow_margins_and_smaller_letters(make_paper, tmp_path: Path) -> None:
    write_word(make_paper(compact=True), tmp_path / "a.docx")
    read = docx.Document(str(tmp_path / "a.docx"))
    assert abs(read.sections[0].left_margin - Cm(1.6)) < Cm(0.01)
    assert read.styles["Normal"].font.size == Pt(12)


def test_a_small_table_stays_on_one_page_and_a_long_one_may_break(make_paper, tmp_path: Path) -> None:
    write_word(make_paper(rows=3), tmp_path / "a.docx")
    write_word(make_paper(rows=40), tmp_path / "b.docx")
    small, long = (docx.Document(str(tmp_path / name)).tables[1] for name in ("a.docx", "b.docx"))
    assert small.rows[1].cells[1].paragraphs[0].paragraph_format.keep_with_next
    assert not small.rows[-1].cells[1].paragraphs[0].paragraph_format.keep_with_next
    assert not long.rows[1].cells[1].paragraphs[0].paragraph_format.keep_with_next


def test_a_template_is_filled_where_it_asks(make_paper, tmp_path: Path) -> None:
    template = template_of(
        tmp_path / "t.docx",
        "{{title}} 今日指数 {{aqi}}",
        "{{table:counties}}",
        "尾",
        "{{ how_made }}",
        head="{{number}}",
    )
    found = write_word(make_paper(), tmp_path / "a.docx", template)
    read = docx.Document(str(tmp_path / "a.docx"))
    lines = [line.text for line in read.paragraphs]
    assert lines[0] == '通报 <b>粗</b> #import "x" 今日指数 82'
    order = [child.tag for child in read.element.body if child.tag in {qn("w:p"), qn("w:tbl")}]
    assert order.index(qn("w:tbl")) == 1
    assert lines.index("尾") < lines.index("决策流水：12:abcdef")
    head = [line.text for line in read.sections[0].header.paragraphs]
    assert head == [SIMULATED, "长环〔2026〕9号"]
    assert {row.code for row in found} == {"paper_template_place_missing"}
    assert {row.evidence["place"] for row in found} == {"{{figures:day}}", "{{picture:map}}"}


def test_a_place_that_the_paper_lacks_becomes_a_dash_and_a_finding(make_paper, tmp_path: Path) -> None:
    template = template_of(tmp_path / "t.docx", "{{counites}} 与 {{aqi}}", "{{content}}", "{{table:nothing}}")
    found = write_word(make_paper(), tmp_path / "a.docx", template)
    assert words_of(tmp_path / "a.docx")[0] == "— 与 82"
    unknown = [row.evidence["place"] for row in found if row.code == "paper_template_place_unknown"]
    assert unknown == ["{{counites}}", "{{table:nothing}}"]
    missing = [row for row in found if row.code == "paper_template_place_missing"]
    assert [(row.evidence["place"], row.severity) for row in missing] == [("{{how_made}}", Severity.INFO)]
    assert words_of(tmp_path / "a.docx")[-1] == "决策流水：12:abcdef"


def test_a_place_that_word_cut_into_runs_is_found(make_paper, tmp_path: Path) -> None:
    made = docx.Document()
    line = made.add_paragraph()
    for part in ("前{", "{a", "qi}", "}后", "{{aqi}}"):
        line.add_run(part)
    table = made.add_table(1, 1)
    table.cell(0, 0).text = "{{title}}"
    made.save(str(tmp_path / "t.docx"))
    write_word(make_paper(title="名"), tmp_path / "a.docx", tmp_path / "t.docx")
    assert words_of(tmp_path / "a.docx")[0] == "前82后82"
    assert cells_of(tmp_path / "a.docx")[0] == [["名"]]


def test_a_value_that_looks_like_a_place_is_not_filled_again(make_paper, tmp_path: Path) -> None:
    template = template_of(tmp_path / "t.docx", "{{title}}", "{{how_made}}", "{{content}}")
    paper = make_paper(title="{{aqi}}", blocks=[Text("{{content}}"), Text("{{aqi}}")])
    found = write_word(paper, tmp_path / "a.docx", template)
    lines = words_of(tmp_path / "a.docx")
    assert (lines[0], lines[-2:]) == ("{{aqi}}", ["{{content}}", "{{aqi}}"])
    assert found == ()


@pytest.mark.parametrize("content", [b"", b"no archive", b"PK\x05\x06" + b"\x00" * 18])
def test_a_template_that_cannot_be_read_is_a_finding_and_not_a_crash(make_paper, tmp_path: Path, content) -> None:
    (tmp_path / "t.docx").write_bytes(content)
    (found,) = write_word(make_paper(), tmp_path / "a.docx", tmp_path / "t.docx")
    assert found.code == "paper_template_unreadable"
    assert "一、总体情况" in words_of(tmp_path / "a.docx")


def test_a_template_that_unpacks_to_too_much_is_not_opened(make_paper, tmp_path: Path) -> None:
    with (
        zipfile.ZipFile(tmp_path / "t.docx", "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("x", "w") as part,
    ):
        for _ in range(201):
            part.write(bytes(1_000_000))
    (found,) = write_word(make_paper(), tmp_path / "a.docx", tmp_path / "t.docx")
    assert found.code == "paper_template_unreadable"


def test_no_template_is_no_finding(make_paper, tmp_path: Path) -> None:
    assert write_word(make_paper(), tmp_path / "a.docx", tmp_path / "none.docx") == ()


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_the_starter_shows_every_part_of_a_paper_without_findings(make_paper, tmp_path: Path, language) -> None:
    write_starter(tmp_path / "templates" / "t.docx", translation(language))
    found = write_word(make_paper(language=language), tmp_path / "a.docx", tmp_path / "templates" / "t.docx")
    assert found == ()
    said = "\n".join(words_of(tmp_path / "a.docx"))
    assert "{{" not in said
    for part in (
        "长治市生态环境局 <b>",
        "长环〔2026〕9号",
        "初步数据",
        "一、总体情况",
        "2026年1月20日",
        "12:abcdef",
    ):
        assert part in said
    assert len(cells_of(tmp_path / "a.docx")) == 2

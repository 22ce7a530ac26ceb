"""Documents of every kind become text with the place of each paragraph and cell, or an error that helps."""

import contextlib
import io
import zipfile
from pathlib import Path
from typing import Any

import docx
import matplotlib as mpl
import pylopdf_fonts_zh_cn
import pytest
import xlsxwriter  # type: ignore[import-untyped]
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from matplotlib.backends.backend_pdf import PdfPages
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties

from lantian.desk.intake.documents import DocumentLimits, read_source
from lantian.science.plan_text.records import BlockKind, Source
from lantian.science.plan_text.structure import structure
from lantian.terms.errors import CallerError

LINES = [
    "某市2024年蓝天方案",
    "一、工作目标",
    "2024年，PM2.5浓度不高于40微克/立方米，优良天数比率不低于78%，重度及以上污染天数比率控制在1%以内。",
    "二、重点任务",
    "（一）能源",
    "1．控煤。2024年10月底前，淘汰35蒸吨及以下燃煤锅炉27台，有序推进清洁能源替代，逐月报送进展。（市能源局牵头，市工信局配合）",
    "2．控气。加强储备。（市住建局负责）",
    "（二）面源",
    "3．控尘。每月洒水，机械化清扫率达到80%以上，覆盖全部裸地，常态化开展工地、道路、堆场扬尘巡查。（市住建局负责）",
]
TITLES = [(1, "一", "控煤"), (2, "一", "控气"), (3, "二", "控尘")]


def source_of(folder: Path, data: bytes, name: str, **limits: int) -> Source:
    """Read bytes as a file of this name; every block stands in the text, in order, without overlap."""
    path = folder / name
    path.write_bytes(data)
    source = read_source(path, DocumentLimits(**limits))
    ends = [0, *(row.span.end for row in source.blocks)]
    assert all(end <= row.span.start <= row.span.end for end, row in zip(ends, source.blocks, strict=False))
    return source


def words(source: Source) -> list[str]:
    """Words of each paragraph."""
    return [row.span.cut(source.text) for row in source.blocks if row.kind is BlockKind.PARAGRAPH]


def cells(source: Source) -> list[tuple[int | None, int | None, str]]:
    """Row, column and words of each cell."""
    rows = [row for row in source.blocks if row.kind is BlockKind.CELL]
    return [(row.row, row.column, row.span.cut(source.text)) for row in rows]


def measures(source: Source) -> list[tuple[int | str, str, str]]:
    """Number, section and title of each measure."""
    return [(row.number, row.section, row.title) for row in structure(source).measures]


def saved(document: Any) -> bytes:
    """Bytes of a Word document."""
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def word(*lines: str) -> bytes:
    """A Word document of plain paragraphs."""
    document = docx.Document()
    for line in lines:
        document.add_paragraph(line)
    return saved(document)


class TestText:
    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16"])
    def test_text_is_read_in_its_own_encoding(self, tmp_path: Path, encoding: str) -> None:
        source = source_of(tmp_path, "\r\n".join(LINES).encode(encoding), "plan.txt")
        assert words(source) == LINES
        assert measures(source) == TITLES
        assert len(source.digest) == 64

    def test_old_page_broken_at_one_width_has_whole_paragraphs(self, tmp_path: Path) -> None:
        lines = [
            "　　各单位要加强治理，完成全市十二家水泥企业和二十七台工业炉",
            "窑的深度改造，同步完善在线监测。",
        ]
        source = source_of(tmp_path, "\r\n".join(lines * 8).encode("gbk"), "old.txt")
        assert words(source) == ["".join(lines).strip()] * 8
        assert "lines_joined" in {row.code for row in source.findings}
        assert source.encoding is not None

    def test_file_without_an_ending_is_text(self, tmp_path: Path) -> None:
        assert words(source_of(tmp_path, "甲\n乙".encode(), "plan")) == ["甲", "乙"]


class TestPage:
    PAGE = (
        '<html><head><meta http-equiv="Content-Type" content="text/html; charset=gb2312"><title>某市</title>'
        "<style>p{{}}</style></head><body><div id=nav><a>首页</a> &gt; <a>政务公开</a></div>"
        "<script>var a='1.某'</script>"
        "<h1>某市2024年蓝天方案</h1><div><span>发布日期：2024-05-14</span><span>来源：某市人民政府</span></div>"
        "<div class=text>{body}</div><p>【打印】【关闭】</p><div>版权所有：某市人民政府</div></body></html>"
    )

    def test_page_in_gbk_is_the_document_within_its_furniture(self, tmp_path: Path) -> None:
        body = "".join(f"<p>&nbsp;&nbsp;{line}</p>\n" for line in LINES[1:])
        source = source_of(tmp_path, self.PAGE.format(body=body).encode("gbk"), "plan.html")
        found = structure(source)
        assert measures(source) == TITLES
        assert source.encoding == "gb18030"
        assert found.facts.title is not None
        assert (found.facts.title.text, str(found.facts.published_on)) == ("某市2024年蓝天方案", "2024-05-14")
        assert "var a" not in source.text
        assert {row.span.cut(source.text) for row in found.uses if row.use.value == "chrome"} >= {
            "首页 > 政务公开",
            "【打印】【关闭】",
        }

    def test_line_breaks_part_paragraphs_and_inline_marks_do_not(self, tmp_path: Path) -> None:
        page = "<html><body><p>一、<b>任</b>务<br>1.控<span>煤</span>\n。<br/>2.控尘。</p></body></html>"
        assert words(source_of(tmp_path, page.encode(), "a.htm")) == ["一、任务", "1.控煤。", "2.控尘。"]

    def test_table_of_tasks_keeps_its_merged_cells(self, tmp_path: Path) -> None:
        page = (
            "<table><tr><th>序号</th><th>任务</th><th>责任单位</th></tr><tr><td colspan=3>一、能源</td></tr>"
            "<tr><td rowspan=2>1</td><td><p>淘汰锅炉</p></td><td rowspan=2>市能源局</td></tr>"
            "<tr><td>替代炉窑</td></tr>"
            "<tr><td>2</td><td>控尘</td><td>市住建局</td></tr></table>"
        )
        source = source_of(tmp_path, f"<html><body>{page}</body></html>".encode(), "a.html")
        assert measures(source) == [(1, "一", "淘汰锅炉"), (2, "一", "控尘")]
        assert (3, 1, "替代炉窑") in cells(source)

    def test_table_that_lays_out_the_page_is_paragraphs(self, tmp_path: Path) -> None:
        rows = "".join(f"<tr><td><table><tr><td>{line}</td></tr></table></td></tr>" for line in LINES)
        source = source_of(tmp_path, f"<html><body><table>{rows}</table></body></html>".encode(), "a.html")
        assert words(source) == LINES

    def test_deeply_nested_page_is_read(self, tmp_path: Path) -> None:
        page = f"<html><body>{'<div>' * 200}一、任务{'</div>' * 200}</body></html>"
        assert words(source_of(tmp_path, page.encode(), "a.html")) == ["一、任务"]


class TestWord:
    def test_paragraphs_and_tables_stand_in_their_order(self, tmp_path: Path) -> None:
        document = docx.Document()
        document.add_paragraph("某市任务清单", style="Title")
        document.add_heading("重点任务", level=2)
        table = document.add_table(rows=3, cols=3)
        for place, text in enumerate(["序号", "任务", "责任单位", "1", "控煤", "市能源局", "2", "控尘", ""]):
            table.cell(place // 3, place % 3).text = text
        table.cell(1, 2).merge(table.cell(2, 2))
        document.add_paragraph("完")
        source = source_of(tmp_path, saved(document), "a.docx")
        assert [row.heading for row in source.blocks if row.kind is BlockKind.PARAGRAPH] == [1, 2, None]
        assert source.text.index("重点任务") < source.text.index("控煤") < source.text.index("完")
        assert [(row.row, row.rows) for row in source.blocks if row.column == 2] == [(0, 1), (1, 2)]
        leads = [row.lead.cut(source.text) for row in structure(source).task_rows if row.lead]
        assert [row.strip() for row in leads] == ["市能源局", "市能源局"]

    def test_numbers_that_word_only_draws_are_in_the_text(self, tmp_path: Path) -> None:
        document = docx.Document()
        levels = [("chineseCounting", "%1、"), ("chineseCounting", "（%2）"), ("decimal", "%3.")]
        drawn = "".join(
            f'<w:lvl w:ilvl="{at}"><w:start w:val="1"/><w:numFmt w:val="{form}"/>'
            f'<w:lvlText w:val="{text}"/></w:lvl>'
            for at, (form, text) in enumerate(levels)
        )
        root = document.part.numbering_part.element
        root.insert(0, parse_xml(f'<w:abstractNum {nsdecls("w")} w:abstractNumId="77">{drawn}</w:abstractNum>'))
        root.append(parse_xml(f'<w:num {nsdecls("w")} w:numId="77"><w:abstractNumId w:val="77"/></w:num>'))
        for text, level in [
            ("任务", 0),
            ("能源", 1),
            ("控煤。", 2),
            ("控气。", 2),
            ("面源", 1),
            ("控尘。", 2),
            ("能力", 0),
            ("建站", 1),
        ]:
            paragraph = document.add_paragraph(text)
            mark = f'<w:numPr {nsdecls("w")}><w:ilvl w:val="{level}"/><w:numId w:val="77"/></w:numPr>'
            paragraph._p.get_or_add_pPr().append(parse_xml(mark))
        source = source_of(tmp_path, saved(document), "a.docx")
        assert words(source) == [
            "一、任务", "（一）能源", "1.控煤。", "2.控气。", "（二）面源", "1.控尘。", "二、能力", "（一）建站",
        ]  # fmt: skip

    def test_numbers_of_a_paragraph_style_are_drawn_too(self, tmp_path: Path) -> None:
        document = docx.Document()
        for text in ("控煤。", "控尘。"):
            document.add_paragraph(text, style="List Number")
        assert words(source_of(tmp_path, saved(document), "a.docx")) == ["1.控煤。", "2.控尘。"]

    def test_insertions_are_kept_and_deletions_left_out(self, tmp_path: Path) -> None:
        document = docx.Document()
        paragraph = document.add_paragraph("控煤")
        for tag, inner in (("ins", "<w:t>减量</w:t>"), ("del", "<w:delText>增量</w:delText>")):
            paragraph._p.append(parse_xml(f"<w:{tag} {nsdecls('w')}><w:r>{inner}</w:r></w:{tag}>"))
        assert words(source_of(tmp_path, saved(document), "a.docx")) == ["控煤减量"]

    def test_soft_line_breaks_part_paragraphs(self, tmp_path: Path) -> None:
        assert words(source_of(tmp_path, word("一、任务\n1.控煤。\n2.控尘。"), "a.docx")) == [
            "一、任务",
            "1.控煤。",
            "2.控尘。",
        ]


def drawn_pdf(path: Path, lines: list[str], width: int = 34, rows: int = 7) -> None:
    """A PDF as an office sets it: two characters indent, hard line ends, page numbers at the foot."""
    font = FontProperties(
        fname=str(Path(pylopdf_fonts_zh_cn.__file__).with_name("NotoSerifSC-Regular.otf")), size=12
    )
    drawn: list[str] = []
    for line in lines:
        rest = "\u3000\u3000" + line
        while rest:
            drawn.append(rest[:width])
            rest = rest[width:]
    with mpl.rc_context({"pdf.fonttype": 42}), PdfPages(path) as book:
        for number, start in enumerate(range(0, len(drawn), rows), start=1):
            page = Figure(figsize=(8.27, 11.69))
            for place, line in enumerate(drawn[start : start + rows]):
                page.text(0.12, 0.9 - 0.035 * place, line, fontproperties=font)
            page.text(0.48, 0.04, f"— {number} —", fontproperties=font)
            book.savefig(page)


class TestPdf:
    def test_lines_are_joined_to_paragraphs_also_over_pages(self, tmp_path: Path) -> None:
        path = tmp_path / "plan.pdf"
        drawn_pdf(path, LINES)
        source = read_source(path)
        assert [row for row in words(source) if not row.startswith("—")] == LINES
        assert measures(source) == TITLES
        pages = [row.span.cut(source.text) for row in structure(source).uses if row.use.value == "chrome"]
        assert pages == ["— 1 —", "— 2 —"]

    def test_ruled_table_is_cells(self, tmp_path: Path) -> None:
        path = tmp_path / "plan.pdf"
        font = FontProperties(
            fname=str(Path(pylopdf_fonts_zh_cn.__file__).with_name("NotoSerifSC-Regular.otf")), size=12
        )
        page = Figure(figsize=(8.27, 11.69))
        axes = page.add_axes((0.1, 0.5, 0.8, 0.3))
        axes.set_axis_off()
        rows = [["序号", "任务", "责任单位"], ["1", "控煤", "市能源局"], ["2", "控尘", "市住建局"]]
        for cell in axes.table(cellText=rows, loc="center").get_celld().values():
            cell.set_text_props(fontproperties=font)
        page.text(0.3, 0.9, "某市2024年任务清单", fontproperties=font)
        with mpl.rc_context({"pdf.fonttype": 42}):
            page.savefig(path)
        source = read_source(path)
        assert [row[2] for row in cells(source)] == [cell for row in rows for cell in row]
        assert measures(source) == [(1, "", "控煤"), (2, "", "控尘")]

    def test_scan_without_text_says_what_to_do(self, tmp_path: Path) -> None:
        path = tmp_path / "scan.pdf"
        page = Figure(figsize=(8.27, 11.69))
        page.figimage([[0.0, 1.0], [1.0, 0.0]], resize=False)
        page.savefig(path)
        with pytest.raises(CallerError, match="text recognition"):
            read_source(path)

    def test_page_limit_is_an_argument(self, tmp_path: Path) -> None:
        path = tmp_path / "plan.pdf"
        drawn_pdf(path, LINES)
        with pytest.raises(CallerError, match="at most 1 are read"):
            read_source(path, DocumentLimits(pages=1))

    def test_half_pdf_is_refused(self, tmp_path: Path) -> None:
        path = tmp_path / "plan.pdf"
        drawn_pdf(path, LINES)
        with pytest.raises(CallerError):
            source_of(tmp_path, path.read_bytes()[:900], "half.pdf")


class TestBook:
    @staticmethod
    def book(path: Path) -> None:
        with xlsxwriter.Workbook(str(path)) as book:
            sheet = book.add_worksheet("任务")
            sheet.merge_range(0, 0, 0, 3, "某市2024年重点任务清单")
            for row, line in enumerate(
                (["序号", "类别", "任务", "责任单位"], [1, "", "控煤", "甲局"], [2, "", "控气", ""]), start=1
            ):
                for column, word in enumerate(line):
                    if word != "":
                        sheet.write(row, column, word)
            sheet.merge_range(2, 1, 3, 1, "能源")
            sheet.merge_range(2, 3, 3, 3, "甲局")
            hidden = book.add_worksheet("草稿")
            hidden.write(0, 0, "不看")
            hidden.hide()

    def test_sheet_is_a_task_table_under_its_caption(self, tmp_path: Path) -> None:
        path = tmp_path / "plan.xlsx"
        self.book(path)
        source = read_source(path)
        found = structure(source)
        assert [(row.number, row.section_title, row.title) for row in found.measures] == [
            (1, "能源", "控煤"),
            (2, "能源", "控气"),
        ]
        assert [row.lead.cut(source.text) for row in found.task_rows if row.lead] == ["甲局", "甲局"]
        assert found.facts.title is not None
        assert found.facts.title.text == "某市2024年重点任务清单"
        assert "不看" not in source.text

    def test_cell_limit_is_an_argument(self, tmp_path: Path) -> None:
        path = tmp_path / "plan.xlsx"
        self.book(path)
        with pytest.raises(CallerError, match="more than 5 cells"):
            read_source(path, DocumentLimits(cells=5))


class TestRefusals:
    @pytest.mark.parametrize(
        ("data", "name", "match"),
        [
            (b"", "a.txt", "is empty"),
            (b"\xef\xbb\xbf \r\n", "a.txt", "is empty"),
            (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(64), "a.doc", "save it as .docx"),
            (b"\x89PNG\r\n\x1a\n", "a.png", "text recognition"),
            (b"PK\x03\x04" + bytes(40), "a.docx", "half Office file"),
            (b"PK\x03\x04word/document.xml" + bytes(40), "a.docx", "damaged"),
            (b"PK\x03\x04xl/workbook.xml" + bytes(40), "a.xlsx", "damaged"),
            (b"nothing of the kind", "a.pdf", "its beginning is damaged"),
            (b"<html><body></body></html>", "a.html", "no words"),
            (b"\xff\xfe\xfa\x00\x81", "a.txt", "."),
        ],
    )
    def test_file_that_is_no_document_says_what_to_do(
        self, tmp_path: Path, data: bytes, name: str, match: str
    ) -> None:
        with pytest.raises(CallerError, match=match):
            source_of(tmp_path, data, name)

    def test_absent_file_and_folder_are_named(self, tmp_path: Path) -> None:
        with pytest.raises(CallerError, match="does not exist"):
            read_source(tmp_path / "a.txt")
        with pytest.raises(CallerError, match="is a folder"):
            read_source(tmp_path)

    def test_half_word_document_is_refused(self, tmp_path: Path) -> None:
        data = word(*LINES)
        with pytest.raises(CallerError, match=r"damaged|half"):
            source_of(tmp_path, data[: len(data) // 2], "a.docx")

    def test_document_without_words_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(CallerError, match="no words"):
            source_of(tmp_path, word("", " "), "a.docx")

    def test_limits_are_arguments(self, tmp_path: Path) -> None:
        with pytest.raises(CallerError, match="raise the limit"):
            source_of(tmp_path, "甲".encode() * 100, "a.txt", bytes=50)
        with pytest.raises(CallerError, match="at most 50"):
            source_of(tmp_path, "甲".encode() * 100, "a.txt", characters=50)
        with pytest.raises(CallerError, match="more than 50"):
            source_of(tmp_path, word("甲" * 100), "a.docx", characters=50)

    def test_bomb_is_refused(self, tmp_path: Path) -> None:
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("word/document.xml", b" " * 3_000_000)
        with pytest.raises(CallerError, match="zip bomb"):
            source_of(tmp_path, out.getvalue(), "a.docx", unpacked_bytes=1_000_000)

    @settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(
        st.binary(max_size=200),
        st.sampled_from(
            [b"", b"<html><p>", b"%PDF-1.7\n", b"PK\x03\x04word/", b"PK\x03\x04xl/", "一、任务\n1.".encode()]
        ),
        st.sampled_from(["a.txt", "a.html", "a.pdf", "a.docx", "a.xlsx"]),
    )
    def test_any_bytes_are_read_or_refused(self, tmp_path: Path, data: bytes, head: bytes, name: str) -> None:
        with contextlib.suppress(CallerError):
            structure(source_of(tmp_path, head + data, name))

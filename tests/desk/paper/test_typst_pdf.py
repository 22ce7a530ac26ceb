"""PDF through Typst: words as they are, packaged fonts, tags and outlines, the same bytes twice."""

import io
from dataclasses import replace
from pathlib import Path

import pdfplumber
import pypdfium2
import pytest

from lantian.desk.paper import typst_pdf
from lantian.desk.paper.office_paper import Head, Picture, Table
from lantian.desk.paper.typst_pdf import pdf_of, write_pdf
from lantian.desk.paper.word import SIMULATED
from lantian.terms.errors import HouseError

MARKUP = ("<b>粗</b>", '#import "x"', "=1+1", "$x$ *y* _z_", "@ref <label> \\ // c")


def pages_of(data: bytes) -> list[str]:
    with pdfplumber.open(io.BytesIO(data)) as read:
        return [page.extract_text() for page in read.pages]


def squeezed(text: str) -> str:
    return "".join(text.split())


def test_names_with_markup_come_out_literally(make_paper) -> None:
    text = squeezed("".join(pages_of(pdf_of(make_paper(rows=5, watermark="")))))
    for name in MARKUP:
        assert text.count(squeezed(name)) >= 2, name


def test_the_same_paper_gives_the_same_bytes(make_paper) -> None:
    assert pdf_of(make_paper()) == pdf_of(make_paper())
    later = make_paper()
    assert pdf_of(replace(later, made_at=later.made_at.replace(day=21))) != pdf_of(later)


def test_it_is_tagged_for_archives_with_its_title_and_date(make_paper) -> None:
    data = pdf_of(make_paper())
    assert b"<pdfaid:part>2</pdfaid:part>" in data
    assert b"<pdfaid:conformance>A</pdfaid:conformance>" in data
    assert b"<pdfuaid:part>1</pdfuaid:part>" in data
    read = pypdfium2.PdfDocument(data)
    told = read.get_metadata_dict()
    assert told["Title"] == '通报 <b>粗</b> #import "x"'
    assert told["CreationDate"].startswith("D:20260120")


def test_headings_are_the_outline(make_paper) -> None:
    read = pypdfium2.PdfDocument(pdf_of(make_paper()))
    assert [row.get_title() for row in read.get_toc()] == ["一、总体情况", "二、表"]


def test_a_picture_has_words_for_who_cannot_see_it(make_paper) -> None:
    with pdfplumber.open(io.BytesIO(pdf_of(make_paper()))) as read:

        def alts(nodes) -> list[str]:
            return [
                text
                for node in nodes
                for text in ([node["alt_text"]] if node.get("alt_text") else []) + alts(node.get("children", []))
            ]

        assert "图的说明文字" in alts(read.structure_tree)


def test_only_packaged_fonts_are_used_and_all_are_embedded(make_paper) -> None:
    with pdfplumber.open(io.BytesIO(pdf_of(make_paper()))) as read:
        fonts = {char["fontname"].split("+")[1] for page in read.pages for char in page.chars}
    assert {name.split("-")[0] for name in fonts} == {"NotoSerifSC", "NotoSansSC"}


def test_a_long_table_repeats_its_head_and_every_page_is_marked(make_paper) -> None:
    pages = pages_of(pdf_of(make_paper(rows=90, watermark="")))
    assert len(pages) >= 3
    assert sum("县区" in page and "级别" in page for page in pages) >= 3
    assert all(SIMULATED in page for page in pages)


@pytest.mark.parametrize("compact", [True, False])
@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_a_watermark_across_a_breaking_table_keeps_the_tags(make_paper, compact, language) -> None:
    data = pdf_of(make_paper(rows=80, compact=compact, language=language))
    assert b"<pdfuaid:part>1</pdfuaid:part>" in data
    assert SIMULATED in pages_of(data)[0]


def test_the_red_head_stands_above_the_title_in_red(make_paper) -> None:
    with pdfplumber.open(io.BytesIO(pdf_of(make_paper()))) as read:
        first = read.pages[0]
        red = [
            char
            for char in first.chars
            if char["non_stroking_color"] == pytest.approx((0xE0 / 255, 16 / 255, 16 / 255), abs=0.01)
        ]
        assert "".join(char["text"] for char in red).startswith("长治市生态环境局")
        title = next(word for word in first.extract_words() if word["text"].startswith("通报"))
        assert max(char["bottom"] for char in red) < title["top"]
    assert "长环〔2026〕9号" in squeezed(pages_of(pdf_of(make_paper()))[0])


def test_the_page_of_a_document_has_the_margins_of_the_standard(make_paper) -> None:
    millimetre = 72 / 25.4
    with pdfplumber.open(io.BytesIO(pdf_of(make_paper(rows=60, simulated=False, watermark="")))) as read:
        second = read.pages[1]
        assert (round(second.width / millimetre), round(second.height / millimetre)) == (210, 297)
        body = [char for char in second.chars if char["top"] < second.height - 35 * millimetre]
        assert min(char["top"] for char in body) >= 37 * millimetre - 1
        assert min(char["x0"] for char in body) >= 28 * millimetre - 1
        assert max(char["x1"] for char in body) <= (210 - 26) * millimetre + 1


def test_a_dark_ground_carries_white_words_and_a_missing_value_is_a_dash(make_paper) -> None:
    with pdfplumber.open(io.BytesIO(pdf_of(make_paper(watermark="")))) as read:
        chars = [char for page in read.pages for char in page.chars]
    level = next(char for char in chars if char["text"] == "重")
    assert tuple(level["non_stroking_color"]) in {(1.0,), (1.0, 1.0, 1.0)}
    assert "末行———" in squeezed("".join(pages_of(pdf_of(make_paper(watermark="")))))


def test_how_it_was_made_closes_the_paper(make_paper) -> None:
    last = pages_of(pdf_of(make_paper(watermark="")))[-1]
    assert squeezed(last).rstrip("—123 ").endswith("12:abcdef") or "12:abcdef" in last.splitlines()[-2]


def test_a_page_that_cannot_be_tagged_is_still_for_archives(make_paper) -> None:
    nameless = Picture("x", b'<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>', b"", "")
    data = pdf_of(make_paper(blocks=[nameless], title=""))
    assert b"<pdfuaid:part>" not in data
    assert b"<pdfaid:conformance>B</pdfaid:conformance>" in data


def test_what_typst_refuses_is_our_fault(make_paper) -> None:
    broken = Picture("x", b"no picture at all", b"", "alt")
    with pytest.raises(HouseError, match="could not be set as PDF"):
        pdf_of(make_paper(blocks=[broken]))


def test_a_table_without_rows_keeps_its_head(make_paper) -> None:
    empty = Table("t", "空表", [Head("甲"), Head("乙")], [])
    assert "甲" in pages_of(pdf_of(make_paper(blocks=[empty], watermark="")))[0]


def test_the_file_is_whole(make_paper, tmp_path: Path) -> None:
    write_pdf(make_paper(), tmp_path / "deep" / "a.pdf")
    assert (tmp_path / "deep" / "a.pdf").read_bytes() == pdf_of(make_paper())
    assert [path.name for path in (tmp_path / "deep").iterdir()] == ["a.pdf"]


def test_merged_cells_never_grow_taller_than_a_page(make_paper) -> None:
    heads = [Head("甲", merge=True), Head("乙")]
    table = Table("t", "t", heads, [["同", at] for at in range(30)])
    spans = typst_pdf._spans(table, table.texts())
    assert sorted(span for span in spans.values() if span) == [6, 12, 12]
    assert sum(spans.values()) == 30

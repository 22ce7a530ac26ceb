"""A plain text as blocks."""

from lantian.science.plan_text.plain_sources import source_of_text
from lantian.science.plan_text.records import BlockKind


def test_each_line_is_a_paragraph_and_each_row_is_cells() -> None:
    source = source_of_text("方案\r\n\r\n序号\t任务\t责任单位\r1\t控煤\t甲局\n")
    assert [(row.kind, row.span.cut(source.text)) for row in source.blocks][:2] == [
        (BlockKind.PARAGRAPH, "方案"),
        (BlockKind.CELL, "序号"),
    ]
    assert "\r" not in source.text
    assert len(source.blocks) == 7


def test_digest_tells_texts_apart_and_lone_surrogates_are_no_harm() -> None:
    assert source_of_text("甲").digest != source_of_text("乙").digest
    assert source_of_text("\ud800").text == "\ud800"

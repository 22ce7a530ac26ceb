"""Numbered lines nest as the document nests them, and headings say what they announce."""

import pytest

from lantian.science.plan_text.lines import lines_of
from lantian.science.plan_text.numbering import accepted, label_at, nesting
from lantian.science.plan_text.outline import Node, Part, has_own_words, has_tail, outline, title_of
from lantian.science.plan_text.plain_sources import source_of_text
from lantian.science.plan_text.records import Block, BlockKind, Source, Span


def roots_of(source: Source) -> list[Node]:
    """Outermost nodes of a source."""
    lines = lines_of(source)
    labels = accepted([label_at(row.text) for row in lines])
    order = nesting([row for row in labels if row is not None])
    return outline(source.text, list(zip(lines, labels, strict=True)), order)[0]


def shape(node: Node) -> object:
    """Numeral of a node with those under it."""
    return (node.numeral, [shape(child) for child in node.children]) if node.children else node.numeral


def test_levels_follow_the_numbers() -> None:
    roots = roots_of(source_of_text("一、甲\n（一）乙\n1.丙\n2.丁\n（二）戊\n二、己\n1.庚\n"))
    assert [shape(node) for node in roots] == [("一", [("一", ["1", "2"]), "二"]), ("二", ["1"])]


def test_heading_that_the_file_declares_stands_over_numbers() -> None:
    text = "重点任务\n1.甲\n保障措施\n1.乙\n"
    blocks = [Block(BlockKind.PARAGRAPH, Span(0, 4), heading=1), Block(BlockKind.PARAGRAPH, Span(5, 8))]
    blocks += [Block(BlockKind.PARAGRAPH, Span(9, 13), heading=1), Block(BlockKind.PARAGRAPH, Span(14, 17))]
    roots = roots_of(Source("a", text, tuple(blocks)))
    assert [(node.title.cut(text), [child.numeral for child in node.children]) for node in roots] == [
        ("重点任务", ["1"]),
        ("保障措施", ["1"]),
    ]


@pytest.mark.parametrize(
    ("title", "part"),
    [
        ("总体要求", Part.GENERAL),
        ("指导思想", Part.GENERAL),
        ("重点区域范围", Part.GENERAL),
        ("工作目标", Part.GOALS),
        ("目标指标", Part.GOALS),
        ("主要目标", Part.GOALS),
        ("目标任务", Part.GOALS),
        ("空气质量改善目标", Part.GOALS),
        ("2024年工作目标", Part.GOALS),
        ("总体要求和工作目标", Part.GOALS),
        ("保障措施", Part.SAFEGUARD),
        ("工作要求", Part.SAFEGUARD),
        ("重点任务", Part.TASKS),
        ("强化目标任务考核", Part.TASKS),
        ("加强秸秆综合利用和禁烧", Part.TASKS),
        ("实施城市空气质量达标管理", Part.TASKS),
    ],
)
def test_heading_says_what_it_announces(title: str, part: Part) -> None:
    assert roots_of(source_of_text(f"一、{title}\n某某。\n"))[0].part is part


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("（市能源局牵头，市工信局配合）", True),
        ("（省生态环境厅，各市人民政府）", True),
        ("牵头单位：市能源局", True),
        ("（运距500公里以上）", False),
        ("细颗粒物（PM2.5）下降", False),
    ],
)
def test_tail_is_told_from_another_bracket(words: str, expected: bool) -> None:
    assert has_tail(roots_of(source_of_text(f"1.控煤。减量\n{words}\n"))[0]) is expected


def test_bare_heading_has_no_words_of_its_own() -> None:
    roots = roots_of(source_of_text("一、甲\n1.乙。\n二、丙。丁戊。\n"))
    assert [has_own_words(node) for node in roots] == [False, True]


def test_title_of_an_empty_line_is_empty() -> None:
    assert title_of("1.", 2, 2) == (Span(2, 2), Span(2, 2))

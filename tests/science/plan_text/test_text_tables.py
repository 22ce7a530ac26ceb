"""Rows of a plain text become cells, and nothing of a line is lost."""

import pytest

from lantian.science.plan_text.lines import paragraphs_of
from lantian.science.plan_text.records import BlockKind
from lantian.science.plan_text.text_tables import cells_of


def cells(text: str) -> list[tuple[int | None, int | None, str]]:
    """Row, column and words of each cell."""
    rows = cells_of(text, paragraphs_of(text))
    return [(row.row, row.column, row.span.cut(text)) for row in rows if row.kind is BlockKind.CELL]


@pytest.mark.parametrize("rule", ["|---|---|---|\n", ""])
def test_upright_strokes_part_cells(rule: str) -> None:
    text = f"| 序号 | 任务 | 牵头单位 |\n{rule}| 1 | 控煤 | 甲局 |\n"
    assert cells(text) == [
        (0, 0, "序号"),
        (0, 1, "任务"),
        (0, 2, "牵头单位"),
        (1, 0, "1"),
        (1, 1, "控煤"),
        (1, 2, "甲局"),
    ]


def test_empty_first_cell_keeps_its_column() -> None:
    text = "序号\t任务\t牵头单位\n1\t控煤\t甲局\n\t控气\t乙局\n"
    assert cells(text)[6:] == [(2, 0, ""), (2, 1, "控气"), (2, 2, "乙局")]


def test_line_with_a_stroke_is_no_table() -> None:
    assert cells("微信\n|\n公众号\n甲|乙|丙\n") == []

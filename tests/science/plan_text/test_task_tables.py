"""Tables that list tasks are told from others, with their merged cells and sections."""

from lantian.science.plan_text.records import Block, BlockKind, Source, Span
from lantian.science.plan_text.task_tables import TaskTable, task_tables

Row = list[str | tuple[str, int, int] | None]


def table_of(*rows: Row) -> tuple[Source, tuple[TaskTable, ...]]:
    """A source with one table; a cell may say how many rows and columns it covers, None: covered."""
    text = ""
    blocks = []
    for number, row in enumerate(rows):
        for column, cell in enumerate(row):
            if cell is None:
                continue
            words, deep, wide = cell if isinstance(cell, tuple) else (cell, 1, 1)
            span = Span(len(text), len(text) + len(words))
            blocks.append(Block(BlockKind.CELL, span, 0, number, column, None, deep, wide))
            text += words + "\t"
        text += "\n"
    source = Source("a", text, tuple(blocks))
    return source, task_tables(source)


def test_row_is_a_measure_with_its_columns() -> None:
    source, (table,) = table_of(
        ["序号", "重点任务", "工作内容", "牵头部门", "协办单位", "完成时限", "备注"],
        ["3", "控煤", "减量替代。", "市能源局", "市工信局", "6月底前", "续建"],
    )
    (entry,) = table.entries
    cells = entry.rows[0]
    assert (entry.number, entry.title.cut(source.text)) == (3, "控煤")
    assert [span.cut(source.text) for span in entry.body] == ["控煤", "减量替代。"]
    assert [span.cut(source.text) for span in (cells.lead, cells.cooperate, cells.due) if span] == [
        "市能源局",
        "市工信局",
        "6月底前",
    ]
    assert {name: span.cut(source.text) for name, span in cells.others.items()} == {"备注": "续建"}


def test_full_width_row_and_merged_column_are_sections() -> None:
    source, (table,) = table_of(
        ["类别", "任务", "责任单位"],
        [("能源", 2, 1), "控煤", "市能源局"],
        [None, "控气", "市住建局"],
        [("二、面源", 1, 3), None, None],
        ["", "控尘", "市住建局"],
    )
    sections = [row.section.cut(source.text) if row.section else None for row in table.entries]
    assert sections == ["能源", "能源", "二、面源"]
    assert [row.number for row in table.entries] == [1, 2, 3]


def test_merged_serial_number_is_one_measure_of_several_rows() -> None:
    source, (table,) = table_of(
        ["序号", "任务", "责任单位"],
        [("1", 2, 1), "淘汰锅炉", "市能源局"],
        [None, "替代炉窑", "市工信局"],
        ["2", "控尘", "市住建局"],
    )
    assert [(row.number, len(row.body), len(row.rows)) for row in table.entries] == [(1, 2, 2), (2, 1, 1)]
    assert source.text.index("替代炉窑") in range(table.entries[0].span.start, table.entries[0].span.end)


def test_cell_merged_over_rows_holds_for_each_of_them() -> None:
    source, (table,) = table_of(
        ["序号", "任务", "责任单位"], ["1", "控煤", ("市能源局", 2, 1)], ["2", "控气", None]
    )
    assert [row.rows[0].lead.cut(source.text) for row in table.entries if row.rows[0].lead] == [
        "市能源局",
        "市能源局",
    ]


def test_beside_a_leader_the_responsible_carry_out() -> None:
    source, (table,) = table_of(["任务", "牵头部门", "主责单位", "协办单位"], ["控煤", "甲局", "乙局", "丙局"])
    cells = table.entries[0].rows[0]
    assert None not in (cells.lead, cells.implement, cells.cooperate)
    assert [span.cut(source.text) for span in (cells.lead, cells.implement, cells.cooperate) if span] == [
        "甲局",
        "乙局",
        "丙局",
    ]


def test_header_may_stand_in_two_rows_under_a_caption() -> None:
    source, (table,) = table_of(
        [("某市任务表", 1, 4), None, None, None],
        [("序号", 2, 1), ("任务", 2, 1), ("责任单位", 1, 2), None],
        [None, None, "牵头", "配合"],
        ["1", "控煤", "市能源局", "市工信局"],
    )
    cells = table.entries[0].rows[0]
    assert None not in (cells.lead, cells.cooperate)
    assert [span.cut(source.text) for span in (cells.lead, cells.cooperate) if span] == ["市能源局", "市工信局"]
    assert [span.cut(source.text) for span in table.captions] == ["某市任务表"]


def test_table_that_runs_on_without_its_header_is_carried_on() -> None:
    text = "任务\t责任单位\n控煤\t甲局\n控尘\t乙局\n"
    spans = [Span(0, 2), Span(3, 7), Span(8, 10), Span(11, 13), Span(14, 16), Span(17, 19)]
    blocks = [
        Block(BlockKind.CELL, span, place // 4, place % 4 // 2, place % 2) for place, span in enumerate(spans)
    ]
    found = task_tables(Source("a", text, tuple(blocks)))
    assert [entry.title.cut(text) for table in found for entry in table.entries] == ["控煤", "控尘"]


def test_table_of_figures_is_no_list_of_tasks() -> None:
    _, found = table_of(["县区", "PM2.5", "优良天数"], ["潞州区", "40", "290"])
    assert found == ()


def test_row_without_a_task_is_unread() -> None:
    source, (table,) = table_of(["序号", "任务", "责任单位"], ["1", "控煤", "甲局"], ["", "", "合计两项"])
    assert [span.cut(source.text) for span in table.unread] == ["合计两项"]


def test_kind_of_work_that_covers_several_tasks_is_their_section() -> None:
    source, (table,) = table_of(
        ["序号", "重点工作", "主要任务", "工程措施", "责任单位"],
        ["1", ("能源", 2, 1), "控煤", "减量。", "甲局"],
        ["2", None, "控气", "储备。", "乙局"],
        ["3", "面源", "控尘", "洒水。", "丙局"],
    )
    assert [row.title.cut(source.text) for row in table.entries] == ["控煤", "控气", "控尘"]
    assert [row.section.cut(source.text) for row in table.entries if row.section] == ["能源", "能源", "面源"]


def test_task_with_a_measure_of_its_own_beside_it_stays_the_title() -> None:
    source, (table,) = table_of(
        ["序号", "重点任务", "具体措施", "责任单位"],
        ["1", "控煤", "减量替代。", "甲局"],
        ["2", "控气", "加强储备。", "乙局"],
    )
    assert [row.title.cut(source.text) for row in table.entries] == ["控煤", "控气"]

"""Tables that set goals: a row for each place, or for each thing measured."""

from decimal import Decimal

import pytest

from lantian.science.plan_text.goal_tables import GoalTables, goal_tables
from lantian.science.plan_text.plain_sources import source_of_text
from lantian.science.plan_text.reading import read_plan
from lantian.science.plan_text.records import Block, BlockKind, Source, Span, Target, TargetKind, Use


def source_with(caption: str, *rows: list[str]) -> Source:
    """A source of one caption and one table."""
    text, blocks = caption, [Block(BlockKind.PARAGRAPH, Span(0, len(caption)))] if caption else []
    for number, row in enumerate(rows):
        text += "\n"
        for column, words in enumerate(row):
            blocks.append(Block(BlockKind.CELL, Span(len(text), len(text) + len(words)), 0, number, column))
            text += words + "\t"
    return Source("a", text, tuple(blocks))


def read(caption: str, *rows: list[str], year: int | None = 2025) -> GoalTables:
    return goal_tables(source_with(caption, *rows), (), year)


def short(rows: tuple[Target, ...]) -> list[tuple[str, str, str, Decimal | None, str]]:
    return [("、".join(row.subjects), row.metric, str(row.comparator), row.value, row.unit) for row in rows]


def test_each_place_has_its_goals() -> None:
    found = read(
        "各县区空气质量改善目标",
        ["县（市、区）", "PM2.5（微克/立方米）", "优良天数比率（%）"],
        ["城东区", "38", "≥75.5"],
        ["北山县", "35.5", "78以上"],
    )
    assert short(found.targets) == [
        ("城东区", "pm25", "<=", Decimal("38"), "微克/立方米"),
        ("城东区", "good_day_ratio", ">=", Decimal("75.5"), "%"),
        ("北山县", "pm25", "<=", Decimal("35.5"), "微克/立方米"),
        ("北山县", "good_day_ratio", ">=", Decimal("78"), "%"),
    ]
    assert {row.years for row in found.targets} == {(2025,)}


def test_each_measure_has_its_goal_beside_what_is() -> None:
    found = read(
        "",
        ["序号", "指标名称", "单位", "2024年现状值", "2026年目标值"],
        ["1", "PM10年均浓度", "微克/立方米", "70", "62"],
        ["2", "重度及以上污染天数", "天", "6", "4"],
    )
    assert short(found.targets) == [
        ("", "pm10", "<=", Decimal("62"), "微克/立方米"),
        ("", "heavy_days", "<=", Decimal("4"), "天"),
    ]
    assert {row.years for row in found.targets} == {(2026,)}


def test_header_of_two_rows_names_metric_and_year() -> None:
    found = read(
        "目标分解（单位：微克/立方米）",
        ["县区", "PM2.5浓度", "PM2.5浓度"],
        ["县区", "2025年", "2026年"],
        ["城东区", "38", "36"],
    )
    assert [(row.value, row.years, row.unit) for row in found.targets] == [
        (Decimal(38), (2025,), "微克/立方米"),
        (Decimal(36), (2026,), "微克/立方米"),
    ]


def test_fall_is_a_change_against_the_year_before() -> None:
    (row,) = read("考核目标", ["县区", "PM2.5同比下降（%）"], ["城东区", "4.5"]).targets
    assert (row.change, row.direction, row.baseline, row.comparator) == (True, "down", 2024, ">=")


def test_words_of_hope_make_goals_aspirational() -> None:
    (row,) = read("力争目标", ["县区", "PM2.5目标"], ["城东区", "30"]).targets
    assert row.kind is TargetKind.ASPIRATIONAL


@pytest.mark.parametrize(
    ("caption", "header", "row"),
    [
        ("空气质量情况", ["县区", "PM2.5浓度"], ["城东区", "38"]),
        ("目标", ["县区", "PM2.5现状值"], ["城东区", "38"]),
        ("目标", ["县区", "锅炉台数"], ["城东区", "38"]),
        ("目标", ["县区", "PM2.5目标"], ["城东区", "另行下达"]),
        ("目标", ["序号", "任务", "责任单位", "PM2.5目标"], ["1", "控煤", "甲局", "38"]),
    ],
)
def test_other_tables_set_no_goals(caption: str, header: list[str], row: list[str]) -> None:
    assert read(caption, header, row) == GoalTables()


def test_goals_in_a_table_of_a_text_are_targets_in_reading_order_and_accounted_for() -> None:
    source = source_with("一、工作目标", ["县区", "PM2.5目标（微克/立方米）"], ["城东区", "38"], ["城西区", "37"])
    draft = read_plan(source)
    assert [(row.subjects, row.value, row.span.cut(source.text)) for row in draft.targets] == [
        (("城东区",), Decimal(38), "38"),
        (("城西区",), Decimal(37), "37"),
    ]
    goal = [row.span.cut(source.text) for row in draft.coverage if row.use is Use.GOAL]
    assert "城东区" in "".join(goal)


def test_text_without_a_table_has_none() -> None:
    assert goal_tables(source_of_text("一、目标\n2025年达标。"), (), 2025) == GoalTables()

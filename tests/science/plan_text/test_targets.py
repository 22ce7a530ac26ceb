"""Goals of the plan as a whole."""

import re
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lantian.science.plan_text.mentions import find_mentions
from lantian.science.plan_text.records import Comparator, Span, Target, TargetKind
from lantian.science.plan_text.targets import find_targets, target_findings


def read(text: str, heading: str = "", year: int | None = None) -> tuple[Target, ...]:
    span = Span(0, len(text))
    return find_targets(text, [(span, heading)], year, find_mentions(text, [span], None))


@pytest.mark.reference
def test_seed_holds_its_eight_targets(reference_data: Path) -> None:
    text = next((reference_data.parent / "seed").glob("*.txt")).read_text(encoding="utf-8")
    first, last = text.index("二、工作目标"), text.index("三、重点任务")
    goals, heading = [], ""
    for line in re.finditer(r"[^\n]+", text[first:last]):
        if line[0].startswith("("):
            heading = line[0]
        elif line[0][0].isdigit():
            goals.append((Span(first + line.start(), first + line.end()), heading))
    found = find_targets(text, goals, 2024, ())
    assert [(str(row.kind), row.metric, row.value, row.years, row.subjects) for row in found] == [
        ("binding", "assigned", None, (2024, 2025), ("我市",)),
        ("binding", "pm25", Decimal(35), (2025,), ("市区",)),
        ("binding", "rank", Decimal(30), (2024,), ("潞城区",)),
        ("binding", "pm25", Decimal(40), (2024,), ("潞城区",)),
        ("binding", "assigned", None, (2024, 2025), ("其余县区", "各县区")),
        ("aspirational", "attainment", None, (2024,), ("11个县区",)),
        ("aspirational", "rank", Decimal(3), (2024, 2025), ("平顺县",)),
        ("aspirational", "rank", None, (2024, 2025), ("其余县区",)),
    ]
    assert [row.direction for row in found if row.metric == "rank"] == ["out_of_last", "within_first", "forward"]
    assert found[2].metric_written == "空气质量指数"
    assert found[5].except_subjects == ("潞城区",)
    assert all(row.span.cut(text) == row.text for row in found)
    assert target_findings(found) == ()


@pytest.mark.reference
@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (
            "01-national-2018-style",
            [
                ("so2_emissions", 15, True, 2015, (2020,)),
                ("nox_emissions", 15, True, 2015, (2020,)),
                ("pm25", 18, True, 2015, (2020,)),
                ("good_day_ratio", 80, False, None, (2020,)),
            ],
        ),
        (
            "04-responsible-units-2022-style",
            [("pm25", 40, False, None, (2022,)), ("good_day_ratio", 78, False, None, (2022,))],
        ),
    ],
)
def test_pattern_texts_hold_their_targets(reference_data: Path, name: str, expected: list[object]) -> None:
    text = (reference_data / "plans" / f"{name}.txt").read_text(encoding="utf-8")
    (line,) = re.finditer(r"\n(?:（二）目标指标|2022年，PM2)[^\n]+", text)
    found = find_targets(text, [(Span(line.start() + 1, line.end()), "目标指标")], None, ())
    assert [(row.metric, row.value, row.change, row.baseline, row.years) for row in found] == expected


@pytest.mark.parametrize(
    ("text", "metric", "comparator", "value", "unit"),
    [
        ("2025年，全市可吸入颗粒物浓度不高于62微克/立方米。", "pm10", "<=", "62", "微克/立方米"),
        ("重污染天数比率控制在1%以内。", "heavy_day_ratio", "<=", "1", "%"),
        ("重度及以上污染天数不超过6天。", "heavy_days", "<=", "6", "天"),
        ("优良天数达到280天。", "good_days", ">=", "280", "天"),
        ("优良天数比率达到76%以上。", "good_day_ratio", ">=", "76", "%"),
        ("环境空气质量综合指数控制在4.5以内。", "composite_index", "<=", "4.5", ""),
        ("细颗粒物（PM2.5）年均浓度控制在38微克/立方米以内。", "pm25", "<=", "38", "微克/立方米"),
        ("降尘量低于6吨/平方公里·月。", "dust_fall", "<", "6", "吨/平方公里·月"),
        ("臭氧浓度达到160微克/立方米。", "o3", "<=", "160", "微克/立方米"),
    ],
)
def test_level_has_metric_value_and_the_better_side(
    text: str, metric: str, comparator: str, value: str, unit: str
) -> None:
    (found,) = read(text, year=2025)
    assert (found.metric, found.value, found.unit, found.years) == (metric, Decimal(value), unit, (2025,))
    assert found.comparator is not None
    assert found.comparator.value == comparator


def test_change_says_its_direction_and_its_baseline() -> None:
    (found,) = read("到2025年，PM2.5浓度比2020年下降10%以上。")
    assert (found.change, found.direction, found.baseline, found.years) == (True, "down", 2020, (2025,))


def test_value_without_a_metric_belongs_to_the_one_before() -> None:
    first, second = read("2025年PM2.5浓度较2020年下降10%，达到35微克/立方米以下。")
    assert (first.metric, second.metric) == ("pm25", "pm25")
    assert (second.comparator, second.value) == (Comparator.AT_MOST, Decimal(35))


def test_each_hands_out_values_to_metrics_in_order() -> None:
    found = read("PM2.5浓度和优良天数比例分别达到35微克/立方米和80%。", year=2025)
    assert [(row.metric, row.value, row.comparator) for row in found] == [
        ("pm25", Decimal(35), Comparator.AT_MOST),
        ("good_day_ratio", Decimal(80), Comparator.AT_LEAST),
    ]


@pytest.mark.parametrize(
    ("heading", "text", "kind"),
    [
        ("(一)约束性指标", "PM2.5浓度达到35微克/立方米。", TargetKind.BINDING),
        ("(二)力争性指标", "PM2.5浓度达到35微克/立方米。", TargetKind.ASPIRATIONAL),
        ("工作目标", "力争PM2.5浓度达到35微克/立方米。", TargetKind.ASPIRATIONAL),
        ("工作目标", "经过3年努力，PM2.5浓度达到35微克/立方米。", TargetKind.BINDING),
        ("目标指标。经过3年努力", "PM2.5浓度达到35微克/立方米。", TargetKind.BINDING),
    ],
)
def test_heading_and_words_say_how_hard_a_target_binds(heading: str, text: str, kind: TargetKind) -> None:
    (found,) = read(text, heading)
    assert found.kind is kind


def test_number_of_an_item_is_not_part_of_its_year() -> None:
    (found,) = read("1.2024年,除潞城区外,全市11个县区PM2.5浓度全部达标。")
    assert (found.years, found.subjects, found.except_subjects) == ((2024,), ("11个县区",), ("潞城区",))
    assert found.text.startswith("2024年")


def test_pool_of_a_ranking_is_not_its_subject() -> None:
    (found,) = read("2025年，平顺县在全省排名进入前三。")
    assert (found.subjects, found.value, found.direction) == (("平顺县",), Decimal(3), "within_first")


def test_goal_without_metric_or_year_is_to_be_looked_at() -> None:
    found = read("主要污染物排放总量下降10%。")
    assert [row.code for row in target_findings(found)] == ["target_without_year"]
    unknown = Target("改善", Span(0, 2), TargetKind.BINDING, years=(2025,))
    assert [row.code for row in target_findings([unknown])] == ["target_without_metric"]


@pytest.mark.parametrize(
    "text", ["", "一、工作目标", "(一)约束性指标", "坚持系统治理。", "完成3年任务。", "其他工作有序推进"]
)
def test_words_without_a_promise_give_no_target(text: str) -> None:
    assert read(text) == ()


@given(
    st.text(
        alphabet="2024年5PM.全市县区浓度达到下降除外力争前三位排名,。;、10%微克/立方米优良天数比率分别和下达任务",
        max_size=80,
    )
)
def test_targets_are_cut_from_the_text_whatever_it_says(text: str) -> None:
    found = read(text)
    assert all(row.span.cut(text) == row.text for row in found)
    assert found == read(text)


@given(st.text(max_size=150), st.text(max_size=10))
def test_any_text_is_read_without_a_crash(text: str, heading: str) -> None:
    assert all(row.span.cut(text) == row.text for row in read(text, heading, 2024))


def test_level_that_is_left_is_no_goal() -> None:
    (row,) = read("PM2.5浓度由42微克/立方米下降到38微克/立方米。", year=2025)
    assert (row.value, row.comparator, row.change) == (Decimal(38), Comparator.AT_MOST, False)


def test_others_who_fulfil_what_is_set_above_have_an_assigned_target() -> None:
    found = read("甲区力争达标，其他县（市）完成省定任务。", year=2025)
    assert [(row.metric, row.subjects) for row in found][-1:] == [("assigned", ("其他县（市）",))]


def test_each_place_gets_its_own_value() -> None:
    found = read("甲区、乙区PM2.5浓度分别降至43微克/立方米、39微克/立方米。", year=2025)
    assert [(row.subjects, row.value) for row in found] == [
        (("甲区",), Decimal(43)),
        (("乙区",), Decimal(39)),
    ]


def test_place_with_a_value_of_its_own_is_the_subject() -> None:
    found = read("PM2.5浓度控制在40微克/立方米，潞城区力争达到35微克/立方米。", year=2025)
    assert [(row.subjects, row.kind, row.value) for row in found][1] == (
        ("潞城区",),
        TargetKind.ASPIRATIONAL,
        Decimal(35),
    )


def test_change_on_last_year_has_its_baseline_and_days_over_the_limit_their_name() -> None:
    (row,) = read("臭氧超标天数同比减少5天以上。", year=2025)
    assert (row.metric, row.baseline, row.direction) == ("o3_exceedance_days", 2024, "down")

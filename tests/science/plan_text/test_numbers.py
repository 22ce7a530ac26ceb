"""Quantities: numbers with units and the words that compare them."""

from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lantian.science.plan_text.numbers import Quantity, base_unit, list_quantities
from lantian.science.plan_text.numerals import han_number, plain
from lantian.science.plan_text.records import Comparator, Span


def read(text: str) -> tuple[Quantity, ...]:
    return list_quantities(text, Span(0, len(text)))


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("15家燃煤电厂", "15", "家"),
        ("１５家燃煤电厂", "15", "家"),
        ("1,200辆货车", "1200", "辆"),
        ("42.88%", "42.88", "%"),
        ("４２．８８％", "42.88", "%"),
        ("150万吨以上项目", "150", "万吨"),
        ("30万千瓦以下机组", "30", "万千瓦"),
        ("2亿吨以内", "2", "亿吨"),
        ("12万户", "12", "万户"),
        ("十二万户", "120000", "户"),
        ("两项工程", "2", "项"),
        ("每小时10蒸吨及以下锅炉", "10", "蒸吨/小时"),
        ("10蒸吨/小时及以下锅炉", "10", "蒸吨/小时"),
        ("4.0吨/平方公里·月", "4.0", "吨/平方公里·月"),
        ("2000台（套）", "2000", "台(套)"),
        ("海拔1200m以下区域", "1200", "m"),
        ("3万立方米/年以下", "3", "万立方米/年"),
        ("0.5克/平方米", "0.5", "克/平方米"),
        ("百分之二十五", "25", "%"),
        ("百分之百", "100", "%"),
        ("不低于九成五，", "95", "%"),
        ("比例不低于1.25:1", "1.25", ":1"),
        ("综合指数控制在4.5以内", "4.5", ""),
        ("下降5.5个百分点", "5.5", "个百分点"),
    ],
)
def test_number_and_unit_stand_as_written(text: str, value: str, unit: str) -> None:
    (found,) = read(text)
    assert (found.value, found.unit) == (Decimal(value), unit)


@pytest.mark.parametrize(
    ("text", "comparator"),
    [
        ("不低于78%", Comparator.AT_LEAST),
        ("不少于60座", Comparator.AT_LEAST),
        ("30%以上", Comparator.AT_LEAST),
        ("30万千瓦及以上", Comparator.AT_LEAST),
        ("控制在90%以上", Comparator.AT_LEAST),
        ("不高于40微克/立方米", Comparator.AT_MOST),
        ("35蒸吨及以下锅炉", Comparator.AT_MOST),
        ("20蒸吨（含）以下锅炉", Comparator.AT_MOST),
        ("控制在2亿吨以内", Comparator.AT_MOST),
        ("5公里范围内", Comparator.AT_MOST),
        ("超过60%", Comparator.MORE),
        ("低于6吨", Comparator.LESS),
        ("80%左右", Comparator.ABOUT),
        ("约4.5亿吨", Comparator.ABOUT),
        ("15家", Comparator.EQUAL),
    ],
)
def test_words_around_a_number_say_how_it_is_met(text: str, comparator: Comparator) -> None:
    (found,) = read(text)
    assert found.comparator is comparator
    assert found.span.cut(text) == text.removesuffix("锅炉")


@pytest.mark.parametrize("text", ["7—10天", "7-10天", "7－10天", "7～10天", "7至10天"])
def test_range_has_two_ends(text: str) -> None:
    (found,) = read(text)
    assert (found.value, found.value_to, found.unit) == (Decimal(7), Decimal(10), "天")


@pytest.mark.parametrize(
    "text",
    [
        "国发〔2023〕24号",
        "DB14/1929——2019",
        "GB 13271-2014",
        "PM2.5、PM10、O3、SO2、CO2和NOx",
        "2024年10月31日",
        "10时至16时",
        "室温18℃",
        "第三方机构",
        "十四五",
        "附近和万家",
        "24小时值守",
        "6+3",
        "12369",
    ],
)
def test_numbers_of_documents_dates_formulas_and_temperatures_are_no_quantities(text: str) -> None:
    assert read(text) == ()


@pytest.mark.parametrize(
    ("text", "change", "reached"),
    [("增长10%", "增长", False), ("下降到10%", "", True), ("达到35微克/立方米", "", True), ("降至5%", "", True)],
)
def test_change_is_told_from_a_level_by_the_word_to(text: str, change: str, reached: bool) -> None:
    (found,) = read(text)
    assert (found.change, found.reached) == (change, reached)


def test_numbers_after_each_share_unit_and_comparing_words() -> None:
    found = read("颗粒物、二氧化硫、氮氧化物分别不高于10、35、50毫克/立方米")
    assert [(int(row.value), row.unit, row.comparator, row.nth, row.among) for row in found] == [
        (10, "毫克/立方米", Comparator.AT_MOST, 0, 3),
        (35, "毫克/立方米", Comparator.AT_MOST, 1, 3),
        (50, "毫克/立方米", Comparator.AT_MOST, 2, 3),
    ]


def test_each_hands_on_the_word_of_change_but_not_the_words_behind() -> None:
    first, second = read("煤炭消费量较2020年分别下降10%和5%左右")
    assert (first.change, first.comparator) == ("下降", Comparator.EQUAL)
    assert (second.change, second.comparator) == ("下降", Comparator.ABOUT)


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ("十", 10),
        ("二十", 20),
        ("一百零五", 105),
        ("三千二百", 3200),
        ("一亿二千万", 120_000_000),
        ("二〇二五", 2025),
        ("万一", None),
        ("十四五", None),
        ("", None),
        ("百", None),
    ],
)
def test_chinese_numerals_have_their_value_or_none(words: str, value: int | None) -> None:
    assert han_number(words) == value


@pytest.mark.parametrize(
    ("unit", "factor", "base"), [("万户", 10_000, "户"), ("亿吨", 10**8, "吨"), ("千瓦", 1, "千瓦"), ("%", 1, "%")]
)
def test_multiplier_of_a_unit_is_known(unit: str, factor: int, base: str) -> None:
    assert base_unit(unit) == (factor, base)


@given(st.text())
def test_plain_text_keeps_its_length(text: str) -> None:
    assert len(plain(text)) == len(text)


DIGITS = st.integers(0, 10**9).map(str)


@given(DIGITS, st.sampled_from(["家", "万吨", "%", "微克/立方米", "台（套）"]), st.text(max_size=10))
def test_number_before_a_unit_is_found_at_its_place(number: str, unit: str, before: str) -> None:
    text = f"{before}。{number}{unit}。"
    found = [row for row in read(text) if row.number.start == len(before) + 1]
    assert [row.value for row in found] == [Decimal(number)]
    assert found[0].number.cut(text) == number + unit


@given(st.text(alphabet="0123456789.,万亿%家吨以上下内至-不低于分别、和达到一二十百", max_size=60))
def test_quantities_never_overlap(text: str) -> None:
    found = read(text)
    assert all(one.span.end <= two.number.start for one, two in pairwise(found))
    assert all(row.span.holds(row.number) for row in found)

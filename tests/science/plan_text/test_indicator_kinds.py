"""What a number is for."""

from decimal import Decimal

import pytest

from lantian.science.plan_text.clauses import Subject
from lantian.science.plan_text.indicator_kinds import indicator_comparator, indicator_kind, indicator_name
from lantian.science.plan_text.numbers import Quantity, list_quantities
from lantian.science.plan_text.records import Comparator, IndicatorKind, Span

NOTHING = Subject("", "", 0, measured=False)
DISTANCE = Subject("运距", "", 0, measured=True)
CAPACITY = Subject("新建容量", "", 0, measured=True)


def number(text: str) -> Quantity:
    (found,) = list_quantities(text, Span(0, len(text)))
    return found


@pytest.mark.parametrize(
    ("text", "noun", "kind"),
    [
        ("15家", "电厂", IndicatorKind.COUNT),
        ("20万辆以上", "", IndicatorKind.COUNT),
        ("20辆以上", "的企业", IndicatorKind.CONDITION),
        ("100吨以下", "转炉", IndicatorKind.CONDITION),
        ("达到95%以上", "", IndicatorKind.GOAL),
        ("80%以上", "钢铁产能", IndicatorKind.GOAL),
        ("3个工作日内", "整改", IndicatorKind.GOAL),
        ("50万平方米", "", IndicatorKind.COUNT),
    ],
)
def test_kind_follows_from_unit_comparing_words_and_the_thing_behind(
    text: str, noun: str, kind: IndicatorKind
) -> None:
    assert indicator_kind(number(text), NOTHING, noun, noun[:2], bracketed=False) is kind


@pytest.mark.parametrize("text", ["三个", "一项", "前30位"])
def test_phrases_and_ranks_are_no_indicator(text: str) -> None:
    assert indicator_kind(number(text), NOTHING, "方面", "方面", bracketed=False) is None


def test_condition_is_named_by_what_it_measures_unless_that_is_vague() -> None:
    assert indicator_name(IndicatorKind.CONDITION, DISTANCE, "运输") == ("运距", True)
    assert indicator_name(IndicatorKind.CONDITION, CAPACITY, "工业锅炉") == ("工业锅炉", False)


@pytest.mark.parametrize(
    ("text", "what", "comparator"),
    [
        ("达到35微克/立方米", "PM2.5浓度", Comparator.AT_MOST),
        ("达到80%", "优良天数比例", Comparator.AT_LEAST),
        ("降至5%", "占比", Comparator.AT_MOST),
        ("增长10%", "货运量", Comparator.AT_LEAST),
        ("100%", "覆盖率", Comparator.EQUAL),
    ],
)
def test_reached_means_at_least_unless_less_is_better(text: str, what: str, comparator: Comparator) -> None:
    row = number(text)
    assert indicator_comparator(row, what) is comparator
    assert row.value > Decimal(0)

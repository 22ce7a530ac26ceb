"""Quantities in a row share their last word."""

import pytest

from lantian.science.plan_text.shared_words import parts_of, shared_end


@pytest.mark.parametrize(
    ("names", "end"),
    [
        (["颗粒物", "二氧化硫", "氮氧化物排放浓度"], "排放浓度"),
        (["黄色", "橙色", "红色预警期间减排比例"], "预警期间减排比例"),
        (["铁路", "水路货运量"], "货运量"),
        (["焦化", "水泥企业"], ""),
        (["收集率", "去除率"], ""),
    ],
)
def test_last_name_lends_what_it_says_for_all(names: list[str], end: str) -> None:
    assert shared_end(names) == end


def test_two_quantities_of_one_direction_are_two() -> None:
    assert [name for name, _ in parts_of("电能比重和天然气产量", 0, "电能比重和天然气产量逐年上升")] == [
        "电能比重",
        "天然气产量",
    ]

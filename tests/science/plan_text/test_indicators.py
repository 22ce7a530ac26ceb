"""Numbers and directions of measures."""

import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lantian.science.plan_text.indicators import find_indicators
from lantian.science.plan_text.mentions import find_mentions
from lantian.science.plan_text.records import Comparator, Indicator, IndicatorKind, Span
from lantian.science.plan_text.times import find_deadlines

GOAL, COUNT, CONDITION = IndicatorKind.GOAL, IndicatorKind.COUNT, IndicatorKind.CONDITION


def read_spans(text: str, spans: list[Span], year: int | None = 2024) -> tuple[Indicator, ...]:
    return find_indicators(text, spans, find_deadlines(text, spans, year), find_mentions(text, spans, None), year)


def read(text: str, year: int | None = 2024) -> tuple[Indicator, ...]:
    return read_spans(text, [Span(0, len(text))], year)


@pytest.mark.parametrize(
    ("text", "what", "kind", "comparator", "value", "unit"),
    [
        ("新能源占比达到70%。", "新能源占比", GOAL, ">=", "70", "%"),
        ("综合利用率稳定控制在90%以上。", "综合利用率", GOAL, ">=", "90", "%"),
        ("平均降尘量不高于4.5吨/平方公里·月。", "平均降尘量", GOAL, "<=", "4.5", "吨/平方公里·月"),
        ("PM2.5浓度达到35微克/立方米。", "PM2.5浓度", GOAL, "<=", "35", "微克/立方米"),
        ("供电煤耗降到300克/千瓦时以下。", "供电煤耗", GOAL, "<=", "300", "克/千瓦时"),
        ("钢铁产能控制在2亿吨以内。", "钢铁产能", GOAL, "<=", "2", "亿吨"),
        ("积尘负荷不高于0.3克/平方米。", "积尘负荷", GOAL, "<=", "0.3", "克/平方米"),
        ("完成35台炉窑改造。", "炉窑", COUNT, "=", "35", "台"),
        ("抽查加油站不少于60座。", "加油站", COUNT, ">=", "60", "座"),
        ("2000家左右企业完成升级。", "企业", COUNT, "~", "2000", "家"),
        ("淘汰国三及以下柴油货车3000辆。", "国三及以下柴油货车", COUNT, "=", "3000", "辆"),
        ("抽测2000台（套）。", "抽测", COUNT, "=", "2000", "台（套）"),
        ("完成两项热电联产工程建设。", "热电联产工程", COUNT, "=", "2", "项"),
        ("1200立方米以下高炉。", "高炉", CONDITION, "<=", "1200", "立方米"),
        ("年运输量150万吨以上项目采用清洁运输。", "年运输量", CONDITION, ">=", "150", "万吨"),
        ("新建容量在10蒸吨/小时及以下工业锅炉优先选用。", "工业锅炉", CONDITION, "<=", "10", "蒸吨/小时"),
        ("长距离运输(运距500公里以上)采用铁路。", "运距", CONDITION, ">=", "500", "公里"),
        ("进出货车超过10辆的，安装门禁。", "进出货车", CONDITION, ">", "10", "辆"),
        ("退出4.3米焦炉。", "焦炉", CONDITION, "=", "4.3", "米"),
    ],
)
def test_number_is_a_goal_a_count_or_a_condition(
    text: str, what: str, kind: IndicatorKind, comparator: str, value: str, unit: str
) -> None:
    (found,) = read(text)
    assert (found.what, found.kind, found.comparator.value) == (what, kind, comparator)
    assert (found.value, found.unit) == (Decimal(value), unit)
    assert found.span.cut(text) == found.text


@pytest.mark.parametrize(
    "text",
    [
        "按照《通知》(环大气〔2021〕65号)开展。",
        "执行《排放标准》(DB14/1929——2019)。",
        "建立“6+3”机制。",
        "落实六个百分之百。",
        "落实双随机、一公开。",
        "室温不低于18℃。",
        "避开10时至16时。",
        "安排资金5000万元。",
        "国四及以下排放标准货车。",
        "第一阶段及以下机械。",
        "培育一批企业，做好三个方面。",
        "降低PM2.5和O3。",
        "实现问题动态清零。",
        "不断提高精准性。",
        "持续降低交通排放。",
    ],
)
def test_names_amounts_of_money_and_phrases_are_no_indicators(text: str) -> None:
    assert read(text) == ()


def test_change_keeps_its_baseline_and_its_direction_in_words() -> None:
    rise, fall = read("到2025年，铁路货运量比2020年增长10%左右，煤炭消费量较2015年下降6%以上。")
    assert (rise.what, rise.change, rise.baseline, rise.comparator) == ("铁路货运量", True, 2020, Comparator.ABOUT)
    assert (fall.what, fall.change, fall.baseline) == ("煤炭消费量下降", True, 2015)


@pytest.mark.parametrize(
    ("text", "year", "base"), [("火点数同比下降20%。", 2022, 2021), ("火点数同比下降20%。", None, None)]
)
def test_year_on_year_change_is_measured_from_last_year(text: str, year: int | None, base: int | None) -> None:
    (found,) = read(text, year)
    assert (found.change, found.baseline) == (True, base)


def test_place_alone_shares_the_quantity_before_it() -> None:
    city, county = read("2025年底前，市区道路机械化清扫率达80%左右，县城达70%左右。")
    assert (city.what, city.scope) == ("道路机械化清扫率", "市区")
    assert (county.what, county.scope, county.by) == ("道路机械化清扫率", "县城", date(2025, 12, 31))


def test_place_alone_shares_change_and_baseline() -> None:
    _, region = read("全国铁路货运量比2017年增长30%，京津冀及周边地区增长40%。")
    assert (region.what, region.scope, region.baseline) == ("铁路货运量", "京津冀及周边地区", 2017)


def test_direction_without_a_number_is_a_goal_for_each_of_two_quantities() -> None:
    found = read("2025年，非化石能源消费比重和电能占终端能源消费比重逐年上升。")
    assert [(row.what, row.comparator, row.value) for row in found] == [
        ("非化石能源消费比重", Comparator.RISING, None),
        ("电能占终端能源消费比重", Comparator.RISING, None),
    ]


def test_negative_growth_falls_from_its_baseline() -> None:
    (found,) = read("2025年，煤炭消费量较2020年实现负增长。")
    assert (found.comparator, found.baseline, found.by) == (Comparator.FALLING, 2020, date(2025, 12, 31))


def test_clearing_is_zero_of_the_things_that_are_named() -> None:
    size, none = read("全市35蒸吨及以下燃煤锅炉动态清零。")
    assert (size.kind, size.value, size.scope) == (CONDITION, Decimal(35), "全市")
    assert (none.kind, none.value, none.what, none.comparator) == (GOAL, Decimal(0), "燃煤锅炉", Comparator.EQUAL)


def test_each_of_a_list_of_plants_is_counted_with_the_scope_of_the_first() -> None:
    found = read(
        "全市15家燃煤电厂(含自备电厂,淘汰电厂除外)、5家钢铁、3家陶瓷企业实施改造，2024年9月底前完成改造。"
    )
    assert [(row.what, int(row.value or 0)) for row in found] == [("燃煤电厂", 15), ("钢铁", 5), ("陶瓷企业", 3)]
    assert {row.scope for row in found} == {"全市"}
    assert {row.by for row in found} == {date(2024, 9, 30)}


def test_each_hands_out_values_to_quantities_in_order() -> None:
    found = read("颗粒物、二氧化硫、氮氧化物排放浓度分别不高于10、35、50毫克/立方米。")
    assert [(row.what, int(row.value or 0)) for row in found] == [
        ("颗粒物排放浓度", 10),
        ("二氧化硫排放浓度", 35),
        ("氮氧化物排放浓度", 50),
    ]


def test_each_hands_out_values_to_places_in_order() -> None:
    found = read("京津冀及周边地区、长三角地区煤炭消费量较2020年分别下降10%和5%左右。")
    assert [(row.scope, row.baseline, row.comparator) for row in found] == [
        ("京津冀及周边地区", 2020, Comparator.AT_LEAST),
        ("长三角地区", 2020, Comparator.ABOUT),
    ]


@pytest.mark.parametrize(
    ("text", "by"),
    [
        ("2024年完成27个站点建设。", date(2024, 12, 31)),
        ("周边5公里范围内的企业要提前至2024年6月底前完成。", date(2024, 6, 30)),
        ("海拔1200m以下散煤区域排查，2024年10月底前，力争完成改造。", None),
        ("使用新能源汽车的比例达到80%，2020年底前，公交车全部更换。", None),
        ("每年抽测30台机械。", None),
        ("2024年起，新增30台机械。", None),
    ],
)
def test_indicator_is_dated_by_the_deadline_of_its_own_clause(text: str, by: date | None) -> None:
    assert read(text)[0].by == by


@pytest.mark.parametrize(
    ("text", "firm"),
    [
        ("到2025年底，产量占比力争达到5%。", [False]),
        ("力争到2025年，覆盖率不低于80%，其他地区不低于60%。", [False, False]),
        ("到2025年，货运量增长10%；运输比例力争达到90%。", [True, False]),
    ],
)
def test_indicator_is_soft_where_the_document_says_so(text: str, firm: list[bool]) -> None:
    assert [row.firm for row in read(text)] == firm


def test_deadline_holds_across_a_semicolon_however_the_sentence_is_cut() -> None:
    text = "到2025年，货运量增长10%；运输比例达到90%。"
    cut = text.index("；") + 1
    halves = [Span(0, cut), Span(cut, len(text))]
    assert read_spans(text, halves) == read(text)


SEED = """1 大宗物料年运输量 condition >= 150 万吨
2 短流程炼钢产量占比 goal >= 5 %
3 高炉 condition <= 1200 立方米
3 转炉 condition <= 100 吨
3 燃煤机组 condition <= 30 万千瓦
7 燃煤电厂 count = 15 家
7 钢铁 count = 5 家
7 常规机焦 count = 13 家
7 常规水泥熟料 count = 4 家
7 玻璃 count = 2 家
7 砖瓦窑 count = 77 家
7 石灰窑 count = 42 家
7 陶瓷企业 count = 3 家
7 潞城区建成区周边范围 condition <= 5 公里
10 关键环节 count = 10 个
11 非化石能源消费比重 goal rising - -
11 电能占终端能源消费比重 goal rising - -
12 煤炭消费量 goal falling - -
13 燃煤锅炉 condition <= 35 蒸吨
13 燃煤锅炉 goal = 0 -
13 工业锅炉 condition <= 10 蒸吨/小时
13 热电联产电厂 condition >= 30 万千瓦
13 供热半径 condition <= 30 公里
16 海拔 condition <= 1200 m
16 散煤清零改造 count = 12 万户
18 运距 condition >= 500 公里
18 铁路货运量 goal ~ 10 %
18 铁路运输比例 goal >= 90 %
18 大宗货物年运量 condition >= 150 万吨
22 建筑工地 condition >= 5000 平方米
22 装配式建筑占新建建筑面积比例 goal >= 30 %
22 绿色建筑占城镇新建建筑比例 goal >= 100 %
22 道路机械化清扫率 goal ~ 80 %
22 道路机械化清扫率 goal ~ 70 %
22 绿地率 goal >= 42.88 %
24 秸秆综合利用率 goal >= 90 %
27 PM2.5浓度 goal <= 35 微克/立方米
29 区域污染过程预报 condition = 7 天
31 乡镇空气质量监测站点 count = 27 个"""


@pytest.mark.reference
def test_seed_holds_its_39_indicators_and_no_other(reference_data: Path) -> None:
    text = next((reference_data.parent / "seed").glob("*.txt")).read_text(encoding="utf-8")
    found, number = [], 0
    for line in re.finditer(r"[^\n]+", text[text.index("三、重点任务") :]):
        start = text.index("三、重点任务") + line.start()
        number = int(label[1]) if (label := re.match(r"(\d+)\.", line[0])) else number
        for row in read_spans(text, [Span(start, start + len(line[0]))]):
            assert row.span.cut(text) == row.text
            value = "-" if row.value is None else row.value
            found.append(f"{number} {row.what} {row.kind} {row.comparator.value} {value} {row.unit or '-'}")
    assert found == SEED.split("\n")


@given(
    st.text(
        alphabet="全市10万家%以上下内,。;、()分别达到比2020年增长下降清零逐年上升率量企业锅炉的力争", max_size=80
    )
)
def test_indicators_are_cut_from_the_text_whatever_it_says(text: str) -> None:
    found = read(text)
    assert all(row.span.cut(text) == row.text for row in found)
    assert found == read(text)


@given(st.text(max_size=150))
def test_any_text_is_read_without_a_crash(text: str) -> None:
    assert all(row.span.cut(text) == row.text for row in read(text, None))


@pytest.mark.parametrize(
    ("text", "what", "kind", "comparator", "value", "unit"),
    [
        ("清扫率由60%提高到70%。", "清扫率", GOAL, ">=", "70", "%"),
        ("供电煤耗从310克/千瓦时降至300克/千瓦时。", "供电煤耗", GOAL, "<=", "300", "克/千瓦时"),
        ("标准化率由2022年的45%提升至2025年的100%。", "标准化率", GOAL, ">=", "100", "%"),
        ("降尘量不高于6吨/（平方公里·30天）。", "降尘量", GOAL, "<=", "6", "吨/（平方公里·30天）"),
        ("降尘量低于7吨/平方千米·月。", "降尘量", GOAL, "<", "7", "吨/平方千米·月"),
        ("新能源公交占比实现全覆盖。", "新能源公交占比", GOAL, ">=", "100", "%"),
        ("15公里供热半径内的热源点关停。", "供热半径", CONDITION, "<=", "15", "公里"),
        ("炭化室高度4.3米焦炉退出。", "炭化室高度", CONDITION, "=", "4.3", "米"),
        ("培育10家以上环保企业。", "环保企业", COUNT, ">=", "10", "家"),
        ("对10家以上企业的园区开展评估。", "企业", CONDITION, ">=", "10", "家"),
        ("小时浓度超过150ug/m3时停止作业。", "小时浓度", CONDITION, ">", "150", "ug/m3"),
        ("限产30%以上的企业停产。", "企业", CONDITION, ">=", "30", "%"),
        ("绿化土地三点五万平方米。", "绿化土地", COUNT, "=", "3.5", "万平方米"),
        ("退出煤矿三处。", "煤矿", COUNT, "=", "3", "处"),
        ("每年开展专项检查不少于两轮。", "专项检查", COUNT, ">=", "2", "轮"),
        ("在12个路口设卡检查。", "路口", COUNT, "=", "12", "个"),
        ("淘汰1.2万千伏安以下矿热炉。", "矿热炉", CONDITION, "<=", "1.2", "万千伏安"),
        ("煤炭减量替代，替代比例不低于40%。", "替代比例", GOAL, ">=", "40", "%"),
        ("清扫率，县城达到80%。", "清扫率", GOAL, ">=", "80", "%"),
    ],
)
def test_number_of_an_unseen_manner_is_read(
    text: str, what: str, kind: IndicatorKind, comparator: str, value: str, unit: str
) -> None:
    (row,) = read(text)
    assert (row.kind, str(row.comparator), row.value, row.unit) == (kind, comparator, Decimal(value), unit)
    assert row.what == what


@pytest.mark.parametrize(
    "text",
    [
        "公交车全部更换为新能源。",
        "站点实现全覆盖。",
        "截至2023年底，已累计淘汰2150辆。",
        "目前已建成12座。",
        "建立一户一档。",
    ],
)
def test_what_names_no_share_or_is_done_already_promises_no_number(text: str) -> None:
    assert read(text) == ()


@pytest.mark.parametrize(
    ("text", "direction", "change"),
    [
        ("煤炭消费量比2020年下降6%。", "down", True),
        ("铁路货运量比2020年增长10%。", "up", True),
        ("天然气产量持续上升。", "up", True),
        ("煤炭消费量实现负增长。", "down", True),
        ("PM2.5浓度改善5%。", "down", True),
        ("优良天数比例改善2个百分点。", "up", True),
        ("供电煤耗降至300克/千瓦时。", "", False),
    ],
)
def test_change_says_its_direction(text: str, direction: str, change: bool) -> None:
    (row,) = read(text)
    assert (row.direction, row.change) == (direction, change)


def test_fall_against_last_year_has_the_year_before_the_plan() -> None:
    assert [row.baseline for row in read("火点数量较上年下降10%，投诉比去年减少5%。", 2025)] == [2024, 2024]


def test_what_is_left_to_do_has_the_name_of_what_is_done() -> None:
    (row,) = read("截至2023年底，已淘汰柴油货车2150辆，2025年底前再淘汰1300辆。")
    assert (row.what, row.value, row.by) == ("柴油货车", Decimal(1300), date(2025, 12, 31))


def test_deadline_of_one_of_several_points_dates_no_other() -> None:
    found = read("一是6月底前完成18家企业替代；二是每月抽检产品不少于10批次。")
    assert [(row.value, row.by) for row in found] == [
        (Decimal(18), date(2024, 6, 30)),
        (Decimal(10), None),
    ]

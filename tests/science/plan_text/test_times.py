"""Times that date something, and those that do not."""

import re
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lantian.science.plan_text.records import Deadline, Span, When
from lantian.science.plan_text.times import find_deadlines


def read(text: str, year: int | None = 2024) -> tuple[Deadline, ...]:
    return find_deadlines(text, [Span(0, len(text))], year)


@pytest.mark.parametrize(
    ("text", "words", "day"),
    [
        ("2024年10月底前，完成评估。", "2024年10月底前", date(2024, 10, 31)),
        ("2024年4月15日前完成方案制定", "2024年4月15日前", date(2024, 4, 15)),
        ("要提前至2024年6月底前完成。", "2024年6月底前", date(2024, 6, 30)),
        ("到2025年底，占比达到5%", "到2025年底", date(2025, 12, 31)),
        ("到2025年，占比达到5%", "到2025年", date(2025, 12, 31)),
        ("2025年底前关闭机组", "2025年底前", date(2025, 12, 31)),
        ("2020年采暖季前，完成替代", "2020年采暖季前", date(2020, 10, 31)),
        ("截至2024年6月30日，完成", "截至2024年6月30日", date(2024, 6, 30)),
        ("9月底前完成修订", "9月底前", date(2024, 9, 30)),
        ("10月31日前完成改造", "10月31日前", date(2024, 10, 31)),
        ("年底前，新增1家", "年底前", date(2024, 12, 31)),
        ("年内建成", "年内", date(2024, 12, 31)),
        ("明年2月底前完成", "明年2月底前", date(2025, 2, 28)),
        ("2024年2月底前完成", "2024年2月底前", date(2024, 2, 29)),
        ("2024年上半年前完成", "2024年上半年前", date(2024, 6, 30)),
        ("二季度末前完成", "二季度末前", date(2024, 6, 30)),
        ("3月中旬前完成", "3月中旬前", date(2024, 3, 20)),
        ("到“十四五”末，建成体系", "到“十四五”末", date(2025, 12, 31)),
        ("２０２４年９月底前完成", "２０２４年９月底前", date(2024, 9, 30)),
        ("二〇二五年底前完成", "二〇二五年底前", date(2025, 12, 31)),
        ("2024 年 10 月底前完成", "2024 年 10 月底前", date(2024, 10, 31)),
        ("十月底前完成", "十月底前", date(2024, 10, 31)),
    ],
)
def test_last_day_is_the_one_the_words_name(text: str, words: str, day: date) -> None:
    (found,) = read(text)
    assert (found.text, found.day, found.kind) == (words, day, When.BY)


@pytest.mark.parametrize(
    ("text", "day"),
    [("2025年前完成替代", date(2024, 12, 31)), ("2024年10月前完成", date(2024, 9, 30))],
)
def test_bare_year_or_month_with_before_ends_before_it_begins(text: str, day: date) -> None:
    assert [row.day for row in read(text)] == [day]


@pytest.mark.parametrize(
    ("text", "words", "day"),
    [
        ("2025年，电能占比逐年上升", "2025年", date(2025, 12, 31)),
        ("2024年完成27个站点建设", "2024年", date(2024, 12, 31)),
        ("2022年淘汰国三货车3000辆", "2022年", date(2022, 12, 31)),
        ("2025年全省铁路货运量比2022年增长15%", "2025年", date(2025, 12, 31)),
        ("上半年完成整治", "上半年", date(2024, 6, 30)),
    ],
)
def test_bare_year_that_a_task_uses_is_the_year_in_which(text: str, words: str, day: date) -> None:
    (found,) = read(text)
    assert (found.text, found.day, found.kind) == (words, day, When.IN)


@pytest.mark.parametrize(
    "text",
    [
        "铁路货运量比2020年增长10%",
        "煤炭消费量较2020年实现负增长",
        "与2019年相比下降",
        "在2020年基础上提高",
        "某市2022年工作方案",
        "《某市2025年行动方案》",
        "《通知》(环大气〔2021〕65号)",
        "2024年度目标另行分解",
        "2024年、2025年约束性指标",
        "5月至9月，避开10时至16时",
        "10月至次年3月，错峰生产",
        "2024年10月1日至2025年3月31日，控制",
        "2021—2025年",
        "经过3年努力",
        "三年内",
        "2017年前注册登记的货车",
        "2020年以来持续改善",
        "定期公布名单",
        "逐年上升",
        "每小时10蒸吨",
        "24小时值守",
    ],
)
def test_baselines_names_periods_and_types_date_nothing(text: str) -> None:
    assert read(text) == ()


@pytest.mark.parametrize(
    ("text", "words", "every"),
    [
        ("每季度抽查加油站", "每季度", "quarter"),
        ("实现每年及时更新", "每年", "year"),
        ("每月公布排名", "每月", "month"),
        ("此后每半年报送", "每半年", "half_year"),
        ("按月调度", "按月", "month"),
        ("每周开展夜查", "每周", "week"),
        ("每日洒水", "每日", "day"),
        ("每月5日前报送", "每月5日前", "month"),
        ("每年3月底前公开", "每年3月底前", "year"),
        ("每两年修订", "每两年", None),
    ],
)
def test_recurring_time_has_no_day(text: str, words: str, every: str | None) -> None:
    (found,) = read(text)
    assert (found.text, found.every, found.kind, found.day) == (words, every, When.RECURRING, None)


def test_start_keeps_the_first_day_of_its_period() -> None:
    (found,) = read("2024年起，全面推广")
    assert (found.text, found.kind) == ("2024年起", When.START)
    assert (found.start, found.day) == (date(2024, 1, 1), date(2024, 1, 1))


def test_list_of_years_is_one_time_each() -> None:
    assert [row.text for row in read("2024年和2025年，完成任务")] == ["2024年", "2025年"]


def test_month_takes_the_year_named_before_it_in_the_sentence() -> None:
    found = read("2023年6月底前完成方案，10月底前完成改造。9月底前完成评估。", 2024)
    assert [row.day for row in found] == [date(2023, 6, 30), date(2023, 10, 31), date(2024, 9, 30)]


def test_month_without_any_year_is_kept_without_a_day() -> None:
    (found,) = read("9月底前完成", None)
    assert (found.text, found.day) == ("9月底前", None)


def test_day_that_no_month_has_is_kept_without_a_day() -> None:
    (found,) = read("2月30日前完成")
    assert (found.text, found.day) == ("2月30日前", None)


@pytest.mark.parametrize(
    ("text", "firm"),
    [
        ("2024年10月底前，力争完成改造", False),
        ("力争2025年底前淘汰船舶", False),
        ("2025年12月底前，钢铁企业改造力争完成公示", False),
        ("2024年10月底前完成改造，力争更好", True),
    ],
)
def test_deadline_is_soft_where_its_clause_says_so(text: str, firm: bool) -> None:
    (found,) = read(text)
    assert found.firm is firm


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        ("2026年6月", date(2026, 6, 30)),
        ("2025年10月底", date(2025, 10, 31)),
        ("2024-10-31", date(2024, 10, 31)),
        ("2024.6", date(2024, 6, 30)),
        ("2025年", date(2025, 12, 31)),
    ],
)
def test_cell_that_holds_only_a_date_is_a_deadline(cell: str, day: date) -> None:
    (found,) = read(cell)
    assert (found.kind, found.day, found.text) == (When.BY, day, cell)


@pytest.mark.parametrize("cell", ["长期坚持", "常年坚持", "持续推进", ""])
def test_cell_without_a_date_gives_none(cell: str) -> None:
    assert read(cell) == ()


def test_what_is_dated_is_told_in_the_words_around_it() -> None:
    found = read("京津冀2018年底前全面完成，其他区域2019年底前基本完成")
    assert [row.what for row in found] == ["京津冀全面完成", "其他区域基本完成"]


SEED_COUNTS = {2: 1, 3: 1, 6: 2, 7: 3, 9: 2, 11: 1, 12: 1, 16: 1, 17: 1, 18: 1, 19: 1, 20: 1, 22: 3, 27: 2, 31: 1}


@pytest.mark.reference
def test_seed_holds_22_dated_times_and_2_that_recur(reference_data: Path) -> None:
    text = next((reference_data.parent / "seed").glob("*.txt")).read_text(encoding="utf-8")
    counts: dict[int, int] = {}
    recurring = []
    number = 0
    for line in re.finditer(r"[^\n]+", text):
        if line.start() < text.index("三、重点任务"):
            continue
        number = int(label[1]) if (label := re.match(r"(\d+)\.", line[0])) else number
        for row in find_deadlines(text, [Span(*line.span())], 2024):
            assert row.span.cut(text) == row.text
            if row.kind is When.RECURRING:
                recurring.append((number, row.text))
            else:
                counts[number] = counts.get(number, 0) + 1
    assert counts == SEED_COUNTS
    assert recurring == [(33, "每年"), (38, "每月")]


@pytest.mark.reference
@pytest.mark.parametrize(
    ("name", "year"), [("01-national-2018-style", 2018), ("04-responsible-units-2022-style", 2022)]
)
def test_pattern_texts_hold_exactly_the_times_of_their_truth(reference_data: Path, name: str, year: int) -> None:
    folder = reference_data / "plans"
    text = (folder / f"{name}.txt").read_text(encoding="utf-8")
    truth = re.findall(
        r"- date: (\S+)\n\s+text: (\S+)", (folder / f"{name}.truth.yaml").read_text(encoding="utf-8")
    )
    tasks = text.index("\n（四）") if "\n（四）优化" in text else text.index("二、工作任务")
    lines = [Span(*row.span()) for row in re.finditer(r"[^\n]+", text) if row.start() > tasks]
    found = [(row.day.isoformat() if row.day else "null", row.text) for row in find_deadlines(text, lines, year)]
    assert found == truth


PIECES = st.sampled_from(
    [
        "2024年",
        "10月",
        "底前",
        "到",
        "，",
        "。",
        "完成",
        "每",
        "季度",
        "比",
        "《",
        "》",
        "年底",
        "31日",
        "至",
        "前",
        "力争",
        "1",
        "起",
    ]
)


@given(st.lists(PIECES, max_size=25), st.none() | st.integers(2000, 2030))
def test_every_time_is_cut_from_the_text_and_none_overlap(pieces: list[str], year: int | None) -> None:
    text = "".join(pieces)
    found = read(text, year)
    assert all(row.span.cut(text) == row.text for row in found)
    assert all(one.span.end <= two.span.start for one, two in pairwise(found))
    assert found == read(text, year)


@given(st.text(max_size=200))
def test_any_text_is_read_without_a_crash(text: str) -> None:
    assert all(row.span.cut(text) == row.text for row in read(text, None))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("截至2023年底已完成30台，2024年6月底前再完成20台。", ["2024年6月底前"]),
        ("截至2023年12月，全市登记机械1.2万台，2025年底前淘汰。", ["2025年底前"]),
        ("2023年已建成12座，2024年建成3座。", ["2024年"]),
        ("截至2024年底，完成30台。", ["截至2024年底"]),
        ("清洁运输比例力争2025年达80%。", ["2025年"]),
    ],
)
def test_time_up_to_which_something_has_been_done_dates_nothing(text: str, words: list[str]) -> None:
    assert [row.text for row in read(text)] == words


def test_year_and_day_in_chinese_numerals_are_read() -> None:
    (row,) = read("二〇二五年十月三十一日前，淘汰锅炉。", None)
    assert (row.text, row.day) == ("二〇二五年十月三十一日前", date(2025, 10, 31))

"""Any text gives a draft; every word in it stands where it says, and reading twice changes nothing."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lantian.city import load_city
from lantian.science.plan_text.plain_sources import source_of_text
from lantian.science.plan_text.reading import read_plan
from lantian.science.plan_text.records import Draft, Span, Use

PLAN = """某市2024年蓝天方案
为落实《全国计划》（国发〔2023〕24号），制定本方案。
一、工作目标
2024年，PM2.5浓度不高于40微克/立方米。
二、重点任务
（一）能源
1.控煤。2024年10月底前，淘汰35蒸吨及以下燃煤锅炉27台。（市能源局牵头，市工信局配合；各县区人民政府落实）
2.控气。加强储备。
（二）面源
3.控尘。
每月洒水，机械化清扫率达到80%以上。
牵头单位：市住建局
某市人民政府
2024年3月28日
【打印】【关闭】
"""
MARKS = "一、|（一）|(二)|1.|2．|3、|（1）|①|第一章 |第二条 |1.1 |2.5|。|；|，|、|（|）|(|)|《|》|“|”|:|：|附件："
WORDS = (
    "总体要求|工作目标|重点任务|保障措施|控煤|控尘|某市人民政府|某市蓝天方案|关于印发|的通知|【打印】|— 3 —|PM2.5"
)
BODIES = (
    "市能源局|市工信局|各县区人民政府|牵头|配合|落实|负责|责任单位|牵头单位|以下均需|不再列出|等|国发〔2023〕24号"
)
NEW = "截至2023年底已完成30台|由60%提高到70%|二〇二五年|控尘. |吨/（平方公里·30天）|2 控煤|一是|较上年下降3%"
FIGURES = "2024年|10月底前|每月|35微克/立方米|80%以上|27台|2024年3月28日|１２|6+3"
SPACES = ["\t", "\n", "\r\n", "\n\n", " ", "\u3000", "|", "\ufeff", "\u200b", "\x00", "\U00020000", "é"]
ROWS = ["序号\t任务\t牵头单位\n", "1\t控煤\t甲局\n", "县区|PM2.5目标|责任单位\n", "甲区|38|乙局\n"]
PIECES = st.sampled_from(
    [*(word for row in (MARKS, WORDS, BODIES, FIGURES, NEW) for word in row.split("|")), *SPACES, *ROWS]
)
TEXTS = st.one_of(st.text(max_size=120), st.lists(PIECES, max_size=60).map("".join))


def places(draft: Draft) -> Iterator[tuple[Span, str]]:
    """Every place in a draft with the words that should stand there."""
    facts = draft.facts
    for fact in (facts.issuer, facts.issued, facts.number, *facts.implements):
        if fact is not None:
            yield fact.span, fact.text
    for measure in draft.measures:
        yield measure.title_span, measure.title
        for deadline in measure.deadlines:
            yield deadline.span, deadline.text
        for indicator in measure.indicators:
            yield indicator.span, indicator.text
        for mention in measure.mentions:
            yield mention.span, mention.text
    for mention in draft.mentions:
        yield mention.span, mention.text
    for target in draft.targets:
        yield target.span, target.text


def check(draft: Draft) -> None:
    """A draft accounts for its whole text, and its places hold."""
    text = draft.source.text
    assert "".join(row.span.cut(text) for row in draft.coverage) == text
    assert [row.span.start for row in draft.coverage[1:]] == [row.span.end for row in draft.coverage[:-1]]
    for span, words in places(draft):
        assert 0 <= span.start <= span.end <= len(text)
        assert "".join(span.cut(text).splitlines()) == words or span.cut(text) == words
    for measure in draft.measures:
        assert measure.span.holds(measure.title_span)
        assert all(
            row.end <= tail.span.start or tail.span.end <= row.start
            for row in measure.sentences
            for tail in measure.tails
            if measure.span.holds(tail.span)
        )
    assert [row.order for row in draft.measures] == list(range(1, len(draft.measures) + 1))
    unread = any(row.use is Use.UNREAD for row in draft.coverage)
    assert unread == any(row.code == "unread" for row in draft.findings)


@settings(max_examples=300)
@given(TEXTS)
def test_any_text_gives_a_draft_that_accounts_for_all_of_it(text: str) -> None:
    check(read_plan(source_of_text(text, "any.txt")))


@given(TEXTS)
def test_reading_twice_equals_reading_once(text: str) -> None:
    source = source_of_text(text)
    assert read_plan(source) == read_plan(source)


@given(st.lists(PIECES, max_size=40).map("".join))
def test_any_words_after_a_plan_leave_the_account_whole(text: str) -> None:
    check(read_plan(source_of_text(PLAN + "附件：评分表\n" + text)))


def test_a_numbering_that_stands_under_itself_is_read() -> None:
    check(read_plan(source_of_text("1\t局\n局\n2．1局")))


def test_small_plan_is_read_whole() -> None:
    draft = read_plan(source_of_text(PLAN), load_city("changzhi"))
    check(draft)
    first, second, third = draft.measures
    assert [(row.number, row.section, row.title) for row in draft.measures] == [
        (1, "一", "控煤"),
        (2, "一", "控气"),
        (3, "二", "控尘"),
    ]
    tail = first.tails[0]
    assert [row.written for row in (*tail.lead, *tail.cooperate, *tail.implement)] == [
        "市能源局",
        "市工信局",
        "各县区人民政府",
    ]
    assert len(tail.implement[0].bodies) == 12
    assert [row.text for row in first.deadlines] == ["2024年10月底前"]
    assert [row.every for row in third.deadlines] == ["month"]
    assert [row.value for row in third.indicators] == [80]
    assert [row.value for row in draft.targets] == [40]
    assert {row.use for row in draft.coverage} >= {Use.TAIL, Use.TITLE, Use.BODY, Use.GOAL, Use.FACT, Use.CHROME}
    assert [row.evidence["number"] for row in draft.findings if row.code == "measure_without_tail"] == [
        second.number
    ]


def test_full_width_and_ascii_signs_read_alike() -> None:
    signs = str.maketrans("（），；：１２３", "(),;:123")
    full = read_plan(source_of_text(PLAN.replace("1.", "１．").replace("2.控", "２．控")))
    plain = read_plan(source_of_text(PLAN.translate(signs)))
    assert [(row.number, row.title, row.span) for row in full.measures] == [
        (row.number, row.title, row.span) for row in plain.measures
    ]
    assert [[each.written for _, each in tail.mentions()] for row in full.measures for tail in row.tails] == [
        [each.written for _, each in tail.mentions()] for row in plain.measures for tail in row.tails
    ]


def test_one_time_clause_holds_for_the_tails_after_it() -> None:
    clause = "（甲局牵头，各县政府落实。以下均需各县政府落实，不再列出）"
    text = f"一、任务\n1.控煤。{clause}\n2.控尘。（乙局负责）\n3.控油。（丙局负责）\n"
    draft = read_plan(source_of_text(text))
    assert draft.default_implement == ("各县政府",)
    later = [tail for row in draft.measures[1:] for tail in row.tails]
    assert [(tail.by_default, [row.written for row in tail.implement]) for tail in later] == [
        (True, ["各县政府"])
    ] * 2


def test_due_cell_of_a_table_is_a_deadline() -> None:
    text = (
        "某市2024年任务清单\n序号\t重点任务\t牵头单位\t配合单位\t完成时限\n1\t控煤\t市能源局\t市工信局\t10月底前\n"
    )
    (measure,) = read_plan(source_of_text(text)).measures
    assert [(row.text, str(row.day)) for row in measure.deadlines] == [("10月底前", "2024-10-31")]
    assert [(role.value, row.written) for role, row in measure.tails[0].mentions()] == [
        ("lead", "市能源局"),
        ("cooperate", "市工信局"),
    ]


@pytest.mark.reference
def test_founding_plan_is_read_without_a_word_unread(reference_data: Path) -> None:
    text = next((reference_data.parent / "seed").glob("*.txt")).read_text(encoding="utf-8")
    draft = read_plan(source_of_text(text, "seed.txt"), load_city("changzhi"))
    check(draft)
    assert (len(draft.measures), sum(len(row.tails) for row in draft.measures)) == (40, 62)
    assert draft.covered_share().get(Use.UNREAD, 0) == 0
    assert {row.code for row in draft.findings} <= {"members_unsettled", "measure_without_tail"}
    assert (draft.facts.year, str(draft.facts.issued_on), str(draft.facts.published_on)) == (
        2024,
        "2024-03-28",
        "2024-05-14",
    )


@pytest.mark.reference
def test_founding_plan_in_gbk_with_other_line_ends_reads_alike(reference_data: Path) -> None:
    text = next((reference_data.parent / "seed").glob("*.txt")).read_text(encoding="utf-8")
    again = text.encode("gb18030").decode("gb18030").replace("\n", "\r\n")
    assert read_plan(source_of_text(again)).measures == read_plan(source_of_text(text)).measures

"""A document says of itself what it is called, who issued it and when, and what it carries out."""

from datetime import date

import pytest

from lantian.science.plan_text.facts import is_date, is_signature, is_title, read_date
from lantian.science.plan_text.plain_sources import source_of_text
from lantian.science.plan_text.records import DocumentFacts
from lantian.science.plan_text.structure import structure

BODY = "\n一、重点任务\n（一）控尘。每月洒水。（市住建局负责）\n"


def facts_of(front: str, back: str = "") -> DocumentFacts:
    """Facts of a small plan with these words before and after its body; every fact stands where it says."""
    text = front + BODY + back
    facts = structure(source_of_text(text)).facts
    for fact in (facts.title, facts.issuer, facts.issued, facts.number, *facts.implements):
        assert fact is None or fact.span.cut(text).replace("\n", "") == fact.text
    return facts


def words(fact: object) -> str | None:
    """Words of a fact."""
    return getattr(fact, "text", None)


def test_own_title_stands_closest_to_the_body() -> None:
    facts = facts_of(
        "某市人民政府关于印发《某市蓝天方案》的通知\n各县区人民政府：\n现印发给你们。\n某市蓝天方案\n"
    )
    assert words(facts.title) == "某市蓝天方案"


def test_title_over_two_lines_is_joined_with_its_years() -> None:
    facts = facts_of("某市空气质量持续改善\n行动方案\n（2024—2025年）\n")
    assert words(facts.title) == "某市空气质量持续改善行动方案（2024—2025年）"
    assert facts.year == 2024


def test_title_of_the_notice_serves_where_the_plan_repeats_none() -> None:
    facts = facts_of("某市人民政府关于印发《某市蓝天方案》的通知\n某政发〔2024〕5号\n")
    assert words(facts.title) == "某市蓝天方案"
    assert words(facts.issuer) == "某市人民政府"
    assert words(facts.number) == "某政发〔2024〕5号"


@pytest.mark.parametrize("day", ["2024年3月8日", "二〇二四年三月八日", "2024-03-08"])
def test_signature_gives_issuer_and_date(day: str) -> None:
    facts = facts_of(f"各县区人民政府：\n现印发给你们。\n某市人民政府\n{day}\n（此件公开发布）\n某市蓝天方案\n")
    assert (words(facts.issuer), facts.issued_on) == ("某市人民政府", date(2024, 3, 8))


def test_signature_may_stand_after_the_body() -> None:
    facts = facts_of("某市蓝天方案\n", "某市生态环境局\n2023年10月9日\n")
    assert (words(facts.issuer), facts.issued_on, facts.year) == ("某市生态环境局", date(2023, 10, 9), 2023)


def test_day_of_publication_and_source_stand_on_the_page() -> None:
    facts = facts_of("首页\n发布日期:2024-05-14\n来源:某市人民政府\n某市蓝天方案\n")
    assert facts.published_on == date(2024, 5, 14)
    assert words(facts.issuer) == "某市人民政府"
    assert facts.issued_on is None


def test_carried_out_documents_come_with_their_numbers() -> None:
    facts = facts_of(
        "某市蓝天方案\n为贯彻落实《全国计划》（国发〔2023〕24号）和《某省落实<全国计划>方案》（某政发〔2024〕7号），制定本方案。\n"
    )
    assert [row.text for row in facts.implements] == [
        "《全国计划》（国发〔2023〕24号）",
        "《某省落实<全国计划>方案》（某政发〔2024〕7号）",
    ]


def test_document_that_is_only_sent_along_is_not_carried_out() -> None:
    assert (
        facts_of("各县区人民政府：\n现将《某市蓝天方案》印发给你们，请认真贯彻落实。\n某市蓝天方案\n").implements
        == ()
    )


def test_year_of_the_title_goes_before_the_year_of_the_date() -> None:
    assert facts_of("某市2025年蓝天方案\n某市人民政府\n2024年12月30日\n").year == 2025


def test_number_of_the_document_may_stand_in_a_table_of_the_page() -> None:
    assert words(facts_of("发文字号：某政发〔2024〕5号\n某市蓝天方案\n").number) == "某政发〔2024〕5号"


def test_document_without_facts_has_none() -> None:
    facts = structure(source_of_text("今天天气很好。")).facts
    assert facts == DocumentFacts()


@pytest.mark.parametrize("written", ["2024年13月8日", "2023年2月29日", "某年某月", "二〇二四年十三月一日"])
def test_day_that_is_none_is_not_read(written: str) -> None:
    assert read_date(written) is None


def test_lines_of_a_notice_are_known() -> None:
    assert is_signature("长治市人民政府办公室")
    assert not is_signature("各县区人民政府要加强领导。")
    assert is_date("2024年3月28日")
    assert not is_date("2024年3月28日前完成")
    assert is_title("某市打赢蓝天保卫战三年行动计划（改写稿）")
    assert not is_title("为做好工作，制定本方案。")

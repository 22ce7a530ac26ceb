"""Messages reach the reader in his language, and a damaged one never breaks a page."""

import pytest

from lantian.desk.language import finding_text, glossary, term_named, translation
from lantian.terms.errors import CallerError
from lantian.terms.findings import Finding


@pytest.mark.parametrize("name", ["zh", "zh-CN", "zh_CN", "zh_Hans_CN", "zh_CN.UTF-8"])
def test_every_way_to_say_chinese_is_understood(name: str) -> None:
    assert translation(name).name == "zh_CN"


def test_a_language_we_do_not_speak_is_refused_with_what_there_is() -> None:
    with pytest.raises(CallerError, match="zh_CN, en"):
        translation("fr_FR")
    with pytest.raises(CallerError, match="zh_CN, en"):
        translation("no such thing")


def test_english_is_the_message_id_itself() -> None:
    assert translation("en").gettext("too large to be a number") == "too large to be a number"


def test_an_empty_message_is_empty_and_not_the_catalogue_header() -> None:
    assert translation("zh_CN").gettext("") == ""


def test_counted_messages_have_one_chinese_form_and_two_english_ones() -> None:
    english = translation("en")
    assert english.ngettext("one day", "many days", 1) == "one day"
    assert english.ngettext("one day", "many days", 2) == "many days"


def test_domain_names_come_from_the_glossary() -> None:
    assert translation("zh_CN").term("composite_index") == "环境空气质量综合指数"
    assert translation("en").term("composite_index") == "composite index"
    assert translation("zh_CN").gettext("primary pollutant") == "首要污染物"
    assert translation("zh_CN").term("no_such_term") == "no_such_term"


def test_places_without_a_value_stay_and_places_with_one_are_filled() -> None:
    text = translation("en").format(
        "{name}: {count:,} of {rows} and {odd.attribute:>8}", name="a.csv", count=12345
    )
    assert text == "a.csv: 12,345 of {rows} and {odd}"


def test_a_finding_is_written_with_its_evidence() -> None:
    finding = Finding("x", "a.csv", "row {row}: {reason}", evidence={"row": 7, "reason": "no time"})
    assert finding_text(finding, translation("en")) == "row 7: no time"
    assert "7" in finding_text(finding, translation("zh_CN"))


def test_glossary_terms_are_unique_and_complete() -> None:
    terms = glossary()
    assert len(terms) >= 60
    assert len({row.term for row in terms}) == len(terms)
    assert len({row.en for row in terms}) == len(terms)
    for row in terms:
        assert row.zh
        assert row.en
        assert row.definition.endswith(".")
        assert row.group in {
            "pollutant",
            "statistic",
            "index",
            "level",
            "validity",
            "stage",
            "place",
            "data",
            "law",
        }


def test_a_term_that_is_not_there_is_none() -> None:
    assert term_named("mda8") is not None
    assert term_named("phlogiston") is None

from datetime import UTC, date, datetime

import pytest

from lantian.city.records import SubjectKind
from lantian.desk.language import translation
from lantian.loop.evaluate.explanations import Step
from lantian.loop.evaluate.telling import as_record, cited, metric_named, named, row_text, sentence, written
from lantian.loop.evaluate.why import explain_day

ENGLISH, CHINESE = translation("en"), translation("zh_CN")


def test_numbers_are_named_in_the_readers_language() -> None:
    assert named("pm25", ENGLISH) == "PM₂.₅"
    assert named("rank:composite_index", CHINESE) == "名次 (环境空气质量综合指数)"
    assert metric_named("change:pm25", ENGLISH) == "change of PM₂.₅"


def test_sentence_writes_pollutants_reasons_and_gaps_as_people_do() -> None:
    step = Step("{primary} {reason} {value}", {"primary": "pm25,o3_8h", "reason": "no_data", "value": None})
    assert sentence(step, ENGLISH) == "PM₂.₅, O₃ 8h no data —"


def test_level_is_named_in_chinese_for_a_chinese_reader() -> None:
    step = Step("{name}", {"name": "Good", "name_zh": "良"})
    assert (sentence(step, CHINESE), sentence(step, ENGLISH)) == ("良", "Good")


def test_long_source_of_a_rule_is_cut(judged) -> None:
    rule = judged.scene().rules(date(2026, 4, 10)).evaluation
    long = rule.model_copy(update={"source": "x" * 300})
    assert cited(rule, ENGLISH).endswith(f"confidence {rule.confidence}")
    assert "x" * 109 + "…" in cited(long, ENGLISH)


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [("reason", "too_few_hours", "too few valid hours"), ("indicator", "o3_8h", "O₃ 8h"), ("value", 0.40, "0.4")],
)
def test_cells_of_a_step_are_written_in_words(judged, name: str, value: object, text: str) -> None:
    assert row_text(name, value, judged.city, ENGLISH) == text


def test_codes_of_places_are_written_with_their_names(judged) -> None:
    county = judged.city.counties[0]
    assert row_text("code", county.adcode, judged.city, CHINESE) == f"{county.adcode} {county.name_zh}"


def test_instant_is_written_to_the_minute() -> None:
    assert written(datetime(2026, 1, 2, 3, 4, tzinfo=UTC)) == "2026-01-02 03:04"


def test_record_of_an_explanation_holds_every_step_and_its_rule(judged) -> None:
    found = explain_day(judged.scene(), SubjectKind.CITY, judged.city.adcode, date(2026, 3, 10))
    record = as_record(found, ENGLISH)
    assert record["agrees"] is True
    assert record["value"] == found.value
    assert [step["text"] for step in record["steps"]] == [sentence(step, ENGLISH) for step in found.steps]
    assert record["steps"][0]["rule"]["id"] == found.steps[0].rule.id

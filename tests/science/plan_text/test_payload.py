"""A draft goes through JSON text and back without loss, under the names of the truth files."""

import json
from decimal import Decimal
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from lantian.city import load_city
from lantian.science.plan_text.payload import draft_from_payload, draft_payload
from lantian.science.plan_text.plain_sources import source_of_text
from lantian.science.plan_text.reading import read_plan
from lantian.terms.errors import CallerError

PLAN = (
    "某市2024年蓝天方案\n一、工作目标\n2024年，PM2.5浓度不高于40.50微克/立方米。\n二、任务\n"
    "1.控煤。2024年底前，清扫率达到42.88%。（甲局牵头，乙局等配合，各县区人民政府落实。以下均需各县区人民政府落实，不再列出）\n"
    "2.控尘。每月洒水。（丙局负责）\n"
)


def test_names_are_those_of_the_truth_files() -> None:
    payload = draft_payload(read_plan(source_of_text(PLAN, "a.txt"), load_city("changzhi")))
    first, second = payload["measures"]
    assert (payload["title"], payload["year"], payload["measures_count"], payload["tails_count"]) == (
        "某市2024年蓝天方案",
        2024,
        2,
        2,
    )
    tail = first["tails"][0]
    assert (tail["mode"], tail["lead"], tail["cooperate"], tail["implement"]) == (
        "牵头",
        ["甲局"],
        ["乙局"],
        ["各县区人民政府"],
    )
    assert tail["open_list"] is True
    assert PLAN[tail["start"] : tail["end"]] == tail["raw"]
    assert [(row["date"], row["text"], row["kind"]) for row in first["deadlines"]] == [
        ("2024-12-31", "2024年底前", "by")
    ]
    assert [(row["value"], row["value_exact"], row["unit"]) for row in first["indicators"]] == [
        (42.88, "42.88", "%")
    ]
    assert [(row["date"], row["every"]) for row in second["deadlines"]] == [(None, "month")]


def test_implementers_of_a_one_time_clause_stand_only_among_the_expanded() -> None:
    payload = draft_payload(read_plan(source_of_text(PLAN), load_city("changzhi")))
    later = payload["measures"][1]["tails"][0]
    assert payload["default_implement"] == ["各县区人民政府"]
    assert later["implement"] == []
    assert len(later["expanded"]["implement"]) == len(later["expanded_ids"]["implement"]) == 12


def test_draft_comes_back_through_json_text() -> None:
    source = source_of_text(PLAN, "a.txt")
    draft = read_plan(source, load_city("changzhi"))
    again = draft_from_payload(json.loads(json.dumps(draft_payload(draft), ensure_ascii=False)), source)
    assert again == draft
    assert [row.value for row in again.targets] == [Decimal("40.50")]


@given(
    st.lists(
        st.sampled_from([*"一二、。（）()，；：1234.\n\t", "市能源局", "牵头", "2024年底前", "80%", "目标"]),
        max_size=60,
    )
)
def test_any_draft_comes_back(pieces: list[str]) -> None:
    source = source_of_text("".join(pieces))
    draft = read_plan(source)
    assert draft_from_payload(json.loads(json.dumps(draft_payload(draft))), source) == draft


def test_payload_of_another_text_is_refused() -> None:
    payload = draft_payload(read_plan(source_of_text(PLAN)))
    with pytest.raises(CallerError, match="another text"):
        draft_from_payload(payload, source_of_text(PLAN + "。"))


def test_damaged_payload_is_refused() -> None:
    source = source_of_text(PLAN)
    payload = draft_payload(read_plan(source))
    del payload["measures"][0]["title"]
    with pytest.raises(CallerError, match="damaged"):
        draft_from_payload(payload, source)


def test_shares_of_the_coverage_sum_to_one() -> None:
    coverage = draft_payload(read_plan(source_of_text(PLAN)))["coverage"]
    assert sum(coverage["shares"].values()) == pytest.approx(1, abs=1e-5)
    assert coverage["stretches"][0]["start"] == 0
    assert coverage["stretches"][-1]["end"] == len(PLAN)


@pytest.mark.reference
@pytest.mark.parametrize("name", ["01-national-2018-style", "04-responsible-units-2022-style"])
def test_pattern_text_holds_what_its_truth_holds(reference_data: Path, name: str) -> None:
    folder = reference_data / "plans"
    truth = yaml.safe_load((folder / f"{name}.truth.yaml").read_text(encoding="utf-8"))
    payload = draft_payload(read_plan(source_of_text((folder / f"{name}.txt").read_text(encoding="utf-8"))))
    assert {key: payload[key] for key in ("measures_count", "tails_count")} == {
        key: truth[key] for key in ("measures_count", "tails_count")
    }
    assert payload["default_implement"] == truth.get("default_implement", [])
    for want, got in zip(truth["measures"], payload["measures"], strict=True):
        for tail, read in zip(want["tails"], got["tails"], strict=True):
            assert {key: read[key] for key in tail} == tail
        assert [(str(row["date"] or ""), row["text"]) for row in want["deadlines"]] == [
            (row["date"] or "", row["text"]) for row in got["deadlines"]
        ]


def test_direction_comes_back_and_older_readings_have_none() -> None:
    source = source_of_text("一、任务\n1.控煤。煤炭消费量比2020年下降6%。")
    draft = read_plan(source)
    payload = draft_payload(draft)
    assert payload["measures"][0]["indicators"][0]["direction"] == "down"
    assert draft_from_payload(payload, source) == draft
    del payload["measures"][0]["indicators"][0]["direction"]
    assert draft_from_payload(payload, source).measures[0].indicators[0].direction == ""

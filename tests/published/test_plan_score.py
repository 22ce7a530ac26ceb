"""The scoring of plan readings sees what is missing, what is too much and what differs."""

import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest


def _scoring() -> ModuleType:
    spec = spec_from_file_location("plan_score_alone", Path(__file__).with_name("plan_score.py"))
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


SCORE = _scoring()

TRUTH: dict[str, Any] = {
    "sections": [{"label": "一", "title": "Energy"}],
    "facts": {"title": "Plan"},
    "targets": [{"kind": "binding", "metric": "pm25", "value": 35}],
    "measures": [
        {
            "number": 1,
            "section": "一",
            "title": "Boilers",
            "tails": [{"raw": "(A牵头)", "mode": "牵头", "lead": ["A"], "cooperate": [], "implement": []}],
            "deadlines": [{"text": "2024年", "kind": "in", "date": "2024-12-31"}],
            "indicators": [
                {"what": "households", "kind": "count", "comparator": "=", "value": 12, "unit": "万户"},
                {"what": "buses", "kind": "goal", "comparator": "=", "value": 100, "unit": "%", "optional": True},
            ],
        }
    ],
}


@pytest.fixture
def payload() -> dict[str, Any]:
    """A reading that agrees with the truth in everything that is asked."""
    return {
        "title": "Plan",
        "date": None,
        "targets": [{"kind": "binding", "metric": "pm25", "value": 35.0, "years": [2025]}],
        "measures": [
            {
                "number": 1,
                "section": "一",
                "section_title": "Energy",
                "title": "Boilers",
                "tails": [
                    {
                        "raw": "(A牵头)",
                        "mode": "牵头",
                        "lead": ["A"],
                        "cooperate": [],
                        "implement": [],
                        "open_list": False,
                    }
                ],
                "deadlines": [{"text": "2024年", "kind": "in", "date": "2024-12-31", "firm": True}],
                "indicators": [
                    {
                        "what": "households of the hills",
                        "kind": "count",
                        "comparator": "=",
                        "value": 120_000,
                        "value_to": None,
                        "unit": "户",
                        "change": False,
                        "baseline": None,
                        "scope": "",
                        "by": None,
                        "firm": True,
                        "text": "12万户",
                        "start": 10,
                        "end": 14,
                    }
                ],
            }
        ],
    }


def test_reading_that_agrees_is_perfect_in_every_kind(payload: dict[str, Any]) -> None:
    scores = SCORE.score(payload, TRUTH)
    assert set(scores) == set(SCORE.KINDS)
    assert all(row.perfect for row in scores.values()), SCORE.table({"made": scores})


def test_missing_tail_lowers_recall_and_not_precision(payload: dict[str, Any]) -> None:
    payload["measures"][0]["tails"] = []
    found = SCORE.score(payload, TRUTH)["tails"]
    assert (found.precision, found.recall, found.perfect) == (1.0, 0.0, False)
    assert "(A牵头)" in found.misses[0]


def test_extra_deadline_lowers_precision_and_not_recall(payload: dict[str, Any]) -> None:
    times = payload["measures"][0]["deadlines"]
    times.append({**times[0], "text": "2020年", "date": "2020-12-31"})
    found = SCORE.score(payload, TRUTH)["deadlines"]
    assert (found.precision, found.recall, found.perfect) == (0.5, 1.0, False)
    assert "2020年" in found.extras[0]


def test_wrong_field_is_named(payload: dict[str, Any]) -> None:
    payload["measures"][0]["indicators"][0]["firm"] = False
    found = SCORE.score(payload, TRUTH)["indicators"]
    assert (found.hits, found.expected, found.found) == (0, 1, 1)
    assert "[differs: firm]" in found.misses[0]


def test_measure_that_the_truth_does_not_know_is_too_much_with_all_it_holds(payload: dict[str, Any]) -> None:
    payload["measures"].append({**payload["measures"][0], "number": 2})
    scores = SCORE.score(payload, TRUTH)
    assert [len(scores[kind].extras) for kind in ("measures", "tails", "deadlines", "indicators")] == [1, 1, 1, 1]


def test_optional_row_counts_neither_way(payload: dict[str, Any]) -> None:
    rows = payload["measures"][0]["indicators"]
    rows.append({**rows[0], "what": "buses", "kind": "goal", "value": 100, "unit": "%"})
    assert SCORE.score(payload, TRUTH)["indicators"].perfect


def test_open_field_is_not_compared(payload: dict[str, Any]) -> None:
    payload["measures"][0]["indicators"][0]["by"] = "2024-12-31"
    assert not SCORE.score(payload, TRUTH)["indicators"].perfect
    given = TRUTH["measures"][0]
    opened = {**given, "indicators": [{**given["indicators"][0], "any": ["by"]}]}
    assert SCORE.score(payload, {**TRUTH, "measures": [opened]})["indicators"].perfect


def test_indicator_that_ends_inside_a_document_number_is_found(payload: dict[str, Any]) -> None:
    text = "国发〔2023〕24号 12万户 now"
    start = text.index("24")
    payload["measures"][0]["indicators"][0] |= {"start": start, "end": start + 2, "text": "24"}
    assert SCORE.taken_for_numbers(payload, text, ["国发〔2023〕24号"]) == ["24"]
    payload["measures"][0]["indicators"][0] |= {"start": start + 4, "end": start + 8}
    assert SCORE.taken_for_numbers(payload, text, ["国发〔2023〕24号"]) == []

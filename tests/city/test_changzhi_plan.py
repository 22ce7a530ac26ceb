"""The first city's structured plan says what the hand-made truth of its document says."""

import tomllib
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from lantian.city import City, body_named, load_city

TRUTH = Path(__file__).parents[1] / "published" / "plans" / "changzhi-2024.truth.toml"
ROLES = ("lead", "cooperate", "implement")
SAID = ("what", "kind", "comparator", "value", "value_to", "unit", "change", "baseline", "scope", "by", "firm")
TARGET = ("kind", "metric", "comparator", "value", "unit", "years", "direction")

Table = dict[str, Any]


@pytest.fixture(scope="module")
def city() -> City:
    return load_city("changzhi")


@pytest.fixture(scope="module")
def plan(city: City) -> Table:
    with (Path(city.folders[0]) / "plan.toml").open("rb") as file:
        return tomllib.load(file, parse_float=Decimal)


@pytest.fixture(scope="module")
def truth() -> Table:
    with TRUTH.open("rb") as file:
        return tomllib.load(file, parse_float=Decimal)


def test_measures_and_sections_are_those_of_the_document(plan: Table, truth: Table) -> None:
    told = [(row["number"], row["section"], row["title"]) for row in plan["measures"]]
    assert told == [(row["number"], row["section"], row["title"]) for row in truth["measures"]]
    assert [{key: row[key] for key in ("label", "title")} for row in plan["sections"]] == truth["sections"]


def test_every_tail_names_the_bodies_of_the_document(plan: Table, truth: Table, city: City) -> None:
    for mine, theirs in zip(plan["measures"], truth["measures"], strict=True):
        for tail, wanted in zip(mine.get("tails", []), theirs.get("tails", []), strict=True):
            assert tail["mode"] == wanted["mode"], mine["title"]
            assert tail.get("open_list", False) == wanted.get("open_list", False), mine["title"]
            for role in ROLES:
                bodies = [body_named(city, name) for name in wanted[role]]
                assert tail.get(role, []) == [body.id for body in bodies if body], (mine["title"], role)
                assert None not in bodies, wanted[role]


def test_deadlines_are_those_of_the_document(plan: Table, truth: Table) -> None:
    fields = ("kind", "date", "start", "every", "firm")
    for mine, theirs in zip(plan["measures"], truth["measures"], strict=True):
        told = [[row.get(key) for key in fields] for row in mine.get("deadlines", [])]
        assert told == [[row.get(key) for key in fields] for row in theirs["deadlines"]], mine["title"]


def test_indicators_are_those_of_the_document(plan: Table, truth: Table) -> None:
    for mine, theirs in zip(plan["measures"], truth["measures"], strict=True):
        told = [[row.get(key) for key in SAID] for row in mine.get("indicators", [])]
        assert told == [[row.get(key) for key in SAID] for row in theirs["indicators"]], mine["title"]


def test_targets_are_those_of_the_document(plan: Table, truth: Table, city: City) -> None:
    told = [[row.get(key) for key in TARGET] for row in plan["targets"]]
    assert told == [[row.get(key) for key in TARGET] for row in truth["targets"]]
    known = {row.adcode for row in city.counties} | {"city"}
    assert all(set(row["subjects"]) <= known for row in plan["targets"])
    # each county has its assigned target of 2025, Lucheng too
    assert [len(row["subjects"]) for row in plan["targets"]] == [1, 1, 1, 1, 12, 11, 1, 11]


def test_counts_are_those_of_the_plan(plan: Table) -> None:
    measures = plan["measures"]
    tails = [tail for row in measures for tail in row.get("tails", [])]
    modes = {mode: sum(tail["mode"] == mode for tail in tails) for mode in ("牵头", "落实", "负责", "分别负责")}
    assert (len(measures), len(plan["sections"]), len(tails), len(plan["targets"])) == (40, 9, 62, 8)
    assert modes == {"牵头": 39, "落实": 9, "负责": 8, "分别负责": 6}
    assert sum(len(row.get("deadlines", [])) for row in measures) == 24
    assert sum(len(row.get("indicators", [])) for row in measures) == 39


def test_every_body_is_in_the_directory(plan: Table, city: City) -> None:
    named = {plan["plan"]["issuer"], *(row["issuer"] for row in plan["plan"]["implements"])}
    for measure in plan["measures"]:
        for tail in measure.get("tails", []):
            named.update(body for role in ROLES for body in tail.get(role, []))
        named.update(row["body"] for row in measure.get("projects", []) if "body" in row)
    assert named <= {body.id for body in city.bodies}


def test_what_hangs_on_a_tail_names_one_that_is_there(plan: Table) -> None:
    for measure in plan["measures"]:
        tails = len(measure.get("tails", []))
        for kind in ("deadlines", "indicators", "projects", "money"):
            for row in measure.get(kind, []):
                assert (1 <= row["tail"] <= tails) if tails else "tail" not in row, (measure["number"], row["key"])


def test_keys_are_unique(plan: Table) -> None:
    for kind in ("deadlines", "indicators", "projects", "money"):
        keys = [row["key"] for measure in plan["measures"] for row in measure.get(kind, [])]
        assert len(keys) == len(set(keys)), kind
    targets = [row["key"] for row in plan["targets"]]
    assert len(targets) == len(set(targets))


def test_project_lists_of_the_plan_have_its_counts_and_dates(plan: Table) -> None:
    lists = {row["key"]: row for measure in plan["measures"] for row in measure.get("projects", [])}
    deep = lists["deep-treatment"]
    assert deep["count"] == sum(row["count"] for row in deep["kinds"]) == 161
    assert [row["count"] for row in deep["kinds"]] == [15, 5, 13, 4, 2, 77, 42, 3]
    assert [row["due"] for row in deep["steps"]] == [date(2024, 4, 15), date(2024, 9, 30)]
    assert deep["earlier"] == {"ring": "lucheng", "step": "done", "due": date(2024, 6, 30)}
    assert (lists["township-stations"]["count"], lists["township-stations"]["due"]) == (27, date(2024, 12, 31))
    assert (lists["households"]["count"], lists["households"]["firm"]) == (120_000, False)
    assert (lists["small-boilers"]["at_most"], lists["small-boilers"]["left"]) == (35, 0)


def test_ring_of_lucheng_is_said_to_be_unconfirmed(plan: Table, city: City) -> None:
    (ring,) = plan["rings"]
    assert (ring["key"], ring["distance_km"], ring["confirmed"]) == ("lucheng", 5, False)
    assert city.county(ring["county"]).name_zh == "潞城区"
    assert plan["measures"][6]["projects"][0]["earlier"]["ring"] == ring["key"]


def test_everything_has_a_title_in_both_languages(plan: Table) -> None:
    rows = [plan["plan"], *plan["rings"], *plan["sections"], *plan["targets"], *plan["measures"]]
    for measure in plan["measures"]:
        rows += measure.get("projects", []) + measure.get("money", [])
        rows += [kind for project in measure.get("projects", []) for kind in project.get("kinds", [])]
        rows += [step for project in measure.get("projects", []) for step in project.get("steps", [])]
        for row in measure.get("deadlines", []) + measure.get("indicators", []):
            assert row["what"], measure["number"]
            assert row["what_en"].isascii() or "³" in row["what_en"], row["what_en"]
    assert all(row["title"] and row["title_en"] for row in rows)


@pytest.mark.reference
def test_no_sentence_of_the_document_stands_in_the_plan(city: City, reference_data: Path) -> None:
    document = next((reference_data.parent / "seed").glob("*.txt")).read_text(encoding="utf-8")
    own = (Path(city.folders[0]) / "plan.toml").read_text(encoding="utf-8")
    longest = [text for text in _sentences(document) if text in own]
    assert longest == []


def _sentences(document: str) -> list[str]:
    body = document[document.index("三、重点任务") :]
    parts = body.replace("\n", "。").split("。")
    return [text for text in parts if len(text) > 25]

"""Every rule edition is cited, marked for confidence, apart from its neighbours, and documented."""

import re
from collections import defaultdict
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from lantian.rules import SUBJECTS, Choice, Confidence, Edition, Rulebook
from lantian.rules.loader import PACKAGED, read_file

ROOT = Path(__file__).parents[2]
EDITIONS = Rulebook.packaged().editions()
EACH = pytest.mark.parametrize("edition", EDITIONS, ids=lambda edition: edition.id)
BEGINNING = date(2013, 1, 1)


@EACH
def test_edition_cites_its_source_in_both_languages(edition: Edition) -> None:
    assert len(edition.source) > 20
    assert len(edition.short) > 2
    assert len(edition.title) > 10
    assert re.search(r"[\u4e00-\u9fff]", edition.title_zh), "the Chinese title has no Chinese in it"
    assert edition.reason is None, "a packaged rule is the law, not a departure from it"


@EACH
def test_edition_says_how_sure_it_is(edition: Edition) -> None:
    assert edition.confidence in Confidence
    for setting, mark in edition.uncertain.items():
        assert mark >= edition.confidence, f"{setting} is marked {mark}, surer than the edition itself"


@EACH
def test_edition_that_is_less_than_sure_says_why(edition: Edition) -> None:
    assert edition.confidence == "A" or edition.notes


@pytest.mark.parametrize("path", sorted(PACKAGED.glob("*.toml")), ids=lambda path: path.stem)
def test_one_file_holds_one_subject(path: Path) -> None:
    book = Rulebook.packaged()
    assert {book.by_id(raw["id"]).subject for raw in read_file(path)} == {path.stem}


def test_every_subject_has_a_file() -> None:
    assert {path.stem for path in PACKAGED.glob("*.toml")} == set(SUBJECTS)


def test_editions_of_one_key_follow_each_other_without_gap_or_overlap() -> None:
    keys = defaultdict(list)
    for edition in EDITIONS:
        for name in edition.variant:
            keys[edition.subject, edition.jurisdiction, name].append(edition)
    for key, editions in keys.items():
        for before, after in pairwise(sorted(editions, key=lambda edition: edition.in_force)):
            assert before.until is not None, key
            assert before.until + timedelta(days=1) == after.in_force, (key, before.id, after.id)


@pytest.mark.parametrize("subject", SUBJECTS)
def test_default_law_of_china_begins_with_2013_and_is_open(subject: str) -> None:
    default = [
        edition
        for edition in EDITIONS
        if (edition.subject, edition.jurisdiction) == (subject, "CN") and "default" in edition.variant
    ]
    assert min(edition.in_force for edition in default) == BEGINNING
    assert sum(edition.until is None for edition in default) == 1


def test_an_unverified_rule_is_default_only_where_nothing_better_exists() -> None:
    unsure = {
        edition.id
        for edition in EDITIONS
        if edition.confidence == "C" and "default" in edition.variant and edition.jurisdiction == "CN"
    }
    assert unsure == {
        "admission-2013", "composite-default-2031", "control-list", "dispatch-monthly", "inventory-book",
        "inventory-general", "key-units-2013", "key-units-2023", "low-values-2018", "quality-checks",
        "source-categories", "source-profiles", "temporal-profiles", "trend-2026", "voc-indicators",
        "voc-profiles", "weather-door",
    }  # fmt: skip


def test_ids_that_never_existed_are_not_named() -> None:
    for path in PACKAGED.glob("*.toml"):
        text = path.read_text(encoding="utf-8")
        for draft in ("HJ 633-2024", "HJ 633-2013", "GB 3095-2016"):
            assert draft not in text, (path.name, draft)


def documented() -> dict[str, tuple[str, ...]]:
    page = (ROOT / "docs" / "rules.md").read_text(encoding="utf-8")
    rows = [line.strip("| \n").split(" | ") for line in page.splitlines() if line.startswith("| `")]
    return {row[0].strip("`"): tuple(cell.strip() for cell in row[1:]) for row in rows if len(row) == 7}


def test_page_on_rules_lists_every_edition_as_it_is() -> None:
    expected = {
        edition.id: (
            edition.jurisdiction,
            ", ".join(edition.variant),
            edition.in_force.isoformat(),
            edition.until.isoformat() if edition.until else "open",
            edition.confidence.value,
            edition.source,
        )
        for edition in EDITIONS
    }
    found = documented()
    assert set(found) == set(expected)
    for name, row in expected.items():
        assert found[name] == row, name


def test_page_on_rules_has_a_part_on_every_subject() -> None:
    page = (ROOT / "docs" / "rules.md").read_text(encoding="utf-8")
    assert re.findall(r"^### `(\w+)`", page, re.MULTILINE) == list(SUBJECTS)


def test_examples_of_the_recipe_load(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "recipes" / "add-a-rule-edition.md").read_text(encoding="utf-8")
    examples = re.findall(r"```toml\n(.*?)```", page, re.DOTALL)
    assert len(examples) == 2
    for number, example in enumerate(examples):
        folder = tmp_path / str(number)
        folder.mkdir()
        (folder / "own.toml").write_text(example, encoding="utf-8")
        book = Rulebook.load([folder])
        new = set(book.editions()) - set(EDITIONS)
        assert len(new) == 1
        edition = new.pop()
        variant = {edition.subject: edition.variant[0]}
        choice = Choice(jurisdictions=(edition.jurisdiction, "CN"), variants=variant)
        assert book.edition(type(edition), edition.subject, edition.in_force, choice) is edition

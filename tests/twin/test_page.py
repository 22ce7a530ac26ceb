"""The page about the simulated city: its examples run, and it names what there is."""

import doctest
from pathlib import Path

import pytest
from pydantic import BaseModel

from lantian.twin.catalogue.reading import CityBook
from lantian.twin.incidents import FAULTS, FRAUDS, STATION_FRAUDS
from lantian.twin.scenarios import Scenario
from lantian.twin.scoring import CATEGORIES
from lantian.twin.sealing import FOLDER
from lantian.twin.weather import INDICES

PAGE = Path(__file__).parents[2] / "docs" / "twin.md"


def test_every_example_of_the_page_runs_as_printed() -> None:
    text = "\n".join("" if line.startswith("```") else line for line in PAGE.read_text("utf-8").splitlines())
    page = doctest.DocTestParser().get_doctest(text, {}, "twin.md", str(PAGE), 0)
    report: list[str] = []
    outcome = doctest.DocTestRunner().run(page, out=report.append)
    assert outcome.attempted >= 10
    assert outcome.failed == 0, "".join(report)


def fields_of(model: type[BaseModel]) -> set[str]:
    """Every line that a file may have, tables within tables included."""
    found: set[str] = set()
    for name, field in model.model_fields.items():
        inner = list(_models(field.annotation))
        found |= set().union(*map(fields_of, inner)) if inner else {name}
    return found


def _models(annotation: object) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for part in getattr(annotation, "__args__", ()) for model in _models(part)]


@pytest.mark.parametrize("model", [CityBook, Scenario])
def test_the_page_explains_every_line_of_both_files(model: type[BaseModel]) -> None:
    page = PAGE.read_text("utf-8")
    tables = {"times", "shift"}
    missing = [name for name in fields_of(model) if f"`{name}`" not in page and name not in tables]
    assert missing == []
    assert all(f"`[{name}]`" in page for name in tables)


def test_the_page_names_every_pattern_index_and_category() -> None:
    page = PAGE.read_text("utf-8")
    for name in (*FRAUDS, *STATION_FRAUDS, *FAULTS, *INDICES, *CATEGORIES):
        assert name in page, name
    assert f"`{FOLDER.as_posix()}/`" in page

"""The page about cities names every file, column and setting."""

from pathlib import Path

import pytest
from pydantic import BaseModel

from lantian.city.rows import (
    BodyRow,
    CityFile,
    CountyRow,
    GroupRow,
    GroupTable,
    OutlinesTable,
    ProvinceTable,
    StationRow,
)
from lantian.twin.places import FactorRow

PAGE = Path(__file__).parents[2] / "docs" / "city.md"


def section(heading: str) -> str:
    text = PAGE.read_text(encoding="utf-8")
    _, found, rest = text.partition(f"### {heading}\n")
    assert found, heading
    return rest.split("\n## ")[0].split("\n### ")[0]


@pytest.mark.parametrize(
    ("heading", "models"),
    [
        ("city.toml", (CityFile, ProvinceTable, GroupTable, OutlinesTable)),
        ("counties.csv", (CountyRow,)),
        ("bodies.csv", (BodyRow,)),
        ("stations.csv", (StationRow,)),
        ("groups.csv", (GroupRow,)),
        ("twin.csv", (FactorRow,)),
    ],
)
def test_page_explains_every_column_and_setting(heading: str, models: tuple[type[BaseModel], ...]) -> None:
    text = section(heading)
    for model in models:
        for name in model.model_fields:
            assert f"`{name}`" in text or f"[{name}]" in text or f"[{name}.KEY]" in text, name

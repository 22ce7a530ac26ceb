"""The rules of an inventory fit together, and are looked up by date and choice."""

from datetime import date
from pathlib import Path

import pytest

from lantian.rules import Choice, Confidence, Rulebook
from lantian.science.inventory.calculating import gross_of
from lantian.science.inventory.gross import Activity
from lantian.science.inventory.rules import inventory_rules

DAY = date(2025, 12, 31)
RULES = inventory_rules(Rulebook.packaged(), DAY)


def test_ids_name_every_edition_once() -> None:
    assert len(set(RULES.ids)) == 10
    assert "on-road-2014" in RULES.ids


def test_every_place_of_the_classification_has_kind_and_sector_with_a_profile() -> None:
    for row in RULES.categories.values():
        if row.level == 4:
            assert row.kind is not None, row.code
            assert row.sector in RULES.profiles, row.code


def test_every_category_that_emits_voc_has_a_profile() -> None:
    for row in RULES.categories.values():
        if row.level == 4 and any(factor.pollutant == "voc" for factor in RULES.factor_rows.get(row.code, ())):
            assert row.voc in RULES.voc_profiles, row.code


def test_every_profile_is_used() -> None:
    assert set(RULES.profiles) == {row.sector for row in RULES.categories.values() if row.level == 4}
    assert set(RULES.voc_profiles) <= {row.voc for row in RULES.categories.values()}


def test_every_factor_belongs_to_a_category_that_is_computed() -> None:
    fourth = {row.code for row in RULES.categories.values() if row.level == 4}
    assert set(RULES.factor_rows) <= fourth


def test_every_parameter_is_wanted_somewhere() -> None:
    wanted = {key for row in RULES.categories.values() for key in (*row.needs, *row.takes)}
    assert wanted == set(RULES.parameters)


def test_a_level_takes_kind_and_sector_from_above() -> None:
    boiler = RULES.category("combustion.industry.coal.fluidised")
    assert (boiler.kind, boiler.sector, boiler.voc) == ("point", "industry", "coal_combustion")
    assert RULES.category("combustion.residential.coal.honeycomb").kind == "area"


def test_the_longest_beginning_of_a_code_decides() -> None:
    carbon = RULES.carbon_of("process.coking.coke.machine")
    assert carbon is not None
    assert carbon.category == "process.coking"
    assert RULES.carbon_of("solvent.cleaning.cleaning.solvent") is None
    assert RULES.carbon_of("processing.of.no.kind") is None


def test_grade_and_source_make_the_confidence() -> None:
    factors = RULES.factors
    published, remembered = factors.source_of("cses144"), factors.source_of("nrmm")
    assert [published.confidence(grade) for grade in ("high", "medium", "low")] == ["B", "B", "C"]
    assert [remembered.confidence(grade) for grade in ("high", "medium", "low")] == ["B", "C", "C"]
    assert published.model_copy(update={"second": True}).confidence("high") == Confidence.A


def test_borrowed_factors_count_as_low() -> None:
    parameters: dict[str, float | str] = {"sulphur": 0.01, "ash": 0.2}
    own, borrowed = (
        {row.pollutant: row for row in gross_of(Activity(code, 1, "t", parameters=parameters), RULES)}["nox"]
        for code in ("combustion.industry.coal.fluidised", "combustion.heating.coal.fluidised")
    )
    assert own.factor == borrowed.factor
    assert (own.confidence, borrowed.confidence) == (Confidence.B, Confidence.C)
    assert (own.gsd, borrowed.gsd) == (1.3, 2.5)
    assert borrowed.inputs["borrowed_from"] == "combustion.industry.coal.fluidised"


def test_a_choice_picks_the_variant() -> None:
    rules = inventory_rules(Rulebook.packaged(), DAY, Choice(variants={"on_road": "china_vi_estimate"}))
    assert rules.on_road.id == "on-road-2014-china-vi"


def test_a_city_lays_its_own_factors_over_the_packaged_ones(tmp_path: Path) -> None:
    (tmp_path / "own.csv").write_text(
        "key,category,pollutant,value,unit,basis,grade,source\n"
        "coke.so2,process.coking.coke.machine,so2,1.234,kg/t,uncontrolled,high,works\n",
        encoding="utf-8",
    )
    (tmp_path / "own.toml").write_text(
        """
[[edition]]
id = "changzhi-factors"
like = "emission-factors"
jurisdiction = "140400"
reason = "Example: measured at the ovens of the city"
source = "Example of a city's own measurements"
factors = { csv = "own.csv" }
sources = [{ key = "works", title = "Measured at the works", published = true, second = true }]
""",
        encoding="utf-8",
    )
    book = Rulebook.load([tmp_path])
    rules = inventory_rules(book, DAY, Choice(jurisdictions=("140400", "CN")))
    found = {row.pollutant: row for row in gross_of(Activity("process.coking.coke.machine", 1000, "t"), rules)}
    assert list(found) == ["so2"]
    assert found["so2"].amount == 1.234
    assert found["so2"].rule == "changzhi-factors#coke.so2"
    assert found["so2"].confidence == Confidence.B, "the edition it is like is not surer than B"


@pytest.mark.parametrize("sector", sorted(RULES.profiles))
def test_a_sector_emits_at_some_time(sector: str) -> None:
    row = RULES.profiles[sector]
    assert sum(row.months) > 0
    assert sum(row.weekdays) > 0
    assert sum(row.hours) > 0

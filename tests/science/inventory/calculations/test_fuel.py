"""CO2, CH4 and N2O stand in the same rows."""

from datetime import date

import pytest

from lantian.rules import Confidence, Rulebook
from lantian.science.inventory.calculating import gross_of
from lantian.science.inventory.gross import Activity, Gross
from lantian.science.inventory.rules import inventory_rules

RULES = inventory_rules(Rulebook.packaged(), date(2025, 12, 31))


def rows(code: str, unit: str, **parameters: float | str) -> dict[str, Gross]:
    found = gross_of(Activity(code, 1000, unit, parameters=parameters), RULES)
    return {str(row.pollutant): row for row in found}


@pytest.mark.parametrize(
    ("code", "unit", "co2"),
    [
        ("combustion.residential.coal.bituminous", "t", 1900.0),
        ("combustion.industry.oil.diesel", "t", 3096.0),
        ("combustion.industry.gas.natural_gas", "m3", 2.162),
        ("combustion.industry.gas.coke_oven_gas", "m3", 0.77),
        ("combustion.industry.gas.blast_furnace_gas", "m3", 0.85),
    ],
)
def test_default_of_the_fuel(code: str, unit: str, co2: float) -> None:
    assert rows(code, unit)["co2"].factor == co2


def test_a_carbon_content_replaces_the_default() -> None:
    parameters = {"sulphur": 0.01, "ash": 0.2, "capacity": 300}
    found = rows("combustion.power.coal.fluidised", "t", **parameters, carbon=0.6)["co2"]
    assert found.factor == pytest.approx(0.6 * 0.98 * 44 / 12 * 1000, rel=1e-12)
    assert found.formula == "carbon_balance"
    assert (found.confidence, found.gsd) == (Confidence.B, 1.3)


def test_methane_and_nitrous_oxide_follow_from_the_heat() -> None:
    found = rows("combustion.industry.oil.diesel", "t")
    assert found["ch4"].factor == pytest.approx(42652 * 3 / 1e6)
    assert found["n2o"].factor == pytest.approx(42652 * 0.6 / 1e6)
    assert found["ch4"].confidence == Confidence.C


def test_a_fuel_of_unknown_carbon_has_no_row_rather_than_zero() -> None:
    assert "co2" not in rows("combustion.industry.gas.converter_gas", "m3")


def test_the_carbonate_of_clinker_burns_no_fuel() -> None:
    assert set(rows("process.cement.clinker.carbonate", "t")) == {"co2"}


def test_electricity_of_the_province_is_known() -> None:
    grid = {(row.region, row.year): float(row.co2) for row in RULES.fuels.grid}
    assert grid[("14", 2022)] == 709.6
    assert grid[("CN", 2022)] == 536.6

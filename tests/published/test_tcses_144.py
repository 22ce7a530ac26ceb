# Source: T/CSES 144-2024, appendices A, C, D, E, in a transcription with page numbers; totals worked by hand.
"""Combustion constants, balances and default removals of the urban inventory guideline, to the last digit."""

from datetime import date
from decimal import Decimal

import pytest

from lantian.rules import Rulebook
from lantian.science.inventory.calculating import gross_of
from lantian.science.inventory.calculations.coal import fly_ash, sulphur_dioxide
from lantian.science.inventory.gross import Activity
from lantian.science.inventory.rules import InventoryRules, inventory_rules

POWER, INDUSTRY = "combustion.power.coal.", "combustion.industry.coal."


@pytest.fixture(scope="module")
def rules() -> InventoryRules:
    return inventory_rules(Rulebook.packaged(), date(2025, 12, 31))


def factors(rules: InventoryRules, category: str, **parameters: float | str) -> dict[str, float]:
    unit = str(rules.category(category).unit)
    return {
        str(row.pollutant): row.factor
        for row in gross_of(Activity(category, 1.0, unit, parameters=parameters), rules)
    }


@pytest.mark.parametrize(
    ("capacity", "nox"),
    [(50, 8.96), (100, 8.96), (100.1, 8.19), (200, 8.19), (299, 8.19), (300, 7.21), (660, 7.21)],
)
@pytest.mark.parametrize("boiler", ["pulverised", "fluidised", "auto_grate"])
def test_nox_of_a_power_boiler_goes_by_its_capacity(
    rules: InventoryRules, boiler: str, capacity: float, nox: float
) -> None:
    assert factors(rules, POWER + boiler, sulphur=0.01, ash=0.2, capacity=capacity)["nox"] == nox


@pytest.mark.parametrize(
    ("category", "nox", "co", "voc"),
    [
        (INDUSTRY + "pulverised", 5.47, 2, 2.16),
        (INDUSTRY + "fluidised", 7.5, 2, 2.16),
        (INDUSTRY + "auto_grate", 4, 15, 2.16),
        (INDUSTRY + "manual_grate", 3.8, 124.3, 4.53),
    ],
)
def test_industrial_coal_boilers(rules: InventoryRules, category: str, nox: float, co: float, voc: float) -> None:
    found = factors(rules, category, sulphur=0.01, ash=0.2)
    assert (found["nox"], found["co"], found["voc"]) == (nox, co, voc)


@pytest.mark.parametrize(("boiler", "co"), [("pulverised", 2), ("fluidised", 2), ("auto_grate", 8)])
def test_co_and_voc_of_power_boilers(rules: InventoryRules, boiler: str, co: float) -> None:
    found = factors(rules, POWER + boiler, sulphur=0.01, ash=0.2, capacity=300)
    assert (found["co"], found["voc"]) == (co, 0.04)


@pytest.mark.parametrize(
    ("boiler", "bottom", "pm10", "pm25", "bc", "oc"),
    [
        ("power_pulverised", "0.25", "0.23", "0.06", "0.002", "0"),
        ("power_fluidised", "0.44", "0.29", "0.07", "0.002", "0"),
        ("power_auto_grate", "0.85", "0.33", "0.1", "0.002", "0"),
        ("industry_pulverised", "0.25", "0.23", "0.06", "0.002", "0"),
        ("industry_fluidised", "0.4", "0.2", "0.07", "0.006", "0"),
        ("industry_auto_grate", "0.85", "0.2", "0.07", "0.2", "0.04"),
        ("industry_manual_grate", "0.85", "0.2", "0.07", "0.2", "0.04"),
    ],
)
def test_constants_of_the_ash_balance(
    rules: InventoryRules, boiler: str, bottom: str, pm10: str, pm25: str, bc: str, oc: str
) -> None:
    row = next(row for row in rules.coal.boilers if row.key == boiler)
    found = (row.bottom_ash, row.pm10, row.pm25, row.bc, row.oc)
    assert found == tuple(map(Decimal, (bottom, pm10, pm25, bc, oc)))


@pytest.mark.parametrize(
    ("boiler", "ash", "pm25", "pm10"),
    [  # A × (1 − bottom ash) × share × 1000, worked by hand
        ("power_pulverised", "0.2", "9", "34.5"),
        ("power_pulverised", "0.2753", "12.3885", "47.48925"),
        ("power_fluidised", "0.35", "13.72", "56.84"),
        ("power_auto_grate", "0.18", "2.7", "8.91"),
        ("industry_fluidised", "0.25", "10.5", "30"),
        ("industry_manual_grate", "0.3", "3.15", "9"),
    ],
)
def test_particles_by_the_ash_balance_are_exact(
    rules: InventoryRules, boiler: str, ash: str, pm25: str, pm10: str
) -> None:
    row = next(row for row in rules.coal.boilers if row.key == boiler)
    found = fly_ash(row, Decimal(ash))
    assert found["pm25"] == Decimal(pm25)
    assert found["pm10"] == Decimal(pm10)
    assert found["tsp"] == Decimal(ash) * (1 - row.bottom_ash) * 1000


@pytest.mark.parametrize(
    ("sulphur", "so2"), [("0.01", "17"), ("0.0043", "7.31"), ("0.025", "42.5"), ("0.0001", "0.17"), ("0", "0")]
)
def test_sulphur_balance_is_exact(rules: InventoryRules, sulphur: str, so2: str) -> None:
    assert sulphur_dioxide(rules.coal, Decimal(sulphur)) == Decimal(so2)


@pytest.mark.parametrize(
    ("category", "published"),  # g/m3
    [
        ("combustion.industry.gas.natural_gas", {"co": "1.3", "nox": "2.09", "voc": "0.12", "pm25": "0.03"}),
        ("combustion.industry.gas.coke_oven_gas", {"co": "1.3", "nox": "0.96", "voc": "0.02", "pm25": "0.03"}),
        ("combustion.industry.gas.blast_furnace_gas", {"co": "1.3", "nox": "0.13", "voc": "0.05", "pm25": "0.03"}),
        ("combustion.industry.gas.converter_gas", {"co": "1.3", "nox": "0.13", "voc": "0.05", "pm25": "0.03"}),
        ("combustion.power.gas.natural_gas", {"nox": "4.1", "pm25": "0.03"}),
        ("combustion.power.gas.coke_oven_gas", {"nox": "1.35", "pm25": "0.03"}),
        ("combustion.power.gas.blast_furnace_gas", {"nox": "1.35", "pm25": "0.03"}),
    ],
)
def test_gas_boilers(rules: InventoryRules, category: str, published: dict[str, str]) -> None:
    found = factors(rules, category)
    assert {key: found[key] for key in published} == {
        key: float(Decimal(value) / 1000) for key, value in published.items()
    }


def test_oil_boiler(rules: InventoryRules) -> None:
    found = factors(rules, "combustion.industry.oil.diesel")
    expected = {"co": 0.6, "nox": 9.62, "so2": 3.0, "voc": 0.13, "pm25": 0.5}
    assert {key: found[key] for key in expected} == expected


@pytest.mark.parametrize(("technique", "nh3"), [("scr", 0.16), ("sncr", 0.17)])
def test_ammonia_slips_from_denitration(rules: InventoryRules, technique: str, nh3: float) -> None:
    coal = {"sulphur": 0.01, "ash": 0.2, "capacity": 300}
    assert factors(rules, POWER + "pulverised", **coal, denitration=technique)["nh3"] == nh3
    assert "nh3" not in factors(rules, POWER + "pulverised", **coal)


@pytest.mark.parametrize(
    ("technique", "removal"),
    [
        ("limestone_gypsum", {"so2": 80, "pm25": 57, "coarse": 75}),
        ("furnace_calcium", {"so2": 50}),
        ("scr", {"nox": 42, "pm25": 57, "coarse": 75}),
        ("low_nox_burner_scr", {"nox": 64}),
        ("wet_scrubber", {"so2": 20, "pm25": 50, "coarse": 56.1}),
        ("bag_filter", {"pm25": 94.5, "coarse": 95}),
        ("electrostatic_bag", {"pm25": 96, "coarse": 99}),
        ("activated_carbon", {"voc": 15}),
        ("regenerative_oxidiser", {"voc": 94}),
        ("zeolite_rotor", {"voc": 34}),
        ("photolysis", {"voc": 17}),
        ("hood", {"voc": 40}),
        ("vapour_stage_2", {"voc": 80}),
        ("site_fabric", {"pm25": 22, "coarse": 28}),
        ("none", {}),
    ],
)
def test_default_removal(rules: InventoryRules, technique: str, removal: dict[str, float]) -> None:
    row = next(row for row in rules.controls.techniques if row.key == technique)
    names = ("so2", "nox", "voc", "pm25", "coarse")
    assert {name: float(getattr(row, name)) for name in names if getattr(row, name)} == removal


def test_there_are_74_techniques(rules: InventoryRules) -> None:
    assert len(rules.controls.techniques) == 74

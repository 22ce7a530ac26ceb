"""An activity is checked, converted and computed by the calculation of its category."""

from datetime import date
from decimal import Decimal
from math import inf, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lantian.rules import Choice, Confidence, Rulebook
from lantian.science.inventory.calculating import CALCULATIONS, REMEMBERED, UNITS, gross_of
from lantian.science.inventory.gross import INVENTORY_POLLUTANTS, Activity, Gross, InventoryPollutant
from lantian.science.inventory.rules import InventoryRules, inventory_rules
from lantian.terms.errors import CallerError

RULES = inventory_rules(Rulebook.packaged(), date(2025, 12, 31), Choice(variants={"on_road": "china_vi_estimate"}))
FOURTH = [row for row in RULES.categories.values() if row.level == 4]
BOILER = "combustion.power.coal.pulverised"
COAL: dict[str, float | str] = {"sulphur": 0.01, "ash": 0.2, "capacity": 300}
PLAUSIBLE: dict[str, float | str] = {
    **COAL, "silt_loading": 1.2, "weight": 5, "silt": 8, "wind": 2.5, "moisture": 4, "friction_velocity": 0.9,
    "threshold_velocity": 0.6, "disturbances": 50, "burnt_share": 0.1, "standard": "ii",
}  # fmt: skip


def plausible(code: str, amount: float = 1000.0) -> Activity:
    row = RULES.category(code)
    parameters = {key: PLAUSIBLE[key] for key in row.needs}
    if row.calculation == "road" and row.lookup is not None:
        vehicle, fuel = row.lookup.split()
        newest = [base.standard for base in (*RULES.on_road.base, *RULES.on_road.estimates)
                  if (base.vehicle, base.fuel) == (vehicle, fuel) and base.co is not None]  # fmt: skip
        parameters["standard"] = newest[-1]
    return Activity(code, amount, str(row.unit), parameters=parameters)


def rows(activity: Activity, rules: InventoryRules = RULES) -> dict[InventoryPollutant, Gross]:
    return {row.pollutant: row for row in gross_of(activity, rules)}


def refusal(activity: Activity) -> str:
    with pytest.raises(CallerError) as caught:
        gross_of(activity, RULES)
    return str(caught.value)


@pytest.mark.parametrize("code", [row.code for row in FOURTH])
def test_every_category_can_be_computed(code: str) -> None:
    found = gross_of(plausible(code), RULES)
    order = [INVENTORY_POLLUTANTS.index(row.pollutant) for row in found]
    assert order == sorted(set(order)), "each pollutant once, in the order of the inventory"
    for row in found:
        assert row.amount == pytest.approx(row.factor * 1000 / 1000, rel=1e-12)
        assert row.amount >= 0
        assert row.gsd > 1
        assert row.rule.partition("#")[0] in RULES.ids
        assert row.rule.partition("#")[2], "a rule names its row"


@pytest.mark.parametrize("code", [row.code for row in FOURTH])
def test_a_part_is_never_more_than_the_whole(code: str) -> None:
    found = {name: row.amount for name, row in rows(plausible(code)).items()}
    assert found.get("pm25", 0) <= found.get("pm10", inf) <= found.get("tsp", inf)
    assert found.get("bc", 0) + found.get("oc", 0) <= found.get("pm25", inf) * (1 + 1e-12)


@pytest.mark.parametrize("code", [row.code for row in FOURTH])
def test_low_confidence_is_wide(code: str) -> None:
    for row in gross_of(plausible(code), RULES):
        if row.gsd == RULES.gsd("low"):
            assert row.confidence == Confidence.C
        if row.confidence == Confidence.B:
            assert row.gsd < RULES.gsd("low")


def test_every_calculation_has_a_category() -> None:
    assert {row.calculation for row in FOURTH} == set(CALCULATIONS)


def test_a_power_boiler_by_hand() -> None:
    found = rows(Activity(BOILER, 123_456, "t", parameters=COAL))
    assert found["so2"].amount == float(Decimal(123_456) * 17 / 1000)
    assert found["nox"].amount == float(Decimal(123_456) * Decimal("7.21") / 1000)
    assert found["pm25"].amount == float(Decimal(123_456) * 9 / 1000)
    assert found["co2"].amount == 123_456 * 1.9
    assert (found["so2"].formula, found["pm25"].formula, found["nox"].formula, found["co2"].formula) == (
        "sulphur_balance", "ash_balance", "factor", "fuel_default",
    )  # fmt: skip
    assert found["nox"].rule == "emission-factors#combustion.power.coal.pulverised.nox.large"
    assert found["so2"].rule == "coal-balance#power_pulverised.sulphur"
    assert found["so2"].inputs["sulphur"] == 0.01
    assert found["pm25"].inputs == {
        "ash": 0.2, "bottom_ash": 0.25, "pm25_share": 0.06, "basis": "uncontrolled",
    }  # fmt: skip


@given(st.floats(0, 1e9), st.floats(0, 1e9))
def test_emission_is_linear_in_the_activity(first: float, second: float) -> None:
    one, two, both = (
        rows(Activity(BOILER, amount, "t", parameters=COAL))["nox"].amount
        for amount in (first, second, first + second)
    )
    assert one + two == pytest.approx(both, rel=1e-9, abs=1e-12)


@pytest.mark.parametrize(
    ("unit", "amount", "code"),
    [
        ("10kt", 12.0, "process.coking.coke.machine"),
        ("kg", 120_000_000.0, "process.coking.coke.machine"),
        ("10000m3", 3.0, "combustion.industry.gas.natural_gas"),
        ("1000m3", 30.0, "combustion.industry.gas.natural_gas"),
        ("10000head", 0.5, "agriculture.livestock.pig.fattening"),
        ("10000km", 2.0, "dust.road.paved.traffic"),
    ],
)
def test_units_of_the_yearbook_are_understood(unit: str, amount: float, code: str) -> None:
    plain = plausible(code, float(Decimal(str(amount)) * UNITS[unit][1]))
    asked = Activity(code, amount, unit, parameters=plain.parameters)
    assert {name: row.amount for name, row in rows(asked).items()} == {
        name: row.amount for name, row in rows(plain).items()
    }


def test_another_unit_is_refused_with_those_that_fit() -> None:
    said = refusal(Activity("process.coking.coke.machine", 1, "m3"))
    assert "'m3'" in said
    assert "t, kg, 10kt" in said
    assert "coke made" in said


@pytest.mark.parametrize("amount", [-1.0, nan, inf])
def test_an_amount_that_is_none_is_refused(amount: float) -> None:
    assert "zero or more" in refusal(Activity("process.coking.coke.machine", amount, "t"))


def test_zero_activity_emits_zero() -> None:
    assert all(row.amount == 0 for row in gross_of(plausible(BOILER, 0), RULES))


def test_an_unknown_category_names_its_neighbours() -> None:
    said = refusal(Activity("combustion.power.coal.gasifier", 1, "t"))
    assert BOILER in said
    assert "no source category" in said
    assert "no source category" in refusal(Activity("combustion.power.coal", 1, "t"))
    assert "process.coking.coke.machine" in refusal(Activity("nonsense", 1, "t"))


def test_a_missing_parameter_is_named() -> None:
    said = refusal(Activity(BOILER, 1, "t", parameters={"sulphur": 0.01}))
    assert "ash, capacity missing" in said
    assert "capacity [MW]" in said


def test_an_unknown_parameter_is_named() -> None:
    said = refusal(Activity(BOILER, 1, "t", parameters={**COAL, "sulfur": 0.01}))
    assert "sulfur unknown" in said


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("sulphur", 1.2, "outside 0 … 0.08"),
        ("ash", 25, "a share of 20 % is written 0.2"),
        ("ash", -0.1, "outside"),
        ("ash", nan, "a number in 1 is needed"),
        ("ash", "much", "a number in 1 is needed"),
        ("denitration", "urea", "scr, sncr"),
    ],
)
def test_an_implausible_parameter_is_refused(key: str, value: float | str, words: str) -> None:
    assert words in refusal(Activity(BOILER, 1, "t", parameters={**COAL, key: value}))


@pytest.mark.parametrize("gsd", [0.9, nan, inf])
def test_a_spread_below_one_is_refused(gsd: float) -> None:
    assert "1 already means exact" in refusal(Activity(BOILER, 1, "t", gsd=gsd, parameters=COAL))


def test_a_plant_within_its_limits_is_marked_as_controlled() -> None:
    found = rows(plausible("process.steel.sintering.ultra_low"))
    assert all(row.inputs["basis"] == "controlled" for row in found.values())
    assert set(found) == {"so2", "nox", "tsp", "pm10", "pm25", "bc", "oc"}


def test_what_was_computed_is_remembered_within_bounds() -> None:
    rules = inventory_rules(Rulebook.packaged(), date(2025, 12, 31))
    ink = "solvent.printing.ink.solvent_borne"
    for step in range(REMEMBERED + 2):
        gross_of(Activity(ink, 1, "t", parameters={"content": step / (2 * REMEMBERED)}), rules)
    assert 0 < len(rules.computed) <= REMEMBERED

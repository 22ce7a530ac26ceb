"""Coal boilers: balances where they are stated, factors for the rest."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lantian.rules import Confidence, Rulebook
from lantian.science.inventory.calculating import gross_of
from lantian.science.inventory.calculations.coal import fly_ash, sulphur_dioxide
from lantian.science.inventory.gross import Activity
from lantian.science.inventory.rules import inventory_rules
from lantian.terms.errors import RuleError

RULES = inventory_rules(Rulebook.packaged(), date(2025, 12, 31))
PARTS = st.decimals(0, Decimal("0.5"), places=6)


@given(PARTS)
def test_sulphur_is_conserved(sulphur: Decimal) -> None:
    kept = sulphur * RULES.coal.sulphur_to_ash * 1000
    assert sulphur_dioxide(RULES.coal, sulphur) / RULES.coal.sulphur_ratio + kept == sulphur * 1000


@pytest.mark.parametrize("boiler", RULES.coal.boilers, ids=lambda row: row.key)
@given(ash=PARTS)
def test_ash_is_conserved_and_sizes_are_nested(boiler: object, ash: Decimal) -> None:
    row = next(row for row in RULES.coal.boilers if row == boiler)
    found = fly_ash(row, ash)
    assert found["tsp"] + ash * row.bottom_ash * 1000 == ash * 1000
    assert found["bc"] + found["oc"] <= found["pm25"] <= found["pm10"] <= found["tsp"]


def test_a_boiler_of_industry_takes_the_sulphur_balance_of_power_as_a_guess() -> None:
    parameters: dict[str, float | str] = {"sulphur": 0.008, "ash": 0.25}
    found = {
        row.pollutant: row
        for row in gross_of(Activity("combustion.industry.coal.fluidised", 1, "t", parameters=parameters), RULES)
    }
    assert (found["so2"].factor, found["so2"].confidence, found["so2"].gsd) == (13.6, Confidence.C, 2.5)
    assert (found["pm25"].confidence, found["pm25"].gsd) == (Confidence.B, 1.3)


def test_carbon_particles_are_a_share_of_the_fine_ones() -> None:
    parameters: dict[str, float | str] = {"sulphur": 0.008, "ash": 0.25}
    found = {
        row.pollutant: row
        for row in gross_of(Activity("combustion.industry.coal.auto_grate", 1, "t", parameters=parameters), RULES)
    }
    assert found["bc"].factor == pytest.approx(found["pm25"].factor * 0.2)
    assert found["oc"].factor == pytest.approx(found["pm25"].factor * 0.04)
    assert (found["bc"].inputs["pm25_share"], found["bc"].inputs["bc_share"]) == (0.07, 0.2)


def test_a_boiler_that_the_balance_does_not_know_is_an_error_of_the_rules() -> None:
    odd = RULES.category("combustion.industry.coal.fluidised").model_copy(update={"lookup": "industry_unheard"})
    classification = RULES.classification.model_copy(
        update={
            "categories": tuple(odd if row.code == odd.code else row for row in RULES.classification.categories)
        }
    )
    rules = inventory_rules(Rulebook.packaged(), date(2025, 12, 31))
    rules = type(rules)(**{**{name: getattr(rules, name) for name in (
        "day", "factors", "coal", "fuels", "controls", "on_road", "dust", "general", "temporal", "voc",
    )}, "classification": classification})  # fmt: skip
    with pytest.raises(RuleError, match="industry_unheard"):
        gross_of(Activity(odd.code, 1, "t", parameters={"sulphur": 0.01, "ash": 0.2}), rules)

"""Factors, solvents by content, straw by harvest."""

from datetime import date
from decimal import Decimal

import pytest

from lantian.rules import Confidence, Rulebook
from lantian.science.inventory.calculating import gross_of
from lantian.science.inventory.gross import Activity, Gross
from lantian.science.inventory.rules import inventory_rules

RULES = inventory_rules(Rulebook.packaged(), date(2025, 12, 31))


def rows(code: str, unit: str = "t", **parameters: float | str) -> dict[str, Gross]:
    found = gross_of(Activity(code, 1000, unit, parameters=parameters), RULES)
    return {str(row.pollutant): row for row in found}


def test_a_factor_keeps_what_was_published() -> None:
    nox = rows("combustion.industry.gas.natural_gas", "m3")["nox"]
    assert nox.inputs == {"published": 2.09, "unit": "g/m3", "basis": "uncontrolled", "source": "cses144"}
    assert nox.factor == 0.00209


def test_a_row_for_a_limit_goes_before_the_one_for_all() -> None:
    kiln = "process.cement.clinker.ultra_low"
    assert rows(kiln)["nox"].factor == 0.125
    assert rows(kiln, nox_limit="50")["nox"].factor == 0.125
    assert rows(kiln, nox_limit="100")["nox"].factor == 0.25
    assert rows(kiln, nox_limit="100")["so2"].factor == 0.0875


def test_a_content_from_the_data_sheet_goes_before_the_usual_one() -> None:
    paint = "solvent.coating.industrial.solvent_borne"
    usual, known = rows(paint)["voc"], rows(paint, content=0.38)["voc"]
    assert (usual.amount, usual.confidence, usual.gsd) == (550.0, Confidence.C, 2.5)
    assert (known.amount, known.confidence, known.gsd) == (380.0, Confidence.B, 1.3)
    assert (usual.formula, known.formula) == ("factor", "content")
    assert known.rule == usual.rule


def test_a_solvent_without_voc_gives_none() -> None:
    assert rows("solvent.cleaning.cleaning.solvent", content=0)["voc"].amount == 0.0


def test_straw_of_a_harvest_is_the_straw_burned_times_the_factors_of_straw() -> None:
    crop = next(row for row in RULES.general.crops if row.key == "maize")
    burned = crop.straw * Decimal("0.03") * crop.dry * crop.burnt
    straw, grain = (
        rows("biomass.open_burning.straw.maize"),
        rows("biomass.open_burning.harvest.maize", burnt_share=0.03),
    )
    assert set(straw) == set(grain)
    for name, row in grain.items():
        assert row.factor == pytest.approx(straw[name].factor * float(burned))
        assert row.confidence == Confidence.C
    assert grain["pm25"].inputs["burnt_share"] == 0.03


@pytest.mark.parametrize(
    ("code", "unit", "pollutant", "factor"),
    [
        ("agriculture.livestock.cattle.dairy", "head", "nh3", 28),
        ("agriculture.fertiliser.nitrogen.urea", "t", "nh3", 211),
        ("mobile.off_road.construction.diesel", "t", "nox", 32.79),
        ("mobile.off_road.construction.diesel", "t", "voc", 3.39),
        ("combustion.residential.coal.honeycomb", "t", "co", 22.4),
        ("combustion.residential.coal.bituminous", "t", "pm25", 7.4),
        ("process.chemistry.pvc.manufacture", "t", "voc", 0.7448),
        ("process.cement.kiln_fuel.dry_kiln", "t", "nox", 10.9),
        ("process.cement.clinker.carbonate", "t", "co2", 538),
        ("biomass.open_burning.straw.maize", "t", "voc", 10.4),
        ("storage.petrol.station.no_recovery", "t", "voc", 3.2),
    ],
)
def test_factors_of_other_sources(code: str, unit: str, pollutant: str, factor: float) -> None:
    assert rows(code, unit)[pollutant].factor == factor


def test_factors_carried_from_another_coal_are_low_and_say_so() -> None:
    fine = rows("combustion.residential.coal.honeycomb")["pm25"]
    assert (fine.factor, fine.confidence) == (2.0, Confidence.C)
    row = next(row for row in RULES.factors.factors if row.key == fine.rule.partition("#")[2])
    assert "transferred" in row.note

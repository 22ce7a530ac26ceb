"""Sizes and carbon are completed only where the source does not state them."""

from datetime import date
from decimal import Decimal

import pytest

from lantian.rules import Confidence, Rulebook
from lantian.rules.inventory_records import InventoryPollutant
from lantian.science.inventory.calculations.particles import completed
from lantian.science.inventory.calculations.work import Work
from lantian.science.inventory.made import Evidence, Made
from lantian.science.inventory.rules import inventory_rules
from lantian.terms.errors import RuleError

RULES = inventory_rules(Rulebook.packaged(), date(2025, 12, 31))


def made(pollutant: InventoryPollutant, factor: str, **inputs: str) -> Made:
    return Made(pollutant, Decimal(factor), "factor", Evidence(f"test#{pollutant}", Confidence.B, 1.3), inputs)


def work(code: str) -> Work:
    return Work(RULES.category(code), {}, RULES)


def test_sizes_follow_from_tsp_and_keep_its_basis() -> None:
    found = {row.pollutant: row for row in completed(work("process.coking.coke.ultra_low"), [
        made("tsp", "0.015", basis="controlled"),
    ])}  # fmt: skip
    assert found["pm10"].factor == Decimal("0.015") * Decimal("0.85")
    assert found["pm25"].factor == Decimal("0.015") * Decimal("0.55")
    assert found["bc"].factor == found["pm25"].factor * Decimal("0.3")
    for name in ("pm10", "pm25", "bc", "oc"):
        row = found[name]
        assert row.inputs["basis"] == "controlled"
        assert (row.evidence.confidence, row.evidence.gsd) == (Confidence.C, 2.5)
    assert found["pm25"].evidence.rule == "inventory-general#sizes.process.coking"
    assert found["pm25"].inputs["of_rule"] == "test#tsp"


def test_pm10_follows_from_pm25_but_tsp_does_not() -> None:
    found = {row.pollutant: row.factor for row in completed(work("combustion.residential.coal.bituminous"), [
        made("pm25", "7"),
    ])}  # fmt: skip
    assert found["pm10"] == pytest.approx(Decimal(9))
    assert "tsp" not in found


def test_what_the_source_states_is_kept() -> None:
    stated = [made("tsp", "10"), made("pm10", "8"), made("pm25", "2"), made("bc", "0.5"), made("oc", "0.1")]
    assert completed(work("process.coking.coke.machine"), stated) == stated


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([made("pm10", "1"), made("pm25", "2")], "pm25 are 2 kg per unit, more than the pm10 of 1"),
        ([made("tsp", "1"), made("pm10", "2"), made("pm25", "0.5")], "more than the tsp"),
        ([made("tsp", "1"), made("pm10", "1"), made("pm25", "1"), made("bc", "0.6"), made("oc", "0.6")], "bc"),
    ],
)
def test_a_part_that_is_more_than_the_whole_is_an_error_of_the_rules(rows: list[Made], words: str) -> None:
    with pytest.raises(RuleError, match=words):
        completed(work("process.chemistry.ink.manufacture"), rows)

"""What the rules of the inventory refuse, and that the packaged tables are whole."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from lantian.rules import Rulebook
from lantian.rules.edition import Edition
from lantian.rules.inventory_factor_records import FACTOR_UNITS, FactorRow
from lantian.rules.inventory_records import (
    INVENTORY_SUBJECTS,
    VOC_GROUPS,
    EmissionFactors,
    FuelProperties,
    InventoryRule,
    OnRoadRule,
    SourceClassification,
    VocProfile,
)

DAY = date(2025, 12, 31)


def edition(kind: type[Edition], subject: str) -> Any:
    return Rulebook.packaged().edition(kind, subject, DAY)


def refused(rule: Edition, **changed: object) -> str:
    """Return what the rule says when some of its fields are changed."""
    with pytest.raises(ValidationError) as caught:
        type(rule).model_validate({**rule.model_dump(), **changed})
    return str(caught.value)


@pytest.mark.parametrize("subject", INVENTORY_SUBJECTS)
def test_a_packaged_edition_reads_what_it_writes(subject: str) -> None:
    rule = Rulebook.packaged().edition(INVENTORY_SUBJECTS[subject], subject, DAY)
    assert type(rule).model_validate(rule.model_dump()) == rule


def test_tables_have_all_their_rows() -> None:
    road = edition(OnRoadRule, "on_road")
    numbers = sum(
        value is not None
        for row in road.base
        for value in (
            row.co,
            row.hc,
            row.nox,
            row.pm25,
            row.pm10,
            row.evaporation_driving,
            row.evaporation_parking,
        )
    )
    assert numbers == 1080, "1,624 rows upstream less 544 that repeat one of evaporation"
    assert (len(road.place), len(road.speed), len(road.sulphur), len(road.age)) == (144, 84, 70, 336)
    assert len(edition(EmissionFactors, "emission_factors").factors) == 224


def row(**changed: object) -> FactorRow:
    plain: dict[str, object] = {
        "key": "a", "category": "b", "pollutant": "so2", "value": "1.5", "unit": "g/m3", "basis": "uncontrolled",
        "grade": "high", "source": "s",
    }  # fmt: skip
    return FactorRow.model_validate({**plain, **changed})


@pytest.mark.parametrize(
    ("unit", "factor"), [("kg/t", "1.5"), ("g/m3", "0.0015"), ("kg/kg", "1500"), ("g/km", "0.0015")]
)
def test_a_factor_is_stated_per_unit_of_activity(unit: str, factor: str) -> None:
    assert row(unit=unit).factor == Decimal(factor)


def test_an_unknown_unit_names_the_known_ones() -> None:
    with pytest.raises(ValidationError, match="unknown; use one of kg/t"):
        row(unit="lb/ton")
    assert {unit for _, unit in FACTOR_UNITS.values()} == {"t", "m3", "km", "head", "m2.month"}


@pytest.mark.parametrize("changed", [{"parameter": "capacity"}, {"over": 1}, {"option": "scr"}])
def test_a_parameter_and_its_bounds_go_together(changed: dict[str, object]) -> None:
    with pytest.raises(ValidationError, match="go together"):
        row(**changed)


@pytest.mark.parametrize(
    ("bounds", "inside", "outside"),
    [
        ({"up_to": 100}, [0.0, 100.0], [100.1, "100", None]),
        ({"over": 100, "below": 300}, [100.1, 299.9], [100.0, 300.0]),
        ({"at_least": 300}, [300.0, 301.0], [299.9]),
        ({"option": "scr"}, ["scr"], ["sncr", None]),
    ],
)
def test_bounds_say_when_a_row_holds(
    bounds: dict[str, object], inside: list[float | str | None], outside: list[float | str | None]
) -> None:
    found = row(parameter="p", **bounds)
    assert [found.holds(value) for value in inside] == [True] * len(inside)
    assert [found.holds(value) for value in outside] == [False] * len(outside)
    assert row().holds(None)


def test_a_classification_must_fit_together() -> None:
    rule: SourceClassification = edition(SourceClassification, "source_categories")
    rows = [one.model_dump() for one in rule.categories]
    boiler = next(place for place, one in enumerate(rows) if one["code"] == "combustion.power.coal.pulverised")

    def with_boiler(**changed: object) -> list[dict[str, object]]:
        return [{**one, **(changed if place == boiler else {})} for place, one in enumerate(rows)]

    assert "which is no category" in refused(rule, categories=with_boiler(code="nowhere.power.coal.pulverised"))
    assert "twice" in refused(rule, categories=[*rows, rows[boiler]])
    assert "has a calculation and a unit" in refused(rule, categories=with_boiler(unit=None))
    assert "borrows from nothing" in refused(rule, categories=with_boiler(borrows="nothing"))
    assert "parameters do not explain" in refused(rule, categories=with_boiler(needs="sulphur colour"))


def test_a_source_that_is_not_listed_is_refused() -> None:
    rule: FuelProperties = edition(FuelProperties, "fuel_properties")
    fuels = [{**fuel.model_dump(), "source": "hearsay"} for fuel in rule.fuels]
    assert "hearsay" in refused(rule, fuels=fuels)


def test_every_grade_has_a_spread() -> None:
    rule: InventoryRule = edition(InventoryRule, "inventory")
    assert {grade: float(value) for grade, value in rule.gsd.items()} == {"high": 1.3, "medium": 1.7, "low": 2.5}
    assert "high, medium, low" in refused(rule, gsd={"high": 1.3})
    assert "PM2.5 is part of PM10" in refused(
        rule, sizes=[{"category": "a", "pm10": 0.1, "pm25": 0.2, "grade": "low", "source": "guides"}]
    )


def test_shares_of_a_voc_profile_add_up_to_one() -> None:
    shares = dict.fromkeys(VOC_GROUPS, Decimal(0)) | {"alkanes": Decimal("0.9")}
    with pytest.raises(ValidationError, match=r"add up to 0\.9"):
        VocProfile.model_validate({
            "key": "k", "name": "n", "name_zh": "名", "grade": "low", "source": "ours", **shares,
        })  # fmt: skip

"""Vehicles: base times corrections, evaporation, fuel, and the gap of China VI."""

from datetime import date
from itertools import pairwise

import pytest

from lantian.rules import Choice, Confidence, Rulebook
from lantian.science.inventory.calculating import gross_of
from lantian.science.inventory.gross import Activity, Gross
from lantian.science.inventory.rules import InventoryRules, inventory_rules
from lantian.terms.errors import CallerError

DAY = date(2025, 12, 31)
RULES = inventory_rules(Rulebook.packaged(), DAY)
ESTIMATED = inventory_rules(Rulebook.packaged(), DAY, Choice(variants={"on_road": "china_vi_estimate"}))
HEAVY, CAR = "mobile.road.truck_heavy.diesel", "mobile.road.pv_small.petrol"


def rows(
    code: str, amount: float = 1_000_000, rules: InventoryRules = RULES, **parameters: float | str
) -> dict[str, Gross]:
    found = gross_of(Activity(code, amount, "km", parameters=parameters), rules)
    return {str(row.pollutant): row for row in found}


def test_a_heavy_truck_at_base_conditions_is_the_table() -> None:
    found = rows(HEAVY, standard="v")
    assert {name: found[name].amount for name in ("co", "voc", "nox", "pm25", "pm10")} == {
        "co": 2.2, "voc": 0.129, "nox": 4.721, "pm25": 0.027, "pm10": 0.03,
    }  # fmt: skip
    assert found["nox"].rule == "on-road-2014#truck_heavy.diesel.v.nox"
    assert found["pm10"].rule == found["pm25"].rule, "an error of one size is an error of the other"
    assert (found["nox"].confidence, found["nox"].gsd) == (Confidence.B, 1.3)


def test_corrections_are_multiplied_and_named() -> None:
    found = rows(
        HEAVY, standard="iv", speed=55, temperature=-3, humidity=35, altitude=1600, fuel_sulphur=10, load=0.75
    )["nox"]
    assert found.factor == pytest.approx(5.554 * 0.6 * 1.06 * 1.04 * 1.02 * 0.84 * 1.21 / 1000, rel=1e-12)
    assert found.inputs == {
        "base_nox": 5.554, "correction_temperature": 1.06, "correction_humidity": 1.04,
        "correction_altitude": 1.02, "correction_speed": 0.6, "correction_fuel_sulphur": 0.84,
        "correction_load": 1.21,
    }  # fmt: skip


def test_the_year_of_the_rules_ages_petrol_vehicles() -> None:
    aged, new = rows(CAR, standard="iii")["co"], rows(CAR, standard="iii", year=2014)["co"]
    assert aged.inputs["correction_deterioration"] == 1.52
    assert aged.factor == pytest.approx(new.factor * 1.52)


def test_evaporation_while_driving_goes_by_the_hours_driven() -> None:
    slow, fast = (rows(CAR, standard="v", year=2014, speed=speed)["voc"] for speed in (15, 60))
    assert slow.factor == pytest.approx((0.107 * 1.68 + 11.6 / 15) / 1000)
    assert fast.factor == pytest.approx((0.107 * 0.32 + 11.6 / 60) / 1000)
    assert rows(CAR, standard="v", year=2014)["voc"].factor == pytest.approx((0.107 + 11.6 / 30) / 1000)


def test_parked_cars_evaporate_by_number_and_day() -> None:
    driving = rows(CAR, standard="v")["voc"].amount
    assert rows(CAR, standard="v", vehicles=100)["voc"].amount == pytest.approx(driving + 100 * 365 * 0.5 / 1e6)
    assert rows(CAR, 2_000_000, standard="v", vehicles=100)["voc"].amount == pytest.approx(
        2 * driving + 100 * 365 * 0.5 / 1e6
    )


def test_gas_engines_give_methane_rather_than_voc() -> None:
    found = rows("mobile.road.truck_heavy.gas", standard="v")
    assert found["ch4"].amount == pytest.approx(13.31 * 0.9)
    assert found["voc"].amount == pytest.approx(13.31 * 0.1)
    assert found["ch4"].confidence == Confidence.C


def test_co2_and_so2_follow_from_the_fuel() -> None:
    found = rows(HEAVY, standard="v", fuel_sulphur=10)
    assert found["co2"].amount == pytest.approx(0.28 * 3096 / 1000 * 1000)
    assert found["so2"].amount == pytest.approx(2 * 10e-6 * 0.28 * 1000)
    assert "so2" not in rows(HEAVY, standard="v")


@pytest.mark.parametrize("code", [HEAVY, CAR, "mobile.road.pv_bus.gas"])
def test_china_vi_without_a_choice_says_what_to_choose(code: str) -> None:
    with pytest.raises(CallerError, match="china_vi_estimate"):
        rows(code, standard="vi")


def test_china_vi_by_choice_is_low() -> None:
    found = rows(HEAVY, rules=ESTIMATED, standard="vi")
    assert {name: found[name].amount for name in ("co", "voc", "nox", "pm25")} == {
        "co": 1.1, "voc": 0.06, "nox": 1.4, "pm25": 0.012,
    }  # fmt: skip
    assert {row.confidence for row in found.values()} == {Confidence.C}
    assert {row.gsd for row in found.values()} == {2.5}
    assert rows(HEAVY, rules=ESTIMATED, standard="v")["nox"].gsd == 1.3


def test_china_vi_never_emits_more_than_china_v() -> None:
    for row in ESTIMATED.on_road.estimates:
        older = next(
            base for base in ESTIMATED.on_road.base
            if (base.vehicle, base.fuel, base.standard) == (row.vehicle, row.fuel, "v")
        )  # fmt: skip
        for name in ("co", "hc", "nox", "pm25", "pm10"):
            assert 0 < getattr(row, name) <= getattr(older, name), (row.vehicle, row.fuel, name)


def test_a_standard_that_a_vehicle_never_had_is_refused() -> None:
    with pytest.raises(CallerError, match="it has pre, i, ii"):
        rows("mobile.road.truck_low_speed.diesel", standard="v")


def test_no_row_of_the_base_table_stands_out_among_its_standards() -> None:
    """The misprint of 652.4 g/km would fail here; a later standard is never a hundred times an earlier one."""
    by_vehicle: dict[tuple[str, str], list[float]] = {}
    for row in RULES.on_road.base:
        if row.nox is not None:
            by_vehicle.setdefault((row.vehicle, row.fuel), []).append(float(row.nox))
    for vehicle, values in by_vehicle.items():
        assert all(later <= 1.25 * earlier for earlier, later in pairwise(values)), vehicle

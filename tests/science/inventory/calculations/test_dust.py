"""Dust formulas by hand and by their shape."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lantian.rules import Rulebook
from lantian.science.inventory.calculating import gross_of
from lantian.science.inventory.calculations.dust import construction, erosion, handling, paved_road, unpaved_road
from lantian.science.inventory.gross import Activity
from lantian.science.inventory.rules import inventory_rules

RULES = inventory_rules(Rulebook.packaged(), date(2025, 12, 31))
DUST = RULES.dust


def amounts(code: str, amount: float, unit: str, **parameters: float | str) -> dict[str, float]:
    found = gross_of(Activity(code, amount, unit, parameters=parameters), RULES)
    return {str(row.pollutant): row.amount for row in found}


def test_a_paved_road() -> None:
    found = paved_road(DUST.paved, silt_loading=0.6, weight=3.0)
    assert found["pm25"] == pytest.approx(0.15 * 0.6**0.91 * 3.0**1.02)
    assert found["pm10"] == pytest.approx(0.62 * 0.6**0.91 * 3.0**1.02)


def test_wet_days_take_their_share_of_road_dust() -> None:
    dry = amounts("dust.road.paved.traffic", 1e6, "km", silt_loading=1, weight=1)
    wet = amounts("dust.road.paved.traffic", 1e6, "km", silt_loading=1, weight=1, wet_days=73)
    assert dry["tsp"] == pytest.approx(3.23)
    assert wet["tsp"] == pytest.approx(3.23 * 0.8)
    assert amounts("dust.road.paved.traffic", 1e6, "km", silt_loading=1, weight=1, wet_days=366)["tsp"] == 0.0


def test_an_unpaved_road_at_its_reference_is_the_constant() -> None:
    found = unpaved_road(DUST.unpaved, silt=12, weight=3 / 1.10231)
    assert found == {
        "tsp": pytest.approx(4.9 * 281.9), "pm10": pytest.approx(1.5 * 281.9), "pm25": pytest.approx(0.15 * 281.9),
    }  # fmt: skip


def test_handling_at_its_reference_is_the_constant() -> None:
    assert handling(DUST.handling, wind=2.2, moisture=2)["pm25"] == pytest.approx(0.053 * 0.0016)
    found = handling(DUST.handling, wind=4.4, moisture=4)["pm10"]
    assert found == pytest.approx(0.35 * 0.0016 * 2**1.3 / 2**1.4)


def test_wind_below_the_threshold_takes_nothing() -> None:
    assert set(erosion(DUST.erosion, 0.5, 0.5, 100).values()) == {0.0}
    assert erosion(DUST.erosion, 0.7, 0.5, 10)["tsp"] == pytest.approx((58 * 0.04 + 25 * 0.2) * 10)


def test_a_building_site() -> None:
    assert construction(DUST.construction) == {
        "tsp": 0.269, "pm10": pytest.approx(0.13181), "pm25": pytest.approx(0.0269),
    }  # fmt: skip
    assert amounts("dust.construction.site.whole", 10_000, "m2.month")["tsp"] == pytest.approx(2.69)


@given(st.floats(0.01, 50), st.floats(0.5, 60), st.floats(1.01, 3))
def test_more_silt_and_heavier_vehicles_raise_more_dust(silt: float, weight: float, more: float) -> None:
    least = paved_road(DUST.paved, silt, weight)
    assert paved_road(DUST.paved, silt * more, weight)["pm10"] > least["pm10"]
    assert paved_road(DUST.paved, silt, weight * more)["pm10"] > least["pm10"]


@given(st.floats(0.1, 20), st.floats(0.1, 25), st.floats(1.01, 2))
def test_wetter_material_gives_less_dust(wind: float, moisture: float, more: float) -> None:
    assert handling(DUST.handling, wind, moisture * more)["tsp"] < handling(DUST.handling, wind, moisture)["tsp"]

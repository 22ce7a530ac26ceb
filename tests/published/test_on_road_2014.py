# Source: the ministry's on-road inventory guide of 2014, as transcribed in the R package vein 1.5.0.
"""Base factors and corrections of road vehicles, typed a second time."""

from datetime import date
from decimal import Decimal

import pytest

from lantian.rules import Rulebook
from lantian.rules.inventory_records import OnRoadRule
from lantian.science.inventory.road_tables import Conditions, RoadTables


@pytest.fixture(scope="module")
def tables() -> RoadTables:
    return RoadTables(Rulebook.packaged().edition(OnRoadRule, "on_road", date(2025, 12, 31)))


@pytest.mark.parametrize(
    ("vehicle", "fuel", "standard", "co", "hc", "nox", "pm25", "pm10"),
    [
        ("truck_heavy", "diesel", "iii", 2.79, 0.255, 7.934, 0.243, 0.27),
        ("truck_heavy", "diesel", "iv", 2.2, 0.129, 5.554, 0.138, 0.153),
        ("truck_heavy", "diesel", "v", 2.2, 0.129, 4.721, 0.027, 0.03),
        ("truck_medium", "diesel", "iii", 2.09, 0.203, 6.221, 0.171, 0.19),
        ("truck_light", "diesel", "v", 1.48, 0.186, 2.24, 0.012, 0.013),
        ("pv_small", "petrol", "iv", 1.98, 0.107, 0.196, 0.006, 0.007),
        ("pv_small", "petrol", "v", 1.98, 0.107, 0.147, 0.006, 0.007),
        ("truck_mini", "petrol", "pre", 47.83, 4.987, 3.31, 0.099, 0.11),
        ("pv_largebus", "diesel", "iv", 3.25, 0.107, 9.892, 0.252, 0.28),
    ],
)
def test_base_factors(
    tables: RoadTables,
    vehicle: str,
    fuel: str,
    standard: str,
    co: float,
    hc: float,
    nox: float,
    pm25: float,
    pm10: float,
) -> None:
    row, estimated = tables.base(vehicle, fuel, standard)
    assert [row.co, row.hc, row.nox, row.pm25, row.pm10] == [Decimal(str(n)) for n in (co, hc, nox, pm25, pm10)]
    assert not estimated


@pytest.mark.parametrize("vehicle", ["pv_largebus", "pv_bus"])
def test_misprint_of_large_buses_is_mended(tables: RoadTables, vehicle: str) -> None:
    nox = [tables.base(vehicle, "other", standard)[0].nox for standard in ("iii", "iv", "v")]
    assert nox == [Decimal("9.32"), Decimal("6.524"), Decimal("3.728")]


@pytest.mark.parametrize(
    ("speed", "factor"),
    [
        (10, "1.39"), (19.9, "1.39"), (20, "1.12"), (29, "1.12"), (30, "1"), (31, "0.91"), (39.9, "0.91"),
        (40, "0.6"), (60, "0.6"), (80, "0.6"), (80.1, "0.28"), (100, "0.28"),
    ],
)  # fmt: skip
def test_speed_of_a_heavy_truck_of_china_v(tables: RoadTables, speed: float, factor: str) -> None:
    given = Conditions(speed=Decimal(str(speed)))
    found = tables.corrections("truck_heavy", "diesel", "v", "nox", given)
    assert found.get("speed", Decimal(1)) == Decimal(factor)


@pytest.mark.parametrize(
    ("sulphur", "factor"),
    [(5, "0.56"), (10, "0.56"), (11, "0.57"), (50, "0.57"), (150, "1"), (350, "1"), (500, "1.21"), (501, "3.35")],
)
def test_sulphur_of_diesel_and_the_particles_of_china_v(tables: RoadTables, sulphur: int, factor: str) -> None:
    found = tables.corrections("truck_heavy", "diesel", "v", "pm25", Conditions(sulphur=Decimal(sulphur)))
    assert found.get("fuel_sulphur", Decimal(1)) == Decimal(factor)


@pytest.mark.parametrize(
    ("temperature", "humidity", "expected"),
    [
        (9.9, 50, {"temperature": "1.06"}),
        (10, 50, {}),
        (25, 50, {}),
        (25.1, 50, {"temperature": "1.15"}),
        (15, 49, {"humidity": "1.04"}),
        (15, 51, {"humidity": "0.94"}),
        (24, 60, {"humidity": "0.94"}),
        (24.1, 60, {"humidity": "0.94", "humidity_when_hot": "0.88"}),
        (30, 40, {"temperature": "1.15", "humidity": "1.04", "humidity_when_hot": "1.12"}),
    ],
)
def test_temperature_and_humidity_of_a_diesel_truck(
    tables: RoadTables, temperature: float, humidity: int, expected: dict[str, str]
) -> None:
    given = Conditions(temperature=Decimal(str(temperature)), humidity=Decimal(humidity))
    found = tables.corrections("truck_heavy", "diesel", "v", "nox", given)
    assert found == {name: Decimal(value) for name, value in expected.items()}


@pytest.mark.parametrize(
    ("vehicle", "fuel", "pollutant", "factor"),
    [
        ("pv_mini", "petrol", "nox", "3.15"),
        ("pv_mini", "petrol", "evaporation_parking", "2.46"),
        ("pv_large", "petrol", "nox", "0.88"),
        ("truck_heavy", "diesel", "co", "2.46"),
        ("truck_heavy", "diesel", "hc", "2.05"),
    ],
)
def test_altitude_above_1500_m(tables: RoadTables, vehicle: str, fuel: str, pollutant: str, factor: str) -> None:
    high, low = Conditions(altitude=Decimal(1501)), Conditions(altitude=Decimal(1500))
    assert tables.corrections(vehicle, fuel, "v", pollutant, high) == {"altitude": Decimal(factor)}  # type: ignore[arg-type]
    assert tables.corrections(vehicle, fuel, "v", pollutant, low) == {}  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("year", "expected"), [(2014, None), (2015, None), (2016, "1.14"), (2018, "1.52"), (2030, "1.52")]
)
def test_small_cars_of_china_iii_age_until_2018(tables: RoadTables, year: int, expected: str | None) -> None:
    found = tables.corrections("pv_small", "petrol", "iii", "co", Conditions(year=year))
    assert found.get("deterioration") == (None if expected is None else Decimal(expected))


@pytest.mark.parametrize(
    ("load", "expected"), [("0", "0.83"), ("0.25", "0.915"), ("0.5", None), ("0.6", "1.09"), ("1", "1.43")]
)
def test_load_of_a_diesel_truck_is_interpolated(tables: RoadTables, load: str, expected: str | None) -> None:
    given = Conditions(load=Decimal(load))
    found = tables.corrections("truck_heavy", "diesel", "v", "nox", given).get("load")
    assert found == (None if expected is None else Decimal(expected))
    assert "load" not in tables.corrections("truck_heavy", "petrol", "v", "nox", given)

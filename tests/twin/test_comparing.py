"""What a scenario did is what its sources did, to the last tenth of a microgram."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from lantian.city import load_city
from lantian.rules import Choice, Rulebook
from lantian.rules.plume_records import PlumeRule
from lantian.terms.pollutants import BASIC, Pollutant
from lantian.twin.catalogue import read_book
from lantian.twin.comparing import REST, Compared, compare
from lantian.twin.scenarios import find_scenario, plain_making, sides_of

STATIONS = ("1727A", "2845A", "SIM-140406-01", "SIM-140404-01")


def compared(key: str, days: int) -> Compared:
    city, law = load_city("changzhi"), Rulebook.packaged()
    scenario = find_scenario(key).shortened(days)
    plain = plain_making(
        city, read_book(city), law.edition(PlumeRule, "plume", scenario.last, Choice()), scenario, 20260301
    )
    kilns = [one for one in plain.catalogue.plants if one.kind == "brick"]
    plain.__dict__["catalogue"] = replace(plain.catalogue, plants=(*plain.catalogue.plants[:20], *kilns[:30]))
    plain.__dict__["beyond"] = 21.0  # what it takes a minute to find
    return compare(sides_of(scenario, plain, STATIONS), law.evaluation(scenario.last))


@pytest.fixture(scope="module")
def bricks() -> Compared:
    return compared("stop-bricks", 3)


@pytest.fixture(scope="module")
def dust() -> Compared:
    return compared("dust-day", 3)


@pytest.fixture(scope="module")
def spraying() -> Compared:
    return compared("station-spraying", 3)


def test_less_is_burnt_and_less_is_breathed_everywhere(bricks: Compared):
    fine = bricks.table().filter(pl.col("pollutant").is_in(["pm25", "pm10", "so2"]))
    assert fine["difference"].max() < 0.0
    assert (fine["scenario_worst"] <= fine["base_worst"]).all()


def test_what_is_gone_is_what_the_kilns_had_brought(bricks: Compared):
    gone = bricks.contributions().filter(pl.col("kind") != REST)
    assert gone.select("kind", "formed").rows() == [("brick", True), ("brick", False)]
    assert gone["scenario"].to_list() == [0.0, 0.0]
    city = bricks.table().filter((pl.col("place") == "140400") & (pl.col("pollutant") == "pm25"))
    assert city["difference"][0] == pytest.approx(gone["difference"].sum(), rel=0.1)  # blur that no plume resolves


def test_the_city_is_its_national_stations_and_a_county_all_that_stand_in_it(bricks: Compared):
    assert bricks.places() == {"140400": [0, 1], "140403": [0, 1], "140404": [2], "140406": [3]}
    table = bricks.table()
    assert table.height == 4 * len(BASIC)
    assert (table.filter(pl.col("place") == "140400").drop("place")).equals(
        table.filter(pl.col("place") == "140403").drop("place")
    )


def test_a_days_ozone_is_its_highest_mean_of_eight_hours(bricks: Compared):
    hours = bricks.base.value[0, list(BASIC).index(Pollutant.O3)]
    daily = bricks.daily(bricks.base, [0])[:, list(BASIC).index(Pollutant.O3)]
    first = np.convolve(hours[:24], np.ones(8) / 8.0, "valid").max()
    assert daily[0] == pytest.approx(first)
    assert len(bricks.days) == len(daily) == 3
    assert bricks.days[0] == bricks.sides.scenario.first


def test_contributions_with_the_rest_are_the_air(bricks: Compared):
    from lantian.twin.comparing import _by_kind

    for key in ("so2", "pm10", "pm25"):
        parts = _by_kind(bricks.base, key, [0, 1])
        air = bricks.base.value[:2, list(BASIC).index(Pollutant(key))].mean()
        assert sum(parts.values()) == pytest.approx(air)
    assert (REST, False) not in _by_kind(bricks.base, "nox", [0, 1])


def test_dust_is_coarse_and_no_source_of_the_city_is_behind_it(dust: Compared):
    city = dust.table().filter(pl.col("place") == "140400").rows_by_key("pollutant", named=True, unique=True)
    assert city["pm10"]["difference"] > 5.0 * city["pm25"]["difference"] > 20.0
    assert city["pm10"]["scenario_worst_day"].isoformat() == "2026-04-08"
    assert dust.contributions("pm10")["kind"][0] == REST


def test_the_series_is_the_citys_days(dust: Compared):
    before, after = dust.series(Pollutant.PM10)
    assert after[0] == pytest.approx(before[0], rel=0.01)
    assert after[1] > 3.0 * before[1]


def test_spraying_changes_what_is_shown_and_not_what_is_breathed(spraying: Compared):
    assert spraying.changed is spraying.base
    assert spraying.table()["difference"].abs().max() == 0.0
    assert spraying.contributions().is_empty()
    shown = spraying.shown().rows_by_key("pollutant", named=True, unique=True)
    assert shown["pm25"]["shown"] == pytest.approx(0.55 * shown["pm25"]["in_the_air"], rel=0.1)
    assert shown["pm10"]["shown"] < 0.55 * shown["pm10"]["in_the_air"]
    assert shown["no2"]["shown"] == pytest.approx(shown["no2"]["in_the_air"], rel=0.05)
    assert shown["pm25"]["hours"] > 30


def test_a_sprayed_station_that_nobody_asked_for_is_not_shown(spraying: Compared):
    elsewhere = replace(spraying.changed, stations=("a", "b", "c", "d"))
    assert replace(spraying, changed=elsewhere).shown().is_empty()

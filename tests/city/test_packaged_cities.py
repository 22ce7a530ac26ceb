"""Both packaged cities: complete, in place, honest about what is simulated, judged by their own rules."""

from datetime import date
from pathlib import Path

import pytest
from shapely.geometry import Point

from lantian.city import City, Level, SubjectKind, county_outlines, list_cities, load_city
from lantian.rules import Choice, Rulebook


@pytest.fixture(params=list_cities())
def city(request: pytest.FixtureRequest) -> City:
    return load_city(str(request.param))


def choice_of(city: City) -> Choice:
    return Choice(jurisdictions=city.jurisdictions, variants=city.rule_variants)


def test_stations_lie_in_the_outline_of_their_county(city: City) -> None:
    outlines = county_outlines(city)
    for row in city.stations:
        assert outlines[row.county].contains(Point(row.longitude, row.latitude)), row.code


def test_simulated_stations_say_so_in_code_and_both_names(city: City) -> None:
    for row in city.stations:
        marks = (
            row.code.startswith("SIM-"),
            row.name_zh.startswith("模拟·"),
            row.name_en.startswith("Simulated "),
        )
        assert marks == (row.simulated,) * 3, row.code


def test_every_county_and_the_city_are_made_up_on_every_day_of_two_years(city: City) -> None:
    for day in (date(2025, 1, 1), date(2025, 6, 30), date(2025, 7, 1), date(2026, 12, 31)):
        assert city.group_on(SubjectKind.CITY, city.adcode, day) is not None
        for county in city.counties:
            assert city.group_on(SubjectKind.COUNTY, county.adcode, day) is not None, county.adcode


def test_names_are_unique(city: City) -> None:
    for names in (
        [row.name_zh for row in city.stations],
        [row.name_en for row in city.stations],
        [row.name_zh for row in city.counties],
        [row.name_en for row in city.bodies],
    ):
        assert len(names) == len(set(names))


def test_grouping_of_counties_is_marked_as_ours(city: City) -> None:
    assert {row.group for row in city.counties} == {row.key for row in city.county_groups}
    assert not any(row.official for row in city.county_groups)
    assert all("Confirm" in row.note for row in city.county_groups)


def test_no_control_or_township_station_is_part_of_a_mean(city: City) -> None:
    for group in city.groups:
        for code in group.stations:
            row = city.station(code)
            assert not row.control_site
            assert row.level not in {Level.TOWNSHIP, Level.MICRO}


def test_a_site_of_area_class_one_is_there(city: City) -> None:
    sites = [row for row in city.stations if row.area_class == 1]
    assert sites
    assert all(row.simulated for row in sites)


def test_rules_of_the_city_load_and_judge_both_editions(city: City) -> None:
    book = Rulebook.load([Path(folder) for folder in city.rule_folders])
    for day in (date(2026, 2, 28), date(2026, 3, 1)):
        assert book.rule_set(day, choice_of(city)).evaluation.holds_on(day)


def test_first_city_has_the_stations_that_the_plan_asks_for() -> None:
    city = load_city("changzhi")
    by_level = {level: [row for row in city.stations if row.level is level] for level in Level}
    assert {level: len(rows) for level, rows in by_level.items() if rows} == {
        Level.NATIONAL: 5,
        Level.PROVINCIAL: 22,
        Level.TOWNSHIP: 27,
    }
    assert {row.county for row in by_level[Level.NATIONAL]} == {"140403"}
    assert [row.code for row in city.stations if not row.simulated] == [
        "1727A",
        "1728A",
        "1730A",
        "1731A",
        "2845A",
    ]
    assert {row.county for row in by_level[Level.TOWNSHIP]} == {row.adcode for row in city.counties}
    assert len([row for row in city.stations if row.control_site]) == 1


def test_first_city_and_its_central_district_are_the_national_stations() -> None:
    city = load_city("changzhi")
    national = tuple(row.code for row in city.stations if row.level is Level.NATIONAL)
    for kind, code in ((SubjectKind.CITY, "140400"), (SubjectKind.COUNTY, "140403")):
        group = city.group_on(kind, code, date(2026, 3, 1))
        assert group is not None
        assert group.stations == national


def test_a_membership_of_the_first_city_changes_on_a_date() -> None:
    city = load_city("changzhi")
    before = city.group_on(SubjectKind.COUNTY, "140426", date(2025, 6, 30))
    after = city.group_on(SubjectKind.COUNTY, "140426", date(2025, 7, 1))
    assert before is not None
    assert after is not None
    assert before.stations == ("SIM-140426-01",)
    assert after.stations == ("SIM-140426-01", "SIM-140426-02")
    assert city.station("SIM-140426-02").in_service == date(2025, 7, 1)


def test_first_city_is_judged_by_the_packaged_law() -> None:
    city = load_city("changzhi")
    assert city.rule_folders == ()
    rules = Rulebook.packaged().rule_set(date(2026, 3, 1), choice_of(city))
    assert rules == Rulebook.packaged().rule_set(date(2026, 3, 1))


@pytest.mark.parametrize("day", [date(2026, 2, 28), date(2026, 3, 1)])
def test_second_city_overrides_with_a_reason_and_chooses_a_variant(day: date) -> None:
    city = load_city("shizuishan")
    rules = Rulebook.load([Path(folder) for folder in city.rule_folders]).rule_set(day, choice_of(city))
    own, packaged = rules.evaluation, Rulebook.packaged().evaluation(day)
    assert own.reason
    assert "not the law of Ningxia" in own.notes
    assert (own.percentile_method, packaged.percentile_method) == ("nearest_rank", "linear")
    assert own.site_share < packaged.site_share
    assert own.year_required_days == packaged.year_required_days
    assert rules.ranking.variant == ("ningxia",)
    assert rules.ranking.basis == "dust_deducted"


def test_second_city_is_simulated_throughout() -> None:
    assert all(row.simulated for row in load_city("shizuishan").stations)


@pytest.mark.reference
def test_national_stations_stand_where_the_national_list_puts_them(reference_data: Path) -> None:
    import polars as pl

    listed = pl.read_csv(reference_data / "stations" / "cnemc_stations_2016_2019.csv")
    city = load_city("changzhi")
    real = [row for row in city.stations if not row.simulated]
    for row in real:
        found = listed.row(by_predicate=pl.col("stationcode") == row.code, named=True)
        assert found["name"] == row.name_zh
        assert found["city"] == city.name_zh
        assert row.longitude == pytest.approx(found["longitude"], abs=1e-4)
        assert row.latitude == pytest.approx(found["latitude"], abs=1e-4)
    assert len(real) == listed.filter(pl.col("city") == "长治市").height

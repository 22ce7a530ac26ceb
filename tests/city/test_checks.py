"""What is doubtful in a city becomes a finding."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from lantian.city import City, Level, check_city, load_city
from lantian.terms.findings import Severity


@pytest.fixture(scope="module")
def city() -> City:
    return load_city("shizuishan")


def with_station(city: City, code: str, **changes: object) -> City:
    rows = tuple(replace(row, **changes) if row.code == code else row for row in city.stations)
    return replace(city, stations=rows)


def test_first_city_has_no_finding() -> None:
    assert check_city(load_city("changzhi")) == []


def test_mountain_site_of_the_tiny_city_is_in_no_group(city: City) -> None:
    assert [(row.code, row.where) for row in check_city(city)] == [("station_in_no_group", "SIM-640202-M1")]


def test_station_in_the_next_county_is_found_with_where_it_lies(city: City) -> None:
    other = city.station("SIM-640221-01")
    moved = with_station(city, "SIM-640202-01", longitude=other.longitude, latitude=other.latitude)
    [found] = [row for row in check_city(moved) if row.code == "station_outside_outline"]
    assert found.where == "SIM-640202-01"
    assert found.evidence["lies_in"] == "640221"
    assert found.competing_explanation is not None


@pytest.mark.parametrize(
    ("changes", "code", "severity"),
    [
        ({"control_site": True}, "control_site_in_group", Severity.ERROR),
        ({"level": Level.TOWNSHIP}, "station_level_in_group", Severity.WARNING),
        ({"level": Level.MICRO}, "station_level_in_group", Severity.ERROR),
        ({"pollutants": ("pm10", "pm25")}, "group_without_some_pollutants", Severity.INFO),
        ({"out_of_service": date(2025, 1, 1)}, "group_outside_service", Severity.WARNING),
    ],
)
def test_doubtful_member_of_a_mean_is_found(
    city: City, changes: dict[str, object], code: str, severity: Severity
) -> None:
    found = [row for row in check_city(with_station(city, "SIM-640205-01", **changes)) if row.code == code]
    assert {row.where for row in found} == {"SIM-640205-01"}
    assert {row.severity for row in found} == {severity}
    assert len(found) == 2  # it is part of its county and of the city


def test_member_from_another_county_is_found(edit: Callable[[str, str, str], Path]) -> None:
    folder = edit("groups.csv", "SIM-640221-01;SIM-640221-02\n", "SIM-640221-01;SIM-640221-02\n")
    folder = edit("groups.csv", "county,640221,2013-01-01,,", "county,640221,2013-01-01,,SIM-640205-01;")
    assert "station_of_other_county" in {row.code for row in check_city(load_city(folder))}


def test_objects_that_nobody_makes_up_are_found(city: City) -> None:
    codes = [(row.code, row.where) for row in check_city(replace(city, groups=()))]
    assert ("city_without_group", "640200") in codes
    assert ("county_without_group", "640221") in codes


def test_days_between_two_memberships_are_found(city: City) -> None:
    first = city.groups[0]
    groups = (
        replace(first, last=date(2024, 12, 30)),
        replace(first, first=date(2025, 1, 1)),
        *city.groups[1:],
    )
    [gap] = [row for row in check_city(replace(city, groups=groups)) if row.code == "group_gap"]
    assert gap.evidence == {"last": "2024-12-30", "first": "2025-01-01"}


def test_county_unknown_to_the_outlines_is_found(city: City) -> None:
    strange = replace(city.counties[0], adcode="999999")
    found = check_city(replace(city, counties=(*city.counties, strange)))
    assert ("county_without_outline", "999999") in [(row.code, row.where) for row in found]

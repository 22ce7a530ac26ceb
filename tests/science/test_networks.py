"""Stations of one's own network."""

from datetime import date

import pytest

from lantian.science.networks import Site, find_sites
from lantian.terms.errors import CallerError

SITES = [
    Site("c", "C", "micro", 113.15, 36.20, frozenset({"pm25", "pm10"}), since=date(2024, 5, 1)),
    Site("a", "A", "national", 113.10, 36.20, frozenset({"pm25", "o3"}), until=date(2024, 12, 31)),
    Site("b", "B", "township", 113.40, 36.20, frozenset({"pm25"})),
]


def codes(**conditions: object) -> list[str]:
    return [found.site.code for found in find_sites(SITES, **conditions)]  # type: ignore[arg-type]


def test_conditions_hold_together() -> None:
    assert codes() == ["a", "b", "c"]
    assert codes(kinds={"micro", "township"}) == ["b", "c"]
    assert codes(measuring={"pm25", "o3"}) == ["a"]


def test_the_nearest_come_first() -> None:
    assert codes(near=(113.16, 36.20)) == ["c", "a", "b"]
    assert codes(near=(113.16, 36.20), nearest=1) == ["c"]
    assert codes(near=(113.16, 36.20), within=10_000) == ["c", "a"]


def test_a_station_must_have_run_throughout() -> None:
    assert codes(running=(date(2024, 6, 1), date(2024, 7, 1))) == ["a", "b", "c"]
    assert codes(running=(date(2024, 1, 1), date(2025, 7, 1))) == ["b"]


def test_a_distance_needs_a_place() -> None:
    with pytest.raises(CallerError, match="needs a place"):
        codes(within=1000)

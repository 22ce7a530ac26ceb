"""Datums of web maps are brought back, equal ones are left alone."""

import pytest

from lantian.city.datums import SAME_HERE, to_cgcs2000
from lantian.terms.errors import CallerError


@pytest.mark.parametrize("datum", sorted(SAME_HERE))
def test_datum_that_agrees_changes_nothing(datum: str) -> None:
    assert to_cgcs2000(datum)(113.1097, 36.1542) == (113.1097, 36.1542)


@pytest.mark.parametrize("datum", ["GCJ-02", "BD-09"])
def test_there_and_back_is_within_a_metre(datum: str) -> None:
    from fast_geocn import wgs84_to_bd09, wgs84_to_gcj02

    there = wgs84_to_gcj02 if datum == "GCJ-02" else wgs84_to_bd09
    longitude, latitude = to_cgcs2000(datum)(*there(113.1097, 36.1542))
    assert longitude == pytest.approx(113.1097, abs=1e-5)
    assert latitude == pytest.approx(36.1542, abs=1e-5)


def test_unknown_datum_lists_the_known_ones() -> None:
    with pytest.raises(CallerError, match="write one of BD-09, CGCS2000"):
        to_cgcs2000("EPSG:3857")

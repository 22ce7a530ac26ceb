# Flinders Peak to Buninyong: the worked example of the Geocentric Datum of Australia technical manual (GRS80).
"""Distances on the ellipsoid against figures that others computed."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lantian.science.places import distance

LONGITUDES = st.floats(73, 136)
LATITUDES = st.floats(3, 54)


def test_the_worked_example_of_a_geodetic_manual_is_met_within_a_decimetre():
    from_here = (144 + 25 / 60 + 29.52440 / 3600, -(37 + 57 / 60 + 3.72030 / 3600))
    to_there = (143 + 55 / 60 + 35.38390 / 3600, -(37 + 39 / 60 + 10.15610 / 3600))
    assert float(distance(*from_here, *to_there)) == pytest.approx(54_972.271, abs=0.1)


def test_a_quarter_of_the_meridian_is_ten_thousand_kilometres():
    assert float(distance(0, 0, 0, 90)) == pytest.approx(10_001_965.729, abs=20)


def test_places_are_broadcast_and_a_missing_one_has_no_distance():
    far = distance(113.0, 36.0, [113.0, np.nan, 113.0], [36.0, 36.0, 37.0])
    assert far[0] == 0
    assert np.isnan(far[1])
    assert far[2] == pytest.approx(110_968, abs=1)


@given(LONGITUDES, LATITUDES, LONGITUDES, LATITUDES)
def test_there_is_as_far_as_back(lon, lat, to_lon, to_lat):
    assert float(distance(lon, lat, to_lon, to_lat)) == pytest.approx(
        float(distance(to_lon, to_lat, lon, lat)), abs=1e-3
    )


@given(LONGITUDES, LATITUDES, LONGITUDES, LATITUDES, LONGITUDES, LATITUDES)
def test_no_way_round_is_shorter(lon1, lat1, lon2, lat2, lon3, lat3):
    direct = float(distance(lon1, lat1, lon3, lat3))
    around = float(distance(lon1, lat1, lon2, lat2)) + float(distance(lon2, lat2, lon3, lat3))
    assert direct <= around * (1 + 1e-4) + 50  # the formula is good to metres over thousands of kilometres

"""Wind and turbulence at heights."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lantian.rules import Rulebook
from lantian.rules.plume_records import PlumeRule
from lantian.science.boundary import Boundary, Observed, Site, boundary_layer, profiles_of
from lantian.science.boundary.terrain import dividing_height

RULE = Rulebook.packaged().edition(PlumeRule, "plume", date(2025, 1, 1))
HEIGHTS = np.geomspace(1, 3000, 80)


def day(wind: float, cloud: float = 0.2) -> Boundary:
    same = np.ones(24)
    observed = Observed(
        np.datetime64("2025-06-30T16", "h") + np.arange(24), wind * same, 200 * same, 20 * same, cloud=cloud * same
    )
    return boundary_layer(observed, Site(113.1, 36.2, RULE.land_class("suburb")), RULE)


def test_wind_at_the_mast_is_the_observed_wind():
    assert profiles_of(day(4.0), RULE, np.array([10.0])).wind[:, 0] == pytest.approx(np.full(24, 4.0))


@given(wind=st.floats(0.4, 15), cloud=st.floats(0, 1))
def test_wind_never_falls_with_height(wind: float, cloud: float):
    found = profiles_of(day(wind, cloud), RULE, HEIGHTS)
    assert np.all(np.diff(found.wind, axis=1) >= -1e-9)
    assert np.all(np.diff(found.lateral, axis=1) <= 1e-9)
    assert np.all(found.vertical > 0)
    assert np.all((found.convective_share >= 0) & (found.convective_share <= 1))


def test_wind_is_constant_above_the_layer():
    air = day(4.0)
    found = profiles_of(air, RULE, np.array([3500.0, 4000.0])).wind
    assert found[:, 0] == pytest.approx(found[:, 1])


def test_night_is_stratified_and_a_heated_layer_is_not():
    air = day(3.0)
    found = profiles_of(air, RULE, np.array([50.0, 3000.0]))
    assert np.all(found.stability[[0, 1, 2, 23]] > 0.008)
    assert found.stability[12, 0] == 0
    assert found.gradient[12, 1] == 0.005


def test_ten_minutes_meander_less_than_an_hour():
    air = day(3.0)
    hour, short = (profiles_of(air, RULE, HEIGHTS, minutes=m).lateral for m in (60.0, 10.0))
    assert short == pytest.approx(hour * (1 / 6) ** 0.2)
    assert hour.min() >= 0.3


def test_flow_goes_over_low_hills_and_around_high_ones():
    hill = np.array([50.0, 200.0, 200.0])
    found = dividing_height(hill, np.array([2.0, 2.0, 2.0]), np.array([0.02, 0.02, 0.0]))
    assert found.tolist() == [0.0, 100.0, 0.0]

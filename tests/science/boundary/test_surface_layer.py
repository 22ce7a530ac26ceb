"""Friction, Obukhov length, classes."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lantian.rules import Rulebook
from lantian.rules.plume_records import PlumeRule
from lantian.science.boundary.surface_layer import (
    by_day,
    by_night,
    friction_velocity,
    golder_class,
    length_of_class,
)

RULE = Rulebook.packaged().edition(PlumeRule, "plume", date(2025, 1, 1))


def test_neutral_friction_is_the_logarithmic_law():
    found = friction_velocity(np.array([5.0]), 10.0, np.array([0.1]), np.zeros(1), RULE.surface)
    assert found == pytest.approx([0.4 * 5 / np.log(100)])


@given(rough=st.floats(0.001, 2))
def test_middle_of_a_class_is_that_class(rough: float):
    lines = [length_of_class(kind, np.array([rough]), RULE)[0] for kind in range(6)]
    if np.all(np.diff(lines) > 1e-9):
        found = golder_class(np.array(lines), np.full(6, rough), RULE)
        assert found.tolist() == [0, 1, 2, 3, 4, 5]


@given(wind=st.floats(0.3, 15), flux=st.floats(1, 500))
def test_heated_ground_makes_more_friction_than_none(wind: float, flux: float):
    one = np.ones(1)
    star, inverse = by_day(wind * one, 10.0, 0.1 * one, flux * one, 290 * one, 1.2 * one, RULE.surface)
    neutral = friction_velocity(wind * one, 10.0, 0.1 * one, np.zeros(1), RULE.surface)
    assert -1 <= inverse[0] < 0
    assert star[0] > neutral[0]


@given(wind=st.floats(0.3, 15), cloud=st.floats(0, 1))
def test_cooling_ground_makes_less_friction_than_none(wind: float, cloud: float):
    one = np.ones(1)
    star, inverse, heat = by_night(wind * one, 10.0, 0.1 * one, cloud * one, 280 * one, 1.25 * one, RULE.surface)
    neutral = friction_velocity(wind * one, 10.0, 0.1 * one, np.zeros(1), RULE.surface)
    assert 0 < star[0] < neutral[0]
    assert 0 < inverse[0] <= 1
    assert -64.5 < heat[0] < 0

"""Particles of the basin: linear, ventilated, never invented."""

import numpy as np
import pytest

from lantian.twin.secondary import AREA, DEEPEST, LENGTH, box, production

HOURS = 400


def test_moist_cold_air_makes_more_than_dry_warm_air():
    emission = {"nox": np.full(1, 1_000.0)}
    wet = production(emission, np.array([85.0]), np.array([-5.0]))
    dry = production(emission, np.array([25.0]), np.array([30.0]))
    assert wet[0] > 5.0 * dry[0] > 0.0


def test_nothing_comes_of_nothing():
    assert production({}, np.full(3, 80.0), np.zeros(3)).tolist() == [0.0, 0.0, 0.0]
    assert not box(np.zeros((2, 5)), np.full(5, 2.0), np.full(5, 500.0)).any()


def test_the_box_is_linear_so_that_shares_are_defined():
    rng = np.random.default_rng(3)
    one, two = rng.uniform(0, 900, (1, HOURS)), rng.uniform(0, 300, (1, HOURS))
    wind, depth = rng.uniform(0.3, 6.0, HOURS), rng.uniform(100, 2_500, HOURS)
    both = box(one + two, wind, depth)
    assert both == pytest.approx(box(one, wind, depth) + box(two, wind, depth))


def test_a_steady_box_holds_what_is_made_while_the_air_stays():
    wind = np.full(HOURS, 2.0)
    found = box(np.full((1, HOURS), 3_600.0), wind, np.full(HOURS, 1_000.0))[0, -1]
    stay = 1.0 / (2.0 * 1.5 / LENGTH + 1.0 / (72 * 3_600.0))  # seconds
    assert found == pytest.approx(1.0 * stay / (AREA * 1_000.0) * 1e9, rel=0.03)


def test_wind_and_depth_thin_it():
    made = np.full((1, HOURS), 3_600.0)
    calm = box(made, np.full(HOURS, 0.5), np.full(HOURS, 400.0))[0, -1]
    windy = box(made, np.full(HOURS, 5.0), np.full(HOURS, 400.0))[0, -1]
    deep = box(made, np.full(HOURS, 0.5), np.full(HOURS, 2.0 * DEEPEST))[0, -1]
    assert calm > 3.0 * windy
    assert calm == pytest.approx(deep * DEEPEST / 400.0)

"""Surfaces that close around the compass."""

import numpy as np

from lantian.science.smoothing.tensor import circle, smooth_round

ALONG, AROUND = np.tile(np.linspace(0, 10, 24), 36), np.repeat(np.arange(0.0, 360, 10), 24)


def test_a_circle_meets_its_values_at_the_knots() -> None:
    basis = circle(0, 360, 9)
    np.testing.assert_allclose(basis.design(np.arange(0.0, 360, 40)), np.eye(9), atol=1e-12)


def test_a_circle_is_smooth_where_it_closes() -> None:
    basis, values = circle(0, 360, 9), np.random.default_rng(1).normal(size=9)
    at = np.array([-1e-3, 0.0, 1e-3])
    left, middle, right = basis.design(at) @ values
    assert abs((right - middle) - (middle - left)) < 1e-6


def test_a_constant_does_not_bend() -> None:
    basis = circle(0, 360, 9)
    np.testing.assert_allclose(basis.penalty @ np.ones(9), 0, atol=1e-12)
    np.testing.assert_allclose(basis.design(np.linspace(0, 720, 50)).sum(axis=1), 1)


def test_a_surface_of_a_line_and_a_wave_is_met() -> None:
    values = 10 + ALONG + 3 * np.cos(np.radians(AROUND))
    found = smooth_round(ALONG, AROUND, values, (8, 9), circle(0, 360, 9))
    grid = found.at(np.array([0.0, 5.0]), np.array([0.0, 180.0, 360.0]))
    np.testing.assert_allclose(grid, [[13, 7, 13], [18, 12, 18]], atol=0.02)

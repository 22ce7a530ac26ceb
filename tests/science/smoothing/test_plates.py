"""Thin plates through scattered places."""

import numpy as np
import pytest

from lantian.science.smoothing.plates import plate, smooth
from lantian.terms.errors import CallerError

PLACES = np.random.default_rng(2).uniform(-1, 1, (400, 2))


def test_a_plane_is_met_exactly_and_does_not_bend() -> None:
    heights = 3 + 2 * PLACES[:, 0] - PLACES[:, 1]
    basis, found = smooth(PLACES, heights, 40)
    np.testing.assert_allclose(found.at(basis.design(PLACES)), heights, atol=1e-6)
    assert basis.penalty[-3:].sum() == 0
    _, rough = smooth(PLACES, heights + np.random.default_rng(6).normal(size=400), 40)
    assert 3 <= rough.freedom < 12


def test_a_bump_is_found_and_noise_is_not() -> None:
    bump = np.exp(-4 * (PLACES**2).sum(axis=1))
    basis, found = smooth(PLACES, bump + 0.1 * np.random.default_rng(3).normal(size=400), 60)
    assert np.sqrt(((found.at(basis.design(PLACES)) - bump) ** 2).mean()) < 0.04


def test_many_places_take_the_leading_vectors_by_iteration() -> None:
    places = np.random.default_rng(4).uniform(-1, 1, (700, 2))
    few, many = plate(places, 30), plate(places[:80], 30)
    assert len(few.knots) > 2 * 68 > len(many.knots)
    for basis, here in ((few, places), (many, places[:80])):
        inside = basis.design(here)
        assert np.linalg.matrix_rank(inside) == 30
    np.testing.assert_array_equal(plate(places, 30).to_knots, few.to_knots)


def test_values_may_share_a_place() -> None:
    places = np.repeat(np.linspace(0, 1, 12), 2)[:, None]
    assert len(plate(places, 8).knots) == 12


def test_more_functions_than_places_are_refused() -> None:
    with pytest.raises(CallerError, match="distinct places"):
        plate(np.linspace(0, 1, 5)[:, None], 8)


def test_a_curve_can_vanish_where_it_is_selected() -> None:
    x = np.linspace(0, 1, 60)[:, None]
    _, found = smooth(x, 5 + 1e-3 * np.random.default_rng(5).normal(size=60), 10, select=True)
    assert found.freedom < 2

"""Which factor is which."""

import numpy as np

from lantian.science.pmf import assigned, correlations, shapes_alike


def test_shuffled_factors_find_their_way_back() -> None:
    chance = np.random.default_rng(3)
    scores = chance.lognormal(size=(6, 200))
    order = chance.permutation(6)
    noisy = scores[order] + 0.1 * chance.normal(size=(6, 200))
    np.testing.assert_array_equal(assigned(correlations(noisy, scores)), order)


def test_correlation_is_that_of_numpy_and_counts_repeat_samples() -> None:
    chance = np.random.default_rng(4)
    one, two = chance.normal(size=(2, 50)), chance.normal(size=(3, 50))
    np.testing.assert_allclose(correlations(one, two), np.corrcoef(one, two)[:2, 2:])
    counts = chance.integers(0, 3, 50)
    expected = np.corrcoef(np.repeat(one, counts, axis=1), np.repeat(two, counts, axis=1))[:2, 2:]
    np.testing.assert_allclose(correlations(one, two, counts.astype(float)), expected)


def test_factor_that_does_not_vary_is_like_nothing() -> None:
    assert correlations(np.ones((1, 5)), np.arange(5.0)[None]).tolist() == [[0.0]]


def test_a_factor_without_partner_is_told() -> None:
    assert assigned(np.array([[0.9], [0.5]])).tolist() == [0, -1]


def test_scale_makes_species_comparable() -> None:
    one, two = np.array([[1000.0, 1.0]]), np.array([[1000.0, 0.0]])
    assert shapes_alike(one, two, np.ones(2))[0, 0] > 0.999
    assert shapes_alike(one, two, np.array([1000.0, 1.0]))[0, 0] < 0.8

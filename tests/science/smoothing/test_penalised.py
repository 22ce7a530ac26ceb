"""Stiffness by generalised cross-validation."""

import numpy as np
import pytest

from lantian.science.smoothing.penalised import fit
from lantian.terms.errors import CallerError

X = np.linspace(0, 1, 40)
DESIGN = np.stack([np.ones(40), X, X**2, X**3], axis=1)
BEND = np.diag([0.0, 0.0, 1.0, 1.0])
NOISE = np.random.default_rng(1).normal(size=40)


def test_the_score_is_the_least_of_all_stiffnesses() -> None:
    values = 2 * X + 0.3 * NOISE
    found = fit(DESIGN, values, [BEND])
    for power in np.linspace(-8, 8, 33):
        inverse = np.linalg.inv(DESIGN.T @ DESIGN + 10**power * BEND)
        hat = DESIGN @ inverse @ DESIGN.T
        score = 40 * ((values - hat @ values) ** 2).sum() / (40 - np.trace(hat)) ** 2
        assert found.score <= score + 1e-9


def test_coefficients_errors_and_freedom_are_those_of_the_normal_equations() -> None:
    values, weights = 2 * X + 0.3 * NOISE, np.linspace(0.5, 2, 40)
    found = fit(DESIGN, values, [BEND], weights)
    inside = DESIGN.T @ (weights[:, None] * DESIGN)
    inverse = np.linalg.inv(inside + found.stiffness[0] * BEND)
    np.testing.assert_allclose(found.coefficients, inverse @ DESIGN.T @ (weights * values), rtol=1e-6)
    assert found.freedom == pytest.approx(np.trace(inverse @ inside))
    error = np.sqrt(found.variance * np.einsum("ij,jk,ik->i", DESIGN, inverse, DESIGN))
    np.testing.assert_allclose(found.error(DESIGN), error, rtol=1e-6)


def test_two_penalties_can_flatten_even_the_slope() -> None:
    slope = np.diag([0.0, 1.0, 0.0, 0.0])
    found = fit(DESIGN, 5 + 0.01 * NOISE, [BEND, slope])
    assert found.freedom < 2.2
    assert np.ptp(found.at(DESIGN)) < 0.02


def test_the_same_values_give_the_same_bits() -> None:
    one, two = (fit(DESIGN, np.sin(6 * X), [BEND]) for _ in range(2))
    np.testing.assert_array_equal(one.coefficients, two.coefficients)


def test_fewer_values_than_coefficients_are_refused() -> None:
    with pytest.raises(CallerError, match="cannot bear"):
        fit(DESIGN[:3], X[:3], [BEND])

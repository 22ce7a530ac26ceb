"""Factors on groups."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lantian.science.plume.calibration import calibrate
from lantian.terms.errors import CallerError

CHANCE = np.random.default_rng(11)
COMPUTED = CHANCE.gamma(2.0, 5.0, (4, 60))


def test_known_factors_are_found_again():
    true = np.array([0.4, 1.0, 1.8, 2.5])
    found = calibrate(COMPUTED, true @ COMPUTED, sigma=0.01, prior_sigma=1.0)
    assert found.factor == pytest.approx(true, abs=1e-3)
    assert found.error_after < 0.01 < found.error_before
    assert np.all(found.informed > 0.99)
    assert found.values == 60


def test_without_evidence_a_factor_stays_one():
    computed = np.vstack([COMPUTED[:1], np.zeros((1, 60))])
    found = calibrate(computed, 2 * COMPUTED[0], sigma=0.1, prior_sigma=0.5)
    assert found.factor[1] == pytest.approx(1.0)
    assert found.informed[1] == pytest.approx(0.0)
    assert found.factor[0] == pytest.approx(2.0, abs=0.01)


def test_group_that_should_take_away_is_held_at_zero():
    found = calibrate(COMPUTED[:2], COMPUTED[0] - COMPUTED[1], sigma=0.1, prior_sigma=1.0)
    assert found.held_at_zero == (1,)
    assert found.factor[1] == 0


def test_missing_values_are_left_out():
    observed = COMPUTED.sum(axis=0)
    observed[::3] = np.nan
    found = calibrate(COMPUTED, observed, sigma=1.0, prior_sigma=1.0)
    assert found.values == 40
    assert found.factor == pytest.approx(np.ones(4))


@given(sigma=st.floats(0.1, 100), seed=st.integers(0, 1000))
def test_penalised_misfit_never_grows(sigma: float, seed: int):
    observed = np.random.default_rng(seed).gamma(2.0, 20.0, 60)
    found = calibrate(COMPUTED, observed, sigma=sigma, prior_sigma=1.0)
    assert np.all(found.factor >= 0)
    before = (found.error_before / sigma) ** 2 * 60
    after = (found.error_after / sigma) ** 2 * 60 + np.sum((found.factor - 1) ** 2)
    assert after <= before * (1 + 1e-9)


def test_what_cannot_be_fitted_is_refused():
    with pytest.raises(CallerError, match="Mend the arrays"):
        calibrate(COMPUTED, np.ones(3), sigma=1.0, prior_sigma=1.0)
    with pytest.raises(CallerError, match="Mend the arrays"):
        calibrate(COMPUTED, np.ones(60), sigma=0.0, prior_sigma=1.0)
    with pytest.raises(CallerError, match="Wait for data"):
        calibrate(COMPUTED, np.full(60, np.nan), sigma=1.0, prior_sigma=1.0)

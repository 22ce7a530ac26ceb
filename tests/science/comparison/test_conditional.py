"""Observations by what had been predicted."""

import numpy as np
import pytest

from lantian.science.comparison.conditional import conditional_quantiles
from lantian.terms.errors import CallerError

CHANCE = np.random.default_rng(1)
OBSERVED = CHANCE.gamma(2, 20, 4000)


def test_every_pair_is_in_a_class() -> None:
    found = conditional_quantiles(OBSERVED + CHANCE.normal(size=4000), OBSERVED)
    assert found.predicted.sum() == found.observed.sum() == 4000


def test_quantiles_lie_in_order() -> None:
    found = conditional_quantiles(OBSERVED * CHANCE.uniform(0.5, 1.5, 4000), OBSERVED)
    lines = np.array([found.low_10, found.low_25, found.median, found.high_75, found.high_90])
    known = lines[:, ~np.isnan(lines).any(axis=0)]
    assert known.shape[1] > 5
    assert (np.diff(known, axis=0) >= 0).all()


def test_outer_quantiles_need_more_pairs_than_inner_ones() -> None:
    found = conditional_quantiles(OBSERVED, OBSERVED, fewest=(10, 20))
    assert np.isnan(found.low_25[found.predicted <= 10]).all()
    assert np.isnan(found.low_10[found.predicted <= 20]).all()
    assert not np.isnan(found.low_10[found.predicted > 20]).any()


def test_no_pair_is_refused() -> None:
    with pytest.raises(CallerError, match="no pair"):
        conditional_quantiles(np.array([np.nan]), np.array([1.0]))

"""Windows that move over the samples."""

import numpy as np
import pytest

from lantian.science.pmf import BaseRuns, Dataset, rolling
from lantian.terms.errors import CallerError
from lantian.terms.types import FloatArray

Known = tuple[Dataset, FloatArray, FloatArray]


def test_steady_sources_keep_their_profiles_in_every_window(four_found: BaseRuns) -> None:
    found = rolling(four_found.best, 100, 50, robust=False)
    assert found.first.tolist() == [0, 50, 100, 150]
    assert found.likeness.min() > 0.97
    assert found.moved_together.min() > 0.97
    np.testing.assert_allclose(found.mass_shares.sum(axis=1), 1.0)
    np.testing.assert_allclose(found.contributions, four_found.best.mass, rtol=0.05, atol=0.3)


def test_samples_in_no_window_have_no_contribution(four_found: BaseRuns) -> None:
    found = rolling(four_found.best, 120, 120, robust=False)
    assert np.isnan(found.contributions[240:]).all()
    assert np.isfinite(found.contributions[:240]).all()


def test_window_wider_than_the_samples_is_refused(four_found: BaseRuns) -> None:
    with pytest.raises(CallerError, match="windows of 999"):
        rolling(four_found.best, 999, 10)

"""Season, trend and remainder."""

import numpy as np
import pytest

from lantian.science.smoothing.seasonal import decompose
from lantian.terms.errors import CallerError

MONTHS = np.arange(120)
SERIES = 60 - 0.2 * MONTHS + 15 * np.cos(MONTHS * np.pi / 6)


def test_parts_add_up() -> None:
    found = decompose(SERIES + np.random.default_rng(1).normal(size=120))
    np.testing.assert_allclose(
        found.seasonal + found.trend + found.remainder, SERIES + np.random.default_rng(1).normal(size=120)
    )


def test_a_clean_series_has_no_remainder() -> None:
    found = decompose(SERIES)
    assert np.abs(found.remainder).max() < 0.2
    np.testing.assert_allclose(np.diff(found.trend), -0.2, atol=0.02)


def test_an_outlier_loses_its_weight_and_moves_nothing() -> None:
    spiked = SERIES.copy()
    spiked[50] += 500
    noise = np.random.default_rng(2).normal(size=120)
    found, clean = decompose(spiked + noise), decompose(SERIES + noise)
    assert found.weights[50] == 0
    assert np.abs(found.trend - clean.trend).max() < 0.5
    assert np.abs(decompose(spiked + noise, robust=False).trend - clean.trend).max() > 5


def test_gaps_and_short_series_are_refused() -> None:
    with pytest.raises(CallerError, match="show no seasons"):
        decompose(SERIES[:24])
    with pytest.raises(CallerError, match="1 missing"):
        decompose(np.where(MONTHS == 5, np.nan, SERIES))

"""Months made up by level and season."""

import numpy as np
import pytest

from lantian.science.smoothing.gaps import filled
from lantian.terms.errors import CallerError

MONTHS = np.arange(72)
SERIES = 60 - 0.2 * MONTHS + 15 * np.cos(MONTHS * np.pi / 6) + np.random.default_rng(1).normal(size=72)


def test_measured_months_stay_as_they_are() -> None:
    gaps = np.isin(MONTHS, [10, 30, 31])
    found = filled(np.where(gaps, np.nan, SERIES))
    np.testing.assert_array_equal(found[~gaps], SERIES[~gaps])
    assert np.abs(found[gaps] - SERIES[gaps]).max() < 5


def test_a_whole_series_is_returned() -> None:
    np.testing.assert_array_equal(filled(SERIES), SERIES)


def test_a_constant_stays_constant() -> None:
    found = filled(np.where(MONTHS == 20, np.nan, 7.0))
    assert set(found.tolist()) == {7.0}


def test_too_few_values_tell_no_season() -> None:
    with pytest.raises(CallerError, match="two rounds"):
        filled(np.where(MONTHS < 20, SERIES, np.nan))


def test_a_series_without_any_noise_is_met() -> None:
    clean = 60 - 0.2 * MONTHS + 15 * np.cos(MONTHS * np.pi / 6)
    found = filled(np.where(MONTHS == 30, np.nan, clean))
    assert found[30] == pytest.approx(clean[30], abs=1)

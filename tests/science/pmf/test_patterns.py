"""Hours, seasons, winds, pairs."""

import numpy as np
import pytest

from lantian.science.pmf import BaseRuns, Fit, by_hour, by_month, by_season, by_weekday, by_wind, g_space
from lantian.terms.errors import CallerError


def test_every_sample_stands_in_one_class(four_found: BaseRuns) -> None:
    best = four_found.best
    for pattern in (by_hour(best), by_weekday(best), by_month(best), by_season(best)):
        assert pattern.samples.sum() == 250
        whole = np.nansum(pattern.mean * pattern.samples[:, None], axis=0) / 250
        np.testing.assert_allclose(whole, best.mass.mean(axis=0))


def test_classes_are_named_by_the_clock_and_the_calendar(four_found: BaseRuns) -> None:
    best = four_found.best  # from Wednesday 1 January 2025, 00:00, for ten days and ten hours
    assert by_hour(best).samples[:11].tolist() == [11] * 10 + [10]
    assert by_weekday(best).classes[int(by_weekday(best).samples.argmin())] in {"Mon", "Tue", "Sun", "Sat"}
    assert by_month(best).samples[0] == 250
    assert by_season(best).samples.tolist() == [250, 0, 0, 0]


def test_wind_from_the_source_brings_the_most(four_found: BaseRuns) -> None:
    best = four_found.best
    high = best.contributions[:, 0] > np.percentile(best.contributions[:, 0], 75)
    direction = np.where(high, 88.0, 268.0)
    speed = np.where(np.arange(250) < 5, 0.1, 3.0)
    direction[-1] = np.nan
    found = by_wind(best, direction, speed)
    assert found.mean.classes[4] == "90"
    assert found.mean.classes[-1] == "calm"
    assert found.mean.samples.sum() == 249
    assert found.mean.samples[-1] == 5
    assert found.high_share[4, 0] == 1.0
    assert found.high_share[12, 0] == 0.0


def test_independent_factors_have_edges_along_the_axes(four_found: BaseRuns) -> None:
    pairs = g_space(four_found.best)
    assert [(pair.one, pair.two) for pair in pairs] == [(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3)]
    assert all(abs(pair.correlation) < 0.2 for pair in pairs)
    assert all(pair.slopes[0] < 0.02 and pair.slopes[1] > 50 for pair in pairs)


def test_oblique_edge_is_told(four_found: BaseRuns) -> None:
    best = four_found.best
    mixed = best.contributions.copy()
    mixed[:, 1] = 0.5 * mixed[:, 1] + 0.5 * mixed[:, 0]
    pair = g_space(Fit(best.data, mixed, best.profiles, 4.0))[0]
    assert pair.slopes[0] == pytest.approx(0.5, abs=0.05)


def test_wind_of_another_length_and_samples_without_time_are_refused(four_found: BaseRuns) -> None:
    best = four_found.best
    with pytest.raises(CallerError, match="250 samples and 3 winds"):
        by_wind(best, np.zeros(3), np.zeros(3))
    timeless = Fit(best.data.rows(slice(None)), best.contributions, best.profiles, 4.0)
    object.__setattr__(timeless.data, "times", None)
    with pytest.raises(CallerError, match="no times"):
        by_hour(timeless)

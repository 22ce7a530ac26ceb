"""Moving means and their repetition."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lantian.science.series.filters import Align, kolmogorov_zurbenko, running_mean
from lantian.terms.errors import CallerError


def test_alignment_says_which_hour_receives_the_mean() -> None:
    series = np.arange(6.0)
    means = {align: running_mean(series, 3, capture=100, align=align).tolist() for align in Align}
    nan = pytest.approx(float("nan"), nan_ok=True)
    assert means[Align.RIGHT] == [nan, nan, 1, 2, 3, 4]
    assert means[Align.LEFT] == [1, 2, 3, 4, nan, nan]
    assert means[Align.CENTRE] == [nan, 1, 2, 3, 4, nan]


def test_a_centred_even_window_looks_one_further_ahead() -> None:
    series = np.zeros(9)
    series[4] = 8.0
    assert np.flatnonzero(running_mean(series, 8, capture=0) > 0).tolist() == [0, 1, 2, 3, 4, 5, 6, 7]
    assert np.flatnonzero(running_mean(series, 4, capture=100) > 0).tolist() == [2, 3, 4, 5]


def test_six_of_eight_hours_are_three_quarters() -> None:
    series = np.array([1.0] * 6 + [np.nan] * 2)
    assert running_mean(series, 8, align=Align.RIGHT)[-1] == 1.0
    assert np.isnan(running_mean(series, 8, capture=76, align=Align.RIGHT)[-1])


def test_a_window_without_values_is_missing_even_without_a_threshold() -> None:
    assert np.isnan(running_mean(np.full(4, np.nan), 2, capture=0)).all()


@given(st.lists(st.floats(-1e3, 1e3) | st.just(float("nan")), min_size=1, max_size=40), st.integers(1, 9))
def test_one_pass_is_the_mean_of_the_window(values: list[float], width: int) -> None:
    series, half = np.array(values), width // 2
    found = kolmogorov_zurbenko(series, width, 1, capture=0)
    for place in range(len(series)):
        window = series[max(0, place - half) : place + half + 1]
        known = window[~np.isnan(window)]
        assert found[place] == pytest.approx(known.mean() if len(known) else np.nan, nan_ok=True, abs=1e-9)


def test_passes_repeat_the_filter() -> None:
    series = np.sin(np.arange(50.0))
    once = kolmogorov_zurbenko(series, 5, 1)
    np.testing.assert_array_equal(kolmogorov_zurbenko(series, 5, 2), kolmogorov_zurbenko(once, 5, 1))


def test_what_makes_no_window_is_refused() -> None:
    with pytest.raises(CallerError, match="window"):
        running_mean([1.0], 0)
    with pytest.raises(CallerError, match="passes"):
        kolmogorov_zurbenko([1.0], 3, 0)
    with pytest.raises(CallerError, match="one series"):
        running_mean(np.ones((2, 2)), 2)

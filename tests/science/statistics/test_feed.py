import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from lantian.science.rounding import round_half_even
from lantian.science.statistics.feed import (
    feed_o3_8h,
    feed_o3_8h_day_maximum,
    trailing_maximum_24h,
    trailing_mean_24h,
)

hours = st.lists(st.one_of(st.just(float("nan")), st.integers(0, 400).map(float)), min_size=24, max_size=60)


@settings(deadline=None)
@given(hours, st.integers(1, 24))
def test_trailing_mean_equals_the_mean_of_each_window(series: list[float], required: int) -> None:
    found = trailing_mean_24h(np.array(series), required_hours=required)
    for at in range(len(series)):
        window = [x for x in series[max(0, at - 23) : at + 1] if x == x]
        if len(window) < required:
            assert np.isnan(found[at])
        else:
            assert found[at] == float(round_half_even(sum(window) / len(window)))


def test_a_tie_of_tenths_goes_even() -> None:
    assert trailing_mean_24h(np.tile([0.4, 0.5], 12), decimals=1)[-1] == 0.4


def test_running_ozone_restarts_with_the_day() -> None:
    days = np.stack([np.full(24, 200.0), np.r_[np.arange(8.0), np.full(16, 80.0)]])
    found = feed_o3_8h(days)
    assert found[1, :9].tolist() == [0, 0, 1, 2, 2, 2, 3, 4, 14]
    assert feed_o3_8h(days, required_hours=6)[1, 0] == 0


def test_running_ozone_needs_its_hours() -> None:
    day = np.full(24, 90.0)
    day[[8, 9, 10]] = np.nan
    assert np.isnan(feed_o3_8h(day, required_hours=6)[[10, 13]]).all()
    assert feed_o3_8h(day, required_hours=6)[16] == 90


def test_maxima_pass_over_gaps() -> None:
    assert feed_o3_8h_day_maximum(np.array([np.nan, 4.0, np.nan, 3.0])).tolist()[1:] == [4.0, 4.0, 4.0]
    series = np.r_[np.nan, 9.0, np.full(30, 5.0), np.nan]
    found = trailing_maximum_24h(series)
    assert np.isnan(found[0])
    assert found[[1, 24, 25, 32]].tolist() == [9.0, 9.0, 5.0, 5.0]

"""Random series: owned by a name and a year, with the memory asked for."""

import numpy as np
import pytest

from lantian.twin.noise import generator, red, white

YEARS = [(2024, 8784), (2025, 8760)]


def test_year_is_the_same_whichever_years_surround_it() -> None:
    both, one = white(5, "a", YEARS, 3), white(5, "a", YEARS[1:], 3)
    assert np.array_equal(both[:, 8784:], one)


def test_names_and_seeds_do_not_share_a_stream() -> None:
    series = [white(5, "a", YEARS, 1)[0], white(5, "b", YEARS, 1)[0], white(6, "a", YEARS, 1)[0]]
    for n, one in enumerate(series):
        for other in series[n + 1 :]:
            assert abs(np.corrcoef(one, other)[0, 1]) < 0.03
    assert generator(5, "a", 2024).random() != generator(5, "a", 2025).random()


@pytest.mark.parametrize("memory", [4.0, 12.0, 50.0])
def test_red_noise_has_unit_variance_and_the_memory_asked_for(memory: float) -> None:
    series = red(white(1, "long", [(year, 8760) for year in range(20)], 1)[0], memory)[2000:]
    lag = int(memory)
    assert series.var() == pytest.approx(1.0, abs=0.1)
    assert np.corrcoef(series[lag:], series[:-lag])[0, 1] == pytest.approx(np.exp(-lag / memory), abs=0.05)

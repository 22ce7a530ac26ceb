"""Theil–Sen slopes with deseasoning and blocks."""

import numpy as np
import pytest

from lantian.science.series.table import Table
from lantian.science.trend import theil_sen
from lantian.science.variation.slope import _draws, _whole_numbers, monthly_slope
from lantian.terms.errors import CallerError

DAYS = np.arange(np.datetime64("2016-01-01"), np.datetime64("2025-01-01"))
YEARS = (DAYS - DAYS[0]).astype(float) / 365
SEASON = 25 * np.cos(2 * np.pi * YEARS)
NOISE = np.random.default_rng(1).normal(size=len(DAYS))
TABLE = Table.of(DAYS, pm25=60 - 2 * YEARS + SEASON + 5 * NOISE)


def test_numbers_are_those_of_r_after_set_seed_2() -> None:
    # R 4.2.2: set.seed(2); sample.int(90, 10, replace = TRUE), and the same below 100000
    assert (_whole_numbers(90, 10) + 1).tolist() == [85, 79, 70, 6, 32, 8, 17, 81, 76, 41]
    assert (_whole_numbers(100_000, 5) + 1).tolist() == [46031, 76550, 54621, 36044, 15657]


def test_blocks_are_neighbours() -> None:
    rows = _draws(10, 3)
    assert rows.shape == (599, 10)
    assert rows.max() == 9
    np.testing.assert_array_equal(rows[:, 1] - rows[:, 0], 1)
    np.testing.assert_array_equal(rows[:, 2] - rows[:, 1], 1)


def test_the_slope_is_the_median_of_all_pairs() -> None:
    found = monthly_slope(TABLE, "pm25")
    months = found.times.astype("datetime64[D]").astype(float) / 365
    assert found.slope == pytest.approx(theil_sen(found.values, months).slope, rel=1e-9)


def test_taking_the_season_out_narrows_the_bounds() -> None:
    with_season, without = (monthly_slope(TABLE, "pm25", deseason=flag) for flag in (False, True))
    assert without.high - without.low < 0.3 * (with_season.high - with_season.low)
    assert without.slope == pytest.approx(-2, abs=0.1)
    assert without.deseasoned


def test_months_made_up_are_told_and_gaps_else_left_out() -> None:
    values = TABLE["pm25"].copy()
    values[(np.datetime64("2019-06-01") <= DAYS) & (np.datetime64("2019-08-01") > DAYS)] = np.nan
    gappy = Table.of(DAYS, pm25=values)
    found = monthly_slope(gappy, "pm25", deseason=True)
    assert found.times[found.made_up].astype("datetime64[M]").astype(str).tolist() == ["2019-06", "2019-07"]
    assert len(monthly_slope(gappy, "pm25").values) == 106


def test_two_years_are_too_short_for_a_season() -> None:
    assert not monthly_slope(TABLE.rows(np.datetime64("2018-01-01") > DAYS), "pm25", deseason=True).deseasoned


def test_the_line_runs_through_the_medians() -> None:
    found = monthly_slope(TABLE, "pm25", deseason=True)
    assert np.median(found.line()) == pytest.approx(np.median(found.values))


def test_percent_is_of_the_beginning_of_the_line() -> None:
    found = monthly_slope(TABLE, "pm25", deseason=True)
    assert found.percent == pytest.approx(100 * found.slope / found.line()[0], rel=1e-6)


def test_too_few_months_are_refused() -> None:
    with pytest.raises(CallerError, match="a slope needs 6"):
        monthly_slope(TABLE.rows(np.datetime64("2016-05-01") > DAYS), "pm25")

"""Rank correlation, Theil–Sen slopes and Mann–Kendall tests, against SciPy and formulas written out."""

from datetime import date
from fractions import Fraction
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from lantian.rules import Rulebook
from lantian.science.trend import (
    TrendVerdict,
    deseasoned,
    mann_kendall,
    seasonal_trend,
    spearman,
    theil_sen,
)
from lantian.terms.errors import CallerError

RULE = Rulebook.packaged().trend(date(2025, 12, 31))
STRICT = RULE.model_copy(update={"comparison": "greater"})

series = st.lists(st.integers(0, 40), min_size=4, max_size=25)


@given(st.permutations(list(range(9))))
def test_without_ties_the_coefficient_is_the_textbook_formula(values: list[int]) -> None:
    n = len(values)
    squares = sum((place - rank) ** 2 for place, rank in enumerate(values))
    textbook = 1 - Fraction(6 * squares, n**3 - n)
    found = spearman(values, RULE)
    assert found.squared == textbook**2
    assert found.coefficient == float(textbook)


@given(series)
@settings(deadline=None)
def test_with_ties_the_coefficient_is_that_of_scipy(values: list[int]) -> None:
    found = spearman(values, RULE)
    if len(set(values)) == 1:
        assert found.coefficient == 0.0
        return
    theirs = float(stats.spearmanr(np.arange(len(values)), values).statistic)
    assert found.coefficient == pytest.approx(theirs, abs=1e-12)
    assert -1 <= found.coefficient <= 1


@given(series)
@settings(deadline=None)
def test_time_reversed_turns_the_sign_only(values: list[int]) -> None:
    one, other = spearman(values, RULE), spearman(values[::-1], RULE)
    assert (one.sign, one.squared) == (-other.sign, other.squared)


def test_constant_series_has_no_trend_although_the_short_formula_gives_a_half() -> None:
    found = spearman([30.0] * 16, RULE)
    assert (found.coefficient, found.verdict) == (0.0, TrendVerdict.NO_TREND)


def test_critical_value_is_reached_or_passed_as_the_rule_says() -> None:
    values = [52, 48, 49, 43, 39]
    assert spearman(values, RULE).verdict == TrendVerdict.FALLING
    assert spearman(values, STRICT).verdict == TrendVerdict.NO_TREND
    assert spearman(values[::-1], RULE).verdict == TrendVerdict.RISING
    assert spearman(values, RULE, "0.01").verdict == TrendVerdict.NO_TREND
    assert spearman([5, 4, 3, 2, 1], RULE, "0.01").verdict == TrendVerdict.FALLING


def test_fewer_periods_than_the_rule_asks_for_have_no_verdict() -> None:
    found = spearman([4, 3, 2, 1], RULE)
    assert (found.verdict, found.n, found.critical) == (TrendVerdict.TOO_FEW, 4, None)
    assert spearman([], RULE).verdict == TrendVerdict.TOO_FEW
    assert spearman([5, np.nan, 4, 3, 2], RULE).n == 4


def test_number_outside_the_table_takes_the_stricter_neighbour() -> None:
    found = spearman(list(range(11)), RULE)
    assert (found.n, found.critical_n, found.critical) == (11, 10, Fraction("0.564"))
    assert spearman(list(range(30)), RULE).critical_n == 20


def test_unknown_level_says_which_ones_there_are() -> None:
    with pytest.raises(CallerError, match=r"0\.01, 0\.05"):
        spearman([1, 2, 3, 4, 5], RULE, "0.10")


@given(series)
@settings(deadline=None)
def test_mann_kendall_counts_every_pair(values: list[int]) -> None:
    statistic, variance = mann_kendall(values)
    assert statistic == sum((b > a) - (b < a) for a, b in combinations(values, 2))
    n, ties = len(values), [values.count(value) for value in set(values)]
    written_out = (n * (n - 1) * (2 * n + 5) - sum(t * (t - 1) * (2 * t + 5) for t in ties)) / 18
    assert variance == pytest.approx(written_out)


@given(series)
@settings(deadline=None)
def test_mann_kendall_has_the_variance_behind_scipys_kendall_test(values: list[int]) -> None:
    if len(set(values)) == 1:
        assert mann_kendall(values) == (0, 0.0)
        return
    statistic, variance = mann_kendall(values)
    theirs = stats.kendalltau(np.arange(len(values)), values, method="asymptotic").pvalue
    assert 2 * stats.norm.sf(abs(statistic) / variance**0.5) == pytest.approx(float(theirs), abs=1e-12)


@given(st.lists(st.floats(1, 200, allow_nan=False), min_size=4, max_size=20))
@settings(deadline=None)
def test_slope_is_the_median_of_all_pairs(values: list[float]) -> None:
    found = theil_sen(values)
    slopes = [(b - a) / (j - i) for (i, a), (j, b) in combinations(enumerate(values), 2)]
    assert found.slope == pytest.approx(float(np.median(slopes)), abs=1e-9)
    assert found.slope_low <= found.slope <= found.slope_high


def test_short_series_without_ties_has_its_probability_counted_out() -> None:
    # all 5! orders: only two have |S| = 10
    found = theil_sen([5.0, 4.0, 3.0, 2.0, 1.0])
    assert found.exact
    assert found.p_value == pytest.approx(2 / 120)
    assert found.verdict == TrendVerdict.FALLING
    tied = theil_sen([5.0, 4.0, 3.0, 3.0, 1.0])
    assert not tied.exact
    assert tied.z == pytest.approx((-9 + 1) / (mann_kendall([5, 4, 3, 3, 1])[1] ** 0.5))


def test_twelve_falling_years_have_an_interval_below_zero() -> None:
    years = np.arange(2013, 2025)
    pm25 = np.array([89, 86, 81, 73, 58, 51, 42, 38, 33, 30, 32, 30.5])
    found = theil_sen(pm25, years)
    assert found.verdict == TrendVerdict.FALLING
    assert (found.statistic, found.exact) == (-62, False)
    assert found.p_value < 0.001
    assert found.slope_low < found.slope < found.slope_high < 0
    assert found.intercept + found.slope * 2018.5 == pytest.approx(float(np.median(pm25)), abs=1e-6)


def test_gaps_in_time_stretch_the_slope() -> None:
    found = theil_sen([60.0, np.nan, 54.0, 51.0, 45.0], [2019, 2020, 2021, 2022, 2024])
    assert found.n == 4
    assert found.slope == -3.0


def test_unordered_times_are_put_in_order() -> None:
    times = np.array([3, 1, 0, 2, 4])
    assert theil_sen(10.0 - times, times).statistic == -10


def test_constant_series_has_a_flat_slope() -> None:
    found = theil_sen([30.0] * 8)
    assert (found.slope, found.z, found.verdict) == (0.0, 0.0, TrendVerdict.NO_TREND)
    assert found.p_value == 1.0


def test_too_few_values_have_no_slope() -> None:
    found = theil_sen([1.0, np.nan, 2.0, 3.0])
    assert found.verdict == TrendVerdict.TOO_FEW
    assert np.isnan(found.slope)


def test_two_values_at_one_time_and_unpaired_lengths_are_refused() -> None:
    with pytest.raises(CallerError, match="one time"):
        theil_sen([1.0, 2.0, 3.0, 4.0], [1, 1, 2, 3])
    with pytest.raises(CallerError, match="pair one to one"):
        theil_sen([1.0, 2.0], [1, 2, 3])
    with pytest.raises(CallerError, match="one series"):
        theil_sen(np.zeros((2, 2)))
    with pytest.raises(CallerError, match="one time"):
        seasonal_trend([1.0, 2.0, 3.0], [1, 1, 1], [2020, 2020, 2021])
    with pytest.raises(CallerError, match="pair one to one"):
        seasonal_trend([1.0], [1, 2], [2020])
    with pytest.raises(CallerError, match="pair one to one"):
        deseasoned([1.0], [1, 2])


MONTHS = np.tile(np.arange(1, 13), 5)
YEARS = np.repeat(np.arange(2019, 2024), 12)
TIMES = YEARS + (MONTHS - 1) / 12
WINTER = 40 * np.cos((MONTHS - 1) / 12 * 2 * np.pi)


def test_season_is_not_taken_for_a_trend_and_does_not_hide_one() -> None:
    noise = np.random.default_rng(8).normal(0, 2, 60)
    flat = seasonal_trend(70 + WINTER + noise, MONTHS, TIMES)
    falling = seasonal_trend(70 + WINTER + noise - 3 * (YEARS - 2019), MONTHS, TIMES)
    assert flat.verdict == TrendVerdict.NO_TREND
    assert falling.verdict == TrendVerdict.FALLING
    assert falling.slope == pytest.approx(-3, abs=0.8)
    assert falling.slope_low < falling.slope < falling.slope_high < 0
    # pooled over all months the same fall is lost in the seasons
    assert theil_sen(70 + WINTER + noise - 3 * (YEARS - 2019), TIMES).p_value > falling.p_value


def test_seasonal_statistic_is_the_sum_over_months() -> None:
    values = np.random.default_rng(9).integers(20, 60, 60).astype(float)
    values[[3, 17, 40]] = np.nan
    found = seasonal_trend(values, MONTHS, TIMES)
    parts = [mann_kendall(values[month == MONTHS]) for month in range(1, 13)]
    assert found.statistic == sum(s for s, _ in parts)
    assert found.variance == pytest.approx(sum(v for _, v in parts))
    assert found.n == 57
    slopes = [
        (values[j] - values[i]) / (TIMES[j] - TIMES[i])
        for i, j in combinations(range(60), 2)
        if MONTHS[i] == MONTHS[j] and not np.isnan(values[i] + values[j])
    ]
    assert found.slope == pytest.approx(float(np.median(slopes)))


def test_one_season_only_is_the_plain_test() -> None:
    values = [5.0, 7.0, 6.0, 9.0, 8.0, 12.0, 11.0, 13.0, 15.0, 14.0, 18.0]
    seasonal = seasonal_trend(values, [1] * 11, range(11))
    plain = theil_sen(values)
    assert (seasonal.statistic, seasonal.z, seasonal.slope) == (plain.statistic, plain.z, plain.slope)
    assert seasonal.homogeneity_p is None
    assert seasonal.slope_low == pytest.approx(plain.slope_low, abs=0.2)


def test_months_that_move_apart_are_told() -> None:
    apart = np.where(MONTHS <= 6, 3.0, -3.0) * (YEARS - 2019)
    together = 3.0 * (YEARS - 2019)
    odd = seasonal_trend(50 + apart, MONTHS, TIMES).homogeneity_p
    even = seasonal_trend(50 + together, MONTHS, TIMES).homogeneity_p
    assert odd is not None
    assert even is not None
    assert odd < 0.001 < 0.5 < even


def test_too_few_years_have_no_seasonal_verdict() -> None:
    found = seasonal_trend(np.arange(24.0), MONTHS[:24], TIMES[:24])
    assert found.verdict == TrendVerdict.TOO_FEW
    assert np.isnan(found.slope)


def test_deseasoned_series_keeps_its_level_and_its_gaps() -> None:
    values = 70 + WINTER - 3.0 * (YEARS - 2019)
    values[7] = np.nan
    flat = deseasoned(values, MONTHS)
    assert np.isnan(flat[7])
    assert np.flatnonzero(np.isnan(flat)).tolist() == [7]
    assert np.nanstd(flat[:12]) < 1.0
    assert flat[0] - flat[48] == pytest.approx(12.0)
    assert np.isnan(deseasoned([np.nan, np.nan], [1, 1])).all()

"""Means over three years and over the last days."""

from datetime import date

import numpy as np
import pytest

from lantian.rules import Rulebook
from lantian.science.statistics.period import period_statistics
from lantian.science.statistics.running import running_mean, three_year_mean
from lantian.terms.errors import CallerError
from lantian.terms.periods import Period, PeriodKind

FIRST = date(2026, 1, 1)
RULE = Rulebook.packaged().evaluation(date(2028, 12, 31))
YEARS = [Period.containing(PeriodKind.YEAR, date(year, 1, 1)) for year in (2026, 2027, 2028)]
DAYS = sum(year.days for year in YEARS)


def of(daily: np.ndarray) -> list:
    return [period_statistics(daily, FIRST, year, RULE) for year in YEARS]


def test_three_years_weigh_alike_though_one_is_longer() -> None:
    daily = np.full((DAYS, 6), 30.0)
    daily[-366:] = 33.0
    mean = three_year_mean(of(daily), RULE)
    assert mean.mean.tolist() == [31.0] * 6
    assert mean.percentile_rounded[3] == 31.0
    assert mean.years == ("2026", "2027", "2028")


def test_three_year_mean_is_rounded_once_from_unrounded_years() -> None:
    # 30.05…, 30.05…, 30.05…: each year alone prints 30.1 or 30.0, the mean of unrounded years is what counts
    daily = np.full((DAYS, 6), 30.0)
    for start, extra in ((0, 17), (365, 17), (730, 17)):
        daily[start : start + extra] = 31.0
    mean = three_year_mean(of(daily), RULE)
    exact = (17 / 365 + 17 / 365 + 17 / 366) / 3 + 30
    assert mean.mean[5] == pytest.approx(exact, rel=1e-14)
    assert mean.mean_rounded[5] == 30.0
    assert mean.mean_attainment[5] == 30.0


def test_one_refused_year_leaves_no_three_year_mean() -> None:
    daily = np.full((2, DAYS, 6), 30.0)
    daily[0, :60, 5] = np.nan
    mean = three_year_mean(of(daily), RULE)
    assert np.isnan(mean.mean_rounded[0, 5])
    assert mean.mean_rounded[1, 5] == 30.0
    assert mean.mean_rounded[0, 1] == 30.0


def test_years_that_do_not_follow_each_other_are_refused() -> None:
    years = of(np.full((DAYS, 6), 30.0))
    with pytest.raises(CallerError, match="consecutive"):
        three_year_mean([years[1], years[0], years[2]], RULE)
    with pytest.raises(CallerError, match="three calendar years"):
        three_year_mean(years[:2], RULE)


def test_year_to_date_mean_equals_the_evaluation_of_the_same_days() -> None:
    rng = np.random.default_rng(3)
    daily = rng.integers(1, 250, (2, 120, 6)).astype(float)
    daily[rng.random(daily.shape) < 0.1] = np.nan
    mean, count = running_mean(daily, RULE)
    for last in (0, 1, 58, 119):
        period = Period(PeriodKind.RUNNING, FIRST, Period.containing(PeriodKind.YEAR, FIRST).each_day()[last])
        figures = period_statistics(daily, FIRST, period, RULE)
        np.testing.assert_array_equal(mean[:, last], figures.mean_rounded)
        np.testing.assert_array_equal(count[:, last], figures.n_valid)


def test_running_window_equals_the_evaluation_of_its_days() -> None:
    rng = np.random.default_rng(4)
    daily = rng.integers(1, 250, (60, 6)).astype(float)
    daily[5:15, 0] = np.nan
    mean, count = running_mean(daily, RULE, days=7)
    days = Period.containing(PeriodKind.YEAR, FIRST).each_day()
    for last in (6, 7, 14, 59):
        figures = period_statistics(daily, FIRST, Period(PeriodKind.RUNNING, days[last - 6], days[last]), RULE)
        np.testing.assert_array_equal(mean[last], figures.mean_rounded)
        np.testing.assert_array_equal(count[last], figures.n_valid)
    assert count[14, 0] == 0
    assert np.isnan(mean[14, 0])
    assert count[2, 1] == 3


def test_window_without_days_is_refused() -> None:
    with pytest.raises(CallerError, match="0 days"):
        running_mean(np.zeros((3, 6)), RULE, days=0)

"""Verdicts of a period and exceedance multiples."""

from datetime import date, timedelta

import numpy as np
import pytest

from lantian.rules import Rulebook
from lantian.science.attainment import Attainment, Verdict, attainment, exceedance_multiple
from lantian.science.statistics.period import PeriodStatistics, period_statistics
from lantian.terms.periods import Period, PeriodKind
from lantian.terms.pollutants import BASIC, Pollutant

RULES = Rulebook.packaged()
FIRST = date(2027, 1, 1)
YEAR = Period.containing(PeriodKind.YEAR, FIRST)
EVALUATION = RULES.evaluation(YEAR.last)
LIMITS = RULES.limits(YEAR.last)
PM25, CO, O3 = (BASIC.index(one) for one in (Pollutant.PM25, Pollutant.CO, Pollutant.O3))


def clean_year() -> np.ndarray:
    return np.tile(np.array([8.0, 20.0, 0.8, 100.0, 50.0, 25.0]), (365, 1))


def figures_of(daily: np.ndarray) -> PeriodStatistics:
    return period_statistics(daily, FIRST, YEAR, EVALUATION)


def judged(daily: np.ndarray, area_class: int = 2) -> Attainment:
    return attainment(figures_of(daily), LIMITS, EVALUATION, area_class)


def test_clean_year_attains_in_everything() -> None:
    verdict = judged(clean_year())
    assert verdict.everything == Verdict.ATTAINS
    assert verdict.everything_headline == Verdict.ATTAINS
    assert (verdict.pollutant == Verdict.ATTAINS).all()
    assert np.isnan(verdict.mean_multiple).all()
    assert (verdict.limits, verdict.rule) == (LIMITS.id, EVALUATION.id)


def test_co_and_ozone_have_no_annual_mean_to_meet() -> None:
    verdict = judged(clean_year())
    assert verdict.mean[[CO, O3]].tolist() == [Verdict.NO_LIMIT, Verdict.NO_LIMIT]
    assert (verdict.percentile == Verdict.ATTAINS).all()


def test_pollutant_with_a_good_mean_and_a_bad_percentile_fails_formally_only() -> None:
    daily = clean_year()
    daily[:30, PM25] = 90.0  # mean 30.3 judged as 30; P95 = 90 above 60
    verdict = judged(daily)
    assert verdict.mean[PM25] == Verdict.ATTAINS
    assert verdict.percentile[PM25] == Verdict.EXCEEDS
    assert verdict.pollutant[PM25] == Verdict.EXCEEDS
    assert verdict.headline[PM25] == Verdict.ATTAINS
    assert verdict.everything == Verdict.EXCEEDS
    assert verdict.everything_headline == Verdict.ATTAINS
    assert verdict.percentile_multiple[PM25] == 0.5


def test_ozone_headline_is_its_percentile() -> None:
    daily = clean_year()
    daily[:60, O3] = 200.0
    verdict = judged(daily)
    assert verdict.headline[O3] == Verdict.EXCEEDS
    assert verdict.percentile_multiple[O3] == 0.25
    assert np.isnan(verdict.mean_multiple[O3])


@pytest.mark.parametrize(
    ("high", "mean", "judged_as", "verdict"),
    [
        (146, 30.4, 30.0, Verdict.ATTAINS),
        (182, 30.4986, 30.0, Verdict.ATTAINS),
        (183, 30.5014, 31.0, Verdict.EXCEEDS),
        (365, 31.0, 31.0, Verdict.EXCEEDS),
    ],
)
def test_mean_is_judged_without_its_printed_decimal(
    high: int, mean: float, judged_as: float, verdict: Verdict
) -> None:
    daily = clean_year()
    daily[:, PM25] = 30.0
    daily[:high, PM25] = 31.0
    figures = figures_of(daily)
    assert figures.mean[PM25] == pytest.approx(mean, abs=5e-5)
    assert figures.mean_attainment[PM25] == judged_as
    assert judged(daily).mean[PM25] == verdict


def test_refused_year_is_not_judged_and_no_whole_attains() -> None:
    daily = clean_year()
    daily[:60, PM25] = np.nan
    verdict = judged(daily)
    assert verdict.pollutant[PM25] == Verdict.NOT_JUDGED
    assert verdict.everything == Verdict.NOT_JUDGED
    daily[:, O3] = 300.0
    assert judged(daily).everything == Verdict.EXCEEDS  # one known failure is enough


def test_protected_area_has_its_own_limits() -> None:
    verdict = judged(clean_year(), 1)
    assert verdict.pollutant[PM25] == Verdict.EXCEEDS
    assert verdict.pollutant[O3] == Verdict.ATTAINS
    assert verdict.mean_multiple[PM25] == 0.67
    both = np.stack([clean_year(), clean_year()])
    figures = period_statistics(both, FIRST, YEAR, EVALUATION)
    mixed = attainment(figures, LIMITS, EVALUATION, np.array([1, 2]))
    assert mixed.everything.tolist() == [Verdict.EXCEEDS, Verdict.ATTAINS]


def test_edition_decides_the_verdict() -> None:
    daily = clean_year()
    daily[:, PM25] = 33.0
    figures = figures_of(daily)
    old = attainment(figures, RULES.limits(date(2025, 12, 31)), EVALUATION)
    final = attainment(figures, RULES.limits(date(2031, 12, 31)), EVALUATION)
    assert old.mean[PM25] == Verdict.ATTAINS
    assert attainment(figures, LIMITS, EVALUATION).mean_multiple[PM25] == 0.1
    assert final.mean_multiple[PM25] == 0.32


def test_limit_with_a_half_is_met_by_whole_figures_below_it_only() -> None:
    rows = tuple(
        row.model_copy(update={"grade_2": row.grade_2 + type(row.grade_2)("0.5")})
        if row.pollutant == "pm25" and row.grade_2 is not None and row.statistic == "annual_mean"
        else row
        for row in LIMITS.limits
    )
    limits = LIMITS.model_copy(update={"limits": rows})  # 30.5
    daily = clean_year()
    daily[:, PM25] = 31.0
    assert attainment(figures_of(daily), limits, EVALUATION).mean[PM25] == Verdict.EXCEEDS
    daily[:, PM25] = 30.0
    assert attainment(figures_of(daily), limits, EVALUATION).mean[PM25] == Verdict.ATTAINS


def test_multiple_is_rounded_half_to_even_and_absent_within_the_limit() -> None:
    value = np.array([36.0, 35.0, 34.0, np.nan, 105.0])
    np.testing.assert_array_equal(
        exceedance_multiple(value, np.array(35.0), 2), [0.03, np.nan, np.nan, np.nan, 2.0]
    )
    assert exceedance_multiple(np.array([41.0, 43.0]), np.array(40.0), 2).tolist() == [0.02, 0.08]
    assert np.isnan(exceedance_multiple(np.array([5.0]), np.array(np.nan), 2)).all()


def test_month_is_judged_although_its_minimum_is_no_law() -> None:
    month = Period(PeriodKind.MONTH, FIRST, FIRST + timedelta(days=30))
    daily = np.full((10, 6), 20.0)
    daily[:, CO] = 0.8
    figures = period_statistics(daily, FIRST, month, EVALUATION)
    assert attainment(figures, LIMITS, EVALUATION).everything == Verdict.ATTAINS

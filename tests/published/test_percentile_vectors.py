"""Vectors 19 to 21 of the standards reference, computed with exact fractions; the formula is that of HJ 663."""

from datetime import date, timedelta

import duckdb
import numpy as np
import pytest

from lantian.rules import Choice, Rulebook
from lantian.science.attainment import Verdict, attainment
from lantian.science.statistics.period import percentile, period_statistics
from lantian.terms.periods import Period, PeriodKind
from lantian.terms.pollutants import BASIC, Pollutant

FIRST = date(2026, 7, 1)
CO_DAYS = [0.6, 0.9, 1.1, 0.8, 1.4, 1.0, 0.7, 1.2, 1.3, 0.5]
O3_30 = [50.0 + 4 * n for n in range(30)]
O3_31 = [50.0 + 5 * n for n in range(31)]


def figure(rulebook: Rulebook, pollutant: Pollutant, values: list[float], variant: str = "default") -> tuple:
    daily = np.full((len(values), 6), np.nan)
    place = BASIC.index(pollutant)
    daily[:, place] = values
    rule = rulebook.evaluation(FIRST, Choice(variants={"evaluation": variant}))
    period = Period(PeriodKind.RUNNING, FIRST, FIRST + timedelta(days=len(values) - 1))
    found = period_statistics(daily, FIRST, period, rule)
    return float(found.percentile[place]), float(found.percentile_rounded[place])


def test_vector_19_p95_of_ten_co_days(rulebook: Rulebook) -> None:
    steps = percentile(CO_DAYS, 95)
    assert steps is not None
    assert (float(steps.k), float(steps.exact)) == (9.55, 1.355)
    assert figure(rulebook, Pollutant.CO, CO_DAYS) == (1.355, 1.4)


def test_vector_20_p90_of_thirty_and_of_thirty_one_ozone_days(rulebook: Rulebook) -> None:
    assert (O3_30[-1], O3_31[-1]) == (166.0, 200.0)
    steps = percentile(O3_30, 90)
    assert steps is not None
    assert (float(steps.k), float(steps.exact)) == (27.1, 154.4)
    assert figure(rulebook, Pollutant.O3, O3_30) == (154.4, 154.0)
    assert figure(rulebook, Pollutant.O3, O3_30, "nearest_rank") == (154.0, 154.0)
    whole = percentile(O3_31, 90)
    assert whole is not None
    assert (whole.k, whole.exact) == (28, 185)
    assert figure(rulebook, Pollutant.O3, O3_31) == (185.0, 185.0)


@pytest.mark.parametrize(("values", "p"), [(CO_DAYS, 95), (O3_30, 90), (O3_31, 90)])
def test_formula_is_the_linear_one_of_numpy_and_duckdb(values: list[float], p: int) -> None:
    steps = percentile(values, p)
    assert steps is not None
    assert float(steps.exact) == pytest.approx(np.percentile(values, p), rel=1e-14)
    rows = ", ".join(f"({value!r}::double)" for value in values)
    [found] = duckdb.sql(f"select quantile_cont(v, {p / 100}) from (values {rows}) as t(v)").fetchall()[0]
    assert float(steps.exact) == pytest.approx(found, rel=1e-14)


@pytest.mark.parametrize(
    ("mean", "judged_as", "verdict"),
    [
        (30.4, 30.0, Verdict.ATTAINS),
        (30.5, 30.0, Verdict.ATTAINS),
        (30.51, 31.0, Verdict.EXCEEDS),
        (31.5, 32.0, Verdict.EXCEEDS),
    ],
)
def test_vector_21_annual_pm25_is_judged_without_its_decimal(
    rulebook: Rulebook, mean: float, judged_as: float, verdict: Verdict
) -> None:
    # 2028 is a leap year: a mean of exactly 30.5 needs 183 days of 30 and 183 of 31
    year = Period.containing(PeriodKind.YEAR, date(2028, 1, 1))
    rule, limits = rulebook.evaluation(year.last), rulebook.limits(year.last)
    place = BASIC.index(Pollutant.PM25)
    daily = np.full((year.days, 6), 10.0)
    daily[:, place] = np.floor(mean)
    above = round((mean - np.floor(mean)) * year.days)
    daily[:above, place] += 1
    found = period_statistics(daily, year.first, year, rule)
    assert found.mean[place] == pytest.approx(mean, abs=0.002)
    assert found.mean_attainment[place] == judged_as
    assert attainment(found, limits, rule).mean[place] == verdict


def test_vector_21_edge_is_exact(rulebook: Rulebook) -> None:
    year = Period.containing(PeriodKind.YEAR, date(2028, 1, 1))
    place = BASIC.index(Pollutant.PM25)
    daily = np.full((year.days, 6), 30.0)
    for above, judged_as in ((182, 30.0), (183, 30.0), (184, 31.0)):
        daily[:, place] = [31.0] * above + [30.0] * (year.days - above)
        found = period_statistics(daily, year.first, year, rulebook.evaluation(year.last))
        assert found.mean_attainment[place] == judged_as, above

"""Period means, percentiles and their validity."""

from datetime import date, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction

import duckdb
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lantian.rules import Choice, EvaluationRule, Rulebook
from lantian.science.statistics.period import (
    PeriodReason,
    PeriodStatistics,
    percentile,
    period_statistics,
    window,
)
from lantian.terms.errors import CallerError
from lantian.terms.periods import Period, PeriodKind
from lantian.terms.pollutants import BASIC, Pollutant

PM25 = BASIC.index(Pollutant.PM25)
CO = BASIC.index(Pollutant.CO)
O3 = BASIC.index(Pollutant.O3)
RULES = Rulebook.packaged()
OLD = RULES.evaluation(date(2024, 12, 31))
NEW = RULES.evaluation(date(2027, 12, 31))
YEAR = Period.containing(PeriodKind.YEAR, date(2027, 1, 1))
FIRST = YEAR.first

day_value = st.one_of(st.none(), st.integers(0, 900))


def filled(days: int = 365, value: float = 20.0) -> np.ndarray:
    daily = np.full((days, 6), value)
    daily[:, CO] = 0.8
    return daily


def of_pm25(values: list[float], rule: EvaluationRule = NEW) -> PeriodStatistics:
    daily = np.full((len(values), 6), np.nan)
    daily[:, PM25] = values
    period = Period(PeriodKind.RUNNING, FIRST, FIRST + timedelta(days=len(values) - 1))
    return period_statistics(daily, FIRST, period, rule)


def decimal_rounding(value: Fraction, decimals: int) -> float:
    """An independent way: through `decimal` with many digits."""
    number = Decimal(value.numerator) / Decimal(value.denominator)
    return float(number.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_EVEN))


def test_mean_of_a_period_is_that_of_rounded_days() -> None:
    # unrounded days have the mean 30.5 -> 30; rounded ones 30, 30, 31, 32 -> 30.75
    figures = of_pm25([30.4, 30.5, 30.6, 31.5])
    assert figures.mean[PM25] == 30.75
    assert figures.mean_rounded[PM25] == 30.8
    assert figures.mean_attainment[PM25] == 31.0


def test_period_and_attainment_are_each_rounded_once_from_the_exact_mean() -> None:
    # 30.4545… -> 30.5 for print; for attainment 30, and never 30.5 -> 30 by way of the printed figure
    figures = of_pm25([30.0] * 6 + [31.0] * 5)
    assert (figures.mean_rounded[PM25], figures.mean_attainment[PM25]) == (30.5, 30.0)
    stepped = of_pm25([30.0] * 10 + [31.0] * 9 + [31.0, 31.0])  # 30.5238 -> 30.5 printed, 31 judged
    assert (stepped.mean_rounded[PM25], stepped.mean_attainment[PM25]) == (30.5, 31.0)


def test_edition_decides_the_digits_of_a_period_mean() -> None:
    values = [30.0] * 6 + [31.0] * 5
    assert of_pm25(values, OLD).mean_rounded[PM25] == 30.0
    assert of_pm25(values, NEW).mean_rounded[PM25] == 30.5
    wider = RULES.evaluation(date(2027, 1, 1), Choice(variants={"evaluation": "one_more_digit"}))
    daily = np.full((3, 6), np.nan)
    daily[:, CO] = [0.8, 0.9, 0.9]
    period = Period(PeriodKind.RUNNING, FIRST, FIRST + timedelta(days=2))
    assert period_statistics(daily, FIRST, period, wider).mean_rounded[CO] == 0.87


def test_headline_is_the_mean_of_four_and_the_percentile_of_co_and_ozone() -> None:
    daily = np.tile(np.arange(1.0, 32.0)[:, None], (1, 6))
    daily[:, CO] /= 10
    figures = period_statistics(daily, FIRST, Period.containing(PeriodKind.MONTH, FIRST), NEW)
    assert figures.headline.tolist() == [16.0, 16.0, 3.0, 28.0, 16.0, 16.0]
    assert figures.headline_attainment.tolist() == [16.0, 16.0, 3.0, 28.0, 16.0, 16.0]


def test_missing_days_count_neither_in_the_mean_nor_as_zero() -> None:
    figures = of_pm25([10.0, np.nan, 30.0])
    assert (figures.mean[PM25], figures.n_valid[PM25], figures.n_total) == (20.0, 2, 3)
    assert figures.n_valid[CO] == 0
    assert np.isnan(figures.mean[CO])
    assert np.isnan(figures.headline[CO])


def test_zero_is_a_value() -> None:
    assert of_pm25([0.0, 0.0]).mean_rounded[PM25] == 0.0


def missing_days(per_month: list[int]) -> np.ndarray:
    """A year whose months lack so many days each."""
    daily = filled()
    for month, lacking in enumerate(per_month, start=1):
        start = (date(2027, month, 1) - FIRST).days
        daily[start : start + lacking, PM25] = np.nan
    return daily


# every month at its minimum (4 days missing of 31, 3 of 30, 3 of February), but December: 41 days missing in all
MOST = [4, 3, 4, 3, 4, 3, 4, 4, 3, 4, 3, 2]


@pytest.mark.parametrize(
    ("per_month", "n_valid", "reason"),
    [
        ([0] * 12, 365, PeriodReason.VALID),
        (MOST, 324, PeriodReason.VALID),
        ([*MOST[:11], 3], 323, PeriodReason.TOO_FEW_DAYS),
        ([31] * 12, 0, PeriodReason.NO_DATA),
    ],
)
def test_year_needs_324_valid_days(per_month: list[int], n_valid: int, reason: PeriodReason) -> None:
    figures = period_statistics(missing_days(per_month), FIRST, YEAR, NEW)
    assert (figures.n_valid[PM25], figures.reason[PM25]) == (n_valid, reason)
    assert np.isnan(figures.mean_attainment[PM25]) == reason.refused


@pytest.mark.parametrize(
    ("month", "valid", "reason"),
    [
        (1, 27, PeriodReason.VALID),
        (1, 26, PeriodReason.TOO_FEW_IN_A_MONTH),
        (2, 25, PeriodReason.VALID),
        (2, 24, PeriodReason.TOO_FEW_IN_A_MONTH),
    ],
)
def test_year_needs_27_days_in_each_month_and_25_in_february(month: int, valid: int, reason: PeriodReason) -> None:
    daily = filled()
    start = (date(2027, month, 1) - FIRST).days
    stop = (date(2027, month + 1, 1) - FIRST).days
    daily[start + valid : stop, PM25] = np.nan
    figures = period_statistics(daily, FIRST, YEAR, NEW)
    assert figures.reason[PM25] == reason
    assert np.isnan(figures.mean_rounded[PM25]) == reason.refused
    assert figures.mean[PM25] == 20.0  # the evidence stays
    assert figures.reason[O3] == PeriodReason.VALID


def test_month_below_the_minimum_is_shown_and_flagged() -> None:
    month = Period.containing(PeriodKind.MONTH, FIRST)
    daily = filled(31)
    daily[:10] = np.nan
    figures = period_statistics(daily, FIRST, month, NEW)
    assert (figures.reason == PeriodReason.MONTH_BELOW_MINIMUM).all()
    assert not figures.refused.any()
    assert figures.headline[PM25] == 20.0
    assert (figures.n_valid[PM25], figures.n_total) == (21, 31)


def test_month_below_a_lawful_minimum_is_refused() -> None:
    strict = NEW.model_copy(update={"month_minimum_is_lawful": True})
    daily = filled(31)
    daily[:10] = np.nan
    figures = period_statistics(daily, FIRST, Period.containing(PeriodKind.MONTH, FIRST), strict)
    assert (figures.reason == PeriodReason.TOO_FEW_IN_A_MONTH).all()
    assert np.isnan(figures.headline).all()


def test_year_to_date_judges_its_whole_months_only() -> None:
    daily = filled(40)
    to_date = Period.containing(PeriodKind.YEAR_TO_DATE, date(2027, 2, 9))
    assert (period_statistics(daily, FIRST, to_date, NEW).reason == PeriodReason.VALID).all()
    daily[:5] = np.nan
    figures = period_statistics(daily, FIRST, to_date, NEW)
    assert (figures.reason == PeriodReason.MONTH_BELOW_MINIMUM).all()
    assert figures.n_total == 40


def test_days_outside_the_array_are_missing_days() -> None:
    figures = period_statistics(filled(100), FIRST, YEAR, NEW)
    assert (figures.reason == PeriodReason.TOO_FEW_DAYS).all()
    assert (figures.n_valid == 100).all()
    before = period_statistics(filled(100), FIRST, Period.containing(PeriodKind.YEAR, date(2025, 1, 1)), NEW)
    assert (before.reason == PeriodReason.NO_DATA).all()
    assert np.isnan(before.percentile).all()


def test_array_that_begins_before_the_period_is_cut_to_it() -> None:
    daily = filled(59)
    daily[:31, PM25] = 99.0
    assert window(Period.containing(PeriodKind.MONTH, date(2027, 2, 1)), FIRST, 59) == slice(31, 59)
    february = period_statistics(daily, FIRST, Period.containing(PeriodKind.MONTH, date(2027, 2, 1)), NEW)
    assert february.mean[PM25] == 20.0


def test_array_without_six_pollutants_is_refused_with_its_shape() -> None:
    with pytest.raises(CallerError, match=r"\(10, 5\)"):
        period_statistics(np.zeros((10, 5)), FIRST, YEAR, NEW)


def test_nearest_rank_is_an_option_of_the_rule() -> None:
    nearest = RULES.evaluation(date(2027, 1, 1), Choice(variants={"evaluation": "nearest_rank"}))
    values = [50.0 + 4 * n for n in range(30)]
    values[-1] = 400.0
    daily = np.full((30, 6), np.nan)
    daily[:, O3] = values
    period = Period(PeriodKind.RUNNING, FIRST, FIRST + timedelta(days=29))
    assert period_statistics(daily, FIRST, period, nearest).percentile[O3] == 154.0
    assert period_statistics(daily, FIRST, period, NEW).percentile[O3] == 154.4


def test_percentile_outside_its_range_is_refused() -> None:
    with pytest.raises(CallerError, match="101"):
        percentile([1.0], 101)
    assert percentile([float("nan")], 90) is None


@given(st.lists(day_value, min_size=1, max_size=60), st.sampled_from(["linear", "nearest_rank"]))
@settings(max_examples=150, deadline=None)
def test_arrays_give_what_fractions_give(values: list[int | None], method: str) -> None:
    rule = NEW.model_copy(update={"percentile_method": method})
    known = [value for value in values if value is not None]
    daily = np.full((len(values), 6), np.nan)
    for place in range(6):
        scale = 10 if place == CO else 1
        daily[:, place] = [np.nan if value is None else value / scale for value in values]
    period = Period(PeriodKind.RUNNING, FIRST, FIRST + timedelta(days=len(values) - 1))
    figures = period_statistics(daily, FIRST, period, rule)
    for place, pollutant in enumerate(BASIC):
        if not known:
            assert np.isnan(figures.mean_rounded[place])
            continue
        scale = 10 if place == CO else 1
        mean = Fraction(sum(known), len(known) * scale)
        steps = percentile([value / scale for value in known], rule.percentiles[pollutant], method)
        assert steps is not None
        shown, judged = rule.decimals_period.of(pollutant), rule.decimals_attainment.of(pollutant)
        assert figures.mean_rounded[place] == decimal_rounding(mean, shown)
        assert figures.mean_attainment[place] == decimal_rounding(mean, judged)
        assert figures.percentile_rounded[place] == decimal_rounding(steps.exact, shown)
        assert figures.percentile_attainment[place] == decimal_rounding(steps.exact, judged)


@given(st.lists(st.integers(0, 900), min_size=1, max_size=80), st.integers(0, 100))
@settings(max_examples=150, deadline=None)
def test_percentile_is_that_of_numpy_and_lies_between_the_extremes(values: list[int], p: int) -> None:
    steps = percentile([float(value) for value in values], p)
    assert steps is not None
    assert min(values) <= steps.exact <= max(values)
    assert steps.lower <= steps.exact <= steps.upper
    assert float(steps.exact) == pytest.approx(np.percentile(values, p), rel=1e-12)


@given(st.lists(st.integers(0, 900), min_size=1, max_size=60))
@settings(max_examples=60, deadline=None)
def test_percentile_never_falls_as_p_rises(values: list[int]) -> None:
    found = [percentile([float(value) for value in values], p) for p in range(0, 101, 5)]
    exacts = [steps.exact for steps in found if steps is not None]
    assert len(exacts) == 21
    assert exacts == sorted(exacts)


def test_percentile_is_that_of_duckdb_quantile_cont() -> None:
    rng = np.random.default_rng(20260301)
    with duckdb.connect() as database:
        for n in (1, 2, 30, 31, 365):
            values = rng.integers(1, 300, n).astype(float)
            daily = np.full((n, 6), np.nan)
            daily[:, O3] = values
            period = Period(PeriodKind.RUNNING, FIRST, FIRST + timedelta(days=n - 1))
            rows = ", ".join(f"({value})" for value in values)
            [theirs] = database.sql(f"select quantile_cont(v, 0.9) from (values {rows}) as t(v)").fetchall()[0]
            ours = period_statistics(daily, FIRST, period, NEW).percentile[O3]
            assert ours == pytest.approx(float(theirs), rel=1e-12), n


@given(st.lists(day_value, min_size=2, max_size=50), st.data())
@settings(max_examples=80, deadline=None)
def test_order_of_days_does_not_matter(values: list[int | None], data: st.DataObject) -> None:
    series = [np.nan if value is None else float(value) for value in values]
    shuffled = data.draw(st.permutations(series))
    one, other = of_pm25(series), of_pm25(list(shuffled))
    for name in ("mean_rounded", "percentile_rounded", "total_units", "n_valid", "reason"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name))


def test_order_of_subjects_does_not_matter_and_extra_axes_do_not_either() -> None:
    rng = np.random.default_rng(7)
    daily = rng.integers(1, 200, (4, 5, 31, 6)).astype(float)
    month = Period.containing(PeriodKind.MONTH, FIRST)
    together = period_statistics(daily, FIRST, month, NEW)
    turned = period_statistics(daily[::-1], FIRST, month, NEW)
    alone = period_statistics(daily[2, 3], FIRST, month, NEW)
    np.testing.assert_array_equal(together.headline[::-1], turned.headline)
    np.testing.assert_array_equal(together.headline[2, 3], alone.headline)


@given(st.lists(day_value, min_size=3, max_size=90), st.integers(1, 89))
@settings(max_examples=80, deadline=None)
def test_sums_of_a_split_period_are_those_of_the_whole(values: list[int | None], cut: int) -> None:
    cut = min(cut, len(values) - 1)
    series = [np.nan if value is None else float(value) for value in values]
    whole, head, tail = of_pm25(series), of_pm25(series[:cut]), of_pm25(series[cut:])
    assert whole.total_units[PM25] == head.total_units[PM25] + tail.total_units[PM25]
    assert whole.n_valid[PM25] == head.n_valid[PM25] + tail.n_valid[PM25]


def test_months_of_a_year_add_up_to_it() -> None:
    rng = np.random.default_rng(11)
    daily = rng.integers(1, 200, (3, 365, 6)).astype(float)
    daily[rng.random(daily.shape) < 0.05] = np.nan
    year = period_statistics(daily, FIRST, YEAR, NEW)
    months = [
        period_statistics(daily, FIRST, Period.containing(PeriodKind.MONTH, date(2027, month, 1)), NEW)
        for month in range(1, 13)
    ]
    np.testing.assert_array_equal(year.total_units, sum(one.total_units for one in months))
    np.testing.assert_array_equal(year.n_valid, sum(one.n_valid for one in months))

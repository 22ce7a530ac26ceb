"""Good, heavy and exceeding days, and of how many."""

from datetime import date

import numpy as np
import pytest

from lantian.rules import Rulebook
from lantian.science.statistics.counts import (
    DayCounts,
    day_counts,
    exceedance_days,
    limit_row,
    limit_units,
    percent,
)
from lantian.terms.errors import CallerError
from lantian.terms.periods import Period, PeriodKind

FIRST = date(2026, 7, 1)
JULY = Period.containing(PeriodKind.MONTH, FIRST)
RULES = Rulebook.packaged()
EVALUATION = RULES.evaluation(FIRST)
LIMITS = RULES.limits(FIRST)


def counted(aqi: list[int], complete: list[bool] | None = None, primary: list[int] | None = None) -> DayCounts:
    index = np.array(aqi, dtype=np.int16)
    whole = np.array(complete if complete is not None else [value >= 0 for value in aqi])
    lead = np.array(primary if primary is not None else [0] * len(aqi), dtype=np.uint8)
    return day_counts(index, index >= 0, whole, lead, FIRST, JULY, EVALUATION, RULES.categories(FIRST))


def test_published_example_of_thirty_good_days_in_thirty_one() -> None:
    assert counted([60] * 30 + [101]).ratio("good") == 96.8


def test_ratio_names_its_denominator() -> None:
    counts = counted([60, 101] + [-1] * 29)
    assert counts.ratio("good", "valid") == 50.0
    assert counts.ratio("good", "calendar") == 3.2
    assert (int(counts.valid), counts.calendar) == (2, 31)


def test_bounds_of_good_and_heavy_days() -> None:
    counts = counted([100, 101, 200, 201, 301])
    assert (int(counts.good), int(counts.heavy)) == (1, 2)
    assert counts.ratio("heavy") == 40.0
    assert counts.by_level.tolist() == [0, 1, 1, 1, 1, 1]


def test_index_of_zero_and_one_are_of_the_first_level() -> None:
    assert counted([0, 1, 50, 51]).by_level.tolist() == [3, 1, 0, 0, 0, 0]


def test_incomplete_polluted_days_are_counted_apart() -> None:
    counts = counted([60, 128, 90], complete=[True, False, True])
    assert (int(counts.valid), int(counts.complete), int(counts.incomplete_polluted)) == (3, 2, 1)


def test_two_leaders_of_one_day_count_for_both() -> None:
    counts = counted([120, 60, 40], primary=[0b110000, 0b001000, 0])
    assert counts.by_primary.tolist() == [0, 0, 0, 1, 1, 1]


def test_unpublished_days_count_nowhere() -> None:
    index = np.array([40, 150], dtype=np.int16)
    counts = day_counts(
        index, np.array([False, True]), np.array([True, True]), np.array([0, 32], dtype=np.uint8), FIRST, JULY,
        EVALUATION, RULES.categories(FIRST),
    )  # fmt: skip
    assert (int(counts.valid), int(counts.good)) == (1, 0)
    assert counts.by_primary.sum() == 1


def test_period_without_a_valid_day_has_no_ratio() -> None:
    counts = counted([-1, -1])
    assert np.isnan(counts.ratio("good"))
    assert counts.ratio("good", "calendar") == 0.0


def test_counts_of_months_add_up_to_those_of_the_quarter() -> None:
    rng = np.random.default_rng(5)
    index = rng.integers(-1, 320, (3, 92)).astype(np.int16)
    lead = rng.integers(0, 64, (3, 92)).astype(np.uint8)

    def of(kind: PeriodKind, day: date) -> DayCounts:
        period = Period.containing(kind, day)
        args = (index, index >= 0, index >= 0, lead, FIRST)
        return day_counts(*args, period, EVALUATION, RULES.categories(FIRST))

    quarter = of(PeriodKind.QUARTER, FIRST)
    months = [of(PeriodKind.MONTH, date(2026, month, 1)) for month in (7, 8, 9)]
    for name in ("valid", "good", "heavy", "by_level", "by_primary"):
        np.testing.assert_array_equal(getattr(quarter, name), sum(getattr(one, name) for one in months))
    np.testing.assert_array_equal(quarter.by_level.sum(axis=-1), quarter.valid)


def test_shapes_that_differ_are_refused() -> None:
    index = np.zeros((2, 31), dtype=np.int16)
    with pytest.raises(CallerError, match="shapes differ"):
        day_counts(
            index, index[0] >= 0, index >= 0, index.astype(np.uint8), FIRST, JULY, EVALUATION,
            RULES.categories(FIRST),
        )  # fmt: skip


def test_share_is_rounded_half_to_even_from_whole_numbers() -> None:
    # 1 of 16 is 6.25 -> 6.2; 3 of 16 is 18.75 -> 18.8
    assert percent(np.array([1, 3]), np.array([16, 16]), 1).tolist() == [6.2, 18.8]


def test_days_are_judged_by_the_daily_limit_and_not_by_the_annual_one() -> None:
    daily = np.array([[8.0, 20.0, 0.8, 100.0, 70.0, 45.0]])  # PM2.5 above 30, below 60
    found = exceedance_days(daily, FIRST, JULY, LIMITS, EVALUATION)
    assert found.exceeding.tolist() == [0, 0, 0, 0, 0, 0]
    assert found.attainment_rate.tolist() == [100.0] * 6


def test_day_is_rounded_before_it_is_judged() -> None:
    daily = np.array([[8.0, 20.0, 4.04, 160.5, 120.4, 60.6]])
    assert exceedance_days(daily, FIRST, JULY, LIMITS, EVALUATION).exceeding.tolist() == [0, 0, 0, 0, 0, 1]


def test_edition_decides_what_exceeds() -> None:
    daily = np.array([[8.0, 20.0, 0.8, 100.0, 130.0, 70.0]])
    old = exceedance_days(daily, FIRST, JULY, RULES.limits(date(2025, 7, 1)), EVALUATION)
    assert old.exceeding.tolist() == [0] * 6
    assert exceedance_days(daily, FIRST, JULY, LIMITS, EVALUATION).exceeding.tolist() == [0, 0, 0, 0, 1, 1]


def test_each_subject_is_judged_by_its_own_area_class() -> None:
    daily = np.tile(np.array([8.0, 20.0, 0.8, 120.0, 55.0, 40.0]), (2, 1, 1))
    found = exceedance_days(daily, FIRST, JULY, LIMITS, EVALUATION, np.array([1, 2]))
    assert found.exceeding.tolist() == [[0, 0, 0, 1, 1, 1], [0, 0, 0, 0, 0, 0]]
    with pytest.raises(CallerError, match="area class"):
        limit_row(LIMITS, "daily", 3)


def test_pollutant_without_a_limit_has_no_exceedance() -> None:
    bare = LIMITS.model_copy(update={"limits": tuple(row for row in LIMITS.limits if row.pollutant != "pm25")})
    found = exceedance_days(np.full((31, 6), 1.0), FIRST, JULY, bare, EVALUATION)
    assert found.exceeding[5] == -1
    assert np.isnan(found.attainment_rate[5])


def test_missing_days_are_not_attaining_days() -> None:
    daily = np.full((31, 6), np.nan)
    daily[:3, 5] = [50.0, 70.0, 80.0]
    found = exceedance_days(daily, FIRST, JULY, LIMITS, EVALUATION)
    assert (int(found.valid[5]), float(found.attainment_rate[5])) == (3, 33.3)
    assert np.isnan(found.attainment_rate[0])


def test_limit_is_cut_to_whole_units_without_a_binary_trap() -> None:
    # 0.29 * 100 is 28.999999999999996 in binary
    assert limit_units(np.array([0.29, 37.5]), np.array([2, 0])).tolist() == [29.0, 37.0]

"""Kilograms: by hand, of valid hours only, and what may stand in for an hour without data."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lantian.rules import Rulebook, SourceDataRule
from lantian.science.emission.amounts import HourOrigin, hourly_amount, substitute, sum_of_hours
from lantian.science.emission.oxygen import convert
from lantian.terms.errors import CallerError

BOOK = Rulebook.packaged()
RULE = next(row for row in BOOK.editions("source_data") if isinstance(row, SourceDataRule) and row.until is None)
GAP = [np.nan]


def test_an_hour_by_hand() -> None:
    found = hourly_amount(np.array([28.4, 0.0, 28.4, 28.4]), np.array([650_000.0, 650_000.0, np.nan, -1.0]))
    assert found[0] == pytest.approx(18.46, rel=1e-15)
    assert found[1] == 0.0
    assert np.isnan(found[2:]).all()


@given(st.floats(0, 500), st.floats(0, 20.9), st.floats(0, 20), st.floats(0, 20), st.floats(0, 1e7))
def test_mass_does_not_know_the_reference_oxygen(
    concentration: float, oxygen: float, one: float, other: float, flow: float
) -> None:
    measured, gas = np.array([concentration]), np.array([flow])
    converted = [convert(measured, np.array([oxygen]), reference, RULE).values for reference in (one, other)]
    assert hourly_amount(measured, gas)[0] == pytest.approx(concentration * flow * 1e-6, rel=1e-12)
    if one != other and concentration > 1 and flow > 1 and abs(one - other) > 1:
        assert hourly_amount(converted[0], gas) != hourly_amount(converted[1], gas)


def test_a_day_is_the_sum_of_its_hours_and_is_not_scaled_again() -> None:
    day = sum_of_hours(np.full((1, 24), 18.46))
    assert day.values[0] == pytest.approx(443.04, rel=1e-14)


def test_missing_hours_are_counted_and_never_nought() -> None:
    day = sum_of_hours(np.array([1.0, np.nan, 2.0, np.nan]), stopped=np.array([False, False, False, True]))
    assert (float(day.values), int(day.counts), int(day.missing)) == (3.0, 2, 1)
    assert np.isnan(sum_of_hours(np.full(24, np.nan)).values)


def test_a_source_that_stood_has_no_amount_and_misses_nothing() -> None:
    day = sum_of_hours(np.full(24, np.nan), stopped=np.ones(24, dtype=bool))
    assert np.isnan(day.values)
    assert (int(day.counts), int(day.missing)) == (0, 0)


@given(st.lists(st.floats(0, 100), min_size=2, max_size=48), st.integers(1, 47))
def test_sums_add_up_over_any_cut(hours: list[float], cut: int) -> None:
    whole = np.array(hours)
    parts = [part for part in np.split(whole, [min(cut, len(hours) - 1)]) if part.size]
    assert sum(float(sum_of_hours(part).values) for part in parts) == pytest.approx(
        float(sum_of_hours(whole).values), rel=1e-12
    )


# ------------------------------------------------------------------------------------------- substitution


def series(*parts: list[float]) -> np.ndarray:
    return np.array([value for part in parts for value in part])


def test_a_short_gap_takes_the_largest_of_the_last_180_valid_hours(rule: SourceDataRule) -> None:
    hours = series([99.0], [5.0] * 20, [7.0], [3.0] * 159, GAP * 24, [4.0])
    found = substitute(hours, 0.95, rule)
    assert set(found.values[181:205].tolist()) == {99.0 if hours[:181].size < 181 else 7.0}
    assert set(found.looked_at[181:205].tolist()) == {180}
    assert found.values[-1] == 4.0


def test_a_long_gap_takes_the_largest_of_the_last_720(rule: SourceDataRule) -> None:
    hours = series([99.0], [7.0], [3.0] * 719, GAP * 25)
    found = substitute(hours, 0.90, rule)
    assert set(found.values[721:].tolist()) == {7.0}
    assert set(found.looked_at[721:].tolist()) == {720}


@pytest.mark.parametrize("gap", [1, 24, 25, 100])
def test_a_poor_quarter_takes_the_largest_of_the_last_2160(rule: SourceDataRule, gap: int) -> None:
    hours = series([99.0], [50.0], [3.0] * 2159, GAP * gap)
    found = substitute(hours, 0.89, rule)
    assert set(found.values[2161:].tolist()) == {50.0}


@pytest.mark.parametrize("rate", [0.7499, 0.0, np.nan])
def test_a_quarter_with_too_little_data_gets_nothing(rule: SourceDataRule, rate: float) -> None:
    found = substitute(series([5.0] * 10, GAP), rate, rule)
    assert np.isnan(found.values[-1])
    assert found.origin[-1] == HourOrigin.CAPTURE_TOO_LOW


def test_a_gap_at_the_beginning_has_nothing_to_take_from(rule: SourceDataRule) -> None:
    found = substitute(series(GAP, [5.0]), 0.99, rule)
    assert np.isnan(found.values[0])
    assert found.origin.tolist() == [HourOrigin.NOTHING_TO_TAKE_FROM, HourOrigin.MEASURED]


def test_hours_that_are_fewer_than_the_rule_asks_are_used_and_counted(rule: SourceDataRule) -> None:
    found = substitute(series([5.0, 6.0], GAP), 0.99, rule)
    assert (found.values[2], found.looked_at[2]) == (6.0, 2)


def test_stopped_hours_get_nothing_and_do_not_part_a_gap(rule: SourceDataRule) -> None:
    hours = series([99.0], [7.0] * 180, GAP * 40)
    stopped = np.zeros(hours.size, dtype=bool)
    stopped[190:200] = True
    found = substitute(hours, 0.95, rule, stopped=stopped)
    assert np.isnan(found.values[190:200]).all()
    assert set(found.origin[190:200].tolist()) == {HourOrigin.STOPPED}
    assert found.values[181] == 99.0, "30 missing hours are a long gap, which looks 720 hours back"


def test_amounts_sent_while_the_source_stood_are_neither_kept_nor_taken_from(rule: SourceDataRule) -> None:
    found = substitute(series([5.0, 400.0], GAP), 0.95, rule, stopped=np.array([False, True, False]))
    assert found.values[2] == 5.0
    assert np.isnan(found.values[1])


def test_a_gap_across_quarters_follows_the_rate_of_each_hour(rule: SourceDataRule) -> None:
    hours = series([9.0], [1.0] * 200, GAP * 2)
    rates = np.full(hours.size, 0.95)
    rates[-1] = 0.80
    found = substitute(hours, rates, rule)
    assert found.values[-2:].tolist() == [1.0, 9.0]


def test_several_outlets_at_once_are_refused(rule: SourceDataRule) -> None:
    with pytest.raises(CallerError, match="one outlet at a time"):
        substitute(np.zeros((2, 3)), 0.95, rule)


@given(st.lists(st.one_of(st.floats(0, 100), st.just(float("nan"))), min_size=1, max_size=60), st.floats(0.75, 1))
def test_substitution_keeps_what_was_measured_and_never_exceeds_it(hours: list[float], rate: float) -> None:
    given_hours = np.array(hours)
    found = substitute(given_hours, rate, RULE)
    measured = ~np.isnan(given_hours)
    np.testing.assert_array_equal(found.values[measured], given_hours[measured])
    if measured.any():
        assert np.nanmax(found.values) == np.nanmax(given_hours)

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from lantian.science.quality.runs import Suspicion, equal_runs, median_along, said, stretches


def test_runs_stand_in_the_order_of_rows_and_hours_with_both_ends() -> None:
    mask = np.array([[False, True, True], [True, False, True]])
    assert stretches(mask).tolist() == [[0, 1, 2], [1, 0, 0], [1, 2, 2]]


def test_runs_that_are_too_short_are_left_out() -> None:
    assert stretches(np.array([[True, False, True, True]]), least=2).tolist() == [[0, 2, 3]]


def test_a_gap_ends_a_run_of_equal_values() -> None:
    values = np.array([[4.0, 4.0, np.nan, 4.0, 4.0, 4.0]])
    assert equal_runs(values, 3).tolist() == [[0, 3, 5]]


def test_missing_values_are_not_equal_to_each_other() -> None:
    assert len(equal_runs(np.full((2, 10), np.nan), 2)) == 0


def test_too_few_hours_have_no_runs() -> None:
    assert len(equal_runs(np.ones((1, 2)), 3)) == 0


@given(st.lists(st.sampled_from([1.0, 2.0, np.nan]), min_size=2, max_size=40), st.integers(2, 5))
def test_every_run_of_equal_values_is_found_once_and_is_as_long_as_it_can_be(row: list[float], least: int) -> None:
    values = np.array([row])
    expected = []
    start = 0
    for at in range(1, len(row) + 1):
        if at == len(row) or row[at] != row[start]:
            if at - start >= least and row[start] == row[start]:
                expected.append([0, start, at - 1])
            start = at
    assert equal_runs(values, least).tolist() == expected


@given(st.lists(st.floats(-1e3, 1e3) | st.just(np.nan), min_size=1, max_size=9), st.integers(1, 5))
def test_median_of_what_is_there_is_that_of_numpy(row: list[float], least: int) -> None:
    known = [value for value in row if value == value]
    expected = float(np.median(known)) if len(known) >= least else np.nan
    np.testing.assert_allclose(median_along(np.array([row]), 1, least), [expected], rtol=1e-12)


def test_median_along_an_axis_without_members_is_missing() -> None:
    assert np.isnan(median_along(np.empty((3, 0)), 1)).all()


def test_evidence_shows_few_digits_and_no_missing_number() -> None:
    assert said(0.123456) == 0.1235
    assert said(float("inf")) is None


def test_length_counts_both_ends() -> None:
    assert Suspicion("constant", 0, "pm25", 3, 5).length == 3

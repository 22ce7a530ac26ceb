"""Checks of an analyser: how long they stand, and what a failed one throws doubt on."""

import numpy as np
import pytest

from lantian.rules import SourceDataRule
from lantian.science.emission.upkeep import check_interval, out_of_control
from lantian.terms.errors import CallerError, RuleError


@pytest.mark.parametrize(
    ("check", "kind", "automatic", "days"),
    [
        ("zero_span", "extractive_gas", True, 1),
        ("zero_span", "extractive_gas", False, 7),
        ("zero_span", "in_situ_gas", False, 15),
        ("zero_span", "particulate", False, 15),
        ("zero_span", "flow", True, 1),
        ("zero_span", "flow", False, 30),
        ("whole_path", "extractive_gas", True, 92),
        ("verification", "in_situ_gas", True, 184),
        ("verification", "particulate", False, 92),
    ],
)
def test_intervals_of_checks(rule: SourceDataRule, check: str, kind: str, automatic: bool, days: int) -> None:
    assert check_interval(check, kind, rule, automatic=automatic) == days * 24


def test_a_check_that_is_not_laid_down_is_an_error(rule: SourceDataRule) -> None:
    with pytest.raises(RuleError, match="no interval for the check whole_path of flow"):
        check_interval("whole_path", "flow", rule, automatic=True)


def hours(checked: list[int], passed: list[bool], interval: int = 24, of: int = 72) -> list[int]:
    return (
        out_of_control(np.array(checked, dtype=int), np.array(passed, dtype=bool), of, interval)
        .nonzero()[0]
        .tolist()
    )


def test_checks_that_pass_in_time_leave_no_doubt() -> None:
    assert hours([0, 24, 48], [True] * 3) == []
    assert hours([-5, 18, 40, 60], [True] * 4) == []


def test_an_overdue_check_throws_doubt_from_the_end_of_its_interval() -> None:
    assert hours([0, 30, 54], [True] * 3) == list(range(24, 30))
    assert hours([0], [True], of=30) == list(range(24, 30))


def test_a_failed_check_throws_doubt_back_to_the_last_and_on_to_the_next_that_passed() -> None:
    assert hours([0, 20, 25, 47], [True, False, True, True], of=48) == list(range(25))


def test_two_failed_checks_in_a_row_are_one_stretch() -> None:
    assert hours([0, 10, 20, 30], [True, False, False, True], of=40) == list(range(30))


def test_without_a_check_nothing_is_under_control() -> None:
    assert hours([], [], of=3) == [0, 1, 2]
    assert hours([2], [True], of=4) == [0, 1]


def test_checks_out_of_order_are_refused() -> None:
    with pytest.raises(CallerError, match="must rise in time"):
        hours([5, 2], [True, True])
    with pytest.raises(CallerError, match="must rise in time"):
        hours([5], [True, True])

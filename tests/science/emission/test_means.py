"""Means of minutes, hours, days and months, the flags of periods, and the cause that the text loses."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lantian.rules import Rulebook, SourceDataRule
from lantian.science.emission.means import (
    day_mean,
    hour_mean,
    mean_of_valid,
    minute_mean,
    month_mean,
    period_flags,
)
from lantian.terms.errors import CallerError

BOOK = Rulebook.packaged()
RULE = next(row for row in BOOK.editions("source_data") if isinstance(row, SourceDataRule) and row.until is None)


def some(valid: int, of: int, value: float = 30.0) -> np.ndarray:
    return np.array([value] * valid + [np.nan] * (of - valid))


@pytest.mark.parametrize(("valid", "there"), [(60, True), (45, True), (44, False), (0, False)])
def test_an_hour_asks_for_45_minutes(rule: SourceDataRule, valid: int, there: bool) -> None:
    found = hour_mean(some(valid, 60), rule)
    assert (found.valid, int(found.counts)) == (there, valid)
    assert np.isnan(found.evidence) == (valid == 0)


@pytest.mark.parametrize(("valid", "there"), [(24, True), (20, True), (19, False), (18, False)])
def test_a_day_asks_for_20_hours(rule: SourceDataRule, valid: int, there: bool) -> None:
    assert day_mean(some(valid, 24), rule).valid == there


@pytest.mark.parametrize(("valid", "of", "there"), [(12, 12, True), (11, 12, False), (12, 60, True)])
def test_a_minute_asks_for_12_samples(rule: SourceDataRule, valid: int, of: int, there: bool) -> None:
    assert minute_mean(some(valid, of), rule).valid == there


def test_february_asks_for_fewer_days(rule: SourceDataRule) -> None:
    assert month_mean(some(23, 28), 2, rule).valid
    assert not month_mean(some(22, 28), 2, rule).valid
    assert month_mean(some(25, 30), 11, rule).valid
    assert not month_mean(some(24, 30), 11, rule).valid


def test_values_that_are_not_valid_do_not_enter(rule: SourceDataRule) -> None:
    hour = np.array([30.0] * 50 + [1000.0] * 10)
    valid = hour < 100
    assert hour_mean(hour, rule, valid=valid).values == 30.0
    assert np.isnan(hour_mean(hour, rule, valid=~valid).values)


def test_an_hour_of_another_length_is_refused(rule: SourceDataRule) -> None:
    with pytest.raises(CallerError, match="has 59 values and needs 60"):
        hour_mean(np.zeros(59), rule)
    with pytest.raises(CallerError, match="needs 24"):
        day_mean(np.float64(3.0), rule)


def test_known_decimals_make_the_mean_exact() -> None:
    tenths = np.array([0.1, 0.2, 0.3, 0.4, 0.7, 0.8, 0.9, 1.0] * 3)
    assert mean_of_valid(tenths, 1, decimals=1).values == 0.55


@given(st.lists(st.floats(0, 1e4), min_size=45, max_size=60))
def test_a_mean_lies_between_its_values(minutes: list[float]) -> None:
    hour = np.array(minutes + [np.nan] * (60 - len(minutes)))
    mean = float(hour_mean(hour, RULE).values)
    assert min(minutes) * (1 - 1e-12) <= mean <= max(minutes) * (1 + 1e-12)


# ------------------------------------------------------------------------------------------- flags


def flags(**counts: int) -> np.ndarray:
    return np.array([[flag if flag != "_" else "" for flag, count in counts.items() for _ in range(count)]])


@pytest.mark.parametrize(
    ("minutes", "flag", "cause"),
    [
        ({"N": 60}, "N", "N"),
        ({"N": 45, "M": 15}, "N", "N"),
        ({"N": 44, "M": 16}, "D", "M"),
        ({"N": 30, "C": 20, "M": 10}, "D", "C"),
        ({"N": 40, "F": 10, "T": 10}, "D", "T"),
        ({"F": 60}, "D", "F"),
        ({"N": 40, "_": 20}, "D", "B"),
        ({"_": 60}, "D", "B"),
        ({"N": 20, "Z": 40}, "D", "Z"),
    ],
)
def test_flag_and_cause_of_an_hour(rule: SourceDataRule, minutes: dict[str, int], flag: str, cause: str) -> None:
    found = period_flags(flags(**minutes), rule)
    assert (found.flags[0], found.causes[0]) == (flag, cause)
    assert found.normal_counts[0] == minutes.get("N", 0)


def test_a_day_of_18_hours_is_flagged_normal_and_has_no_valid_mean(rule: SourceDataRule) -> None:
    assert period_flags(flags(N=18, D=6), rule).flags[0] == "N"
    assert period_flags(flags(N=17, D=7), rule).flags[0] == "D"
    assert not day_mean(some(18, 24), rule).valid


def test_one_abnormal_value_spoils_a_period_of_waste_water(rule: SourceDataRule) -> None:
    assert period_flags(flags(N=59, C=1), rule, water=True).causes[0] == "C"
    assert period_flags(flags(N=60), rule, water=True).flags[0] == "N"


def test_the_share_may_be_taken_of_what_came(rule: SourceDataRule) -> None:
    lenient = rule.model_copy(update={"flag_share_of": "received"})
    assert period_flags(flags(N=30, _=30), rule).flags[0] == "D"
    assert period_flags(flags(N=30, _=30), lenient).flags[0] == "N"
    assert period_flags(flags(_=60), lenient).flags[0] == "D"


def test_many_hours_at_once(rule: SourceDataRule) -> None:
    hours = np.concatenate([flags(N=60), flags(N=10, C=50)])
    assert period_flags(hours, rule).causes.tolist() == ["N", "C"]

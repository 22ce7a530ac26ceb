"""What the rest of a year may bring, against brute force."""

from datetime import date, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lantian.rules import Choice, Rulebook
from lantian.science.allowance import (
    good_day_allowance,
    mean_allowance,
    mean_course,
    percentile_allowance,
    percentile_course,
    worst_case_of,
)
from lantian.science.statistics.period import percentile
from lantian.terms.errors import CallerError
from lantian.terms.pollutants import Pollutant

RULES = Rulebook.packaged()
RULE = RULES.evaluation(date(2027, 12, 31))
NEAREST = RULES.evaluation(date(2027, 12, 31), Choice(variants={"evaluation": "nearest_rank"}))
FIRST = date(2027, 1, 1)


def judged(total: int, count: int, scale: int, decimals: int) -> Decimal:
    mean = Decimal(total) / Decimal(count * scale)
    return mean.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_EVEN)


@given(
    st.lists(st.one_of(st.none(), st.integers(0, 150)), max_size=300),
    st.integers(1, 365),
    st.integers(5, 60),
)
@settings(max_examples=200, deadline=None)
def test_one_unit_more_than_the_allowance_fails(values: list[int | None], remaining: int, limit: int) -> None:
    series = [float("nan") if value is None else float(value) for value in values]
    known = [value for value in values if value is not None]
    found = mean_allowance(series, remaining, Decimal(limit), Pollutant.PM25, RULE)
    total, count = sum(known), len(known) + remaining
    rest = int(found.rest_total)
    assert found.n_valid == len(known)
    if found.lost:
        assert judged(total, count, 1, 0) > limit  # even with zero for the rest
        assert found.rest_mean is None
    else:
        assert judged(total + rest, count, 1, 0) <= limit
    assert judged(max(total + rest + 1, 0), count, 1, 0) > limit


def test_even_limit_bears_its_tie_and_an_odd_one_does_not() -> None:
    # 2 days of 30, 2 to come: a mean of exactly 30.5 is judged as 30
    even = mean_allowance([30.0, 30.0], 2, Decimal(30), Pollutant.PM25, RULE)
    assert (even.bound, even.bound_attains, even.rest_total) == (Fraction(61, 2), True, 62)
    # a mean of exactly 35.5 is judged as 36
    odd = mean_allowance([35.0, 35.0], 2, Decimal(35), Pollutant.PM25, RULE)
    assert (odd.bound, odd.bound_attains, odd.rest_total) == (Fraction(71, 2), False, 71)


def test_co_counts_in_tenths() -> None:
    found = mean_allowance([4.0, 4.0], 2, Decimal(4), Pollutant.CO, RULE)
    assert found.bound == Fraction(405, 100)
    assert found.rest_total == Fraction(82, 10)  # 16.2 over 4 days is 4.05 -> 4.0
    assert found.rest_mean == Fraction(41, 10)


def test_shown_mean_is_cut_down_and_never_up() -> None:
    found = mean_allowance([34.0] * 200, 165, Decimal(30), Pollutant.PM25, RULE)
    assert found.rest_mean == Fraction(4332, 165)  # 26.2545…
    assert found.rest_mean_shown() == Decimal("26.2")
    assert found.rest_mean_shown(2) == Decimal("26.25")


def test_lost_target_allows_no_mean() -> None:
    found = mean_allowance([90.0] * 200, 165, Decimal(30), Pollutant.PM25, RULE)
    assert found.lost
    assert found.rest_total < 0
    assert found.rest_mean_shown() is None


def test_last_day_of_the_year_allows_no_further_mean() -> None:
    found = mean_allowance([30.0] * 365, 0, Decimal(30), Pollutant.PM25, RULE)
    assert not found.lost
    assert found.rest_mean is None
    assert found.mean_so_far == 30


def test_year_not_begun_allows_the_bound_itself() -> None:
    found = mean_allowance([], 365, Decimal(30), Pollutant.PM25, RULE)
    assert found.mean_so_far is None
    assert found.rest_total == 11132  # 30.5 times 365 is 11132.5
    with pytest.raises(CallerError, match="one place"):
        mean_allowance(np.zeros((2, 2)), 1, Decimal(30), Pollutant.PM25, RULE)


@given(st.lists(st.one_of(st.none(), st.integers(0, 120)), min_size=1, max_size=60), st.integers(0, 40))
@settings(max_examples=100, deadline=None)
def test_course_is_the_verdict_of_each_day_by_itself(values: list[int | None], after: int) -> None:
    series = [float("nan") if value is None else float(value) for value in values]
    days = len(series) + after
    course = mean_course(series, FIRST, days, Decimal(30), Pollutant.PM25, RULE, worst_case=100.0)
    for place in range(len(series)):
        rest = days - place - 1
        so_far = series[: place + 1]
        alone = mean_allowance(so_far, rest, Decimal(30), Pollutant.PM25, RULE)
        assert course.lost[place] == alone.lost
        known = [int(value) for value in so_far if not np.isnan(value)]
        safe = bool(known) and all(
            judged(sum(known) + 100 * more, len(known) + more, 1, 0) <= 30 for more in range(rest + 1)
        )
        assert course.won[place] == safe
        if rest and not alone.lost:
            assert alone.rest_mean is not None
            assert course.allowance[place] == pytest.approx(float(alone.rest_mean))
    assert not (course.lost & course.won).any()
    assert (np.diff(course.lost.astype(int)) >= 0).all()  # what is lost stays lost


def test_day_on_which_a_mean_was_lost() -> None:
    bad = mean_course([80.0] * 200, FIRST, 365, Decimal(30), Pollutant.PM25, RULE, worst_case=120.0)
    assert bad.lost_on == FIRST + timedelta(days=139)  # 140 days of 80 make 11200 > 11132
    assert bad.won_on is None
    hopeful = mean_course(
        [80.0] * 200, FIRST, 365, Decimal(30), Pollutant.PM25, RULE, worst_case=120.0, best_case=10.0
    )
    assert hopeful.lost_on is not None
    assert hopeful.lost_on < FIRST + timedelta(days=139)


def test_day_on_which_a_mean_was_won() -> None:
    good = mean_course([10.0] * 365, FIRST, 365, Decimal(30), Pollutant.PM25, RULE, worst_case=100.0)
    # n days of 10 and the rest of 100: 36500 - 90 n <= 11132 from n = 282 on
    assert good.won_on == FIRST + timedelta(days=281)
    assert good.lost_on is None


def test_target_that_was_safe_and_is_not_any_more_is_not_won() -> None:
    values = [10.0] * 300 + [600.0] * 15
    course = mean_course(values, FIRST, 365, Decimal(30), Pollutant.PM25, RULE, worst_case=100.0)
    assert course.won[290]
    assert course.won_on is None


def test_course_longer_than_its_year_is_refused() -> None:
    with pytest.raises(CallerError, match="365 days"):
        mean_course([1.0] * 366, FIRST, 365, Decimal(30), Pollutant.PM25, RULE, worst_case=1.0)
    with pytest.raises(CallerError, match="365 days"):
        percentile_course([1.0] * 366, FIRST, 365, Decimal(60), Pollutant.PM25, RULE)


@pytest.mark.parametrize("rule", [RULE, NEAREST], ids=["linear", "nearest_rank"])
@pytest.mark.parametrize("n", [1, 2, 10, 21, 100, 324, 365, 366])
def test_bounds_of_exceeding_days_by_brute_force(rule: object, n: int) -> None:
    found = percentile_allowance([], n, Decimal(160), Pollutant.O3, rule)

    def p90(exceeding: int, value: float) -> int:
        steps = percentile([100.0] * (n - exceeding) + [value] * exceeding, 90, rule.percentile_method)
        assert steps is not None
        return round(steps.exact)

    assert p90(found.allowed, 100000.0) <= 160
    if found.at_most > found.allowed:
        assert p90(found.at_most, 100000.0) > 160
        assert p90(found.at_most, 161.0) <= 160
    if found.at_most < n:
        near = [160.0] * (n - found.at_most - 1) + [161.0] * (found.at_most + 1)
        steps = percentile(near, 90, rule.percentile_method)
        assert steps is not None
        assert round(steps.exact) > 160


def test_exceeding_days_used_are_judged_on_rounded_days() -> None:
    found = percentile_allowance([160.4, 160.6, float("nan"), 200.0], 361, Decimal(160), Pollutant.O3, RULE)
    assert (found.used, found.left, found.lost) == (2, found.allowed - 2, False)
    assert found.allowed == 364 - 328  # k of 364 days is 327.7


def test_lost_and_won_days_of_a_percentile() -> None:
    bad = percentile_course([170.0] * 60, FIRST, 365, Decimal(160), Pollutant.O3, RULE)
    assert bad.lost_on == FIRST + timedelta(days=37)
    good = percentile_course([100.0] * 365, FIRST, 365, Decimal(160), Pollutant.O3, RULE)
    # the rest may all exceed once it is 36 days long
    assert good.won_on == FIRST + timedelta(days=328)
    assert good.allowance[-1] == 36.0


@given(st.integers(1, 366), st.integers(0, 1000), st.integers(0, 1))
@settings(max_examples=300, deadline=None)
def test_good_day_allowance_by_brute_force(days: int, tenths: int, decimals: int) -> None:
    target = Decimal(tenths) / 10
    found = good_day_allowance(0, 0, days, target, decimals)

    def meets(bad: int) -> bool:
        ratio = Decimal(100 * (days - bad)) / Decimal(days)
        return ratio.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_EVEN) >= target

    bearable = [bad for bad in range(days + 1) if meets(bad)]
    assert found.allowed == max(bearable)
    assert found.at_most == found.allowed


def test_good_day_ratio_counts_what_was_used() -> None:
    found = good_day_allowance(150, 181, 184, Decimal("80.0"))
    # 292 of 365 days are 80.0 %, 291 are 79.7 %
    assert (found.used, found.allowed, found.left) == (31, 73, 42)
    lost = good_day_allowance(100, 181, 184, Decimal("80.0"))
    assert lost.lost
    with pytest.raises(CallerError, match="good days"):
        good_day_allowance(10, 9, 1, Decimal(80))


@given(st.lists(st.sampled_from([100.0, 161.0, float("nan")]), min_size=1, max_size=40), st.integers(0, 20))
@settings(max_examples=100, deadline=None)
def test_percentile_course_is_right_whatever_the_rest_brings(values: list[float], after: int) -> None:
    days = len(values) + after
    course = percentile_course(values, FIRST, days, Decimal(160), Pollutant.O3, RULE)

    def p90(so_far: list[float], clean: int, foul: int, foul_value: float) -> int:
        steps = percentile([*so_far, *[0.0] * clean, *[foul_value] * foul], 90)
        assert steps is not None
        return round(steps.exact)

    for place in range(len(values)):
        so_far, rest = [value for value in values[: place + 1] if not np.isnan(value)], days - place - 1
        if not so_far:
            assert not course.won[place]
            continue
        if course.won[place]:
            assert all(p90(so_far, 0, foul, 100000.0) <= 160 for foul in range(rest + 1))
        if course.lost[place]:
            assert all(p90(so_far, clean, 0, 0.0) > 160 for clean in range(rest + 1))


def test_single_precision_means_the_decimal_that_it_prints() -> None:
    series = np.array([0.35, 0.35], dtype=np.float32)
    found = mean_allowance(series, 0, Decimal(4), Pollutant.CO, RULE)
    assert found.mean_so_far == Fraction(4, 10)


def test_worst_case_comes_from_past_days_or_from_the_caller() -> None:
    assert worst_case_of([float(value) for value in range(1, 102)]) == 99.0
    assert worst_case_of([10.0, float("nan"), 30.0], 100) == 30.0
    with pytest.raises(CallerError, match="worst daily value"):
        worst_case_of([float("nan")])

"""Proposals of dust periods and the days without dust."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl
import pytest

from lantian.rules import DustRule, Rulebook
from lantian.science.dust import (
    ApprovedPeriod,
    DustEnd,
    DustProposal,
    DustTrigger,
    affected_days,
    deduct_days,
    propose,
    side,
)
from lantian.terms.errors import CallerError, RuleError

RULE: DustRule = Rulebook.packaged().dust(date(2021, 3, 15))
ZONE = ZoneInfo("Asia/Shanghai")
START = datetime(2021, 3, 15, tzinfo=ZONE)
CALM = [80.0] * 6


def proposed(pm10: list[float], share: float | list[float] = 0.4, **options: object) -> list[DustProposal]:
    coarse = np.array(pm10)
    return propose(START, coarse, coarse * np.array(share), RULE, **options)  # type: ignore[arg-type]


def test_jump_starts_and_return_to_the_reference_ends_a_period() -> None:
    [found] = proposed([*CALM, 160, 900, 300, 89, 88, 80])
    assert (found.start, found.end) == (START + timedelta(hours=6), START + timedelta(hours=10))
    assert (found.trigger, found.ended_by) == (DustTrigger.PM10_JUMP, DustEnd.BACK)
    assert (found.reference_pm10, found.peak_pm10, found.jump, found.hours) == (80.0, 900.0, 11.25, 4)
    assert found.peak_at == START + timedelta(hours=7)
    assert found.reference_ratio == pytest.approx(0.4)
    assert found.rule == RULE.id


def test_jump_must_reach_twice_the_reference_and_exceed_the_floor() -> None:
    assert proposed([*CALM, 159, 80]) == []
    assert len(proposed([*CALM, 160, 80])) == 1
    assert proposed([70.0] * 6 + [150, 70]) == []  # more than twice, but not above 150
    assert len(proposed([70.0] * 6 + [151, 70])) == 1


def test_fall_of_the_ratio_starts_a_period_without_a_jump() -> None:
    [found] = proposed([*CALM, 155, 155, 80], [0.4] * 6 + [0.2, 0.2, 0.4])
    assert found.trigger == DustTrigger.RATIO_DROP
    assert found.start_ratio == pytest.approx(0.2)
    assert found.lowest_ratio == pytest.approx(0.2)


def test_fall_of_the_ratio_in_clean_air_is_shown_only_on_request() -> None:
    clean, share = [20.0] * 6 + [30, 30, 20], [0.4] * 6 + [0.2, 0.2, 0.4]
    assert proposed(clean, share) == []
    [found] = proposed(clean, share, peak_above_floor=False)
    assert found.peak_pm10 == 30.0


def test_both_signs_together_are_named() -> None:
    [found] = proposed([*CALM, 400, 80], [0.4] * 6 + [0.1, 0.4])
    assert found.trigger == DustTrigger.BOTH


def test_reference_stays_that_of_the_start() -> None:
    # half-way up again within the period: no second proposal
    assert len(proposed([*CALM, 400, 200, 600, 80])) == 1


def test_two_periods_do_not_overlap() -> None:
    first, second = proposed([*CALM, 400, 80, *CALM, 500, 80])
    assert first.end <= second.start


def test_period_is_cut_at_its_longest_length_or_at_the_end_of_the_data() -> None:
    [long] = proposed([*CALM, *[400.0] * RULE.longest_hours, 80.0])
    assert (long.hours, long.ended_by) == (RULE.longest_hours, DustEnd.LONGEST)
    [open_end] = proposed([*CALM, 400, 400])
    assert (open_end.hours, open_end.ended_by) == (2, DustEnd.DATA_ENDS)


def test_missing_hours_neither_start_nor_end_a_period() -> None:
    gap = float("nan")
    [found] = proposed([*CALM, 400, gap, gap, 300, 80])
    assert (found.hours, found.missing_hours) == (4, 2)
    assert proposed([gap] * 6 + [400, 400]) == []
    assert proposed([gap] * 4 + [80, 80, 400, 80]) == []  # two hours are no reference
    assert len(proposed([gap] * 4 + [80, 80, 400, 80], required_reference_hours=2)) == 1
    assert len(proposed([gap] * 3 + [80, 80, 80, 400, 80])) == 1


def test_proposal_needs_no_fine_particles() -> None:
    coarse = np.array([*CALM, 400, 80])
    [found] = propose(START, coarse, np.full(8, np.nan), RULE)
    assert (found.start_ratio, found.reference_ratio, found.lowest_ratio) == (None, None, None)


def test_empty_and_unequal_series() -> None:
    assert propose(START, np.zeros(0), np.zeros(0), RULE) == []
    with pytest.raises(CallerError, match=r"\(3,\)"):
        propose(START, np.zeros(3), np.zeros(4), RULE)
    with pytest.raises(CallerError, match="timezone"):
        propose(datetime(2021, 3, 15), np.zeros(3), np.zeros(3), RULE)  # noqa: DTZ001 - the point of the test


def test_legal_days_are_those_of_the_citys_zone() -> None:
    # 16:00 UTC is midnight in the city
    period = ApprovedPeriod(datetime(2021, 3, 14, 15, tzinfo=UTC), datetime(2021, 3, 14, 17, tzinfo=UTC))
    assert affected_days([period], ZONE) == {date(2021, 3, 14), date(2021, 3, 15)}
    up_to_midnight = ApprovedPeriod(datetime(2021, 3, 14, 15, tzinfo=UTC), datetime(2021, 3, 14, 16, tzinfo=UTC))
    assert affected_days([up_to_midnight], ZONE) == {date(2021, 3, 14)}
    half_an_hour = ApprovedPeriod(START, START + timedelta(minutes=30))
    assert affected_days([half_an_hour], ZONE) == {date(2021, 3, 15)}


def test_long_period_touches_every_day_between() -> None:
    period = ApprovedPeriod(START + timedelta(hours=20), START + timedelta(hours=60))
    assert affected_days([period], ZONE) == {date(2021, 3, 15), date(2021, 3, 16), date(2021, 3, 17)}
    assert affected_days([], ZONE) == frozenset()


def test_period_without_zone_or_length_is_refused() -> None:
    with pytest.raises(CallerError, match="later than the start"):
        ApprovedPeriod(START, START)
    with pytest.raises(CallerError, match="timezone"):
        ApprovedPeriod(datetime(2021, 3, 15), START)  # noqa: DTZ001 - the point of the test


def test_deduction_takes_the_particles_of_the_whole_day_and_leaves_the_measured_side() -> None:
    measured = np.full((2, 3, 6), 50.0)
    before = measured.copy()
    deducted = deduct_days(measured, date(2021, 3, 14), {date(2021, 3, 15), date(2021, 4, 1)})
    np.testing.assert_array_equal(measured, before)
    assert np.isnan(deducted[:, 1, 4:]).all()
    np.testing.assert_array_equal(deducted[:, 1, :4], 50.0)
    np.testing.assert_array_equal(deducted[:, [0, 2]], 50.0)
    with pytest.raises(CallerError, match=r"\(3,\)"):
        deduct_days(np.zeros(3), date(2021, 3, 14), set())


def test_deducting_twice_is_deducting_once() -> None:
    measured = np.full((3, 6), 50.0)
    days = {date(2021, 3, 15)}
    once = deduct_days(measured, date(2021, 3, 14), days)
    np.testing.assert_array_equal(once, deduct_days(once, date(2021, 3, 14), days))


def test_side_of_a_statistic_is_the_rules_choice() -> None:
    assert side(RULE, "composite_index") == "dust_deducted"
    assert side(RULE, "good_day_ratio") == "measured"
    with pytest.raises(RuleError, match="aqi_mean"):
        side(RULE, "aqi_mean")


@pytest.mark.reference
def test_great_dust_storms_of_zhangjiakou_are_proposed(reference_data: Path) -> None:
    """Four storms that everyone remembers; the hourly city series is public (stamps are ends of hours)."""
    hours = (
        pl.read_parquet(reference_data / "cnemc_zhangjiakou_hourly" / "hourly.parquet")
        .filter((pl.col("city") == "张家口") & (pl.col("level") == "city"))
        .select("time", pl.col("PM10", "PM2.5").cast(pl.Float64).fill_nan(None))
        .sort("time")
        .upsample("time", every="1h")
    )
    first = hours["time"][0].replace(tzinfo=ZONE) - timedelta(hours=1)
    coarse, fine = (hours[name].to_numpy().astype(np.float64) for name in ("PM10", "PM2.5"))
    found = propose(first, coarse, fine, Rulebook.packaged().dust(date(2018, 1, 1)))
    days = {day for one in found for day in affected_days([ApprovedPeriod(one.start, one.end)], ZONE)}
    storms = {date(2015, 4, 15), date(2017, 5, 4), date(2018, 3, 28), date(2018, 11, 27)}
    assert storms <= days
    worst = max(found, key=lambda one: one.peak_pm10)
    assert (worst.start.date(), worst.peak_pm10) == (date(2018, 3, 27), 3248.0)
    spring = sum(one.start.month in (3, 4, 5) for one in found)
    assert spring / len(found) > 0.4, f"{spring} of {len(found)} proposals begin in spring"
    assert all(a.end <= b.start for a, b in pairwise(found))
    assert all(one.peak_pm10 > 150 for one in found)

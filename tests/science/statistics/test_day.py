from datetime import date
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lantian.rules import EvaluationRule, Rulebook
from lantian.science.aqi import NONE, pollutants_of
from lantian.science.statistics.day import (
    DAY_KEYS,
    DayReason,
    day_index,
    index_days,
    ozone_days,
    ozone_windows,
    running_8h_city,
    station_days,
)
from lantian.terms.errors import CallerError
from lantian.terms.pollutants import BASIC, Pollutant

LAW = Rulebook.packaged()
NOW = date(2026, 3, 1)
RULE = LAW.evaluation(NOW)
O3 = BASIC.index(Pollutant.O3)
hour_texts = st.one_of(st.none(), st.decimals("-5", "900", places=1), st.decimals("0", "300", places=3))
day_texts = st.lists(hour_texts, min_size=24, max_size=24)


def as_hours(texts: list[Decimal | None]) -> np.ndarray:
    return np.array([np.nan if x is None else float(x) for x in texts])


def day_of(**series: object) -> np.ndarray:
    """One day, shape (1, 24, 6), of 30 everywhere unless said otherwise."""
    hours = np.full((1, 24, 6), 30.0)
    for name, values in series.items():
        hours[0, :, BASIC.index(Pollutant(name))] = values
    return hours


def naive_mean(texts: list[Decimal | None], rule: EvaluationRule, decimals: int) -> Fraction | None:
    valid = [Fraction(x) for x in texts if x is not None]
    if len(valid) < rule.day_required_hours:
        return None
    return Fraction(round(sum(valid) / len(valid) * 10**decimals), 10**decimals)


def naive_mda8(texts: list[Decimal | None], rule: EvaluationRule, limit: int) -> tuple[int, int | None, DayReason]:
    means = []
    for end in range(rule.window_first_end, 25):
        valid = [Fraction(x) for x in texts[end - 8 : end] if x is not None]
        if len(valid) >= rule.window_required_hours:
            means.append(sum(valid) / len(valid))
    if not means:
        none = DayReason.NO_DATA if all(x is None for x in texts) else DayReason.TOO_FEW_WINDOWS
        return 0, None, none
    highest = round(max(means))
    if len(means) >= rule.day_required_windows:
        return len(means), highest, DayReason.VALID
    if highest > limit:
        return len(means), highest, DayReason.SHORT_BUT_ABOVE_LIMIT
    return len(means), None, DayReason.TOO_FEW_WINDOWS


def number(value: float) -> Fraction | None:
    return None if np.isnan(value) else Fraction(str(value))


@settings(max_examples=300, deadline=None)
@given(day_texts)
def test_highest_8_h_mean_equals_the_naive_fractions(texts: list[Decimal | None]) -> None:
    found = ozone_days(as_hours(texts), RULE, 160)
    windows, highest, reason = naive_mda8(texts, RULE, 160)
    assert (int(found.valid_windows), number(float(found.mda8)), DayReason(int(found.reason))) == (
        windows,
        highest,
        reason,
    )


@settings(max_examples=200, deadline=None)
@given(day_texts, st.sampled_from([p for p in BASIC if p is not Pollutant.O3]))
def test_daily_mean_equals_the_naive_fractions(texts: list[Decimal | None], pollutant: Pollutant) -> None:
    days = station_days(day_of(**{pollutant: as_hours(texts)}), RULE, 160)
    at = BASIC.index(pollutant)
    assert number(days.value[0, at]) == naive_mean(texts, RULE, RULE.decimals_day.of(pollutant))
    assert days.valid_hours[0, at] == sum(x is not None for x in texts)


def test_a_tie_of_decimals_goes_even_although_floats_would_not() -> None:
    hours = np.tile([0.4, 0.5], 12)
    assert sum(hours.tolist()) / 24 > 0.45
    assert station_days(day_of(co=hours), RULE, 160).value[0, BASIC.index(Pollutant.CO)] == 0.4
    assert station_days(day_of(pm25=np.tile([4.4, 4.6], 12)), RULE, 160).value[0, 5] == 4.0


@pytest.mark.parametrize(
    ("valid", "expected", "reason"),
    [
        (24, 40.0, DayReason.VALID),
        (20, 40.0, DayReason.VALID),
        (19, None, DayReason.TOO_FEW_HOURS),
        (1, None, DayReason.TOO_FEW_HOURS),
        (0, None, DayReason.NO_DATA),
    ],
)
def test_day_with_19_valid_hours_has_no_mean(valid: int, expected: float | None, reason: DayReason) -> None:
    hours = np.r_[np.full(valid, 40.5), np.full(24 - valid, np.nan)]
    days = station_days(day_of(so2=hours), RULE, 160)
    assert number(days.value[0, 0]) == expected
    assert number(days.unrounded[0, 0]) == (None if expected is None else Fraction(81, 2))
    assert DayReason(days.reason[0, 0]) is reason
    assert days.valid_hours[0, 0] == valid


def test_window_with_five_hours_is_not_valid_and_with_six_divides_by_six() -> None:
    hours = np.full(24, np.nan)
    hours[:6] = 180
    assert ozone_days(hours, RULE, 160).valid_windows == 1
    assert ozone_days(hours, RULE, 160).mda8 == 180
    hours[5] = np.nan
    assert ozone_days(hours, RULE, 160).valid_windows == 0


def test_no_window_reaches_back_into_the_day_before() -> None:
    hours = np.zeros((2, 24))
    hours[0] = 200
    assert ozone_days(hours, RULE, 160).mda8.tolist() == [200.0, 0.0]
    assert ozone_days(hours, RULE, 160).valid_windows.tolist() == [17, 17]


def test_the_last_window_ends_at_24_and_the_first_at_8() -> None:
    evening = np.r_[np.zeros(16), np.full(8, 80.0)]
    assert ozone_days(evening, RULE, 160).mda8 == 80
    assert ozone_days(evening[::-1].copy(), RULE, 160).mda8 == 80


def test_a_short_day_counts_only_when_its_rounded_mean_exceeds_the_limit() -> None:
    hours = np.full((4, 24), np.nan)
    hours[:, 10:] = np.array([160.0, 160.4, 160.6, 161.0])[:, None]
    found = ozone_days(hours, RULE, 160)
    assert [number(x) for x in found.mda8] == [None, None, 161, 161]
    assert [DayReason(r) for r in found.reason] == [DayReason.TOO_FEW_WINDOWS] * 2 + [
        DayReason.SHORT_BUT_ABOVE_LIMIT
    ] * 2
    assert np.isnan(ozone_days(hours, RULE, None).mda8).all()


def test_the_limit_of_the_area_class_decides_a_short_day() -> None:
    hours = np.full((2, 1, 24), np.nan)
    hours[..., 10:] = 120
    assert [number(x) for x in ozone_days(hours, RULE, np.array([[100.0], [160.0]])).mda8.ravel()] == [120, None]
    limits = LAW.limits(NOW)
    values = [
        day_index(np.repeat(hours[:1, 0, :, None], 6, 2), RULE, limits, LAW.aqi_day(NOW), area_class=grade)[
            0
        ].value
        for grade in (1, 2)
    ]
    assert [number(v[0, O3]) for v in values] == [120, None]


def test_the_highest_hour_of_ozone_stands_beside_and_needs_the_hours_of_a_day() -> None:
    hours = np.arange(24.0)
    assert station_days(day_of(o3=hours), RULE, 160).value[0].tolist() == [30, 30, 30, 20, 30, 30, 23]
    hours[:5] = np.nan
    assert DAY_KEYS[6] == "o3_1h"
    assert np.isnan(station_days(day_of(o3=hours), RULE, 160).value[0, 6])


def test_what_is_not_monitored_is_no_failure() -> None:
    monitored = np.array([True, True, True, False, True, True])
    days = station_days(day_of(), RULE, 160, monitored=monitored)
    assert [number(x) for x in days.value[0]] == [30, 30, 30, None, 30, 30, None]
    assert DayReason(days.reason[0, O3]) is DayReason.NOT_MONITORED
    assert (days.valid_hours[0, O3], days.valid_windows[0]) == (0, 0)
    assert index_days(days, LAW.aqi_day(NOW)).aqi.tolist() == [250]
    quiet = station_days(day_of(co=1.0), RULE, 160, monitored=monitored)
    assert index_days(quiet, LAW.aqi_day(NOW)).aqi.tolist() == [NONE]
    assert index_days(quiet, LAW.aqi_day(NOW), monitored).aqi.tolist() == [43]


def test_numbers_that_no_instrument_gives_count_as_missing() -> None:
    hours = np.full(24, 40.0)
    hours[:4] = [np.inf, -np.inf, 1e300, 1e6]
    assert station_days(day_of(pm10=hours), RULE, 160).value[0, 4] == 40
    hours[4] = 999_999.0
    assert station_days(day_of(pm10=hours), RULE, 160).value[0, 4] == round((19 * 40 + 999_999) / 20)


def test_negative_hours_enter_a_mean_as_they_are() -> None:
    days = station_days(day_of(so2=np.r_[np.full(23, -1.0), -2.0]), RULE, 160)
    assert days.value[0, 0] == -1
    assert index_days(days, LAW.aqi_day(NOW)).iaqi[0, 0] == NONE


def random_hours(shape: tuple[int, ...], seed: int = 5) -> np.ndarray:
    rng = np.random.default_rng(seed)
    hours = rng.integers(0, 300, size=(*shape, 24, 6)).astype(float)
    hours[..., 2] /= 100
    hours[rng.random(hours.shape) < 0.12] = np.nan
    return hours


def test_many_stations_equal_each_alone_whatever_the_threads() -> None:
    hours = random_hours((30, 365))
    together = station_days(hours, RULE, 160)
    assert together.value.shape == (30, 365, 7)
    assert together.reason.shape == (30, 365, 6)
    for station in (0, 17, 29):
        alone = station_days(hours[station], RULE, 160)
        for name in ("value", "unrounded", "valid_hours", "valid_windows", "reason"):
            np.testing.assert_array_equal(getattr(together, name)[station], getattr(alone, name))


def test_the_order_of_the_days_changes_nothing() -> None:
    hours = random_hours((60,))
    order = np.random.default_rng(2).permutation(60)
    straight, mixed = station_days(hours, RULE, 160), station_days(hours[order], RULE, 160)
    np.testing.assert_array_equal(straight.value[order], mixed.value)
    np.testing.assert_array_equal(straight.reason[order], mixed.reason)


def test_an_axis_that_is_not_24_hours_is_refused() -> None:
    with pytest.raises(CallerError, match=r"shape \(3, 23, 6\)"):
        station_days(np.zeros((3, 23, 6)), RULE, 160)


def test_an_edition_for_the_hour_cannot_judge_days() -> None:
    rule = LAW.by_id("hj633-2012-hour-text")
    with pytest.raises(CallerError, match="o3_8h, pm10_24h, pm25_24h"):
        index_days(station_days(day_of(), RULE, 160), rule)


def test_day_index_judges_by_the_edition_it_is_given() -> None:
    hours = np.full((1, 24, 6), [11, 44, 1.3, 98, 135, 68])
    for day, aqi, primary in ((NOW, 108, "pm25"), (date(2026, 2, 28), 93, "pm10")):
        _, index = day_index(hours, LAW.evaluation(day), LAW.limits(day), LAW.aqi_day(day))
        assert (index.aqi.tolist(), pollutants_of(index.primary[0])) == ([aqi], (Pollutant(primary),))


def test_the_mean_of_site_maxima_is_not_the_maximum_of_the_city_mean() -> None:
    morning = np.r_[np.full(8, 150.0), np.full(16, 50.0)]
    sites = np.stack([morning, morning[::-1]])[:, None, :]
    assert running_8h_city(sites, RULE, 160).mda8.tolist() == [100.0]
    assert ozone_days(sites, RULE, 160).mda8.mean() == 150


def test_a_city_hour_needs_its_share_of_sites() -> None:
    sites = np.full((4, 1, 24), 80.0)
    sites[0] = np.nan
    assert running_8h_city(sites, RULE, 160).valid_hours.tolist() == [24]
    sites[1] = np.nan
    assert DayReason(running_8h_city(sites, RULE, 160).reason[0]) is DayReason.NO_DATA


def test_windows_explain_the_highest_mean() -> None:
    hours = random_hours((1,))[0, :, O3]
    ends, count, mean = ozone_windows(hours, RULE)
    found = ozone_days(hours, RULE, 0)
    lawful = count >= RULE.window_required_hours
    assert ends.tolist() == list(range(8, 25))
    assert int(lawful.sum()) == found.valid_windows
    assert mean[lawful].max() == pytest.approx(float(found.unrounded), rel=1e-12)


def test_no_days_give_no_days() -> None:
    days = station_days(np.zeros((0, 24, 6)), RULE, 160)
    assert days.value.shape == (0, 7)
    assert index_days(days, LAW.aqi_day(NOW)).aqi.shape == (0,)

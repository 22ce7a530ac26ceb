"""Judged days become arrays: what is not held is missing, years fit on one calendar."""

from datetime import date

import numpy as np

from lantian.loop.plan.targets.goal_days import (
    DUST_DEDUCTED,
    MEASURED,
    AirDays,
    Side,
    past_calendars,
    read_air_days,
)


def made() -> AirDays:
    six = np.arange(2 * 3 * 6, dtype=np.float64).reshape(2, 3, 6)
    aqi = np.array([[10, 20, 30], [40, 50, 60]], dtype=np.int16)
    return AirDays(date(2024, 12, 30), date(2025, 1, 1), "original", {"a": 0, "b": 1}, {MEASURED: Side(six, aqi)})


def test_days_outside_what_is_held_are_missing() -> None:
    six, aqi = made().days("b", MEASURED, date(2024, 12, 29), date(2025, 1, 2))
    assert aqi.tolist() == [-1, 40, 50, 60, -1]
    assert np.isnan(six[0]).all()
    assert np.isnan(six[-1]).all()
    assert six[1, 0] == 18.0


def test_a_year_with_nothing_held_is_all_missing() -> None:
    six, aqi = made().year("a", MEASURED, 2020)
    assert six.shape == (366, 6)
    assert np.isnan(six).all()
    assert set(aqi.tolist()) == {-1}


def test_leap_years_and_common_ones_share_a_calendar() -> None:
    years = {2023: np.arange(365.0), 2024: np.arange(366.0)}
    common = past_calendars(years, 2025)
    assert common.shape == (2, 365)
    assert common[1, 59] == 60.0  # 1 March
    leap = past_calendars(years, 2028)
    assert leap.shape == (2, 366)
    assert np.isnan(leap[0, 59])


def test_an_empty_lake_gives_no_day(office) -> None:
    found = read_air_days(office, ["140400"], date(2025, 1, 1), date(2025, 12, 31))
    assert found.last is None
    six, _ = found.days("140400", DUST_DEDUCTED, date(2025, 1, 1), date(2025, 1, 31))
    assert np.isnan(six).all()

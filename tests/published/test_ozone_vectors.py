# Source: vectors 11a-11d of the reference on HJ 663, section 6.1.2 (daily highest 8 h ozone, computed exactly).
from datetime import date

import numpy as np
import pytest

from lantian.rules import Rulebook
from lantian.science.aqi import iaqi
from lantian.science.statistics.day import DayReason, ozone_days, ozone_windows

DAYS = (date(2026, 2, 28), date(2026, 3, 1))
FULL = "40 38 35 30 28 25 22 30 45 60 80 105 130 150 168 175 180 172 160 140 110 90 75 60"


def series(text: str) -> np.ndarray:
    return np.array([np.nan if mark == "-" else float(mark) for mark in text.split()])


def without(text: str, *hours: int) -> str:
    return " ".join("-" if n in hours else mark for n, mark in enumerate(text.split(), start=1))


VECTORS = {
    "11a": (FULL, 17, 159.375, 159.0, DayReason.VALID),
    "11b": (without(FULL, 16, 20), 17, 160.0, 160.0, DayReason.VALID),
    "11c": (
        "- " * 9 + "80 105 130 150 168 175 180 172 160 140 110 90 75 60 55",
        10,
        159.375,
        None,
        DayReason.TOO_FEW_WINDOWS,
    ),
    "11d": (
        "- " * 10 + "105 130 170 188 205 210 198 180 160 140 110 90 75 60",
        9,
        181.375,
        181.0,
        DayReason.SHORT_BUT_ABOVE_LIMIT,
    ),
}


@pytest.mark.parametrize("day", DAYS)
@pytest.mark.parametrize(("text", "windows", "highest", "value", "reason"), VECTORS.values(), ids=VECTORS)
def test_daily_highest_8_hours(
    rulebook: Rulebook,
    day: date,
    text: str,
    windows: int,
    highest: float,
    value: float | None,
    reason: DayReason,
) -> None:
    rule = rulebook.evaluation(day)
    limit = rulebook.limits(day).limit("o3", "mda8")
    found = ozone_days(series(text), rule, limit)
    _, count, mean = ozone_windows(series(text), rule)
    assert int(found.valid_windows) == windows
    assert mean[count >= rule.window_required_hours].max() == highest
    assert (None if np.isnan(found.mda8) else float(found.mda8)) == value
    assert DayReason(int(found.reason)) is reason


def test_the_highest_window_of_11a_ends_at_20_and_has_index_100(rulebook: Rulebook) -> None:
    rule, day = rulebook.evaluation(DAYS[1]), rulebook.aqi_day(DAYS[1])
    ends, _, mean = ozone_windows(series(FULL), rule)
    assert ends[mean.argmax()] == 20
    assert iaqi(159, day.indicator("o3"), day) == 100


def test_the_window_of_11b_that_ends_at_20_has_six_hours(rulebook: Rulebook) -> None:
    ends, count, mean = ozone_windows(series(without(FULL, 16, 20)), rulebook.evaluation(DAYS[1]))
    at = ends.tolist().index(20)
    assert (count[at], mean[at]) == (6, 160.0)


def test_11d_would_not_count_where_a_short_day_never_does(rulebook: Rulebook) -> None:
    rule = rulebook.evaluation(DAYS[1]).model_copy(update={"short_day_counts_above_limit": False})
    found = ozone_days(series(VECTORS["11d"][0]), rule, 160)
    assert np.isnan(found.mda8)
    assert DayReason(int(found.reason)) is DayReason.TOO_FEW_WINDOWS

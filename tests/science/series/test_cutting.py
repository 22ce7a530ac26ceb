"""Classes of the calendar, the compass, values and daylight."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lantian.science.series.cutting import (
    SECTORS,
    cut_between,
    cut_daylight,
    cut_sectors,
    cut_times,
    cut_values,
)
from lantian.terms.errors import CallerError

YEAR = np.arange(np.datetime64("2024-01-01T00"), np.datetime64("2025-01-01T00"))


@pytest.mark.parametrize(
    ("by", "classes"),
    [("hour", 24), ("weekday", 7), ("weekend", 2), ("month", 12), ("season", 4), ("year", 1), ("year_month", 12)],
)
def test_every_hour_of_a_year_has_a_class_and_every_class_an_hour(by: str, classes: int) -> None:
    found = cut_times(YEAR, by)
    assert len(found.labels) == classes
    assert set(found.codes.tolist()) == set(range(classes))


def test_weeks_begin_on_mondays() -> None:
    found = cut_times(np.array(["2023-01-01", "2023-01-02", "2023-12-31"], "datetime64[D]"), "week")
    assert [found.labels[code] for code in found.codes] == ["00", "01", "52"]


def test_december_belongs_to_the_winter_of_the_next_year() -> None:
    found = cut_times(
        np.array(["2024-11-30", "2024-12-01", "2025-02-28", "2025-03-01"], "datetime64[D]"), "year_season"
    )
    assert [found.labels[code] for code in found.codes] == [
        "autumn 2024",
        "winter 2025",
        "winter 2025",
        "spring 2025",
    ]


def test_july_is_winter_in_the_south() -> None:
    july = np.array(["2025-07-01"], "datetime64[D]")
    assert cut_times(july, "season", southern=True)["winter"].all()
    assert cut_times(july, "season")["summer"].all()


def test_an_unknown_class_is_refused() -> None:
    with pytest.raises(CallerError, match="no class of the calendar"):
        cut_times(YEAR, "fortnight")


@given(st.floats(0, 360))
def test_a_direction_is_within_half_a_sector_of_its_middle(direction: float) -> None:
    [code] = cut_sectors([direction]).codes
    assert abs((direction - 45 * code + 180) % 360 - 180) <= 22.5
    assert SECTORS[code] in SECTORS


def test_an_unknown_direction_has_no_sector() -> None:
    assert cut_sectors([np.nan]).codes.tolist() == [-1]


@given(st.lists(st.floats(-1e3, 1e3), min_size=4, max_size=50), st.integers(1, 6))
def test_every_value_lies_in_the_bounds_of_its_class(values: list[float], parts: int) -> None:
    found = cut_values(values, parts)
    assert (found.codes >= 0).all()
    assert len(found.labels) <= max(parts, 1)


def test_equal_values_make_one_class() -> None:
    assert cut_values(np.full(5, 3.0)).codes.tolist() == [0] * 5
    assert cut_values(np.full(2, np.nan)).codes.tolist() == [-1, -1]


def test_upper_bounds_belong_to_their_class() -> None:
    assert cut_between([0, 1, 1.1, 2, 2.1, np.nan], np.array([0.0, 1, 2])).codes.tolist() == [0, 0, 1, 1, -1, -1]


def test_days_are_longer_in_june_than_in_december() -> None:
    june = YEAR[(np.datetime64("2024-06-01") <= YEAR) & (np.datetime64("2024-07-01") > YEAR)]
    december = YEAR[np.datetime64("2024-12-01") <= YEAR]
    shares = [cut_daylight(hours, 113.1, 36.2, 8.0)["daylight"].mean() for hours in (june, december)]
    assert 0.55 < shares[0] < 0.66
    assert 0.36 < shares[1] < 0.46


def test_two_cuts_cross() -> None:
    both = cut_times(YEAR, "season") & cut_times(YEAR, "weekend")
    assert len(both.labels) == 8
    assert (
        both["winter, weekend"].sum()
        == (cut_times(YEAR, "season")["winter"] & cut_times(YEAR, "weekend")["weekend"]).sum()
    )

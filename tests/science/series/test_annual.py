"""Figures of a year of hours."""

import numpy as np
import pytest

from lantian.science.series.annual import Above, Unit, accumulated_above, annual
from lantian.science.series.table import Table
from lantian.terms.errors import CallerError

HOURS = np.arange(np.datetime64("2023-11-01T00"), np.datetime64("2025-01-01T00"))


def test_capture_is_that_of_the_whole_calendar_year() -> None:
    old, new = annual(Table.of(HOURS, o3=np.ones(len(HOURS))), "o3")
    assert (old.year, new.year) == (2023, 2024)
    assert old.capture == pytest.approx(100 * 61 / 365)
    assert new.capture == 100.0


def test_a_year_below_its_capture_has_no_figures() -> None:
    old = annual(Table.of(HOURS, o3=np.ones(len(HOURS))), "o3", capture=75)[0]
    assert np.isnan([old.mean, old.median, *old.percentiles]).all()


def test_days_count_by_their_highest_eight_hours() -> None:
    values = np.where(np.arange(len(HOURS)) % 24 >= 16, 200.0, 0.0)
    counts = [Above(Unit.DAYS_BY_HIGHEST_8_HOURS, 160.0), Above(Unit.DAY_MEANS, 60.0), Above(Unit.HOURS, 200.0)]
    new = annual(Table.of(HOURS, o3=values), "o3", counts=counts)[1]
    assert new.above[0] >= 365
    assert new.above[1:] == (366, 0)
    assert new.highest_8_hours == 200.0


def test_running_means_do_not_borrow_from_outside_the_year() -> None:
    values = np.zeros(len(HOURS))
    values[-3:] = 800.0
    new = annual(Table.of(HOURS, o3=values), "o3")[1]
    assert new.highest_8_hours == pytest.approx(300.0)


def test_days_are_refused() -> None:
    days = np.arange(np.datetime64("2024-01-01"), np.datetime64("2024-02-01"))
    with pytest.raises(CallerError, match="average it to hours"):
        annual(Table.of(days, o3=np.ones(31)), "o3")


def test_what_lies_below_the_threshold_adds_nothing() -> None:
    values = np.array([79.0, 80.0, 81.0, np.nan])
    assert accumulated_above(values, 80.0, np.ones(4, dtype=bool)) == 1.0


def test_a_table_without_rows_has_no_years() -> None:
    assert annual(Table.of(np.zeros(0, dtype="datetime64[h]"), o3=[]), "o3") == []

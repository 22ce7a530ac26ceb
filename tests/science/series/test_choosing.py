"""Hours by date, by run and by the days that divide them."""

from datetime import date

import numpy as np
import pytest

from lantian.science.series.choosing import by_date, hour_of, month_of, runs, split, weekday_of, year_of
from lantian.science.series.table import Table
from lantian.terms.errors import CallerError

HOURS = np.arange(np.datetime64("2024-12-30T00"), np.datetime64("2025-01-06T00"))
TABLE = Table.of(HOURS, pm25=np.arange(float(len(HOURS))))


def test_both_ends_of_a_stretch_are_kept() -> None:
    found = by_date(TABLE, start=date(2024, 12, 31), end=date(2025, 1, 1))
    assert (str(found.times[0]), str(found.times[-1])) == ("2024-12-31T00:00:00", "2025-01-01T23:00:00")


def test_conditions_hold_together() -> None:
    found = by_date(TABLE, years=[2025], weekdays=[5, 6], hours=[8])
    assert found.times.astype("datetime64[h]").astype(str).tolist() == ["2025-01-04T08", "2025-01-05T08"]


def test_parts_of_a_time_are_those_of_the_calendar() -> None:
    moment = np.array(["2025-01-05T23:59", "1969-12-29T00:00"], "datetime64[m]")
    assert year_of(moment).tolist() == [2025, 1969]
    assert month_of(moment).tolist() == [1, 12]
    assert weekday_of(moment).tolist() == [6, 0]
    assert hour_of(moment).tolist() == [23, 0]


def test_a_missing_hour_ends_a_run() -> None:
    values = np.array([80.0, 80, 80, np.nan, 80, 80, 80, 80])
    marked = runs(Table.of(HOURS[:8], pm25=values), "pm25", 75, length=4)[1]
    assert marked.tolist() == [False] * 4 + [True] * 4


def test_a_missing_row_ends_a_run() -> None:
    table = Table.of(HOURS[:8], pm25=np.full(8, 80.0)).rows(np.arange(8) != 3)
    full, marked = runs(table, "pm25", 75, length=4)
    assert len(full) == 8
    assert marked.tolist() == [False] * 4 + [True] * 4


def test_an_unknown_criterion_is_refused() -> None:
    with pytest.raises(CallerError, match="no criterion"):
        runs(TABLE, "pm25", 1, criterion="~")


def test_the_day_of_a_split_begins_the_later_part() -> None:
    parts = split(TABLE, [date(2025, 1, 1), date(2025, 1, 3)], ("old", "between", "new"))
    assert [len(part) for part in parts.values()] == [48, 48, 72]
    assert str(parts["between"].times[0]) == "2025-01-01T00:00:00"


def test_labels_must_fit_the_days() -> None:
    with pytest.raises(CallerError, match="labels were given"):
        split(TABLE, [date(2025, 1, 1)], ("a", "b", "c"))

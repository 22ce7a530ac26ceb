"""A table keeps one rising time axis and says where it has gaps."""

import numpy as np
import pytest

from lantian.science.series.table import Table
from lantian.terms.errors import CallerError

HOURS = np.array(["2025-01-01T02", "2025-01-01T00", "2025-01-01T01"], "datetime64[h]")


def test_rows_come_into_the_order_of_time() -> None:
    assert Table.of(HOURS, pm25=[3, 1, 2])["pm25"].tolist() == [1, 2, 3]


def test_a_time_that_stands_twice_is_refused() -> None:
    with pytest.raises(CallerError, match="stands twice"):
        Table.of(np.array(["2025-01-01T00"] * 2, "datetime64[h]"), pm25=[1, 2])


def test_a_missing_time_is_refused() -> None:
    with pytest.raises(CallerError, match="a time is missing"):
        Table.of(np.array(["NaT", "2025-01-01T00"], "datetime64[h]"), pm25=[1, 2])


def test_a_column_of_another_length_is_refused() -> None:
    with pytest.raises(CallerError, match="one value a time"):
        Table.of(HOURS, pm25=[1, 2])


def test_an_unknown_column_names_those_that_are_there() -> None:
    with pytest.raises(CallerError, match="pm25"):
        Table.of(HOURS, pm25=[1, 2, 3])["o3"]


def test_gaps_are_filled_with_nan_and_ends_are_stretched() -> None:
    hours = np.array(["2025-01-01T00", "2025-01-01T01", "2025-01-01T03"], "datetime64[h]")
    full = Table.of(hours, pm25=[1, 2, 3]).padded(end=np.datetime64("2025-01-01T04"))
    assert full.interval == 3600
    assert full["pm25"][:2].tolist() == [1, 2]
    assert np.isnan(full["pm25"]).tolist() == [False, False, True, False, True]


def test_uneven_times_cannot_be_filled() -> None:
    times = np.array(
        ["2025-01-01T00:00", "2025-01-01T01:00", "2025-01-01T02:00", "2025-01-01T02:30"], "datetime64[m]"
    )
    with pytest.raises(CallerError, match="average to an even interval"):
        Table.of(times, pm25=[1, 2, 3, 4]).padded()


def test_rows_that_have_every_value_remain() -> None:
    table = Table.of(HOURS, pm25=[3, 1, np.nan], o3=[np.nan, 5, 6])
    assert table.having("pm25", "o3").times.astype("datetime64[h]").astype(str).tolist() == ["2025-01-01T00"]

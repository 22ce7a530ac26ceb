"""Means over two classes, parts of a whole, calendars and clouds."""

import numpy as np
import pytest

from lantian.science.series.averaging import average
from lantian.science.series.cutting import Cut, cut_sectors, cut_times
from lantian.science.series.table import Table
from lantian.science.variation.levels import calendar, density, level, shares
from lantian.terms.errors import CallerError

HOURS = np.arange(np.datetime64("2024-01-01T00"), np.datetime64("2024-04-01T00"))
CHANCE = np.random.default_rng(1)
VALUES = CHANCE.gamma(2, 20, len(HOURS))
DIRECTION = CHANCE.uniform(0, 360, len(HOURS))
TABLE = Table.of(HOURS, pm25=VALUES, wind_speed=CHANCE.gamma(2, 1, len(HOURS)), wind_direction=DIRECTION)


def test_cells_hold_the_mean_of_their_hours() -> None:
    hours, months = cut_times(HOURS, "hour"), cut_times(HOURS, "year_month")
    found = level(VALUES, hours, months)
    assert found.mean[7, 1] == pytest.approx(VALUES[hours["7"] & months["2024-02"]].mean())
    assert found.count.sum() == len(HOURS)


def test_cells_with_too_few_hours_are_missing() -> None:
    found = level(VALUES, cut_times(HOURS, "hour"), cut_times(HOURS, "year_month"), fewest=30)
    assert np.isnan(found.mean[:, 1]).all()
    assert not np.isnan(found.mean[:, 0]).any()


def test_parts_add_up_to_the_mean_and_to_a_hundred_percent() -> None:
    found = shares(TABLE, "pm25", cut_sectors(DIRECTION))
    np.testing.assert_allclose(found.part.sum(axis=1), average(TABLE, "month")["pm25"])
    np.testing.assert_allclose(found.percent.sum(axis=1), 100)


def test_classes_of_another_table_are_refused() -> None:
    with pytest.raises(CallerError, match="cut the same table"):
        shares(TABLE, "pm25", Cut(("a",), np.zeros(3, dtype=np.int64)))


def test_a_calendar_has_a_field_a_day_and_the_wind_of_its_vector() -> None:
    found = calendar(TABLE, "pm25")
    assert len(found) == 91
    assert found[0].value == pytest.approx(VALUES[:24].mean())
    assert 0 <= found[0].wind_speed < TABLE["wind_speed"][:24].mean()


def test_a_calendar_without_wind_has_none() -> None:
    found = calendar(Table.of(HOURS, pm25=VALUES), "pm25")
    assert np.isnan(found[0].wind_speed)


def test_the_line_through_a_cloud_is_that_of_least_squares() -> None:
    found = density(
        TABLE.with_columns({"o3": 5 + 2 * VALUES + CHANCE.normal(size=len(HOURS))}),
        "pm25",
        "o3",
        third="wind_speed",
    )
    assert found.slope == pytest.approx(2, abs=0.01)
    assert found.count.sum() == len(HOURS)
    assert found.mean is not None
    assert np.isnan(found.mean[found.count == 0]).all()
    assert found.correlation > 0.99


def test_a_cloud_needs_two_hours() -> None:
    with pytest.raises(CallerError, match="a cloud needs two"):
        density(TABLE.rows(slice(0, 1)), "pm25", "wind_speed")

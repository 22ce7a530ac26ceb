"""Rings over direction and time."""

import numpy as np
import pytest

from lantian.science.directions.annulus import PERIODS, annulus
from lantian.science.directions.classes import Of
from lantian.science.series.table import Table
from lantian.terms.errors import CallerError

HOURS = np.arange(np.datetime64("2022-01-01T00"), np.datetime64("2025-01-01T00"))
CHANCE = np.random.default_rng(1)
DIRECTION = CHANCE.integers(1, 37, len(HOURS)) * 10.0
CLOCK = np.arange(len(HOURS)) % 24
RUSH = 40 * np.exp(-(((CLOCK - 8) / 2.5) ** 2)) * np.exp(-(((DIRECTION - 180) / 40) ** 2))
TABLE = Table.of(HOURS, no2=20 + RUSH, wind_direction=DIRECTION)


def test_the_rush_hour_is_found_in_its_direction() -> None:
    found = annulus(TABLE, "no2")
    row, column = np.unravel_index(np.nanargmax(found.value), found.value.shape)
    assert found.time[row] == pytest.approx(8, abs=1.5)
    assert found.direction[column] == pytest.approx(180, abs=15)


def test_north_meets_north() -> None:
    found = annulus(TABLE, "no2")
    np.testing.assert_allclose(found.value[:, 0], found.value[:, -1], rtol=1e-9)


@pytest.mark.parametrize(("period", "first", "last"), [("weekday", 0, 7), ("season", 0, 53), ("hour", 0, 23)])
def test_rings_span_their_period(period: str, first: float, last: float) -> None:
    found = annulus(TABLE, "no2", period)
    assert (found.time[0], found.time[-1]) == (first, last)


def test_a_trend_spans_the_years_there_are() -> None:
    found = annulus(TABLE, "no2", "trend")
    assert found.time[0] == pytest.approx(2022, abs=0.01)
    assert found.time[-1] == pytest.approx(2025, abs=0.01)
    assert "trend" in PERIODS


def test_hours_can_be_counted_above_a_percentile() -> None:
    found = annulus(TABLE, "no2", of=Of.PROBABILITY, percentile=90)
    assert np.nanmax(found.value) > 0.7


def test_unknown_rings_and_hours_without_wind_are_refused() -> None:
    with pytest.raises(CallerError, match="no ring"):
        annulus(TABLE, "no2", "minute")
    with pytest.raises(CallerError, match="import the wind"):
        annulus(TABLE.with_columns({"wind_direction": np.full(len(HOURS), np.nan)}), "no2")

"""Longer periods: capture, percentiles, wind as a vector, seasons, blocks of hours."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lantian.science.series.averaging import Statistic, average, expanded, groups_of, percentiles
from lantian.science.series.table import Table
from lantian.terms.errors import CallerError

YEAR = np.arange(np.datetime64("2024-01-01T00"), np.datetime64("2025-01-01T00"))


def day(**columns: object) -> Table:
    return Table.of(YEAR[:24], **columns)  # type: ignore[arg-type]


def test_capture_counts_hours_that_are_not_in_the_table() -> None:
    values = np.where(np.arange(48) < 41, 1.0, np.nan)
    table = Table.of(YEAR[:48], pm25=values).rows(np.arange(48) != 40)
    found = average(table, "day", capture=75)["pm25"]
    assert found.tolist()[0] == 1.0
    assert np.isnan(found[1])
    assert average(table, "day", Statistic.CAPTURE)["pm25"].round(1).tolist() == [100.0, 66.7]


def test_exactly_the_needed_share_is_enough() -> None:
    values = np.where(np.arange(24) < 18, 2.0, np.nan)
    assert average(day(pm25=values), capture=75)["pm25"].tolist() == [2.0]
    assert np.isnan(average(day(pm25=values), capture=75.1)["pm25"][0])


def test_capture_of_a_month_begun_counts_what_it_was_meant_to_span() -> None:
    table = Table.of(YEAR[:24], pm25=np.ones(24))
    end = np.datetime64("2024-01-31T23")
    assert average(table, "month", Statistic.CAPTURE, end=end)["pm25"].round(3).tolist() == [3.226]
    assert average(table, "month", Statistic.CAPTURE)["pm25"].tolist() == [100.0]


def test_wind_across_north_averages_to_north() -> None:
    found = average(day(wind_speed=np.ones(24), wind_direction=np.tile([350.0, 10.0], 12)))
    assert found["wind_direction"][0] % 360 == pytest.approx(0, abs=1e-9)
    assert found["wind_speed"][0] == 1.0


def test_opposite_winds_cancel_only_as_a_vector() -> None:
    table = day(wind_speed=np.full(24, 2.0), wind_direction=np.tile([0.0, 180.0], 12))
    assert average(table)["wind_speed"][0] == 2.0
    assert average(table, vector_wind=True)["wind_speed"][0] == pytest.approx(0, abs=1e-12)


def test_a_calm_without_direction_pulls_the_vector_to_zero() -> None:
    calm = np.where(np.arange(24) < 12, 0.0, 4.0)
    direction = np.where(calm == 0, np.nan, 90.0)
    found = average(day(wind_speed=calm, wind_direction=direction), vector_wind=True)
    assert found["wind_speed"][0] == pytest.approx(2.0)
    assert found["wind_direction"][0] == pytest.approx(90.0)


def test_a_strong_wind_weighs_more_unless_directions_weigh_alike() -> None:
    table = day(wind_speed=np.tile([9.0, 1.0], 12), wind_direction=np.tile([0.0, 90.0], 12))
    assert average(table)["wind_direction"][0] == pytest.approx(np.degrees(np.arctan(1 / 9)))
    assert average(table, equal_directions=True)["wind_direction"][0] == pytest.approx(45.0)


def test_december_begins_winter() -> None:
    table = Table.of(YEAR, pm25=np.ones(len(YEAR)))
    starts = average(table, "season").times.astype("datetime64[D]").astype(str).tolist()
    assert starts == ["2023-12-01", "2024-03-01", "2024-06-01", "2024-09-01", "2024-12-01"]


@pytest.mark.parametrize(
    ("period", "first", "n"),
    [
        ("week", "2024-01-01", 53),
        ("2 week", "2024-01-01", 27),
        ("quarter", "2024-01-01", 4),
        ("5 month", "2024-01-01", 3),
    ],
)
def test_periods_begin_at_their_bounds(period: str, first: str, n: int) -> None:
    groups = groups_of(Table.of(YEAR, pm25=np.ones(len(YEAR))), period)
    assert str(groups.starts[0])[:10] == first
    assert len(groups.starts) == n
    assert groups.expected.sum() == len(YEAR)


def test_blocks_of_hours_begin_with_the_first_hour() -> None:
    table = Table.of(YEAR[3:13], pm25=np.arange(10.0))
    found = average(table, "5 hour")
    assert found.times.astype("datetime64[h]").astype(str).tolist() == ["2024-01-01T03", "2024-01-01T08"]
    assert found["pm25"].tolist() == [2.0, 7.0]


@pytest.mark.parametrize("period", ["50 foobars", "", "0 day", "-1 day", "day month year"])
def test_an_unknown_period_is_refused(period: str) -> None:
    with pytest.raises(CallerError, match="is no period"):
        average(day(pm25=np.ones(24)), period)


def test_capture_and_percentile_outside_their_range_are_refused() -> None:
    with pytest.raises(CallerError, match="0 to 100"):
        average(day(pm25=np.ones(24)), capture=101)
    with pytest.raises(CallerError, match="0 to 100"):
        average(day(pm25=np.ones(24)), statistic=Statistic.PERCENTILE, percentile=-1)
    with pytest.raises(CallerError, match="needs its level"):
        average(day(pm25=np.ones(24)), statistic=Statistic.PERCENTILE)


def test_a_table_without_rows_gives_one_without_rows() -> None:
    empty = Table.of(np.zeros(0, dtype="datetime64[h]"), pm25=[])
    assert len(average(empty, "month")) == 0


def test_single_values_have_no_deviation() -> None:
    found = average(Table.of(YEAR[:1], pm25=[5.0]), "day", Statistic.DEVIATION)["pm25"]
    assert np.isnan(found).all()


@given(st.lists(st.floats(-1e6, 1e6) | st.just(float("nan")), min_size=24, max_size=24))
def test_statistics_are_those_of_numpy(values: list[float]) -> None:
    series = np.array(values)
    known = series[~np.isnan(series)]
    expected = {
        Statistic.MEAN: np.mean,
        Statistic.SUM: np.sum,
        Statistic.MAXIMUM: np.max,
        Statistic.MINIMUM: np.min,
        Statistic.MEDIAN: np.median,
        Statistic.FREQUENCY: len,
    }
    for statistic, function in expected.items():
        found = average(day(pm25=series), "day", statistic)["pm25"][0]
        wanted = function(known) if len(known) or statistic is Statistic.FREQUENCY else np.nan  # type: ignore[operator]
        assert found == pytest.approx(wanted, nan_ok=True, rel=1e-9, abs=1e-6)


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=24), st.floats(0, 100))
def test_percentiles_are_those_of_numpy(values: list[float], level: float) -> None:
    found = percentiles(Table.of(YEAR[: len(values)], pm25=values), [level], "day")["pm25"]
    [name] = found.columns
    assert found[name][0] == pytest.approx(np.percentile(values, level), rel=1e-9, abs=1e-6)


def test_hours_are_repeated_through_their_quarters() -> None:
    found = expanded(Table.of(YEAR[:2], pm25=[1.0, 2.0]), 900)
    assert found["pm25"].tolist() == [1.0] * 4 + [2.0] * 4
    assert found.interval == 900
    with pytest.raises(CallerError, match="no even part"):
        expanded(Table.of(YEAR[:2], pm25=[1.0, 2.0]), 1000)

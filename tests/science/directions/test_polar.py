"""Surfaces over direction and speed."""

import numpy as np
import pytest

from lantian.science.directions.classes import Of
from lantian.science.directions.polar import polar_correlation, polar_difference, polar_surface
from lantian.science.series.table import Table
from lantian.terms.errors import CallerError

N = 20_000
CHANCE = np.random.default_rng(1)
SPEED = CHANCE.gamma(2.5, 1.3, N)
DIRECTION = CHANCE.uniform(0, 360, N)
HOURS = np.arange(np.datetime64("2022-01-01T00"), np.datetime64("2022-01-01T00") + N)
PLUME = 60 * np.exp(-(((DIRECTION - 90) / 25) ** 2)) * np.exp(-(((SPEED - 4) / 2) ** 2))
TABLE = Table.of(HOURS, so2=10 + PLUME + CHANCE.gamma(1, 2, N), wind_speed=SPEED, wind_direction=DIRECTION)


def at(values: np.ndarray, side: np.ndarray, speed: float, direction: float) -> float:
    east, north = speed * np.sin(np.radians(direction)), speed * np.cos(np.radians(direction))
    return float(values[np.abs(side - north).argmin(), np.abs(side - east).argmin()])


def test_a_source_is_found_where_it_lies() -> None:
    found = polar_surface(TABLE, "so2")
    row, column = np.unravel_index(np.nanargmax(found.value), found.value.shape)
    east, north = found.side[column], found.side[row]
    assert np.degrees(np.arctan2(east, north)) == pytest.approx(90, abs=12)
    assert np.hypot(east, north) == pytest.approx(4, abs=1)
    assert at(found.value, found.side, 4, 270) == pytest.approx(12, abs=1.5)


def test_bounds_enclose_the_surface_and_widen_where_hours_are_few() -> None:
    found = polar_surface(TABLE, "so2", uncertainty=True)
    assert found.low is not None
    assert found.high is not None
    known = ~np.isnan(found.value)
    assert (found.low <= found.value)[known].all()
    assert (found.value <= found.high)[known].all()
    width = found.high - found.low
    assert at(width, found.side, 9, 270) > at(width, found.side, 2, 270)


def test_classes_with_few_hours_are_left_out_and_their_places_too() -> None:
    all_of_it, less = (polar_surface(TABLE, "so2", fewest=fewest) for fewest in (1, 10))
    assert less.bins.count.min() >= 10
    assert np.isnan(less.value).sum() > np.isnan(all_of_it.value).sum()
    assert not np.isnan(polar_surface(TABLE, "so2", exclude_missing=False).value).any()


def test_probabilities_stay_between_0_and_1_and_say_their_threshold() -> None:
    found = polar_surface(TABLE, "so2", Of.PROBABILITY, percentile=90)
    assert found.threshold == pytest.approx(np.quantile(TABLE["so2"], 0.9))
    assert np.nanmin(found.value) >= 0
    assert np.nanmax(found.value) <= 1
    assert at(found.value, found.side, 4, 90) > 0.8


def test_nothing_is_shown_beyond_an_upper_radius() -> None:
    found = polar_surface(TABLE, "so2", upper=5.0)
    assert found.side[-1] == pytest.approx(5.0 - found.centre)
    assert np.isnan(found.value[0, 0])


def test_calms_without_direction_lie_in_the_middle() -> None:
    speed, direction = SPEED.copy(), DIRECTION.copy()
    speed[:3000], direction[:3000] = 0.0, np.nan
    so2 = TABLE["so2"].copy()
    so2[:3000] = 80.0
    found = polar_surface(Table.of(HOURS, so2=so2, wind_speed=speed, wind_direction=direction), "so2")
    assert found.bins.count.sum() == N
    middle = (found.bins.east == 0) & (found.bins.north == 0)
    assert found.bins.count[middle].max() >= 3000
    assert found.bins.value[middle].max() > 75


def test_the_radius_may_be_another_column_that_goes_below_zero() -> None:
    table = TABLE.with_columns({"temperature": SPEED * 4 - 15})
    found = polar_surface(table, "so2", wind=("temperature", "wind_direction"))
    assert found.centre == pytest.approx(-15, abs=0.5)
    assert found.radius == "temperature"


def test_negative_values_are_met_where_the_surface_may_be_negative() -> None:
    table = TABLE.with_columns({"so2": TABLE["so2"] - 40})
    assert np.nanmin(polar_surface(table, "so2", positive=False).value) < -20
    assert np.nanmin(polar_surface(table, "so2").value) >= 0


def test_the_difference_is_that_of_the_source_that_stopped() -> None:
    after = TABLE.with_columns({"so2": TABLE["so2"] - PLUME})
    found = polar_difference(TABLE, after, "so2")
    assert at(found.value, found.side, 4, 90) < -40
    assert abs(at(found.value, found.side, 4, 270)) < 1


def test_columns_go_together_where_one_source_gives_both() -> None:
    other = 5 + 0.5 * PLUME + CHANCE.gamma(1, 2, N)
    found = polar_correlation(TABLE.with_columns({"no2": other}), "so2", "no2")
    assert at(found.value, found.side, 4, 90) > 0.8
    assert abs(at(found.value, found.side, 4, 270)) < 0.3
    assert np.nanmax(np.abs(found.value)) <= 1


def test_the_same_hours_give_the_same_bits() -> None:
    one, two = (polar_surface(TABLE, "so2") for _ in range(2))
    np.testing.assert_array_equal(one.value, two.value)


def test_hours_without_wind_are_refused() -> None:
    with pytest.raises(CallerError, match="import the wind"):
        polar_surface(TABLE.with_columns({"wind_speed": np.full(N, np.nan)}), "so2")
    with pytest.raises(CallerError, match="needs it to vary"):
        polar_surface(TABLE.with_columns({"wind_speed": np.ones(N)}), "so2")


def test_too_few_classes_for_the_detail_are_refused() -> None:
    with pytest.raises(CallerError, match="basis functions"):
        polar_surface(TABLE.rows(slice(0, 50)), "so2")

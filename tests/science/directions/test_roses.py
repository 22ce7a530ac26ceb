"""Roses: frequencies, contributions, percentiles."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lantian.science.directions.classes import Of
from lantian.science.directions.roses import Share, percentile_rose, polar_frequency, rose
from lantian.science.series.table import Table
from lantian.terms.errors import CallerError

N = 5000
CHANCE = np.random.default_rng(1)
HOURS = np.arange(np.datetime64("2024-01-01T00"), np.datetime64("2024-01-01T00") + N)
SPEED = np.where(CHANCE.random(N) < 0.1, 0.0, CHANCE.gamma(2, 1.5, N))
DIRECTION = np.where(SPEED == 0, np.nan, CHANCE.uniform(0, 360, N))
TABLE = Table.of(HOURS, so2=CHANCE.gamma(2, 10, N), wind_speed=SPEED, wind_direction=DIRECTION)


@pytest.mark.parametrize("angle", [10.0, 22.5, 30.0, 45.0, 90.0])
def test_petals_and_calms_make_up_all_hours(angle: float) -> None:
    found = rose(TABLE, angle=angle)
    assert found.length.sum() + found.calm == pytest.approx(100)
    assert found.calm == pytest.approx(100 * (SPEED == 0).mean())
    assert len(found.direction) == round(360 / angle)


def test_contributions_make_up_the_mean() -> None:
    found = rose(TABLE, "so2", bounds=(0, 10, 20), share=Share.CONTRIBUTION)
    assert found.length.sum() + found.calm == pytest.approx(100)
    assert found.mean == pytest.approx(TABLE["so2"].mean())


def test_counts_are_hours() -> None:
    found = rose(TABLE, share=Share.COUNT)
    assert found.length.sum() + found.calm == N


def test_hours_below_a_speed_can_count_as_calm() -> None:
    assert rose(TABLE, calm=0.5).calm == pytest.approx(100 * (SPEED < 0.5).mean())


def test_normalised_petals_are_all_as_long() -> None:
    np.testing.assert_allclose(rose(TABLE, normalise=True).length.sum(axis=1), 1)


def test_tens_of_degrees_are_shared_out_evenly() -> None:
    tens = np.tile(np.arange(10.0, 361, 10), 100)
    hours = HOURS[: len(tens)]
    found = rose(Table.of(hours, wind_speed=np.ones(len(tens)), wind_direction=tens), angle=22.5)
    np.testing.assert_allclose(found.length.sum(axis=1), 100 / 16)


@given(st.integers(1, 350).filter(lambda angle: 360 % angle != 0))
def test_petals_that_do_not_close_are_refused(angle: int) -> None:
    with pytest.raises(CallerError, match="do not close"):
        rose(TABLE, angle=angle)


def test_percentiles_are_those_of_the_hours_of_a_direction() -> None:
    found = percentile_rose(TABLE, "so2", [50.0], angle=90)
    east = TABLE["so2"][(DIRECTION > 45) & (DIRECTION <= 135)]
    assert found.values[0][0] == pytest.approx(np.median(east))
    assert found.mean[0] == pytest.approx(east.mean())


def test_a_smooth_percentile_runs_through_its_classes() -> None:
    plain, smooth = (percentile_rose(TABLE, "so2", smooth=flag) for flag in (False, True))
    np.testing.assert_allclose(smooth.values[:, 10:361:10], plain.values)
    np.testing.assert_allclose(smooth.values[:, 0], smooth.values[:, 360])


def test_too_few_directions_make_no_line() -> None:
    few = TABLE.rows(slice(0, 2))
    with pytest.raises(CallerError, match="needs three"):
        percentile_rose(few.with_columns({"wind_direction": np.array([90.0, 90.0])}), "so2", smooth=True)


def test_frequencies_count_every_hour_with_wind() -> None:
    found = polar_frequency(TABLE)
    assert np.nansum(found.value) == (~np.isnan(DIRECTION)).sum()


def test_weighted_means_of_classes_make_up_a_hundred_percent() -> None:
    assert np.nansum(polar_frequency(TABLE, "so2", Of.WEIGHTED_MEAN).value) == pytest.approx(100)


def test_classes_with_few_hours_are_missing() -> None:
    found = polar_frequency(TABLE, "so2", Of.MEAN, fewest=5)
    assert np.isnan(found.value[found.count < 5]).all()
    assert not np.isnan(found.value[found.count >= 5]).any()

"""Hours of observations become hours of mixing."""

from collections.abc import Callable
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lantian.rules import Rulebook
from lantian.rules.plume_records import PlumeRule
from lantian.science.boundary import Boundary, Observed, Site, boundary_layer
from lantian.terms.errors import CallerError

RULE = Rulebook.packaged().edition(PlumeRule, "plume", date(2025, 1, 1))
SITE = Site(113.1, 36.2, RULE.land_class("suburb"), elevation=930.0)
SUMMER, WINTER = "2025-06-30T16", "2025-01-10T16"
"""Midnight in Changzhi, as UTC."""


def air_of(
    start: str = SUMMER,
    wind: float | np.ndarray = 3.0,
    direction: float | np.ndarray = 200.0,
    cloud: float | np.ndarray = 0.2,
    temperature: float = 20.0,
    hours: int = 24,
    change: Callable[[dict[str, np.ndarray]], None] = lambda columns: None,
    site: Site = SITE,
) -> Boundary:
    same = np.ones(hours)
    columns = {
        "wind_speed": wind * same,
        "wind_direction": direction * same,
        "temperature": temperature * same,
        "cloud": cloud * same,
    }
    change(columns)
    return boundary_layer(Observed(np.datetime64(start, "h") + np.arange(hours), **columns), site, RULE)


def test_day_is_unstable_and_night_stable():
    air = air_of()
    assert np.all(air.inverse_length[8:17] < 0)
    assert np.all(air.inverse_length[[0, 1, 2, 3, 21, 22, 23]] > 0)
    assert np.all(air.convective_velocity[8:17] > 0.5)
    assert np.all(air.convective_velocity[[0, 1, 2, 22, 23]] == 0)


def test_obukhov_length_and_fluxes_agree_with_their_definition():
    air = air_of()
    density = 101_325 * np.exp(-930 / 8434) / (287.05 * air.temperature)
    defined = -0.4 * 9.80665 * air.heat_flux / (density * 1004 * air.temperature * air.friction_velocity**3)
    told = np.abs(air.inverse_length) < 0.99  # beyond, the shortest length of the rule holds
    assert air.inverse_length[told] == pytest.approx(defined[told], rel=2e-3, abs=1e-9)


def test_overcast_strong_wind_is_neutral():
    air = air_of(wind=9.0, cloud=1.0)
    assert set(air.stability.tolist()) == {3}


def test_clear_weak_wind_is_the_most_stable_night_and_the_most_unstable_day():
    air = air_of(wind=1.0, cloud=0.0)
    assert air.stability[12] == 0
    assert air.stability[0] == 5


def test_mixing_layer_grows_from_sunrise_and_falls_at_night():
    air = air_of()
    day = air.mixing_height[8:18]
    assert np.all(np.diff(day) > 0)
    assert 1000 < day[-1] < 2500
    assert air.mixing_height[23] < 500


def test_winter_mixes_less_than_summer():
    assert air_of(WINTER).mixing_height.max() < 0.75 * air_of(SUMMER).mixing_height.max()


def test_clouds_lower_the_layer():
    assert air_of(cloud=1.0).mixing_height.max() < 0.7 * air_of(cloud=0.0).mixing_height.max()


def test_layer_of_a_day_begins_anew_the_next_day():
    air = air_of(hours=48)
    assert air.mixing_height[24 + 8 : 24 + 18] == pytest.approx(air.mixing_height[8:18], rel=0.05)


def test_measured_radiation_goes_before_cloud():
    hours = np.datetime64(SUMMER, "h") + np.arange(24)
    same = np.ones(24)
    dark = Observed(hours, 3 * same, 200 * same, 20 * same, cloud=0 * same, radiation=60 * same)
    bright = Observed(hours, 3 * same, 200 * same, 20 * same, cloud=0 * same, radiation=900 * same)
    assert boundary_layer(dark, SITE, RULE).heat_flux[12] < 40
    assert boundary_layer(bright, SITE, RULE).heat_flux[12] > 250


def test_radiation_alone_tells_the_cloud_by_day_and_it_stays_for_the_night():
    hours = np.datetime64(SUMMER, "h") + np.arange(24)
    same = np.ones(24)
    full = air_of(cloud=0.0)
    clear = np.where(full.sun > 0, np.maximum(990 * np.sin(np.radians(full.sun)) - 30, 0), 0.0)
    air = boundary_layer(Observed(hours, 3 * same, 200 * same, 20 * same, radiation=clear), SITE, RULE)
    assert air.heat_flux == pytest.approx(full.heat_flux, rel=0.01, abs=0.5)
    assert np.all(air.valid)


def test_neither_cloud_nor_radiation_leaves_the_hours_unknown():
    same = np.ones(24)
    air = boundary_layer(
        Observed(np.datetime64(SUMMER, "h") + np.arange(24), 3 * same, 200 * same, 20 * same), SITE, RULE
    )
    assert not air.valid.any()
    assert np.isnan(air.friction_velocity).all()


@pytest.mark.parametrize("column", ["wind_speed", "wind_direction", "temperature", "cloud"])
def test_missing_value_leaves_its_hour_unknown_and_no_other(column: str):
    def spoil(columns: dict[str, np.ndarray]) -> None:
        columns[column][12] = np.nan

    air = air_of(change=spoil)
    assert np.flatnonzero(~air.valid).tolist() == [12]
    assert air.stability[12] == -1


def test_calm_has_no_direction_but_turbulence():
    air = air_of(wind=0.0, direction=np.nan)
    assert air.calm.all()
    assert air.valid.all()
    assert np.isnan(air.wind_direction).all()
    assert np.all(air.wind_speed == 0)
    assert np.all(air.friction_velocity > 0)
    assert np.all(air.mixing_height >= 30)


@given(
    wind=st.floats(0, 25),
    cloud=st.floats(0, 1),
    temperature=st.floats(-30, 42),
    land=st.sampled_from([row.key for row in RULE.land]),
    start=st.sampled_from([SUMMER, WINTER]),
)
def test_any_weather_gives_a_layer_within_bounds(
    wind: float, cloud: float, temperature: float, land: str, start: str
):
    air = air_of(start, wind, 200.0, cloud, temperature, site=Site(113.1, 36.2, RULE.land_class(land)))
    assert air.valid.all()
    assert np.all((air.mixing_height >= 30) & (air.mixing_height <= 4000))
    assert np.all(np.abs(air.inverse_length) <= 1.0001)
    assert np.all((air.friction_velocity > 0) & (air.friction_velocity < 5))
    assert np.all((air.heat_flux > -64.1) & (air.heat_flux < 700))


@given(low=st.floats(0.5, 10), more=st.floats(0.5, 10))
def test_more_wind_is_never_less_friction(low: float, more: float):
    assert np.all(air_of(wind=low + more).friction_velocity >= air_of(wind=low).friction_velocity)


def test_seasons_turn_with_the_legal_month():
    grass = Site(113.1, 36.2, RULE.land_class("grassland"))
    air = air_of("2025-02-28T14", hours=4, site=grass)  # 22:00 on 28 February to 01:00 on 1 March
    assert air.roughness.tolist() == [0.006, 0.006, 0.05, 0.05]


def test_hours_must_follow_each_other():
    hours = np.array(["2025-01-01T00", "2025-01-01T02"], "datetime64[h]")
    two = np.ones(2)
    with pytest.raises(CallerError, match="Give every hour a row"):
        Observed(hours, two, two, two)
    with pytest.raises(CallerError, match="hours would be mixed up"):
        Observed(hours[:1], two, two, two)
    with pytest.raises(CallerError, match="one place at a time"):
        Observed(hours[:, None], two[:, None], two[:, None], two[:, None])

"""Wind and humidity from what models and instruments give."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lantian.science.weather import humidity_of_dewpoint, humidity_of_mixing_ratio, wind

SPEEDS = st.floats(-60, 60).filter(lambda value: abs(value) > 1e-6)


@pytest.mark.parametrize(
    ("east", "north", "direction"),
    [(0, -5, 360), (-5, 0, 90), (0, 5, 180), (5, 0, 270), (-3, -3, 45), (3, -3, 315)],
)
def test_wind_comes_from_where_the_components_do_not_point(east: float, north: float, direction: float) -> None:
    assert wind(east, north)[1] == pytest.approx(direction)


def test_calm_has_no_direction_and_missing_stays_missing() -> None:
    speed, direction = wind([0.0, np.nan], [0.0, 1.0])
    assert speed.tolist()[0] == 0
    assert np.isnan(direction).all()
    assert np.isnan(speed[1])


@given(SPEEDS, SPEEDS)
def test_speed_and_direction_give_the_components_back(east: float, north: float) -> None:
    speed, direction = wind(east, north)
    assert 0 < direction <= 360
    angle = np.radians(direction)
    assert np.allclose([-speed * np.sin(angle), -speed * np.cos(angle)], [east, north])


def test_humidity_is_full_where_dew_falls_and_never_more() -> None:
    assert humidity_of_dewpoint([20.0, -10.0, 5.0], [20.0, -10.0, 5.2]).tolist() == [100, 100, 100]


def test_dewpoint_of_a_table_gives_its_humidity() -> None:
    """Twenty degrees and 60 %: dew point 12.0 °C, as every table of dew points has it."""
    assert humidity_of_dewpoint(20.0, 12.0) == pytest.approx(60, abs=0.3)


@given(st.floats(-40, 45), st.floats(0, 40))
def test_a_drier_dewpoint_is_a_lower_humidity(temperature: float, spread: float) -> None:
    wet, dry = humidity_of_dewpoint(temperature, [temperature - spread, temperature - spread - 1])
    assert 0 < dry < wet <= 100


def test_mixing_ratio_of_saturated_air_is_full_humidity() -> None:
    vapour = 23.37  # saturation at 20 °C [hPa]
    ratio = 0.622 * vapour / (1013.25 - vapour)
    assert humidity_of_mixing_ratio(ratio, 1013.25, 20.0) == pytest.approx(100, abs=0.3)

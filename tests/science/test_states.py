from datetime import date
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lantian.rules import Rulebook
from lantian.science.states import (
    State,
    between_states,
    from_ppb,
    gas_state,
    micrograms_from_milligrams,
    milligrams_from_micrograms,
    restated,
    to_ppb,
)
from lantian.terms.errors import CallerError
from lantian.terms.pollutants import BASIC, Pollutant

OLD, NEW = date(2018, 8, 31), date(2018, 9, 1)
WINTER = State(temperature=263.15, pressure=905.0)


def test_the_2018_amendment_lowers_gases_by_273_over_298(rulebook: Rulebook) -> None:
    before, after = rulebook.gas_state(OLD), rulebook.gas_state(NEW)
    for gas in (Pollutant.SO2, Pollutant.NO2, Pollutant.CO, Pollutant.O3):
        assert restated(100.0, gas, before, after) == pytest.approx(100 * 273.15 / 298.15, rel=1e-12)
    assert gas_state(before) == State(273.15, 1013.25)
    assert gas_state(after) == State(298.15, 1013.25)


def test_particles_need_the_state_at_sampling(rulebook: Rulebook) -> None:
    before, after = rulebook.gas_state(OLD), rulebook.gas_state(NEW)
    with pytest.raises(CallerError, match="temperature and pressure at sampling"):
        restated(100.0, Pollutant.PM10, before, after)
    actual = restated(100.0, Pollutant.PM10, before, after, WINTER)
    assert actual == pytest.approx(100 * 273.15 / 263.15 * 905 / 1013.25, rel=1e-12)
    assert restated(actual, Pollutant.PM10, after, before, WINTER) == pytest.approx(100, rel=1e-12)


def test_particles_of_one_state_stay_as_they_are(rulebook: Rulebook) -> None:
    after = rulebook.gas_state(NEW)
    assert restated(37.0, Pollutant.PM25, after, rulebook.gas_state(date(2031, 1, 1))) == 37.0


@given(st.floats(200, 330), st.floats(500, 1100), st.floats(0, 5000))
def test_there_and_back_is_the_same_value(temperature: float, pressure: float, value: float) -> None:
    here, there = State(temperature, pressure), State(298.15, 1013.25)
    assert between_states(between_states(value, here, there), there, here) == pytest.approx(value, rel=1e-12)


def test_degrees_celsius_are_refused() -> None:
    with pytest.raises(CallerError, match="kelvins"):
        between_states(10.0, State(-5.0, 1013.25), State(298.15, 1013.25))


@pytest.mark.parametrize(("gas", "molar_mass"), [("so2", 64.066), ("no2", 46.006), ("o3", 47.998), ("co", 28.010)])
def test_factors_of_the_rule_follow_from_the_ideal_gas(rulebook: Rulebook, gas: str, molar_mass: float) -> None:
    rule = rulebook.gas_state(date(2026, 3, 1))
    litres_per_mole = 0.0831446 * 298.15 / 1013.25 * 1000
    assert from_ppb(1.0, Pollutant(gas), rule) == pytest.approx(molar_mass / litres_per_mole, rel=3e-3)


def test_mixing_ratios_come_back_and_arrays_keep_their_gaps(rulebook: Rulebook) -> None:
    rule = rulebook.gas_state(date(2026, 3, 1))
    ppb = np.array([0.0, 12.5, np.nan])
    for gas in BASIC[:4]:
        np.testing.assert_allclose(to_ppb(from_ppb(ppb, gas, rule), gas, rule), ppb, rtol=1e-14)


def test_particles_have_no_mixing_ratio(rulebook: Rulebook) -> None:
    with pytest.raises(CallerError, match="pm10 has no ppb factor"):
        from_ppb(1.0, Pollutant.PM10, rulebook.gas_state(date(2026, 3, 1)))


@given(st.decimals("0", "9999", places=5))
def test_the_decimal_point_moves_exactly(number: Decimal) -> None:
    values = np.array([float(number), np.nan])
    assert micrograms_from_milligrams(values)[0] == float(number * 1000)
    assert milligrams_from_micrograms(values)[0] == float(number / 1000)
    assert np.isnan(micrograms_from_milligrams(values)[1])

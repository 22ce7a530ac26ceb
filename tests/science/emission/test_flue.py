"""Wet and dry gas, standard state, mixing ratios, velocity and flow, by hand and by what must not change."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lantian.rules import Rulebook, SourceDataRule
from lantian.science.emission.flue import (
    at_standard_state,
    dry,
    dry_standard_flow,
    from_ppm,
    nox_as_no2,
    section_velocity,
    state_reasons,
    working_flow,
)
from lantian.science.emission.reasons import Reason, reason_names
from lantian.terms.errors import CallerError

AIR = np.array([101.325])
NOUGHT = np.array([0.0])
BOOK = Rulebook.packaged()
RULE = next(row for row in BOOK.editions("source_data") if isinstance(row, SourceDataRule) and row.until is None)


def test_wet_gas_by_hand() -> None:
    np.testing.assert_allclose(dry(np.array([42.5, 8.0]), np.array([15.0, 20.0])), [50.0, 10.0], rtol=1e-15)


@pytest.mark.parametrize("humidity", [-0.1, 100.0, 250.0, np.nan])
def test_impossible_humidity_gives_no_number(humidity: float) -> None:
    water = np.array([humidity])
    assert np.isnan(dry(np.array([50.0]), water)).all()
    assert np.isnan(dry_standard_flow(np.array([1e5]), np.array([100.0]), AIR, NOUGHT, water, RULE)).all()


def test_standard_state_by_hand(rule: SourceDataRule) -> None:
    # 101325 / (90000 - 1000) x (273 + 127) / 273
    found = at_standard_state(np.array([20.0]), np.array([127.0]), np.array([90.0]), np.array([-1.0]), rule)
    assert found[0] == pytest.approx(20 * 101325 / 89000 * 400 / 273, rel=1e-14)


@pytest.mark.parametrize(
    ("temperature", "static"), [(-273.0, 0.0), (-300.0, 0.0), (20.0, -101.325), (np.nan, 0.0)]
)
def test_impossible_state_gives_no_number(rule: SourceDataRule, temperature: float, static: float) -> None:
    found = at_standard_state(np.array([20.0]), np.array([temperature]), AIR, np.array([static]), rule)
    assert np.isnan(found).all()


def test_mixing_ratios_by_hand(rule: SourceDataRule) -> None:
    assert from_ppm(np.array([22.4]), "a21026", rule)[0] == 64.0
    assert from_ppm(np.array([22.4]), "a21005", rule)[0] == 28.0
    assert from_ppm(np.array([100.0]), "a21003", rule)[0] == pytest.approx(133.92857142857, rel=1e-12)


def test_a_factor_without_molar_mass_is_refused(rule: SourceDataRule) -> None:
    with pytest.raises(CallerError, match="a34013 has no molar mass"):
        from_ppm(np.array([1.0]), "a34013", rule)


@given(st.floats(0, 2000), st.floats(0, 500))
def test_nox_is_the_same_by_mass_and_by_volume(no: float, no2: float) -> None:
    mass = nox_as_no2(from_ppm(np.array([no]), "a21003", RULE), from_ppm(np.array([no2]), "a21004", RULE), RULE)
    volume = from_ppm(np.array([no + no2]), "a21002", RULE)
    np.testing.assert_allclose(mass, volume, rtol=1e-12, atol=1e-12)


def test_flow_by_hand(rule: SourceDataRule) -> None:
    velocity = section_velocity(np.array([12.5]), 0.96)
    flow = working_flow(velocity, np.array([10.0]))
    assert flow[0] == pytest.approx(432_000.0, rel=1e-15)
    found = dry_standard_flow(flow, np.array([54.6]), np.array([101.325]), NOUGHT, np.array([12.0]), rule)
    assert found[0] == pytest.approx(432_000 / 1.2 * 0.88, rel=1e-14)


@pytest.mark.parametrize(("velocity", "area"), [(-0.1, 10.0), (10.0, 0.0), (10.0, -1.0), (np.nan, 1.0)])
def test_impossible_flow_gives_no_number(velocity: float, area: float) -> None:
    assert np.isnan(working_flow(np.array([velocity]), np.array([area]))).all()


def test_gas_that_stands_still_is_a_flow_of_nought(rule: SourceDataRule) -> None:
    still = working_flow(NOUGHT, np.array([10.0]))
    assert dry_standard_flow(still, np.array([20.0]), AIR, NOUGHT, np.array([1.0]), rule)[0] == 0.0
    assert np.isnan(dry_standard_flow(np.array([-5.0]), np.array([20.0]), AIR, NOUGHT, np.array([1.0]), rule))


def test_a_velocity_factor_that_is_not_positive_is_refused() -> None:
    with pytest.raises(CallerError, match="velocity factor of 0"):
        section_velocity(np.array([1.0]), 0.0)


@given(
    st.floats(-50, 400),
    st.floats(60, 110),
    st.floats(-8, 8),
    st.floats(0, 60),
    st.floats(0, 5000),
    st.floats(0, 1e7),
)
def test_mass_is_the_same_at_every_state(
    temperature: float, pressure: float, static: float, humidity: float, concentration: float, flow: float
) -> None:
    state = (np.array([temperature]), np.array([pressure]), np.array([static]))
    water = np.array([humidity])
    standard = at_standard_state(dry(np.array([concentration]), water), *state, RULE)
    gas = dry_standard_flow(np.array([flow]), *state, water, RULE)
    np.testing.assert_allclose(standard * gas, concentration * flow, rtol=1e-9, atol=1e-6)


@given(st.floats(-50, 400), st.floats(0.1, 100))
def test_hotter_gas_holds_more_at_the_standard_state(temperature: float, by: float) -> None:
    cool, hot = (
        at_standard_state(np.array([10.0]), np.array([degrees]), AIR, NOUGHT, RULE)[0]
        for degrees in (temperature, temperature + by)
    )
    assert hot > cool


def test_reasons_say_what_is_impossible(rule: SourceDataRule) -> None:
    temperature = np.array([20.0, -280.0, np.nan, 20.0])
    humidity = np.array([101.0, 5.0, 5.0, 5.0])
    found = state_reasons(temperature, np.full(4, 101.0), np.zeros(4), humidity, rule)
    assert [reason_names(int(bits)) for bits in found] == [
        ("humidity_impossible",), ("state_impossible",), ("missing",), (),
    ]  # fmt: skip
    assert Reason.MISSING == 1

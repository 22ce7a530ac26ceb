"""The compiled pieces by themselves."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

from lantian.rules import Rulebook
from lantian.rules.plume_records import PlumeRule
from lantian.science.plume.kernel import FLAT_TOP, flat_top
from lantian.science.plume.spread import Numbers, fill, probability, rise_of

N = Numbers.of(Rulebook.packaged().edition(PlumeRule, "plume", date(2025, 1, 1)))


@given(plume=st.floats(0, 1000), ratio=st.floats(0.01, 5))
def test_layer_is_filled_with_exactly_one(plume: float, ratio: float):
    lid = 1000.0
    z = (np.arange(1000) + 0.5) / 1000 * lid
    assert np.mean([fill(float(each), plume, ratio * lid, lid) for each in z]) * lid == pytest.approx(1, rel=2e-3)


@given(plume=st.floats(0, 1000), z=st.floats(0, 1000), ratio=st.floats(0.02, 3))
def test_filling_is_the_sum_of_many_images(plume: float, z: float, ratio: float):
    lid, up = 1000.0, ratio * 1000.0
    images = [side * plume + 2 * lid * n for n in range(-40, 41) for side in (1, -1)]
    exact = sum(norm.pdf(z, image, up) for image in images)
    assert fill(z, plume, up, lid) == pytest.approx(exact, rel=3e-5, abs=1e-9)


def test_above_the_lid_there_is_nothing():
    assert fill(1001.0, 500.0, 300.0, 1000.0) == 0


@given(a=st.floats(-8, 8))
def test_probability_is_the_normal_one(a: float):
    assert probability(a) == pytest.approx(norm.cdf(a), abs=1e-7)


@given(plume=st.floats(1, 1e5), own=st.floats(1, 1e6))
def test_flat_top_holds_one_and_hands_over_to_the_normal_form(plume: float, own: float):
    width = np.sqrt(plume + own)
    y = np.linspace(-9 * width, 9 * width, 20_001)
    found = np.array([flat_top(float(each), plume, own) for each in y[::10]])
    assert np.trapezoid(found, y[::10]) == pytest.approx(1, rel=2e-3)
    at_border = flat_top(0.0, plume, FLAT_TOP * plume)
    assert at_border == pytest.approx(norm.pdf(0, 0, np.sqrt((1 + FLAT_TOP) * plume)), rel=0.03)


@given(
    velocity=st.floats(1, 40), diameter=st.floats(0.3, 8), gas=st.floats(290, 600), wind=st.floats(0, 20),
    frequency=st.floats(0, 0.05),
)  # fmt: skip
def test_rise_grows_to_its_end_and_no_further(
    velocity: float, diameter: float, gas: float, wind: float, frequency: float
):
    release, final, square, linear, end = rise_of(80.0, diameter, velocity, gas, wind, 283.0, frequency, N)
    assert 0 <= release <= 80
    assert final >= 0
    reached = (square * end**2 + linear * end) ** (1 / 3)
    assert reached == pytest.approx(final, rel=1e-6)
    cooler, hotter = (rise_of(80.0, diameter, velocity, heat, wind, 283.0, 0.0, N)[1] for heat in (gas, gas + 50))
    assert hotter >= cooler * (1 - 1e-9)
    assert final <= cooler * (1 + 1e-9)


def test_briggs_rise_of_a_hot_stack_is_the_textbook_number():
    """21.425 F^¾ / u below a flux of 55, 38.71 F^⅗ / u above: the closed forms of the two laws."""
    for diameter, factor, power in ((2.0, 21.425, 0.75), (6.0, 38.71, 0.6)):
        flux = 9.80665 * 15.0 * diameter**2 / 4 * (400 - 283) / 400
        found = rise_of(80.0, diameter, 15.0, 400.0, 5.0, 283.0, 0.0, N)[1]
        assert found == pytest.approx(factor * flux**power / 5.0, rel=2e-3)


def test_slow_gas_is_drawn_down_behind_its_stack():
    assert rise_of(50.0, 2.0, 5.0, 283.0, 10.0, 283.0, 0.0, N)[0] == pytest.approx(50 + 2 * 2 * (0.5 - 1.5))
    assert rise_of(50.0, 2.0, 15.1, 283.0, 10.0, 283.0, 0.0, N)[0] == 50
    assert rise_of(1.0, 8.0, 0.1, 283.0, 10.0, 283.0, 0.0, N)[0] == 0


def test_without_gas_nothing_rises():
    assert rise_of(50.0, 0.0, 10.0, 400.0, 5.0, 283.0, 0.0, N) == (50.0, 0.0, 0.0, 0.0, 0.0)

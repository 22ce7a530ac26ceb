"""Conversion to a reference oxygen: by hand, its guards, and that air cannot thin a pollutant away."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from lantian.rules import Rulebook, SourceDataRule
from lantian.science.emission.oxygen import convert, convert_by_excess_air, excess_air, implied_reference_oxygen
from lantian.science.emission.reasons import reason_names

BOOK = Rulebook.packaged()
RULE = next(row for row in BOOK.editions("source_data") if isinstance(row, SourceDataRule) and row.until is None)
CONCENTRATION = st.floats(0.1, 2000)
OXYGEN = st.floats(0, 18.9)
REFERENCE = st.floats(0, 20)


def one(value: float) -> np.ndarray:
    return np.array([value])


@pytest.mark.parametrize(
    ("concentration", "oxygen", "reference", "expected"),
    [
        (20.0, 6.0, 6.0, 20.0),
        (20.0, 11.0, 6.0, 30.0),
        (28.0, 7.0, 6.0, 30.0),
        (50.0, 18.5, 16.0, 100.0),
        (20.0, 0.0, 6.0, 20 * 15 / 21),
        (0.0, 11.0, 6.0, 0.0),
    ],
)
def test_conversion_by_hand(concentration: float, oxygen: float, reference: float, expected: float) -> None:
    assert convert(one(concentration), one(oxygen), reference, RULE).values[0] == pytest.approx(
        expected, rel=1e-14
    )


@pytest.mark.parametrize(
    ("oxygen", "reason"),
    [
        (21.0, "oxygen_not_below_air"), (25.0, "oxygen_not_below_air"), (-0.1, "oxygen_negative"),
        (np.nan, "missing"),
    ],
)  # fmt: skip
def test_oxygen_that_cannot_be_computed_with_gives_no_number_and_a_reason(oxygen: float, reason: str) -> None:
    for found in (
        convert(one(20.0), one(oxygen), 6.0, RULE),
        convert_by_excess_air(one(20.0), one(oxygen), 1.4, RULE),
    ):
        assert np.isnan(found.values[0])
        assert reason_names(int(found.reasons[0])) == (reason,)


def test_oxygen_near_air_is_computed_and_doubted() -> None:
    found = convert(np.array([1.0, 1.0]), np.array([18.9, 20.9]), 6.0, RULE)
    assert found.values[1] == pytest.approx(150.0)
    assert [reason_names(int(bits)) for bits in found.reasons] == [(), ("oxygen_near_air",)]


@pytest.mark.parametrize("oxygen", [5.0, 21.0, np.nan])
def test_without_a_reference_the_measured_value_stands(oxygen: float) -> None:
    found = convert(one(20.0), one(oxygen), None, RULE)
    assert found.values[0] == 20.0
    assert reason_names(int(found.reasons[0])) == ("no_reference_oxygen",)


def test_each_row_has_its_own_reference() -> None:
    found = convert(np.array([20.0, 20.0]), np.array([11.0, 11.0]), np.array([6.0, np.nan]), RULE)
    assert found.values.tolist() == [30.0, 20.0]


def test_missing_concentration_stays_missing() -> None:
    found = convert(one(np.nan), one(11.0), 6.0, RULE)
    assert np.isnan(found.values[0])
    assert reason_names(int(found.reasons[0])) == ("missing",)


@given(CONCENTRATION, OXYGEN, REFERENCE, st.floats(0, 0.9))
def test_dilution_by_air_leaves_the_converted_value(
    concentration: float, oxygen: float, reference: float, air: float
) -> None:
    thinned, mixed = concentration * (1 - air), oxygen * (1 - air) + 21 * air
    before = convert(one(concentration), one(oxygen), reference, RULE).values
    after = convert(one(thinned), one(mixed), reference, RULE).values
    np.testing.assert_allclose(after, before, rtol=1e-9)


@given(CONCENTRATION, OXYGEN, REFERENCE, st.floats(0.05, 0.9))
def test_dilution_by_nitrogen_lowers_the_converted_value(
    concentration: float, oxygen: float, reference: float, nitrogen: float
) -> None:
    before = convert(one(concentration), one(oxygen), reference, RULE).values[0]
    after = convert(one(concentration * (1 - nitrogen)), one(oxygen * (1 - nitrogen)), reference, RULE).values[0]
    assert after < before


@given(CONCENTRATION, OXYGEN, REFERENCE)
def test_both_forms_agree(concentration: float, oxygen: float, reference: float) -> None:
    straight = convert(one(concentration), one(oxygen), reference, RULE).values
    by_factor = convert_by_excess_air(one(concentration), one(oxygen), 21 / (21 - reference), RULE).values
    np.testing.assert_allclose(by_factor, straight, rtol=1e-12)


@given(CONCENTRATION, st.floats(0, 20.9), st.floats(0, 20.9), REFERENCE)
def test_more_oxygen_never_gives_less(concentration: float, low: float, high: float, reference: float) -> None:
    assume(low < high)
    less, more = (convert(one(concentration), one(oxygen), reference, RULE).values[0] for oxygen in (low, high))
    assert less <= more


@given(CONCENTRATION, OXYGEN, REFERENCE)
def test_the_reference_is_found_again(concentration: float, oxygen: float, reference: float) -> None:
    converted = convert(one(concentration), one(oxygen), reference, RULE).values
    implied = implied_reference_oxygen(one(concentration), converted, one(oxygen), RULE)
    np.testing.assert_allclose(implied, reference, atol=1e-9)


def test_nothing_is_implied_by_nought_or_by_air() -> None:
    implied = implied_reference_oxygen(np.array([0.0, 5.0]), np.array([1.0, 5.0]), np.array([5.0, 21.0]), RULE)
    assert np.isnan(implied).all()


def test_excess_air_by_hand() -> None:
    np.testing.assert_allclose(
        excess_air(np.array([0.0, 6.0, 9.0, 10.5]), RULE), [1.0, 1.4, 1.75, 2.0], rtol=1e-15
    )
    assert np.isnan(excess_air(np.array([-1.0, 21.0, np.nan]), RULE)).all()

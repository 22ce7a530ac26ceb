from decimal import ROUND_CEILING, ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lantian.science.rounding import (
    exact,
    from_float32,
    half_even_ratio,
    round_half_even,
    round_up,
    rounded,
    units,
)

MODES = {"half_even": ROUND_HALF_EVEN, "half_up": ROUND_HALF_UP, "up": ROUND_CEILING, "truncate": ROUND_DOWN}
HOWS = st.sampled_from(sorted(MODES))


@st.composite
def decimals_of_15_digits(draw: st.DrawFn) -> Decimal:
    digits = draw(st.integers(-(10**15) + 1, 10**15 - 1))
    return Decimal(digits).scaleb(-draw(st.integers(0, 12)))


@pytest.mark.parametrize(
    ("text", "decimals", "expected"),
    [
        ("4.5", 0, "4"),
        ("35.5", 0, "36"),
        ("50.5", 0, "50"),
        ("60.5", 0, "60"),
        ("0.125", 2, "0.12"),
        ("0.225", 2, "0.22"),
        ("0.775", 2, "0.78"),
        ("0.675", 2, "0.68"),
        ("0.835", 2, "0.84"),
        ("1.25", 1, "1.2"),
        ("1.35", 1, "1.4"),
        ("-4.5", 0, "-4"),
    ],
)
def test_ties_go_to_the_even_digit_of_the_decimal(text: str, decimals: int, expected: str) -> None:
    assert round_half_even(float(text), decimals) == Decimal(expected)
    assert round_half_even(np.array([float(text)]), decimals)[0] == float(expected)


def test_the_naive_product_would_have_missed_the_tie() -> None:
    assert 1.005 * 100 != 100.5
    assert round_half_even(np.array([1.005, 1.015]), 2).tolist() == [1.0, 1.02]


@settings(deadline=None)
@given(decimals_of_15_digits(), st.integers(0, 4), HOWS)
def test_arrays_and_numbers_round_like_decimal(number: Decimal, decimals: int, how: str) -> None:
    expected = number.quantize(Decimal(1).scaleb(-decimals), MODES[how])
    assert rounded(float(number), decimals, how) == expected
    assert rounded(np.array([float(number)]), decimals, how)[0] == float(expected)


@settings(deadline=None)
@given(st.integers(-(10**8), 10**8), st.integers(0, 3), HOWS)
def test_every_tie_and_its_neighbours_round_like_decimal(whole: int, decimals: int, how: str) -> None:
    tie = Decimal(2 * whole + 1).scaleb(-decimals) / 2
    for number in (tie - Decimal("0.000001"), tie, tie + Decimal("0.000001")):
        expected = number.quantize(Decimal(1).scaleb(-decimals), MODES[how])
        assert rounded(np.array([float(number)]), decimals, how)[0] == float(expected)


@settings(deadline=None)
@given(st.decimals("-99999", "99999", places=3))
def test_float32_means_its_own_shortest_text(number: Decimal) -> None:
    narrow = np.float32(float(number))
    assert exact(narrow) == Decimal(str(narrow))
    assert from_float32(np.array([narrow]))[0] == float(Decimal(str(narrow)))


def test_float32_keeps_shape_order_and_gaps() -> None:
    narrow = np.asfortranarray(np.array([[0.3, np.nan, 1.367], [np.inf, 7.0, 3950.0]], dtype=np.float32))
    assert from_float32(narrow).shape == (2, 3)
    np.testing.assert_array_equal(from_float32(narrow), [[0.3, np.nan, 1.367], [np.inf, 7.0, 3950.0]])


def test_float32_input_is_rounded_by_its_text() -> None:
    assert round_half_even(np.array([0.675, 2.675], dtype=np.float32), 2).tolist() == [0.68, 2.68]
    assert round_half_even(np.float32(0.675), 2) == Decimal("0.68")


def test_up_keeps_a_whole_number_and_lifts_everything_else() -> None:
    assert round_up(np.array([55.0, 55.0000001, 2.2 / 2 * 50, -0.5])).tolist() == [55.0, 56.0, 55.0, 0.0]
    assert (round_up(55.0), round_up(54.2)) == (Decimal(55), Decimal(55))


def test_gaps_and_infinities_stay_what_they_are() -> None:
    np.testing.assert_array_equal(round_half_even(np.array([np.nan, np.inf, -np.inf])), [np.nan, np.inf, -np.inf])
    assert round_half_even(float("nan")).is_nan()
    assert round_half_even(float("inf"), 1) == Decimal("Infinity")


def test_no_negative_zero_comes_out() -> None:
    assert not np.signbit(round_half_even(np.array([-0.3, -0.0])))[0]
    assert not np.signbit(units(np.array([-0.04]), 1))[0]


def test_units_count_the_last_kept_decimal() -> None:
    assert units(np.array([1.25, 1.35, 2.2]), 1).tolist() == [12.0, 14.0, 22.0]
    assert units(np.array([3, 4], dtype=np.int64), 0).tolist() == [3.0, 4.0]


@settings(deadline=None)
@given(st.integers(-(10**15), 10**15), st.integers(1, 10**6))
def test_a_ratio_is_rounded_from_the_exact_fraction(numerator: int, denominator: int) -> None:
    expected = round(Fraction(numerator, denominator))
    assert half_even_ratio(numerator, denominator) == expected
    assert half_even_ratio(np.array([numerator]), denominator)[0] == expected
    assert half_even_ratio(np.array([numerator]), np.array([denominator]))[0] == expected


def test_numbers_of_every_kind_mean_their_text() -> None:
    assert exact(Decimal("1.10")) == Decimal("1.1")
    assert exact(np.float64(0.1)) == Decimal("0.1")
    assert exact(np.int16(7)) == exact(7) == Decimal(7)

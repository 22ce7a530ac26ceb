"""Whole units of a last decimal."""

from datetime import date

import numpy as np
import pytest

from lantian.rules import Rulebook
from lantian.science.statistics.fixed import daily_array, day_units, digits, rounded_quotient
from lantian.terms.errors import CallerError


def test_co_is_counted_in_tenths_and_the_others_in_ones(rulebook: Rulebook) -> None:
    rule = rulebook.evaluation(date(2026, 7, 1))
    assert digits(rule.decimals_day).tolist() == [0, 0, 1, 0, 0, 0]
    whole = day_units(np.array([[[1.0, 2.0, 1.25, 4.5, 5.5, np.nan], [1, 1, 1.35, 1, 1, 1]]]), rule)
    assert whole.shape == (1, 6, 2)
    assert whole[0, 2].tolist() == [12.0, 14.0]
    assert whole[0, 3, 0] == 4.0
    assert whole[0, 4, 0] == 6.0
    assert np.isnan(whole[0, 5, 0])


def test_quotient_is_rounded_once_half_to_even() -> None:
    none = np.array([False] * 6)
    have, keep = np.array([0, 0, 1, 0, 0, 0]), np.array([0, 1, 1, 0, 2, 0])
    total = np.array([61, 61, 27, 63, 61, 1])
    result = rounded_quotient(total, 2, have, keep, none)
    assert result.tolist() == [30.0, 30.5, 1.4, 32.0, 30.5, 0.0]


def test_coarser_result_than_its_units_is_rounded_from_the_exact_quotient() -> None:
    one = np.array([1])
    assert rounded_quotient(np.array([25]), one, one, 0 * one, np.array([False])).tolist() == [2.0]
    assert np.isnan(rounded_quotient(np.array([25]), one, one, 0 * one, np.array([True]))).all()


def test_single_precision_means_the_decimal_that_it_prints(rulebook: Rulebook) -> None:
    # float32 0.35 widens to 0.3499999940, which would fall to 0.3 instead of the even 0.4
    daily = np.full((1, 6), 0.35, dtype=np.float32)
    assert float(np.float64(np.float32(0.35))) < 0.35
    assert day_units(daily, rulebook.evaluation(date(2026, 7, 1)))[2, 0] == 4.0


def test_array_of_another_shape_is_refused() -> None:
    with pytest.raises(CallerError, match="6 pollutants"):
        daily_array(np.zeros(6))

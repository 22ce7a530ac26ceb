"""What enters a factor analysis."""

import numpy as np
import pytest

from lantian.rules.receptor_records import PmfConventions
from lantian.science.pmf import Choices, Measured, from_limits, prepare, signal_to_noise, suggested
from lantian.terms.errors import CallerError

VALUES = np.array([[4.0, 0.2, 9.0], [np.nan, 0.3, 8.0], [6.0, 0.1, np.nan], [8.0, 0.2, 7.0]])
SPREAD = np.full((4, 3), 0.5)
GIVEN = Measured(("oc", "el_v", "pm25"), VALUES, SPREAD)


def test_missing_value_is_the_median_with_four_times_it_as_uncertainty(conventions: PmfConventions) -> None:
    ready = prepare(GIVEN, conventions)
    assert ready.values[1, 0] == 6.0
    assert ready.uncertainty[1, 0] == 24.0
    assert ready.replaced.sum() == 2


def test_weak_species_has_three_times_the_uncertainty_and_bad_is_gone(conventions: PmfConventions) -> None:
    ready = prepare(GIVEN, conventions, Choices({"el_v": "bad", "oc": "weak"}))
    assert ready.species == ("oc", "pm25")
    assert ready.uncertainty[0].tolist() == [1.5, 0.5]
    assert ready.weak.tolist() == [True, False]


def test_total_variable_is_weak_unless_it_is_said_otherwise(conventions: PmfConventions) -> None:
    ready = prepare(GIVEN, conventions, Choices(total="pm25"))
    assert ready.total == 2
    assert ready.weak.tolist() == [False, False, True]
    strong = prepare(GIVEN, conventions, Choices({"pm25": "strong"}, total="pm25"))
    assert not strong.weak.any()


def test_extra_uncertainty_is_added_in_squares(conventions: PmfConventions) -> None:
    ready = prepare(GIVEN, conventions, Choices(extra=0.1))
    assert ready.uncertainty[0, 2] == pytest.approx(np.hypot(0.5, 0.9))


def test_sample_without_any_value_is_taken_out(conventions: PmfConventions) -> None:
    values = VALUES.copy()
    values[1] = np.nan
    assert prepare(Measured(GIVEN.species, values, SPREAD), conventions).size == (3, 3)


def test_value_below_the_limit_is_half_of_it_with_five_sixths(conventions: PmfConventions) -> None:
    values, spread = from_limits(
        np.array([[0.5, np.nan]]), np.array([1.2, 1.2]), np.array([0.1, 0.1]), conventions
    )
    assert values[0, 0] == 0.6
    assert spread[0, 0] == pytest.approx(1.0)
    assert np.isnan(values[0, 1])
    assert np.isnan(spread[0, 1])


def test_value_above_the_limit_has_its_share_and_half_the_limit_in_squares(conventions: PmfConventions) -> None:
    _, spread = from_limits(np.array([[30.0]]), np.array([8.0]), np.array([0.1]), conventions)
    assert spread[0, 0] == pytest.approx(5.0)


def test_signal_to_noise_leaves_values_below_their_uncertainty_out() -> None:
    assert signal_to_noise(np.array([[3.0], [0.5]]), np.ones((2, 1))).tolist() == [1.0]


def test_species_without_a_signal_is_bad(conventions: PmfConventions) -> None:
    assert suggested(GIVEN, conventions) == {"oc": "strong", "el_v": "bad", "pm25": "strong"}


@pytest.mark.parametrize(
    ("choices", "words"),
    [
        (Choices({"xx": "weak"}), "xx is no species"),
        (Choices({"oc": "bad", "el_v": "bad"}), "1 species are left"),
        (Choices(extra=-0.1), "below zero"),
    ],
)
def test_choice_that_cannot_be_is_refused(conventions: PmfConventions, choices: Choices, words: str) -> None:
    with pytest.raises(CallerError, match=words):
        prepare(GIVEN, conventions, choices)


def test_value_without_uncertainty_is_refused() -> None:
    with pytest.raises(CallerError, match="sample 2 of el_v"):
        Measured(("oc", "el_v"), np.ones((3, 2)), np.array([[1.0, 1.0], [1.0, 0.0], [1.0, 1.0]]))


def test_tables_of_two_shapes_are_refused() -> None:
    with pytest.raises(CallerError, match="same samples and species"):
        Measured(("oc", "ec"), np.ones((3, 2)), np.ones((2, 2)))

"""Figures of agreement and Taylor's points."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lantian.science.comparison.model import Agreement, agreement, agreement_by, ranked, taylor
from lantian.science.series.cutting import Cut
from lantian.terms.errors import CallerError

OBSERVED = np.random.default_rng(1).gamma(2, 20, 500)
NUMBERS = st.lists(st.floats(0.5, 1e3), min_size=5, max_size=30)


def test_a_perfect_model_is_perfect() -> None:
    found = agreement(OBSERVED, OBSERVED)
    assert (found.fac2, found.mean_bias, found.rmse, found.efficiency, found.index_of_agreement) == (1, 0, 0, 1, 1)
    assert found.r == pytest.approx(1)


def test_the_mean_as_a_model_has_no_efficiency() -> None:
    found = agreement(np.full(500, OBSERVED.mean()), OBSERVED)
    assert found.efficiency == pytest.approx(0)
    assert found.index_of_agreement == pytest.approx(0.5)
    assert np.isnan(found.r)


@given(NUMBERS)
def test_the_index_of_agreement_is_that_of_the_efficiency(values: list[float]) -> None:
    observed = np.array(values)
    found = agreement(observed[::-1], observed)
    if np.ptp(observed) > 1e-6:
        efficiency = found.efficiency
        wanted = (1 + efficiency) / 2 if efficiency >= -1 else 2 / (1 - efficiency) - 1
        assert found.index_of_agreement == pytest.approx(wanted)
        assert -1 <= found.index_of_agreement <= 1


def test_pairs_without_both_are_left_out() -> None:
    assert agreement(np.array([1.0, np.nan, 3.0]), np.array([np.nan, 2.0, 3.0])).n == 1
    assert agreement(np.array([np.nan]), np.array([1.0])).n == 0


def test_a_zero_observation_is_beyond_a_factor_of_two() -> None:
    assert agreement(np.array([1.0, 1.0]), np.array([0.0, 1.0])).fac2 == 0.5


def test_series_that_do_not_pair_are_refused() -> None:
    with pytest.raises(CallerError, match="pair one to one"):
        agreement(OBSERVED, OBSERVED[:3])


def test_classes_are_judged_apart_and_models_ranked() -> None:
    cut = Cut(("a", "b"), np.arange(500) % 2)
    found = agreement_by(np.where(cut["a"], OBSERVED, OBSERVED + 9), OBSERVED, cut)
    assert found["a"].rmse == 0
    assert found["b"].mean_bias == pytest.approx(9)
    nothing = Agreement(0, *(float("nan"),) * 10)
    assert ranked(found | {"none": nothing}) == ["a", "b", "none"]


@given(NUMBERS, NUMBERS)
def test_the_law_of_cosines_holds_in_a_taylor_diagram(one: list[float], two: list[float]) -> None:
    n = min(len(one), len(two))
    predicted, observed = np.array(one[:n]), np.array(two[:n])
    if min(np.ptp(predicted), np.ptp(observed)) > 1e-3:
        point = taylor(predicted, observed)
        error = (predicted - predicted.mean()) - (observed - observed.mean())
        assert point.centred_error == pytest.approx(np.sqrt((error**2).sum() / (n - 1)), rel=1e-4, abs=1e-4)


def test_one_pair_has_no_place_in_a_taylor_diagram() -> None:
    with pytest.raises(CallerError, match="two or more"):
        taylor(np.array([1.0]), np.array([1.0]))

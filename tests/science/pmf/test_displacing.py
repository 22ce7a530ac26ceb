"""Displacement: each end of an interval costs what it says, and true elements lie within."""

from collections.abc import Callable

import numpy as np
import pytest

from lantian.rules.receptor_records import PmfConventions
from lantian.science.pmf import (
    BaseRuns,
    Dataset,
    Displacement,
    Settings,
    assigned,
    base_runs,
    correlations,
    displacement,
)
from lantian.science.pmf.displacing import frozen_weights
from lantian.science.pmf.fitting import Freedom, batch_of, fit
from lantian.terms.errors import CallerError
from lantian.terms.types import FloatArray

Known = tuple[Dataset, FloatArray, FloatArray]


@pytest.fixture(scope="module")
def moved(four_found: BaseRuns, conventions: PmfConventions) -> Displacement:
    return displacement(four_found.best, conventions, robust=False)


def test_ends_contain_the_base_and_widen_with_the_level(four_found: BaseRuns, moved: Displacement) -> None:
    profiles = four_found.best.profiles
    assert moved.levels == (4.0, 8.0, 16.0, 32.0)
    assert (moved.low <= profiles + 1e-12).all()
    assert (moved.high >= profiles - 1e-12).all()
    assert (np.diff(moved.low, axis=0) <= 1e-12).all()
    assert (np.diff(moved.high, axis=0) >= -1e-12).all()
    assert moved.low.min() >= 0


@pytest.mark.parametrize(("factor", "species", "level"), [(0, 5, 0), (1, 8, 3), (2, 1, 1), (3, 12, 0)])
def test_a_fit_at_the_upper_end_is_worse_by_the_level(
    four_found: BaseRuns, moved: Displacement, factor: int, species: int, level: int
) -> None:
    best = four_found.best
    value = moved.high[level, factor, species]
    freedom = Freedom.of(*best.data.size, best.factors)
    freedom.loads[:2, 0, factor, species] = value
    freedom.held[0, factor] = True
    batch = batch_of(best)
    batch.loads[0, factor, species] = value
    fit(best.data, batch, freedom, stop=1e-12, most=20_000)
    assert batch.q[0] - best.q_true == pytest.approx(moved.levels[level], rel=0.03)


def test_factors_with_tracers_never_swap_and_q_does_not_fall(moved: Displacement) -> None:
    assert not moved.swapped
    assert moved.swaps.sum() == 0
    assert moved.decrease > -1e-3


def test_true_elements_lie_within_the_intervals(
    make_known: Callable[..., Known], conventions: PmfConventions
) -> None:
    inside = []
    for seed in range(11, 15):
        data, scores, loads = make_known(3, 150, 9, seed)
        best = base_runs(data, Settings(3, 6, robust=False), conventions).best
        partner = assigned(correlations(best.contributions.T, scores.T))
        found = displacement(best, conventions, robust=False)
        inside.append((found.low[0] <= loads[partner]) & (loads[partner] <= found.high[0]))
    assert np.mean(inside) > 0.9  # a rise of 4 is two standard deviations


def test_a_few_species_can_be_displaced(
    four_found: BaseRuns, moved: Displacement, conventions: PmfConventions
) -> None:
    few = displacement(four_found.best, conventions, species=["s6", "s2"], robust=False)
    assert few.species.tolist() == [6, 2]
    np.testing.assert_allclose(few.high, moved.high[:, :, [6, 2]], rtol=1e-6)


def test_strange_species_is_refused(four_found: BaseRuns, conventions: PmfConventions) -> None:
    with pytest.raises(CallerError, match="zz cannot be displaced"):
        displacement(four_found.best, conventions, species=["zz"])


def test_frozen_weights_count_only_large_residuals_less(four_found: BaseRuns) -> None:
    best = four_found.best
    plain, robust = frozen_weights(best, robust=False), frozen_weights(best, robust=True)
    large = np.abs(best.scaled_residuals) > 4
    np.testing.assert_array_equal(robust[~large], plain[~large])
    assert (robust[large] < plain[large]).all()

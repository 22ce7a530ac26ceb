"""Base runs on samples whose factors are known."""

import numpy as np
import pytest

from lantian.rules.receptor_records import PmfConventions
from lantian.science.pmf import BaseRuns, Dataset, Settings, assigned, base_runs, correlations, shapes_alike
from lantian.terms.errors import CallerError
from lantian.terms.types import FloatArray

Known = tuple[Dataset, FloatArray, FloatArray]


def test_known_factors_are_found_again(four: Known, four_found: BaseRuns) -> None:
    data, scores, loads = four
    best = four_found.best
    alike = correlations(best.contributions.T, scores.T)
    partner = assigned(alike)
    assert alike[np.arange(4), partner].min() > 0.99
    assert np.diag(shapes_alike(best.profiles, loads[partner], data.values.mean(axis=0))).min() > 0.99
    np.testing.assert_allclose(best.profiles.sum(axis=1) / loads[partner].sum(axis=1), 1.0, atol=0.05)


def test_q_of_known_noise_is_what_is_expected(four_found: BaseRuns) -> None:
    best = four_found.best
    assert best.q_true == pytest.approx(best.q_expected, rel=0.05)


def test_same_settings_give_the_same_runs(four: Known, four_found: BaseRuns, conventions: PmfConventions) -> None:
    again = base_runs(four[0], Settings(factors=4, starts=8, robust=False), conventions)
    assert again.runs == four_found.runs
    np.testing.assert_array_equal(again.best.profiles, four_found.best.profiles)


def test_table_says_how_often_the_best_was_found_and_who_differs(four_found: BaseRuns) -> None:
    assert len(four_found.runs) == 8
    assert 1 <= four_found.found_again <= 8
    assert four_found.runs[four_found.number - 1].likeness > 0.999
    assert min(four_found.q_minimised) == four_found.runs[four_found.number - 1].q_true
    np.testing.assert_array_equal(four_found.differences, four_found.differences.T)
    assert (np.diag(four_found.differences) == 0).all()
    pairs = four_found.differences[np.triu_indices(8, 1)]
    assert pairs.mean() == pytest.approx(four_found.species_differences.sum())


def test_robust_run_is_chosen_by_its_robust_q(four: Known, conventions: PmfConventions) -> None:
    found = base_runs(four[0], Settings(factors=3, starts=6), conventions)
    assert found.runs[found.number - 1].q_robust == min(run.q_robust for run in found.runs)
    assert found.best.q_robust <= found.best.q_true


@pytest.mark.parametrize(
    ("factors", "starts", "words"), [(0, 5, "0 factors"), (14, 5, "14 factors"), (3, 0, "0 starts")]
)
def test_what_cannot_be_solved_is_refused(
    four: Known, conventions: PmfConventions, factors: int, starts: int, words: str
) -> None:
    with pytest.raises(CallerError, match=words):
        base_runs(four[0], Settings(factors, starts), conventions)

"""Bootstrap: blocks, mapping, intervals; and displacement within resamples."""

import numpy as np
import pytest

from lantian.rules.receptor_records import PmfConventions
from lantian.science.pmf import (
    BaseRuns,
    Dataset,
    Fit,
    assigned,
    best_block,
    bootstrap,
    bootstrap_displacement,
    correlations,
)
from lantian.science.pmf.resampling import resamples
from lantian.terms.errors import CallerError
from lantian.terms.types import FloatArray

Known = tuple[Dataset, FloatArray, FloatArray]


def test_resample_has_as_many_samples_as_there_are() -> None:
    counts = resamples(101, 7, 20, 1)
    assert counts.shape == (20, 101)
    assert (counts.sum(axis=1) == 101).all()
    np.testing.assert_array_equal(counts, resamples(101, 7, 20, 1))


def test_long_memory_needs_long_blocks() -> None:
    chance = np.random.default_rng(2)
    noise = chance.normal(size=(800, 4))
    memory = np.zeros_like(noise)
    for row in range(1, 800):
        memory[row] = 0.9 * memory[row - 1] + noise[row]
    assert best_block(noise) <= 4
    assert 10 <= best_block(memory) <= 60


def test_clear_factors_come_again_in_every_resample(four_found: BaseRuns, conventions: PmfConventions) -> None:
    found = bootstrap(four_found.best, conventions, many=40, robust=False)
    np.testing.assert_array_equal(found.mapping[:, :4], 40 * np.eye(4))
    assert (found.mapping[:, 4] == 0).all()
    np.testing.assert_array_equal(found.mapping.sum(axis=1), 40)


def test_true_profiles_lie_within_the_percentiles(
    four: Known, four_found: BaseRuns, conventions: PmfConventions
) -> None:
    _, scores, loads = four
    partner = assigned(correlations(four_found.best.contributions.T, scores.T))
    found = bootstrap(four_found.best, conventions, many=60, robust=False)
    share = loads[partner] / loads[partner].sum(axis=1, keepdims=True)
    profiles = found.profiles / found.profiles.sum(axis=2, keepdims=True)
    order = np.array([[np.flatnonzero(row == factor)[0] for factor in range(4)] for row in found.partners])
    ranked = np.take_along_axis(profiles, order[:, :, None], axis=1)
    low, high = np.percentile(ranked, [2.5, 97.5], axis=0)
    assert np.mean((low - 0.002 <= share) & (share <= high + 0.002)) > 0.85


def test_factor_that_is_nowhere_in_a_resample_is_unmapped(four: Known, conventions: PmfConventions) -> None:
    data, scores, loads = four
    wrong = scores.copy()
    wrong[:, 3] = np.random.default_rng(0).permutation(wrong[:, 3])
    odd = Fit(data, wrong, loads, 4.0)
    found = bootstrap(odd, conventions, many=10, robust=False)
    assert found.mapping[3, 4] == 10
    assert (found.mapping[:3, 4] == 0).all()


def test_intervals_of_displaced_resamples_are_wider_than_chance_alone(
    four_found: BaseRuns, conventions: PmfConventions
) -> None:
    best = four_found.best
    shares: list[float] = []
    found = bootstrap_displacement(best, conventions, many=6, robust=False, progress=shares.append)
    assert found.accepted == found.resamples == 6
    assert found.levels == (0.5, 1.0, 2.0, 4.0)
    assert found.swaps.sum() == 0
    assert shares[-1] == 1.0
    alone = bootstrap(best, conventions, many=6, robust=False)
    width = found.high[3] - found.low[3]
    assert (width >= 0.9 * (alone.percentiles[-1] - alone.percentiles[0])).mean() > 0.95


@pytest.mark.parametrize(
    ("many", "block", "words"), [(1, None, "1 resamples"), (10, 0, "block of 0"), (10, 999, "block of 999")]
)
def test_what_cannot_be_drawn_is_refused(
    four_found: BaseRuns, conventions: PmfConventions, many: int, block: int | None, words: str
) -> None:
    with pytest.raises(CallerError, match=words):
        bootstrap(four_found.best, conventions, many=many, block=block)

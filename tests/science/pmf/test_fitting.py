"""The solver against plain NumPy and against what a minimum must fulfil."""

from collections.abc import Iterator

import numba
import numpy as np
import pytest
from scipy.optimize import nnls

from lantian.rules.receptor_records import PmfConventions
from lantian.science.pmf import BaseRuns, Dataset, Measured, prepare
from lantian.science.pmf.fitting import Batch, Freedom, batch_of, fit, unit_mean
from lantian.science.pmf.starting import random_start
from lantian.terms.types import FloatArray

FACTORS = 3


@pytest.fixture(scope="module")
def small(conventions: PmfConventions) -> Dataset:
    chance = np.random.default_rng(7)
    true = chance.lognormal(0, 1, (60, FACTORS)) @ chance.gamma(1, 1, (FACTORS, 9))
    spread = 0.1 * true + 0.05
    values = np.maximum(true + spread * chance.normal(size=true.shape), 0)
    return prepare(Measured(tuple("abcdefghi"), values, spread), conventions)


@pytest.fixture
def one_thread() -> Iterator[None]:
    before = numba.get_num_threads()
    numba.set_num_threads(1)
    yield
    numba.set_num_threads(before)


def residual_q(data: Dataset, batch: Batch, weights: FloatArray | None = None) -> FloatArray:
    rest = data.values - np.swapaxes(batch.scores, 1, 2) @ batch.loads
    return np.asarray((rest**2 * (data.weights if weights is None else weights)).sum(axis=(1, 2)))


def test_q_is_that_of_the_residuals(small: Dataset) -> None:
    batch = fit(small, random_start(small, FACTORS, 4, 1))
    np.testing.assert_allclose(batch.q, residual_q(small, batch), rtol=1e-12)


def test_contributions_at_the_end_are_the_least_squares_of_their_profiles(small: Dataset) -> None:
    batch = fit(small, random_start(small, FACTORS, 1, 1), stop=1e-12, most=20_000)
    for sample in range(0, 60, 7):
        root = 1 / small.uncertainty[sample]
        best, _ = nnls((batch.loads[0] * root).T, small.values[sample] * root)
        np.testing.assert_allclose(batch.scores[0, :, sample], best, rtol=1e-4, atol=1e-5)


def test_nothing_is_below_zero(small: Dataset) -> None:
    batch = fit(small, random_start(small, 5, 3, 2))
    assert batch.scores.min() >= 0
    assert batch.loads.min() >= 0


def test_the_same_seed_gives_the_same_result_on_any_number_of_threads(small: Dataset, one_thread: None) -> None:
    alone = fit(small, random_start(small, FACTORS, 6, 3))
    numba.set_num_threads(numba.config.NUMBA_NUM_THREADS)
    together = fit(small, random_start(small, FACTORS, 6, 3))
    np.testing.assert_array_equal(alone.scores, together.scores)
    np.testing.assert_array_equal(alone.loads, together.loads)


def test_a_start_does_not_depend_on_how_many_there_are(small: Dataset) -> None:
    few, many = random_start(small, FACTORS, 2, 5), random_start(small, FACTORS, 9, 5)
    np.testing.assert_array_equal(few.scores, many.scores[:2])
    np.testing.assert_array_equal(few.loads, many.loads[:2])


def test_a_sample_that_counts_twice_is_a_sample_that_is_there_twice(small: Dataset) -> None:
    counts = np.ones((1, 60))
    counts[0, 10:20] = 2
    twice = small.rows(np.array([*range(60), *range(10, 20)]))
    start = random_start(small, FACTORS, 1, 4)
    doubled = Batch.start(np.concatenate([start.scores, start.scores[:, :, 10:20]], axis=2), start.loads)
    counted = fit(small, start, counts=counts, stop=1e-12, most=20_000)
    repeated = fit(twice, doubled, stop=1e-12, most=20_000)
    assert counted.q[0] == pytest.approx(repeated.q[0], rel=1e-8)
    profiles = unit_mean(counted, counts).loads
    np.testing.assert_allclose(profiles, unit_mean(repeated).loads, rtol=1e-3, atol=1e-4)


def test_held_means_stay_one_and_cost_nothing_alone(small: Dataset) -> None:
    start = unit_mean(random_start(small, FACTORS, 1, 1))
    free = fit(small, Batch.start(start.scores, start.loads), stop=1e-12, most=20_000)
    held = fit(small, start, Freedom.of(60, 9, FACTORS, held=True), stop=1e-12, most=20_000)
    np.testing.assert_allclose(held.scores.mean(axis=2), 1.0, rtol=1e-9)
    assert held.q[0] == pytest.approx(free.q[0], rel=1e-6)


def test_bounds_hold_exactly(small: Dataset) -> None:
    freedom = Freedom.of(60, 9, FACTORS, held=True)
    freedom.loads[0, 0, 1, 4] = freedom.loads[1, 0, 1, 4] = 0.25
    freedom.scores[1, 0, 2, :] = 1.5
    batch = fit(small, unit_mean(random_start(small, FACTORS, 1, 1)), freedom)
    assert batch.loads[0, 1, 4] == 0.25
    assert batch.scores[0, 2].max() <= 1.5


def test_robust_fit_minimises_the_capped_loss(small: Dataset) -> None:
    values = small.values.copy()
    values[5, 3] *= 40
    spoiled = Dataset(small.species, values, small.uncertainty, small.weak, small.replaced)

    def loss(batch: Batch) -> float:
        size = np.abs(values - batch.scores[0].T @ batch.loads[0]) / small.uncertainty
        return float(np.where(size > 4, 8 * size - 16, size**2).sum())

    start = random_start(spoiled, FACTORS, 1, 1)
    plain = fit(spoiled, Batch.start(start.scores, start.loads), stop=1e-10)
    robust = fit(spoiled, start, robust=4.0, stop=1e-10)
    assert loss(robust) < loss(plain)
    assert residual_q(spoiled, robust)[0] > residual_q(spoiled, plain)[0]


def test_expected_q_counts_weak_species_a_third(conventions: PmfConventions, four_found: BaseRuns) -> None:
    best = four_found.best
    assert best.q_expected == 250 * 14 - 4 * (250 + 14)
    weak = Dataset(
        best.data.species, best.data.values, best.data.uncertainty, np.arange(14) < 3, best.data.replaced
    )
    assert type(best)(weak, best.contributions, best.profiles, 4.0).q_expected == 250 * 11 + 250 - 4 * 264


def test_a_fit_goes_into_a_batch_and_keeps_its_q(four_found: BaseRuns) -> None:
    best = four_found.best
    np.testing.assert_allclose(residual_q(best.data, batch_of(best))[0], best.q_true, rtol=1e-12)
    np.testing.assert_allclose(best.contributions.mean(axis=0), 1.0, rtol=1e-12)
    assert best.mass_shares.sum() == pytest.approx(1.0)
    assert (np.diff(best.mass_shares) <= 0).all()

"""The answer to first order is what a refit does."""

import numpy as np

from lantian.science.pmf import BaseRuns
from lantian.science.pmf.fitting import Freedom, batch_of, fit
from lantian.science.pmf.response import response


def test_small_displacement_moves_everything_as_told(four_found: BaseRuns) -> None:
    best = four_found.best
    start = fit(best.data, batch_of(best), Freedom.of(*best.data.size, 4, held=True), stop=1e-14, most=20_000)
    factor, column = 1, int(best.profiles[1].argmax())
    told = response(best.data, start, best.data.weights, None, np.array([factor]), np.array([column]))
    step = told.step(0.25)[0]
    freedom = Freedom.of(*best.data.size, 4, held=True)
    freedom.loads[:2, 0, factor, column] = start.loads[0, factor, column] + step
    moved = fit(best.data, batch_of(best), freedom, stop=1e-14, most=20_000)
    assert 0.6 * 0.25 < moved.q[0] - start.q[0] < 1.05 * 0.25  # elements that leave nought lower it
    change = moved.loads[0] - start.loads[0]
    np.testing.assert_allclose(change, step * told.loads[0], atol=0.25 * np.abs(change).max())
    scores = moved.scores[0] - start.scores[0]
    assert np.corrcoef(scores.ravel(), told.scores[0].ravel())[0, 1] > 0.95


def test_element_at_nought_has_a_slope_and_a_free_one_none(four_found: BaseRuns) -> None:
    best = four_found.best
    zero, free = np.argwhere(best.profiles == 0)[0], np.argwhere(best.profiles > 0)[0]
    factor, column = np.array([zero[0], free[0]]), np.array([zero[1], free[1]])
    told = response(best.data, batch_of(best), best.data.weights, None, factor, column)
    assert told.slope[0] >= 0
    assert told.slope[1] == 0
    assert (told.curvature > 0).all()
    assert (told.loads[np.arange(2), factor, column] == 1).all()

"""The answer to first order is what a refit does."""

import numpy as np
import pytest

from lantian.science.pmf import BaseRuns
from lantian.science.pmf.fitting import Freedom, batch_of, fit
from lantian.science.pmf.response import response


def test_small_displacement_costs_what_is_told_and_a_refit_finds_no_more(four_found: BaseRuns) -> None:
    best = four_found.best
    free = Freedom.of(*best.data.size, 4, held=True)
    start = fit(best.data, batch_of(best), free, stop=1e-14, most=20_000)
    rise = 0.01
    for factor in range(4):
        column = int(best.profiles[factor].argmax())
        told = response(best.data, start, best.data.weights, None, np.array([factor]), np.array([column]))
        step = told.step(rise)[0]
        scores, loads = start.scores[0] + step * told.scores[0], start.loads[0] + step * told.loads[0]
        there = (((best.data.values - scores.T @ loads) / best.data.uncertainty) ** 2).sum() - start.q[0]
        assert there == pytest.approx(rise, rel=0.05)
        assert abs(told.scores[0, factor].mean()) < 1e-2 * np.abs(told.scores[0, factor]).max()
        freedom = Freedom.of(*best.data.size, 4, held=True)
        freedom.loads[:2, 0, factor, column] = start.loads[0, factor, column] + step
        refit = fit(best.data, batch_of(best), freedom, stop=1e-14, most=20_000).q[0] - start.q[0]
        assert 0.2 * rise < refit <= 1.02 * there  # elements that leave nought lower it


def test_element_at_nought_has_a_slope_and_a_free_one_none(four_found: BaseRuns) -> None:
    best = four_found.best
    zero, free = np.argwhere(best.profiles == 0)[0], np.argwhere(best.profiles > 0)[0]
    factor, column = np.array([zero[0], free[0]]), np.array([zero[1], free[1]])
    told = response(best.data, batch_of(best), best.data.weights, None, factor, column)
    assert told.slope[0] >= 0
    assert told.slope[1] == 0
    assert (told.curvature > 0).all()
    assert (told.loads[np.arange(2), factor, column] == 1).all()

"""Where does everything else go, to first order, when one element of a profile is displaced (线性响应)?"""

from dataclasses import dataclass

import numpy as np

from lantian.science.pmf.data import Dataset
from lantian.science.pmf.fitting import Batch
from lantian.terms.types import FloatArray, IntArray

_HOLD = 1e3
"""How much stiffer the held mean contributions are than the stiffest profile."""
_STEEP = 1e-12


@dataclass(frozen=True, slots=True)
class Response:
    """Answer of a fit to a displacement of 1 of each of some elements, while mean contributions stay."""

    scores: FloatArray
    """Shape (n_elements, n_factors, n_samples)."""
    loads: FloatArray
    """Shape (n_elements, n_factors, n_species)."""
    curvature: FloatArray
    """Rise of Q for the square of a displacement, shape (n_elements,)."""
    slope: FloatArray
    """Rise of Q for a displacement from a bound; 0 where an element is free."""

    def step(self, rise: float) -> FloatArray:
        """Return the displacement of each element that should make Q rise by this."""
        half = self.slope / 2
        return np.asarray(rise / (half + np.sqrt(half**2 + self.curvature * rise)))


def response(
    data: Dataset, best: Batch, weights: FloatArray, counts: FloatArray | None, factor: IntArray, column: IntArray
) -> Response:
    """Solve the normal equations of a minimum for displaced elements, elements at nought staying there.

    The contributions are eliminated sample by sample, so what is left to solve is as large as the profiles.

    Parameters
    ----------
    data : Dataset
        Samples.
    best : Batch
        One fit at its minimum, mean contributions 1.
    weights : array, shape (n_samples, n_species)
        Of the fit.
    counts : array, shape (1, n_samples), or None
        How often each sample counts.
    factor, column : array, shape (n_elements,)
        Which elements.
    """
    scores, loads = best.scores[0], best.loads[0]
    factors, species = loads.shape
    count = np.ones(data.size[0]) if counts is None else counts[0]
    rest = data.values - scores.T @ loads
    mixed = _mixed(scores, loads, weights, rest)
    follows = _follows(scores, loads, weights, mixed)
    normal = _reduced(scores, loads, weights, count, mixed, follows)
    free = loads.ravel() > 0
    place = factor * species + column
    inverse = np.linalg.pinv(normal[np.ix_(free, free)], hermitian=True)
    moved = np.zeros((len(place), factors * species))
    moved[:, free] = -normal[np.ix_(place, free)] @ inverse
    curvature = normal[place, place] + (moved[:, free] * normal[np.ix_(place, free)]).sum(axis=1)
    where = np.cumsum(free) - 1  # place among the free
    for row, at in enumerate(place.tolist()):
        if free[at]:
            own = inverse[:, where[at]]
            moved[row, free] = own / max(own[where[at]], _STEEP)
            curvature[row] = 1 / max(own[where[at]], _STEEP)
    moved[np.arange(len(place)), place] = 1.0
    steepness = -2 * (scores @ (rest * weights * count[:, None]))[factor, column]
    slope = np.where(free[place], 0.0, np.maximum(steepness, 0.0))
    answer = -(moved @ follows.reshape(-1, factors * species).T).reshape(len(place), -1, factors)
    steep = np.maximum(curvature, _STEEP)
    return Response(np.swapaxes(answer, 1, 2), moved.reshape(-1, factors, species), steep, slope)


def _follows(scores: FloatArray, loads: FloatArray, weights: FloatArray, mixed: FloatArray) -> FloatArray:
    """How each sample's contributions fall with each element of the profiles; shape as `mixed`."""
    free = (scores.T > 0)[:, :, None]
    own = np.einsum("ij,aj,bj->iab", weights, loads, loads, optimize=True)
    own = np.where(free & np.swapaxes(free, 1, 2), own, 0.0) + np.where(free, 0.0, 1.0) * np.eye(len(loads))
    return np.asarray(np.linalg.pinv(own, hermitian=True) * free @ (mixed * free))


def _mixed(scores: FloatArray, loads: FloatArray, weights: FloatArray, rest: FloatArray) -> FloatArray:
    """Second derivatives for contributions and elements, shape (n_samples, n_factors, n_factors * n_species)."""
    factors = len(loads)
    both = weights[:, None, None, :] * loads[None, :, None, :] * scores.T[:, None, :, None]
    both[:, np.arange(factors), np.arange(factors)] -= (weights * rest)[:, None, :]
    return np.asarray(both.reshape(len(weights), factors, -1))


def _reduced(
    scores: FloatArray,
    loads: FloatArray,
    weights: FloatArray,
    count: FloatArray,
    mixed: FloatArray,
    follows: FloatArray,
) -> FloatArray:
    """Second derivatives for the profiles, contributions eliminated and their means held."""
    factors, species = loads.shape
    size = factors * species
    normal = -(mixed * count[:, None, None]).reshape(-1, size).T @ follows.reshape(-1, size)
    blocks = np.einsum("i,ij,ai,bi->jab", count, weights, scores, scores, optimize=True)
    for j in range(species):
        at = np.arange(factors) * species + j
        normal[np.ix_(at, at)] += blocks[j]
    means = np.einsum("i,iap->ap", count / count.sum(), follows)
    hold = _HOLD * float((np.diag(normal) * loads.ravel() ** 2).max())
    return np.asarray(normal + hold * means.T @ means)

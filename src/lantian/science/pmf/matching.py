"""Which factor of one fit is which of another (因子匹配)."""

import numpy as np
from scipy.optimize import linear_sum_assignment

from lantian.terms.types import FloatArray, IntArray


def correlations(contributions: FloatArray, others: FloatArray, counts: FloatArray | None = None) -> FloatArray:
    """Correlation of every factor's contributions with every other's (贡献相关系数).

    Parameters
    ----------
    contributions, others : array, shape (..., n_factors, n_samples)
        Leading axes are broadcast.
    counts : array, shape (..., n_samples), or None
        How often each sample counts.

    Returns
    -------
    array, shape (..., n_factors, n_factors)
        Factors of `contributions` along the first; 0 where a factor does not vary. [1]

    Examples
    --------
    >>> one = np.array([[1.0, 2.0, 3.0], [3.0, 1.0, 2.0]])
    >>> correlations(one, one[::-1]).round(2)
    array([[-0.5,  1. ],
           [ 1. , -0.5]])
    """
    weight = np.ones(contributions.shape[-1]) if counts is None else counts
    share = (weight / weight.sum(axis=-1, keepdims=True))[..., None, :]
    parts = []
    for side in (contributions, others):
        centred = side - (side * share).sum(axis=-1, keepdims=True)
        spread = np.sqrt((centred**2 * share).sum(axis=-1, keepdims=True))
        parts.append(np.divide(centred, spread, out=np.zeros(centred.shape), where=spread > 0))
    return np.asarray((parts[0] * share) @ np.swapaxes(parts[1], -1, -2))


def assigned(likeness: FloatArray) -> IntArray:
    """Pair the factors so that the sum of their likeness is greatest (匈牙利算法).

    Parameters
    ----------
    likeness : array, shape (n_factors, n_others)
        [1]

    Returns
    -------
    array, shape (n_factors,)
        For each factor the place of its partner; −1 where there are fewer others.

    Examples
    --------
    >>> assigned(np.array([[0.2, 0.9], [0.8, 0.85]]))
    array([1, 0])
    """
    rows, columns = linear_sum_assignment(-likeness)
    partner = np.full(likeness.shape[0], -1, dtype=np.int64)
    partner[rows] = columns
    return partner


def shapes_alike(profiles: FloatArray, others: FloatArray, scale: FloatArray) -> FloatArray:
    """Cosine between profiles whose species are brought to one scale, shape (n_factors, n_others). [1]

    Parameters
    ----------
    profiles, others : array, shape (n_factors, n_species)
        [unit of the species]
    scale : array, shape (n_species,)
        What a species is divided by; its mean makes the species comparable. [unit of the species]

    Examples
    --------
    >>> shapes_alike(np.array([[1.0, 0.0]]), np.array([[2.0, 0.0], [0.0, 3.0]]), np.ones(2))
    array([[1., 0.]])
    """

    def unit(side: FloatArray) -> FloatArray:
        scaled = np.divide(side, scale, out=np.zeros_like(side), where=scale > 0)
        length = np.sqrt((scaled**2).sum(axis=1, keepdims=True))
        return np.asarray(np.divide(scaled, length, out=np.zeros_like(scaled), where=length > 0))

    return np.asarray(unit(profiles) @ unit(others).T)

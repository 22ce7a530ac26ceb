"""Which factors on the groups fit what was observed (源-受体矩阵校准)?"""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import nnls

from lantian.terms.errors import CallerError
from lantian.terms.types import FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Calibration:
    """Factors on the groups, and what they do to the fit."""

    factor: FloatArray
    """Of each group, never negative; 1 leaves it as it was. [1]"""
    informed: FloatArray
    """How much of each factor the observations decided, from 0 (the prior of 1 did) to 1. [1]"""
    values: int
    """Observed increments that were used."""
    bias_before: float
    """Mean of computed less observed. [ug m-3]"""
    bias_after: float
    error_before: float
    """Root mean square of computed less observed. [ug m-3]"""
    error_after: float
    held_at_zero: tuple[int, ...]
    """Groups whose factor would have been negative: their increments are too much for what was observed."""


def calibrate(
    computed: FloatArray, observed: FloatArray, *, sigma: FloatArray | float, prior_sigma: FloatArray | float
) -> Calibration:
    """Non-negative factors on the groups that bring computed increments near observed ones (校准系数).

    Least squares of the misfit over `sigma`, together with each factor's distance from 1 over `prior_sigma`: a
    group of which the observations say little stays as it was.

    Parameters
    ----------
    computed : array, shape (groups, values)
        Increment of each group, for instance S × emission over receptors and periods. [ug m-3]
    observed : array, shape (values,)
        Observed increment over the background, NaN where missing. [ug m-3]
    sigma : array, shape (values,), or float
        Uncertainty of an increment, that of the kernel included. [ug m-3]
    prior_sigma : array, shape (groups,), or float
        How far from 1 a factor may lie before it needs evidence. [1]

    Returns
    -------
    Calibration

    Raises
    ------
    CallerError
        If shapes do not fit, an uncertainty is not positive, or nothing was observed.

    Examples
    --------
    >>> found = calibrate(np.array([[10.0, 0.0, 4.0], [0.0, 5.0, 4.0]]), np.array([20.0, 5.0, 12.0]),
    ...                   sigma=0.1, prior_sigma=1.0)
    >>> found.factor.round(2)
    array([2., 1.])
    """
    groups, values = computed.shape if computed.ndim == 2 else (0, 0)
    spread = np.broadcast_to(np.asarray(sigma, dtype=np.float64), np.shape(observed))
    loose = np.broadcast_to(np.asarray(prior_sigma, dtype=np.float64), (groups,))
    if groups == 0 or observed.shape != (values,) or np.any(spread <= 0) or np.any(loose <= 0):
        raise CallerError(
            "computed has the shape {computed}, observed {observed}; (groups, values) and (values,) are wanted, "
            "and uncertainties above zero. Mend the arrays.",
            computed=computed.shape,
            observed=observed.shape,
        )
    there = ~np.isnan(observed) & ~np.isnan(computed).any(axis=0)
    if not there.any():
        raise CallerError(
            "nothing was observed where something was computed: factors would be invented. Wait for data."
        )
    design = (computed[:, there] / spread[there]).T
    target = observed[there] / spread[there]
    factor, _ = nnls(np.vstack([design, np.diag(1 / loose)]), np.concatenate([target, 1 / loose]))
    before = computed[:, there].sum(axis=0) - observed[there]
    after = factor @ computed[:, there] - observed[there]
    evidence = design.T @ design
    informed = 1 - np.diag(np.linalg.inv(evidence + np.diag(1 / loose**2))) / loose**2
    return Calibration(
        factor=factor,
        informed=np.clip(informed, 0, 1),
        values=int(there.sum()),
        bias_before=float(before.mean()),
        bias_after=float(after.mean()),
        error_before=float(np.sqrt((before**2).mean())),
        error_after=float(np.sqrt((after**2).mean())),
        held_at_zero=tuple(np.flatnonzero(factor == 0).tolist()),
    )

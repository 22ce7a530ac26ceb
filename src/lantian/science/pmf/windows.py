"""How do the profiles change with time (滑动窗口PMF)?"""

from dataclasses import dataclass

import numpy as np

from lantian.science.pmf.fitting import HUGE, STOP, Batch, Fit, batch_of, fit, unit_mean
from lantian.science.pmf.matching import correlations, shapes_alike
from lantian.terms.errors import CallerError
from lantian.terms.types import FloatArray, IntArray


@dataclass(frozen=True, slots=True)
class Rolling:
    """Fits of windows that move over the samples."""

    first: IntArray
    """First sample of each window."""
    width: int
    profiles: FloatArray
    """Shape (n_windows, n_factors, n_species), in the order of the base run. [unit of the species]"""
    likeness: FloatArray
    """Cosine of each profile with the base run's, shape (n_windows, n_factors). [1]"""
    moved_together: FloatArray
    """Correlation of each factor's contributions with the base run's, as `likeness`. [1]"""
    mass_shares: FloatArray
    """Share of each factor in the explained mass, as `likeness`. [1]"""
    contributions: FloatArray
    """Mass of each factor in each sample, mean over the windows it lies in; NaN in none. [unit of the species]"""


def rolling(base: Fit, width: int, step: int, *, robust: bool = True) -> Rolling:
    """Fit windows of consecutive samples, each from the base run, all at once (滚动源解析).

    Parameters
    ----------
    base : Fit
        Over all samples.
    width, step : int
        Samples in a window; samples from one window to the next.
    robust : bool
        As the base run was made.
    """
    data, factors = base.data, base.factors
    samples = data.size[0]
    if not factors < width <= samples or step < 1:
        raise CallerError(
            "windows of {width} samples every {step} do not fit {samples} samples and {factors} factors",
            width=width,
            step=step,
            samples=samples,
            factors=factors,
        )
    first = np.arange(0, samples - width + 1, step)
    counts = np.zeros((len(first), samples))
    for place, begin in enumerate(first.tolist()):
        counts[place, begin : begin + width] = 1.0
    one = batch_of(base)
    batch = Batch.start(np.repeat(one.scores, len(first), axis=0), np.repeat(one.loads, len(first), axis=0))
    limit = base.robust_limit if robust else HUGE
    unit_mean(fit(data, batch, counts=counts, robust=limit, stop=STOP / 10), counts)
    scale = data.values.mean(axis=0)
    likeness = np.array([np.diag(shapes_alike(loads, base.profiles, scale)) for loads in batch.loads])
    together = np.einsum("waa->wa", correlations(batch.scores, base.contributions.T, counts))
    per_factor = batch.loads.sum(axis=2) if data.total is None else batch.loads[:, :, data.total]
    whole = per_factor.sum(axis=1, keepdims=True)
    mass = batch.scores * per_factor[:, :, None] * counts[:, None, :]
    within = counts.sum(axis=0)
    mean = np.divide(mass.sum(axis=0), within, out=np.full(mass.shape[1:], np.nan), where=within > 0)
    shares = np.divide(per_factor, whole, out=np.zeros_like(per_factor), where=whole > 0)
    return Rolling(first, width, batch.loads, likeness, np.ascontiguousarray(together), shares, mean.T)

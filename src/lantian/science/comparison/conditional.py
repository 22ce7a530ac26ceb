"""What was measured where a certain value had been predicted?"""

from dataclasses import dataclass

import numpy as np

from lantian.science.series.group_kernels import quantiles
from lantian.terms.errors import CallerError
from lantian.terms.types import FloatArray, IntArray


@dataclass(frozen=True, slots=True, eq=False)
class ConditionalQuantiles:
    """Quantiles of observations by class of prediction; arrays have shape (n_bins,)."""

    middle: FloatArray
    """Of each class of predictions [unit of the values]."""
    width: float
    median: FloatArray
    low_25: FloatArray
    high_75: FloatArray
    """NaN where the class holds too few pairs."""
    low_10: FloatArray
    high_90: FloatArray
    predicted: IntArray
    observed: IntArray
    """How many predictions and observations lie in each class."""


def conditional_quantiles(
    predicted: FloatArray, observed: FloatArray, *, bins: int = 30, fewest: tuple[int, int] = (10, 20)
) -> ConditionalQuantiles:
    """Quantiles of what was measured, by what was predicted (条件分位数图).

    Parameters
    ----------
    predicted, observed : array, shape (n,)
        NaN where missing; pairs that lack one are left out. [any one unit]
    bins : int
        Even classes between the least and the greatest of all values. [1]
    fewest : tuple of int
        A class must hold more pairs than these to show its 25/75 and its 10/90 quantiles. [1]

    References
    ----------
    Wilks (2005): Statistical Methods in the Atmospheric Sciences; openair, ``conditionalQuantile``.

    Examples
    --------
    >>> found = conditional_quantiles(np.arange(100.0), np.arange(100.0), bins=3)
    >>> found.median.tolist(), found.predicted.tolist()
    ([16.5, 50.0, 83.0], [34, 33, 33])
    """
    both = ~np.isnan(predicted + observed)
    one, two = predicted[both], observed[both]
    if not len(one):
        raise CallerError("no pair is complete: give predictions and observations of the same hours")
    bounds = np.linspace(np.floor(min(one.min(), two.min())), np.ceil(max(one.max(), two.max())), bins + 1)
    width = float(bounds[1] - bounds[0])
    place = np.clip(np.searchsorted(bounds, one, side="left") - 1, 0, bins - 1)
    order = np.argsort(place, kind="stable")
    offsets = np.searchsorted(place[order], np.arange(bins + 1))
    held = np.diff(offsets)
    ten, quarter, half, three, ninety = quantiles(two[order], offsets, np.array([0.1, 0.25, 0.5, 0.75, 0.9]))
    few, fewer = held <= fewest[0], held <= fewest[1]
    seen = np.clip(np.searchsorted(bounds, two, side="left") - 1, 0, bins - 1)
    return ConditionalQuantiles(
        middle=bounds[:-1] + width / 2,
        width=width,
        median=half,
        low_25=np.where(few, np.nan, quarter),
        high_75=np.where(few, np.nan, three),
        low_10=np.where(fewer, np.nan, ten),
        high_90=np.where(fewer, np.nan, ninety),
        predicted=held,
        observed=np.bincount(seen, minlength=bins),
    )

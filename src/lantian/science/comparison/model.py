"""How well does a model agree with what was measured?"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy import stats

from lantian.science.series.cutting import Cut
from lantian.terms.errors import CallerError
from lantian.terms.types import FloatArray


@dataclass(frozen=True, slots=True)
class Agreement:
    """Figures of agreement over complete pairs; NaN where they cannot be told."""

    n: int
    fac2: float
    """Share of predictions within a factor of two [1]."""
    mean_bias: float
    mean_gross_error: float
    """[unit of the values]"""
    normalised_mean_bias: float
    normalised_mean_gross_error: float
    """[1]"""
    rmse: float
    """[unit of the values]"""
    r: float
    p_value: float
    """Two-sided probability of so high a correlation by chance [1]."""
    efficiency: float
    """Coefficient of efficiency: 1 is perfect, 0 no better than the mean (Legates and McCabe 2012) [1]."""
    index_of_agreement: float
    """-1 … 1 (Willmott et al. 2012) [1]."""


def agreement(predicted: FloatArray, observed: FloatArray) -> Agreement:
    """Figures of agreement between predictions and observations (模式统计指标).

    Parameters
    ----------
    predicted, observed : array, shape (n,)
        NaN where missing; pairs that lack one are left out. [any one unit]

    References
    ----------
    openair, ``modStats``.

    Examples
    --------
    >>> found = agreement(np.array([1.0, 2.0, 6.0]), np.array([2.0, 2.0, 5.0]))
    >>> found.n, found.mean_bias, round(found.rmse, 3), round(found.efficiency, 3)
    (3, 0.0, 0.816, 0.5)
    """
    one, two = _pairs(predicted, observed)
    if not len(one):
        nothing = (float("nan"),) * 10
        return Agreement(0, *nothing)
    error, spread = one - two, float(np.abs(two - two.mean()).sum())
    gross, total = float(np.abs(error).sum()), float(two.sum())
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = one / two
    ratio = ratio[~np.isnan(ratio)]
    r, p_value = _correlation(one, two)
    agreed = float("nan")
    if spread:
        agreed = 1 - gross / (2 * spread) if gross <= 2 * spread else 2 * spread / gross - 1
    return Agreement(
        n=len(one),
        fac2=float(((ratio >= 0.5) & (ratio <= 2)).mean()) if len(ratio) else float("nan"),
        mean_bias=float(error.mean()),
        mean_gross_error=gross / len(one),
        normalised_mean_bias=float(error.sum()) / total if total else float("nan"),
        normalised_mean_gross_error=gross / total if total else float("nan"),
        rmse=float(np.sqrt((error**2).mean())),
        r=r,
        p_value=p_value,
        efficiency=1 - gross / spread if spread else float("nan"),
        index_of_agreement=agreed,
    )


def agreement_by(predicted: FloatArray, observed: FloatArray, classes: Cut) -> dict[str, Agreement]:
    """Figures of agreement of each class, for instance each season or model.

    Parameters
    ----------
    predicted, observed : array, shape (n,)
        As for `agreement`.
    classes : Cut
        Class of each pair.

    Examples
    --------
    >>> both = Cut(("winter", "summer"), np.array([0, 0, 1, 1]))
    >>> found = agreement_by(np.array([1.0, 2.0, 3.0, 5.0]), np.array([1.0, 2.0, 4.0, 5.0]), both)
    >>> found["winter"].rmse, found["summer"].mean_bias
    (0.0, -0.5)
    """
    return {label: agreement(predicted[classes[label]], observed[classes[label]]) for label in classes.labels}


def ranked(models: Mapping[str, Agreement]) -> list[str]:
    """Name models, the most efficient first; those without a figure last.

    Examples
    --------
    >>> good = agreement(np.array([1.0, 2.0, 3.1]), np.array([1.0, 2.0, 3.0]))
    >>> poor = agreement(np.array([3.0, 2.0, 1.0]), np.array([1.0, 2.0, 3.0]))
    >>> ranked({"poor": poor, "good": good})
    ['good', 'poor']
    """
    return sorted(models, key=lambda name: (np.isnan(models[name].efficiency), -models[name].efficiency))


@dataclass(frozen=True, slots=True)
class TaylorPoint:
    """Where a model stands in a Taylor diagram."""

    r: float
    predicted: float
    observed: float
    """Standard deviations; the second is 1 where they were normalised."""

    @property
    def centred_error(self) -> float:
        """Root mean square error without the bias, the distance from the point of the observations."""
        return float(
            np.sqrt(max(self.predicted**2 + self.observed**2 - 2 * self.predicted * self.observed * self.r, 0.0))
        )


def taylor(predicted: FloatArray, observed: FloatArray, *, normalise: bool = False) -> TaylorPoint:
    """Correlation and standard deviations of a model (泰勒图).

    Parameters
    ----------
    predicted, observed : array, shape (n,)
        As for `agreement`.
    normalise : bool
        Whether deviations are divided by that of the observations.

    References
    ----------
    Taylor (2001), Journal of Geophysical Research 106, 7183-7192; openair, ``TaylorDiagram``.

    Examples
    --------
    >>> point = taylor(np.array([2.0, 4.0, 6.0]), np.array([1.0, 2.0, 3.0]), normalise=True)
    >>> round(point.r, 9), point.predicted, round(point.centred_error, 9)
    (1.0, 2.0, 1.0)
    """
    one, two = _pairs(predicted, observed)
    if len(one) < 2:
        raise CallerError("{n} pairs are complete: a Taylor diagram needs two or more", n=len(one))
    spread_one, spread_two = float(one.std(ddof=1)), float(two.std(ddof=1))
    scale = spread_two if normalise and spread_two else 1.0
    return TaylorPoint(_correlation(one, two)[0], spread_one / scale, spread_two / scale)


def _pairs(predicted: FloatArray, observed: FloatArray) -> tuple[FloatArray, FloatArray]:
    if np.shape(predicted) != np.shape(observed):
        raise CallerError(
            "{n} predictions and {m} observations: they must pair one to one", n=len(predicted), m=len(observed)
        )
    both = ~np.isnan(predicted + observed)
    return predicted[both], observed[both]


def _correlation(one: FloatArray, two: FloatArray) -> tuple[float, float]:
    if len(one) < 3 or np.ptp(one) == 0 or np.ptp(two) == 0:
        return float("nan"), float("nan")
    found = stats.pearsonr(one, two)
    return float(found.statistic), float(found.pvalue)

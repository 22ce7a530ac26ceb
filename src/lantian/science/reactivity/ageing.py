"""How long was the air on its way, told from what OH has taken (光化学龄)?"""

import numpy as np

from lantian.rules.species_records import SpeciesRule
from lantian.rules.voc_records import AgePair, ProductPair, SourceRatio
from lantian.science.reactivity.coefficients import Coefficients, Scale
from lantian.terms.types import FloatArray

_SECONDS = 3600.0


def exposure_of_ratio(reactive: FloatArray, stable: FloatArray, pair: AgePair, rule: SpeciesRule) -> FloatArray:
    """OH that the air has met since it left its sources, from two hydrocarbons (OH暴露量).

    Parameters
    ----------
    reactive, stable : array, shape (hours,)
        Mixing ratios. [nmol mol-1]
    pair : AgePair
        Which two, and their ratio in fresh emissions.
    rule : SpeciesRule
        Rate constants.

    Returns
    -------
    array, shape (hours,)
        Below zero where the air is fresher than the fresh ratio says, so that a mean is not shifted; NaN where one
        is missing or not above zero. [molecule cm-3 s]

    References
    ----------
    Roberts et al. 1984, Atmos. Environ. 18, 2421.

    Examples
    --------
    >>> from lantian.rules import Rulebook
    >>> book = Rulebook.packaged()
    >>> pair = book.by_id("voc-indicators").ages[0]
    >>> exposure = exposure_of_ratio(np.array([3.5, 1.75]), np.array([1.0, 1.0]), pair, book.by_id("species-2013"))
    >>> [float(f"{one:.3g}") for one in exposure]
    [0.0, 59200000000.0]
    """
    of = Coefficients.of((pair.reactive, pair.stable), rule, Scale.CARTER)
    ratio = _ratio(reactive, stable)
    return np.asarray(np.log(float(pair.fresh_ratio) / ratio) / (of.koh[0] - of.koh[1]))


def exposure_of_product(
    parent: FloatArray, product: FloatArray, pair: ProductPair, rule: SpeciesRule
) -> FloatArray:
    """OH that the air has met since the parent came into it, from what was made of it (一代产物比).

    Parameters
    ----------
    parent, product : array, shape (hours,)
        Mixing ratios. [nmol mol-1]
    pair : ProductPair
        Which two, and how much is made.
    rule : SpeciesRule
        Rate constants.

    Returns
    -------
    array, shape (hours,)
        NaN where one is missing, and where more of the product is there than ever can be. [molecule cm-3 s]

    References
    ----------
    Stroud et al. 2001, J. Geophys. Res. 106, 8035, equation 2: one loss of the parent, one of the product.
    """
    of = Coefficients.of((pair.parent, pair.product), rule, Scale.CARTER)
    made, gone = of.koh
    inside = 1 - _ratio(product, parent) * (gone - made) / (float(pair.share) * made)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(inside > 0, np.log(inside) / (made - gone), np.nan)


def age_hours(exposure: FloatArray, hydroxyl: float) -> FloatArray:
    """Hours in sun that an exposure stands for (光化学龄).

    Parameters
    ----------
    exposure : array
        [molecule cm-3 s]
    hydroxyl : float
        Mean OH by day. [molecule cm-3]

    Returns
    -------
    array
        [h]

    Examples
    --------
    >>> age_hours(np.array([7.2e10]), 2e6)
    array([10.])
    """
    return np.asarray(exposure / hydroxyl / _SECONDS)


def source_hint(above: FloatArray, below: FloatArray, ratio: SourceRatio) -> list[str]:
    """Say what the ratio of each hour hints at; empty where there is none (特征比值判别).

    Parameters
    ----------
    above, below : array, shape (hours,)
        Mixing ratios. [nmol mol-1]
    ratio : SourceRatio
        Bounds and hints.

    Returns
    -------
    list of str
        Message ids of the rule.
    """
    values = _ratio(above, below)
    places = np.searchsorted([float(bound) for bound in ratio.bounds], values, side="right")
    return [ratio.hints[place] if np.isfinite(value) else "" for place, value in zip(places, values, strict=True)]


def _ratio(above: FloatArray, below: FloatArray) -> FloatArray:
    there = (above > 0) & (below > 0)
    return np.asarray(np.divide(above, below, out=np.full(np.shape(above), np.nan), where=there))

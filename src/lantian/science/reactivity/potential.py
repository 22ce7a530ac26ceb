"""How much ozone and aerosol can measured VOC make, and how fast does OH take them (OFP、OH消耗速率、SOA生成潜势)?

Arrays have the shape (hours, species); NaN stays NaN, and a sum over species counts what is there.
"""

import numpy as np

from lantian.science.composition import AVOGADRO, MOLAR_GAS_CONSTANT
from lantian.science.reactivity.coefficients import Coefficients
from lantian.science.states import State
from lantian.terms.types import FloatArray


def ozone_formation_potential(mixing: FloatArray, of: Coefficients, state: State) -> FloatArray:
    """Ozone that VOC make at most, each by its reactivity (臭氧生成潜势OFP).

    Parameters
    ----------
    mixing : array, shape (hours, species)
        [nmol mol-1]
    of : Coefficients
        Coefficients of the species, with the scale of their reactivity. [g O3/g VOC]
    state : State
        At which a mass is stated. [K, hPa]

    Returns
    -------
    array, shape (hours, species)
        NaN where a species has no published reactivity. [ug m-3]

    References
    ----------
    Carter 2010, SAPRC-07 reactivity scales; Zhang et al. 2021, Atmos. Chem. Phys. 21, 11053.

    Examples
    --------
    >>> from lantian.rules import Rulebook
    >>> from lantian.science.reactivity import Scale
    >>> species = Rulebook.packaged().by_id("species-2013")
    >>> at = State(298.15, 1013.25)
    >>> one = np.array([[1.0]])
    >>> [ozone_formation_potential(one, Coefficients.of(["toluene"], species, scale), at).round(2).item()
    ...  for scale in Scale]
    [15.06, 7.98]
    """
    return np.asarray(mixing * of.mass_per_ppb(state) * of.mir)


def oh_loss_rate(mixing: FloatArray, of: Coefficients, state: State) -> FloatArray:
    """Rate at which VOC take OH, at 298 K (OH消耗速率).

    Parameters
    ----------
    mixing : array, shape (hours, species)
        [nmol mol-1]
    of : Coefficients
        [cm3 molecule-1 s-1]
    state : State
        Temperature and pressure of the air that was measured. [K, hPa]

    Returns
    -------
    array, shape (hours, species)
        [s-1]

    References
    ----------
    Atkinson and Arey 2003, Chem. Rev. 103, 4605.

    Examples
    --------
    >>> from lantian.rules import Rulebook
    >>> from lantian.science.reactivity import Scale
    >>> isoprene = Coefficients.of(["isoprene"], Rulebook.packaged().by_id("species-2013"), Scale.CARTER)
    >>> oh_loss_rate(np.array([[1.0]]), isoprene, State(298.15, 1013.25)).round(2).item()
    2.46
    """
    molecules = AVOGADRO * 100 * state.pressure / (MOLAR_GAS_CONSTANT * state.temperature) * 1e-6
    return np.asarray(mixing * 1e-9 * molecules * of.koh)


def aerosol_potential(mixing: FloatArray, of: Coefficients, state: State) -> FloatArray:
    """Organic aerosol that VOC make when all of them react (二次有机气溶胶生成潜势).

    Parameters
    ----------
    mixing : array, shape (hours, species)
        [nmol mol-1]
    of : Coefficients
        Yields. [1]
    state : State
        At which a mass is stated. [K, hPa]

    Returns
    -------
    array, shape (hours, species)
        [ug m-3]

    Examples
    --------
    >>> from lantian.rules import Rulebook
    >>> from lantian.science.reactivity import Scale
    >>> pinene = Coefficients.of(["alpha-pinene"], Rulebook.packaged().by_id("species-2013"), Scale.CARTER)
    >>> aerosol_potential(np.array([[1.0]]), pinene, State(298.15, 1013.25)).round(2).item()
    0.78
    """
    return np.asarray(mixing * of.mass_per_ppb(state) * of.soa_yield)


def ozone_of_sources(mass: FloatArray, of: Coefficients) -> FloatArray:
    """Ozone that the VOC of each source make at most (源的臭氧生成潜势).

    Parameters
    ----------
    mass : array, shape (sources, species)
        Contribution of each source to each species, for instance of a receptor model, or its emission. [any mass]
    of : Coefficients
        [g O3/g VOC]

    Returns
    -------
    array, shape (sources,)
        What has no published reactivity counts as nothing; `of.mir` says which. [the same mass]

    Examples
    --------
    >>> from lantian.rules import Rulebook
    >>> from lantian.science.reactivity import Scale
    >>> both = Coefficients.of(["toluene", "ethane"], Rulebook.packaged().by_id("species-2013"), Scale.CARTER)
    >>> ozone_of_sources(np.array([[2.0, 1.0], [0.0, 5.0]]), both)
    array([8.28, 1.4 ])
    """
    return np.asarray(np.nan_to_num(mass) @ np.nan_to_num(of.mir))

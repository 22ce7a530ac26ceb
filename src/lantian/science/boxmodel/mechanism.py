"""Which mechanism species is a measured VOC, how fast do reactions go, and by what light (机理、集总与光解)?"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from lantian.rules.species_records import Species, SpeciesRule
from lantian.rules.voc_records import OzoneChemistry
from lantian.science.composition import MOLAR_GAS_CONSTANT
from lantian.terms.types import FloatArray

_REFERENCE = 300.0
"""Temperature to which powers of temperature refer. [K]"""


@dataclass(frozen=True, slots=True)
class Lumped:
    """Measured VOC in the words of the mechanism (集总物种)."""

    mixing: dict[str, FloatArray]
    """Species of the mechanism → mixing ratio, shape (hours,). [nmol mol-1]"""
    left_out: tuple[str, ...]
    """Measured species that the mechanism has no word for, or does not let react."""


def lumps(species: Species, species_rule: SpeciesRule, chemistry: OzoneChemistry) -> dict[str, float]:
    """Molecules of the mechanism that one molecule of a species counts as; empty where it has no word for it.

    Parameters
    ----------
    species : Species
        What was measured; of several that an instrument cannot part, the mean.
    species_rule : SpeciesRule
        Where the parts stand.
    chemistry : OzoneChemistry
        The mechanism.

    Returns
    -------
    dict
        Species of the mechanism → molecules. [1]

    Examples
    --------
    >>> from lantian.rules import Rulebook
    >>> book = Rulebook.packaged()
    >>> species, cb05 = book.by_id("species-2013"), book.by_id("cb05")
    >>> lumps(species.by_key["1-butene"], species, cb05), lumps(species.by_key["m_p_xylene"], species, cb05)
    ({'OLE': 1.0, 'PAR': 2.0}, {'XYL': 1.0})
    """
    found: dict[str, float] = {}
    parts = [species_rule.by_key[key] for key in species.parts] or [species]
    for part in parts:
        text = part.reactivity.cb05 if part.reactivity is not None else ""
        for factor, name in re.findall(r"([\d.]*)([A-Z][A-Z0-9]*)", text):
            if name not in chemistry.ignored:
                found[name] = found.get(name, 0.0) + float(factor or 1) / len(parts)
    return found


def lumped(mixing: Mapping[str, FloatArray], species_rule: SpeciesRule, chemistry: OzoneChemistry) -> Lumped:
    """Sum measured species to those of the mechanism (集总).

    Parameters
    ----------
    mixing : mapping of str to array, shape (hours,)
        Key of the species → mixing ratio. A missing hour of one species is missing in what it counts to, so
        that a gap never looks like clean air. [nmol mol-1]
    species_rule : SpeciesRule
        Lumping of each.
    chemistry : OzoneChemistry
        The mechanism.

    Returns
    -------
    Lumped
        [nmol mol-1]
    """
    sums: dict[str, FloatArray] = {}
    left_out = []
    for key, values in mixing.items():
        shares = lumps(species_rule.by_key[key], species_rule, chemistry)
        if not shares:
            left_out.append(key)
        for name, count in shares.items():
            sums[name] = sums.get(name, np.zeros(len(values))) + count * np.asarray(values, dtype=np.float64)
    return Lumped(sums, tuple(left_out))


def photolysis(elevation: FloatArray, chemistry: OzoneChemistry) -> dict[str, FloatArray]:
    """Photolysis rates of a clear sky (晴空光解速率).

    Parameters
    ----------
    elevation : array
        Of the sun's centre above the horizon. [deg]
    chemistry : OzoneChemistry
        Parameters of each rate.

    Returns
    -------
    dict of str to array
        Zero while the sun is down. [s-1]

    References
    ----------
    Saunders et al. 2003, Atmos. Chem. Phys. 3, 161-180, equation 1.

    Examples
    --------
    >>> from lantian.rules import Rulebook
    >>> rates = photolysis(np.array([90.0, 30.0, -5.0]), Rulebook.packaged().by_id("cb05"))
    >>> [float(f"{one:.4g}") for one in rates["NO2"]]
    [0.00892, 0.005767, 0.0]
    """
    cosine = np.sin(np.radians(np.asarray(elevation, dtype=np.float64)))
    up = cosine > 0
    safe = np.where(up, cosine, 1.0)
    return {
        row.key: np.where(up, float(row.l) * safe ** float(row.m) * np.exp(-float(row.n) / safe), 0.0)
        for row in chemistry.light
    }


def air_density(temperature: FloatArray, pressure: FloatArray) -> FloatArray:
    """Amount of air in a cubic metre (空气摩尔浓度).

    Parameters
    ----------
    temperature : array
        [K]
    pressure : array
        [hPa]

    Returns
    -------
    array
        [mol m-3]

    Examples
    --------
    >>> round(float(air_density(np.array(298.15), np.array(1013.25))), 3)
    40.874
    """
    return np.asarray(100 * pressure / (MOLAR_GAS_CONSTANT * temperature), dtype=np.float64)


def rate_constants(
    temperature: FloatArray, density: FloatArray, light: Mapping[str, FloatArray], chemistry: OzoneChemistry
) -> FloatArray:
    """How fast each reaction goes (反应速率常数).

    Parameters
    ----------
    temperature : array, shape (hours,)
        [K]
    density : array, shape (hours,)
        Of the air. [molecule cm-3]
    light : mapping of str to array, shape (hours,)
        Photolysis rates. [s-1]
    chemistry : OzoneChemistry
        The mechanism.

    Returns
    -------
    array, shape (reactions, hours)
        A third body that stands among the reactants is not in it. [molecule, cm3, s]

    References
    ----------
    Troe's form with log10 and an exponent of one over N = 1, as in the report of CB05.
    """
    relative = np.asarray(temperature, dtype=np.float64) / _REFERENCE
    found = np.empty((len(chemistry.reactions), len(relative)))

    def arrhenius(a: object, b: object, c: object) -> FloatArray:
        return np.asarray(float(str(a)) * relative ** float(str(b)) * np.exp(float(str(c)) / temperature))

    for row, reaction in zip(found, chemistry.reactions, strict=True):
        if reaction.form == "light":
            row[:] = light[reaction.light] * float(reaction.scale or 0)
            continue
        row[:] = arrhenius(reaction.a, reaction.b, reaction.c)
        if reaction.form == "falloff":
            high = arrhenius(reaction.a_high, reaction.b_high, reaction.c_high)
            low = row * density
            exponent = 1 / (1 + np.log10(low / high) ** 2)
            row[:] = low / (1 + low / high) * float(reaction.broadening or 1) ** exponent
    return found

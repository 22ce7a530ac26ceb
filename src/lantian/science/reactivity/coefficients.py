"""What each measured VOC does in the air: coefficients as arrays, with what is missing named (反应活性系数)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from lantian.rules.species_records import Species, SpeciesRule
from lantian.science.composition import micrograms_per_ppb
from lantian.science.states import State
from lantian.terms.types import FloatArray

_HALOGEN = re.compile(r"chlor|brom|fluor|freon")
_GROUPS = {
    "Alkanes": "alkanes",
    "Alkenes": "alkenes",
    "Alkynes": "alkynes",
    "Aromatic_Hydrocarbons": "aromatics",
    "Oxygenated_Organics": "oxygenated",
}


class Scale(StrEnum):
    """Which maximum incremental reactivity; the two differ by about two and are never mixed."""

    CARTER = "mir"
    """Carter 2010."""
    CHINA = "mir_china"
    """Zhang et al. 2021, for Chinese cities."""


@dataclass(frozen=True, slots=True)
class Coefficients:
    """Coefficients of some species in their order; NaN where none was published."""

    keys: tuple[str, ...]
    groups: tuple[str, ...]
    """Reactivity group of each."""
    molar_mass: FloatArray
    """[g mol-1]"""
    mir: FloatArray
    """[g O3/g VOC]"""
    scale: Scale
    koh: FloatArray
    """At 298 K. [cm3 molecule-1 s-1]"""
    soa_yield: FloatArray
    """[1]"""

    @classmethod
    def of(cls, keys: Sequence[str], rule: SpeciesRule, scale: Scale) -> "Coefficients":
        """Look the coefficients up; what an instrument cannot part has the mean of its parts.

        Examples
        --------
        >>> from lantian.rules import Rulebook
        >>> species = Rulebook.packaged().by_id("species-2013")
        >>> Coefficients.of(["toluene", "m_p_xylene"], species, Scale.CARTER).mir
        array([4.   , 7.795])
        """
        rows = [rule.by_key[key] for key in keys]

        def column(name: str) -> FloatArray:
            return np.array([_mean(row, rule, name) for row in rows], dtype=np.float64)

        return cls(
            tuple(keys),
            tuple(reactivity_group(row) for row in rows),
            np.array([float(row.molar_mass or "nan") for row in rows]),
            column(scale.value),
            scale,
            column("koh"),
            column("soa_yield"),
        )

    def mass_per_ppb(self, state: State) -> FloatArray:
        """Mass of one nmol/mol of each at a state. [ug m-3 ppb-1]"""
        return np.array([micrograms_per_ppb(float(mass), state) for mass in self.molar_mass])


def reactivity_group(species: Species) -> str:
    """Reactivity group of a species, as profiles of sources have it (活性组分类别).

    Examples
    --------
    >>> from lantian.rules import Rulebook
    >>> species = Rulebook.packaged().by_id("species-2013").by_key
    >>> [reactivity_group(species[key]) for key in ("toluene", "chloroform", "carbon-disulfide")]
    ['aromatics', 'halocarbons', 'other']
    """
    found = _GROUPS.get(species.group)
    return found or ("halocarbons" if _HALOGEN.search(species.key) else "other")


def _mean(species: Species, rule: SpeciesRule, name: str) -> float:
    """Mean of the parts of what was measured; NaN as soon as one part has no value."""
    values = [
        float(
            getattr(row.reactivity, name)
            if row.reactivity and getattr(row.reactivity, name) is not None
            else "nan"
        )
        for row in ([rule.by_key[key] for key in species.parts] or [species])
    ]
    return float(np.mean(values))

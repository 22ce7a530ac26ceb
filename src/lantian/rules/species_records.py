"""What the rule about species holds: names, masses, charges and reactivities of what composition instruments see.

A fact of chemistry, not a judgement: it says how a file is read and a mixing ratio becomes a mass.
"""

import re
import unicodedata
from functools import cached_property
from typing import ClassVar, Literal, Self

from pydantic import Field, model_validator

from lantian.rules.edition import Confidence, Edition, Number, Record

SpeciesKind = Literal[
    "voc", "voc_sum", "gas", "pm_mass", "pm_ion", "pm_carbon", "pm_element", "optical",
]  # fmt: skip


class Reactivity(Record):
    """How a VOC makes ozone and meets OH (光化学反应活性)."""

    mir: Number | None = None
    """Maximum incremental reactivity of Carter 2010; None where none is published. [g O3/g VOC]"""
    mir_china: Number | None = None
    """The same for Chinese conditions, Zhang et al. 2021. [g O3/g VOC]"""
    koh: Number | None = None
    """Rate constant with OH at 298 K. [cm³ molecule⁻¹ s⁻¹]"""
    koh_source: str = ""
    soa_yield: Number | None = None
    """Mass of secondary organic aerosol per mass that reacts. [1]"""
    cb05: str = ""
    """Lumping into the mechanism CB05."""
    mcm: str = ""
    """Name in the Master Chemical Mechanism."""
    confidence: Confidence


class Species(Record):
    """One thing that a composition instrument measures (组分)."""

    key: str = Field(pattern=r"^[a-z0-9][a-z0-9,\-_]*$")
    """Its name in the lake."""
    kind: SpeciesKind
    symbol: str
    name: str
    name_zh: str
    cas: str | None = Field(default=None, pattern=r"^\d{2,7}-\d{2}-\d$")
    molar_mass: Number | None = Field(default=None, gt=0)
    """[g/mol]"""
    charge: int | None = None
    """Of an ion, in elementary charges."""
    group: str = ""
    """Chemical family: Alkanes, Aromatic_Hydrocarbons …"""
    lists: tuple[str, ...] = ()
    """Target lists that it stands on: PAMS57, TO15_extra, carbonyl13."""
    parts: tuple[str, ...] = ()
    """Species that an instrument cannot tell apart and gives as one."""
    within: tuple[str, ...] = ()
    """Species whose mass holds this one's already, so that a sum counts one of them."""
    aliases: tuple[str, ...] = ()
    """Further names under which files have it."""
    reactivity: Reactivity | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """Every name under which a file may have it."""
        cas = () if self.cas is None else (self.cas,)
        return (self.key, self.symbol, self.name, self.name_zh, *cas, *self.aliases)


class KindUnit(Record):
    """In which unit a kind is kept, and what turns others into it."""

    kind: SpeciesKind
    unit: str
    accepted: dict[str, Number]
    """Unit as `bare_unit` writes it → factor to the kept unit; a mass of a gas also needs its molar mass."""
    mass_units: dict[str, Number] = Field(default_factory=dict)
    """Units of mass of a kind that is kept as a mixing ratio → factor to µg/m³."""
    assumed: bool = False
    """Whether a file that says no unit is taken to mean the kept one: there is only one in use."""


class SpeciesRule(Edition):
    """Which species there are, how files call them, in which units they are kept (组分清单)."""

    subject_name: ClassVar[str] = "species"
    species: tuple[Species, ...] = Field(min_length=1)
    units: tuple[KindUnit, ...] = Field(min_length=1)
    fill_values: tuple[Number, ...]
    """Numbers that files write where there is none."""
    below_words: tuple[str, ...]
    """Words that files write where a value is below the detection limit."""
    either: dict[str, tuple[str, str]] = Field(default_factory=dict)
    """Heading that names two species alike → the ion, the element."""
    other_headings: tuple[str, ...] = ()
    """Headings that look like an element and mean something else: CO is carbon monoxide, not cobalt."""

    @model_validator(mode="after")
    def _one_meaning(self) -> Self:
        keys = [row.key for row in self.species]
        known = set(keys)
        if len(known) < len(keys):
            msg = f"species stand twice: {sorted({key for key in keys if keys.count(key) > 1})}"
            raise ValueError(msg)
        for row in self.species:
            if strange := sorted({*row.parts, *row.within} - known):
                msg = f"{row.key} names {strange}, which are no species here"
                raise ValueError(msg)
            if (row.kind == "pm_ion") != (row.charge is not None):
                msg = f"{row.key}: ions, and only they, have a charge"
                raise ValueError(msg)
            if row.kind in {"voc", "gas", "pm_ion"} and row.molar_mass is None:
                msg = f"{row.key} needs a molar mass"
                raise ValueError(msg)
        if strange := sorted({key for pair in self.either.values() for key in pair} - known):
            msg = f"either names {strange}, which are no species here"
            raise ValueError(msg)
        if {row.kind for row in self.units} != {row.kind for row in self.species}:
            msg = "every kind of species, and no other, has its unit"
            raise ValueError(msg)
        owner: dict[str, str] = {}
        for row in self.species:
            for name in row.names:
                if owner.setdefault(bare_species(name), row.key) != row.key:
                    msg = f"{name!r} names both {owner[bare_species(name)]} and {row.key}"
                    raise ValueError(msg)
        return self

    @cached_property
    def by_key(self) -> dict[str, Species]:
        """Key → species."""
        return {row.key: row for row in self.species}

    @cached_property
    def by_name(self) -> dict[str, Species]:
        """Name as `bare_species` writes it → species."""
        return {bare_species(name): row for row in self.species for name in row.names}

    def named(self, heading: str) -> Species | None:
        """Return the species that a heading names, or None; the symbol of an element counts by its capitals.

        Examples
        --------
        >>> from lantian.rules import Rulebook
        >>> rule = Rulebook.packaged().by_id("species-2013")
        >>> [rule.named(text).key for text in ("124-Trimethylbenzene", "间/对-二甲苯", "SO₄²⁻", "108-88-3")]
        ['1,2,4-trimethylbenzene', 'm_p_xylene', 'so4', 'toluene']
        """
        bare = bare_species(heading)
        found = self.by_name.get(bare)
        if found is not None and found.kind == "pm_element" and bare == bare_species(found.symbol):
            text = unicodedata.normalize("NFKC", heading).strip()
            as_symbol = text in {found.symbol, found.symbol.upper()} and text not in self.other_headings
            return found if as_symbol else None
        return found

    def unit_of(self, kind: SpeciesKind) -> KindUnit:
        """Return in which unit a kind is kept."""
        return next(row for row in self.units if row.kind == kind)


def bare_species(name: str) -> str:
    """Strip a species' name of blanks, hyphens, case and typography; the sign of an ion's charge stays.

    Examples
    --------
    >>> bare_species("Cis-2-Butene"), bare_species("SO₄²⁻"), bare_species("Ca 2+"), bare_species("M_P Xylene")
    ('cis2butene', 'so42-', 'ca2+', 'mpxylene')
    """
    text = unicodedata.normalize("NFKC", name).lower().replace("\u2212", "-").replace("α", "alpha")
    text = text.replace("β", "beta").strip()
    sign = text[-1] if re.search(r"[a-z0-9)\s+\-][+-]$", text) else ""
    return re.sub(r"[\s_,.;:/|'’`()\[\]{}+\-–—、&*]", "", text) + sign


def bare_unit(text: str) -> str:
    """Write a unit as the rule does: half-width, small letters, one letter for micro.

    Examples
    --------
    >>> [bare_unit(text) for text in ("μg/m³", "µg·m-3", "ug_m3", "ppbv", "1/Mm", "微克/立方米", "nmol/mol")]
    ['ug/m3', 'ug/m3', 'ug/m3', 'ppb', 'mm-1', 'ug/m3', 'ppb']
    """
    plain = unicodedata.normalize("NFKC", text).lower().replace("\u2212", "-").replace("μ", "u")
    plain = re.sub(r"[\s·*^]", "", plain).replace("立方米", "m3").replace("/nm3", "/m3")
    for word, sign in (("微克", "ug"), ("毫克", "mg"), ("纳克", "ng")):
        plain = plain.replace(word, sign)
    plain = re.sub(r"^([umn]g)[_/]?m-?3$", r"\1/m3", plain)
    same = {"ppbv": "ppb", "nmol/mol": "ppb", "ppmv": "ppm", "umol/mol": "ppm", "pptv": "ppt", "pmol/mol": "ppt"}
    return same.get(plain, {"1/mm": "mm-1"}.get(plain, plain))


SPECIES_SUBJECTS: dict[str, type[Edition]] = {"species": SpeciesRule}
"""Subject of what composition instruments measure."""

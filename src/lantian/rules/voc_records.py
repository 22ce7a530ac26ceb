"""What the rules about VOC and ozone hold: indicators of ageing and of quality, and chemistry of the box model.

A fact of chemistry stands in a table with its source; what is our own choice says so in the notes of its edition.
"""

import re
from decimal import Decimal
from functools import cached_property
from typing import ClassVar, Literal, Self

from pydantic import Field, model_validator

from lantian.rules.edition import Edition, Number, Record

# --------------------------------------------------------------------------------- indicators of measured VOC


class AgePair(Record):
    """Two hydrocarbons of one source that OH takes at different speed (光化学龄示踪对)."""

    key: str
    reactive: str
    """Species that goes faster."""
    stable: str
    """Species that goes slower."""
    fresh_ratio: Number = Field(gt=0)
    """Ratio of the mixing ratios in fresh emissions, reactive over stable. [1]"""
    source: str


class ProductPair(Record):
    """A hydrocarbon and what OH makes of it first (母体与氧化产物)."""

    key: str
    parent: str
    product: str
    share: Number = Field(gt=0, le=1)
    """Product molecules made per molecule of the parent that OH takes. [1]"""
    source: str


class SourceRatio(Record):
    """What the ratio of two species hints at (特征比值)."""

    key: str
    above: str
    """Species above the stroke."""
    below: str
    """Species below the stroke."""
    bounds: tuple[Number, ...] = Field(min_length=1)
    """Bounds between the hints, rising; ratios of mixing ratios. [1]"""
    hints: tuple[str, ...]
    """One more than bounds: what a ratio below the first, between two, above the last hints at; message ids."""
    source: str

    @model_validator(mode="after")
    def _one_hint_between_bounds(self) -> Self:
        if len(self.hints) != len(self.bounds) + 1 or list(self.bounds) != sorted(self.bounds):
            msg = f"{self.key}: bounds must rise, and hints be one more than bounds"
            raise ValueError(msg)
        return self


class IsomerPair(Record):
    """Two isomers of one origin whose ratio hardly changes (同分异构体比值)."""

    above: str
    below: str
    ratio: tuple[Number, Number]
    """Least and greatest usual ratio of the mixing ratios. [1]"""
    correlation: Number = Field(ge=-1, le=1)
    """Least correlation of the hours of a month. [1]"""
    source: str


class DayShape(Record):
    """When in the day a species must be high (日变化形态)."""

    species: str
    high: tuple[int, int]
    """First and last hour of the day, included, in which it should be high. [h]"""
    low: tuple[int, int]
    """The same where it should be low; a range may go over midnight. [h]"""
    months: tuple[int, ...]
    """Months in which this is judged."""


class VocChecks(Record):
    """When measured VOC are doubtful (PAMS数据审核)."""

    isomers: tuple[IsomerPair, ...]
    shapes: tuple[DayShape, ...]
    least_hours: int = Field(ge=2)
    """Fewest hours with both values before a month is judged. [h]"""
    below_share: Number = Field(gt=0, le=1)
    """A species is doubtful as a whole when more than this share of its hours lies below the limit. [1]"""
    gas_background: dict[str, Number]
    """Species → mixing ratio below which no air of this Earth lies at the ground. [nmol/mol]"""


class VocIndicators(Edition):
    """Ratios, ageing and quality of measured VOC (VOCs特征比值与数据审核)."""

    subject_name: ClassVar[str] = "voc_indicators"
    hydroxyl: Number = Field(gt=0)
    """Mean daytime OH of which an age in hours is told. [molecule/cm³]"""
    ages: tuple[AgePair, ...]
    products: tuple[ProductPair, ...]
    ratios: tuple[SourceRatio, ...]
    checks: VocChecks


# --------------------------------------------------------------------------------------- chemistry of the box


class Reaction(Record):
    """One reaction and how fast it goes (反应)."""

    reaction: str
    """``O3 + NO -> NO2``; products may have a factor and a minus."""
    form: Literal["arrhenius", "falloff", "light"]
    a: Number | None = None
    """Arrhenius: k = a (T/300)^b exp(c/T). Falloff: the same as the low-pressure limit. [molecule, cm³, s]"""
    b: Number | None = None
    c: Number | None = None
    a_high: Number | None = None
    """High-pressure limit of a falloff, of the same form. [molecule, cm³, s]"""
    b_high: Number | None = None
    c_high: Number | None = None
    broadening: Number | None = None
    """Broadening factor of Troe. [1]"""
    light: str = ""
    """Which photolysis rate it goes by …"""
    scale: Number | None = None
    """… times this. [1]"""

    @model_validator(mode="after")
    def _has_what_its_form_needs(self) -> Self:
        arrhenius, high = (self.a, self.b, self.c), (self.a_high, self.b_high, self.c_high, self.broadening)
        needed = {"arrhenius": arrhenius, "falloff": (*arrhenius, *high), "light": (self.scale,)}[self.form]
        if None in needed or (self.form == "light") != bool(self.light) or "->" not in self.reaction:
            msg = f"{self.reaction!r} lacks a number of its form {self.form}, or its arrow"
            raise ValueError(msg)
        return self

    @cached_property
    def reactants(self) -> dict[str, float]:
        """Species → molecules that go."""
        return _side(self.reaction.partition("->")[0])

    @cached_property
    def products(self) -> dict[str, float]:
        """Species → molecules that come; less than zero where the mechanism takes paraffinic carbon away."""
        return _side(self.reaction.partition("->")[2])


def _side(text: str) -> dict[str, float]:
    """Read one side of a reaction: terms of an optional factor and a name, between plus and minus."""
    found: dict[str, float] = {}
    for sign, factor, name in re.findall(r"([+-]?)\s*([\d.]*)\s*([A-Z][A-Z0-9]*)", text):
        amount = float(factor or 1) * (-1 if sign == "-" else 1)
        found[name] = found.get(name, 0.0) + amount
    return found


class LightRow(Record):
    """A photolysis rate of clear sky: j = l cos(z)^m exp(-n / cos(z)) at the zenith angle z (光解速率)."""

    key: str
    l: Number = Field(gt=0)  # noqa: E741 the letter of the publication
    """[1/s]"""
    m: Number = Field(ge=0)
    n: Number = Field(ge=0)
    mcm: str
    """Number of the rate in the Master Chemical Mechanism."""


class BoxRule(Record):
    """How the box is run (盒模型设置)."""

    relative_tolerance: Number = Field(gt=0, le=Decimal("0.01"))
    absolute_tolerance: Number = Field(gt=0, le=Decimal("1e-12"))
    """Solver must never have a greater one: beyond it, it returns nonsense and says converged. [mol/m³]"""
    ozone_bound: Number = Field(gt=0)
    """Ozone of a box beyond this is a fault of the solver. [nmol/mol]"""
    exchange: Number = Field(ge=0)
    """Rate at which air of the box is replaced by background air. [1/s]"""
    background: dict[str, Number]
    """Species of the mechanism → mixing ratio of background air; all others have none. [nmol/mol]"""
    always: dict[str, Number]
    """Species that nothing here changes → mixing ratio. [nmol/mol]"""


class ObservationRule(Record):
    """From what observations a day of the box may be made (观测约束日的数据要求)."""

    longest_gap: int = Field(ge=0)
    """Gaps of a series up to here are closed by a straight line. [h]"""
    least_species: int = Field(ge=1)
    """Fewest VOC with a whole day. [1]"""
    clear_sky: tuple[Number, Number]
    """Radiation of a clear sky: the first times cos(z) exp(-the second / cos(z)), z the zenith angle. [W/m², 1]"""
    clear_least: Number = Field(gt=0)
    """Hours with less radiation of a clear sky than this take the light of the day. [W/m²]"""
    light: tuple[Number, Number]
    """Least and greatest share of clear-sky light that is believed. [1]"""


class RegimeRule(Record):
    """From which figures ozone is limited by which precursor (臭氧生成敏感性判别)."""

    loss_share: tuple[Number, Number]
    """L_N/Q below the first: NOx-limited; above the second: VOC-limited; between: transition. [1]"""
    incremental_ratio: tuple[Number, Number]
    """The same of RIR(VOC)/RIR(NOx). [1]"""
    step: Number = Field(gt=0, lt=1)
    """By how much a precursor is taken away for a relative incremental reactivity. [1]"""
    daylight: Number
    """Ozone production is summed over the hours in whose middle the sun stands higher than this. [deg]"""
    groups: dict[str, tuple[str, ...]]
    """Group of a run → species of the mechanism that change together."""
    anthropogenic: tuple[str, ...]
    """Groups of VOC that a city can cut."""

    @model_validator(mode="after")
    def _groups_exist(self) -> Self:
        if strange := sorted({*self.anthropogenic, "nox"} - set(self.groups)):
            msg = f"groups lacks {strange}"
            raise ValueError(msg)
        return self

    @property
    def voc(self) -> tuple[str, ...]:
        """Species of the mechanism that a city can cut as VOC."""
        return tuple(name for group in self.anthropogenic for name in self.groups[group])


class OzoneChemistry(Edition):
    """Mechanism, photolysis and box of the ozone studies (臭氧盒模型化学机理)."""

    subject_name: ClassVar[str] = "ozone_chemistry"
    reactions: tuple[Reaction, ...] = Field(min_length=1)
    light: tuple[LightRow, ...] = Field(min_length=1)
    radicals: tuple[str, ...]
    """Species that count as one radical each in the budget."""
    operators: tuple[str, ...]
    """Species that turn NO to NO2 without being radicals of their own."""
    nitrogen: tuple[str, ...]
    """NOx and NO3, by which radicals are lost."""
    reservoirs: tuple[str, ...]
    """Species that give back the radical and the NOx that they were made of."""
    ignored: tuple[str, ...]
    """Words of a lumping that stand for no species: carbon that does not react."""
    box: BoxRule
    observation: ObservationRule
    regime: RegimeRule

    @model_validator(mode="after")
    def _names_exist(self) -> Self:
        known, rates = set(self.species), {row.key for row in self.light}
        if strange := sorted({row.light for row in self.reactions if row.light} - rates):
            msg = f"reactions go by {strange}, which light does not have"
            raise ValueError(msg)
        named = {*self.radicals, *self.operators, *self.nitrogen, *self.reservoirs, *self.box.background}
        named |= {*self.box.always, *(name for group in self.regime.groups.values() for name in group)}
        if strange := sorted(named - known):
            msg = f"{strange} are no species of the mechanism"
            raise ValueError(msg)
        return self

    @cached_property
    def species(self) -> tuple[str, ...]:
        """Species of the mechanism, in the order in which reactions name them."""
        return tuple(dict.fromkeys(name for row in self.reactions for name in (*row.reactants, *row.products)))


# ------------------------------------------------------------------------------------------- the control list


class Reachable(Record):
    """What a plant may be asked to reach for one pollutant (可达减排)."""

    pollutant: Literal["voc", "nox"]
    technique: str
    """Key of the technique in the rule about control efficiencies."""
    capture: str = ""
    """Key of what leads the air to it; empty: all of it arrives."""


class ControlListRule(Edition):
    """How the list of plants for ozone is made (臭氧前体物重点企业管控清单)."""

    subject_name: ClassVar[str] = "control_list"
    reachable: tuple[Reachable, ...]
    least_days: int = Field(ge=1)
    """Fewest days with a regime before a season has one."""
    spread: tuple[Number, Number]
    """Shares of the species, or of the days, between which the interval lies. [1]"""
    key_share: Number = Field(gt=0, le=1)
    """Plants that together bring this share of what all can bring are key plants (重点企业). [1]"""


VOC_SUBJECTS: dict[str, type[Edition]] = {
    "voc_indicators": VocIndicators,
    "ozone_chemistry": OzoneChemistry,
    "control_list": ControlListRule,
}
"""Subjects of VOC and ozone."""

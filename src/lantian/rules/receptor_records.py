"""What the rules about receptor models hold: conventions of PMF and CMB, profiles of sources, what tells them."""

from functools import cached_property
from typing import ClassVar, Literal, Self

from pydantic import Field, model_validator

from lantian.rules.edition import Confidence, Edition, Number, Record


class PmfConventions(Record):
    """How data enter a factor analysis and how its errors are told (正定矩阵因子分解)."""

    missing_factor: Number = Field(gt=1)
    """A missing value is the species' median with this many times it as uncertainty."""
    below_value: Number = Field(gt=0)
    """A value below the detection limit is this share of the limit …"""
    below_uncertainty: tuple[Number, Number]
    """… with this share as uncertainty: numerator, denominator."""
    limit_share: Number = Field(ge=0)
    """Uncertainty above the limit: (share of the value)² + (this × limit)², the root of it."""
    weak_factor: Number = Field(gt=1)
    """The uncertainty of a weak species is multiplied by this."""
    weak_below: Number
    """A species whose signal-to-noise is below this is weak …"""
    bad_below: Number
    """… and bad below this."""
    robust_limit: Number = Field(gt=0)
    """Scaled residual from which an element counts less."""
    mapped_from: Number = Field(gt=0, lt=1)
    """Least correlation of contributions with which a resampled factor is a factor of the base run."""
    percentiles: tuple[Number, ...]
    """Of resampled profiles: lowest, lower quarter, middle, upper quarter, highest. [%]"""
    displacement: tuple[Number, ...]
    """Rises of Q up to which an element of a profile is displaced; the first makes the interval."""
    resampled_displacement: tuple[Number, ...]
    """The same within resamples."""


class CmbTargets(Record):
    """What a chemical mass balance should reach (化学质量平衡)."""

    least_r2: Number
    greatest_chi2: Number
    mass: tuple[Number, Number]
    """Share of the measured mass that is explained: least, greatest. [%]"""
    least_t: Number
    """Contribution over its standard error from which a source is there."""
    greatest_scaled: Number
    """Residual over its uncertainty from which a species fits badly."""
    least_freedom: int
    """Fewest degrees of freedom."""
    influence: Number
    """Normalised MPIN from which a species decides a source."""


class ReceptorRule(Edition):
    """Conventions of receptor models (受体模型约定)."""

    subject_name: ClassVar[str] = "receptor_models"
    pmf: PmfConventions
    cmb: CmbTargets


SampleKind = Literal["particles", "vapours"]


class ProfileShare(Record):
    """Share of one species in what one kind of source gives off."""

    profile: str
    species: str
    """Key of the species rule."""
    share: Number = Field(ge=0, le=1)
    """Of the mass of fine particles, or of all VOC. [1]"""
    spread: Number = Field(ge=0)
    """Standard deviation of the share. [1]"""
    confidence: Confidence
    source: str
    """Key of a source of the edition."""


class SourceKind(Record):
    """A kind of source and what tells it from others (源类与示踪物)."""

    key: str
    kind: SampleKind
    name: str
    name_zh: str
    tracers: tuple[str, ...] = Field(min_length=1)
    """Species of which a factor of this kind holds a large share."""
    without: tuple[str, ...] = ()
    """Species that speak against it."""
    confidence: Confidence
    source: str


class CitedWork(Record):
    """Where profiles and tracers come from."""

    key: str
    title: str
    published: bool


class SourceProfileRule(Edition):
    """Library of source profiles and tracers (源成分谱库)."""

    subject_name: ClassVar[str] = "source_profiles"
    sources: tuple[CitedWork, ...]
    kinds: tuple[SourceKind, ...] = Field(min_length=1)
    profiles: tuple[ProfileShare, ...] = Field(min_length=1)
    named_from: Number = Field(gt=0, le=1)
    """Least score with which a factor is given a name."""

    @model_validator(mode="after")
    def _whole(self) -> Self:
        known, cited = {row.key for row in self.kinds}, {row.key for row in self.sources}
        if strange := sorted({row.profile for row in self.profiles} - known):
            msg = f"profiles of {strange}, which are no kinds here"
            raise ValueError(msg)
        if strange := sorted(({row.source for row in self.kinds} | {row.source for row in self.profiles}) - cited):
            msg = f"sources {strange} are not named"
            raise ValueError(msg)
        pairs = [(row.profile, row.species) for row in self.profiles]
        if len(set(pairs)) < len(pairs):
            msg = f"shares stand twice: {sorted({pair for pair in pairs if pairs.count(pair) > 1})}"
            raise ValueError(msg)
        for key, shares in self.by_kind.items():
            if (total := sum(row.share for row in shares.values())) > 1:
                msg = f"the shares of {key} add up to {total}, more than the whole"
                raise ValueError(msg)
        return self

    @cached_property
    def by_kind(self) -> dict[str, dict[str, ProfileShare]]:
        """Key of a kind → species → share."""
        found: dict[str, dict[str, ProfileShare]] = {}
        for row in self.profiles:
            found.setdefault(row.profile, {})[row.species] = row
        return found


RECEPTOR_SUBJECTS: dict[str, type[Edition]] = {
    "receptor_models": ReceptorRule,
    "source_profiles": SourceProfileRule,
}
"""Subjects of receptor models."""

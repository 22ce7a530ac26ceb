"""What the rules of an inventory's calculations hold: all subjects, and what holds for all kinds of sources."""

from decimal import Decimal
from typing import Annotated, ClassVar, Self

from pydantic import Field, model_validator

from lantian.rules.edition import Edition, Number
from lantian.rules.inventory_dust_records import FugitiveDust
from lantian.rules.inventory_factor_records import (
    GRADES,
    INVENTORY_POLLUTANTS,
    CategoryParameter,
    CoalBalance,
    ControlEfficiencies,
    EmissionFactors,
    FactorRow,
    FuelProperties,
    FuelRow,
    Grade,
    Graded,
    InventoryPollutant,
    Positive,
    Share,
    SourceCategory,
    SourceClassification,
    Sourced,
    Technique,
    unlike,
)
from lantian.rules.inventory_road_records import OnRoadRule

__all__ = [
    "GRADES",
    "INVENTORY_POLLUTANTS",
    "INVENTORY_SUBJECTS",
    "VOC_GROUPS",
    "CarbonRow",
    "CategoryParameter",
    "CoalBalance",
    "ControlEfficiencies",
    "CropRow",
    "EmissionFactors",
    "FactorRow",
    "FuelProperties",
    "FuelRow",
    "FugitiveDust",
    "Grade",
    "InventoryPollutant",
    "InventoryRule",
    "OnRoadRule",
    "SizeRow",
    "SourceCategory",
    "SourceClassification",
    "Technique",
    "TemporalProfile",
    "TemporalProfiles",
    "VocProfile",
    "VocProfiles",
]


class CarbonRow(Graded):
    """Elemental and organic carbon in PM2.5 (PM2.5中碳组分占比)."""

    category: str
    """Beginning of the code; the longest that fits is used."""
    bc: Share
    oc: Share


class SizeRow(Graded):
    """Sizes where a source states one of them only (粒径占比)."""

    category: str
    pm10: Share
    """Of TSP. [1]"""
    pm25: Annotated[Number, Field(gt=0, le=1)]
    """Of TSP. [1]"""

    @model_validator(mode="after")
    def _nested(self) -> Self:
        if self.pm25 > self.pm10:
            msg = f"{self.category}: PM2.5 is part of PM10"
            raise ValueError(msg)
        return self


class CropRow(Graded):
    """From a harvest to the straw burned in the field (秸秆露天焚烧参数)."""

    key: str
    straw: Positive
    """Straw per grain. [1]"""
    dry: Share
    """Dry matter of the straw. [1]"""
    burnt: Share
    """Part of the straw set alight that burns. [1]"""


class InventoryRule(Sourced):
    """What holds for all calculations: spread of factors, completion of particle rows, straw (清单编制通则)."""

    subject_name: ClassVar[str] = "inventory"
    gsd: dict[Grade, Annotated[Number, Field(ge=1)]]
    """Grade → geometric standard deviation of a factor. [1]"""
    carbon: tuple[CarbonRow, ...]
    sizes: tuple[SizeRow, ...]
    crops: tuple[CropRow, ...]

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if set(self.gsd) != set(GRADES):
            msg = f"gsd must give each of {', '.join(GRADES)}"
            raise ValueError(msg)
        self.check_sources((*self.carbon, *self.sizes, *self.crops))
        return self


class TemporalProfile(Graded):
    """When in a year, a week and a day a sector emits (时间分配系数)."""

    sector: str
    name: str
    name_zh: str
    months: tuple[Annotated[Number, Field(ge=0)], ...] = Field(min_length=12, max_length=12)
    """Relative rate per day, January first. [1]"""
    weekdays: tuple[Annotated[Number, Field(ge=0)], ...] = Field(min_length=7, max_length=7)
    """Monday first. [1]"""
    hours: tuple[Annotated[Number, Field(ge=0)], ...] = Field(min_length=24, max_length=24)
    """Hour that starts at 0:00 first, city time. [1]"""


class TemporalProfiles(Sourced):
    """Temporal profiles of all sectors (时间分配谱)."""

    subject_name: ClassVar[str] = "temporal_profiles"
    profiles: tuple[TemporalProfile, ...]

    @model_validator(mode="after")
    def _no_row_twice(self) -> Self:
        unlike("profiles", [row.sector for row in self.profiles])
        self.check_sources(self.profiles)
        return self


class VocProfile(Graded):
    """Shares of reactivity groups in the VOC of a kind of source (VOCs源成分谱). [1]"""

    key: str
    name: str
    name_zh: str
    alkanes: Share
    alkenes: Share
    alkynes: Share
    aromatics: Share
    oxygenated: Share
    halocarbons: Share
    other: Share

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if sum(self.shares.values()) != 1:
            msg = f"{self.key}: the shares add up to {sum(self.shares.values())}, not 1"
            raise ValueError(msg)
        return self

    @property
    def shares(self) -> dict[str, Decimal]:
        """Group → share of the mass, in the order of the fields. [1]"""
        return {group: getattr(self, group) for group in VOC_GROUPS}


VOC_GROUPS: tuple[str, ...] = (
    *("alkanes", "alkenes", "alkynes", "aromatics", "oxygenated", "halocarbons", "other"),
)
"""Reactivity groups (活性组分类别): 烷烃, 烯烃, 炔烃, 芳香烃, 含氧有机物, 卤代烃, 其他."""


class VocProfiles(Sourced):
    """VOC speciation to reactivity groups (VOCs成分谱)."""

    subject_name: ClassVar[str] = "voc_profiles"
    profiles: tuple[VocProfile, ...]

    @model_validator(mode="after")
    def _no_row_twice(self) -> Self:
        unlike("profiles", [row.key for row in self.profiles])
        self.check_sources(self.profiles)
        return self


INVENTORY_SUBJECTS: dict[str, type[Edition]] = {
    "source_categories": SourceClassification,
    "emission_factors": EmissionFactors,
    "coal_balance": CoalBalance,
    "fuel_properties": FuelProperties,
    "control_efficiencies": ControlEfficiencies,
    "on_road": OnRoadRule,
    "fugitive_dust": FugitiveDust,
    "inventory": InventoryRule,
    "temporal_profiles": TemporalProfiles,
    "voc_profiles": VocProfiles,
}
"""Subject → record class, in the order of documents."""

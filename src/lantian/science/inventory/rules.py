"""Which rules make this year's inventory, looked up once so that two thousand sources are quick to compute?"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from types import MappingProxyType
from typing import TypeVar

from lantian.rules import Choice, Rulebook
from lantian.rules.inventory_dust_records import FugitiveDust
from lantian.rules.inventory_factor_records import (
    CategoryParameter,
    CoalBalance,
    ControlEfficiencies,
    EmissionFactors,
    FactorRow,
    FuelProperties,
    Grade,
    Graded,
    SourceCategory,
    SourceClassification,
    Sourced,
)
from lantian.rules.inventory_records import (
    CarbonRow,
    InventoryRule,
    SizeRow,
    TemporalProfile,
    TemporalProfiles,
    VocProfile,
    VocProfiles,
)
from lantian.rules.inventory_road_records import OnRoadRule
from lantian.science.inventory.made import Evidence, Made
from lantian.science.inventory.road_tables import RoadTables
from lantian.terms.errors import CallerError

C = TypeVar("C", CarbonRow, SizeRow)


@dataclass(frozen=True)
class InventoryRules:
    """The editions that make the inventory of a year (清单规则集); built by `inventory_rules`."""

    day: date
    classification: SourceClassification
    factors: EmissionFactors
    coal: CoalBalance
    fuels: FuelProperties
    controls: ControlEfficiencies
    on_road: OnRoadRule
    dust: FugitiveDust
    general: InventoryRule
    temporal: TemporalProfiles
    voc: VocProfiles
    computed: dict[object, tuple[Made, ...]] = field(default_factory=dict, compare=False, repr=False)
    """Factors that were already computed with these rules, by what was asked."""

    @cached_property
    def categories(self) -> Mapping[str, SourceCategory]:
        """All categories by code; kind, sector and VOC profile are taken from the level above where not stated."""
        found: dict[str, SourceCategory] = {}
        for row in sorted(self.classification.categories, key=lambda row: row.level):
            above = found.get(row.code.rpartition(".")[0])
            if above is not None:
                taken = {name: getattr(row, name) or getattr(above, name) for name in ("kind", "sector", "voc")}
                row = row.model_copy(update=taken)
            found[row.code] = row
        ordered = {row.code: found[row.code] for row in self.classification.categories}
        return MappingProxyType(ordered)

    @cached_property
    def parameters(self) -> Mapping[str, CategoryParameter]:
        """Parameters of activities by key."""
        return MappingProxyType({row.key: row for row in self.classification.parameters})

    @cached_property
    def factor_rows(self) -> Mapping[str, tuple[FactorRow, ...]]:
        """Rows of the factor table by category."""
        found: dict[str, list[FactorRow]] = {}
        for row in self.factors.factors:
            found.setdefault(row.category, []).append(row)
        return MappingProxyType({code: tuple(rows) for code, rows in found.items()})

    @cached_property
    def road(self) -> RoadTables:
        """The tables of road vehicles, by what they are asked for."""
        return RoadTables(self.on_road)

    @cached_property
    def profiles(self) -> Mapping[str, TemporalProfile]:
        """Temporal profiles by sector."""
        return MappingProxyType({row.sector: row for row in self.temporal.profiles})

    @cached_property
    def voc_profiles(self) -> Mapping[str, VocProfile]:
        """VOC profiles by key."""
        return MappingProxyType({row.key: row for row in self.voc.profiles})

    @cached_property
    def _carbon(self) -> dict[str, CarbonRow | None]:
        return {}

    @cached_property
    def _sizes(self) -> dict[str, SizeRow | None]:
        return {}

    def category(self, code: str) -> SourceCategory:
        """Return a category of the fourth level.

        Raises
        ------
        CallerError
            If there is none of this code.
        """
        found = self.categories.get(code)
        if found is None or found.level != 4:
            near = sorted(other for other in self.categories if other.startswith(code.partition(".")[0] + "."))
            raise CallerError(
                "{code!r} is no source category of the fourth level in {edition}, so nothing says how to compute "
                "it; use one of {near}",
                code=code,
                edition=self.classification.id,
                near=", ".join(other for other in near or self.categories if other.count(".") == 3),
            )
        return found

    def carbon_of(self, code: str) -> CarbonRow | None:
        """Return the carbon shares of the longest beginning of a code that has any."""
        if code not in self._carbon:
            self._carbon[code] = _longest(code, self.general.carbon)
        return self._carbon[code]

    def sizes_of(self, code: str) -> SizeRow | None:
        """Return the size shares of the longest beginning of a code that has any."""
        if code not in self._sizes:
            self._sizes[code] = _longest(code, self.general.sizes)
        return self._sizes[code]

    def gsd(self, grade: Grade) -> float:
        """Return the geometric standard deviation of factors of a grade. [1]"""
        return float(self.general.gsd[grade])

    def evidence(self, edition: Sourced, key: str, row: Graded, grade: Grade | None = None) -> Evidence:
        """Return how sure a row of an edition is, or would be if it were of another grade."""
        grade = grade or row.grade
        confidence = edition.source_of(row.source).confidence(grade)
        return Evidence(f"{edition.id}#{key}", max(confidence, edition.confidence), self.gsd(grade))

    @cached_property
    def ids(self) -> tuple[str, ...]:
        """Ids of all editions, for the trace of a run."""
        editions = (
            *(self.classification, self.factors, self.coal, self.fuels, self.controls),
            *(self.on_road, self.dust, self.general, self.temporal, self.voc),
        )
        return tuple(edition.id for edition in editions)


def _longest(code: str, rows: tuple[C, ...]) -> C | None:
    """Return the row of the longest beginning of a code."""
    fitting = [row for row in rows if code == row.category or code.startswith(row.category + ".")]
    return max(fitting, key=lambda row: len(row.category), default=None)


def inventory_rules(rulebook: Rulebook, day: date, choice: Choice | None = None) -> InventoryRules:
    """Return the rules that make the inventory of the year in which `day` lies, under a choice.

    Parameters
    ----------
    rulebook : Rulebook
        The law, with a city's own rules over it.
    day : date
        Usually the last day of the year of the inventory.
    choice : Choice, optional
        For instance ``Choice(variants={"on_road": "china_vi_estimate"})`` where vehicles of China VI are to be
        counted with our estimate.

    Raises
    ------
    RuleError
        If a subject has no edition on that day.
    """
    return InventoryRules(
        day=day,
        classification=rulebook.edition(SourceClassification, "source_categories", day, choice),
        factors=rulebook.edition(EmissionFactors, "emission_factors", day, choice),
        coal=rulebook.edition(CoalBalance, "coal_balance", day, choice),
        fuels=rulebook.edition(FuelProperties, "fuel_properties", day, choice),
        controls=rulebook.edition(ControlEfficiencies, "control_efficiencies", day, choice),
        on_road=rulebook.edition(OnRoadRule, "on_road", day, choice),
        dust=rulebook.edition(FugitiveDust, "fugitive_dust", day, choice),
        general=rulebook.edition(InventoryRule, "inventory", day, choice),
        temporal=rulebook.edition(TemporalProfiles, "temporal_profiles", day, choice),
        voc=rulebook.edition(VocProfiles, "voc_profiles", day, choice),
    )

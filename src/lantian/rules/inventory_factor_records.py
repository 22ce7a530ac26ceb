"""What the rules of the emission inventory hold: classification, factors, balances, removal, profiles.

Large tables stand as CSV beside the edition that cites them; a cell keeps the number as it was published, with its
unit, and `FACTOR_UNITS` says how many kilograms per unit of activity that is. Grade and confidence are two things:
the *grade* (high, medium, low) is how well a factor describes a typical source and sets its spread, the
*confidence* (A, B, C) is how sure we are that the number is what its source says. A number of the grade high is A
where a second source agrees, else B; medium is B where it was read in a publication and C where it stands from
memory; low is always C.
"""

from decimal import Decimal
from typing import Annotated, ClassVar, Literal, Self, TypeAlias

from pydantic import BeforeValidator, Field, model_validator

from lantian.rules.edition import Confidence, Edition, Number, Record

InventoryPollutant: TypeAlias = Literal[
    "so2", "nox", "co", "voc", "nh3", "tsp", "pm10", "pm25", "bc", "oc", "co2", "ch4", "n2o"
]
"""Pollutants of an emission inventory (清单污染物); CO2 in the same rows (融合清单). NOx counts as NO2, VOC as
mass of the compounds, BC as elemental and OC as organic carbon."""

INVENTORY_POLLUTANTS: tuple[InventoryPollutant, ...] = (
    *("so2", "nox", "co", "voc", "nh3"),
    *("tsp", "pm10", "pm25", "bc", "oc"),
    *("co2", "ch4", "n2o"),
)

Grade: TypeAlias = Literal["high", "medium", "low"]
"""How well a factor describes a typical source; the inventory rule gives each its geometric standard deviation."""

GRADES: tuple[Grade, ...] = ("high", "medium", "low")

FACTOR_UNITS: dict[str, tuple[Decimal, str]] = {
    "kg/t": (Decimal(1), "t"),
    "kg/kg": (Decimal(1000), "t"),
    "g/m3": (Decimal("0.001"), "m3"),
    "kg/1000m3": (Decimal("0.001"), "m3"),
    "g/km": (Decimal("0.001"), "km"),
    "kg/head": (Decimal(1), "head"),
    "kg/(m2.month)": (Decimal(1), "m2.month"),
}
"""Unit in which a factor was published → kg per unit of activity, unit of activity."""

Calculation: TypeAlias = Literal[
    "factor",
    "coal",
    "road",
    "paved_road",
    "unpaved_road",
    "construction",
    "handling",
    "erosion",
    "harvest",
    "solvent",
]
"""Which calculation a category of the fourth level is computed by."""


def _words(value: object) -> object:
    return tuple(value.split()) if isinstance(value, str) else value


Words = Annotated[tuple[str, ...], BeforeValidator(_words)]
"""Several words; a CSV cell parts them by blanks."""

Share = Annotated[Number, Field(ge=0, le=1)]
Positive = Annotated[Number, Field(gt=0)]


def unlike(what: str, keys: list[str]) -> None:
    """Refuse a list that names one key twice."""
    twice = sorted({key for key in keys if keys.count(key) > 1})
    if twice:
        msg = f"{what} names {', '.join(twice)} twice"
        raise ValueError(msg)


# ------------------------------------------------------------------------------------------- classification


class CategoryParameter(Record):
    """A number or word that a calculation wants beside the amount (计算参数)."""

    key: str
    name: str
    name_zh: str
    unit: str = ""
    """Empty for a word."""
    lowest: Number | None = None
    highest: Number | None = None
    """Outside these the value is taken for a mistake, most often of the unit."""
    options: Words = ()
    """What a word may be."""


class SourceCategory(Record):
    """One place of the source classification (排放源分类); the dots of the code part the four levels."""

    code: str = Field(pattern=r"^[a-z0-9_]+(\.[a-z0-9_]+){0,3}$")
    name: str
    name_zh: str
    kind: Literal["point", "line", "area", "mobile"] | None = None
    """How such a source usually lies in space; taken from the level above where not stated."""
    sector: str | None = None
    """Temporal profile; taken from the level above where not stated."""
    voc: str | None = None
    """VOC profile; taken from the level above where not stated."""
    calculation: Calculation | None = None
    """Fourth level only."""
    unit: str | None = None
    """Unit of the activity; fourth level only."""
    of: str = ""
    of_zh: str = ""
    """What the activity counts: coal burned, clinker made, kilometres driven."""
    fuel: str | None = None
    """Row of the fuel properties that gives CO2, CH4 and N2O with the fuel burned."""
    lookup: str | None = None
    """Row of the calculation's own table: a boiler, a vehicle, a crop."""
    borrows: str | None = None
    """Category whose factors are used because this one has none of its own; they then count as grade low."""
    needs: Words = ()
    """Keys of the parameters that must be given."""
    takes: Words = ()
    """Keys of the parameters that may be given."""

    @property
    def level(self) -> int:
        """Level of the classification, 1 … 4."""
        return self.code.count(".") + 1


class SourceClassification(Edition):
    """The four levels of sources and how each fourth level is computed (污染源四级分类)."""

    subject_name: ClassVar[str] = "source_categories"
    categories: tuple[SourceCategory, ...]
    parameters: tuple[CategoryParameter, ...]

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        codes = [row.code for row in self.categories]
        unlike("categories", codes)
        unlike("parameters", [row.key for row in self.parameters])
        known, parameters = set(codes), {row.key for row in self.parameters}
        for row in self.categories:
            above = row.code.rpartition(".")[0]
            if above and above not in known:
                msg = f"{row.code} stands under {above}, which is no category"
                raise ValueError(msg)
            if (row.level == 4) != (row.calculation is not None and row.unit is not None):
                msg = f"{row.code}: the fourth level, and no other, has a calculation and a unit"
                raise ValueError(msg)
            if row.borrows is not None and row.borrows not in known:
                msg = f"{row.code} borrows from {row.borrows}, which is no category"
                raise ValueError(msg)
            if strange := sorted({*row.needs, *row.takes} - parameters):
                msg = f"{row.code} wants {', '.join(strange)}, which parameters do not explain"
                raise ValueError(msg)
        return self


# ---------------------------------------------------------------------------------------------------- factors


class FactorSource(Record):
    """Where numbers were read (系数来源)."""

    key: str
    title: str
    published: bool
    """Whether the number was read in the publication or a transcription of it, not written from memory."""
    second: bool = False
    """Whether a second, independent source agrees."""

    def confidence(self, grade: Grade) -> Confidence:
        """Return how sure a number of this source and grade is; the module's docstring says why."""
        if grade == "low":
            return Confidence.C
        if grade == "medium":
            return Confidence.B if self.published else Confidence.C
        return Confidence.A if self.second else Confidence.B


class Graded(Record):
    """A row that says how good it is and where it comes from."""

    grade: Grade
    source: str
    """Key of a `FactorSource` of the same edition."""
    note: str = ""


class Sourced(Edition):
    """An edition whose rows name their sources."""

    sources: tuple[FactorSource, ...] = Field(min_length=1)

    def source_of(self, key: str) -> FactorSource:
        """Return a source by its key.

        Raises
        ------
        KeyError
            If the edition has no source of this key; the loader refuses rows that name one.
        """
        return {row.key: row for row in self.sources}[key]

    def check_sources(self, rows: tuple[Graded, ...]) -> None:
        """Refuse rows whose source the edition does not list."""
        known = {row.key for row in self.sources}
        if strange := sorted({row.source for row in rows} - known):
            msg = f"rows name the sources {', '.join(strange)}, which sources does not list"
            raise ValueError(msg)


class FactorRow(Graded):
    """One emission factor as published (排放系数)."""

    key: str = Field(pattern=r"^[a-z0-9_.\-]+$")
    """Part of the rule id of every tonne that it makes."""
    category: str
    pollutant: InventoryPollutant
    value: Number = Field(ge=0)
    unit: str
    basis: Literal["uncontrolled", "as_emitted", "controlled"]
    """Before control, as it leaves (no control exists), or behind the control of a plant within its limits."""
    parameter: str | None = None
    """Parameter of the activity that decides whether the row holds."""
    option: str | None = None
    """Word that the parameter must be."""
    over: Number | None = None
    """The parameter must be greater than this …"""
    at_least: Number | None = None
    below: Number | None = None
    up_to: Number | None = None

    @property
    def factor(self) -> Decimal:
        """Emission per unit of activity. [kg per unit]"""
        return self.value * FACTOR_UNITS[self.unit][0]

    @model_validator(mode="after")
    def _readable(self) -> Self:
        if self.unit not in FACTOR_UNITS:
            msg = f"{self.key}: the unit {self.unit!r} is unknown; use one of {', '.join(FACTOR_UNITS)}"
            raise ValueError(msg)
        bounds = (self.option, self.over, self.at_least, self.below, self.up_to)
        if (self.parameter is None) != all(bound is None for bound in bounds):
            msg = f"{self.key}: a parameter and what it must be go together"
            raise ValueError(msg)
        return self

    def holds(self, value: float | str | None) -> bool:
        """Whether the row is meant for this value of its parameter."""
        if self.parameter is None:
            return True
        if self.option is not None:
            return value == self.option
        if not isinstance(value, (int, float)):
            return False
        number = Decimal(str(value))
        return (
            (self.over is None or number > self.over)
            and (self.at_least is None or number >= self.at_least)
            and (self.below is None or number < self.below)
            and (self.up_to is None or number <= self.up_to)
        )


class EmissionFactors(Sourced):
    """Emission factors by category and pollutant (排放系数表)."""

    subject_name: ClassVar[str] = "emission_factors"
    factors: tuple[FactorRow, ...]

    @model_validator(mode="after")
    def _no_row_twice(self) -> Self:
        unlike("factors", [row.key for row in self.factors])
        self.check_sources(self.factors)
        return self


class BoilerRow(Graded):
    """What of coal's ash leaves a boiler as particles (灰分平衡参数)."""

    key: str
    bottom_ash: Share
    """Share of the ash that stays as bottom ash. [1]"""
    pm10: Share
    """Share of the fly ash that is PM10. [1]"""
    pm25: Share
    bc: Share
    """Share of PM2.5 that is elemental carbon. [1]"""
    oc: Share
    sulphur_grade: Grade
    """Grade of the sulphur balance for this boiler."""

    @model_validator(mode="after")
    def _sizes_fit(self) -> Self:
        if not self.pm25 <= self.pm10 or self.bc + self.oc > 1:
            msg = f"{self.key}: PM2.5 is part of PM10, and carbon part of PM2.5"
            raise ValueError(msg)
        return self


class CoalBalance(Sourced):
    """Mass balances of sulphur and ash in coal boilers (燃煤硫分、灰分平衡)."""

    subject_name: ClassVar[str] = "coal_balance"
    sulphur_ratio: Positive
    """Mass of SO2 from a mass of sulphur. [1]"""
    sulphur_to_ash: Share
    """Share of the sulphur that stays in the ash. [1]"""
    boilers: tuple[BoilerRow, ...]

    @model_validator(mode="after")
    def _no_row_twice(self) -> Self:
        unlike("boilers", [row.key for row in self.boilers])
        self.check_sources(self.boilers)
        return self


class FuelRow(Graded):
    """A fuel: its heat and what of the climate gases it gives off (燃料参数)."""

    key: str
    name: str
    name_zh: str
    unit: Literal["t", "m3"]
    heat: Positive | None = None
    """Net calorific value. [MJ per unit]"""
    co2: Positive
    """[kg per unit]"""
    ch4: Number | None = Field(default=None, ge=0)
    """[kg TJ-1]"""
    n2o: Number | None = Field(default=None, ge=0)
    """[kg TJ-1]"""


class GridRow(Graded):
    """CO2 of bought electricity (电力排放因子)."""

    region: str
    year: int
    co2: Positive
    """[kg MWh-1]"""


class FuelProperties(Sourced):
    """Heat and climate gases of fuels and electricity (燃料与电力碳排放参数)."""

    subject_name: ClassVar[str] = "fuel_properties"
    fuels: tuple[FuelRow, ...]
    grid: tuple[GridRow, ...]
    carbon_masses: tuple[Positive, Positive]
    """Molar masses of CO2 and carbon: 44, 12. [g/mol]"""
    oxidised: Share
    """Share of the fuel's carbon that burns, where a carbon content is given. [1]"""

    @model_validator(mode="after")
    def _no_row_twice(self) -> Self:
        unlike("fuels", [row.key for row in self.fuels])
        unlike("grid", [f"{row.region} {row.year}" for row in self.grid])
        self.check_sources((*self.fuels, *self.grid))
        return self


# ---------------------------------------------------------------------------------------------------- removal


class Technique(Record):
    """A control technique and its default removal (治理技术与默认去除率). [%]"""

    key: str = Field(pattern=r"^[a-z0-9_]+$")
    name: str
    name_zh: str
    group: Literal[
        "sulphur",
        "nitrogen",
        "particles",
        "voc",
        "capture",
        "vapour",
        "cooking",
        "field",
        "road",
        "site",
        "yard",
        "none",
    ]
    """What it is for; a technique of the group ``capture`` collects and removes nothing itself."""
    so2: Number = Field(default=Decimal(0), ge=0, le=100)
    nox: Number = Field(default=Decimal(0), ge=0, le=100)
    voc: Number = Field(default=Decimal(0), ge=0, le=100)
    pm25: Number = Field(default=Decimal(0), ge=0, le=100)
    coarse: Number = Field(default=Decimal(0), ge=0, le=100)
    """Of the particles between PM2.5 and PM10."""


class ControlEfficiencies(Edition):
    """Default removal of control techniques (治理技术默认去除效率)."""

    subject_name: ClassVar[str] = "control_efficiencies"
    techniques: tuple[Technique, ...]

    @model_validator(mode="after")
    def _no_row_twice(self) -> Self:
        unlike("techniques", [row.key for row in self.techniques])
        return self

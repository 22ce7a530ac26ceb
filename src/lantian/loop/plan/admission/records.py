"""What a project says of itself when it wants in, section by section, checked as it is read (项目准入申请).

A section that is None was not filled in; an empty one says that there is nothing of the kind. Places are those of
EPSG:4490.
"""

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, model_validator

from lantian.terms.pollutants import Pollutant


def _exact(value: object) -> object:
    """Read a binary float by its digits, so that 0.7143 is 0.7143."""
    return Decimal(str(value)) if isinstance(value, float) else value


Text = Annotated[str, StringConstraints(min_length=1, max_length=300, strip_whitespace=True)]
Words = Annotated[str, StringConstraints(max_length=2_000, strip_whitespace=True)]
Amount = Annotated[Decimal, BeforeValidator(_exact), Field(ge=0, allow_inf_nan=False, max_digits=18)]
Longitude = Annotated[float, Field(ge=73, le=136)]
Latitude = Annotated[float, Field(ge=3, le=54)]

Industry = Literal[
    "steel", "coking", "cement_clinker", "flat_glass", "coal_power", "coal_chemical", "coal_washing",
    "electrolytic_aluminium", "alumina", "nonferrous", "petrochemical", "building_materials", "mining",
    "logistics", "heating", "other",
]  # fmt: skip
BoilerFuel = Literal["coal", "gas", "electricity", "biomass", "oil", "other"]
Emitted = Literal["so2", "nox", "pm", "voc"]


class Part(BaseModel):
    """Frozen, closed to unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Haul(Part):
    """One bulk good and how it is carried in or out."""

    material: Text
    mode: Literal["rail", "pipeline", "conveyor", "new_energy_truck", "waterway", "diesel_truck", "gas_truck"]
    amount: Amount
    """[t/a]"""


class Built(Part):
    """Capacity that the project adds."""

    product: Industry
    amount: Amount
    """[10,000 t/a]"""
    equal_case: str = ""
    """Key of a case that swaps as much as it builds; empty for none."""


class Retired(Part):
    """Capacity that goes for it."""

    product: Industry
    name: Text
    amount: Amount
    """[10,000 t/a]"""
    shut_on: date | None = None
    merged: bool = False
    """Whether it came by a real merger."""
    inferior: bool = False
    """Whether it is of the restricted class or of another province."""


class Emission(Part):
    """What the project emits."""

    pollutant: Emitted
    amount: Amount
    """[t/a]"""


class ReductionSource(Part):
    """What is emitted no more elsewhere in the area."""

    pollutant: Emitted
    source: Text
    amount: Amount
    """[t/a]"""
    done_on: date | None = None


class CoalUse(Part):
    """One coal that the project newly uses."""

    fuel: Text
    """Key of a coal of the rule."""
    amount: Amount
    """[t/a]"""
    use: Literal["fuel", "raw_material"] = "fuel"


class CoalSaving(Part):
    """Coal that is burnt no more."""

    source: Text
    fuel: Text
    """Key of a coal of the rule."""
    amount: Amount
    """[t/a]"""
    by: Text
    """Key of a substitute of the rule: what takes its place."""


class Boiler(Part):
    """A boiler that is to be built."""

    name: Text
    capacity: Amount | None = None
    """[t/h]"""
    fuel: BoilerFuel
    purpose: Literal["central_heating", "industrial", "power"]
    kind: Literal["storage_electric", "condensing_gas", "other"] = "other"
    longitude: Longitude | None = None
    latitude: Latitude | None = None


class PowerUnit(Part):
    """A power unit that is to be built."""

    name: Text
    capacity: Amount
    """[MW]"""
    fuel: BoilerFuel
    self_owned: bool
    """自备: for the plant itself, not for the grid."""


class Furnace(Part):
    """A heating, heat treating, drying or melting furnace that is to be built."""

    name: Text
    kind: Literal["heating", "heat_treating", "drying", "melting", "other"]
    energy: Literal[
        "electricity", "natural_gas", "coalbed_methane", "desulphurised_coke_oven_gas", "waste_heat", "plant_heat",
        "renewable", "coal", "producer_gas", "petroleum_coke", "heavy_oil", "other",
    ]  # fmt: skip


class VocProduct(Part):
    """A coating, ink, glue or cleaner that the project makes or uses."""

    name: Text
    kind: Literal["coating", "ink", "adhesive", "cleaner"]
    high: bool | None = None
    """Whether its VOC content is above the limit of a low-VOC product; None: not tested."""


class Mine(Part):
    """A mine that is to be opened."""

    name: Text
    kind: Literal["open_pit", "underground"]
    exception: Literal["planned_area", "unsafe_underground"] | None = None
    proof: bool = False
    """Whether the paper for the exception was handed in."""


class HeatSource(Part):
    """A heat and power plant near by."""

    name: Text
    capacity: Amount
    """[MW]"""
    longitude: Longitude
    latitude: Latitude


class Air(Part):
    """Whether a pollutant attains, as the application says; the evaluated tables go before it."""

    pollutant: Pollutant
    attains: bool


class Application(Part):
    """A project that wants in."""

    name: Text
    applicant: Text
    credit_code: Annotated[str, StringConstraints(max_length=18)] = ""
    """统一社会信用代码, empty where unknown."""
    county: Annotated[str, StringConstraints(pattern=r"^\d{6}$")]
    """adcode"""
    industry: Industry
    kind: Literal["new", "rebuilt", "extended", "relocated"]
    site: Literal["logistics_park", "industrial_mining", "coal_storage", "other"] | None = None
    applied_on: date
    starts_on: date | None = None
    """When it is to run."""
    longitude: Longitude | None = None
    latitude: Latitude | None = None
    catalogue: Literal["encouraged", "allowed", "restricted", "eliminated"] | None = None
    """Its class in the industrial catalogue."""
    energy_level: Literal["benchmark", "between", "below_baseline"] | None = None
    """能效标杆水平, between benchmark and baseline, or below 基准水平."""
    rail_siding: bool | None = None
    coal_guaranteed: bool | None = None
    """Whether the energy authority has confirmed its coal."""
    gas_producers: Annotated[int, Field(ge=0, le=1_000)] | None = None
    """New gas producers for fuel."""
    documents: tuple[str, ...] = ()
    """Keys of the papers that were handed in."""
    note: Words = ""
    hauls: tuple[Haul, ...] | None = None
    built: tuple[Built, ...] | None = None
    retired: tuple[Retired, ...] | None = None
    emissions: tuple[Emission, ...] | None = None
    reductions: tuple[ReductionSource, ...] | None = None
    air: tuple[Air, ...] | None = None
    coal: tuple[CoalUse, ...] | None = None
    coal_savings: tuple[CoalSaving, ...] | None = None
    boilers: tuple[Boiler, ...] | None = None
    power_units: tuple[PowerUnit, ...] | None = None
    furnaces: tuple[Furnace, ...] | None = None
    voc_products: tuple[VocProduct, ...] | None = None
    mines: tuple[Mine, ...] | None = None
    heat_sources: tuple[HeatSource, ...] | None = None

    @model_validator(mode="after")
    def _places_are_whole(self) -> "Application":
        places = [(self.longitude, self.latitude)]
        places += [(row.longitude, row.latitude) for row in self.boilers or ()]
        for longitude, latitude in places:
            if (longitude is None) != (latitude is None):
                msg = "one coordinate stands without the other"
                raise ValueError(msg)
        return self


SECTIONS: dict[str, type[Part]] = {
    "hauls": Haul,
    "built": Built,
    "retired": Retired,
    "emissions": Emission,
    "reductions": ReductionSource,
    "air": Air,
    "coal": CoalUse,
    "coal_savings": CoalSaving,
    "boilers": Boiler,
    "power_units": PowerUnit,
    "furnaces": Furnace,
    "voc_products": VocProduct,
    "mines": Mine,
    "heat_sources": HeatSource,
}
"""Field of a section → what its rows are."""

"""``twin.toml`` of a city's folder, checked line by line (模拟城市配置)."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from lantian.city import City
from lantian.city.files import Limits, text_of
from lantian.terms.errors import CallerError
from lantian.twin.catalogue.records import POLLUTANTS

FILE = "twin.toml"
_LIMITS = Limits(bytes=1_000_000)

_Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]
_Amount = Annotated[float, Field(ge=0, allow_inf_nan=False)]
_Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
_Range = Annotated[tuple[_Amount, _Amount], Field(description="lowest and highest")]
Season = Literal[
    "power", "steady", "kiln", "brick", "heating", "weekday", "homes", "trucks", "cars", "sites", "dust", "fields",
    "straw",
]  # fmt: skip
"""How an emission runs over the year; `lantian.twin.emitting` knows each."""
Places = Literal["people", "roads", "villages", "villages_low", "villages_high"]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Terrain(_Part):
    """The city as a whole."""

    basin_floor: _Positive
    valley_axis_deg: Annotated[float, Field(ge=0, lt=180)]
    households_coal: Annotated[int, Field(ge=0)]
    line: str = ""


class Seat(_Part):
    """A county's seat and its villages."""

    county: str
    name_zh: str
    name_en: str
    longitude: Annotated[float, Field(ge=70, le=140)]
    latitude: Annotated[float, Field(ge=15, le=55)]
    elevation: _Amount
    population: _Positive
    seat_share: _Share
    village_low: _Amount
    village_high: _Amount


class Ring(_Part):
    """Ring around a built-up area."""

    county: str
    built_up: _Positive
    width: _Positive


class Grade(_Part):
    """How far below the limit a grade runs, and how many plants have it."""

    share: tuple[_Share, _Share]
    weight: _Share


class StackKind(_Part):
    """A stack of a kind of plant."""

    key: str
    name_zh: str
    name_en: str
    gas: _Positive
    concentration: Mapping[Literal["so2", "nox", "pm", "voc"], _Positive]
    others: Mapping[Literal["co", "nh3", "voc", "co2"], _Amount] = {}
    oxygen: _Range
    reference_oxygen: _Amount | None = None
    moisture: _Amount
    temperature: _Positive
    velocity: _Positive
    height: _Range


class Kind(_Part):
    """A kind of plant."""

    key: str
    name_zh: str
    name_en: str
    small: bool = False
    count: Annotated[int, Field(ge=0, le=5_000)]
    capacity: _Range
    unit: str
    product: str
    per_capacity: _Positive
    spread: _Positive
    """How far from the seat they stand. [m]"""
    counties: Mapping[str, int]
    """How many where; empty: by population."""
    season: Season
    fugitive: Mapping[str, _Amount] = {}
    """Pollutant → [kg per unit of product]"""
    stacks: tuple[StackKind, ...]

    @model_validator(mode="after")
    def _adds_up(self) -> "Kind":
        if self.counties and sum(self.counties.values()) != self.count:
            msg = f"{self.key}: the counties have {sum(self.counties.values())}, count says {self.count}"
            raise ValueError(msg)
        if unknown := sorted(set(self.fugitive) - set(POLLUTANTS)):
            msg = f"{self.key}: unknown pollutants {unknown}"
            raise ValueError(msg)
        return self


class Named(_Part):
    """A plant that exists."""

    kind: str
    county: str
    name_zh: str
    name_en: str


class SurfaceKind(_Part):
    """A kind of source without stacks."""

    key: str
    name_zh: str
    name_en: str
    season: Season
    places: Places
    seat_share: _Share
    emission: Mapping[str, _Amount]

    @model_validator(mode="after")
    def _known(self) -> "SurfaceKind":
        if unknown := sorted(set(self.emission) - set(POLLUTANTS)):
            msg = f"{self.key}: unknown pollutants {unknown}"
            raise ValueError(msg)
        return self


class Instruments(_Part):
    """Instruments beside stations and stacks."""

    micro_stations: Annotated[int, Field(ge=0, le=2_000)]
    composition_sites: tuple[str, ...]
    voc_site: str
    meters_of_small: bool


class CityBook(_Part):
    """The whole file."""

    city: Terrain
    seats: tuple[Seat, ...]
    ring: Ring
    grades: Mapping[str, Grade]
    kinds: tuple[Kind, ...]
    named: tuple[Named, ...] = ()
    surfaces: tuple[SurfaceKind, ...]
    instruments: Instruments

    @model_validator(mode="after")
    def _fits(self) -> "CityBook":
        seats = {seat.county for seat in self.seats}
        used = {code for kind in self.kinds for code in kind.counties} | {row.county for row in self.named}
        if unknown := sorted((used | {self.ring.county}) - seats):
            msg = f"no seat is given for the counties {unknown}"
            raise ValueError(msg)
        return self


def read_book(city: City) -> CityBook | None:
    """Read what the simulated city is made of; None for a city that has no such file.

    Raises
    ------
    CallerError
        The file is faulty, or names a county that the city does not have.
    """
    path = next((Path(folder) / FILE for folder in reversed(city.folders) if (Path(folder) / FILE).exists()), None)
    if path is None:
        return None
    try:
        book = CityBook.model_validate(tomllib.loads(text_of(path, _LIMITS)))
    except (tomllib.TOMLDecodeError, ValidationError) as error:
        raise CallerError(
            "{path} does not describe a simulated city: {error}. docs/twin.md explains every line.",
            path=path,
            error=error,
        ) from error
    known = {county.adcode for county in city.counties}
    if strange := sorted({seat.county for seat in book.seats} - known):
        raise CallerError(
            "{path} gives seats of {counties}, which are no counties of {city}. Take them out.",
            path=path,
            counties=", ".join(strange),
            city=city.key,
        )
    stations = {station.code for station in city.stations}
    if strange := sorted({*book.instruments.composition_sites, book.instruments.voc_site} - stations):
        raise CallerError(
            "{path} puts instruments beside {stations}, which are no stations of {city}. Name others.",
            path=path,
            stations=", ".join(strange),
            city=city.key,
        )
    return book

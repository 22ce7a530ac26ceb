"""A simulated city's sources as frozen records."""

from collections.abc import Mapping
from dataclasses import dataclass

POLLUTANTS = ("so2", "nox", "co", "voc", "nh3", "pm10", "pm25", "co2")
"""What the twin emits; the dust of a stack counts as PM10 and, by the share of the kind, as PM2.5."""


@dataclass(frozen=True, slots=True)
class Logger:
    """A data logger that speaks HJ 212 (数采仪)."""

    mn: str
    edition: str
    """2005, 2017 or 2025."""
    system: str
    """System code (ST): 31 stacks, 22 air stations, 44 power."""
    password: str
    factors: tuple[str, ...]
    """Factor codes that it sends."""


@dataclass(frozen=True, slots=True)
class Stack:
    """A stack of a plant (排放口)."""

    code: str
    name_zh: str
    name_en: str
    height: float
    """[m]"""
    diameter: float
    """Inside, at the top. [m]"""
    temperature: float
    """Of the gas at the top. [degC]"""
    velocity: float
    """At full load. [m/s]"""
    moisture: float
    """[%]"""
    oxygen: tuple[float, float]
    """Lowest and highest of the dry gas at load. [%]"""
    reference_oxygen: float | None
    """None: not converted. [%]"""
    limits: Mapping[str, float]
    """so2, nox, pm, voc → limit at reference oxygen. [mg/m3]"""
    concentration: Mapping[str, float]
    """Usual concentration at reference oxygen: so2, nox, pm, co, nh3, voc, co2. [mg/m3]"""
    gas: float
    """Dry gas at the standard state and at reference oxygen in a year. [m3]"""
    logger: Logger | None
    """None: not monitored automatically."""


@dataclass(frozen=True, slots=True)
class Meter:
    """A meter of electricity (用电监控)."""

    logger: Logger
    production: str
    """Point code of the production line."""
    treatment: str
    """Point code of the treatment facility."""
    production_kw: float
    """Usual power at full load. [kW]"""
    treatment_kw: float
    """[kW]"""


@dataclass(frozen=True, slots=True)
class Plant:
    """A plant, large or small (企业)."""

    code: str
    kind: str
    name_zh: str
    name_en: str
    county: str
    longitude: float
    latitude: float
    elevation: float
    """[m]"""
    capacity: float
    unit: str
    output: float
    """Product of a year; see the kind for its unit."""
    grade: str
    """Performance grade A … D (绩效分级)."""
    small: bool
    exists: bool
    """A fact of the plan document: no invented breach is ever its own."""
    in_ring: bool
    """Within the ring around the built-up area of which the plan speaks."""
    season: str
    stacks: tuple[Stack, ...]
    fugitive: Mapping[str, float]
    """Pollutant → emission of a year that leaves by no stack. [t]"""
    meter: Meter | None


@dataclass(frozen=True, slots=True)
class Cell:
    """A square of ground on which people live, drive and plough."""

    key: str
    county: str
    longitude: float
    latitude: float
    elevation: float
    """[m]"""
    half_size: float
    """[m]"""
    seat: bool
    """Whether it is the seat of its county and not a village."""
    people: float


@dataclass(frozen=True, slots=True)
class Surface:
    """A kind of source without stacks, spread over the cells (面源)."""

    key: str
    name_zh: str
    name_en: str
    season: str
    emission: Mapping[str, float]
    """Pollutant → emission of a year in the whole city. [t]"""
    weights: tuple[float, ...]
    """Share of each cell of the catalogue, in order; together 1."""


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Everything in a simulated city that gives something off."""

    city: str
    seed: int
    plants: tuple[Plant, ...]
    cells: tuple[Cell, ...]
    surfaces: tuple[Surface, ...]

    @property
    def stacks(self) -> tuple[tuple[Plant, Stack], ...]:
        """Every stack with its plant, in order."""
        return tuple((plant, stack) for plant in self.plants for stack in plant.stacks)

    def plant(self, code: str) -> Plant:
        """Return a plant by its code; KeyError where there is none."""
        for row in self.plants:
            if row.code == code:
                return row
        raise KeyError(code)

"""A city's sources as a book: who gives off what, through which stack, behind which devices (污染源清单)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from lantian.science.inventory.gross import Activity, InventoryPollutant

SourceKind: TypeAlias = Literal["point", "area", "line", "mobile"]
SOURCE_KINDS: tuple[SourceKind, ...] = ("point", "area", "line", "mobile")
MeasuredMethod: TypeAlias = Literal["cems", "permit", "measurement"]
Method: TypeAlias = Literal["cems", "permit", "measurement", "factor"]
MEASURED_METHODS: tuple[MeasuredMethod, ...] = ("cems", "permit", "measurement")
METHODS: tuple[Method, ...] = (*MEASURED_METHODS, "factor")
"""Ways to know an amount, the best first (核算方法): monitoring, permit accounting, single tests, factor."""


@dataclass(frozen=True, slots=True)
class Stack:
    """Where a process lets its air out (排气筒); None where it is not known."""

    height: float | None = None
    """[m]"""
    diameter: float | None = None
    """[m]"""
    temperature: float | None = None
    """[degC]"""
    velocity: float | None = None
    """[m s-1]"""


@dataclass(frozen=True, slots=True)
class Control:
    """A device that takes pollutants out, as the book has it (治理设施)."""

    technology: str
    """Key of a technique of the control-efficiency rule."""
    capture: float | None = None
    """Share of the emission that reaches the device (收集率); None: the rule's. [1]"""
    availability: float = 1.0
    """Share of the operating time in which it runs (投运率). [1]"""
    removal: Mapping[str, float] = field(default_factory=dict)
    """Pollutant, or ``coarse`` for particles above PM2.5 → removal in place of the rule's (去除率). [1]"""
    evidence: str = ""
    """Test report, permit or file that an own removal rests on."""


@dataclass(frozen=True, slots=True)
class Process:
    """One thing that a source does (工序)."""

    id: str
    """Unique within its source."""
    activity: Activity
    name: str = ""
    controls: tuple[Control, ...] = ()
    """In the order in which the air passes them."""
    stack: Stack = field(default_factory=Stack)


@dataclass(frozen=True, slots=True)
class Source:
    """A plant, a county's homes, a road, a fleet (污染源)."""

    id: str
    name: str
    county: str
    """adcode"""
    kind: SourceKind
    processes: tuple[Process, ...] = ()
    name_en: str = ""
    town: str = ""
    longitude: float | None = None
    """[deg], EPSG:4490"""
    latitude: float | None = None
    """[deg], EPSG:4490"""
    geometry: str = ""
    """WKT of a line or an area in EPSG:4490; empty where a point or the whole county is meant."""
    enterprise: str = ""
    """Unified social credit code."""
    outlets: tuple[str, ...] = ()
    """Codes of its monitored outlets."""
    simulated: bool = False


@dataclass(frozen=True, slots=True)
class Measured:
    """What somebody measured or accounted for in a year (实测、许可核算量)."""

    source: str
    pollutant: InventoryPollutant
    method: MeasuredMethod
    amount: float
    """As it was measured, behind the devices. [t]"""
    process: str = ""
    """Empty: all processes of the source together."""
    coverage: float | None = None
    """Share of the operating hours with a valid amount; None where it is not known. [1]"""
    outlet: str = ""
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class Statistic:
    """What a yearbook says of an activity of the whole city (统计年鉴数)."""

    category: str
    """Category, or the beginning of its code."""
    amount: float
    """In the unit of the category."""
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class Book:
    """Everything that an inventory of one year is made from (清单底账)."""

    edition: str
    year: int
    sources: tuple[Source, ...]
    measured: tuple[Measured, ...] = ()
    statistics: tuple[Statistic, ...] = ()

    def __post_init__(self) -> None:
        seen: set[str] = set()
        for source in self.sources:
            processes = [process.id for process in source.processes]
            if source.id in seen or len(set(processes)) < len(processes):
                msg = f"the book {self.edition} has {source.id!r}, or one of its processes, twice"
                raise ValueError(msg)
            seen.add(source.id)

"""A city as frozen records: counties, bodies, stations and who makes up whom."""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from zoneinfo import ZoneInfo


class Level(StrEnum):
    """Who runs a station, and so what it may be used for."""

    NATIONAL = "national"
    PROVINCIAL = "provincial"
    MUNICIPAL = "municipal"
    TOWNSHIP = "township"
    MICRO = "micro"


class SubjectKind(StrEnum):
    """What is evaluated."""

    STATION = "station"
    COUNTY = "county"
    CITY = "city"


@dataclass(frozen=True, slots=True)
class CountyGroup:
    """Counties that are ranked against each other (分组排名)."""

    key: str
    name_zh: str
    name_en: str
    official: bool
    """Whether the city laid the grouping down itself; False: it is ours, to be confirmed."""
    note: str = ""


@dataclass(frozen=True, slots=True)
class OutlineSource:
    """Where the outlines of the counties come from; printed under every map (底图来源)."""

    name: str
    """Package and version, or the file."""
    origin: str
    """What is known of who drew them."""
    licence: str
    datum: str
    """Coordinate system in which the source keeps them; they are always handed out in EPSG:4490."""
    approval: str | None = None
    """Approved drawing number (审图号); without one a map is for internal use."""

    @property
    def caption(self) -> str:
        """One line for the foot of a map."""
        number = self.approval or "none, not for publication"
        return f"{self.name} · {self.datum} · {self.licence} · 审图号: {number}"


@dataclass(frozen=True, slots=True)
class County:
    """A county, district or banner (县、区、旗)."""

    adcode: str
    """GB/T 2260 code, six digits."""
    name_zh: str
    name_en: str
    group: str
    """Ranking group within the city."""


@dataclass(frozen=True, slots=True)
class Body:
    """A department, government or zone committee that a plan names."""

    id: str
    kind: str
    """``government``, ``department``, ``zone``, ``company``, ``finance``, ``party``, ``association`` or, where
    one name stands for several bodies, ``collective``."""
    name: str
    """The name as a plan writes it."""
    full_name: str
    name_en: str
    aliases: tuple[str, ...] = ()
    county: str | None = None
    """adcode, for a county's government."""
    full_name_confirmed: bool = False
    """True where a document spells the full name out; False: expanded by us, to be confirmed."""
    members: tuple[str, ...] = ()
    """For a collective (各县区人民政府): ids of the bodies it stands for."""
    every_member: bool = True
    """False for a collective that means only some of its members (相关县区): settled for each measure."""


@dataclass(frozen=True, slots=True)
class Station:
    """An ambient monitoring station (环境空气监测站)."""

    code: str
    name_zh: str
    name_en: str
    county: str
    """adcode"""
    longitude: float
    """[deg], in the city's coordinate system"""
    latitude: float
    """[deg]"""
    level: Level
    area_class: int
    """1 or 2: which grade of the limits applies."""
    simulated: bool
    control_site: bool = False
    """Clean-air control site (对照点): measured, never part of a city value."""
    pollutants: tuple[str, ...] = ("so2", "no2", "co", "o3", "pm10", "pm25")
    """What its programme measures."""
    in_service: date | None = None
    out_of_service: date | None = None


@dataclass(frozen=True, slots=True)
class EvaluationGroup:
    """Which stations make a county or the city, and when."""

    kind: SubjectKind
    code: str
    """adcode of the county or city"""
    stations: tuple[str, ...]
    first: date
    last: date | None = None

    def holds_on(self, day: date) -> bool:
        """Whether this membership is valid on a legal day."""
        return self.first <= day and (self.last is None or day <= self.last)


@dataclass(frozen=True, slots=True)
class City:
    """Everything the product knows about a place before any instrument speaks."""

    adcode: str
    key: str
    """Folder name: ``changzhi``."""
    name_zh: str
    name_en: str
    province_zh: str
    province_en: str
    zone: ZoneInfo
    datum: str
    """Coordinate system of every place in this record: always ``EPSG:4490`` after loading."""
    counties: tuple[County, ...]
    bodies: tuple[Body, ...]
    stations: tuple[Station, ...]
    groups: tuple[EvaluationGroup, ...]
    rule_variants: dict[str, str] = field(default_factory=dict)
    """Subject → variant that this city uses."""
    rule_folders: tuple[str, ...] = ()
    """Folders with the city's own editions and overrides."""
    jurisdictions: tuple[str, ...] = ("CN",)
    """Whose rules hold here, most specific first: ``("140400", "14", "CN")``."""
    county_groups: tuple[CountyGroup, ...] = ()
    folders: tuple[str, ...] = ()
    """Folders that the city was read from: the city's own, then a workspace's overlay."""
    outlines: OutlineSource | None = None
    """What the city says of its own outline file; None where it has none."""

    @property
    def simulated(self) -> bool:
        """Whether any station of the city is simulated."""
        return any(row.simulated for row in self.stations)

    def station(self, code: str) -> Station:
        """Return the station with this code."""
        for row in self.stations:
            if row.code == code:
                return row
        raise KeyError(code)

    def body(self, identifier: str) -> Body:
        """Return the department, government or other body with this id."""
        for row in self.bodies:
            if row.id == identifier:
                return row
        raise KeyError(identifier)

    def group_on(self, kind: SubjectKind, code: str, day: date) -> EvaluationGroup | None:
        """Return who makes up a county or the city on a legal day, or None where nothing is laid down."""
        for row in self.groups:
            if row.kind is kind and row.code == code and row.holds_on(day):
                return row
        return None

    def county(self, adcode: str) -> County:
        """Return the county with this adcode."""
        for row in self.counties:
            if row.adcode == adcode:
                return row
        raise KeyError(adcode)

    def name_of(self, kind: SubjectKind, code: str, language: str = "zh") -> str:
        """Return the name of a station, county or the city for people."""
        row = self.station(code) if kind is SubjectKind.STATION else None
        if row is None:
            if kind is SubjectKind.CITY:
                return self.name_zh if language.startswith("zh") else self.name_en
            county = self.county(code)
            return county.name_zh if language.startswith("zh") else county.name_en
        return row.name_zh if language.startswith("zh") else row.name_en

"""What stands in a city's files, before it is a city: one class per file, every field checked as it is read."""

from datetime import date
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from lantian.city.records import Level, SubjectKind
from lantian.terms.pollutants import BASIC, Pollutant


def _split(value: object) -> object:
    """Read ``a; b；c`` as three names."""
    if isinstance(value, str):
        return tuple(part for part in (piece.strip() for piece in value.replace("；", ";").split(";")) if part)
    return value


def _pollutants(value: object) -> object:
    if isinstance(value, str):
        value = _split(value)
    return value or BASIC


def _day(value: object) -> object:
    """Read ``2025-07-01`` and nothing looser: a bare number is not a date."""
    if isinstance(value, str):
        return date.fromisoformat(value) if len(value) == len("2025-07-01") else value
    return value


def _yes(value: object) -> object:
    return {"true": True, "false": False}.get(value.lower(), value) if isinstance(value, str) else value


Text = Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True)]
Adcode = Annotated[
    str, Field(pattern=r"^[0-9]{6}$", description="a six-digit GB/T 2260 code, for instance 140423")
]
Code = Annotated[
    str,
    Field(
        pattern=r"^[A-Za-z0-9][A-Za-z0-9._\-]{0,39}$",
        description="up to 40 letters, digits, dots, dashes or underscores, for instance 1727A",
    ),
]
Names = Annotated[tuple[Text, ...], BeforeValidator(_split), Field(description="names with ; between them")]
Codes = Annotated[tuple[Code, ...], BeforeValidator(_split), Field(description="codes with ; between them")]
Day = Annotated[
    date, BeforeValidator(_day), Field(strict=True, description="a day as YYYY-MM-DD, for instance 2025-07-01")
]
Yes = Annotated[bool, BeforeValidator(_yes), Field(strict=True, description="true or false")]
Longitude = Annotated[
    float, Field(ge=73, le=136, allow_inf_nan=False, description="decimal degrees east, 73 to 136")
]
Latitude = Annotated[float, Field(ge=3, le=54, allow_inf_nan=False, description="decimal degrees north, 3 to 54")]


class Row(BaseModel):
    """One line of a table; unknown columns are refused by name."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class CountyRow(Row):
    """A line of ``counties.csv``."""

    adcode: Adcode
    name_zh: Text
    name_en: Text
    group: Code

    def key(self) -> tuple[str, ...]:
        """Return what an overlay's line replaces."""
        return (self.adcode,)


class BodyRow(Row):
    """A line of ``bodies.csv``."""

    id: Code
    kind: Annotated[
        str,
        Field(
            pattern="^(government|department|zone|company|finance|party|association|collective)$",
            description=("government, department, zone, company, finance, party, association or collective"),
        ),
    ]
    name: Text
    full_name: Text
    name_en: Text
    aliases: Names = ()
    county: Adcode | None = None
    full_name_confirmed: Yes = False
    members: Codes = ()
    every_member: Yes = True

    def key(self) -> tuple[str, ...]:
        """Return what an overlay's line replaces."""
        return (self.id,)


class StationRow(Row):
    """A line of ``stations.csv``."""

    code: Code
    name_zh: Text
    name_en: Text
    county: Adcode
    longitude: Longitude
    latitude: Latitude
    level: Annotated[Level, Field(description=", ".join(Level))]
    area_class: Annotated[int, Field(ge=1, le=2, description="1 or 2")]
    simulated: Yes
    control_site: Yes = False
    pollutants: Annotated[
        tuple[Pollutant, ...],
        BeforeValidator(_pollutants),
        Field(description="pollutants with ; between them: " + "; ".join(BASIC)),
    ] = BASIC
    in_service: Day | None = None
    out_of_service: Day | None = None

    def key(self) -> tuple[str, ...]:
        """Return what an overlay's line replaces."""
        return (self.code,)


class GroupRow(Row):
    """A line of ``groups.csv``."""

    kind: Annotated[SubjectKind, Field(description="county or city")]
    code: Adcode
    first: Day
    last: Day | None = None
    stations: Annotated[
        tuple[Code, ...],
        BeforeValidator(_split),
        Field(min_length=1, description="one station code or more, with ; between them"),
    ]

    def key(self) -> tuple[str, ...]:
        """Return what an overlay's line replaces."""
        return (self.kind, self.code, self.first.isoformat())


class ProvinceTable(Row):
    """``[province]`` of ``city.toml``."""

    adcode: Annotated[str, Field(pattern=r"^[0-9]{2}$", description="the two-digit code of the province")]
    name_zh: Text
    name_en: Text


class GroupTable(Row):
    """``[county_groups.<key>]`` of ``city.toml``."""

    name_zh: Text
    name_en: Text
    official: bool
    note: str = ""


class OutlinesTable(Row):
    """``[outlines]`` of ``city.toml``: what is known of the city's own outline file."""

    datum: Text
    origin: Text
    licence: Text
    approval: str | None = None


class CityFile(Row):
    """``city.toml``."""

    adcode: Adcode
    name_zh: Text
    name_en: Text
    province: ProvinceTable
    zone: Text
    datum: Text
    jurisdictions: Annotated[tuple[Text, ...], Field(min_length=1)]
    rule_variants: dict[str, Text] = Field(default_factory=dict)
    county_groups: dict[str, GroupTable] = Field(default_factory=dict)
    outlines: OutlinesTable | None = None

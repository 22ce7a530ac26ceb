"""Rows of the interface as records; columns that a record does not name are left out."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from functools import cache
from typing import Any, TypeVar, get_type_hints

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class City:
    """The city of a workspace."""

    adcode: str
    name_zh: str
    name_en: str
    zone: str
    today: date
    """Legal day of the city's clock."""
    simulated: bool


@dataclass(frozen=True, slots=True)
class Station:
    """An ambient monitoring station."""

    code: str
    name_zh: str
    name_en: str
    county: str
    longitude: float
    """[deg]"""
    latitude: float
    """[deg]"""
    level: str
    control_site: bool
    simulated: bool


@dataclass(frozen=True, slots=True)
class County:
    """A county or district."""

    adcode: str
    name_zh: str
    name_en: str
    group: str


@dataclass(frozen=True, slots=True)
class Hour:
    """One judged hour of a station, a county or the city [ug m-3, CO mg m-3]; None is missing."""

    kind: str
    code: str
    hour_start: datetime
    """Start of the hour, with its zone."""
    stage: str
    so2: float | None
    no2: float | None
    co: float | None
    o3: float | None
    pm10: float | None
    pm25: float | None
    aqi: int | None
    primary: str | None
    simulated: bool


@dataclass(frozen=True, slots=True)
class Day:
    """One judged day [ug m-3, CO mg m-3]; O3 is the highest 8 h mean; None is missing."""

    kind: str
    code: str
    legal_day: date
    stage: str
    basis: str
    so2: float | None
    no2: float | None
    co: float | None
    o3: float | None
    pm10: float | None
    pm25: float | None
    aqi: int | None
    primary: str | None
    rules: str
    simulated: bool


@dataclass(frozen=True, slots=True)
class Ranked:
    """One county in one list of one period."""

    list: str
    group: str
    code: str
    period_kind: str
    first_day: date
    last_day: date
    value: float | None
    rank: int | None
    """None where it is not ranked; `not_ranked` says why."""
    not_ranked: str | None
    change: float | None
    rules: str


def row_of(kind: type[Row], held: Mapping[str, Any]) -> Row:
    """Make a record of a row of JSON.

    Examples
    --------
    >>> row_of(County, {"adcode": "140403", "name_zh": "潞州区", "name_en": "Luzhou", "group": "districts"}).adcode
    '140403'
    """
    asked: Any = kind
    return kind(**{name: read(held[name]) for name, read in _readers(asked).items()})


@cache
def _readers(kind: Any) -> dict[str, Any]:
    hints = get_type_hints(kind)
    return {field.name: _READERS.get(hints[field.name], _same) for field in fields(kind)}


def _same(value: Any) -> Any:
    return value


_READERS = {date: date.fromisoformat, datetime: datetime.fromisoformat}

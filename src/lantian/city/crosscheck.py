"""Do the tables of a city fit together? What cannot stand is refused with its file and line."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Generic, TypeVar

from lantian.city.files import Fault, Limits, summary
from lantian.city.records import SubjectKind
from lantian.city.rows import BodyRow, CityFile, CountyRow, GroupRow, StationRow
from lantian.terms.errors import CallerError

RowType = TypeVar("RowType")


@dataclass(frozen=True, slots=True)
class Placed(Generic[RowType]):
    """A row and where it stands."""

    path: Path
    line: int
    row: RowType


_Found = Iterable[tuple[Path, Fault]]


def check_placed(
    settings: CityFile,
    counties: Sequence[Placed[CountyRow]],
    bodies: Sequence[Placed[BodyRow]],
    stations: Sequence[Placed[StationRow]],
    groups: Sequence[Placed[GroupRow]],
    limits: Limits,
) -> None:
    """Refuse unknown references, overlapping dates and names that mean two bodies.

    Raises
    ------
    CallerError
        For the first file at fault, listing its faults by line, column and value.
    """
    adcodes = {item.row.adcode for item in counties}
    found: list[tuple[Path, Fault]] = [
        *_counties(settings, counties),
        *_bodies(bodies, adcodes),
        *_stations(stations, adcodes),
        *_groups(settings, groups, adcodes, {item.row.code for item in stations}),
        *_overlaps(groups),
    ]
    if found:
        path = found[0][0]
        raise CallerError(summary(path, [fault for place, fault in found if place == path], limits))


def _counties(settings: CityFile, counties: Sequence[Placed[CountyRow]]) -> _Found:
    for item in counties:
        if item.row.group not in settings.county_groups:
            known = ", ".join(settings.county_groups) or "none"
            remedy = f"city.toml has [county_groups] {known}; add it there or use one of them"
            yield item.path, Fault(item.line, "group", item.row.group, "unknown group", remedy)


def _bodies(bodies: Sequence[Placed[BodyRow]], adcodes: set[str]) -> _Found:
    ids = {item.row.id for item in bodies}
    owner: dict[str, str] = {}
    for item in bodies:
        row = item.row
        if row.county is not None and row.county not in adcodes:
            remedy = "write an adcode of counties.csv or leave it empty"
            yield item.path, Fault(item.line, "county", row.county, "unknown county", remedy)
        for member in row.members:
            if member not in ids:
                yield item.path, Fault(item.line, "members", member, "unknown body", "write an id of bodies.csv")
        if row.members and row.kind != "collective":
            remedy = "only kind collective has members"
            yield item.path, Fault(item.line, "members", "; ".join(row.members), "not a collective", remedy)
        for name in {row.name, row.full_name, *row.aliases}:
            other = owner.setdefault(name, row.id)
            if other != row.id:
                remedy = "give each name to one body only, or nobody can tell who is meant"
                yield item.path, Fault(item.line, "aliases", name, f"also a name of {other}", remedy)


def _stations(stations: Sequence[Placed[StationRow]], adcodes: set[str]) -> _Found:
    for item in stations:
        row = item.row
        if row.county not in adcodes:
            remedy = "write an adcode of counties.csv"
            yield item.path, Fault(item.line, "county", row.county, "unknown county", remedy)
        if row.in_service and row.out_of_service and row.out_of_service < row.in_service:
            remedy = f"the station began on {row.in_service}"
            yield (
                item.path,
                Fault(item.line, "out_of_service", str(row.out_of_service), "ends before it begins", remedy),
            )


def _groups(settings: CityFile, groups: Sequence[Placed[GroupRow]], adcodes: set[str], codes: set[str]) -> _Found:
    for item in groups:
        row = item.row
        if row.kind is SubjectKind.STATION:
            yield (
                item.path,
                Fault(item.line, "kind", str(row.kind), "a station is no group", "write county or city"),
            )
        elif row.kind is SubjectKind.COUNTY and row.code not in adcodes:
            remedy = "write an adcode of counties.csv"
            yield item.path, Fault(item.line, "code", row.code, "unknown county", remedy)
        elif row.kind is SubjectKind.CITY and row.code != settings.adcode:
            remedy = f"the city is {settings.adcode}"
            yield item.path, Fault(item.line, "code", row.code, "not this city", remedy)
        for code in row.stations:
            if code not in codes:
                remedy = "write a code of stations.csv"
                yield item.path, Fault(item.line, "stations", code, "unknown station", remedy)
            if row.stations.count(code) > 1:
                remedy = "name it once, or it counts twice in the mean"
                yield item.path, Fault(item.line, "stations", code, "named more than once", remedy)
        if row.last is not None and row.last < row.first:
            remedy = f"the group begins on {row.first}"
            yield item.path, Fault(item.line, "last", str(row.last), "ends before it begins", remedy)


def _overlaps(groups: Sequence[Placed[GroupRow]]) -> _Found:
    objects: dict[tuple[str, str], list[Placed[GroupRow]]] = {}
    for item in groups:
        objects.setdefault((item.row.kind, item.row.code), []).append(item)
    for rows in objects.values():
        rows.sort(key=lambda item: item.row.first)
        for earlier, later in pairwise(rows):
            if (earlier.row.last or date.max) >= later.row.first:
                reason = (
                    f"overlaps line {earlier.line} of {earlier.path.name}, which begins on {earlier.row.first}"
                )
                remedy = "end that one on the day before, or a day would have two memberships"
                yield later.path, Fault(later.line, "first", str(later.row.first), reason, remedy)

"""Is this city described soundly? What a person should look at becomes findings."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise

from lantian.city.outlines import county_outlines
from lantian.city.records import City, EvaluationGroup, Level, Station, SubjectKind
from lantian.terms.findings import Finding, Severity
from lantian.terms.pollutants import BASIC
from lantian.terms.words import mark


def check_city(city: City) -> list[Finding]:
    """List what is doubtful in a city's description; none of it stops the city from being used.

    Parameters
    ----------
    city : City
        As loaded; what cannot be used at all was refused there.

    Returns
    -------
    list of Finding
        ``station_outside_outline``, ``county_without_outline``, ``county_without_group``, ``city_without_group``,
        ``control_site_in_group``, ``station_level_in_group``, ``station_of_other_county``,
        ``group_without_some_pollutants``, ``group_gap``, ``group_outside_service``, ``station_in_no_group``.

    Examples
    --------
    >>> from lantian.city import load_city
    >>> check_city(load_city("changzhi"))
    []
    """
    return [*_places(city), *_missing_groups(city), *_memberships(city), *_gaps(city), *_unused(city)]


def _places(city: City) -> Iterator[Finding]:
    from shapely.geometry import Point

    outlines = county_outlines(city)
    for county in city.counties:
        if county.adcode not in outlines:
            yield Finding(
                "county_without_outline",
                county.adcode,
                mark("The outline source does not know this county: it is missing on maps."),
            )
    for row in city.stations:
        outline = outlines.get(row.county)
        if outline is not None and not outline.covers(Point(row.longitude, row.latitude)):
            inside = [code for code, other in outlines.items() if other.covers(Point(row.longitude, row.latitude))]
            yield Finding(
                "station_outside_outline",
                row.code,
                mark("The station lies outside the outline of its county."),
                Severity.WARNING,
                evidence={
                    "county": row.county,
                    "longitude": row.longitude,
                    "latitude": row.latitude,
                    "lies_in": inside[0] if inside else None,
                },
                competing_explanation=mark(
                    "Coordinates in GCJ-02 or BD-09 lie 420 to 750 m off; is the datum right?"
                ),
            )


def _missing_groups(city: City) -> Iterator[Finding]:
    have = {(row.kind, row.code) for row in city.groups}
    if (SubjectKind.CITY, city.adcode) not in have:
        yield Finding(
            "city_without_group", city.adcode, mark("No stations make up the city: it has no city value.")
        )
    for county in city.counties:
        if (SubjectKind.COUNTY, county.adcode) not in have:
            yield Finding(
                "county_without_group",
                county.adcode,
                mark("No stations make up this county: it has no value and no rank."),
            )


def _memberships(city: City) -> Iterator[Finding]:
    for group in city.groups:
        for code in group.stations:
            yield from _membership(group, city.station(code))


def _membership(group: EvaluationGroup, station: Station) -> Iterator[Finding]:
    evidence: dict[str, str | float | int | None] = {"group": group.code, "from": group.first.isoformat()}
    if station.control_site:
        yield Finding(
            "control_site_in_group",
            station.code,
            mark("A clean-air control site is part of a mean; it should not be."),
            Severity.ERROR,
            evidence=evidence,
        )
    if station.level in {Level.TOWNSHIP, Level.MICRO}:
        yield Finding(
            "station_level_in_group",
            station.code,
            mark("A township or micro station is part of a legal mean."),
            Severity.WARNING if station.level is Level.TOWNSHIP else Severity.ERROR,
            evidence={**evidence, "level": str(station.level)},
            competing_explanation=mark("Some provinces make county values from township stations."),
        )
    if group.kind is SubjectKind.COUNTY and station.county != group.code:
        yield Finding(
            "station_of_other_county",
            station.code,
            mark("A station of another county is part of this county's mean."),
            evidence={**evidence, "county": station.county},
        )
    if not set(BASIC) <= set(station.pollutants):
        yield Finding(
            "group_without_some_pollutants",
            station.code,
            mark("A station that does not measure all six pollutants is part of a mean."),
            Severity.INFO,
            evidence={**evidence, "missing": ", ".join(p for p in BASIC if p not in station.pollutants)},
        )
    ends = station.out_of_service
    if ends is not None and (group.last is None or group.last > ends):
        yield Finding(
            "group_outside_service",
            station.code,
            mark("A station is counted on after it went out of service."),
            evidence={**evidence, "out_of_service": ends.isoformat()},
        )


def _gaps(city: City) -> Iterator[Finding]:
    objects: dict[tuple[SubjectKind, str], list[EvaluationGroup]] = {}
    for row in city.groups:
        objects.setdefault((row.kind, row.code), []).append(row)
    for rows in objects.values():
        rows.sort(key=lambda row: row.first)
        for earlier, later in pairwise(rows):
            if earlier.last is not None and earlier.last + timedelta(days=1) < later.first:
                yield Finding(
                    "group_gap",
                    later.code,
                    mark("Between two memberships there are days on which nobody makes up this object."),
                    evidence={"last": earlier.last.isoformat(), "first": later.first.isoformat()},
                )


def _unused(city: City) -> Iterator[Finding]:
    used = {code for row in city.groups for code in row.stations}
    for row in city.stations:
        meant_for_itself = row.control_site or row.level in {Level.TOWNSHIP, Level.MICRO}
        if row.code not in used and not meant_for_itself:
            yield Finding(
                "station_in_no_group",
                row.code,
                mark("The station is part of no mean: it is evaluated for itself only."),
                Severity.INFO,
                evidence={"level": str(row.level)},
            )

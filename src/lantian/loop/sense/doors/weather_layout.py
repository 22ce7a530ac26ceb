"""What the headings of a station file mean: columns, units, what a time stands for, and in which zone."""

import re
from dataclasses import dataclass
from typing import get_args
from zoneinfo import ZoneInfo

from lantian.desk.intake import Table
from lantian.desk.language import mark
from lantian.loop.sense.doors import weather_names as names
from lantian.loop.sense.doors.records import Given
from lantian.loop.sense.doors.weather_rows import VALUES, Edge, yes_or_no
from lantian.loop.sense.doors.weather_units import OWN, Scale, part_unit, scale_of
from lantian.terms.errors import CallerError
from lantian.terms.findings import Finding, Severity

_STARTS = re.compile(r"hour_?start|起始|开始|时段起|\bstart\b|beginning", re.IGNORECASE)
_ENDS = re.compile(r"hour_?end|截止|结束|时段止|\bend(?:ing)?\b", re.IGNORECASE)
_ZONE = re.compile(r"(?:utc|gmt)\s*([+-]\s*\d{1,2})?|世界时|北京时|\bbjt\b|\bcst\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Layout:
    """Which column means what."""

    columns: dict[str, str]
    scales: dict[str, Scale]
    place: str | None
    fixed_place: str | None
    time: tuple[str, ...]
    """One column of times, a date and an hour, or year, month, day and hour."""
    edge: Edge
    zone: ZoneInfo
    findings: tuple[Finding, ...]


def layout_of(table: Table, given: Given, city_zone: ZoneInfo) -> Layout:
    """Find out what the columns of a station file mean.

    Raises
    ------
    CallerError
        No weather, no time or no place; an unknown unit; a word beside the file that cannot be understood.
    """
    columns = names.find_columns(table.columns, names.STATION_NAMES)
    values = [name for name in columns if name in VALUES]
    time = _time_columns(table.columns)
    if not values or not time:
        raise CallerError(
            "{name} has no {what} among its columns {columns}. docs/weather-and-fires.md lists the headings that "
            "are known.",
            name=table.name,
            what="column of weather" if not values else "time",
            columns=", ".join(table.columns[:15]),
        )
    place = names.first_of(table.columns, names.PLACE_NAMES)
    fixed = given.options.get("place")
    if place is None and fixed is None and not {"longitude", "latitude"} <= set(columns):
        raise CallerError(
            "{name} does not say at which station it was measured. Give it a column 站号 (station), columns of "
            "longitude and latitude, or say place=CODE beside it.",
            name=table.name,
        )
    units = {name: table.units.get(column) or part_unit(column)[1] for name, column in columns.items()}
    scales = {name: _scale(table.name, name, columns[name], unit) for name, unit in units.items()}
    edge = _edge(time, given)
    zone, stated = _zone(" ".join((*time, *table.preamble)), given, city_zone)
    findings = [_not_taken(table, columns, time, place), _assumed_units(table, columns, units)]
    if not stated:
        findings.append(_about(table, "zone_assumed", _ZONE_ASSUMED, Severity.INFO, zone=city_zone.key))
    return Layout(
        columns, scales, place, fixed, time, edge, zone, tuple(row for row in findings if row is not None)
    )


_ZONE_ASSUMED = mark(
    "Nothing says in which zone the times are; {zone} was taken. Archives of weather offices are often in UTC: "
    "write (UTC) behind the heading of the time then."
)


def _time_columns(columns: tuple[str, ...]) -> tuple[str, ...]:
    parts = [
        names.first_of(columns, each)
        for each in (names.YEAR_NAMES, names.MONTH_NAMES, names.DAY_NAMES, names.HOUR_NAMES)
    ]
    together = names.first_of(columns, names.TIME_NAMES)
    date = names.first_of(columns, names.DATE_NAMES)
    if together is not None:
        return (together,)
    if all(part is not None for part in parts):
        return tuple(str(part) for part in parts)
    if date is not None and parts[3] is not None:
        return date, parts[3]
    return () if date is None else (date,)


def _scale(file: str, name: str, column: str, unit: str | None) -> Scale:
    """How a column becomes the lake's unit; remarks in brackets of a place are no units."""
    if unit is None:
        return OWN
    found = scale_of(name, unit)
    if found is None:
        raise CallerError(
            "{name}: {column} is in {unit!r}, which is no unit of {target} that is known here. Mend the heading, "
            "or leave the column out; nothing was taken in.",
            name=file,
            column=column,
            unit=unit,
            target=name,
        )
    return found


def _edge(time: tuple[str, ...], given: Given) -> Edge:
    said = given.options.get("edge")
    if said is not None:
        if said not in get_args(Edge):
            raise CallerError(
                "edge={said} is none of {known}. Say what a time in {name} stands for.",
                said=said,
                known=", ".join(get_args(Edge)),
                name=given.name,
            )
        return said  # type: ignore[return-value]
    words = " ".join(time)
    if _STARTS.search(words):
        return "start"
    return "end" if _ENDS.search(words) else "instant"


def _zone(words: str, given: Given, city_zone: ZoneInfo) -> tuple[ZoneInfo, bool]:
    """Zone of clock times without an offset, and whether anything says it."""
    said = given.options.get("zone")
    found = _ZONE.search(said if said is not None else words)
    if found is None:
        if said is not None:
            raise CallerError("zone={said} is no zone such as UTC or UTC+8.", said=said)
        return city_zone, False
    word = found[0].lower()
    if word.startswith(("北京", "bjt", "cst")):
        return ZoneInfo("Asia/Shanghai"), True
    hours = int(re.sub(r"\s", "", found[1])) if found[1] else 0
    if not -12 <= hours <= 14:
        raise CallerError("{name} says {word}, which is no zone of this Earth.", name=given.name, word=found[0])
    return ZoneInfo(f"Etc/GMT{-hours:+d}" if hours else "UTC"), True


def _not_taken(table: Table, columns: dict[str, str], time: tuple[str, ...], place: str | None) -> Finding | None:
    simulated = names.first_of(table.columns, names.SIMULATED_NAMES)
    used = {*columns.values(), *time, place, simulated}
    left = [column for column in table.columns if column not in used]
    if not left:
        return None
    listed = ", ".join(left[:20])
    return _about(table, "columns_not_taken", _LEFT, Severity.INFO, columns=listed, count=len(left))


_LEFT = mark("{count} columns mean nothing here and were left out: {columns}.")
_NO_UNITS = mark("{columns} say no unit; the lake's own was taken (°C, %, hPa, m/s, mm, W m-2, m).")


def _assumed_units(table: Table, columns: dict[str, str], units: dict[str, str | None]) -> Finding | None:
    open_ = [columns[name] for name in VALUES if name in columns and units[name] is None]
    if not open_:
        return None
    return _about(table, "unit_assumed", _NO_UNITS, Severity.INFO, columns=", ".join(open_))


def _about(table: Table, code: str, message: str, severity: Severity, **evidence: str | float | None) -> Finding:
    return Finding(code, table.name, message, severity, evidence=dict(evidence))


def says_simulated(table: Table) -> bool | None:
    """Say whether the file marks its rows as simulated; None where it has no such column."""
    column = names.first_of(table.columns, names.SIMULATED_NAMES)
    if column is None:
        return None
    marks = {yes_or_no(word) for word in table.frame[column].unique().to_list()}
    if True in marks and len(marks) > 1:
        raise CallerError(
            "{name} holds simulated rows among others. The two are never mixed: part it; nothing was taken in.",
            name=table.name,
        )
    return True in marks

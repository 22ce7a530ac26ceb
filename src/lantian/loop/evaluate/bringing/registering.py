"""Add the stations of a file to the workspace's own city folder, when somebody says in which county they stand.

Nothing about a station is made up: its code and name stand in the file, its place stands there too or is given by
the caller, and one that does not lie in the county's outline is left alone.
"""

import csv
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from lantian.city.files import Limits, text_of
from lantian.city.loader import load_city
from lantian.city.outlines import county_outlines
from lantian.city.records import City, Level
from lantian.city.rows import StationRow
from lantian.desk.intake import Table
from lantian.desk.intake.guessing import bare
from lantian.desk.language import mark
from lantian.loop.evaluate.importers import Imported
from lantian.terms.errors import CallerError, HouseError
from lantian.terms.findings import Finding, Severity

STATIONS = "stations.csv"
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._\-]{0,39}")
_STATION_COLUMNS = ("stationcode", "station", "点位编码", "站点编码", "code")
_NAME_COLUMNS = (
    "positionname",
    "点位名称",
    "站点名称",
    "站名",
    "监测点名称",
    "stationname",
    "name",
    "点位",
    "监测点",
)
_LONGITUDES, _LATITUDES = ("longitude", "lon", "lng", "经度"), ("latitude", "lat", "纬度")


@dataclass(frozen=True, slots=True)
class Registration:
    """What the caller says about the stations that the city does not know."""

    county: str
    """adcode"""
    places: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    """Station code → longitude and latitude [deg], where the file does not say them."""
    level: Level = Level.MUNICIPAL
    area_class: int = 2


@dataclass(frozen=True, slots=True)
class Registered:
    """The city with its new stations."""

    city: City
    codes: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()


def register_stations(
    table: Table,
    imported: Imported,
    asked: Registration,
    city: City,
    city_name: str,
    overlay: Path,
    *,
    station_column: str | None,
    simulated: bool,
) -> Registered:
    """Write lines for the unknown stations of a file into the overlay's ``stations.csv`` and load the city again.

    Parameters
    ----------
    table, imported : Table, Imported
        The file, for names and places, and what was read from it.
    asked : Registration
        County, and places that the file does not say.
    city : City
        As it is known now.
    city_name : str
        Key or folder of the city.
    overlay : Path
        Folder of the workspace that lies over the city's own; coordinates are in the datum it names.
    station_column : str, optional
        Column of the file with the station; by default the first that is usually called so.
    simulated : bool
        What the workspace holds.

    Raises
    ------
    CallerError
        An unknown county, a code that cannot be one, a place that nobody says, or lines that the city refuses.
        The folder is then as it was.
    """
    known = {row.code for row in city.stations}
    strangers = [code for code in imported.stations if code not in known]
    _check(asked, city, strangers, table.name)
    if not strangers:
        return Registered(city)
    described = _described(table, station_column)
    rows = [_row(code, described.get(code, {}), asked, table.name, simulated=simulated) for code in strangers]
    outline = county_outlines(city).get(asked.county)
    inside = [row for row in rows if outline is None or _lies_in(outline, row)]
    outside = [row for row in rows if row not in inside]
    if inside:
        city = _write(inside, city_name, overlay)
    findings = (*_told(inside, asked, table.name, overlay), *_left_out(outside, asked, table.name))
    return Registered(city, tuple(row.code for row in inside), findings)


def _check(asked: Registration, city: City, strangers: list[str], name: str) -> None:
    if asked.county not in {row.adcode for row in city.counties}:
        known = ", ".join(f"{row.adcode} {row.name_zh}" for row in city.counties)
        raise CallerError(
            "{county!r} is no county of {name_zh}, so no station can stand there. Choose of {known}.",
            county=asked.county,
            name_zh=city.name_zh,
            known=known,
        )
    wrong = [code for code in strangers if not _CODE.fullmatch(code)]
    if wrong:
        raise CallerError(
            "{name} names {wrong}, which cannot be station codes (letters, digits, dots, dashes). "
            "Say their codes in a mapping ([station] codes), or write them into city/stations.csv.",
            name=name,
            wrong=", ".join(map(repr, wrong[:5])),
        )


def _described(table: Table, station_column: str | None) -> dict[str, dict[str, str]]:
    """Station → the first name and place that the file says of it."""
    by_bare: dict[str, str] = {}
    for column in table.columns:
        by_bare.setdefault(bare(column), column)

    def first(names: tuple[str, ...]) -> str | None:
        return next((by_bare[name] for name in names if name in by_bare), None)

    station = station_column or first(_STATION_COLUMNS)
    if station is None:
        return {}
    wanted = {"name": first(_NAME_COLUMNS), "longitude": first(_LONGITUDES), "latitude": first(_LATITUDES)}
    columns = {what: column for what, column in wanted.items() if column is not None and column != station}
    found = (
        table.frame.group_by(pl.col(station).str.strip_chars().alias("station"), maintain_order=True)
        .agg(pl.col(column).drop_nulls().first().alias(what) for what, column in columns.items())
        .drop_nulls("station")
    )
    return {
        row["station"]: {what: row[what].strip() for what in columns if row[what]}
        for row in found.iter_rows(named=True)
    }


def _row(code: str, said: Mapping[str, str], asked: Registration, name: str, *, simulated: bool) -> StationRow:
    place = asked.places.get(code)
    try:
        longitude, latitude = place or (float(said["longitude"]), float(said["latitude"]))
    except (KeyError, ValueError) as error:
        raise CallerError(
            "{name} does not say where station {code} stands, and a station needs its place. Say "
            "--place {code}=LONGITUDE,LATITUDE, or write its line into city/{STATIONS} of the "
            "workspace.",
            name=name,
            code=code,
            STATIONS=STATIONS,
        ) from error
    title = said.get("name", code)
    try:
        return StationRow(
            code=code,
            name_zh=title,
            name_en=title if title.isascii() else code,
            county=asked.county,
            longitude=longitude,
            latitude=latitude,
            level=asked.level,
            area_class=asked.area_class,
            simulated=simulated,
        )
    except ValueError as error:
        raise CallerError(
            "{name}: station {code} at {longitude:g}, {latitude:g} cannot be registered: a longitude "
            "lies within 73 and 136, a latitude within 3 and 54, a name has at most 200 characters. "
            "Say --place {code}=LON,LAT.",
            name=name,
            code=code,
            longitude=longitude,
            latitude=latitude,
        ) from error


def _lies_in(outline: object, row: StationRow) -> bool:
    from shapely.geometry import Point

    return bool(outline.covers(Point(row.longitude, row.latitude)))  # type: ignore[attr-defined] # shapely has no types


def _write(rows: list[StationRow], city_name: str, overlay: Path) -> City:
    """Add the lines, and take them away again if the city cannot be loaded with them."""
    path = overlay / STATIONS
    before = path.read_bytes() if path.is_file() else None
    text = "" if before is None else text_of(path, Limits()).rstrip("\r\n")
    header = next(csv.reader([text.splitlines()[0]])) if text else list(StationRow.model_fields)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    if not text:
        writer.writerow(header)
    for row in rows:
        cells = row.model_dump(mode="json")
        cells["pollutants"] = ";".join(cells["pollutants"])
        writer.writerow([_cell(cells.get(name.strip())) for name in header])
    _replace(path, f"{text}\n{out.getvalue()}" if text else out.getvalue())
    try:
        return load_city(city_name, overlay)
    except CallerError:
        if before is None:
            path.unlink()
        else:
            path.write_bytes(before)
        raise


def _cell(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def _replace(path: Path, text: str) -> None:
    temporary = path.with_name(path.name + ".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_text(text, encoding="utf-8", newline="")
        temporary.replace(path)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise HouseError(
            "{path} could not be written: {error}. Make room or check who may write there; nothing was changed.",
            path=path,
            error=error,
        ) from error


def _told(rows: list[StationRow], asked: Registration, name: str, overlay: Path) -> tuple[Finding, ...]:
    if not rows:
        return ()
    return (
        Finding(
            "station_registered",
            name,
            mark(
                "{count} stations were added to {file}: {stations}. Taken as {level}, area class {area_class}, in "
                "no evaluation group; mend the lines there."
            ),
            Severity.INFO,
            evidence={
                "count": len(rows),
                "file": f"{overlay.name}/{STATIONS}",
                "stations": ", ".join(f"{row.code} {row.name_zh}" for row in rows[:8]),
                "level": str(asked.level),
                "area_class": asked.area_class,
            },
        ),
    )


def _left_out(rows: list[StationRow], asked: Registration, name: str) -> tuple[Finding, ...]:
    if not rows:
        return ()
    first = rows[0]
    return (
        Finding(
            "station_outside_county",
            name,
            mark(
                "{count} stations lie outside {county} and were not added; first {station} at "
                "{longitude}, {latitude}."
            ),
            evidence={
                "count": len(rows),
                "county": asked.county,
                "station": first.code,
                "longitude": first.longitude,
                "latitude": first.latitude,
            },
            competing_explanation=mark("Coordinates in GCJ-02 or BD-09 lie 420 to 750 m off; is the datum right?"),
        ),
    )

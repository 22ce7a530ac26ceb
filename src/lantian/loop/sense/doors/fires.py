"""Active fires of FIRMS, as the service gives them: MODIS and VIIRS, quick (NRT) and reviewed (卫星火点).

Only what lies in or around the city is kept. A reviewed detection corrects the quick one of its pixel, and a quick
one that comes late never undoes it.
"""

import gzip
import re
import tempfile
import zlib
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import polars as pl

from lantian.desk.intake import ROW, Limits, Table, account, cells, read_table, reject_rows
from lantian.desk.language import mark
from lantian.loop.sense.doors.records import FileKind, Given, TakenFile
from lantian.loop.sense.doors.surroundings import Box, box_around, counties_at
from lantian.loop.sense.doors.weather_names import SIMULATED_NAMES, first_of
from lantian.loop.sense.doors.weather_rows import bounded, check_kind, rule_of, yes_or_no
from lantian.store.weather_tables import FIRES
from lantian.terms.errors import CallerError
from lantian.terms.findings import Finding, Severity

if TYPE_CHECKING:
    from lantian.city.records import City
    from lantian.loop.sense.centre import Centre
    from lantian.rules import WeatherRule

KEY = "fires_firms"
SUFFIXES: tuple[str, ...] = (".csv", ".txt", ".csv.gz", ".gz")
_GZIP = b"\x1f\x8b"
_NEEDED = ("latitude", "longitude", "acq_date", "acq_time", "satellite")
_NUMBERS = {
    "frp": ("frp",),
    "brightness": ("brightness", "bright_ti4"),
    "brightness_2": ("bright_t31", "bright_ti5"),
    "scan": ("scan",),
    "track": ("track",),
    "type": ("type",),
}
"""Column of the lake → columns of the products."""
_SATELLITES = {
    **dict.fromkeys(("terra", "t"), "Terra"),
    **dict.fromkeys(("aqua", "a"), "Aqua"),
    **dict.fromkeys(("n", "npp", "snpp", "suomi npp", "suomi-npp"), "Suomi-NPP"),
    **dict.fromkeys(("1", "n20", "j1", "noaa-20", "noaa20"), "NOAA-20"),
    **dict.fromkeys(("2", "n21", "j2", "noaa-21", "noaa21"), "NOAA-21"),
    **dict.fromkeys(("l8", "landsat-8"), "Landsat-8"),
    **dict.fromkeys(("l9", "landsat-9"), "Landsat-9"),
}
_INSTRUMENTS = {
    **dict.fromkeys(("Terra", "Aqua"), "MODIS"),
    **dict.fromkeys(("Suomi-NPP", "NOAA-20", "NOAA-21"), "VIIRS"),
    **dict.fromkeys(("Landsat-8", "Landsat-9"), "OLI"),
}
_CLASSES = {
    **dict.fromkeys(("l", "low"), "low"),
    **dict.fromkeys(("n", "m", "nominal", "medium"), "nominal"),
    **dict.fromkeys(("h", "high"), "high"),
}
_QUICK = r"(?i)rt$"
"""End of the version of a quick product: NRT, RT, URT."""
_UTC = ZoneInfo("UTC")


def recognises(name: str, head: bytes) -> bool:
    """Whether the first line names the columns of FIRMS, also in a gzip archive."""
    _ = name
    if head.startswith(_GZIP):
        try:
            head = zlib.decompressobj(31).decompress(head, 4096)
        except zlib.error:
            return False
    first = head.removeprefix(b"\xef\xbb\xbf").split(b"\n", 1)[0].decode("ascii", "replace").strip().lower()
    return set(_NEEDED) <= {cell.strip(' "\r') for cell in re.split(r"[,;\t]", first)}


def take(centre: "Centre", given: Given) -> TakenFile:
    """Take a FIRMS table into ``fires``."""
    table = _table(given)
    check_kind(_says_simulated(table), centre, given)
    rule = rule_of(centre)
    typed, rejects = _part(table, _typed(table))
    box = box_around(centre.city, float(rule.fire_margin))
    near = typed.filter(box.holds_columns())
    frame, strange = bounded(
        near,
        {name: bounds for name, bounds in rule.fire_bounds.items() if name in near.columns},
        rule,
        table.name,
        when="acquired_at",
        zone=centre.city.zone.key,
    )
    rows = _completed(frame, centre.city, rule, given)
    fresh, late = _without_late(centre, rows)
    done = centre.lake.append(FIRES, fresh, only_changes=True, taken=given.once)
    report = account(
        table,
        pl.concat([table.rejects, rejects]).sort("row", maintain_order=True),
        near.height - late,
        skipped=typed.height - near.height + late,
        findings=(*_elsewhere(table, typed.height - near.height, box), *_too_late(table, late), *strange),
    )
    return TakenFile(KEY, (report,), done.written, done.corrected, done.unchanged)


# ---------------------------------------------------------------------------------------------- the file


def _table(given: Given) -> Table:
    limits = Limits()
    with given.path.open("rb") as file:
        packed = file.read(2) == _GZIP
    if not packed:
        table = read_table(given.path, header_rows=1, limits=limits)
    else:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / (given.name.removesuffix(".gz") or "fires.csv")
            path.write_bytes(_unpacked(given, limits))
            table = read_table(path, header_rows=1, limits=limits)
    columns = {name: name.strip().lower() for name in table.columns}
    absent = [name for name in _NEEDED if name not in columns.values()]
    if absent or len(set(columns.values())) < len(columns):
        raise CallerError(
            "{name} is no table of FIRMS: it lacks {absent} among {columns}. Fetch it from FIRMS as CSV; "
            "nothing was taken in.",
            name=given.name,
            absent=", ".join(absent) or "nothing, but names a column twice",
            columns=", ".join(table.columns[:15]),
        )
    frame = table.frame.rename(columns)
    return Table(
        name=given.name,
        kind=table.kind,
        digest=given.sha256,
        frame=frame,
        units=table.units,
        rejects=table.rejects,
        findings=table.findings,
    )


def _unpacked(given: Given, limits: Limits) -> bytes:
    try:
        with gzip.open(given.path) as file:
            data = file.read(limits.bytes + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise CallerError(
            "{name} is a damaged gzip archive ({error}). Copy it again; nothing was taken in.",
            name=given.name,
            error=error,
        ) from error
    if len(data) > limits.bytes:
        raise CallerError(
            "{name} unpacks to more than {most:,} bytes. Ask FIRMS for the region of the city, or for fewer days.",
            name=given.name,
            most=limits.bytes,
        )
    return data


def _says_simulated(table: Table) -> bool | None:
    column = first_of(table.columns, SIMULATED_NAMES)
    if column is None:
        return None
    marks = {yes_or_no(word) for word in table.frame[column].unique().to_list()}
    if True in marks and len(marks) > 1:
        raise CallerError(
            "{name} holds simulated rows among others. The two are never mixed: part it; nothing was taken in.",
            name=table.name,
        )
    return True in marks


# ---------------------------------------------------------------------------------------------- its cells


def _typed(table: Table) -> pl.DataFrame:
    held = set(table.columns)
    satellite = cells.clean(pl.col("satellite"))
    known = satellite.str.to_lowercase().replace_strict(_SATELLITES, default=None, return_dtype=pl.String)
    satellite = pl.coalesce(known, pl.when(~cells.is_missing(satellite)).then(satellite))
    instrument = satellite.replace_strict(_INSTRUMENTS, default=None, return_dtype=pl.String)
    if "instrument" in held:
        own = cells.clean(pl.col("instrument"))
        instrument = pl.coalesce(pl.when(~cells.is_missing(own)).then(own.str.to_uppercase()), instrument)
    when, reason = _passed()
    columns = [satellite.alias("satellite"), instrument.alias("instrument"), when.alias("acquired_at")]
    columns.append(reason.alias("_time_reason"))
    for name, reach in (("longitude", 180.0), ("latitude", 90.0)):
        number, wrong = cells.number(pl.col(name))
        off = pl.when(number.is_null() | (number.abs() > reach)).then(pl.coalesce(wrong, pl.lit("not_a_place")))
        columns += [number.alias(name), off.alias(f"_{name}_reason")]
    for name, sources in _NUMBERS.items():
        source = next((each for each in sources if each in held), None)
        if source is not None:
            number, wrong = cells.number(pl.col(source))
            columns += [number.alias(name), wrong.alias(f"_{source}_reason")]
    for name in ("confidence", "version", "daynight"):
        text = cells.clean(pl.col(name)) if name in held else pl.lit(None, pl.String)
        columns.append(pl.when(~cells.is_missing(text)).then(text).alias(name))
    return table.frame.select(ROW, *columns)


def _passed() -> tuple[pl.Expr, pl.Expr]:
    """Instant of the overpass: a date and hours and minutes in UTC, written 633, 0633 or 06:33."""
    clock = cells.clean(pl.col("acq_time")).str.replace(r"\.0+$", "").str.replace(":", "", literal=True)
    digits = pl.when(clock.str.contains(r"^\d{1,4}$")).then(clock.str.zfill(4))
    day = cells.clean(pl.col("acq_date")).str.replace(r"[ T]00:00(?::00)?(?:\.0+)?$", "")
    found, reason, _ = cells.instant(pl.format("{} {}:{}", day, digits.str.head(2), digits.str.tail(2)), _UTC)
    return found, pl.when(found.is_null()).then(pl.coalesce(reason, pl.lit("not_a_time")))


def _part(table: Table, typed: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Part the rows that say when and where from those that do not; bad cells of the former are rejects alone."""
    texts = table.frame.select(ROW, pl.exclude(ROW).name.prefix("text of "))
    row_reason = pl.coalesce(
        pl.col("_time_reason"),
        pl.col("_latitude_reason"),
        pl.col("_longitude_reason"),
        pl.when(pl.col("satellite").is_null() | pl.col("instrument").is_null()).then(pl.lit("no_satellite")),
    )
    typed = typed.with_columns(row_reason.alias("_reason"))
    source = typed.join(texts, on=ROW, how="left", maintain_order="left")
    bad = source.filter(pl.col("_reason").is_not_null())
    said = pl.concat_str([pl.col(f"text of {name}") for name in _NEEDED], separator=" ", ignore_nulls=True)
    rejects = [reject_rows(bad, pl.col("_reason"), value=said)]
    good = source.filter(pl.col("_reason").is_null())
    for column in {name for names in _NUMBERS.values() for name in names} & set(table.columns):
        cell = good.filter(pl.col(f"_{column}_reason").is_not_null())
        rejects.append(
            reject_rows(cell, pl.col(f"_{column}_reason"), column=column, value=pl.col(f"text of {column}"))
        )
    return typed.filter(pl.col("_reason").is_null()).select(pl.exclude(r"^_(?:.*_)?reason$")), pl.concat(rejects)


def _completed(frame: pl.DataFrame, city: "City", rule: "WeatherRule", given: Given) -> pl.DataFrame:
    """Rows in the columns of the lake."""
    counties = counties_at(city, frame["longitude"].to_numpy(), frame["latitude"].to_numpy())
    percent = pl.col("confidence").cast(pl.Float64, strict=False)
    word = pl.col("confidence").str.to_lowercase().replace_strict(_CLASSES, default=None, return_dtype=pl.String)
    by_percent = (
        pl.when(percent.is_between(0, rule.fire_nominal_from, closed="left"))
        .then(pl.lit("low"))
        .when(percent.is_between(rule.fire_nominal_from, rule.fire_high_from, closed="left"))
        .then(pl.lit("nominal"))
        .when(percent.is_between(rule.fire_high_from, 100))
        .then(pl.lit("high"))
    )
    day = pl.col("daynight").str.to_lowercase().str.head(1)
    flags = [
        pl.when(pl.col(f"{name}_flag").is_not_null()).then(pl.format(f"{name}:{{}}", f"{name}_flag"))
        for name in rule.fire_bounds
        if f"{name}_flag" in frame.columns
    ]
    words = pl.concat_str(flags, separator=",", ignore_nulls=True) if flags else pl.lit("")
    frame = frame.with_columns(
        pl.lit(None, pl.Float64).alias(name) for name in _NUMBERS if name not in frame.columns
    )
    return frame.with_columns(
        pl.col("type").cast(pl.Int64, strict=False),
        pl.coalesce(word, by_percent).alias("confidence_class"),
        day.replace_strict({"d": "day", "n": "night"}, default=None, return_dtype=pl.String).alias("day_night"),
        pl.Series("county", counties.tolist(), pl.String),
        pl.when(words != "").then(words).alias("flags"),
        pl.lit(given.origin).alias("origin"),
    ).with_columns(inside_city=pl.col("county").is_not_null())


def _without_late(centre: "Centre", rows: pl.DataFrame) -> tuple[pl.DataFrame, int]:
    """Leave out quick detections where the lake has the reviewed one of the same pixel; quick ones come first."""
    quick = pl.col("version").str.contains(_QUICK).fill_null(value=False)
    rows = rows.with_columns(simulated=pl.lit(centre.simulated)).select(column.name for column in FIRES.columns)
    rows = rows.sort(~quick, maintain_order=True)
    if rows.filter(quick).is_empty():
        return rows, 0
    first, last = rows.select(first=pl.col("acquired_at").min(), last=pl.col("acquired_at").max()).row(0)
    key = list(FIRES.key)
    held = centre.lake.read(FIRES, first=centre.lake.day_of(first), last=centre.lake.day_of(last))
    reviewed = held.filter(~quick).select(key).with_columns(pl.col("acquired_at").dt.convert_time_zone("UTC"))
    late = rows.filter(quick).join(reviewed, on=key, how="semi")
    return rows.join(late, on=key, how="anti", maintain_order="left"), late.height


# ---------------------------------------------------------------------------------------------- what to say


def _elsewhere(table: Table, count: int, box: Box) -> tuple[Finding, ...]:
    if not count:
        return ()
    return (
        Finding(
            "fires_elsewhere",
            table.name,
            mark("{count} fires lie outside {box}, which is around the city, and were left out."),
            Severity.INFO,
            evidence={"count": count, "box": box.text()},
        ),
    )


def _too_late(table: Table, count: int) -> tuple[Finding, ...]:
    if not count:
        return ()
    return (
        Finding(
            "quick_after_reviewed",
            table.name,
            mark("{count} quick detections (NRT) were left out: the reviewed ones of their pixels are known."),
            Severity.INFO,
            evidence={"count": count},
        ),
    )


FIRE_KINDS: tuple[FileKind, ...] = (
    FileKind(KEY, mark("Active fires of FIRMS (MODIS, VIIRS)"), SUFFIXES, recognises, take),
)

"""Fields of frames as text → tables with numbers, units, times and places of origin, ready for the lake."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

import polars as pl

from lantian.store import SOURCE_READINGS, Table

PERIOD_OF: Mapping[str, str] = {
    "2011": "realtime",
    "2051": "minute",
    "2061": "hour",
    "2031": "day",
    "2111": "five_minutes",
    "2021": "realtime",
    "2041": "day",
    "2013": "cycle",
    "2052": "single",
}
"""Command → what its values stand for."""
VALUES: Mapping[str, tuple[str, ...]] = {
    "value": ("Avg", "Rtd", "Data"),
    "minimum": ("Min",),
    "maximum": ("Max",),
    "converted": ("ZsAvg", "ZsRtd"),
    "converted_minimum": ("ZsMin",),
    "converted_maximum": ("ZsMax",),
    "amount": ("Cou",),
}
"""Column of a reading → suffixes of the fields that it may come from, the first one first."""
UNITS = {"ug/m3": "µg/m³", "μg/m³": "µg/m³", "μg/m3": "µg/m³", "mg/m3": "mg/m³", "ng/m3": "ng/m³", "m3": "m³"}
"""Unit as it is sent → as it is written here."""
READING = ("head", "factor", *VALUES, "unit", "amount_unit", "flag", "mark", "sampled_at")
POWER = ("head", "point", "content", "unit", "flag")
EVENT = ("head", "event", "point", "item", "at", "content", "reference", "unit", "flag", "ended_at")
"""Columns of text; ``head`` says which frame a row is of."""


@dataclass(frozen=True, slots=True)
class ClockBounds:
    """How far a time in a frame may lie from the moment it was received; beyond, the logger's clock is wrong."""

    ahead: timedelta = timedelta(days=1)
    behind: timedelta = timedelta(days=1100)


def reading_frame(rows: dict[str, list[object]], unread: Counter[str]) -> pl.DataFrame:
    """Read numbers of readings; what is none is counted."""
    schema = {name: pl.String for name in READING if name != "head"}
    frame = pl.DataFrame(rows, schema={"head": pl.Int64, **schema})
    numbers = pl.col(list(VALUES)).str.strip_chars().cast(pl.Float64, strict=False)
    whole = frame.with_columns(numbers)
    lost = sum(
        int((frame[name].is_not_null() & ~whole[name].is_finite().fill_null(value=False)).sum()) for name in VALUES
    )
    if lost:
        unread["not_a_number"] += lost
    return whole


def power_frame(rows: dict[str, list[object]]) -> pl.DataFrame:
    """Read numbers of power and conditions; what is none stays as text."""
    schema = {name: pl.String for name in POWER if name != "head"}
    frame = pl.DataFrame(rows, schema={"head": pl.Int64, **schema})
    number = pl.col("content").str.strip_chars().cast(pl.Float64, strict=False)
    return frame.with_columns(value=number, content=pl.when(number.is_null()).then(pl.col("content")))


def event_frame(rows: dict[str, list[object]]) -> pl.DataFrame:
    """Read numbers of events; what is none stays as text."""
    schema = {name: pl.String for name in EVENT if name != "head"}
    frame = pl.DataFrame(rows, schema={"head": pl.Int64, **schema, "passed": pl.Boolean})
    value, reference = (
        pl.col(n).str.strip_chars().cast(pl.Float64, strict=False) for n in ("content", "reference")
    )
    value = pl.when(value.is_finite()).then(value)
    return frame.with_columns(
        value=value,
        reference=pl.when(reference.is_finite()).then(reference),
        content=pl.when(value.is_null()).then(pl.col("content")),
        unit=pl.col("unit").replace(UNITS),
    )


def event_rows_at(
    rows: pl.DataFrame,
    heads: pl.DataFrame,
    zone: ZoneInfo,
    bounds: ClockBounds,
    unread: Counter[str],
    *,
    simulated: bool,
) -> pl.DataFrame:
    """Join events with what their frames say; their times stand in the rows, not in the heads."""
    whole = rows.with_columns(ended_at=_instant("ended_at", zone))
    own = heads.drop("data_time").with_row_index("head").with_columns(pl.col("head").cast(pl.Int64))
    joined = whole.join(own, on="head", how="left", maintain_order="left").rename({"at": "data_time"}).drop("head")
    return _placed(joined, zone, bounds, unread, simulated=simulated).rename({"period_start": "happened_at"})


def rows_at(
    rows: pl.DataFrame,
    heads: pl.DataFrame,
    zone: ZoneInfo,
    bounds: ClockBounds,
    unread: Counter[str],
    *,
    simulated: bool,
) -> pl.DataFrame:
    """Join rows with what their frames say, and leave out what stands at an impossible time."""
    whole = pl.concat([rows.drop("head"), heads[rows["head"]]], how="horizontal")
    whole = whole.with_columns(period=pl.col("cn").replace_strict(dict(PERIOD_OF), return_dtype=pl.String))
    if "sampled_at" in whole.columns:
        whole = whole.with_columns(sampled_at=_instant("sampled_at", zone))
    return _placed(whole, zone, bounds, unread, simulated=simulated)


def _placed(
    whole: pl.DataFrame, zone: ZoneInfo, bounds: ClockBounds, unread: Counter[str], *, simulated: bool
) -> pl.DataFrame:
    """Put rows at their time and leave out those whose time is impossible."""
    received = pl.from_epoch("received_us", time_unit="us").dt.replace_time_zone("UTC")
    whole = whole.with_columns(
        period_start=_instant("data_time", zone),
        received_at=received,
        origin=_place(pl.col("number")),
        simulated=pl.lit(simulated),
    )
    when = pl.col("period_start")
    good = when.is_between(pl.col("received_at") - bounds.behind, pl.col("received_at") + bounds.ahead)
    kept = whole.filter(good)
    if kept.height < whole.height:
        unread["clock"] += whole.height - kept.height
    finite = [name for name, kind in kept.schema.items() if kind == pl.Float64]
    return kept.with_columns(pl.when(pl.col(name).is_finite()).then(pl.col(name)).alias(name) for name in finite)


def _instant(name: str, zone: ZoneInfo) -> pl.Expr:
    local = pl.col(name).str.slice(0, 14).str.to_datetime("%Y%m%d%H%M%S", strict=False, time_unit="us")
    return local.dt.replace_time_zone(zone.key, ambiguous="earliest", non_existent="null").dt.convert_time_zone(
        "UTC"
    )


def _place(number: pl.Expr) -> pl.Expr:
    """Write a journal place as ``segment:offset``."""
    low = 1 << 40
    return pl.concat_str([(number // low).cast(pl.String), pl.lit(":"), (number % low).cast(pl.String)])


def number_of(origin: pl.Expr) -> pl.Expr:
    """Read the number of a journal place back from its text; null for what came by another way, such as a file."""
    place = origin.str.extract_groups(r"^(\d{1,6}):(\d{1,13})$")
    return place.struct[0].cast(pl.Int64) * (1 << 40) + place.struct[1].cast(pl.Int64)


def lake_columns(rows: pl.DataFrame, table: Table = SOURCE_READINGS) -> pl.DataFrame:
    """Return only what a table of the lake wants of rows."""
    return rows.select(column.name for column in table.columns if column.name in rows.columns)

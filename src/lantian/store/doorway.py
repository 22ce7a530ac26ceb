"""The doorway of the lake: a frame is checked against its table's declaration, or refused with the reason."""

from zoneinfo import ZoneInfo

import polars as pl

from lantian.store.columns import RECORDED_AT, TIMESTAMP, Column, Table
from lantian.terms.errors import CallerError

_WIDENS_TO: dict[pl.DataType, frozenset[pl.DataType]] = {
    pl.Int64(): frozenset({pl.Int8(), pl.Int16(), pl.Int32(), pl.UInt8(), pl.UInt16(), pl.UInt32()}),
    pl.Int32(): frozenset({pl.Int8(), pl.Int16(), pl.UInt8(), pl.UInt16()}),
    pl.Int16(): frozenset({pl.Int8(), pl.UInt8()}),
    pl.Float64(): frozenset({pl.Int8(), pl.Int16(), pl.Int32(), pl.UInt8(), pl.UInt16(), pl.UInt32()}),
}
"""Types that become a declared one without loss. Float32 is not among them: its 0.3 is not 0.3."""


def checked(table: Table, frame: pl.DataFrame, zone: ZoneInfo, *, simulated: bool) -> pl.DataFrame:
    """Return the rows in the table's types with their day; `CallerError` says what is wrong with them.

    NaN becomes null, instants become UTC. What is the same for every row of a partition is left to `completed`.
    """
    _refuse_strange_columns(table, frame)
    rows = frame.select(
        _typed(table, column, frame[column.name]) for column in table.columns if column.name in frame.columns
    )
    _refuse_bad_values(table, rows)
    if "simulated" in table.by_name:
        _refuse_mixture(table, rows, simulated=simulated)
    if table.instant is not None and table.day is not None:
        rows = _with_day(table, table.instant, table.day, rows, zone)
    return rows


def completed(table: Table, rows: pl.DataFrame, cut: str | None) -> pl.DataFrame:
    """Add to the rows of one partition what they lack: its name, and null in absent columns."""
    absent = [
        pl.lit(cut if column.name == table.partition else None, column.dtype).alias(column.name)
        for column in (*table.columns, *table.added)
        if column.name not in rows.columns and column.name != RECORDED_AT.name
    ]
    return rows.with_columns(absent)


def _refuse_strange_columns(table: Table, frame: pl.DataFrame) -> None:
    given = set(frame.columns)
    declared = {column.name for column in table.columns}
    made_here = {column.name for column in table.added}
    if own := sorted(given & made_here):
        raise CallerError(
            "{name}: {own} is written by the store alone; drop it from the frame",
            name=table.name,
            own=", ".join(own),
        )
    if strange := sorted(given - declared):
        raise CallerError(
            "{name} declares no column {strange}: nothing was written. Undeclared data would have no "
            "unit and no meaning; declare the column or drop it. Declared: {declared}",
            name=table.name,
            strange=", ".join(strange),
            declared=", ".join(sorted(declared)),
        )
    needed = {column.name for column in table.columns if not column.nullable}
    if missing := sorted(needed - given):
        raise CallerError(
            "{name} needs the column {missing} in every row: nothing was written; add it",
            name=table.name,
            missing=", ".join(missing),
        )


def _typed(table: Table, column: Column, values: pl.Series) -> pl.Expr:
    given = values.dtype
    value = pl.col(column.name)
    if given == pl.Null():
        return value.cast(column.dtype)
    if column.dtype == TIMESTAMP and isinstance(given, pl.Datetime):
        if given.time_zone is None:
            raise CallerError(
                "{name}.{name_2} has instants without a zone, which could mean two different hours: "
                "nothing was written. Say the zone first: .dt.replace_time_zone('Asia/Shanghai')",
                name=table.name,
                name_2=column.name,
            )
        return value.dt.convert_time_zone("UTC").cast(TIMESTAMP)
    if given == column.dtype:
        return value.fill_nan(None) if column.dtype == pl.Float64() and values.is_nan().any() else value
    if given in _WIDENS_TO.get(column.dtype, frozenset()):
        return value.cast(column.dtype)
    raise CallerError(
        "{name}.{name_2} is {given}, declared is {dtype}: nothing was written; convert it first",
        name=table.name,
        name_2=column.name,
        given=given,
        dtype=column.dtype,
    )


def _refuse_bad_values(table: Table, rows: pl.DataFrame) -> None:
    for values in rows.iter_columns():
        column = table.column(values.name)
        if not column.nullable and (empty := values.null_count()):
            what = "key" if column.name in table.key else "column"
            raise CallerError(
                "{name}: {empty} of {height} rows have nothing in the {what} {name_2}: nothing was "
                "written. Every row must say it; reject such rows before the lake",
                name=table.name,
                empty=empty,
                height=rows.height,
                what=what,
                name_2=column.name,
            )
        if column.dtype == pl.Float64() and values.is_infinite().any():
            raise CallerError(
                "{name}.{name_2} holds an infinite number: nothing was written; reject that row",
                name=table.name,
                name_2=column.name,
            )
        if column.values:
            strange = values.drop_nulls().unique()
            strange = strange.filter(~strange.is_in(column.values))
            if not strange.is_empty():
                raise CallerError(
                    "{name}.{name_2} holds {found}: nothing was written; it may be {values}",
                    name=table.name,
                    name_2=column.name,
                    found=strange.head(3).to_list(),
                    values=", ".join(column.values),
                )


def _refuse_mixture(table: Table, rows: pl.DataFrame, *, simulated: bool) -> None:
    strangers = rows.filter(pl.col("simulated") != simulated).height
    if strangers:
        this, those = ("simulated", "real") if simulated else ("real", "simulated")
        raise CallerError(
            "{strangers} of {height} rows for {name} are {those} and this lake is {this}: nothing "
            "was written. The two are never mixed; use a workspace of the other kind",
            strangers=strangers,
            height=rows.height,
            name=table.name,
            those=those,
            this=this,
        )


def _with_day(table: Table, instant: str, day: str, rows: pl.DataFrame, zone: ZoneInfo) -> pl.DataFrame:
    local = pl.col(instant).dt.convert_time_zone(zone.key)
    if table.hourly:
        off = rows.filter(local.dt.truncate("1h") != local)
        if not off.is_empty():
            raise CallerError(
                "{name}.{instant} must be the start of a full hour, but {height} of {height_2} rows are "
                "not, first {first}: nothing was written; an hour is named by its start, HH:00:00",
                name=table.name,
                instant=instant,
                height=off.height,
                height_2=rows.height,
                first=off[instant][0].astimezone(zone).isoformat(),
            )
    return rows.with_columns(legal_day(pl.col(instant), zone).alias(day))


def legal_day(instant: pl.Expr, zone: ZoneInfo) -> pl.Expr:
    """Legal day (自然日) of instants in the city's zone: the one place where a date is taken from an instant."""
    return instant.dt.convert_time_zone(zone.key).dt.date()

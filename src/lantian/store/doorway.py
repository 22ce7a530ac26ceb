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
        msg = f"{table.name}: {', '.join(own)} is written by the store alone; drop it from the frame"
        raise CallerError(msg)
    if strange := sorted(given - declared):
        msg = (
            f"{table.name} declares no column {', '.join(strange)}: nothing was written. Undeclared data would "
            f"have no unit and no meaning; declare the column or drop it. Declared: {', '.join(sorted(declared))}"
        )
        raise CallerError(msg)
    needed = {column.name for column in table.columns if not column.nullable}
    if missing := sorted(needed - given):
        msg = f"{table.name} needs the column {', '.join(missing)} in every row: nothing was written; add it"
        raise CallerError(msg)


def _typed(table: Table, column: Column, values: pl.Series) -> pl.Expr:
    given = values.dtype
    value = pl.col(column.name)
    if given == pl.Null():
        return value.cast(column.dtype)
    if column.dtype == TIMESTAMP and isinstance(given, pl.Datetime):
        if given.time_zone is None:
            msg = (
                f"{table.name}.{column.name} has instants without a zone, which could mean two different hours: "
                f"nothing was written. Say the zone first: .dt.replace_time_zone('Asia/Shanghai')"
            )
            raise CallerError(msg)
        return value.dt.convert_time_zone("UTC").cast(TIMESTAMP)
    if given == column.dtype:
        return value.fill_nan(None) if column.dtype == pl.Float64() and values.is_nan().any() else value
    if given in _WIDENS_TO.get(column.dtype, frozenset()):
        return value.cast(column.dtype)
    msg = (
        f"{table.name}.{column.name} is {given}, declared is {column.dtype}: nothing was written; convert it first"
    )
    raise CallerError(msg)


def _refuse_bad_values(table: Table, rows: pl.DataFrame) -> None:
    for values in rows.iter_columns():
        column = table.column(values.name)
        if not column.nullable and (empty := values.null_count()):
            what = "key" if column.name in table.key else "column"
            msg = (
                f"{table.name}: {empty} of {rows.height} rows have nothing in the {what} {column.name}: nothing "
                f"was written. Every row must say it; reject such rows before the lake"
            )
            raise CallerError(msg)
        if column.dtype == pl.Float64() and values.is_infinite().any():
            msg = f"{table.name}.{column.name} holds an infinite number: nothing was written; reject that row"
            raise CallerError(msg)
        if column.values:
            strange = values.drop_nulls().unique()
            strange = strange.filter(~strange.is_in(column.values))
            if not strange.is_empty():
                msg = (
                    f"{table.name}.{column.name} holds {strange.head(3).to_list()}: nothing was written; "
                    f"it may be {', '.join(column.values)}"
                )
                raise CallerError(msg)


def _refuse_mixture(table: Table, rows: pl.DataFrame, *, simulated: bool) -> None:
    strangers = rows.filter(pl.col("simulated") != simulated).height
    if strangers:
        this, those = ("simulated", "real") if simulated else ("real", "simulated")
        msg = (
            f"{strangers} of {rows.height} rows for {table.name} are {those} and this lake is {this}: nothing was "
            f"written. The two are never mixed; use a workspace of the other kind"
        )
        raise CallerError(msg)


def _with_day(table: Table, instant: str, day: str, rows: pl.DataFrame, zone: ZoneInfo) -> pl.DataFrame:
    local = pl.col(instant).dt.convert_time_zone(zone.key)
    if table.hourly:
        off = rows.filter(local.dt.truncate("1h") != local)
        if not off.is_empty():
            msg = (
                f"{table.name}.{instant} must be the start of a full hour, but {off.height} of {rows.height} rows "
                f"are not, first {off[instant][0].astimezone(zone).isoformat()}: nothing was written; "
                f"an hour is named by its start, HH:00:00"
            )
            raise CallerError(msg)
    return rows.with_columns(legal_day(pl.col(instant), zone).alias(day))


def legal_day(instant: pl.Expr, zone: ZoneInfo) -> pl.Expr:
    """Legal day (自然日) of instants in the city's zone: the one place where a date is taken from an instant."""
    return instant.dt.convert_time_zone(zone.key).dt.date()

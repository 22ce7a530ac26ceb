"""Apply a mapping: text cells become typed columns; what cannot be read is rejected with its reason."""

from collections.abc import Callable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import polars as pl

from lantian.desk.intake import cells
from lantian.desk.intake.mapping import Mapping, TimeColumns
from lantian.desk.intake.report import REJECT_SCHEMA, ROW, Report, no_rejects
from lantian.desk.intake.tables import Table
from lantian.desk.language import mark
from lantian.terms.errors import CallerError
from lantian.terms.findings import Finding, Severity

Convert = Callable[[str, str, pl.Expr], pl.Expr]
"""Called with target, unit of the file and the number; gives the number in the target's own unit.

The expression may look at ``hour_start`` and ``station``, for a conversion that depends on the day.
"""


@dataclass(frozen=True, slots=True)
class Applied:
    """Typed rows in the order of the file, and the account of the rest."""

    frame: pl.DataFrame
    """`ROW`, ``station``, ``hour_start`` in the city's zone, one Float64 per value, text per flag and word."""
    report: Report


def apply_mapping(table: Table, mapping: Mapping, zone: ZoneInfo, convert: Convert) -> Applied:
    """Turn text cells into typed rows.

    A row without readable time or station is rejected. A single unreadable value is rejected alone and its row
    taken without it; a row none of whose values can be read, though some should be, is rejected whole.

    Parameters
    ----------
    table : Table
        The file as text cells.
    mapping : Mapping
        Which column means what.
    zone : ZoneInfo
        The city's zone; stamps without offset are clock times there.
    convert : callable
        Converts units; the caller knows the rules of the pollutants.

    Raises
    ------
    CallerError
        When a column of the mapping is not in the file.
    """
    _check_columns(table, mapping)
    typed = table.frame.select(
        ROW,
        *_time_columns(mapping.time, zone),
        *_station_columns(mapping),
        *_value_columns(mapping),
        *_flag_columns(mapping),
        *_text_columns(mapping),
    )
    typed = typed.with_columns(
        convert(target, value.unit, pl.col(target)).alias(target)
        for target, value in mapping.values.items()
        if value.unit is not None
    )
    frame, rejects = _part(table, mapping, typed)
    frame, superseded = _versions(frame, mapping)
    rejects = pl.concat([table.rejects, rejects, superseded]).sort("row", maintain_order=True)
    return Applied(frame, account(table, rejects, frame.height, findings=_hour_24_findings(table, mapping, typed)))


def account(
    table: Table, rejects: pl.DataFrame, accepted: int, *, skipped: int = 0, findings: tuple[Finding, ...] = ()
) -> Report:
    """Make the report of a table from its rejects and the number of rows that were taken."""
    rows = rejects.get_column("row").unique()
    original = table.frame.filter(pl.col(ROW).is_in(rows.implode()))
    rejected = table.rows_read - accepted - skipped
    whole = rejects.filter(pl.col("column").is_null()).get_column("row").n_unique()
    in_rejected = rejects.filter(pl.col("column").is_not_null())
    cells_rejected = in_rejected.height if rejected == whole else in_rejected.height - (rejected - whole)
    return Report(
        name=table.name,
        rows_read=table.rows_read,
        rows_accepted=accepted,
        rows_rejected=rejected,
        rows_skipped=skipped,
        cells_rejected=max(cells_rejected, 0),
        rejects=rejects,
        original=original,
        findings=(*table.findings, *findings),
    )


def reject_rows(
    frame: pl.DataFrame, reason: pl.Expr | str, *, column: str | None = None, value: pl.Expr | None = None
) -> pl.DataFrame:
    """Rejects frame of the rows of `frame`, which has a column `ROW`."""
    return frame.select(
        pl.col(ROW).alias("row"),
        pl.lit(column, pl.String).alias("column"),
        (pl.lit(None, pl.String) if value is None else value.cast(pl.String)).alias("value"),
        (pl.lit(reason) if isinstance(reason, str) else reason).alias("reason"),
        pl.lit(None, pl.String).alias("text"),
    ).cast(REJECT_SCHEMA)  # type: ignore[arg-type]


def _check_columns(table: Table, mapping: Mapping) -> None:
    absent = [
        f"{column!r} (for {what})"
        for column, what in mapping.source_columns().items()
        if column not in table.columns
    ]
    if absent:
        raise CallerError(
            "{name} has no column {absent}, which the mapping {name_2!r} needs. Its columns are "
            "{columns}. Choose or mend a mapping.",
            name=table.name,
            absent=", ".join(absent),
            name_2=mapping.name,
            columns=", ".join(map(repr, table.columns[:15])),
        )


def _time_columns(time: TimeColumns, zone: ZoneInfo) -> list[pl.Expr]:
    if time.column is not None:
        found, reason, midnight = cells.instant(pl.col(time.column), zone, time.format)
    else:
        found, reason, midnight = date_and_hour(str(time.date_column), str(time.hour_column), zone, time.format)
    start = found.dt.offset_by("-1h") if time.edge == "end" else found
    on_hour = (found.dt.minute() == 0) & (found.dt.second() == 0) & (found.dt.microsecond() == 0)
    reason = pl.when(reason.is_not_null()).then(reason).when(~on_hour).then(pl.lit("not_on_the_hour"))
    return [start.alias("hour_start"), reason.alias("_time_reason"), midnight.alias("_says_24")]


def date_and_hour(
    date_column: str, hour_column: str, zone: ZoneInfo, pattern: str | None
) -> tuple[pl.Expr, pl.Expr, pl.Expr]:
    """Instant of a date beside an hour 0 … 24, which may be written 7, 07, 07:00, 7时 or 7.0."""
    date, date_reason, _ = cells.instant(pl.col(date_column), zone, pattern)
    text = cells.clean(pl.col(hour_column)).str.replace(r"\s*(?:时|点|:00(?::00)?|\.0+)$", "")
    hour = text.cast(pl.Int64, strict=False)
    lawful = hour.is_between(0, 24)
    found = pl.when(lawful).then(date.dt.replace_time_zone(None) + pl.duration(hours=hour))
    placed = found.dt.replace_time_zone(zone.key, ambiguous="null", non_existent="null")
    reason = (
        pl.when(date_reason.is_not_null())
        .then(date_reason)
        .when(placed.is_null())
        .then(pl.lit("not_a_time"))
        .otherwise(pl.lit(None, pl.String))
    )
    return placed, reason, (hour == 24)


def _station_columns(mapping: Mapping) -> list[pl.Expr]:
    if mapping.station.fixed is not None:
        return [pl.lit(mapping.station.fixed).alias("station")]
    name = pl.col(str(mapping.station.column)).str.strip_chars()
    code = name.replace(mapping.station.codes) if mapping.station.codes else name
    return [pl.when(~cells.is_missing(cells.clean(name))).then(code).alias("station")]


def _value_columns(mapping: Mapping) -> list[pl.Expr]:
    columns: list[pl.Expr] = []
    for target, value in mapping.values.items():
        text = pl.col(value.column)
        if mapping.flags_in_cells:
            text = cells.split_flagged(text)[0]
        number, reason = cells.number(text, mapping.missing)
        columns += [number.alias(target), reason.alias(f"_{target}_reason")]
    return columns


def _flag_columns(mapping: Mapping) -> list[pl.Expr]:
    columns: list[pl.Expr] = []
    for target, value in mapping.values.items():
        texts = [pl.col(name) for name in (value.flags, mapping.flags) if name is not None]
        if mapping.flags_in_cells:
            texts.append(cells.split_flagged(pl.col(value.column))[1])
        if texts:
            together = pl.concat_str(texts, separator=",", ignore_nulls=True)
            columns.append(cells.flag_set(together, mapping.flag_codes).alias(f"{target}_flags"))
    return columns


def _text_columns(mapping: Mapping) -> list[pl.Expr]:
    columns: list[pl.Expr] = []
    for target, text in mapping.texts.items():
        if text.fixed is not None:
            columns.append(pl.lit(text.fixed).alias(target))
        else:
            words = pl.col(str(text.column)).str.strip_chars()
            columns.append((words.replace(text.values) if text.values else words).alias(target))
    return columns


def _part(table: Table, mapping: Mapping, typed: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Part the accepted rows from the rejected ones, with one reject for each row or cell."""
    targets = list(mapping.values)
    bad_cells = [pl.col(f"_{target}_reason").is_not_null() for target in targets]
    unreadable = pl.any_horizontal(bad_cells) & pl.all_horizontal([pl.col(target).is_null() for target in targets])
    row_reason = (
        pl.when(pl.col("_time_reason").is_not_null())
        .then(pl.col("_time_reason"))
        .when(pl.col("station").is_null())
        .then(pl.lit("no_station"))
        .when(unreadable)
        .then(pl.lit("no_readable_value"))
    )
    typed = typed.with_columns(row_reason.alias("_reason"))
    rejected = typed.filter(pl.col("_reason").is_not_null())
    rejects = [no_rejects()]
    if rejected.height:
        time_text = pl.concat_str(
            [pl.col(name) for name in mapping.time.columns], separator=" ", ignore_nulls=True
        )
        texts = table.frame.select(ROW, time_text.alias("_text"))
        joined = rejected.join(texts, on=ROW, how="left", maintain_order="left")
        is_time = pl.col("_time_reason").is_not_null()
        rejects.append(reject_rows(joined, pl.col("_reason"), value=pl.when(is_time).then(pl.col("_text"))))
    for target in targets:
        wrong = typed.filter(pl.col(f"_{target}_reason").is_not_null() & pl.col("_time_reason").is_null())
        if wrong.height:
            column = mapping.values[target].column
            texts = table.frame.select(ROW, pl.col(column).alias("_text"))
            joined = wrong.join(texts, on=ROW, how="left", maintain_order="left")
            rejects.append(reject_rows(joined, pl.col(f"_{target}_reason"), column=column, value=pl.col("_text")))
    frame = typed.filter(pl.col("_reason").is_null())
    return frame.select(pl.exclude(r"^_(?:.*_)?reason$", "_says_24")), pl.concat(rejects)


def _versions(frame: pl.DataFrame, mapping: Mapping) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Treat several rows of one station and hour as the mapping says."""
    key = [name for name in ("station", "hour_start", "stage") if name in frame.columns]
    if mapping.versions == "keep":
        return frame, no_rejects()
    if mapping.versions == "last":
        last = pl.col(ROW) == pl.col(ROW).max().over(key)
        return frame.filter(last), reject_rows(frame.filter(~last), "superseded")
    content = pl.struct(pl.exclude(ROW))
    conflicting = content.n_unique().over(key) > 1
    return frame.filter(~conflicting), reject_rows(frame.filter(conflicting), "conflicting_versions")


def _hour_24_findings(table: Table, mapping: Mapping, typed: pl.DataFrame) -> tuple[Finding, ...]:
    count = int(typed.get_column("_says_24").fill_null(value=False).sum())
    if not count or mapping.time.edge == "end":
        return ()
    return (
        Finding(
            "hour_24_at_start",
            table.name,
            mark("{count} stamps say 24:00, which only the end of an hour can be, but the mapping says start."),
            Severity.ERROR,
            evidence={"count": count},
        ),
    )

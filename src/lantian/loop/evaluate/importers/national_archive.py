"""The wide archive layout of national files: ``date,hour,type,<station codes…>``, one line for each hour and type.

Hours 0 … 23 are the stamps of the feed, so they end the hour: hour 0 is 24:00 of the previous legal day. The ozone
labels are right here already: ``O3`` is the current hour, ``O3_24h`` the highest of the last 24 h, ``O3_8h`` the
current 8 h mean and ``O3_8h_24h`` the day's highest.
"""

from dataclasses import replace

import polars as pl

from lantian.desk.intake import ROW, Table, account, cells, reject_rows
from lantian.desk.intake.applying import date_and_hour
from lantian.desk.intake.guessing import bare
from lantian.loop.evaluate.importers.national_feed import check_labels
from lantian.loop.evaluate.importers.records import RUNNING, VALUES, Imported, ImportOptions
from lantian.loop.evaluate.importers.shaping import doubtful_values, hours_frame, published_frame, revisions
from lantian.terms.errors import CallerError

KIND = "national_archive"

TYPES: dict[str, str] = {
    **{bare(name): name for name in VALUES},
    **{bare(name): name for name in RUNNING if not name.startswith("o3")},
    "o38h": "o3_8h",
    "o38h24h": "o3_8h_daymax",
    "o324h": "o3_max24h",
    "aqi": "aqi",
}
"""Bare name of a line's type → target column."""
_FIXED = ("date", "hour", "type")


def looks_like(table: Table) -> bool:
    """Whether a file has the three leading columns of the archive."""
    return tuple(name.lower() for name in table.columns[:3]) == _FIXED


def read(table: Table, options: ImportOptions) -> Imported:
    """Read one file of the archive, usually one day of the whole country.

    A station-hour of which the file says nothing at all gives no row: blanks there mean that nothing was reported.

    Raises
    ------
    CallerError
        When the file has another layout.
    """
    if not looks_like(table) or len(table.columns) < 4:
        raise CallerError(
            "{name} is not the wide archive layout: its first columns are {columns} instead of date, "
            "hour, type and station codes. Choose another importer.",
            name=table.name,
            columns=", ".join(table.columns[:4]),
        )
    options.progress("typing", 0, table.rows_read)
    lines, rejects = _lines(table, options)
    numbers, bad_cells = _numbers(table, lines)
    wide = _one_row_per_hour(numbers)
    hours = hours_frame(wide.filter(_says_any(wide, VALUES)), options, KIND, table.origin)
    published = published_frame(wide, options, KIND, table.origin)
    rejects = pl.concat([table.rejects, rejects, bad_cells]).sort("row", maintain_order=True)
    report = account(table, rejects, lines.height)
    findings = (
        *check_labels(wide, table.name, "right"),
        *revisions(hours, table.name),
        *doubtful_values(hours, table.name),
    )
    options.progress("typing", table.rows_read, table.rows_read)
    return Imported(KIND, hours, published, replace(report, findings=(*report.findings, *findings)))


def _lines(table: Table, options: ImportOptions) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Hour and target of each line, and the lines that have none."""
    date, hour, kind = table.columns[:3]
    stamp, reason, _ = date_and_hour(date, hour, options.zone, None)
    lines = table.frame.select(
        ROW,
        stamp.dt.offset_by("-1h").alias("hour_start"),
        reason.alias("reason"),
        pl.concat_str([date, hour], separator=" ", ignore_nulls=True).alias("stamp"),
        pl.col(kind).alias("type"),
        pl.col(kind)
        .str.to_lowercase()
        .str.replace_all(r"[\s_.\-]", "")
        .replace_strict(TYPES, default=None, return_dtype=pl.String)
        .alias("target"),
    )
    no_time = lines.filter(pl.col("reason").is_not_null())
    no_type = lines.filter(pl.col("reason").is_null() & pl.col("target").is_null())
    rejects = pl.concat(
        [
            reject_rows(no_time, pl.col("reason"), value=pl.col("stamp")),
            reject_rows(no_type, "unknown_type", value=pl.col("type")),
        ]
    )
    good = lines.filter(pl.col("reason").is_null() & pl.col("target").is_not_null())
    # The same hour and type a second time is a later version of that line.
    version = pl.int_range(pl.len()).over("hour_start", "target")
    return good.select(ROW, "hour_start", "target", version.alias("version")), rejects


def _numbers(table: Table, lines: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Every cell as a number, long; and the cells that are none."""
    stations = list(table.columns[3:])
    number, reason = cells.number(pl.col("text"))
    long = (
        table.frame.select(ROW, *stations)
        .join(lines, on=ROW, how="inner", maintain_order="left")
        .unpivot(
            stations, index=[ROW, "hour_start", "target", "version"], variable_name="station", value_name="text"
        )
        .filter(pl.col("text").is_not_null())
        .with_columns(number.alias("value"), reason.alias("reason"))
    )
    bad = long.filter(pl.col("reason").is_not_null())
    rejects = bad.select(
        pl.col(ROW).alias("row"),
        pl.col("station").alias("column"),
        pl.col("text").alias("value"),
        pl.col("reason"),
        pl.lit(None, pl.String).alias("text"),
    )
    return long.filter(pl.col("value").is_not_null()), rejects


def _one_row_per_hour(numbers: pl.DataFrame) -> pl.DataFrame:
    """Lines of one hour beside each other: a row for each station, hour and version."""
    targets = list(dict.fromkeys(TYPES.values()))
    wide = numbers.group_by("station", "hour_start", "version").agg(
        pl.col("value").filter(pl.col("target") == target).first().alias(target) for target in targets
    )
    return wide.sort("station", "hour_start", "version").drop("version")


def _says_any(frame: pl.DataFrame, names: tuple[str, ...]) -> pl.Expr:
    return pl.any_horizontal([pl.col(name).is_not_null() for name in names if name in frame.columns])

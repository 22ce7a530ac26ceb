"""The national feed as it publishes itself (全国城市空气质量实时发布平台, GetAQIDataPublishLives).

Two traps are in every answer. Its ozone labels are crossed: ``o3`` holds the highest hour of the last 24 h and
``o3_24h`` the current hour; ``o3_8h`` the day's highest 8 h mean and ``o3_8h_24h`` the current one. And its stamps
are the ends of hours: 00:00 is the last hour of the day before.
"""

from dataclasses import replace

import polars as pl

from lantian.desk.intake import Table, TimeColumns
from lantian.desk.intake.mapping import StationColumn
from lantian.desk.language import mark
from lantian.loop.evaluate.importers.records import RUNNING, VALUES, Imported, ImportOptions, Labels
from lantian.loop.evaluate.importers.shaping import (
    doubtful_values,
    hours_frame,
    in_order_of_versions,
    published_frame,
    revisions,
)
from lantian.loop.evaluate.importers.wide import Layout, columns_by_bare, dashes_to_null, read_layout
from lantian.terms.errors import CallerError
from lantian.terms.findings import Finding, Severity

KIND = "national_feed"

CROSSED: dict[str, tuple[str, ...]] = {
    "o3": ("o3_24h",),
    "o3_max24h": ("o3",),
    "o3_8h": ("o3_8h_24h",),
    "o3_8h_daymax": ("o3_8h",),
}
"""What the feed's ozone columns really hold: target → label."""
RIGHT: dict[str, tuple[str, ...]] = {
    "o3": ("o3_1h", "o3"),
    "o3_max24h": ("o3_max24h", "o3_24h"),
    "o3_8h": ("o3_8h",),
    "o3_8h_daymax": ("o3_8h_daymax", "o3_8h_24h"),
}
"""The same of a file whose labels somebody has put right."""
_OTHERS: dict[str, tuple[str, ...]] = {
    **{name: (name,) for name in VALUES if name != "o3"},
    **{name: (name,) for name in RUNNING if not name.startswith("o3")},
    "pm25": ("pm2_5", "pm25"),
    "pm25_24h": ("pm2_5_24h", "pm25_24h"),
    "aqi": ("aqi",),
}
_TEXTS: dict[str, tuple[str, ...]] = {
    "place": ("positionname", "position_name", "name"),
    "area": ("area", "city"),
    "level": ("quality", "level"),
    "primary": ("primarypollutant", "primary_pollutant"),
}


def read(table: Table, options: ImportOptions) -> Imported:
    """Read saved answers of the national feed.

    Parameters
    ----------
    table : Table
        JSON, XML, CSV or Parquet rows in the feed's columns, upper or lower case, one answer or several in the
        order in which they were saved.
    options : ImportOptions
        `labels` says whether the ozone labels are crossed.

    Raises
    ------
    CallerError
        When columns are missing, or the ozone values contradict the labels that were taken.
    """
    labels = _labels(table, options.labels)
    layout = Layout(
        kind=KIND,
        title="an answer of the national feed",
        time=TimeColumns(column="timepoint", edge="end"),
        station=StationColumn(column="stationcode"),
        values={**_OTHERS, **(CROSSED if labels == "crossed" else RIGHT)},
        units={},
        texts=_TEXTS,
        needed=("so2", "no2", "co", "o3", "pm10", "pm25"),
    )
    options.progress("typing", 0, table.rows_read)
    applied = read_layout(table, layout, options)
    frame = dashes_to_null(applied.frame, "level", "primary", "place", "area")
    ozone = check_labels(frame, table.name, labels)
    frame = in_order_of_versions(frame, [*VALUES, "aqi", "primary", "level", *RUNNING])
    hours = hours_frame(in_order_of_versions(frame, VALUES), options, KIND, table.origin)
    published = published_frame(frame, options, KIND, table.origin)
    findings = (*ozone, *_repeated(applied.frame, frame, table.name), *revisions(hours, table.name))
    report = replace(
        applied.report, findings=(*applied.report.findings, *findings, *doubtful_values(hours, table.name))
    )
    options.progress("typing", table.rows_read, table.rows_read)
    return Imported(KIND, hours, published, report)


def _labels(table: Table, wanted: Labels) -> Labels:
    """Crossed like the feed itself, unless the caller or the column names say otherwise."""
    if wanted != "auto":
        return wanted
    return "right" if {"o31h", "o3max24h"} & set(columns_by_bare(table)) else "crossed"


def check_labels(frame: pl.DataFrame, name: str, labels: Labels) -> tuple[Finding, ...]:
    """Check ozone by what can never be: a current hour above the highest of the last 24.

    Parameters
    ----------
    frame : DataFrame
        Columns ``o3`` and ``o3_max24h`` as the labels were taken, ``station`` and ``hour_start``.
    name : str
        File name for messages.
    labels : str
        How they were taken.

    Raises
    ------
    CallerError
        When the values fit the other reading better.
    """
    if "o3" not in frame.columns or "o3_max24h" not in frame.columns:
        return ()
    both = frame.filter(pl.col("o3").is_not_null() & pl.col("o3_max24h").is_not_null())
    above = both.filter(pl.col("o3") > pl.col("o3_max24h"))
    below = both.filter(pl.col("o3") < pl.col("o3_max24h")).height
    if above.height > below:
        first = above.row(0, named=True)
        other = "right" if labels == "crossed" else "crossed"
        raise CallerError(
            "{name}: read with {labels} ozone labels, the current hour exceeds the highest of its "
            "last 24 h in {height} of {height_2} rows (first {value}: {value_2:g} > {value_3:g}), "
            "which cannot be; it would be so in {below} rows with {other} labels. Every ozone index "
            "would be wrong. Import the file again with {other} ozone labels.",
            name=name,
            labels=labels,
            height=above.height,
            height_2=both.height,
            value=first["station"],
            value_2=first["o3"],
            value_3=first["o3_max24h"],
            below=below,
            other=other,
        )
    if above.is_empty():
        return ()
    first = above.row(0, named=True)
    return (
        Finding(
            "ozone_above_maximum",
            name,
            mark("Ozone of {count} of {rows} rows exceeds the highest hour of its last 24 h: {station}, {hour}."),
            Severity.WARNING,
            when=first["hour_start"],
            evidence={
                "count": above.height,
                "rows": both.height,
                "station": first["station"],
                "hour": first["hour_start"].strftime("%Y-%m-%d %H:%M"),
            },
            competing_explanation=mark("The feed renews the two columns minutes apart."),
        ),
    )


def _repeated(before: pl.DataFrame, after: pl.DataFrame, name: str) -> tuple[Finding, ...]:
    count = before.height - after.height
    if not count:
        return ()
    return (
        Finding(
            "repeated_rows",
            name,
            mark("{count} rows repeat an earlier answer word for word; each was taken once."),
            Severity.INFO,
            evidence={"count": count},
        ),
    )


def looks_like(table: Table) -> bool:
    """Whether a file has the columns of the feed."""
    names = set(columns_by_bare(table))
    return {"timepoint", "stationcode", "pm10"} <= names and bool({"o3", "o31h"} & names)

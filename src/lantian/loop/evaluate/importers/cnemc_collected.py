"""Hours of the national feed as a collector keeps them: long, one row for each station and hour, labels put right.

Columns ``city, level, station, time, AQI, PM2.5, PM2.5_24h …``; the stamps are those of the feed, ends of hours.
City rows are left out: they are means of stations that the feed made itself, and the lake makes its own.
"""

from dataclasses import replace

import polars as pl

from lantian.desk.intake import Table, TimeColumns
from lantian.desk.intake.mapping import StationColumn
from lantian.desk.language import mark
from lantian.loop.evaluate.importers.national_feed import RIGHT, check_labels
from lantian.loop.evaluate.importers.records import RUNNING, VALUES, Imported, ImportOptions
from lantian.loop.evaluate.importers.shaping import (
    doubtful_values,
    hours_frame,
    in_order_of_versions,
    published_frame,
    revisions,
)
from lantian.loop.evaluate.importers.wide import Layout, columns_by_bare, read_layout
from lantian.terms.findings import Finding, Severity

KIND = "cnemc_collected"
_LEVEL = "level"


def looks_like(table: Table) -> bool:
    """Whether a file has the collector's columns."""
    return {"level", "station", "time", "aqi", "pm25", "pm2524h"} <= set(columns_by_bare(table))


def read(table: Table, options: ImportOptions) -> Imported:
    """Read a collector's file; rows whose level is not ``station`` are left out and counted."""
    by_bare = columns_by_bare(table)
    kept = table
    skipped = 0
    if _LEVEL in by_bare:
        stations = table.frame.filter(pl.col(by_bare[_LEVEL]).str.to_lowercase() == "station")
        skipped = table.frame.height - stations.height
        kept = replace(table, frame=stations)
    layout = Layout(
        kind=KIND,
        title="a collector's file of the national feed",
        time=TimeColumns(column="time", edge="end"),
        station=StationColumn(column="station"),
        values={
            **{name: (name,) for name in VALUES},
            **{name: (name,) for name in RUNNING},
            **RIGHT,
            "aqi": ("aqi",),
        },
        units={},
        texts={"area": ("city",)},
        needed=("so2", "no2", "co", "o3", "pm10", "pm25"),
    )
    options.progress("typing", 0, table.rows_read)
    applied = read_layout(kept, layout, options)
    ozone = check_labels(applied.frame, table.name, "right")
    frame = in_order_of_versions(applied.frame, [*VALUES, "aqi", *RUNNING])
    hours = hours_frame(frame, options, KIND, table.origin)
    published = published_frame(frame, options, KIND, table.origin)
    findings = (*ozone, *_city_rows(table.name, skipped), *revisions(hours, table.name))
    report = replace(
        applied.report,
        rows_read=table.rows_read,
        rows_skipped=skipped,
        findings=(*applied.report.findings, *findings, *doubtful_values(hours, table.name)),
    )
    options.progress("typing", table.rows_read, table.rows_read)
    return Imported(KIND, hours, published, report)


def _city_rows(name: str, count: int) -> tuple[Finding, ...]:
    if not count:
        return ()
    return (
        Finding(
            "city_rows_left_out",
            name,
            mark("{count} city rows were left out: they are means that the feed made of its stations."),
            Severity.INFO,
            evidence={"count": count},
        ),
    )

"""Beijing Multi-Site Air-Quality Data of the UCI repository (twelve stations, 2013-03-01 … 2017-02-28).

Carbon monoxide is in µg/m³ there and becomes mg/m³. The clock times are read as starts of hours: the set says only
``hour of data in this row``, and its days run from hour 0 to hour 23 without a gap.
"""

from dataclasses import replace

import polars as pl

from lantian.desk.intake import Table, TimeColumns
from lantian.desk.intake.mapping import StationColumn
from lantian.desk.language import mark
from lantian.loop.evaluate.importers.records import Imported, ImportOptions
from lantian.loop.evaluate.importers.shaping import doubtful_values, hours_frame, revisions
from lantian.loop.evaluate.importers.wide import Layout, columns_by_bare, read_layout
from lantian.terms.findings import Finding, Severity

KIND = "uci_beijing"
_STAMP = "_stamp"


def looks_like(table: Table) -> bool:
    """Whether a file has the columns of the set: pollutants beside weather, by station."""
    return {"pm25", "temp", "dewp", "wspm", "station"} <= set(columns_by_bare(table))


def read(table: Table, options: ImportOptions) -> Imported:
    """Read one file of a station (``year,month,day,hour``) or all stations together (``time``)."""
    table = _with_stamp(table)
    layout = Layout(
        kind=KIND,
        title="a file of the UCI Beijing set",
        time=TimeColumns(column=_STAMP if _STAMP in table.columns else "time", edge="start"),
        station=StationColumn(column="station"),
        values={
            "so2": ("SO2",),
            "no2": ("NO2",),
            "co": ("CO",),
            "o3": ("O3",),
            "pm10": ("PM10",),
            "pm25": ("PM2.5",),
        },
        units={"co": "µg/m³"},
        texts={},
        needed=("so2", "no2", "co", "o3", "pm10", "pm25"),
    )
    options.progress("typing", 0, table.rows_read)
    applied = read_layout(table, layout, options)
    hours = hours_frame(applied.frame, options, KIND, table.origin)
    edge = Finding(
        "edge_as_documented",
        table.name,
        mark("The set does not say which edge of the hour it stamps; its clock times were read as starts."),
        Severity.INFO,
    )
    findings = (edge, *revisions(hours, table.name), *doubtful_values(hours, table.name))
    options.progress("typing", table.rows_read, table.rows_read)
    return Imported(KIND, hours, None, replace(applied.report, findings=(*applied.report.findings, *findings)))


def _with_stamp(table: Table) -> Table:
    """Put year, month, day and hour together."""
    by_bare = columns_by_bare(table)
    parts = [by_bare.get(name) for name in ("year", "month", "day", "hour")]
    if "time" in by_bare or None in parts:
        return table
    year, month, day, hour = (pl.col(str(name)) for name in parts)
    return replace(
        table, frame=table.frame.with_columns(pl.format("{}-{}-{} {}:00", year, month, day, hour).alias(_STAMP))
    )

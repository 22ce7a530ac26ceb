"""Which site each row of a composition file is of, when its sample begins, and what cannot be placed."""

from dataclasses import dataclass

import polars as pl
from sqlalchemy import select

from lantian.desk.intake import ROW, Table, cells, reject_rows
from lantian.ledger.models import Device
from lantian.loop.sense.centre import Centre
from lantian.loop.sense.doors.labels import Label
from lantian.loop.sense.doors.sample_times import Times
from lantian.loop.sense.doors.species_headings import INSTRUMENT, STATION, first_of
from lantian.terms.errors import CallerError
from lantian.terms.findings import Finding, Severity
from lantian.terms.words import mark

_SITE_SYSTEMS = ("22", "27")
"""HJ 212 systems of devices at ambient sites: air quality, volatile organic compounds."""


@dataclass(frozen=True, slots=True)
class Placed:
    """Rows that have a site and a time."""

    frame: pl.DataFrame
    """`ROW`, ``station``, ``instrument``, ``hour_start``, ``period_hours``."""
    rejects: pl.DataFrame
    columns: frozenset[str]
    """Columns of the file that were used."""
    findings: tuple[Finding, ...] = ()


def placed(centre: Centre, table: Table, label: Label, times: Times) -> Placed:
    """Give every row its site, start and length.

    Raises
    ------
    CallerError
        Neither a column nor the label names a site.
    """
    column, device = first_of(table.columns, STATION), first_of(table.columns, INSTRUMENT)
    said = label.get("station")
    if column is None and said is None:
        raise CallerError(
            "{name} names no site. Give it a column station (点位编码), or write station = CODE above its header "
            "or in its name.",
            name=table.name,
        )
    name = pl.lit(said) if column is None else cells.clean(pl.col(column))
    instrument = pl.lit(label.get("instrument")) if device is None else cells.clean(pl.col(device))
    known = site_codes(centre)
    code = name.replace_strict(known, default=None, return_dtype=pl.String)
    length = pl.coalesce("hours", pl.lit(1, pl.Int64))
    start = pl.col("start") - pl.duration(hours=length) if times.stamps_end else pl.col("start")
    off = (pl.col("start").dt.minute() != 0) | (pl.col("start").dt.second() != 0)
    off |= pl.col("start").dt.microsecond() != 0
    rows = (
        table.frame.select(
            ROW, name.alias("_site"), code.alias("station"), instrument.fill_null("").alias("instrument")
        )
        .join(times.frame, on=ROW, maintain_order="left")
        .with_columns(start.alias("hour_start"), length.alias("period_hours"))
        .with_columns(
            pl.when(pl.col("reason").is_not_null())
            .then(pl.col("reason"))
            .when(off)
            .then(pl.lit("not_on_the_hour"))
            .when(cells.is_missing(pl.col("_site")))
            .then(pl.lit("no_station"))
            .when(pl.col("station").is_null())
            .then(pl.lit("unknown_station"))
            .alias("_why")
        )
    )
    lost = rows.filter(pl.col("_why").is_not_null())
    text = pl.when(pl.col("_why") == "unknown_station").then(pl.col("_site")).otherwise(pl.col("time_text"))
    good = rows.filter(pl.col("_why").is_null()).select(ROW, "station", "instrument", "hour_start", "period_hours")
    return Placed(
        good,
        reject_rows(lost, pl.col("_why"), value=text),
        frozenset(one for one in (column, device) if one is not None),
        _spacing(table, times, good),
    )


def site_codes(centre: Centre) -> dict[str, str]:
    """Name or code → code of every site: stations of the city, and devices registered at ambient sites."""
    query = select(Device).where(Device.state == "registered", Device.system.in_(_SITE_SYSTEMS))
    with centre.ledger.read() as session:
        devices = list(session.scalars(query))
    by_device = {name: row.outlet for row in devices for name in (row.name, row.mn, row.outlet) if name}
    by_name = {name: row.code for row in centre.city.stations for name in (row.name_en, row.name_zh) if name}
    return {**by_device, **by_name, **{row.code: row.code for row in centre.city.stations}}


def _spacing(table: Table, times: Times, rows: pl.DataFrame) -> tuple[Finding, ...]:
    """Say so where nobody told the length of the samples and they do not follow each other by the hour."""
    if times.frame.get_column("hours").is_not_null().any():
        return ()
    steps = rows.select(pl.col("hour_start").unique().sort().diff().drop_nulls().dt.total_hours().alias("h"))
    usual = steps.select(pl.col("h").mode().min()).item() if steps.height else None
    if usual is None or usual == 1:
        return ()
    return (
        Finding(
            "period_unknown",
            table.name,
            mark(
                "Samples are mostly {hours} h apart and nothing says how long they are; one hour was taken. Ask."
            ),
            Severity.ERROR,
            evidence={"hours": int(usual)},
        ),
    )

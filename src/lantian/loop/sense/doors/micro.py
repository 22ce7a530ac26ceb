"""Files of micro-stations: raw values by the minute or the hour, long or a column for each sensor (微型站数据).

What comes in stands in ``micro_hours`` alone, and calibrated in ``micro_calibrated``: never in a mean of the law.
"""

from dataclasses import replace

import polars as pl
from sqlalchemy import select

from lantian.city.records import Level
from lantian.desk.intake import ROW, Report, Table, account, cells, read_table, reject_rows
from lantian.desk.intake.guessing import bare
from lantian.desk.intake.headers import split_unit
from lantian.ledger.models import Device
from lantian.loop.sense.calibrating import append_micro
from lantian.loop.sense.centre import Centre
from lantian.loop.sense.doors.labels import Label, label_of, refuse_mixing
from lantian.loop.sense.doors.micro_hours import averaged
from lantian.loop.sense.doors.peeking import columns_of
from lantian.loop.sense.doors.records import FileKind, Given, TakenFile
from lantian.loop.sense.doors.sample_times import Times, is_time, read_times
from lantian.loop.sense.doors.species_cells import reject_cells
from lantian.loop.sense.doors.species_headings import SIMULATED, first_of, not_read
from lantian.rules import SpeciesRule
from lantian.store import legal_day
from lantian.terms.errors import CallerError
from lantian.terms.findings import Finding
from lantian.terms.pollutants import BASIC, NAMES
from lantian.terms.words import mark

MICRO = "micro_values"
DEVICE = ("device", "deviceid", "devicecode", "设备编码", "设备编号", "微站编码", "微站编号", "微型站编码")
SITE = ("station", "stationcode", "点位编码", "站点编码", "站点代码")
CHANNEL = ("channel", "sensor", "通道", "监测项", "监测因子", "污染物", "因子")
RAW = ("raw", "rawvalue", "value", "原始值", "监测值", "数值", "浓度")
TEMPERATURE = ("temperature", "temp", "t", "气温", "温度")
HUMIDITY = ("humidity", "rh", "相对湿度", "湿度")
_CHANNELS = {
    **{pollutant.value: pollutant.value for pollutant in BASIC},
    **{NAMES[pollutant].chinese: pollutant.value for pollutant in BASIC},
}  # fmt: skip
_AMBIENT = "22"
"""HJ 212 system of devices that measure ambient air."""
_SUFFIXES = (".csv", ".tsv", ".txt", ".xlsx", ".xls", ".json", ".ndjson", ".parquet")


def take_micro(centre: Centre, given: Given) -> TakenFile:
    """Take raw values of micro-stations in; minutes become hours, and a device that is none is rejected.

    Raises
    ------
    CallerError
        The file cannot be read as a whole: no times, no device, no sensor.
    """
    table = replace(read_table(given.path), name=given.name)
    label = label_of(table, given)
    marked = first_of(table.columns, SIMULATED)
    column = None if marked is None else table.frame.get_column(marked).to_list()
    refuse_mixing(label, given, column, simulated=centre.simulated)
    times = read_times(table, label, centre.city.zone)
    placed, rejects, used = _placed(centre, table, label, times)
    laid, findings = _laid(table, {*times.columns, *used, *([] if marked is None else [marked])})
    rows, unread = _typed(centre, laid.join(placed, on=ROW, maintain_order="left"))
    hours, short = averaged(rows, _least_minutes(centre, rows), stamps_end=times.stamps_end)
    report = _report(table, rejects, pl.concat([unread, short]), rows, (*times.findings, *findings))
    if hours.is_empty():
        return TakenFile(MICRO, (report,), 0, 0, 0)
    done = append_micro(centre, hours, source=MICRO, origin=given.origin, taken=given.once)
    return TakenFile(MICRO, (report,), done.written - done.corrected, done.corrected, done.unchanged)


def micro_devices(centre: Centre) -> dict[str, str]:
    """Name or code → code of every micro-station: of the city, or registered and no other kind of station."""
    stations = centre.city.stations
    others = {row.code for row in stations if row.level is not Level.MICRO}
    query = select(Device).where(Device.state == "registered", Device.system == _AMBIENT)
    with centre.ledger.read() as session:
        devices = [row for row in session.scalars(query) if row.outlet not in others]
    micro = [row for row in stations if row.level is Level.MICRO]
    return {
        **{name: row.outlet for row in devices for name in (row.name, row.mn, row.outlet) if name},
        **{name: row.code for row in micro for name in (row.name_en, row.name_zh, row.code) if name},
    }


def _placed(
    centre: Centre, table: Table, label: Label, times: Times
) -> tuple[pl.DataFrame, pl.DataFrame, frozenset[str]]:
    """Rows with device and stamp; rejects of the others; columns that were used."""
    column, said = first_of(table.columns, (*DEVICE, *SITE)), label.get("station")
    if column is None and said is None:
        raise CallerError(
            "{name} names no device. Give it a column device (设备编码), or write station = CODE above its header "
            "or in its name.",
            name=table.name,
        )
    name = pl.lit(said) if column is None else cells.clean(pl.col(column))
    code = name.replace_strict(micro_devices(centre), default=None, return_dtype=pl.String)
    rows = (
        table.frame.select(ROW, name.alias("_name"), code.alias("device"))
        .join(times.frame, on=ROW, maintain_order="left")
        .with_columns(
            pl.coalesce(
                "reason",
                pl.when(cells.is_missing(pl.col("_name"))).then(pl.lit("no_station")),
                pl.when(pl.col("device").is_null()).then(pl.lit("unknown_device")),
            ).alias("_why")
        )
    )
    lost = rows.filter(pl.col("_why").is_not_null())
    text = pl.when(pl.col("_why") == "unknown_device").then(pl.col("_name")).otherwise(pl.col("time_text"))
    good = rows.filter(pl.col("_why").is_null()).select(ROW, "device", "start")
    return good, reject_rows(lost, pl.col("_why"), value=text), frozenset([] if column is None else [column])


def _laid(table: Table, used: set[str]) -> tuple[pl.DataFrame, tuple[Finding, ...]]:
    """Return one row for each value: `ROW`, ``column``, ``channel``, and the texts of value and weather."""
    beside = {"temperature": first_of(table.columns, TEMPERATURE), "humidity": first_of(table.columns, HUMIDITY)}
    weather = [
        (pl.lit(None, pl.String) if column is None else pl.col(column)).alias(f"{name}_text")
        for name, column in beside.items()
    ]
    channel, raw = first_of(table.columns, CHANNEL), first_of(table.columns, RAW)
    if channel is not None and raw is not None:
        texts = table.frame.get_column(channel).drop_nulls().unique().to_list()
        known = {text: channel_of(text) for text in texts if channel_of(text)}
        name = pl.col(channel).replace_strict(known, default=None, return_dtype=pl.String)
        value = pl.col(raw).alias("raw_text")
        return table.frame.select(ROW, pl.lit(raw).alias("column"), name.alias("channel"), value, *weather), ()
    rest = [column for column in table.columns if column not in used | set(beside.values())]
    sensors = [column for column in rest if _holds_numbers(table, column)]
    if not sensors:
        raise CallerError(
            "{name} has no column of a sensor beside device and time. Name one by its pollutant, or give channel "
            "and raw (监测项, 原始值).",
            name=table.name,
        )
    pieces = [
        table.frame.select(
            ROW,
            pl.lit(column).alias("column"),
            pl.lit(channel_of(column)).alias("channel"),
            pl.col(column).alias("raw_text"),
            *weather,
        )
        for column in sensors
    ]
    return pl.concat(pieces), not_read(table, [column for column in rest if column not in sensors])


def _holds_numbers(table: Table, column: str) -> bool:
    number, _ = cells.number(pl.col(column))
    return bool(table.frame.select(number.is_not_null().any()).item())


def channel_of(heading: str) -> str:
    """Return the pollutant that a heading names, else the name of the sensor as it stands.

    Examples
    --------
    >>> [channel_of(text) for text in ("PM2.5（µg/m³）", "臭氧", "PT08.S1(CO)")]
    ['pm25', 'o3', 'PT08.S1(CO)']
    """
    return _CHANNELS.get(bare(heading), split_unit(heading)[0])


def _typed(centre: Centre, rows: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Read the texts as numbers; a cell that cannot be read, or a row without a channel, is rejected."""
    rule = centre.rulebook.edition(SpeciesRule, "species", centre.today(), centre.choice)
    fill = [float(number) for number in rule.fill_values]
    columns = []
    for name in ("raw", "temperature", "humidity"):
        number, reason = cells.number(pl.col(f"{name}_text"))
        columns += [pl.when(~number.is_in(fill)).then(number).alias(name), reason.alias(f"_{name}")]
    read = rows.with_columns(columns).with_columns(
        pl.when(pl.col("channel").is_null()).then(pl.lit("unknown_value")).otherwise(pl.col("_raw")).alias("_raw")
    )
    bad = read.filter(pl.col("_raw").is_not_null())
    rejects = reject_cells(bad, pl.col("_raw"), "raw_text")
    return read.filter(pl.col("_raw").is_null()), rejects


def _least_minutes(centre: Centre, rows: pl.DataFrame) -> int:
    """Fewest minutes of an hour, by the edition of the last day; before the first edition by the oldest."""
    last = rows.select(legal_day(pl.col("start"), centre.city.zone).max()).item() or centre.today()
    oldest = min(edition.in_force for edition in centre.rulebook.editions("quality"))
    return centre.quality(max(last, oldest)).micro.hour_minutes


def _report(
    table: Table, placing: pl.DataFrame, in_cells: pl.DataFrame, rows: pl.DataFrame, findings: tuple[Finding, ...]
) -> Report:
    """Account for every row; one whose filled cells were all rejected is rejected whole, for its first reason."""
    lost = in_cells.select(pl.col("row").alias(ROW), "column")
    taken = rows.filter(pl.col("raw").is_not_null()).join(lost, on=[ROW, "column"], how="anti")
    alone = in_cells.join(taken.select(pl.col(ROW).alias("row")), on="row", how="anti")
    whole = alone.unique("row", keep="first", maintain_order=True).with_columns(column=pl.lit(None, pl.String))
    kept = in_cells.join(whole.select("row"), on="row", how="anti", maintain_order="left")
    rejects = pl.concat([table.rejects, placing, whole, kept]).sort("row", maintain_order=True)
    by_row = rejects.filter(pl.col("column").is_null()).get_column("row").unique()
    accepted = table.frame.filter(~pl.col(ROW).is_in(by_row.implode())).height
    return account(table, rejects, accepted, findings=findings)


def _is_micro(name: str, head: bytes) -> bool:
    columns = columns_of(name, head)
    if not columns & set(DEVICE) or not any(is_time(column) for column in columns):
        return False
    named = bool(columns & set(CHANNEL)) and bool(columns & set(RAW))
    return named or len(columns & set(_CHANNELS)) > 0


MICRO_KINDS: tuple[FileKind, ...] = (
    FileKind(MICRO, mark("raw values of micro-stations"), _SUFFIXES, _is_micro, take_micro),
)

"""Propose a mapping for a file that nobody has described yet, and say what is doubtful about it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import polars as pl

from lantian.desk.intake import cells
from lantian.desk.intake.headers import plain, split_unit
from lantian.desk.intake.mapping import Edge, Mapping, StationColumn, TextColumn, TimeColumns, Unit, ValueColumn
from lantian.desk.intake.tables import Table
from lantian.desk.language import mark
from lantian.terms.errors import CallerError
from lantian.terms.findings import Finding, Severity
from lantian.terms.pollutants import BASIC, NAMES, Pollutant

_TIME_NAMES = (
    "hour_start",
    "time",
    "timepoint",
    "datetime",
    "date_time",
    "监测时间",
    "时间",
    "日期时间",
    "数据时间",
    "小时时间",
)
_DATE_NAMES = ("date", "day", "日期", "监测日期", "年月日")
_HOUR_NAMES = ("hour", "小时", "时", "时次", "监测小时")
_STATION_NAMES = (
    *("station", "stationcode", "station_code", "code", "site", "点位编码", "站点编码", "站点代码", "监测点编码"),
    *(
        "点位代码",
        "编码",
        "站点",
        "点位",
        "点位名称",
        "站点名称",
        "监测点",
        "监测点位",
        "站名",
        "positionname",
        "name",
    ),
)
_POLLUTANT_NAMES: dict[Pollutant, tuple[str, ...]] = {
    Pollutant.SO2: ("so2", "二氧化硫"),
    Pollutant.NO2: ("no2", "二氧化氮"),
    Pollutant.CO: ("co", "一氧化碳"),
    Pollutant.O3: ("o3", "o31h", "臭氧", "臭氧1小时", "ozone"),
    Pollutant.PM10: ("pm10", "可吸入颗粒物", "颗粒物pm10", "可吸入颗粒物pm10"),
    Pollutant.PM25: ("pm25", "细颗粒物", "细颗粒物pm25", "颗粒物pm25"),
}
_FLAG_WORDS = ("flag", "flags", "标识", "标记", "状态", "mark", "数据标识", "标志")
_TEXT_NAMES = ("stage", "state")
_UNIT_NAMES: dict[str, Unit] = {
    **dict.fromkeys(("ug/m3", "μg/m3", "微克/立方米", "ug/m^3", "μg/m^3"), "µg/m³"),
    **dict.fromkeys(("mg/m3", "毫克/立方米", "mg/m^3"), "mg/m³"),
    **dict.fromkeys(("ppb", "ppbv"), "ppb"),
    **dict.fromkeys(("ppm", "ppmv"), "ppm"),
}


@dataclass(frozen=True, slots=True)
class Guess:
    """A proposal; a person looks at the findings before it is saved."""

    mapping: Mapping
    findings: tuple[Finding, ...]


def bare(name: str) -> str:
    """Strip a column name of unit, signs and case: for comparing.

    Examples
    --------
    >>> bare("PM2.5（µg/m³）"), bare("O₃_1H")
    ('pm25', 'o31h')
    """
    text = split_unit(name)[0].lower()
    return re.sub(r"[\s_.\-:()（）/]", "", text)


def known_unit(text: str | None) -> Unit | None:
    """Read a unit as files write it.

    Examples
    --------
    >>> known_unit("(ug/m3)"), known_unit("毫克/立方米"), known_unit("%")
    ('µg/m³', 'mg/m³', None)
    """
    if text is None:
        return None
    stripped = plain(text).lower().strip("[]() ").replace("µ", "μ").replace("nm3", "m3")
    stripped = re.sub(r"^单位:?", "", stripped)
    return _UNIT_NAMES.get(stripped)


def guess_mapping(table: Table, zone: ZoneInfo, name: str = "proposed") -> Guess:
    """Propose which column means what, with a finding for each doubt.

    Parameters
    ----------
    table : Table
        The file as text cells.
    zone : ZoneInfo
        The city's zone, to read a few stamps.
    name : str
        Name of the proposal.

    Raises
    ------
    CallerError
        When no time, no station or no pollutant can be found among the column names.
    """
    by_bare: dict[str, str] = {}
    for column in table.columns:
        by_bare.setdefault(bare(column), column)
    findings: list[Finding] = []
    time = _time(table, by_bare, zone, findings)
    station = _first(by_bare, _STATION_NAMES)
    values = _values(table, by_bare, findings)
    missing = [
        what for what, found in (("a time", time), ("a station", station), ("a pollutant", values)) if not found
    ]
    if missing or time is None or station is None:
        raise CallerError(
            "{name}: no column for {missing} among {columns}{columns_2}. Write a mapping for this "
            "kind of file (docs/intake.md).",
            name=table.name,
            missing=", ".join(missing),
            columns=", ".join(table.columns[:12]),
            columns_2=" …" if len(table.columns) > 12 else "",
        )
    texts = {target: TextColumn(column=by_bare[target]) for target in _TEXT_NAMES if target in by_bare}
    mapping = Mapping(
        name=name,
        title=table.name,
        time=time,
        station=StationColumn(column=station),
        values=values,
        texts=texts,
        flags=_first(by_bare, _FLAG_WORDS) if not any(row.flags for row in values.values()) else None,
    )
    return Guess(mapping, tuple(findings))


def _first(by_bare: dict[str, str], names: Iterable[str]) -> str | None:
    return next((by_bare[bare(name)] for name in names if bare(name) in by_bare), None)


def _time(table: Table, by_bare: dict[str, str], zone: ZoneInfo, findings: list[Finding]) -> TimeColumns | None:
    date, hour = _first(by_bare, _DATE_NAMES), _first(by_bare, _HOUR_NAMES)
    together = _first(by_bare, _TIME_NAMES)
    if together is None and hour is None:
        together, date = date, None
    if together is None and (date is None or hour is None):
        return None
    if together is not None:
        _, _, midnight = cells.instant(pl.col(together), zone)
        says_24 = bool(table.frame.select(midnight.any().alias("x")).item())
        column: str = together
    else:
        column = str(hour)
        hours, _ = cells.number(pl.col(column))
        says_24 = table.frame.select(hours.max().alias("x")).item() == 24
    if bare(column) == "hourstart":
        return TimeColumns(column=column, edge="start")
    if says_24:
        findings.append(
            _about(
                table,
                "edge_from_24",
                mark("{column} knows 24:00, so it stamps the end of the hour."),
                Severity.INFO,
                column=column,
            )
        )
        edge_is_end = True
    else:
        findings.append(
            _about(
                table,
                "edge_unknown",
                mark(
                    "Nothing says whether {column} is the start or the end of the hour; the start was taken. Ask."
                ),
                Severity.ERROR,
                column=column,
            )
        )
        edge_is_end = False
    edge: Edge = "end" if edge_is_end else "start"
    if together is not None:
        return TimeColumns(column=together, edge=edge)
    return TimeColumns(date_column=date, hour_column=hour, edge=edge)


def _values(table: Table, by_bare: dict[str, str], findings: list[Finding]) -> dict[str, ValueColumn]:
    values: dict[str, ValueColumn] = {}
    for pollutant in BASIC:
        column = next(
            (
                by_bare[key]
                for name in _POLLUTANT_NAMES[pollutant]
                for key in (name, f"{name}浓度", f"{name}小时浓度", f"{name}小时均值", f"{name}1h")
                if key in by_bare
            ),
            None,
        )
        if column is None:
            continue
        written = table.units.get(column) or split_unit(column)[1]
        unit = known_unit(written)
        if unit is None and written is not None and plain(written) not in {"-", "/", "—", "1"}:
            raise CallerError(
                "{name}: {column} is given in {written!r}, which is not converted here (µg/m³, mg/m³, "
                "ppb, ppm). Convert the file, or write a mapping without this column.",
                name=table.name,
                column=column,
                written=written,
            )
        if unit is None:
            unit = _assumed_unit(table, pollutant, column, findings)
        flags = next(
            (by_bare[bare(column) + word] for word in _FLAG_WORDS if bare(column) + word in by_bare),
            next(
                (by_bare[n + w] for n in _POLLUTANT_NAMES[pollutant] for w in _FLAG_WORDS if n + w in by_bare),
                None,
            ),
        )
        values[pollutant.value] = ValueColumn(column=column, unit=unit, flags=flags)
    return values


def _assumed_unit(table: Table, pollutant: Pollutant, column: str, findings: list[Finding]) -> Unit:
    """Take the lake's own unit, unless carbon monoxide looks a thousand times too large (the rest: too small)."""
    number, _ = cells.number(pl.col(column))
    median = table.frame.select(number.median().alias("m")).item()
    own: Unit = "mg/m³" if pollutant is Pollutant.CO else "µg/m³"
    other: Unit = "µg/m³" if pollutant is Pollutant.CO else "mg/m³"
    strange = median is not None and (median > 50 if pollutant is Pollutant.CO else 0 < median < 0.5)
    unit = other if strange else own
    findings.append(
        _about(
            table,
            "unit_assumed",
            mark("{column} ({pollutant}) says no unit; {unit} was taken, its median is {median}."),
            Severity.WARNING,
            column=column,
            pollutant=NAMES[pollutant].symbol,
            unit=unit,
            median=median,
        )
    )
    return unit


def _about(table: Table, code: str, message: str, severity: Severity, **evidence: str | float | None) -> Finding:
    return Finding(code, table.name, message, severity, evidence=dict(evidence))

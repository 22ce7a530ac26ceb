"""Table files of this room: a year's list of key units, and raw hours of micro-stations."""

from collections.abc import Mapping
from pathlib import Path

import polars as pl

from lantian.desk.intake import read_table
from lantian.loop.sense.centre import Centre
from lantian.loop.sense.register import KeyUnitContent
from lantian.terms.errors import CallerError

_LIST: Mapping[str, tuple[str, ...]] = {
    "code": ("code", "统一社会信用代码", "社会信用代码"),
    "name": ("name", "企业名称", "单位名称", "名称"),
    "county": ("county", "区县", "县区", "所在区县", "行政区划代码"),
    "industry": ("industry", "行业代码", "行业类别代码"),
    "permit": ("permit", "排污许可管理类别", "许可管理类别"),
    "above_scale": ("above_scale", "规模以上", "是否规上"),
    "criteria": ("criteria", "列入理由", "列入条件"),
    "outlets": ("outlets", "排放口编码", "排放口", "联网排放口"),
}
_MICRO: Mapping[str, tuple[str, ...]] = {
    "device": ("device", "设备编码", "站点编码"),
    "channel": ("channel", "污染物", "监测项"),
    "hour_start": ("hour_start", "时间", "监测时间"),
    "raw": ("raw", "原始值", "监测值"),
    "temperature": ("temperature", "气温", "温度"),
    "humidity": ("humidity", "湿度", "相对湿度"),
}
_PERMITS: Mapping[str, str] = {"重点管理": "key", "简化管理": "simplified", "登记管理": "registered"}
_YES = frozenset({"true", "1", "yes", "y", "是"})
_SEPARATORS = "[;；、,，\\s]+"


def read_key_list(centre: Centre, path: Path) -> list[KeyUnitContent]:
    """Read a list of key units; counties may stand by name or adcode, several outlets in one cell.

    Raises
    ------
    CallerError
        The file cannot be read, or has no column of codes, names or counties.
    """
    rows = _named(path, _LIST, needed=("code", "name", "county"))
    counties = {
        name: row.adcode for row in centre.city.counties for name in (row.name_zh, row.name_en, row.adcode)
    }
    found = []
    for row in rows.iter_rows(named=True):
        if not row["code"]:
            continue
        permit = row.get("permit") or ""
        found.append(
            KeyUnitContent(
                code=row["code"],
                name=row["name"] or row["code"],
                county=counties.get(row["county"] or "", row["county"] or ""),
                industry=row.get("industry") or "",
                permit=_PERMITS.get(permit, permit),
                above_scale=(row.get("above_scale") or "").lower() in _YES,
                criteria=_several(row.get("criteria")),
                outlets=_several(row.get("outlets")),
            )
        )
    return found


def read_micro(centre: Centre, path: Path) -> pl.DataFrame:
    """Read raw hours of micro-stations; times without an offset are of the city's clock and start the hour.

    Raises
    ------
    CallerError
        The file cannot be read, lacks a column, or holds a time or number that is none.
    """
    rows = _named(path, _MICRO, needed=("device", "channel", "hour_start", "raw"))
    numbers = [name for name in ("raw", "temperature", "humidity") if name in rows.columns]
    typed = rows.with_columns(
        pl.col("hour_start")
        .str.to_datetime(strict=False, time_unit="us")
        .dt.replace_time_zone(centre.city.zone.key),
        *(pl.col(name).cast(pl.Float64, strict=False) for name in numbers),
    )
    for name in ("hour_start", *numbers):
        lost = rows.filter(rows.get_column(name).is_not_null() & typed.get_column(name).is_null())
        if not lost.is_empty():
            raise CallerError(
                "{path}: {value!r} in {column} is no time or number, in {count} rows. Mend the file and bring it "
                "again.",
                path=path.name,
                value=lost.get_column(name)[0],
                column=name,
                count=lost.height,
            )
    return typed


def _named(path: Path, names: Mapping[str, tuple[str, ...]], *, needed: tuple[str, ...]) -> pl.DataFrame:
    """Read a file and give its columns their names here; what is not known is left out."""
    table = read_table(path)
    held = {column.strip().lower(): column for column in table.columns}
    found = {
        name: held[alias.lower()]
        for name, aliases in names.items()
        for alias in aliases[::-1]
        if alias.lower() in held
    }
    if lacking := [name for name in needed if name not in found]:
        raise CallerError(
            "{path} has no column for {lacking}; it has: {columns}. Name them {aliases}.",
            path=path.name,
            lacking=", ".join(lacking),
            columns=", ".join(table.columns),
            aliases=", ".join(names[name][-1] for name in lacking),
        )
    return table.frame.select(pl.col(column).str.strip_chars().alias(name) for name, column in found.items())


def _several(cell: str | None) -> tuple[str, ...]:
    if not cell:
        return ()
    parts = pl.Series([cell]).str.replace_all(_SEPARATORS, ";").str.split(";")[0]
    return tuple(part for part in parts if part)

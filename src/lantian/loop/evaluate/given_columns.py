"""Which column of a table that somebody gave is which pollutant, and in which unit?"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from lantian.desk.intake import cells
from lantian.desk.intake.guessing import bare, known_unit
from lantian.desk.intake.headers import split_unit
from lantian.desk.language import mark
from lantian.rules import AqiRule
from lantian.terms.errors import CallerError
from lantian.terms.findings import Finding, Severity
from lantian.terms.pollutants import BASIC, NAMES, Pollutant

TIME_NAMES: tuple[str, ...] = (
    *("time", "hour_start", "legal_day", "timepoint", "datetime", "date_time", "timestamp", "monitortime"),
    *("监测时间", "时间", "日期时间", "数据时间", "发布时间", "date", "day", "日期", "监测日期", "年月日"),
)
"""Names of a column of time, the surest first; compared without case, blanks and signs."""
_HOUR_NAMES = ("hour", "小时", "时次", "监测小时")
_OF_HOUR = ("", "1h", "浓度", "小时浓度", "小时均值", "1小时", "1小时平均", "1小时平均浓度")
_OF_DAY = ("", "24h", "浓度", "日均", "日均值", "日均浓度", "日平均", "24小时", "24小时平均", "24小时平均浓度")
_HIGHEST_8H = (
    "8h",
    "mda8",
    "mda8h",
    "8hmax",
    "max8h",
    "8h日最大",
    "8小时",
    "日最大8小时",
    "日最大8小时平均",
    "最大8小时",
)
_HIGHEST_1H = ("1h", "max1h", "1hmax", "max", "1小时", "日最大1小时", "日最大1小时平均", "最大1小时")
_RUNNING_8H = ("8h", "8小时", "8小时滑动平均", "8小时平均")
_RUNNING_24H = ("24h", "24小时", "24小时滑动平均", "24小时平均")
_SUFFIXES: dict[str, tuple[str, ...]] = {
    "mean_1h": _OF_HOUR,
    "mean_24h": _OF_DAY,
    "max_8h": (*_HIGHEST_8H, *_OF_HOUR),
    "max_1h": (*_HIGHEST_1H, ""),
    "running_8h": _RUNNING_8H,
    "running_24h": _RUNNING_24H,
}
"""What may follow the pollutant's name, per statistic of an indicator, the surest first."""
_MICROGRAMS_OF_CO = 50.0
"""A median of CO above this is no mg/m³: nowhere is the air so bad for long. [mg m-3]"""
_MASS = {"µg/m³": -6, "mg/m³": -3}
_PARTS = {"ppb": -9, "ppm": -6}


@dataclass(frozen=True, slots=True)
class Given:
    """Columns of pollutants by what they mean."""

    values: Mapping[str, str]
    """Indicator key → column."""
    factors: Mapping[str, float]
    """Indicator key → power of ten to the unit of the rule, where the header names another."""


def find_time(columns: Sequence[str], named: Mapping[str, str] | None = None) -> tuple[str | None, bool]:
    """Find the column of time, and whether the hour stands beside it in a column of its own.

    Examples
    --------
    >>> find_time(["SO2", "日期", "小时"]), find_time(["a", "Time"]), find_time(["a"])
    (('日期', True), ('Time', False), (None, False))
    """
    by_bare = _by_bare(columns)
    time = (named or {}).get("time") or _first(by_bare, [bare(name) for name in TIME_NAMES])
    return time, time is not None and _first(by_bare, _HOUR_NAMES) not in (None, time)


def find_columns(
    columns: Sequence[str],
    units: Mapping[str, str],
    rules: Sequence[AqiRule],
    named: Mapping[str, str] | None = None,
) -> Given:
    """Find the pollutants of some editions among the columns of a table.

    Parameters
    ----------
    columns : sequence of str
        Names as the file has them.
    units : mapping of str to str
        Column → unit in its header, where it has one.
    rules : sequence of AqiRule
        Editions that may judge the rows.
    named : mapping of str to str, optional
        ``time`` or an indicator key → column, as the caller says.

    Raises
    ------
    CallerError
        When a named column is absent, a unit cannot be used, or nothing is there to judge.
    """
    indicators = {row.key: row for rule in rules for row in rule.indicators}
    said = dict(named or {})
    _check_named(said, columns, indicators)
    by_bare = _by_bare(columns)
    keys = {bare(key) for key in indicators}
    values: dict[str, str] = {}
    for key, row in indicators.items():
        words = [name + suffix for suffix in _SUFFIXES[row.statistic] for name in _names(row.pollutant)]
        others = keys - {bare(key)}
        sure = [bare(key)] if row.statistic != "max_8h" else []
        found = said.get(key) or _first(by_bare, [*sure, *(word for word in words if word not in others)])
        if found is not None and found not in values.values():
            values[key] = found
    if not values:
        raise CallerError(
            "no column of a pollutant among {columns}; name them {indicators}, or say which is which "
            "with --column pm25=NAME",
            columns=", ".join(columns[:15]),
            indicators=", ".join(indicators),
        )
    factors = {
        key: factor
        for key, column in values.items()
        if (factor := _factor(column, units.get(column), indicators[key].unit)) != 1.0
    }
    return Given(values, factors)


def doubts_of_columns(
    table: pl.DataFrame, given: Given, units: Mapping[str, str], name: str
) -> tuple[Finding, ...]:
    """Look whether columns hold what their names say: CO in mg/m³, ozone labels that the national feed crosses."""
    found: list[Finding] = []
    co = given.values.get("co")
    if co is not None and "co" not in given.factors and _unit_of(co, units.get(co)) is None:
        median = table.select(cells.number(pl.col(co))[0].median()).item()
        if median is not None and median > _MICROGRAMS_OF_CO:
            found.append(
                Finding(
                    "unit_of_co",
                    name,
                    mark(
                        "{column}: the median is {median}, which looks like µg/m³ and was read as mg/m³; "
                        "write the unit into the header, for instance CO(µg/m³)."
                    ),
                    Severity.WARNING,
                    evidence={"column": co, "median": float(median)},
                )
            )
    hour, day = given.values.get("o3"), _by_bare(table.columns).get("o324h")
    if hour is not None and day is not None and bare(hour) == "o3":
        both = table.select(a=cells.number(pl.col(hour))[0], b=cells.number(pl.col(day))[0]).drop_nulls()
        above, below = (both["a"] > both["b"]).sum(), (both["a"] < both["b"]).sum()
        if above and not below:
            found.append(
                Finding(
                    "ozone_labels_crossed",
                    name,
                    mark(
                        "{hour} is never below {day}: the labels are crossed as in the national feed, and {day} "
                        "holds the hour; ask again with --column o3={day}."
                    ),
                    Severity.ERROR,
                    evidence={"hour": hour, "day": day, "rows": both.height},
                )
            )
    return tuple(found)


def _check_named(named: Mapping[str, str], columns: Sequence[str], indicators: Iterable[str]) -> None:
    known = ("time", *indicators)
    for key, column in named.items():
        if key not in known:
            raise CallerError(
                "{key!r} is nothing that is judged here; name one of {known}",
                key=key,
                known=", ".join(known),
            )
        if column not in columns:
            raise CallerError(
                "there is no column {column!r}; the table has {columns}",
                column=column,
                columns=", ".join(map(repr, columns[:20])),
            )


def _names(pollutant: Pollutant) -> tuple[str, ...]:
    """Names of a pollutant as columns write them, bare."""
    chinese = NAMES[pollutant].chinese
    doubled = (f"颗粒物{pollutant}", f"{chinese}{pollutant}") if pollutant in (BASIC[4], BASIC[5]) else ()
    return (pollutant.value, chinese, *doubled)


def _by_bare(columns: Iterable[str]) -> dict[str, str]:
    by_bare: dict[str, str] = {}
    for column in columns:
        by_bare.setdefault(bare(column), column)
    return by_bare


def _first(by_bare: Mapping[str, str], names: Iterable[str]) -> str | None:
    return next((by_bare[name] for name in names if name in by_bare), None)


def _unit_of(column: str, unit: str | None) -> str | None:
    return known_unit(unit or split_unit(column)[1])


def _factor(column: str, unit: str | None, wanted: str) -> float:
    """Power of ten from the unit in the header to that of the rule."""
    known = _unit_of(column, unit)
    if known is None or known == wanted:
        return 1.0
    for family in (_MASS, _PARTS):
        if known in family and wanted in family:
            return float(10.0 ** (family[known] - family[wanted]))
    raise CallerError(
        "column {column!r} is in {known}, the edition wants {wanted}; between them stand a "
        "temperature and a pressure. Convert the column first, or import the file with a mapping "
        "(lantian import)",
        column=column,
        known=known,
        wanted=wanted,
    )

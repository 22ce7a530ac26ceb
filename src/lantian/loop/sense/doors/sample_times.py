"""When the samples of a table file begin, and how long they are."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

import polars as pl

from lantian.desk.intake import ROW, Table, cells
from lantian.desk.intake.applying import date_and_hour
from lantian.desk.intake.guessing import bare
from lantian.loop.sense.doors.labels import Label
from lantian.terms.errors import CallerError
from lantian.terms.findings import Finding, Severity
from lantian.terms.words import mark

STARTS = (
    "hourstart",
    "starttime",
    "start",
    "begin",
    "begintime",
    "datetimestart",
    "开始时间",
    "采样开始时间",
    "起始时间",
)
ENDS = ("endtime", "end", "stop", "stoptime", "datetimeend", "结束时间", "采样结束时间", "终止时间")
TIMES = ("time", "datetime", "timestamp", "timepoint", "date", "day", "sampletime", "sampledate", "samplingdate")
TIMES_ZH = ("时间", "监测时间", "日期时间", "数据时间", "采样时间", "采样日期", "监测日期", "日期")
HOURS = ("hour", "小时", "时", "时次")
PERIODS = ("periodhours", "period", "durationhours", "duration", "采样时长", "时长")
_SLASHED = r"^\s*(\d{1,2})/(\d{1,2})/(\d{4})(?:\s|$)"
_UP_TO_DAYS = 31


@dataclass(frozen=True, slots=True)
class Times:
    """Start of each row's sample."""

    frame: pl.DataFrame
    """`ROW`, ``start`` (in the city's zone), ``hours`` (null: not said), ``reason``, ``time_text``."""
    columns: frozenset[str]
    """Columns of the file that were used."""
    stamps_end: bool = False
    """Whether ``start`` still holds the end of the sample, whose length the reader knows later."""
    findings: tuple[Finding, ...] = field(default=())


def read_times(table: Table, label: Label, zone: ZoneInfo) -> Times:
    """Read the times of a table; without any word on the edge they are taken as starts, with a finding.

    Raises
    ------
    CallerError
        There is no column of times, or days and months cannot be told apart.
    """
    by_bare: dict[str, str] = {}
    for column in table.columns:
        by_bare.setdefault(bare(column), column)
    begin, end = _first(by_bare, STARTS), _first(by_bare, ENDS)
    neutral, hour = _neutral(table, by_bare)
    length = _first(by_bare, PERIODS)
    findings: list[Finding] = []
    used = [column for column in (begin, end, length) if column is not None]
    if begin is not None:
        start, reason, text, _ = _instants(table, begin, None, zone, findings)
        hours = _hours_until(table, end, start, zone, findings) if end is not None else pl.lit(None, pl.Int64)
        stamps_end = False
    elif end is not None:
        start, reason, text, _ = _instants(table, end, None, zone, findings)
        hours, stamps_end = pl.lit(None, pl.Int64), True
    elif neutral is not None:
        start, reason, text, says_24 = _instants(table, neutral, hour, zone, findings)
        used += [column for column in (neutral, hour) if column is not None]
        hours, stamps_end = pl.lit(None, pl.Int64), _is_end(table, label, neutral, says_24, findings)
    else:
        raise CallerError(
            "{name} has no column of times among {columns}. Name one hour_start (采样开始时间), or time (时间) "
            "and say edge = start or edge = end above the header.",
            name=table.name,
            columns=", ".join(table.columns[:12]),
        )
    said = pl.lit(label.hours, pl.Int64)
    if length is not None:
        number, _ = cells.number(pl.col(length))
        whole = pl.when((number == number.round(0)) & number.is_between(1, 24 * _UP_TO_DAYS)).then(number)
        said = pl.coalesce(whole.cast(pl.Int64), said)
    frame = table.frame.select(
        ROW,
        start.alias("start"),
        pl.coalesce(said, hours).alias("hours"),
        reason.alias("reason"),
        text.alias("time_text"),
    )
    return Times(frame, frozenset(used), stamps_end, tuple(findings))


def is_time(heading: str) -> bool:
    """Whether a heading, stripped by `bare`, is one of a time."""
    return heading in {*STARTS, *ENDS, *TIMES, *TIMES_ZH}


def _first(by_bare: Mapping[str, str], names: tuple[str, ...]) -> str | None:
    return next((by_bare[name] for name in names if name in by_bare), None)


def _neutral(table: Table, by_bare: Mapping[str, str]) -> tuple[str | None, str | None]:
    """Column of times that say no edge, and the column of the hour beside it where the two stand apart."""
    day = _first(by_bare, ("date", "day", "日期", "监测日期", "采样日期"))
    clock = _first(by_bare, ("time", "时间", *HOURS))
    if day is not None and clock is not None:
        texts = table.frame.get_column(clock).drop_nulls()
        if texts.is_empty() or not texts.str.contains(r"^\s*\d{4}\D").any():
            return day, clock
    return _first(by_bare, (*TIMES, *TIMES_ZH)), None


def _instants(
    table: Table, column: str, hour: str | None, zone: ZoneInfo, findings: list[Finding]
) -> tuple[pl.Expr, pl.Expr, pl.Expr, bool]:
    """Instant, reason where there is none, text as it stood, and whether some stamp says 24:00."""
    pattern = _slashed_pattern(table, column, findings)
    text = pl.col(column)
    if hour is not None:
        found, reason, midnight = date_and_hour(column, hour, zone, _dates_only(pattern))
        text = pl.concat_str([pl.col(column), pl.col(hour)], separator=" ", ignore_nulls=True)
    else:
        found, reason, midnight = cells.instant(pl.col(column), zone, pattern)
    if pattern is not None and hour is None:
        day_alone, _, _ = cells.instant(pl.col(column), zone, _dates_only(pattern))
        found = pl.coalesce(found, day_alone)
        reason = pl.when(found.is_null()).then(reason)
    says_24 = bool(table.frame.select(midnight.any().alias("x")).item())
    return found, reason, text, says_24


def _dates_only(pattern: str | None) -> str | None:
    return None if pattern is None else pattern.removesuffix(" %H:%M")


def _slashed_pattern(table: Table, column: str, findings: list[Finding]) -> str | None:
    """Tell month/day/year from day/month/year, which is what spreadsheets of other countries write."""
    parts = table.frame.select(pl.col(column).str.extract_groups(_SLASHED).alias("g")).to_series().struct.unnest()
    seen = parts.drop_nulls().cast(pl.Int64)
    if seen.is_empty():
        return None
    first, second = seen.to_series(0).max(), seen.to_series(1).max()
    if not isinstance(first, int) or not isinstance(second, int):
        return None
    if (first > 12) == (second > 12):
        raise CallerError(
            "{name}: {column} writes days as {example}, and nothing tells the month from the day. Write them as "
            "2026-03-01.",
            name=table.name,
            column=column,
            example=table.frame.get_column(column).drop_nulls()[0],
        )
    month_first = second > 12
    findings.append(
        Finding(
            "date_form_assumed",
            table.name,
            mark("{column} is read as {form}: no other reading fits every row."),
            Severity.INFO,
            evidence={"column": column, "form": "month/day/year" if month_first else "day/month/year"},
        )
    )
    return "%m/%d/%Y %H:%M" if month_first else "%d/%m/%Y %H:%M"


def _hours_until(table: Table, end: str, start: pl.Expr, zone: ZoneInfo, findings: list[Finding]) -> pl.Expr:
    stop, _, _, _ = _instants(table, end, None, zone, findings)
    minutes = (stop - start).dt.total_minutes()
    return pl.when((minutes > 0) & (minutes % 60 == 0) & (minutes <= 60 * 24 * _UP_TO_DAYS)).then(minutes // 60)


def _is_end(table: Table, label: Label, column: str, says_24: bool, findings: list[Finding]) -> bool:
    if label.edge is not None:
        return label.edge == "end"
    if says_24:
        findings.append(
            Finding(
                "edge_from_24",
                table.name,
                mark("{column} knows 24:00, so it stamps the end of the sample."),
                Severity.INFO,
                evidence={"column": column},
            )
        )
        return True
    findings.append(
        Finding(
            "edge_unknown",
            table.name,
            mark("Nothing says whether {column} is the start or the end of the sample; the start was taken. Ask."),
            Severity.ERROR,
            evidence={"column": column},
        )
    )
    return False

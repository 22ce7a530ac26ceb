"""Files of readings from outlets: which heading means what, when a period begins, whether it is simulated."""

from collections.abc import Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import polars as pl

from lantian.desk.intake import ROW, Table, cells
from lantian.desk.intake.guessing import bare
from lantian.loop.sense.doors.peeking import forms
from lantian.loop.sense.doors.records import Given
from lantian.terms.errors import CallerError

PLACES: Mapping[str, tuple[str, ...]] = {
    "outlet": ("outlet", "排放口", "排放口编码", "排口编码", "排口", "监控点编码", "点位编码", "监测点编码"),
    "mn": ("mn", "设备唯一标识", "数采仪编码", "数采仪mn", "数采仪mn号", "mn号", "设备mn"),
}
_START = (
    *("period_start", "hour_start", "start", "start_time", "time_start", "开始时间", "起始时间", "周期起始时刻"),
    *("监测时间起始", "监测时间起", "时间起始", "时间起", "监测开始时间"),
)
_END = ("end", "end_time", "time_end", "hour_end", "结束时间", "终止时间", "监测时间止", "时间止", "监测结束时间")
_TIME = ("time", "datetime", "date_time", "时间", "监测时间", "数据时间", "日期时间", "采集时间", "小时时间")
WHEN: Mapping[str, tuple[str, ...]] = {
    "start": _START,
    "end": _END,
    "time": _TIME,
    "period": ("period", "周期", "数据周期", "数据类型", "时间类型"),
    "simulated": ("simulated", "模拟", "是否模拟", "是否为模拟数据"),
}
READINGS: Mapping[str, tuple[str, ...]] = {
    "factor": ("factor", "因子", "因子编码", "监测因子", "监测因子编码", "污染物", "污染物编码", "监测项目"),
    "value": (
        "value",
        "值",
        "监测值",
        "数值",
        "浓度",
        "实测值",
        "实测浓度",
        "平均值",
        "均值",
        "小时均值",
        "实时值",
    ),
    "minimum": ("minimum", "min", "最小值"),
    "maximum": ("maximum", "max", "最大值"),
    "converted": ("converted", "折算值", "折算浓度", "折算均值", "折算"),
    "converted_minimum": ("converted_minimum", "折算最小值"),
    "converted_maximum": ("converted_maximum", "折算最大值"),
    "amount": ("amount", "cou", "累计量", "排放量", "累计排放量"),
    "unit": ("unit", "单位", "数据单位", "浓度单位"),
    "amount_unit": ("amount_unit", "累计量单位", "排放量单位"),
    "flag": ("flag", "数据标记", "标记", "数据标识", "标识"),
    "mark": ("mark", "eflag", "设备标志", "工况标记"),
}
POWER: Mapping[str, tuple[str, ...]] = {
    "point": ("point", "监测点", "用电点位", "因子", "监测因子", "电表编码", "设施编码", "参数编码"),
    "value": ("value", "值", "数值", "监测值", "读数", "实时值", "均值"),
    "content": ("content", "内容", "状态", "工况"),
    "unit": ("unit", "单位", "数据单位"),
    "flag": ("flag", "数据标记", "标记", "数据标识", "标识"),
}
_PERIODS: Mapping[str, tuple[str, ...]] = {
    "realtime": ("realtime", "实时", "实时数据", "2011"),
    "five_minutes": ("five_minutes", "5分钟", "五分钟", "2111"),
    "minute": ("minute", "分钟", "分钟数据", "2051"),
    "hour": ("hour", "小时", "小时数据", "时", "2061"),
    "day": ("day", "日", "日数据", "天", "2031"),
}
_MINUTES: Mapping[str, int] = {"five_minutes": 5, "hour": 60, "day": 1440}
"""Length of a period; of ``minute`` it is the device's own. [min]"""
_YES = ("true", "1", "yes", "y", "是", "模拟")
_BARE_DATE = r"^\d{4}\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}\s*日?$|^\d{8}$"


def matched(columns: frozenset[str], names: Mapping[str, tuple[str, ...]]) -> frozenset[str]:
    """Targets that have a column among bare names of columns."""
    return frozenset(target for target, aliases in names.items() if any(bare(each) in columns for each in aliases))


def columns_in(table: Table, names: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    """Target → column of the file; the first alias that stands in it wins."""
    held: dict[str, str] = {}
    for column in table.columns:
        for form in forms(column):
            held.setdefault(form, column)
    found = {
        target: next((held[bare(alias)] for alias in aliases if bare(alias) in held), None)
        for target, aliases in names.items()
    }
    return {target: column for target, column in found.items() if column is not None}


@dataclass(frozen=True, slots=True)
class When:
    """How the time of a row is read."""

    column: str
    edge: str | None
    """None: nothing says it, and only moments do not need it."""
    period_column: str | None
    period: str | None
    """Of every row, where no column says it."""


def when_of(table: Table, columns: Mapping[str, str], given: Given) -> When:
    """Find out where the time stands, whose period it is, and which edge of it.

    Raises
    ------
    CallerError
        There is no time or period.
    """
    name, column = next(((name, columns[name]) for name in ("start", "end", "time") if name in columns), ("", ""))
    if not column:
        raise CallerError(
            "{name} has no column of times; it has {columns}. Call it period_start (开始时间) or end_time "
            "(结束时间).",
            name=table.name,
            columns=", ".join(table.columns[:20]),
        )
    period = given.options.get("period") or ("hour" if bare(column).startswith(("hour", "小时")) else None)
    if "period" not in columns and period is None:
        raise CallerError(
            "{name} does not say whether its values are moments, minutes, hours or days. Give it a column period "
            "(数据周期), or say period=hour beside it.",
            name=table.name,
        )
    edge = name if name in {"start", "end"} else given.options.get("edge")
    return When(column, edge, columns.get("period"), period)


def period_text(when: When) -> tuple[pl.Expr, pl.Expr]:
    """Period of each row, and the reason where it is none."""
    if when.period_column is None:
        return pl.lit(when.period), pl.lit(None, pl.String)
    words = {word: period for period, known in _PERIODS.items() for word in known}
    said = cells.clean(pl.col(when.period_column)).str.to_lowercase()
    found = said.replace_strict(words, default=None, return_dtype=pl.String)
    return found, pl.when(found.is_null()).then(pl.lit("unknown_value"))


def timed(table: Table, frame: pl.DataFrame, when: When, zone: ZoneInfo) -> pl.DataFrame:
    """Add `period_start` and `_time_reason` to rows that have `period` and `minutes` (of the device's interval).

    Raises
    ------
    CallerError
        Nothing says which edge of the period a stamp is, or a stamp says 24:00 where it should be the start.
    """
    found, reason, midnight = cells.instant(pl.col("_time"), zone)
    times = frame.join(table.frame.select(ROW, pl.col(when.column).alias("_time")), on=ROW, how="left")
    times = times.with_columns(found.alias("_found"), reason.alias("_time_reason"), midnight.alias("_says_24"))
    whole_day = (pl.col("period") == "day") & cells.clean(pl.col("_time")).str.contains(_BARE_DATE)
    lasting = times.filter((pl.col("period") != "realtime") & ~whole_day)
    edge = when.edge
    if edge is None and not lasting.is_empty():
        if not lasting["_says_24"].fill_null(value=False).any():
            raise CallerError(
                "{name}: nothing in it says whether {column} is the start or the end of the averaging time. One "
                "hour of error moves data to another legal day, so nothing was taken. Call the column "
                "period_start (开始时间) or end_time (结束时间), or say edge=start or edge=end beside it.",
                name=table.name,
                column=when.column,
            )
        edge = "end"
    if edge == "start" and (count := int(lasting["_says_24"].fill_null(value=False).sum())):
        raise CallerError(
            "{name}: {count} of its stamps say 24:00, which only the end of an hour can be, but they are said to "
            "be the start. Nothing was taken; ask who made the file.",
            name=table.name,
            count=count,
        )
    length = pl.col("period").replace_strict(_MINUTES, default=None, return_dtype=pl.Int64)
    length = pl.when(pl.col("period") == "minute").then(pl.col("minutes")).otherwise(length)
    moved = pl.col("_found") - pl.duration(minutes=length.fill_null(0))
    ends = (pl.lit(edge == "end")) & (pl.col("period") != "realtime") & ~whole_day
    times = times.with_columns(period_start=pl.when(ends).then(moved).otherwise(pl.col("_found")))
    start = pl.col("period_start")
    off_hour = (pl.col("period") == "hour") & (start != start.dt.truncate("1h"))
    off_day = (pl.col("period") == "day") & (start.dt.time() != pl.time(0))
    reason = (
        pl.when(pl.col("_time_reason").is_not_null())
        .then(pl.col("_time_reason"))
        .when(off_hour)
        .then(pl.lit("not_on_the_hour"))
        .when(off_day)
        .then(pl.lit("not_at_midnight"))
    )
    return times.with_columns(_time_reason=reason).drop("_found", "_says_24")


def refuse_other_world(table: Table, columns: Mapping[str, str], given: Given, *, simulated: bool) -> None:
    """Refuse a measured file in a simulated workspace, and a simulated one among measurements.

    Raises
    ------
    CallerError
        With how many rows are of the other kind.
    """
    column = columns.get("simulated")
    if column is None:
        said = pl.Series([given.simulated is True] * table.frame.height, dtype=pl.Boolean)
    else:
        words = cells.clean(pl.col(column)).str.to_lowercase()
        said = table.frame.select(words.is_in(_YES).fill_null(value=False)).to_series()
    strange = int((said != simulated).sum())
    if not strange:
        return
    if simulated:
        raise CallerError(
            "{name}: {count} rows do not say that they are simulated, and this workspace holds simulated data for "
            "ever; the two never mix. Give the file a column simulated, or use a workspace for real data.",
            name=table.name,
            count=strange,
        )
    raise CallerError(
        "{name}: {count} rows say that they are simulated, and this workspace holds real data for ever; the two "
        "never mix. Use a workspace for simulated data.",
        name=table.name,
        count=strange,
    )

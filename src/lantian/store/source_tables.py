"""The fact tables of instruments at sources: stacks, discharges, power meters, working conditions."""

import polars as pl

from lantian.store.columns import TIMESTAMP, Column, Table


def _text(name: str, meaning: str, meaning_zh: str, *, key: bool = False, values: tuple[str, ...] = ()) -> Column:
    return Column(name, pl.String(), "1", meaning, meaning_zh, nullable=not key, values=values)


def _value(name: str, unit: str, meaning: str, meaning_zh: str) -> Column:
    return Column(name, pl.Float64(), unit, meaning, meaning_zh)


PERIODS = ("realtime", "five_minutes", "minute", "hour", "day", "cycle", "single")
"""What a reading stands for; a moment, a mean from `period_start` on, or one run of an instrument."""

_OUTLET = _text("outlet", "Code of the outlet, or of the station", "排放口（点位）编码", key=True)
_PERIOD = _text(
    "period",
    "realtime: a moment; minute: of the logger's own interval; hour; day; five_minutes: furnace temperature; "
    "cycle: one run of a periodic analyser; single: one measurement of noise",
    "数据周期：实时、分钟、小时、日、5分钟（炉膛温度）、周期分析、单次噪声测量",
    key=True,
    values=PERIODS,
)
_START = Column(
    "period_start",
    TIMESTAMP,
    "instant",
    "Start of the averaging time; of a real-time value its moment",
    "周期起始时刻；实时数据为采样时刻",
    nullable=False,
)
_SENT = (
    _text("mn", "Code of the device that sent it (MN)", "设备唯一标识"),
    _text("system", "System code of the frame (ST)", "系统编码"),
    Column(
        "late", pl.Boolean(), "1", "Whether the device marked it as sent late (RF=1)", "是否为补传数据（RF=1）"
    ),
    _text("qn", "Number of the exchange that brought it (QN)", "请求编码"),
    Column("received_at", TIMESTAMP, "UTC instant", "When its frame was received", "报文接收时刻"),
    _text("origin", "Place of its frame in the journal: segment and byte", "原始报文在日志中的位置"),
    Column("simulated", pl.Boolean(), "1", "Whether it was made by the twin", "是否为模拟数据", nullable=False),
)
_PROVENANCE = ("late", "qn", "received_at", "origin")

SOURCE_READINGS = Table(
    name="source_readings",
    title="Readings of automatic monitoring at outlets and stations, as they were sent",
    title_zh="自动监测数据（污染源及点位，原始上传值）",
    columns=(
        _OUTLET,
        _text("factor", "Factor code; of an old device the code of 2017 for its own", "监测因子编码", key=True),
        _PERIOD,
        _START,
        _value("value", "unit of the row", "Value at the moment, or mean of the period", "实时值或均值"),
        _value("minimum", "unit of the row", "Least value of the period", "最小值"),
        _value("maximum", "unit of the row", "Greatest value of the period", "最大值"),
        _value("converted", "unit of the row", "Value at reference oxygen as the logger computed it", "折算值"),
        _value("converted_minimum", "unit of the row", "Least value at reference oxygen", "折算最小值"),
        _value("converted_maximum", "unit of the row", "Greatest value at reference oxygen", "折算最大值"),
        _value("amount", "amount_unit of the row", "Amount in the period", "累计量（排放量）"),
        _text("unit", "Unit of the values: of the point, else of the standard", "数据单位"),
        _text("amount_unit", "Unit of the amount", "累计量单位"),
        _text("flag", "Data flag as sent (N normal, …); null where none was sent", "数据标记"),
        _text("mark", "Vendor's flag as sent (EFlag): in some trades the condition mark", "设备标志（工况标记）"),
        Column("sampled_at", TIMESTAMP, "instant", "When the sample was taken, where it was said", "采样时刻"),
        *_SENT,
    ),
    key=("outlet", "factor", "period", "period_start"),
    instant="period_start",
    partition="legal_day",
    sort=("outlet", "factor", "period", "period_start"),
    hourly=False,
    provenance=_PROVENANCE,
)
"""One row per outlet, factor, period and start (自动监测数据); nothing is judged or recomputed here."""

POWER_READINGS = Table(
    name="power_readings",
    title="Power use, key working conditions and states of treatment facilities, as they were sent",
    title_zh="用电、关键工况与治理设施运行数据",
    columns=(
        _OUTLET,
        _text("point", "Code of the meter, the condition or the facility", "监测点（因子）编码", key=True),
        _PERIOD,
        _START,
        _value("value", "unit of the row", "Value where it is a number", "数值"),
        _text(
            "content", "Value as sent where it is no number: a condition mark such as St", "非数值内容（工况标记）"
        ),
        _text("unit", "Unit of the value, where the registration of the point names one", "数据单位"),
        _text("flag", "Data flag as sent", "数据标记"),
        *_SENT,
    ),
    key=("outlet", "point", "period", "period_start"),
    instant="period_start",
    partition="legal_day",
    sort=("outlet", "point", "period", "period_start"),
    hourly=False,
    provenance=_PROVENANCE,
)
"""One row per outlet, point, period and start (用电与工况数据)."""

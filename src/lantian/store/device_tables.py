"""The fact table of what instruments tell beside their values: restarts, checks, alarms, settings, logs."""

import polars as pl

from lantian.store.columns import TIMESTAMP, Column, Table

EVENTS = ("restart", "standard_check", "analysis", "sample_kept", "alarm", "information", "setting", "identity")
"""What a device can tell."""


def _text(name: str, meaning: str, meaning_zh: str, *, key: bool = False, values: tuple[str, ...] = ()) -> Column:
    return Column(name, pl.String(), "1", meaning, meaning_zh, nullable=not key, values=values)


DEVICE_EVENTS = Table(
    name="device_events",
    title="What instruments tell beside their values: restarts, checks with standards, alarms, settings, logs",
    title_zh="自动监测设备事件（开机、标样核查、报警、参数与日志）",
    columns=(
        _text("outlet", "Code of the outlet, or of the station", "排放口（点位）编码", key=True),
        _text(
            "event",
            "restart: of the logger (2081); standard_check (2062); analysis: a run of a periodic analyser (2013); "
            "sample_kept (3015); alarm (2071, 2072); information: state, parameter or log (3020); setting: of "
            "sampling (3017, 3018); identity: of an analyser (3019)",
            "事件类型：开机、标样核查、周期分析、超标留样、报警、现场端信息、采样设置、设备标识",
            key=True,
            values=EVENTS,
        ),
        _text(
            "point", "Factor code it concerns; empty: the logger itself", "监测因子编码（空为数采仪）", key=True
        ),
        _text("item", "Code or name of the field, where one event has several", "信息编码或字段名", key=True),
        Column(
            "happened_at",
            TIMESTAMP,
            "instant",
            "When, by the clock of the device; of an answer without a time when it was sent",
            "事件时刻",
            nullable=False,
        ),
        Column("value", pl.Float64(), "unit of the row", "What was read, where it is a number", "数值"),
        Column(
            "reference", pl.Float64(), "unit of the row", "Value of the standard that was checked with", "标准值"
        ),
        Column("passed", pl.Boolean(), "1", "Whether a check was passed, as the device says", "核查是否合格"),
        _text("content", "As it was sent, where it is no number", "文本内容"),
        _text("unit", "Unit: of the point, else of the standard", "单位"),
        _text("flag", "Data flag as sent", "数据标记"),
        Column("ended_at", TIMESTAMP, "instant", "When an analysis was complete", "分析完成时刻"),
        _text("mn", "Code of the device that sent it (MN)", "设备唯一标识"),
        _text("system", "System code of the frame (ST)", "系统编码"),
        Column("late", pl.Boolean(), "1", "Whether it was marked as sent late (RF=1)", "是否为补传数据（RF=1）"),
        _text("qn", "Number of the exchange that brought it (QN)", "请求编码"),
        Column("received_at", TIMESTAMP, "UTC instant", "When its frame was received", "报文接收时刻"),
        _text("origin", "Place of its frame in the journal: segment and byte", "原始报文在日志中的位置"),
        Column(
            "simulated", pl.Boolean(), "1", "Whether it was made by the twin", "是否为模拟数据", nullable=False
        ),
    ),
    key=("outlet", "event", "point", "item", "happened_at"),
    instant="happened_at",
    partition="legal_day",
    sort=("outlet", "event", "happened_at", "point", "item"),
    hourly=False,
    provenance=("late", "qn", "received_at", "origin"),
)
"""One row per outlet, event, point, item and moment (设备事件); nothing is judged."""

"""The tables of data quality: what looks doubtful, what micro-stations sent, what it is worth calibrated."""

import polars as pl

from lantian.loop.sense.emission_tables import EMISSION_TABLES
from lantian.store.columns import TIMESTAMP, Column, Table

_HOUR = Column("hour_start", TIMESTAMP, "instant", "Start of the hour", "小时起始时刻", nullable=False)
_SIMULATED = Column(
    "simulated", pl.Boolean(), "1", "Whether it was made by the twin", "是否为模拟数据", nullable=False
)


def _text(name: str, meaning: str, meaning_zh: str, *, nullable: bool = False) -> Column:
    return Column(name, pl.String(), "1", meaning, meaning_zh, nullable=nullable)


QUALITY_FINDINGS = Table(
    name="quality_findings",
    title="Hours that look doubtful, with evidence and the innocent explanation",
    title_zh="疑似异常数据清单",
    columns=(
        _text("kind", "station or outlet", "对象类别：站点、排放口"),
        _text("place", "Code of the station or the outlet", "站点或排放口编码"),
        _text("channel", "Pollutant or factor; empty where the clock is meant", "污染物或监测因子"),
        _text("code", "Which check found it", "检查项代码"),
        Column("hour_start", TIMESTAMP, "instant", "First doubtful hour", "疑似异常起始小时", nullable=False),
        Column("last_hour", TIMESTAMP, "instant", "Last doubtful hour", "疑似异常结束小时"),
        _text("severity", "info, warning or error", "程度：提示、警告、错误", nullable=True),
        _text("message", "What was seen; an English message id", "发现内容（消息标识）", nullable=True),
        _text("evidence", "Figures of the finding as JSON", "证据数据（JSON）", nullable=True),
        _text(
            "explanation",
            "What would make the value right after all; a message id",
            "可能的正常原因",
            nullable=True,
        ),
        Column("withdrawn", pl.Boolean(), "1", "Whether it is no longer found", "是否已撤销", nullable=False),
        _text("rules", "Edition of the thresholds", "所用阈值版本"),
        _SIMULATED,
        _text("code_version", "Version of Lantian", "软件版本"),
    ),
    key=("kind", "place", "channel", "code", "hour_start"),
    sort=("place", "channel", "hour_start", "code"),
    derived=True,
)
"""Rows of the last look; one that is no longer found is withdrawn, never deleted."""

MICRO_HOURS = Table(
    name="micro_hours",
    title="Hourly raw values of micro-stations",
    title_zh="微型站小时原始数据",
    columns=(
        _text("device", "Code of the device", "设备编码"),
        _text("channel", "Pollutant, or a name of a sensor", "污染物或传感器名称"),
        _HOUR,
        Column("raw", pl.Float64(), "1", "Mean of the sensor in its own unit", "传感器小时均值（自身单位）"),
        Column("temperature", pl.Float64(), "°C", "Air temperature at the device", "气温"),
        Column("humidity", pl.Float64(), "%", "Relative humidity at the device", "相对湿度"),
        _text("source", "Importer or device that brought it", "数据来源"),
        _text("origin", "Document that it came from: its name and hash", "来源文件", nullable=True),
        _SIMULATED,
    ),
    key=("device", "channel", "hour_start"),
    version=2,
)
"""Apart from ``ambient_hours`` on purpose: nothing here can get into a mean of the law (微站数据)."""

MICRO_CALIBRATED = Table(
    name="micro_calibrated",
    title="Hourly values of micro-stations, calibrated; an indication, never part of a legal mean",
    title_zh="微型站校准后小时数据（仅供参考）",
    columns=(
        _text("device", "Code of the device", "设备编码"),
        _text("channel", "Pollutant", "污染物"),
        _HOUR,
        Column("value", pl.Float64(), "µg/m³, CO mg/m³", "Calibrated hourly mean", "校准后小时均值"),
        Column("extrapolated", pl.Boolean(), "1", "Raw value outside the range of the fit", "是否超出校准范围"),
        _text("calibration", "Id of the calibration", "校准编号"),
        _SIMULATED,
        _text("code_version", "Version of Lantian", "软件版本"),
    ),
    key=("device", "channel", "hour_start"),
    derived=True,
)
QUALITY_TABLES: tuple[Table, ...] = (QUALITY_FINDINGS, MICRO_HOURS, MICRO_CALIBRATED, *EMISSION_TABLES)
"""Every table that this room adds to the lake."""

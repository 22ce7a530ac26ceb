"""Messages that carry or ask for data (数据命令)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from lantian.wire.hj212.typed import Typed


@dataclass(frozen=True, slots=True, kw_only=True)
class Start(Typed):
    """Begin to send real-time data or states of facilities (开始上传)."""

    COMMANDS: ClassVar[tuple[str, ...]] = (
        "2011",
        "2021",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop(Typed):
    """Stop to send them (停止察看)."""

    COMMANDS: ClassVar[tuple[str, ...]] = (
        "2012",
        "2022",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class RealTimeData(Typed):
    """Values of this moment (实时数据)."""

    COMMANDS: ClassVar[tuple[str, ...]] = ("2011",)
    FIELDS: ClassVar[Mapping[str, str]] = {"data_time": "DataTime"}

    data_time: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RawData(Typed):
    """Results of periodic analysers, and spectra (原始监测数据)."""

    COMMANDS: ClassVar[tuple[str, ...]] = ("2013",)
    FIELDS: ClassVar[Mapping[str, str]] = {"data_time": "DataTime"}

    data_time: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodData(Typed):
    """Statistics of a day, a minute interval, an hour (统计数据); DataTime is the start of the period."""

    COMMANDS: ClassVar[tuple[str, ...]] = (
        "2031",
        "2051",
        "2052",
        "2061",
        "2111",
    )
    FIELDS: ClassVar[Mapping[str, str]] = {"data_time": "DataTime"}

    data_time: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FacilityState(Typed):
    """States of treatment facilities: SBn-RS (设备运行状态)."""

    COMMANDS: ClassVar[tuple[str, ...]] = ("2021",)
    FIELDS: ClassVar[Mapping[str, str]] = {"data_time": "DataTime"}

    data_time: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FacilityHours(Typed):
    """Running hours of facilities in a day: SBn-RT (设备运行时间)."""

    COMMANDS: ClassVar[tuple[str, ...]] = ("2041",)
    FIELDS: ClassVar[Mapping[str, str]] = {"data_time": "DataTime"}

    data_time: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StandardCheck(Typed):
    """Result of an automatic check with a standard (自动标样核查)."""

    COMMANDS: ClassVar[tuple[str, ...]] = ("2062",)
    FIELDS: ClassVar[Mapping[str, str]] = {"data_time": "DataTime"}

    data_time: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BootTime(Typed):
    """When the logger was started (开机时间)."""

    COMMANDS: ClassVar[tuple[str, ...]] = ("2081",)
    FIELDS: ClassVar[Mapping[str, str]] = {"data_time": "DataTime", "restart_time": "RestartTime"}

    data_time: str | None = None
    restart_time: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryRequest(Typed):
    """Send what was measured from one time to another, both included (取历史数据)."""

    COMMANDS: ClassVar[tuple[str, ...]] = (
        "2011",
        "2013",
        "2031",
        "2041",
        "2051",
        "2052",
        "2061",
        "2062",
        "2071",
    )
    FIELDS: ClassVar[Mapping[str, str]] = {"begin_time": "BeginTime", "end_time": "EndTime"}

    begin_time: str | None = None
    end_time: str | None = None

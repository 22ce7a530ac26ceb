"""The families of messages: which record a command becomes (消息类型)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from lantian.wire.hj212.message import Message
from lantian.wire.hj212.messages import Typed

# ------------------------------------------------------------------------------------------- answers


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer(Typed):
    """Answer to a request (请求应答)."""

    COMMANDS: ClassVar[tuple[str, ...]] = ("9011",)
    FIELDS: ClassVar[Mapping[str, str]] = {"qn_rtn": "QnRtn"}
    NUMBERS: ClassVar[frozenset[str]] = frozenset({"qn_rtn"})

    qn_rtn: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Result(Typed):
    """How a request ended (执行结果)."""

    COMMANDS: ClassVar[tuple[str, ...]] = ("9012",)
    FIELDS: ClassVar[Mapping[str, str]] = {"exe_rtn": "ExeRtn"}
    NUMBERS: ClassVar[frozenset[str]] = frozenset({"exe_rtn"})

    exe_rtn: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeAnswer(Typed):
    """Answer to a notice (通知应答)."""

    COMMANDS: ClassVar[tuple[str, ...]] = ("9013",)


@dataclass(frozen=True, slots=True, kw_only=True)
class DataAnswer(Typed):
    """Answer to data (数据应答)."""

    COMMANDS: ClassVar[tuple[str, ...]] = ("9014",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Heartbeat(Typed):
    """A sign of life (心跳包)."""

    COMMANDS: ClassVar[tuple[str, ...]] = ("9015",)


# ---------------------------------------------------------------------------------------- setting up


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkSetting(Typed):
    """How long to wait and how often to repeat (超时时间及重发次数)."""

    COMMANDS: ClassVar[tuple[str, ...]] = ("1000",)
    FIELDS: ClassVar[Mapping[str, str]] = {"overtime": "OverTime", "recount": "ReCount"}
    NUMBERS: ClassVar[frozenset[str]] = frozenset({"overtime", "recount"})

    overtime: int | None = None
    recount: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Activation(Typed):
    """Hardware of a logger that wants a number (激活); i23005 is its identity."""

    COMMANDS: ClassVar[tuple[str, ...]] = ("1001",)

    @property
    def logger_id(self) -> str | None:
        """Identity of the logger, by which its number is given."""
        return self.value("i23005", "Info")


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberSetting(Typed):
    """The number that a logger shall have: MN of the head (数采仪入网编码)."""

    COMMANDS: ClassVar[tuple[str, ...]] = ("1002",)

    @property
    def logger_id(self) -> str | None:
        """Identity of the logger that is meant; another one refuses."""
        return self.value("i23005", "Info")


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyRequest(Typed):
    """A device asks for a new key (获取新密钥)."""

    COMMANDS: ClassVar[tuple[str, ...]] = ("1014",)
    FIELDS: ClassVar[Mapping[str, str]] = {"created": "SKCreateTime"}

    created: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyIssue(Typed):
    """A host gives a new key (下发新密钥)."""

    COMMANDS: ClassVar[tuple[str, ...]] = ("1014",)
    FIELDS: ClassVar[Mapping[str, str]] = {"created": "SKCreateTime", "key": "NewSK"}

    created: str | None = None
    key: str | None = None


# ---------------------------------------------------------------------------------------- parameters


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockRequest(Typed):
    """What does the clock say? With a factor that of its analyser is meant (提取时间)."""

    COMMANDS: ClassVar[tuple[str, ...]] = ("1011",)
    FIELDS: ClassVar[Mapping[str, str]] = {"pol_id": "PolId"}

    pol_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockReading(Typed):
    """What the clock says (上传时间)."""

    COMMANDS: ClassVar[tuple[str, ...]] = ("1011",)
    FIELDS: ClassVar[Mapping[str, str]] = {"pol_id": "PolId", "system_time": "SystemTime"}

    pol_id: str | None = None
    system_time: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockSetting(Typed):
    """What the clock shall say (设置时间)."""

    COMMANDS: ClassVar[tuple[str, ...]] = ("1012",)
    FIELDS: ClassVar[Mapping[str, str]] = {"pol_id": "PolId", "system_time": "SystemTime"}

    pol_id: str | None = None
    system_time: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockWanted(Typed):
    """A device asks to have its clock set (时间校准请求)."""

    COMMANDS: ClassVar[tuple[str, ...]] = ("1013",)
    FIELDS: ClassVar[Mapping[str, str]] = {"pol_id": "PolId"}

    pol_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IntervalRequest(Typed):
    """How often is real-time or minute data sent? (提取数据间隔)."""

    COMMANDS: ClassVar[tuple[str, ...]] = (
        "1061",
        "1063",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class IntervalReading(Typed):
    """How often real-time or minute data is sent (上传数据间隔). [s], [min]"""

    COMMANDS: ClassVar[tuple[str, ...]] = (
        "1061",
        "1063",
    )
    FIELDS: ClassVar[Mapping[str, str]] = {"rtd_interval": "RtdInterval", "min_interval": "MinInterval"}
    NUMBERS: ClassVar[frozenset[str]] = frozenset({"rtd_interval", "min_interval"})

    rtd_interval: int | None = None
    min_interval: int | None = None

    @property
    def interval(self) -> int | None:
        """Seconds for real-time data, minutes for minute data."""
        return self.rtd_interval if self.rtd_interval is not None else self.min_interval


@dataclass(frozen=True, slots=True, kw_only=True)
class IntervalSetting(Typed):
    """How often real-time or minute data shall be sent (设置数据间隔). [s], [min]"""

    COMMANDS: ClassVar[tuple[str, ...]] = (
        "1062",
        "1064",
    )
    FIELDS: ClassVar[Mapping[str, str]] = {"rtd_interval": "RtdInterval", "min_interval": "MinInterval"}
    NUMBERS: ClassVar[frozenset[str]] = frozenset({"rtd_interval", "min_interval"})

    rtd_interval: int | None = None
    min_interval: int | None = None

    @property
    def interval(self) -> int | None:
        """Seconds for real-time data, minutes for minute data."""
        return self.rtd_interval if self.rtd_interval is not None else self.min_interval


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordSetting(Typed):
    """A new password (设置访问密码)."""

    COMMANDS: ClassVar[tuple[str, ...]] = ("1072",)
    FIELDS: ClassVar[Mapping[str, str]] = {"new_pw": "NewPW"}

    new_pw: str | None = None


# ---------------------------------------------------------------------------------------------- data


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


# ------------------------------------------------------------------------------------------- control


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation(Typed):
    """Do something now: calibrate, sample, clean, keep a sample, check (反控)."""

    COMMANDS: ClassVar[tuple[str, ...]] = (
        "3011",
        "3012",
        "3013",
        "3014",
        "3015",
        "3022",
        "3024",
    )
    FIELDS: ClassVar[Mapping[str, str]] = {"pol_id": "PolId", "calibration_type": "CalibrationType"}
    NUMBERS: ClassVar[frozenset[str]] = frozenset({"calibration_type"})

    pol_id: str | None = None
    calibration_type: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleKept(Typed):
    """A sample was kept on exceedance (超标留样)."""

    COMMANDS: ClassVar[tuple[str, ...]] = ("3015",)
    FIELDS: ClassVar[Mapping[str, str]] = {"data_time": "DataTime", "vase_no": "VaseNo"}
    NUMBERS: ClassVar[frozenset[str]] = frozenset({"vase_no"})

    data_time: str | None = None
    vase_no: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SamplingSetting(Typed):
    """When and how often to sample (设置采样时间周期)."""

    COMMANDS: ClassVar[tuple[str, ...]] = ("3016",)
    FIELDS: ClassVar[Mapping[str, str]] = {"pol_id": "PolId", "start_time": "CstartTime", "period": "Ctime"}
    NUMBERS: ClassVar[frozenset[str]] = frozenset({"period"})

    pol_id: str | None = None
    start_time: str | None = None
    period: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FactorRequest(Typed):
    """Tell the sampling period, the delay, or the identity of an analyser (提取)."""

    COMMANDS: ClassVar[tuple[str, ...]] = (
        "3017",
        "3018",
        "3019",
    )
    FIELDS: ClassVar[Mapping[str, str]] = {"pol_id": "PolId"}

    pol_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SamplingReading(Typed):
    """When and how often samples are taken (上传采样时间周期). [h]"""

    COMMANDS: ClassVar[tuple[str, ...]] = ("3017",)
    FIELDS: ClassVar[Mapping[str, str]] = {"pol_id": "PolId", "start_time": "CstartTime", "period": "Ctime"}
    NUMBERS: ClassVar[frozenset[str]] = frozenset({"period"})

    pol_id: str | None = None
    start_time: str | None = None
    period: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DelayReading(Typed):
    """Time from the sample to its result (出样时间). [min]"""

    COMMANDS: ClassVar[tuple[str, ...]] = ("3018",)
    FIELDS: ClassVar[Mapping[str, str]] = {"pol_id": "PolId", "delay": "Stime"}
    NUMBERS: ClassVar[frozenset[str]] = frozenset({"delay"})

    pol_id: str | None = None
    delay: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityReading(Typed):
    """Identity of an analyser: xxxxxx-SN (设备唯一标识)."""

    COMMANDS: ClassVar[tuple[str, ...]] = ("3019",)
    FIELDS: ClassVar[Mapping[str, str]] = {"pol_id": "PolId"}

    pol_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldInformationRequest(Typed):
    """Tell logs, states, or parameters (提取现场机信息)."""

    COMMANDS: ClassVar[tuple[str, ...]] = ("3020",)
    FIELDS: ClassVar[Mapping[str, str]] = {
        "pol_id": "PolId",
        "info_id": "InfoId",
        "begin_time": "BeginTime",
        "end_time": "EndTime",
    }

    pol_id: str | None = None
    info_id: str | None = None
    begin_time: str | None = None
    end_time: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldInformation(Typed):
    """Logs, states and parameters: ixxxxx-Info (上传现场机信息)."""

    COMMANDS: ClassVar[tuple[str, ...]] = ("3020",)
    FIELDS: ClassVar[Mapping[str, str]] = {"data_time": "DataTime", "pol_id": "PolId"}

    data_time: str | None = None
    pol_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ParameterSetting(Typed):
    """A new value of a field parameter (设置现场机参数)."""

    COMMANDS: ClassVar[tuple[str, ...]] = ("3021",)
    FIELDS: ClassVar[Mapping[str, str]] = {"pol_id": "PolId", "info_id": "InfoId"}

    pol_id: str | None = None
    info_id: str | None = None

    @property
    def info(self) -> str | None:
        """The value."""
        return self.value(self.info_id or "", "Info")


# ------------------------------------------------------------------------------- the edition of 2005


@dataclass(frozen=True, slots=True, kw_only=True)
class OldCommand(Typed):
    """A command that only the edition of 2005 had; its fields stand in `rest` and `factors`."""

    COMMANDS: ClassVar[tuple[str, ...]] = (
        "1001",
        "1021",
        "1022",
        "1031",
        "1032",
        "1041",
        "1042",
        "2071",
        "2072",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Unlisted(Typed):
    """A command that no edition knows."""


# ---------------------------------------------------------------------------------------------- which one

_ASKS_AND_TELLS: dict[str, tuple[type[Typed], type[Typed], str]] = {
    "1011": (ClockRequest, ClockReading, "SystemTime"),
    "1014": (KeyRequest, KeyIssue, "NewSK"),
    "1061": (IntervalRequest, IntervalReading, "RtdInterval"),
    "1063": (IntervalRequest, IntervalReading, "MinInterval"),
    "2011": (Start, RealTimeData, "DataTime"),
    "2013": (HistoryRequest, RawData, "DataTime"),
    "2021": (Start, FacilityState, "DataTime"),
    "2031": (HistoryRequest, PeriodData, "DataTime"),
    "2041": (HistoryRequest, FacilityHours, "DataTime"),
    "2051": (HistoryRequest, PeriodData, "DataTime"),
    "2052": (HistoryRequest, PeriodData, "DataTime"),
    "2061": (HistoryRequest, PeriodData, "DataTime"),
    "2062": (HistoryRequest, StandardCheck, "DataTime"),
    "2071": (HistoryRequest, OldCommand, "DataTime"),
    "3015": (Operation, SampleKept, "DataTime"),
    "3017": (FactorRequest, SamplingReading, "CstartTime"),
    "3018": (FactorRequest, DelayReading, "Stime"),
    "3020": (FieldInformationRequest, FieldInformation, "DataTime"),
}
"""Command → what it is without and with the field that carries the answer."""

_ONE_WAY: dict[str, type[Typed]] = {
    cn: family
    for family in (
        Answer, Result, NoticeAnswer, DataAnswer, Heartbeat, LinkSetting, NumberSetting, ClockSetting, ClockWanted,
        IntervalSetting, PasswordSetting, Stop, BootTime, SamplingSetting, ParameterSetting,
    )
    for cn in family.COMMANDS
}  # fmt: skip

FAMILIES: tuple[type[Typed], ...] = (
    Answer,
    Result,
    NoticeAnswer,
    DataAnswer,
    Heartbeat,
    LinkSetting,
    Activation,
    NumberSetting,
    KeyRequest,
    KeyIssue,
    ClockRequest,
    ClockReading,
    ClockSetting,
    ClockWanted,
    IntervalRequest,
    IntervalReading,
    IntervalSetting,
    PasswordSetting,
    Start,
    Stop,
    RealTimeData,
    RawData,
    PeriodData,
    FacilityState,
    FacilityHours,
    StandardCheck,
    BootTime,
    HistoryRequest,
    Operation,
    SampleKept,
    SamplingSetting,
    FactorRequest,
    SamplingReading,
    DelayReading,
    IdentityReading,
    FieldInformationRequest,
    FieldInformation,
    ParameterSetting,
    OldCommand,
    Unlisted,
)
"""Every family."""


def family_of(message: Message) -> type[Typed]:
    """Return the record that a message becomes.

    Examples
    --------
    >>> from lantian.wire.hj212.editions import flag_bits
    >>> asks = Message(cn="1011", st="31", mn="", pw="123456", qn="", flag=flag_bits(5))
    >>> family_of(asks).__name__
    'ClockRequest'
    """
    cn = message.cn
    if both := _ASKS_AND_TELLS.get(cn):
        asks, tells, mark = both
        if mark in message.parameters:
            return tells
        return HistoryRequest if asks is Start and "BeginTime" in message.parameters else asks
    if cn == "1001":
        return Activation if "i23005" in message.factors else OldCommand
    if cn == "2111":
        return PeriodData
    if cn == "3019":
        return IdentityReading if message.factors else FactorRequest
    if cn in Operation.COMMANDS:
        return Operation
    return _ONE_WAY.get(cn) or (OldCommand if cn in OldCommand.COMMANDS else Unlisted)

"""Answers, and messages that set up a line: numbers, keys, clocks, intervals (应答与参数命令)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from lantian.wire.hj212.typed import Typed


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

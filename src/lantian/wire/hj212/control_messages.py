"""Messages that operate the equipment, and those of 2005 (控制命令)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from lantian.wire.hj212.typed import Typed


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

"""Every message of the standard as a record of its own (命令与应答), and which one a command becomes.

Whether 1011 asks or reports cannot be seen from its number: a report has the field that carries the answer.
"""

from lantian.wire.hj212.control_messages import (
    DelayReading,
    FactorRequest,
    FieldInformation,
    FieldInformationRequest,
    IdentityReading,
    OldCommand,
    Operation,
    ParameterSetting,
    SampleKept,
    SamplingReading,
    SamplingSetting,
    Unlisted,
)
from lantian.wire.hj212.data_messages import (
    BootTime,
    FacilityHours,
    FacilityState,
    HistoryRequest,
    PeriodData,
    RawData,
    RealTimeData,
    StandardCheck,
    Start,
    Stop,
)
from lantian.wire.hj212.frame import Frame
from lantian.wire.hj212.message import Message, generic
from lantian.wire.hj212.setting_messages import (
    Activation,
    Answer,
    ClockReading,
    ClockRequest,
    ClockSetting,
    ClockWanted,
    DataAnswer,
    Heartbeat,
    IntervalReading,
    IntervalRequest,
    IntervalSetting,
    KeyIssue,
    KeyRequest,
    LinkSetting,
    NoticeAnswer,
    NumberSetting,
    PasswordSetting,
    Result,
)
from lantian.wire.hj212.typed import Head, Typed

__all__ = [
    "FAMILIES",
    "REQUESTS",
    "Activation",
    "Answer",
    "BootTime",
    "ClockReading",
    "ClockRequest",
    "ClockSetting",
    "ClockWanted",
    "DataAnswer",
    "DelayReading",
    "FacilityHours",
    "FacilityState",
    "FactorRequest",
    "FieldInformation",
    "FieldInformationRequest",
    "Head",
    "Heartbeat",
    "HistoryRequest",
    "IdentityReading",
    "IntervalReading",
    "IntervalRequest",
    "IntervalSetting",
    "KeyIssue",
    "KeyRequest",
    "LinkSetting",
    "Message",
    "NoticeAnswer",
    "NumberSetting",
    "OldCommand",
    "Operation",
    "ParameterSetting",
    "PasswordSetting",
    "PeriodData",
    "RawData",
    "RealTimeData",
    "Result",
    "SampleKept",
    "SamplingReading",
    "SamplingSetting",
    "StandardCheck",
    "Start",
    "Stop",
    "Typed",
    "Unlisted",
    "family_of",
    "generic",
    "message_of",
]

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


REQUESTS: tuple[type[Typed], ...] = (
    ClockRequest, ClockSetting, FactorRequest, FieldInformationRequest, HistoryRequest, IntervalRequest,
    IntervalSetting, KeyIssue, LinkSetting, NumberSetting, Operation, ParameterSetting, PasswordSetting,
    SamplingSetting, Start,
)  # fmt: skip
"""Families that a host sends and a device answers with 9011 and 9012."""


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


def message_of(frame: Frame | Message) -> Typed:
    """Typed record of what a frame says; a command that no edition knows becomes `Unlisted`.

    Raises
    ------
    PeerError
        When a field that is a number by its nature holds something else.

    Examples
    --------
    >>> from lantian.wire.hj212.frame import parse
    >>> message_of(parse(b"##0094QN=20231008125115215;ST=22;CN=9011;PW=123456;MN=010000A8900016F000169DC0;"
    ...     b"Flag=4;CP=&&QnRtn=1&&CC01")).qn_rtn
    1
    """
    message = frame if isinstance(frame, Message) else generic(frame)
    return family_of(message).read(message)

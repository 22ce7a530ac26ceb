"""Frames that tell something beside values → rows of `device_events`: restarts, checks, alarms, settings, logs."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from lantian.loop.sense.registry import DeviceCard
from lantian.wire.hj212.area import clock_time
from lantian.wire.hj212.editions import Edition
from lantian.wire.hj212.factors import current_code, factor
from lantian.wire.hj212.frame import Frame

_PASSED = {"1": True, "0": False}
_CHECK_SUFFIXES = frozenset({"SampleRd", "StandardValue", "ResultType", "Flag", "Info"})
_ANALYSIS_SUFFIXES = frozenset({"SampleType", "CompleteTime"})


@dataclass(frozen=True, slots=True)
class DeviceEvent:
    """One thing that a frame tells."""

    event: str
    point: str = ""
    item: str = ""
    at: str = ""
    """Time of 14 digits by the device's clock; empty: DataTime of the frame, else the moment of sending."""
    value: str | None = None
    reference: str | None = None
    passed: bool | None = None
    unit: str | None = None
    flag: str | None = None
    ended_at: str | None = None


def events_of(frame: Frame, card: DeviceCard) -> list[DeviceEvent] | None:
    """Return what a frame tells beside values; None where its command tells nothing of the kind.

    Examples
    --------
    >>> sorted(READERS)
    ['2013', '2062', '2071', '2072', '2081', '3015', '3017', '3018', '3019', '3020']
    """
    read = READERS.get(frame.cn)
    return None if read is None else list(read(frame, card))


def time_of(frame: Frame, event: DeviceEvent) -> str | None:
    """Return when an event was, in 14 digits; None where nothing says it."""
    if clock_time(event.at[:14]):
        return event.at[:14]
    return frame.data_time or (frame.qn[:14] if frame.sent_at is not None else None)


# ---------------------------------------------------------------------------------------------- by command


def _restart(frame: Frame, _card: DeviceCard) -> Iterator[DeviceEvent]:
    yield DeviceEvent("restart", at=frame.parameters.get("RestartTime", ""))


def _check(frame: Frame, card: DeviceCard) -> Iterator[DeviceEvent]:
    for code, fields in frame.factors.items():
        if _CHECK_SUFFIXES.isdisjoint(fields):
            continue
        point, unit = _point(code, card)
        yield DeviceEvent(
            "standard_check",
            point,
            value=fields.get("SampleRd", fields.get("Info")),
            reference=fields.get("StandardValue"),
            passed=_PASSED.get(fields.get("ResultType", "")),
            unit=unit,
            flag=fields.get("Flag"),
        )


def _analysis(frame: Frame, card: DeviceCard) -> Iterator[DeviceEvent]:
    """How the values of a periodic analyser came about; the values themselves are readings."""
    for code, fields in frame.factors.items():
        point, _ = _point(code, card)
        if "Info" in fields:
            yield DeviceEvent("analysis", item=code, value=fields["Info"])
        elif not _ANALYSIS_SUFFIXES.isdisjoint(fields):
            yield DeviceEvent(
                "analysis",
                point,
                item="SampleType",
                at=fields.get("SampleTime", ""),
                value=fields.get("SampleType"),
                ended_at=fields.get("CompleteTime"),
            )


def _sample_kept(frame: Frame, _card: DeviceCard) -> Iterator[DeviceEvent]:
    yield DeviceEvent("sample_kept", item="VaseNo", value=frame.parameters.get("VaseNo"))


def _alarm(frame: Frame, card: DeviceCard) -> Iterator[DeviceEvent]:
    at, kind = frame.parameters.get("AlarmTime", ""), frame.parameters.get("AlarmType", "")
    for code, fields in frame.factors.items():
        point, unit = _point(code, card)
        yield DeviceEvent("alarm", point, item=kind, at=at, value=fields.get("Ala"), unit=unit)


def _information(frame: Frame, _card: DeviceCard) -> Iterator[DeviceEvent]:
    about = frame.parameters.get("PolId", "")
    for code, fields in frame.factors.items():
        if "Info" in fields:
            yield DeviceEvent("information", about, item=code.lower(), value=fields["Info"])


def _setting(frame: Frame, _card: DeviceCard) -> Iterator[DeviceEvent]:
    about = frame.parameters.get("PolId", "")
    for name in ("CstartTime", "Ctime", "Stime"):
        if name in frame.parameters:
            yield DeviceEvent("setting", about, item=name, value=frame.parameters[name])


def _identity(frame: Frame, _card: DeviceCard) -> Iterator[DeviceEvent]:
    for code, fields in frame.factors.items():
        if "SN" in fields:
            yield DeviceEvent("identity", code, item="SN", value=fields["SN"])


READERS: Mapping[str, Callable[[Frame, DeviceCard], Iterator[DeviceEvent]]] = {
    "2013": _analysis,
    "2062": _check,
    "2071": _alarm,
    "2072": _alarm,
    "2081": _restart,
    "3015": _sample_kept,
    "3017": _setting,
    "3018": _setting,
    "3019": _identity,
    "3020": _information,
}
"""Command → what its frames tell."""


def _point(code: str, card: DeviceCard) -> tuple[str, str | None]:
    """Return today's code of a factor, and the unit of its values."""
    edition = Edition(card.edition)
    today = current_code(code) if edition is Edition.HJ2005 else code
    own, known = card.points.get(today), factor(code, edition)
    return today, (own.unit if own is not None else None) or (known.unit if known is not None else None) or None

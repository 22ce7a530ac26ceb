"""Frames as they came → rows of the lake: nothing is judged; what cannot be read is counted with its reason."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from zoneinfo import ZoneInfo

import polars as pl

from lantian.loop.sense.event_rows import DeviceEvent, events_of, time_of
from lantian.loop.sense.registry import DeviceCard
from lantian.loop.sense.row_frames import (
    EVENT,
    PERIOD_OF,
    POWER,
    READING,
    UNITS,
    VALUES,
    ClockBounds,
    event_frame,
    event_rows_at,
    power_frame,
    reading_frame,
    rows_at,
)
from lantian.store import DEVICE_EVENTS, POWER_READINGS, SOURCE_READINGS, Table
from lantian.store.journal import Record
from lantian.terms.words import mark
from lantian.wire.hj212.commands import Kind, command
from lantian.wire.hj212.editions import Edition
from lantian.wire.hj212.factors import current_code, factor
from lantian.wire.hj212.frame import Frame, parse_frame
from lantian.wire.hj212.framing import FrameLimits, Framer, RawFrame

WHY_UNREAD: Mapping[str, str] = {
    "not_registered": mark("its device is not registered any more"),
    "not_a_frame": mark("no frame, or no key of its device opens it"),
    "no_data_time": mark("no time that is one"),
    "clock": mark("a time that its arrival contradicts: the clock is wrong"),
    "not_a_number": mark("a value that is no number"),
    "unknown_field": mark("a factor without any field that is known"),
    "no_fields": mark("a command of data without data"),
    "unknown_command": mark("a command that no edition knows"),
}
"""Reasons for which frames, or values in them, gave no row."""
WITHOUT_DATA: Mapping[str, str] = {
    "answer": mark("answers to requests"),
    "notice": mark("notices: heartbeats, wishes for time, number or key"),
    "line": mark("settings of the line and clocks, as they were asked for"),
}
"""Frames that carry nothing for a table."""
_FACILITIES = frozenset({"2021", "2041"})
_POWER_SYSTEMS = frozenset({"44", "45"})
_EDITIONS = {int(edition): edition for edition in Edition}
_READ = frozenset(suffix for group in VALUES.values() for suffix in group) | {"Flag", "EFlag", "SampleTime"}
_POWER_READ = ("Rtd", "Avg", "RS", "RT", "Data", "Info")


SHEAF_TABLES: tuple[Table, ...] = (SOURCE_READINGS, POWER_READINGS, DEVICE_EVENTS)
"""Tables that frames become rows of."""


@dataclass(slots=True)
class Sheaf:
    """Rows of some frames."""

    readings: pl.DataFrame
    power: pl.DataFrame
    events: pl.DataFrame
    frames: int = 0
    repeats: int = 0
    """Frames that stood in it twice, byte for byte."""
    unread: Counter[str] = field(default_factory=Counter)
    """Why frames or values gave no row (`WHY_UNREAD`) → how many."""
    without_data: Counter[str] = field(default_factory=Counter)
    """What frames were that carry nothing for a table (`WITHOUT_DATA`) → how many."""
    information: list[tuple[Record, DeviceCard, Frame]] = field(default_factory=list)
    """Frames of field information (3020), for the ledger."""

    def frames_of_rows(self) -> tuple[pl.DataFrame, ...]:
        """Return the rows of `SHEAF_TABLES`, in their order."""
        return self.readings, self.power, self.events

    def tables(self) -> list[tuple[Table, pl.DataFrame]]:
        """Return each table with its rows."""
        return list(zip(SHEAF_TABLES, self.frames_of_rows(), strict=True))


def read_frame(record: Record, card: DeviceCard) -> Frame | None:
    """Read the frame of a record as its device writes; None where the bytes are none."""
    framer = Framer(FrameLimits())
    pieces = framer.feed(record.raw) or framer.flush()
    if not pieces or not isinstance(pieces[0], RawFrame):
        return None
    return parse_frame(pieces[0], edition=_EDITIONS[card.edition], key=card.keys or None)


class _Heads:
    """What the rows of one frame share."""

    def __init__(self) -> None:
        self.columns: dict[str, list[object]] = {
            name: []
            for name in (
                "outlet",
                "mn",
                "system",
                "cn",
                "data_time",
                "qn",
                "received_us",
                "number",
                "late",
                "parts",
            )
        }

    def add(self, record: Record, card: DeviceCard, frame: Frame) -> int:
        given = self.columns
        given["outlet"].append(card.outlet)
        given["mn"].append(card.mn)
        given["system"].append(frame.st or card.system)
        given["cn"].append(frame.cn)
        given["data_time"].append(frame.data_time)
        given["qn"].append(frame.qn or None)
        given["received_us"].append(record.received_us)
        given["number"].append(record.position.number)
        given["late"].append(frame.rf)
        given["parts"].append(frame.pnum or 1)
        return len(given["mn"]) - 1

    def frame(self) -> pl.DataFrame:
        return pl.DataFrame(
            self.columns,
            schema={
                "outlet": pl.String, "mn": pl.String, "system": pl.String, "cn": pl.String, "data_time": pl.String,
                "qn": pl.String, "received_us": pl.Int64, "number": pl.Int64, "late": pl.Boolean,
                "parts": pl.Int64,
            },
        )  # fmt: skip


def rows_of(
    records: Iterable[Record],
    cards: Mapping[str, DeviceCard],
    zone: ZoneInfo,
    *,
    simulated: bool,
    clocks: ClockBounds | None = None,
) -> Sheaf:
    """Read frames into rows.

    Parameters
    ----------
    records
        Frames of registered devices, in order; of others they are counted as unread.
    cards
        MN → device.
    zone
        Zone of the loggers' clocks.

    Notes
    -----
    The three tables have the columns of the lake and, for whoever takes them, ``number`` (place in the journal),
    ``cn`` and ``parts`` (of a split message).
    """
    heads = _Heads()
    readings: dict[str, list[object]] = {name: [] for name in READING}
    power: dict[str, list[object]] = {name: [] for name in POWER}
    events: dict[str, list[object]] = {name: [] for name in (*EVENT, "passed")}
    found = Sheaf(pl.DataFrame(), pl.DataFrame(), pl.DataFrame())
    met: set[bytes] = set()
    for record in records:
        found.frames += 1
        if record.raw in met:
            found.repeats += 1
            continue
        met.add(record.raw)
        card = cards.get(record.mn)
        frame = None if card is None else read_frame(record, card)
        if card is None or frame is None or not frame.crc_ok:
            found.unread["not_registered" if card is None else "not_a_frame"] += 1
            continue
        told = events_of(frame, card)
        if told is None and frame.cn not in PERIOD_OF:
            _count_other(found, frame, card)
            continue
        head = heads.add(record, card, frame)
        if frame.cn == "3020":
            found.information.append((record, card, frame))
        if told:
            _add_events(events, head, frame, told, found.unread)
        if frame.cn in PERIOD_OF and frame.factors:
            if frame.data_time is None:
                found.unread["no_data_time"] += 1
            elif frame.cn in _FACILITIES or frame.st in _POWER_SYSTEMS:
                _add_power(power, head, frame, card, found.unread)
            else:
                _add_readings(readings, head, frame, card, found.unread)
        elif not told:
            found.unread["no_fields"] += 1
    shared, bounds = heads.frame(), clocks or ClockBounds()
    found.readings = rows_at(
        reading_frame(readings, found.unread), shared, zone, bounds, found.unread, simulated=simulated
    )
    found.power = rows_at(power_frame(power), shared, zone, bounds, found.unread, simulated=simulated)
    found.events = event_rows_at(event_frame(events), shared, zone, bounds, found.unread, simulated=simulated)
    return found


def _count_other(found: Sheaf, frame: Frame, card: DeviceCard) -> None:
    """Count a frame that carries nothing for a table, by what it is."""
    known = next(filter(None, (command(frame.cn, each) for each in (_EDITIONS[card.edition], *Edition))), None)
    if known is None:
        found.unread["unknown_command"] += 1
    elif Kind.ANSWER in {known.up, known.down}:
        found.without_data["answer"] += 1
    else:
        found.without_data["notice" if known.up is Kind.NOTICE else "line"] += 1


def _add_readings(
    rows: dict[str, list[object]], head: int, frame: Frame, card: DeviceCard, unread: Counter[str]
) -> None:
    for sent, fields in frame.factors.items():
        if _READ.isdisjoint(fields):
            unread["unknown_field"] += not ("Info" in fields and frame.cn == "2013")  # that is an event
            continue
        code, unit, amount_unit = _meaning(sent, card.edition)
        point = card.points.get(code)
        if point is not None:
            unit, amount_unit = point.unit or unit, point.amount_unit or amount_unit
        rows["head"].append(head)
        rows["factor"].append(code)
        get = fields.get
        rows["value"].append(get("Avg") or get("Rtd") or get("Data"))
        rows["minimum"].append(get("Min"))
        rows["maximum"].append(get("Max"))
        rows["converted"].append(get("ZsAvg") or get("ZsRtd"))
        rows["converted_minimum"].append(get("ZsMin"))
        rows["converted_maximum"].append(get("ZsMax"))
        rows["amount"].append(get("Cou"))
        rows["unit"].append(unit)
        rows["amount_unit"].append(amount_unit)
        rows["flag"].append(get("Flag"))
        rows["mark"].append(get("EFlag"))
        rows["sampled_at"].append(get("SampleTime"))


def _add_power(
    rows: dict[str, list[object]], head: int, frame: Frame, card: DeviceCard, unread: Counter[str]
) -> None:
    for code, fields in frame.factors.items():
        point = card.points.get(code)
        content = next((fields[name] for name in _POWER_READ if name in fields), None)
        if content is None and "Flag" not in fields:
            unread["unknown_field"] += 1
            continue
        rows["head"].append(head)
        rows["point"].append(code)
        rows["content"].append(content)
        rows["unit"].append(None if point is None or point.unit is None else plain_unit(point.unit))
        rows["flag"].append(fields.get("Flag"))


def _add_events(
    rows: dict[str, list[object]], head: int, frame: Frame, told: Iterable[DeviceEvent], unread: Counter[str]
) -> None:
    for event in told:
        at = time_of(frame, event)
        if at is None:
            unread["no_data_time"] += 1
            continue
        given: dict[str, object] = {
            "head": head, "event": event.event, "point": event.point, "item": event.item, "at": at,
            "content": event.value, "reference": event.reference, "unit": event.unit, "flag": event.flag,
            "ended_at": event.ended_at, "passed": event.passed,
        }  # fmt: skip
        for name, value in given.items():
            rows[name].append(value)


@cache
def _meaning(code: str, edition: int) -> tuple[str, str | None, str | None]:
    """Return today's code of a factor, and its units in the standard."""
    known = factor(code, _EDITIONS[edition])
    today = current_code(code) if edition == int(Edition.HJ2005) else code
    if known is None:
        return today, None, None
    return known.code if edition == int(Edition.HJ2005) else code, known.unit or None, known.amount_unit or None


def plain_unit(unit: str) -> str:
    """Return a unit as it is written here.

    Examples
    --------
    >>> plain_unit("ug/m3"), plain_unit("kg")
    ('µg/m³', 'kg')
    """
    return UNITS.get(unit, unit)

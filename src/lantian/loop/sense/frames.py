"""The journal as an engineer reads it: frames their bytes and fields, and what is wrong with them (报文查询)."""

import re
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from lantian.ledger import Ledger
from lantian.loop.sense.frame_rows import read_frame
from lantian.loop.sense.knocks import masked
from lantian.loop.sense.registry import DeviceCard, list_cards
from lantian.store.journal import JournalReader
from lantian.store.journal.held import segments
from lantian.store.journal.records import HEAD_BYTES, Kind, Position, Record
from lantian.terms.errors import CallerError, HouseError, LantianError
from lantian.wire.hj212.crc import crc16
from lantian.wire.hj212.frame import Frame, parse

_KEY = re.compile(rb"(?<=NewSK=)[^;,&]*")
_HIDDEN = "***"
_HIDDEN_NAMES = frozenset({"NewPW", "NewSK", "PW"})
_STEP = 5_000


@dataclass(frozen=True, slots=True)
class FrameLine:
    """One record of the journal in a list."""

    position: str
    kind: Kind
    received_at: datetime
    mn: str
    size: int
    """[B]"""


@dataclass(frozen=True, slots=True)
class FrameCard:
    """Everything that one record of the journal says."""

    line: FrameLine
    peer: str
    text: str
    """Its bytes with passwords and keys hidden; what is no text is escaped."""
    head: Mapping[str, str]
    parameters: Mapping[str, str]
    factors: Mapping[str, Mapping[str, str]]
    verdict: str
    """Empty where the bytes are no frame."""
    crc_sent: str
    crc_calculated: str
    crc_ok: bool
    encrypted: bool
    faults: tuple[str, ...]


def list_segments(folder: Path) -> list[int]:
    """List the numbers of the journal's segments that can be read, newest first."""
    return [segment.number for segment in reversed(segments(folder)) if not segment.away]


def list_frames(
    folder: Path, zone: ZoneInfo, *, segment: int | None = None, mn: str = "", kind: Kind | None = None,
    since: datetime | None = None, until: datetime | None = None, most: int = 100,
) -> list[FrameLine]:  # fmt: skip
    """List the newest records of one segment that fit, newest first.

    Parameters
    ----------
    segment : int, optional
        By default the newest one.
    mn : str
        Device, or the beginning of its MN.
    """
    known = list_segments(folder)
    if not known:
        return []
    number = known[0] if segment is None else segment
    if number not in known:
        raise CallerError("Segment {number} of the journal is not here. Choose one of the list.", number=number)
    found: deque[FrameLine] = deque(maxlen=most)
    reader, at = JournalReader(folder), Position(number, HEAD_BYTES)
    try:
        while True:
            batch = reader.read(at, records=_STEP)
            for record in batch.records:
                if record.position.segment == number and _fits(record, mn, kind, since, until):
                    found.append(_line(record, zone))
            at = batch.following
            if batch.at_end or at.segment != number:
                return list(reversed(found))
    finally:
        reader.close()


def read_card(folder: Path, ledger: Ledger, zone: ZoneInfo, position: str) -> FrameCard:
    """Read one record of the journal and everything that its frame says.

    Raises
    ------
    CallerError
        Nothing begins there.
    """
    record = _record_at(folder, position)
    frame = _frame(record, list_cards(ledger).get(record.mn))
    line = _line(record, zone)
    text = _hidden(record.raw).decode("utf-8", "backslashreplace")
    if frame is None:
        return FrameCard(line, record.peer, text, {}, {}, {}, "", "", "", crc_ok=False, encrypted=False, faults=())
    area = frame.area
    return FrameCard(
        line, record.peer, text, _without_secrets(frame.head), _without_secrets(area.parameters),
        area.factors, frame.verdict.value, frame.raw_frame.crc_sent.decode("ascii", "backslashreplace"),
        f"{crc16(frame.segment):04X}", crc_ok=frame.crc_ok, encrypted=frame.encrypted, faults=tuple(frame.faults),
    )  # fmt: skip


# ---------------------------------------------------------------------------------------------- inside


def _record_at(folder: Path, position: str) -> Record:
    parts = position.split(":")
    if len(parts) == 2 and all(part.isascii() and part.isdigit() for part in parts):
        at = Position(int(parts[0]), int(parts[1]))
        reader = JournalReader(folder)
        try:
            records = reader.read(at, records=1).records if at.offset >= HEAD_BYTES else ()
        except HouseError:
            records = ()
        finally:
            reader.close()
        if records and records[0].position == at:
            return records[0]
    raise CallerError("No frame of the journal begins at {position}. Choose one of the list.", position=position)


def _fits(record: Record, mn: str, kind: Kind | None, since: datetime | None, until: datetime | None) -> bool:
    at = datetime.fromtimestamp(record.received_us / 1e6, UTC)
    return (
        (not mn or record.mn.startswith(mn))
        and (kind is None or record.kind == kind)
        and (since is None or at >= since)
        and (until is None or at < until)
    )


def _line(record: Record, zone: ZoneInfo) -> FrameLine:
    at = datetime.fromtimestamp(record.received_us / 1e6, UTC).astimezone(zone)
    return FrameLine(str(record.position), record.kind, at, record.mn, len(record.raw))


def _frame(record: Record, card: DeviceCard | None) -> Frame | None:
    try:
        return parse(record.raw) if card is None else read_frame(record, card)
    except LantianError:
        return None


def _hidden(raw: bytes) -> bytes:
    return _KEY.sub(b"***", masked(raw))


def _without_secrets(fields: Mapping[str, str]) -> dict[str, str]:
    return {name: _HIDDEN if name in _HIDDEN_NAMES else value for name, value in fields.items()}

"""Proves a journal as a whole: every hash, every segment, nothing missing between them."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from lantian.store.journal.held import Segment, segments
from lantian.store.journal.records import FIRST_HASH, HEAD_BYTES, LENGTH, Position, SegmentHead, chained, decode
from lantian.store.journal.segments import hash_before, head_in, pieces
from lantian.terms.errors import HouseError
from lantian.terms.words import mark


@dataclass(frozen=True, slots=True)
class Damage:
    """A place where the journal does not hold."""

    position: Position
    message: str
    """Message id."""


@dataclass(frozen=True, slots=True)
class Verified:
    """What was proved."""

    segments: int
    records: int
    size: int
    """Unpacked. [B]"""
    last_hash: str
    """Of the last record, to be kept elsewhere: only that shows a journal that was made anew."""
    damages: tuple[Damage, ...]
    live_tail: int
    """Bytes at the end of the newest segment that are no whole record: being written, or torn by a crash. [B]"""
    archived: int = 0
    """Segments that were put away; proved with the others."""
    away: int = 0
    """Of these, segments whose archive is not here: only the chain around them was proved."""

    @property
    def sound(self) -> bool:
        """Whether every record holds."""
        return not self.damages


def verify(folder: Path, progress: Callable[[float], None] = lambda _share: None) -> Verified:
    """Prove every record of every segment from the oldest that is held, those that were put away too."""
    try:
        known = segments(folder)
    except HouseError:
        broken = Damage(Position(0, 0), mark("the list of archived segments does not hold"))
        return Verified(0, 0, 0, FIRST_HASH.hex(), (broken,), 0)
    damages: list[Damage] = []
    records = size = tail = 0
    last: bytes | None = None
    before: SegmentHead | None = None
    for turn, segment in enumerate(known):
        newest = segment is known[-1]
        proved = _prove(segment, newest=newest)
        damages += proved.damages
        if proved.head is not None:
            damages += _joined(proved.head, before, last)
            before, last = proved.head, proved.last
            records += proved.records
            size += segment.size
            tail = proved.rest
        progress((turn + 1) / len(known))
    return Verified(
        len(known),
        records,
        size,
        (last or FIRST_HASH).hex(),
        tuple(damages),
        tail,
        archived=sum(segment.archived is not None for segment in known),
        away=sum(segment.away for segment in known),
    )


@dataclass(frozen=True, slots=True)
class _Proved:
    """What one segment is worth."""

    head: SegmentHead | None
    last: bytes = FIRST_HASH
    records: int = 0
    rest: int = 0
    damages: tuple[Damage, ...] = ()


def _prove(segment: Segment, *, newest: bool) -> _Proved:
    number, row = segment.number, segment.archived
    if row is not None and segment.away:
        said = SegmentHead(number, bytes.fromhex(row.journal), row.opened_us, bytes.fromhex(row.previous))
        return _Proved(said, bytes.fromhex(row.last), row.records)
    try:
        with segment.opened() as file:
            head = head_in(file)
            if head is None:
                damage = Damage(Position(number, 0), mark("the head of the segment does not hold"))
                return _Proved(None, damages=() if newest else (damage,))
            last, records, end, found = walk(file, number)
    except HouseError:
        return _Proved(None, damages=(Damage(Position(number, 0), mark("the archive is not what was put away")),))
    rest = segment.size - end
    if rest and not newest:
        found.append(Damage(Position(number, end), mark("bytes that are no record, before another segment")))
    return _Proved(head, last, records, rest, tuple(found))


def _joined(head: SegmentHead, before: SegmentHead | None, last: bytes | None) -> list[Damage]:
    """Compare a head with the segment before it; the oldest one held may follow ones that were put away."""
    place = Position(head.number, 0)
    if before is None or last is None:
        return []
    if head.journal != before.journal:
        return [Damage(place, mark("the segment belongs to another journal"))]
    if head.previous != last:
        return [Damage(place, mark("the segment does not continue the one before it"))]
    return []


def walk(file: BinaryIO, number: int) -> tuple[bytes, int, int, list[Damage]]:
    """Return the last hash of a segment, how many records it has, where they end, and what does not hold."""
    damages = []
    records, end = 0, HEAD_BYTES
    last = hash_before(file, HEAD_BYTES)
    for piece in pieces(file, HEAD_BYTES):
        place = Position(number, piece.offset)
        if chained(last, piece.plain) != piece.hash:
            damages.append(Damage(place, mark("the record does not continue the chain")))
        elif decode(place, piece.plain[LENGTH.size :]) is None:
            damages.append(Damage(place, mark("the record cannot be read")))
        last, end = piece.hash, piece.end
        records += 1
    return last, records, end, damages

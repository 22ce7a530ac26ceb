"""Proves a journal as a whole: every hash, every segment, nothing missing between them."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from lantian.store.journal.records import FIRST_HASH, HEAD_BYTES, LENGTH, Position, SegmentHead, chained, decode
from lantian.store.journal.segments import hash_before, head_of, numbers, path_of, pieces
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
    """[B]"""
    last_hash: str
    """Of the last record, to be kept elsewhere: only that shows a journal that was made anew."""
    damages: tuple[Damage, ...]
    live_tail: int
    """Bytes at the end of the newest segment that are no whole record: being written, or torn by a crash. [B]"""

    @property
    def sound(self) -> bool:
        """Whether every record holds."""
        return not self.damages


def verify(folder: Path, progress: Callable[[float], None] = lambda _share: None) -> Verified:
    """Prove every record of every segment from the oldest that is held."""
    known = numbers(folder)
    damages: list[Damage] = []
    records = size = tail = 0
    last: bytes | None = None
    before: SegmentHead | None = None
    for turn, number in enumerate(known):
        path = path_of(folder, number)
        head = head_of(path)
        if head is None:
            if number != known[-1]:
                damages.append(Damage(Position(number, 0), mark("the head of the segment does not hold")))
            continue
        damages += _joined(head, before, last)
        last, counted, end, found = _walk(path, number)
        damages += found
        records += counted
        size += path.stat().st_size
        rest = path.stat().st_size - end
        if rest and number != known[-1]:
            damages.append(Damage(Position(number, end), mark("bytes that are no record, before another segment")))
        tail = rest
        before = head
        progress((turn + 1) / len(known))
    return Verified(len(known), records, size, (last or FIRST_HASH).hex(), tuple(damages), tail)


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


def _walk(path: Path, number: int) -> tuple[bytes, int, int, list[Damage]]:
    """Return the last hash, how many records there are, where they end, and what does not hold."""
    damages = []
    records, end = 0, HEAD_BYTES
    with path.open("rb") as file:
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

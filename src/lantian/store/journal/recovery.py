"""What becomes of the last segment of a journal after a crash: its torn tail is cut off, kept aside, told."""

from dataclasses import dataclass
from pathlib import Path

from lantian.store.journal.records import FIRST_HASH, HEAD_BYTES, SegmentHead, chained
from lantian.store.journal.segments import hash_before, head_of, make_durable, numbers, path_of, pieces
from lantian.terms.errors import HouseError


@dataclass(frozen=True, slots=True)
class Cut:
    """What was cut off: bytes that were being written when the machine or the program died."""

    segment: int
    offset: int
    """Where the whole records end. [B]"""
    size: int
    """[B]"""
    kept: str
    """Name of the file that holds what was cut."""


@dataclass(frozen=True, slots=True)
class Recovered:
    """Where a journal goes on."""

    number: int
    """Of the last segment; 0 where there is none."""
    journal: bytes | None
    last_hash: bytes
    cut: Cut | None


def recover(folder: Path) -> Recovered:
    """Find the end of the chain and cut off what follows its last whole record.

    A record whose hash does not hold but that has whole ones after it is no torn tail but damage: it is left as it
    is, for `verify` to name, and the chain goes on after the last record.

    Raises
    ------
    HouseError
        The last segment has no head that holds, yet is longer than one.
    """
    known = numbers(folder)
    if not known:
        return Recovered(0, None, FIRST_HASH, None)
    path = path_of(folder, known[-1])
    head = head_of(path)
    if head is None:
        return _without_head(folder, path, known)
    end = HEAD_BYTES
    size = path.stat().st_size
    with path.open("rb") as file:
        last = hash_before(file, HEAD_BYTES)
        sound = end
        for piece in pieces(file, HEAD_BYTES):
            if piece.hash == chained(last, piece.plain):
                sound = piece.end
            last = piece.hash
        end = sound
        last = hash_before(file, end)
    cut = None if size == end else _cut(folder, path, known[-1], end)
    return Recovered(known[-1], head.journal, last, cut)


def _without_head(folder: Path, path: Path, known: list[int]) -> Recovered:
    """Put aside a segment that died in its first write; the one before it is the last."""
    size = path.stat().st_size
    if size > HEAD_BYTES:
        raise HouseError(
            "{path} has no head that holds, but {size} bytes: this is damage and no crash. Keep the file, restore "
            "it from a backup or move it away, then start again",
            path=path,
            size=size,
        )
    aside = path.with_name(f"{path.name}.torn-0")
    path.rename(aside)
    make_durable(folder)
    before = recover(folder) if len(known) > 1 else Recovered(0, None, FIRST_HASH, None)
    # the number is not given again: a reader may remember places in it
    return Recovered(known[-1], before.journal, before.last_hash, Cut(known[-1], 0, size, aside.name))


def _cut(folder: Path, path: Path, number: int, end: int) -> Cut:
    aside = path.with_name(f"{path.name}.torn-{end}")
    with path.open("r+b") as file:
        file.seek(end)
        torn = file.read()
        aside.write_bytes(torn)
        make_durable(aside)
        file.truncate(end)
    make_durable(path)
    make_durable(folder)
    return Cut(number, end, len(torn), aside.name)


def next_head(recovered: Recovered, journal: bytes, opened_us: int) -> SegmentHead:
    """Return the head of the segment that follows; a journal never appends to one that it opened before."""
    return SegmentHead(recovered.number + 1, recovered.journal or journal, opened_us, recovered.last_hash)

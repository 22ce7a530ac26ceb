"""Reads a journal from a place on, while it is being written."""

from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO

from lantian.store.journal.held import Segment, segments
from lantian.store.journal.records import HASH_BYTES, HEAD_BYTES, LENGTH, Batch, Position, Record, chained, decode
from lantian.store.journal.segments import hash_before, head_of, numbers, path_of, pieces
from lantian.terms.errors import HouseError


class JournalReader:
    """Gives the records of a journal in order, each with its hash proved; archived segments are unpacked for it.

    Parameters
    ----------
    folder
        Where the segments lie.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._unpacked: tuple[int, BinaryIO, ExitStack] | None = None

    def read(self, start: Position, *, records: int = 10_000, size: int = 64 << 20) -> Batch:
        """Read on from a place: whole records that follow it, over the ends of segments.

        Parameters
        ----------
        start
            Where to begin: `Position(0, 0)` for the first record there is, else the `following` of a batch.
        records, size
            At most so many, and about so many bytes of them. [1], [B]

        Raises
        ------
        HouseError
            A segment is missing, or a record does not continue the chain.
        """
        held = {segment.number: segment for segment in segments(self.folder, start.segment)}
        known = list(held)
        found: list[Record] = []
        at = self._first(start, known)
        while at is not None:
            following = next((number for number in known if number > at.segment), None)
            segment = held[at.segment]
            at, size = self._read_segment(segment, at, found, records, size)
            if len(found) >= records or size <= 0:
                return Batch(tuple(found), at, at_end=False)
            if following is None:
                return Batch(tuple(found), at, at_end=True)
            # the segment was read after its follower was seen, so it grows no more
            self._refuse_rest(segment, at)
            at = Position(following, HEAD_BYTES)
        return Batch((), start, at_end=True)

    def _first(self, start: Position, known: list[int]) -> Position | None:
        if not known:
            return None
        if start.segment == 0:
            return Position(known[0], HEAD_BYTES)
        if start.segment in known:
            return Position(start.segment, max(start.offset, HEAD_BYTES))
        later = [number for number in known if number > start.segment]
        if later and later[0] == known[0]:
            raise HouseError(
                "the journal in {folder} begins with segment {first}, but was read up to {start}: segments are "
                "missing. Restore them from the backup",
                folder=self.folder,
                first=known[0],
                start=start,
            )
        return Position(later[0], HEAD_BYTES) if later else None

    def _read_segment(
        self, segment: Segment, at: Position, found: list[Record], records: int, size: int
    ) -> tuple[Position, int]:
        offset = at.offset
        with ExitStack() as closing:
            file = self._open(segment, closing)
            last = hash_before(file, offset)
            for piece in pieces(file, offset):
                place = Position(at.segment, offset)
                record = decode(place, piece.plain[LENGTH.size :])
                if record is None or chained(last, piece.plain) != piece.hash:
                    raise HouseError(
                        "the record at {place} of the journal in {folder} does not continue the chain: it was "
                        "damaged or changed. Keep the file, and restore it from the backup",
                        place=place,
                        folder=self.folder,
                    )
                last, offset = piece.hash, piece.end
                found.append(record)
                size -= len(piece.plain) + HASH_BYTES
                if len(found) >= records or size <= 0:
                    break
        return Position(at.segment, offset), size

    def _open(self, segment: Segment, closing: ExitStack) -> BinaryIO:
        """Open a segment; the archive that was unpacked last stays so, because it is read batch by batch."""
        if self._unpacked is not None and self._unpacked[0] == segment.number:
            return self._unpacked[1]
        self.close()
        if segment.archived is None:
            return closing.enter_context(segment.opened())
        keeping = ExitStack()
        file = keeping.enter_context(segment.opened())
        self._unpacked = (segment.number, file, keeping)
        return file

    def close(self) -> None:
        """Give back what was unpacked."""
        if self._unpacked is not None:
            self._unpacked[2].close()
            self._unpacked = None

    def _refuse_rest(self, segment: Segment, at: Position) -> None:
        try:
            rest = segment.size - at.offset
        except FileNotFoundError:
            return  # it was put away in this moment, for which it had to prove sound
        if rest > 0:  # below zero: what was read was taken back by a failed write, and sent again since
            raise HouseError(
                "segment {segment} of the journal in {folder} ends with {rest} bytes that are no record, yet "
                "others follow it: it was damaged. Keep the file, and restore it from the backup",
                segment=at.segment,
                folder=self.folder,
                rest=rest,
            )


def journal_id(folder: Path) -> str | None:
    """Return which journal this is, as 32 hexadecimal digits; None where nothing was written yet."""
    for number in numbers(folder):
        head = head_of(path_of(folder, number))
        if head is not None:
            return head.journal.hex()
    return None

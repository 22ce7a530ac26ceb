"""What one record of the journal is, and how it and a segment's head are written as bytes.

A record is ``length | body | hash``: the length of the body [B], the body, and SHA-256 over the hash before it,
the length and the body. The body is ``kind | received | length of peer | length of MN | peer | MN | raw``. All
numbers stand with their lowest byte first.
"""

import struct
from dataclasses import dataclass
from enum import IntEnum
from hashlib import sha256
from typing import NamedTuple

HASH_BYTES = 32
FIRST_HASH = bytes(HASH_BYTES)
"""What stands before the first record of a journal."""
LENGTH = struct.Struct("<I")
_BODY = struct.Struct("<BqBB")
_LENGTH_AND_BODY = struct.Struct("<IBqBB")
HEAD_OF_BODY = _BODY.size
OVERHEAD = LENGTH.size + HEAD_OF_BODY + HASH_BYTES
"""Bytes of a record beside peer, MN and frame. [B]"""
LONGEST_BODY = 1 << 20
"""No record is longer; a length beyond it is damage. [B]"""
LONGEST_NAME = 255
"""Of peer and MN; what is longer is cut here and stands whole in the raw bytes. [B]"""

_MAGIC = b"LANTIANJ"
_VERSION = 1
_HEAD = struct.Struct("<8sII16sq32s")
HEAD_BYTES = _HEAD.size + HASH_BYTES
"""Length of a segment's head. [B]"""
_OFFSET_BITS = 40


class Kind(IntEnum):
    """Why a record stands in the journal."""

    FRAME = 1
    """Whole frame of a registered device: acknowledged, and taken into the lake."""
    UNKNOWN_DEVICE = 2
    """Frame of an MN that nobody registered, or that was retired."""
    REFUSED = 3
    """Frame of a registered MN with a wrong password, from an address that is not its own, or encrypted with a key
    that is not known here; or plain where cipher is required."""
    FAULTY = 4
    """Frame whose checksum or form does not hold; never acknowledged."""
    NOISE = 5
    """Bytes that are no frame."""
    SENT = 6
    """Frame that the gateway sent on its own account: a request to a device, without new passwords and keys."""


class Position(NamedTuple):
    """Where a record begins: number of the segment and byte within it."""

    segment: int
    offset: int

    @property
    def number(self) -> int:
        """One whole number that grows from record to record, for 64-bit counters.

        Examples
        --------
        >>> Position(3, 104).number
        3298534883432
        """
        return (self.segment << _OFFSET_BITS) | self.offset

    @classmethod
    def of(cls, number: int) -> "Position":
        """Read the position back from its number.

        Examples
        --------
        >>> Position.of(3298534883432)
        Position(segment=3, offset=104)
        """
        return cls(number >> _OFFSET_BITS, number & ((1 << _OFFSET_BITS) - 1))

    def __str__(self) -> str:
        return f"{self.segment}:{self.offset}"


class Record(NamedTuple):
    """One record as it was read."""

    position: Position
    kind: Kind
    received_us: int
    """When its last byte was received, since 1970 in UTC. [µs]"""
    peer: str
    """Address of whoever sent it."""
    mn: str
    """MN as it stands in the frame, or of the device whose number a logger asks for (1001); empty where there is
    none."""
    raw: bytes
    """The frame byte for byte."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Some records in order, and where to read on."""

    records: tuple[Record, ...]
    following: Position
    at_end: bool
    """Nothing more stood in the journal when this was read."""


@dataclass(frozen=True, slots=True)
class SegmentHead:
    """First bytes of a segment."""

    number: int
    journal: bytes
    """16 random bytes: which journal this is."""
    opened_us: int
    """[µs]"""
    previous: bytes
    """Hash of the last record before this segment."""

    def encode(self) -> bytes:
        """Write the head with its own hash, where the chain of the segment begins."""
        plain = _HEAD.pack(_MAGIC, _VERSION, self.number, self.journal, self.opened_us, self.previous)
        return plain + sha256(plain).digest()

    @classmethod
    def decode(cls, data: bytes) -> "SegmentHead | None":
        """Read a head; None where these bytes are none."""
        if len(data) < HEAD_BYTES or sha256(data[: _HEAD.size]).digest() != data[_HEAD.size : HEAD_BYTES]:
            return None
        magic, version, number, journal, opened, previous = _HEAD.unpack_from(data)
        return cls(number, journal, opened, previous) if (magic, version) == (_MAGIC, _VERSION) else None


def encode(kind: int, received_us: int, peer: bytes, mn: bytes, raw: bytes) -> bytes:
    """Write a record without its hash."""
    peer, mn = peer[:LONGEST_NAME], mn[:LONGEST_NAME]
    length = HEAD_OF_BODY + len(peer) + len(mn) + len(raw)
    return b"".join((_LENGTH_AND_BODY.pack(length, kind, received_us, len(peer), len(mn)), peer, mn, raw))


def chained(previous: bytes, plain: bytes) -> bytes:
    """Return the hash of a record that follows another."""
    return sha256(previous + plain).digest()


def decode(position: Position, body: bytes) -> Record | None:
    """Read a body; None where it is none."""
    if len(body) < HEAD_OF_BODY:
        return None
    kind, received, peer, mn = _BODY.unpack_from(body)
    first, second = HEAD_OF_BODY + peer, HEAD_OF_BODY + peer + mn
    if second > len(body) or kind not in _KINDS:
        return None
    return Record(
        position,
        _KINDS[kind],
        received,
        body[HEAD_OF_BODY:first].decode("ascii", "replace"),
        body[first:second].decode("utf-8", "replace"),
        body[second:],
    )


_KINDS = {int(kind): kind for kind in Kind}

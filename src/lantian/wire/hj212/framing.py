"""Bytes as they come to whole frames (拆帧): cut by length, never by ``&&`` or line ends.

A framer is fed with whatever a connection gives and returns what is whole. Feeding byte by byte gives the same
pieces as feeding all at once, because each decision waits for the byte that it depends on. One of them waits for
the line end: a sender that leaves it out is understood when its next frame begins, or at once when the caller,
after a short silence, calls `flush` (`waiting` says that it would help).

A length that lies is recovered only when nothing else is possible: the checksum has to fit what stands before the
first line end, or before the next header. Every other byte is kept as noise.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lantian.wire.hj212.crc import TEXT, crc16
from lantian.wire.hj212.sm4 import unprinted

_HEADER = re.compile(rb"##([0-9]{4})")
_END = re.compile(rb"&&([0-9A-Fa-f]{4})\r\n")
_CRC = re.compile(rb"[0-9A-Fa-f]{4}")
_CLOSED = re.compile(rb"&&[0-9A-Fa-f]{4}")
_HALF_HEADER = re.compile(rb"#(?:#[0-9]{0,3})?\Z")
_LINE_END, _NEXT_HEADER, _TRUNCATED = range(3)
_HEAD = 6
"""Bytes of ``##`` and the length."""
_CHECK = 4
"""Bytes of the checksum."""
_DOUBT = 2048
"""Longest segment whose checksum is worked out to settle a doubt: hostile bytes could raise any number. [bytes]"""


@dataclass(frozen=True, slots=True)
class FrameLimits:
    """How long things may be.

    Parameters
    ----------
    segment : int
        Longest data segment of the standard; longer ones are taken with a fault, and refused in writing. [bytes]
    longest : int
        Longest data segment that is read at all; real senders send up to 1,700. [bytes]
    cp : int
        Longest data area of the standard. [bytes]
    noise : int
        Noise is handed out in blocks of this size. [bytes]
    """

    segment: int = 1024
    longest: int = 8192
    cp: int = 950
    noise: int = 4096

    @property
    def most_pending(self) -> int:
        """Most that a framer ever keeps. [bytes]"""
        return self.longest + 2 * _HEAD + _CHECK + self.noise


class RawFrame:
    """One frame as it came.

    Attributes
    ----------
    raw : bytes
        Header, length, segment, checksum and line end, byte for byte.
    segment : bytes
        The data segment alone.
    crc_sent : bytes
        The four characters of the checksum, as sent.
    declared : int
        What the length field says. [bytes]
    faults : tuple of str
        Codes of `faults.FAULTS` that concern the frame itself.
    """

    __slots__ = ("crc_sent", "declared", "faults", "raw", "segment")

    def __init__(
        self, raw: bytes, segment: bytes, crc_sent: bytes, declared: int, faults: tuple[str, ...] = ()
    ) -> None:
        self.raw = raw
        self.segment = segment
        self.crc_sent = crc_sent
        self.declared = declared
        self.faults = faults

    def _key(self) -> tuple[object, ...]:
        return (self.raw, self.segment, self.crc_sent, self.declared, self.faults)

    def __eq__(self, other: object) -> bool:
        return self._key() == other._key() if isinstance(other, RawFrame) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._key())

    def __repr__(self) -> str:
        return f"RawFrame({self.raw!r}, faults={self.faults})"


@dataclass(frozen=True, slots=True)
class Noise:
    """Bytes that are no frame: kept, so that they can be shown and counted."""

    raw: bytes


Piece = RawFrame | Noise


class Framer:
    r"""Cuts the bytes of one connection into frames and noise.

    Parameters
    ----------
    limits : FrameLimits
        How long things may be.

    Examples
    --------
    >>> framer = Framer(FrameLimits())
    >>> framer.feed(b"##0087QN=20240601085857223;ST=32;CN=1011;PW=123456;")
    []
    >>> [frame] = framer.feed(b"MN=010000A8900016F000169DC0;Flag=9;CP=&&&&2200\r\n")
    >>> frame.crc_sent, frame.declared, framer.pending
    (b'2200', 87, 0)
    """

    __slots__ = ("_bytes", "_limits", "_noise")

    def __init__(self, limits: FrameLimits) -> None:
        self._limits = limits
        self._bytes = b""
        self._noise = 0
        """How many of the kept bytes, from the first, are known to be noise."""

    @property
    def pending(self) -> int:
        """Bytes that are kept because they are not whole yet; never more than `limits.most_pending`."""
        return len(self._bytes)

    @property
    def waiting(self) -> bool:
        """Whether `flush` would give something: a frame that lacks its line end only, or noise."""
        return bool(self._bytes) and bool(self._take(self._bytes, final=True)[0])

    def feed(self, chunk: bytes) -> list[Piece]:
        """Take what the connection gave and return what is whole, in order."""
        data = self._bytes + chunk if self._bytes else bytes(chunk)
        pieces, self._bytes, self._noise = self._take(data, final=False)
        return pieces

    def flush(self) -> list[Piece]:
        """Return what is whole but for its line end: the connection was silent for a moment.

        A half frame stays. A line end that comes later after all is noise.
        """
        pieces, self._bytes, self._noise = self._take(self._bytes, final=True)
        return pieces

    def close(self) -> list[Piece]:
        """Return everything that is left: the connection has ended."""
        pieces = self.flush()
        pieces += self._blocks(self._bytes)
        self._bytes, self._noise = b"", 0
        return pieces

    # ------------------------------------------------------------------------------------------ cutting

    def _take(self, data: bytes, *, final: bool) -> tuple[list[Piece], bytes, int]:
        """Cut what is whole; return it, the bytes to keep, and how many of these are noise."""
        pieces: list[Piece] = []
        told = 0  # up to here everything has been handed out
        at = self._noise
        while True:
            header = _HEADER.match(data, at) or _HEADER.search(data, at)
            if header is None:
                at = self._before_half_header(data, at)
                break
            at = header.start()
            found = self._read(data, at, int(header[1]), final=final)
            if found is None:
                break
            end, frame = found
            if frame is not None:
                if at > told:
                    pieces += self._blocks(data[told:at])
                pieces.append(frame)
                told = end
            at = end
        size = self._limits.noise
        while at - told >= size:
            pieces.append(Noise(data[told : told + size]))
            told += size
        if final and at > told:
            pieces.append(Noise(data[told:at]))
            told = at
        return pieces, data[told:], at - told

    def _blocks(self, noise: bytes) -> list[Piece]:
        """Noise in blocks of the agreed size."""
        size = self._limits.noise
        return [Noise(noise[at : at + size]) for at in range(0, len(noise), size)]

    @staticmethod
    def _before_half_header(data: bytes, at: int) -> int:
        """Where the noise ends when the last bytes may be the beginning of a header."""
        half = _HALF_HEADER.search(data, max(at, len(data) - _HEAD + 1))
        return half.start() if half else len(data)

    def _read(self, data: bytes, at: int, declared: int, *, final: bool) -> tuple[int, RawFrame | None] | None:
        """Read what the header at this place begins: a frame, noise (None) up to a place, or not decided yet."""
        segment = at + _HEAD
        end = segment + declared + _CHECK
        if declared > self._limits.longest:
            return self._resume(data, at, declared, final=final)
        if (
            end + 2 <= len(data)
            and _END.match(data, end - 6)
            and data.find(b"\r\n", segment, end) < 0
            and data.find(b"##", segment, end) < 0
        ):
            faults = () if declared <= self._limits.segment else ("oversize",)
            crc_at = end - _CHECK
            return end + 2, RawFrame(data[at : end + 2], data[segment:crc_at], data[crc_at:end], declared, faults)
        return self._in_doubt(data, at, declared, end, final=final)

    def _in_doubt(
        self, data: bytes, at: int, declared: int, end: int, *, final: bool
    ) -> tuple[int, RawFrame | None] | None:
        """Take the first reading, by the byte that decides it, that holds."""
        size = len(data)
        for decided, kind, place in sorted(self._early(data, at, end)):
            if decided > min(end, size):
                break
            if kind == _TRUNCATED and _fits(data, place, decided):
                return place, None
            if kind != _TRUNCATED and self._ends(data, at, declared, place):
                return self._frame(data, at, declared, place, final=final)
        if size < end:
            return None
        crc = _CRC.match(data, end - _CHECK)
        if crc and (_CLOSED.match(data, end - 6) or (declared <= _DOUBT and _fits(data, at, end))):
            return self._frame(data, at, declared, end, final=final)
        if size < end + 2:
            return None
        if crc and data[end : end + 2] in {b"\r\n", b"##"}:
            return self._frame(data, at, declared, end, final=final)
        return self._resume(data, at, declared, final=final)

    @staticmethod
    def _early(data: bytes, at: int, end: int) -> Iterator[tuple[int, int, int]]:
        """Yield the readings that are decided before the declared end: at which byte, which, where."""
        header = _HEADER.search(data, at + _HEAD, end)
        line = data.find(b"\r\n", at + _HEAD, header.start() if header else end)
        if line >= 0:
            yield line + 2, _LINE_END, line
        if header is not None:
            yield header.end(), _NEXT_HEADER, header.start()
            if int(header[1]) <= _DOUBT:
                yield header.end() + int(header[1]) + _CHECK, _TRUNCATED, header.start()

    def _resume(self, data: bytes, at: int, declared: int, *, final: bool) -> tuple[int, RawFrame | None] | None:
        """Go by the first line end or header, whichever comes first: the declared end is none."""
        most = at + _HEAD + self._limits.longest + _CHECK
        header = _HEADER.search(data, at + _HEAD, most + _HEAD)
        line = data.find(b"\r\n", at + _HEAD, min(most + 2, header.start() if header else most + 2))
        if line < 0 and header is None:
            return (at + 2, None) if len(data) >= most + _HEAD else None
        if header is None or line >= 0:
            if self._ends(data, at, declared, line):
                return self._frame(data, at, declared, line, final=final)
            return line + 2, None
        if self._ends(data, at, declared, header.start()):
            return self._frame(data, at, declared, header.start(), final=final)
        return header.start(), None

    @staticmethod
    def _ends(data: bytes, at: int, declared: int, end: int) -> bool:
        """Whether a frame ends here although its length field says otherwise."""
        if _fits(data, at, end):
            return True
        segment = data[at + _HEAD : end - _CHECK]
        return (
            b"{0x" in segment and _CLOSED.match(data, end - 6) is not None and len(unprinted(segment)) == declared
        )

    def _frame(
        self, data: bytes, at: int, declared: int, end: int, *, final: bool
    ) -> tuple[int, RawFrame | None] | None:
        """Make the frame that ends here, with its line end; None when that has not come yet."""
        tail = data[end : end + 2]
        if not final and (not tail or tail == b"\r"):
            return None
        whole = tail == b"\r\n"
        after = end + (2 if whole else 1 if tail[:1] in {b"\r", b"\n"} else 0)
        segment = data[at + _HEAD : end - _CHECK]
        faults = [
            code
            for code, broken in (
                ("no_crlf", not whole),
                ("length_mismatch", declared != len(segment) and declared != len(unprinted(segment))),
                ("oversize", len(segment) > self._limits.segment),
            )
            if broken
        ]
        frame = RawFrame(data[at:after], segment, data[end - _CHECK : end], declared, tuple(faults))
        return after, frame


def _fits(data: bytes, at: int, end: int) -> bool:
    """Whether the four characters before `end` are the checksum of everything since the header."""
    crc_at = end - _CHECK
    if crc_at <= at + _HEAD or end > len(data) or not _CRC.match(data, crc_at):
        return False
    return TEXT[crc16(data[at + _HEAD : crc_at])] == data[crc_at:end].upper()

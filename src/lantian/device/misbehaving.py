"""Faults on demand: what a bad logger or a bad line makes of a frame."""

from collections.abc import Sequence
from enum import StrEnum

from lantian.device.client import Send, honest

_PIECE = 7
"""Bytes of one write of a split frame."""
_LIE = 7
"""By how much a length field lies. [bytes]"""


class Misdeed(StrEnum):
    """What goes wrong."""

    CRC = "crc"
    """Another checksum."""
    LENGTH = "length"
    """A length field that lies."""
    HALF = "half"
    """The line breaks within the frame; the next one follows all the same."""
    FLOOD = "flood"
    """Each frame many times, without waiting."""
    SILENT = "silent"
    """Nothing at all is sent."""
    CLOCK = "clock"
    """The logger's clock is wrong until the host sets it; the frames are right."""
    SPLIT = "split"
    """The frame comes in small pieces with pauses."""


def sender(misdeed: Misdeed | None, *, times: int = 1000) -> Send:
    """Return what a fault makes of each frame.

    Parameters
    ----------
    misdeed
        The fault; None for none.
    times
        How often a flood sends each frame.

    Examples
    --------
    >>> sender(Misdeed.CRC)(b"##0002ST8140" + bytes([13, 10]))[0][8:12]
    b'7EBF'
    >>> [len(piece) for piece in sender(Misdeed.SPLIT)(bytes(16))]
    [7, 7, 2]
    """
    if misdeed is Misdeed.CRC:
        return _other_checksum
    if misdeed is Misdeed.LENGTH:
        return _other_length
    if misdeed is Misdeed.HALF:
        return lambda data: (data[: len(data) // 2],)
    if misdeed is Misdeed.FLOOD:
        return lambda data: (data,) * times
    if misdeed is Misdeed.SILENT:
        return lambda _data: ()
    if misdeed is Misdeed.SPLIT:
        return lambda data: tuple(data[at : at + _PIECE] for at in range(0, len(data), _PIECE))
    return honest


def _other_checksum(data: bytes) -> Sequence[bytes]:
    body = data.rstrip(b"\r\n")
    return (body[:-4] + b"%04X" % (int(body[-4:], 16) ^ 0xFFFF) + data[len(body) :],)


def _other_length(data: bytes) -> Sequence[bytes]:
    return (b"##%04d" % ((int(data[2:6]) + _LIE) % 10_000) + data[6:],)

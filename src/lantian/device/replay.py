"""Frames of a file, sent again byte for byte as a logger once sent them (回放)."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from lantian.device.identity import Identity
from lantian.terms.errors import CallerError
from lantian.wire.hj212.editions import Edition, flag_of
from lantian.wire.hj212.frame import Frame, parse_frame
from lantian.wire.hj212.framing import FrameLimits, Framer, RawFrame
from lantian.wire.hj212.messages import Message, generic

_READ = 1 << 20


def read_frames(
    path: Path, *, edition: Edition | None = None, key: bytes | None = None, most: int = 100_000
) -> list[Frame]:
    """Read the frames of a file, in order; what is no frame is left out.

    Raises
    ------
    CallerError
        When the file cannot be read, holds no frame, or more than `most`.
    """
    framer, found = Framer(FrameLimits()), []
    try:
        with path.open("rb") as source:
            while chunk := source.read(_READ):
                found += [piece for piece in framer.feed(chunk) if isinstance(piece, RawFrame)]
                if len(found) > most:
                    raise CallerError("{path} holds more than {most} frames. Divide it.", path=path, most=most)
    except OSError as error:
        raise CallerError("{path} cannot be read: {error}. Name a file.", path=path, error=error) from error
    found += [piece for piece in framer.close() if isinstance(piece, RawFrame)]
    if not found:
        raise CallerError("{path} holds no frame of HJ 212. Name a file with bytes as they came.", path=path)
    return [parse_frame(piece, edition=edition, key=key) for piece in found]


def identity_of(frame: Frame, *, edition: Edition | None = None, key: bytes | None = None) -> Identity:
    """Return who the sender of a frame says that it is."""
    return Identity(frame.mn, frame.pw, frame.st, edition or frame.edition or Edition.HJ2017, key)


class Recorded:
    """What a file knows, for a host that asks for history.

    Parameters
    ----------
    frames
        The recorded frames.
    identity
        Whose records are told.
    """

    def __init__(self, frames: Sequence[Frame], identity: Identity) -> None:
        self._identity = identity
        self._known = [
            (frame.cn, frame.data_time or "", generic(frame))
            for frame in frames
            if frame.crc_ok and frame.mn == identity.mn and frame.data_time
        ]

    def __call__(self, cn: str, begin: str, end: str) -> list[Message]:
        """Return the records of a command from one DataTime to another, both included, as they were."""
        flag = flag_of(self._identity.edition, answer=True)
        late = self._identity.edition is Edition.HJ2025
        return [
            replace(message, pw=self._identity.pw, flag=flag, rf=late, pnum=None, pno=None)
            for command, at, message in self._known
            if command == cn and begin <= at <= end
        ]

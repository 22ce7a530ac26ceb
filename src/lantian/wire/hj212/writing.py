"""Messages to bytes, strictly: what the edition does not allow is refused (组包, 拆分包).

`write` and `split` check everything; `segment_of` and `build` check nothing and are there for tests and for
devices that have to misbehave. The four answers are made from the frame they answer and echo it as it came.
"""

from lantian.terms.errors import CallerError
from lantian.wire.hj212.crc import TEXT, crc16
from lantian.wire.hj212.editions import Edition, flag_of
from lantian.wire.hj212.frame import Frame
from lantian.wire.hj212.framing import FrameLimits
from lantian.wire.hj212.message import Message
from lantian.wire.hj212.parts import join, parts
from lantian.wire.hj212.segment import segment_of
from lantian.wire.hj212.sm4 import encrypt_region, region_of
from lantian.wire.hj212.sm4 import printed as as_printed
from lantian.wire.hj212.strict import check

__all__ = [
    "build",
    "data_answer",
    "join",
    "notice_answer",
    "parts",
    "request_answer",
    "result_answer",
    "segment_of",
    "split",
    "write",
]


def build(segment: bytes, *, key: bytes | None = None, printed: bool = False) -> bytes:
    r"""Put a data segment into a frame: length, checksum over the plaintext, and cipher last.

    Parameters
    ----------
    segment : bytes
        The data segment, plain.
    key : bytes, optional
        SM4 key for its data area.
    printed : bool
        Send the cipher as the standard prints it, ``{0xE4,0x3E}``; the length then counts what is sent.

    Raises
    ------
    CallerError
        When the segment has more bytes than four digits can say.

    Examples
    --------
    >>> build(b"QN=20240601085857223;ST=32;CN=1011;PW=123456;MN=010000A8900016F000169DC0;Flag=9;CP=&&&&")[-6:]
    b'2200\r\n'
    """
    if len(segment) > 9999:
        raise CallerError("A segment of {size} bytes does not fit a length of four digits.", size=len(segment))
    crc = TEXT[crc16(segment)]
    if key is not None and (region := region_of(segment)):
        start, end = region
        cipher = encrypt_region(segment[start:end], key)
        segment = segment[:start] + (as_printed(cipher) if printed else cipher) + segment[end:]
    return b"##%04d%b%b\r\n" % (len(segment), segment, crc)


def write(
    message: Message, *, key: bytes | None = None, limits: FrameLimits | None = None, printed: bool = False
) -> bytes:
    """Write one frame as the edition of its Flag demands.

    Parameters
    ----------
    message : Message
        The message.
    key : bytes, optional
        SM4 key; only the edition of 2025 encrypts.
    limits : FrameLimits, optional
        Longest segment and data area, as plaintext.
    printed : bool
        Send the cipher as the standard prints it.

    Raises
    ------
    CallerError
        When the edition does not allow the message; the text says what and what would be right.
    """
    limits = limits or FrameLimits()
    segment = _checked(message, key)
    if _too_long(segment, limits):
        start, end = region_of(segment) or (0, 0)
        raise CallerError(
            "The data area has {area} bytes and the segment {segment}; {cp} and {most} are allowed. Split it.",
            area=end - start,
            segment=len(segment),
            cp=limits.cp,
            most=limits.segment,
        )
    return build(segment, key=key, printed=printed)


def _checked(message: Message, key: bytes | None) -> bytes:
    """Return the segment of a message that its edition allows."""
    edition = check(message)
    if key is not None and edition is not Edition.HJ2025:
        raise CallerError("{edition} knows no encryption. Send it plain.", edition=edition.title)
    return segment_of(message)


def _too_long(segment: bytes, limits: FrameLimits) -> bool:
    start, end = region_of(segment) or (0, 0)
    return end - start > limits.cp or len(segment) > limits.segment


def split(
    message: Message, limits: FrameLimits | None = None, *, key: bytes | None = None, printed: bool = False
) -> list[bytes]:
    """Write a message as one frame, or as several when it is too long for one.

    Raises
    ------
    CallerError
        As for `write`; and when the edition does not allow as many parts, or one factor alone is too long.
    """
    return [data for _, data in split_messages(message, limits, key=key, printed=printed)]


def split_messages(
    message: Message, limits: FrameLimits | None = None, *, key: bytes | None = None, printed: bool = False
) -> list[tuple[Message, bytes]]:
    """Write a message as `split` does, and say which part each frame is; a part of one is written as it is.

    Raises
    ------
    CallerError
        As for `split`.
    """
    limits = limits or FrameLimits()
    segment = _checked(message, key)
    if not _too_long(segment, limits):
        return [(message, build(segment, key=key, printed=printed))]
    return [(part, write(part, key=key, limits=limits, printed=printed)) for part in parts(message, limits)]


# ---------------------------------------------------------------------------------------------- answers


def data_answer(frame: Frame, edition: Edition | None = None) -> bytes:
    """Answer 9014 to data, as it is due when Flag of the data asks for one."""
    return _answer(frame, "9014", "", edition)


def notice_answer(frame: Frame, edition: Edition | None = None) -> bytes:
    """Answer 9013 to a notice or a heartbeat."""
    return _answer(frame, "9013", "", edition)


def request_answer(frame: Frame, code: int, edition: Edition | None = None) -> bytes:
    """Answer 9011 to a request, with QnRtn."""
    return _answer(frame, "9011", f"QnRtn={code}", edition)


def result_answer(frame: Frame, code: int, edition: Edition | None = None) -> bytes:
    """Answer 9012 when a request has been executed, with ExeRtn."""
    return _answer(frame, "9012", f"ExeRtn={code}", edition)


def _answer(frame: Frame, cn: str, area: str, edition: Edition | None) -> bytes:
    """Answer a frame: its QN, PW and MN as they came, ST 91, the Flag of the edition."""
    flag = flag_of(edition or frame.edition or Edition.HJ2017).value
    qn = f"QN={frame.qn};" if frame.qn else ""
    segment = f"{qn}ST=91;CN={cn};PW={frame.pw};MN={frame.mn};Flag={flag};CP=&&{area}&&"
    return build(segment.encode("latin-1"))

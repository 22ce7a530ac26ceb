"""Messages that are too long for one frame (拆分包): divided, and put together again."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from lantian.terms.errors import CallerError, PeerError
from lantian.wire.hj212.area import clock_time
from lantian.wire.hj212.editions import Edition, flag_bits
from lantian.wire.hj212.framing import FrameLimits
from lantian.wire.hj212.message import Factors, Message
from lantian.wire.hj212.segment import area_text, factor_text, segment_of

MOST_PARTS = {Edition.HJ2005: 9999, Edition.HJ2017: 9999, Edition.HJ2025: 9}
"""Parts that the digits of PNUM allow."""
_MILLISECOND = timedelta(milliseconds=1)


def parts(message: Message, limits: FrameLimits | None = None) -> list[Message]:
    """Divide a message that is too long: each part has its own QN, all fields without a factor, and its factors.

    The QN of the parts follow each other by a millisecond.
    """
    limits = limits or FrameLimits()
    if message.pnum is not None:
        raise CallerError("Part {pno} of {pnum} cannot be divided again.", pno=message.pno, pnum=message.pnum)
    size = len(area_text(message).encode("utf-8"))
    if size <= limits.cp and len(segment_of(message)) <= limits.segment:
        return [message]
    edition = message.edition or Edition.HJ2017
    most = MOST_PARTS[edition]
    flag = flag_bits(message.flag.value | 2)
    empty = replace(message, factors={}, flag=flag, pnum=most, pno=most)
    room = min(limits.segment - len(segment_of(empty)), limits.cp - len(area_text(empty).encode("utf-8")))
    groups = list(_groups(message.factors, room))
    if len(groups) > most:
        raise CallerError(
            "The message needs {count} parts; {edition} allows {most}. Send fewer factors at a time.",
            count=len(groups),
            edition=edition.title,
            most=most,
        )
    numbers = _following(message.qn, len(groups))
    return [
        replace(message, qn=qn, flag=flag, pnum=len(groups), pno=number, factors=group)
        for number, (qn, group) in enumerate(zip(numbers, groups, strict=True), start=1)
    ]


def join(received: Iterable[Message]) -> Message:
    """Put the parts of one message together; its QN is that of the first part.

    Every part is a valid message by itself: joining is for those who want the whole at once.

    Raises
    ------
    PeerError
        When parts are missing, come twice, or belong to different messages.
    """
    ordered = sorted(received, key=lambda part: part.pno or 0)
    if not ordered:
        raise PeerError("There are no parts to join.")
    first = ordered[0]
    numbers = [part.pno for part in ordered]
    if first.pnum is None or numbers != list(range(1, first.pnum + 1)):
        raise PeerError(
            "Parts {numbers} of {pnum} are not the whole. Ask for the record again.",
            numbers=", ".join(map(str, numbers)),
            pnum=first.pnum,
        )
    if len({(part.mn, part.cn, part.st, part.pnum, part.data_time, part.rf) for part in ordered}) > 1:
        raise PeerError("The parts belong to different messages: device, command or DataTime differ.")
    factors: dict[str, Mapping[str, str]] = {}
    for part in ordered:
        for code, group in part.factors.items():
            factors[code] = {**factors.get(code, {}), **group}
    return replace(first, flag=flag_bits(first.flag.value & ~2), pnum=None, pno=None, factors=factors)


def _groups(factors: Factors, room: int) -> Iterator[dict[str, Mapping[str, str]]]:
    """Divide factors so that each group fits the room; a factor is never torn."""
    group: dict[str, Mapping[str, str]] = {}
    used = 0
    for code, fields in factors.items():
        size = len(factor_text(code, fields).encode("utf-8")) + 1
        if size > room:
            raise CallerError(
                "Factor {code} alone has {size} bytes, a part has room for {room}. Send fewer of its fields.",
                code=code,
                size=size,
                room=room,
            )
        if used + size > room:
            yield group
            group, used = {}, 0
        group[code] = fields
        used += size
    yield group


def _following(qn: str, count: int) -> list[str]:
    """Return `count` QN from this one on, a millisecond apart."""
    first = clock_time(qn)
    if first is None:
        raise CallerError("QN={qn!r} is not a time of 17 digits. Give the moment of sending.", qn=qn)
    return [_qn(first + step * _MILLISECOND) for step in range(count)]


def _qn(time: datetime) -> str:
    return f"{time:%Y%m%d%H%M%S}{time.microsecond // 1000:03d}"

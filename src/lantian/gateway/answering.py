"""The answer that a frame gets when it is durable (应答): 9014 for data, 9013 for notices and the heartbeat."""

from functools import cache

from lantian.wire.hj212.commands import Kind, command
from lantian.wire.hj212.editions import Edition
from lantian.wire.hj212.frame import Frame
from lantian.wire.hj212.writing import data_answer, notice_answer


def answer_to(frame: Frame, edition: Edition) -> bytes | None:
    """Write the answer that is due, or None where none is: it is not wanted, or the frame is an answer itself."""
    flag = frame.flag
    if flag is None or not flag.answer:
        return None
    kind = kind_of(frame.cn, edition)
    if kind is Kind.ANSWER:
        return None
    return notice_answer(frame, edition) if kind is Kind.NOTICE else data_answer(frame, edition)


@cache
def _kind(cn: str, edition: Edition) -> Kind:
    for each in (edition, *Edition):
        known = command(cn, each)
        if known is not None and known.up is not None:
            return known.up
    return Kind.UPLOAD


def kind_of(cn: str, edition: Edition) -> Kind:
    """Return what a device's command is; what its edition does not know is looked for in the others, else data.

    Examples
    --------
    >>> [kind_of(cn, Edition.HJ2017).value for cn in ("2061", "9015", "9012", "7777")]
    ['upload', 'notice', 'answer', 'upload']
    """
    return _kind(cn, edition) if len(cn) <= 4 else Kind.UPLOAD

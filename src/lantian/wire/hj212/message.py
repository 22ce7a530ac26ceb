"""A message of any command: what a frame says, without how it was written."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from lantian.wire.hj212.editions import Edition, FlagBits, flag_bits
from lantian.wire.hj212.frame import Frame

Factors = Mapping[str, Mapping[str, str]]
"""Factor code → suffix → value, as text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message, of any command and edition; values are text as they stand on the wire.

    Times are those of the sender's clock: QN of 17 digits, DataTime of 14.
    """

    cn: str
    st: str
    mn: str
    pw: str
    qn: str
    flag: FlagBits
    parameters: Mapping[str, str] = field(default_factory=dict)
    """Fields that belong to no factor."""
    factors: Factors = field(default_factory=dict)
    pnum: int | None = None
    """Number of parts, None when the message is whole."""
    pno: int | None = None
    """Number of this part, from 1."""
    rf: bool = False
    """Whether the data is sent late (2025)."""

    @property
    def edition(self) -> Edition | None:
        """Edition that Flag names."""
        return self.flag.edition

    @property
    def data_time(self) -> str | None:
        """DataTime as sent; of a period it is the start."""
        return self.parameters.get("DataTime")


def generic(frame: Frame) -> Message:
    """Message that a frame carries; a frame without Flag is read as one of 2005 that wants no answer.

    Examples
    --------
    >>> from lantian.wire.hj212.frame import parse
    >>> generic(parse(b"##0087QN=20240601085857223;ST=32;CN=1011;PW=123456;MN=010000A8900016F000169DC0;"
    ...     b"Flag=9;CP=&&&&2200")).cn
    '1011'
    """
    return Message(
        cn=frame.cn,
        st=frame.st,
        mn=frame.mn,
        pw=frame.pw,
        qn=frame.qn,
        flag=frame.flag or flag_bits(0),
        parameters=frame.parameters,
        factors=frame.factors,
        pnum=frame.pnum,
        pno=frame.pno,
        rf=frame.rf,
    )

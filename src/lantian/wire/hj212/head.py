"""The fields before CP: as the standard writes them, or field by field with a fault for each slip."""

import re
from functools import lru_cache
from typing import NamedTuple

from lantian.wire.hj212.editions import FlagBits, flag_bits

_STRICT = re.compile(
    rb";ST=([0-9A-Z]{2});CN=(\d{4});PW=([!-+\-./0-:<>-~]{1,6});MN=([0-9A-F]{24});"
    rb"Flag=(\d|[1-9]\d|1\d\d|2[0-4]\d|25[0-5])(?:;PNUM=(\d{1,4});PNO=(\d{1,4}))?(;RF=1)?"
)
"""What stands between QN and CP in a head without any slip."""
STRICT_LONGEST = 160
"""No head of that form is longer. [bytes]"""
_REMEMBERED = 8192

NAMES = ("QN", "ST", "CN", "PW", "MN", "Flag", "PNUM", "PNO", "RF")
"""Fields before CP in the order of the standard."""
_BY_FOLDED = {name.casefold(): name for name in NAMES}
_CP = re.compile(rb"CP\s*=")


class Head(NamedTuple):
    """Fields before CP, as sent, and where the data area stands."""

    values: dict[str, str]
    faults: tuple[str, ...]
    start: int
    """First byte of the data area."""
    end: int
    """Byte behind the data area."""


class StrictHead(NamedTuple):
    """What stands between QN and CP of a head without any slip."""

    st: str
    cn: str
    pw: str
    mn: str
    flag: FlagBits
    pnum: int | None
    pno: int | None
    rf: bool


@lru_cache(_REMEMBERED)
def strict_head(fields: bytes) -> StrictHead | None:
    """Read what stands between QN and CP, or None when it is not as the standard writes it.

    A device repeats these fields in every frame, so they are remembered.

    Examples
    --------
    >>> strict_head(b";ST=31;CN=2011;PW=123456;MN=010000A8900016F000169DC0;Flag=5").flag.answer
    True
    """
    found = _STRICT.fullmatch(fields)
    if found is None:
        return None
    st, cn, pw, mn, flag, pnum, pno, late = found.groups()
    return StrictHead(
        st.decode(),
        cn.decode(),
        pw.decode(),
        mn.decode(),
        flag_bits(int(flag)),
        None if pnum is None else int(pnum),
        None if pno is None else int(pno),
        late is not None,
    )


def read_head(segment: bytes) -> Head:
    """Read the fields before CP leniently, and find the data area.

    Examples
    --------
    >>> head = read_head(b"ST=32;CN=2011,MN=1;Flag=5CP=&&Flag=N")
    >>> head.values, head.faults
    ({'ST': '32', 'CN': '2011', 'MN': '1', 'Flag': '5'}, ('head_separator', 'cp_not_closed'))
    """
    faults: list[str] = []
    found = segment.find(b"CP=&&")
    mark = _CP.search(segment, max(found, 0))
    text = str(segment[: mark.start()] if mark else segment, "latin-1")
    if mark and text and not text.rstrip().endswith((";", ",")):
        faults.append("head_separator")
    if "," in text:
        faults.append("head_separator")
    values: dict[str, str] = {}
    for token in text.replace(",", ";").split(";"):
        if token.strip():
            faults += _take(token, values)
    if mark is None:
        return Head(values, tuple(dict.fromkeys([*faults, "no_cp"])), len(segment), len(segment))
    start, end, closed = _area(segment, mark.end())
    if not closed:
        faults.append("cp_not_closed")
    return Head(values, tuple(dict.fromkeys(faults)), start, end)


def _take(token: str, values: dict[str, str]) -> list[str]:
    """Put one field into `values` and return its faults."""
    faults = []
    name, equals, value = token.partition("=")
    clean, worth = name.strip(), value.strip()
    if (clean, worth) != (name, value):
        faults.append("head_blank")
    known = _BY_FOLDED.get(clean.casefold())
    if not equals or known is None:
        return [*faults, "head_unknown_field"]
    if known != clean:
        faults.append("head_case")
    if known in values:
        return [*faults, "head_twice"]
    values[known] = worth
    return faults


def _area(segment: bytes, at: int) -> tuple[int, int, bool]:
    """First byte of the data area, the byte behind it, and whether both its marks are there."""
    opened = segment.startswith(b"&&", at)
    start = at + 2 if opened else at
    end = segment.rfind(b"&&", start)
    closed = opened and end >= 0 and end + 2 == len(segment)
    return start, end if end >= 0 else len(segment), closed

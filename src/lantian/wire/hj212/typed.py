"""What every message of the standard has in common as a record of its own.

A record names the fields that its command has; what a sender adds stays in `rest` and `factors`: nothing is lost.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Self

from lantian.terms.errors import PeerError
from lantian.wire.hj212.editions import FlagBits
from lantian.wire.hj212.message import Factors, Message


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What every message carries before its data area."""

    st: str
    mn: str
    pw: str
    qn: str
    flag: FlagBits
    pnum: int | None = None
    pno: int | None = None
    rf: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """A message of one family.

    Attributes
    ----------
    head : Head
        QN, ST, PW, MN, Flag, part numbers and late mark.
    cn : str
        Command.
    factors : mapping of str to mapping of str to str
        Factor code → suffix → value.
    rest : mapping of str to str
        Plain fields that the family does not name.
    """

    head: Head
    cn: str = ""
    factors: Factors = field(default_factory=dict)
    rest: Mapping[str, str] = field(default_factory=dict)

    FIELDS: ClassVar[Mapping[str, str]] = {}
    """Name of the attribute → name of the field on the wire."""
    NUMBERS: ClassVar[frozenset[str]] = frozenset()
    """Attributes that are whole numbers; all others are text."""
    COMMANDS: ClassVar[tuple[str, ...]] = ()
    """Commands of the family; `cn` may be left out when there is only one."""

    def __post_init__(self) -> None:
        if not self.cn and len(self.COMMANDS) == 1:
            object.__setattr__(self, "cn", self.COMMANDS[0])

    @classmethod
    def read(cls, message: Message) -> Self:
        """Read a message of this family; a field that should be a number and is none raises PeerError."""
        rest = dict(message.parameters)
        values: dict[str, Any] = {}
        for name, wire in cls.FIELDS.items():
            text = rest.pop(wire, None)
            if text is not None:
                values[name] = _whole(wire, text) if name in cls.NUMBERS else text
        head = Head(
            st=message.st, mn=message.mn, pw=message.pw, qn=message.qn, flag=message.flag,
            pnum=message.pnum, pno=message.pno, rf=message.rf,
        )  # fmt: skip
        return cls(head=head, cn=message.cn, factors=message.factors, rest=rest, **values)

    def to_message(self) -> Message:
        """Return the message, ready to be written."""
        named = {wire: getattr(self, name) for name, wire in self.FIELDS.items()}
        plain = {wire: str(value) for wire, value in named.items() if value is not None}
        head = self.head
        return Message(
            cn=self.cn, st=head.st, mn=head.mn, pw=head.pw, qn=head.qn, flag=head.flag,
            pnum=head.pnum, pno=head.pno, rf=head.rf, parameters={**plain, **self.rest}, factors=self.factors,
        )  # fmt: skip

    def value(self, code: str, suffix: str) -> str | None:
        """Value of a factor as sent, or None when it was not."""
        return self.factors.get(code, {}).get(suffix)


def _whole(wire: str, text: str) -> int:
    """Whole number that a field holds."""
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise PeerError("{name}={text!r} is not a whole number; the field is of no use.", name=wire, text=text)
    return int(text)

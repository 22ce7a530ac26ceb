"""Who a logger says that it is, and how it therefore writes; what a request of the host brings."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from lantian.device.line import LIMITS
from lantian.wire.hj212.commands import is_encrypted
from lantian.wire.hj212.editions import Edition
from lantian.wire.hj212.messages import Message
from lantian.wire.hj212.writing import split_messages


@dataclass(slots=True)
class Identity:
    """Who the logger says that it is; 1002 changes its number, 1014 its key, 1072 its password, 1000 its waits."""

    mn: str
    pw: str = field(repr=False)
    st: str
    edition: Edition
    key: bytes | None = field(default=None, repr=False)
    """SM4 key of the edition of 2025; 16 bytes."""
    overtime: float = 10.0
    """How long an answer is waited for. [s]"""
    recount: int = 3
    """How often a frame is repeated."""
    old_key: bytes | None = field(default=None, repr=False)
    """The key before the newest one: the host may not know yet that it was taken."""
    printed: bool = False
    """Whether cipher is sent as the standard prints it, ``{0xE4,0x3E}``."""
    logger_id: str = ""
    """i23005, by which a host gives it its number."""

    @property
    def keys(self) -> tuple[bytes, ...]:
        """What frames of the host are opened with."""
        return tuple(key for key in (self.key, self.old_key) if key is not None)

    def take_key(self, key: bytes) -> None:
        """Use a new key from now on."""
        if key != self.key:
            self.key, self.old_key = key, self.key

    def written(self, message: Message) -> list[tuple[Message, bytes]]:
        """Write a message as this logger sends it: in parts where it is long, with cipher where its line has any.

        Raises
        ------
        CallerError
            Its edition does not allow the message.
        """
        key = self.key if self.edition is Edition.HJ2025 and is_encrypted(message.cn) else None
        return split_messages(message, LIMITS, key=key, printed=self.printed)


@dataclass(frozen=True, slots=True)
class Obeyed:
    """What a request brings: messages before its result, and whether there was anything."""

    messages: Sequence[Message] = ()
    empty: bool = False
    failed: bool = False

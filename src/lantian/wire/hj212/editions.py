"""Which edition of the standard a line speaks, and the bits of Flag that say so (标志位)."""

from dataclasses import dataclass
from enum import IntEnum
from functools import cache


class Edition(IntEnum):
    """An edition of the standard, by its year."""

    HJ2005 = 2005
    HJ2017 = 2017
    HJ2025 = 2025

    @property
    def bits(self) -> int:
        """What bits 7 to 2 of Flag say."""
        return (Edition.HJ2005, Edition.HJ2017, Edition.HJ2025).index(self)

    @property
    def title(self) -> str:
        """Number of the standard."""
        return f"HJ/T 212-{self.value}" if self is Edition.HJ2005 else f"HJ 212-{self.value}"


_EDITIONS = tuple(Edition)
_LARGEST = 255


@dataclass(frozen=True, slots=True)
class FlagBits:
    """Flag of a frame: its edition, whether it is a part of several, whether it wants an answer."""

    value: int
    edition: Edition | None
    """What the bits say, None for an unknown number; a device may be wrong about itself."""
    split: bool
    answer: bool

    @property
    def version(self) -> int:
        """Bits 7 to 2: 0, 1 and 2 are the three editions."""
        return self.value >> 2


@cache
def flag_bits(value: int) -> FlagBits:
    """Flag as a number, taken apart.

    Parameters
    ----------
    value : int
        0 to 255.

    Raises
    ------
    ValueError
        When the number does not fit eight bits.

    Examples
    --------
    >>> flag_bits(9)
    FlagBits(value=9, edition=<Edition.HJ2025: 2025>, split=False, answer=True)
    """
    if not 0 <= value <= _LARGEST:
        raise ValueError(value)
    version = value >> 2
    edition = _EDITIONS[version] if version < len(_EDITIONS) else None
    return FlagBits(value, edition, bool(value & 2), bool(value & 1))


def flag_of(edition: Edition, *, answer: bool = False, split: bool = False) -> FlagBits:
    """Flag that a sender of this edition writes.

    Examples
    --------
    >>> flag_of(Edition.HJ2017, answer=True).value
    5
    """
    return flag_bits(edition.bits << 2 | split << 1 | answer)

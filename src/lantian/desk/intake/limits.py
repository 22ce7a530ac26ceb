"""How much one file may be before we refuse it: every limit is an argument."""

from collections.abc import Callable
from dataclasses import dataclass

Progress = Callable[[str, int, int], None]
"""Called with what is being done, how much of it is done and of how much (0: not known)."""


def no_progress(what: str, done: int, total: int) -> None:
    """Say nothing: the default of every `progress` argument."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Largest file that is taken in; more is a `CallerError` that names the limit."""

    bytes: int = 512 * 1024 * 1024
    """Size of the file. [byte]"""
    rows: int = 5_000_000
    columns: int = 4_096
    """A wide national archive has a column for each of some 1,800 stations."""
    cells: int = 200_000_000
    """Rows times columns, which is what costs memory."""
    unpacked_bytes: int = 2 * 1024 * 1024 * 1024
    """Size of a packed file (xlsx, parquet) once unpacked. [byte]"""


def megabytes(size: int) -> str:
    """Write a size for people.

    Examples
    --------
    >>> megabytes(1_500_000)
    '1.5 MB'
    >>> megabytes(999)
    '999 bytes'
    """
    return f"{size / 1e6:.1f} MB" if size >= 100_000 else f"{size} bytes"

"""What the lake answers to a writer."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class Taken:
    """How far another store was read when an append was made; kept in the same commit as its rows.

    Whoever moves rows from there to here can die at any moment and begin again: what is in is never taken twice.
    """

    by: str
    """Name of the other store."""
    upto: int
    """Number that grows with it; everything before was taken."""


@dataclass(frozen=True, slots=True)
class Appended:
    """What an append did."""

    written: int
    """Rows that are new in the lake."""
    unchanged: int
    """Rows that said nothing new and were left out."""
    corrected: int
    """How many of the written rows replace one that was known before."""
    version: int
    """Delta version of the table afterwards; -1 where the table has none yet."""


@dataclass(frozen=True, slots=True)
class Compacted:
    """What a compaction did."""

    partitions: int
    """How many partitions were rewritten."""
    files_before: int
    files_after: int
    version: int


@dataclass(frozen=True, slots=True)
class Commit:
    """One step in the life of a table."""

    version: int
    at: datetime
    """Wall-clock instant of the commit (UTC)."""
    what: str
    """``append``, ``compact``, ``retain``, or the Delta operation where the store noted nothing."""
    notes: dict[str, Any]
    """Rows written, unchanged and corrected, command, partitions: whatever the step noted."""

    @classmethod
    def of(cls, entry: dict[str, Any]) -> Self:
        """Read an entry of the Delta history."""
        plain = {"timestamp", "operation", "operationParameters", "engineInfo", "clientVersion", "version", "what"}
        return cls(
            version=entry["version"],
            at=datetime.fromtimestamp(entry["timestamp"] / 1000, UTC),
            what=entry.get("what") or entry.get("operation", "").lower(),
            notes={name: value for name, value in entry.items() if name not in plain},
        )

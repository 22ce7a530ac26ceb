"""What a file at a door is, and what each kind of file gives back."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from lantian.desk.intake import Report
from lantian.store.records import Taken

if TYPE_CHECKING:
    from lantian.loop.sense.centre import Centre

HEAD_BYTES = 65_536
"""How much of a file a kind may look at to know it. [bytes]"""
PACKED_HEAD_BYTES = 16 << 20
"""The same of a packed file (a workbook), whose table of contents stands at its end. [bytes]"""


@dataclass(frozen=True, slots=True)
class Given:
    """A file that came in by a door; its bytes are durable already."""

    path: Path
    """Where its bytes can be read now; to read only. From the doors it ends with its name."""
    name: str
    """As the sender called it; only the last part of a path."""
    sha256: str
    received_at: datetime
    door: str
    """``folder``, ``http`` or ``command``."""
    sender: str | None = None
    """Who brought it, where the door knows."""
    simulated: bool | None = None
    """Whether its sender is registered as a simulated one; None: the file itself has to say what it is."""
    options: Mapping[str, str] = field(default_factory=dict)
    """What was said beside it: ``edge`` (start or end of the averaging time), ``period``."""
    once: Taken | None = None
    """For ``Lake.append(taken=...)``, one append a table: rows of a file that was interrupted after its commit are
    then not appended again, whatever was corrected in between."""

    @property
    def origin(self) -> str:
        """What stands in the column ``origin`` of its rows: name and hash."""
        return f"{self.name} sha256:{self.sha256[:16]}"


@dataclass(frozen=True, slots=True)
class TakenFile:
    """Account of one file."""

    kind: str
    reports: tuple[Report, ...]
    """Row-wise, one for each sheet or part."""
    written: int
    """Rows that were new."""
    corrected: int
    """Rows that replaced a value known before."""
    unchanged: int
    """Rows that said what was known."""
    rejects: tuple[Path, ...] = ()
    """Files of rejects that the kind itself has written; those of the reports are written by the door."""


@dataclass(frozen=True, slots=True)
class FileKind:
    """A kind of file that the room takes; nothing is read from the network."""

    key: str
    """Short name, for instance ``fires_firms``."""
    title: str
    """English message id of its name for people."""
    suffixes: tuple[str, ...]
    """In lower case, with the dot."""
    recognises: Callable[[str, bytes], bool]
    """Given the name and the first bytes: whether it is surely of this kind. Never raises."""
    take: Callable[["Centre", Given], TakenFile]
    """Append its rows, idempotently; raise CallerError where the file as a whole cannot be read."""

"""Every segment of a journal, wherever it is: beside the others, or put away and unpacked when it is read."""

import gzip
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import IO, BinaryIO, cast

from lantian.store.journal.manifest import Archived, read_manifest
from lantian.store.journal.segments import numbers, path_of
from lantian.terms.errors import HouseError

_CHUNK = 1 << 22


@dataclass(frozen=True, slots=True)
class Segment:
    """One segment."""

    folder: Path
    number: int
    archived: Archived | None = None
    """None: its own file is here."""

    @property
    def size(self) -> int:
        """How long it is, unpacked. [B]"""
        return path_of(self.folder, self.number).stat().st_size if self.archived is None else self.archived.size

    @property
    def away(self) -> bool:
        """Whether neither its file nor its archive is here."""
        return self.archived is not None and not self.archived.path(self.folder).exists()

    @contextmanager
    def opened(self) -> Iterator[BinaryIO]:
        """Open it; an archive is unpacked and compared with what was put away.

        Raises
        ------
        HouseError
            Its archive is not here, or is not what was put away.
        """
        if self.archived is None:
            try:
                file = path_of(self.folder, self.number).open("rb")
            except FileNotFoundError:  # it has been put away in this moment
                row = read_manifest(self.folder).get(self.number)
                if row is None:
                    raise
                with Segment(self.folder, self.number, row).opened() as unpacked:
                    yield unpacked
                return
            with file:
                yield file
            return
        with tempfile.TemporaryFile(dir=self.folder) as unpacked:
            _unpack(self.archived, self.folder, unpacked)
            yield cast("BinaryIO", unpacked)


def segments(folder: Path, first: int = 0) -> list[Segment]:
    """List every segment, oldest first: those that were put away, and those whose file is here.

    Parameters
    ----------
    first
        Earlier ones are not wanted: where its own file is here, the list of archived ones is not even looked at.
    """
    here = numbers(folder)
    found = {number: Segment(folder, number) for number in here}
    if first not in found:
        archived = {number: Segment(folder, number, row) for number, row in read_manifest(folder).items()}
        found = {**archived, **found}
    return [found[number] for number in sorted(found)]


def _unpack(row: Archived, folder: Path, into: IO[bytes]) -> None:
    path = row.path(folder)
    digest = sha256()
    try:
        with gzip.open(path, "rb") as packed:
            while chunk := packed.read(_CHUNK):
                digest.update(chunk)
                into.write(chunk)
    except FileNotFoundError:
        raise HouseError(
            "segment {number} of the journal was put away as {path}, which is not here. Bring it back to read it",
            number=row.number,
            path=path,
        ) from None
    except (OSError, EOFError) as error:
        raise HouseError(
            "{path}, the archive of segment {number}, cannot be unpacked: {error}. Restore it from the backup",
            number=row.number,
            path=path,
            error=error,
        ) from error
    if digest.hexdigest() != row.sha256:
        raise HouseError(
            "{path} is not the segment {number} that was put away: it was damaged or changed. Restore it from the "
            "backup",
            number=row.number,
            path=path,
        )
    into.seek(0)

"""The list of segments that were put away (归档清单): one line each, chained, beside the segments."""

import json
import os
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path

from lantian.store.journal.segments import make_durable
from lantian.terms.errors import HouseError

MANIFEST = "archive.jsonl"
_FIRST = "0" * 64


@dataclass(frozen=True, slots=True)
class Archived:
    """A segment that was put away."""

    number: int
    file: str
    """Its archive: a path below the journal's folder, or an absolute one."""
    file_sha256: str
    sha256: str
    """Of the segment as it was."""
    size: int
    """Of the segment as it was. [B]"""
    records: int
    opened_us: int
    """[µs]"""
    newest_us: int
    """When its newest record was received; that of the head where it has none. [µs]"""
    journal: str
    previous: str
    """Hash of the last record before it."""
    last: str
    """Hash of its last record."""
    archived_at: str
    archived_by: str

    def path(self, folder: Path) -> Path:
        """Return where its archive should be."""
        return folder / self.file


def read_manifest(folder: Path) -> dict[int, Archived]:
    """Return what was put away, by number; a last line that was torn by a crash does not count.

    Raises
    ------
    HouseError
        A line does not continue the chain.
    """
    return {row.number: row for row in _walk(folder)[0]}


def append_to_manifest(folder: Path, row: Archived) -> None:
    """Write one line and wait until it is durable; a torn one before it is cut off."""
    _, last, end = _walk(folder)
    path = folder / MANIFEST
    new = not path.exists()
    with path.open("r+b" if not new else "w+b") as file:
        file.truncate(end)
        file.seek(end)
        file.write(_line(row, last))
        file.flush()
        os.fsync(file.fileno())
    if new:
        make_durable(folder)


def _walk(folder: Path) -> tuple[list[Archived], str, int]:
    """Return the rows, the hash of the last line and where it ends."""
    path = folder / MANIFEST
    if not path.exists():
        return [], _FIRST, 0
    rows: list[Archived] = []
    last, end = _FIRST, 0
    for line in path.read_bytes().splitlines(keepends=True):
        if not line.endswith(b"\n"):
            break
        row = _row(line, last)
        if row is None:
            raise HouseError(
                "line {line} of {path} does not continue the chain: the list of archived segments was damaged or "
                "changed. Restore it from the backup",
                line=len(rows) + 1,
                path=path,
            )
        rows.append(row)
        last = json.loads(line)["hash"]
        end += len(line)
    return rows, last, end


def _line(row: Archived, last: str) -> bytes:
    plain = json.dumps(asdict(row), sort_keys=True, ensure_ascii=False)
    return (
        json.dumps({**asdict(row), "hash": _hash(last, plain)}, sort_keys=True, ensure_ascii=False).encode()
        + b"\n"
    )


def _row(line: bytes, last: str) -> Archived | None:
    try:
        held = json.loads(line)
        said = held.pop("hash")
        row = Archived(**held)
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
    return row if said == _hash(last, json.dumps(held, sort_keys=True, ensure_ascii=False)) else None


def _hash(last: str, plain: str) -> str:
    return sha256(f"{last}{plain}".encode()).hexdigest()

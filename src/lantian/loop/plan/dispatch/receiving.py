"""Sheets that came back: each row is taken, unchanged, untouched, or rejected with its cell and why (调度表回收).

A row is known by its code, not by its place. What is wrong never stops the rest of the file. A body's word on its
projects (state, day, money) counts at once, each change with its entry; that a duty or a task is done counts only
when a review accepts it. Indicators have a template of their own (`series`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from lantian.loop.plan.dispatch.sheet_reading import ReturnedSheet, read_returned
from lantian.loop.plan.dispatch.taking import ReceivedFile, RejectedCell, Taking, file_finding
from lantian.loop.plan.office import Office
from lantian.loop.plan.organisations import lock
from lantian.terms.errors import CallerError
from lantian.terms.findings import Severity


@dataclass(frozen=True, slots=True)
class Received:
    """What became of the files."""

    files: tuple[ReceivedFile, ...]

    @property
    def taken(self) -> int:
        """Rows taken in all."""
        return sum(file.taken for file in self.files)

    @property
    def rejects(self) -> tuple[RejectedCell, ...]:
        """Every cell of every file that was not taken."""
        return tuple(cell for file in self.files for cell in file.rejects)


def receive_files(
    office: Office, paths: Sequence[Path], *, by: str, today: date, organisation: str | None = None
) -> Received:
    """Take in sheets that came back, in one decision.

    Parameters
    ----------
    office : Office
        The air office at its desk.
    paths : sequence of Path
        Files as they came: Excel, also saved again by other programs, or CSV copies of a page.
    by : str
        Who hands them in.
    today : date
        Legal day; a day after it is in the future.
    organisation : str, optional
        Body that hands them in; by default the one that the hidden page or the words above the table name.

    Returns
    -------
    Received
        Row-wise; a file that cannot be read is a finding and the rest is taken.
    """
    at = office.now()
    read: list[tuple[Path, ReturnedSheet | ReceivedFile]] = []
    for path in paths:
        try:
            read.append((path, read_returned(path)))
        except CallerError as error:
            finding = file_finding("file_unreadable", path, error, Severity.ERROR)
            read.append((path, ReceivedFile(path.name, "", organisation, findings=(finding,))))
    files: list[ReceivedFile] = []
    with office.ledger.write() as session:
        lock(session)
        for path, sheet in read:
            if isinstance(sheet, ReceivedFile):
                files.append(sheet)
            else:
                files.append(Taking(office, session, sheet, by, at, today, organisation).run(path))
    return Received(tuple(files))


__all__ = ["Received", "ReceivedFile", "RejectedCell", "receive_files"]

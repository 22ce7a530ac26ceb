"""Which photos, papers and letters belong to what, and who may open them (佐证材料)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lantian.ledger.models import Duty, Escalation, EvidenceLink, Report, StoredFile
from lantian.ledger.people import Scope
from lantian.loop.plan.dispatch.rejects import FOR_BODY
from lantian.loop.plan.office import Office
from lantian.loop.plan.queries import rows_of
from lantian.loop.plan.rows import Columns

_CITY_ONLY = ("admission",)
_FOR_ALL = ("meeting",)


@dataclass(frozen=True, slots=True)
class EvidenceFile:
    """One file that is kept for something."""

    id: str
    name: str
    media_type: str
    size: int
    """[byte]"""
    subject: str
    """``report:<id>``, ``escalation:<id>`` …"""
    given_by: str
    given_at: datetime


_COLUMNS: Columns = (
    StoredFile.id, StoredFile.name, StoredFile.media_type, StoredFile.size, EvidenceLink.subject,
    StoredFile.given_by, StoredFile.given_at,
)  # fmt: skip
"""In the order of `EvidenceFile`."""


def files_in(session: Session, subjects: Collection[str]) -> dict[str, tuple[EvidenceFile, ...]]:
    """Read the files of several subjects, oldest first; deleted ones are left out."""
    asked = (
        select(*_COLUMNS)
        .join(EvidenceLink, EvidenceLink.file_id == StoredFile.id)
        .where(EvidenceLink.subject.in_(subjects), StoredFile.deleted_at.is_(None))
        .order_by(EvidenceLink.linked_at, EvidenceLink.id)
    )
    found: dict[str, tuple[EvidenceFile, ...]] = {}
    for row in rows_of(session, EvidenceFile, asked) if subjects else ():
        found[row.subject] = (*found.get(row.subject, ()), row)
    return found


def find_file(office: Office, file_id: str, *, scope: Scope) -> EvidenceFile | None:
    """Return a file that belongs to something that somebody may see, or None."""
    with office.ledger.read() as session:
        asked = (
            select(*_COLUMNS)
            .join(EvidenceLink, EvidenceLink.file_id == StoredFile.id)
            .where(StoredFile.id == file_id, StoredFile.deleted_at.is_(None))
            .order_by(EvidenceLink.linked_at)
        )
        links = tuple(rows_of(session, EvidenceFile, asked))
        return next((row for row in links if _may_see(session, row.subject, scope)), None)


def _may_see(session: Session, subject: str, scope: Scope) -> bool:
    kind, _, identifier = subject.partition(":")
    if kind in _FOR_ALL:
        return True
    if kind in _CITY_ONLY:
        return scope.is_city
    if kind == FOR_BODY:
        return scope.covers(identifier)
    owner = {
        "report": select(Duty.organisation_id)
        .join(Report, Report.duty_id == Duty.id)
        .where(Report.id == identifier),
        "escalation": select(Duty.organisation_id)
        .join(Escalation, Escalation.duty_id == Duty.id)
        .where(Escalation.id == identifier),
    }.get(kind)
    body = None if owner is None else session.execute(owner).scalar()
    return body is not None and scope.covers(body)

"""Turn a reading into an edition of a plan in the ledger: measures, duties, tasks, goals (方案入账)."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lantian.ledger import append_entry
from lantian.ledger.models import Confirmed, Duty, Goal, Measure, Plan, Series, Task
from lantian.loop.plan.adopting.contents import Content, MeasureContent, plain_title
from lantian.loop.plan.adopting.document_content import content_of_draft
from lantian.loop.plan.adopting.editions import Change, difference
from lantian.loop.plan.adopting.members import KIND, MembersDecision, decision_of, with_members
from lantian.loop.plan.adopting.plan_folders import load_structured
from lantian.loop.plan.adopting.structured_content import content_of_structured
from lantian.loop.plan.adopting.writing import can_be_rewritten, erase_content, write_content, write_plan
from lantian.loop.plan.office import Office
from lantian.loop.plan.organisations import lock, write_bodies, write_unknown
from lantian.science.plan_text.confirmations import (
    Confirmation,
    apply_confirmations,
    confirmation_from_payload,
)
from lantian.science.plan_text.payload import draft_payload
from lantian.science.plan_text.records import Block, BlockKind, Draft, Source, Span
from lantian.terms.errors import CallerError
from lantian.terms.findings import Finding, Severity
from lantian.terms.words import mark

_COUNTED: Mapping[str, Any] = {"measures": Measure, "duties": Duty, "tasks": Task, "goals": Goal, "series": Series}


@dataclass(frozen=True, slots=True)
class Adopted:
    """What came of a reading."""

    plan_id: str
    key: str
    edition: int
    state: str
    fresh: bool
    """False where the same text with the same confirmations stood there already."""
    counts: Mapping[str, int]
    """How many measures, duties, tasks, goals and series it has."""
    unsettled: int
    """Duties of which nobody has yet said whether that body is meant (相关县区)."""
    findings: tuple[Finding, ...]
    changes: tuple[Change, ...]
    """Against the edition before; empty for the first one."""


@dataclass(frozen=True, slots=True)
class Decisions:
    """What people have settled about the readings of one plan, and still holds."""

    ids: tuple[str, ...]
    readings: tuple[Confirmation, ...]
    members: tuple[MembersDecision, ...]


def adopt(office: Office, draft: Draft, *, by: str, file_id: str | None = None, key: str | None = None) -> Adopted:
    """Write a document's reading into the ledger as a draft edition.

    The same text with the same confirmed readings is the same edition; another text under the same key is a new
    edition. Where the city keeps a structured plan of the same title, its key, English titles and project lists
    are taken over.

    Parameters
    ----------
    office : Office
        The air office at its desk.
    draft : Draft
        As read, with the city's directory.
    by : str
        Who acts.
    file_id : str, optional
        The document among the kept files.
    key : str, optional
        Of the plan that this is an edition of, where its title has changed.

    Raises
    ------
    CallerError
        When the draft has no measure.
    """
    with office.ledger.write() as session:
        lock(session)
        return adopt_in(session, office, draft, by=by, file_id=file_id, key=key)


def adopt_in(
    session: Session, office: Office, draft: Draft, *, by: str, file_id: str | None = None, key: str | None = None
) -> Adopted:
    """Do what `adopt` does within the transaction of a command that has the lock."""
    if not draft.measures:
        raise CallerError(
            "{name} holds no measure that could be read, so there is nobody to hold to it. Look at the reading "
            "with `lantian plan read`, or give the document in another form.",
            name=draft.source.name,
        )
    twin = _twin(office, draft)
    if key is None:
        key = twin.key if twin is not None else _key_of(draft)
    write_bodies(session, office)
    decisions = decisions_of(session, key)
    read = apply_confirmations(draft, decisions.readings)
    reading = {
        **draft_payload(draft),
        "source": source_payload(draft.source),
        "confirmed": list(decisions.ids),
    }
    same_plan = twin if twin is not None and twin.key == key else None
    content = content_of_draft(read, office.city, key=key, twin=same_plan, reading=reading)
    return _adopt(session, office, content, decisions, read.findings, file_id, by)


def adopt_content(office: Office, content: Content, *, by: str) -> Adopted:
    """Write a plan that did not come from a document into the ledger as a draft edition."""
    with office.ledger.write() as session:
        lock(session)
        write_bodies(session, office)
        return _adopt(session, office, content, decisions_of(session, content.key), (), None, by)


def decisions_of(session: Session, key: str) -> Decisions:
    """Return what holds about the readings of a plan, in the order in which it was decided."""
    rows = session.execute(
        select(Confirmed)
        .where(Confirmed.plan_key == key, Confirmed.withdrawn_at.is_(None))
        .order_by(Confirmed.at, Confirmed.id)
    ).scalars()
    readings = [row for row in rows if row.payload.get("kind") != KIND]
    members = session.execute(
        select(Confirmed.payload)
        .where(Confirmed.plan_key == key, Confirmed.withdrawn_at.is_(None))
        .order_by(Confirmed.at, Confirmed.id)
    ).scalars()
    return Decisions(
        tuple(row.id for row in readings),
        tuple(confirmation_from_payload(row.payload) for row in readings),
        tuple(decision_of(payload) for payload in members if payload.get("kind") == KIND),
    )


def _adopt(
    session: Session,
    office: Office,
    content: Content,
    decisions: Decisions,
    findings: Sequence[Finding],
    file_id: str | None,
    by: str,
) -> Adopted:
    at = office.now()
    editions = editions_of(session, content.key)
    said = list(decisions.ids) if content.origin == "document" else []
    for plan in reversed(editions):
        if plan.source_sha256 == content.digest and plan.reading.get("confirmed", []) == said:
            return _told(session, plan, findings, fresh=False)
    before = editions[-1] if editions else None
    content, lost = with_members(content, decisions.members)
    write_unknown(session, office, content.unknown)
    plan = _edition(session, content, before, file_id, at)
    write_content(session, plan.id, content, at)
    told = _told(session, plan, (*findings, *lost, *content_findings(content)), fresh=True)
    append_entry(
        session, at=at, actor=by, kind="plan.adopted", subject=f"plan:{plan.id}",
        payload={
            "key": plan.key, "edition": plan.edition, "title": plan.title, "origin": plan.origin,
            "source": plan.source_name, "sha256": plan.source_sha256, "counts": dict(told.counts),
            "unsettled": told.unsettled, "confirmed": said,
        },
    )  # fmt: skip
    return told


def _edition(session: Session, content: Content, before: Plan | None, file_id: str | None, at: datetime) -> Plan:
    """Return the row to write to: the standing draft of the same text, read again, or a new edition."""
    if (
        before is not None
        and before.state == "draft"
        and before.source_sha256 == content.digest
        and can_be_rewritten(session, before.id)
    ):
        erase_content(session, before.id)
        before.reading, before.read_at = dict(content.reading), at
        before.title_en, before.file_id = content.title_en, file_id or before.file_id
        session.flush()
        return before
    return write_plan(
        session, content, edition=before.edition + 1 if before is not None else 1, file_id=file_id, at=at
    )


def editions_of(session: Session, key: str) -> Sequence[Plan]:
    """Return every edition of a plan, the first one first."""
    return session.execute(select(Plan).where(Plan.key == key).order_by(Plan.edition)).scalars().all()


def _told(session: Session, plan: Plan, findings: Sequence[Finding], *, fresh: bool) -> Adopted:
    counts = {
        name: session.execute(select(func.count()).where(model.plan_id == plan.id)).scalar_one()
        for name, model in _COUNTED.items()
    }
    unsettled = session.execute(
        select(func.count()).where(Duty.plan_id == plan.id, Duty.settled.is_(False))
    ).scalar_one()
    earlier = [row for row in editions_of(session, plan.key) if row.edition < plan.edition]
    changes = difference(session, earlier[-1].id, plan.id) if earlier else ()
    return Adopted(plan.id, plan.key, plan.edition, plan.state, fresh, counts, unsettled, tuple(findings), changes)


def content_findings(content: Content) -> tuple[Finding, ...]:
    """List what a person should look at before a plan is put in force."""
    found = [_nobody(row) for row in content.measures if not row.duties]
    found += [
        Finding(
            "body_not_in_directory", identifier,
            mark("{name} is not in the city's directory; its duties stand under the name as written."),
            Severity.WARNING, evidence={"name": name},
        )
        for identifier, name in content.unknown.items()
    ]  # fmt: skip
    found += [
        Finding(
            "goal_without_subject", f"goal {row.order}",
            mark("It is not clear whom this goal is about: {title}"),
            Severity.WARNING, evidence={"title": row.title},
        )
        for row in content.goals
        if not row.subjects
    ]  # fmt: skip
    return tuple(found)


def _nobody(measure: MeasureContent) -> Finding:
    return Finding(
        "nobody_named", measure.number,
        mark("Nobody is named for {title}: it has no duty until a person names one."),
        Severity.INFO, evidence={"title": measure.title},
    )  # fmt: skip


def _twin(office: Office, draft: Draft) -> Content | None:
    """Return the city's structured plan where it has the title of the document."""
    plan = load_structured(office.city)
    if plan is None or draft.facts.title is None:
        return None
    if plain_title(plan.file.plan.title) != plain_title(draft.facts.title.text):
        return None
    return content_of_structured(plan.file, office.city, plan.digest)


def _key_of(draft: Draft) -> str:
    title = draft.facts.title.text if draft.facts.title else draft.source.name
    return "plan-" + hashlib.sha256(plain_title(title).encode()).hexdigest()[:12]


# ---------------------------------------------------------------------------------------------- the source


def source_payload(source: Source) -> dict[str, Any]:
    """Return a document as JSON values, so that its reading can be corrected without the file."""
    return {
        "name": source.name, "text": source.text, "form": source.form, "encoding": source.encoding,
        "digest": source.digest,
        "blocks": [
            [row.kind.value, row.span.start, row.span.end, row.table, row.row, row.column, row.heading]
            for row in source.blocks
        ],
    }  # fmt: skip


def source_of(payload: Mapping[str, Any]) -> Source:
    """Return the document that a payload was made from."""
    return Source(
        name=payload["name"],
        text=payload["text"],
        blocks=tuple(
            Block(BlockKind(kind), Span(start, end), table, row, column, heading)
            for kind, start, end, table, row, column, heading in payload["blocks"]
        ),
        form=payload["form"],
        encoding=payload["encoding"],
        digest=payload["digest"],
    )

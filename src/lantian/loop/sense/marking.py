"""Marks that operators set on an outlet's time: who, when, why, to the minute; every revision is kept (标记)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select
from sqlalchemy.orm import Session

from lantian.ledger import append_entry
from lantian.ledger.models import OutletMark
from lantian.loop.sense.acting import Act, check_person
from lantian.loop.sense.centre import HOUR, Centre
from lantian.rules import MarkRule
from lantian.science.emission.mark_checks import mark_findings
from lantian.science.emission.marks import Family, Mark, marked_hours
from lantian.terms.errors import CallerError
from lantian.terms.findings import Finding
from lantian.terms.ids import uuid7
from lantian.terms.types import IntArray

_MINUTES = 60


@dataclass(frozen=True, slots=True)
class MarkContent:
    """What a mark says."""

    outlet: str
    code: str
    begin: datetime
    """To the minute."""
    end: datetime | None
    """First minute that is no longer covered; None while it lasts."""
    reason: str
    factor: str | None = None
    """None: all factors."""
    industry: str = "default"
    """Variant of the mark rule."""
    file_id: str | None = None
    """Evidence."""


@dataclass(frozen=True, slots=True)
class MarkSet:
    """What setting a mark brought."""

    key: str
    revision: int
    findings: tuple[Finding, ...]
    """What is doubtful about the outlet's marks now."""


def set_mark(centre: Centre, content: MarkContent, *, by: str) -> MarkSet:
    """Set a mark on an outlet.

    Raises
    ------
    CallerError
        No reason or name, somebody who may not mark this outlet, a code that the industry's edition of that day
        does not have, or a time that is not to the minute.
    """
    return _write(centre, content, by=by, key=None)


def revise_mark(centre: Centre, key: str, content: MarkContent, *, by: str) -> MarkSet:
    """Say a mark otherwise, as its next revision; the earlier ones stay readable.

    Raises
    ------
    CallerError
        As `set_mark`, or no such standing mark, or one of another outlet.
    """
    return _write(centre, content, by=by, key=key)


def withdraw_mark(centre: Centre, key: str, *, reason: str, by: str) -> int:
    """Take a mark back by a last revision; return its number.

    Raises
    ------
    CallerError
        No reason or name, no such standing mark, or somebody who may not mark its outlet.
    """
    _check_words(reason, by)
    at = centre.now()
    with centre.ledger.write() as session:
        held = _standing(session, key)
        check_person(session, centre, by, Act.OUTLET_MARK, held.outlet)
        row = _copy(held, at, by, reason)
        row.withdrawn = True
        session.add(row)
        _enter(session, row, "mark.withdrawn", at)
        return row.revision


def list_marks(
    centre: Centre, *, outlet: str | None = None, since: datetime | None = None, withdrawn: bool = False
) -> list[OutletMark]:
    """List the newest revision of each mark, in order of time; withdrawn ones only when asked for."""
    newest = [rows[-1] for rows in _revisions(centre, outlet).values()]
    kept = [
        row
        for row in newest
        if (withdrawn or not row.withdrawn) and (since is None or row.end is None or row.end > since)
    ]
    return sorted(kept, key=lambda row: (row.outlet, row.begin, row.key))


def list_revisions(centre: Centre, key: str) -> list[OutletMark]:
    """List what a mark said, the oldest revision first."""
    return _revisions(centre, None).get(key, [])


def marks_of(centre: Centre, outlet: str) -> list[Mark]:
    """Return the standing marks of an outlet as `lantian.science.emission.marks` wants them.

    A mark that has no end yet covers everything until now.
    """
    return [_plain(row, centre.now()) for row in list_marks(centre, outlet=outlet)]


def mark_rule(centre: Centre, at: datetime, industry: str) -> MarkRule:
    """Return the codes that an industry has on the day of an instant.

    Raises
    ------
    RuleError
        No edition has that variant then.
    """
    variants = {**centre.choice.variants, "marks": industry}
    choice = replace(centre.choice, variants=variants) if industry != "default" else centre.choice
    return centre.rulebook.edition(MarkRule, "marks", centre.lake.day_of(at), choice)


@dataclass(frozen=True, slots=True)
class LaidMarks:
    """What the marks of an outlet say about consecutive hours, for one factor."""

    unmeasured: NDArray[np.bool_]
    """Minutes in which the analyser measured nothing, shape (hours, 60)."""
    stopped: NDArray[np.bool_]
    """Hours in which the source stood from the first minute to the last."""
    excluded_minutes: IntArray
    """[min]"""
    excluded: NDArray[np.bool_]
    """Hours that are left out of a judgement."""
    codes: tuple[str, ...]
    """Codes over any minute of each hour, comma-joined."""


def lay_marks(
    centre: Centre, rows: Sequence[OutletMark], first_hour: datetime, hours: int, factor: str | None = None
) -> LaidMarks:
    """Lay standing marks of one outlet over consecutive hours, each by the edition that it was set under.

    Parameters
    ----------
    rows : sequence of OutletMark
        As `list_marks` gives them; one that has no end yet covers everything from its begin on.
    factor : str, optional
        The factor that is looked at; without one only marks of all factors count.
    """
    unmeasured = np.zeros((hours, _MINUTES), dtype=np.bool_)
    stopped, excluded = np.zeros(hours, dtype=np.bool_), np.zeros(hours, dtype=np.bool_)
    minutes = np.zeros(hours, dtype=np.int64)
    codes: list[list[str]] = [[] for _ in range(hours)]
    for name in sorted({row.rules for row in rows}):
        rule = centre.rulebook.by_id(name)
        if isinstance(rule, MarkRule):
            marks = [_plain(row, first_hour + hours * HOUR) for row in rows if row.rules == name]
            said = marked_hours(marks, first_hour, hours, rule, factor=factor)
            unmeasured |= said.unmeasured
            stopped |= said.stopped
            excluded |= said.excluded
            minutes = np.maximum(minutes, said.excluded_minutes)
            for hour, code in np.argwhere(said.minutes > 0).tolist():
                codes[hour].append(said.codes[code])
    return LaidMarks(unmeasured, stopped, minutes, excluded, tuple(",".join(sorted(set(each))) for each in codes))


def stopped_hours(centre: Centre, outlet: str, first_hour: datetime, hours: int) -> NDArray[np.bool_]:
    """Say which hours the standing marks of an outlet call stopped, by the editions that they were set under."""
    return lay_marks(centre, list_marks(centre, outlet=outlet, since=first_hour), first_hour, hours).stopped


def stopped_starts(centre: Centre, first_hour: datetime, hours: int) -> dict[str, set[datetime]]:
    """Outlet → starts of the hours of a stretch that its marks call stopped."""
    found = {}
    for outlet in {row.outlet for row in list_marks(centre, since=first_hour)}:
        stopped = stopped_hours(centre, outlet, first_hour, hours)
        found[outlet] = {first_hour + int(hour) * HOUR for hour in np.flatnonzero(stopped)}
    return found


# ---------------------------------------------------------------------------------------------- inside


def _write(centre: Centre, content: MarkContent, *, by: str, key: str | None) -> MarkSet:
    _check_words(content.reason, by)
    at = centre.now()
    begin, end = _minute(content.begin), None if content.end is None else _minute(content.end)
    if end is not None and end <= begin:
        raise CallerError(
            "A mark from {begin} to {end} covers no minute. Give an end after its begin.", begin=begin, end=end
        )
    rule = mark_rule(centre, begin, content.industry)
    meant = rule.code(content.code)
    if meant is None:
        raise CallerError(
            "{code!r} is no mark of {rule}; it has: {codes}. Name the industry whose marks the outlet may use.",
            code=content.code,
            rule=rule.name,
            codes=", ".join(row.code for row in rule.codes) or "none",
        )
    row = OutletMark(
        id=str(uuid7(at)), key=str(uuid7(at)), revision=1, outlet=content.outlet, factor=content.factor or "",
        family=meant.family, code=content.code, begin=begin, end=end, source="manual", withdrawn=False,
        reason=content.reason.strip(), author=by.strip(), at=at, file_id=content.file_id, rules=rule.id,
    )  # fmt: skip
    with centre.ledger.write() as session:
        check_person(session, centre, by, Act.OUTLET_MARK, content.outlet)
        if key is not None:
            held = _standing(session, key)
            if held.outlet != content.outlet:
                raise CallerError(
                    "Mark {key} is of outlet {held}, not of {outlet}. Withdraw it and set another one.",
                    key=key, held=held.outlet, outlet=content.outlet,
                )  # fmt: skip
            row.key, row.revision = held.key, held.revision + 1
        session.add(row)
        _enter(session, row, "mark.set" if key is None else "mark.revised", at)
    return MarkSet(row.key, row.revision, tuple(mark_findings(marks_of(centre, content.outlet), rule)))


def _check_words(reason: str, by: str) -> None:
    if not reason.strip() or not by.strip():
        raise CallerError("A mark needs a reason and the name of who sets it: false marking breaks the law.")


def _minute(at: datetime) -> datetime:
    if at.tzinfo is None or (at.second, at.microsecond) != (0, 0):
        raise CallerError("{at} is no whole minute with a zone. Write a mark's times as 2026-03-01T08:15.", at=at)
    return at


def _standing(session: Session, key: str) -> OutletMark:
    newest = select(OutletMark).where(OutletMark.key == key).order_by(OutletMark.revision.desc()).limit(1)
    row = session.scalars(newest).first()
    if row is None or row.withdrawn:
        raise CallerError("No standing mark {key!r}. `lantian sense marks list` shows those that stand.", key=key)
    return row


def _copy(held: OutletMark, at: datetime, by: str, reason: str) -> OutletMark:
    return OutletMark(
        id=str(uuid7(at)), key=held.key, revision=held.revision + 1, outlet=held.outlet, factor=held.factor,
        family=held.family, code=held.code, begin=held.begin, end=held.end, source=held.source, withdrawn=False,
        reason=reason.strip(), author=by.strip(), at=at, file_id=held.file_id, rules=held.rules,
    )  # fmt: skip


def _enter(session: Session, row: OutletMark, kind: str, at: datetime) -> None:
    session.flush()
    append_entry(
        session, at=at, actor=row.author, kind=kind, subject=f"outlet:{row.outlet}",
        payload={
            "mark": row.key, "revision": row.revision, "code": row.code, "factor": row.factor, "begin": row.begin,
            "end": row.end, "reason": row.reason, "rules": row.rules,
        },
    )  # fmt: skip


def _revisions(centre: Centre, outlet: str | None) -> dict[str, list[OutletMark]]:
    query = select(OutletMark).order_by(OutletMark.key, OutletMark.revision)
    if outlet is not None:
        query = query.where(OutletMark.outlet == outlet)
    found: dict[str, list[OutletMark]] = {}
    with centre.ledger.read() as session:
        for row in session.scalars(query):
            found.setdefault(row.key, []).append(row)
    return found


def _plain(row: OutletMark, until: datetime) -> Mark:
    family: Family = "condition" if row.family == "condition" else "monitoring"
    return Mark(
        id=row.key, outlet=row.outlet, family=family, code=row.code, begin=row.begin,
        end=row.end or max(until, row.begin), factor=row.factor or None,
        source="manual" if row.source == "manual" else "automatic", author=row.author, reason=row.reason,
        evidence=row.file_id or "", revision=row.revision, withdrawn=row.withdrawn,
    )  # fmt: skip

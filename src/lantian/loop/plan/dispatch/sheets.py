"""Which month's sheet goes to which body, filled in with all that is known (月度调度表下发)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lantian.desk.language import Translation
from lantian.ledger import append_entry
from lantian.ledger.models import Sheet
from lantian.loop.plan.dispatch.sheet_content import fill_sheet, task_words
from lantian.loop.plan.dispatch.sheet_document import write_sheet_document
from lantian.loop.plan.dispatch.sheet_files import write_sheet_workbook
from lantian.loop.plan.dispatch.sheet_layout import (
    SheetContent,
)
from lantian.loop.plan.office import Office
from lantian.loop.plan.organisations import lock
from lantian.loop.plan.queries import (
    duties_in,
    organisation_in,
    organisations_in,
    required_plan,
)
from lantian.loop.plan.rows import (
    DutyFilter,
    OrganisationRow,
    PlanRow,
)
from lantian.rules import DispatchRule
from lantian.terms.errors import CallerError
from lantian.terms.findings import Finding, Severity
from lantian.terms.ids import uuid7
from lantian.terms.words import mark

_MONTH = re.compile(r"20\d{2}-(?:0[1-9]|1[0-2])")


@dataclass(frozen=True, slots=True)
class IssuedSheet:
    """One body's sheet."""

    sheet_id: str
    organisation_id: str
    organisation: str
    duties: int
    projects: int
    workbook: Path
    document: Path
    new: bool
    """False: it had gone out before and was written again with what is known now."""


@dataclass(frozen=True, slots=True)
class Issued:
    """What went out for one month."""

    plan_id: str
    month: str
    due: date
    rule: str
    """Edition of the dispatch rule."""
    sheets: tuple[IssuedSheet, ...]
    findings: tuple[Finding, ...]


def checked_month(month: str) -> str:
    """Return a month as ``YYYY-MM``, or refuse it."""
    if not _MONTH.fullmatch(month.strip()):
        raise CallerError(
            "{month!r} is no month, so no sheet can be named by it. Write it as 2024-10.", month=month
        )
    return month.strip()


def plan_in_force(session: Session, plan_id: str | None = None) -> PlanRow:
    """Return the plan that is dispatched.

    Raises
    ------
    CallerError
        When there is none, or the one that is named is not in force.
    """
    plan = required_plan(session, plan_id)
    if plan.state != "in_force":
        raise CallerError(
            "The plan {title} is not in force ({state}), so nobody can be asked for reports. Confirm it with "
            "`lantian plan confirm`.",
            title=plan.title,
            state=plan.state,
        )
    return plan


def issue_sheets(
    office: Office,
    month: str,
    *,
    by: str,
    today: date,
    folder: Path,
    language: Translation,
    organisations: Sequence[str] | None = None,
    plan_id: str | None = None,
) -> Issued:
    """Write and register the sheets of a month: one per body with open duties, Excel and Word.

    Issuing a month again writes the files anew with what is known now; no body gets a second sheet. Files that a
    full disk refused are made by asking again.

    Parameters
    ----------
    office : Office
        The air office at its desk.
    month : str
        Month that is reported on, ``YYYY-MM``.
    by : str
        Who issues them.
    today : date
        Legal day.
    folder : Path
        Where the files go.
    language : Translation
        Language of the files.
    organisations : sequence of str, optional
        Ids or names of bodies; by default all that have duties.
    plan_id : str, optional
        By default the plan in force.

    Raises
    ------
    CallerError
        No plan in force, no such month or body, or a month that has not begun.
    """
    month = checked_month(month)
    if month > f"{today:%Y-%m}":
        raise CallerError(
            "{month} has not begun on {today}, so there is nothing to report on. Name a month up to this one.",
            month=month,
            today=today,
        )
    rule, at = office.dispatch_rule(today), office.now()
    findings: list[Finding] = []
    contents: list[tuple[SheetContent, bool]] = []
    with office.ledger.write() as session:
        lock(session)
        plan = plan_in_force(session, plan_id)
        for body in _bodies(session, plan.id, organisations):
            duties = duties_in(session, plan.id, wanted=DutyFilter(organisation=body.id, settled=True))
            if not any(row.done_on is None for row in duties):
                findings.append(_nothing_open(body, len(duties), language))
                continue
            sheet, new = _sheet_row(session, plan.id, month, body.id, rule, at)
            contents.append((fill_sheet(session, sheet, plan, body, duties, office, language), new))
            if new:
                append_entry(
                    session, at=at, actor=by, kind="sheet.issued", subject=f"sheet:{sheet.id}",
                    payload={
                        "month": month, "organisation": body.id, "due": sheet.due, "rule": rule.id,
                        "rows": sum(row.done_on is None for row in duties),
                    },
                )  # fmt: skip
    sheets = tuple(
        _written(content, new, folder, language) for content, new in contents
    )  # nobody waits for the disk
    return Issued(plan.id, month, rule.due_of(month), rule.id, sheets, tuple(findings))


def _bodies(session: Session, plan_id: str, wanted: Sequence[str] | None) -> Sequence[OrganisationRow]:
    if wanted is None:
        return organisations_in(session, plan_id)
    found = []
    for name in wanted:
        body = organisation_in(session, name)
        if body is None:
            raise CallerError(
                "No body {name!r} in this workspace, so no sheet can go to it. Use its id or name as "
                "`lantian plan duties` shows it.",
                name=name,
            )
        found.append(body)
    return tuple(dict.fromkeys(found))


def _nothing_open(body: OrganisationRow, duties: int, language: Translation) -> Finding:
    return Finding(
        "no_open_duty",
        body.id,
        mark("{body} has no open duty in this plan ({duties} in all); no sheet goes to it."),
        Severity.INFO,
        evidence={"body": body.name if language.is_chinese else body.name_en, "duties": duties},
    )


def _sheet_row(
    session: Session, plan_id: str, month: str, organisation_id: str, rule: DispatchRule, at: Any
) -> tuple[Sheet, bool]:
    same = select(Sheet).where(
        Sheet.plan_id == plan_id, Sheet.month == month, Sheet.organisation_id == organisation_id
    )
    held = session.execute(same).scalar_one_or_none()
    if held is not None:
        return held, False
    made = Sheet(
        id=str(uuid7(at)), plan_id=plan_id, month=month, organisation_id=organisation_id, issued_at=at,
        due=rule.due_of(month), received_at=None, reminded_at=None,
    )  # fmt: skip
    session.add(made)
    session.flush()
    return made, True


def _written(content: SheetContent, new: bool, folder: Path, language: Translation) -> IssuedSheet:
    name = f"{content.month} {content.organisation}".replace("/", "-")
    kind = language.gettext(mark("Dispatch sheet"))
    workbook, document = folder / f"{name} {kind}.xlsx", folder / f"{name} {kind}.docx"
    write_sheet_workbook(workbook, content, language)
    write_sheet_document(document, content, language)
    return IssuedSheet(
        content.sheet_id, content.organisation_id, content.organisation, len(content.duties),
        len(content.projects), workbook, document, new,
    )  # fmt: skip


__all__ = [
    "Issued",
    "IssuedSheet",
    "checked_month",
    "issue_sheets",
    "plan_in_force",
    "task_words",
]

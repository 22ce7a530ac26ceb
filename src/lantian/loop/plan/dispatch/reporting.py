"""What a body says of one duty for one month; a correction is a new version, and none is ever lost (进展填报)."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from lantian.ledger import append_entry
from lantian.ledger.entries import canonical
from lantian.ledger.models import Duty, Plan, Report, Sheet
from lantian.loop.plan.dispatch.sheet_layout import CLAIMS
from lantian.loop.plan.dispatch.sheets import checked_month
from lantian.loop.plan.office import Office
from lantian.loop.plan.organisations import lock
from lantian.terms.errors import CallerError
from lantian.terms.ids import uuid7
from lantian.terms.words import mark

LONGEST = 5_000
"""Characters of one text of a report."""
NOT_IN_FORCE = mark("This sheet is of a plan that is no longer in force. Ask for a sheet of the one that is.")


@dataclass(frozen=True, slots=True)
class ReportContent:
    """What is reported."""

    progress: str
    claimed: str
    """``not_started``, ``under_way``, ``done`` or ``difficult``."""
    share: Decimal | None = None
    """How much is done, 0 to 100. [%]"""
    problems: str = ""
    next_step: str = ""
    spent: Decimal | None = None
    """[yuan]"""

    @property
    def digest(self) -> str:
        """SHA-256 over all of it: the same report twice is one."""
        said = {
            "progress": self.progress, "claimed": self.claimed, "share": _shortest(self.share),
            "problems": self.problems, "next_step": self.next_step, "spent": _shortest(self.spent),
        }  # fmt: skip
        return hashlib.sha256(canonical(said).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Evidence:
    """A photo or a paper that shows what a report says."""

    name: str
    """As its body calls it; the ending has to agree with the bytes."""
    content: bytes


@dataclass(frozen=True, slots=True)
class Objection:
    """Why a report cannot be taken: the cell that is to blame, the reason and what to do."""

    column: str
    code: str
    message: str
    """Message id."""
    values: dict[str, str | float | int | None]


@dataclass(frozen=True, slots=True)
class Reported:
    """What became of a report."""

    report_id: str
    duty_id: str
    month: str
    version: int
    new: bool
    """False: the same was reported before."""


def objections(content: ReportContent) -> Iterator[Objection]:
    """Say what is wrong with a report in itself."""
    if content.claimed not in CLAIMS:
        yield Objection(
            "claimed", "no_state", mark("The state is missing. Choose one from the list of the cell."), {}
        )
    if not content.progress.strip():
        message = (
            mark("It is said to be done, but not what was done. Write it in the column of progress.")
            if content.claimed == "done"
            else mark("Nothing stands under progress. Write what was done this month, or that nothing was.")
        )
        yield Objection("progress", "no_progress", message, {})
    share = content.share
    if share is not None and not 0 <= share <= 100:
        message = mark("{value} is no share of a whole. Write a number from 0 to 100.")
        yield Objection("share", "share_out_of_range", message, {"value": str(share)})
    elif share is not None and share < 100 and content.claimed == "done":
        message = mark("It is said to be done, but only {value} % of it. Write 100, or another state.")
        yield Objection("share", "done_not_whole", message, {"value": str(share)})
    if content.spent is not None and content.spent < 0:
        message = mark("{value} is below zero. Write what was spent.")
        yield Objection("spent", "negative_money", message, {"value": str(content.spent)})
    for column in ("progress", "problems", "next_step"):
        if (length := len(getattr(content, column))) > LONGEST:
            message = mark("The text has {length} characters; at most {most} are kept. Shorten it.")
            yield Objection(column, "too_long", message, {"length": length, "most": LONGEST})


def report_progress(
    office: Office,
    duty_id: str,
    month: str,
    content: ReportContent,
    *,
    by: str,
    organisation: str | None = None,
    evidence: Sequence[Evidence] = (),
) -> Reported:
    """Report on one duty for one month, as a page does; sheets come in by `receiving.receive_files`.

    Parameters
    ----------
    office : Office
        The air office at its desk.
    duty_id : str
        Duty that is reported on.
    month : str
        Month, ``YYYY-MM``; its sheet must have gone out.
    content : ReportContent
        What is said.
    by : str
        Who reports.
    organisation : str, optional
        Body for which they may speak; another body's duty is refused.
    evidence : sequence of Evidence
        Photos and papers that belong to it; one that is not taken refuses the whole report.

    Raises
    ------
    CallerError
        Unknown, foreign, unsettled or finished duty, a month that was not asked for, or a report that contradicts
        itself.
    """
    month, at = checked_month(month), office.now()
    with office.ledger.write() as session:
        lock(session)
        duty = session.get(Duty, duty_id)
        if duty is None:
            raise CallerError(
                "There is no duty {duty_id!r}. `lantian plan duties` lists those there are.", duty_id=duty_id
            )
        if organisation is not None and organisation != duty.organisation_id:
            raise CallerError(
                "Duty {duty_id} is another body's ({owner}), so {organisation} cannot report on it. Choose one of "
                "your own.",
                duty_id=duty_id,
                owner=duty.organisation_id,
                organisation=organisation,
            )
        for objection in (*standing_objections(session, duty, month), *objections(content)):
            raise CallerError(objection.message, **objection.values)
        told = write_report(session, duty, month, content, by=by, at=at)
        for each in evidence:
            kept = office.files.put(each.content, each.name, given_by=by, at=at, session=session)
            office.files.link(session, kept.id, f"report:{told.report_id}", "", by=by, at=at)
        return told


def standing_objections(session: Session, duty: Duty, month: str) -> Iterator[Objection]:
    """Say why nobody may report on a duty for a month at all."""
    plan = session.get(Plan, duty.plan_id)
    if plan is None or plan.state != "in_force":
        yield Objection("code", "plan_not_in_force", NOT_IN_FORCE, {})
    if not duty.settled:
        message = mark("It is not settled yet whether this duty is this body's. The city's office decides first.")
        yield Objection("code", "unsettled_duty", message, {})
    if duty.done_on is not None:
        message = mark("This duty was accepted as done on {day}; it is not asked for again.")
        yield Objection("code", "already_done", message, {"day": duty.done_on.isoformat()})
    if issued_sheet(session, duty.plan_id, month, duty.organisation_id) is None:
        message = mark("No sheet went out to this body for {month}. Report on a month that was asked for.")
        yield Objection("code", "month_not_issued", message, {"month": month})


def issued_sheet(session: Session, plan_id: str, month: str, organisation_id: str) -> Sheet | None:
    """Return the sheet that went to a body for a month."""
    asked = select(Sheet).where(
        Sheet.plan_id == plan_id, Sheet.month == month, Sheet.organisation_id == organisation_id
    )
    return session.execute(asked).scalar_one_or_none()


def write_report(
    session: Session,
    duty: Duty,
    month: str,
    content: ReportContent,
    *,
    by: str,
    at: datetime,
    source: str | None = None,
) -> Reported:
    """Keep a report as the next version of its month, or find that it is here already; the caller holds the lock.

    The same contents as the newest version are no new report, nor are contents that came in the same file before.
    """
    held = list(
        session.scalars(
            select(Report).where(Report.duty_id == duty.id, Report.month == month).order_by(Report.version)
        )
    )
    digest = content.digest
    for known in reversed(held):
        if known.digest == digest and (
            known is held[-1] or (source is not None and known.source_sha256 == source)
        ):
            return Reported(known.id, duty.id, month, known.version, new=False)
    version = held[-1].version + 1 if held else 1
    report = Report(
        id=str(uuid7(at)), duty_id=duty.id, month=month, version=version, progress=content.progress,
        share=content.share, claimed=content.claimed, problems=content.problems, next_step=content.next_step,
        spent=content.spent, reported_by=by, reported_at=at, source_sha256=source, digest=digest, review="pending",
    )  # fmt: skip
    session.add(report)
    if month >= (duty.reported_month or ""):
        duty.reported_month, duty.claimed, duty.share = month, content.claimed, content.share
        duty.review = "pending"
    append_entry(
        session, at=at, actor=by, kind="duty.reported", subject=f"duty:{duty.id}",
        payload={
            "report": report.id, "month": month, "version": version, "claimed": content.claimed,
            "share": content.share, "spent": content.spent, "digest": digest,
        },
    )  # fmt: skip
    return Reported(report.id, duty.id, month, version, new=True)


def _shortest(value: Decimal | None) -> str | None:
    return None if value is None else f"{value.normalize():f}"

"""The review desk: reports that wait, accepted or returned with a reason, one or many at once, by keyboard."""

from typing import Annotated

from fastapi import APIRouter, Form
from starlette.responses import Response

from lantian.loop.plan.dispatch.reviewing import PendingReport, accept_reports, list_pending, return_reports
from lantian.terms.errors import CallerError
from lantian.terms.words import mark
from lantian.web.guards import visit
from lantian.web.pages.plan.looking import CLAIMS, ROLES, Desk
from lantian.web.permissions import May
from lantian.web.tables import NUMBER, TIME, Cell, DataTable, Rows, TableColumn
from lantian.web.visiting import Visit

router = APIRouter(prefix="/plan")
Reviewer = Annotated[Visit, visit(May.REVIEW_PROGRESS)]
_Chosen = Annotated[list[str] | None, Form()]


@router.get("/review")
def review(visit: Reviewer, month: str = "", body: str = "") -> Response:
    """Show the reports that wait."""
    desk = Desk(visit)
    every = list_pending(desk.office)
    rows = [row for row in every if month in ("", row.month) and body in ("", row.organisation_id)]
    title = visit.say(mark("Which reports wait for a review?"))
    table = _table(desk, rows)
    waiting = {row.organisation_id for row in every}
    return visit.page(
        "plan/review.html", title=title, tables=[table], desk=desk, month=month, body=body,
        months=[(one, one) for one in sorted({row.month for row in every}, reverse=True)],
        waiting=[(key, name) for key, name in desk.bodies.items() if key in waiting],
    )  # fmt: skip


def _table(desk: Desk, rows: list[PendingReport]) -> DataTable:
    visit, say = desk.visit, desk.visit.say
    columns = [
        TableColumn("body", say(mark("Responsible body"))),
        TableColumn("measure", say(mark("Key task"))),
        TableColumn("role", say(mark("Role"))),
        TableColumn("month", say(mark("Month"))),
        TableColumn("claimed", say(mark("Says"))),
        TableColumn("share", say(mark("Share done")), "%", NUMBER),
        TableColumn("progress", say(mark("Progress"))),
        TableColumn("problems", say(mark("Problems"))),
        TableColumn("files", say(mark("Evidence")), kind=NUMBER),
        TableColumn("at", say(mark("Reported at")), kind=TIME),
    ]
    zone = visit.house.city.zone
    held: Rows = [
        [
            Cell(visit.named(row.organisation, row.organisation_en), link=f"/plan/bodies/{row.organisation_id}"),
            Cell(f"{row.number} {visit.named(row.title, row.title_en)}", link=f"/plan/duties/{row.duty_id}"),
            desk.word(ROLES, row.role), row.month, desk.word(CLAIMS, row.claimed), row.share, row.progress,
            row.problems, row.evidence, row.reported_at.astimezone(zone),
        ]
        for row in rows
    ]  # fmt: skip
    title = say(mark("{count} reports wait"), count=len(rows))
    return DataTable(
        "pending", title, columns, held, desk.how_made(title),
        empty=say(mark("No report waits for a review. Bodies report on their sheets or on their duties' pages.")),
        links=[f"/plan/duties/{row.duty_id}" for row in rows], ids=[row.id for row in rows],
    )  # fmt: skip


@router.post("/review/accept")
def accept(visit: Reviewer, ids: _Chosen = None, back: Annotated[str, Form(max_length=100)] = "") -> Response:
    """Accept reports; a claim of done makes the duty done today."""
    done = accept_reports(Desk(visit).office, _some(ids), by=visit.login, today=visit.today)
    said = [
        visit.say(
            mark("{reports} reports accepted, {duties} duties done by it."),
            reports=len(done.reports), duties=len(done.duties_done),
        ),
        *(visit.say(held.message, **held.values) for held in done.held),
    ]  # fmt: skip
    return visit.back(_address(back), " ".join(said))


@router.post("/review/return")
def give_back(
    visit: Reviewer,
    reason: Annotated[str, Form(max_length=2_000)] = "",
    ids: _Chosen = None,
    back: Annotated[str, Form(max_length=100)] = "",
) -> Response:
    """Return reports with one reason."""
    chosen = _some(ids)
    return_reports(Desk(visit).office, chosen, reason=reason, by=visit.login)
    said = visit.say(mark("{count} reports returned; the reason stands with their bodies."), count=len(chosen))
    return visit.back(_address(back), said)


def _some(ids: list[str] | None) -> list[str]:
    if not ids:
        raise CallerError("No report was chosen, so nothing was done. Choose some, with x or a click.")
    return ids


def _address(duty: str) -> str:
    """Return where a decision was made: the page of a duty, else the desk."""
    return f"/plan/duties/{duty}" if duty.replace("-", "").isalnum() else "/plan/review"

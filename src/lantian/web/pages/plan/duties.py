"""Duties: a list to look through, and one of them with all that ever happened to it."""

import json
from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Form
from starlette.responses import Response

from lantian.desk.paper.html import number
from lantian.ledger.chain import ChainedEntry, list_entries
from lantian.loop.plan.dispatch.escalation import escalate, lift
from lantian.loop.plan.dispatch.letters import write_letter
from lantian.loop.plan.dispatch.lights import LightWord
from lantian.loop.plan.dispatch.reviewing import reopen_duty
from lantian.loop.plan.rows import DutyFilter
from lantian.loop.plan.views.duty_history import DutyHistory, show_duty_history
from lantian.loop.plan.views.duty_views import count_duties, list_duty_views
from lantian.terms.words import mark
from lantian.web.faults import NotFound
from lantian.web.guards import visit
from lantian.web.pages.plan.files import in_folder
from lantian.web.pages.plan.looking import LEDGER, ROLES, Desk, Reader
from lantian.web.permissions import May
from lantian.web.visiting import Visit

router = APIRouter(prefix="/plan")
Office = Annotated[Visit, visit(May.DISPATCH)]
_PAGE = 100
_ENTRIES = 100
_REASON = Form(max_length=2_000)
ENTRY_KINDS: Mapping[str, str] = {
    "duty.reported": mark("reported"),
    "report.accepted": mark("report accepted"),
    "report.returned": mark("report returned"),
    "duty.done": mark("accepted as done"),
    "duty.reopened": mark("reopened"),
    "duty.step_taken": mark("step of the ladder taken"),
    "duty.escalated": mark("step of the ladder taken"),
    "duty.step_lifted": mark("step of the ladder lifted"),
}


@router.get("/duties")
def duties(
    visit: Reader,
    light: str = "",
    body: str = "",
    measure: str = "",
    role: str = "",
    q: str = "",
    page: int = 1,
) -> Response:
    """List duties by light, body, measure, role and words."""
    desk = Desk(visit)
    words = [word for word in LightWord if word.value in light.split(",")]
    wanted = DutyFilter(organisation=body or None, measure=measure or None, role=role or None, text=q[:100])
    asked: dict[str, Any] = {
        "today": visit.today, "plan_id": desk.plan.id, "wanted": wanted, "words": words, "scope": visit.scope,
    }  # fmt: skip
    total = count_duties(desk.office, **asked)
    page = max(1, min(page, -(-total // _PAGE) or 1))
    whole = "export" in visit.request.query_params
    views = list_duty_views(desk.office, **asked) if whole else list_duty_views(
        desk.office, **asked, limit=_PAGE, offset=(page - 1) * _PAGE
    )  # fmt: skip
    title = visit.say(mark("Which duties are there?"))
    table = desk.duty_table("duties", visit.say(mark("{n} duties"), n=total), views, shown=None)
    last = page * _PAGE >= total
    return visit.page(
        "plan/duties.html", title=title, tables=[table], desk=desk, light=light, body=body, measure=measure,
        role=role, q=q, roles=[(key, desk.word(ROLES, key)) for key in ROLES],
        before=visit.here(page=page - 1) if page > 1 else "", after="" if last else visit.here(page=page + 1),
        said=f"{(page - 1) * _PAGE + 1}–{min(page * _PAGE, total)} / {total}" if total > _PAGE else "",
    )  # fmt: skip


def history_of(desk: Desk, duty_id: str) -> DutyHistory:
    """Return a duty that the reader may see with all that happened to it.

    Raises
    ------
    NotFound
        There is none, or it is somebody else's.
    """
    visit = desk.visit
    found = visit.keeper.keep(
        ("plan", "duty", duty_id, visit.today, visit.scope), LEDGER,
        lambda: show_duty_history(desk.office, duty_id, today=visit.today, scope=visit.scope),
    )  # fmt: skip
    if found is None:
        raise NotFound("There is no such duty, or it is another body's. Choose one under Plan › Duties.")
    return found


@router.get("/duties/{duty_id}")
def duty(visit: Reader, duty_id: str) -> Response:
    """Show one duty: light and why, dates, reports with evidence, steps, decisions in the chain."""
    desk = Desk(visit)
    seen = history_of(desk, duty_id)
    entries = list_entries(visit.house.ledger, subject=f"duty:{duty_id}", limit=_ENTRIES)
    title = f"{seen.view.duty.number} {desk.title(seen.view.duty)}"
    return visit.page(
        "plan/duty.html", title=title, desk=desk, seen=seen, row=seen.view.duty,
        zone=visit.house.city.zone, entries=[_entry(desk, entry) for entry in entries],
        may_report=desk.may_report(seen.view.duty.organisation_id) and seen.view.duty.settled,
        steps=[(step.key, desk.step(step.key)) for step in desk.rule.steps], number=number,
    )  # fmt: skip


def _entry(desk: Desk, entry: ChainedEntry) -> tuple[ChainedEntry, str, str]:
    """Return a decision with its word and, short, what it says."""
    said: dict[str, Any] = json.loads(entry.payload)
    said["claimed"], said["step"] = desk.claim(said.get("claimed") or ""), desk.step(said.get("step"))
    told = [
        f"{said[key]}"
        for key in ("month", "claimed", "share", "step", "day", "reason", "because")
        if said.get(key)
    ]
    return entry, desk.word(ENTRY_KINDS, entry.kind), " · ".join(told)


# ---------------------------------------------------------------------------------------------- decisions


@router.post("/duties/{duty_id}/escalate")
def take_step(
    visit: Office,
    duty_id: str,
    step: Annotated[str, Form(max_length=20)],
    reason: Annotated[str, _REASON],
    jump: Annotated[bool, Form()] = False,
    back: Annotated[str, Form(max_length=200)] = "",
) -> Response:
    """Take a step of the ladder, and write and keep its letter."""
    desk = Desk(visit)
    taken = escalate(desk.office, duty_id, step, by=visit.login, reason=reason, today=visit.today, jump=jump)
    with in_folder() as folder:
        write_letter(desk.office, [taken], folder, visit.language, by=visit.login, today=visit.today)
    address = "/plan/escalation" if back == "escalation" else f"/plan/duties/{duty_id}"
    return visit.back(address, visit.say(mark("Taken; its letter is kept with the step.")))


@router.post("/duties/{duty_id}/lift")
def lift_steps(visit: Office, duty_id: str, reason: Annotated[str, _REASON]) -> Response:
    """Lift the standing steps of a duty."""
    lifted = lift(Desk(visit).office, duty_id, by=visit.login, because=reason)
    return visit.back(f"/plan/duties/{duty_id}", visit.say(mark("{count} steps lifted."), count=len(lifted)))


@router.post("/duties/{duty_id}/reopen")
def reopen(
    visit: Annotated[Visit, visit(May.REVIEW_PROGRESS)], duty_id: str, reason: Annotated[str, _REASON]
) -> Response:
    """Take back that a duty was accepted as done."""
    reopen_duty(Desk(visit).office, duty_id, reason=reason, by=visit.login)
    return visit.back(f"/plan/duties/{duty_id}", visit.say(mark("Reopened: its body is asked again.")))

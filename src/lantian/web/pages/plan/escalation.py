"""The ladder for what is late: what the rule proposes, what stands, and one decision for all reminders."""

from typing import Annotated

from fastapi import APIRouter
from starlette.responses import Response

from lantian.loop.plan.dispatch.escalation import ProposedStep, due_steps, remind_all
from lantian.loop.plan.rows import DutyRow
from lantian.loop.plan.views.duty_history import Taken, list_standing
from lantian.terms.words import mark
from lantian.web.guards import visit
from lantian.web.pages.plan.looking import LEDGER, Desk, Reader
from lantian.web.permissions import May
from lantian.web.tables import DATE, NUMBER, Cell, DataTable, Rows, TableColumn
from lantian.web.visiting import Visit

router = APIRouter(prefix="/plan")


@router.get("/escalation")
def escalation(visit: Reader) -> Response:
    """Show which steps are due and which stand."""
    desk = Desk(visit)
    proposed = _proposed(desk)
    standing = list_standing(desk.office, plan_id=desk.plan.id, scope=visit.scope)
    first = desk.rule.steps[0].key
    return visit.page(
        "plan/escalation.html", title=visit.say(mark("Who has to be reminded?")), desk=desk,
        tables=[_proposed_table(desk, proposed), _standing_table(desk, standing)],
        reminders=sum(row.step == first for row in proposed), proposed=proposed,
    )  # fmt: skip


def _proposed(desk: Desk) -> list[ProposedStep]:
    """Return what the rule proposes for the duties that the reader may see; nothing for a draft."""
    if desk.plan.state != "in_force":
        return []
    visit = desk.visit
    rows = visit.keeper.keep(
        ("plan", "steps", visit.today), LEDGER, lambda: due_steps(desk.office, visit.today, plan_id=desk.plan.id)
    )
    return [row for row in rows if visit.scope.covers(row.duty.organisation_id)]


def _reasons(desk: Desk, row: ProposedStep) -> str:
    joined = "；" if desk.visit.language.is_chinese else "; "
    return joined.join(one.text(desk.visit.language) for one in row.reasons)


def _proposed_table(desk: Desk, rows: list[ProposedStep]) -> DataTable:
    say = desk.visit.say
    title = say(mark("Which steps are due?"))
    columns = [
        TableColumn("number", say(mark("No.")), kind=NUMBER),
        TableColumn("title", say(mark("Key task"))),
        TableColumn("body", say(mark("Responsible body"))),
        TableColumn("role", say(mark("Role"))),
        TableColumn("due", say(mark("Due")), kind=DATE),
        TableColumn("stands", say(mark("Stands at"))),
        TableColumn("step", say(mark("Step due"))),
        TableColumn("because", say(mark("Because"))),
    ]
    held: Rows = [
        [
            row.duty.number, Cell(desk.title(row.duty), link=f"/plan/duties/{row.duty.id}#act"),
            desk.body(row.duty), desk.role(row.duty), row.duty.due,
            desk.step(row.duty.step), desk.step(row.step), _reasons(desk, row),
        ]
        for row in rows
    ]  # fmt: skip
    return DataTable(
        "proposed", title, columns, held, desk.how_made(title),
        empty=say(mark("The rule proposes no step today.")), shown=50,
        links=[f"/plan/duties/{row.duty.id}#act" for row in rows],
    )  # fmt: skip


def _standing_table(desk: Desk, rows: tuple[tuple[DutyRow, Taken], ...]) -> DataTable:
    visit, say = desk.visit, desk.visit.say
    title = say(mark("Which steps stand?"))
    columns = [
        TableColumn("step", say(mark("Step"))),
        TableColumn("title", say(mark("Key task"))),
        TableColumn("body", say(mark("Responsible body"))),
        TableColumn("taken", say(mark("Taken on")), kind=DATE),
        TableColumn("answer", say(mark("Answer by")), kind=DATE),
        TableColumn("reason", say(mark("Reason"))),
        TableColumn("letter", say(mark("Letter")), sortable=False),
    ]
    held: Rows = [
        [
            desk.step(row.step.step),
            Cell(f"{duty.number} {desk.title(duty)}", link=f"/plan/duties/{duty.id}"), desk.body(duty),
            visit.house.lake.day_of(row.step.at),
            Cell(row.step.answer_due, state="late" if row.step.answer_due < visit.today else ""), row.step.reason,
            Cell(
                None if row.letter is None else say(mark("Letter")),
                link=None if row.letter is None else f"/plan/files/{row.letter}",
                note=say(mark("No letter was written.")),
            ),
        ]
        for duty, row in rows
    ]  # fmt: skip
    return DataTable(
        "standing", title, columns, held, desk.how_made(title), empty=say(mark("No step stands.")), shown=50,
        links=[f"/plan/duties/{duty.id}" for duty, _ in rows],
    )  # fmt: skip


@router.post("/escalation/remind")
def remind(visit: Annotated[Visit, visit(May.DISPATCH)]) -> Response:
    """Remind everybody whom the rule finds late."""
    desk = Desk(visit)
    done = remind_all(desk.office, visit.today, visit.login, plan_id=desk.plan.id, language=visit.language)
    said = visit.say(
        mark("{steps} duties reminded, {sheets} sheets asked for again, {messages} messages to send."),
        steps=len(done.escalations), sheets=len(done.sheets), messages=done.messages,
    )  # fmt: skip
    return visit.back("/plan/escalation", said)

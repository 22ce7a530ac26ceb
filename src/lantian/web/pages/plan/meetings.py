"""The dispatch meeting: what it should speak of, what it decided, its minutes."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Form
from starlette.responses import Response

from lantian.loop.plan.dispatch.meeting_list import MeetingRow, list_meetings
from lantian.loop.plan.dispatch.minutes import AgendaItem, Decision, agenda, record_meeting, write_minutes
from lantian.terms.errors import CallerError
from lantian.terms.words import mark
from lantian.web.guards import visit
from lantian.web.pages.plan.files import in_folder
from lantian.web.pages.plan.looking import LEDGER, Desk, Reader
from lantian.web.permissions import May
from lantian.web.tables import DATE, MARK, NUMBER, Cell, DataTable, Rows, TableColumn
from lantian.web.visiting import Visit

router = APIRouter(prefix="/plan")
DECISIONS = 8
"""Lines for decisions on the form; more are recorded as a second meeting of the day."""
_TEXT = Form(max_length=300)
_LINES = Annotated[list[str] | None, Form()]


@router.get("/meetings")
def meetings(visit: Reader) -> Response:
    """Show what the next meeting should speak of, and the meetings that were held."""
    desk = Desk(visit)
    held = list_meetings(desk.office, plan_id=desk.plan.id)
    return visit.page(
        "plan/meetings.html", title=visit.say(mark("What does the dispatch meeting speak of?")), desk=desk,
        tables=[_agenda_table(desk), _held_table(desk, held)], held=held, lines=range(DECISIONS),
        choices=list(_choices(desk)),
    )  # fmt: skip


def _choices(desk: Desk) -> dict[str, str]:
    """Duties that stand on the agenda, for the lines of the form: words → id."""
    rows = [item.duty for item in _items(desk)]
    return {
        f"{row.number}.{row.tail} {desk.body(row)} {desk.role(row)} · {desk.title(row)}": row.id for row in rows
    }


def _items(desk: Desk) -> list[AgendaItem]:
    if desk.plan.state != "in_force":
        return []
    visit = desk.visit
    items = visit.keeper.keep(
        ("plan", "agenda", visit.today), LEDGER, lambda: agenda(desk.office, visit.today, plan_id=desk.plan.id)
    )
    return [item for item in items if visit.scope.covers(item.duty.organisation_id)]


def _agenda_table(desk: Desk) -> DataTable:
    say, items = desk.visit.say, _items(desk)
    title = say(mark("What should the next meeting speak of?"))
    columns = [
        TableColumn("number", say(mark("No.")), kind=NUMBER),
        TableColumn("title", say(mark("Key task"))),
        TableColumn("body", say(mark("Responsible body"))),
        TableColumn("due", say(mark("Due")), kind=DATE),
        TableColumn("light", say(mark("Light")), kind=MARK),
        TableColumn("reason", say(mark("Reason"))),
        TableColumn("step", say(mark("Step due"))),
    ]
    rows: Rows = [
        [
            item.duty.number, Cell(desk.title(item.duty), link=f"/plan/duties/{item.duty.id}"),
            desk.body(item.duty), item.duty.due, desk.light_cell(item.light),
            desk.reason(item.light), desk.step(item.proposed_step),
        ]
        for item in items
    ]  # fmt: skip
    return DataTable(
        "agenda", title, columns, rows, desk.how_made(title), empty=say(mark("Nothing is late or in difficulty.")),
        shown=25, links=[f"/plan/duties/{item.duty.id}" for item in items],
    )  # fmt: skip


def _held_table(desk: Desk, held: tuple[MeetingRow, ...]) -> DataTable:
    say = desk.visit.say
    title = say(mark("Which meetings were held?"))
    columns = [
        TableColumn("held", say(mark("Held on")), kind=DATE),
        TableColumn("month", say(mark("Month"))),
        TableColumn("place", say(mark("Place"))),
        TableColumn("chair", say(mark("Chair"))),
        TableColumn("present", say(mark("Present"))),
        TableColumn("decided", say(mark("Decided"))),
        TableColumn("minutes", say(mark("Minutes")), sortable=False),
    ]
    joined = "、" if desk.visit.language.is_chinese else ", "
    rows: Rows = [
        [
            row.held_on, row.month, row.place, row.chair,
            joined.join(desk.bodies.get(body, body) for body in row.present),
            "；".join(item.words for item in row.items) or None,
            Cell(
                None if row.file_id is None else say(mark("Minutes")),
                link=None if row.file_id is None else f"/plan/files/{row.file_id}",
            ),
        ]
        for row in held
    ]  # fmt: skip
    empty = say(mark("No meeting was recorded yet."))
    return DataTable("held", title, columns, rows, desk.how_made(title, tables=("meetings",)), empty=empty)


@router.post("/meetings")
def record(  # the fields of the form
    visit: Annotated[Visit, visit(May.DISPATCH)],
    month: Annotated[str, Form(max_length=7)],
    held_on: Annotated[date, Form()],
    place: Annotated[str, _TEXT],
    chair: Annotated[str, _TEXT],
    present: _LINES = None,
    words: _LINES = None,
    duties: _LINES = None,
    dues: _LINES = None,
    tasks: _LINES = None,
) -> Response:
    """Record a meeting with what it decided, and write its minutes."""
    desk = Desk(visit)
    decisions = _decisions(_choices(desk), words or [], duties or [], dues or [], set(tasks or []))
    meeting = record_meeting(
        desk.office, month=month, held_on=held_on, place=place, chair=chair, present=present or [],
        decisions=decisions, by=visit.login, plan_id=desk.plan.id,
    )  # fmt: skip
    with in_folder() as folder:
        write_minutes(desk.office, meeting, folder, visit.language, by=visit.login)
    return visit.back("/plan/meetings", visit.say(mark("Recorded; its minutes are kept.")))


def _decisions(
    known: Mapping[str, str], words: list[str], duties: list[str], dues: list[str], tasks: set[str]
) -> list[Decision]:
    """Read the lines of the form that hold words; a ticked line becomes a task of its duty."""
    found = []
    for place, said in enumerate(words):
        if not said.strip():
            continue
        duty = duties[place].strip() if place < len(duties) else ""
        if duty and duty not in known:
            raise CallerError("{text!r} is no duty of the agenda. Choose one from the list.", text=duty)
        due = dues[place] if place < len(dues) else ""
        try:
            day = date.fromisoformat(due) if due else None
        except ValueError as error:
            raise CallerError("{text!r} is no day. Write it as 2026-01-31.", text=due) from error
        found.append(Decision(said.strip(), known.get(duty), None, day, new_task=str(place) in tasks))
    return found

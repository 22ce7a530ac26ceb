"""Editions of the plan: taken in from a document, what is doubtful in it, settled, put in force."""

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Form, UploadFile
from starlette.responses import Response

from lantian.desk.intake.documents import read_source
from lantian.desk.language import finding_text
from lantian.loop.plan.adopting.adoption import Adopted, adopt
from lantian.loop.plan.adopting.confirming import Doubt, confirm_plan, list_doubts, settle_members
from lantian.loop.plan.adopting.structured import adopt_structured
from lantian.loop.plan.queries import list_plans
from lantian.loop.plan.rows import PlanRow
from lantian.science.plan_text.reading import read_plan
from lantian.terms.words import mark
from lantian.web.faults import NotFound
from lantian.web.guards import visit
from lantian.web.pages.plan.files import in_folder, saved
from lantian.web.pages.plan.looking import Desk, Reader
from lantian.web.permissions import May
from lantian.web.tables import DATE, MARK, NUMBER, TIME, Cell, DataTable, Rows, TableColumn
from lantian.web.visiting import Visit

router = APIRouter(prefix="/plan")
Office = Annotated[Visit, visit(May.DISPATCH)]
STATES: Mapping[str, str] = {"draft": mark("draft"), "in_force": mark("in force"), "replaced": mark("replaced")}
_STATE_MARKS = {"draft": "draft", "in_force": "final", "replaced": "closed"}
_SEVERITIES: Mapping[str, str] = {"error": mark("error"), "warning": mark("warning"), "info": mark("note")}


@router.get("/editions")
def editions(visit: Reader) -> Response:
    """List every edition of every plan."""
    desk = Desk(visit)
    say, zone = visit.say, visit.house.city.zone
    plans = list_plans(desk.office)
    columns = [
        TableColumn("title", say(mark("Plan"))),
        TableColumn("edition", say(mark("Edition")), kind=NUMBER),
        TableColumn("state", say(mark("State")), kind=MARK),
        TableColumn("issuer", say(mark("Issuer"))),
        TableColumn("issued", say(mark("Issued on")), kind=DATE),
        TableColumn("source", say(mark("Read from"))),
        TableColumn("read", say(mark("Read at")), kind=TIME),
        TableColumn("confirmed", say(mark("Put in force by"))),
    ]
    rows: Rows = [
        [
            visit.named(row.title, row.title_en), row.edition,
            Cell(desk.word(STATES, row.state), state=_STATE_MARKS.get(row.state, "")), row.issuer, row.issued_on,
            row.source_name, row.read_at.astimezone(zone), row.confirmed_by,
        ]
        for row in plans
    ]  # fmt: skip
    title = say(mark("Which plan holds?"))
    table = DataTable(
        "editions", title, columns, rows, visit.how_made(title, tables=("plans",)),
        empty=say(mark("There is no plan here yet. Take a document in below.")),
        links=[f"/plan/editions/{row.id}" for row in plans],
    )  # fmt: skip
    return visit.page("plan/editions.html", title=title, tables=[table], desk=desk)


@router.get("/editions/{plan_id}")
def edition(visit: Reader, plan_id: str) -> Response:
    """Show one edition with what is doubtful in it."""
    desk = Desk(visit)
    plan = _plan(desk, plan_id)
    doubts = list_doubts(desk.office, plan.id)
    title = visit.named(plan.title, plan.title_en)
    return visit.page(
        "plan/edition.html", title=title, tables=[_doubt_table(desk, doubts)], desk=desk, plan=plan,
        state=(_STATE_MARKS.get(plan.state, ""), desk.word(STATES, plan.state)),
        open=[(row, finding_text(row.finding, visit.language)) for row in doubts if row.members],
        names={body.id: visit.named(body.name, body.name_en) for body in visit.house.city.bodies},
        errors=sum(row.finding.severity.value == "error" for row in doubts), zone=visit.house.city.zone,
    )  # fmt: skip


def _plan(desk: Desk, plan_id: str) -> PlanRow:
    found = next((row for row in list_plans(desk.office) if row.id == plan_id), None)
    if found is None:
        raise NotFound("There is no such edition. Choose one under Plan › Editions.")
    return found


def _doubt_table(desk: Desk, doubts: tuple[Doubt, ...]) -> DataTable:
    say = desk.visit.say
    columns = [
        TableColumn("measure", say(mark("Measure"))),
        TableColumn("tail", say(mark("Tail")), kind=NUMBER),
        TableColumn("weight", say(mark("Weight")), kind=MARK),
        TableColumn("what", say(mark("What is doubtful"))),
    ]
    rows: Rows = [
        [
            row.measure, row.tail,
            _weight(desk, row),
            finding_text(row.finding, desk.visit.language),
        ]
        for row in doubts
    ]  # fmt: skip
    title = say(mark("What is doubtful?"))
    made = desk.visit.how_made(title, tables=("plans", "duties"))
    return DataTable("doubts", title, columns, rows, made, empty=say(mark("Nothing is doubtful.")), shown=60)


def _weight(desk: Desk, row: Doubt) -> Cell:
    weight = row.finding.severity.value
    return Cell(desk.word(_SEVERITIES, weight), state=_MARKS.get(weight, ""))


_MARKS = {"error": "fault", "warning": "warning", "info": "info"}


@router.post("/editions")
def take_in(
    visit: Office, file: UploadFile | None = None, key: Annotated[str, Form(max_length=100)] = ""
) -> Response:
    """Take a document in as a draft, or the city's own structured plan where none was chosen."""
    desk = Desk(visit)
    adopted = _adopted(desk, file, key.strip() or None)
    message = mark("Edition {edition} of {key} is a draft now: look at what is doubtful, then put it in force.")
    if not adopted.fresh:
        message = mark("Edition {edition} of {key} says the same; nothing was written.")
    said = visit.say(message, edition=adopted.edition, key=adopted.key)
    return visit.back(f"/plan/editions/{adopted.plan_id}", said)


def _adopted(desk: Desk, file: UploadFile | None, key: str | None) -> Adopted:
    visit = desk.visit
    if file is None or not file.filename:
        return adopt_structured(desk.office, by=visit.login)
    with in_folder() as folder:
        path = saved(file, folder)
        draft = read_plan(read_source(path), visit.house.city)
        kept = visit.house.files.put(path, path.name, given_by=visit.login, at=visit.house.now())
    return adopt(desk.office, draft, by=visit.login, file_id=kept.id, key=key)


@router.post("/editions/{plan_id}/settle")
def settle(
    visit: Office,
    plan_id: str,
    measure: Annotated[str, Form(max_length=20)],
    tail: Annotated[int, Form()],
    bodies: Annotated[list[str] | None, Form()] = None,
) -> Response:
    """Say which bodies a name such as 相关县区 means in one tail."""
    desk = Desk(visit)
    count = settle_members(desk.office, measure, tail, bodies or [], by=visit.login, plan_id=plan_id)
    said = visit.say(mark("Tail {tail} means {count} bodies."), tail=f"{measure}.{tail}", count=count)
    return visit.back(f"/plan/editions/{plan_id}", said)


@router.post("/editions/{plan_id}/confirm")
def put_in_force(visit: Office, plan_id: str, accept_open: Annotated[bool, Form()] = False) -> Response:
    """Put a draft in force; the edition before it is replaced."""
    done = confirm_plan(Desk(visit).office, plan_id, by=visit.login, accept_open=accept_open)
    said = visit.say(mark("The plan is in force; {open} doubts are open."), open=done.open)
    return visit.back(f"/plan/editions/{plan_id}", said)

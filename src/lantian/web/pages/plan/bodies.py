"""One body with all it has to do: duties, sheets, and, for a county, its projects and targets."""

from fastapi import APIRouter
from starlette.responses import Response

from lantian.loop.plan.dispatch.lights import LightWord
from lantian.loop.plan.dispatch.sheet_list import list_sheets
from lantian.loop.plan.views.overviews import BodyView, CountyView, view_body, view_county
from lantian.terms.errors import CallerError
from lantian.terms.words import mark
from lantian.web.faults import NotFound
from lantian.web.pages.plan.looking import LEDGER, Desk, Reader
from lantian.web.pages.plan.measures import project_table
from lantian.web.pages.plan.overview import counted_table, overview_of
from lantian.web.pages.plan.sheet_tables import sheet_table
from lantian.web.pages.plan.target_tables import goal_table, goals_of

router = APIRouter(prefix="/plan")
_ACT_FIRST = (LightWord.OVERDUE, LightWord.RETURNED, LightWord.NO_REPORT, LightWord.DIFFICULT, LightWord.DUE_SOON)


@router.get("/bodies")
def bodies(visit: Reader) -> Response:
    """List the bodies with their lights."""
    desk = Desk(visit)
    title = visit.say(mark("Who answers for what?"))
    rows = overview_of(desk).bodies
    counties = [row for row in rows if row.key.startswith("gov-")]
    others = [row for row in rows if row not in counties]
    tables = [
        counted_table(desk, "counties", visit.say(mark("Counties and districts")), counties, "/plan/bodies/"),
        counted_table(desk, "departments", visit.say(mark("Departments and others")), others, "/plan/bodies/"),
    ]
    return visit.page("plan/bodies.html", title=title, tables=tables, desk=desk)


@router.get("/bodies/{body}")
def body(visit: Reader, body: str) -> Response:
    """Show all that one body has to do."""
    desk = Desk(visit)
    seen = _body(desk, body)
    name = visit.named(seen.organisation.name, seen.organisation.name_en)
    urgent = [view for view in seen.duties if view.light.word in _ACT_FIRST]
    tables = [
        desk.duty_table(
            "urgent", visit.say(mark("What must be done first?")),
            sorted(urgent, key=lambda view: _ACT_FIRST.index(view.light.word)),
            without=("body", "words", "share"),
            empty=visit.say(mark("Nothing is late, and nothing falls due soon.")),
            shown=12,
        ),
        desk.duty_table("duties", visit.say(mark("All its duties")), seen.duties, without=("body",), shown=40),
        sheet_table(desk, [
            row for row in list_sheets(desk.office, plan_id=desk.plan.id, scope=visit.scope)
            if row.organisation_id == seen.organisation.id
        ]),
    ]  # fmt: skip
    county = _county(desk, seen)
    if county is not None:
        goals = {goal.id for goal in county.goals}
        mine = [row for row in goals_of(desk) if row.goal_id in goals and row.subject == county.adcode]
        tables += [project_table(desk, county.projects), goal_table(desk, mine)]
    return visit.page(
        "plan/body.html", title=visit.say(mark("What does {body} have to do?"), body=name), tables=tables,
        desk=desk, seen=seen, name=name, county=county,
    )  # fmt: skip


def _body(desk: Desk, name: str) -> BodyView:
    visit = desk.visit
    try:
        return visit.keeper.keep(
            ("plan", "body", name, visit.today, visit.scope), LEDGER,
            lambda: view_body(desk.office, name, today=visit.today, plan_id=desk.plan.id, scope=visit.scope),
        )  # fmt: skip
    except CallerError as error:
        raise NotFound(error.message, **error.values) from error


def _county(desk: Desk, seen: BodyView) -> CountyView | None:
    """Return the territory that a government governs; a zone within a county governs none."""
    adcode = seen.organisation.county
    if adcode is None or seen.organisation.kind != "county":
        return None
    return view_county(desk.office, adcode, today=desk.visit.today, plan_id=desk.plan.id)

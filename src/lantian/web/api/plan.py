"""The plan: its editions, measures and duties; everybody sees the duties of their own bodies, the city all."""

from typing import Annotated

import polars as pl
from fastapi import APIRouter, Query
from starlette.responses import Response

from lantian.loop.plan.dispatch.lights import LightWord
from lantian.loop.plan.queries import find_plan, list_measures, list_plans
from lantian.loop.plan.rows import DutyFilter
from lantian.loop.plan.views.duty_views import DutyView, list_duty_views
from lantian.store.columns import TIMESTAMP
from lantian.web.api.asking import Answered
from lantian.web.api.describing import listed
from lantian.web.api.lists import list_answer
from lantian.web.api.resources import NO_UNIT, Field, Resource, text
from lantian.web.faults import NotFound
from lantian.web.guards import visit
from lantian.web.permissions import May
from lantian.web.visiting import Visit

router = APIRouter(tags=["plan"])
SCOPE = "read:plan"
Reader = Annotated[Visit, visit(May.READ_PLAN, scope=SCOPE)]
PlanId = Annotated[str | None, Query(max_length=64, description="Id of a plan; by default the one in force.")]

PLANS = Resource(
    "plans", "Plans", "Every edition of every plan.", SCOPE,
    (
        text("id", "Id of the edition.", nullable=False),
        text("key", "Key that its editions share.", nullable=False),
        Field("edition", pl.Int64(), NO_UNIT, "Number of the edition.", False),
        text("title", "Title.", nullable=False),
        text("title_en", "Title in English; empty where nobody gave one.", nullable=False),
        text("issuer", "Who issued it.", nullable=False),
        text("number", "Number of the document.", nullable=False),
        Field("issued_on", pl.Date(), NO_UNIT, "Day of issue."),
        Field("year", pl.Int64(), NO_UNIT, "Year that it is for."),
        text("state", "draft, in_force or replaced.", nullable=False),
        Field("read_at", TIMESTAMP, NO_UNIT, "When it was read here.", False),
        Field("confirmed_at", TIMESTAMP, NO_UNIT, "When somebody confirmed it."),
    ),
    ("id",), once=True,
)  # fmt: skip
MEASURES = Resource(
    "measures", "Measures", "Measures of a plan in its order.", SCOPE,
    (
        text("id", "Id of the measure.", nullable=False),
        text("plan_id", "Id of its plan.", nullable=False),
        Field("order", pl.Int64(), NO_UNIT, "Place in the plan.", False),
        text("number", "Number as the plan writes it.", nullable=False),
        text("section", "Number of its section.", nullable=False),
        text("section_title", "Title of its section.", nullable=False),
        text("title", "Title.", nullable=False),
        text("title_en", "Title in English; empty where nobody gave one.", nullable=False),
    ),
    ("order", "id"), once=True,
)  # fmt: skip
DUTIES = Resource(
    "duties", "Duties", "What each body has to do, with its light today.", SCOPE,
    (
        text("id", "Id of the duty.", nullable=False),
        text("plan_id", "Id of its plan.", nullable=False),
        text("measure_id", "Id of its measure.", nullable=False),
        Field("order", pl.Int64(), NO_UNIT, "Place of its measure in the plan.", False),
        text("number", "Number of its measure.", nullable=False),
        text("title", "Title of its measure.", nullable=False),
        Field("tail", pl.Int64(), NO_UNIT, "Which list of bodies at the end of the measure names it.", False),
        text("organisation_id", "Id of the body.", nullable=False),
        text("organisation", "Name of the body.", nullable=False),
        text("role", "lead, cooperate or implement.", nullable=False),
        text("words", "What is to be done.", nullable=False),
        Field("due", pl.Date(), NO_UNIT, "Last day; null where the plan names none."),
        Field("settled", pl.Boolean(), NO_UNIT, "Whether somebody settled that it is theirs.", False),
        text("reported_month", "Month of the newest report, as YYYY-MM."),
        text("claimed", "State of work as the body says."),
        Field("share", pl.Float64(), "%", "Share done as the body says."),
        text("review", "Review of the newest report."),
        Field("done_on", pl.Date(), NO_UNIT, "Day on which it was done."),
        text("step", "Standing step of the escalation."),
        text("light", "What its light says.", nullable=False),
        text("colour", "Colour of the light: blue, green, yellow, red, grey.", nullable=False),
    ),
    ("order", "tail", "role", "organisation_id", "id"), once=True,
)  # fmt: skip
_NO_PLAN = (404, "There is no such plan.")
_LIGHT = ("light", "colour", "share")


@router.get("/plans", **listed(PLANS))
def plans(visit: Reader, wanted: Answered) -> Response:
    """List plans."""
    rows = [{name: getattr(row, name) for name in PLANS.columns} for row in list_plans(visit.house.office())]
    return list_answer(visit, PLANS, rows, wanted)


@router.get("/measures", **listed(MEASURES, _NO_PLAN))
def measures(visit: Reader, wanted: Answered, plan: PlanId = None) -> Response:
    """List measures."""
    office = visit.house.office()
    rows = [
        {name: getattr(row, name) for name in MEASURES.columns}
        for row in list_measures(office, _plan(visit, plan))
    ]
    return list_answer(visit, MEASURES, rows, wanted, plan)


@router.get("/duties", **listed(DUTIES, _NO_PLAN))
def duties(
    visit: Reader, wanted: Answered, plan: PlanId = None,
    body: Annotated[str | None, Query(max_length=64, description="Id of a body.")] = None,
    measure: Annotated[str | None, Query(max_length=64, description="Id or number of a measure.")] = None,
    light: Annotated[list[LightWord] | None, Query(description="Only duties whose light says this.")] = None,
) -> Response:  # fmt: skip
    """List duties within the reader's scope."""
    found = list_duty_views(
        visit.house.office(), today=visit.today, plan_id=_plan(visit, plan),
        wanted=DutyFilter(organisation=body, measure=measure), words=light or (), scope=visit.scope,
    )  # fmt: skip
    rows = [_duty(view) for view in found]
    return list_answer(visit, DUTIES, rows, wanted, plan, body, measure, light)


def _duty(view: DutyView) -> dict[str, object]:
    held = {name: getattr(view.duty, name) for name in DUTIES.columns if name not in _LIGHT}
    share = view.duty.share
    made = {"light": view.light.word.value, "colour": view.light.colour.value}
    return {**held, **made, "share": None if share is None else float(share)}


def _plan(visit: Visit, asked: str | None) -> str:
    held = find_plan(visit.house.office(), asked)
    if held is None:
        raise NotFound("There is no such plan here. /api/v1/plans lists those that there are.")
    return held.id

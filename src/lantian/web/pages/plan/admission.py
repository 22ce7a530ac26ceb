"""Projects that want in: applications, what every rule says, the decision; boilers within reach of heat."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from fastapi import APIRouter, Form, UploadFile
from pydantic import ValidationError
from starlette.responses import Response

from lantian.loop.plan.admission.applications import (
    AdmissionView,
    admission_rule,
    decide,
    find_admission,
    list_admissions,
    overall_text,
    submit,
)
from lantian.loop.plan.admission.forms import write_admission_form
from lantian.loop.plan.admission.heat import REASONS, BoilerInReach, boilers_in_reach
from lantian.loop.plan.admission.opinion import write_opinion
from lantian.loop.plan.admission.outcome import OVERALL, VERDICTS, Outcome
from lantian.loop.plan.admission.reading import read_application
from lantian.loop.plan.admission.records import Application, HeatSource
from lantian.loop.plan.admission.words import CATALOGUE, ENERGY_LEVELS, INDUSTRIES, KINDS, SITES, STATES
from lantian.terms.errors import CallerError
from lantian.terms.words import mark
from lantian.web.faults import NotFound
from lantian.web.guards import visit
from lantian.web.pages.plan.files import in_folder, made_file, saved
from lantian.web.pages.plan.looking import Desk
from lantian.web.permissions import May
from lantian.web.tables import DATE, MARK, NUMBER, Cell, DataTable, Rows, TableColumn
from lantian.web.visiting import Visit

router = APIRouter(prefix="/plan")
Admitter = Annotated[Visit, visit(May.ADMIT_PROJECTS)]
VERDICT_STATES = {"pass": "met", "fail": "missed", "needs_documents": "no_data"}
STATE_MARKS = {"open": "open", "passed": "met", "refused": "missed", "withdrawn": "withdrawn"}
OVERALL_MARKS = {"pass": "met", "needs_reason": "doubtful", "needs_documents": "no_data", "fail": "missed"}
BINDINGS = {"must": mark("must"), "principle": mark("in principle"), "advice": mark("advice")}
_TEXT = Form(max_length=300)


@router.get("/admission")
def admissions(visit: Admitter, state: str = "") -> Response:
    """List applications, newest first, with the ways to hand one in."""
    desk = Desk(visit)
    views = list_admissions(desk.office, state=state if state in STATES else None)
    return visit.page(
        "plan/admission.html", title=visit.say(mark("May this project come in?")), tables=[_table(desk, views)],
        desk=desk, state=state, states=[(key, visit.say(name)) for key, name in STATES.items()],
        industries=_words(visit, INDUSTRIES), kinds=_words(visit, KINDS), sites=_words(visit, SITES),
        catalogue=_words(visit, CATALOGUE), levels=_words(visit, ENERGY_LEVELS),
        counties=[(row.adcode, visit.named(row.name_zh, row.name_en)) for row in visit.house.city.counties],
        rule=admission_rule(desk.office, visit.today),
    )  # fmt: skip


def _words(visit: Visit, words: Mapping[str, str]) -> list[tuple[str, str]]:
    return [(key, visit.say(name)) for key, name in words.items()]


def _table(desk: Desk, views: tuple[AdmissionView, ...]) -> DataTable:
    visit, say = desk.visit, desk.visit.say
    counties = {row.adcode: visit.named(row.name_zh, row.name_en) for row in visit.house.city.counties}
    columns = [
        TableColumn("name", say(mark("Project"))),
        TableColumn("applicant", say(mark("Applicant"))),
        TableColumn("county", say(mark("County"))),
        TableColumn("industry", say(mark("Industry"))),
        TableColumn("applied", say(mark("Applied on")), kind=DATE),
        TableColumn("state", say(mark("State")), kind=MARK),
        TableColumn("checks", say(mark("Checks")), kind=MARK),
        TableColumn("decided", say(mark("Decided on")), kind=DATE),
    ]
    rows: Rows = [
        [
            row.application.name, row.application.applicant,
            counties.get(row.application.county, row.application.county),
            desk.word(INDUSTRIES, row.application.industry), row.application.applied_on,
            Cell(say(STATES[row.state]), state=STATE_MARKS[row.state]),
            Cell(say(OVERALL[row.outcome.overall]), state=OVERALL_MARKS[row.outcome.overall]),
            Cell(
                None if row.decided_at is None else visit.house.lake.day_of(row.decided_at),
                note=say(mark("Not decided yet.")),
            ),
        ]
        for row in views
    ]  # fmt: skip
    title = say(mark("Which projects asked?"))
    return DataTable(
        "admissions", title, columns, rows, desk.how_made(title, tables=("admissions",)),
        empty=say(mark("No application yet. Take the form, fill it in and hand it in here.")),
        links=[f"/plan/admission/{row.id}" for row in views],
    )  # fmt: skip


@router.get("/admission/form.xlsx")
def form(visit: Admitter) -> Response:
    """Give the application form."""
    desk = Desk(visit)
    name = visit.say(mark("Application for admission of a project")) + ".xlsx"
    return made_file(
        visit, name, lambda path: write_admission_form(desk.office, path, language=visit.language, on=visit.today)
    )


@router.post("/admission/file")
def submit_file(visit: Admitter, file: UploadFile) -> Response:
    """Take a filled form in, compute every check and keep both."""
    desk = Desk(visit)
    with in_folder() as folder:
        application = read_application(saved(file, folder), desk.office).required(visit.language)
    return _kept(desk, application)


@router.post("/admission")
def submit_fields(  # the fields of the form
    visit: Admitter,
    name: Annotated[str, _TEXT],
    applicant: Annotated[str, _TEXT],
    county: Annotated[str, Form(max_length=6)],
    industry: Annotated[str, _TEXT],
    kind: Annotated[str, _TEXT],
    applied_on: Annotated[date, Form()],
    site: Annotated[str, _TEXT] = "",
    catalogue: Annotated[str, _TEXT] = "",
    energy_level: Annotated[str, _TEXT] = "",
    documents: Annotated[list[str] | None, Form()] = None,
    note: Annotated[str, Form(max_length=2_000)] = "",
) -> Response:
    """Take the first facts of an application in; tables of it come by the Excel form."""
    given = {
        "name": name, "applicant": applicant, "county": county, "industry": industry, "kind": kind,
        "applied_on": applied_on, "site": site or None, "catalogue": catalogue or None,
        "energy_level": energy_level or None, "documents": tuple(documents or ()), "note": note,
    }  # fmt: skip
    try:
        application = Application.model_validate(given)
    except ValidationError as error:
        fields = ", ".join(".".join(str(one) for one in fault["loc"]) for fault in error.errors())
        raise CallerError("The application cannot be taken: look at {fields} again.", fields=fields) from error
    return _kept(Desk(visit), application)


def _kept(desk: Desk, application: Application) -> Response:
    view = submit(desk.office, application, by=desk.visit.login, today=desk.visit.today)
    said = desk.visit.say(mark("Kept, and every check was computed."))
    return desk.visit.back(f"/plan/admission/{view.id}", said)


@router.get("/admission/{admission_id}")
def application(visit: Admitter, admission_id: str) -> Response:
    """Show one application with every check and its clause."""
    desk = Desk(visit)
    view = _find(desk, admission_id)
    return visit.page(
        "plan/application.html", title=visit.say(mark("May {project} come in?"), project=view.application.name),
        tables=[_checks(desk, view.outcome)], desk=desk, view=view,
        overall=(OVERALL_MARKS[view.outcome.overall], overall_text(view.outcome, visit.language)),
        state=(STATE_MARKS[view.state], visit.say(STATES[view.state])), grounds=view.grounds(visit.language),
        county=visit.house.city.county(view.application.county),
        industry=desk.word(INDUSTRIES, view.application.industry),
        kind=desk.word(KINDS, view.application.kind),
        air=[(pollutant, attains) for pollutant, attains in view.outcome.air.items()],
        air_source=view.outcome.air_source.text(visit.language),
        not_applicable=len(view.outcome.not_applicable), zone=visit.house.city.zone,
    )  # fmt: skip


def _find(desk: Desk, admission_id: str) -> AdmissionView:
    try:
        return find_admission(desk.office, admission_id)
    except CallerError as error:
        raise NotFound(error.message, **error.values) from error


def _checks(desk: Desk, outcome: Outcome) -> DataTable:
    visit, say = desk.visit, desk.visit.say
    joined = "；" if visit.language.is_chinese else "; "
    columns = [
        TableColumn("check", say(mark("Check"))),
        TableColumn("verdict", say(mark("Verdict")), kind=MARK),
        TableColumn("binding", say(mark("Binds"))),
        TableColumn("found", say(mark("Found"))),
        TableColumn("figures", say(mark("Figures"))),
        TableColumn("clause", say(mark("Clause"))),
    ]
    rows: Rows = [
        [
            row.title.of(visit.language), Cell(say(VERDICTS[row.verdict]), state=VERDICT_STATES[row.verdict]),
            desk.word(BINDINGS, row.binding), joined.join(one.text(visit.language) for one in row.said),
            joined.join(one.text(visit.language) for one in row.figures),
            row.clause_text(outcome.rule, visit.language),
        ]
        for row in outcome.checks
    ]  # fmt: skip
    title = say(mark("What does every rule say?"))
    made = visit.how_made(title, tables=("admissions", "daily_index"), notes=[outcome.rule])
    return DataTable("checks", title, columns, rows, made, empty=say(mark("No rule applies to this project.")))


@router.post("/admission/{admission_id}/decide")
def decide_application(
    visit: Admitter,
    admission_id: str,
    verdict: Annotated[Literal["passed", "refused", "withdrawn"], Form()],
    reason: Annotated[str, Form(max_length=2_000)] = "",
    override: Annotated[bool, Form()] = False,
) -> Response:
    """Admit, refuse or close an application."""
    view = decide(Desk(visit).office, admission_id, verdict, reason, by=visit.login, override=override)
    said = f"{view.application.name}: {visit.say(STATES[view.state])}"
    return visit.back(f"/plan/admission/{admission_id}", said)


@router.post("/admission/{admission_id}/opinion")
def opinion(visit: Admitter, admission_id: str) -> Response:
    """Write the opinion as Word and keep it with the application."""
    desk = Desk(visit)
    with in_folder() as folder:
        path = write_opinion(desk.office, admission_id, folder, visit.language, by=visit.login)
        return visit.file(path.read_bytes(), path.name)


# ---------------------------------------------------------------------------------------------- heat


@router.get("/heat")
def heat(
    visit: Admitter,
    name: str = "",
    capacity: Decimal | None = None,
    longitude: float | None = None,
    latitude: float | None = None,
) -> Response:
    """Show which standing boilers lie within reach of a large heat and power plant and have to go."""
    desk = Desk(visit)
    plants: list[HeatSource] = []
    fault = ""
    found: tuple[BoilerInReach, ...] = ()
    if name:
        given = {"name": name, "capacity": capacity, "longitude": longitude, "latitude": latitude}
        try:
            plants = [HeatSource.model_validate(given)]
        except ValidationError as error:
            raise CallerError("This is no plant: write its name, megawatts, longitude and latitude.") from error
    try:
        found = boilers_in_reach(desk.office, plants, on=visit.today, plan_id=desk.plan.id)
    except CallerError as error:
        fault = visit.say(error.message, **error.values)
    return visit.page(
        "plan/heat.html", title=visit.say(mark("Which boilers have to go?")), tables=[_heat_table(desk, found)],
        desk=desk, fault=fault, rule=admission_rule(desk.office, visit.today), count=len(found),
        given={"name": name, "capacity": capacity, "longitude": longitude, "latitude": latitude},
        going=sum(bool(row.must_go) for row in found),
    )  # fmt: skip


def _heat_table(desk: Desk, found: tuple[BoilerInReach, ...]) -> DataTable:
    say = desk.visit.say
    title = say(mark("Standing boilers, the nearest first"))
    columns = [
        TableColumn("boiler", say(mark("Boiler"))),
        TableColumn("capacity", say(mark("Capacity")), "t/h", NUMBER),
        TableColumn("plant", say(mark("Nearest large plant"))),
        TableColumn("distance", say(mark("Distance")), "km", NUMBER, 2),
        TableColumn("why", say(mark("Has to go because"))),
    ]
    joined = "；" if desk.visit.language.is_chinese else "; "
    rows: Rows = [
        [
            row.boiler.name, row.boiler.capacity, Cell(row.plant, note=say(mark("No plant was named."))),
            row.distance,
            joined.join(say(REASONS[key]) for key in row.must_go)
            or ("" if row.inside is not None else say(mark("place not known"))),
        ]
        for row in found
    ]  # fmt: skip
    empty = say(mark("No standing boiler is known. Bring the lists of boilers in under Plan › Projects."))
    return DataTable("boilers", title, columns, rows, desk.how_made(title, tables=("projects",)), empty=empty)

"""Indicators that bodies report: how they stand, and one value more."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Annotated

from fastapi import APIRouter, Form
from starlette.responses import Response

from lantian.loop.plan.targets.series import find_series, report_value
from lantian.loop.plan.targets.series_files import target_text
from lantian.loop.plan.targets.series_records import SERIES_STATES, SeriesView
from lantian.terms.errors import CallerError
from lantian.terms.words import mark
from lantian.web.faults import NotFound
from lantian.web.guards import visit
from lantian.web.pages.plan.looking import Desk, Reader
from lantian.web.permissions import May
from lantian.web.tables import MARK, NUMBER, TIME, Cell, DataTable, Rows, TableColumn
from lantian.web.visiting import Visit

router = APIRouter(prefix="/plan")
_TEXT = Form(max_length=300)


def series_table(desk: Desk, views: Sequence[SeriesView]) -> DataTable:
    """Lay indicators out with their latest value and how they stand."""
    say = desk.visit.say
    title = say(mark("Which indicators are reported?"))
    columns = [
        TableColumn("indicator", say(mark("Indicator"))),
        TableColumn("measure", say(mark("Measure")), kind=NUMBER),
        TableColumn("body", say(mark("Responsible body"))),
        TableColumn("target", say(mark("Target"))),
        TableColumn("latest", say(mark("Latest value")), kind=NUMBER),
        TableColumn("unit", say(mark("Unit"))),
        TableColumn("period", say(mark("Period"))),
        TableColumn("state", say(mark("State")), kind=MARK),
        TableColumn("why", say(mark("Why"))),
    ]
    rows: Rows = [
        [
            Cell(row.facts.name_text(desk.visit.language)), row.facts.measure, _body(desk, row),
            target_text(row, desk.visit.language),
            Cell(None if latest is None else latest.value, note=say(mark("Nothing was reported."))),
            row.facts.value_unit, Cell(None if latest is None else latest.period),
            Cell(say(SERIES_STATES[row.standing.state]), state=row.standing.state.value),
            row.standing.reason.text(desk.visit.language),
        ]
        for row in views
        for latest in [row.standing.latest]
    ]  # fmt: skip
    empty = say(mark("The plan promises no reported indicator here."))
    return DataTable(
        "series", title, columns, rows, desk.how_made(title, tables=("series", "series_values")), empty=empty,
        links=[f"/plan/indicators/{row.facts.key}" for row in views],
    )  # fmt: skip


def _body(desk: Desk, row: SeriesView) -> str | None:
    held = row.facts.organisation_id
    return None if held is None else desk.bodies.get(held, row.facts.organisation or held)


def _view(desk: Desk, key: str) -> SeriesView:
    found = find_series(desk.office, key, plan_id=desk.plan.id, today=desk.visit.today)
    if found is None:
        raise NotFound("The plan has no indicator {key!r}. Choose one under Plan › Targets.", key=key)
    return found


def _may_report(desk: Desk, view: SeriesView) -> bool:
    owner = view.facts.organisation_id
    return desk.is_office or (owner is not None and desk.may_report(owner))


@router.get("/indicators/{key}")
def indicator(visit: Reader, key: str) -> Response:
    """Show one indicator with every value that was reported."""
    desk = Desk(visit)
    view = _view(desk, key)
    title = view.facts.name_text(visit.language)
    columns = [
        TableColumn("period", visit.say(mark("Period"))),
        TableColumn("value", visit.say(mark("Value")), view.facts.value_unit, NUMBER),
        TableColumn("source", visit.say(mark("Source"))),
        TableColumn("version", visit.say(mark("Version")), kind=NUMBER),
        TableColumn("by", visit.say(mark("Reported by"))),
        TableColumn("at", visit.say(mark("Reported at")), kind=TIME),
    ]
    zone = visit.house.city.zone
    rows: Rows = [
        [one.period, one.value, one.source, one.version, one.reported_by, one.reported_at.astimezone(zone)]
        for one in view.points
    ]
    heading = visit.say(mark("What was reported?"))
    table = DataTable(
        "values", heading, columns, rows, desk.how_made(heading, tables=("series", "series_values")),
        empty=visit.say(mark("Nothing was reported.")),
    )  # fmt: skip
    return visit.page(
        "plan/indicator.html", title=title, tables=[table], desk=desk, view=view, body=_body(desk, view),
        aim=target_text(view, visit.language), may_report=_may_report(desk, view),
        state=(view.standing.state.value, visit.say(SERIES_STATES[view.standing.state])),
        reason=view.standing.reason.text(visit.language),
    )  # fmt: skip


@router.post("/indicators/{key}")
def report_indicator(
    visit: Annotated[Visit, visit(May.REPORT_PROGRESS)],
    key: str,
    period: Annotated[str, _TEXT],
    value: Annotated[Decimal, Form(allow_inf_nan=False, max_digits=18)],
    source: Annotated[str, _TEXT] = "",
) -> Response:
    """Take one value of an indicator."""
    desk = Desk(visit)
    view = _view(desk, key)
    if not _may_report(desk, view):
        raise CallerError(
            "{name} is reported by {owner}. Leave it to them.",
            name=view.facts.name,
            owner=_body(desk, view) or "—",
        )
    done = report_value(
        desk.office, key, period, value, source, by=visit.login, plan_id=desk.plan.id, today=visit.today
    )
    said = mark("Reported as version {version}.") if done.new else mark("The same was reported before.")
    return visit.back(f"/plan/indicators/{key}", visit.say(said, version=done.version))

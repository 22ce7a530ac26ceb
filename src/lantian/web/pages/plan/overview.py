"""How the plan stands on a day: lights, chapters, bodies, what is overdue, what comes next."""

from collections.abc import Sequence

from fastapi import APIRouter
from starlette.responses import Response

from lantian.loop.plan.dispatch.lights import Colour
from lantian.loop.plan.views.light_looks import COLOUR_NAMES, percent
from lantian.loop.plan.views.overviews import Overview, view_plan
from lantian.loop.plan.views.tallies import Counted
from lantian.terms.words import mark
from lantian.web.charts import Chart
from lantian.web.pages.plan.looking import BAR, LEDGER, Desk, Reader
from lantian.web.tables import NUMBER, Cell, DataTable, Rows, TableColumn
from lantian.web.visiting import Visit

router = APIRouter(prefix="/plan")
_LISTED = 40
_INKS = {
    Colour.BLUE: "series-1",
    Colour.GREEN: "good",
    Colour.YELLOW: "warning",
    Colour.RED: "bad",
    Colour.GREY: "missing",
}
"""Colour of a light → name of a colour of the theme."""


@router.get("")
def overview(visit: Reader) -> Response:
    """Show the plan on this day."""
    desk = Desk(visit)
    title = visit.say(mark("Are we doing what we promised?"))
    if desk.found is None:
        return visit.page("plan/none.html", title=title, desk=desk)
    seen = overview_of(desk)
    tables = [
        counted_table(
            desk, "sections", visit.say(mark("How does each chapter stand?")), seen.sections, "/plan/measures#s-"
        ),
        counted_table(
            desk, "bodies", visit.say(mark("How does each body stand?")),
            sorted(seen.bodies, key=lambda row: (-row.counts.overdue, -row.counts.total)), "/plan/bodies/",
        ),
        desk.duty_table(
            "overdue", visit.say(mark("What is overdue?")), seen.overdue, without=("words", "share", "month"),
            empty=visit.say(mark("Nothing is overdue.")), shown=10,
        ),
        desk.duty_table(
            "soon", visit.say(mark("What falls due next?")), seen.due_soon, without=("words", "share", "month"),
            empty=visit.say(mark("Nothing falls due within {days} days."), days=seen.horizon_days), shown=10,
        ),
    ]  # fmt: skip
    return visit.page("plan/overview.html", title=title, tables=tables, desk=desk, seen=seen, Colour=Colour)


@router.get("/lights.json")
def lights_json(visit: Reader) -> Response:
    """Give the lights of each chapter to the browser."""
    desk = Desk(visit)
    key = ("plan", "lights", visit.today, visit.scope, visit.keeper.versions(LEDGER))
    return visit.chart(_chart(visit, overview_of(desk)), *key)


def overview_of(desk: Desk) -> Overview:
    """Read the plan on this day as its reader may see it."""
    visit = desk.visit
    return visit.keeper.keep(
        ("plan", "overview", visit.today, visit.scope), LEDGER,
        lambda: view_plan(desk.office, today=visit.today, plan_id=desk.plan.id, scope=visit.scope, listed=_LISTED),
    )  # fmt: skip


def counted_table(desk: Desk, name: str, title: str, rows: Sequence[Counted], address: str) -> DataTable:
    """Lay the lights of chapters, measures or bodies out, one row each."""
    say = desk.visit.say
    columns = [
        TableColumn("name", say(mark("Name"))),
        TableColumn("total", say(mark("Duties")), kind=NUMBER),
        *(TableColumn(colour.value, say(COLOUR_NAMES[colour]), kind=NUMBER) for colour in BAR),
        TableColumn("share", say(mark("Done")), "%", NUMBER),
    ]
    held: Rows = [
        [
            Cell(desk.visit.named(row.title, row.title_en)),
            row.counts.total,
            *(row.counts.colour(colour) for colour in BAR),
            Cell(percent(row.counts.done, row.counts.total), note=say(mark("There is nothing to do."))),
        ]
        for row in rows
    ]
    return DataTable(
        name, title, columns, held, desk.how_made(title), shown=20, links=[f"{address}{row.key}" for row in rows]
    )


def _chart(visit: Visit, seen: Overview) -> Chart:
    names = [visit.named(row.title, row.title_en) for row in seen.sections]
    series = [
        {
            "type": "bar",
            "stack": "lights",
            "name": visit.say(COLOUR_NAMES[colour]),
            "data": [row.counts.colour(colour) for row in seen.sections],
            "itemStyle": {"color": _INKS[colour]},
            "label": {"show": True, "color": "ink" if colour is Colour.GREY else "paper"},
        }
        for colour in BAR
        if seen.counts.colour(colour)
    ]
    for one in series:
        one["data"] = [value or None for value in one["data"]]
    option = {
        "xAxis": {"type": "value", "min": 0},
        "yAxis": {"type": "category", "data": names, "inverse": True},
        "legend": {"show": True},
        "series": series,
    }
    heads = (visit.say(mark("Chapter")), *(visit.say(COLOUR_NAMES[colour]) for colour in BAR))
    rows = [
        (name, *(row.counts.colour(colour) for colour in BAR))
        for name, row in zip(names, seen.sections, strict=True)
    ]
    caption = visit.say(
        mark("Duties by light · {day} · {plan} · {rule}"),
        day=visit.today, plan=visit.named(seen.plan.title, seen.plan.title_en), rule=seen.rule,
    )  # fmt: skip
    title = visit.say(mark("Lights of each chapter"))
    return Chart(
        option, title, caption, simulated=visit.house.settings.simulated, columns=heads, rows=rows,
        empty=visit.say(mark("There is no duty yet.")),
    )  # fmt: skip

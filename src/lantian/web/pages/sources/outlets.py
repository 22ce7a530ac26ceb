"""Outlets: whose they are, and how each stands at the newest hour."""

from collections import Counter
from typing import Annotated

from fastapi import APIRouter
from starlette.responses import Response

from lantian.loop.sense.standing import Condition, Outlet
from lantian.terms.words import mark
from lantian.web.guards import visit
from lantian.web.pages.sources.looking import CONDITIONS, county_name, factor_name, outlets_of, share, tabs_of
from lantian.web.permissions import May
from lantian.web.tables import MARK, NUMBER, TIME, Cell, DataTable, TableColumn
from lantian.web.visiting import Visit

router = APIRouter()
_SHOWN = 80


@router.get("/sources/outlets")
def outlets(
    visit: Annotated[Visit, visit(May.READ_SOURCES)], state: str = "", county: str = "", find: str = "",
    what: str = "stack",
) -> Response:  # fmt: skip
    """List outlets, those that need a look first."""
    known = outlets_of(visit)
    of_kind = [row for row in known if what == "all" or row.is_meter == (what == "meter")]
    sought = find.strip().casefold()
    rows = [
        row
        for row in of_kind
        if (not state or row.condition.value == state)
        and (not county or row.county == county)
        and (not sought or any(sought in text.casefold() for text in (row.code, row.name, row.body_zh)))
    ]
    counted = Counter(row.condition for row in of_kind)
    return visit.page(
        "sources/outlets.html",
        title=visit.say(mark("How do the outlets stand?")),
        tables=[_table(visit, rows)],
        tabs=tabs_of(visit),
        counted=[
            (one.value, visit.say(words), counted[one], visit.here(state=one.value))
            for one, words in CONDITIONS.items()
            if counted[one]
        ],
        any_known=bool(known),
        states=[(one.value, visit.say(words)) for one, words in CONDITIONS.items()],
        whats=[
            ("stack", visit.say(mark("stacks"))),
            ("meter", visit.say(mark("power meters"))),
            ("all", visit.say(mark("all"))),
        ],
        counties=[
            (row.adcode, visit.named(row.name_zh, row.name_en))
            for row in visit.house.city.counties
            if any(one.county == row.adcode for one in known)
        ],
        state=state,
        county=county,
        find=find,
        what=what,
    )


def condition_cell(visit: Visit, condition: Condition) -> Cell:
    """Show a condition by icon and word."""
    return Cell(condition.value, visit.say(CONDITIONS[condition]), state=condition.value)


def _table(visit: Visit, rows: list[Outlet]) -> DataTable:
    title = visit.say(mark("Outlets"))
    columns = [
        TableColumn("code", visit.say(mark("Code"))),
        TableColumn("name", visit.say(mark("Name"))),
        TableColumn("body", visit.say(mark("Plant"))),
        TableColumn("county", visit.say(mark("County"))),
        TableColumn("state", visit.say(mark("Now")), kind=MARK),
        TableColumn("newest", visit.say(mark("Newest hour")), kind=TIME),
        TableColumn("nearest", visit.say(mark("Nearest to its limit"))),
        TableColumn("share", visit.say(mark("Of the limit")), "%", NUMBER, 0),
        TableColumn("online", visit.say(mark("On line")), "%", NUMBER, 1),
    ]
    body = []
    for row in rows:
        limited = [(one.judged / one.limit, one) for one in row.measured if one.limit and one.judged is not None]
        worst = max(limited, key=lambda pair: pair[0], default=None)
        health = row.health
        newest = None if health is None else health.newest
        body.append(
            [
                Cell(row.code), row.name, visit.named(row.body_zh, row.body_en) or None,
                county_name(visit, row.county) or None,
                condition_cell(visit, row.condition), newest,
                None if worst is None else factor_name(visit, worst[1].factor),
                None if worst is None else 100 * worst[0],
                None if health is None else share(health.online_rate),
            ]
        )  # fmt: skip
    how = visit.how_made(title, period=f"{visit.now:%Y-%m-%d %H:%M}", tables=["source_readings", "power_readings"])
    note = visit.say(
        mark("Over the limit: the newest hour, converted where the logger sent a converted value, by its rule.")
    )
    return DataTable(
        "outlets", title, columns, body, how, note=note, shown=_SHOWN,
        links=[f"/sources/outlets/{row.code}" for row in rows],
        empty=visit.say(mark("No outlet fits. Clear the choices above.")),
    )  # fmt: skip

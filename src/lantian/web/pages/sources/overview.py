"""Which instruments speak: every station, outlet, micro-station and weather place with its state."""

from typing import Annotated

from fastapi import APIRouter
from starlette.responses import Response

from lantian.loop.sense.health import Health, State, counts
from lantian.terms.words import mark
from lantian.web.guards import visit
from lantian.web.pages.sources.looking import (
    KINDS,
    STATES,
    age_words,
    factor_name,
    outlets_of,
    seen_health,
    share,
    tabs_of,
)
from lantian.web.permissions import May
from lantian.web.tables import MARK, NUMBER, TIME, Cell, DataTable, TableColumn
from lantian.web.visiting import Visit

router = APIRouter()
_SHOWN = 60


@router.get("/sources")
def overview(visit: Annotated[Visit, visit(May.READ_SOURCES)], kind: str = "", state: str = "") -> Response:
    """List instruments, those that need a look first."""
    rows = seen_health(visit)
    counted = counts(rows)
    wanted = [row for row in rows if (not kind or row.kind == kind) and (not state or row.state.value == state)]
    tiles = [
        (visit.say(KINDS[name]), name, sum(held.values()), [
            (*STATES[one], held[one], f"/sources?kind={name}&state={one.value}") for one in State if held[one]
        ])
        for name, held in counted.items()
    ]  # fmt: skip
    return visit.page(
        "sources/overview.html",
        title=visit.say(mark("Which instruments speak?")),
        tables=[_table(visit, wanted)],
        tabs=tabs_of(visit),
        tiles=tiles,
        kind=kind,
        state=state,
        kinds=[(name, visit.say(words)) for name, words in KINDS.items() if name in counted],
        states=[(one.value, visit.say(words)) for one, (_, words) in STATES.items()],
    )


def _table(visit: Visit, rows: list[Health]) -> DataTable:
    title = visit.say(mark("Instruments"))
    links = {row.code: f"/sources/outlets/{row.code}" for row in outlets_of(visit)}
    stations = {row.code for row in visit.house.city.stations}
    columns = [
        TableColumn("code", visit.say(mark("Code"))),
        TableColumn("name", visit.say(mark("Name"))),
        TableColumn("kind", visit.say(mark("Kind"))),
        TableColumn("state", visit.say(mark("State")), kind=MARK),
        TableColumn("newest", visit.say(mark("Newest hour")), kind=TIME),
        TableColumn("age", visit.say(mark("Age")), "h", NUMBER, 0),
        TableColumn("online", visit.say(mark("On line")), "%", NUMBER, 1),
        TableColumn("late", visit.say(mark("Came late")), "%", NUMBER, 1),
        TableColumn("drifting", visit.say(mark("Leaves its neighbours in"))),
    ]
    body: list[list[object]] = []
    addresses: list[str | None] = []
    for row in rows:
        icon, words = STATES[row.state]
        address = links.get(row.code) if row.kind == "outlet" else None
        if row.kind == "station" and row.code in stations:
            address = f"/air/places/{row.code}"
        addresses.append(address)
        body.append(
            [
                Cell(row.code), row.name, visit.say(KINDS[row.kind]),
                Cell(row.state.value, visit.say(words), state=icon),
                Cell(row.newest, note=age_words(visit, row.age) or visit.say(mark("nothing in 60 days"))),
                row.age, share(row.online_rate), share(row.late_share),
                ", ".join(factor_name(visit, one) for one in row.drifting),
            ]
        )  # fmt: skip
    note = visit.say(
        mark("On line: hours with a value among the last 7 days. A dash under “late” means hours out of files.")
    )
    how = visit.how_made(
        title, period=f"… {visit.now:%Y-%m-%d %H:%M}", tables=["ambient_hours", "source_readings"]
    )
    return DataTable(
        "instruments", title, columns, body, how, note=note, shown=_SHOWN, links=addresses,  # type: ignore[arg-type]
        empty=visit.say(mark("No instrument fits. Clear the choices above.")),
    )  # fmt: skip

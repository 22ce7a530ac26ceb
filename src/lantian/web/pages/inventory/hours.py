"""When is it emitted: the usual day of each sector, by the temporal profiles."""

from typing import Annotated

import polars as pl
from fastapi import APIRouter
from starlette.responses import Response

from lantian.loop.explain.queries import CONSTANT, hours_of_day
from lantian.terms.words import mark
from lantian.web.charts import Chart
from lantian.web.guards import visit
from lantian.web.pages.inventory.drawing import hour_areas
from lantian.web.pages.inventory.looking import Look, look_of
from lantian.web.permissions import May
from lantian.web.tables import DataTable, TableColumn
from lantian.web.visiting import Visit

router = APIRouter(prefix="/inventory/hours")

Reader = Annotated[Visit, visit(May.READ_INVENTORY)]
_UNIT = "kg/h"


@router.get("")
def hours(visit: Reader) -> Response:
    """Show the usual day."""
    look = look_of(visit)
    title = visit.say(mark("At which hours is {pollutant} emitted?"), pollutant=look.symbol)
    rows, sectors = _rows(look), _sectors(look)
    columns = [
        TableColumn("hour", visit.say(mark("Hour"))),
        *(TableColumn(sector, _name(look, sector), _UNIT, "number", 1) for sector in sectors),
    ]
    body = [[f"{row['hour']:02}:00", *(row[sector] for sector in sectors)] for row in rows.iter_rows(named=True)]
    said = look.rules.temporal
    note = visit.say(
        mark("Mean of all days of the year, hour by its start. Profiles: {title}, confidence {grade}."),
        title=visit.named(said.title_zh, said.title),
        grade=said.confidence.value,
    )
    table = DataTable(
        "hours", visit.say(mark("By hour of the day")), columns, body, look.how_made(title, note), note
    )
    return visit.page("inventory/hours.html", title=title, look=look, tables=[table])


@router.get("/chart")
def hours_chart(visit: Reader) -> Response:
    """Draw the usual day, one area a sector."""
    look = look_of(visit)
    rows, sectors = _rows(look), _sectors(look)
    series = [(_name(look, sector), [round(value, 3) for value in rows[sector]]) for sector in sectors]
    title = visit.say(mark("At which hours is {pollutant} emitted?"), pollutant=look.symbol)
    chart = Chart(
        hour_areas(series),
        title,
        look.caption,
        _UNIT,
        look.study.simulated,
        [visit.say(mark("Hour")), *(name for name, _ in series)],
        [[f"{hour:02}:00", *(values[at] for _, values in series)] for at, hour in enumerate(rows["hour"])],
    )
    return visit.chart(chart, "inventory", "hours", look.key)


def _rows(look: Look) -> pl.DataFrame:
    return look.keep("hours", lambda: hours_of_day(look.study, look.edition.key, look.pollutant))


def _sectors(look: Look) -> list[str]:
    """List the sectors, the larger first."""
    rows = _rows(look)
    return sorted((name for name in rows.columns if name != "hour"), key=lambda name: -rows[name].sum())


def _name(look: Look, sector: str) -> str:
    if sector == CONSTANT:
        return look.visit.say(mark("the same at every hour"))
    profile = look.rules.profiles[sector]
    return look.visit.named(profile.name_zh, profile.name)

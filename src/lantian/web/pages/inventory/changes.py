"""Why is it not last year's: the difference of two editions by its causes, and source by source."""

from typing import Annotated

import polars as pl
from fastapi import APIRouter
from starlette.responses import Response

from lantian.loop.explain.queries import changes
from lantian.science.inventory.difference import EFFECTS
from lantian.terms.words import mark
from lantian.web.charts import Chart
from lantian.web.guards import visit
from lantian.web.pages.inventory.drawing import waterfall
from lantian.web.pages.inventory.looking import TONNES, Look, amount_cell, look_of
from lantian.web.permissions import May
from lantian.web.tables import Cell, DataTable, TableColumn, Value
from lantian.web.visiting import Visit

router = APIRouter(prefix="/inventory/changes")

Reader = Annotated[Visit, visit(May.READ_INVENTORY)]
EFFECT_WORDS = {
    "activity": mark("Activity"),
    "factor": mark("Factor or method"),
    "control": mark("Devices"),
    "new": mark("New"),
    "closed": mark("Closed"),
}
_SHOWN = 30


@router.get("")
def changes_page(visit: Reader, against: str = "") -> Response:
    """Show causes and sources of the difference to another edition."""
    look = look_of(visit)
    others = [(key, words) for key, words in look.editions if key != look.edition.key]
    chosen = against or (others[0][0] if others else "")
    tables = []
    if chosen:
        rows = _rows(look, chosen)
        tables = [_causes(look, rows, chosen), _sources(look, rows, chosen)]
    title = visit.say(mark("Why did {pollutant} change?"), pollutant=look.symbol)
    return visit.page(
        "inventory/changes.html", title=title, look=look, others=others, against=chosen, tables=tables
    )


@router.get("/chart")
def changes_chart(visit: Reader, against: str) -> Response:
    """Draw the way from one sum to the other."""
    look = look_of(visit)
    sums = _sums(_rows(look, against))
    effects = [(visit.say(EFFECT_WORDS[name]), sums[name]) for name in EFFECTS]
    option = waterfall((against, sums["before"]), effects, (look.edition.key, sums["after"]))
    chart = Chart(
        option,
        _title(look, against),
        look.caption,
        TONNES,
        look.study.simulated,
        [visit.say(mark("Step")), visit.say(mark("Amount"))],
        [
            [against, sums["before"]],
            *([name, value] for name, value in effects),
            [look.edition.key, sums["after"]],
        ],
    )
    return visit.chart(chart, "inventory", "changes", against, look.key)


def _title(look: Look, against: str) -> str:
    return look.visit.say(
        mark("{pollutant}: {after} against {before}"),
        pollutant=look.symbol,
        after=look.edition.key,
        before=against,
    )


def _rows(look: Look, against: str) -> pl.DataFrame:
    return look.keep(
        f"changes-{against}", lambda: changes(look.study, against, look.edition.key, pollutant=look.pollutant)
    )


def _sums(rows: pl.DataFrame) -> dict[str, float]:
    return {name: float(rows[name].sum()) for name in ("before", "after", "difference", *EFFECTS)}


def _causes(look: Look, rows: pl.DataFrame, against: str) -> DataTable:
    visit, sums = look.visit, _sums(rows)
    columns = [
        TableColumn("step", visit.say(mark("Step")), sortable=False),
        TableColumn("amount", visit.say(mark("Amount")), TONNES, "number", sortable=False),
    ]
    steps = {against: sums["before"], **{visit.say(EFFECT_WORDS[name]): sums[name] for name in EFFECTS}}
    steps[look.edition.key] = sums["after"]
    body = [(name, amount_cell(value)) for name, value in steps.items()]
    note = visit.say(
        mark("Each cause gets the mean of what its change brings in every order; nothing is left over.")
    )
    return DataTable(
        "causes", visit.say(mark("By cause")), columns, body, look.how_made(_title(look, against), note), note
    )


def _sources(look: Look, rows: pl.DataFrame, against: str) -> DataTable:
    visit = look.visit
    names = ("before", "after", "difference", *EFFECTS)
    words = {"before": against, "after": look.edition.key, "difference": visit.say(mark("Difference"))}
    columns = [
        TableColumn("source", visit.say(mark("Source"))),
        *(TableColumn(name, words.get(name) or visit.say(EFFECT_WORDS[name]), TONNES, "number") for name in names),
    ]
    moved = rows.filter(pl.col("difference") != 0)
    body: list[list[Value | Cell]] = [
        [row["source"], *(Cell(row[name]) if row[name] == 0 else amount_cell(row[name]) for name in names)]
        for row in moved.iter_rows(named=True)
    ]
    links = [look.why(row["source"]) if row["after"] else None for row in moved.iter_rows(named=True)]
    return DataTable(
        "sources",
        visit.say(mark("Source by source, the larger differences first")),
        columns,
        body,
        look.how_made(_title(look, against)),
        links=links,
        shown=_SHOWN,
        empty=visit.say(mark("No source of this pollutant differs.")),
    )

"""How well is it known: shares by method and by confidence, and what is doubtful in the book."""

from collections.abc import Mapping
from typing import Annotated

import polars as pl
from fastapi import APIRouter
from starlette.responses import Response

from lantian.desk.language import finding_text
from lantian.loop.explain.queries import confidence_shares, method_shares
from lantian.loop.explain.running import checked
from lantian.loop.explain.wording import worded
from lantian.rules.inventory_records import INVENTORY_POLLUTANTS
from lantian.science.inventory.records import METHODS
from lantian.terms.errors import CallerError
from lantian.terms.findings import Finding, Severity
from lantian.terms.words import mark
from lantian.web.charts import Chart
from lantian.web.guards import visit
from lantian.web.pages.inventory.drawing import stacked
from lantian.web.pages.inventory.looking import TONNES, Look, amount_cell, look_of, share_cell
from lantian.web.permissions import May
from lantian.web.tables import MARK, Cell, DataTable, TableColumn, Value
from lantian.web.visiting import Visit

router = APIRouter(prefix="/inventory/known")

Reader = Annotated[Visit, visit(May.READ_INVENTORY)]
CONFIDENCES = ("A", "B", "C")
BY = {"method": METHODS, "confidence": CONFIDENCES}
TITLES: Mapping[str, str] = {"method": mark("Shares by method"), "confidence": mark("Shares by confidence")}
_STATES = {Severity.ERROR: "fault", Severity.WARNING: "warning", Severity.INFO: "info"}
_SHOWN = 20


@router.get("")
def known(visit: Reader) -> Response:
    """Show shares and doubts."""
    look = look_of(visit)
    return visit.page(
        "inventory/known.html",
        title=visit.say(mark("How well is it known?")),
        look=look,
        tables=[*(_table(look, by) for by in BY), _doubts(look)],
    )


@router.get("/{by}.json")
def shares_chart(by: str, visit: Reader) -> Response:
    """Draw the shares of all pollutants."""
    if by not in BY:
        raise CallerError("There is no chart {kind!r}; there are: {known}.", kind=by, known=", ".join(BY))
    look = look_of(visit)
    rows = _shares(look, by)
    held = dict(zip(zip(rows["pollutant"], rows[by], strict=True), rows["share"], strict=True))
    have = set(rows["pollutant"])
    pollutants = [key for key in INVENTORY_POLLUTANTS if key in have]
    series = [
        (_word(look, by, each), [round(100 * (held.get((key, each)) or 0.0), 3) for key in pollutants])
        for each in BY[by]
        if any((key, each) in held for key in pollutants)
    ]
    names = [worded(key, visit.language) for key in pollutants]
    table = [[name, *(values[at] for _, values in series)] for at, name in enumerate(names)]
    heads = [visit.say(mark("Pollutant")), *(f"{name} (%)" for name, _ in series)]
    chart = Chart(
        stacked(names, series, "%") if series else {},
        visit.say(TITLES[by]),
        look.caption,
        "%",
        look.study.simulated,
        heads,
        table,
    )
    return visit.chart(chart, "inventory", "known", by, look.key)


def _shares(look: Look, by: str) -> pl.DataFrame:
    make = method_shares if by == "method" else confidence_shares
    return look.keep(f"shares-{by}", lambda: make(look.study, look.edition.key))


def _word(look: Look, by: str, key: str) -> str:
    if by == "method":
        return worded(key, look.visit.language)
    return look.visit.say(mark("confidence {grade}"), grade=key)


def _table(look: Look, by: str) -> DataTable:
    visit = look.visit
    title = visit.say(TITLES[by])
    order = {key: at for at, key in enumerate(INVENTORY_POLLUTANTS)}
    rows = sorted(_shares(look, by).to_dicts(), key=lambda row: order[row["pollutant"]])
    columns = [
        TableColumn("pollutant", visit.say(mark("Pollutant"))),
        TableColumn(by, visit.say(mark("Method") if by == "method" else mark("Confidence"))),
        TableColumn("amount", visit.say(mark("Amount")), TONNES, "number"),
        TableColumn("share", visit.say(mark("Share")), "%", "number", 1),
    ]
    body = [
        [
            Cell(row["pollutant"], text=worded(row["pollutant"], visit.language)),
            Cell(row[by], text=_word(look, by, row[by])),
            amount_cell(row["amount"]),
            share_cell(row["share"]),
        ]
        for row in rows
    ]
    return DataTable(by, title, columns, body, look.how_made(title))


def _doubts(look: Look) -> DataTable:
    """List what is doubtful in the book as it is now."""
    visit = look.visit
    found: tuple[Finding, ...] = look.keep("doubts", lambda: checked(look.study, look.edition.key))
    title = visit.say(mark("What is doubtful"))
    columns = [
        TableColumn("where", visit.say(mark("Where"))),
        TableColumn("weight", visit.say(mark("Weight")), kind=MARK),
        TableColumn("doubt", visit.say(mark("Doubt"))),
        TableColumn("innocent", visit.say(mark("It may also be"))),
    ]
    body: list[list[Value | Cell]] = [
        [
            each.where,
            Cell(str(each.severity), text=visit.say(_WEIGHTS[each.severity]), state=_STATES[each.severity]),
            finding_text(each, visit.language),
            visit.say(each.competing_explanation) if each.competing_explanation else "",
        ]
        for each in found
    ]
    return DataTable(
        "doubts",
        title,
        columns,
        body,
        look.how_made(title),
        shown=_SHOWN,
        empty=visit.say(mark("Nothing looks doubtful.")),
    )


_WEIGHTS = {Severity.ERROR: mark("error"), Severity.WARNING: mark("warning"), Severity.INFO: mark("note")}

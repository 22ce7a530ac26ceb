"""How much does the city emit, and of what: sums with intervals, and the tree of source categories."""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter
from starlette.responses import Response

from lantian.loop.explain.queries import LEVELS, totals, tree
from lantian.loop.explain.wording import worded
from lantian.rules.inventory_records import INVENTORY_POLLUTANTS
from lantian.terms.errors import CallerError
from lantian.terms.words import mark
from lantian.web.charts import Chart
from lantian.web.guards import visit
from lantian.web.pages.inventory.drawing import ranges, treemap
from lantian.web.pages.inventory.looking import (
    NOTHING,
    TONNES,
    Look,
    amount_cell,
    amount_columns,
    look_of,
    share_cell,
    tonnes,
)
from lantian.web.permissions import May
from lantian.web.tables import Cell, DataTable, TableColumn
from lantian.web.visiting import Visit

router = APIRouter(prefix="/inventory")

Reader = Annotated[Visit, visit(May.READ_INVENTORY)]
FIRST = ("so2", "nox", "voc", "pm25")
KINDS = {"sector": mark("By sector"), "county": mark("By county")}


@router.get("")
def sums(visit: Reader) -> Response:
    """Show the sums of the city, its sectors and its counties."""
    look = look_of(visit)
    city = look.keep("city", lambda: totals(look.study, look.edition.key))
    known = {row["pollutant"]: row for row in city.iter_rows(named=True)}
    return visit.page(
        "inventory/sums.html",
        title=visit.say(mark("How much does the city emit?")),
        look=look,
        tonnes=tonnes,
        figures_of=[(worded(key, visit.language), known.get(key)) for key in FIRST],
        tables=[_city(look, known), *(_parts(look, kind) for kind in KINDS)],
    )


def _city(look: Look, known: dict[str, dict[str, Any]]) -> DataTable:
    visit = look.visit
    title = visit.say(mark("Sums of the city"))
    held = [known[key] for key in INVENTORY_POLLUTANTS if key in known]
    return DataTable(
        "city",
        title,
        [TableColumn("pollutant", visit.say(mark("Pollutant"))), *amount_columns(visit)],
        [
            [Cell(row["pollutant"], text=worded(str(row["pollutant"]), visit.language)), *_amounts(row)]
            for row in held
        ],
        look.how_made(title),
        note=visit.say(
            mark("Low and high enclose {level} of the draws; sources that share a factor are drawn together."),
            level=look.level,
        ),
        links=[look.link("/inventory/tree", pollutant=row["pollutant"]) for row in held],
    )


def _parts(look: Look, kind: str) -> DataTable:
    visit = look.visit
    rows = _totals(look, kind)
    title = visit.say(mark("{pollutant}: {kind}"), pollutant=look.symbol, kind=visit.say(KINDS[kind]))
    return DataTable(
        kind,
        title,
        [TableColumn("name", visit.say(mark("Name"))), *amount_columns(visit)],
        [[_name(look, kind)(row["code"]), *_amounts(row)] for row in rows],
        look.how_made(title),
        empty=visit.say(NOTHING),
    )


def _totals(look: Look, kind: str) -> list[dict[str, Any]]:
    rows = look.keep(kind, lambda: totals(look.study, look.edition.key, kind=kind, pollutant=look.pollutant))
    return rows.to_dicts()


def _name(look: Look, kind: str) -> Callable[[object], str]:
    of = look.county if kind == "county" else look.category
    return lambda code: of(str(code))


def _amounts(row: dict[str, Any]) -> list[Cell]:
    amounts = [amount_cell(row[name]) for name in ("amount", "low", "high")]
    return [*amounts, share_cell(row["low_confidence"])]


@router.get("/charts/{kind}")
def sums_chart(kind: str, visit: Reader) -> Response:
    """Draw the sums of sectors or counties with their intervals."""
    if kind not in KINDS:
        raise CallerError("There is no chart {kind!r}; there are: {known}.", kind=kind, known=", ".join(KINDS))
    look = look_of(visit)
    rows = _totals(look, kind)
    names = [_name(look, kind)(row["code"]) for row in rows]
    values = [(row["low"], row["amount"], row["high"]) for row in rows]
    words = visit.say(mark("Amount")), visit.say(mark("interval of {level}"), level=look.level)
    option = ranges(names, values, words[1], words[0]) if rows else {}
    chart = Chart(
        option,
        f"{look.symbol} · {visit.say(KINDS[kind])}",
        look.caption,
        TONNES,
        look.study.simulated,
        [visit.say(mark("Name")), visit.say(mark("Low")), words[0], visit.say(mark("High"))],
        [[name, *three] for name, three in zip(names, values, strict=True)],
    )
    return visit.chart(chart, "inventory", kind, look.key)


# ---------------------------------------------------------------------------------------------- tree


@router.get("/tree")
def tree_page(visit: Reader, depth: int = 3) -> Response:
    """Show the tree of categories of one pollutant."""
    look = look_of(visit)
    title = visit.say(mark("Where does {pollutant} come from?"), pollutant=look.symbol)
    rows = [row for row in _tree(look) if row["level"] <= depth]
    columns = [
        TableColumn("category", visit.say(mark("Category")), sortable=False),
        TableColumn("level", visit.say(mark("Level")), kind="number", decimals=0),
        TableColumn("amount", visit.say(mark("Amount")), TONNES, "number"),
        TableColumn("share", visit.say(mark("Share")), "%", "number", 1),
        amount_columns(visit)[-1],
    ]
    body = [
        [
            Cell(
                look.category(row["code"]),
                text="\u2003" * (row["level"] - 1) + look.category(row["code"]),
                note=row["code"],
            ),
            row["level"],
            amount_cell(row["amount"]),
            share_cell(row["share"]),
            share_cell(row["low_confidence"]),
        ]
        for row in rows
    ]
    table = DataTable(
        "tree",
        title,
        columns,
        body,
        look.how_made(title),
        empty=visit.say(NOTHING),
    )
    depths = [(level, visit.say(mark("{n} levels"), n=level)) for level in range(1, LEVELS + 1)]
    return visit.page("inventory/tree.html", title=title, look=look, tables=[table], depth=depth, depths=depths)


@router.get("/tree/chart")
def tree_chart(visit: Reader) -> Response:
    """Draw the tree as areas within areas."""
    look = look_of(visit)
    rows = _tree(look)
    laid = [
        (row["code"], row["level"], row["amount"], look.category(row["code"])) for row in rows if row["amount"] > 0
    ]
    chart = Chart(
        treemap(look.symbol, laid) if laid else {},
        visit.say(mark("Where does {pollutant} come from?"), pollutant=look.symbol),
        look.caption,
        TONNES,
        look.study.simulated,
        [visit.say(mark("Category")), visit.say(mark("Level")), visit.say(mark("Amount"))],
        [[name, level, amount] for _, level, amount, name in laid],
    )
    return visit.chart(chart, "inventory", "tree", look.key)


def _tree(look: Look) -> list[dict[str, Any]]:
    return look.keep("tree", lambda: tree(look.study, look.edition.key, look.pollutant, depth=LEVELS).to_dicts())

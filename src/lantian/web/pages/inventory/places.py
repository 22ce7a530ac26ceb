"""Where are the sources: points by their amount on a map, and all sources of a pollutant as a table."""

from math import sqrt
from typing import Annotated

import polars as pl
from fastapi import APIRouter
from starlette.responses import Response

from lantian.city.outlines import county_outlines, outline_source
from lantian.loop.explain.queries import places
from lantian.terms.words import mark
from lantian.web.guards import visit
from lantian.web.maps import Kind, LegendEntry, MapData, MapFeature, MapLayer
from lantian.web.pages.inventory.looking import (
    NOTHING,
    Look,
    amount_cell,
    amount_columns,
    look_of,
    share_cell,
    tonnes,
)
from lantian.web.permissions import May
from lantian.web.tables import Cell, DataTable, TableColumn, Value
from lantian.web.visiting import Visit

router = APIRouter(prefix="/inventory/places")

Reader = Annotated[Visit, visit(May.READ_INVENTORY)]
_DRAWN = 300
"""Most points on the map."""
_LARGEST, _LEAST = 4.5, 0.6
"""Size of the largest and of the least sign. [1]"""
_SHOWN = 30
KIND_WORDS = {"point": mark("point"), "line": mark("line"), "area": mark("area"), "mobile": mark("mobile")}


@router.get("")
def places_page(visit: Reader) -> Response:
    """Show the map and the table."""
    look = look_of(visit)
    title = visit.say(mark("Where are the sources of {pollutant}?"), pollutant=look.symbol)
    rows, points = _rows(look), _points(look)
    whole, part = float(rows["amount"].sum()), float(points["amount"].sum())
    words = visit.say(
        mark("The {n} largest points are drawn; their area tells the amount. They emit {part} of {whole} t."),
        n=points.height,
        part=f"{part / whole:.0%}" if whole else "–",
        whole=tonnes(whole),
    )
    return visit.page(
        "inventory/places.html",
        title=title,
        look=look,
        tables=[_table(look, rows, title)],
        drawn=words,
        data=_map(look),
    )


@router.get("/map.json")
def map_json(visit: Reader) -> Response:
    """Give the map to the browser."""
    look = look_of(visit)
    return visit.kept(lambda: _map(look).text().encode(), "json", "inventory", "map", look.key)


def _rows(look: Look) -> pl.DataFrame:
    return look.keep("places", lambda: places(look.study, look.edition.key, look.pollutant))


def _points(look: Look) -> pl.DataFrame:
    return _rows(look).filter(pl.col("longitude").is_not_null() & (pl.col("amount") > 0)).head(_DRAWN)


def _name(look: Look, row: dict[str, str | None]) -> str:
    return look.visit.named(row["name"] or "", row["name_en"] or "") or str(row["source"])


def _table(look: Look, rows: pl.DataFrame, title: str) -> DataTable:
    visit = look.visit
    columns = [
        TableColumn("name", visit.say(mark("Source"))),
        TableColumn("county", visit.say(mark("County"))),
        TableColumn("kind", visit.say(mark("Kind"))),
        *amount_columns(visit),
    ]
    body: list[list[Value | Cell]] = []
    links: list[str | None] = []
    for row in rows.iter_rows(named=True):
        link = look.why(row["source"])
        body.append(
            [
                Cell(_name(look, row), note=row["source"]),
                look.county(row["county"] or ""),
                visit.say(KIND_WORDS.get(row["kind"], row["kind"] or "")),
                amount_cell(row["amount"], why=link),
                amount_cell(row["low"]),
                amount_cell(row["high"]),
                share_cell(row["low_confidence"]),
            ]
        )
        links.append(link)
    return DataTable(
        "sources",
        visit.say(mark("Sources, the larger first")),
        columns,
        body,
        look.how_made(title),
        links=links,
        shown=_SHOWN,
        empty=visit.say(NOTHING),
    )


def _map(look: Look) -> MapData:
    return look.keep("map", lambda: _made(look))


def _made(look: Look) -> MapData:
    city, visit = look.study.city, look.visit
    outlines = county_outlines(city)
    points = _points(look)
    most = max(points["amount"].to_list(), default=1.0)
    signs = [
        MapFeature(
            _name(look, row),
            (row["longitude"], row["latitude"]),
            f"{look.symbol} {tonnes(row['amount'])} t",
            look.county(row["county"] or ""),
            look.why(row["source"]),
            state="amount",
            size=max(_LEAST, _LARGEST * sqrt(row["amount"] / most)),
        )
        for row in points.iter_rows(named=True)
    ]
    boxes = [shape.bounds for shape in outlines.values()] or [(*each.where, *each.where) for each in signs]
    west, south, east, north = zip(*boxes, strict=True) if boxes else ((0.0,), (0.0,), (1.0,), (1.0,))
    areas = [MapFeature(look.county(code), shape) for code, shape in outlines.items()]
    source = visit.say(
        mark("Outlines: {name}, {datum}"), name=outline_source(city).name, datum=outline_source(city).datum
    )
    return MapData(
        (min(west), min(south), max(east), max(north)),
        [MapLayer(Kind.COUNTIES, areas), MapLayer(Kind.PLANTS, signs)],
        [
            LegendEntry(
                Kind.PLANTS, visit.say(mark("a source; the area of its sign tells the amount")), state="amount"
            )
        ],
        source,
    )

"""What is wrong with one row of the inventory's workbook (清单填报校验)."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import shapely
from shapely.errors import ShapelyError

from lantian.city.datums import CGCS2000, SAME_HERE, SHIFTED, to_cgcs2000
from lantian.city.records import City
from lantian.loop.explain.tables import (
    INVENTORY_CONTROLS,
    INVENTORY_MEASURED,
    INVENTORY_PROCESSES,
    INVENTORY_SOURCES,
    INVENTORY_STATISTICS,
)
from lantian.rules.inventory_records import INVENTORY_POLLUTANTS
from lantian.science.inventory.records import MEASURED_METHODS, SOURCE_KINDS
from lantian.science.inventory.rules import InventoryRules
from lantian.terms.words import mark

Row = dict[str, Any]
Wrong = tuple[str, str]
"""Column and message id."""
_WEST, _EAST, _SOUTH, _NORTH = 73.0, 136.0, 3.0, 54.0
_DATUMS = {
    **{name.lower(): CGCS2000 for name in SAME_HERE},
    **{name.lower(): name for name in SHIFTED},
    **dict.fromkeys(("cgcs2000", "wgs84", "2000国家大地坐标系", "国家2000"), CGCS2000),
    **dict.fromkeys(("gcj02", "火星坐标", "高德"), "GCJ-02"),
    **dict.fromkeys(("bd09", "百度", "百度坐标"), "BD-09"),
}
_STREAMS = (*(p for p in INVENTORY_POLLUTANTS if p not in {"tsp", "pm10", "bc", "oc"}), "coarse")
_NEGATIVE = mark("An amount is below zero. Correct it.")
_SHARE = mark("A share lies between 0 and 100 per cent. Correct it.")


def settle(table: str, row: Row, city: City, rules: InventoryRules) -> Iterator[Wrong]:
    """Bring a row to the house's own terms, in place, and yield what is wrong with it.

    Parameters
    ----------
    table : str
        Table of the lake that it belongs to.
    row : dict
        Read cells; what is empty is filled with what an empty cell means.
    city : City
        Its counties.
    rules : InventoryRules
        Categories and techniques.
    """
    yield from _SETTLERS[table](row, city, rules)


def _source(row: Row, city: City, _rules: InventoryRules) -> Iterator[Wrong]:
    if "/" in row["source"]:
        yield "source", mark("An id has no slash: it parts the words of a question. Leave it out.")
    county = row["county"]
    found = [
        each.adcode
        for each in city.counties
        if county in {each.adcode, each.name_zh, each.name_en, each.name_zh.rstrip("县区市旗")}
    ]
    if found:
        row["county"] = found[0]
    else:
        yield "county", mark("The city has no such county. Write its name as the city does.")
    if row["kind"] not in SOURCE_KINDS:
        yield "kind", mark("This is no kind of source. Write point, area, line or mobile.")
    yield from _place(row)
    if row["geometry"]:
        try:
            shape = shapely.from_wkt(row["geometry"])
            sound = shape.is_valid and not shape.is_empty and (shape.area or shape.length)
        except ShapelyError:
            sound = False
        if not sound:
            yield (
                "geometry",
                mark("This is no WKT of a line or an area. Write LINESTRING (113.1 36.2, 113.2 36.3)."),
            )
    row["outlets"] = ",".join(row["outlets"] or ())


def _place(row: Row) -> Iterator[Wrong]:
    """Bring the coordinates to the house's datum."""
    datum = row.pop("datum", None)
    longitude, latitude = row["longitude"], row["latitude"]
    if (longitude is None) != (latitude is None):
        yield (
            "longitude" if longitude is None else "latitude",
            mark("One coordinate stands without the other. Give both or none."),
        )
    if longitude is None or latitude is None:
        return
    if not _WEST <= longitude <= _EAST:
        yield "longitude", mark("This is no longitude in China. Write decimal degrees; are the two swapped?")
    elif not _SOUTH <= latitude <= _NORTH:
        yield "latitude", mark("This is no latitude in China. Write decimal degrees; are the two swapped?")
    elif not datum:
        yield "datum", mark("The coordinates name no datum. Write CGCS2000, GCJ-02 or BD-09 beside them.")
    elif (named := _DATUMS.get(datum.lower().replace(" ", ""))) is None:
        yield "datum", mark("Nobody here knows this datum. Write CGCS2000, GCJ-02 or BD-09.")
    elif named != CGCS2000:
        east, north = to_cgcs2000(named)(longitude, latitude)
        row["longitude"], row["latitude"] = round(east, 7), round(north, 7)


def _process(row: Row, _city: City, rules: InventoryRules) -> Iterator[Wrong]:
    category = rules.categories.get(row["category"])
    if row["amount"] < 0:
        yield "amount", _NEGATIVE
    if row["gsd"] is None:
        row["gsd"] = 1.0
    if row["gsd"] < 1:
        yield "gsd", mark("A geometric spread is 1 or more: 1.2 for one fifth up or down.")
    for name in ("stack_height", "stack_diameter", "stack_velocity"):
        if row[name] is not None and row[name] < 0:
            yield name, _NEGATIVE
    if category is None or category.level != 4:
        yield "category", mark("This is no category of the fourth level. Choose one from the page of categories.")
        return
    if row["unit"] != category.unit:
        yield "unit", mark("The category is counted in another unit. The page of categories says in which.")
    given: Mapping[str, float | str] = row["parameters"] or {}
    row["parameters"] = dict(given)
    if set(category.needs) - set(given):
        yield "parameters", mark("A parameter is missing. The page of categories says which are needed.")
    for key, value in given.items():
        known = rules.parameters.get(key)
        if known is None or key not in {*category.needs, *category.takes}:
            yield "parameters", mark("The category knows no such parameter. The page of categories lists them.")
        elif known.options:
            if str(value).removesuffix(".0") not in known.options:
                yield "parameters", mark("A parameter is none of the words that it may be.")
            else:
                row["parameters"][key] = str(value).removesuffix(".0")
        elif not isinstance(value, float):
            yield "parameters", mark("A parameter is no number. Write digits only.")
        elif not _within(value, known.lowest, known.highest):
            yield "parameters", mark("A parameter lies outside what is possible: look at its unit.")


def _within(value: float, lowest: Any, highest: Any) -> bool:
    return (lowest is None or value >= float(lowest)) and (highest is None or value <= float(highest))


def _control(row: Row, _city: City, rules: InventoryRules) -> Iterator[Wrong]:
    if row["technology"] not in {each.key for each in rules.controls.techniques}:
        yield "technology", mark("The rule knows no such technique. Choose one from the list of the cell.")
    number = row["number"]
    if number < 1 or number != int(number):
        yield "number", mark("The place in the flow is 1, 2, 3 and so on.")
    row["number"] = int(number)
    if row["availability"] is None:
        row["availability"] = 1.0
    for name in ("capture", "availability"):
        if row[name] is not None and not 0 <= row[name] <= 1:
            yield name, _SHARE
    row["removal"] = dict(row["removal"] or {})
    for name, share in row["removal"].items():
        if name not in _STREAMS:
            yield "removal", mark("A removal is given for gases, pm25 and coarse (particles above PM2.5) only.")
        elif not 0 <= share <= 1:
            yield "removal", _SHARE


def _measured(row: Row, _city: City, _rules: InventoryRules) -> Iterator[Wrong]:
    if row["pollutant"] not in INVENTORY_POLLUTANTS:
        yield "pollutant", mark("The inventory has no such pollutant. Choose one from the list of the cell.")
    if row["method"] not in MEASURED_METHODS:
        yield "method", mark("This is no method. Write cems, permit or measurement.")
    if row["amount"] < 0:
        yield "amount", _NEGATIVE
    if row["coverage"] is not None and not 0 <= row["coverage"] <= 1:
        yield "coverage", _SHARE


def _statistic(row: Row, _city: City, rules: InventoryRules) -> Iterator[Wrong]:
    if row["category"] not in rules.categories:
        yield "category", mark("There is no such category. Choose one from the list of the cell.")
    if row["amount"] < 0:
        yield "amount", _NEGATIVE


_SETTLERS: Mapping[str, Callable[[Row, City, InventoryRules], Iterator[Wrong]]] = {
    INVENTORY_SOURCES.name: _source,
    INVENTORY_PROCESSES.name: _process,
    INVENTORY_CONTROLS.name: _control,
    INVENTORY_MEASURED.name: _measured,
    INVENTORY_STATISTICS.name: _statistic,
}

"""One place: its newest figures, its series and its days."""

from datetime import date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query
from starlette.responses import Response

from lantian.loop.evaluate.browsing import INDEX, list_days_of, list_hours
from lantian.terms.pollutants import BASIC, NAMES
from lantian.terms.words import mark
from lantian.web.guards import visit
from lantian.web.pages.air.looking import (
    DAILY,
    HOURLY,
    PERIODS,
    Look,
    Place,
    earlier,
    look_of,
    side_choices,
    stage_choices,
    stretch_asked,
    symbol,
)
from lantian.web.pages.air.series_chart import series_chart
from lantian.web.pages.air.series_parts import EVERY_WORDS, WHATS, Every, asked_of
from lantian.web.permissions import May
from lantian.web.tables import Cell, DataTable, TableColumn
from lantian.web.visiting import Visit

router = APIRouter()
_SHOWN_DAYS = 13
"""Days before the last one that are drawn where nobody asks for others."""
_ROWS = 31
_PRESETS = ((6, mark("7 days")), (29, mark("30 days")), (89, mark("90 days")), (364, mark("a year")))
_EVERY_DAYS = 92
"""A stretch longer than this is drawn by days where nobody asks otherwise."""
Named = Annotated[list[str] | None, Query()]


@router.get("/air/places/{code}")
def place(
    code: str, visit: Annotated[Visit, visit(May.READ_AIR)], what: Named = None, every: str = ""
) -> Response:
    """Show the series and the days of a place."""
    look = look_of(visit)
    here = look.place(code)
    begin, _ = look.bounds
    first, last = stretch_asked(visit, earlier(visit.today, _SHOWN_DAYS), visit.today)
    long = (last - first).days > _EVERY_DAYS
    chosen = asked_of(here, "aqi", every or (Every.DAY if long else Every.HOUR), first, last).every
    wanted = [one for one in WHATS if one in (what or ["aqi", "pm25"])]
    query = {"every": chosen.value, "first": first, "last": last}
    return visit.page(
        "air/place.html",
        title=visit.say(mark("How is the air of {place}?"), place=here.name),
        tables=[_days(look, here, first, last), _hours(look, here, first, last)],
        look=look,
        place=here,
        whats=[(one, "AQI" if one == "aqi" else symbol(one), one in wanted) for one in WHATS],
        charts=[
            (_chart_title(look, one, chosen), look.link("/air/charts/series", place=code, what=one, **query))
            for one in wanted
        ],
        every=chosen.value,
        everies=[(key.value, visit.say(words)) for key, words in EVERY_WORDS.items()],
        first=first,
        last=last,
        begin=begin,
        presets=[
            (visit.say(words), visit.here(first=earlier(visit.today, days), last=visit.today, every=None))
            for days, words in _PRESETS
        ]
        + [(visit.say(mark("all")), visit.here(first=begin, last=visit.today, every=None))],
        sides=side_choices(look),
        stages=stage_choices(look),
    )


def _chart_title(look: Look, what: str, every: Every) -> str:
    if what == "aqi":
        return look.say(mark("composite index")) if every is Every.MONTH else "AQI"
    name = NAMES[next(one for one in BASIC if one.value == what)]
    return f"{name.symbol} {look.visit.named(name.chinese, name.english)}"


@router.get("/air/charts/series")
def series(
    place: str,
    visit: Annotated[Visit, visit(May.READ_AIR)],
    what: str = "pm25",
    every: str = Every.HOUR,
) -> Response:
    """Answer with the chart of one series."""
    look = look_of(visit)
    first, last = stretch_asked(visit, earlier(visit.today, _SHOWN_DAYS), visit.today)
    asked = asked_of(look.place(place), what, every, first, last)
    key = (
        "series",
        asked,
        look.stage,
        look.basis,
        visit.keeper.versions([HOURLY, DAILY, *PERIODS, "ambient_hours"]),
    )
    return visit.kept(lambda: series_chart(look, asked).text().encode(), "json", *key)


def _days(look: Look, here: Place, first: date, last: date) -> DataTable:
    """Judged days of the stretch, the newest first."""
    columns = [*INDEX, *(p.value for p in BASIC), *(f"{p}_reason" for p in BASIC)]
    rows = list_days_of(
        look.lake, first, last, look.stage, columns, basis=look.basis, kind=here.kind, code=here.code
    )
    dust = look.scene.dust_days.get(here.code, frozenset())
    body, links = [], []
    for row in rows.reverse().iter_rows(named=True):
        body.append(_day_row(look, here, row, is_dust=row["legal_day"] in dust))
        links.append(look.of_place(here.code, f"days/{row['legal_day']}"))
    title = look.say(mark("Days of {place}"), place=here.name)
    heads = [
        TableColumn("day", look.say(mark("Day")), kind="date"),
        TableColumn("aqi", "AQI", kind="level"),
        TableColumn("primary", look.say(mark("Primary pollutant"))),
        *(TableColumn(p.value, NAMES[p].symbol, NAMES[p].unit, "number", _decimals(look, p, last)) for p in BASIC),
        TableColumn("note", look.say(mark("Remarks"))),
    ]
    note = look.say(
        mark("{data}. Day values by {law}; O₃ is the highest 8 h mean. A dash says why when you rest on it."),
        data=look.data_words,
        law=look.rules(last).name,
    )
    how = look.how_made(title, f"{first} … {last}", [DAILY], look.rules(last))
    empty = look.say(mark("No day of this stretch was judged. Choose other days, or run `lantian evaluate`."))
    return DataTable("days", title, heads, body, how, note=note, empty=empty, shown=_ROWS, links=links)


def _decimals(look: Look, pollutant: Any, day: date) -> int:
    return look.rules(day).evaluation.decimals_day.of(pollutant)


def _day_row(look: Look, here: Place, row: dict[str, Any], *, is_dust: bool) -> list[Cell]:
    day = row["legal_day"]
    remarks = [look.say(mark("approved dust"))] if is_dust else []
    withheld = row["aqi_status"] == "withheld"
    if withheld:
        remarks.append(look.say(mark("index withheld: a pollutant is missing")))
    index = look.index_cell(row["aqi"], day, why=look.why("days", here.code, day, "aqi"))
    return [
        Cell(day),
        index,
        Cell(symbol(row["primary"] or "") or None),
        *(
            look.value_cell(
                row[p.value],
                _decimals(look, p, day),
                why=look.why("days", here.code, day, p.value),
                note=look.word(row[f"{p}_reason"]),
            )
            for p in BASIC
        ),
        Cell(" · ".join(remarks), text=" · ".join(remarks)),
    ]


def _hours(look: Look, here: Place, first: date, last: date) -> DataTable:
    """Judged hours of the stretch; their rows are read only when they are taken away."""
    title = look.say(mark("Hours of {place}"), place=here.name)
    asked = (look.visit.request.query_params.get("export") or "").startswith("hours.")
    rows: list[list[Cell | datetime | float | str | int | None]] = []
    if asked:
        wanted = [p.value for p in BASIC]
        found = list_hours(look.lake, here.kind, here.code, first, last, look.stage, [*wanted, *INDEX])
        order = ["hour_start", "aqi", "primary", *wanted]
        rows = [[*row] for row in found.select(order).iter_rows()]
    heads = [
        TableColumn("hour_start", look.say(mark("Start of the hour")), kind="time"),
        TableColumn("aqi", "AQI", kind="number", decimals=0),
        TableColumn("primary", look.say(mark("Primary pollutant"))),
        *(TableColumn(p.value, NAMES[p].symbol, NAMES[p].unit, "number") for p in BASIC),
    ]
    how = look.how_made(title, f"{first} … {last}", [HOURLY], look.rules(last))
    return DataTable("hours", title, heads, rows, how)

"""When is the air bad: the usual day, week and year of one place, with the 95 % band of each mean."""

from datetime import date
from typing import Annotated, Any

import numpy as np
from fastapi import APIRouter
from starlette.responses import Response

from lantian.loop.evaluate.browsing import list_hours
from lantian.science.series.table import Table
from lantian.science.variation.courses import PANELS, Course, Middle, time_variation
from lantian.terms.errors import CallerError
from lantian.terms.pollutants import NAMES, Pollutant
from lantian.terms.words import mark
from lantian.web.charts import Chart, line
from lantian.web.guards import visit
from lantian.web.pages.air.looking import (
    HOURLY,
    Look,
    Place,
    earlier,
    look_of,
    stage_choices,
    stretch_asked,
    symbol,
)
from lantian.web.pages.air.series_parts import WHATS
from lantian.web.permissions import May
from lantian.web.visiting import Visit

router = APIRouter()
_DAYS = 364
_HOURS = 24
_CONFIDENCE = 0.95
_LEAST_HOURS = 24
"""Fewest hours with a value from which anything is drawn. [h]"""
PANEL_WORDS = {
    "hour": mark("By hour of the day"),
    "weekday": mark("By day of the week"),
    "month": mark("By month"),
    "weekday_hour": mark("By hour of the week"),
}
ORDER = ("hour", "weekday", "month", "weekday_hour")
MIDDLES = {Middle.MEAN: mark("mean, 95 % band"), Middle.MEDIAN: mark("median, 5–95 % of the hours")}


@router.get("/air/places/{code}/variation")
def variation(
    code: str,
    visit: Annotated[Visit, visit(May.READ_AIR)],
    what: str = "pm25",
    middle: str = Middle.MEAN,
    panel: str = ORDER[0],
) -> Response:
    """Show the four panels, beginning with the one that is wanted."""
    look = look_of(visit)
    here = look.place(code)
    first, last = stretch_asked(visit, earlier(visit.today, _DAYS), visit.today)
    _check(what, middle, panel)
    query = {"place": code, "what": what, "middle": middle, "first": first, "last": last}
    panels = [panel, *(one for one in ORDER if one != panel)]
    return visit.page(
        "air/variation.html",
        title=visit.say(mark("When is the air of {place} bad?"), place=here.name),
        look=look,
        place=here,
        whats=[(one, "AQI" if one == "aqi" else symbol(one)) for one in WHATS],
        what=what,
        middles=[(key.value, visit.say(words)) for key, words in MIDDLES.items()],
        middle=middle,
        panels=[(one, visit.say(PANEL_WORDS[one])) for one in ORDER],
        panel=panel,
        charts=[
            (visit.say(PANEL_WORDS[one]), look.link("/air/charts/variation", panel=one, **query), one)
            for one in panels
        ],
        first=first,
        last=last,
        begin=look.bounds[0],
        stages=stage_choices(look),
    )


@router.get("/air/charts/variation")
def variation_chart(
    place: str,
    visit: Annotated[Visit, visit(May.READ_AIR)],
    what: str = "pm25",
    middle: str = Middle.MEAN,
    panel: str = ORDER[0],
) -> Response:
    """Answer with one panel."""
    look = look_of(visit)
    first, last = stretch_asked(visit, earlier(visit.today, _DAYS), visit.today)
    _check(what, middle, panel)
    here = look.place(place)
    key = ("variation", here, what, middle, panel, first, last, look.stage, visit.keeper.versions([HOURLY]))
    return visit.kept(
        lambda: _chart(look, here, what, Middle(middle), panel, first, last).text().encode(), "json", *key
    )


def _check(what: str, middle: str, panel: str) -> None:
    if what not in WHATS or middle not in set(Middle) or panel not in PANELS:
        raise CallerError(
            "{what!r} ({middle!r}, {panel!r}) cannot be drawn. Ask for one of {whats}, of {middles}, of {panels}.",
            what=what,
            middle=middle,
            panel=panel,
            whats=", ".join(WHATS),
            middles=", ".join(Middle),
            panels=", ".join(PANELS),
        )


def _chart(look: Look, here: Place, what: str, middle: Middle, panel: str, first: date, last: date) -> Chart:
    rows = list_hours(look.lake, here.kind, here.code, first, last, look.stage, [what])
    held = rows.drop_nulls(what)
    name = "AQI" if what == "aqi" else symbol(what)
    words = look.say(PANEL_WORDS[panel])
    caption = " · ".join(
        [
            look.say(mark("judged hours")),
            look.word(look.stage.value),
            look.say(MIDDLES[middle]),
            f"{first} … {last}",
            look.say(mark("{n} hours with a value"), n=held.height),
            look.say(mark("classes by the start of the hour")),
        ]
    )
    found = None
    if held.height >= _LEAST_HOURS:
        times = held.get_column("hour_start").dt.replace_time_zone(None).to_numpy()
        table = Table.of(times, **{what: held.get_column(what).to_numpy().astype(np.float64)})
        found = time_variation(table, panels=[panel], middle=middle, confidence=_CONFIDENCE)[panel][0]
    return Chart(
        option={} if found is None else _option(look, found, panel, name),
        title=f"{here.name} · {name} · {words}",
        caption=caption,
        unit="" if what == "aqi" else NAMES[Pollutant(what)].unit,
        simulated=look.lake.simulated,
        columns=[] if found is None else [words, name, *_bounds_words(look, middle), look.say(mark("hours"))],
        rows=[] if found is None else _rows(look, found, panel),
        empty=look.say(mark("Fewer than a day of hours was judged here. Choose a longer stretch.")),
    )


def _bounds_words(look: Look, middle: Middle) -> list[str]:
    if middle is Middle.MEDIAN:
        return ["P5", "P95"]
    return [look.say(mark("lower bound, 95 %")), look.say(mark("upper bound, 95 %"))]


def _option(look: Look, found: Course, panel: str, name: str) -> dict[str, Any]:
    labels = labels_of(look, panel, len(found.labels))
    low, high = _rounded(found.low), _rounded(found.high)
    width = [None if a is None or b is None else round(b - a, 2) for a, b in zip(low, high, strict=True)]
    quiet = {"type": "line", "stack": "band", "silent": True, "symbol": "none", "lineStyle": {"opacity": 0}}
    middle = line(name, _rounded(found.middle), endLabel={"show": False}, sampling=None)
    axis: dict[str, Any] = {"type": "category", "data": labels, "boundaryGap": False}
    if panel == "weekday_hour":
        axis["axisLabel"] = {"interval": _HOURS - 1}
        axis["axisTick"] = {"interval": _HOURS - 1}
    if panel in ("weekday", "month"):
        middle |= {"showSymbol": True, "symbolSize": 6}
    return {
        "xAxis": axis,
        "yAxis": {"type": "value", "min": 0},
        "series": [
            {**quiet, "name": "", "data": low},
            {**quiet, "name": "", "data": width, "areaStyle": {"color": "series-1", "opacity": 0.22}},
            middle,
        ],
    }


def _rows(look: Look, found: Course, panel: str) -> list[list[Any]]:
    labels = labels_of(look, panel, len(found.labels))
    columns = (_rounded(found.middle), _rounded(found.low), _rounded(found.high), found.count.tolist())
    return [list(row) for row in zip(labels, *columns, strict=True)]


def _rounded(values: Any) -> list[float | None]:
    return [None if value != value else round(float(value), 2) for value in values]


def labels_of(look: Look, panel: str, count: int) -> list[str]:
    """Name the classes of a panel in the reader's language, in the order of the calendar from Monday on."""
    chinese = look.visit.language.is_chinese
    weekdays = (
        [f"周{day}" for day in "一二三四五六日"] if chinese else ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
    )
    if panel == "hour":
        return [f"{hour:02d}" for hour in range(count)]
    if panel == "weekday":
        return weekdays[:count]
    if panel == "month":
        return [f"{month}月" if chinese else f"{date(2000, month, 1):%b}" for month in range(1, count + 1)]
    return [f"{weekdays[at // _HOURS]} {at % _HOURS:02d}:00" for at in range(count)]

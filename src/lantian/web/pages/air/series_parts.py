"""What a series is asked for, and the parts that every chart of one has: limits, levels, axes, caption."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from lantian.rules import RuleSet
from lantian.terms.errors import CallerError
from lantian.terms.pollutants import BASIC, NAMES, Pollutant
from lantian.terms.words import mark
from lantian.web.charts import Chart, line
from lantian.web.pages.air.looking import Look, Place

AQI = "aqi"
WHATS = (AQI, *(pollutant.value for pollutant in BASIC))


class Every(StrEnum):
    """Averaging period of a series."""

    HOUR = "hour"
    EIGHT_HOURS = "8h"
    DAY = "day"
    MONTH = "month"


EVERY_WORDS = {
    Every.HOUR: mark("hours"),
    Every.EIGHT_HOURS: mark("running 8 h means"),
    Every.DAY: mark("days"),
    Every.MONTH: mark("months"),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What a chart shows."""

    place: Place
    what: str
    """``aqi`` or a pollutant."""
    every: Every
    first: date
    last: date

    @property
    def pollutant(self) -> Pollutant | None:
        """The pollutant; None for the index."""
        return None if self.what == AQI else Pollutant(self.what)


def asked_of(place: Place, what: str, every: str, first: date, last: date) -> Asked:
    """Check what an address asks for.

    Raises
    ------
    CallerError
        No such number or averaging period.
    """
    if what not in WHATS or every not in set(Every):
        raise CallerError(
            "{what!r} every {every!r} cannot be drawn. Ask for one of {whats}, every {everies}.",
            what=what,
            every=every,
            whats=", ".join(WHATS),
            everies=", ".join(Every),
        )
    return Asked(place, what, Every(every), first, last)


def stretches(
    look: Look, asked: Asked, limit_of: Callable[[RuleSet], Decimal | None]
) -> list[tuple[date, date, float, str]]:
    """Limits in their order: first day, last day, value, words; stretches of one limit are joined."""
    found: list[tuple[date, date, float, str]] = []
    for first, last, rules in look.scene.rulebook.spans(asked.first, asked.last, look.scene.choice):
        limit = limit_of(rules)
        if limit is None:
            continue
        text = f"{limit} {rules.limits.name}"
        if found and found[-1][3] == text:
            first = found.pop()[0]
        found.append((first, last, float(limit), text))
    return found


def put_limits(series: dict[str, Any], limits: Sequence[tuple[Any, Any, float, str]]) -> None:
    """Draw limits over their stretch of the axis, each with its edition."""
    if not limits:
        return
    if len(limits) == 1:
        data: list[Any] = [{"yAxis": limits[0][2], "label": {"formatter": limits[0][3]}}]
    else:
        data = [
            [{"coord": [begin, value], "label": {"formatter": text}}, {"coord": [end, value]}]
            for begin, end, value, text in limits
        ]
    series["markLine"] = {"data": data}


def one_line(look: Look, asked: Asked, points: Sequence[Any]) -> dict[str, Any]:
    """Draw the values as one line; that of the index over bands of its levels."""
    style = {"width": 1.3, "color": "series-1"}
    drawn = line(name_of(look, asked), points, endLabel={"show": False}, lineStyle=style)
    if asked.pollutant is None:
        drawn["markArea"] = _bands(look, asked)
    return drawn


def name_of(look: Look, asked: Asked) -> str:
    """Name what is drawn, as the axis and the table do."""
    pollutant = asked.pollutant
    if pollutant is not None:
        return NAMES[pollutant].symbol
    return look.say(mark("composite index")) if asked.every is Every.MONTH else "AQI"


def zoom() -> list[dict[str, Any]]:
    """Let a reader zoom by the wheel with Ctrl, and by a slider."""
    return [{"type": "inside", "zoomOnMouseWheel": "ctrl"}, {"type": "slider"}]


def wall_ms(at: date | datetime) -> int:
    """Milliseconds of the city's wall time, as the axis counts them."""
    wall = at.replace(tzinfo=None) if isinstance(at, datetime) else datetime(at.year, at.month, at.day)  # noqa: DTZ001 # wall time
    return int((wall - datetime(1970, 1, 1)).total_seconds() * 1000)  # noqa: DTZ001 # wall time


def _bands(look: Look, asked: Asked) -> dict[str, Any]:
    """Bands behind a line of the index: the levels of the last day's edition, by colour and word."""
    rows = look.rules(asked.last).categories.categories
    edges = [*(row.low for row in rows[1:]), None]
    return {
        "silent": True,
        "label": {"position": "insideRight", "color": "muted", "fontSize": 11},
        "data": [
            [
                {
                    "yAxis": 0 if at == 0 else row.low,
                    "name": look.visit.named(row.name_zh, row.name),
                    "itemStyle": {"color": row.colour, "opacity": 0.16},
                },
                {"yAxis": edge} if edge is not None else {"yAxis": "max"},
            ]
            for at, (row, edge) in enumerate(zip(rows, edges, strict=True))
        ],
    }


def _levels(look: Look, asked: Asked) -> dict[str, Any]:
    """Legal colours of the index under the edition of the last day."""
    pieces = [
        {"gte": row.low, **({} if row.high is None else {"lt": row.high + 1}), "color": row.colour}
        for row in look.rules(asked.last).categories.categories
    ]
    return {
        "type": "piecewise",
        "show": False,
        "seriesIndex": 0,
        "pieces": pieces,
        "outOfRange": {"color": "missing"},
    }


def chart_of(
    look: Look,
    asked: Asked,
    option: dict[str, Any],
    limits: Sequence[tuple[date, date, float, str]],
    notes: Sequence[str],
    rows: list[list[Any]],
) -> Chart:
    """Put the chart together: title, caption with source, averaging period and edition, unit, table."""
    if asked.pollutant is None and asked.every is Every.DAY:
        option["visualMap"] = _levels(look, asked)
    unit = "" if asked.pollutant is None else NAMES[asked.pollutant].unit
    name = name_of(look, asked)
    return Chart(
        option=option,
        title=f"{asked.place.name} · {name} · {asked.first} … {asked.last}",
        caption=" · ".join([*_caption(look, asked, limits), *notes]),
        unit=unit,
        simulated=look.lake.simulated,
        columns=[_when(look, asked), name] if rows else (),
        rows=rows,
        empty=look.say(mark("Nothing was judged here in these days. Choose others, or run `lantian evaluate`.")),
    )


def _when(look: Look, asked: Asked) -> str:
    words = {Every.DAY: mark("Day"), Every.MONTH: mark("Month")}
    return look.say(words.get(asked.every, mark("Start of the hour")))


def _caption(look: Look, asked: Asked, limits: Sequence[tuple[date, date, float, str]]) -> list[str]:
    source = HOURS_OF if asked.every in (Every.HOUR, Every.EIGHT_HOURS) else DAYS_OF
    rules = look.rules(asked.last)
    said = [look.say(source), look.word(look.stage.value), _averaging(look, asked, rules)]
    if asked.every in (Every.DAY, Every.MONTH):
        said.append(look.word(look.basis))
    if asked.pollutant is None:
        said.append(rules.composite.name if asked.every is Every.MONTH else rules.aqi_day.name)
    elif not limits:
        said.append(look.say(mark("{law} has no limit for this averaging period"), law=rules.limits.name))
    return said


HOURS_OF, DAYS_OF = mark("judged hours"), mark("judged days")


def _averaging(look: Look, asked: Asked, rules: RuleSet) -> str:
    pollutant = asked.pollutant
    if pollutant is None and asked.every in (Every.HOUR, Every.DAY):
        is_hour = asked.every is Every.HOUR
        return look.say(
            mark("real-time index, stamped by the start of the hour")
            if is_hour
            else mark("index of each legal day")
        )
    if asked.every is Every.HOUR:
        return look.say(mark("hourly means, stamped by the start of the hour"))
    if asked.every is Every.EIGHT_HOURS:
        return look.say(
            mark("means of the 8 hours that end with the hour; {needed} of them have to be valid"),
            needed=rules.evaluation.window_required_hours,
        )
    if asked.every is Every.DAY:
        is_ozone = pollutant is Pollutant.O3
        return look.say(mark("highest 8 h mean of each legal day") if is_ozone else mark("means of legal days"))
    if pollutant is None:
        return look.say(mark("composite index of each month"))
    if rules.evaluation.headline[pollutant] == "mean":
        return look.say(mark("mean of each month's day values; the limit is that of a year"))
    percent = rules.evaluation.percentiles[pollutant]
    return look.say(mark("P{p} of each month's day values; the limit is that of a day"), p=percent)

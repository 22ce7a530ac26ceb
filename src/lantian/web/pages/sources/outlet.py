"""One outlet: its newest hour, its hours against the limits, what is missing, and the frame of each value."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated, Any

import polars as pl
from fastapi import APIRouter
from starlette.responses import Response

from lantian.loop.sense.checks import list_findings
from lantian.loop.sense.gaps import find_gaps, outlet_rates
from lantian.loop.sense.health import READINGS
from lantian.loop.sense.marking import list_marks, stopped_starts
from lantian.loop.sense.outlets import legal_limits, legal_oxygen, list_records, record_on
from lantian.loop.sense.registry import DeviceCard, find_card
from lantian.loop.sense.standing import Outlet, outlet_factors, outlet_series
from lantian.rules import TransmissionRule
from lantian.terms.words import mark
from lantian.web.charts import Chart, line
from lantian.web.faults import NotFound
from lantian.web.guards import visit
from lantian.web.pages.air.looking import stretch_asked
from lantian.web.pages.sources.looking import (
    age_words,
    back,
    county_name,
    factor_name,
    outlets_of,
    share,
    tabs_of,
)
from lantian.web.pages.sources.outlets import condition_cell
from lantian.web.permissions import May
from lantian.web.tables import NUMBER, TIME, Cell, DataTable, TableColumn
from lantian.web.visiting import Visit

router = APIRouter(prefix="/sources/outlets")
Reader = Annotated[Visit, visit(May.READ_SOURCES)]
_DAYS, _ROWS = 6, 48
_HOURS = 24


@router.get("/{code}")
def outlet(code: str, visit: Reader, factor: str = "") -> Response:
    """Show one outlet."""
    here = _outlet(visit, code)
    centre = visit.house.centre()
    first, last = stretch_asked(visit, back(visit.today, _DAYS), visit.today)
    factors = visit.keeper.keep(
        ("sources-factors", code, first, last), [READINGS], lambda: outlet_factors(centre, code, first, last)
    )
    limited = [one.factor for one in here.measured if one.limit is not None]
    chosen = factor or next(iter(limited), factors[0][0] if factors else "")
    shown = list(dict.fromkeys([*limited, *([chosen] if chosen else [])]))
    parts = visit.keeper.keep(
        ("sources-outlet", code, chosen, first, last, visit.language.name, visit.may(May.READ_FRAMES), visit.now),
        [READINGS, "ledger"],
        lambda: _parts(visit, here, chosen, first, last),
    )
    return visit.page(
        "sources/outlet.html",
        title=visit.say(mark("What does {outlet} send?"), outlet=here.name),
        tables=[_now(visit, here), parts.hours, parts.gaps],
        tabs=tabs_of(visit),
        outlet=here,
        state=condition_cell(visit, here.condition),
        age=age_words(visit, None if here.health is None else here.health.age),
        facts=_facts(visit, here),
        rates=parts.rates,
        marks=list_marks(centre, outlet=code),
        doubts=len(list_findings(centre, first, last, place=code)),
        factors=[(one, factor_name(visit, one)) for one, _ in factors],
        charts=[
            (factor_name(visit, one), f"/sources/outlets/{code}/charts/{one}?first={first}&last={last}")
            for one in shown
        ],
        factor=chosen,
        first=first,
        last=last,
        zone=visit.house.city.zone,
    )


@router.get("/{code}/charts/{factor}")
def hours_chart(code: str, factor: str, visit: Reader) -> Response:
    """Answer with the hours of one factor and its limit."""
    here = _outlet(visit, code)
    first, last = stretch_asked(visit, back(visit.today, _DAYS), visit.today)
    key = ("outlet-hours", code, factor, first, last, visit.keeper.versions([READINGS, "ledger"]))
    return visit.kept(lambda: _chart(visit, here, factor, first, last).text().encode(), "json", *key)


def _outlet(visit: Visit, code: str) -> Outlet:
    found = next((row for row in outlets_of(visit) if row.code == code), None)
    if found is None:
        raise NotFound(
            "There is no outlet {code} here, or it is not yours to see. Choose one of the list.", code=code
        )
    return found


@dataclass(frozen=True, slots=True)
class _Parts:
    """What of the page takes reading."""

    hours: DataTable
    gaps: DataTable
    rates: list[tuple[str, str]]


def _parts(visit: Visit, here: Outlet, factor: str, first: date, last: date) -> _Parts:
    cards = _cards(visit, here)
    return _Parts(
        _hours(visit, here, factor, first, last),
        _gaps(visit, cards, first, last),
        _rates(visit, cards, first, last),
    )


def _cards(visit: Visit, here: Outlet) -> list[DeviceCard]:
    found = [find_card(visit.house.ledger, mn) for mn in here.mns]
    return [card for card in found if card is not None]


# ---------------------------------------------------------------------------------------------- facts and tables


def _facts(visit: Visit, here: Outlet) -> list[tuple[str, str]]:
    centre = visit.house.centre()
    record = record_on(list_records(centre, here.code), visit.today)
    limits, oxygen = legal_limits(centre, record, visit.today), legal_oxygen(centre, record, None, visit.today)
    return [
        (visit.say(mark("Code")), here.code),
        (visit.say(mark("Plant")), visit.named(here.body_zh, here.body_en)),
        (visit.say(mark("County")), county_name(visit, here.county)),
        (visit.say(mark("Kind of source")), here.source_kind),
        (visit.say(mark("Limits by")), visit.named(limits.title_zh, limits.title) if limits is not None else ""),
        (visit.say(mark("Reference oxygen")), f"{oxygen.oxygen:g} %" if oxygen.oxygen is not None else ""),
        (visit.say(mark("Device (MN)")), ", ".join(here.mns)),
    ]


def _rates(visit: Visit, cards: list[DeviceCard], first: date, last: date) -> list[tuple[str, str]]:
    """Say how much of what was due came and is valid on the days that are over, counted as the trade counts it."""
    last = min(last, back(visit.today, 1))
    if last < first:
        return []
    centre = visit.house.centre()
    rule = centre.rulebook.edition(TransmissionRule, "transmission", last, centre.choice)
    stopped = stopped_starts(centre, centre.midnight(first), ((last - first).days + 1) * _HOURS)
    found = outlet_rates(centre.lake, cards, first, last, rule, stopped=stopped)
    if not found or not found[0].due:
        return []
    row = found[0]
    named = (
        (mark("Transmission rate"), row.transmission),
        (mark("Validity rate"), row.validity),
        (mark("Valid transmission rate"), row.valid_transmission),
        (mark("On line"), row.online),
    )
    rates = [
        (visit.say(words), "–" if share(value) is None else f"{share(value):.1f} %") for words, value in named
    ]
    days = (visit.say(mark("Days that are over")), f"{first} … {last}")
    return [days, *rates, (visit.say(mark("Counted by")), visit.named(rule.title_zh, rule.title))]


def _now(visit: Visit, here: Outlet) -> DataTable:
    title = visit.say(mark("Newest hour"))
    columns = [
        TableColumn("factor", visit.say(mark("Factor"))),
        TableColumn("value", visit.say(mark("As sent")), kind=NUMBER),
        TableColumn("judged", visit.say(mark("Held against the limit")), kind=NUMBER),
        TableColumn("limit", visit.say(mark("Limit")), kind=NUMBER),
        TableColumn("unit", visit.say(mark("Unit"))),
        TableColumn("flag", visit.say(mark("Flag"))),
    ]
    rows: list[list[Any]] = [
        [
            Cell(factor_name(visit, one.factor), link=visit.here(factor=one.factor)), one.value,
            Cell(one.judged if one.limit is not None else None, state="over" if one.over else ""),
            one.limit, one.unit, flag_words(visit, one.flag),
        ]
        for one in here.measured
    ]  # fmt: skip
    how = visit.how_made(title, period=f"{here.hour:%Y-%m-%d %H:%M}" if here.hour else "", tables=[READINGS])
    empty = visit.say(mark("Nothing came in the last two days. Look at its frames, or ask whoever runs it."))
    return DataTable("now", title, columns, rows, how, empty=empty)


def _hours(visit: Visit, here: Outlet, factor: str, first: date, last: date) -> DataTable:
    """Hours of one factor, newest first, each with the frame that it came in."""
    title = visit.say(mark("Hours of {factor}"), factor=factor_name(visit, factor))
    series = outlet_series(visit.house.centre(), here.code, factor, first, last)
    unit = series["unit"][-1] if series.height else ""
    columns = [
        TableColumn("hour", visit.say(mark("Start of the hour")), kind=TIME),
        TableColumn("value", visit.say(mark("As sent")), unit or "", NUMBER),
        TableColumn("converted", visit.say(mark("Converted")), unit or "", NUMBER),
        TableColumn("flag", visit.say(mark("Flag"))),
        TableColumn("received", visit.say(mark("Received")), kind=TIME),
        TableColumn("frame", visit.say(mark("Frame"))),
    ]
    can_read = visit.may(May.READ_FRAMES)
    rows: list[list[Any]] = [
        [
            row["period_start"], row["value"], row["converted"], flag_words(visit, row["flag"] or ""),
            row["received_at"],
            Cell(row["origin"], link=_frame_of(row["origin"]) if can_read else None),
        ]
        for row in series.reverse().iter_rows(named=True)
    ]  # fmt: skip
    how = visit.how_made(title, period=f"{first} … {last}", tables=[READINGS])
    empty = visit.say(mark("No hour came in these days. Choose other days or another factor."))
    return DataTable("hours", title, columns, rows, how, shown=_ROWS, empty=empty)


def _frame_of(origin: str | None) -> str | None:
    """Return the page of the frame that a value came in; None where it came otherwise."""
    segment, _, offset = (origin or "").partition(":")
    return f"/sources/frames/{origin}" if segment.isdigit() and offset.isdigit() else None


def _gaps(visit: Visit, cards: list[DeviceCard], first: date, last: date) -> DataTable:
    centre = visit.house.centre()
    title = visit.say(mark("What is missing"))
    begin = centre.midnight(first)
    end = min(centre.midnight(last + timedelta(days=1)), visit.now.replace(minute=0, second=0, microsecond=0))
    gaps = find_gaps(centre.lake, cards, begin, end, periods=["hour"]) if end > begin else []
    columns = [
        TableColumn("begin", visit.say(mark("First hour")), kind=TIME),
        TableColumn("end", visit.say(mark("Last hour")), kind=TIME),
        TableColumn("records", visit.say(mark("Hours")), kind=NUMBER, decimals=0),
        TableColumn("factors", visit.say(mark("Factors"))),
    ]
    rows: list[list[Any]] = [
        [row.begin, row.end, row.records, ", ".join(factor_name(visit, one) for one in row.factors)]
        for row in reversed(gaps)
    ]
    how = visit.how_made(title, period=f"{first} … {last}", tables=[READINGS])
    return DataTable(
        "gaps", title, columns, rows, how, shown=20, empty=visit.say(mark("No hour that is due is missing."))
    )


FLAGS: dict[str, str] = {
    "N": mark("normal"),
    "F": mark("stopped"),
    "M": mark("in maintenance"),
    "S": mark("set by hand"),
    "D": mark("fault"),
    "C": mark("calibrating"),
    "T": mark("above the range"),
    "B": mark("no communication"),
}


def flag_words(visit: Visit, flag: str) -> str:
    """Say a data flag of HJ 212 with its letter."""
    words = FLAGS.get(flag)
    return flag if words is None else f"{flag} {visit.say(words)}"


# ---------------------------------------------------------------------------------------------- chart


def _chart(visit: Visit, here: Outlet, factor: str, first: date, last: date) -> Chart:
    centre = visit.house.centre()
    rows = outlet_series(centre, here.code, factor, first, last)
    record = record_on(list_records(centre, here.code), last)
    limits = legal_limits(centre, record, last)
    legal = None if limits is None else limits.limit(factor)
    name = factor_name(visit, factor)
    unit = (rows["unit"][-1] or "") if rows.height else ""
    caption = [
        visit.say(mark("hours as the logger sent them")),
        visit.say(mark("hourly means, stamped by the start of the hour")),
    ]
    grid = _every_hour(rows)
    series = [line(visit.say(mark("as sent")), _points(grid, "value"), 1)]
    if rows.height and rows["converted"].is_not_null().any():
        series.append(line(visit.say(mark("converted")), _points(grid, "converted"), 2))
    aside = grid.filter(pl.col("value").is_not_null() & ~pl.col("flag").fill_null("N").is_in(["N"]))
    if aside.height:
        series.append(_aside(visit, aside))
    if legal is not None and legal.hour is not None and limits is not None and unit == "mg/m³":
        title = visit.named(limits.title_zh, limits.title)
        series[-1 if len(series) == 1 else 0]["markLine"] = {
            "data": [
                {"yAxis": float(legal.hour), "label": {"formatter": f"{legal.hour} {visit.say(mark('limit'))}"}}
            ]
        }
        caption.append(title)
    elif rows.height:
        caption.append(visit.say(mark("no rule names a limit of this factor for its kind of source")))
    option = {
        "xAxis": {"type": "time", "min": _ms(first), "max": _ms(last + timedelta(days=1))},
        "yAxis": {"type": "value"},
        "dataZoom": [{"type": "inside", "zoomOnMouseWheel": "ctrl"}, {"type": "slider"}],
        "series": series if rows.height else [],
    }
    heads = [mark("Start of the hour"), mark("as sent"), mark("converted"), mark("Flag")]
    table = [list(row) for row in rows.select("period_start", "value", "converted", "flag").iter_rows()]
    return Chart(
        option=option, title=f"{here.name} · {name} · {first} … {last}", caption=" · ".join(caption), unit=unit,
        simulated=centre.simulated, columns=[visit.say(one) for one in heads] if table else (), rows=table,
        empty=visit.say(mark("No hour came in these days. Choose other days or another factor.")),
    )  # fmt: skip


def _every_hour(rows: pl.DataFrame) -> pl.DataFrame:
    """Lay hours out without holes, so that a missing one is a gap of the line; ``ms`` is the city's wall time."""
    wall = pl.col("period_start").dt.replace_time_zone(None).dt.epoch("ms").alias("ms")
    kept = rows.select("period_start", "value", "converted", "flag")
    return (kept if kept.is_empty() else kept.upsample("period_start", every="1h")).with_columns(wall)


def _points(grid: pl.DataFrame, column: str) -> list[list[Any]]:
    return [[at, value] for at, value in grid.select("ms", column).iter_rows()]


def _aside(visit: Visit, rows: pl.DataFrame) -> dict[str, Any]:
    """Draw hours that their flag keeps out as points of their own."""
    return {
        "type": "scatter",
        "name": visit.say(mark("flagged, not a measurement")),
        "data": [
            {"value": [at, value], "note": flag_words(visit, flag)}
            for at, value, flag in rows.select("ms", "value", "flag").iter_rows()
        ],
        "symbol": "emptyDiamond",
        "symbolSize": 6,
        "itemStyle": {"color": "warning"},
        "z": 3,
    }


def _ms(day: date) -> int:
    """Milliseconds of the city's wall time at midnight, as the axis counts them."""
    return (day - date(1970, 1, 1)).days * 86_400_000

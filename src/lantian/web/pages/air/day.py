"""One day of one place: its index, its six values with their validity, and its 24 hours."""

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter
from starlette.responses import Response

from lantian.city.records import SubjectKind
from lantian.loop.evaluate.browsing import INDEX, list_days_of, list_hours
from lantian.loop.evaluate.standing import day_limit
from lantian.rules import RuleSet
from lantian.terms.pollutants import BASIC, NAMES, Pollutant
from lantian.terms.words import mark
from lantian.web.guards import visit
from lantian.web.pages.air.looking import (
    DAILY,
    HOURLY,
    Look,
    Place,
    day_asked,
    earlier,
    look_of,
    side_choices,
    stage_choices,
    symbol,
)
from lantian.web.permissions import May
from lantian.web.tables import Cell, DataTable, TableColumn
from lantian.web.visiting import Visit

router = APIRouter()
NEWEST = "newest"
_COLUMNS = (
    *INDEX,
    "exceeding",
    *(p.value for p in BASIC),
    *(f"iaqi_{p}" for p in BASIC),
    *(f"{p}_hours" for p in BASIC),
    *(f"{p}_reason" for p in BASIC),
    "o3_1h",
    "sites",
    "sites_required",
)


@router.get("/air/places/{code}/days/{day}")
def one_day(code: str, day: str, visit: Annotated[Visit, visit(May.READ_AIR)]) -> Response:
    """Show a day."""
    look = look_of(visit)
    here = look.place(code)
    begin, last = look.bounds
    when = last if day == NEWEST else day_asked(day, last)
    rows = list_days_of(look.lake, when, when, look.stage, _COLUMNS, basis=look.basis, kind=here.kind, code=code)
    row = rows.row(0, named=True) if rows.height else None
    rules = look.rules(when)
    before, after = earlier(when, 1), earlier(when, -1)
    return visit.page(
        "air/day.html",
        title=visit.say(mark("How was the air of {place} on {day}?"), place=here.name, day=when),
        tables=[_values(look, here, when, row, rules), _hours(look, here, when, rules)],
        look=look,
        place=here,
        day=when,
        row=row,
        category=None if row is None else look.category(row["aqi"], when),
        primary=symbol(row["primary"] or "") if row is not None else "",
        exceeding=symbol(row["exceeding"] or "") if row is not None else "",
        withheld=row is not None and row["aqi_status"] == "withheld",
        marker=rules.aqi_day.missing.marker_missing,
        dust=when in look.scene.dust_days.get(code, frozenset()),
        before=look.of_place(code, f"days/{before}") if before >= begin else "",
        after=look.of_place(code, f"days/{after}") if after <= visit.today else "",
        law=rules.name,
        sides=side_choices(look),
        stages=stage_choices(look),
    )


def _values(look: Look, here: Place, day: date, row: dict[str, Any] | None, rules: RuleSet) -> DataTable:
    """Six pollutants: value, sub-index, limit, valid hours, and why a value does not count."""
    body = [] if row is None else [_value_row(look, here, day, row, p, rules) for p in BASIC]
    say = look.say
    heads = [
        TableColumn("pollutant", say(mark("Pollutant"))),
        TableColumn("value", say(mark("Day value")), kind="number"),
        TableColumn("unit", say(mark("Unit"))),
        TableColumn("iaqi", say(mark("Sub-index")), kind="number", decimals=0),
        TableColumn("limit", say(mark("Limit of the day")), kind="number"),
        TableColumn("verdict", say(mark("Against the limit"))),
        *([TableColumn("hours", say(mark("Valid hours")), "h", "number", 0)] if _is_station(here) else []),
        TableColumn("reason", say(mark("Validity"))),
    ]
    title = say(mark("Day values"))
    note = say(
        mark("{data}; O₃ is the highest 8 h mean. {law}; a day needs {needed} valid hours."),
        data=look.data_words,
        law=rules.name,
        needed=rules.evaluation.day_required_hours,
    )
    empty = say(mark("This day was not judged. Choose another one, or run `lantian evaluate`."))
    how = look.how_made(f"{here.name} · {title}", str(day), [DAILY], rules)
    return DataTable("values", title, heads, body, how, note=note, empty=empty)


def _is_station(here: Place) -> bool:
    """Whether the place has hours of its own; a county's and the city's are those of its sites."""
    return here.kind is SubjectKind.STATION


def _value_row(
    look: Look, here: Place, day: date, row: dict[str, Any], pollutant: Pollutant, rules: RuleSet
) -> list[Cell]:
    name = NAMES[pollutant]
    value, reason = row[pollutant.value], row[f"{pollutant}_reason"]
    limit = day_limit(rules.limits, pollutant, here.area_class)
    why = look.why("days", here.code, day, pollutant.value)
    verdict = None
    if value is not None and limit is not None:
        verdict = look.say(mark("above")) if value > float(limit) else look.say(mark("within"))
    return [
        Cell(f"{name.symbol} {look.visit.named(name.chinese, name.english)}"),
        look.value_cell(value, rules.evaluation.decimals_day.of(pollutant), why=why, note=look.word(reason)),
        Cell(name.unit),
        Cell(row[f"iaqi_{pollutant}"]),
        Cell(None if limit is None else float(limit), text=None if limit is None else str(limit)),
        Cell(verdict, state="over" if verdict and value > float(limit or 0) else ""),
        *([Cell(row[f"{pollutant}_hours"])] if _is_station(here) else []),
        Cell(look.word(reason) if reason else look.say(mark("valid")) if value is not None else None),
    ]


def _hours(look: Look, here: Place, day: date, rules: RuleSet) -> DataTable:
    """List the 24 hours of the legal day; one that is not there is a row of dashes."""
    wanted = [p.value for p in BASIC]
    rows = list_hours(look.lake, here.kind, here.code, day, day, look.stage, [*wanted, *INDEX])
    known = {row["hour_start"].hour: row for row in rows.iter_rows(named=True)}
    body = [_hour_row(look, here, day, hour, known.get(hour), rules) for hour in range(24)]
    say = look.say
    heads = [
        TableColumn("hour", say(mark("Hour")), kind="date", note=say(mark("from its start to its end"))),
        TableColumn("aqi", say(mark("Real-time AQI")), kind="level"),
        TableColumn("primary", say(mark("Primary pollutant"))),
        *(
            TableColumn(p.value, NAMES[p].symbol, NAMES[p].unit, "number", rules.evaluation.decimals_hour.of(p))
            for p in BASIC
        ),
    ]
    title = say(mark("24 hours"))
    note = say(
        mark("{data}; real-time index by {law}."), data=look.word(look.stage.value), law=rules.aqi_hour.name
    )
    how = look.how_made(f"{here.name} · {title}", str(day), [HOURLY], rules)
    return DataTable("hours", title, heads, body if known else [], how, note=note)


def _hour_row(
    look: Look, here: Place, day: date, hour: int, row: dict[str, Any] | None, rules: RuleSet
) -> list[Cell]:
    name = f"{hour:02d}:00–{hour + 1:02d}:00"
    if row is None:
        return [Cell(name), *[Cell(None, note=look.say(mark("no value in this hour")))] * (2 + len(BASIC))]
    when = f"{day}T{hour:02d}"
    return [
        Cell(name),
        look.index_cell(row["aqi"], day, why=look.why("hours", here.code, when, "aqi")),
        Cell(symbol(row["primary"] or "") or None),
        *(
            look.value_cell(
                row[p.value],
                rules.evaluation.decimals_hour.of(p),
                why=look.why("hours", here.code, when, p.value),
            )
            for p in BASIC
        ),
    ]

"""Where is the air good and where not: city, counties and stations, now, yesterday, this month and year."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Annotated, Any

import polars as pl
from fastapi import APIRouter
from markupsafe import Markup
from starlette.responses import Response

from lantian.city.records import Station, SubjectKind
from lantian.loop.evaluate.browsing import Standings, last_heard, list_days_of, standings
from lantian.loop.evaluate.hours import Stage
from lantian.loop.evaluate.report_view import STATION_LEVELS
from lantian.store.lake import Lake
from lantian.terms.periods import PeriodKind
from lantian.terms.pollutants import BASIC, NAMES, Pollutant
from lantian.terms.words import mark
from lantian.web.guards import visit
from lantian.web.pages.air.looking import DAILY, HOURLY, PERIODS, Look, earlier, look_of, stage_choices, symbol
from lantian.web.permissions import May
from lantian.web.tables import Cell, DataTable, TableColumn
from lantian.web.templating import environment
from lantian.web.visiting import Visit

router = APIRouter()
SPARK_DAYS = 30
_STALE = timedelta(hours=2)
"""An hour older than this is shown with its age."""
_PM25 = Pollutant.PM25
Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Overview:
    """What the page knows of every place, by kind and code."""

    day: date
    """Last judged day."""
    hours: Mapping[Key, Mapping[str, Any]]
    days: Mapping[Key, Mapping[str, Any]]
    """Rows of the last judged day."""
    courses: Mapping[Key, list[float | None]]
    """Daily PM2.5 of the last days. [µg/m³]"""
    captured: Mapping[Key, float]
    """Share of the month's hours and pollutants of a station's programme that are valid. [%]"""
    counts: Mapping[tuple[str, str, str], Mapping[str, Any]]
    """Kind, code and kind of period → summary."""
    figures: Mapping[tuple[str, str, str], float | None]
    """Likewise → PM2.5 so far. [µg/m³]"""


def overview_of(lake: Lake, stations: tuple[Station, ...], now: datetime, day: date, stage: Stage) -> Overview:
    """Read everything the page shows."""
    today = lake.day_of(now)
    columns = ["aqi", "aqi_status", "primary", *(p.value for p in BASIC), *(f"{p}_hours" for p in BASIC)]
    first = min(earlier(day, SPARK_DAYS - 1), today.replace(day=1))
    rows = list_days_of(lake, first, today, stage, columns)
    standing = standings(lake, today, stage)
    return Overview(
        day=day,
        hours=_by_place(last_heard(lake, today, stage)),
        days=_by_place(rows.filter(pl.col("legal_day") == day)),
        courses=_courses(rows, day),
        captured=_captured(rows, stations, today, now),
        counts=_by_period(standing),
        figures={(kind, code, of): value for kind, code, of, value in standing.pm25.iter_rows()},
    )


def _by_place(rows: pl.DataFrame) -> dict[Key, dict[str, Any]]:
    return {(row["kind"], row["code"]): row for row in rows.iter_rows(named=True)}


def _by_period(standing: Standings) -> dict[tuple[str, str, str], dict[str, Any]]:
    return {
        (row["kind"], row["code"], row["period_kind"]): row for row in standing.summaries.iter_rows(named=True)
    }


def _courses(rows: pl.DataFrame, day: date) -> dict[Key, list[float | None]]:
    wanted = [earlier(day, SPARK_DAYS - 1 - n) for n in range(SPARK_DAYS)]
    found: dict[Key, list[float | None]] = {}
    for (kind, code), part in rows.group_by("kind", "code"):
        held = dict(part.select("legal_day", _PM25.value).iter_rows())
        found[str(kind), str(code)] = [held.get(one) for one in wanted]
    return found


def _captured(rows: pl.DataFrame, stations: tuple[Station, ...], today: date, now: datetime) -> dict[Key, float]:
    """Count valid hours of the month against the hours that have passed."""
    begin = today.replace(day=1)
    hours = (today - begin).days * 24 + now.hour
    month = rows.filter((pl.col("kind") == SubjectKind.STATION.value) & (pl.col("legal_day") >= begin))
    sums = {
        row["code"]: row for row in month.group_by("code").agg(pl.col("^.*_hours$").sum()).iter_rows(named=True)
    }
    found: dict[Key, float] = {}
    for station in stations:
        programme = [p for p in BASIC if p.value in station.pollutants]
        if hours and programme and station.code in sums:
            valid = sum(sums[station.code][f"{p}_hours"] or 0 for p in programme)
            found[SubjectKind.STATION.value, station.code] = 100 * valid / (hours * len(programme))
    return found


@router.get("/air")
def places(visit: Annotated[Visit, visit(May.READ_AIR)]) -> Response:
    """Show every place."""
    look = look_of(visit)
    _, last = look.bounds
    day = min(last, earlier(visit.today, 1)) if last >= visit.today else last
    tables = (HOURLY, DAILY, *PERIODS)
    found = visit.keeper.keep(
        ("air-overview", look.stage, visit.now),
        tables,
        lambda: overview_of(look.lake, look.scene.city.stations, visit.now, day, look.stage),
    )
    city = look.scene.city
    key = (SubjectKind.CITY.value, city.adcode)
    return visit.page(
        "air/places.html",
        title=visit.say(mark("How is the air, and where?")),
        tables=_tables(look, found, tables),
        look=look,
        now=found.hours.get(key),
        yesterday=found.days.get(key),
        day=found.day,
        counts=found.counts,
        figures_of=found.figures,
        key=key,
        stages=stage_choices(look),
        symbol=symbol,
        kinds=PeriodKind,
    )


def _tables(look: Look, found: Overview, tables: Sequence[str]) -> list[DataTable]:
    """Lay both tables out once for all readers of a language; when a file of them was made is added here."""
    key = ("air-tables", look.visit.language.name, look.stage, look.link("/air"), look.visit.now)
    laid = look.visit.keeper.keep(key, tables, lambda: [_counties(look, found), _stations(look, found)])
    period = f"{found.day} · {look.visit.now:%Y-%m-%d %H:%M}"
    return [replace(one, how_made=look.how_made(one.title, period, tables, look.rules(found.day))) for one in laid]


def _columns(look: Look, day: date) -> list[TableColumn]:
    say, unit = look.say, NAMES[_PM25].unit
    when = f"{day:%m-%d}"
    return [
        TableColumn(
            "aqi_now", say(mark("AQI now")), kind="level", note=say(mark("real-time index of the newest hour"))
        ),
        TableColumn("primary_now", say(mark("Primary"))),
        TableColumn("pm25_now", say(mark("PM₂.₅")), unit, "number", 0),
        TableColumn("aqi_day", say(mark("AQI {day}"), day=when), kind="level"),
        TableColumn("pm25_month", say(mark("PM₂.₅ month")), unit, "number", 0),
        TableColumn("pm25_year", say(mark("PM₂.₅ year")), unit, "number", 0),
        TableColumn("good_year", say(mark("Good days")), say(mark("d")), "number", 0),
    ]


def _cells(look: Look, found: Overview, kind: SubjectKind, code: str) -> list[Cell]:
    key = (kind.value, code)
    hour, day = found.hours.get(key), found.days.get(key, {})
    summary = found.counts.get((*key, PeriodKind.YEAR_TO_DATE.value), {})
    return [
        *_hour_cells(look, hour, code),
        look.index_cell(day.get("aqi"), found.day, why=look.why("days", code, found.day, "aqi")),
        _figure(look, found, key, PeriodKind.MONTH),
        _figure(look, found, key, PeriodKind.YEAR_TO_DATE),
        Cell(
            summary.get("good_days"),
            note=look.say(mark("of {days} days with an index"), days=summary.get("days_published", 0)),
        ),
    ]


def _hour_cells(look: Look, hour: Mapping[str, Any] | None, code: str) -> list[Cell]:
    if hour is None:
        silent = look.say(mark("nothing for two days"))
        return [Cell(None, note=silent, state="silent"), Cell(None), Cell(None, note=silent)]
    at = hour["hour_start"]
    age = look.visit.now - at - timedelta(hours=1)
    state = "late" if age > _STALE else ""
    note = look.say(mark("hour from {hour}"), hour=f"{at:%m-%d %H:%M}")
    why = look.why("hours", code, f"{at:%Y-%m-%dT%H}", "aqi")
    level = look.category(hour["aqi"], look.lake.day_of(at))
    return [
        Cell(hour["aqi"], level=level, why=why, note=note, state=state),
        Cell(symbol(hour["primary"] or "") or None),
        look.value_cell(
            hour[_PM25.value], 0, why=look.why("hours", code, f"{at:%Y-%m-%dT%H}", _PM25.value), note=note
        ),
    ]


def _figure(look: Look, found: Overview, key: Key, kind: PeriodKind) -> Cell:
    summary = found.counts.get((*key, kind.value))
    value = found.figures.get((*key, kind.value))
    if summary is None:
        return Cell(None)
    period = f"{summary['first_day']}..{summary['last_day']}"
    label = period if kind is PeriodKind.YEAR_TO_DATE else f"{summary['first_day']:%Y-%m}"
    note = look.say(
        mark("{published} of {total} days have an index"),
        published=summary["days_published"],
        total=summary["days_total"],
    )
    return look.value_cell(value, 0, why=look.why("periods", key[1], label, _PM25.value), note=note)


def _spark(look: Look, found: Overview, kind: SubjectKind, code: str) -> Cell:
    """Draw the last days of PM2.5; in an export stands their newest value."""
    values = found.courses.get((kind.value, code), [])
    label = look.say(mark("daily PM₂.₅ of {days} days to {day}"), days=SPARK_DAYS, day=found.day)
    if not any(value is not None for value in values):
        return Cell(None)
    macros = environment(look.visit.language.name).get_template("components/figures.html").module
    drawn = macros.sparkline(values, label)  # type: ignore[attr-defined] # a macro of the template
    return Cell(values[-1], text="", picture=Markup(drawn))  # noqa: S704 # escaped by its template


def _counties(look: Look, found: Overview) -> DataTable:
    rows, links = [], []
    for kind, code in look.groups:
        summary = found.counts.get((kind.value, code, PeriodKind.YEAR_TO_DATE.value), {})
        published, total = summary.get("days_published"), summary.get("days_total")
        rows.append(
            [
                Cell(look.name(kind, code)),
                *_cells(look, found, kind, code),
                Cell(None if not total else 100 * (published or 0) / total),
                _spark(look, found, kind, code),
            ]
        )
        links.append(look.of_place(code))
    title = look.say(mark("City and counties"))
    columns = [
        TableColumn("place", look.say(mark("Place"))),
        *_columns(look, found.day),
        TableColumn("captured", look.say(mark("Days judged")), "%", "number", 0),
        TableColumn("course", look.say(mark("PM₂.₅, 30 days")), sortable=False),
    ]
    return DataTable("counties", title, columns, rows, note=_note(look, found), links=links)


def _stations(look: Look, found: Overview) -> DataTable:
    rows, links = [], []
    kind = SubjectKind.STATION
    for station in look.scene.city.stations:
        rows.append(
            [
                Cell(look.name(kind, station.code)),
                Cell(look.name(SubjectKind.COUNTY, station.county), link=look.of_place(station.county)),
                Cell(look.say(STATION_LEVELS[station.level.value])),
                *_cells(look, found, kind, station.code),
                Cell(found.captured.get((kind.value, station.code))),
                _spark(look, found, kind, station.code),
            ]
        )
        links.append(look.of_place(station.code))
    title = look.say(mark("Stations"))
    columns = [
        TableColumn("place", look.say(mark("Station"))),
        TableColumn("county", look.say(mark("County"))),
        TableColumn("kind", look.say(mark("Kind"))),
        *_columns(look, found.day),
        TableColumn(
            "captured",
            look.say(mark("Hours captured")),
            "%",
            "number",
            1,
            note=look.say(
                mark("this month: valid hours of all pollutants of its programme, of the hours that have passed")
            ),
        ),
        TableColumn("course", look.say(mark("PM₂.₅, 30 days")), sortable=False),
    ]
    return DataTable(
        "stations",
        title,
        columns,
        rows,
        note=_note(look, found),
        empty=look.say(mark("This city has no stations yet. Add them to stations.csv in the city's folder.")),
        links=links,
    )


def _note(look: Look, found: Overview) -> str:
    return look.say(
        mark("{data}. The hour is stamped by its start; days and periods by {law}."),
        data=look.word(look.stage.value),
        law=look.rules(found.day).name,
    )

"""Tables of a day: pollutants beside yesterday and last year, counties in order, stations that lack data."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import numpy as np

from lantian.city.records import Station, SubjectKind
from lantian.desk.language import mark
from lantian.desk.paper.office_paper import Cell, Head, Table, Text, Value
from lantian.loop.evaluate.indices import NO_DATA, WITHHELD
from lantian.loop.evaluate.papers.looking import (
    change,
    day_name,
    level_of,
    limit_of_day,
    listed,
    serving,
    value_of,
)
from lantian.loop.evaluate.report_view import STATION_LEVELS, View, unit_of
from lantian.loop.evaluate.wording import worded
from lantian.science.ranking import ranks
from lantian.terms.periods import year_earlier
from lantian.terms.pollutants import BASIC, NAMES

Row = Mapping[str, Any]
_NOT_EXPECTED = "not_monitored"


def pollutant_table(view: View, row: Row, *, yesterday: Row | None, last_year: Row | None) -> Table:
    """Lay the six pollutants of the city's day out beside the day before and the same day of last year."""
    rules = view.rules
    places = rules.ranking.decimals_change
    rows: list[list[Value | Cell]] = []
    notes: list[str] = []
    for pollutant in BASIC:
        now, before, then = (value_of(one, pollutant.value) for one in (row, yesterday, last_year))
        decimals = rules.evaluation.decimals_day.of(pollutant)
        limit = limit_of_day(rules, pollutant)
        over = now is not None and limit is not None and now > limit
        rows.append(
            [
                day_name(pollutant),
                unit_of(pollutant),
                Cell(now, decimals=decimals),
                row[f"iaqi_{pollutant}"],
                Cell(None if limit is None else float(limit), decimals=decimals),
                view.say(mark("above the limit")) if over else "",
                Cell(before, decimals=decimals),
                Cell(change(now, before, rules), decimals=places, signed=True),
                Cell(then, decimals=decimals),
                Cell(change(now, then, rules), decimals=places, signed=True),
            ]
        )
        if row[f"{pollutant}_reason"] is not None:
            reason = view.language.gettext(worded(str(row[f"{pollutant}_reason"])))
            notes.append(view.say(mark("{what}: {reason}"), what=day_name(pollutant), reason=reason))
    say = view.say
    heads = [
        Head(say(mark("Pollutant")), width=1.7, align="left"),
        Head(say(mark("Unit")), width=1.5, align="center"),
        Head(say(mark("Day value")), width=1.6),
        Head("IAQI", width=1.2),
        Head(say(mark("Grade II limit")), width=1.6),
        Head(say(mark("Against the limit")), width=1.3, align="center"),
        Head(say(mark("Day before")), width=1.6),
        Head(say(mark("Change")), "%", width=1.5),
        Head(say(mark("Same day last year")), width=1.9),
        Head(say(mark("Change")), "%", width=1.5),
    ]
    notes.append(
        say(
            mark("Limits and sub-indices by {limits} and {index}. Ozone is the highest 8 h mean of the day."),
            limits=rules.limits.name,
            index=rules.aqi_day.name,
        )
    )
    for one, day in ((yesterday, view.last - timedelta(days=1)), (last_year, year_earlier(view.last))):
        if one is None:
            notes.append(
                say(mark("{day} was not judged, so there is nothing to compare with."), day=view.date(day))
            )
    return Table("pollutants", say(mark("Pollutants")), heads, rows, notes)


def county_table(view: View, counties: Mapping[str, Row]) -> Table:
    """Order the counties by the day's index, equal ones sharing a place; who has none comes last with a reason."""
    rules = view.rules
    codes = [county.adcode for county in view.scene.city.counties]
    index = np.array([value_of(counties.get(code), "aqi") for code in codes], dtype=float)
    places = ranks(index, "ascending", tie_style=rules.ranking.tie_style)
    order = sorted(range(len(codes)), key=lambda at: (places[at] == 0, places[at], codes[at]))
    rows: list[list[Value | Cell]] = []
    notes: list[str] = []
    for at in order:
        row = counties.get(codes[at])
        aqi = None if row is None else row["aqi"]
        level, colour = level_of(view, rules, aqi)
        rows.append(
            [
                int(places[at]) or None,
                view.county(codes[at]),
                aqi,
                Cell(level or None, fill=colour),
                (view.symbols(row["primary"]) or None) if row is not None else None,
                *(
                    Cell(value_of(row, pollutant.value), decimals=rules.evaluation.decimals_day.of(pollutant))
                    for pollutant in BASIC
                ),
            ]
        )
        if aqi is None:
            why = _why_no_index(view, row)
            notes.append(view.say(mark("{what}: {reason}"), what=view.county(codes[at]), reason=why))
    say = view.say
    heads = [
        Head(say(mark("Rank")), width=1.1, align="center"),
        Head(say(mark("County")), width=2.9, align="left"),
        Head("AQI", width=1.1),
        Head(say(mark("Level")), width=2.4, align="center"),
        Head(say(mark("Primary pollutant")), width=1.9, align="center"),
        *(Head(day_name(pollutant), unit_of(pollutant), width=1.25) for pollutant in BASIC),
    ]
    notes.append(
        say(mark("Smallest index first; equal ones share a place ({style})."), style=rules.ranking.tie_style)
    )
    return Table("counties", say(mark("Counties")), heads, rows, notes)


def _why_no_index(view: View, row: Row | None) -> str:
    if row is None:
        return view.say(mark("no data"))
    by_reason: dict[str, list[str]] = {}
    for pollutant in BASIC:
        if (reason := row[f"{pollutant}_reason"]) is not None:
            by_reason.setdefault(view.language.gettext(worded(str(reason))), []).append(NAMES[pollutant].symbol)
    said = "; ".join(f"{listed(view, symbols)} {reason}" for reason, symbols in by_reason.items())
    said = said or view.say(mark("no data"))
    if row["aqi_status"] == WITHHELD:
        return view.say(mark("withheld by law: {reason}"), reason=said)
    return said


def station_table(view: View, stations: Mapping[str, Row]) -> Table | Text:
    """List the stations that serve on the day and lack a valid value of something they measure, or say: none."""
    rows: list[list[Value | Cell]] = []
    network = serving(view, view.last, view.last)
    for station in network:
        short = _missing(view, station, stations.get(station.code))
        if short:
            rows.append(
                [
                    view.name(SubjectKind.STATION, station.code),
                    station.code,
                    view.county(station.county),
                    view.language.gettext(STATION_LEVELS[station.level.value]),
                    short,
                ]
            )
    say = view.say
    heads = [
        Head(say(mark("Station")), width=3.2, align="left"),
        Head(say(mark("Code")), width=2.4, align="center"),
        Head(say(mark("County")), width=2.4, align="left"),
        Head(say(mark("Kind")), width=2.2, align="center"),
        Head(say(mark("What is missing, with valid hours")), width=6.5, align="left"),
    ]
    said = say(
        mark("{whole} of {count} stations have valid values of all they measure."),
        whole=len(network) - len(rows),
        count=len(network),
    )
    if not rows:
        return Text(said)
    return Table("stations", say(mark("Stations with missing data")), heads, rows, [said])


def _missing(view: View, station: Station, row: Row | None) -> str:
    """Say which pollutants lack a valid day value and how many hours they have; empty where none does."""
    if row is None or row["aqi_status"] == NO_DATA:
        return view.say(mark("no valid data of the day"))
    short = []
    for pollutant in BASIC:
        reason = row[f"{pollutant}_reason"]
        if pollutant.value not in station.pollutants or reason is None or reason == _NOT_EXPECTED:
            continue
        if row[pollutant.value] is None:
            hours = view.say(mark("{hours} h"), hours=row[f"{pollutant}_hours"] or 0)
            short.append(f"{NAMES[pollutant].symbol} {hours}")
    return ("；" if view.language.is_chinese else "; ").join(short)

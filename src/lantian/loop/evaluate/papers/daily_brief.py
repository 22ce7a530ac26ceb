"""How was the air of a day? The city's brief (空气质量日报): index, pollutants, counties, stations, year."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from lantian.city.records import SubjectKind
from lantian.desk.language import Translation, mark
from lantian.desk.paper.html import KeyFigure
from lantian.desk.paper.office_paper import DASH, Block, Figures, Heading, Letterhead, OfficePaper, Text
from lantian.desk.paper.paper_files import FORMATS, write_paper
from lantian.loop.evaluate.indices import NO_DATA, WITHHELD
from lantian.loop.evaluate.papers.day_bars import day_bars
from lantian.loop.evaluate.papers.day_tables import county_table, pollutant_table, station_table
from lantian.loop.evaluate.papers.looking import (
    Target,
    level_of,
    listed,
    made_rows,
    provisional,
    rows_of_day,
    view_on,
)
from lantian.loop.evaluate.papers.to_date import Standing, standings, to_date_table
from lantian.loop.evaluate.report_view import View, view_of
from lantian.loop.evaluate.scene import Scene
from lantian.loop.evaluate.tables import DAILY_INDEX
from lantian.terms.findings import Finding
from lantian.terms.periods import Period, PeriodKind, year_earlier
from lantian.terms.pollutants import NAMES, Pollutant

KIND = "daily_brief"
"""Name of its Word template."""
_DAYS_SHOWN = 31


def daily_brief(
    scene: Scene,
    day: date,
    language: Translation,
    *,
    made_at: datetime,
    letterhead: Letterhead | None = None,
    targets: Sequence[Target] = (),
    chain_head: str = "",
) -> OfficePaper:
    """Say what a day's brief says.

    Parameters
    ----------
    scene : Scene
        Place, law, store and dust days.
    day : date
        A judged legal day.
    language : Translation
        Of the paper.
    made_at : datetime
        Wall clock, timezone-aware.
    letterhead : Letterhead, optional
        Red head, where the office wants one.
    targets : sequence of Target
        What the plan promised for the city; those of the day's year are printed.
    chain_head : str
        Head of the chain of decisions, printed last.

    Raises
    ------
    CallerError
        The day was not judged.
    """
    view = view_on(scene, language, day)
    own = [target for target in targets if target.year == day.year]
    row = view.city_days.row(-1, named=True)
    year = standings(view)
    city = view.name(SubjectKind.CITY, view.adcode)
    title = view.say(mark("{city} daily air quality brief"), city=city)
    draft = provisional(view, Period(PeriodKind.DAY, day, day), view_of(scene, language).last)
    return OfficePaper(
        key=KIND,
        stem=f"{day.isoformat()} {view.say(mark('Daily air quality brief'))}",
        title=title,
        subtitle=view.say(mark("({day})"), day=view.date(day)),
        blocks=_blocks(view, row, year, own),
        made_at=made_at,
        simulated=view.simulated,
        language=language,
        how_made=made_rows(view, title, day, day, (DAILY_INDEX,), made_at, chain_head),
        letterhead=letterhead,
        draft=draft,
        signed=[] if letterhead is None else [letterhead.office, view.date(scene.lake.day_of(made_at))],
        facts=_facts(view, row, year),
        compact=True,
    )


def write_daily_brief(
    scene: Scene,
    day: date,
    folder: Path,
    language: Translation,
    formats: Sequence[str] = FORMATS,
    *,
    made_at: datetime,
    letterhead: Letterhead | None = None,
    targets: Sequence[Target] = (),
    chain_head: str = "",
    templates: Path | None = None,
    on_finding: Callable[[Finding], None] | None = None,
) -> tuple[Path, ...]:
    """Write a day's brief in each of the forms and return the files; see `daily_brief` and `write_paper`."""
    paper = daily_brief(
        scene, day, language, made_at=made_at, letterhead=letterhead, targets=targets, chain_head=chain_head
    )
    return write_paper(paper, folder, formats, templates=templates, on_finding=on_finding)


def _blocks(view: View, row: Mapping[str, Any], year: Standing, targets: Sequence[Target]) -> list[Block]:
    day = view.last
    city_before = {
        "yesterday": _city_on(view, day - timedelta(days=1)),
        "last_year": _city_on(view, year_earlier(day)),
    }
    counties = rows_of_day(view, SubjectKind.COUNTY, day)
    say = view.say
    picture = day_bars(view, day - timedelta(days=_DAYS_SHOWN - 1), day)
    blocks: list[Block] = [
        Figures("day", _figures(view, row, year, targets)),
        *(Text(said) for said in (_of_day(view, row), _of_counties(view, counties)) if said),
        Heading(say(mark("Pollutants of the day"))),
        pollutant_table(view, row, **city_before),
        Heading(say(mark("Counties and districts on this day"))),
        county_table(view, counties),
        Heading(say(mark("Month and year up to this day"))),
        to_date_table(view, targets),
        Heading(say(mark("The last {days} days"), days=_DAYS_SHOWN)),
        picture,
        Heading(say(mark("Stations with missing data"))),
    ]
    missing = station_table(view, rows_of_day(view, SubjectKind.STATION, day))
    return [*blocks, missing]


def _city_on(view: View, day: date) -> dict[str, Any] | None:
    rows = view.city_days.filter(view.city_days.get_column("legal_day") == day)
    return None if rows.is_empty() else rows.row(0, named=True)


def _figures(view: View, row: Mapping[str, Any], year: Standing, targets: Sequence[Target]) -> list[KeyFigure]:
    level, colour = level_of(view, view.rules, row["aqi"])
    words = {target.metric: target.words for target in targets}
    good = words.get("good_days") or words.get("good_day_ratio")
    return [
        KeyFigure("AQI", _index(view, row), note=level, colour=colour or None),
        KeyFigure(
            view.say(mark("Primary pollutant")), view.symbols(row["primary"]) or DASH,
            note=_why_no_primary(view, row),
        ),
        KeyFigure(
            view.say(mark("Good days this year")), str(year.good), view.say(mark("of {days} d"), days=year.judged),
            note=_target(view, good),
        ),
        KeyFigure(
            view.say(mark("PM₂.₅ mean this year")), year.text("pm25"), "µg/m³",
            note=_target(view, words.get("pm25")),
        ),
        KeyFigure(
            view.say(mark("Composite index this year")), year.text("composite_index"),
            note=_target(view, words.get("composite_index")),
        ),
    ]  # fmt: skip


def _index(view: View, row: Mapping[str, Any]) -> str:
    if row["aqi"] is not None:
        return str(row["aqi"])
    return view.rules.aqi_day.missing.marker_missing if row["aqi_status"] == WITHHELD else DASH


def _why_no_primary(view: View, row: Mapping[str, Any]) -> str:
    return (
        view.say(mark("none at an index of 50 or less")) if row["aqi"] is not None and not row["primary"] else ""
    )


def _target(view: View, words: str | None) -> str:
    return "" if words is None else view.say(mark("target {target}"), target=words)


def _of_day(view: View, row: Mapping[str, Any]) -> str:
    city = view.name(SubjectKind.CITY, view.adcode)
    said: dict[str, object] = {"day": view.date(view.last), "city": city}
    if row["aqi_status"] == NO_DATA:
        return view.say(mark("There are no valid data of {city} on {day}, so there is no index."), **said)
    if row["aqi"] is None:
        return view.say(
            mark("The air quality index of {city} on {day} may not be published: too little of the day is valid."),
            **said,
        )
    said |= {"aqi": row["aqi"], "level": level_of(view, view.rules, row["aqi"])[0]}
    if not row["primary"]:
        return view.say(
            mark("On {day} the air quality index of {city} was {aqi} ({level}), without a primary pollutant."),
            **said,
        )
    return view.say(
        mark("On {day} the air quality index of {city} was {aqi} ({level}), primary pollutant {primary}."),
        primary=view.symbols(row["primary"]),
        **said,
    )


def _of_counties(view: View, counties: Mapping[str, Mapping[str, Any]]) -> str:
    known = {code: row["aqi"] for code, row in counties.items() if row["aqi"] is not None}
    if len(set(known.values())) < 2:
        return ""
    low, high = min(known.values()), max(known.values())
    return view.say(
        mark(
            "Of {count} counties and districts {best} had the lowest index ({low}), {worst} the highest ({high})."
        ),
        count=len(known),
        best=listed(view, [view.county(code) for code, value in known.items() if value == low]),
        worst=listed(view, [view.county(code) for code, value in known.items() if value == high]),
        low=low,
        high=high,
    )


def _facts(view: View, row: Mapping[str, Any], year: Standing) -> dict[str, str]:
    rules = view.rules
    found = {
        "city": view.name(SubjectKind.CITY, view.adcode),
        "day": view.date(view.last),
        "aqi": _index(view, row),
        "level": level_of(view, rules, row["aqi"])[0] or DASH,
        "primary": view.symbols(row["primary"]) or DASH,
        "good_days_year": str(year.good),
        "judged_days_year": str(year.judged),
        "pm25_year": year.text("pm25"),
        "composite_index_year": year.text("composite_index"),
    }
    for pollutant in NAMES:
        decimals = rules.evaluation.decimals_day.of(Pollutant(pollutant))
        value = row[str(pollutant)]
        found[str(pollutant)] = DASH if value is None else f"{value:.{decimals}f}"
    return found

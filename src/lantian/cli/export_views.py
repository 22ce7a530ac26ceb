"""What can be exported: every table of the lake, and views that people ask for: ranking, calendar …"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from lantian.city.records import SubjectKind
from lantian.cli.conditions import condition
from lantian.cli.export_page import (
    Asked,
    Described,
    Page,
    distinct,
    editions_of,
    level_fills,
    named_period,
    span_of,
)
from lantian.cli.ranking_page import ranking_page
from lantian.desk.language import Translation, mark
from lantian.loop.evaluate.queries import (
    current_stage,
    find_subject,
    latest_period,
    list_days,
)
from lantian.store.columns import Table
from lantian.terms.errors import CallerError
from lantian.terms.pollutants import BASIC, NAMES

if TYPE_CHECKING:
    from lantian.assembly import House

VIEWS = ("ranking", "calendar", "stations", "counties", "bodies")
_MOST_DOCUMENTS = 20


def page_of(house: "House", asked: Asked, language: Translation) -> Page:
    """Collect a table or a view.

    Raises
    ------
    CallerError
        There is no such table or view, or the question does not fit it.
    """
    if asked.what == "ranking":
        return _ranking(house, asked, language)
    if asked.what == "calendar":
        return _calendar(house, asked, language)
    if asked.what in VIEWS:
        return _of_the_city(asked.what, house, language)
    names = [table.name for table in house.lake.tables()]
    if asked.what not in names:
        raise CallerError(
            "There is no table or view {what!r}. Tables: {names}. Views: {VIEWS}.",
            what=asked.what,
            names=", ".join(names),
            VIEWS=", ".join(VIEWS),
        )
    return _table(house, asked, language)


# ---------------------------------------------------------------------------------------------- tables


def _table(house: "House", asked: Asked, language: Translation) -> Page:
    table = house.lake.table(asked.what)
    conditions = _conditions(house, table, asked)
    first, last = asked.first, asked.last
    if asked.period is not None:
        period = named_period(asked.period)
        if "period_kind" in table.by_name:
            conditions.append(
                (pl.col("period_kind") == period.kind.value)
                & (pl.col("first_day") == period.first)
                & (pl.col("last_day") == period.last)
            )
        first, last = period.first, period.last
    if table.day is None and (first or last):
        raise CallerError(
            "{name} has no days, so --from, --to and --period cannot pick its rows.",
            name=table.name,
        )
    where = pl.all_horizontal(conditions) if conditions else None
    rows = house.lake.read(table, first=first, last=last, where=where, known_on=asked.known_on)
    notes = [] if asked.known_on is None else [language.format("As known on {at}", at=asked.known_on.isoformat())]
    return Page(
        name=table.name,
        title=table.title_zh if language.is_chinese else table.title,
        frame=rows,
        columns=tuple(
            Described(
                column.name,
                column.name,
                "" if column.unit == "1" else column.unit,
                column.meaning,
                column.meaning_zh,
            )
            for column in table.stored
        ),
        period=span_of(rows, table.day),
        sources=(table.name,),
        editions=editions_of(house, rows),
        run_ids=distinct(rows, "run_id"),
        notes=(*notes, *_documents(rows, language)),
        fills=level_fills(house, rows, table.day),
    )


def _conditions(house: "House", table: Table, asked: Asked) -> list[pl.Expr]:
    parts: list[pl.Expr] = []
    if asked.codes:
        column = next((name for name in ("station", "code") if name in table.by_name), None)
        if column is None:
            raise CallerError(
                "{name} has no column of stations or places, so --code cannot pick its rows.",
                name=table.name,
            )
        parts.append(pl.col(column).is_in([_code(house, table, name) for name in asked.codes]))
    if asked.kind is not None:
        if "kind" in table.by_name:
            parts.append(pl.col("kind") == asked.kind)
        elif asked.kind != SubjectKind.STATION.value or "station" not in table.by_name:
            raise CallerError(
                "{name} has no kinds of places, so --kind {kind} cannot pick its rows.",
                name=table.name,
                kind=asked.kind,
            )
    if "withdrawn" in table.by_name and not asked.withdrawn:
        parts.append(~pl.col("withdrawn"))
    more = condition(table, asked.where, house.city.zone)
    if more is not None:
        parts.append(more)
    return parts


def _code(house: "House", table: Table, name: str) -> str:
    """Code of a place by code or name; measurements may be of places that the city does not know."""
    try:
        return find_subject(house.city, name)[1]
    except CallerError:
        if table.derived:
            raise
        return name


def _documents(rows: pl.DataFrame, language: Translation) -> list[str]:
    names = distinct(rows, "origin")
    if not names:
        return []
    listed = "; ".join(names[:_MOST_DOCUMENTS]) + (" …" if len(names) > _MOST_DOCUMENTS else "")
    return [language.format("From {count} documents: {names}", count=len(names), names=listed)]


# ---------------------------------------------------------------------------------------------- views


def _ranking(house: "House", asked: Asked, language: Translation) -> Page:
    period = latest_period(house.lake) if asked.period is None else named_period(asked.period)
    page = ranking_page(
        house, language, period, asked.list_key, group=asked.group, basis=asked.basis, law=asked.law
    )
    rows = page.rows
    frame = page.table.select(
        "rank", rows.get_column("code"), pl.exclude("rank"), rows.get_column("rules"), rows.get_column("simulated")
    )
    heads = {**page.heads, "code": language.gettext("Code"), "rules": language.gettext("Rules"),
             "simulated": language.gettext("Simulated")}  # fmt: skip
    return Page(
        name="ranking",
        title=page.title,
        frame=frame,
        columns=tuple(
            Described(name, heads.get(name, name), page.units.get(name, ""), decimals=page.decimals.get(name))
            for name in frame.columns
        ),
        period=f"{period.label} ({period.first} … {period.last})",
        sources=("rankings", "period_summary"),
        editions=editions_of(house, rows),
        run_ids=distinct(rows, "run_id"),
        notes=page.notes,
        for_people=True,
    )


def _calendar(house: "House", asked: Asked, language: Translation) -> Page:
    """Judged days of the city, or of one place, each with its level and the months beside each other."""
    city = house.city
    if len(asked.codes) > 1:
        raise CallerError("A calendar is of one place. Say one --code, or export daily_index for several.")
    kind, code = find_subject(city, asked.codes[0]) if asked.codes else (SubjectKind.CITY, city.adcode)
    first, last = asked.first, asked.last
    if asked.period is not None:
        period = named_period(asked.period)
        first, last = period.first, period.last
    rows = list_days(house.lake, kind, code, first, last, basis=asked.basis or "measured")
    if rows.is_empty():
        name = city.name_of(kind, code)
        raise CallerError(
            "No judged days of {name} there. Run `lantian evaluate`, or choose other days.",
            name=name,
        )
    named = _category_names(house, rows, language)
    frame = rows.select(
        "legal_day", "code", "aqi", "aqi_status", "level", named, "primary", *BASIC, "rules", "simulated"
    )
    heads = {
        "legal_day": language.gettext("Day"),
        "code": language.gettext("Code"),
        "aqi": "AQI",
        "aqi_status": language.gettext("Status of the index"),
        "level": language.gettext("Level"),
        "category": language.gettext("Category"),
        "primary": language.gettext("Primary pollutant"),
        "rules": language.gettext("Rules"),
        "simulated": language.gettext("Simulated"),
        **{pollutant.value: NAMES[pollutant].symbol for pollutant in BASIC},
    }
    units = {pollutant.value: NAMES[pollutant].unit for pollutant in BASIC}
    fills = level_fills(house, rows, "legal_day")
    months, month_fills = _months(rows, fills.get("level", {}))
    place = city.name_of(kind, code, "zh" if language.is_chinese else "en")
    return Page(
        name="calendar",
        title=language.format("Calendar of {place}", place=place),
        frame=frame,
        columns=tuple(Described(name, heads.get(name, name), units.get(name, "")) for name in frame.columns),
        period=span_of(rows, "legal_day"),
        sources=("daily_index",),
        editions=editions_of(house, rows),
        run_ids=distinct(rows, "run_id"),
        notes=(language.format("Stage: {stage}", stage=language.gettext(current_stage(house.lake).value)),),
        for_people=True,
        fills=fills,
        months=months,
        month_fills=month_fills,
    )


def _category_names(house: "House", rows: pl.DataFrame, language: Translation) -> pl.Series:
    names: list[str | None] = []
    for day, aqi in rows.select("legal_day", "aqi").iter_rows():
        if aqi is None:
            names.append(None)
            continue
        row = house.rulebook.categories(day, house.choice).category(aqi)
        names.append(row.name_zh if language.is_chinese else row.name)
    return pl.Series("category", names, dtype=pl.String)


def _months(rows: pl.DataFrame, colours: Mapping[str, str]) -> tuple[pl.DataFrame, dict[str, dict[str, str]]]:
    """Lay indices out by month and day of the month, with the colours of their levels."""
    days = rows.select(
        pl.col("legal_day").dt.strftime("%Y-%m").alias("month"),
        pl.col("legal_day").dt.day().cast(pl.String).alias("day"),
        "aqi",
        "level",
    )
    names = [str(number) for number in range(1, 32)]
    wide = days.pivot("day", index="month", values="aqi").sort("month")
    absent = [pl.lit(None, pl.Int32).alias(name) for name in names if name not in wide.columns]
    fills: dict[str, dict[str, str]] = {name: {} for name in names}
    for day, aqi, level in days.select("day", "aqi", "level").drop_nulls().iter_rows():
        fills[day][str(aqi)] = colours.get(str(level), "#FFFFFF")
    return wide.with_columns(absent).select("month", *names), fills


_UNITS = {"longitude": "°", "latitude": "°"}
_TITLES = {"stations": mark("Stations"), "counties": mark("Counties"), "bodies": mark("Bodies")}


def _of_the_city(name: str, house: "House", language: Translation) -> Page:
    """Make a page of records of the city's files; lists are written with semicolons, as those files have them."""
    city = house.city
    county_names = {row.adcode: row.name_zh if language.is_chinese else row.name_en for row in city.counties}
    records: dict[str, Sequence[Any]] = {
        "stations": city.stations,
        "counties": city.counties,
        "bodies": city.bodies,
    }
    rows = [{key: _flat(value) for key, value in asdict(record).items()} for record in records[name]]
    frame = pl.DataFrame(rows, infer_schema_length=None)
    if name == "stations" and frame.height:
        frame = frame.with_columns(pl.col("county").replace_strict(county_names).alias("county_name"))
    return Page(
        name=name,
        title=language.gettext(_TITLES[name]),
        frame=frame,
        columns=tuple(Described(one, language.gettext(one), _UNITS.get(one, "")) for one in frame.columns),
        period="—",
        sources=tuple(f"{Path(folder).name}/{name}.csv" for folder in city.folders),
        for_people=True,
    )


def _flat(value: object) -> object:
    if isinstance(value, tuple | list):
        return ";".join(str(one) for one in value)
    return str(value) if hasattr(value, "value") else value

"""Years as calendars: one place in full, every county small, each day in the legal colour of its own edition."""

from calendar import monthrange
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated

import polars as pl
from fastapi import APIRouter
from starlette.responses import Response

from lantian.city.records import SubjectKind
from lantian.loop.evaluate.browsing import list_days_of
from lantian.loop.evaluate.day_marks import DayMark, day_marks
from lantian.rules.records import Category
from lantian.terms.errors import CallerError
from lantian.terms.words import mark
from lantian.web.guards import visit
from lantian.web.pages.air.looking import DAILY, Look, Place, look_of, side_choices, stage_choices, symbol
from lantian.web.permissions import May
from lantian.web.tables import Cell, DataTable, TableColumn
from lantian.web.visiting import Visit

router = APIRouter()
_COLUMNS = ("aqi", "aqi_status", "primary")
_STEP, _LEFT, _TOP = 7, 12, 9
"""Small calendar: distance of the squares, room for the words at the left and above."""
_SIDES = {None: 2.0, 1: 3.6, 2: 4.6, 3: 5.6}
"""Level → side of its square: what is worse is also larger, so that colour is not alone."""
_WORST = 6.4
_WEEK = 7


@dataclass(frozen=True, slots=True)
class Month:
    """One block of a year."""

    name: str
    note: str
    """Edition that begins in this month."""
    weeks: Sequence[Sequence[DayMark | None]]


@dataclass(frozen=True, slots=True)
class SmallYear:
    """A year of one place as a small drawing: one path a level."""

    code: str
    name: str
    label: str
    good: int
    judged: int
    paths: Sequence[tuple[str, str]]
    """Legal colour, empty for days without index; and the squares of its days."""


@router.get("/air/places/{code}/calendar")
def calendar(code: str, visit: Annotated[Visit, visit(May.READ_AIR)], year: int | None = None) -> Response:
    """Show a year of one place."""
    look = look_of(visit)
    here = look.place(code)
    shown, years = _years(look, year)
    marks = visit.keeper.keep(
        ("air-year", code, shown, look.stage, look.basis), [DAILY], lambda: _marks_of(look, here, shown)
    )
    return visit.page(
        "air/calendar.html",
        title=visit.say(mark("Which days of {year} were good in {place}?"), year=shown, place=here.name),
        tables=[_counts(look, shown, {code: marks}), _days(look, here, shown, marks)],
        look=look,
        place=here,
        year=shown,
        years=years,
        months=_months(look, shown, marks),
        categories=_categories(look, marks),
        weekdays=_weekdays(look),
        dust=look.scene.dust_days.get(code, frozenset()),
        short=_short,
        words=lambda one: _words(look, here.code, one),
        sides=side_choices(look),
        stages=stage_choices(look),
    )


@router.get("/air/calendar")
def calendars(visit: Annotated[Visit, visit(May.READ_AIR)], year: int | None = None) -> Response:
    """Show a year of the city and of every county."""
    look = look_of(visit)
    shown, years = _years(look, year)
    marks = visit.keeper.keep(
        ("air-years", shown, look.stage, look.basis), [DAILY], lambda: _marks_of_groups(look, shown)
    )
    return visit.page(
        "air/calendars.html",
        title=visit.say(mark("Where and when was the air bad in {year}?"), year=shown),
        tables=[_counts(look, shown, marks)],
        look=look,
        year=shown,
        years=years,
        small=[_small(look, code, shown, held) for code, held in marks.items()],
        size=(_LEFT + 54 * _STEP, _TOP + _WEEK * _STEP),
        months=[(_LEFT + _week(date(shown, month, 1), shown) * _STEP, month) for month in range(1, 13)],
        categories=_categories(look, [one for held in marks.values() for one in held]),
        sides=side_choices(look),
        stages=stage_choices(look),
    )


# ---------------------------------------------------------------------------------------------- days


def _years(look: Look, asked: int | None) -> tuple[int, list[tuple[int, int]]]:
    first, last = look.bounds
    shown = last.year if asked is None else asked
    if not first.year <= shown <= last.year:
        raise CallerError(
            "No day of {year} was judged. Choose a year from {first} to {last}.",
            year=shown,
            first=first.year,
            last=last.year,
        )
    return shown, [(year, year) for year in range(last.year, first.year - 1, -1)]


def _end(look: Look, year: int) -> date:
    return min(date(year, 12, 31), look.bounds[1])


def _marks_of(look: Look, here: Place, year: int) -> list[DayMark]:
    first, last = date(year, 1, 1), _end(look, year)
    rows = list_days_of(
        look.lake, first, last, look.stage, _COLUMNS, basis=look.basis, kind=here.kind, code=here.code
    )
    return _known(look, rows, first, last)


def _marks_of_groups(look: Look, year: int) -> dict[str, list[DayMark]]:
    first, last = date(year, 1, 1), _end(look, year)
    rows = list_days_of(look.lake, first, last, look.stage, _COLUMNS, basis=look.basis)
    groups = rows.filter(pl.col("kind") != SubjectKind.STATION.value).partition_by("kind", "code", as_dict=True)
    found = {code: groups.get((kind.value, code), rows.clear()) for kind, code in look.groups}
    return {code: _known(look, part, first, last) for code, part in found.items()}


def _known(look: Look, rows: pl.DataFrame, first: date, last: date) -> list[DayMark]:
    """Mark the days since the first one that was judged anywhere."""
    begin = max(first, look.bounds[0])
    return day_marks(look.scene, rows, begin, last)


def _months(look: Look, year: int, marks: Sequence[DayMark]) -> list[Month]:
    known = {one.day: one for one in marks}
    changes = {
        begins: rules.aqi_day.name
        for begins, _, rules in look.scene.rulebook.spans(date(year, 1, 1), date(year, 12, 31), look.scene.choice)
        if begins > date(year, 1, 1)
    }
    found = []
    for month in range(1, 13):
        blanks, length = monthrange(year, month)
        days = [known.get(date(year, month, day)) for day in range(1, length + 1)]
        if not any(days):
            continue
        cells = [*[None] * blanks, *days, *[None] * (-(blanks + length) % _WEEK)]
        since = next((name for day, name in changes.items() if day.month == month), "")
        weeks = [cells[at : at + _WEEK] for at in range(0, len(cells), _WEEK)]
        found.append(Month(_month_name(look, month), since, weeks))
    return found


def _month_name(look: Look, month: int) -> str:
    return f"{month}月" if look.visit.language.is_chinese else f"{date(2000, month, 1):%B}"


def _weekdays(look: Look) -> list[tuple[str, str]]:
    if look.visit.language.is_chinese:
        return [(day, f"星期{day}") for day in "一二三四五六日"]
    names = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
    return [(name[:2], name) for name in names]


def _words(look: Look, code: str, one: DayMark) -> str:
    """Say a day for whoever rests on it, and for who cannot see colours."""
    parts = [one.day.isoformat(), f"AQI {one.text}"]
    if one.category is not None:
        parts.append(look.visit.named(one.category.name_zh, one.category.name))
    if one.primary:
        parts.append(symbol(one.primary))
    if one.day in look.scene.dust_days.get(code, frozenset()):
        parts.append(look.say(mark("approved dust")))
    return " · ".join(parts)


def _short(primary: str) -> str:
    """Write the first primary pollutant, with a plus where there are more."""
    first, _, more = primary.partition(",")
    return symbol(first) + ("+" if more else "")


def _categories(look: Look, marks: Sequence[DayMark]) -> list[Category]:
    """Levels of the editions that judged the days, each once."""
    last = max((one.day for one in marks), default=look.bounds[1])
    found = {(row.level, row.colour): row for row in look.rules(last).categories.categories}
    for one in marks:
        if one.category is not None:
            found.setdefault((one.category.level, one.category.colour), one.category)
    return sorted(found.values(), key=lambda row: row.level)


# ---------------------------------------------------------------------------------------------- tables


def _counts(look: Look, year: int, marks: Mapping[str, Sequence[DayMark]]) -> DataTable:
    """Count the days of each level."""
    levels = look.rules(_end(look, year)).categories.categories
    body, links = [], []
    for code, held in marks.items():
        place = look.place(code)
        by_level = [sum(1 for one in held if one.category and one.category.level == row.level) for row in levels]
        without = sum(1 for one in held if one.category is None)
        good = look.rules(_end(look, year)).evaluation.good_day_max_aqi
        body.append(
            [
                Cell(place.name),
                *(Cell(count) for count in by_level),
                Cell(without),
                Cell(sum(1 for one in held if one.aqi is not None and one.aqi <= good)),
            ]
        )
        links.append(look.of_place(code, "calendar", year=year))
    unit = look.say(mark("d"))
    columns = [
        TableColumn("place", look.say(mark("Place"))),
        *(
            TableColumn(f"level_{row.level}", look.visit.named(row.name_zh, row.name), unit, "number", 0)
            for row in levels
        ),
        TableColumn("none", look.say(mark("Without an index")), unit, "number", 0),
        TableColumn("good", look.say(mark("Good days")), unit, "number", 0),
    ]
    title = look.say(mark("Days of each level in {year}"), year=year)
    note = look.say(
        mark("{data}; each day by the edition that held on it, here {law} on the last one."),
        data=look.data_words,
        law=look.rules(_end(look, year)).aqi_day.name,
    )
    how = look.how_made(title, str(year), [DAILY], look.rules(_end(look, year)))
    return DataTable("levels", title, columns, body, how, note=note, links=links)


def _days(look: Look, here: Place, year: int, marks: Sequence[DayMark]) -> DataTable:
    """List the days behind the calendar, to be taken away."""
    title = look.say(mark("Days of {year} in {place}"), year=year, place=here.name)
    rows = [
        [
            Cell(one.day),
            Cell(one.aqi, level=one.category),
            Cell(None if one.category is None else look.visit.named(one.category.name_zh, one.category.name)),
            Cell(symbol(one.primary or "") or None),
            Cell(one.edition),
        ]
        for one in marks
    ]
    columns = [
        TableColumn("day", look.say(mark("Day")), kind="date"),
        TableColumn("aqi", "AQI", kind="level"),
        TableColumn("level", look.say(mark("Level"))),
        TableColumn("primary", look.say(mark("Primary pollutant"))),
        TableColumn("edition", look.say(mark("Edition"))),
    ]
    how = look.how_made(title, str(year), [DAILY], look.rules(_end(look, year)))
    return DataTable("days", title, columns, rows, how)


# ---------------------------------------------------------------------------------------------- small calendars


def _week(day: date, year: int) -> int:
    begin = date(year, 1, 1)
    return (begin.weekday() + (day - begin).days) // _WEEK


def _small(look: Look, code: str, year: int, marks: Sequence[DayMark]) -> SmallYear:
    squares: dict[str, list[str]] = {}
    known = {one.day: one for one in marks}
    begin = date(year, 1, 1)
    for n in range((date(year, 12, 31) - begin).days + 1):
        day = begin + timedelta(days=n)
        one = known.get(day)
        category = None if one is None else one.category
        side = _SIDES.get(None if category is None else category.level, _WORST)
        x = _LEFT + _week(day, year) * _STEP + (_STEP - side) / 2
        y = _TOP + day.weekday() * _STEP + (_STEP - side) / 2
        colour = "" if category is None else category.colour
        squares.setdefault(colour, []).append(f"M{x:.1f} {y:.1f}h{side}v{side}h-{side}z")
    limit = look.rules(_end(look, year)).evaluation.good_day_max_aqi
    judged = [one.aqi for one in marks if one.aqi is not None]
    good = sum(1 for index in judged if index <= limit)
    name = look.place(code).name
    label = look.say(
        mark("{place} in {year}: {good} good days of {judged} with an index"),
        place=name,
        year=year,
        good=good,
        judged=len(judged),
    )
    return SmallYear(code, name, label, good, len(judged), [(key, "".join(held)) for key, held in squares.items()])

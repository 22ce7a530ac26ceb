"""The report's days: the last one, the calendar, and PM2.5 under a limit that steps where the law changes."""

from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from lantian.city.records import SubjectKind
from lantian.desk.language import mark
from lantian.desk.paper.html import KeyFigure, number
from lantian.desk.paper.palette import ink_on
from lantian.loop.evaluate.day_marks import DayMark, day_marks
from lantian.loop.evaluate.drawing import line_path
from lantian.loop.evaluate.periods import PeriodFigures
from lantian.loop.evaluate.queries import list_summaries
from lantian.loop.evaluate.report_view import View, unit_of
from lantian.loop.evaluate.wording import worded
from lantian.terms.pollutants import BASIC, NAMES, Pollutant

_PM25 = BASIC.index(Pollutant.PM25)
_BAR_END = 200
"""Sub-index at which the bars of the day end."""
_MONTHS_SHOWN = 24


@dataclass(frozen=True, slots=True)
class PollutantBar:
    """One pollutant of the day."""

    symbol: str
    value: str
    unit: str
    iaqi: int | None
    share: float
    """Length of its bar from zero, 0 … 1."""
    note: str


@dataclass(frozen=True, slots=True)
class Today:
    """The last judged day of the city."""

    text: str
    level: str
    colour: str | None
    ink: str | None
    primary: str
    edition: str
    bars: tuple[PollutantBar, ...]
    hundred: float
    """Where sub-index 100 stands on the bars, 0 … 1."""


def today_of(view: View) -> Today:
    """Describe the last judged day."""
    one = day_marks(view.scene, view.city_days, view.last, view.last)[0]
    row = view.city_days.row(-1, named=True)
    category = one.category
    return Today(
        text=one.text,
        level="" if category is None else (category.name_zh if view.language.is_chinese else category.name),
        colour=one.colour,
        ink=None if one.colour is None else ink_on(one.colour),
        primary=view.symbols(one.primary),
        edition=one.edition,
        bars=tuple(_bar(view, row, pollutant) for pollutant in BASIC),
        hundred=100 / _BAR_END,
    )


def _bar(view: View, row: dict[str, Any], pollutant: Pollutant) -> PollutantBar:
    index = row[f"iaqi_{pollutant}"]
    value = row[pollutant.value]
    reason = row[f"{pollutant}_reason"]
    return PollutantBar(
        symbol=NAMES[pollutant].symbol,
        value=number(value, view.rules.evaluation.decimals_day.of(pollutant)),
        unit=unit_of(pollutant),
        iaqi=index,
        share=min((index or 0) / _BAR_END, 1.0),
        note="" if reason is None else view.language.gettext(worded(str(reason))),
    )


def year_figures(view: View) -> list[KeyFigure]:
    """Numbers of the year to date, beside the same days of last year under the same law."""
    period = view.to_date
    summary = list_summaries(view.scene.lake, period, stage=view.stage, kind=SubjectKind.CITY).row(0, named=True)
    now = view.city_under(period, view.rules)
    before_period = view.year_earlier(period)
    before = None if before_period is None else view.city_under(before_period, view.rules)
    limit = view.rules.limits.limit(Pollutant.PM25, "annual_mean", 2)
    composite = view.rules.composite
    good = None if now is None or before is None else (int(now.counts.good[0]), int(before.counts.good[0]))
    heavy = None if now is None or before is None else (int(now.counts.heavy[0]), int(before.counts.heavy[0]))
    found = [
        KeyFigure(
            label=view.say(mark("Good days this year")),
            value=str(summary["good_days"]),
            unit=view.say(mark("of {days} d"), days=summary["days_published"]),
            note=_by_one_law(view, good),
        ),
        KeyFigure(
            label=view.say(mark("Heavily polluted days this year")),
            value=str(summary["heavy_days"]),
            unit=view.say(mark("d")),
            note=_by_one_law(view, heavy),
        ),
    ]
    if now is not None:
        said = _then(view, None if before is None else _pm25(view, before))
        annual = "" if limit is None else view.say(mark("annual limit {limit}"), limit=limit)
        found.append(
            KeyFigure(
                label=view.say(mark("PM₂.₅ mean this year")),
                value=_pm25(view, now),
                unit="µg/m³",
                note=" · ".join(part for part in (said, annual) if part),
            )
        )
        index = number(float(now.composite.index[0]), composite.decimals_sum)
        then = None if before is None else number(float(before.composite.index[0]), composite.decimals_sum)
        found.append(
            KeyFigure(label=view.say(mark("Composite index this year")), value=index, note=_then(view, then))
        )
    return found


def _pm25(view: View, found: PeriodFigures) -> str:
    return view.figure(float(found.statistics.headline[0, _PM25]), Pollutant.PM25, view.rules)


def _by_one_law(view: View, pair: tuple[int, int] | None) -> str:
    """Both years by one edition: days that each judges by its own law must not be compared."""
    if pair is None:
        return _then(view, None)
    return view.say(
        mark("by {law} throughout: {now}, same days of last year {then}"),
        law=view.rules.aqi_day.name,
        now=pair[0],
        then=pair[1],
    )


def _then(view: View, value: str | None) -> str:
    if value is None:
        return view.say(mark("no same days of last year"))
    return view.say(mark("same days of last year {value}"), value=value)


@dataclass(frozen=True, slots=True)
class CalendarCell:
    """One day of the calendar."""

    number: int
    text: str
    colour: str | None
    ink: str | None
    words: str
    """For whoever rests on it, and for who cannot see colours."""
    dust: bool


@dataclass(frozen=True, slots=True)
class CalendarMonth:
    """One block of the calendar."""

    name: str
    note: str
    """Edition that begins in this month."""
    blanks: int
    cells: tuple[CalendarCell, ...]


def calendar_of(view: View) -> list[CalendarMonth]:
    """Lay the judged days of up to two years out as months."""
    begin = date(view.first.year, view.first.month, 1)
    floor = view.last.year * 12 + view.last.month - _MONTHS_SHOWN
    begin = max(begin, date(floor // 12, floor % 12 + 1, 1))
    end = date(view.last.year, view.last.month, monthrange(view.last.year, view.last.month)[1])
    marks = {one.day: one for one in day_marks(view.scene, view.city_days, begin, end)}
    dust = view.scene.dust_days.get(view.adcode, frozenset())
    changes = {
        begins: rules.aqi_day.name for begins, _, rules in view.scene.rulebook.spans(begin, end, view.scene.choice)
    }
    months: list[CalendarMonth] = []
    at = begin
    while at <= end:
        blanks, length = monthrange(at.year, at.month)
        cells = [
            _cell(view, marks[day], day in dust)
            for day in (at + timedelta(days=n) for n in range(length))
            if day <= view.last
        ]
        since = next((day for day in changes if (day.year, day.month) == (at.year, at.month)), None)
        note = "" if since is None else changes[since]
        months.append(CalendarMonth(view.month_name(at.year, at.month), note, blanks, tuple(cells)))
        at += timedelta(days=length)
    return months


def _cell(view: View, one: DayMark, dust: bool) -> CalendarCell:
    parts = [view.date(one.day), f"AQI {one.text}"]
    if one.category is not None:
        parts.append(one.category.name_zh if view.language.is_chinese else one.category.name)
    if one.primary:
        parts.append(view.symbols(one.primary))
    if dust:
        parts.append(view.say(mark("approved dust day")))
    colour = one.colour
    ink = None if colour is None else ink_on(colour)
    return CalendarCell(one.day.day, one.text, colour, ink, " · ".join(parts), dust)


@dataclass(frozen=True, slots=True)
class Tick:
    """A place on an axis with its words."""

    at: float
    text: str


@dataclass(frozen=True, slots=True)
class LimitStep:
    """A stretch under one limit."""

    left: float
    right: float
    y: float
    text: str


@dataclass(frozen=True, slots=True)
class DailyChart:
    """Daily PM2.5 from zero, with the limit of each day across."""

    width: float
    height: float
    path: str
    above: tuple[tuple[float, float], ...]
    """Days above the limit of their own edition."""
    limits: tuple[LimitStep, ...]
    across: tuple[Tick, ...]
    up: tuple[Tick, ...]
    dust: tuple[tuple[float, float], ...]
    """Left end and width of each approved dust day."""
    exceeding: int
    days: int


def daily_chart(view: View, width: float = 1120.0, height: float = 230.0) -> DailyChart:
    """Draw the city's daily PM2.5 of up to two years."""
    begin = max(view.first, view.last - timedelta(days=730))
    rows = view.city_days.filter(view.city_days.get_column("legal_day") >= begin)
    values = dict(rows.select("legal_day", "pm25").iter_rows())
    days = [begin + timedelta(days=n) for n in range((view.last - begin).days + 1)]
    step = width / max(len(days), 1)
    spans = view.scene.rulebook.spans(begin, view.last, view.scene.choice)
    limit_of = [
        (first, last, rules.limits.limit(Pollutant.PM25, "daily_mean", 2), rules.limits.name)
        for first, last, rules in spans
    ]
    known = [value for value in values.values() if value is not None]
    limits = [float(limit) for _, _, limit, _ in limit_of if limit is not None]
    top = max([*known, *limits, 1.0]) * 1.06

    def x(day: date) -> float:
        return ((day - begin).days + 0.5) * step

    def y(value: float) -> float:
        return float(height - value / top * height)

    points = [None if (v := values.get(day)) is None else (x(day), y(v)) for day in days]
    above = [
        (round(x(day), 1), round(y(v), 1))
        for first, last, limit, _ in limit_of
        if limit is not None
        for day in days
        if first <= day <= last and (v := values.get(day)) is not None and v > float(limit)
    ]
    steps = _steps(limit_of, begin, step, y)
    months = [day for day in days if day.day == 1]
    every = 1 if len(months) <= 18 else 2
    dust = view.scene.dust_days.get(view.adcode, frozenset())
    return DailyChart(
        width=width,
        height=height,
        path=line_path(points),
        above=tuple(above),
        limits=tuple(steps),
        across=tuple(Tick(round(x(day) - step / 2, 1), _month_tick(view, day)) for day in months[::every]),
        up=tuple(Tick(round(y(value), 1), f"{value:g}") for value in _round_values(top)),
        dust=tuple(
            (round(x(day) - step / 2, 1), round(step, 1)) for day in sorted(dust) if begin <= day <= view.last
        ),
        exceeding=len(above),
        days=len(known),
    )


def _steps(limit_of: list[Any], begin: date, step: float, y: Callable[[float], float]) -> list[LimitStep]:
    """Join stretches whose limit is the same number of the same standard."""
    steps: list[LimitStep] = []
    for first, last, limit, name in limit_of:
        if limit is None:
            continue
        left, right = (first - begin).days * step, ((last - begin).days + 1) * step
        text = f"{limit} {name}"
        if steps and steps[-1].text == text:
            left = steps.pop().left
        steps.append(LimitStep(round(left, 1), round(right, 1), round(y(float(limit)), 1), text))
    return steps


def _month_tick(view: View, day: date) -> str:
    if view.language.is_chinese:
        return f"{day.year}年1月" if day.month == 1 else f"{day.month}月"
    return f"{day:%b %Y}" if day.month == 1 else f"{day:%b}"


def _round_values(top: float) -> list[float]:
    step = next(one for one in (10.0, 20.0, 25.0, 50.0, 100.0, 200.0, 500.0) if top / one <= 6 or one == 500.0)
    return [step * n for n in range(int(top / step) + 1)]

"""What every paper looks through: the judged workspace as of a day, how far its hours were reviewed, its words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import numpy as np
import polars as pl

from lantian.city.records import Level, Station, SubjectKind
from lantian.desk.language import Translation, mark
from lantian.desk.paper.provenance import HowMade
from lantian.loop.evaluate.days import MEASURED
from lantian.loop.evaluate.hours import HOURS, Stage
from lantian.loop.evaluate.report import how_made
from lantian.loop.evaluate.report_view import View, view_of
from lantian.loop.evaluate.scene import Scene
from lantian.loop.evaluate.tables import DAILY_INDEX
from lantian.rules import RuleSet
from lantian.science.ranking import change_rate
from lantian.store.columns import Table
from lantian.terms.errors import CallerError
from lantian.terms.periods import Period
from lantian.terms.pollutants import NAMES, Pollutant


@dataclass(frozen=True, slots=True)
class Target:
    """What a plan promised for the city's year (年度目标)."""

    metric: str
    """``pm25``, ``good_days``, ``good_day_ratio``, ``heavy_days``, ``composite_index`` …"""
    words: str
    """The promise as people read it: ``≤ 35 µg/m³``."""
    year: int


def view_on(scene: Scene, language: Translation, day: date) -> View:
    """Look at a judged workspace as it stood at the end of a day.

    Raises
    ------
    CallerError
        The day was not judged.
    """
    whole = view_of(scene, language)
    if day not in set(whole.city_days.get_column("legal_day")):
        raise CallerError(
            "{day} was not judged; the judged days run from {first} to {last}. Choose one of them, or run "
            "`lantian evaluate` first.",
            day=day,
            first=whole.first,
            last=whole.last,
        )
    days = whole.city_days.filter(pl.col("legal_day") <= day)
    to_date = Period(whole.to_date.kind, date(day.year, 1, 1), day)
    return replace(whole, last=day, city_days=days, to_date=to_date, rules=scene.rules(day))


def period_view(scene: Scene, language: Translation, period: Period) -> tuple[View, date]:
    """Look at a workspace as far as a period goes; also give the last judged day of all.

    Raises
    ------
    CallerError
        The period has no judged day yet.
    """
    whole = view_of(scene, language)
    if period.first > whole.last or period.last < whole.first:
        raise CallerError(
            "{period} has no judged day; the judged days run from {first} to {last}. Choose a period among them.",
            period=period.label,
            first=whole.first,
            last=whole.last,
        )
    days = whole.city_days.filter(pl.col("legal_day") <= period.last)
    last = min(period.last, whole.last)
    return replace(whole, last=last, city_days=days, rules=scene.rules(last)), whole.last


def rows_of_day(view: View, kind: SubjectKind, day: date) -> dict[str, dict[str, Any]]:
    """Read the judged day of every subject of a kind: code → row."""
    where = (
        (pl.col("kind") == kind.value)
        & (pl.col("stage") == view.stage.value)
        & (pl.col("basis") == MEASURED)
        & ~pl.col("withdrawn")
    )
    rows = view.scene.lake.read(DAILY_INDEX, first=day, last=day, where=where)
    return {row["code"]: row for row in rows.iter_rows(named=True)}


def serving(view: View, first: date, last: date) -> list[Station]:
    """List the stations that served on some day of a stretch; micro-stations are none of the network."""
    return [
        station
        for station in view.scene.city.stations
        if station.level is not Level.MICRO
        and (station.in_service is None or station.in_service <= last)
        and (station.out_of_service is None or first <= station.out_of_service)
    ]


def provisional(view: View, period: Period, judged_through: date) -> str:
    """Say why the figures of a period may still change; empty where all its hours are reviewed and it is over."""
    if period.last > judged_through:
        return view.say(
            mark("Provisional: the period is not over; days up to {day} are in."), day=view.date(judged_through)
        )
    hours, reviewed = _hours(view, period)
    if reviewed >= hours > 0:
        return ""
    if view.stage is Stage.ORIGINAL or not reviewed:
        return view.say(mark("Provisional: the hours are as the instruments gave them, not reviewed yet."))
    return view.say(
        mark("Provisional: {share} % of the hours are reviewed so far."), share=reviewed * 100 // hours
    )


def _hours(view: View, period: Period) -> tuple[int, int]:
    """How many station hours a period holds, and how many of them are reviewed."""
    held = view.scene.lake.scan(
        HOURS, first=period.first, last=period.last, columns=["station", "hour_start", "stage"]
    )
    counts = held.select(
        pl.struct("station", "hour_start").n_unique().alias("hours"),
        (pl.col("stage") == Stage.AUDITED.value).sum().alias("reviewed"),
    ).collect()
    hours, reviewed = counts.row(0)
    return int(hours), int(reviewed)


def watermark(view: View, draft: str) -> str:
    """Word across the pages of a provisional paper."""
    return view.say(mark("DRAFT")) if draft else ""


def made_rows(
    view: View, title: str, first: date, last: date, tables: Sequence[Table], made_at: datetime, chain_head: str
) -> list[tuple[str, str]]:
    """Say how a paper was made, the head of the chain of decisions last."""
    made: HowMade = how_made(view, made_at, title=title, first=first, last=last, tables=tables)
    rows = made.rows(view.language)
    return [*rows, *([(view.say(mark("Chain of decisions")), chain_head)] if chain_head else [])]


def limit_of_day(rules: RuleSet, pollutant: Pollutant) -> Decimal | None:
    """Return the limit of a day's value, grade II. [µg/m³, CO mg/m³]"""
    return rules.limits.limit(pollutant, "mda8" if pollutant is Pollutant.O3 else "daily_mean", 2)


def change(now: float | None, before: float | None, rules: RuleSet) -> float | None:
    """Change of a published figure. [%]"""
    pair = np.array([[now], [before]], dtype=float)
    found = float(change_rate(pair[0], pair[1], rules.ranking.decimals_change)[0])
    return None if np.isnan(found) else found


def day_name(pollutant: Pollutant) -> str:
    """Name a pollutant's day value: ozone says that it is the highest 8 h mean.

    Examples
    --------
    >>> day_name(Pollutant.O3), day_name(Pollutant.PM25)
    ('O₃-8h', 'PM₂.₅')
    """
    symbol = NAMES[pollutant].symbol
    return f"{symbol}-8h" if pollutant is Pollutant.O3 else symbol


def listed(view: View, names: Sequence[str]) -> str:
    """Join names the reader's way."""
    return ("、" if view.language.is_chinese else ", ").join(names)


def level_of(view: View, rules: RuleSet, index: int | None) -> tuple[str, str]:
    """Name and legal colour of an index's level; empty without one."""
    if index is None:
        return "", ""
    found = rules.categories.category(index)
    return (found.name_zh if view.language.is_chinese else found.name), found.colour


def value_of(row: Mapping[str, Any] | None, key: str) -> float | None:
    """Return a number of a row that may not be there."""
    return None if row is None else row[key]

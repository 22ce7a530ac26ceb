"""What every section of the report looks through: the place, its last day, its periods, how it writes things."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import polars as pl

from lantian.city.records import SubjectKind
from lantian.desk.language import Translation, mark
from lantian.desk.paper.html import number
from lantian.loop.evaluate.days import MEASURED
from lantian.loop.evaluate.hours import Stage
from lantian.loop.evaluate.periods import PeriodFigures
from lantian.loop.evaluate.queries import current_stage, list_days, list_periods
from lantian.loop.evaluate.scene import Scene
from lantian.loop.evaluate.standing import judged_under
from lantian.rules import Edition, RuleSet
from lantian.terms.errors import CallerError
from lantian.terms.periods import Period, PeriodKind
from lantian.terms.pollutants import BASIC, NAMES, Pollutant

STATION_LEVELS = {
    "national": mark("national station"),
    "provincial": mark("provincial station"),
    "municipal": mark("municipal station"),
    "township": mark("township station"),
    "micro": mark("micro station"),
}


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """A judged workspace as its report sees it."""

    scene: Scene
    language: Translation
    stage: Stage
    city_days: pl.DataFrame
    """Measured days of the city, in order."""
    first: date
    last: date
    """First and last judged day of the city."""
    month: Period | None
    """Last month that is over; None while none is."""
    year: Period | None
    """Last calendar year that is over and was judged."""
    to_date: Period
    """From New Year to the last judged day."""
    rules: RuleSet
    """Editions of the last judged day."""

    @property
    def adcode(self) -> str:
        """Code of the city."""
        return self.scene.city.adcode

    @property
    def simulated(self) -> bool:
        """Whether any day comes from simulated hours."""
        return bool(self.city_days.get_column("simulated").any())

    def say(self, message: str, **values: object) -> str:
        """Translate a message and fill its places."""
        return self.language.format(message, **values)

    def name(self, kind: SubjectKind, code: str) -> str:
        """Name of a place in the reader's language."""
        return self.scene.city.name_of(kind, code, self.language.name)

    def county(self, code: str) -> str:
        """Name of a county in the reader's language."""
        return self.name(SubjectKind.COUNTY, code)

    def county_label(self, code: str) -> str:
        """Short name of a county for a map: without the word for its kind in English."""
        name = self.county(code)
        return name if self.language.is_chinese else name.rsplit(" ", 1)[0]

    def symbols(self, joined: str | None) -> str:
        """Write comma-joined pollutants with their symbols."""
        return ", ".join(NAMES[Pollutant(part)].symbol for part in (joined or "").split(",") if part)

    def edition(self, rule: Edition) -> str:
        """Name an edition in the reader's language."""
        return rule.title_zh if self.language.is_chinese else rule.title

    def date(self, day: date) -> str:
        """Write a legal day the reader's way."""
        if self.language.is_chinese:
            return f"{day.year}年{day.month}月{day.day}日"
        return f"{day.day} {day:%B %Y}"

    def month_name(self, year: int, month: int) -> str:
        """Write a month the reader's way."""
        return f"{year}年{month}月" if self.language.is_chinese else f"{date(year, month, 1):%B %Y}"

    def period_name(self, period: Period) -> str:
        """Write a period the reader's way."""
        if period.kind is PeriodKind.MONTH:
            return self.month_name(period.first.year, period.first.month)
        if period.kind is PeriodKind.YEAR:
            return f"{period.first.year}年" if self.language.is_chinese else str(period.first.year)
        return f"{self.date(period.first)} – {self.date(period.last)}"

    def figure(self, value: Any, pollutant: Pollutant, rules: RuleSet) -> str:
        """Write a period's figure with the decimals of its edition."""
        return number(value, rules.evaluation.decimals_period.of(pollutant))

    def year_earlier(self, period: Period) -> Period | None:
        """Return the same days of the year before, None where the data does not reach back."""
        before = period.year_before()
        return before if before.first >= self.first else None

    def city_under(self, period: Period, rules: RuleSet) -> PeriodFigures | None:
        """Judge the city's measured days of a period by given editions; None without any day."""
        return self.under(SubjectKind.CITY, self.adcode, period, rules)

    def under(self, kind: SubjectKind, code: str, period: Period, rules: RuleSet) -> PeriodFigures | None:
        """Judge one subject's measured days of a period by given editions; None without any day."""
        return judged_under(self.scene, kind, code, period, rules, self.last, self.stage)


def view_of(scene: Scene, language: Translation) -> View:
    """Look at a judged workspace.

    Raises
    ------
    CallerError
        No day of the city was judged yet.
    """
    stage = current_stage(scene.lake)
    days = list_days(scene.lake, SubjectKind.CITY, scene.city.adcode, stage=stage, basis=MEASURED)
    held = days.filter(pl.col("aqi_status") != "none").get_column("legal_day")
    if held.is_empty():
        raise CallerError(
            "No day of the city was judged yet, so there is nothing to report. Run `lantian evaluate`."
        )
    first, last = held[0], held[-1]
    periods = list_periods(scene.lake)
    months = [one for one in periods if one.kind is PeriodKind.MONTH and one.last <= last and one.first >= first]
    years = [one for one in periods if one.kind is PeriodKind.YEAR and one.last <= last and one.first >= first]
    # a day that has begun but is not published yet belongs to the year to date, too
    begun = [one for one in periods if one.kind is PeriodKind.YEAR_TO_DATE and one.first <= last <= one.last]
    return View(
        scene=scene,
        language=language,
        stage=stage,
        city_days=days.filter(pl.col("legal_day").is_between(first, last)),
        first=first,
        last=last,
        month=months[-1] if months else None,
        year=years[-1] if years else None,
        to_date=begun[0] if begun else Period.containing(PeriodKind.YEAR_TO_DATE, last),
        rules=scene.rules(last),
    )


def days_of(first: date, last: date) -> list[date]:
    """List the calendar days between two days, both included."""
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def unit_of(pollutant: Pollutant) -> str:
    """Return the unit of a pollutant's concentrations."""
    return NAMES[pollutant].unit


__all__ = ["BASIC", "NAMES", "STATION_LEVELS", "View", "days_of", "unit_of", "view_of"]

"""Legal days and the longer periods of an evaluation (日、月、季、半年、年、累计)."""

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum


class PeriodKind(StrEnum):
    """Which length of time a statistic stands for."""

    DAY = "day"
    MONTH = "month"
    QUARTER = "quarter"
    HALF_YEAR = "half_year"
    YEAR_TO_DATE = "year_to_date"
    YEAR = "year"
    RUNNING = "running"
    """The 365 days that end on a day."""
    THREE_YEARS = "three_years"


_MONTHS = {PeriodKind.MONTH: 1, PeriodKind.QUARTER: 3, PeriodKind.HALF_YEAR: 6, PeriodKind.YEAR: 12}


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """A stretch of whole legal days, both ends included.

    Examples
    --------
    >>> Period.containing(PeriodKind.QUARTER, date(2026, 2, 28))
    Period(kind=<PeriodKind.QUARTER: 'quarter'>, first=datetime.date(2026, 1, 1), last=datetime.date(2026, 3, 31))
    >>> Period.containing(PeriodKind.YEAR_TO_DATE, date(2024, 2, 29)).year_before().last
    datetime.date(2023, 2, 28)
    """

    kind: PeriodKind
    first: date
    last: date

    @classmethod
    def containing(cls, kind: PeriodKind, day: date) -> "Period":
        """Return the period of this kind that holds `day`; a year to date ends on `day`."""
        if kind is PeriodKind.DAY:
            return cls(kind, day, day)
        if kind is PeriodKind.YEAR_TO_DATE:
            return cls(kind, date(day.year, 1, 1), day)
        if kind is PeriodKind.RUNNING:
            return cls(kind, year_earlier(day) + timedelta(days=1), day)
        if kind is PeriodKind.THREE_YEARS:
            return cls(kind, date(day.year - 2, 1, 1), date(day.year, 12, 31))
        months = _MONTHS[kind]
        first_month = (day.month - 1) // months * months + 1
        last_month = first_month + months - 1
        last_day = calendar.monthrange(day.year, last_month)[1]
        return cls(kind, date(day.year, first_month, 1), date(day.year, last_month, last_day))

    @property
    def days(self) -> int:
        """How many calendar days the period has [d]."""
        return (self.last - self.first).days + 1

    @property
    def label(self) -> str:
        """Short name that sorts and that people read: ``2026-03``, ``2026Q1``, ``2026H1``, ``2026``."""
        year = self.first.year
        match self.kind:
            case PeriodKind.DAY:
                return self.first.isoformat()
            case PeriodKind.MONTH:
                return f"{year}-{self.first.month:02d}"
            case PeriodKind.QUARTER:
                return f"{year}Q{(self.first.month + 2) // 3}"
            case PeriodKind.HALF_YEAR:
                return f"{year}H{1 if self.first.month == 1 else 2}"
            case PeriodKind.YEAR:
                return f"{year}"
            case PeriodKind.THREE_YEARS:
                return f"{year}–{self.last.year}"
            case PeriodKind.YEAR_TO_DATE | PeriodKind.RUNNING:
                return f"{self.first.isoformat()}..{self.last.isoformat()}"

    def year_before(self) -> "Period":
        """Return the same period of the year before (同比基期); 29 February becomes 28 February."""
        if self.kind in _MONTHS:
            return Period.containing(self.kind, year_earlier(self.first))
        return Period(self.kind, year_earlier(self.first), year_earlier(self.last))

    def each_day(self) -> list[date]:
        """List the legal days of the period in order."""
        return [self.first + timedelta(days=n) for n in range(self.days)]


_NAMES = (
    (re.compile(r"(\d{4})-?(0[1-9]|1[0-2])"), PeriodKind.MONTH, 1),
    (re.compile(r"(\d{4})[Qq]([1-4])"), PeriodKind.QUARTER, 3),
    (re.compile(r"(\d{4})[Hh]([12])"), PeriodKind.HALF_YEAR, 6),
)
_STRETCH = re.compile(r"(\d{4}-\d{2}-\d{2})\.\.(\d{4}-\d{2}-\d{2})")
_THREE_YEARS = re.compile(r"(\d{4})[–-](\d{4})")


def period_named(text: str) -> Period:
    """Read a period as `Period.label` writes it; ``2026-01-01..2026-04-30`` is a year to date or a running year.

    Raises
    ------
    ValueError
        If no period is written so.

    Examples
    --------
    >>> period_named("2026Q1").last
    datetime.date(2026, 3, 31)
    >>> period_named("2026-01-01..2026-04-30").kind.value
    'year_to_date'
    """
    text = text.strip()
    for pattern, kind, months in _NAMES:
        if found := pattern.fullmatch(text):
            return Period.containing(kind, date(int(found[1]), (int(found[2]) - 1) * months + 1, 1))
    if re.fullmatch(r"\d{4}", text):
        return Period.containing(PeriodKind.YEAR, date(int(text), 1, 1))
    if (found := _THREE_YEARS.fullmatch(text)) and int(found[2]) == int(found[1]) + 2:
        return Period.containing(PeriodKind.THREE_YEARS, date(int(found[2]), 1, 1))
    if found := _STRETCH.fullmatch(text):
        first, last = date.fromisoformat(found[1]), date.fromisoformat(found[2])
        for kind in (PeriodKind.YEAR_TO_DATE, PeriodKind.RUNNING):
            if (period := Period.containing(kind, last)).first == first:
                return period
    day = re.fullmatch(r"\d{4}-\d{2}-\d{2}", text)
    if day:
        return Period.containing(PeriodKind.DAY, date.fromisoformat(text))
    msg = (
        f"{text!r} is no period. Write a day 2026-03-01, a month 2026-03, a quarter 2026Q1, a half-year 2026H1, a "
        "year 2026, three years 2024–2026, a year to date 2026-01-01..2026-04-30, or a running year likewise."
    )
    raise ValueError(msg)


def year_earlier(day: date) -> date:
    """Return the same calendar day a year earlier; 29 February becomes 28 February."""
    try:
        return day.replace(year=day.year - 1)
    except ValueError:
        return day.replace(year=day.year - 1, day=28)


def periods_between(kind: PeriodKind, first: date, last: date) -> list[Period]:
    """List the periods of one kind that hold any day from `first` to `last`, in order."""
    if kind is not PeriodKind.DAY and kind not in _MONTHS:
        msg = f"{kind} has no tiling; build it from its last day with Period.containing"
        raise ValueError(msg)
    found: list[Period] = []
    day = first
    while day <= last:
        period = Period.containing(kind, day)
        found.append(period)
        day = period.last + timedelta(days=1)
    return found

"""How a page looks at the air: which place, which data, which side of a day, and how values are written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from urllib.parse import urlencode

from lantian.city.records import SubjectKind
from lantian.desk.paper.provenance import HowMade
from lantian.loop.evaluate.browsing import find_place, known_days, list_stages
from lantian.loop.evaluate.days import DUST_DEDUCTED, MEASURED
from lantian.loop.evaluate.hours import Stage
from lantian.loop.evaluate.queries import current_stage
from lantian.loop.evaluate.scene import Scene
from lantian.loop.evaluate.telling import symbols
from lantian.loop.evaluate.wording import worded
from lantian.rules import Edition, RuleSet
from lantian.rules.records import Category
from lantian.store.lake import Lake
from lantian.terms.errors import CallerError
from lantian.terms.periods import Period, PeriodKind, period_named
from lantian.terms.words import mark
from lantian.web.faults import NotFound
from lantian.web.tables import Cell
from lantian.web.visiting import Visit

_YEAR = 365
SIDES = (MEASURED, DUST_DEDUCTED)
DAILY, HOURLY = "daily_index", "hourly_index"
"""Tables that pages of days and of hours depend on."""
PERIODS = ("period_statistics", "period_summary")
PERIOD_KINDS: dict[PeriodKind, str] = {
    PeriodKind.MONTH: mark("month"),
    PeriodKind.QUARTER: mark("quarter"),
    PeriodKind.HALF_YEAR: mark("half-year"),
    PeriodKind.YEAR: mark("year"),
    PeriodKind.YEAR_TO_DATE: mark("year to date"),
    PeriodKind.RUNNING: mark("running year"),
    PeriodKind.THREE_YEARS: mark("three years"),
    PeriodKind.DAY: mark("day"),
}


@dataclass(frozen=True, slots=True)
class Place:
    """A station, a county or the city as a page names it."""

    kind: SubjectKind
    code: str
    name: str
    area_class: int


@dataclass(frozen=True)
class Look:
    """One visit's way of looking at what was judged."""

    visit: Visit
    scene: Scene
    stage: Stage
    basis: str
    carried: Mapping[str, str]
    """Stage and side as the address names them: every link of the page carries them on."""

    @property
    def lake(self) -> Lake:
        """Where the judged rows lie."""
        return self.scene.lake

    # ---------------------------------------------------------------------------------------- places

    def name(self, kind: SubjectKind, code: str) -> str:
        """Name of a place in the reader's language."""
        return self.scene.city.name_of(kind, code, self.visit.language.name)

    def place(self, code: str) -> Place:
        """Return what stands under a code of an address.

        Raises
        ------
        NotFound
            Nothing does.
        """
        kind = find_place(self.scene.city, code)
        if kind is None:
            raise NotFound(
                "{code} is no station, county or city here. Choose one from the list of places.", code=code
            )
        area = self.scene.city.station(code).area_class if kind is SubjectKind.STATION else 2
        return Place(kind, code, self.name(kind, code), area)

    @property
    def groups(self) -> list[tuple[SubjectKind, str]]:
        """The city and its counties."""
        city = self.scene.city
        return [(SubjectKind.CITY, city.adcode), *((SubjectKind.COUNTY, one.adcode) for one in city.counties)]

    def place_choices(self, *, stations: bool = True) -> list[tuple[str, str]]:
        """Codes and names of all places, for a choice."""
        named = self.groups
        if stations:
            named = [*named, *((SubjectKind.STATION, one.code) for one in self.scene.city.stations)]
        return [(code, self.name(kind, code)) for kind, code in named]

    # ---------------------------------------------------------------------------------------- days

    @property
    def bounds(self) -> tuple[date, date]:
        """First and last judged day.

        Raises
        ------
        CallerError
            None was judged.
        """
        found = self.visit.keeper.keep("air-bounds", [DAILY], lambda: known_days(self.lake))
        if found is None:
            raise CallerError(
                "No day of the air was judged yet. Bring hours in and run `lantian evaluate`; then look again."
            )
        return found

    @cached_property
    def _spans(self) -> list[tuple[date, date, RuleSet]]:
        first, last = self.bounds
        return self.scene.rulebook.spans(first, last, self.scene.choice)

    def rules(self, day: date) -> RuleSet:
        """Editions that judge a day."""
        held = next((rules for first, last, rules in self._spans if first <= day <= last), None)
        return self.scene.rules(day) if held is None else held

    def category(self, aqi: int | None, day: date) -> Category | None:
        """Legal class of an index under the edition of its day."""
        return None if aqi is None else self.rules(day).categories.category(aqi)

    # ---------------------------------------------------------------------------------------- addresses

    def link(self, path: str, **query: object) -> str:
        """Return an address that looks at the same data and side."""
        held = {**self.carried, **query}
        if not held:
            return path
        said = urlencode([(name, str(value)) for name, value in held.items() if value not in (None, "")])
        return f"{path}?{said}" if said else path

    def of_place(self, code: str, part: str = "", **query: object) -> str:
        """Return the address of a place's page."""
        return self.link(f"/air/places/{code}" + (f"/{part}" if part else ""), **query)

    def why(self, of: str, code: str, when: object, what: str, **query: object) -> str:
        """Return the address that explains a number: `of` is ``days``, ``hours``, ``periods`` or ``ranks``."""
        return self.link(f"/air/why/{of}/{code}/{when}/{what}", **query)

    # ---------------------------------------------------------------------------------------- words

    def say(self, message: str, /, **values: object) -> str:
        """Translate a marked message and fill its places."""
        return self.visit.say(message, **values)

    def word(self, code: str | None) -> str:
        """Write a code of the tables, such as a reason, in words."""
        return "" if not code else self.visit.language.gettext(worded(code))

    def edition(self, rule: Edition) -> str:
        """Title of an edition in the reader's language."""
        return self.visit.named(rule.title_zh, rule.title)

    def period_name(self, period: Period) -> str:
        """Write a period with its kind: ``2025-12 · month``."""
        return f"{period.label} · {self.say(PERIOD_KINDS[period.kind])}"

    @property
    def data_words(self) -> str:
        """Say which data and which side a page shows."""
        return f"{self.word(self.stage.value)} · {self.word(self.basis)}"

    # ---------------------------------------------------------------------------------------- cells

    def index_cell(self, aqi: int | None, day: date, *, why: str | None = None, note: str = "") -> Cell:
        """Show an index by its legal class."""
        return Cell(aqi, level=self.category(aqi, day), why=why if aqi is not None else None, note=note)

    def value_cell(self, value: float | None, decimals: int, *, why: str | None = None, note: str = "") -> Cell:
        """Show a number that can be asked how it was made."""
        text = None if value is None else f"{value:.{decimals}f}".replace("-", "−")
        return Cell(value, text=text, why=why if value is not None else None, note=note)

    def how_made(
        self, title: str, period: str, tables: Sequence[str], rules: RuleSet, *, notes: Sequence[str] = ()
    ) -> HowMade:
        """Say what a reader must know to make a table again."""
        used = (rules.limits, rules.aqi_day, rules.evaluation, rules.composite)
        return self.visit.how_made(
            title, period=period, tables=tables, editions=used, notes=(self.data_words, *notes)
        )


def look_of(visit: Visit) -> Look:
    """Read which data and which side the address asks for.

    Raises
    ------
    CallerError
        No such stage or side.
    """
    asked = visit.request.query_params
    scene = visit.house.scene()
    stage = asked.get("stage") or visit.keeper.keep("air-stage", [DAILY], lambda: current_stage(scene.lake)).value
    basis = asked.get("basis") or MEASURED
    if stage not in set(Stage) or basis not in SIDES:
        raise CallerError(
            "No data {stage!r} of side {basis!r}. Stages: {stages}. Sides: {sides}.",
            stage=stage,
            basis=basis,
            stages=", ".join(Stage),
            sides=", ".join(SIDES),
        )
    carried = {name: asked[name] for name in ("stage", "basis") if asked.get(name)}
    return Look(visit, scene, Stage(stage), basis, carried)


def next_law(look: Look) -> RuleSet | None:
    """Return the editions that follow on those of today within a year; None where the law stays."""
    today = look.visit.today
    spans = look.scene.rulebook.spans(today, earlier(today, -_YEAR), look.scene.choice)
    return spans[1][2] if len(spans) > 1 else None


def stage_choices(look: Look) -> list[tuple[str, str]]:
    """Stages that were judged, for a choice; one alone is no choice."""
    held = look.visit.keeper.keep("air-stages", [DAILY], lambda: list_stages(look.lake))
    return [(one.value, look.word(one.value)) for one in held] if len(held) > 1 else []


def side_choices(look: Look) -> list[tuple[str, str]]:
    """Both sides of a day, for a choice."""
    return [(side, look.word(side)) for side in SIDES]


def day_asked(text: str | None, default: date) -> date:
    """Read a legal day of an address.

    Raises
    ------
    CallerError
        It is no day.
    """
    if not text:
        return default
    try:
        return date.fromisoformat(text)
    except ValueError as fault:
        raise CallerError("{text!r} is no day. Write it as 2026-01-18.", text=text) from fault


def stretch_asked(visit: Visit, default_first: date, default_last: date) -> tuple[date, date]:
    """Read ``first`` and ``last`` of an address.

    Raises
    ------
    CallerError
        One is no day, or the last lies before the first.
    """
    last = day_asked(visit.request.query_params.get("last"), default_last)
    first = day_asked(visit.request.query_params.get("first"), min(default_first, last))
    if last < first:
        raise CallerError("{first} … {last} runs backwards. Give the earlier day first.", first=first, last=last)
    return first, last


def period_asked(text: str) -> Period:
    """Read a period of an address as people write it.

    Raises
    ------
    CallerError
        It is no period.
    """
    try:
        return period_named(text)
    except ValueError as fault:
        raise CallerError("{fault}", fault=fault) from fault


def symbol(pollutant: str) -> str:
    """Write a pollutant, or several joined by commas, with symbols."""
    return symbols(pollutant)


def earlier(day: date, days: int) -> date:
    """Return the day that lies some days before another."""
    return day - timedelta(days=days)

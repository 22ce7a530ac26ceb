"""The air of this hour: the city, its counties, its stations, against a day ago; and the figures of the year."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from lantian.city.records import SubjectKind
from lantian.desk.paper.html import KeyFigure, number
from lantian.loop.evaluate.now import hours_between, newest_hours
from lantian.loop.evaluate.report_days import year_figures
from lantian.loop.evaluate.report_view import View, view_of
from lantian.rules import RuleSet
from lantian.rules.records import Category
from lantian.terms.errors import CallerError
from lantian.terms.pollutants import BASIC, NAMES, Pollutant
from lantian.terms.words import mark
from lantian.web.charts import Chart
from lantian.web.visiting import Visit

AIR_TABLES = ("hourly_index", "daily_index", "period_summary")
"""Tables of the lake that this page's air depends on."""
_DAY = timedelta(days=1)
_HOUR = timedelta(hours=1)
_STRIP_HOURS = 72


@dataclass(frozen=True, slots=True)
class Concentration:
    """One pollutant of the newest hour of the city."""

    symbol: str
    value: str | None
    unit: str
    change: str
    """Against the same hour a day ago, with its sign; empty where one of them is missing."""
    is_better: bool | None
    why: str


@dataclass(frozen=True, slots=True)
class PlaceNow:
    """The newest hour of one place."""

    kind: SubjectKind
    code: str
    name: str
    hour: datetime
    aqi: int | None
    category: Category | None
    primary: str
    values: dict[Pollutant, float | None]
    """As judged: µg/m³, CO mg/m³."""

    @property
    def link(self) -> str:
        """Page of the place."""
        return f"/air/places/{self.code}"


@dataclass(frozen=True, slots=True)
class LastDay:
    """The last whole day of the city."""

    day: str
    address: str
    text: str
    category: Category | None
    primary: str
    edition: str


@dataclass(frozen=True, slots=True)
class AirNow:
    """What the page says of the air."""

    city: PlaceNow | None
    """None where no hour is new."""
    counties: tuple[PlaceNow, ...]
    """The worst first."""
    stations: tuple[PlaceNow, ...]
    concentrations: tuple[Concentration, ...]
    last_day: LastDay | None
    figures: tuple[KeyFigure, ...]
    edition: str


def air_now(visit: Visit) -> AirNow:
    """Say how the air is at this hour of the city."""
    key = ("today", "air", visit.language.name, visit.now)
    return visit.keeper.keep(key, AIR_TABLES, lambda: _made(visit))


def _made(visit: Visit) -> AirNow:
    rules = visit.house.scene().rules(visit.today)
    rows = newest_hours(visit.house.lake, visit.now).iter_rows(named=True)
    places = [_place(visit, row, rules) for row in rows]
    city = next((each for each in places if each.kind is SubjectKind.CITY), None)
    counties = [each for each in places if each.kind is SubjectKind.COUNTY]
    view = _view(visit)
    return AirNow(
        city=city,
        counties=tuple(sorted(counties, key=lambda each: (-(each.aqi or -1), each.code))),
        stations=tuple(each for each in places if each.kind is SubjectKind.STATION),
        concentrations=() if city is None else tuple(_concentrations(visit, city, rules)),
        last_day=None if view is None else _last_day(view),
        figures=() if view is None else tuple(year_figures(view)),
        edition=rules.aqi_hour.name,
    )


def _view(visit: Visit) -> View | None:
    try:
        return view_of(visit.house.scene(), visit.language)
    except CallerError:  # nothing was judged yet: the page says what to do next
        return None


def _place(visit: Visit, row: dict[str, Any], rules: RuleSet) -> PlaceNow:
    kind, code, aqi = SubjectKind(row["kind"]), str(row["code"]), row["aqi"]
    parts = (part for part in (row["primary"] or "").split(",") if part)
    return PlaceNow(
        kind=kind,
        code=code,
        name=visit.house.city.name_of(kind, code, visit.language.name),
        hour=row["hour_start"],
        aqi=aqi,
        category=None if aqi is None else rules.categories.category(aqi),
        primary=", ".join(NAMES[Pollutant(part)].symbol for part in parts),
        values={pollutant: row[pollutant.value] for pollutant in BASIC},
    )


def _concentrations(visit: Visit, city: PlaceNow, rules: RuleSet) -> "list[Concentration]":
    before = hours_between(
        visit.house.lake, city.hour - _DAY, city.hour - _DAY + _HOUR, kind=SubjectKind.CITY, code=city.code
    )
    then = before.row(0, named=True) if before.height else {}
    found = []
    for pollutant in BASIC:
        value, earlier = city.values[pollutant], then.get(pollutant.value)
        decimals = rules.evaluation.decimals_day.of(pollutant)
        change = None if value is None or earlier is None else value - earlier
        found.append(
            Concentration(
                symbol=NAMES[pollutant].symbol,
                value=None if value is None else number(value, decimals),
                unit=NAMES[pollutant].unit,
                change="" if change is None else _signed(change, decimals),
                is_better=None if not change else change < 0,
                why=f"/air/why/hours/{city.code}/{city.hour:%Y-%m-%dT%H}/{pollutant.value}?stage=original",
            )
        )
    return found


def _signed(change: float, decimals: int) -> str:
    said = number(change, decimals)
    return f"+{said}" if change > 0 else said


def _last_day(view: View) -> LastDay:
    from lantian.loop.evaluate.day_marks import day_marks

    one = day_marks(view.scene, view.city_days, view.last, view.last)[0]
    return LastDay(
        day=view.date(view.last),
        address=f"/air/places/{view.adcode}/days/{view.last}",
        text=one.text,
        category=one.category,
        primary=view.symbols(one.primary),
        edition=one.edition,
    )


def hours_chart(visit: Visit) -> Chart:
    """Draw the AQI of the city over the last three days, each bar in its legal colour."""
    house, end = visit.house, visit.now
    rows = hours_between(
        house.lake, end - _STRIP_HOURS * _HOUR, end, kind=SubjectKind.CITY, code=house.city.adcode
    ).sort("hour_start")
    rules = house.scene().rules(visit.today)
    points = []
    for hour, aqi in rows.select("hour_start", "aqi").iter_rows():
        colour = {} if aqi is None else {"itemStyle": {"color": rules.categories.category(aqi).colour}}
        points.append({"value": [hour, aqi], **colour})
    title = visit.say(mark("AQI of the last three days, hour by hour"))
    caption = visit.say(
        mark("Hours by their start · {edition} · stations as received, not yet audited"),
        edition=rules.aqi_hour.name,
    )
    option = {
        "xAxis": {"type": "time"},
        "yAxis": {"type": "value", "min": 0},
        "series": [{"type": "bar", "name": "AQI", "data": points, "barCategoryGap": "10%"}],
    }
    table = [(hour, aqi) for hour, aqi in rows.select("hour_start", "aqi").iter_rows()]
    return Chart(
        option, title, caption, simulated=house.settings.simulated,
        columns=(visit.say(mark("Hour")), "AQI"), rows=table,
        empty=visit.say(mark("No hour of the last three days was judged. Run `lantian evaluate`.")),
    )  # fmt: skip

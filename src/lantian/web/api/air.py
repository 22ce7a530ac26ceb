"""The city, its stations and counties, and what was judged of their air."""

from datetime import date, timedelta
from typing import Annotated, Any, Literal

import polars as pl
from fastapi import APIRouter, Query
from starlette.responses import Response

from lantian.city.records import SubjectKind
from lantian.loop.evaluate.bulk import judged_rows
from lantian.loop.evaluate.rankings import EVERYONE
from lantian.loop.evaluate.tables import (
    DAILY_INDEX,
    HOURLY_INDEX,
    PERIOD_STATISTICS,
    PERIOD_SUMMARY,
    RANKINGS,
    SUBJECT,
)
from lantian.store.columns import Table
from lantian.terms.periods import PeriodKind
from lantian.web.api.answers import rows_answer
from lantian.web.api.asking import Answered, Code, Days, First, Last, StageAsked, days_of, stage_of
from lantian.web.api.describing import listed
from lantian.web.api.lists import list_answer
from lantian.web.api.paging import Question
from lantian.web.api.resources import NO_UNIT, Field, Resource, all_but, text
from lantian.web.guards import visit
from lantian.web.permissions import May
from lantian.web.visiting import Visit

router = APIRouter(tags=["air"])
SCOPE = "read:air"
Reader = Annotated[Visit, visit(May.READ_AIR, scope=SCOPE)]
Kind = Annotated[SubjectKind | None, Query(description="Stations, counties or the city; by default all.")]
Basis = Annotated[
    Literal["measured", "dust_deducted"],
    Query(description="As measured, or with approved dust periods taken out as the law says."),
]
_APART = ("withdrawn",)
_WEEK, _MONTH, _YEAR = 7, 31, 366
_AHEAD = timedelta(days=366)
"""Periods that run have their last day ahead. [d]"""

CITY = Resource(
    "city", "The city", "The city of this workspace; always one row.", SCOPE,
    (
        text("adcode", "Code of GB/T 2260.", nullable=False),
        text("name_zh", "Name.", nullable=False),
        text("name_en", "Name in English.", nullable=False),
        text("province_zh", "Province.", nullable=False),
        text("province_en", "Province in English.", nullable=False),
        text("zone", "Time zone in which legal days are cut.", nullable=False),
        text("datum", "Coordinate system of every place.", nullable=False),
        Field("today", pl.Date(), NO_UNIT, "Legal day of the city's own clock.", False),
        Field("simulated", pl.Boolean(), NO_UNIT, "Whether its data are made by the twin.", False),
    ),
    ("adcode",), once=True,
)  # fmt: skip
STATIONS = Resource(
    "stations", "Ambient stations", "Every station that is or was in service, with place and level.", SCOPE,
    (
        text("code", "Code of the station.", nullable=False),
        text("name_zh", "Name.", nullable=False),
        text("name_en", "Name in English.", nullable=False),
        text("county", "adcode of its county.", nullable=False),
        Field("longitude", pl.Float64(), "deg", "Longitude in EPSG:4490.", False),
        Field("latitude", pl.Float64(), "deg", "Latitude in EPSG:4490.", False),
        text("level", "Who runs it: national, provincial, municipal, township, micro.", nullable=False),
        Field("area_class", pl.Int32(), NO_UNIT, "Which grade of the limits applies: 1 or 2.", False),
        Field("control_site", pl.Boolean(), NO_UNIT, "Clean-air control site: never part of a city value.", False),
        text("pollutants", "What its programme measures, comma-joined.", nullable=False),
        Field("in_service", pl.Date(), NO_UNIT, "First day of service."),
        Field("out_of_service", pl.Date(), NO_UNIT, "Last day of service."),
        Field("simulated", pl.Boolean(), NO_UNIT, "Whether it exists in the twin alone.", False),
    ),
    ("code",), once=True,
)  # fmt: skip
COUNTIES = Resource(
    "counties", "Counties", "Counties and districts with the group in which they are ranked.", SCOPE,
    (
        text("adcode", "Code of GB/T 2260.", nullable=False),
        text("name_zh", "Name.", nullable=False),
        text("name_en", "Name in English.", nullable=False),
        text("group", "Key of its ranking group.", nullable=False),
    ),
    ("adcode",), once=True,
)  # fmt: skip
HOURS = Resource(
    "hours", "Judged hours",
    "Hourly concentrations and AQI of stations, counties and the city. Hours are named by their start.", SCOPE,
    all_but(HOURLY_INDEX, _APART), ("hour_start", *SUBJECT, "stage"),
)  # fmt: skip
DAYS = Resource(
    "days", "Judged days", "Daily concentrations and AQI; the rules that judged each row stand in it.", SCOPE,
    all_but(DAILY_INDEX, _APART), ("legal_day", *SUBJECT, "stage", "basis"),
)  # fmt: skip
_PERIOD_KEY = ("last_day", "period_kind", "first_day")
STATISTICS = Resource(
    "statistics", "Statistics of periods",
    "Mean, percentile, validity and attainment of each pollutant in each month, quarter, half-year and year; "
    "periods are found by their last day, which lies ahead while they run.", SCOPE,
    all_but(PERIOD_STATISTICS, _APART), (*_PERIOD_KEY, *SUBJECT, "pollutant", "stage", "basis"),
)  # fmt: skip
SUMMARIES = Resource(
    "summaries", "Summaries of periods", "Composite index and days of each level in each period.", SCOPE,
    all_but(PERIOD_SUMMARY, _APART), (*_PERIOD_KEY, *SUBJECT, "stage", "basis"),
)  # fmt: skip
RANKED = Resource(
    "rankings", "Rankings of counties",
    "Order of counties by each list with the change on the year before; ties share a rank, and a county without "
    "enough data has none and says why.", SCOPE,
    all_but(RANKINGS, _APART), (*_PERIOD_KEY, "list", "group", *SUBJECT, "law", "stage", "basis"),
)  # fmt: skip


@router.get("/city", **listed(CITY))
def city(visit: Reader, wanted: Answered) -> Response:
    """Give the city."""
    held = visit.house.city
    row = {name: getattr(held, name) for name in CITY.columns if name not in ("zone", "today", "simulated")}
    made = {"zone": held.zone.key, "today": visit.today, "simulated": visit.house.settings.simulated}
    return list_answer(visit, CITY, [{**row, **made}], wanted)


@router.get("/stations", **listed(STATIONS))
def stations(
    visit: Reader, wanted: Answered, county: Annotated[str | None, Query(max_length=12)] = None
) -> Response:
    """List stations."""
    rows = [
        {name: getattr(row, name) for name in STATIONS.columns} | {"pollutants": ",".join(row.pollutants)}
        for row in visit.house.city.stations
        if county is None or row.county == county
    ]
    return list_answer(visit, STATIONS, rows, wanted, county)


@router.get("/counties", **listed(COUNTIES))
def counties(visit: Reader, wanted: Answered) -> Response:
    """List counties."""
    rows = [{name: getattr(row, name) for name in COUNTIES.columns} for row in visit.house.city.counties]
    return list_answer(visit, COUNTIES, rows, wanted)


@router.get("/hours", **listed(HOURS))
def hours(
    visit: Reader, wanted: Answered, code: Code = None, kind: Kind = None,
    first: First = None, last: Last = None, stage: StageAsked = None,
) -> Response:  # fmt: skip
    """List judged hours."""
    equal = {"code": code, "kind": kind, "stage": stage_of(visit, stage)}
    return _judged(visit, HOURS, HOURLY_INDEX, days_of(first, last, visit.today, _WEEK), equal, wanted)


@router.get("/days", **listed(DAYS))
def days(
    visit: Reader, wanted: Answered, code: Code = None, kind: Kind = None,
    first: First = None, last: Last = None, stage: StageAsked = None, basis: Basis = "measured",
) -> Response:  # fmt: skip
    """List judged days."""
    equal = {"code": code, "kind": kind, "stage": stage_of(visit, stage), "basis": basis}
    return _judged(visit, DAYS, DAILY_INDEX, days_of(first, last, visit.today, _MONTH), equal, wanted)


@router.get("/statistics", **listed(STATISTICS))
def statistics(
    visit: Reader, wanted: Answered, period: PeriodKind | None = None, code: Code = None, kind: Kind = None,
    first: First = None, last: Last = None, stage: StageAsked = None, basis: Basis = "measured",
) -> Response:  # fmt: skip
    """List statistics of periods that end within some days."""
    equal = {"period_kind": period, "code": code, "kind": kind, "stage": stage_of(visit, stage), "basis": basis}
    return _judged(visit, STATISTICS, PERIOD_STATISTICS, _ends(visit, first, last), equal, wanted)


@router.get("/summaries", **listed(SUMMARIES))
def summaries(
    visit: Reader, wanted: Answered, period: PeriodKind | None = None, code: Code = None, kind: Kind = None,
    first: First = None, last: Last = None, stage: StageAsked = None, basis: Basis = "measured",
) -> Response:  # fmt: skip
    """List summaries of periods that end within some days."""
    equal = {"period_kind": period, "code": code, "kind": kind, "stage": stage_of(visit, stage), "basis": basis}
    return _judged(visit, SUMMARIES, PERIOD_SUMMARY, _ends(visit, first, last), equal, wanted)


@router.get("/rankings", **listed(RANKED))
def rankings(
    visit: Reader, wanted: Answered,
    list_key: Annotated[str | None, Query(alias="list", max_length=64, description="Key of a list.")] = None,
    group: Annotated[str, Query(max_length=64, description="Group of counties.")] = EVERYONE,
    period: PeriodKind | None = None, code: Code = None, first: First = None, last: Last = None,
    stage: StageAsked = None, basis: Basis = "dust_deducted",
    law: Annotated[Literal["this", "last"], Query(description="Edition that judges both years.")] = "this",
) -> Response:  # fmt: skip
    """List rankings of periods that end within some days."""
    equal = {
        "list": list_key, "group": group, "period_kind": period, "code": code,
        "stage": stage_of(visit, stage), "basis": basis, "law": law,
    }  # fmt: skip
    return _judged(visit, RANKED, RANKINGS, _ends(visit, first, last), equal, wanted)


def _ends(visit: Visit, first: date | None, last: date | None) -> Days:
    return days_of(first, last or max(visit.today, first or visit.today) + _AHEAD, visit.today, 2 * _YEAR)


def _judged(
    visit: Visit, resource: Resource, table: Table, days: Days, equal: dict[str, Any], wanted: Answered
) -> Response:
    house = visit.house

    def read(first: date, last: date) -> pl.DataFrame:
        return resource.shaped(
            judged_rows(house.lake, table, first, last, resource.columns, equal), house.city.zone
        )

    about = tuple((name, None if value is None else str(value)) for name, value in sorted(equal.items()))
    return rows_answer(visit, Question(resource, read, days.first, days.last, about), wanted, [table.name])

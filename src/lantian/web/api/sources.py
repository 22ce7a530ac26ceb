"""Sources: outlets, the hours that they sent, and what looks doubtful; everybody sees their own, the city all."""

from datetime import date
from typing import Annotated

import polars as pl
from fastapi import APIRouter, Query
from starlette.responses import Response

from lantian.loop.sense.bulk import found_doubts, sent_hours
from lantian.loop.sense.quality_tables import QUALITY_FINDINGS
from lantian.loop.sense.standing import Outlet, list_outlets
from lantian.store.columns import TIMESTAMP
from lantian.store.source_tables import SOURCE_READINGS
from lantian.web.api.answers import rows_answer
from lantian.web.api.asking import Answered, Code, First, Last, days_of
from lantian.web.api.describing import listed
from lantian.web.api.lists import list_answer
from lantian.web.api.paging import Question
from lantian.web.api.resources import NO_UNIT, Field, Resource, all_but, fields_of, text
from lantian.web.guards import visit
from lantian.web.permissions import May
from lantian.web.visiting import Visit

router = APIRouter(tags=["sources"])
SCOPE = "read:sources"
Reader = Annotated[Visit, visit(May.READ_SOURCES, scope=SCOPE)]
_WEEK, _MONTH = 7, 31

OUTLETS = Resource(
    "outlets", "Outlets", "Outlets within the reader's scope, with whose they are and how they stand.", SCOPE,
    (
        text("code", "Code of the outlet.", nullable=False),
        text("name", "Name.", nullable=False),
        text("organisation_id", "Id of the body that it belongs to."),
        text("county", "adcode of that body's county."),
        text("source_kind", "Kind of source by the rules; empty where nobody recorded it.", nullable=False),
        text("mns", "Codes of its loggers (MN), comma-joined.", nullable=False),
        text("condition", "silent, late, over, fault, maintenance, stopped or running.", nullable=False),
        Field("hour_start", TIMESTAMP, NO_UNIT, "Start of the newest hour that it sent."),
    ),
    ("code",), once=True,
)  # fmt: skip
OUTLET_HOURS = Resource(
    "outlet-hours", "Hours of outlets, as sent",
    "Hourly values of outlets as their loggers sent them; unit and flag stand in each row. Hours are named by "
    "their start.", SCOPE,
    fields_of(
        SOURCE_READINGS,
        (
            "outlet", "factor", "period_start", "value", "minimum", "maximum", "converted", "amount", "unit",
            "amount_unit", "flag", "mn", "late", "received_at", "origin", "simulated",
        ),
    ),
    ("period_start", "outlet", "factor"), daily=True,
)  # fmt: skip
FINDINGS = Resource(
    "findings", "Findings about data", "Hours that look doubtful, with evidence and innocent reasons.", SCOPE,
    all_but(QUALITY_FINDINGS, ("withdrawn",)), ("hour_start", "kind", "place", "channel", "code"),
)  # fmt: skip


@router.get("/outlets", **listed(OUTLETS))
def outlets(
    visit: Reader, wanted: Answered, county: Annotated[str | None, Query(max_length=12)] = None
) -> Response:
    """List outlets."""
    rows = [_outlet(row) for row in _seen(visit) if county is None or row.county == county]
    return list_answer(visit, OUTLETS, rows, wanted, county)


def _outlet(row: Outlet) -> dict[str, object]:
    return {
        "code": row.code, "name": row.name, "organisation_id": row.body, "county": row.county,
        "source_kind": row.source_kind, "mns": ",".join(row.mns), "condition": row.condition.value,
        "hour_start": row.hour,
    }  # fmt: skip


@router.get("/outlet-hours", **listed(OUTLET_HOURS))
def outlet_hours(
    visit: Reader, wanted: Answered,
    outlet: Annotated[str | None, Query(max_length=64, description="Code of an outlet.")] = None,
    factor: Annotated[str | None, Query(max_length=32, description="Code of a factor by HJ 212.")] = None,
    first: First = None, last: Last = None,
) -> Response:  # fmt: skip
    """List hours of outlets."""
    house, days = visit.house, days_of(first, last, visit.today, _WEEK)
    seen = _codes(visit)
    codes = seen if outlet is None else frozenset({outlet}) & (frozenset({outlet}) if seen is None else seen)
    centre = house.centre()

    def read(begin: date, end: date) -> pl.DataFrame:
        rows = sent_hours(centre, begin, end, OUTLET_HOURS.columns, codes, factor)
        return OUTLET_HOURS.shaped(rows, house.city.zone)

    about = (None if codes is None else tuple(sorted(codes)), factor)
    question = Question(OUTLET_HOURS, read, days.first, days.last, about)
    return rows_answer(visit, question, wanted, [SOURCE_READINGS.name])


@router.get("/findings", **listed(FINDINGS))
def findings(
    visit: Reader, wanted: Answered, code: Code = None, first: First = None, last: Last = None,
    check: Annotated[str | None, Query(max_length=64, description="Code of the check that found it.")] = None,
    severity: Annotated[str | None, Query(max_length=16)] = None,
) -> Response:  # fmt: skip
    """List findings."""
    house, days = visit.house, days_of(first, last, visit.today, _MONTH)
    seen, centre = _codes(visit), house.centre()
    equal = {"place": code, "code": check, "severity": severity}

    def read(begin: date, end: date) -> pl.DataFrame:
        rows = found_doubts(centre, visit.scope, seen, begin, end, FINDINGS.columns, equal)
        return FINDINGS.shaped(rows, house.city.zone)

    counties = tuple(sorted(visit.scope.counties))
    about = (None if seen is None else (tuple(sorted(seen)), counties), tuple(equal.values()))
    question = Question(FINDINGS, read, days.first, days.last, about)
    return rows_answer(visit, question, wanted, [QUALITY_FINDINGS.name])


def _seen(visit: Visit) -> list[Outlet]:
    return list_outlets(visit.house.centre(), visit.scope, at=visit.now)


def _codes(visit: Visit) -> frozenset[str] | None:
    """Codes of the outlets that the reader may see; None: all."""
    return None if visit.scope.is_city else frozenset(row.code for row in _seen(visit))

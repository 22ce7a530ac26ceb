"""What looks doubtful about the data, with the evidence and what would make it right after all."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter
from starlette.responses import Response

from lantian.loop.sense.checks import list_findings
from lantian.loop.sense.quality_tables import QUALITY_FINDINGS
from lantian.terms.findings import Finding, Severity
from lantian.terms.words import mark
from lantian.web.guards import visit
from lantian.web.pages.air.looking import stretch_asked
from lantian.web.pages.sources.looking import back, factor_name, outlets_of, tabs_of
from lantian.web.permissions import May
from lantian.web.tables import MARK, TIME, Cell, DataTable, TableColumn
from lantian.web.visiting import Visit

router = APIRouter()
_DAYS, _SHOWN = 29, 100
_YEAR = 364
STATION, OUTLET, COMPOSITION = "station", "outlet", "composition"
KINDS = {STATION: mark("stations"), OUTLET: mark("outlets"), COMPOSITION: mark("composition of particles")}
SEVERITIES = {Severity.ERROR: mark("error"), Severity.WARNING: mark("warning"), Severity.INFO: mark("note")}
_ICONS = {Severity.ERROR: "fault", Severity.WARNING: "warning", Severity.INFO: "info"}


@router.get("/sources/findings")
def findings(
    visit: Annotated[Visit, visit(May.READ_SOURCES)], kind: str = "", severity: str = "", place: str = "",
    code: str = "",
) -> Response:  # fmt: skip
    """List findings that still hold, newest first."""
    first, last = stretch_asked(visit, back(visit.today, _DAYS), visit.today)
    centre = visit.house.centre()
    kinds = [kind] if kind in KINDS else list(KINDS)
    known = [
        (one, row) for one in kinds for row in list_findings(centre, first, last, place=place or None, kind=one)
    ]
    seen = _seen(visit, known)
    rows = [
        (one, row)
        for one, row in seen
        if (not severity or row.severity.value == severity) and (not code or row.code == code)
    ]
    rows.sort(key=lambda pair: (str(pair[1].when or ""), pair[1].where), reverse=True)
    return visit.page(
        "sources/findings.html",
        title=visit.say(mark("What looks doubtful?")),
        tables=[_table(visit, rows, f"{first} … {last}")],
        tabs=tabs_of(visit),
        kinds=[(one, visit.say(words)) for one, words in KINDS.items()],
        severities=[(one.value, visit.say(words)) for one, words in SEVERITIES.items()],
        codes=[(one, f"{one} ({n})") for one, n in sorted(Counter(row.code for _, row in seen).items())],
        kind=kind,
        severity=severity,
        place=place,
        code=code,
        first=first,
        last=last,
        year=visit.here(first=back(visit.today, _YEAR), last=visit.today),
    )


def _seen(visit: Visit, rows: Iterable[tuple[str, Finding]]) -> list[tuple[str, Finding]]:
    """Leave out the outlets that are not the visitor's to see."""
    if visit.scope.is_city:
        return list(rows)
    mine = {row.code for row in outlets_of(visit)}
    return [(kind, row) for kind, row in rows if kind != OUTLET or row.where in mine]


def _table(visit: Visit, rows: list[tuple[str, Finding]], period: str) -> DataTable:
    title = visit.say(mark("Findings"))
    columns = [
        TableColumn("place", visit.say(mark("Place"))),
        TableColumn("when", visit.say(mark("From")), kind=TIME),
        TableColumn("until", visit.say(mark("Until")), kind=TIME),
        TableColumn("severity", visit.say(mark("Weight")), kind=MARK),
        TableColumn("said", visit.say(mark("What was seen"))),
        TableColumn("innocent", visit.say(mark("What would make it right after all"))),
        TableColumn("code", visit.say(mark("Check"))),
    ]
    outlets = {row.code for row in outlets_of(visit)}
    stations = {row.code for row in visit.house.city.stations}
    body: list[list[Any]] = []
    links: list[str | None] = []
    for kind, row in rows:
        until = _instant(row.evidence.get("last_hour"), visit.house.city.zone)
        values = {**row.evidence, "channel": factor_name(visit, str(row.evidence.get("channel", "")))}
        links.append(_address(kind, row, outlets, stations))
        body.append(
            [
                Cell(row.where), row.when,
                until,
                Cell(row.severity.value, visit.say(SEVERITIES[row.severity]), state=_ICONS[row.severity]),
                visit.language.format(row.message, **values),
                visit.language.gettext(row.competing_explanation) if row.competing_explanation else None, row.code,
            ]
        )  # fmt: skip
    how = visit.how_made(title, period=period, tables=[QUALITY_FINDINGS.name])
    note = visit.say(mark("A finding is a hint, never a verdict. People decide in the review of data."))
    empty = visit.say(mark("Nothing doubtful was found in these days. `lantian sense check` looks again."))
    return DataTable("findings", title, columns, body, how, note=note, shown=_SHOWN, links=links, empty=empty)


def _instant(text: object, zone: ZoneInfo) -> datetime | None:
    return datetime.fromisoformat(text).astimezone(zone) if isinstance(text, str) else None


def _address(kind: str, row: Finding, outlets: set[str], stations: set[str]) -> str | None:
    """Return the page of the place on the days of a finding."""
    days = f"?first={row.when:%Y-%m-%d}&last={row.when:%Y-%m-%d}" if row.when is not None else ""
    if kind == OUTLET and row.where in outlets:
        return f"/sources/outlets/{row.where}{days}"
    return f"/air/places/{row.where}{days}" if kind == STATION and row.where in stations else None

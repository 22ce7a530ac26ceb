"""Dust: what looks like it, what a person approved, and how to take an approval back."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Form
from starlette.responses import Response

from lantian.loop.evaluate.browsing import list_city_dust
from lantian.loop.evaluate.events import DustEvent, approve_dust, list_dust, withdraw_dust
from lantian.science.dust import ApprovedPeriod
from lantian.terms.errors import CallerError
from lantian.terms.words import mark
from lantian.web.guards import visit
from lantian.web.pages.air.looking import Look, look_of
from lantian.web.permissions import May
from lantian.web.tables import Cell, DataTable, TableColumn
from lantian.web.visiting import Visit

router = APIRouter()
PROPOSALS = "dust_proposals"
_SHOWN = 12
_HOUR = timedelta(hours=1)


@router.get("/air/dust")
def dust(
    visit: Annotated[Visit, visit(May.READ_AIR)], first: str = "", last: str = "", where: str = ""
) -> Response:
    """Show proposals and approvals."""
    look = look_of(visit)
    events = list_dust(visit.house.ledger, withdrawn=True)
    return visit.page(
        "air/dust.html",
        title=visit.say(mark("When did dust come from outside?")),
        tables=[_proposals(look, events), _standing(look, events), _withdrawn(look, events)],
        look=look,
        may_decide=visit.may(May.APPROVE_DUST),
        first=first,
        last=last,
        where=where,
        places=[(code, look.name(kind, code)) for kind, code in look.groups],
        rule=look.rules(visit.today).dust,
        rule_title=look.edition(look.rules(visit.today).dust),
    )


@router.post("/air/dust/approve")
def approve(
    visit: Annotated[Visit, visit(May.APPROVE_DUST)],
    first: Annotated[str, Form()],
    last: Annotated[str, Form()],
    reason: Annotated[str, Form()],
    where: Annotated[str, Form()] = "",
) -> Response:
    """Approve a dust period of one place, or of the city and all its counties."""
    city = visit.house.city
    everyone = (city.adcode, *(county.adcode for county in city.counties))
    start, end = _hour_asked(visit, first), _hour_asked(visit, last) + _HOUR
    made = approve_dust(
        visit.house.ledger,
        city,
        (where,) if where else everyone,
        ApprovedPeriod(start, end),
        reason=reason,
        by=visit.login,
        now=visit.house.now,
    )
    if not made:
        return visit.back("/air/dust", visit.say(mark("This period is approved already; nothing was changed.")))
    said = visit.say(
        mark("Approved for {count} places. The next evaluation deducts the particles of its days."),
        count=len(made),
    )
    return visit.back("/air/dust", said)


@router.post("/air/dust/withdraw")
def withdraw(
    visit: Annotated[Visit, visit(May.APPROVE_DUST)],
    reason: Annotated[str, Form()],
    ids: Annotated[list[str] | None, Form()] = None,
) -> Response:
    """Take approvals back, all of them or none; their rows stay as evidence."""
    if not ids:
        raise CallerError("No approval was chosen, so nothing was withdrawn. Choose at least one row.")
    withdraw_dust(visit.house.ledger, ids, reason=reason, by=visit.login, now=visit.house.now)
    said = visit.say(
        mark("{count} approvals withdrawn. The next evaluation puts their days back."), count=len(ids)
    )
    return visit.back("/air/dust", said)


def _hour_asked(visit: Visit, text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError as fault:
        raise CallerError("{text!r} is no hour. Write it as 2026-03-15T06:00.", text=text) from fault
    if at.tzinfo is not None or (at.minute, at.second) != (0, 0):
        raise CallerError(
            "{text!r} is not a full hour of the city's clock. Write it as 2026-03-15T06:00.", text=text
        )
    return at.replace(tzinfo=visit.house.city.zone)


# ---------------------------------------------------------------------------------------------- tables


def _proposals(look: Look, events: Sequence[DustEvent]) -> DataTable:
    """List what looks like dust in the hours of the city, the newest first."""
    say = look.say
    found = look.visit.keeper.keep(
        ("air-dust", look.stage), [PROPOSALS], lambda: list_city_dust(look.lake, look.stage)
    )
    approved = [event.period for event in events if event.holds and event.code == look.scene.city.adcode]
    rows, links = [], []
    for row in found.iter_rows(named=True):
        begin, end = row["hour_start"], row["last_hour"]
        met = any(one.start <= end and begin < one.end for one in approved)
        query = {"first": f"{begin:%Y-%m-%dT%H:%M}", "last": f"{end:%Y-%m-%dT%H:%M}"}
        rows.append(
            [
                Cell(begin),
                Cell(end),
                Cell(row["pm10_reference"]),
                Cell(row["pm10_peak"]),
                Cell(row["ratio_reference"]),
                Cell(row["ratio_lowest"]),
                Cell(row["counties"]),
                Cell(
                    say(mark("approved")) if met else say(mark("not approved")),
                    state="final" if met else "waiting",
                ),
            ]
        )
        links.append(look.link("/air/dust", **query) + "#approve")
    unit = "µg/m³"
    heads = [
        TableColumn("first", say(mark("First hour")), kind="time"),
        TableColumn("last", say(mark("Last hour")), kind="time"),
        TableColumn("reference", say(mark("PM₁₀ before")), unit, "number", 0),
        TableColumn("peak", say(mark("Peak")), unit, "number", 0),
        TableColumn("ratio", say(mark("PM₂.₅/PM₁₀ before")), "", "number", 2),
        TableColumn("lowest", say(mark("Lowest")), "", "number", 2),
        TableColumn("counties", say(mark("Counties too")), "", "number", 0),
        TableColumn("decision", say(mark("Decision")), kind="mark"),
    ]
    title = say(mark("Looks like dust"))
    rule = look.rules(look.visit.today).dust
    how = look.visit.how_made(title, period="", tables=[PROPOSALS], editions=[rule])
    note = say(mark("A proposal alone deducts nothing ({rule})."), rule=look.edition(rule))
    empty = say(mark("Nothing looks like dust. Proposals are made by each evaluation."))
    return DataTable(
        "proposals", title, heads, rows, how, note=note, empty=empty, shown=_SHOWN,
        links=links if look.visit.may(May.APPROVE_DUST) else (),
    )  # fmt: skip


def _standing(look: Look, events: Sequence[DustEvent]) -> DataTable:
    """List the approvals that stand, the newest first; who may decide chooses some to withdraw."""
    held = [event for event in reversed(events) if event.holds]
    title = look.say(mark("Approved dust periods"))
    may = look.visit.may(May.APPROVE_DUST)
    return DataTable(
        "approvals",
        title,
        _event_heads(look),
        [_event_cells(look, event) for event in held],
        look.visit.how_made(title, editions=[look.rules(look.visit.today).dust]),
        empty=look.say(mark("Nothing was approved yet: particles count on every day.")),
        ids=[event.id for event in held] if may else (),
    )


def _withdrawn(look: Look, events: Sequence[DustEvent]) -> DataTable:
    """List the approvals that were taken back."""
    zone = look.scene.city.zone
    held = [event for event in reversed(events) if not event.holds]
    rows = [
        [
            *_event_cells(look, event),
            Cell(event.withdrawn_by),
            Cell(None if event.withdrawn_at is None else event.withdrawn_at.astimezone(zone)),
        ]
        for event in held
    ]
    heads = [
        *_event_heads(look),
        TableColumn("withdrawn_by", look.say(mark("Withdrawn by"))),
        TableColumn("withdrawn_at", look.say(mark("Withdrawn at")), kind="time"),
    ]
    title = look.say(mark("Withdrawn approvals"))
    return DataTable("withdrawn", title, heads, rows, look.visit.how_made(title))


def _event_heads(look: Look) -> list[TableColumn]:
    say = look.say
    return [
        TableColumn("place", say(mark("Place"))),
        TableColumn("first", say(mark("First hour")), kind="time"),
        TableColumn("last", say(mark("Last hour")), kind="time"),
        TableColumn("reason", say(mark("Reason"))),
        TableColumn("by", say(mark("Approved by"))),
        TableColumn("at", say(mark("Approved at")), kind="time"),
    ]


def _event_cells(look: Look, event: DustEvent) -> list[Cell]:
    zone = look.scene.city.zone
    return [
        Cell(look.place(event.code).name),
        Cell(event.period.start.astimezone(zone)),
        Cell(event.period.end.astimezone(zone) - _HOUR),
        Cell(event.reason),
        Cell(event.approved_by),
        Cell(event.approved_at.astimezone(zone)),
    ]

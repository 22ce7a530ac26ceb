"""Decisions: the chain, whom it names, and whether it is sound."""

import json
import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter
from starlette.responses import Response

from lantian.ledger.chain import count_rows, day_head, export_chain, list_entries, verify_chain
from lantian.terms.words import mark
from lantian.web.guards import visit
from lantian.web.pages.system.parts import tabs_of
from lantian.web.permissions import May
from lantian.web.tables import NUMBER, TIME, DataTable, Row, TableColumn
from lantian.web.visiting import Visit

router = APIRouter(prefix="/system/audit")
_MOST = 500

Auditor = Annotated[Visit, visit(May.READ_AUDIT)]


@router.get("")
def audit(
    visit: Auditor, actor: str = "", kind: str = "", subject: str = "", days: int = 7, verify: bool = False
) -> Response:
    """List decisions, newest first; prove the whole chain where that is asked for."""
    house = visit.house
    since = house.now() - timedelta(days=max(1, min(days, 36_500)))
    entries = list_entries(
        house.ledger, actor=actor or None, kind=kind or None, subject=subject or None, since=since, limit=_MOST
    )
    zone, title = house.city.zone, visit.say(mark("Who decided what?"))
    columns = [
        TableColumn("number", visit.say(mark("Number")), kind=NUMBER),
        TableColumn("at", visit.say(mark("At")), kind=TIME),
        TableColumn("actor", visit.say(mark("Who"))),
        TableColumn("kind", visit.say(mark("What"))),
        TableColumn("subject", visit.say(mark("About"))),
        TableColumn("payload", visit.say(mark("Details"))),
        TableColumn("hash", visit.say(mark("Hash"))),
    ]
    rows: list[Row] = [
        [
            entry.number,
            entry.at.astimezone(zone),
            entry.actor,
            entry.kind,
            entry.subject,
            entry.payload if isinstance(entry.payload, str) else json.dumps(entry.payload, ensure_ascii=False),
            entry.hash[:16],
        ]
        for entry in entries
    ]
    table = DataTable(
        "decisions", title, columns, rows, visit.how_made(title, tables=["entries"]), shown=100,
        note=visit.say(mark("At most {most} are listed. Times are of the wall clock."), most=_MOST),
        empty=visit.say(mark("No decision fits. Widen the days or clear the fields.")),
    )  # fmt: skip
    return visit.page(
        "system/audit.html", title=title, tabs=tabs_of(visit), tables=[table], actor=actor, kind=kind,
        subject=subject, days=days, report=verify_chain(house.ledger) if verify else None,
        head=day_head(house.ledger, house.lake.day_of(house.now()), zone), counts=count_rows(house.ledger),
    )  # fmt: skip


@router.get("/export")
def export(visit: Auditor) -> Response:
    """Give the chain as a file that can be proved elsewhere."""
    house = visit.house
    with tempfile.TemporaryDirectory(prefix="lantian-chain-") as folder:
        path = Path(folder) / "chain.jsonl"
        export_chain(house.ledger, path, house.now())
        return visit.file(path.read_bytes(), "chain.jsonl")

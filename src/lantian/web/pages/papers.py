"""Papers 文书: brief, bulletins and tables as an office signs and sends them; made by the worker, taken here."""

from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Form
from starlette.responses import Response

from lantian.desk.jobs import RunState
from lantian.desk.jobs.words import PAPER
from lantian.loop.evaluate.queries import list_periods
from lantian.loop.paperwork import PaperKind
from lantian.terms.errors import CallerError
from lantian.terms.periods import PeriodKind
from lantian.terms.words import mark
from lantian.web.faults import NotFound
from lantian.web.guards import visit
from lantian.web.permissions import May
from lantian.web.visiting import Visit

router = APIRouter(prefix="/papers")
HERE = "/papers"
_SHOWN = 40
NAMES = {
    PaperKind.BRIEF: mark("Daily air brief"),
    PaperKind.RANKING: mark("Ranking bulletin of the counties"),
    PaperKind.STATION: mark("Monthly table of a station"),
    PaperKind.DISPATCH: mark("Dispatch bulletin"),
}
_TEXT = Form(max_length=200)

Writer = Annotated[Visit, visit(May.WRITE_PAPERS)]


@router.get("")
def papers(visit: Writer) -> Response:
    """Show what can be made and what was made."""
    return visit.page("papers/papers.html", title=visit.say(mark("Which paper goes out?")), **_parts(visit))


@router.get("/now")
def renewed(visit: Writer) -> Response:
    """Give the list of papers as it is now."""
    return visit.fragment("papers/made.html", **_parts(visit))


def _parts(visit: Visit) -> dict[str, Any]:
    house = visit.house
    months = [period for period in list_periods(house.lake) if period.kind is PeriodKind.MONTH]
    return {
        "kinds": [(kind.value, visit.say(words)) for kind, words in NAMES.items()],
        "months": [(period.label, period.label) for period in reversed(months)],
        "stations": [(row.code, visit.named(row.name_zh, row.name_en)) for row in house.city.stations],
        "runs": house.jobs.list_runs(_SHOWN, what=PAPER),
        "zone": house.city.zone,
        "names": {kind.value: visit.say(words) for kind, words in NAMES.items()},
    }


@router.post("")
def make(
    visit: Writer,
    kind: Annotated[PaperKind, Form()],
    day: Annotated[str, _TEXT] = "",
    month: Annotated[str, _TEXT] = "",
    station: Annotated[str, _TEXT] = "",
    letterhead: Annotated[str, _TEXT] = "",
    number: Annotated[str, _TEXT] = "",
) -> Response:
    """Ask the worker for a paper in the reader's language."""
    of = day if kind is PaperKind.BRIEF else month
    if kind is not PaperKind.BRIEF and not of:
        raise CallerError("This paper is of a month. Choose one.")
    if kind is PaperKind.STATION and not station:
        raise CallerError("This table is of one station. Choose one.")
    inputs = {"kind": kind.value, "of": of, "letterhead": letterhead.strip(), "number": number.strip()}
    if kind is PaperKind.STATION:
        inputs["station"] = station
    inputs["language"] = visit.language.name
    for_when = " ".join(part for part in (kind.value, of, station) if part)
    visit.house.jobs.request(PAPER, for_when, inputs, by=visit.login)
    return visit.back(HERE, visit.say(mark("It waits for the worker; the list below renews itself.")))


@router.get("/{run_id}/{name}")
def take(visit: Writer, run_id: str, name: str) -> Response:
    """Give a file of a paper that was made."""
    run = visit.house.jobs.find_run(run_id)
    known = [] if run is None or run.what != PAPER or run.state != RunState.DONE else (run.result or {})["files"]
    path = Path(visit.house.folder, "exports", "papers", run_id, name)
    if name not in known or not path.is_file():
        raise NotFound("There is no such paper here any more. Make it again.")
    return visit.file(path.read_bytes(), name)

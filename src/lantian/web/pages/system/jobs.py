"""Runs: what the machine does now, did, and will do again; asked for, stopped, tried again."""

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Form
from starlette.responses import Response

from lantian.desk.jobs import RunCard, RunState
from lantian.desk.jobs.standing import standing
from lantian.desk.jobs.words import COMPACT, EVALUATE, RECOMPUTES, VERIFY, WORDS
from lantian.terms.words import mark
from lantian.web.guards import visit
from lantian.web.pages.system.parts import tabs_of
from lantian.web.permissions import May
from lantian.web.visiting import Visit

router = APIRouter(prefix="/system/jobs")
HERE = "/system/jobs"
_PAGE = 40
BY_HAND = (EVALUATE, RECOMPUTES, COMPACT, VERIFY)
"""Kinds that are asked for on this page; each takes at most two days."""

Reader = Annotated[Visit, visit(May.READ_SYSTEM)]
Runner = Annotated[Visit, visit(May.RUN_JOBS)]


@router.get("")
def jobs(visit: Reader, before: str | None = None, what: str | None = None) -> Response:
    """List runs, newest first."""
    return visit.page("system/jobs.html", title=visit.say(mark("What runs?")), **_parts(visit, before, what))


@router.get("/now")
def renewed(visit: Reader, before: str | None = None, what: str | None = None) -> Response:
    """Give the list as it is now."""
    return visit.fragment("system/jobs_now.html", **_parts(visit, before, what))


def _parts(visit: Visit, before: str | None, what: str | None) -> dict[str, Any]:
    runs = visit.house.jobs.list_runs(_PAGE, before=before, what=what or None)
    names = {name: visit.say(words) for name, words in WORDS.items()}
    return {
        "tabs": tabs_of(visit),
        "runs": runs,
        "names": names,
        "what": what or "",
        "more": visit.here(before=runs[-1].id) if len(runs) == _PAGE else "",
        "kinds": [(name, names[name]) for name in BY_HAND],
        "standing": standing(visit.house.folder),
        "open": {RunState.READY, RunState.RUNNING},
        "took": _took,
        "zone": visit.house.city.zone,
    }


def _took(run: RunCard) -> str:
    if run.started_at is None or run.ended_at is None:
        return "–"
    return f"{(run.ended_at - run.started_at).total_seconds():.1f} s"


@router.post("")
def ask(
    visit: Runner,
    what: Annotated[str, Form(max_length=40)],
    first: Annotated[date | None, Form()] = None,
    last: Annotated[date | None, Form()] = None,
) -> Response:
    """Ask for a run."""
    from lantian.terms.errors import CallerError

    if what not in BY_HAND:
        raise CallerError(
            "{what} cannot be asked for here. Choose one of {kinds}.", what=what, kinds=", ".join(BY_HAND)
        )
    days = {name: str(day) for name, day in (("first", first), ("last", last)) if day is not None}
    inputs = days if what == EVALUATE else {}
    visit.house.jobs.request(what, f"{first or ''}..{last or ''}" if days else "", inputs, by=visit.login)
    return visit.back(HERE, visit.say(mark("It waits for the worker.")))


@router.post("/{run_id}/cancel")
def cancel(visit: Runner, run_id: str) -> Response:
    """Stop a run at its next step."""
    visit.house.jobs.cancel(run_id, by=visit.login)
    return visit.back(HERE, visit.say(mark("The run is asked to stop.")))


@router.post("/{run_id}/retry")
def retry(visit: Runner, run_id: str) -> Response:
    """Ask once more for a run that failed or was stopped."""
    visit.house.jobs.retry(run_id, by=visit.login)
    return visit.back(HERE, visit.say(mark("It waits for the worker.")))

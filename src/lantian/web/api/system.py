"""Runs: what the machine did and does."""

import json
from typing import Annotated

import polars as pl
from fastapi import APIRouter, Query
from starlette.responses import Response

from lantian.desk.jobs import RunCard, RunState
from lantian.store.columns import TIMESTAMP
from lantian.web.api.asking import Answered
from lantian.web.api.describing import listed
from lantian.web.api.lists import list_answer
from lantian.web.api.resources import NO_UNIT, Field, Resource, text
from lantian.web.guards import visit
from lantian.web.permissions import May
from lantian.web.visiting import Visit

router = APIRouter(tags=["system"])
SCOPE = "read:system"
Reader = Annotated[Visit, visit(May.READ_SYSTEM, scope=SCOPE)]
_NEWEST = 10_000

RUNS = Resource(
    "runs", "Runs", f"The newest {_NEWEST} runs, newest first.", SCOPE,
    (
        text("id", "Id of the run; rows that it wrote name it.", nullable=False),
        text("what", "What it does.", nullable=False),
        text("for_when", "Days or hours that it is for.", nullable=False),
        text("state", "ready, running, done, failed or cancelled.", nullable=False),
        Field("done", pl.Float64(), "1", "Share done, from 0 to 1.", False),
        text("result", "What came of it, as JSON."),
        text("error", "Why it failed."),
        text("code_version", "Version of Lantian.", nullable=False),
        Field("made_at", TIMESTAMP, NO_UNIT, "When it was asked for.", False),
        Field("started_at", TIMESTAMP, NO_UNIT, "When it began."),
        Field("ended_at", TIMESTAMP, NO_UNIT, "When it ended."),
        text("requested_by", "Login of who asked for it."),
    ),
    ("id",), falling=True, once=True,
)  # fmt: skip


@router.get("/runs", **listed(RUNS))
def runs(
    visit: Reader, wanted: Answered, what: Annotated[str | None, Query(max_length=64)] = None,
    state: RunState | None = None,
) -> Response:  # fmt: skip
    """List runs."""
    found = visit.house.jobs.list_runs(_NEWEST, what=what, state=state)
    return list_answer(visit, RUNS, [_run(run) for run in found], wanted, what, state)


def _run(run: RunCard) -> dict[str, object]:
    held = {name: getattr(run, name) for name in RUNS.columns}
    result = None if run.result is None else json.dumps(dict(run.result), ensure_ascii=False, sort_keys=True)
    return {**held, "state": str(run.state), "result": result}

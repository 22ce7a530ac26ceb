"""The law in force: editions of the rules, at a date, and each whole."""

from datetime import date
from typing import Annotated

import polars as pl
from fastapi import APIRouter, Query
from starlette.responses import JSONResponse, Response

from lantian.terms.errors import RuleError
from lantian.web.api.asking import Answered
from lantian.web.api.describing import faults, listed
from lantian.web.api.lists import list_answer
from lantian.web.api.resources import NO_UNIT, Field, Resource, text
from lantian.web.faults import NotFound
from lantian.web.guards import visit
from lantian.web.permissions import May
from lantian.web.visiting import Visit

router = APIRouter(tags=["rules"])
SCOPE = "read:rules"
Reader = Annotated[Visit, visit(May.READ_RULES, scope=SCOPE)]

RULES = Resource(
    "rules", "Editions of the rules", "Every edition with its source, or those that hold on a day.", SCOPE,
    (
        text("id", "Id of the edition; rows that it judged name it.", nullable=False),
        text("subject", "What it is about.", nullable=False),
        text("jurisdiction", "Where it holds.", nullable=False),
        text("variant", "Names by which a city chooses it, comma-joined.", nullable=False),
        text("title", "Title in English.", nullable=False),
        text("title_zh", "Title.", nullable=False),
        Field("in_force", pl.Date(), NO_UNIT, "First day that it judges.", False),
        Field("until", pl.Date(), NO_UNIT, "Last day that it judges; null while it is open."),
        text("source", "Instrument and clause.", nullable=False),
        text("confidence", "A two sources or more, B one source, C from memory.", nullable=False),
        text("reason", "Why a city departs from the packaged rule."),
    ),
    ("subject", "in_force", "id"), once=True,
)  # fmt: skip


@router.get("/rules", **listed(RULES))
def rules(
    visit: Reader, wanted: Answered, subject: Annotated[str | None, Query(max_length=64)] = None,
    on: Annotated[date | None, Query(description="Only editions whose days hold this one.")] = None,
) -> Response:  # fmt: skip
    """List editions."""
    rows = [
        {name: getattr(row, name) for name in RULES.columns}
        | {"variant": ",".join(row.variant), "confidence": row.confidence.value}
        for row in visit.house.rulebook.editions()
        if (subject is None or row.subject == subject) and (on is None or row.holds_on(on))
    ]
    return list_answer(visit, RULES, rows, wanted, subject, on)


@router.get(
    "/rules/{edition_id}",
    summary="One edition, whole",
    description="Every setting of an edition; decimals are texts, so that they stay exact.",
    operation_id="get_rule",
    responses={
        200: {"description": "The edition.", "content": {"application/json": {"schema": {"type": "object"}}}},
        **faults((404, "There is no such edition.")),
    },
    openapi_extra={"x-scope": SCOPE, "security": [{"token": []}, {"session": []}]},
)
def rule(visit: Reader, edition_id: str) -> Response:
    """Give one edition."""
    try:
        held = visit.house.rulebook.by_id(edition_id)
    except RuleError as error:
        raise NotFound(error.message, **error.values) from error
    return JSONResponse({"data": held.model_dump(mode="json")}, headers={"Cache-Control": "private, no-cache"})

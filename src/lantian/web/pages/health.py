"""Health: whether the processes of the house run, for whoever watches it; it tells nothing that is anybody's."""

from typing import Annotated

from fastapi import APIRouter
from starlette.responses import JSONResponse, Response

from lantian.desk.jobs.standing import standing
from lantian.web.guards import visit
from lantian.web.permissions import May
from lantian.web.visiting import Visit

router = APIRouter()
_UNWELL = 503


@router.get("/health")
def health(visitor: Annotated[Visit, visit(May.NOTHING)]) -> Response:
    """Say how the processes of the house stand; 503 where one does not run."""
    found = standing(visitor.house.folder)
    return JSONResponse(found.said(), 200 if found.ok else _UNWELL, {"Cache-Control": "no-store"})

"""Plan 计划: what did we promise, who does it, by when, and are we on the way?"""

from fastapi import APIRouter

from lantian.web.pages.plan import (
    admission,
    bodies,
    duties,
    editions,
    escalation,
    files,
    indicators,
    matrix,
    measures,
    meetings,
    overview,
    projects,
    reporting,
    review,
    sheets,
    targets,
    timeline,
)

router = APIRouter()
for _part in (
    overview, targets, indicators, measures, bodies, matrix, timeline, duties, reporting, review, sheets,
    escalation, meetings, projects, admission, editions, files,
):  # fmt: skip
    router.include_router(_part.router)

__all__ = ["router"]

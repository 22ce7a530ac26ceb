"""The wall 大屏: the same data as Today, read-only, laid out for a hall; it renews itself."""

from typing import Annotated

from fastapi import APIRouter
from starlette.responses import Response

from lantian.terms.words import mark
from lantian.web.guards import visit
from lantian.web.pages.today.routes import parts_of
from lantian.web.permissions import May
from lantian.web.visiting import Visit

router = APIRouter(prefix="/wall")

Reader = Annotated[Visit, visit(May.READ_AIR)]


@router.get("")
def wall(visit: Reader) -> Response:
    """Show the wall."""
    return visit.page("wall/wall.html", title=visit.say(mark("How is the air now?")), **parts_of(visit))


@router.get("/now")
def renewed(visit: Reader) -> Response:
    """Give all that renews itself."""
    return visit.fragment("wall/now.html", **parts_of(visit))

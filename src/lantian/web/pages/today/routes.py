"""The page, its map, its chart, and the part that renews itself."""

from typing import Annotated, Any

from fastapi import APIRouter
from starlette.responses import Response

from lantian.terms.words import mark
from lantian.web.guards import visit
from lantian.web.pages.today.air import AIR_TABLES, air_now, hours_chart
from lantian.web.pages.today.duties import news_of, tasks_of
from lantian.web.pages.today.map import MAP_TABLES, city_map
from lantian.web.pages.today.tables import county_table
from lantian.web.permissions import May
from lantian.web.visiting import Visit

router = APIRouter(prefix="/today")

Reader = Annotated[Visit, visit(May.READ_AIR)]


@router.get("")
def today(visit: Reader) -> Response:
    """Show the day."""
    return visit.page("today/today.html", title=visit.say(mark("What must I know today?")), **parts_of(visit))


@router.get("/now")
def renewed(visit: Reader) -> Response:
    """Give the part of the page that renews itself."""
    return visit.fragment("today/now.html", **parts_of(visit))


def parts_of(visit: Visit) -> dict[str, Any]:
    """Gather what the page and the wall show."""
    air = air_now(visit)
    return {
        "air": air,
        "city_map": city_map(visit),
        "tasks": tasks_of(visit),
        "news": news_of(visit),
        "tables": [county_table(visit, air)],
    }


@router.get("/map.json")
def map_json(visit: Reader) -> Response:
    """Give the map to the browser."""
    key = ("today", "map", visit.now, visit.keeper.versions(MAP_TABLES))
    return visit.kept(lambda: city_map(visit).text().encode(), "json", *key)


@router.get("/hours.json")
def hours_json(visit: Reader) -> Response:
    """Give the last three days of the city, hour by hour."""
    return visit.chart(hours_chart(visit), "today", "hours", visit.now, visit.keeper.versions(AIR_TABLES))

"""Air 空气: places, series, calendars, rankings, attainment, two laws, dust; and why each number is what it is."""

from fastapi import APIRouter

from lantian.web.pages.air import (
    attainment,
    calendars,
    compare,
    day,
    dust,
    overview,
    place,
    rankings,
    variation,
    why,
)

router = APIRouter()
for _part in (overview, place, calendars, day, variation, rankings, attainment, compare, why, dust):
    router.include_router(_part.router)

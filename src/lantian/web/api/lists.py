"""Lists that are small enough to be laid out at once."""

from typing import Any

from starlette.responses import Response

from lantian.web.api.answers import Wanted, rows_answer
from lantian.web.api.paging import Question
from lantian.web.api.resources import Resource
from lantian.web.visiting import Visit


def list_answer(
    visit: Visit, resource: Resource, rows: list[dict[str, Any]], wanted: Wanted, *about: object
) -> Response:
    """Answer with records; `about` are the filters by which they were chosen."""
    frame = resource.shaped(resource.frame(rows), visit.house.city.zone)
    today = visit.today
    return rows_answer(visit, Question(resource, lambda _first, _last: frame, today, today, about), wanted)

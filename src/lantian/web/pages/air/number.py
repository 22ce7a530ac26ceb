"""The one number of this room that stands in the rail: the city's real-time index."""

from typing import TYPE_CHECKING

import polars as pl

from lantian.city.records import SubjectKind
from lantian.loop.evaluate.now import newest_hours
from lantian.loop.evaluate.tables import HOURLY_INDEX

if TYPE_CHECKING:
    from lantian.web.visiting import Visit


def city_index(visit: "Visit") -> str | None:
    """Return the index of the city's newest hour; None where none is known now."""

    def read() -> str | None:
        rows = newest_hours(visit.house.lake, visit.now)
        index = rows.filter(pl.col("kind") == SubjectKind.CITY.value).get_column("aqi")
        return None if index.is_empty() or index[0] is None else str(index[0])

    return visit.keeper.keep(("air-number", visit.now), [HOURLY_INDEX.name], read)

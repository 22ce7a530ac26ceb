"""What else is seen of the city at an instant: hot spots from space, the wind at its places with weather."""

from datetime import datetime, timedelta

import polars as pl

from lantian.loop.sense.centre import Centre
from lantian.store import FIRES, WEATHER_HOURS

WIND_HOURS = 3
"""Wind that is older is not the wind of now. [h]"""


def fires_seen(centre: Centre, first: datetime, end: datetime) -> pl.DataFrame:
    """Read hot spots that satellites saw in and around the city in a stretch of time, the newest first."""
    day = centre.lake.day_of
    rows = centre.lake.read(FIRES, first=day(first), last=day(end))
    at = pl.col("acquired_at").dt.convert_time_zone(centre.city.zone.key)
    inside = (pl.col("acquired_at") >= first) & (pl.col("acquired_at") < end)
    return rows.filter(inside).with_columns(at).sort("acquired_at", descending=True)


def wind_now(centre: Centre, at: datetime) -> pl.DataFrame:
    """Return the newest wind of every place before an instant; calm and unknown places are left out."""
    first = at - timedelta(hours=WIND_HOURS)
    rows = centre.lake.read(WEATHER_HOURS, first=centre.lake.day_of(first), last=centre.lake.day_of(at))
    known = pl.all_horizontal(
        pl.col(name).is_not_null() for name in ("longitude", "latitude", "wind_speed", "wind_direction")
    )
    inside = (pl.col("hour_start") >= first) & (pl.col("hour_start") < at) & known & (pl.col("wind_speed") > 0)
    return rows.filter(inside).sort("hour_start").unique("place", keep="last", maintain_order=True)

"""Reads of the newest hours: how is the air at this moment, and how was it a day ago?"""

from datetime import datetime, timedelta

import polars as pl

from lantian.city.records import SubjectKind
from lantian.loop.evaluate.hours import Stage
from lantian.loop.evaluate.tables import HOURLY_INDEX
from lantian.store.lake import Lake

NEWS_HOURS = 6
"""An hour older than this is no longer how it is now. [h]"""


def hours_between(
    lake: Lake, first: datetime, end: datetime, *, kind: SubjectKind | None = None, code: str | None = None
) -> pl.DataFrame:
    """Read judged hours that begin in a stretch, the original ones: nobody waits for the audited.

    Parameters
    ----------
    first, end : datetime
        Start of the first hour, and the instant before which they begin.
    """
    where = (
        (pl.col("stage") == Stage.ORIGINAL.value)
        & ~pl.col("withdrawn")
        & (pl.col("hour_start") >= first)
        & (pl.col("hour_start") < end)
    )
    if kind is not None:
        where &= pl.col("kind") == kind.value
    if code is not None:
        where &= pl.col("code") == code
    last = end - timedelta(microseconds=1)
    return lake.read(HOURLY_INDEX, first=lake.day_of(first), last=lake.day_of(last), where=where)


def newest_hours(lake: Lake, at: datetime) -> pl.DataFrame:
    """Return the newest judged hour of every subject before an instant; whoever was silent too long is absent."""
    rows = hours_between(lake, at - timedelta(hours=NEWS_HOURS), at)
    return rows.sort("hour_start").unique(["kind", "code"], keep="last", maintain_order=True).sort("kind", "code")

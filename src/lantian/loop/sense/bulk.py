"""Reads of what outlets sent and of what looks doubtful, of many places at once, within a reader's scope."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date

import polars as pl

from lantian.ledger.people import Scope
from lantian.loop.sense.centre import Centre
from lantian.loop.sense.outlet_hours import READINGS
from lantian.loop.sense.quality_tables import QUALITY_FINDINGS

Seen = Collection[str] | None
"""Codes that a reader may see; None: all."""


def sent_hours(
    centre: Centre, first: date, last: date, columns: Sequence[str], outlets: Seen, factor: str | None = None
) -> pl.DataFrame:
    """Read the hours that outlets sent, as sent, in no particular order.

    Parameters
    ----------
    outlets : collection of str, optional
        Codes that may be seen.
    """
    where = pl.col("period") == "hour"
    if outlets is not None:
        where &= pl.col("outlet").is_in(sorted(outlets))
    if factor is not None:
        where &= pl.col("factor") == factor
    return centre.lake.scan(READINGS, first=first, last=last, columns=columns, where=where).collect()


def found_doubts(
    centre: Centre,
    scope: Scope,
    outlets: Seen,
    first: date,
    last: date,
    columns: Sequence[str],
    equal: Mapping[str, str | None],
) -> pl.DataFrame:
    """Read the findings that hold, in no particular order.

    Parameters
    ----------
    scope : Scope
        Whose rows may be seen: of stations those in the counties that somebody governs.
    outlets : collection of str, optional
        Outlets that may be seen.
    equal : mapping
        Column → the only value wanted; None lets every value through.
    """
    where = ~pl.col("withdrawn")
    for name, value in equal.items():
        if value is not None:
            where &= pl.col(name) == value
    if not scope.is_city:
        stations = [row.code for row in centre.city.stations if scope.covers(None, row.county)]
        where &= pl.col("place").is_in([*stations, *sorted(outlets or ())])
    return centre.lake.scan(QUALITY_FINDINGS, first=first, last=last, columns=columns, where=where).collect()

"""Reads of judged rows of many places at once, for programs that take them away."""

from collections.abc import Mapping, Sequence
from datetime import date

import polars as pl

from lantian.store.columns import Table
from lantian.store.lake import Lake


def judged_rows(
    lake: Lake,
    table: Table,
    first: date,
    last: date,
    columns: Sequence[str],
    equal: Mapping[str, str | None],
) -> pl.DataFrame:
    """Read what holds in one of this room's tables, in no particular order.

    Parameters
    ----------
    lake : Lake
        Store of the city.
    table : Table
        One of `lantian.loop.evaluate.tables.TABLES`.
    first, last : date
        Days that bound the read, both included; of periods their last days.
    columns : sequence of str
        Columns wanted.
    equal : mapping
        Column → the only value wanted; None lets every value through.
    """
    where = ~pl.col("withdrawn")
    for name, value in equal.items():
        if value is not None:
            where &= pl.col(name) == value
    return lake.scan(table, first=first, last=last, columns=columns, where=where).collect()

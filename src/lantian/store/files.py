"""Which data files a table consists of, and which of them a read can do without.

The name of a data file carries a promise that its writer kept, so that no read has to find it out again:

``unique-…``
    no key stands twice in this file;
``past-…``
    every row of it is superseded by a newer row of the same key elsewhere in the table, so that only a look back
    in time needs the file.

A file of any other name promises nothing. Because files never change and the log says exactly which of them are
in force, a promise can never grow stale: a later append adds a file of its own beside them.
"""

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

import polars as pl
from deltalake import DeltaTable

from lantian.store.columns import RECORDED_AT, TIMESTAMP, Table

_STATISTIC_TEXT_LIMIT = 64


class Promise(StrEnum):
    """What the name of a data file promises."""

    UNIQUE = "unique"
    PAST = "past"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class DataFile:
    """A data file in force, with the bounds that its log entry states."""

    path: str
    """Relative to the table's folder."""
    size: int
    """[byte]"""
    rows: int | None
    """None: the log does not say."""
    partition: str | None
    promise: Promise
    first_day: date | None
    last_day: date | None
    low: datetime | date | None
    """Smallest instant (or day) of its rows; None: unknown."""
    high: datetime | date | None
    recorded_low: datetime | None
    recorded_high: datetime | None


def promise_of(path: str) -> Promise:
    """Read the promise in a file's name."""
    name = path.rsplit("/", 1)[-1]
    for promise in (Promise.UNIQUE, Promise.PAST):
        if name.startswith(f"{promise}-"):
            return promise
    return Promise.NOTHING


def files_in_force(delta: DeltaTable, table: Table) -> list[DataFile]:
    """List the data files of one snapshot of a table."""
    actions = pl.DataFrame(delta.get_add_actions(flatten=True))
    span = table.instant or table.day
    wanted = {
        "path": "path",
        "size": "size_bytes",
        "rows": "num_records",
        "partition": f"partition.{table.partition}",
        "first_day": f"min.{table.day}",
        "last_day": f"max.{table.day}",
        "low": f"min.{span}",
        "high": f"max.{span}",
        "recorded_low": f"min.{RECORDED_AT.name}",
        "recorded_high": f"max.{RECORDED_AT.name}",
    }
    found = actions.select(
        (pl.col(source) if source in actions.columns else pl.lit(None)).alias(name)
        for name, source in wanted.items()
    )
    return [_data_file(row) for row in found.iter_rows(named=True)]


def _data_file(row: dict[str, Any]) -> DataFile:
    cut = row.pop("partition")
    return DataFile(
        **row,
        partition=None if cut is None else str(cut),
        promise=promise_of(row["path"]),
    )


def overlapping_days(files: Iterable[DataFile], first: date | None, last: date | None) -> list[DataFile]:
    """Keep the files that may hold a day from `first` to `last`, both included."""
    return [
        file
        for file in files
        if not (
            (first is not None and file.last_day is not None and file.last_day < first)
            or (last is not None and file.first_day is not None and file.first_day > last)
        )
    ]


def without_past(files: Iterable[DataFile], known_on: datetime | None) -> list[DataFile]:
    """Drop what a read as known on an instant does not need: later files, and superseded rows.

    A ``past`` file is needed only when a row that supersedes one of its rows may be later than `known_on`.
    """
    by_partition: dict[str | None, list[DataFile]] = defaultdict(list)
    for file in files:
        by_partition[file.partition].append(file)
    kept: list[DataFile] = []
    for members in by_partition.values():
        all_known = known_on is None or all(
            file.recorded_high is not None and file.recorded_high <= known_on for file in members
        )
        kept += [
            file
            for file in members
            if not (all_known and file.promise is Promise.PAST)
            and (known_on is None or file.recorded_low is None or file.recorded_low <= known_on)
        ]
    return kept


def tangles(files: Iterable[DataFile]) -> list[list[DataFile]]:
    """Group files whose rows might share a key: same partition and overlapping instants.

    The instant is part of every key, so files of disjoint instants can never correct one another.
    """
    groups: list[list[DataFile]] = []
    by_partition: dict[str | None, list[DataFile]] = defaultdict(list)
    for file in files:
        by_partition[file.partition].append(file)
    for members in by_partition.values():
        if any(file.low is None or file.high is None for file in members):
            groups.append(members)
            continue
        reach: Any = None
        for file in sorted(members, key=_low):
            if reach is None or _low(file) > reach:
                groups.append([file])
                reach = file.high
            else:
                groups[-1].append(file)
                reach = max(reach, file.high)
    return groups


def _low(file: DataFile) -> Any:
    return file.low


def needs_choice(group: list[DataFile]) -> bool:
    """Whether a group may hold several versions of a key."""
    return len(group) > 1 or group[0].promise is not Promise.UNIQUE


def statistics_of(table: Table, rows: pl.DataFrame) -> str:
    """Row count and bounds of a data file as the Delta log wants them (JSON)."""
    names = [
        column.name
        for column in table.stored
        if column.name in {*table.key, table.day, RECORDED_AT.name}
        and column.dtype in (TIMESTAMP, pl.Date(), pl.String(), pl.Int64(), pl.Int32(), pl.Int16(), pl.Int8())
    ]
    bounds = rows.select(
        *(pl.col(name).min().alias(f"min {name}") for name in names),
        *(pl.col(name).max().alias(f"max {name}") for name in names),
    ).row(0, named=True)
    lowest, highest = {}, {}
    for name in names:
        low, high = _as_json(bounds[f"min {name}"]), _as_json(bounds[f"max {name}"])
        if low is not None and high is not None:
            lowest[name], highest[name] = low, high
    return json.dumps(
        {
            "numRecords": rows.height,
            "minValues": lowest,
            "maxValues": highest,
            "nullCount": dict.fromkeys(lowest, 0),
        },
        ensure_ascii=False,
    )


def _as_json(value: Any) -> str | int | None:
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str):
        return value if len(value) <= _STATISTIC_TEXT_LIMIT else None
    return value if isinstance(value, int) else None

"""Reads: the latest version of every fact as known on an instant, from as few files as possible."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import polars as pl

from lantian.store.columns import RECORDED_AT, TIMESTAMP, Table
from lantian.store.files import DataFile, needs_choice, overlapping_days, tangles, without_past


@dataclass(frozen=True, slots=True)
class Question:
    """What a read asks for."""

    first: date | None = None
    """First legal day."""
    last: date | None = None
    """Last legal day, included."""
    known_on: datetime | None = None
    """Only what was recorded up to this instant."""
    latest: bool = True
    """Only the latest version of each key; False: all versions."""
    columns: Sequence[str] | None = None
    where: pl.Expr | None = None


def needed_files(question: Question, files: Sequence[DataFile]) -> list[DataFile]:
    """List the files that a read really opens."""
    found = overlapping_days(files, question.first, question.last)
    if question.latest:
        return without_past(found, question.known_on)
    return [
        file
        for file in found
        if question.known_on is None or file.recorded_low is None or file.recorded_low <= question.known_on
    ]


def answer(
    table: Table, folder: Path, files: Sequence[DataFile], question: Question, zone: ZoneInfo
) -> pl.LazyFrame:
    """Build the lazy read; nothing is opened before it is collected."""
    wanted = list(question.columns) if question.columns is not None else list(table.by_name)
    needed = needed_files(question, files)
    if not needed:
        nothing: pl.LazyFrame = pl.DataFrame(schema=table.schema(zone.key)).lazy()
        return nothing.select(wanted)
    plain: list[DataFile] = []
    tangled: list[list[DataFile]] = []
    for group in tangles(needed) if question.latest else [list(needed)]:
        if question.latest and needs_choice(group):
            tangled.append(group)
        else:
            plain += group
    parts = [_rows(table, folder, group, question, zone, choose=True) for group in tangled]
    if plain:
        parts.append(_rows(table, folder, plain, question, zone, choose=False))
    return (pl.concat(parts) if len(parts) > 1 else parts[0]).select(wanted)


def _rows(
    table: Table, folder: Path, files: Sequence[DataFile], question: Question, zone: ZoneInfo, *, choose: bool
) -> pl.LazyFrame:
    rows: pl.LazyFrame = pl.scan_parquet(
        [folder / file.path for file in files],
        schema={column.name: column.dtype for column in table.stored},
        missing_columns="insert",
        hive_partitioning=False,
        glob=False,
    )
    if table.day is not None:
        if question.first is not None and any(f.first_day is None or f.first_day < question.first for f in files):
            rows = rows.filter(pl.col(table.day) >= question.first)
        if question.last is not None and any(f.last_day is None or f.last_day > question.last for f in files):
            rows = rows.filter(pl.col(table.day) <= question.last)
    known_on = question.known_on
    if known_on is not None and any(f.recorded_high is None or f.recorded_high > known_on for f in files):
        rows = rows.filter(pl.col(RECORDED_AT.name) <= known_on)
    rows = rows.with_columns(
        pl.col(column.name).dt.convert_time_zone(zone.key)
        for column in table.stored
        if column.dtype == TIMESTAMP and column.name != RECORDED_AT.name
    )
    where = question.where
    before = where is not None and (not choose or _same_for_all_versions(table, where))
    if where is not None and before:
        rows = rows.filter(where)
    if choose:
        rows = latest_of(table, rows)
    if where is not None and not before:
        rows = rows.filter(where)
    return rows


def _same_for_all_versions(table: Table, where: pl.Expr) -> bool:
    """Whether a condition looks at the key alone, so that it may be asked before the latest version is chosen."""
    fixed = {*table.key, table.day, table.partition}
    return set(where.meta.root_names()) <= fixed


def latest_of(table: Table, rows: pl.LazyFrame) -> pl.LazyFrame:
    """Keep the version of each key that was recorded last."""
    return rows.sort(RECORDED_AT.name, maintain_order=True).unique(
        subset=list(table.key), keep="last", maintain_order=True
    )

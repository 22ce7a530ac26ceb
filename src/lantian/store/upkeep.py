"""Upkeep of a table: fewer files, no dead files, no rows past their time, and a look for damage."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import polars as pl
from deltalake import DeltaTable

from lantian.store.columns import RECORDED_AT, Table
from lantian.store.commits import Draft, all_or_nothing
from lantian.store.files import DataFile, Promise, files_in_force
from lantian.store.latest import Question, answer
from lantian.store.records import Compacted
from lantian.terms.findings import Finding, Severity

MANY_FILES = 64
"""From this many files in one partition on, `check` advises to compact. [1]"""
_UTC = ZoneInfo("UTC")


def compact(table: Table, folder: Path, delta: DeltaTable, partition: str | None, *, command: str) -> Compacted:
    """Rewrite partitions that are in pieces: current rows in one file, superseded ones in another."""
    partitions = by_partition(files_in_force(delta, table))
    todo = {
        cut: members
        for cut, members in partitions.items()
        if (partition is None or cut == partition) and not _is_compact(members)
    }
    if not todo:
        return Compacted(0, 0, 0, delta.version())
    draft = Draft(folder, table)
    with all_or_nothing(draft):
        for cut, members in todo.items():
            rows = answer(table, folder, members, Question(latest=False), _UTC)
            whole = rows.sort(*table.order, *table.key, RECORDED_AT.name).collect()
            newest = pl.col(RECORDED_AT.name) == pl.col(RECORDED_AT.name).max().over(table.key)
            for promise, piece in ((Promise.UNIQUE, whole.filter(newest)), (Promise.PAST, whole.filter(~newest))):
                if not piece.is_empty():
                    draft.write(piece, promise, cut, data_change=False)
        old = [file for members in todo.values() for file in members]
        notes = {"what": "compact", "command": command, "partitions": len(todo)}
        version = draft.commit(delta, notes, old, data_change=False)
    return Compacted(len(todo), len(old), len(draft.added), version)


def _is_compact(members: list[DataFile]) -> bool:
    promises = sorted(file.promise for file in members)
    return promises in ([Promise.UNIQUE], [Promise.PAST, Promise.UNIQUE])


def by_partition(files: Iterable[DataFile]) -> dict[str | None, list[DataFile]]:
    """Group files by partition."""
    groups: dict[str | None, list[DataFile]] = defaultdict(list)
    for file in files:
        groups[file.partition].append(file)
    return dict(groups)


def vacuum(delta: DeltaTable, keep_hours: int) -> list[str]:
    """Delete files that are out of force, and files that no commit ever took."""
    return delta.vacuum(keep_hours, dry_run=False, enforce_retention_duration=False, full=True)


def retain(table: Table, folder: Path, delta: DeltaTable, oldest: date, *, command: str) -> list[str]:
    """Take partitions out of force whose every day lies before `oldest`."""
    old = {
        cut: members
        for cut, members in by_partition(files_in_force(delta, table)).items()
        if cut is not None and all(file.last_day is not None and file.last_day < oldest for file in members)
    }
    if not old:
        return []
    draft = Draft(folder, table)
    with all_or_nothing(draft):
        notes = {"what": "retain", "command": command, "partitions": len(old), "before": oldest.isoformat()}
        draft.commit(delta, notes, [file for members in old.values() for file in members])
    return sorted(cut for cut in old if cut is not None)


# ---------------------------------------------------------------------------------------------- check


def check(table: Table, folder: Path, delta: DeltaTable, zone: ZoneInfo, now: datetime) -> list[Finding]:
    """Read every file and compare it with the declaration, the log and the clock."""
    findings: list[Finding] = []
    files = files_in_force(delta, table)
    findings += _missing_columns(table, delta)
    for file in files:
        findings += _check_file(table, folder, file, zone, now)
    for cut, members in by_partition(files).items():
        if len(members) > MANY_FILES:
            findings.append(
                Finding(
                    "many_small_files",
                    f"{table.name}/{cut or ''}",
                    f"{len(members)} files: reads open each of them; compact the table",
                    Severity.INFO,
                    evidence={"files": len(members), "bytes": sum(file.size for file in members)},
                )
            )
    return findings


def unreadable(table: Table, why: str) -> Finding:
    """Say that a table cannot be opened."""
    return Finding("unreadable_table", table.name, why, Severity.ERROR)


def _missing_columns(table: Table, delta: DeltaTable) -> list[Finding]:
    have = {known.name for known in delta.schema().fields}
    missing = [column.name for column in table.stored if column.name not in have]
    if not missing:
        return []
    message = (
        f"the columns {', '.join(missing)} are declared but not on disk yet; they read as null until an append"
    )
    return [Finding("older_schema", table.name, message, Severity.INFO)]


def _check_file(table: Table, folder: Path, file: DataFile, zone: ZoneInfo, now: datetime) -> list[Finding]:
    where = f"{table.name}/{file.path}"
    try:
        kinds = pl.scan_parquet(folder / file.path, glob=False, hive_partitioning=False).collect_schema()
        rows = answer(table, folder, [file], Question(latest=False), zone).collect()
    except (OSError, pl.exceptions.PolarsError) as error:
        message = f"the file cannot be read: {error}. Restore it from the backup"
        return [Finding("unreadable_file", where, message, Severity.ERROR)]
    findings = []

    def found(code: str, message: str, severity: Severity, count: int) -> None:
        findings.append(Finding(code, where, message, severity, evidence={"rows": count, "of": rows.height}))

    wrong = [c.name for c in table.stored if c.name in kinds and kinds[c.name] != c.dtype]
    if wrong:
        found(
            "other_types",
            f"the columns {', '.join(wrong)} have other types than declared",
            Severity.ERROR,
            rows.height,
        )
    if file.rows not in (None, rows.height):
        found(
            "other_row_count",
            f"{rows.height} rows are there, the log says {file.rows}",
            Severity.ERROR,
            rows.height,
        )
    empty = rows.filter(pl.any_horizontal(pl.col(name).is_null() for name in table.key)).height
    if empty:
        found(
            "null_key", f"{empty} rows have nothing in their key and can never be corrected", Severity.ERROR, empty
        )
    if table.instant is not None and table.day is not None:
        astray = rows.filter(pl.col(table.instant).dt.date() != pl.col(table.day)).height
        if astray:
            found(
                "day_apart",
                f"{astray} rows carry another day than their hour has in {zone.key}",
                Severity.ERROR,
                astray,
            )
    start = table.partition_start()
    if start is not None and file.partition is not None:
        starts = rows.select(start.alias("start")).group_by("start").len()
        astray = sum(
            n for first, n in starts.iter_rows() if first and table.partition_name(first) != file.partition
        )
        if astray:
            found("partition_apart", f"{astray} rows lie in a partition of other days", Severity.ERROR, astray)
    late = rows.filter(pl.col(RECORDED_AT.name) > now.astimezone(UTC) + timedelta(seconds=1)).height
    if late:
        message = f"{late} rows were recorded after the present: a clock was wrong when they came, or is wrong now"
        found("recorded_in_future", message, Severity.WARNING, late)
    twice = rows.height - rows.select(table.key).n_unique()
    if twice and file.promise is Promise.UNIQUE:
        found("promise_broken", f"{twice} rows repeat a key in a file that promises none", Severity.ERROR, twice)
    return findings

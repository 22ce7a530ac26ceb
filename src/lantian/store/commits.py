"""Data files on disk and the Delta commits that bring them into force, all at once or not at all."""

import os
import time
import uuid
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl
from deltalake import CommitProperties, DeltaTable, Field, PostCommitHookProperties, Schema, Transaction
from deltalake.exceptions import DeltaError
from deltalake.schema import PrimitiveType
from deltalake.transaction import AddAction, RemoveAction

from lantian.store.columns import TYPE_NAMES, Column, Table
from lantian.store.files import DataFile, Promise, statistics_of
from lantian.store.records import Taken
from lantian.terms.errors import HouseError

VERSION_PROPERTY = "lantian.version"
"""Table property that holds the version of the declaration."""
_ROW_GROUP = 122_880
_CHECKPOINT_EVERY = 20
"""So many commits after one another are read one by one. [1]"""
_NO_HOOKS = PostCommitHookProperties(create_checkpoint=False, cleanup_expired_logs=False)
"""A commit is one step that holds or not; what may fail after it is done by `_confirm`."""
_CONFIGURATION = {
    "delta.logRetentionDuration": "interval 90 days",
    "delta.dataSkippingNumIndexedCols": "-1",  # else bounds of a column after the 32nd are not read back
}


@dataclass(slots=True)
class Draft:
    """Files that are written but not yet in force."""

    folder: Path
    table: Table
    added: list[AddAction] = field(default_factory=list)

    def write(
        self, rows: pl.DataFrame, promise: Promise, partition: str | None, *, data_change: bool = True
    ) -> None:
        """Write rows of one partition, already sorted, as one data file and make it durable."""
        name = f"{promise}-{uuid.uuid4().hex}.parquet"
        path = name if partition is None else f"{self.table.partition}={partition}/{name}"
        target = self.folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        cut = self.table.partition
        values: dict[str, str | None] = {} if partition is None or cut is None else {cut: partition}
        self.added.append(AddAction(path, 0, values, int(time.time() * 1000), data_change, ""))
        try:
            rows.write_parquet(target, compression="zstd", compression_level=3, row_group_size=_ROW_GROUP)
        except pl.exceptions.ComputeError as error:  # Polars' name for a disk that is full
            raise OSError(str(error)) from error
        _make_durable(target)
        _make_durable(target.parent)
        self.added[-1].size = target.stat().st_size
        self.added[-1].stats = statistics_of(self.table, rows)

    def discard(self) -> None:
        """Delete what was written and is not in force; in doubt it stays, and a vacuum removes it later."""
        with suppress(OSError, DeltaError):
            for path in {action.path for action in self.added} - _paths_in_force(self.folder):
                (self.folder / path).unlink(missing_ok=True)

    def commit(
        self,
        delta: DeltaTable,
        notes: Mapping[str, Any],
        removed: Iterable[DataFile] = (),
        *,
        data_change: bool = True,
        taken: Taken | None = None,
    ) -> int:
        """Bring the files into force, and take others out of it, in one commit; return the new version."""
        cut = self.table.partition
        actions: list[AddAction | RemoveAction] = [
            *self.added,
            *(
                RemoveAction(
                    file.path,
                    data_change,
                    int(time.time() * 1000),
                    file.size,
                    {} if cut is None else {cut: file.partition},
                )
                for file in removed
            ),
        ]
        delta.create_write_transaction(
            actions,
            "append",
            delta.schema(),
            partition_by=[] if cut is None else [cut],
            commit_properties=CommitProperties(
                custom_metadata=dict(notes),
                app_transactions=None if taken is None else [Transaction(taken.by, taken.upto)],
            ),
            post_commithook_properties=_NO_HOOKS,
        )
        return _confirm(self.folder, self.table)


def _confirm(folder: Path, table: Table) -> int:
    """Make the newest commit durable and the log short; return its version."""
    log = folder / "_delta_log"
    try:
        delta = DeltaTable(folder)
        _make_durable(log / f"{delta.version():020d}.json")
        _make_durable(log)
    except (OSError, DeltaError) as error:
        raise HouseError(
            "{name} in {folder} was written, but the disk did not confirm it: {first_line}. Check "
            "that disk, then check the table with `lantian lake check`",
            name=table.name,
            folder=folder,
            first_line=_first_line(error),
        ) from error
    if delta.version() % _CHECKPOINT_EVERY == 0:
        with suppress(OSError, DeltaError):  # the commit stands; the next one tries again
            delta.create_checkpoint()
            delta.cleanup_metadata()
    return delta.version()


def _paths_in_force(folder: Path) -> set[str]:
    actions = pl.DataFrame(DeltaTable(folder).get_add_actions(flatten=True))
    return set(actions["path"].to_list())


@contextmanager
def all_or_nothing(draft: Draft) -> Iterator[None]:
    """Discard the draft when the block fails."""
    try:
        yield
    except BaseException:
        draft.discard()
        raise


@contextmanager
def disk_failures_named(folder: Path, table: Table, what: str) -> Iterator[None]:
    """Turn a failure of the disk during a write into a `HouseError` that says what to do."""
    try:
        yield
    except (OSError, DeltaError) as error:
        raise HouseError(
            "the {what} of {name} in {folder} failed: {first_line}. The table is as it was before; "
            "look for room and rights on that disk, then run this again",
            what=what,
            name=table.name,
            folder=folder,
            first_line=_first_line(error),
        ) from error


def open_for_writing(folder: Path, table: Table) -> DeltaTable:
    """Open a table, made if absent and widened if its declaration has grown."""
    if not DeltaTable.is_deltatable(str(folder)):
        folder.mkdir(parents=True, exist_ok=True)
        DeltaTable.create(
            folder,
            Schema([_field(column) for column in table.stored]),
            mode="ignore",
            partition_by=None if table.partition is None else [table.partition],
            name=table.name,
            description=f"{table.title} ({table.title_zh})",
            configuration={**_CONFIGURATION, VERSION_PROPERTY: str(table.version)},
            raise_if_key_not_exists=False,
        )
    delta = open_for_reading(folder, table)
    if delta is None:
        raise HouseError(
            "{folder} is no Delta table right after it was made: look for rights on that folder",
            folder=folder,
        )
    have = {known.name for known in delta.schema().fields}
    new = [_field(column) for column in table.stored if column.name not in have]
    if not new and _version_on_disk(delta) == table.version:
        return delta
    if new:
        delta.alter.add_columns(new)
    delta.alter.set_table_properties({VERSION_PROPERTY: str(table.version)}, raise_if_not_exists=False)
    return DeltaTable(folder)


def open_for_reading(folder: Path, table: Table) -> DeltaTable | None:
    """Open a table, or return None where nothing was written yet; refuse what this version cannot read."""
    if not (folder / "_delta_log").is_dir() or not DeltaTable.is_deltatable(str(folder)):
        return None
    try:
        delta = DeltaTable(folder)
    except (OSError, DeltaError) as error:
        raise HouseError(
            "the log of {name} in {folder} cannot be read: {first_line}. If the machine lost its "
            "power while writing, the newest file in _delta_log is torn: move it away, and the state "
            "before it is back; otherwise restore the folder from the backup",
            name=table.name,
            folder=folder,
            first_line=_first_line(error),
        ) from error
    _refuse_foreign(delta, folder, table)
    return delta


def _refuse_foreign(delta: DeltaTable, folder: Path, table: Table) -> None:
    on_disk = _version_on_disk(delta)
    if on_disk > table.version:
        raise HouseError(
            "{name} in {folder} was written by version {on_disk} of its declaration, this program "
            "knows version {version}: reading it could lose columns. Use the newer program",
            name=table.name,
            folder=folder,
            on_disk=on_disk,
            version=table.version,
        )
    if delta.protocol().min_reader_version > 1:
        raise HouseError(
            "{name} in {folder} was changed by another program into a Delta format that is not read "
            "here (reader version {version}): restore the folder from the backup",
            name=table.name,
            folder=folder,
            version=delta.protocol().min_reader_version,
        )
    declared = {column.name: TYPE_NAMES[column.dtype] for column in table.stored}
    for known in delta.schema().fields:
        kind = known.type.type if isinstance(known.type, PrimitiveType) else str(known.type)
        if declared.get(known.name) != kind:
            raise HouseError(
                "{name} in {folder} has the column {name_2} ({kind}), declared is {held}: program and "
                "data do not fit; use the program that wrote it, or raise the table's version and keep "
                "every old column",
                name=table.name,
                folder=folder,
                name_2=known.name,
                kind=kind,
                held=declared.get(known.name, "no such column"),
            )


def _version_on_disk(delta: DeltaTable) -> int:
    return int(delta.metadata().configuration.get(VERSION_PROPERTY) or 0)


def _field(column: Column) -> Field:
    return Field(
        column.name,
        PrimitiveType(TYPE_NAMES[column.dtype]),
        nullable=column.nullable,
        metadata={"unit": column.unit, "meaning": column.meaning, "meaning_zh": column.meaning_zh},
    )


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0]


def _make_durable(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

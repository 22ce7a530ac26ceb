"""The lake (数据湖): facts are appended, a correction is a new row, a read takes the latest one known."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import polars as pl
from deltalake import DeltaTable

from lantian.store import upkeep
from lantian.store.columns import RECORDED_AT, Table
from lantian.store.commits import (
    Draft,
    all_or_nothing,
    disk_failures_named,
    open_for_reading,
    open_for_writing,
)
from lantian.store.doorway import checked
from lantian.store.files import DataFile, Promise, files_in_force
from lantian.store.latest import Question, answer, needed_files
from lantian.store.locks import Holder, writing
from lantian.store.mark import Mark, refuse_summer_time
from lantian.store.news import Incoming
from lantian.store.records import Appended, Commit, Compacted, Taken
from lantian.terms.errors import CallerError, HouseError
from lantian.terms.findings import Finding


class Lake:
    """Tables of one city on a disk.

    Parameters
    ----------
    root
        Folder of the lake; made at the first append.
    tables
        Declarations of every table that is read or written through this object.
    zone
        The city's zone, which has no summer time: legal days are cut in it.
    now
        Wall clock, timezone-aware.
    simulated
        Whether the lake holds simulated data; it is one or the other for ever.
    wait
        How long an append waits for another writer of the same table. [s]
    command
        What is running, for the note that tells others who holds a table.
    waiting
        Told once, with the holder, when a writer has to wait.
    """

    def __init__(
        self,
        root: Path,
        tables: Iterable[Table],
        zone: ZoneInfo,
        now: Callable[[], datetime],
        simulated: bool,
        *,
        wait: float = 30.0,
        command: str = "lantian",
        waiting: Callable[[Holder | None], None] | None = None,
    ) -> None:
        self.root = root
        self.zone = zone
        self.simulated = simulated
        self._now = now
        self._wait = wait
        self._command = command
        self._waiting = waiting
        self._tables: dict[str, Table] = {}
        for table in tables:
            if table.name in self._tables:
                raise CallerError(
                    "the table {name} is declared twice: a name stands for one declaration",
                    name=table.name,
                )
            self._tables[table.name] = table
        refuse_summer_time(zone)
        self._mark = Mark(zone, simulated)
        self._mark.compare(root)

    # ------------------------------------------------------------------------------------------ what there is

    def day_of(self, instant: datetime) -> date:
        """Legal day of an instant in the city's zone."""
        return instant.astimezone(self.zone).date()

    def tables(self) -> tuple[Table, ...]:
        """List the declared tables."""
        return tuple(self._tables.values())

    def table(self, table: str | Table) -> Table:
        """Return a declaration by name."""
        name = table if isinstance(table, str) else table.name
        found = self._tables.get(name)
        if found is None:
            raise CallerError(
                "this lake has no table {name!r}; it has: {tables}",
                name=name,
                tables=", ".join(self._tables),
            )
        if isinstance(table, Table) and table != found:
            raise CallerError(
                "the table {name} is declared otherwise in this lake: use one declaration everywhere",
                name=name,
            )
        return found

    def folder(self, table: str | Table) -> Path:
        """Return where a table lies."""
        return self.root / self.table(table).name

    def version(self, table: str | Table) -> int:
        """Return the Delta version of a table; -1 where nothing was written yet."""
        delta = self._open(self.table(table))
        return -1 if delta is None else delta.version()

    def row_counts(self) -> dict[str, int]:
        """Count the rows of every table, all versions included."""
        return {
            name: sum(self._rows_of(table, file) for file in self._snapshot(table))
            for name, table in self._tables.items()
        }

    def taken_from(self, table: str | Table, by: str) -> int:
        """Return how far another store was taken into a table; 0 where nothing of it was."""
        delta = self._open(self.table(table))
        return 0 if delta is None else delta.transaction_version(by) or 0

    def history(self, table: str | Table) -> list[Commit]:
        """List the commits of a table, newest first."""
        delta = self._open(self.table(table))
        return [] if delta is None else [Commit.of(entry) for entry in delta.history()]

    # ------------------------------------------------------------------------------------------ reads

    def scan(
        self,
        table: str | Table,
        *,
        first: date | None = None,
        last: date | None = None,
        known_on: datetime | None = None,
        latest: bool = True,
        columns: Sequence[str] | None = None,
        where: pl.Expr | None = None,
    ) -> pl.LazyFrame:
        """Read lazily, in no particular order; `hour_start` comes in the city's zone.

        Parameters
        ----------
        first, last
            Legal days that bound the read, both included; other files are not opened.
        known_on
            Answer as it was known on this instant.
        latest
            Only the latest version of each key; False gives all versions.
        columns
            Columns wanted; all if None.
        where
            Condition on the rows of the answer. One on key columns alone is asked inside the files.
        """
        kind = self.table(table)
        question = self._question(kind, first, last, known_on, columns, where, latest=latest)
        return answer(kind, self.root / kind.name, self._snapshot(kind), question, self.zone)

    def read(
        self,
        table: str | Table,
        *,
        first: date | None = None,
        last: date | None = None,
        known_on: datetime | None = None,
        latest: bool = True,
        columns: Sequence[str] | None = None,
        where: pl.Expr | None = None,
    ) -> pl.DataFrame:
        """Read at once, sorted as the table declares; arguments as in `scan`."""
        kind = self.table(table)
        rows = self.scan(kind, first=first, last=last, known_on=known_on, latest=latest, where=where)
        wanted = self._question(kind, columns=columns).columns or list(kind.by_name)
        order = kind.order if latest else (*kind.order, RECORDED_AT.name)
        return _collected(kind, rows.sort(*order).select(wanted))

    def files(
        self,
        table: str | Table,
        *,
        first: date | None = None,
        last: date | None = None,
        known_on: datetime | None = None,
        latest: bool = True,
    ) -> list[Path]:
        """List the data files that such a read opens."""
        kind = self.table(table)
        question = self._question(kind, first, last, known_on, latest=latest)
        return [self.root / kind.name / file.path for file in needed_files(question, self._snapshot(kind))]

    def versions(self, table: str | Table, key: Mapping[str, object]) -> pl.DataFrame:
        """List every version of one fact, oldest first.

        Parameters
        ----------
        key
            A value for each key column; instants timezone-aware.
        """
        kind = self.table(table)
        if set(key) != set(kind.key):
            raise CallerError(
                "a fact of {name} is named by {key}, not by {key_2}",
                name=kind.name,
                key=", ".join(kind.key),
                key_2=", ".join(key) or "nothing",
            )
        day = self._day_of(kind, key)
        types = kind.schema(self.zone.key)
        where = pl.all_horizontal(
            pl.col(name) == pl.lit(_local(value, self.zone), types[name]) for name, value in key.items()
        )
        rows = self.scan(kind, first=day, last=day, latest=False, where=where)
        return _collected(kind, rows.sort(RECORDED_AT.name))

    # ------------------------------------------------------------------------------------------ writes

    def append(
        self,
        table: str | Table,
        frame: pl.DataFrame,
        *,
        only_changes: bool = False,
        wait: float | None = None,
        taken: Taken | None = None,
    ) -> Appended:
        """Append facts; the whole frame is one commit, or nothing is written.

        Parameters
        ----------
        frame
            Declared columns; several rows of one key are its versions in order.
        only_changes
            Leave out rows whose content the lake knows already, so that the same import twice equals once.
        wait
            How long to wait for another writer of this table, if not as long as the lake says. [s]
        taken
            How far another store was read for these rows; `taken_from` gives it back. An append that does not
            reach beyond what was taken before writes nothing.

        Raises
        ------
        CallerError
            The frame does not fit the declaration, or mixes simulated and real.
        HouseError
            Another writer holds the table, or the disk failed; the table is as it was.
        """
        kind = self.table(table)
        rows = checked(kind, frame, self.zone, simulated=self.simulated)
        if rows.is_empty():
            return Appended(0, 0, 0, self.version(kind))
        with self._writer(kind, "append", wait) as (folder, delta):
            if taken is not None and (delta.transaction_version(taken.by) or 0) >= taken.upto:
                return Appended(0, rows.height, 0, delta.version())
            files = files_in_force(delta, kind)
            stamp = pl.lit(self._stamp(files), RECORDED_AT.dtype)
            draft = Draft(folder, kind)
            written = corrected = 0
            with all_or_nothing(draft):
                incoming = Incoming(kind, folder, tuple(files), stamp, only_changes)
                for cut, fresh in incoming.pieces(rows):
                    for piece, promise in ((fresh.current, Promise.UNIQUE), (fresh.past, Promise.PAST)):
                        if not piece.is_empty():
                            draft.write(piece, promise, cut)
                        written += piece.height
                    corrected += fresh.corrected
                if not written:
                    return Appended(0, rows.height, 0, delta.version())
                notes = {"written": written, "unchanged": rows.height - written, "corrected": corrected}
                version = draft.commit(delta, {"what": "append", "command": self._command, **notes}, taken=taken)
        return Appended(written, rows.height - written, corrected, version)

    # ------------------------------------------------------------------------------------------ upkeep

    def compact(self, table: str | Table, partition: str | None = None, *, wait: float | None = None) -> Compacted:
        """Rewrite each partition as one file of current rows and one of superseded ones; no fact is lost."""
        kind = self.table(table)
        if self._open(kind) is None:
            return Compacted(0, 0, 0, -1)
        with self._writer(kind, "compact", wait) as (folder, delta):
            return upkeep.compact(kind, folder, delta, partition, command=self._command)

    def vacuum(self, table: str | Table, *, keep_hours: int = 24, wait: float | None = None) -> list[str]:
        """Delete data files out of force for some hours; reads that began before still need them."""
        kind = self.table(table)
        if self._open(kind) is None:
            return []
        with self._writer(kind, "vacuum", wait) as (_, delta):
            return upkeep.vacuum(delta, keep_hours)

    def retain(self, table: str | Table, today: date, *, wait: float | None = None) -> list[str]:
        """Drop whole partitions that are older than the table's retention; return their names."""
        kind = self.table(table)
        if kind.retention_days is None or self._open(kind) is None:
            return []
        with self._writer(kind, "retain", wait) as (folder, delta):
            return upkeep.retain(
                kind, folder, delta, today - timedelta(days=kind.retention_days), command=self._command
            )

    def check(self, table: str | Table) -> list[Finding]:
        """Look for damage and doubt in a table; nothing is changed."""
        kind = self.table(table)
        try:
            delta = self._open(kind)
        except HouseError as error:
            return [upkeep.unreadable(kind, str(error))]
        return [] if delta is None else upkeep.check(kind, self.root / kind.name, delta, self.zone, self._now())

    # ------------------------------------------------------------------------------------------ within

    def _open(self, table: Table) -> DeltaTable | None:
        return open_for_reading(self.root / table.name, table)

    def _rows_of(self, table: Table, file: DataFile) -> int:
        if file.rows is not None:
            return file.rows
        count: int = pl.scan_parquet(self.root / table.name / file.path).select(pl.len()).collect().item()
        return count

    def _snapshot(self, table: Table) -> list[DataFile]:
        delta = self._open(table)
        return [] if delta is None else files_in_force(delta, table)

    @contextmanager
    def _writer(self, table: Table, what: str, wait: float | None) -> Iterator[tuple[Path, DeltaTable]]:
        folder = self.root / table.name
        with disk_failures_named(folder, table, what):
            self._mark.set_on(self.root)
            with writing(
                self.root / ".writers",
                table.name,
                command=f"{self._command}: {what}",
                now=self._now,
                wait=self._wait if wait is None else wait,
                waiting=self._waiting,
            ):
                yield folder, open_for_writing(folder, table)

    def _stamp(self, files: Iterable[DataFile]) -> datetime:
        """Return the wall clock, or just after the newest row where the clock has jumped back."""
        newest = max((file.recorded_high for file in files if file.recorded_high is not None), default=None)
        now = self._now().astimezone(UTC)
        return now if newest is None else max(now, newest + timedelta(microseconds=1))

    def _question(
        self,
        table: Table,
        first: date | None = None,
        last: date | None = None,
        known_on: datetime | None = None,
        columns: Sequence[str] | None = None,
        where: pl.Expr | None = None,
        *,
        latest: bool = True,
    ) -> Question:
        if known_on is not None and known_on.tzinfo is None:
            raise CallerError(
                "“as known on” {known_on} has no zone, so that it names no instant; add one",
                known_on=known_on.isoformat(),
            )
        if (first is not None or last is not None) and table.day is None:
            raise CallerError(
                "{name} has no legal day, so that days cannot bound a read of it; leave first and last out",
                name=table.name,
            )
        for name in columns or ():
            table.column(name)
        return Question(first, last, known_on, latest, columns, where)

    def _day_of(self, table: Table, key: Mapping[str, object]) -> date | None:
        if table.instant is None:
            day = None if table.day is None else key[table.day]
            return day if isinstance(day, date) else None
        at = key[table.instant]
        if not isinstance(at, datetime) or at.tzinfo is None:
            raise CallerError(
                "{instant} of a key must be an instant with a zone, not {at!r}",
                instant=table.instant,
                at=at,
            )
        return self.day_of(at)


def _collected(table: Table, rows: pl.LazyFrame) -> pl.DataFrame:
    try:
        return rows.collect()
    except (OSError, pl.exceptions.ComputeError) as error:
        if isinstance(error, pl.exceptions.ComputeError) and "parquet" not in str(error).lower():
            raise
        raise HouseError(
            "a data file of {name} cannot be read: {error}. If a vacuum ran during this read, read "
            "again; otherwise `lantian lake check` names the file, and the backup has it",
            name=table.name,
            error=error,
        ) from error


def _local(value: object, zone: ZoneInfo) -> object:
    return value.astimezone(zone) if isinstance(value, datetime) else value

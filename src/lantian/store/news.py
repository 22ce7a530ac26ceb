"""What an append must write, partition by partition: rows against the versions that the lake knows already."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from zoneinfo import ZoneInfo

import polars as pl

from lantian.store.changes import Fresh, divide, only_new, repeated_keys, turns
from lantian.store.columns import Table
from lantian.store.doorway import completed
from lantian.store.files import DataFile
from lantian.store.latest import Question, answer

_UTC = ZoneInfo("UTC")


@dataclass(frozen=True, slots=True)
class Incoming:
    """One append on its way into a table."""

    table: Table
    folder: Path
    files: tuple[DataFile, ...]
    """Files in force before it."""
    stamp: pl.Expr
    """Its `recorded_at`."""
    only_changes: bool

    def pieces(self, rows: pl.DataFrame) -> Iterator[tuple[str | None, Fresh]]:
        """Give what each partition has to write, one at a time, so that memory holds one copy of one partition."""
        for cut, part in parts(self.table, rows):
            yield cut, self._fresh(completed(self.table, part, cut), near(self.table, self.files, cut, part))

    def _fresh(self, part: pl.DataFrame, files: list[DataFile]) -> Fresh:
        key = list(self.table.key)
        rows = turns(self.table, part)
        columns = [*key, *self.table.content] if self.only_changes else key
        question = Question(columns=columns)
        if self.table.day is not None:
            days = part.select(first=pl.col(self.table.day).min(), last=pl.col(self.table.day).max())
            question = replace(question, **days.row(0, named=True))
        known = self._known(files, rows, question)
        if self.only_changes:
            again = repeated_keys(self.table, rows)
            history = self._known(files, again, replace(question, latest=False)) if again.height else known.clear()
            rows = only_new(self.table, rows, known, history)
        return divide(self.table, rows, known.select(key), self.stamp)

    def _known(self, files: list[DataFile], rows: pl.DataFrame, question: Question) -> pl.DataFrame:
        """Read the versions of the keys of these rows."""
        key = list(self.table.key)
        keys = rows.lazy().select(key).unique()
        return answer(self.table, self.folder, files, question, _UTC).join(keys, on=key, how="semi").collect()


def parts(table: Table, rows: pl.DataFrame) -> Iterator[tuple[str | None, pl.DataFrame]]:
    """Cut a frame by partition, one copy at a time, keeping the order of rows."""
    start = table.partition_start()
    if start is None:
        yield None, rows
        return
    places = rows.lazy().select(start.alias("start"), pl.int_range(pl.len(), dtype=pl.UInt32).alias("row"))
    cuts = places.group_by("start").agg("row").sort("start").collect()
    for at, first in enumerate(cuts["start"]):
        yield table.partition_name(first), rows[cuts["row"][at]]


def near(table: Table, files: Iterable[DataFile], cut: str | None, part: pl.DataFrame) -> list[DataFile]:
    """List the files that may hold a key of these rows."""
    span = table.instant or table.day
    members = [file for file in files if file.partition == cut]
    if span is None:
        return members
    low, high = part.select(low=pl.col(span).min(), high=pl.col(span).max()).row(0)
    return [
        file
        for file in members
        if file.low is None or file.high is None or not (file.high < low or file.low > high)
    ]

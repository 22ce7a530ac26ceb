"""Writes results so that a re-run changes nothing unless something changed, and then says what."""

from dataclasses import dataclass, field

import polars as pl

from lantian.store.columns import Table
from lantian.store.lake import Lake

_ADDED = frozenset({"recorded_at", "legal_day", "legal_month", "legal_year"})


@dataclass(frozen=True, slots=True)
class Change:
    """One cell that differs from what was known before."""

    table: str
    key: tuple[str, ...]
    column: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Published:
    """What one write did to one table."""

    table: str
    new: int
    changed: int
    withdrawn: int
    same: int
    examples: tuple[Change, ...] = field(default=())

    def __add__(self, other: "Published") -> "Published":
        """Add a later write to the same table."""
        return Published(
            self.table,
            self.new + other.new,
            self.changed + other.changed,
            self.withdrawn + other.withdrawn,
            self.same + other.same,
            self.examples + other.examples,
        )

    def counts(self) -> dict[str, int]:
        """Return the sums as plain numbers, for the record of a run."""
        return {"new": self.new, "changed": self.changed, "withdrawn": self.withdrawn, "same": self.same}


def publish(lake: Lake, table: Table, fresh: pl.DataFrame, scope: pl.DataFrame, examples: int = 10) -> Published:
    """Append what is new or different, and mark what no longer holds as withdrawn.

    Parameters
    ----------
    lake : Lake
        Where to write.
    table : Table
        Declaration of the derived table.
    fresh : DataFrame
        The result as it is now, all declared columns.
    scope : DataFrame
        Latest known rows of the part of the table that `fresh` replaces, withdrawn ones included.
    examples : int
        How many changed cells to name.
    """
    key = list(table.key)
    content = [c.name for c in table.columns if c.name not in (*key, *table.provenance)]
    known = scope.select([*key, *content])
    if known.is_empty():
        if not fresh.is_empty():
            lake.append(table.name, fresh)
        return Published(table.name, fresh.height, 0, 0, 0)
    beside = fresh.join(known, on=key, how="left", suffix="_before", nulls_equal=True, maintain_order="left")
    is_new = beside.get_column("withdrawn_before").is_null()
    differs = beside.select(
        pl.any_horizontal(pl.col(name).ne_missing(pl.col(f"{name}_before")) for name in content)
    ).to_series()
    changed = differs & ~is_new
    gone = known.filter(~pl.col("withdrawn")).join(fresh, on=key, how="anti", nulls_equal=True)
    written = fresh.filter(is_new | changed)
    withdrawn = _withdrawn(table, scope, gone)
    if written.height or withdrawn.height:
        lake.append(table.name, pl.concat([written, withdrawn.select(written.columns)]))
    return Published(
        table.name,
        int(is_new.sum()),
        int(changed.sum()),
        gone.height,
        fresh.height - written.height,
        tuple(_examples(table.name, key, content, beside.filter(changed), examples)),
    )


def _withdrawn(table: Table, scope: pl.DataFrame, gone: pl.DataFrame) -> pl.DataFrame:
    columns = [column.name for column in table.columns]
    rows = scope.join(gone.select(table.key), on=list(table.key), how="semi", nulls_equal=True).select(columns)
    emptied = [
        pl.lit(None, dtype=column.dtype).alias(column.name)
        for column in table.columns
        if column.nullable and column.name not in table.key
    ]
    return rows.with_columns(*emptied, pl.lit(True).alias("withdrawn"))


def _examples(table: str, key: list[str], content: list[str], rows: pl.DataFrame, limit: int) -> list[Change]:
    found: list[Change] = []
    for row in rows.head(limit).iter_rows(named=True):
        names = (name for name in content if row[name] != row[f"{name}_before"])
        name = next(names, None)
        if name is not None:
            where = tuple(str(row[part]) for part in key)
            found.append(Change(table, where, name, _shown(row[f"{name}_before"]), _shown(row[name])))
    return found


def _shown(value: object) -> str:
    return "—" if value is None else str(value)

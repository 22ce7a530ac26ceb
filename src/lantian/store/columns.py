"""What a table of the lake is: columns declared once, with type, unit and meaning in both languages."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

import polars as pl

from lantian.terms.errors import CallerError

TYPE_NAMES: dict[pl.DataType, str] = {
    pl.String(): "string",
    pl.Float64(): "double",
    pl.Int64(): "long",
    pl.Int32(): "integer",
    pl.Int16(): "short",
    pl.Int8(): "byte",
    pl.Boolean(): "boolean",
    pl.Date(): "date",
    pl.Binary(): "binary",
    pl.Datetime("us", "UTC"): "timestamp",
}
"""Types that the lake keeps → their names in Delta. Others (Categorical, unsigned, Float32 …) are refused."""

TIMESTAMP = pl.Datetime("us", "UTC")
"""The one type of instants on disk; they are shown in the city's zone."""

Partition = Literal["legal_day", "legal_month", "legal_year"]
_CUTS: dict[str, tuple[str, str]] = {
    "legal_day": ("1d", "%Y-%m-%d"),
    "legal_month": ("1mo", "%Y-%m"),
    "legal_year": ("1y", "%Y"),
}
"""Partition → how a day is cut down to its first day, and how that is written."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column with what a stranger needs to read it."""

    name: str
    dtype: pl.DataType
    unit: str
    """Unit of every value; ``1`` where there is none."""
    meaning: str
    meaning_zh: str
    nullable: bool = True
    values: tuple[str, ...] = ()
    """The only values that a text column may hold; empty: any."""

    def __post_init__(self) -> None:
        if self.dtype not in TYPE_NAMES:
            allowed = ", ".join(str(dtype) for dtype in TYPE_NAMES)
            raise CallerError(
                "column {name} is declared as {dtype}, which the lake does not keep; use {allowed}",
                name=self.name,
                dtype=self.dtype,
                allowed=allowed,
            )


RECORDED_AT = Column(
    "recorded_at",
    TIMESTAMP,
    "UTC instant",
    "When this version of the row was written here",
    "本行写入时间",
    nullable=False,
)
_PARTITION_COLUMNS: dict[str, Column] = {
    "legal_month": Column(
        "legal_month",
        pl.String(),
        "YYYY-MM",
        "Month of the legal day; the table's partition",
        "所属月份",
        nullable=False,
    ),
    "legal_year": Column(
        "legal_year",
        pl.String(),
        "YYYY",
        "Year of the legal day; the table's partition",
        "所属年份",
        nullable=False,
    ),
}
_LEGAL_DAY = Column(
    "legal_day",
    pl.Date(),
    "d",
    "Legal day in the city's zone on which the hour starts",
    "所属自然日",
    nullable=False,
)


@dataclass(frozen=True, slots=True)
class Table:
    """One table of the lake.

    A table with an `instant` gets its `day` column from the store; a table without one (days, months) declares
    the day itself. The store always adds `recorded_at` and the partition column.
    """

    name: str
    title: str
    title_zh: str
    columns: tuple[Column, ...]
    """What a writer gives, in reading order."""
    key: tuple[str, ...]
    """Columns that say which fact a row is about; a later row with the same key corrects an earlier one."""
    instant: str | None = "hour_start"
    """Start of the averaging time, or None where rows stand for days or longer periods."""
    day: str | None = "legal_day"
    """The date by which reads are bounded and partitions are cut."""
    partition: Partition | None = "legal_month"
    sort: tuple[str, ...] = ()
    """Order of rows inside a file and of a read; the key if empty."""
    retention_days: int | None = None
    """How long whole partitions are kept [d]; None: for ever."""
    derived: bool = False
    """Whether a room computed it, so that it can be computed again."""
    hourly: bool = True
    """Whether `instant` must lie on a full hour of the city's clock."""
    provenance: tuple[str, ...] = ("origin", "run_id", "code_version")
    """Columns that say where a row came from; a difference only here is no correction."""
    version: int = 1
    """Raised by one whenever a column is added."""

    def __post_init__(self) -> None:
        names = [column.name for column in self.columns]
        if len(set(names)) != len(names):
            self._wrong("names a column twice")
        if len(self.by_name) != len(self.stored):
            self._wrong("declares a column that the store adds itself")
        if not self.key or not set(self.key) <= set(names):
            self._wrong("needs a key made of its own columns")
        if any(self.by_name[name].nullable for name in self.key):
            self._wrong("has a key column that may be null")
        if not set(self.order) <= set(self.by_name):
            self._wrong("is sorted by a column that it does not have")
        if self.instant is not None and (
            self.instant not in self.key or self.by_name[self.instant].dtype != TIMESTAMP or self.day is None
        ):
            self._wrong("needs its instant in the key, as a UTC timestamp, and a day column beside it")
        if (
            self.instant is None
            and self.day is not None
            and (self.day not in self.key or self.by_name[self.day].dtype != pl.Date())
        ):
            self._wrong("needs its day in the key, as a date")
        if self.day is None and (self.partition is not None or self.retention_days is not None):
            self._wrong("has no day, so that it can have neither partitions nor a retention")
        if self.retention_days is not None and self.partition is None:
            self._wrong("has a retention but no partitions that could be dropped")
        if self.partition == "legal_day" and self.day != "legal_day":
            self._wrong("is cut by legal_day, so that its day must have that name")

    def _wrong(self, what: str) -> None:
        raise CallerError(
            "table {name} {what}: mend its declaration",
            name=self.name,
            what=what,
        )

    @property
    def order(self) -> tuple[str, ...]:
        """Columns by which files and reads are sorted."""
        return self.sort or self.key

    @property
    def added(self) -> tuple[Column, ...]:
        """Columns that the store adds to what a writer gives."""
        day = [] if self.instant is None or self.day is None else [_named(_LEGAL_DAY, self.day)]
        cut = [_PARTITION_COLUMNS[self.partition]] if self.partition in _PARTITION_COLUMNS else []
        return (*day, *cut, RECORDED_AT)

    @property
    def stored(self) -> tuple[Column, ...]:
        """Every column on disk and in a read, in order."""
        return (*self.columns, *self.added)

    @property
    def by_name(self) -> dict[str, Column]:
        """Column name → column, for every stored column."""
        return {column.name: column for column in self.stored}

    @property
    def content(self) -> tuple[str, ...]:
        """Columns whose difference makes a correction: all but key and provenance."""
        apart = {*self.key, *self.provenance}
        return tuple(column.name for column in self.columns if column.name not in apart)

    def column(self, name: str) -> Column:
        """Return a column by name, whether declared or added by the store."""
        found = self.by_name.get(name)
        if found is None:
            raise CallerError(
                "table {name} has no column {name_2!r}; it has: {by_name}",
                name=self.name,
                name_2=name,
                by_name=", ".join(self.by_name),
            )
        return found

    def schema(self, zone: str) -> dict[str, pl.DataType]:
        """Column name → type of a read, with instants in the city's zone and `recorded_at` in UTC."""
        return {
            column.name: pl.Datetime("us", zone)
            if column.dtype == TIMESTAMP and column.name != RECORDED_AT.name
            else column.dtype
            for column in self.stored
        }

    def partition_start(self) -> pl.Expr | None:
        """Expression for the first day of a row's partition, or None where the table is one partition."""
        if self.partition is None or self.day is None:
            return None
        return pl.col(self.day).dt.truncate(_CUTS[self.partition][0])

    def partition_name(self, start: date) -> str | None:
        """Return the name of the partition that begins on a day."""
        return None if self.partition is None else start.strftime(_CUTS[self.partition][1])


def _named(column: Column, name: str) -> Column:
    return Column(name, column.dtype, column.unit, column.meaning, column.meaning_zh, nullable=column.nullable)

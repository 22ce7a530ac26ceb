"""Tables of a page: what is seen is what is exported, with a sheet that says how it was made."""

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl

from lantian.desk.language import Translation
from lantian.desk.paper.csv import write_csv
from lantian.desk.paper.excel import Sheet, SheetColumn, write_workbook
from lantian.desk.paper.provenance import HowMade
from lantian.rules.records import Category

Value = str | int | float | Decimal | bool | date | datetime | None

NUMBER, TEXT, DATE, TIME, LEVEL, MARK = "number", "text", "date", "time", "level", "mark"
"""Kinds of columns; numbers stand at the right in figures of one width, a level is a legal AQI class."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a table, where a plain value does not say enough."""

    value: Value
    """What is sorted and exported; None is missing and shown as a dash."""
    text: str | None = None
    """What is shown instead of the value."""
    link: str | None = None
    """Page of what the cell names."""
    why: str | None = None
    """Page that explains how the number was made."""
    level: Category | None = None
    """Legal AQI class, shown by its colour and its word."""
    note: str = ""
    """Shown when a reader rests on the cell, for instance why a value is missing."""
    state: str = ""
    """``provisional``, ``simulated``, ``missing``, ``late``, ``doubtful`` or another state word of the style."""
    picture: str = ""
    """Markup of a small picture made by a macro, such as a sparkline; never from data."""


Row = Sequence[Value | Cell]
"""Cells of one row, in the order of the columns."""


Rows = list[list[Value | Cell]]
"""Rows of a table while they are made."""


@dataclass(frozen=True, slots=True)
class TableColumn:
    """Heading of a column."""

    key: str
    """Name in addresses and in CSV."""
    title: str
    unit: str = ""
    kind: str = TEXT
    decimals: int | None = None
    note: str = ""
    """What the column means, for a reader who rests on the heading."""
    sortable: bool = True


@dataclass(frozen=True, slots=True)
class DataTable:
    """A table of a page."""

    name: str
    """Name in addresses and of the file, unique on its page."""
    title: str
    columns: Sequence[TableColumn]
    rows: Sequence[Row]
    how_made: HowMade | None = None
    """What the export's last sheet says; without it the table cannot be exported."""
    note: str = ""
    """Printed under the table, for instance the rule set."""
    empty: str = ""
    """What a reader should do when there are no rows."""
    shown: int | None = None
    """Rows on the page before “more”; exports always hold all."""
    sorted_by: str = ""
    descending: bool = False
    links: Sequence[str | None] = field(default=())
    """Page of each row, for Enter and a click; empty: none."""
    ids: Sequence[str] = field(default=())
    """Id of each row, for checkboxes of a form around the table; empty: none."""

    def cells(self) -> list[list[Cell]]:
        """Rows with every value as a `Cell`."""
        return [[each if isinstance(each, Cell) else Cell(each) for each in row] for row in self.rows]

    def sorted(self, key: str, *, descending: bool) -> "DataTable":
        """Return the table in the order of a column, missing values last; an unknown column changes nothing."""
        keys = [column.key for column in self.columns if column.sortable]
        if key not in keys or not self.rows:
            return self
        place = [column.key for column in self.columns].index(key)
        values = [_order(row[place]) for row in self.rows]
        held = [at for at, value in enumerate(values) if value is not None]
        held.sort(key=lambda at: values[at], reverse=descending)  # type: ignore[arg-type, return-value]
        order = [*held, *(at for at, value in enumerate(values) if value is None)]
        return replace(
            self,
            rows=[self.rows[at] for at in order],
            links=[self.links[at] for at in order] if self.links else (),
            ids=[self.ids[at] for at in order] if self.ids else (),
            sorted_by=key,
            descending=descending,
        )


def _order(each: "Value | Cell") -> tuple[int, Any] | None:
    """Return what a cell is ordered by: numbers before texts, so that a mixed column has an order."""
    value = each.value if isinstance(each, Cell) else each
    if value is None or (isinstance(value, float) and value != value):
        return None
    if isinstance(value, bool | int | float | Decimal):
        return 0, float(value)
    if isinstance(value, datetime):
        return 1, value.timestamp()
    return (2, value.toordinal()) if isinstance(value, date) else (3, str(value))


def frame_of(table: DataTable) -> pl.DataFrame:
    """Return the values of a table, one column a heading; a column of mixed kinds becomes text."""
    columns = list(zip(*[[each.value for each in row] for row in table.cells()], strict=True))
    if not columns:
        return pl.DataFrame({column.key: pl.Series([], dtype=pl.String) for column in table.columns})
    return pl.DataFrame(
        {column.key: _series(values) for column, values in zip(table.columns, columns, strict=True)}
    )


def _series(values: Sequence[Value]) -> pl.Series:
    held = [float(value) if isinstance(value, Decimal) else value for value in values]
    kinds = {type(value) for value in held if value is not None}
    if kinds <= {int, float} or len(kinds) == 1:
        if kinds == {int, float}:
            held = [None if value is None else float(value) for value in held]  # type: ignore[arg-type]
        return pl.Series(held, dtype=pl.String if not kinds else None)
    return pl.Series([None if value is None else str(value) for value in held], dtype=pl.String)


def level_fills(table: DataTable, language: Translation) -> Mapping[str, Mapping[str, str]]:
    """Return the legal colours of the level cells, as the workbook wants them."""
    fills: dict[str, dict[str, str]] = {}
    for row in table.cells():
        for column, each in zip(table.columns, row, strict=True):
            if each.level is not None and each.value is not None:
                fills.setdefault(column.key, {})[str(each.value)] = each.level.colour
    del language
    return fills


def table_file(table: DataTable, kind: str, language: Translation) -> bytes:
    """Write a table as ``xlsx`` or ``csv``."""
    frame = frame_of(table)
    with tempfile.TemporaryDirectory(prefix="lantian-export-") as folder:
        path = Path(folder) / f"table.{kind}"
        if kind == "csv" or table.how_made is None:
            header = [f"{each.title} ({each.unit})" if each.unit else each.title for each in table.columns]
            write_csv(path, frame, header=header)
        else:
            columns = [
                SheetColumn(each.key, each.title, unit=each.unit, decimals=each.decimals) for each in table.columns
            ]
            sheet = Sheet(table.title, frame, columns, fills=level_fills(table, language))
            write_workbook(path, [sheet], table.how_made, language)
        return path.read_bytes()

"""What a resource is: its columns with type, unit and meaning, and the key by which its pages go on."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl

from lantian.store.columns import TIMESTAMP, Table

NO_UNIT = "1"
JsonSchema = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Field:
    """One column of a resource."""

    name: str
    dtype: pl.DataType
    unit: str
    """Unit of every value; ``1`` where there is none."""
    meaning: str
    nullable: bool = True

    def typed(self, zone: ZoneInfo) -> pl.Expr:
        """Return the column in its type; instants in the city's zone."""
        if self.dtype == TIMESTAMP:
            return pl.col(self.name).dt.convert_time_zone(zone.key)
        return pl.col(self.name).cast(self.dtype)

    def schema(self) -> JsonSchema:
        """Describe the column to readers of OpenAPI; ``x-unit`` is the unit of its numbers."""
        kind: JsonSchema = dict(_JSON[self.dtype])
        if self.nullable:
            kind["type"] = [kind["type"], "null"]
        kind["description"] = self.meaning
        if self.unit != NO_UNIT and self.dtype.is_numeric():
            kind["x-unit"] = self.unit
        return kind


_JSON: dict[pl.DataType, JsonSchema] = {
    pl.String(): {"type": "string"},
    pl.Float64(): {"type": "number"},
    pl.Int64(): {"type": "integer"},
    pl.Int32(): {"type": "integer"},
    pl.Boolean(): {"type": "boolean"},
    pl.Date(): {"type": "string", "format": "date"},
    TIMESTAMP: {"type": "string", "format": "date-time"},
}


@dataclass(frozen=True, slots=True)
class Resource:
    """One list of the interface."""

    name: str
    """Last part of its address."""
    title: str
    about: str
    scope: str
    """Scope that a token needs."""
    fields: tuple[Field, ...]
    key: tuple[str, ...]
    """Columns that order its rows and name one of them; a cursor holds their last values."""
    falling: bool = False
    """Whether the newest row comes first."""
    once: bool = False
    """Whether the whole list is always small, so that it is read at once."""
    daily: bool = False
    """Whether its rows are so many that they are read day by day instead of month by month."""

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the columns, in order."""
        return tuple(field.name for field in self.fields)

    def frame(self, rows: Sequence[dict[str, Any]]) -> pl.DataFrame:
        """Lay records out in the columns' types."""
        schema = {field.name: field.dtype for field in self.fields}
        return pl.DataFrame(rows, schema=schema, strict=False)

    def shaped(self, frame: pl.DataFrame, zone: ZoneInfo) -> pl.DataFrame:
        """Return the rows in the order of the key, each column in its type."""
        return frame.select(field.typed(zone) for field in self.fields).sort(*self.key, descending=self.falling)

    def schema(self) -> JsonSchema:
        """Describe one row."""
        return {
            "type": "object",
            "title": self.title,
            "required": list(self.columns),
            "additionalProperties": False,
            "properties": {field.name: field.schema() for field in self.fields},
        }


def text(name: str, meaning: str, *, nullable: bool = True) -> Field:
    """Declare a column of words or codes."""
    return Field(name, pl.String(), NO_UNIT, meaning, nullable)


def fields_of(table: Table, names: Sequence[str]) -> tuple[Field, ...]:
    """Take columns of a table of the lake over, with the units and meanings that stand there."""
    return tuple(
        Field(name, held.dtype, held.unit, held.meaning, held.nullable)
        for name in names
        for held in (table.column(name),)
    )


def all_but(table: Table, apart: Sequence[str]) -> tuple[Field, ...]:
    """Take every column that a writer of the table gives, except some."""
    return fields_of(table, [column.name for column in table.columns if column.name not in apart])

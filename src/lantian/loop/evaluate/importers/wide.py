"""Read a table that has one column for each value: what the feed, UCI and collected files have in common."""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from lantian.desk.intake import (
    Applied,
    StationColumn,
    Table,
    TextColumn,
    TimeColumns,
    ValueColumn,
    apply_mapping,
)
from lantian.desk.intake import Mapping as ColumnMapping
from lantian.desk.intake.guessing import bare
from lantian.loop.evaluate.importers.records import ImportOptions
from lantian.loop.evaluate.importers.shaping import converted
from lantian.terms.errors import CallerError


@dataclass(frozen=True, slots=True)
class Layout:
    """Names by which a kind of file is known; compared without case, dots and underscores."""

    kind: str
    title: str
    time: TimeColumns
    station: StationColumn
    values: Mapping[str, tuple[str, ...]]
    """Target column → names in the file, the first that is there wins."""
    units: Mapping[str, str]
    """Target → unit in the file where it is not the lake's."""
    texts: Mapping[str, tuple[str, ...]]
    needed: tuple[str, ...] = ()
    """Targets without which it is not this kind of file."""


def columns_by_bare(table: Table) -> dict[str, str]:
    """Columns of a file by their bare names."""
    found: dict[str, str] = {}
    for name in table.columns:
        found.setdefault(bare(name), name)
    return found


def read_layout(table: Table, layout: Layout, options: ImportOptions) -> Applied:
    """Apply a known layout to a file; its own columns are looked up by their bare names.

    Raises
    ------
    CallerError
        When a needed column is absent: then it is another kind of file.
    """
    by_bare = columns_by_bare(table)

    def column(*names: str) -> str | None:
        return next((by_bare[bare(name)] for name in names if bare(name) in by_bare), None)

    values = {target: found for target, names in layout.values.items() if (found := column(*names)) is not None}
    absent = [layout.values[target][0] for target in layout.needed if target not in values]
    absent += [name for name in layout.time.columns if column(name) is None]
    if layout.station.column is not None and column(layout.station.column) is None:
        absent.append(layout.station.column)
    if absent:
        raise CallerError(
            "{name} is not {title}: it lacks {absent}. Its columns are {columns}. Choose another "
            "importer, or the generic one.",
            name=table.name,
            title=layout.title,
            absent=", ".join(absent),
            columns=", ".join(table.columns[:12]),
        )
    mapping = ColumnMapping(
        name=layout.kind.replace("_", "-"),
        time=layout.time.model_copy(
            update={
                part: column(str(getattr(layout.time, part)))
                for part in ("column", "date_column", "hour_column")
                if getattr(layout.time, part) is not None
            }
        ),
        station=layout.station
        if layout.station.column is None
        else layout.station.model_copy(update={"column": column(layout.station.column)}),
        values={
            target: ValueColumn(column=name, unit=layout.units.get(target)) for target, name in values.items()
        },
        texts={
            target: TextColumn(column=found)
            for target, names in layout.texts.items()
            if (found := column(*names)) is not None
        },
    )
    return apply_mapping(
        table, mapping, options.zone, lambda target, unit, number: converted(target, unit, number, options)
    )


def dashes_to_null(frame: pl.DataFrame, *names: str) -> pl.DataFrame:
    """Make the dashes in columns of words null."""
    from lantian.desk.intake import cells

    present = [name for name in names if name in frame.columns]
    return frame.with_columns(
        pl.when(~cells.is_missing(cells.clean(pl.col(name)))).then(pl.col(name)).alias(name) for name in present
    )

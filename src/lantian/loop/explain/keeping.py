"""The book of sources in the lake: records as rows; what is no longer in the book is withdrawn."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

import polars as pl

from lantian.loop.explain.study import Study
from lantian.loop.explain.tables import (
    BOOK_TABLES,
    INVENTORY_CONTROLS,
    INVENTORY_MEASURED,
    INVENTORY_PROCESSES,
    INVENTORY_SOURCES,
    INVENTORY_STATISTICS,
)
from lantian.science.inventory.gross import Activity
from lantian.science.inventory.records import Book, Control, Measured, Process, Source, Stack, Statistic
from lantian.store.columns import Table

Row = dict[str, Any]


def of_edition(key: str) -> pl.Expr:
    """Condition on rows of one edition that still hold."""
    return (pl.col("edition") == key) & ~pl.col("withdrawn")


def keep_book(study: Study, book: Book, *, origin: str, tables: Iterable[Table] = BOOK_TABLES) -> dict[str, int]:
    """Write a book into the lake as it is now; rows that it no longer has are withdrawn.

    Parameters
    ----------
    study : Study
        Where to.
    book : Book
        The whole edition.
    origin : str
        File or program that it came from; it stands in rows that are new or different.
    tables : iterable of Table
        Only these, by default all of the book.

    Returns
    -------
    dict
        Table → rows that are new, different or withdrawn.
    """
    rows = rows_of(book)
    return {table.name: _keep(study, table, book.edition, rows[table.name], origin) for table in tables}


def _keep(study: Study, table: Table, edition: str, rows: list[Row], origin: str) -> int:
    schema = {column.name: column.dtype for column in table.columns}
    said = {"edition": edition, "origin": origin, "withdrawn": False, "simulated": study.simulated}
    new = pl.DataFrame([{**row, **said} for row in rows], schema=schema, orient="row")
    held = study.lake.read(table, columns=list(schema), where=of_edition(edition))
    gone = held.join(new, on=list(table.key), how="anti").with_columns(
        withdrawn=pl.lit(value=True), origin=pl.lit(origin)
    )
    return study.lake.append(table, pl.concat([new, gone.select(list(schema))]), only_changes=True).written


def rows_of(book: Book) -> dict[str, list[Row]]:
    """Return the rows of each table of a book, without edition and provenance."""
    return {
        INVENTORY_SOURCES.name: [_source_row(source) for source in book.sources],
        INVENTORY_PROCESSES.name: [
            _process_row(source.id, number, process)
            for source in book.sources
            for number, process in enumerate(source.processes, 1)
        ],
        INVENTORY_CONTROLS.name: [
            _control_row(source.id, process.id, number, control)
            for source in book.sources
            for process in source.processes
            for number, control in enumerate(process.controls, 1)
        ],
        INVENTORY_MEASURED.name: [_measured_row(row) for row in book.measured],
        INVENTORY_STATISTICS.name: [
            {"category": row.category, "amount": row.amount, "evidence": row.evidence} for row in book.statistics
        ],
    }


def read_book(study: Study, edition: str, year: int) -> Book:
    """Read an edition of the book; sources in the order of their ids, processes in their own."""
    frames = {table.name: study.lake.read(table, where=of_edition(edition)) for table in BOOK_TABLES}
    return book_of(edition, year, {name: frame.to_dicts() for name, frame in frames.items()})


def book_of(edition: str, year: int, rows: Mapping[str, Iterable[Row]]) -> Book:
    """Make a book of the rows of its tables."""
    controls: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in rows[INVENTORY_CONTROLS.name]:
        controls[row["source"], row["process"]].append(row)
    processes: dict[str, list[tuple[int, Process]]] = defaultdict(list)
    for row in rows[INVENTORY_PROCESSES.name]:
        chain = sorted(controls[row["source"], row["process"]], key=lambda control: int(control["number"]))
        process = _process(row, tuple(_control(control) for control in chain))
        processes[row["source"]].append((row["number"] or 0, process))
    sources = tuple(
        _source(row, tuple(each for _, each in sorted(processes[row["source"]], key=lambda pair: pair[0])))
        for row in rows[INVENTORY_SOURCES.name]
    )
    measured = tuple(_measured(row) for row in rows[INVENTORY_MEASURED.name])
    statistics = tuple(
        Statistic(row["category"], row["amount"], row["evidence"]) for row in rows[INVENTORY_STATISTICS.name]
    )
    return Book(edition, year, sources, measured, statistics)


# -------------------------------------------------------------------------------------------- each record


def _source_row(source: Source) -> Row:
    return {
        "source": source.id, "name": source.name, "name_en": source.name_en, "county": source.county,
        "town": source.town, "kind": source.kind, "longitude": source.longitude, "latitude": source.latitude,
        "geometry": source.geometry, "enterprise": source.enterprise, "outlets": ",".join(source.outlets),
    }  # fmt: skip


def _source(row: Row, processes: tuple[Process, ...]) -> Source:
    return Source(
        id=row["source"], name=row["name"], name_en=row["name_en"], county=row["county"], town=row["town"],
        kind=row["kind"], longitude=row["longitude"], latitude=row["latitude"], geometry=row["geometry"],
        enterprise=row["enterprise"], outlets=tuple(filter(None, row["outlets"].split(","))),
        simulated=bool(row.get("simulated")), processes=processes,
    )  # fmt: skip


def _process_row(source: str, number: int, process: Process) -> Row:
    activity, stack = process.activity, process.stack
    return {
        "source": source, "process": process.id, "number": number, "name": process.name,
        "category": activity.category, "amount": activity.amount, "unit": activity.unit, "gsd": activity.gsd,
        "parameters": as_json(activity.parameters), "stack_height": stack.height, "stack_diameter": stack.diameter,
        "stack_temperature": stack.temperature, "stack_velocity": stack.velocity,
    }  # fmt: skip


def _process(row: Row, controls: tuple[Control, ...]) -> Process:
    return Process(
        id=row["process"], name=row["name"], controls=controls,
        activity=Activity(
            row["category"], row["amount"], row["unit"], row["gsd"], json.loads(row["parameters"] or "{}")
        ),
        stack=Stack(row["stack_height"], row["stack_diameter"], row["stack_temperature"], row["stack_velocity"]),
    )  # fmt: skip


def _control_row(source: str, process: str, number: int, control: Control) -> Row:
    return {
        "source": source, "process": process, "number": number, "technology": control.technology,
        "capture": control.capture, "availability": control.availability, "removal": as_json(control.removal),
        "evidence": control.evidence,
    }  # fmt: skip


def _control(row: Row) -> Control:
    return Control(
        row["technology"], row["capture"], row["availability"], json.loads(row["removal"] or "{}"), row["evidence"]
    )


def _measured_row(row: Measured) -> Row:
    return {
        "source": row.source, "process": row.process, "pollutant": row.pollutant, "method": row.method,
        "outlet": row.outlet, "amount": row.amount, "coverage": row.coverage, "evidence": row.evidence,
    }  # fmt: skip


def _measured(row: Row) -> Measured:
    return Measured(
        row["source"], row["pollutant"], row["method"], row["amount"], process=row["process"],
        coverage=row["coverage"], outlet=row["outlet"], evidence=row["evidence"],
    )  # fmt: skip


def as_json(values: Mapping[str, Any]) -> str:
    """Write values with their keys in order, so that the same says the same."""
    return json.dumps(dict(values), ensure_ascii=False, sort_keys=True)

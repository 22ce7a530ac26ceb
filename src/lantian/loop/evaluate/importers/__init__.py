"""How do other people's files become rows of the lake? One module for each layout; none of them writes.

A file gives `Imported`: ``hours`` in the columns of ``ambient_hours``, ``published`` in those of
``published_hours`` where the file holds what a feed computed itself, and a report with rejects and findings. The
caller appends both with ``only_changes``, so that importing a file twice changes nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from lantian.desk.intake import Table, read_table
from lantian.desk.language import mark
from lantian.loop.evaluate.importers import (
    cnemc_collected,
    generic,
    national_archive,
    national_feed,
    uci_beijing,
)
from lantian.loop.evaluate.importers.generic import MAPPINGS, lantian_mapping
from lantian.loop.evaluate.importers.records import (
    HOURS_COLUMNS,
    PUBLISHED_COLUMNS,
    Imported,
    ImportOptions,
)
from lantian.terms.errors import CallerError

__all__ = [
    "HOURS_COLUMNS",
    "IMPORTERS",
    "MAPPINGS",
    "PUBLISHED_COLUMNS",
    "ImportOptions",
    "Imported",
    "Importer",
    "import_file",
    "importer_of",
    "lantian_mapping",
]


@dataclass(frozen=True, slots=True)
class Importer:
    """One layout that we know."""

    name: str
    title: str
    """English message id."""
    read: Callable[[Table, ImportOptions], Imported]
    looks_like: Callable[[Table], bool]


IMPORTERS: dict[str, Importer] = {
    row.name: row
    for row in (
        Importer(
            national_feed.KIND, mark("Answer of the national feed"), national_feed.read, national_feed.looks_like
        ),
        Importer(
            national_archive.KIND,
            mark("Wide archive of national files"),
            national_archive.read,
            national_archive.looks_like,
        ),
        Importer(
            cnemc_collected.KIND,
            mark("National feed as a collector keeps it"),
            cnemc_collected.read,
            cnemc_collected.looks_like,
        ),
        Importer(uci_beijing.KIND, mark("UCI Beijing multi-site set"), uci_beijing.read, uci_beijing.looks_like),
        Importer(generic.KIND, mark("Any table with a mapping"), generic.read, lambda _table: True),
    )
}
"""Name → importer; the first whose layout fits is taken when none is named, the generic one last."""


def importer_of(table: Table, name: str = "auto") -> Importer:
    """Return the importer of a name, or the first whose layout fits the file."""
    if name == "auto":
        return next(row for row in IMPORTERS.values() if row.looks_like(table))
    if name not in IMPORTERS:
        raise CallerError(
            "No importer {name!r}; there are auto, {IMPORTERS}. Choose one of these.",
            name=name,
            IMPORTERS=", ".join(IMPORTERS),
        )
    return IMPORTERS[name]


def import_file(path: Path, options: ImportOptions, importer: str = "auto") -> Imported:
    """Read a file into frames for the lake.

    Parameters
    ----------
    path : Path
        The file.
    options : ImportOptions
        What the caller knows beside it.
    importer : str
        Name in `IMPORTERS`, or ``auto``; a mapping in the options always means the generic one.

    Raises
    ------
    CallerError
        When the file cannot be read, or is not of the layout.
    """
    mapping = options.mapping
    table = read_table(
        path,
        sheet=options.sheet or (mapping.sheet if mapping else None),
        encoding=options.encoding or (mapping.encoding if mapping else None),
        header_rows=mapping.header_rows if mapping else None,
        limits=options.limits,
        progress=options.progress,
    )
    chosen = "generic" if mapping is not None and importer == "auto" else importer
    return importer_of(table, chosen).read(table, options)

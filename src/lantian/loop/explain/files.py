"""The inventory's workbook out and in: pages become rows, rows become a book (清单导入导出)."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import fastexcel
import polars as pl

from lantian.city.records import City
from lantian.desk.intake import REJECT_SCHEMA, ROW, Limits, Report, Table, read_table
from lantian.desk.language import Translation, translation
from lantian.loop.explain.columns import (
    PAGES,
    BookPage,
    UnreadableCellError,
    columns_of,
    page_titles,
    plain_heading,
)
from lantian.loop.explain.editions import draft_edition, find_edition
from lantian.loop.explain.form import BookForm, write_book
from lantian.loop.explain.keeping import as_json, book_of, keep_book, read_book, rows_of
from lantian.loop.explain.row_checks import Row, settle
from lantian.loop.explain.study import Study
from lantian.loop.explain.tables import (
    BOOK_TABLES,
    INVENTORY_CONTROLS,
    INVENTORY_MEASURED,
    INVENTORY_PROCESSES,
    INVENTORY_SOURCES,
)
from lantian.science.inventory.records import Book
from lantian.science.inventory.rules import InventoryRules
from lantian.terms.errors import CallerError
from lantian.terms.words import mark

_LIMITS = Limits(bytes=64 * 1024 * 1024, rows=200_000, columns=100, cells=5_000_000)
"""A city's book; more is another kind of file."""
_NEEDED = mark("This cell is needed and empty.")
_TWICE = mark("Another row above stands under the same ids. Give each its own.")
_STRANGER = mark("Nothing in the book stands under this id. Write it as on the page of sources or processes.")
_TEXTS = frozenset({"name", "name_en", "town", "geometry", "enterprise", "evidence", "process", "outlet", "unit"})


@dataclass(frozen=True, slots=True)
class ReadPage:
    """One page of a file."""

    table: str
    rows: tuple[Row, ...]
    """Sound rows in the terms of the lake."""
    report: Report


@dataclass(frozen=True, slots=True)
class Imported:
    """What came of a file."""

    pages: tuple[ReadPage, ...]
    written: Mapping[str, int] = field(default_factory=dict)
    """Table → rows that are new, different or withdrawn; empty where nothing was written."""
    kept: bool = False
    """Whether the file was taken."""

    @property
    def rejected(self) -> int:
        """Rows that could not be taken."""
        return sum(page.report.rows_rejected for page in self.pages)


def write_template(
    study: Study,
    path: Path,
    key: str | None = None,
    *,
    year: int | None = None,
    language: Translation | None = None,
) -> Path:
    """Write the workbook of an edition, or an empty one of a year: what is known is filled in.

    Parameters
    ----------
    study : Study
        The room's scene.
    path : Path
        File to make or replace.
    key : str, optional
        Edition; by default the newest, unless a year is given.
    year : int, optional
        Of an empty workbook.
    language : Translation, optional
        By default Chinese.
    """
    speak = language or translation()
    if key is None and year is not None:
        book, name = Book("", year, ()), str(year)
    else:
        edition = find_edition(study, key)
        book, name = read_book(study, edition.key, edition.year), edition.name
    city = study.city.name_zh if speak.is_chinese else study.city.name_en
    title = speak.format(mark("{city} emission inventory {name}"), city=city, name=name)
    at = study.now().astimezone(study.city.zone)
    form = BookForm(book, title, study.city, study.rules(book.year), at, study.simulated)
    write_book(path, form, speak)
    return path


def import_book(study: Study, key: str, path: Path, *, partial: bool = False) -> Imported:
    """Take a workbook into an edition: the pages that it has become the book's, all of them or none.

    Parameters
    ----------
    study : Study
        The room's scene.
    key : str
        Edition, still a draft.
    path : Path
        Workbook with the pages of the template; a page that it lacks is left as it was.
    partial : bool
        Take the sound rows although others are rejected; then no row leaves the book.

    Returns
    -------
    Imported
        The account of each page, and what was written.

    Raises
    ------
    CallerError
        No such draft, or a file without any page of the template.
    """
    edition = draft_edition(study, key)
    held = rows_of(read_book(study, key, edition.year))
    pages = read_pages(study.city, path, study.rules(edition.year), held)
    read = Imported(pages)
    if read.rejected and not partial:
        return read
    rows = {name: _together(name, held[name], pages, keep=bool(read.rejected)) for name in held}
    book = book_of(key, edition.year, rows)
    tables = [table for table in BOOK_TABLES if table.name in {page.table for page in pages}]
    return Imported(pages, keep_book(study, book, origin=path.name, tables=tables), kept=True)


def _together(name: str, held: list[Row], pages: Iterable[ReadPage], *, keep: bool) -> list[Row]:
    """Return a table's rows: those of the file, or where some were rejected those of the book with them on top."""
    page = next((page for page in pages if page.table == name), None)
    if page is None:
        return held
    if not keep:
        return list(page.rows)
    key = next(each for each in PAGES if each.table == name).key
    new = {tuple(row[part] for part in key): row for row in page.rows}
    old = {tuple(row[part] for part in key): row for row in held}
    return list({**old, **new}.values())


def read_pages(
    city: City, path: Path, rules: InventoryRules, held: Mapping[str, list[Row]]
) -> tuple[ReadPage, ...]:
    """Read every page of the template that a workbook has, row by row."""
    read_table(path, limits=_LIMITS, header_rows=0)  # its size and kind; the words of the house for what is wrong
    names = {plain_heading(name): name for name in fastexcel.read_excel(path).sheet_names}
    found: list[ReadPage] = []
    known: dict[str, set[tuple[str, ...]]] = {
        INVENTORY_SOURCES.name: {(row["source"],) for row in held[INVENTORY_SOURCES.name]},
        INVENTORY_PROCESSES.name: {(row["source"], row["process"]) for row in held[INVENTORY_PROCESSES.name]},
    }
    for page in PAGES:
        sheet = next((names[title] for title in page_titles(page) if title in names), None)
        if sheet is None:
            continue
        read = _page(city, path, page, sheet, rules, known)
        found.append(read)
        if page.table in known:
            known[page.table] = {tuple(row[part] for part in page.key) for row in read.rows}
    if not found:
        raise CallerError(
            "{name} has no page of an inventory, only {names}. `lantian inventory template` makes a workbook.",
            name=path.name, names=", ".join(names.values()),
        )  # fmt: skip
    return tuple(found)


def _page(
    city: City,
    path: Path,
    page: BookPage,
    sheet: str,
    rules: InventoryRules,
    known: Mapping[str, Collection[tuple[str, ...]]],
) -> ReadPage:
    table = _sheet(path, page, sheet)
    if table is None:
        return ReadPage(page.table, (), Report(name=sheet, rows_read=0, rows_accepted=0, rows_rejected=0))
    columns = columns_of(page, table.columns)
    lacking = [column.key for column in page.columns if column.needed and column.key not in columns]
    if lacking:
        raise CallerError(
            "The page {sheet} of {name} has no column for {lacking}. Use the template's headings.",
            sheet=sheet, name=path.name, lacking=", ".join(lacking),
        )  # fmt: skip
    rows: list[Row] = []
    lines: list[tuple[int, str, str, str]] = []
    seen: set[tuple[Any, ...]] = set()
    for cells in table.frame.iter_rows(named=True):
        texts = {key: cells[name] for key, name in columns.items()}
        if not any(texts.values()):
            continue
        row, wrong = _row(page, texts, city, rules)
        if not wrong:
            wrong = _ids(page, row, known, seen)
        if wrong:
            lines += [
                (int(cells[ROW]), columns.get(key, key), str(texts.get(key) or ""), reason)
                for key, reason in wrong
            ]
        else:
            rows.append(row)
    return ReadPage(page.table, tuple(rows), _report(sheet, table, len(rows), lines))


def _sheet(path: Path, page: BookPage, sheet: str) -> Table | None:
    """Read one page; None where nothing stands below its headings."""
    frame = fastexcel.read_excel(path).load_sheet(sheet, header_row=None, dtypes="string").to_polars()
    filled = [[cell for cell in row if cell and cell.strip()] for row in frame.iter_rows()]
    filled = [row for row in filled if row]
    heads = next((n for n, row in enumerate(filled) if len(columns_of(page, row)) > 1), None)
    if heads is not None and heads + 1 == len(filled):
        return None
    return read_table(path, sheet=sheet, header_rows=1, limits=_LIMITS)


def _row(
    page: BookPage, texts: Mapping[str, str | None], city: City, rules: InventoryRules
) -> tuple[Row, list[tuple[str, str]]]:
    """Read a row's cells and bring them to the house's terms, or say what is wrong with each."""
    row: Row = {}
    wrong: list[tuple[str, str]] = []
    for column in page.columns:
        try:
            value = column.read(texts.get(column.key))
        except UnreadableCellError as error:
            wrong.append((column.key, error.message))
            continue
        if column.needed and value in (None, ""):
            wrong.append((column.key, _NEEDED))
        row[column.key] = "" if value is None and column.key in _TEXTS else value
    if not wrong:
        wrong += settle(page.table, row, city, rules)
    for name in ("parameters", "removal"):
        if name in row and not wrong:
            row[name] = as_json(row[name])
    if page.table == INVENTORY_PROCESSES.name:
        row["number"] = None
    return row, wrong


def _ids(
    page: BookPage,
    row: Row,
    known: Mapping[str, Collection[tuple[str, ...]]],
    seen: set[tuple[Any, ...]],
) -> list[tuple[str, str]]:
    """Say whether a row's ids are its own, and those that it names are in the book."""
    key = tuple(row[part] for part in page.key)
    if key in seen:
        return [(page.key[-1], _TWICE)]
    seen.add(key)
    if page.table in {INVENTORY_PROCESSES.name, INVENTORY_CONTROLS.name, INVENTORY_MEASURED.name}:
        if (row["source"],) not in known[INVENTORY_SOURCES.name]:
            return [("source", _STRANGER)]
        named = bool(row["process"]) and page.table != INVENTORY_PROCESSES.name
        if named and (row["source"], row["process"]) not in known[INVENTORY_PROCESSES.name]:
            return [("process", _STRANGER)]
    return []


def _report(name: str, table: Table, accepted: int, lines: list[tuple[int, str, str, str]]) -> Report:
    frame = pl.DataFrame([(*line, None) for line in lines], schema=REJECT_SCHEMA, orient="row")
    rejected = {line[0] for line in lines}
    broken = table.rejects.select(list(REJECT_SCHEMA))
    count = len(rejected) + broken["row"].n_unique()
    return Report(
        name=name, rows_read=table.rows_read, rows_accepted=accepted, rows_rejected=count,
        rows_skipped=table.rows_read - accepted - count, rejects=pl.concat([broken, frame]),
        original=table.frame.filter(pl.col(ROW).is_in(sorted(rejected))), findings=table.findings,
    )  # fmt: skip

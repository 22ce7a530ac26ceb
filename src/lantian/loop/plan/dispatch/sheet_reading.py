"""A returned sheet as lines with codes and text cells, whatever program saved it, under whatever name.

Reads workbooks (Excel, WPS, LibreOffice) page by page and text copies of one page; pages are known by their
headings, rows by their codes. Nothing is judged here; `receiving` does.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import fastexcel
import polars as pl

from lantian.desk.intake import ROW, Limits, Table, read_table
from lantian.loop.plan.dispatch.sheet_layout import (
    DUTY_COLUMNS,
    FORM,
    HIDDEN,
    PROJECT_COLUMNS,
    SheetColumn,
    column_named,
    head_checksum,
    read_code,
)
from lantian.terms.errors import CallerError
from lantian.terms.findings import Finding

LIMITS = Limits(
    bytes=64 * 1024 * 1024, rows=50_000, columns=400, cells=4_000_000, unpacked_bytes=512 * 1024 * 1024
)
"""Largest sheet that is taken back."""


@dataclass(frozen=True, slots=True)
class ReturnedLine:
    """One row as it came back."""

    row: int
    page: str
    """Name of its page, or empty for a text file."""
    project: bool
    code: str | None
    """None where what stands there is no code."""
    code_text: str
    cells: Mapping[str, str | None]
    """Column key → text."""
    places: Mapping[str, str]
    """Column key → cell as Excel names it (``K7``)."""


@dataclass(frozen=True, slots=True)
class ReturnedSheet:
    """One file as it came back."""

    name: str
    digest: str
    """SHA-256 of the file."""
    lines: tuple[ReturnedLine, ...]
    organisation_id: str | None = None
    """Body that the hidden page names, where its checksum holds."""
    head: tuple[str, ...] = ()
    """First lines above the heads, for a body named there."""
    checksums: Mapping[str, tuple[str, str, str]] = field(default_factory=dict)
    """Code → id, checksum of what stands beside it, checksum of what was filled in; from the hidden page."""
    tampered: bool = False
    """Whether the hidden page's own checksum fails."""
    findings: tuple[Finding, ...] = ()


def read_returned(path: Path) -> ReturnedSheet:
    """Read one file that came back.

    Raises
    ------
    CallerError
        When it cannot be read as a table, or no page of it has a column of report codes.
    """
    first = read_table(path, header_rows=0, limits=LIMITS)  # a page that only says hello has no head
    pages = _pages(path) if first.kind in {"xlsx", "xls"} else [read_table(path, limits=LIMITS)]
    lines: list[ReturnedLine] = []
    head: tuple[str, ...] = ()
    hidden: Table | None = None
    findings: list[Finding] = [row for row in first.findings if row.code != "other_sheets"]
    for page in pages:
        if page.sheet == HIDDEN:
            hidden = page
            continue
        read = _lines_of(path, page)
        if read is not None:
            lines += read[0]
            head = head or read[1]
    if not lines:
        raise CallerError(
            "{name} has no column of report codes, so none of its rows can be told apart. Send back the sheet "
            "that was issued, or ask for it again.",
            name=path.name,
        )
    organisation, checksums, tampered = _hidden(hidden)
    return ReturnedSheet(
        path.name, first.digest, tuple(lines), organisation, head, checksums, tampered, tuple(findings)
    )


def _pages(path: Path) -> list[Table]:
    """Every page that holds anything; the archive was checked when the first was read."""
    found = []
    for name in fastexcel.read_excel(path).sheet_names:
        try:
            found.append(read_table(path, sheet=name, header_rows=0 if name == HIDDEN else None, limits=LIMITS))
        except CallerError:  # an empty page says nothing; a whole file that says nothing is refused above
            continue
    return found


def _lines_of(path: Path, page: Table) -> tuple[list[ReturnedLine], tuple[str, ...]] | None:
    """Lines of a page with codes and the words above its heads, or None where it is another page."""
    columns, head, frame = list(page.columns), page.preamble, page.frame
    rows = frame.select(columns).rows()
    numbers = frame.get_column(ROW).to_list()
    heading = _headings(columns)
    if heading is None:
        raw = read_table(path, sheet=page.sheet, header_rows=0, limits=LIMITS)
        numbers, rows = raw.frame.get_column(ROW).to_list(), raw.frame.select(raw.columns).rows()
        for place, row in enumerate(rows[:60]):
            heading = _headings([str(cell or "") for cell in row])
            if heading is not None:
                head = tuple(" ".join(cell for cell in above if cell) for above in rows[:place])
                numbers, rows = numbers[place + 1 :], rows[place + 1 :]
                break
        else:
            return None
    project, places = heading
    lines = [
        _line(int(number), page.sheet or "", project, row, places)
        for number, row in zip(numbers, rows, strict=True)
        if any(cell is not None and cell.strip() for cell in row)
    ]
    return [line for line in lines if _says_something(line)], head


def _headings(cells: Sequence[str]) -> tuple[bool, dict[str, int]] | None:
    """Whether these are heads of projects, and column key → place; None where they are no heads of a sheet."""
    for project, columns in ((False, DUTY_COLUMNS), (True, PROJECT_COLUMNS)):
        places: dict[str, int] = {}
        for place, cell in enumerate(cells):
            column = column_named(cell, columns) if cell else None
            if column is not None:
                places.setdefault(column.key, place)
        if {"code", _telling(project).key} <= places.keys():
            return project, places
    return None


def _telling(project: bool) -> SheetColumn:
    """Return the column that only this kind of page has."""
    columns, key = (PROJECT_COLUMNS, "done_on") if project else (DUTY_COLUMNS, "progress")
    return next(column for column in columns if column.key == key)


def _line(
    row: int, page: str, project: bool, cells: Sequence[str | None], places: Mapping[str, int]
) -> ReturnedLine:
    said = {key: cells[place] for key, place in places.items()}
    text = said.get("code") or ""
    return ReturnedLine(
        row, page, project, read_code(text), text.strip(), said,
        {key: f"{column_letters(place)}{row}" for key, place in places.items()},
    )  # fmt: skip


def _says_something(line: ReturnedLine) -> bool:
    """Leave out the line for the seal and other words below the table: no code and no title."""
    return line.code is not None or bool(line.code_text) or bool((line.cells.get("title") or "").strip())


def column_letters(place: int) -> str:
    """Name a column as Excel does.

    Examples
    --------
    >>> column_letters(0), column_letters(25), column_letters(26)
    ('A', 'Z', 'AA')
    """
    name = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        name = chr(65 + rest) + name
    return name


def _hidden(page: Table | None) -> tuple[str | None, dict[str, tuple[str, str, str]], bool]:
    """Body, ids and checksums of the hidden page, and whether it was changed by hand."""
    if page is None:
        return None, {}, False
    rows = [[str(cell or "") for cell in row] for row in page.frame.select(pl.exclude(ROW)).rows()]
    rows = [row + [""] * (6 - len(row)) for row in rows]
    first = next((row for row in rows if row[0] == FORM), None)
    if first is None:
        return None, {}, False
    if head_checksum(first[1], first[2], first[3], first[4]) != first[5]:
        return None, {}, True
    ids = {row[0]: (row[1], row[2], row[3]) for row in rows if read_code(row[0]) is not None}
    return first[4], ids, False


def body_named_in(head: Sequence[str]) -> str | None:
    """Return the body that the words above the table name (填报单位：…).

    Examples
    --------
    >>> body_named_in(["调度表", "填报单位：市能源局　　　报送期限：2024年11月5日"])
    '市能源局'
    """
    for text in head:
        found = re.search(r"(?:填报单位|报送单位|[Rr]eporting body)\s*[：:]\s*([^　,，;；]+)", text)
        if found:
            return found[1].strip()
    return None

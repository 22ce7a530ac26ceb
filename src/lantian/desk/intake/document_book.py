"""Workbooks with task tables as text: every visible sheet one table, merged cells kept."""

import io
import re
import zipfile
from dataclasses import dataclass

import fastexcel
from lxml import etree  # type: ignore[import-untyped] # it ships no types

from lantian.desk.intake.document_parts import Cell, DocumentLimits, Writing
from lantian.desk.intake.document_word import check_package
from lantian.science.plan_text.records import Source
from lantian.terms.errors import CallerError

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_REF = re.compile(r"([A-Z]{1,3})(\d{1,7})(?::([A-Z]{1,3})(\d{1,7}))?")


@dataclass(frozen=True, slots=True)
class _Merged:
    row: int
    column: int
    rows: int
    columns: int


def read_book(data: bytes, name: str, digest: str, limits: DocumentLimits) -> Source:
    """Read an .xlsx workbook as a `Source`; see `documents.read_source`."""
    check_package(data, name, limits, "xl/")
    writing = Writing(name, limits)
    try:
        book = fastexcel.read_excel(data)
        merged = _merged_cells(data)
        for sheet in book.sheet_names:
            loaded = book.load_sheet(sheet, header_row=None, skip_rows=0, dtypes="string")
            if loaded.visible != "visible" or loaded.total_height * loaded.width == 0:
                continue
            if loaded.total_height * loaded.width > limits.cells:
                raise CallerError(
                    "{name}, sheet {sheet!r}, has {rows:,} rows by {columns:,} columns: more than {cells:,} "
                    "cells. Delete stray cells far from the table, or give the sheet with the tasks alone.",
                    name=name,
                    sheet=sheet,
                    rows=loaded.total_height,
                    columns=loaded.width,
                    cells=limits.cells,
                )
            _write(loaded.to_polars().rows(), merged.get(sheet, []), writing)
    except fastexcel.FastExcelError as error:
        raise CallerError(
            "{name} is no workbook that can be read ({why}). Open it in Excel and save it again as .xlsx.",
            name=name,
            why=str(error).splitlines()[0],
        ) from error
    return writing.source("xlsx", digest)


def _write(rows: list[tuple[str | None, ...]], merged: list[_Merged], writing: Writing) -> None:
    heads = {(row.row, row.column): row for row in merged}
    covered = {
        (row.row + down, row.column + right)
        for row in merged
        for down in range(row.rows)
        for right in range(row.columns)
    }
    cells: list[Cell] = []
    width = max((place + 1 for row in rows for place, word in enumerate(row) if word), default=0)
    for number, row in enumerate(rows):
        filled = any(word and word.strip() for word in row)
        for column, word in enumerate(row[:width]):
            head = heads.get((number, column))
            if head is not None:
                wide = min(head.columns, width - column)
                cells.append(Cell(number, column, word or "", head.rows, wide))
            elif (number, column) not in covered and filled:
                cells.append(Cell(number, column, word or ""))
    lead = [cell for cell in cells if cell.row == 0 and cell.text.strip()]
    if len(lead) == 1 and len(rows) > 1:  # a caption over the table is a line of the document
        writing.paragraph(lead[0].text)
        cells = [cell for cell in cells if cell.row > 0]
    if cells:
        writing.table(cells)


def _merged_cells(data: bytes) -> dict[str, list[_Merged]]:
    """Return the merged cells of each sheet; calamine gives only their first cell."""
    found: dict[str, list[_Merged]] = {}
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = set(archive.namelist())
        if not {"xl/workbook.xml", "xl/_rels/workbook.xml.rels"} <= names:
            return found
        parser = etree.XMLParser(resolve_entities=False, no_network=True)
        links = etree.fromstring(archive.read("xl/_rels/workbook.xml.rels"), parser)
        targets = {row.get("Id"): str(row.get("Target")) for row in links}
        for sheet in etree.fromstring(archive.read("xl/workbook.xml"), parser).iter(_MAIN + "sheet"):
            target = targets.get(sheet.get(_RELATION), "")
            part = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
            if part in names:
                found[str(sheet.get("name"))] = _merged_in(archive.read(part))
    return found


def _merged_in(part: bytes) -> list[_Merged]:
    rows = []
    for _, element in etree.iterparse(io.BytesIO(part), tag=_MAIN + "mergeCell", resolve_entities=False):
        match = _REF.fullmatch(element.get("ref") or "")
        if match is not None and match.group(3) is not None:
            left, top = _column(match.group(1)), int(match.group(2)) - 1
            right, bottom = _column(match.group(3)), int(match.group(4)) - 1
            rows.append(_Merged(top, left, bottom - top + 1, right - left + 1))
    return rows


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1

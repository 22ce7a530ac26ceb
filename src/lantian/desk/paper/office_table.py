"""Tables as an office makes them: a merged title, a line with unit and date, ruled cells, a page set up to print.

`excel` writes frames for people who compute; here are tables to be read, signed and pinned to a wall.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

import xlsxwriter  # type: ignore[import-untyped]
from xlsxwriter.format import Format  # type: ignore[import-untyped]
from xlsxwriter.worksheet import Worksheet  # type: ignore[import-untyped]

from lantian.desk.language import Translation, mark
from lantian.desk.paper.csv import GUARDED
from lantian.desk.paper.excel import cells_wide, tab_name
from lantian.desk.paper.palette import LIGHT, ink_on
from lantian.desk.paper.whole import whole_file
from lantian.desk.paper.word import SIMULATED
from lantian.desk.paper.word_tables import same_runs

_OPTIONS: dict[str, Any] = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "nan_inf_to_errors": False,
}
_PAPER = {"A4": 9, "A3": 8}
_LONGEST = 32_767
HEAD_ROW = 2
"""Row of the heads, from 0: the title and the line below it stand before."""


@dataclass(frozen=True, slots=True)
class OfficeColumn:
    """How one column looks."""

    title: str
    width: float
    """Characters of Excel's measure."""
    align: Literal["left", "center", "right"] = "left"
    number: str = ""
    """Format of its numbers, for instance ``0.0``."""
    merge: bool = False
    """Whether equal neighbours, one below the other, become one cell."""
    upright: bool = False
    """Whether its head stands upright (竖排), for narrow columns."""
    quiet: bool = False
    """Small and grey: an id that a machine wants."""


@dataclass(frozen=True, slots=True)
class OfficeTable:
    """One page of a workbook."""

    name: str
    title: str
    columns: Sequence[OfficeColumn]
    rows: Sequence[Sequence[object]]
    """Texts, numbers, dates; None is an empty cell."""
    left: str = ""
    """Unit line (编制单位)."""
    right: str = ""
    """Date line (制表日期)."""
    fills: Mapping[tuple[int, int], str] = field(default_factory=dict)
    """(row, column), from 0 → colour ``#RRGGBB``."""
    numbers: Mapping[tuple[int, int], str] = field(default_factory=dict)
    """(row, column), from 0 → format of a number that looks otherwise than its column."""
    foot: Sequence[str] = ()
    """Notes below the table."""
    paper: Literal["A4", "A3"] = "A4"
    landscape: bool = True
    frozen_columns: int = 0
    one_page_high: bool = False
    """Whether the whole table has to fit on one page."""


def write_office_book(
    path: Path,
    tables: Sequence[OfficeTable],
    *,
    how_made: Sequence[tuple[str, str]],
    simulated: bool,
    language: Translation,
) -> None:
    """Write tables and how they were made as .xlsx: whole or not at all; text never becomes a formula or a link.

    Parameters
    ----------
    path : Path
        File to make or replace.
    tables : sequence of OfficeTable
        At least one.
    how_made : sequence of pairs
        Heading and words for the last page.
    simulated : bool
        Whether every page says so, in its header and in its own first lines.
    language : Translation
        Language of the page numbers and the last page.

    Raises
    ------
    HouseError
        When the disk refuses.
    """
    with whole_file(path) as temporary:
        try:
            with xlsxwriter.Workbook(temporary, _OPTIONS) as book:
                book.set_properties({"title": tables[0].title, "author": "Lantian"})
                looks = _Looks(book)
                names: set[str] = set()
                for table in tables:
                    _write(book.add_worksheet(tab_name(table.name, names)), table, looks, simulated, language)
                name = tab_name(language.gettext(mark("How it was made")), names)
                _how_made(book.add_worksheet(name), how_made, looks, simulated)
        except xlsxwriter.exceptions.FileCreateError as error:
            raise OSError(str(error)) from error


class _Looks:
    """Formats of one workbook, made once each."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        self._book = book
        self._made: dict[tuple[tuple[str, Any], ...], Format] = {}

    def of(self, **properties: Any) -> Format:
        key = tuple(sorted(properties.items()))
        if key not in self._made:
            font = {"font_name": "宋体", "font_size": 10, "valign": "vcenter"}
            self._made[key] = self._book.add_format({**font, **properties})
        return self._made[key]

    def cell(self, column: OfficeColumn, value: object, fill: str | None, number: str = "") -> Format:
        properties: dict[str, Any] = {"border": 1, "border_color": LIGHT.muted, "text_wrap": True}
        properties["align"] = column.align
        if column.quiet:
            properties |= {"font_size": 7, "font_color": LIGHT.muted}
        if isinstance(value, date):
            properties["num_format"] = "yyyy-mm-dd"
        elif (wanted := number or column.number) and isinstance(value, (int, float, Decimal)):
            properties["num_format"] = wanted
        if fill:
            properties["bg_color"] = fill
            if (ink := ink_on(fill)) != "#000000":
                properties["font_color"] = ink
        if isinstance(value, str) and GUARDED.match(value):
            properties["quote_prefix"] = True
        return self.of(**properties)


def _write(page: Worksheet, table: OfficeTable, looks: _Looks, simulated: bool, language: Translation) -> None:
    last = len(table.columns) - 1
    _heads(page, table, looks, simulated)
    texts = [["" if cell is None else str(cell) for cell in row] for row in table.rows]
    for offset, row in enumerate(table.rows):
        for position, (column, value) in enumerate(zip(table.columns, row, strict=True)):
            at = (offset, position)
            look = looks.cell(column, value, table.fills.get(at), table.numbers.get(at, ""))
            _cell(page, HEAD_ROW + 1 + offset, position, value, look)
        page.set_row(HEAD_ROW + 1 + offset, _height(table.columns, texts[offset]))
    merged = [position for position, column in enumerate(table.columns) if column.merge]
    for place, position in enumerate(merged):
        for first, end in same_runs(texts, merged[: place + 1], len(texts)) if texts else ():
            if end > first:
                look = looks.cell(table.columns[position], texts[first][position], None)
                top = HEAD_ROW + 1
                page.merge_range(top + first, position, top + end, position, texts[first][position], look)
    below = HEAD_ROW + 2 + len(table.rows)
    note = looks.of(font_size=9, font_color=LIGHT.muted, text_wrap=True, valign="top")
    for offset, line in enumerate(table.foot):
        _merged(page, below + offset, 0, last, line, note)
    _set_up(page, table, simulated, language)


def _heads(page: Worksheet, table: OfficeTable, looks: _Looks, simulated: bool) -> None:
    last = len(table.columns) - 1
    _merged(page, 0, 0, last, table.title, looks.of(bold=True, font_name="黑体", font_size=18, align="center"))
    page.set_row(0, 34)
    half = max(last // 2, 0)
    left = f"【{SIMULATED}】 {table.left}" if simulated else table.left
    colour = {"font_color": LIGHT.warning, "bold": True} if simulated else {}
    _merged(page, 1, 0, half, left, looks.of(align="left", **colour))
    if last > half:
        _merged(page, 1, half + 1, last, table.right, looks.of(align="right"))
    page.set_row(1, 20)
    tall = max((_upright_height(column.title) for column in table.columns if column.upright), default=32.0)
    for position, column in enumerate(table.columns):
        head: dict[str, Any] = {"bold": True, "align": "center", "text_wrap": True, "border": 1}
        head |= {"bg_color": LIGHT.accent_soft, "border_color": LIGHT.muted}
        if column.upright:
            head |= {"rotation": 270 if _is_wide(column.title) else 90, "font_size": 9}
        page.write_string(HEAD_ROW, position, column.title, looks.of(**head))
        page.set_column(position, position, column.width)
    page.set_row(HEAD_ROW, tall)


def _is_wide(title: str) -> bool:
    """Whether a head is Chinese: then its letters stand one below the other, else the line is turned."""
    return cells_wide(title) > len(title)


def _upright_height(title: str) -> float:
    return min(13.0 * len(title) + 8 if _is_wide(title) else 5.4 * len(title) + 16, 260.0)


def _merged(page: Worksheet, row: int, first: int, last: int, text: str, look: Format) -> None:
    if last > first:
        page.merge_range(row, first, row, last, "", look)
    page.write_string(row, first, text[:_LONGEST], look)


def _cell(page: Worksheet, row: int, position: int, value: object, look: Format) -> None:
    if value is None:
        page.write_blank(row, position, None, look)
    elif isinstance(value, bool):
        page.write_boolean(row, position, value, look)
    elif isinstance(value, (int, float, Decimal)):
        page.write_number(row, position, float(value), look)
    elif isinstance(value, date):
        page.write_datetime(row, position, value, look)
    else:
        page.write_string(row, position, str(value)[:_LONGEST], look)


def _height(columns: Sequence[OfficeColumn], texts: Sequence[str]) -> float:
    """Give a row the height that its longest cell needs, for programs that do not find it themselves. [pt]"""
    lines = 1
    for column, text in zip(columns, texts, strict=True):
        if not column.merge and not column.upright:
            size = 0.7 if column.quiet else 1.0
            each = (
                -(-int(cells_wide(part) * size) // max(int(column.width) - 1, 1)) or 1 for part in text.split("\n")
            )
            lines = max(lines, sum(each))
    return min(max(20.0, 13.5 * lines + 5), 400.0)


def _set_up(page: Worksheet, table: OfficeTable, simulated: bool, language: Translation) -> None:
    page.set_paper(_PAPER[table.paper])
    if table.landscape:
        page.set_landscape()
    page.set_margins(left=0.5, right=0.5, top=0.75, bottom=0.65)
    page.center_horizontally()
    page.fit_to_pages(1, 1 if table.one_page_high else 0)
    page.repeat_rows(HEAD_ROW)
    page.freeze_panes(HEAD_ROW + 1, table.frozen_columns)
    page.hide_gridlines(2)
    if simulated:
        page.set_header(f"&C&B{SIMULATED}")
        page.set_tab_color(LIGHT.warning)
    pages = language.gettext(mark("page {page} of {pages}")).replace("{page}", "&P").replace("{pages}", "&N")
    page.set_footer("&L" + table.title.replace("&", "&&") + "&R" + pages)


def _how_made(page: Worksheet, how_made: Sequence[tuple[str, str]], looks: _Looks, simulated: bool) -> None:
    page.set_column(0, 0, 20)
    page.set_column(1, 1, 100)
    page.set_paper(9)
    page.set_landscape()
    page.fit_to_pages(1, 0)  # headings and texts on one sheet of paper
    first = 0
    if simulated:
        page.write_string(0, 0, SIMULATED, looks.of(bold=True, font_color=LIGHT.warning))
        page.set_header(f"&C&B{SIMULATED}")
        page.set_tab_color(LIGHT.warning)
        first = 2
    for offset, (heading, text) in enumerate(how_made):
        quoted = {"quote_prefix": True} if GUARDED.match(text) else {}
        page.write_string(first + offset, 0, heading, looks.of(font_color=LIGHT.muted, valign="top"))
        page.write_string(first + offset, 1, text, looks.of(text_wrap=True, valign="top", **quoted))

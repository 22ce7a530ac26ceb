"""Excel workbooks: one table a sheet, units under the names, and a last sheet that says how they were made."""

import math
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import xlsxwriter  # type: ignore[import-untyped]
from xlsxwriter.format import Format  # type: ignore[import-untyped]
from xlsxwriter.worksheet import Worksheet  # type: ignore[import-untyped]

from lantian.desk.language import Translation, mark, translation
from lantian.desk.paper.csv import GUARDED
from lantian.desk.paper.palette import LIGHT
from lantian.desk.paper.provenance import HowMade
from lantian.desk.paper.whole import whole_file
from lantian.terms.errors import CallerError

_WIDEST, _NARROWEST = 60, 6
_LOOK_AT = 400
_ROWS = 1_048_576
_FORBIDDEN = str.maketrans(dict.fromkeys("[]:*?/\\", "-"))


@dataclass(frozen=True, slots=True)
class SheetColumn:
    """How one column of a frame looks."""

    name: str
    """Column of the frame."""
    title: str | None = None
    """Heading; by default the name, which an import knows again."""
    unit: str = ""
    decimals: int | None = None
    """Decimals shown; the value itself is written whole. None: as it is."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table."""

    name: str
    """At most 31 characters are shown on the tab."""
    frame: pl.DataFrame
    columns: Sequence[SheetColumn] = ()
    """Looks of the columns, in their order; columns that are not named here are left out. Empty: all, plain."""
    fills: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Column → text or number of a cell → colour ``#RRGGBB``, for the legal colours of a level."""


def write_workbook(
    path: Path, sheets: Sequence[Sheet], how_made: HowMade, language: Translation | None = None
) -> None:
    """Write tables and how they were made as .xlsx: whole or not at all.

    Text never becomes a formula or a link; instants are written as clock times of their own zone; a missing value
    is an empty cell.

    Parameters
    ----------
    path : Path
        File to make or replace.
    sheets : sequence of Sheet
        At least one.
    how_made : HowMade
        Printed on the last sheet; if simulated, every sheet says so in its header and its tab is amber.
    language : Translation, optional
        Language of the last sheet; by default Chinese.

    Raises
    ------
    CallerError
        When a table is too long for a sheet.
    HouseError
        When the disk refuses.
    """
    speak = language or translation()
    for sheet in sheets:
        if sheet.frame.height > _ROWS - 2:
            raise CallerError(
                "{name!r} has {height:,} rows; a sheet of Excel ends at {ROWS:,}. Export a shorter "
                "period, or CSV or Parquet.",
                name=sheet.name,
                height=sheet.frame.height,
                ROWS=_ROWS,
            )
    with whole_file(path) as temporary:
        try:
            _write_book(temporary, sheets, how_made, speak)
        except xlsxwriter.exceptions.FileCreateError as error:
            raise OSError(str(error)) from error


def _write_book(path: Path, sheets: Sequence[Sheet], how_made: HowMade, language: Translation) -> None:
    with xlsxwriter.Workbook(path, _OPTIONS) as book:
        _describe(book, how_made)
        looks = _Looks(book)
        names: set[str] = set()
        for sheet in sheets:
            _write_sheet(book, sheet, looks, names, how_made, language)
        _write_how_made(book, how_made, looks, names, language)


_OPTIONS: dict[str, Any] = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "nan_inf_to_errors": False,
    "remove_timezone": True,
}


def _describe(book: xlsxwriter.Workbook, how_made: HowMade) -> None:
    book.set_properties(
        {
            "title": how_made.title,
            "subject": how_made.period,
            "author": f"Lantian {how_made.code_version}",
            "comments": f"run {how_made.run_id}",
            "created": how_made.generated_at.replace(tzinfo=None),
        }
    )


class _Looks:
    """Formats of one workbook, made once each."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        self._book = book
        self._made: dict[tuple[tuple[str, Any], ...], Format] = {}
        self.head = self.of(bold=True, bg_color=LIGHT.surface, bottom=1, bottom_color=LIGHT.line, valign="vcenter")
        self.unit = self.of(font_color=LIGHT.muted, bg_color=LIGHT.surface, font_size=9, align="right")
        self.banner = self.of(bold=True, font_color=LIGHT.warning)

    def of(self, **properties: Any) -> Format:
        key = tuple(sorted(properties.items()))
        if key not in self._made:
            font = {"font_name": "Microsoft YaHei", "font_size": 10}
            self._made[key] = self._book.add_format({**font, **properties})
        return self._made[key]


def _write_sheet(
    book: xlsxwriter.Workbook,
    sheet: Sheet,
    looks: _Looks,
    names: set[str],
    how_made: HowMade,
    language: Translation,
) -> None:
    page: Worksheet = book.add_worksheet(tab_name(sheet.name, names))
    columns = list(sheet.columns) or [SheetColumn(name) for name in sheet.frame.columns]
    has_units = any(column.unit for column in columns)
    body = 2 if has_units else 1
    for position, column in enumerate(columns):
        title = column.title if column.title is not None else column.name
        page.write_string(0, position, title, looks.head)
        if has_units:
            page.write_string(1, position, column.unit, looks.unit)
        series = sheet.frame.get_column(column.name)
        width = _write_column(page, body, position, series, column, looks, sheet.fills.get(column.name, {}))
        width = max(width, cells_wide(title), cells_wide(column.unit))
        page.set_column(position, position, min(max(width + 2, _NARROWEST), _WIDEST))
    page.freeze_panes(body, 0)
    if columns and sheet.frame.height:
        page.autofilter(body - 1, 0, body - 1 + sheet.frame.height, len(columns) - 1)
    page.repeat_rows(0, body - 1)
    page.set_landscape()
    page.fit_to_pages(1, 0)
    if how_made.simulated:
        page.set_header("&C&B" + language.gettext(mark("SIMULATED data, never measured")))
        page.set_tab_color(LIGHT.warning)
    page.set_footer("&L" + how_made.title.replace("&", "&&") + "&R&P / &N")


def _write_column(
    page: Worksheet,
    first: int,
    position: int,
    series: pl.Series,
    column: SheetColumn,
    looks: _Looks,
    fills: Mapping[str, str],
) -> int:
    """Write the cells of a column and return how wide its widest looks."""
    widest = 0
    number_format = (
        {}
        if column.decimals is None
        else {"num_format": "0" + ("." + "0" * column.decimals) * (column.decimals > 0)}
    )
    for offset, value in enumerate(series.to_list()):
        if value is None or (isinstance(value, float) and not math.isfinite(value)):
            continue
        fill = {"bg_color": fills[str(value)]} if str(value) in fills else {}
        row = first + offset
        if isinstance(value, bool):
            page.write_boolean(row, position, value, looks.of(**fill))
        elif isinstance(value, (int, float)):
            page.write_number(row, position, value, looks.of(**number_format, **fill))
        elif isinstance(value, datetime):
            page.write_datetime(row, position, value.replace(tzinfo=None), looks.of(num_format="yyyy-mm-dd hh:mm"))
        elif isinstance(value, date):
            page.write_datetime(row, position, value, looks.of(num_format="yyyy-mm-dd"))
        else:
            quoted = {"quote_prefix": True} if GUARDED.match(str(value)) else {}
            page.write_string(row, position, str(value)[:32_767], looks.of(**quoted, **fill))
        if offset < _LOOK_AT:
            widest = max(widest, _shown_width(value, column.decimals))
    return widest


def _shown_width(value: object, decimals: int | None) -> int:
    if isinstance(value, datetime):
        return 16
    if isinstance(value, float) and decimals is not None:
        return len(f"{value:.{decimals}f}")
    return cells_wide(str(value))


def _write_how_made(
    book: xlsxwriter.Workbook, how_made: HowMade, looks: _Looks, names: set[str], language: Translation
) -> None:
    page: Worksheet = book.add_worksheet(tab_name(f"{'制作说明'} How made", names))
    page.set_column(0, 0, 20)
    page.set_column(1, 1, 110)
    page.set_paper(9)
    page.set_landscape()
    page.fit_to_pages(1, 0)  # headings and texts on one sheet of paper
    row = 0
    if how_made.simulated:
        page.write_string(0, 0, language.gettext(mark("SIMULATED data, never measured")), looks.banner)
        page.set_tab_color(LIGHT.warning)
        row = 2
    wrapped = looks.of(text_wrap=True, valign="top")
    quoted = looks.of(text_wrap=True, valign="top", quote_prefix=True)
    for offset, (heading, text) in enumerate(how_made.rows(language)):
        page.write_string(row + offset, 0, heading, looks.of(font_color=LIGHT.muted, valign="top"))
        page.write_string(row + offset, 1, text, quoted if GUARDED.match(text) else wrapped)


def tab_name(name: str, taken: set[str]) -> str:
    r"""Make a lawful, unused tab name: no ``[]:*?/\``, at most 31 characters, unlike the others without case.

    Examples
    --------
    >>> taken = set()
    >>> tab_name("2026/03", taken), tab_name("2026-03", taken)
    ('2026-03', '2026-03 (2)')
    """
    wanted = name.translate(_FORBIDDEN).strip("'")[:31] or "Sheet"
    candidate, number = wanted, 2
    while candidate.lower() in taken or candidate.lower() == "history":
        tail = f" ({number})"
        candidate, number = wanted[: 31 - len(tail)] + tail, number + 1
    taken.add(candidate.lower())
    return candidate


def cells_wide(text: str) -> int:
    """How many Latin characters a text is wide; a Chinese one counts two.

    Examples
    --------
    >>> cells_wide("PM2.5 浓度")
    10
    """
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)

"""Tables of a Word document: a head on every page, widths from the words, equal neighbours as one cell."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from docx.document import Document
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Cm, RGBColor
from docx.table import Table, _Cell

from lantian.desk.paper.excel import cells_wide
from lantian.desk.paper.palette import LIGHT, ink_on
from lantian.desk.paper.word_xml import keep_row, narrow_cells, repeat_row, shade

Fills = Mapping[str, str] | Mapping[tuple[int, int], str]
"""Text of a cell, or its row and column from 0 → colour of its ground."""
_NARROW, _WIDE = 6, 44
"""Fewest and most Latin characters that a column's own words may claim."""
_WHOLE = 9
"""Most rows of a table that stays on one page."""
_TALLEST = 12
"""Most rows of one merged cell, so that no page stands without its words."""


def fill_table(
    document: Document,
    header: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    width_cm: float,
    widths_cm: Sequence[float] | None,
    numeric: Collection[int],
    merge: Collection[int],
    fills: Fills,
    style: str = "Lantian Cell",
    left: Collection[int] = (),
) -> Table:
    """Append a table of texts to a document; see ``WordDocument.table``."""
    known: Mapping[Any, str] = fills
    table: Table = document.add_table(rows=1 + len(rows), cols=len(header), style="Table Grid")
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    table.autofit = False
    if style == "Lantian Small":
        narrow_cells(table)
    widths = column_widths(header, rows, width_cm, widths_cm)
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Cm(width)
    grid = [list(row.cells) for row in table.rows]
    for row in table.rows:
        keep_row(row)
    repeat_row(table.rows[0])
    for position, text in enumerate(header):
        _write(grid[0][position], text, style, widths[position], WD_ALIGN_PARAGRAPH.CENTER, bold=True)
        shade(grid[0][position], LIGHT.surface)
    for number, texts in enumerate(rows, start=1):
        for position, text in enumerate(texts):
            cell = grid[number][position]
            _write(cell, text, style, widths[position], _align(position, text, numeric, left), bold=False)
            cell.paragraphs[0].paragraph_format.keep_with_next = number < len(rows) <= _WHOLE or None
            if fill := known.get((number - 1, position)) or known.get(text):
                _shade(cell, fill)
    for position in merge:
        columns = [other for other in sorted(merge) if other <= position]
        for first, last in same_runs(rows, columns, _TALLEST) if rows else ():
            for spare in range(first + 1, last + 1):
                for run in grid[spare + 1][position].paragraphs[0].runs:
                    run.clear()
            joined = grid[first + 1][position].merge(grid[last + 1][position])
            for line in joined.paragraphs[1:]:
                line._p.getparent().remove(line._p)
    return table


def column_widths(
    header: Sequence[str], rows: Sequence[Sequence[str]], page_cm: float, asked: Sequence[float] | None
) -> list[float]:
    """Share the page among columns by what was asked, or by their words. [cm]

    Examples
    --------
    >>> column_widths(["a", "b"], [], 15.0, [1.0, 2.0])
    [1.0, 2.0]
    >>> column_widths(["序号", "工作进展情况"], [["1", "已完成招标并开工建设"]], 13.0, None)
    [3.0, 10.0]
    """
    if asked is not None:
        scale = min(1.0, page_cm / sum(asked))
        return [width * scale for width in asked]
    wide = []
    for position, text in enumerate(header):
        words = [cells_wide(text), *(cells_wide(row[position]) for row in rows)]
        wide.append(min(max(_NARROW, *words), _WIDE))
    return [page_cm * part / sum(wide) for part in wide]


def _align(position: int, text: str, numeric: Collection[int], left: Collection[int]) -> WD_ALIGN_PARAGRAPH:
    if position in numeric:
        return WD_ALIGN_PARAGRAPH.RIGHT
    if position in left:
        return WD_ALIGN_PARAGRAPH.LEFT
    return WD_ALIGN_PARAGRAPH.CENTER if cells_wide(text) <= 10 else WD_ALIGN_PARAGRAPH.LEFT


def _write(cell: _Cell, text: str, style: str, width: float, align: WD_ALIGN_PARAGRAPH, *, bold: bool) -> None:
    cell.width = Cm(width)
    cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
    line = cell.paragraphs[0]
    line.style = style
    line.alignment = align
    if text:
        line.add_run(text).bold = bold or None


def _shade(cell: _Cell, fill: str) -> None:
    """Fill a cell, its words in white where the ground is dark."""
    shade(cell, fill)
    if (ink := ink_on(fill)) != "#000000":
        for run in cell.paragraphs[0].runs:
            run.font.color.rgb = RGBColor.from_string(ink[1:])


def same_runs(rows: Sequence[Sequence[str]], columns: Sequence[int], most: int) -> list[tuple[int, int]]:
    """Find stretches of rows that agree in all the columns, as first and last row, none longer than `most`.

    Examples
    --------
    >>> same_runs([["a", "x"], ["a", "x"], ["a", "y"]], [0, 1], most=12)
    [(0, 1), (2, 2)]
    """
    found: list[tuple[int, int]] = []
    first = 0
    for number in range(1, len(rows) + 1):
        ends = number == len(rows) or any(rows[number][column] != rows[number - 1][column] for column in columns)
        if ends or number - first == most:
            found.append((first, number - 1))
            first = number
    return found

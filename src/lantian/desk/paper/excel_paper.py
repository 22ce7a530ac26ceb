"""Papers as Excel: a first sheet with what is said in words, a sheet for each table, and how they were made."""

from pathlib import Path

from lantian.desk.paper.office_paper import (
    DASH,
    Cell,
    Figures,
    Head,
    Heading,
    OfficePaper,
    Signing,
    Table,
    Text,
    plain,
)
from lantian.desk.paper.office_table import OfficeColumn, OfficeTable, write_office_book
from lantian.terms.words import mark

_CHARACTERS = 5.2
"""Of Excel's measure for one centimetre of paper."""
_NARROW = 7.0
_UPRIGHT = 24
"""Most rows of a table on a lying page."""


def write_excel(paper: OfficePaper, path: Path) -> None:
    """Write a paper as .xlsx: whole or not at all; text never becomes a formula or a link.

    Raises
    ------
    HouseError
        When the disk refuses.
    """
    tables = [_table(paper, block) for block in paper.blocks if isinstance(block, Table)]
    words = _words(paper)
    write_office_book(
        path,
        [*([words] if words.rows else []), *tables],
        how_made=paper.how_made,
        simulated=paper.simulated,
        language=paper.language,
    )


def _words(paper: OfficePaper) -> OfficeTable:
    """Lay numbers and sentences out below each other."""
    say = paper.language.gettext
    rows: list[tuple[object, object, object]] = []
    fills: dict[tuple[int, int], str] = {}
    heading = None
    for block in paper.blocks:
        if isinstance(block, Heading):
            heading = block.text
        elif isinstance(block, Text):
            rows.append((heading, block.text, None))
            heading = None
        elif isinstance(block, Figures):
            for figure in block.figures:
                if figure.colour:
                    fills[len(rows), 1] = figure.colour
                rows.append((figure.label, f"{figure.value} {figure.unit}".strip(), figure.note))
    columns = (
        OfficeColumn(say(mark("Item")), 24),
        OfficeColumn(say(mark("What is said")), 58),
        OfficeColumn(say(mark("Note")), 34),
    )
    return OfficeTable(
        name=say(mark("Summary")), title=_title(paper, ""), columns=columns, rows=rows, left=_office(paper),
        right=paper.subtitle, fills=fills, landscape=False, foot=[paper.draft] if paper.draft else [],
    )  # fmt: skip


def _table(paper: OfficePaper, table: Table) -> OfficeTable:
    signing = [
        "　".join(f"{label}________" for label in block.labels)
        for block in paper.blocks
        if isinstance(block, Signing)
    ]
    return OfficeTable(
        name=table.name,
        title=_title(paper, table.name),
        columns=[_column(head) for head in table.heads],
        rows=[[DASH if (value := plain(cell)) is None else value for cell in row] for row in table.rows],
        left=_office(paper),
        right=paper.subtitle,
        fills=table.fills(),
        numbers=_numbers(table),
        foot=[*([paper.draft] if paper.draft else []), *table.notes, *signing],
        landscape=len(table.rows) <= _UPRIGHT,
    )


def _title(paper: OfficePaper, name: str) -> str:
    """Title of a sheet; while the paper is provisional, it says so."""
    whole = paper.title if not name or name in paper.title else f"{paper.title} {name}"
    return f"{whole} [{paper.watermark}]" if paper.watermark else whole


def _office(paper: OfficePaper) -> str:
    return "" if paper.letterhead is None else paper.letterhead.office


def _column(head: Head) -> OfficeColumn:
    return OfficeColumn(
        title=head.title + (f"\n{head.unit}" if head.unit else ""),
        width=max(head.width * _CHARACTERS, _NARROW),
        align=head.align,
        number=number_format(head.decimals, signed=head.signed),
        merge=head.merge,
    )


def _numbers(table: Table) -> dict[tuple[int, int], str]:
    """(row, column), from 0 → format of the numbers that look otherwise than their column."""
    return {
        (at, place): number_format(cell.decimals, signed=cell.signed)
        for at, row in enumerate(table.rows)
        for place, cell in enumerate(row)
        if isinstance(cell, Cell) and cell.decimals is not None
    }


def number_format(decimals: int | None, *, signed: bool) -> str:
    """Return Excel's format of numbers.

    Examples
    --------
    >>> number_format(2, signed=False), number_format(1, signed=True), number_format(None, signed=False)
    ('0.00', '+0.0;-0.0;0.0', '')
    """
    if decimals is None:
        return ""
    shown = "0" + ("." + "0" * decimals if decimals else "")
    return f"+{shown};-{shown};{shown}" if signed else shown

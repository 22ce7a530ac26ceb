"""Rows of a table in a plain text: lines with tabs or upright strokes between their cells."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from lantian.science.plan_text.lines import trimmed
from lantian.science.plan_text.records import Block, BlockKind, Span
from lantian.science.plan_text.task_headers import Column, column_of

_CELL = {"\t": re.compile(r"[^\t]*"), "|": re.compile(r"[^|]*"), "｜": re.compile(r"[^｜]*")}
_RULE = re.compile(r"[|｜:\-—\s]+")
_HEADING_MOST = 40
"""A line between rows that heads those below it is at most this long. [character]"""
_FEWEST = 3
"""A header names at least this many columns. [column]"""


def cells_of(text: str, blocks: Sequence[Block]) -> tuple[Block, ...]:
    r"""Return the blocks with the rows of task tables cut into cells.

    Examples
    --------
    >>> text = "序号\t任务\t牵头单位\n1\t控尘\t某局"
    >>> rows = cells_of(text, [Block(BlockKind.PARAGRAPH, Span(0, 10)), Block(BlockKind.PARAGRAPH, Span(11, 18))])
    >>> [(row.row, row.column, row.span.cut(text)) for row in rows][3:]
    [(1, 0, '1'), (1, 1, '控尘'), (1, 2, '某局')]
    """
    kept: list[Block] = []
    place = table = 0
    while place < len(blocks):
        separator = _header_separator(text, blocks[place].span)
        if separator is None:
            kept.append(blocks[place])
            place += 1
            continue
        end = place
        while end < len(blocks) and _goes_on(text, blocks[end : end + 2], separator):
            end += 1
        kept.extend(_table(text, blocks[place:end], separator, table))
        table += 1
        place = end
    return tuple(kept)


def _table(text: str, lines: Sequence[Block], separator: str, table: int) -> Iterator[Block]:
    width = lines[0].span.cut(text).count(separator) + 1
    row = 0
    for line in lines:
        words = line.span.cut(text)
        if separator not in words:
            yield Block(BlockKind.CELL, line.span, table, row, 0, columns=width)
        elif _RULE.fullmatch(words) is not None:
            yield line
            continue
        else:
            for column, cell in enumerate(_cells(text, line.span, separator)):
                yield replace(cell, table=table, row=row, column=column)
        row += 1


def _goes_on(text: str, lines: Sequence[Block], separator: str) -> bool:
    """Whether a line is a row, or the heading of the rows below it."""
    words = [line.span.cut(text) for line in lines]
    return separator in words[0] or (len(words) > 1 and separator in words[1] and len(words[0]) <= _HEADING_MOST)


def _header_separator(text: str, line: Span) -> str | None:
    words = line.cut(text)
    if len(words) > 200:
        return None
    for separator in _CELL:
        names = [name.strip() for name in words.strip("|｜ ").split(separator)]
        kinds = {column_of(name) for name in names if name} - {Column.OTHER}
        if len(names) >= _FEWEST and len(kinds) >= _FEWEST - 1 and kinds & {Column.TASK, Column.CONTENT}:
            return separator
    return None


def _cells(text: str, line: Span, separator: str) -> Iterator[Block]:
    start, end = line.start, line.end
    if separator == "\t":  # an empty first cell is only a tab
        start = max(text.rfind("\n", 0, start), text.rfind("\r", 0, start)) + 1
    else:
        start += text.startswith(separator, start)
        end -= text.endswith(separator, start, end)
    while start <= end:
        found = _CELL[separator].match(text, start, end)
        stop = found.end() if found is not None else end
        yield Block(BlockKind.CELL, trimmed(text, start, stop))
        start = stop + 1

"""Which tables of a source are lists of tasks, and what stands in which column of them? (任务清单、责任分工表)."""

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from lantian.science.plan_text.lines import trimmed
from lantian.science.plan_text.numbering import label_at
from lantian.science.plan_text.records import Block, BlockKind, Source, Span
from lantian.science.plan_text.task_headers import WHAT, Column, Header, Row, header_of, is_header, width_of

_ROLES = {Column.LEAD: "lead", Column.COOPERATE: "cooperate", Column.IMPLEMENT: "implement"}


@dataclass(frozen=True, slots=True)
class Entry:
    """One measure of a task table: a row, or several that share one serial number."""

    number: int | str
    title: Span
    body: tuple[Span, ...]
    """Cells with the measure's words, the title's own cell included."""
    span: Span
    section: Span | None
    """Cell or full-width row that heads it."""
    rows: tuple["Cells", ...]


@dataclass(frozen=True, slots=True)
class Cells:
    """The cells of one row that are not the measure's words."""

    lead: Span | None = None
    cooperate: Span | None = None
    implement: Span | None = None
    due: Span | None = None
    others: dict[str, Span] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    """``lead``, ``cooperate`` or ``implement`` → the header of that column as written."""


@dataclass(frozen=True, slots=True)
class TaskTable:
    """A table that lists tasks with who answers for them."""

    table: int
    header: tuple[Span, ...]
    captions: tuple[Span, ...]
    entries: tuple[Entry, ...]
    unread: tuple[Span, ...]
    """Cells of rows that hold no task."""
    cells: tuple[Span, ...] = ()
    """Every cell of the table."""

    @property
    def start(self) -> int:
        """Where the table begins."""
        return min((span.start for span in self.cells), default=0)

    @property
    def names_bodies(self) -> bool:
        """Whether a row says who leads, helps or carries out."""
        rows = (row for entry in self.entries for row in entry.rows)
        return any(row.lead or row.cooperate or row.implement for row in rows)

    def words(self, text: str) -> Iterator[str]:
        """Yield the words of its header."""
        yield from ("".join(span.cut(text).split()) for span in self.header)


def task_tables(source: Source) -> tuple[TaskTable, ...]:
    """Return the tables of a source whose header names a task and who does it or by when."""
    found: list[TaskTable] = []
    known: Header | None = None
    last = -2
    for number, rows in grids(source):
        header = header_of(source.text, rows)
        if header is not None:
            header = _with_kinds(source.text, rows, header)
            known, last = header, number
            found.append(_read(source.text, number, rows, header.row + 1, header))
        elif known is not None and last == number - 1 and width_of(rows) == known.width:
            last = number  # a table that runs on over a page without its header
            found.append(_read(source.text, number, rows, 0, known))
    return tuple(found)


def grids(source: Source) -> list[tuple[int, list[Row]]]:
    """Return the rows of each table, merged cells standing in every place that they cover."""
    tables: dict[int, dict[int, Row]] = {}
    for block in source.blocks:
        if block.kind is not BlockKind.CELL or block.table is None or block.row is None or block.column is None:
            continue
        rows = tables.setdefault(block.table, {})
        for row in range(block.row, block.row + max(block.rows, 1)):
            kept = rows.setdefault(row, Row(row, {}, []))
            for column in range(block.column, block.column + max(block.columns, 1)):
                kept.cells.setdefault(column, block)
            if row == block.row:
                kept.own.append(block)
    return [(table, [rows[number] for number in sorted(rows)]) for table, rows in sorted(tables.items())]


def _read(text: str, table: int, rows: Sequence[Row], first: int, header: Header) -> TaskTable:
    entries: list[Entry] = []
    section: Span | None = None
    unread: list[Span] = []
    pending: list[Row] = []
    for row in rows[first:]:
        heads = _full_width(text, row, header)
        if heads is not None:
            entries.extend(_entries(text, pending, header, section, len(entries) + 1))
            pending, section = [], heads
        elif _holds_task(text, row, header.columns):
            pending.append(row)
        elif not is_header(text, row):
            unread.extend(block.span for block in row.own if _filled(text, block))
    entries.extend(_entries(text, pending, header, section, len(entries) + 1))
    header_rows = rows[:first]
    captions = [row for row in header_rows if len({block.span for block in row.cells.values()}) == 1]
    return TaskTable(
        table,
        tuple(block.span for row in header_rows if row not in captions for block in row.own),
        tuple(block.span for row in captions for block in row.own if _filled(text, block)),
        tuple(entries),
        tuple(unread),
        tuple(block.span for row in rows for block in row.own),
    )


def _with_kinds(text: str, rows: Sequence[Row], header: Header) -> Header:
    """Take the first of two columns of tasks for kinds of work where one of its words covers several tasks."""
    tasks = [column for column in sorted(header.columns) if header.columns[column] is Column.TASK]
    if len(tasks) < 2 or Column.SECTION in header.columns.values():
        return header
    seen: list[tuple[Span, Span]] = []
    for row in rows[header.row + 1 :]:
        kind, task = (row.cells.get(column) for column in tasks[:2])
        if kind is not None and task is not None and _filled(text, kind) and _filled(text, task):
            seen.append((kind.span, task.span))
    shared = any(
        one[0].cut(text) == other[0].cut(text) and one[1].cut(text) != other[1].cut(text)
        for one, other in itertools.pairwise(seen)
    )
    columns = header.columns | {tasks[0]: Column.SECTION}
    return replace(header, columns=columns) if shared else header


def _filled(text: str, block: Block) -> bool:
    span = trimmed(text, block.span.start, block.span.end)
    return span.start < span.end


def _full_width(text: str, row: Row, header: Header) -> Span | None:
    """Return the heading of a row that is one cell over the whole width, or one filled cell with a number."""
    filled = [block for block in row.own if _filled(text, block)]
    if len(filled) != 1 or len({block.span for block in row.cells.values() if _filled(text, block)}) != 1:
        return None
    block = filled[0]
    words = trimmed(text, block.span.start, block.span.end)
    label = label_at(words.cut(text))
    wide = block.columns >= max(header.width - 1, 2)
    numbered = label is not None and not label.doubtful and len(words.cut(text)) <= 60
    is_task = header.columns.get(block.column or 0) in WHAT and not wide and not numbered
    return words if (wide or numbered or len(row.cells) == 1) and not is_task else None


def _holds_task(text: str, row: Row, columns: dict[int, Column]) -> bool:
    return any(
        _filled(text, block) for column, block in row.cells.items() if columns.get(column, Column.OTHER) in WHAT
    )


def _entries(
    text: str,
    rows: Sequence[Row],
    header: Header,
    section: Span | None,
    start: int,
) -> Iterator[Entry]:
    groups: list[list[Row]] = []
    for row in rows:
        if groups and _same_task(text, groups[-1][-1], row, header.columns):
            groups[-1].append(row)
        else:
            groups.append([row])
    for order, group in enumerate(groups, start=start):
        entry = _entry(text, group, order, header, section)
        section = entry.section  # an empty cell below a category means the same one
        yield entry


def _cell(row: Row, columns: dict[int, Column], wanted: Column) -> Block | None:
    return next((row.cells[column] for column in sorted(row.cells) if columns.get(column) is wanted), None)


def _same_task(text: str, before: Row, row: Row, columns: dict[int, Column]) -> bool:
    """Whether a row carries on the task of the row before: one merged serial number, or an empty one."""
    serials = [_cell(each, columns, Column.SERIAL) for each in (before, row)]
    if Column.SERIAL in columns.values():
        upper, lower = serials
        return lower is None or not _filled(text, lower) or (upper is not None and upper.span == lower.span)
    whats = [
        [each.cells[column] for column in sorted(each.cells) if columns.get(column) in WHAT]
        for each in (before, row)
    ]
    shared = whats[0] and whats[1] and all(a.span == b.span for a, b in zip(*whats, strict=False))
    return bool(shared)


def _entry(
    text: str,
    group: Sequence[Row],
    order: int,
    header: Header,
    section: Span | None,
) -> Entry:
    head, columns = group[0], header.columns
    serial = _cell(head, columns, Column.SERIAL)
    number = _number(serial.span.cut(text).strip() if serial is not None else "", order)
    parts: list[tuple[Column, Span]] = []
    for row in group:
        for column in sorted(row.cells):
            kind = columns.get(column, Column.OTHER)
            span = trimmed(text, row.cells[column].span.start, row.cells[column].span.end)
            if kind in WHAT and span.start < span.end and span not in {part for _, part in parts}:
                parts.append((kind, span))
    tasks = [span for kind, span in parts if kind is Column.TASK]
    title = tasks[0] if tasks else parts[0][1]
    category = _cell(head, columns, Column.SECTION)
    if category is not None and _filled(text, category):
        section = trimmed(text, category.span.start, category.span.end)
    own = [block.span for row in group for block in row.own if _filled(text, block)]
    inside = [span for span in own if category is None or span != category.span]
    begin, end = min(span.start for span in inside), max(span.end for span in inside)
    rows = tuple(_cells(text, row, header) for row in group)
    return Entry(number, title, tuple(span for _, span in parts), Span(begin, end), section, _distinct(rows))


def _distinct(rows: tuple[Cells, ...]) -> tuple[Cells, ...]:
    kept: list[Cells] = []
    for row in rows:
        if row not in kept:
            kept.append(row)
    return tuple(kept)


def _number(serial: str, order: int) -> int | str:
    if re.fullmatch(r"\d+(?:\.0)?", serial):
        return int(serial.removesuffix(".0"))
    label = label_at(serial)
    if label is not None:
        return label.value if label.numeral.isdecimal() else label.written
    return serial or order


def _cells(text: str, row: Row, header: Header) -> Cells:
    found: dict[Column, Span] = {}
    others: dict[str, Span] = {}
    names: dict[str, str] = {}
    for column in sorted(row.cells):
        kind = header.columns.get(column, Column.OTHER)
        span = trimmed(text, row.cells[column].span.start, row.cells[column].span.end)
        if span.start == span.end or kind in WHAT or kind in (Column.SERIAL, Column.SECTION):
            continue
        if kind is Column.OTHER or kind in found:
            others.setdefault(header.names.get(column, "") or str(column + 1), span)
        else:
            found[kind] = span
            if kind in _ROLES:
                names[_ROLES[kind]] = header.names.get(column, "")
    return Cells(
        lead=found.get(Column.LEAD),
        cooperate=found.get(Column.COOPERATE),
        implement=found.get(Column.IMPLEMENT),
        due=found.get(Column.DUE),
        others=others,
        headers=names,
    )

"""What does the header of a table say its columns hold? (任务清单的表头)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from lantian.science.plan_text.records import Block


class Column(StrEnum):
    """What a column of a task table holds."""

    SERIAL = "序号"
    SECTION = "类别"
    TASK = "任务"
    CONTENT = "内容"
    LEAD = "牵头单位"
    COOPERATE = "配合单位"
    IMPLEMENT = "落实单位"
    DUE = "完成时限"
    OTHER = ""


_HEADERS: tuple[tuple[Column, re.Pattern[str]], ...] = (
    (Column.SERIAL, re.compile(r"序号|编号|项次|序")),
    (
        Column.IMPLEMENT,
        re.compile(
            r"(?:具体|组织)?(?:落实|实施|承办|执行)(?:责任)?(?:单位|部门|主体)|属地(?:责任)?(?:单位|政府)?"
        ),
    ),
    (
        Column.COOPERATE,
        re.compile(
            r"(?:主要)?(?:配合|协办|协同|参与|参加|协助|协作)(?:责任)?(?:单位|部门)?|(?:其他)?责任单位[（(]配合[）)]"
        ),
    ),
    (
        Column.LEAD,
        re.compile(
            r"(?:市级|市直|县级|省级|主要|总)?(?:牵头|责任|主责|主办|负责|主管|督导|主体责任)(?:责任)?(?:单位|部门|主体|局|处室|科室)"
            r"|责任分工|牵头(?:单位|部门)?[及和与、/]责任(?:单位|部门)"
        ),
    ),
    (
        Column.DUE,
        re.compile(
            r"(?:计划|要求|任务|目标)?(?:完成|办结|整改|实施)?(?:时限|时间|期限|时间节点|截止时间|截止日期)(?:要求|节点)?|完成日期|进度要求|时间进度|节点"
        ),
    ),
    (
        Column.SECTION,
        re.compile(
            r"类别|类型|分类|领域|重点领域|任务类别|任务分类|工作类别|大类|方面|专项|专项行动|攻坚行动|板块"
        ),
    ),
    (
        Column.TASK,
        re.compile(
            r"(?:重点|主要|工作|具体|目标|治理|项目|年度)*(?:任务|项目|工作|措施|事项)(?:名称|事项|要点)?|任务名称|项目名称|名称"
        ),
    ),
    (
        Column.CONTENT,
        re.compile(
            r"(?:重点|主要|具体|任务|工作|建设|实施|治理|改造|目标|项目|工程)*(?:内容|举措|要求|目标要求|工作要求|标准)(?:及要求|和要求|及目标)?"
            r"|工程(?:措施|内容|任务)"
        ),
    ),
)
WHO = frozenset({Column.LEAD, Column.COOPERATE, Column.IMPLEMENT})
WHAT = frozenset({Column.TASK, Column.CONTENT})
_HEADER_ROWS = 8
"""A header stands among the first rows of a table, under captions at most. [row]"""


@dataclass(frozen=True, slots=True)
class Header:
    """What the columns of a table hold."""

    row: int
    """Place of its last row among the rows of the table."""
    columns: dict[int, Column]
    names: dict[int, str]
    """Each header as written, without space."""
    width: int = 0


@dataclass(slots=True)
class Row:
    """A row while the table is read."""

    number: int
    cells: dict[int, Block]
    own: list[Block]
    """Cells that begin in this row."""


def column_of(header: str) -> Column:
    """Return what a column with this header holds.

    Examples
    --------
    >>> [column_of(row).name for row in ("序号", "重点任务", "牵头部门", "协办单位", "完成 时限", "联系人")]
    ['SERIAL', 'TASK', 'LEAD', 'COOPERATE', 'DUE', 'OTHER']
    """
    plain = re.sub(r"[（(][^（()）]*[）)]", "", "".join(header.split())) or "".join(header.split())
    for column, pattern in _HEADERS:
        if pattern.fullmatch(plain):
            return column
    return Column.OTHER


def header_of(text: str, rows: Sequence[Row]) -> Header | None:
    """Return the header of a list of tasks, or None for another table.

    Parameters
    ----------
    text : str
        The whole source.
    rows : sequence of Row
        The rows of a table; a header stands among the first of them, in one row or two.
    """
    width = width_of(rows)
    for place, row in enumerate(rows[:_HEADER_ROWS]):
        words = {column: "".join(block.span.cut(text).split()) for column, block in row.cells.items()}
        columns = _settled(words, {column: column_of(word) for column, word in words.items() if word})
        kinds = set(columns.values())
        if len({block.span for block in row.cells.values()}) < 2 or not kinds & WHAT:
            continue
        if not kinds & (WHO | {Column.DUE}):
            below = rows[place + 1] if place + 1 < len(rows) else None
            joined = _two_rows(text, row, below)
            if joined is None:
                continue
            return Header(place + 1, *joined, width)
        joined = _two_rows(text, row, rows[place + 1] if place + 1 < len(rows) else None)
        if joined is not None and is_header(text, rows[place + 1]):
            return Header(place + 1, *joined, width)
        return Header(place, columns, words, width)
    return None


def _settled(words: dict[int, str], columns: dict[int, Column]) -> dict[int, Column]:
    """Where 牵头 has a column of its own, those beside it that are responsible carry out (主责单位、责任单位)."""
    leads = [column for column in sorted(columns) if columns[column] is Column.LEAD]
    first = next((column for column in leads if words[column].startswith(("牵头", "市级牵头", "总牵头"))), None)
    if first is None:
        return columns
    free = Column.COOPERATE if Column.IMPLEMENT in columns.values() else Column.IMPLEMENT
    return {
        column: free if kind is Column.LEAD and words[column] != words[first] else kind
        for column, kind in columns.items()
    }


def _two_rows(text: str, upper: Row, lower: Row | None) -> tuple[dict[int, Column], dict[int, str]] | None:
    """Read a header of two rows: 责任单位 over 牵头 | 配合."""
    if lower is None:
        return None
    words: dict[int, str] = {}
    columns: dict[int, Column] = {}
    for column, block in lower.cells.items():
        over = upper.cells.get(column)
        word = "".join(block.span.cut(text).split())
        above = "".join(over.span.cut(text).split()) if over is not None else ""
        words[column] = word or above
        kinds = [column_of(row) for row in (word, word + "单位", above) if row]
        columns[column] = next((row for row in kinds if row is not Column.OTHER), Column.OTHER)
    columns = _settled(words, columns)
    kinds_found = set(columns.values())
    return (columns, words) if kinds_found & WHAT and kinds_found & (WHO | {Column.DUE}) else None


def width_of(rows: Sequence[Row]) -> int:
    """Return how many columns a table has."""
    return max((max(row.cells, default=-1) + 1 for row in rows), default=0)


def is_header(text: str, row: Row) -> bool:
    """Whether a row holds only headers, as where a table repeats them on each page."""
    words = ["".join(block.span.cut(text).split()) for block in row.own]
    named = [word for word in words if column_of(word) is not Column.OTHER or column_of(word + "单位") in WHO]
    return len(words) > 0 and len(named) == len([word for word in words if word])

"""Which tables set goals for the air, county by county or measure by measure (目标分解表)?"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from lantian.science.plan_text import target_words as say
from lantian.science.plan_text.indicator_kinds import LESS_IS_BETTER
from lantian.science.plan_text.lines import trimmed
from lantian.science.plan_text.number_words import CONCENTRATIONS, FALLS, RISES, UNITS, falls
from lantian.science.plan_text.numerals import plain
from lantian.science.plan_text.records import Block, BlockKind, Comparator, Source, Span, Target, TargetKind
from lantian.science.plan_text.targets import metric_name, metrics_in, years_in
from lantian.science.plan_text.task_headers import Row, header_of
from lantian.science.plan_text.task_tables import grids

_GOAL = re.compile(r"目标|指标|任务|控制|要求|考核|改善幅度")
_PAST = re.compile(
    r"现状|现值|基数|基准|实况|实际|完成值|完成情况|(?:去|上)年(?:同期|均值|值)|20[0-9]{2}年(?:均值|浓度|值|实绩)\Z"
)
_PLACE = re.compile(
    r"(?:各?(?:县|区|市|镇|乡|街道)[、(市区县)]*|行政区划?|地区|区域|单位|城市|属地|区县|县市区|名称|站点)(?:名称)?"
)
_MEASURE = re.compile(r"(?:考核|目标|主要|约束性)?(?:指标|目标)(?:名称|项目|类别)?|项目|污染物")
_SERIAL = re.compile(r"序号|编号|序")
_UNIT_COLUMN = re.compile(r"(?:计量)?单位")
_VALUE = re.compile(
    r"(?P<sign>>=|<=|≥|≤|>|<|不低于|不高于|不超过|不少于|低于|高于)? ?(?P<number>-?[0-9]{1,6}(?:\.[0-9]{1,4})?) ?"
    r"(?P<unit>[^0-9以左()]{0,12})(?P<after>以上|以下|以内|左右)?"
)
_YEAR = re.compile(r"(?:19|20)[0-9]{2}(?:年度?)?")
_SIGNS = {
    **dict.fromkeys((">=", "≥", "不低于", "不少于", "以上"), Comparator.AT_LEAST),
    **dict.fromkeys(("<=", "≤", "不高于", "不超过", "以下", "以内"), Comparator.AT_MOST),
    **dict.fromkeys((">", "高于"), Comparator.MORE),
    **dict.fromkeys(("<", "低于"), Comparator.LESS),
    "左右": Comparator.ABOUT,
}
_HEADER_ROWS = 3
"""A header has at most this many rows. [row]"""


@dataclass(frozen=True, slots=True)
class GoalTables:
    """The goals of all such tables."""

    targets: tuple[Target, ...] = ()
    cells: tuple[Span, ...] = ()
    """Every filled cell of these tables."""


@dataclass(frozen=True, slots=True)
class _Table:
    """One table with the words above it."""

    text: str
    caption: str
    header: tuple[Row, ...]
    body: tuple[Row, ...]
    years: tuple[int, ...]

    def words(self, row: Row, column: int) -> str:
        """Return the words of a cell, as plain text without space."""
        block = row.cells.get(column)
        return "" if block is None else "".join(plain(block.span.cut(self.text)).split())

    def heading(self, column: int) -> str:
        """Return the header words over a column, each once."""
        return "".join(dict.fromkeys(word for row in self.header if (word := self.words(row, column))))


def goal_tables(
    source: Source, goals: Sequence[Span], year: int | None, written: Sequence[Target] = ()
) -> GoalTables:
    r"""Read the tables that set goals: a row for each place, or for each thing measured.

    Parameters
    ----------
    source : Source
        The document.
    goals : sequence of Span
        Stretches of its goals' section; a table among them sets goals, another one only where it says so.
    year : int or None
        The plan's year, for columns that name none.
    written : sequence of Target
        Goals of the text; where all before a table are of the same years (a season), so are the table's.

    Examples
    --------
    >>> words = ("县区", "PM2.5目标（微克/立方米）", "城东区", "35")
    >>> text, blocks, at = "\n".join(words), [], 0
    >>> for place, word in enumerate(words):
    ...     blocks.append(Block(BlockKind.CELL, Span(at, at + len(word)), 0, place // 2, place % 2))
    ...     at += len(word) + 1
    >>> (row,) = goal_tables(Source("", text, tuple(blocks)), (), 2025).targets
    >>> row.subjects, row.metric, row.comparator.value, row.value, row.unit, row.years
    (('城东区',), 'pm25', '<=', Decimal('35'), '微克/立方米', (2025,))
    """
    targets: list[Target] = []
    cells: list[Span] = []
    for number, rows in grids(source):
        if header_of(source.text, rows) is not None:
            continue
        first = next((block.span.start for row in rows for block in row.own), 0)
        before = {row.years for row in written if row.span.start < first and row.years}
        years = before.pop() if len(before) == 1 else () if year is None else (year,)
        table = _table(source, number, rows, years)
        if table is None:
            continue
        inside = any(row.start <= first <= row.end for row in _joined(goals))
        found = tuple(_goals(table, inside))
        if found:
            targets.extend(found)
            cells.extend(block.span for row in rows for block in row.own if block.span.start < block.span.end)
    return GoalTables(tuple(targets), tuple(cells))


def _joined(goals: Sequence[Span]) -> Iterator[Span]:
    if goals:
        yield Span(min(row.start for row in goals), max(row.end for row in goals))


def _table(source: Source, number: int, rows: Sequence[Row], years: tuple[int, ...]) -> _Table | None:
    start = next((place for place, row in enumerate(rows) if place and _has_values(source.text, row)), len(rows))
    if not 1 <= start <= _HEADER_ROWS or start == len(rows):
        return None
    caption = _caption(source, number)
    return _Table(source.text, plain(caption), tuple(rows[:start]), tuple(rows[start:]), years)


def _has_values(text: str, row: Row) -> bool:
    """Whether a cell behind the first two holds a number."""
    filled = [plain(block.span.cut(text)).strip() for block in row.own]
    return len(filled) > 1 and any(_value(words) is not None for words in filled[1:])


def _value(words: str) -> re.Match[str] | None:
    """Return the parts of a cell that is a number, and no year."""
    return None if _YEAR.fullmatch(words) else _VALUE.fullmatch(words)


def _caption(source: Source, number: int) -> str:
    """Return the paragraph just above a table."""
    above: Block | None = None
    for block in source.blocks:
        if block.kind is BlockKind.CELL and block.table == number:
            break
        above = block
    if above is None or above.kind is BlockKind.CELL:
        return ""
    words = above.span.cut(source.text)
    return words if len(words) <= 60 else words[-60:]


def _goals(table: _Table, inside: bool) -> Iterator[Target]:
    width = max(max(row.cells, default=-1) for row in (*table.header, *table.body)) + 1
    heads = {column: table.heading(column) for column in range(width)}
    said = " ".join((table.caption, *heads.values()))
    if not (inside or _GOAL.search(said)):
        return
    places = [column for column in heads if _PLACE.fullmatch(_bare(heads[column]))]
    measures = [column for column in heads if _MEASURE.fullmatch(_bare(heads[column]))]
    soft = say.SOFT.search(said) is not None
    kind = TargetKind.ASPIRATIONAL if soft else TargetKind.BINDING
    if places and any(metrics_in(heads[column]) for column in heads):
        values = [column for column in heads if column not in places and metrics_in(heads[column])]
        for row in table.body:
            for column in _aimed(values, heads):
                yield from _goal(table, row, column, heads[column], table.words(row, places[0]), kind)
    elif measures:
        values = [column for column in heads if column not in measures and _is_value_column(heads[column])]
        units = next((column for column in heads if _UNIT_COLUMN.fullmatch(_bare(heads[column]))), None)
        for row in table.body:
            unit = table.words(row, units) if units is not None else ""
            for column in _aimed(values, heads):
                words = table.words(row, measures[0]) + heads[column] + (f"({unit})" if unit else "")
                yield from _goal(table, row, column, words, "", kind)


def _bare(head: str) -> str:
    return re.sub(r"\([^()]*\)", "", head) or head


def _is_value_column(head: str) -> bool:
    return (_GOAL.search(head) is not None or bool(years_in(head + "年"))) and not _SERIAL.fullmatch(head)


def _aimed(columns: Sequence[int], heads: dict[int, str]) -> list[int]:
    """Return the columns that say goals, where others beside them say what is or was."""
    now = [column for column in columns if not _PAST.search(_bare(heads[column]))]
    named = [column for column in now if _GOAL.search(heads[column])]
    return named or now


def _goal(table: _Table, row: Row, column: int, words: str, place: str, kind: TargetKind) -> Iterator[Target]:
    block = row.cells.get(column)
    metrics = metrics_in(words)
    if block is None or not metrics or (place and _SERIAL.fullmatch(place)):
        return
    span = trimmed(table.text, block.span.start, block.span.end)
    found = _value(plain(span.cut(table.text)).strip())
    if found is None:
        return
    unit = _unit(found["unit"].strip(), words, table.caption)
    change = next((stem for stem in (*FALLS, *RISES) if stem in words), "")
    years = years_in(words) or years_in(table.caption) or table.years
    sign = _SIGNS.get(found["sign"] or found["after"] or "")
    yield Target(
        text=span.cut(table.text),
        span=span,
        kind=kind,
        subjects=(place,) if place else (),
        metric=metric_name(metrics[0].name, unit, words),
        metric_written=metrics[0].written,
        comparator=sign or _comparator(words, unit, change),
        value=abs(Decimal(found["number"])),
        unit=unit,
        years=years,
        baseline=years[0] - 1 if change and "同比" in words and years else None,
        change=bool(change),
        direction="" if not change else "down" if falls(change, metrics[0].written) else "up",
    )


def _comparator(words: str, unit: str, change: str) -> Comparator:
    less = unit in CONCENTRATIONS or LESS_IS_BETTER.search(words) is not None
    return Comparator.AT_MOST if less and not change else Comparator.AT_LEAST


def _unit(written: str, words: str, caption: str) -> str:
    """Return the unit of a cell: its own, that in brackets in its header, or that over the table."""
    if written in UNITS:
        return written
    for inside in re.findall(r"\(([^()]*(?:\([^()]*\)[^()]*)?)\)", words)[::-1]:
        unit = inside.removeprefix("单位:").strip()
        if unit in UNITS:
            return str(unit)
    found = re.search(r"单位: ?([^)\s]+)", caption)
    return found[1] if found is not None and found[1] in UNITS else ""

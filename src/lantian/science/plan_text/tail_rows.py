"""The tail that a row of a task table makes (任务清单的责任单位栏)."""

from collections.abc import Iterator
from dataclasses import replace

from lantian.science.plan_text.bodies import Names
from lantian.science.plan_text.lines import BREAKS, trimmed
from lantian.science.plan_text.records import Span, TaskRow
from lantian.science.plan_text.tail_grammar import NO_VERB, Doubt, Group, Words, tail_words
from lantian.science.plan_text.tail_words import Force, header_force

_LEAD_HEADERS = ("牵头单位", "牵头部门", "牵头", "责任单位", "责任部门", "主责单位", "负责单位")
_HEADER_ROW = 120
"""The cells of one header row stand within this. [character]"""


def row_words(text: str, row: TaskRow, names: Names) -> tuple[Words, str, Span | None]:
    r"""Read the cells of one row that name bodies.

    Parameters
    ----------
    text : str
        The source.
    row : TaskRow
        Which cell says what.
    names : Names
        The city's directory.

    Returns
    -------
    tuple
        The words by role, the cells joined by ``；``, and the span from the first of these cells to the last; None
        where the row names nobody.

    Examples
    --------
    >>> text = "市住建局\t市能源局"
    >>> row = TaskRow(0, lead=Span(0, 4), cooperate=Span(5, 9))
    >>> row_words(text, row, Names(None))[1]
    '市住建局；市能源局'
    """
    groups: list[Group] = []
    doubts: list[Doubt] = []
    times: list[Span] = []
    clause: list[Words] = []
    cells: list[Span] = []
    for force, cell in sorted(_columns(text, row), key=lambda pair: pair[1]):
        cells.append(cell)
        words = tail_words(text, cell, names)
        groups.extend(_under(force, group) for group in words.groups)
        doubts.extend(doubt for doubt in words.doubts if doubt.code != NO_VERB)
        times.extend(words.times)
        if words.clause:
            clause.append(words)
    if not cells:
        return Words(), "", None
    pieces = tuple(piece for words in clause for piece in words.clause)
    raw = "；".join(cell.cut(text) for cell in cells)
    span = Span(cells[0].start, max(cell.end for cell in cells))
    return Words(tuple(groups), pieces, tuple(doubts), tuple(times)), raw, span


def _under(force: Force, group: Group) -> Group:
    return group if group.force is not None else replace(group, force=force, labelled=True)


def _columns(text: str, row: TaskRow) -> Iterator[tuple[Force, Span]]:
    for key, force, cell in (
        ("lead", _lead_force(text, row), row.lead),
        ("cooperate", Force.COOPERATE, row.cooperate),
        ("implement", Force.IMPLEMENT, row.implement),
    ):
        if cell is not None:
            kept = trimmed(text, cell.start, cell.end)
            if kept.start < kept.end:
                yield (header_force(row.headers.get(key, "")) or force) if key == "cooperate" else force, kept
    for header, cell in row.others.items():
        named = header_force(header)
        kept = trimmed(text, cell.start, cell.end)
        if named is not None and named not in (Force.TIME, Force.PERSON) and kept.start < kept.end:
            yield named, kept


def _lead_force(text: str, row: TaskRow) -> Force:
    """Return whether the first column says 牵头 or 责任, by its header or by the header row above it."""
    named = header_force(row.headers.get("lead", ""))
    if named in (Force.LEAD, Force.SUPERVISE, Force.RESPONSIBLE):
        return named
    if row.lead is None:
        return Force.LEAD
    return _nearest_header(text, row.lead.start) or Force.LEAD


def _nearest_header(text: str, end: int) -> Force | None:
    """Return what the header row nearest above says: 牵头 where any of its cells does."""
    places = {word: _last_cell(text, word, end) for word in _LEAD_HEADERS}
    nearest = max(places.values())
    if nearest < 0:
        return None
    row = [word for word, place in places.items() if place >= max(nearest - _HEADER_ROW, 0)]
    return Force.LEAD if any(header_force(word) is Force.LEAD for word in row) else Force.RESPONSIBLE


def _last_cell(text: str, word: str, end: int) -> int:
    """Return where a cell that is just this word stands last before `end`, or -1."""
    place = text.rfind(word, 0, end)
    while place >= 0:
        edges = text[max(place - 1, 0) : place] + text[place + len(word) : place + len(word) + 1]
        if all(sign.isspace() or sign in BREAKS for sign in edges):
            return place
        place = text.rfind(word, 0, place)
    return -1

"""A source as lines: its paragraphs and cells with the place of their words, and the sentences in a stretch."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from lantian.science.plan_text.records import Block, BlockKind, Source, Span

BREAKS = "\n\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029"
"""Characters that end a line of a plain text."""
_LINE = re.compile(f"[^{BREAKS}]+")
ASCII_STOP = re.compile(r"(?<=[\u4e00-\u9fff)）\]】%”\"》])\.(?=\s|[（(【\[〔]|\Z|(?!月)[\u4e00-\u9fff])")
"""A full stop in ASCII, as some keyboards write it: behind a Chinese word, never inside 吨/平方公里.月."""
_SENTENCE_END = re.compile(rf"(?:[。！？!?]+|{ASCII_STOP.pattern})[”’」』）)》\"']*")
_OPENING = "（(〔[【《<〈“"
_CLOSING = "）)〕]】》>〉”"


@dataclass(frozen=True, slots=True)
class Line:
    """One paragraph or cell without the space around it."""

    place: int
    """Place of its block in ``Source.blocks``."""
    text: str
    span: Span
    heading: int | None = None
    cell: bool = False
    table: int | None = None


def trimmed(text: str, start: int, end: int) -> Span:
    """Return the stretch without the space at its ends.

    Examples
    --------
    >>> trimmed("  ab ", 0, 5)
    Span(start=2, end=4)
    """
    while start < end and _blank(text[start]):
        start += 1
    while end > start and _blank(text[end - 1]):
        end -= 1
    return Span(start, end)


def _blank(character: str) -> bool:
    return character.isspace() or character in "\ufeff\u200b\u200c\u200d\u2060"


def paragraphs_of(text: str) -> tuple[Block, ...]:
    r"""Return one block for each line of a plain text that holds anything.

    Examples
    --------
    >>> [row.span for row in paragraphs_of("甲\n\n乙")]
    [Span(start=0, end=1), Span(start=3, end=4)]
    """
    spans = (trimmed(text, found.start(), found.end()) for found in _LINE.finditer(text))
    return tuple(Block(BlockKind.PARAGRAPH, span) for span in spans if span.start < span.end)


def lines_of(source: Source) -> tuple[Line, ...]:
    """Return the blocks of a source that hold words, in reading order."""
    rows = []
    for place, block in enumerate(source.blocks):
        span = trimmed(source.text, block.span.start, block.span.end)
        if span.start < span.end:
            cell = block.kind is BlockKind.CELL
            rows.append(Line(place, span.cut(source.text), span, block.heading, cell, block.table))
    return tuple(rows)


def sentences(text: str, stretches: Iterable[Span], holes: Sequence[Span] = ()) -> tuple[Span, ...]:
    """Return the sentences of some stretches, without the holes in them.

    Parameters
    ----------
    text : str
        The whole source.
    stretches : iterable of Span
        Paragraphs; no sentence runs from one into the next.
    holes : sequence of Span
        What is not read as a sentence, such as tails; each ends the sentence before it.

    Returns
    -------
    tuple of Span
        In order, without space at their ends.

    Examples
    --------
    >>> text = "做好甲。（某局负责）做好乙"
    >>> [row.cut(text) for row in sentences(text, [Span(0, 13)], [Span(4, 10)])]
    ['做好甲。', '做好乙']
    """
    found: list[Span] = []
    for stretch in stretches:
        for piece in _without(stretch, holes):
            start = piece.start
            for end in _SENTENCE_END.finditer(text, piece.start, piece.end):
                found.append(trimmed(text, start, end.end()))
                start = end.end()
            found.append(trimmed(text, start, piece.end))
    return tuple(row for row in found if any(c.isalnum() for c in row.cut(text)))


def _without(stretch: Span, holes: Sequence[Span]) -> Iterable[Span]:
    start = stretch.start
    for hole in sorted(holes):
        if hole.end <= start or hole.start >= stretch.end:
            continue
        if hole.start > start:
            yield Span(start, hole.start)
        start = max(start, hole.end)
    if start < stretch.end:
        yield Span(start, stretch.end)


def first_outside(text: str, wanted: str, start: int, end: int) -> int | None:
    """Return the place of the first of some characters that stands in no bracket or quotation.

    Examples
    --------
    >>> first_outside("甲（乙。）丙。", "。", 0, 7)
    6
    """
    depth = 0
    for place in range(start, end):
        character = text[place]
        if character in _OPENING:
            depth += 1
        elif character in _CLOSING:
            depth = max(depth - 1, 0)
        elif depth == 0 and character in wanted:
            return place
    return None

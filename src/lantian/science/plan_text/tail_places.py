"""Where in a measure may a responsibility tail stand: brackets, labelled lines, whole lines, broken brackets?"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from lantian.science.plan_text.lines import BREAKS, trimmed
from lantian.science.plan_text.records import Span
from lantian.science.plan_text.tail_words import CORE, Force, label_at, labels_in

_ROUND = ("（(", "）)")
_SQUARE = ("【〔[［", "】〕]］")
_FAMILY = {sign: place for place, pair in enumerate((_ROUND, _SQUARE)) for signs in pair for sign in signs}
_OPENING = _ROUND[0] + _SQUARE[0]
_CLOSING = _ROUND[1] + _SQUARE[1]
_PARAGRAPH = re.compile(f"[^{BREAKS}\t]+")
_AFTER_SENTENCE = "。；;！!？?”’）)〕】"
_LONGEST_LINE = 300
_LONGEST_TAIL = 2_000
"""A longer bracket is no tail. [character]"""
_LONGEST_BROKEN = 400
"""Where a bracket is missing, a tail is looked for no farther than this. [character]"""


class Form(StrEnum):
    """How a tail is set off from the words before it."""

    BRACKET = "bracket"
    LINES = "lines"
    """Lines, or the end of one, that begin with a label (责任单位：)."""
    LINE = "line"
    """A line that is nothing but a tail, without brackets or label."""
    UNCLOSED = "unclosed"
    UNOPENED = "unopened"


@dataclass(frozen=True, slots=True)
class Place:
    """A stretch that may be a tail."""

    form: Form
    span: Span
    inside: Span
    """Without its own brackets."""
    at_end: bool
    """Whether it stands where tails stand: after a sentence or at the end of a paragraph."""
    after_sentence: bool


def places_in(text: str, span: Span, title: Span) -> tuple[Place, ...]:
    """Return the stretches of a measure that may be tails, in order, without overlap of equals.

    Parameters
    ----------
    text : str
        The source.
    span : Span
        The measure.
    title : Span
        Its title: a line that holds it is no tail by itself.

    Examples
    --------
    >>> text = "完成改造。（市工信局负责）"
    >>> [row.span.cut(text) for row in places_in(text, Span(0, len(text)), Span(0, 0))]
    ['（市工信局负责）']
    """
    places: list[Place] = []
    runs: list[list[Span]] = []
    for found in _PARAGRAPH.finditer(text, span.start, span.end):
        line = trimmed(text, found.start(), found.end())
        if line.start == line.end:
            continue
        labelled = _labelled_end(text, line)
        if labelled is not None:
            joins = bool(runs) and labelled.start == line.start and not text[runs[-1][-1].end : line.start].strip()
            runs[-1].append(labelled) if joins else runs.append([labelled])
        rest = line if labelled is None else Span(line.start, labelled.start)
        places.extend(_in_line(text, rest, line, title))
    for run in runs:
        kept = _without_times(text, run)
        if kept is not None:
            places.append(Place(Form.LINES, kept, kept, at_end=True, after_sentence=True))
    return tuple(sorted(places, key=lambda row: (row.span.start, -row.span.end)))


def _labelled_end(text: str, line: Span) -> Span | None:
    """Return the end of a line that begins with a label outside brackets, or None."""
    pairs, opened, _ = _brackets(text, line)
    start = None
    for label in labels_in(text, line):
        place = label.span.start
        before = text[line.start : place].rstrip()
        free = not before or before[-1] in "。；;！!？?" or text[place - 1].isspace()
        if free and not _enclosed(pairs, opened, place):
            start = place
            break
    if start is None:
        return None
    end = line.end
    for found in re.finditer("。", text[start : line.end]):
        after = _next_word(text, start + found.end(), line.end)
        if after < line.end and not label_at(text, after, line.end):
            end = start + found.end()
            break
    return Span(start, end)


def _next_word(text: str, start: int, end: int) -> int:
    while start < end and text[start].isspace():
        start += 1
    return start


def _enclosed(pairs: Sequence[Span], opened: Sequence[int], place: int) -> bool:
    """Whether a place stands inside brackets, closed or not."""
    before = bisect_left(pairs, Span(place, place)) - 1
    return (before >= 0 and place < pairs[before].end) or (bool(opened) and opened[0] < place)


def _without_times(text: str, run: Sequence[Span]) -> Span | None:
    """Drop lines of times and persons from both ends of a run of labelled lines."""
    kept = [any(row.force not in (Force.TIME, Force.PERSON) for row in labels_in(text, line)) for line in run]
    if not any(kept):
        return None
    first, last = kept.index(True), len(kept) - 1 - kept[::-1].index(True)
    return trimmed(text, run[first].start, run[last].end)


def _in_line(text: str, line: Span, whole: Span, title: Span) -> Iterator[Place]:
    pairs, opened, closed = _brackets(text, line)
    for pair in pairs:
        if pair.end - pair.start > _LONGEST_TAIL:
            continue
        inside = trimmed(text, pair.start + 1, pair.end - 1)
        after = _after_sentence(text, whole.start, pair.start)
        at_end = after or _ends_line(text, pair.end, whole.end)
        yield Place(Form.BRACKET, pair, inside, at_end=at_end, after_sentence=after)
    for place, following in pairwise((*opened, line.end)):
        yield from _unclosed(text, place, Span(line.start, min(following, place + _LONGEST_BROKEN)), whole)
    for before, place in pairwise((line.start - 1, *closed)):
        first = max(before + 1, place - _LONGEST_BROKEN)
        start = max(first, *(text.rfind(sign, first, place) + 1 for sign in "。；;"))
        inside = trimmed(text, start, place)
        if inside.start < inside.end:
            span = Span(inside.start, place + 1)
            yield Place(Form.UNOPENED, span, inside, at_end=True, after_sentence=start > line.start)
    short = line.end - line.start <= _LONGEST_LINE
    if short and line == whole and not line.start <= title.start < line.end and text[line.start] not in _OPENING:
        end = line.end - (text[line.end - 1] in "。；;")
        if CORE.search(text, line.start, end):
            inside = trimmed(text, line.start, end)
            yield Place(Form.LINE, line, inside, at_end=True, after_sentence=True)


def _unclosed(text: str, place: int, line: Span, whole: Span) -> Iterator[Place]:
    """Yield what an opening bracket without its closing one may hold: to the next full stop, space or bracket."""
    depth, end, close = 0, line.end, 0
    for at in range(place + 1, line.end):
        sign = text[at]
        if sign in _OPENING:
            depth += 1
        elif sign in _CLOSING and depth:
            depth -= 1
        elif sign in _CLOSING:
            end, close = at, 1
            break
        elif depth == 0 and (sign == "。" or sign.isspace()) and CORE.search(text, place, at):
            end = at
            break
    inside = trimmed(text, place + 1, end)
    if inside.start < inside.end:
        after = _after_sentence(text, whole.start, place)
        closes = _ends_line(text, end + close, whole.end)
        yield Place(Form.UNCLOSED, Span(place, end + close), inside, at_end=after or closes, after_sentence=after)


def _brackets(text: str, line: Span) -> tuple[tuple[Span, ...], tuple[int, ...], tuple[int, ...]]:
    """Return the outermost pairs of brackets, the openings without an end, the closings without a beginning."""
    stack: list[int] = []
    pairs: list[Span] = []
    closed: list[int] = []
    for place in range(line.start, line.end):
        sign = text[place]
        if sign in _OPENING:
            stack.append(place)
        elif sign in _CLOSING:
            if stack and _FAMILY[text[stack[-1]]] == _FAMILY[sign]:
                start = stack.pop()
                while pairs and pairs[-1].start > start:
                    pairs.pop()
                pairs.append(Span(start, place + 1))
            else:
                closed.append(place)
    return tuple(pairs), tuple(stack), tuple(closed)


def _after_sentence(text: str, start: int, place: int) -> bool:
    """Whether nothing, or the end of a sentence, stands before this place in its paragraph."""
    while place > start and text[place - 1].isspace():
        place -= 1
    return place == start or text[place - 1] in _AFTER_SENTENCE


def _ends_line(text: str, place: int, end: int) -> bool:
    """Whether nothing but a full stop stands after this place in its paragraph."""
    return not text[place:end].strip(" \t\u3000。；;.,，")

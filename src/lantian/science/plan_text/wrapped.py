"""Is a plain text broken into lines of one width (old pages, mails)? Its paragraphs become whole again (折行)."""

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence

from lantian.science.plan_text.numbering import label_at

_FEWEST_LINES = 12
"""Fewer lines say nothing about how a text was made. [line]"""
_NARROWEST, _WIDEST = 36, 130
"""Width of a wrapped line; a Chinese character counts two. [column]"""
_SLACK = 4
"""A full line may end this much early: a figure or a bracket was not to be torn apart. [column]"""
_FULL_LINES = 4
"""Fewer full lines may be chance. [line]"""
_FULL_SHARE = 0.1
"""Share of the lines that are full in a wrapped text, at least. [1]"""
_OPEN_SHARE = 0.6
"""Share of the full lines that break off inside a sentence, at least. [1]"""
_INDENT = re.compile(r"[ \u3000\xa0\t]+")
_SENTENCE_END = "。；：！？;:!?）)】》"


def width_of(line: str) -> int:
    """Return how wide a line stands on a page. [column]

    Examples
    --------
    >>> width_of("PM2.5浓度")
    9
    """
    return sum(2 if unicodedata.east_asian_width(sign) in "WFA" else 1 for sign in line)


def unwrapped(text: str) -> tuple[str, int]:
    r"""Join the lines of a text that was broken at one width; any other text stays as it is.

    Parameters
    ----------
    text : str
        With line ends ``\n``.

    Returns
    -------
    tuple of str and int
        The text, and how many line ends were taken out of it; 0 where it does not look wrapped as a whole.

    Examples
    --------
    >>> unwrapped("一、任务\n1.控尘。") == ("一、任务\n1.控尘。", 0)
    True
    """
    lines = text.split("\n")
    edge = _edge(lines)
    if edge is None:
        return text, 0
    indented = _marks_paragraphs(lines, edge)
    kept: list[str] = []
    joined = 0
    for place, line in enumerate(lines):
        before = lines[place - 1] if place else ""
        if place and _goes_on(before, line, edge, indented):
            kept[-1] = _glued(kept[-1].rstrip(), line.strip())
            joined += 1
        else:
            kept.append(line)
    return "\n".join(kept), joined


def _edge(lines: Sequence[str]) -> int | None:
    """Return the width at which a text was broken, or None where it was not."""
    widths = Counter(width_of(line.rstrip()) for line in lines if line.strip())
    count = sum(widths.values())
    if count < _FEWEST_LINES:
        return None
    edge = max(widths)
    if not _NARROWEST <= edge <= _WIDEST:
        return None
    full = [line.rstrip() for line in lines if line.strip() and _is_full(line, edge)]
    inside = sum(line[-1] not in _SENTENCE_END for line in full)
    enough = len(full) >= max(_FULL_LINES, _FULL_SHARE * count)
    return edge if enough and inside >= _OPEN_SHARE * len(full) else None


def _is_full(line: str, edge: int) -> bool:
    return width_of(line.rstrip()) >= edge - _SLACK


def _marks_paragraphs(lines: Sequence[str], edge: int) -> bool:
    """Whether every paragraph begins with an indent: hardly a line behind a full one does, yet many others do."""
    others = [line for before, line in zip(("", *lines), lines, strict=False) if not _is_full(before, edge)]
    heads = [line for line in others if line.strip()]
    return sum(_INDENT.match(line) is not None for line in heads) >= 0.5 * max(len(heads), 1)


def _goes_on(before: str, line: str, edge: int, indented: bool) -> bool:
    """Whether a line carries on the paragraph of the line before it."""
    words = line.strip()
    if not words or not before.strip() or not _is_full(before, edge):
        return False
    if indented:
        return _INDENT.match(line) is None
    label = label_at(words)
    ended = before.rstrip()[-1] in _SENTENCE_END
    return not (ended and label is not None) and (label is None or label.doubtful or not _INDENT.match(line))


def _glued(before: str, after: str) -> str:
    between = before[-1:].isascii() and before[-1:].isalpha() and after[:1].isascii() and after[:1].isalpha()
    return before + (" " if between else "") + after

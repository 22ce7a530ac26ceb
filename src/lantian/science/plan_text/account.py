"""Is every character of a source accounted for? (覆盖情况)."""

import re
from collections.abc import Iterable

from lantian.science.plan_text.records import Covered, Span, Use
from lantian.terms.findings import Finding, Severity
from lantian.terms.words import mark

_USES = tuple(Use)
_CODE = {use: code for code, use in enumerate(_USES, start=1)}
_RUN = re.compile(rb"(.)\1*", re.DOTALL)
_LONGEST_QUOTE = 40


def partition(text: str, marks: Iterable[tuple[Span, Use]]) -> tuple[Covered, ...]:
    """Cut a text into stretches by what each was read as, without gap or overlap.

    Parameters
    ----------
    text : str
        The whole source.
    marks : iterable of (Span, Use)
        What was read as what; a later mark stands over an earlier one.

    Returns
    -------
    tuple of Covered
        In order, together the whole text; what no mark covers is space or unread.

    Examples
    --------
    >>> rows = partition("一、甲 乙", [(Span(0, 3), Use.HEADING), (Span(4, 5), Use.BODY)])
    >>> [(row.span.start, row.span.end, row.use.value) for row in rows]
    [(0, 3, 'heading'), (3, 4, 'space'), (4, 5, 'body')]
    """
    painted = bytearray(len(text))
    for span, use in marks:
        start, end = max(span.start, 0), min(span.end, len(text))
        if start < end:
            painted[start:end] = bytes([_CODE[use]]) * (end - start)
    rows: list[Covered] = []
    for run in _RUN.finditer(bytes(painted)):
        span = Span(*run.span())
        if painted[span.start]:
            rows.append(Covered(span, _USES[painted[span.start] - 1]))
        else:
            rows.extend(_unmarked(text, span))
    return tuple(rows)


_SPACE = re.compile(r"[\s\ufeff\u200b-\u200d\u2060]+")


def _unmarked(text: str, span: Span) -> Iterable[Covered]:
    """Unmarked words are unread; space around and between them is space where it holds a line end."""
    start = span.start
    for gap in _SPACE.finditer(text, span.start, span.end):
        if gap.start() not in (span.start, start) and gap.end() != span.end and "\n" not in gap.group(0):
            continue
        if gap.start() > start:
            yield Covered(Span(start, gap.start()), Use.UNREAD)
        yield Covered(Span(*gap.span()), Use.SPACE)
        start = gap.end()
    if start < span.end:
        yield Covered(Span(start, span.end), Use.UNREAD)


def unread(text: str, coverage: Iterable[Covered], name: str) -> tuple[Finding, ...]:
    """Return one finding for each stretch, over several lines where need be, that was not understood.

    Examples
    --------
    >>> [row.evidence["words"] for row in unread("甲乙", [Covered(Span(0, 2), Use.UNREAD)], "a.txt")]
    ['甲乙']
    """
    return tuple(
        Finding(
            "unread",
            name,
            mark("{characters} characters from {start} were not understood: {words}"),
            Severity.WARNING,
            evidence={
                "start": row.span.start,
                "end": row.span.end,
                "characters": row.span.end - row.span.start,
                "words": " ".join(row.span.cut(text)[:_LONGEST_QUOTE].split()),
            },
        )
        for row in _together(coverage)
    )


def _together(coverage: Iterable[Covered]) -> Iterable[Covered]:
    """Yield the unread stretches, those with only space between them as one."""
    start = end = -1
    for row in coverage:
        if row.use is Use.UNREAD:
            start, end = (row.span.start if start < 0 else start), row.span.end
        elif row.use is not Use.SPACE and start >= 0:
            yield Covered(Span(start, end), Use.UNREAD)
            start = -1
    if start >= 0:
        yield Covered(Span(start, end), Use.UNREAD)

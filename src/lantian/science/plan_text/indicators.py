"""Which numbers and directions does a measure promise, and which only say what it is about? (指标)

A number is a goal (a share, a level, a change), a count (so many things are to be done) or a condition (which
things a duty is about). Digits of laws, document numbers, set phrases, times and sums of money are none of these.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence

from lantian.science.plan_text.indicator_reading import Sentence
from lantian.science.plan_text.lines import ASCII_STOP
from lantian.science.plan_text.records import (
    Deadline,
    Indicator,
    Mention,
    Span,
)

_FULL_STOP = re.compile(
    rf"[。！？!?\n\r]|{ASCII_STOP.pattern}|[；;](?=[一二三四五六七八九]是|[①-⑳]|[（(][1-9][）)])"
)


def find_indicators(
    text: str,
    spans: Sequence[Span],
    deadlines: Sequence[Deadline],
    mentions: Sequence[Mention],
    year: int | None = None,
) -> tuple[Indicator, ...]:
    """Every number and direction of a measure with what it is about, in reading order (指标识别).

    Parameters
    ----------
    text : str
        The whole source.
    spans : sequence of Span
        Sentences of the measure, without tails.
    deadlines : sequence of Deadline
        Times in these sentences; the one in the same sentence dates an indicator.
    mentions : sequence of Mention
        Names whose digits are no numbers here.
    year : int or None
        The plan's year, the year after the baseline of 同比 where no deadline names one.

    Returns
    -------
    tuple of Indicator
        In reading order; `value` in the unit as written.

    Examples
    --------
    >>> text = "潞州区建成区绿地率达到42.88%。"
    >>> (found,) = find_indicators(text, [Span(0, len(text))], (), ())
    >>> found.what, found.scope, found.comparator.value, found.value, found.unit, found.text
    ('绿地率', '潞州区建成区', '>=', Decimal('42.88'), '%', '潞州区建成区绿地率达到42.88%')
    """
    found: list[Indicator] = []
    times = sorted(deadlines, key=lambda row: row.span)
    names = sorted(mentions, key=lambda row: row.span)
    starts = [row.span.start for row in times], [row.span.start for row in names]
    for span in _sentences(text, spans):
        first, last = (bisect_left(starts[0], place) for place in (span.start, span.end))
        named, stop = (bisect_left(starts[1], place) for place in (span.start, span.end))
        found.extend(Sentence(text, span, times[first:last], names[named:stop], year).read())
    return tuple(found)


def _sentences(text: str, spans: Sequence[Span]) -> Iterator[Span]:
    """Whole sentences: stretches that follow each other are joined, then cut at full stops and line ends."""
    joined: list[Span] = []
    for span in sorted(spans):
        if joined and joined[-1].end <= span.start and not text[joined[-1].end : span.start].strip():
            joined[-1] = Span(joined[-1].start, span.end)
        else:
            joined.append(span)
    for span in joined:
        start = span.start
        for match in _FULL_STOP.finditer(text, span.start, span.end):
            yield Span(start, match.end())
            start = match.end()
        if start < span.end:
            yield Span(start, span.end)

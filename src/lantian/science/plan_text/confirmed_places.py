"""Where confirmed words stand in a fresh reading, and how a reading changes around them (确认结果的落位)."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from lantian.science.plan_text.confirmed_values import Item
from lantian.science.plan_text.records import BodyMention, Covered, Draft, Measure, Span, Tail, Use


def region_of(draft: Draft, measure: Measure | None) -> Span:
    """Return where occurrences are counted: the measure, or from the first words of the goals to the last."""
    if measure is not None:
        return measure.span
    if not draft.goals:
        return Span(0, len(draft.source.text))
    return Span(min(row.start for row in draft.goals), max(row.end for row in draft.goals))


def places_of(text: str, words: str, region: Span) -> list[int]:
    """Return where words begin within a region, each time.

    Examples
    --------
    >>> places_of("甲乙甲", "甲", Span(0, 3))
    [0, 2]
    """
    places = []
    place = text.find(words, region.start, region.end)
    while place >= 0:
        places.append(place)
        place = text.find(words, place + 1, region.end)
    return places


def item_at(items: Iterable[Item], span: Span) -> Item | None:
    """Return the reading of just these words, else the only one that shares some of them."""
    rows = list(items)
    exact = [row for row in rows if row.span == span]
    sharing = [row for row in rows if row.span.start < span.end and span.start < row.span.end]
    if exact:
        return exact[0]
    return sharing[0] if len(sharing) == 1 else None


def with_default(measure: Measure, named: Measure) -> Measure:
    """Carry what was settled of a one-time clause to the tails that take their implementers from it."""
    clauses = [tail for tail in named.tails if tail.default_for_all]
    tails = tuple(
        replace(tail, implement=tuple(_as_settled(row, clauses) for row in tail.implement))
        if tail.by_default
        else tail
        for tail in measure.tails
    )
    return replace(measure, tails=tails)


def _as_settled(mention: BodyMention, clauses: Sequence[Tail]) -> BodyMention:
    for clause in clauses:
        if clause.span.holds(mention.span):
            for row in clause.implement:
                if row.written == mention.written:
                    return replace(row, span=mention.span)
    return mention


def recut(coverage: Sequence[Covered], span: Span, use: Use) -> tuple[Covered, ...]:
    """Give a stretch of the account another use; it stays a partition.

    Examples
    --------
    >>> recut((Covered(Span(0, 4), Use.BODY),), Span(1, 2), Use.TAIL)[1]
    Covered(span=Span(start=1, end=2), use=<Use.TAIL: 'tail'>)
    """
    rows: list[Covered] = []
    for row in coverage:
        if row.span.end <= span.start or span.end <= row.span.start:
            rows.append(row)
            continue
        if row.span.start < span.start:
            rows.append(Covered(Span(row.span.start, span.start), row.use))
        if row.span.start <= span.start:
            rows.append(Covered(span, use))
        if row.span.end > span.end:
            rows.append(Covered(Span(span.end, row.span.end), row.use))
    joined: list[Covered] = []
    for row in rows:
        if joined and joined[-1].use is row.use and joined[-1].span.end == row.span.start:
            joined[-1] = Covered(Span(joined[-1].span.start, row.span.end), row.use)
        else:
            joined.append(row)
    return tuple(joined)

"""What a document says, in the form that is written: duties from tails, tasks from times and numbers (文件入账).

Where the city keeps a structured plan of the same title, its English titles, keys and project lists are taken over
onto the document's measures; who does what and by when is always the document's word.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from lantian.city.records import City
from lantian.loop.plan.adopting.contents import (
    Content,
    DutyContent,
    MeasureContent,
    Named,
    SeriesContent,
    TaskContent,
    answering,
    duties_of,
    is_series,
    plain_title,
    unique_keys,
)
from lantian.loop.plan.adopting.goal_content import goals_of_targets
from lantian.loop.plan.adopting.money_words import amount_of
from lantian.loop.plan.adopting.twin_content import english_goal, same_measure, taken_over
from lantian.science.plan_text.records import (
    BodyMention,
    Deadline,
    Draft,
    Indicator,
    IndicatorKind,
    Measure,
    Mention,
    MentionKind,
    Role,
    Source,
    Span,
    Tail,
    When,
)

_TITLE = 300
_KEY_DIGITS = 10


def content_of_draft(
    draft: Draft, city: City, *, key: str, twin: Content | None = None, reading: Mapping[str, Any] | None = None
) -> Content:
    """Return what a draft says in the form that is written.

    Parameters
    ----------
    draft : Draft
        As read, confirmations applied.
    city : City
        To whose counties the goals' subjects belong.
    key : str
        Of the plan.
    twin : Content, optional
        The city's structured plan of the same title.
    reading : mapping, optional
        Payload to be kept with the plan.
    """
    facts, unknown = draft.facts, dict[str, str]()
    text = draft.source.text
    measures = tuple(_measure(text, row, unknown) for row in draft.measures)
    goals = goals_of_targets(draft.targets, city)
    if twin is not None:
        measures = tuple(taken_over(row, same_measure(row, twin.measures)) for row in measures)
        goals = tuple(replace(row, title_en=english_goal(row, twin.goals)) for row in goals)
    title = facts.title.text if facts.title else draft.source.name
    return Content(
        key=key,
        title=" ".join(title.split())[:_TITLE],
        title_en=twin.title_en if twin else "",
        issuer=facts.issuer.text[:_TITLE] if facts.issuer else "",
        number=facts.number.text[:_TITLE] if facts.number else "",
        issued_on=facts.issued_on,
        year=facts.year,
        origin="document",
        source_name=draft.source.name[:_TITLE],
        digest=digest_of(draft.source),
        measures=measures,
        goals=goals,
        unknown=unknown,
        reading=reading or {},
    )


def digest_of(source: Source) -> str:
    """Return SHA-256 of a document: of its file, or of its text where it did not come from one."""
    return source.digest or hashlib.sha256(source.text.encode()).hexdigest()


def _measure(text: str, measure: Measure, unknown: dict[str, str]) -> MeasureContent:
    duties = tuple(
        duty
        for number, tail in enumerate(measure.tails, start=1)
        for duty in duties_of(number, tail.mode, _words(text, measure, tail), _names(tail), unknown)
    )
    tasks = tuple(unique_keys(_tasks(measure, measure.tails)))
    return MeasureContent(
        order=measure.order,
        number=str(measure.number),
        section=measure.section,
        section_title=measure.section_title[:_TITLE],
        title=measure.title[:_TITLE],
        title_en="",
        text=measure.span.cut(text).strip(),
        duties=duties,
        tasks=tasks,
        series=tuple(_series(measure, duties, tasks)),
    )


def _words(text: str, measure: Measure, tail: Tail) -> str:
    """Return the words that a tail closes, without the measure's number and title."""
    if tail.closes is None:
        return measure.title
    start = max(tail.closes.start, min(measure.title_span.end, tail.closes.end))
    return Span(start, tail.closes.end).cut(text).strip(" \t\r\n\u3000。.") or measure.title


def _names(tail: Tail) -> Iterator[Named]:
    for role, mention in tail.mentions():
        yield _named(role, mention)


def _named(role: Role, mention: BodyMention) -> Named:
    return Named(role, mention.written, mention.bodies, mention.collective, mention.settled)


# ---------------------------------------------------------------------------------------------- tasks


def _tasks(measure: Measure, tails: Sequence[Tail]) -> Iterator[TaskContent]:
    goals = [row for row in measure.indicators if row.kind is not IndicatorKind.CONDITION]
    for deadline in measure.deadlines:
        if not any(_dates(deadline, row, measure) for row in goals):
            yield _deadline_task(deadline, _tail_of(deadline.span, tails))
    for indicator in goals:
        yield _indicator_task(indicator, _tail_of(indicator.span, tails))
    for mention in measure.mentions:
        if mention.kind is MentionKind.MONEY:
            yield _money_task(mention, _tail_of(mention.span, tails))


def _dates(deadline: Deadline, indicator: Indicator, measure: Measure) -> bool:
    """Whether an indicator already carries the day of a deadline: both stand in one sentence."""
    if deadline.kind not in {When.BY, When.IN} or deadline.day is None or indicator.by != deadline.day:
        return False
    for sentence in measure.sentences:
        if sentence.holds(deadline.span):
            return sentence.holds(indicator.span)
    return False


def _tail_of(span: Span, tails: Sequence[Tail]) -> int | None:
    for number, tail in enumerate(tails, start=1):
        if tail.closes is not None and tail.closes.holds(span):
            return number
    return None


def _deadline_task(deadline: Deadline, tail: int | None) -> TaskContent:
    recurring = deadline.kind is When.RECURRING
    what = deadline.what.strip() or deadline.text
    starts = deadline.kind is When.START
    return TaskContent(
        key=f"{'recurring' if recurring else 'deadline'}-{_mark(plain_title(what))}",
        kind="recurring" if recurring else "deadline",
        title=what[:_TITLE],
        tail=tail,
        start=deadline.start,
        due=None if recurring or starts else deadline.day,
        every=deadline.every,
        firm=deadline.firm,
    )


def _indicator_task(indicator: Indicator, tail: int | None) -> TaskContent:
    return TaskContent(
        key=f"indicator-{_mark(plain_title(indicator.what + indicator.scope))}",
        kind="indicator",
        title=indicator.what[:_TITLE],
        tail=tail,
        due=indicator.by,
        firm=indicator.firm,
        comparator=str(indicator.comparator),
        value=indicator.value,
        unit=indicator.unit[:40],
        scope=indicator.scope[:_TITLE],
    )


def _money_task(mention: Mention, tail: int | None) -> TaskContent:
    return TaskContent(
        key=f"money-{_mark(plain_title(mention.text))}",
        kind="money",
        title=mention.text[:_TITLE],
        tail=tail,
        amount=amount_of(mention.text),
    )


def _series(
    measure: Measure, duties: Sequence[DutyContent], tasks: Sequence[TaskContent]
) -> Iterator[SeriesContent]:
    """Follow what is a share, a rate, a change or a direction; its key is that of its task."""
    goals = [row for row in measure.indicators if row.kind is not IndicatorKind.CONDITION]
    for indicator, task in zip(goals, [row for row in tasks if row.kind == "indicator"], strict=True):
        if is_series(str(indicator.kind), str(indicator.comparator), indicator.unit, change=indicator.change):
            yield SeriesContent(
                key=f"m{plain_title(str(measure.number))}-{task.key}",
                name=indicator.what[:_TITLE],
                name_en="",
                body=answering(duties, task.tail),
                unit=indicator.unit[:40],
                scope=indicator.scope[:_TITLE],
                comparator=str(indicator.comparator),
                target=indicator.value,
                change=indicator.change,
                baseline_year=indicator.baseline,
                by=indicator.by,
                firm=indicator.firm,
            )


def _mark(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:_KEY_DIGITS]

"""What does a plan document promise? A source becomes the structured draft that a person confirms."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from lantian.city.records import City
from lantian.science.plan_text.account import partition, unread
from lantian.science.plan_text.bodies import Names
from lantian.science.plan_text.confirmations import Confirmation, apply_confirmations
from lantian.science.plan_text.goal_tables import goal_tables
from lantian.science.plan_text.indicators import find_indicators
from lantian.science.plan_text.lines import sentences
from lantian.science.plan_text.mentions import find_mentions
from lantian.science.plan_text.records import (
    BodyMention,
    Covered,
    Draft,
    Measure,
    Source,
    Span,
    Structure,
    TaskRow,
    Use,
)
from lantian.science.plan_text.structure import structure
from lantian.science.plan_text.tails import TailReading, read_tails
from lantian.science.plan_text.targets import find_targets, target_findings
from lantian.science.plan_text.times import find_deadlines
from lantian.terms.findings import Finding, Severity
from lantian.terms.words import mark

_MOSTLY = 0.5
"""Where more than this share of the measures has a tail, one without is worth a look. [1]"""


def read_plan(source: Source, city: City | None = None, confirmed: Sequence[Confirmation] = ()) -> Draft:
    r"""Read a plan document.

    Parameters
    ----------
    source : Source
        The document; any text gives a draft, one without measures says so in its findings.
    city : City, optional
        Whose directory resolves the names of bodies, plants and places; without one they stay as written.
    confirmed : sequence of Confirmation
        What people decided about doubtful readings of this document before.

    Returns
    -------
    Draft
        Every word with its place, an account of every character, and findings where a person should look.

    Examples
    --------
    >>> from lantian.science.plan_text.plain_sources import source_of_text
    >>> draft = read_plan(source_of_text("一、任务\n1.控尘。2025年底前完成。（市住建局牵头，市城管局配合）"))
    >>> [row.written for row in draft.measures[0].tails[0].lead], draft.measures[0].deadlines[0].day.isoformat()
    (['市住建局'], '2025-12-31')
    """
    names = Names(city)
    found = structure(source)
    measures, default, doubts = _measures(source.text, found, names)
    coverage = _coverage(source.text, found, measures)
    outside = find_mentions(source.text, _outside(coverage), names)
    written = find_targets(source.text, found.goals, found.facts.year, outside)
    tabled = goal_tables(source, [span for span, _ in found.goals], found.facts.year, written)
    targets = tuple(sorted((*written, *tabled.targets), key=lambda row: row.span))
    coverage = _with_goals(source.text, coverage, tabled.cells)
    findings = (
        *source.findings,
        *found.findings,
        *doubts,
        *target_findings(targets),
        *_without_tails(measures),
        *unread(source.text, coverage, source.name or "text"),
    )
    draft = Draft(
        source=source,
        facts=found.facts,
        sections=found.sections,
        measures=measures,
        targets=targets,
        coverage=coverage,
        findings=findings,
        goals=tuple(span for span, _ in found.goals),
        mentions=outside,
        default_implement=tuple(row.written for row in default),
    )
    return apply_confirmations(draft, confirmed)


def _measures(
    text: str, found: Structure, names: Names
) -> tuple[tuple[Measure, ...], tuple[BodyMention, ...], tuple[Finding, ...]]:
    rows: dict[int, list[TaskRow]] = {}
    for row in found.task_rows:
        rows.setdefault(row.measure, []).append(row)
    default: tuple[BodyMention, ...] = ()
    findings: list[Finding] = []
    measures: list[Measure] = []
    for place, measure in enumerate(found.measures):
        own = rows.get(place, ())
        tails = read_tails(text, measure, own, names, default)
        default = tails.default
        findings.extend(tails.findings)
        measures.append(_read(text, measure, tails, own, found.facts.year, names))
    return tuple(measures), default, tuple(findings)


def _read(
    text: str, measure: Measure, found: TailReading, rows: Sequence[TaskRow], year: int | None, names: Names
) -> Measure:
    """Read times, numbers and names in a measure's title and sentences outside its tails."""
    cells = [
        span for row in rows for span in (row.lead, row.cooperate, row.implement, row.due) if span is not None
    ]
    written = [row.span for row in found.tails if not any(row.span.holds(cell) for cell in cells)]
    own = sentences(text, measure.sentences, [*written, *cells])
    spans = [measure.title_span, *own]
    due = {row.due for row in rows if row.due is not None} | set(found.times)
    deadlines = find_deadlines(text, [*spans, *sorted(due)], year)
    mentions = find_mentions(text, spans, names)
    return replace(
        measure,
        sentences=own,
        tails=found.tails,
        deadlines=deadlines,
        indicators=find_indicators(text, spans, deadlines, mentions, year),
        mentions=mentions,
    )


def _coverage(text: str, found: Structure, measures: Sequence[Measure]) -> tuple[Covered, ...]:
    tails = [(tail.span, Use.TAIL) for row in measures for tail in row.tails]
    return partition(text, [*((row.span, row.use) for row in found.uses if row.use is not Use.SPACE), *tails])


def _with_goals(text: str, coverage: Sequence[Covered], cells: Sequence[Span]) -> tuple[Covered, ...]:
    """Mark the cells of tables that set goals."""
    kept = [(row.span, row.use) for row in coverage if row.use not in (Use.SPACE, Use.UNREAD)]
    return partition(text, [*kept, *((span, Use.GOAL) for span in cells)]) if cells else tuple(coverage)


def _outside(coverage: Sequence[Covered]) -> list[Span]:
    wanted = (Use.PREAMBLE, Use.GOAL, Use.HEADING)
    joined: list[Span] = []
    for row in coverage:
        if (row.use is Use.FACT and joined and joined[-1].end == row.span.start) or (
            row.use in wanted and joined and joined[-1].end == row.span.start
        ):
            joined[-1] = Span(joined[-1].start, row.span.end)
        elif row.use in (*wanted, Use.FACT):
            joined.append(row.span)
    return joined


def _without_tails(measures: Sequence[Measure]) -> Iterator[Finding]:
    bare = [row for row in measures if not row.tails]
    if not bare or len(bare) >= _MOSTLY * len(measures):
        return
    for row in bare:
        yield Finding(
            "measure_without_tail",
            str(row.number),
            mark("Measure {number} {title} names nobody who is responsible, though most others do."),
            Severity.INFO,
            evidence={"number": row.number, "title": row.title, "start": row.span.start},
        )

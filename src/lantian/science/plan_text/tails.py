"""Who answers for what: the responsibility tails of a measure (责任尾注)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from lantian.science.plan_text.bodies import Names
from lantian.science.plan_text.lines import trimmed
from lantian.science.plan_text.records import BodyMention, Measure, Role, Span, Tail, TaskRow
from lantian.science.plan_text.tail_grammar import (
    MESSAGES,
    NO_VERB,
    UNKNOWN_VERB,
    Doubt,
    Words,
    says_responsibility,
    sure_names,
    tail_words,
)
from lantian.science.plan_text.tail_places import Form, Place, places_in
from lantian.science.plan_text.tail_roles import ROLE_MESSAGES, Roles, roles_of
from lantian.science.plan_text.tail_rows import row_words
from lantian.terms.findings import Finding, Severity
from lantian.terms.words import mark

_LONGEST_STRANGE = 15
_DOUBTS: Mapping[str, str] = {
    **MESSAGES,
    **ROLE_MESSAGES,
    "tail_unclosed": mark("The bracket of this tail is not closed: where it ends is a guess."),
    "tail_unopened": mark("The bracket of this tail is not opened: where it begins is a guess."),
    "tail_doubtful": mark("No name in this bracket looks like a body: is it a tail at all?"),
    "tail_bare_list": mark("Bodies stand in brackets inside a sentence, without a verb: is it a tail at all?"),
    "body_unknown": mark("The city's directory does not know this body."),
    "members_unsettled": mark("This name means only some bodies: a person decides which."),
}
_INFO = frozenset({"tail_person_left_out", "tail_bare_list", "tail_supervisor_beside_leader"})


@dataclass(frozen=True, slots=True)
class _Read:
    """A tail with what later tails need of it."""

    tail: Tail
    times: tuple[Span, ...]
    clause: tuple[BodyMention, ...] = ()
    """Implementers that hold from here on."""


@dataclass(frozen=True, slots=True)
class TailReading:
    """The tails of one measure."""

    tails: tuple[Tail, ...]
    findings: tuple[Finding, ...]
    default: tuple[BodyMention, ...]
    """Implementers that hold for every later tail without its own (以下均需…落实，不再列出)."""
    times: tuple[Span, ...] = ()
    """Words inside tails that tell a time (完成时限：2024年底前)."""


def read_tails(
    text: str, measure: Measure, rows: Sequence[TaskRow], names: Names, default: tuple[BodyMention, ...]
) -> TailReading:
    """Read who leads, helps and carries out in one measure.

    Parameters
    ----------
    text : str
        The source.
    measure : Measure
        Where the measure and its title stand; nothing else of it is needed.
    rows : sequence of TaskRow
        The rows of a task table that belong to this measure; empty for running text.
    names : Names
        The city's directory.
    default : tuple of BodyMention
        Implementers named once before for every measure.

    Returns
    -------
    TailReading
        Tails in reading order; what is broken is read as far as possible, with a finding.

    Examples
    --------
    >>> text = "1.治理炉窑。完成改造。(市工信局牵头,市能源局配合;各县区人民政府落实)"
    >>> measure = Measure(1, 1, "一", "", "治理炉窑", Span(0, len(text)), Span(0, 7))
    >>> tail = read_tails(text, measure, (), Names(None), ()).tails[0]
    >>> tail.mode.value, [row.written for row in tail.lead], tail.closes.cut(text)
    ('牵头', ['市工信局'], '完成改造。')
    """
    cells = [span for row in rows for span in _cells(row)]
    found: list[_Read] = []
    findings: list[Finding] = []
    for row in rows:
        words, raw, span = row_words(text, row, names)
        if span is not None:
            roles = roles_of(text, words, names)
            found.append(_Read(_tail(raw, span, roles), words.times, roles.clause))
            findings.extend(_findings(text, measure, words.doubts, roles, names))
    last = -1
    for place in places_in(text, measure.span, measure.title_span):
        if place.span.start < last or any(_overlap(place.span, cell) for cell in cells):
            continue
        words = tail_words(text, place.inside, names)
        doubt = _accepted(text, place, words, names)
        if doubt is None:
            continue
        last = place.span.end
        roles = roles_of(text, words, names)
        findings.extend(_findings(text, measure, (*words.doubts, *doubt), roles, names))
        if found and roles.alone and _adjoins(text, found[-1].tail.span, place.span):
            found[-1] = _with_clause(text, found[-1], place.span, roles.clause)
        else:
            found.append(_Read(_tail(place.span.cut(text), place.span, roles), words.times, roles.clause))
    found.sort(key=lambda row: row.tail.span)
    tails, default = _with_default(found, default)
    times = tuple(span for row in found for span in row.times)
    return TailReading(with_closed_words(text, measure, tails), tuple(findings), default, times)


def _cells(row: TaskRow) -> Iterator[Span]:
    yield from (span for span in (row.lead, row.cooperate, row.implement, row.due) if span is not None)
    yield from row.others.values()


def _overlap(one: Span, other: Span) -> bool:
    return one.start < other.end and other.start < one.end


def _adjoins(text: str, before: Span, after: Span) -> bool:
    return before.end <= after.start and not text[before.end : after.start].strip(" 。；;，,")


def _accepted(text: str, place: Place, words: Words, names: Names) -> tuple[Doubt, ...] | None:
    """Return None where a stretch is no tail, else what is doubtful about it as a whole."""
    if place.form is Form.LINES:
        return ()
    sound = not words.strange and bool(words.pieces)
    spoken = says_responsibility(text, place.inside)
    if place.form is Form.LINE:
        return () if sound and spoken and words.verbs == len(words.groups) and not words.doubts else None
    if place.form in (Form.UNCLOSED, Form.UNOPENED):
        code = f"tail_{place.form.value}"
        return (Doubt(code, place.span),) if place.at_end and sound and spoken and words.verbs else None
    if words.clause and not words.groups:
        return ()
    if any(row.labelled for row in words.groups) or (words.doubts and not words.groups and place.at_end):
        return ()
    if not words.verbs:
        return _bare_list(text, place, words, names)
    if not words.pieces:
        return () if place.at_end and spoken else None
    if not words.strange:
        return () if spoken or place.at_end else None
    if not (spoken and place.at_end) or any(row.end - row.start > _LONGEST_STRANGE for row in words.strange):
        return None
    doubtful = len(words.strange) == len(words.pieces)
    return (Doubt("tail_doubtful", place.span),) if doubtful else ()


def _bare_list(text: str, place: Place, words: Words, names: Names) -> tuple[Doubt, ...] | None:
    if any(row.code == UNKNOWN_VERB for row in words.doubts):
        return () if place.after_sentence and not words.strange else None
    if words.strange or not place.at_end or not sure_names(text, words.pieces, names):
        return None
    return () if place.after_sentence else (Doubt("tail_bare_list", place.span),)


def _tail(raw: str, span: Span, roles: Roles) -> Tail:
    clause = roles.clause if not roles.implement else ()
    return Tail(
        raw=raw,
        span=span,
        mode=roles.mode,
        lead=roles.lead,
        cooperate=roles.cooperate,
        implement=roles.implement or clause,
        open_list=roles.open_list,
        by_default=bool(clause) and not roles.alone,
        default_for_all=bool(roles.clause),
    )


def _with_clause(text: str, before: _Read, place: Span, clause: tuple[BodyMention, ...]) -> _Read:
    """Join a one-time clause in a bracket of its own to the tail just before it."""
    tail = before.tail
    span = Span(tail.span.start, place.end)
    joined = replace(
        tail,
        raw=span.cut(text),
        span=span,
        implement=tail.implement or clause,
        by_default=not tail.implement,
        default_for_all=True,
    )
    return _Read(joined, before.times, clause)


def _with_default(
    found: Sequence[_Read], default: tuple[BodyMention, ...]
) -> tuple[tuple[Tail, ...], tuple[BodyMention, ...]]:
    """Give the implementers named once to every later tail that names none."""
    rows = []
    for row in found:
        tail = row.tail
        if row.clause:
            default = row.clause
        elif default and not tail.implement:
            tail = replace(tail, implement=default, by_default=True)
        rows.append(tail)
    return tuple(rows), default


def with_closed_words(text: str, measure: Measure, tails: Sequence[Tail]) -> tuple[Tail, ...]:
    """Tell each tail which words it closes: those since the tail before it, or the title where there are none.

    Parameters
    ----------
    text : str
        The source.
    measure : Measure
        Where its title and words stand.
    tails : sequence of Tail
        Every tail of the measure, in order.

    Returns
    -------
    tuple of Tail
        The same tails; the row of a task table closes all words of the measure.
    """
    return tuple(_closing(text, measure, tails))


def _closing(text: str, measure: Measure, tails: Sequence[Tail]) -> Iterator[Tail]:
    start = measure.title_span.end
    for place, tail in enumerate(tails):
        words = _words_between(text, start, tail.span.start)
        if tail.raw != tail.span.cut(text) and measure.sentences:
            words = Span(measure.sentences[0].start, measure.sentences[-1].end)
        elif words is None and place == 0:
            after = _words_between(text, tail.span.end, measure.span.end) if len(tails) == 1 else None
            words = after if after is not None and tail.raw[:1] not in "（(【〔[［" else measure.title_span
        yield replace(tail, closes=words)
        start = max(start, tail.span.end)


def _words_between(text: str, start: int, end: int) -> Span | None:
    while start < end and (text[start].isspace() or text[start] in "。.；;：:"):
        start += 1
    words = trimmed(text, start, max(start, end))
    return words if words.start < words.end else None


def _findings(
    text: str, measure: Measure, doubts: Sequence[Doubt], roles: Roles, names: Names
) -> Iterator[Finding]:
    rows = [row for row in (*doubts, *roles.doubts) if row.code != NO_VERB or roles.guessed]
    for role, mention in roles.mentions() if names.city is not None else ():
        if not mention.settled:
            code = "members_unsettled" if mention.collective else "body_unknown"
            yield _finding(text, measure, Doubt(code, mention.span), role, mention.written)
    for row in rows:
        yield _finding(text, measure, row)


def _finding(
    text: str, measure: Measure, doubt: Doubt, role: Role | None = None, written: str | None = None
) -> Finding:
    evidence: dict[str, str | float | int | None] = {
        "words": None if doubt.code == "tail_person_left_out" else written or doubt.span.cut(text)[:80],
        "start": doubt.span.start,
        "end": doubt.span.end,
        "measure": measure.title,
    }
    if role is not None:
        evidence["role"] = role.value
    return Finding(
        doubt.code,
        str(measure.number),
        _DOUBTS[doubt.code],
        Severity.INFO if doubt.code in _INFO else Severity.WARNING,
        evidence=evidence,
    )

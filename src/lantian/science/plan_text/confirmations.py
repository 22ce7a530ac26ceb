"""What people decided about doubtful readings, kept when the document is read again (确认记录)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from lantian.science.plan_text.confirmed_places import item_at, places_of, recut, region_of, with_default
from lantian.science.plan_text.confirmed_values import Item, decided_values, is_whole, made, settled
from lantian.science.plan_text.records import Draft, Measure, Span, Tail, Target, Use
from lantian.science.plan_text.tails import with_closed_words
from lantian.terms.errors import CallerError
from lantian.terms.findings import Finding
from lantian.terms.words import mark


class ConfirmedKind(StrEnum):
    """What kind of reading was confirmed."""

    TAIL = "tail"
    DEADLINE = "deadline"
    INDICATOR = "indicator"
    TARGET = "target"


class Action(StrEnum):
    """What a person did with a reading."""

    SETTLE = "settle"
    """It is one; the decided values, if any, stand in place of what was read."""
    REMOVE = "remove"
    """These words are no such thing."""
    ADD = "add"
    """These words are one, though none was read."""


@dataclass(frozen=True, slots=True)
class Confirmation:
    """One decision of a person about some words; it finds them by the words, not by where they stood."""

    kind: ConfirmedKind
    measure: str
    """Title of the measure; empty for a target, which belongs to the plan as a whole."""
    words: str
    """The exact words of the reading, as they stand in the source."""
    occurrence: int = 1
    """Which of the equal words within the measure, from 1."""
    decided: Mapping[str, object] = field(default_factory=dict)
    """Field → plain value; see `lantian.science.plan_text.confirmed_values`. For a tail, ``members`` says which
    bodies a name means: ``{"相关县区人民政府": {"gov-140403": "潞州区人民政府"}}``."""
    action: Action = Action.SETTLE
    number: str = ""
    """Number of the measure; only tells apart measures of one title."""


_FIELDS = {"kind", "measure", "words", "occurrence", "decided", "action", "number"}
_ATTRIBUTE = {
    ConfirmedKind.TAIL: "tails",
    ConfirmedKind.DEADLINE: "deadlines",
    ConfirmedKind.INDICATOR: "indicators",
}


def confirmation_of(
    draft: Draft,
    kind: ConfirmedKind,
    span: Span,
    decided: Mapping[str, object] | None = None,
    action: Action = Action.SETTLE,
) -> Confirmation:
    """Write down a decision about the words of a span, so that they are found again.

    Parameters
    ----------
    draft : Draft
        The reading that the person saw.
    kind : ConfirmedKind
        What the words were read as, or are.
    span : Span
        The words.
    decided : mapping, optional
        What was decided; nothing where the reading was right as it stands.
    action : Action, optional
        Settle, remove or add.

    Returns
    -------
    Confirmation
        With the words, the measure's title and the place among equal words.

    Raises
    ------
    CallerError
        The span is empty, stands in no measure, or the values do not fit.
    """
    words = span.cut(draft.source.text)
    if not words:
        raise CallerError(
            "Characters {start} to {end} are no words of {name}. Name a stretch of the document.",
            start=span.start,
            end=span.end,
            name=draft.source.name,
        )
    decided_values(kind.value, decided or {})
    measure = next((row for row in draft.measures if row.span.holds(span)), None)
    if measure is None and kind is not ConfirmedKind.TARGET:
        raise CallerError(
            "{words!r} stands in no measure of {name}. Confirm words of a measure.",
            words=words,
            name=draft.source.name,
        )
    inside = measure if kind is not ConfirmedKind.TARGET else None
    places = places_of(draft.source.text, words, region_of(draft, inside))
    if span.start not in places:
        raise CallerError(
            "{words!r} stands outside the goals of {name}. Confirm words of the goals.",
            words=words,
            name=draft.source.name,
        )
    return Confirmation(
        kind,
        inside.title if inside else "",
        words,
        places.index(span.start) + 1,
        dict(decided or {}),
        action,
        str(inside.number) if inside else "",
    )


def apply_confirmations(draft: Draft, confirmed: Sequence[Confirmation]) -> Draft:
    """Put what people decided into a fresh reading.

    Parameters
    ----------
    draft : Draft
        As read from the document.
    confirmed : sequence of Confirmation
        Decisions in the order in which they were made; a later one about the same words wins.

    Returns
    -------
    Draft
        With the decided values and without the findings that they answer; a decision whose words are no longer
        there becomes a finding.

    Raises
    ------
    CallerError
        A decision holds a value that its record cannot hold.
    """
    for row in confirmed:
        draft = _applied(draft, row)
    return draft


def confirmation_payload(confirmation: Confirmation) -> dict[str, object]:
    """Return a confirmation as plain values for JSON.

    Examples
    --------
    >>> row = Confirmation(ConfirmedKind.DEADLINE, "治理炉窑", "2024年底前", decided={"firm": False})
    >>> confirmation_from_payload(confirmation_payload(row)) == row
    True
    """
    return {
        "kind": confirmation.kind.value,
        "action": confirmation.action.value,
        "measure": confirmation.measure,
        "number": confirmation.number,
        "words": confirmation.words,
        "occurrence": confirmation.occurrence,
        "decided": dict(confirmation.decided),
    }


def confirmation_from_payload(payload: Mapping[str, object]) -> Confirmation:
    """Read a confirmation back.

    Parameters
    ----------
    payload : mapping
        As `confirmation_payload` wrote it.

    Returns
    -------
    Confirmation
        Equal to the one that was written.

    Raises
    ------
    CallerError
        A field is missing, unknown or of another kind.
    """
    unknown = sorted(set(payload) - _FIELDS)
    if unknown:
        raise CallerError("A confirmation has no field {field!r}. Leave it out.", field=unknown[0])
    try:
        kind = ConfirmedKind(str(payload["kind"]))
        action = Action(str(payload.get("action", Action.SETTLE.value)))
        measure, words, number = payload.get("measure", ""), payload["words"], payload.get("number", "")
        occurrence, decided = payload.get("occurrence", 1), payload.get("decided", {})
    except (KeyError, ValueError) as error:
        raise CallerError("This is no confirmation: {reason}. Mend it and read it again.", reason=error) from None
    if (
        not isinstance(measure, str)
        or not isinstance(words, str)
        or not words
        or not isinstance(number, str)
        or not isinstance(occurrence, int)
        or isinstance(occurrence, bool)
        or occurrence < 1
        or not isinstance(decided, Mapping)
    ):
        raise CallerError(
            "The confirmation of {words!r} in {measure!r} has a field of a wrong kind. Mend it and read it again.",
            words=words,
            measure=measure,
        )
    decided_values(kind.value, decided)
    return Confirmation(kind, measure, words, occurrence, dict(decided), action, number)


def _applied(draft: Draft, row: Confirmation) -> Draft:
    text = draft.source.text
    found = _found(draft, row)
    if found is None:
        return _lost(draft, row)
    place, span = found
    items = draft.targets if place is None else getattr(draft.measures[place], _ATTRIBUTE[row.kind])
    item = item_at(items, span)
    if row.action is Action.REMOVE:
        changed = tuple(each for each in items if each is not item)
    elif item is not None:
        new = settled(item, text, row.decided)
        changed = tuple(new if each is item else each for each in items)
    elif is_whole(row.kind.value, row.decided):
        new = made(row.kind.value, span, text, row.decided)
        changed = tuple(sorted((*items, new), key=lambda each: each.span))
    else:
        return _lost(draft, row)
    read = item.span if item is not None else span
    return _with_items(draft, row, place, changed, read)


def _found(draft: Draft, row: Confirmation) -> tuple[int | None, Span] | None:
    """Return the measure (None for the goals) and the stretch in which a confirmation finds its words again."""
    text = draft.source.text
    if row.kind is ConfirmedKind.TARGET:
        places = places_of(text, row.words, region_of(draft, None))
        at = places[row.occurrence - 1] if len(places) >= row.occurrence else None
        return None if at is None else (None, Span(at, at + len(row.words)))
    titled = [place for place, each in enumerate(draft.measures) if _plain(each.title) == _plain(row.measure)]
    titled.sort(key=lambda place: str(draft.measures[place].number) != row.number)
    for place in titled:
        places = places_of(text, row.words, draft.measures[place].span)
        if len(places) >= row.occurrence:
            at = places[row.occurrence - 1]
            return place, Span(at, at + len(row.words))
    return None


def _plain(title: str) -> str:
    return "".join(title.split())


def _with_items(draft: Draft, row: Confirmation, place: int | None, items: tuple[Item, ...], read: Span) -> Draft:
    findings = tuple(each for each in draft.findings if not _answers(row, each, read))
    if place is None:
        targets = tuple(each for each in items if isinstance(each, Target))
        return replace(draft, targets=targets, findings=findings)
    measure = draft.measures[place]
    coverage = draft.coverage
    fields: dict[str, object] = {_ATTRIBUTE[row.kind]: items}
    if row.kind is ConfirmedKind.TAIL:
        tails = tuple(each for each in items if isinstance(each, Tail))
        fields["tails"] = with_closed_words(draft.source.text, measure, tails)
        gone = row.action is Action.REMOVE and len(tails) < len(measure.tails)
        if gone or len(tails) > len(measure.tails):
            coverage = recut(coverage, read, Use.BODY if gone else Use.TAIL)
        if tails:
            findings = tuple(each for each in findings if not _missed_tail(each, measure))
    changed = replace(measure, **fields)  # type: ignore[arg-type]  # the fields fit their kind
    measures = tuple(changed if order == place else each for order, each in enumerate(draft.measures))
    if row.kind is ConfirmedKind.TAIL and any(tail.default_for_all for tail in measure.tails):
        measures = tuple(with_default(each, changed) for each in measures)
    return replace(draft, measures=measures, coverage=coverage, findings=findings)


def _answers(row: Confirmation, finding: Finding, read: Span) -> bool:
    """Whether a decision about these words answers a finding about them."""
    start, end = finding.evidence.get("start"), finding.evidence.get("end")
    if not isinstance(start, int) or not isinstance(end, int) or finding.code == "unread":
        return False
    if not (read.start <= start and end <= read.end):
        return False
    members = row.decided.get("members")
    if row.action is Action.SETTLE and set(row.decided) == {"members"} and isinstance(members, Mapping):
        return finding.evidence.get("words") in members
    return True


def _missed_tail(finding: Finding, measure: Measure) -> bool:
    return finding.code == "measure_without_tail" and finding.evidence.get("start") == measure.span.start


def _lost(draft: Draft, row: Confirmation) -> Draft:
    finding = Finding(
        "confirmation_lost",
        row.number or row.measure or draft.source.name,
        mark("Words that a person confirmed are no longer read there: confirm again, or drop the decision."),
        evidence={
            "kind": row.kind.value,
            "action": row.action.value,
            "measure": row.measure,
            "words": row.words,
            "occurrence": row.occurrence,
        },
    )
    return replace(draft, findings=(*draft.findings, finding))

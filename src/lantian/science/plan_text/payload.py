"""A draft as plain JSON values, and back without loss."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from lantian.science.plan_text.records import (
    BodyMention,
    Deadline,
    Draft,
    Fact,
    Indicator,
    Measure,
    Mention,
    Role,
    Section,
    Source,
    Span,
    Tail,
    Target,
)
from lantian.science.plan_text.restored import FACTS, ROLES, restored
from lantian.terms.errors import CallerError
from lantian.terms.findings import Finding

Json = dict[str, Any]


def draft_payload(draft: Draft) -> Json:
    r"""Return a draft as JSON values, under the names that truth files use.

    Returns
    -------
    dict
        ``title, issuer, date, number, implements, year, measures, targets, findings, coverage`` and so on. A
        tail's ``implement`` holds its own words; bodies of a one-time clause stand in ``expanded`` only. Exact
        decimals stand as text in ``value_exact`` beside the number.

    Examples
    --------
    >>> from lantian.science.plan_text.plain_sources import source_of_text
    >>> from lantian.science.plan_text.reading import read_plan
    >>> payload = draft_payload(read_plan(source_of_text("一、任务\n1.控尘。（市住建局负责）")))
    >>> payload["measures_count"], payload["measures"][0]["tails"][0]["lead"]
    (1, ['市住建局'])
    """
    facts = draft.facts
    shares = draft.covered_share()
    return {
        "file": draft.source.name,
        "form": draft.source.form,
        "encoding": draft.source.encoding,
        "digest": draft.source.digest,
        "characters": len(draft.source.text),
        "title": _text(facts.title),
        "issuer": _text(facts.issuer),
        "date": _day(facts.issued_on),
        "published_on": _day(facts.published_on),
        "number": _text(facts.number),
        "implements": [row.text for row in facts.implements],
        "year": facts.year,
        "facts": {
            **{name: _fact(getattr(facts, name)) for name in FACTS},
            "implements": [_fact(row) for row in facts.implements],
        },
        "measures_count": len(draft.measures),
        "tails_count": sum(len(row.tails) for row in draft.measures),
        "default_implement": list(draft.default_implement),
        "sections": [_section(row) for row in draft.sections],
        "measures": [_measure(row) for row in draft.measures],
        "targets": [_target(row) for row in draft.targets],
        "goals": [_place(row) for row in draft.goals],
        "mentions": [_mention(row) for row in draft.mentions],
        "findings": [_finding(row) for row in draft.findings],
        "coverage": {
            "shares": {use.value: round(share, 6) for use, share in shares.items()},
            "stretches": [{"use": row.use.value, **_place(row.span)} for row in draft.coverage],
        },
    }


def draft_from_payload(payload: Mapping[str, Any], source: Source) -> Draft:
    """Return the draft that a payload was made from.

    Parameters
    ----------
    payload : mapping
        What `draft_payload` gave, also after a way through JSON text.
    source : Source
        The document that it was read from.

    Raises
    ------
    CallerError
        When the payload was made from another text, or is none.
    """
    if payload.get("digest") != source.digest or payload.get("characters") != len(source.text):
        raise CallerError(
            "The stored reading of {name} was made from another text, so its places do not fit. Read the file "
            "again.",
            name=source.name or "this document",
        )
    try:
        return restored(payload, source)
    except (KeyError, TypeError, ValueError, ArithmeticError) as error:
        raise CallerError(
            "The stored reading of {name} is damaged ({error}). Read the file again.",
            name=source.name or "this document",
            error=f"{type(error).__name__}: {error}",
        ) from error


def _text(fact: Fact | None) -> str | None:
    return fact.text if fact is not None else None


def _day(day: date | None) -> str | None:
    return day.isoformat() if day is not None else None


def _place(span: Span) -> Json:
    return {"start": span.start, "end": span.end}


def _fact(fact: Fact | None) -> Json | None:
    return {"text": fact.text, **_place(fact.span)} if fact is not None else None


def _section(row: Section) -> Json:
    return {"label": row.label, "title": row.title, "level": row.level, "parent": row.parent, **_place(row.span)}


def _measure(row: Measure) -> Json:
    return {
        "number": row.number,
        "order": row.order,
        "section": row.section,
        "section_title": row.section_title,
        "title": row.title,
        "title_start": row.title_span.start,
        "title_end": row.title_span.end,
        **_place(row.span),
        "sentences": [_place(span) for span in row.sentences],
        "tails": [_tail(tail) for tail in row.tails],
        "deadlines": [_deadline(each) for each in row.deadlines],
        "indicators": [_indicator(each) for each in row.indicators],
        "mentions": [_mention(each) for each in row.mentions],
    }


def _tail(tail: Tail) -> Json:
    by_role: dict[Role, tuple[BodyMention, ...]] = dict(
        zip(ROLES, (tail.lead, tail.cooperate, tail.implement), strict=True)
    )
    literal = {**by_role, Role.IMPLEMENT: () if tail.by_default else tail.implement}
    return {
        "raw": tail.raw,
        "mode": tail.mode.value,
        **{role.value: [row.written for row in literal[role]] for role in ROLES},
        "open_list": tail.open_list,
        "expanded": {role.value: _distinct(name for row in by_role[role] for name in row.names) for role in ROLES},
        "expanded_ids": {
            role.value: _distinct(key for row in by_role[role] for key in row.bodies) for role in ROLES
        },
        "bodies": {role.value: [_body(row) for row in by_role[role]] for role in ROLES},
        "by_default": tail.by_default,
        "default_for_all": tail.default_for_all,
        "closes": _place(tail.closes) if tail.closes is not None else None,
        **_place(tail.span),
    }


def _distinct(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(names))


def _body(row: BodyMention) -> Json:
    return {
        "written": row.written,
        "bodies": list(row.bodies),
        "names": list(row.names),
        "collective": row.collective,
        "settled": row.settled,
        **_place(row.span),
    }


def _deadline(row: Deadline) -> Json:
    return {
        "date": _day(row.day),
        "text": row.text,
        "kind": row.kind.value,
        "start_date": _day(row.start),
        "every": row.every,
        "firm": row.firm,
        "what": row.what,
        **_place(row.span),
    }


def _number(value: Decimal | None) -> int | float | None:
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else float(value)


def _exact(value: Decimal | None) -> str | None:
    return str(value) if value is not None else None


def _indicator(row: Indicator) -> Json:
    return {
        "what": row.what,
        "comparator": row.comparator.value,
        "value": _number(row.value),
        "value_exact": _exact(row.value),
        "value_to": _number(row.value_to),
        "value_to_exact": _exact(row.value_to),
        "unit": row.unit,
        "change": row.change,
        "baseline": row.baseline,
        "scope": row.scope,
        "by": _day(row.by),
        "firm": row.firm,
        "direction": row.direction,
        "kind": row.kind.value,
        "text": row.text,
        **_place(row.span),
    }


def _target(row: Target) -> Json:
    return {
        "text": row.text,
        "kind": row.kind.value,
        "subjects": list(row.subjects),
        "metric": row.metric,
        "metric_written": row.metric_written,
        "comparator": row.comparator.value if row.comparator is not None else None,
        "value": _number(row.value),
        "value_exact": _exact(row.value),
        "unit": row.unit,
        "years": list(row.years),
        "baseline": row.baseline,
        "change": row.change,
        "except_subjects": list(row.except_subjects),
        "direction": row.direction,
        **_place(row.span),
    }


def _mention(row: Mention) -> Json:
    return {"kind": row.kind.value, "text": row.text, "body": row.body, **_place(row.span)}


def _finding(row: Finding) -> Json:
    return {
        "code": row.code,
        "where": row.where,
        "message": row.message,
        "severity": row.severity.value,
        "when": row.when.isoformat() if row.when is not None else None,
        "evidence": dict(row.evidence),
        "competing_explanation": row.competing_explanation,
    }

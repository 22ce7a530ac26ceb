"""Plain JSON values as the records that they were made from."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, TypeVar

from lantian.science.plan_text.records import (
    BodyMention,
    Comparator,
    Covered,
    Deadline,
    DocumentFacts,
    Draft,
    Fact,
    Indicator,
    IndicatorKind,
    Measure,
    Mention,
    MentionKind,
    Mode,
    Role,
    Section,
    Source,
    Span,
    Tail,
    Target,
    TargetKind,
    Use,
    When,
)
from lantian.terms.findings import Finding, Severity

FACTS = ("title", "issuer", "issued", "number")
"""Facts of a document that have one place."""
ROLES = (Role.LEAD, Role.COOPERATE, Role.IMPLEMENT)
_E = TypeVar("_E", bound=StrEnum)


def restored(payload: Mapping[str, Any], source: Source) -> Draft:
    """Return the draft that a payload was made from; a `payload.draft_from_payload` guards it."""
    detail = payload["facts"]
    facts = DocumentFacts(
        **{name: _to_fact(detail[name]) for name in FACTS},
        issued_on=_to_day(payload["date"]),
        published_on=_to_day(payload["published_on"]),
        implements=tuple(_sure_fact(row) for row in detail["implements"]),
        year=payload["year"],
    )
    return Draft(
        source=source,
        facts=facts,
        sections=tuple(_to_section(row) for row in payload["sections"]),
        measures=tuple(_to_measure(row) for row in payload["measures"]),
        targets=tuple(_to_target(row) for row in payload["targets"]),
        coverage=tuple(Covered(_to_span(row), Use(row["use"])) for row in payload["coverage"]["stretches"]),
        findings=tuple(_to_finding(row) for row in payload["findings"]),
        goals=tuple(_to_span(row) for row in payload["goals"]),
        mentions=tuple(_to_mention(row) for row in payload["mentions"]),
        default_implement=tuple(payload["default_implement"]),
    )


def _to_day(written: str | None) -> date | None:
    return date.fromisoformat(written) if written is not None else None


def _to_span(row: Mapping[str, Any]) -> Span:
    return Span(int(row["start"]), int(row["end"]))


def _sure_fact(row: Mapping[str, Any]) -> Fact:
    return Fact(row["text"], _to_span(row))


def _to_fact(row: Mapping[str, Any] | None) -> Fact | None:
    return _sure_fact(row) if row is not None else None


def _to_section(row: Mapping[str, Any]) -> Section:
    return Section(row["label"], row["title"], _to_span(row), row["level"], row["parent"])


def _to_measure(row: Mapping[str, Any]) -> Measure:
    return Measure(
        number=row["number"],
        order=row["order"],
        section=row["section"],
        section_title=row["section_title"],
        title=row["title"],
        span=_to_span(row),
        title_span=Span(row["title_start"], row["title_end"]),
        sentences=tuple(_to_span(span) for span in row["sentences"]),
        tails=tuple(_to_tail(each) for each in row["tails"]),
        deadlines=tuple(_to_deadline(each) for each in row["deadlines"]),
        indicators=tuple(_to_indicator(each) for each in row["indicators"]),
        mentions=tuple(_to_mention(each) for each in row["mentions"]),
    )


def _to_tail(row: Mapping[str, Any]) -> Tail:
    lead, cooperate, implement = (tuple(_to_body(each) for each in row["bodies"][role.value]) for role in ROLES)
    return Tail(
        raw=row["raw"],
        span=_to_span(row),
        mode=Mode(row["mode"]),
        lead=lead,
        cooperate=cooperate,
        implement=implement,
        open_list=row["open_list"],
        closes=_to_span(row["closes"]) if row["closes"] is not None else None,
        by_default=row["by_default"],
        default_for_all=row["default_for_all"],
    )


def _to_body(row: Mapping[str, Any]) -> BodyMention:
    return BodyMention(
        row["written"], _to_span(row), tuple(row["bodies"]), tuple(row["names"]), row["collective"], row["settled"]
    )


def _to_deadline(row: Mapping[str, Any]) -> Deadline:
    return Deadline(
        text=row["text"],
        span=_to_span(row),
        kind=When(row["kind"]),
        day=_to_day(row["date"]),
        start=_to_day(row["start_date"]),
        every=row["every"],
        firm=row["firm"],
        what=row["what"],
    )


def _to_decimal(written: str | None) -> Decimal | None:
    return Decimal(written) if written is not None else None


def _to_indicator(row: Mapping[str, Any]) -> Indicator:
    return Indicator(
        what=row["what"],
        span=_to_span(row),
        text=row["text"],
        kind=IndicatorKind(row["kind"]),
        comparator=Comparator(row["comparator"]),
        value=_to_decimal(row["value_exact"]),
        value_to=_to_decimal(row["value_to_exact"]),
        unit=row["unit"],
        change=row["change"],
        baseline=row["baseline"],
        scope=row["scope"],
        by=_to_day(row["by"]),
        firm=row["firm"],
        direction=row.get("direction", ""),
    )


def _to_target(row: Mapping[str, Any]) -> Target:
    return Target(
        text=row["text"],
        span=_to_span(row),
        kind=TargetKind(row["kind"]),
        subjects=tuple(row["subjects"]),
        metric=row["metric"],
        metric_written=row["metric_written"],
        comparator=_to_member(Comparator, row["comparator"]),
        value=_to_decimal(row["value_exact"]),
        unit=row["unit"],
        years=tuple(row["years"]),
        baseline=row["baseline"],
        change=row["change"],
        except_subjects=tuple(row["except_subjects"]),
        direction=row["direction"],
    )


def _to_member(kind: type[_E], written: str | None) -> _E | None:
    return kind(written) if written is not None else None


def _to_mention(row: Mapping[str, Any]) -> Mention:
    return Mention(MentionKind(row["kind"]), row["text"], _to_span(row), row["body"])


def _to_finding(row: Mapping[str, Any]) -> Finding:
    return Finding(
        code=row["code"],
        where=row["where"],
        message=row["message"],
        severity=Severity(row["severity"]),
        when=datetime.fromisoformat(row["when"]) if row["when"] is not None else None,
        evidence=dict(row["evidence"]),
        competing_explanation=row["competing_explanation"],
    )

"""Marks that contradict each other, the rule, or the readings: findings with the innocent explanation (标记核查).

False marking is a violation of its own. Nothing here decides: a finding says which mark, which minutes and what
else might explain it, and a person looks.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

import numpy as np

from lantian.rules.source_records import MarkRule
from lantian.science.emission.marks import MINUTE, Mark, current_marks, marked_hours
from lantian.science.emission.quantities import CubicMetresPerHour, numbers
from lantian.terms.findings import Finding, Severity
from lantian.terms.words import mark

_HOUR = timedelta(hours=1)


def mark_findings(marks: Iterable[Mark], rule: MarkRule, *, condition_before: str = "") -> list[Finding]:
    """List what is doubtful about the marks of one outlet, by the rule of its industry (标记规则核查).

    Parameters
    ----------
    marks : iterable of Mark
        Of one outlet; any revisions.
    rule : MarkRule
        Codes, what may follow on what, longest hours of a year.
    condition_before : str
        Condition right before the first mark; empty where it is not known, then the first one is not doubted.

    Returns
    -------
    list of Finding
        In the order of time.

    Examples
    --------
    >>> from datetime import UTC, date
    >>> from lantian.rules import Choice, Rulebook
    >>> choice = Choice(variants={"marks": "thermal_power"})
    >>> rule = Rulebook.packaged().edition(MarkRule, "marks", date(2024, 1, 1), choice)
    >>> noon = datetime(2024, 1, 1, 12, tzinfo=UTC)
    >>> stop = Mark("m1", "DA001", "condition", "stopped", noon - _HOUR, noon)
    >>> fault = Mark("m2", "DA001", "condition", "fault", noon, noon + _HOUR)
    >>> [finding.code for finding in mark_findings([stop, fault], rule)]
    ['mark_out_of_order']
    """
    standing = current_marks(marks)
    usable = [row for row in standing if row.end > row.begin]
    order = _out_of_order(usable, rule, condition_before)
    found = [*_of_each(standing, rule), *_overlaps(usable), *order, *_yearly(usable, rule)]
    return sorted(found, key=lambda finding: (str(finding.evidence["begin"]), finding.code))


def stop_findings(
    marks: Iterable[Mark],
    first_hour: datetime,
    flow: CubicMetresPerHour,
    rule: MarkRule,
    *,
    flow_when_standing: float,
) -> list[Finding]:
    """List hours that are marked as stopped although gas flows (停运标记期间有流量).

    Parameters
    ----------
    marks : iterable of Mark
        Of one outlet.
    first_hour : datetime
        Start of the first hour of `flow`.
    flow : array, shape (n_hours,)
        Hourly flow, NaN where missing. [m3 h-1]
    rule : MarkRule
        Which marks say that the source stands.
    flow_when_standing : float
        Flow that draught and zero drift explain; what lies above it is a finding. [m3 h-1]

    Returns
    -------
    list of Finding
        One for each stretch of hours.

    Examples
    --------
    >>> from datetime import UTC, date
    >>> from lantian.rules import Choice, Rulebook
    >>> choice = Choice(variants={"marks": "thermal_power"})
    >>> rule = Rulebook.packaged().edition(MarkRule, "marks", date(2024, 1, 1), choice)
    >>> noon = datetime(2024, 1, 1, 12, tzinfo=UTC)
    >>> stop = Mark("m1", "DA001", "condition", "stopped", noon, noon + 3 * _HOUR)
    >>> found = stop_findings([stop], noon, np.array([10.0, 9e5, 8e5]), rule, flow_when_standing=1000.0)
    >>> [(finding.code, finding.evidence["hours"]) for finding in found]
    [('stopped_but_flowing', 2)]
    """
    gas = numbers(flow)
    standing = current_marks(marks)
    said = marked_hours(standing, first_hour, gas.size, rule)
    doubtful = np.flatnonzero(said.stopped & (gas > flow_when_standing))
    return [
        Finding(
            code="stopped_but_flowing",
            where=standing[0].outlet,
            message=mark("marked as stopped while gas flows"),
            when=first_hour + int(hours[0]) * _HOUR,
            evidence={
                "hours": int(hours.size),
                "highest_flow": float(gas[hours].max()),
                "flow_when_standing": flow_when_standing,
            },
            competing_explanation=mark("the stack is shared, or a fan ran for cooling or repair"),
        )
        for hours in np.split(doubtful, np.flatnonzero(np.diff(doubtful) > 1) + 1)
        if hours.size
    ]


def _of_each(marks: Sequence[Mark], rule: MarkRule) -> Iterator[Finding]:
    """Doubt single marks: unknown to the rule, of the wrong family, empty, not to the minute, unexplained."""
    for row in marks:
        known = rule.code(row.code)
        if known is None:
            yield _finding(
                row,
                "mark_not_in_rule",
                mark("the industry's rule has no such mark, so it excludes nothing"),
                mark("the outlet is registered under another industry, or a local rule applies"),
                rule=rule.id,
            )
        elif known.family != row.family:
            yield _finding(
                row,
                "mark_of_wrong_family",
                mark("the mark stands under the wrong family"),
                mark("the device maps the two families differently"),
                family=row.family,
                expected=known.family,
            )
        if row.end <= row.begin:
            yield _finding(
                row,
                "mark_without_time",
                mark("the mark ends before it begins"),
                mark("begin and end were exchanged"),
            )
        if any(moment.second or moment.microsecond for moment in (row.begin, row.end)):
            yield _finding(
                row,
                "mark_not_to_the_minute",
                mark("begin or end is not a whole minute; the minutes it touches are counted"),
                mark("the device stamps seconds"),
                severity=Severity.INFO,
            )
        if row.source == "manual" and not (row.reason.strip() and row.author.strip()):
            yield _finding(
                row,
                "manual_mark_unexplained",
                mark("a manual mark without author or reason"),
                mark("the reason was reported on paper"),
            )


def _overlaps(marks: Sequence[Mark]) -> Iterator[Finding]:
    """Two different codes of one family at one time: a contradiction, or a manual mark over an automatic one."""
    for n, one in enumerate(marks):
        for other in marks[n + 1 :]:
            if other.begin >= one.end:
                break
            apart = one.factor is not None and other.factor is not None and one.factor != other.factor
            if one.family != other.family or one.code == other.code or apart:
                continue
            overrides = one.source != other.source
            yield _finding(
                other,
                "manual_mark_overrides" if overrides else "marks_contradict",
                mark("a manual mark says otherwise than an automatic one and goes before it")
                if overrides
                else mark("two marks of one family say different things about the same minutes"),
                mark("the automatic mark was wrong")
                if overrides
                else mark("one of them was not closed when the next began"),
                severity=Severity.INFO if overrides else Severity.WARNING,
                other=one.id,
                other_code=one.code,
                minutes=int((min(one.end, other.end) - other.begin) / MINUTE),
            )


def _out_of_order(marks: Sequence[Mark], rule: MarkRule, condition_before: str) -> Iterator[Finding]:
    """Find conditions that may not follow on what stood before; time without a mark counts as the rule says."""
    before: Mark | None = None
    for row in marks:
        known = rule.code(row.code)
        if row.family != "condition" or known is None:
            continue
        last = condition_before
        if before is not None:
            last = before.code if row.begin - before.end < MINUTE else rule.unmarked_condition
        before = row
        unexpected = bool(known.only_after) and last not in known.only_after
        if last and last != row.code and (last in known.never_after or unexpected):
            yield _finding(
                row,
                "mark_out_of_order",
                mark("the condition before it does not allow this mark"),
                mark("a mark in between was not set or came late"),
                before=last,
                allowed=", ".join(known.only_after) or None,
            )


def _yearly(marks: Sequence[Mark], rule: MarkRule) -> Iterator[Finding]:
    """Hours of a calendar year beyond what the rule allows, counted in the zone of the marks."""
    for allowed in rule.yearly_hours:
        counted = [row for row in marks if row.code in allowed.codes]
        for year in sorted({moment.year for row in counted for moment in (row.begin, row.end)}):
            spans = [span for row in counted if (span := _within_year(row, year))]
            minutes = _union_minutes(spans)
            if minutes > allowed.hours * 60:
                yield _finding(
                    counted[-1],
                    "mark_hours_over_limit",
                    mark("marks of a year cover more hours than the rule exempts"),
                    mark("the marks are those of several furnaces of one stack"),
                    year=year,
                    hours=round(minutes / 60, 2),
                    allowed_hours=allowed.hours,
                    codes=", ".join(allowed.codes),
                )


def _within_year(row: Mark, year: int) -> tuple[datetime, datetime] | None:
    zone = row.begin.tzinfo
    begin = max(row.begin, datetime(year, 1, 1, tzinfo=zone))
    end = min(row.end, datetime(year + 1, 1, 1, tzinfo=zone))
    return (begin, end) if end > begin else None


def _union_minutes(spans: Sequence[tuple[datetime, datetime]]) -> float:
    """Add up stretches of time, each minute once."""
    total, covered_until = timedelta(0), None
    for begin, end in sorted(spans):
        start = begin if covered_until is None else max(begin, covered_until)
        if end > start:
            total += end - start
        covered_until = end if covered_until is None else max(end, covered_until)
    return total / MINUTE


def _finding(
    row: Mark,
    code: str,
    message: str,
    competing: str,
    *,
    severity: Severity = Severity.WARNING,
    **evidence: str | float | int | None,
) -> Finding:
    return Finding(
        code=code,
        where=row.outlet,
        message=message,
        severity=severity,
        when=row.begin,
        evidence={
            "mark": row.id,
            "mark_code": row.code,
            "begin": row.begin.isoformat(),
            "end": row.end.isoformat(),
            **evidence,
        },
        competing_explanation=competing,
    )

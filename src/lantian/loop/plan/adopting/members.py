"""Which bodies a name such as 相关县区人民政府 means in one tail: decided once, kept for every later reading."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from lantian.loop.plan.adopting.contents import Content, DutyContent, MeasureContent, plain_title
from lantian.terms.findings import Finding, Severity
from lantian.terms.words import mark

KIND = "members"
"""Marks such a decision among the confirmed readings of a plan."""


@dataclass(frozen=True, slots=True)
class MembersDecision:
    """The bodies that are meant, anchored by the measure's title and the number of the tail."""

    number: str
    title: str
    tail: int
    bodies: tuple[str, ...]

    def payload(self) -> dict[str, Any]:
        """Return what is kept."""
        return {
            "kind": KIND, "number": self.number, "title": self.title, "tail": self.tail,
            "bodies": list(self.bodies),
        }  # fmt: skip

    def same_place(self, other: "MembersDecision") -> bool:
        """Whether both speak of one tail."""
        return self.tail == other.tail and plain_title(self.title) == plain_title(other.title)


def decision_of(payload: dict[str, Any]) -> MembersDecision:
    """Return the decision that was kept."""
    return MembersDecision(payload["number"], payload["title"], payload["tail"], tuple(payload["bodies"]))


def with_members(content: Content, decisions: Sequence[MembersDecision]) -> tuple[Content, tuple[Finding, ...]]:
    """Put decided members in; a decision whose tail is no longer there becomes a finding."""
    measures = list(content.measures)
    lost: list[Finding] = []
    for decision in decisions:
        place = _place(measures, decision)
        if place is None:
            lost.append(
                Finding(
                    "members_without_place", decision.number,
                    mark("The members decided for tail {tail} of {title} have no place in this edition."),
                    Severity.WARNING, evidence={"tail": decision.tail, "title": decision.title},
                )
            )  # fmt: skip
            continue
        measures[place] = _settled(measures[place], decision)
    return replace(content, measures=tuple(measures)), tuple(lost)


def _place(measures: Sequence[MeasureContent], decision: MembersDecision) -> int | None:
    for place, measure in enumerate(measures):
        if plain_title(measure.title) == plain_title(decision.title):
            return place if any(row.tail == decision.tail for row in measure.duties) else None
    return None


def _open(duties: Iterable[DutyContent], tail: int) -> list[DutyContent]:
    return [row for row in duties if row.tail == tail and not row.settled]


def _settled(measure: MeasureContent, decision: MembersDecision) -> MeasureContent:
    unsettled = _open(measure.duties, decision.tail)
    if not unsettled:  # the document's own reading was settled
        return measure
    pattern = unsettled[0]
    kept: list[DutyContent] = []
    met: set[str] = set()
    for duty in measure.duties:
        if duty.tail != decision.tail or duty.settled:
            kept.append(duty)
        elif duty.body in decision.bodies:
            kept.append(replace(duty, settled=True))
            met.add(duty.body)
    held = {row.body for row in kept if row.tail == decision.tail and row.role == pattern.role}
    kept += [
        replace(pattern, body=body, settled=True)
        for body in decision.bodies
        if body not in met and body not in held
    ]
    return replace(measure, duties=tuple(kept))

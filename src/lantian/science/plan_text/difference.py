"""What changed between two editions of a plan, duty by duty (版本比较)."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TypeVar

from lantian.science.plan_text.matching import closeness, matched, similarity
from lantian.science.plan_text.records import Deadline, Draft, Indicator, Measure, Role, Target
from lantian.science.plan_text.short_values import indicator_value, target_value, time_value

Row = TypeVar("Row")


class ChangeKind(StrEnum):
    """What happened between two editions."""

    MEASURE_ADDED = "measure_added"
    MEASURE_REMOVED = "measure_removed"
    MEASURE_RENAMED = "measure_renamed"
    MEASURE_RENUMBERED = "measure_renumbered"
    DUTY_ADDED = "duty_added"
    DUTY_REMOVED = "duty_removed"
    ROLE_CHANGED = "role_changed"
    DEADLINE_ADDED = "deadline_added"
    DEADLINE_REMOVED = "deadline_removed"
    DEADLINE_EARLIER = "deadline_earlier"
    DEADLINE_LATER = "deadline_later"
    DEADLINE_CHANGED = "deadline_changed"
    """Its kind or firmness, not its day."""
    INDICATOR_ADDED = "indicator_added"
    INDICATOR_REMOVED = "indicator_removed"
    INDICATOR_CHANGED = "indicator_changed"
    TARGET_ADDED = "target_added"
    TARGET_REMOVED = "target_removed"
    TARGET_CHANGED = "target_changed"


@dataclass(frozen=True, slots=True)
class MeasureName:
    """A measure as people call it."""

    number: int | str
    order: int
    title: str


@dataclass(frozen=True, slots=True)
class Change:
    """One difference between two editions."""

    kind: ChangeKind
    old: MeasureName | None = None
    """The measure in the old edition; None for a target, or where it is new."""
    new: MeasureName | None = None
    body: str = ""
    """Id of the body in the directory, or its name as written; for a duty only."""
    name: str = ""
    """What it is about, for people: the body's name, the quantity, the clause."""
    was: str = ""
    """Value in the old edition; a role's value for a duty; empty where it is new."""
    now: str = ""


@dataclass(frozen=True, slots=True)
class _Pair:
    """A measure in both editions, or in one of them."""

    old: Measure | None
    new: Measure | None

    def change(self, kind: ChangeKind, name: str, was: str = "", now: str = "", body: str = "") -> Change:
        """Make a change of this measure."""
        return Change(kind, _name(self.old), _name(self.new), body, name, was, now)


def difference(old: Draft, new: Draft) -> tuple[Change, ...]:
    """Compare two editions of a plan.

    Parameters
    ----------
    old : Draft
        The edition before.
    new : Draft
        The edition after.

    Returns
    -------
    tuple of Change
        By measure in the new edition's order, what is gone at the end, targets last; empty where both say
        the same. Compared the other way round, every addition is a removal and every value trades places.

    Examples
    --------
    >>> from lantian.science.plan_text.records import DocumentFacts, Source
    >>> draft = Draft(Source("a.txt", "", ()), DocumentFacts(), (), (), (), (), ())
    >>> difference(draft, draft)
    ()
    """
    changes: list[Change] = []
    for before, after in _paired(old.measures, new.measures, _measure_closeness):
        pair = _Pair(before, after)
        changes.extend((*_title(pair), *_duties(pair), *_deadlines(pair), *_indicators(pair)))
    changes.extend(_targets(old.targets, new.targets))
    return tuple(changes)


def _paired(
    old: Sequence[Row], new: Sequence[Row], score: Callable[[Row, Row], float]
) -> Iterator[tuple[Row | None, Row | None]]:
    """Yield every row of the new edition with its row of the old one, then what is gone."""
    pairs = matched(old, new, score)
    partner = {right: left for left, right in pairs}
    kept = set(partner.values())
    for place, row in enumerate(new):
        yield (old[partner[place]] if place in partner else None), row
    for place, row in enumerate(old):
        if place not in kept:
            yield row, None


def _name(measure: Measure | None) -> MeasureName | None:
    return None if measure is None else MeasureName(measure.number, measure.order, measure.title)


def _measure_closeness(one: Measure, other: Measure) -> float:
    """Return how surely two measures are one: the title weighs most, then what it names, then the number."""
    title = similarity(one.title, other.title)
    words = closeness(_words(one), _words(other))
    score = 0.65 * title + 0.25 * words + 0.1 * (str(one.number) == str(other.number))
    return score if title > 0.3 or words > 0.6 else 0.0


def _words(measure: Measure) -> frozenset[str]:
    """Return what a measure speaks of, as words that two editions can share."""
    return frozenset(
        (
            *(row.what for row in measure.indicators),
            *(row.text for row in measure.mentions),
            *(row.text for row in measure.deadlines),
            *(mention.written for tail in measure.tails for _, mention in tail.mentions()),
        )
    )


def _title(pair: _Pair) -> Iterator[Change]:
    old, new = pair.old, pair.new
    if old is None and new is not None:
        yield pair.change(ChangeKind.MEASURE_ADDED, new.title, now=new.title)
    elif old is not None and new is None:
        yield pair.change(ChangeKind.MEASURE_REMOVED, old.title, was=old.title)
    elif old is not None and new is not None:
        numbers = str(old.number), str(new.number)
        if numbers[0] != numbers[1]:
            yield pair.change(ChangeKind.MEASURE_RENUMBERED, new.title, *numbers)
        if old.title != new.title:
            yield pair.change(ChangeKind.MEASURE_RENAMED, new.title, old.title, new.title)


def _duties(pair: _Pair) -> Iterator[Change]:
    names: dict[str, str] = {}
    was, now = _roles(pair.old, names), _roles(pair.new, names)
    for body in sorted(set(was) | set(now)):
        gone = _in_order(was.get(body, Counter()) - now.get(body, Counter()))
        come = _in_order(now.get(body, Counter()) - was.get(body, Counter()))
        for left, right in zip(gone, come, strict=False):
            yield pair.change(ChangeKind.ROLE_CHANGED, names[body], left.value, right.value, body)
        for role in gone[len(come) :]:
            yield pair.change(ChangeKind.DUTY_REMOVED, names[body], was=role.value, body=body)
        for role in come[len(gone) :]:
            yield pair.change(ChangeKind.DUTY_ADDED, names[body], now=role.value, body=body)


def _roles(measure: Measure | None, names: dict[str, str]) -> dict[str, Counter[Role]]:
    """Return each body's roles in a measure; a settled collective counts as its members."""
    roles: dict[str, Counter[Role]] = {}
    for tail in measure.tails if measure else ():
        for role, mention in tail.mentions():
            known = bool(mention.bodies) and mention.settled
            keys = mention.bodies if known else (mention.written,)
            for body, name in zip(keys, mention.names if known else keys, strict=True):
                names.setdefault(body, name)
                roles.setdefault(body, Counter())[role] += 1
    return roles


def _in_order(roles: Counter[Role]) -> list[Role]:
    return [role for role in Role for _ in range(roles[role])]


def _deadlines(pair: _Pair) -> Iterator[Change]:
    old = pair.old.deadlines if pair.old else ()
    new = pair.new.deadlines if pair.new else ()
    for before, after in _paired(old, new, _deadline_closeness):
        if before is None and after is not None:
            yield pair.change(ChangeKind.DEADLINE_ADDED, after.what or after.text, now=time_value(after))
        elif after is None and before is not None:
            yield pair.change(ChangeKind.DEADLINE_REMOVED, before.what or before.text, was=time_value(before))
        elif before is not None and after is not None and time_value(before) != time_value(after):
            values = time_value(before), time_value(after)
            yield pair.change(_moved(before, after), after.what or after.text, *values)


def _deadline_closeness(one: Deadline, other: Deadline) -> float:
    same = 0.4 * (one.text == other.text) + 0.3 * (_day(one) == _day(other) and one.every == other.every)
    return same + 0.5 * (similarity(one.what, other.what) if one.what or other.what else 1.0)


def _day(row: Deadline) -> date | None:
    return row.start or row.day


def _moved(old: Deadline, new: Deadline) -> ChangeKind:
    first, second = _day(old), _day(new)
    if first is None or second is None or first == second:
        return ChangeKind.DEADLINE_CHANGED
    return ChangeKind.DEADLINE_LATER if second > first else ChangeKind.DEADLINE_EARLIER


def _indicators(pair: _Pair) -> Iterator[Change]:
    old = pair.old.indicators if pair.old else ()
    new = pair.new.indicators if pair.new else ()
    for before, after in _paired(old, new, _indicator_closeness):
        if before is None and after is not None:
            yield pair.change(ChangeKind.INDICATOR_ADDED, after.what, now=indicator_value(after))
        elif after is None and before is not None:
            yield pair.change(ChangeKind.INDICATOR_REMOVED, before.what, was=indicator_value(before))
        elif before is not None and after is not None and indicator_value(before) != indicator_value(after):
            values = indicator_value(before), indicator_value(after)
            yield pair.change(ChangeKind.INDICATOR_CHANGED, after.what, *values)


def _indicator_closeness(one: Indicator, other: Indicator) -> float:
    if one.kind is not other.kind:
        return 0.0
    what = similarity(one.what, other.what)
    same = 0.15 * (one.unit == other.unit) + 0.1 * (one.scope == other.scope) + 0.05 * (one.value == other.value)
    return 0.8 * what + same if what > 0.5 else 0.0


def _targets(old: Sequence[Target], new: Sequence[Target]) -> Iterator[Change]:
    for before, after in _paired(old, new, _target_closeness):
        if before is None and after is not None:
            yield Change(ChangeKind.TARGET_ADDED, name=_subject(after), now=target_value(after))
        elif after is None and before is not None:
            yield Change(ChangeKind.TARGET_REMOVED, name=_subject(before), was=target_value(before))
        elif before is not None and after is not None and target_value(before) != target_value(after):
            was, now = target_value(before), target_value(after)
            yield Change(ChangeKind.TARGET_CHANGED, name=_subject(after), was=was, now=now)


def _target_closeness(one: Target, other: Target) -> float:
    about = 0.4 * (one.metric == other.metric) + 0.3 * (one.subjects == other.subjects)
    when = 0.2 * (one.years == other.years) + 0.1 * (one.kind is other.kind)
    return about + when + 0.3 * similarity(one.text, other.text)


def _subject(row: Target) -> str:
    return " ".join(part for part in ("、".join(row.subjects), row.metric or row.metric_written) if part)

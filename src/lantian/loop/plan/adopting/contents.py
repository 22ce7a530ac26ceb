"""What a plan says, whether it came from a document or from the city's own plan file: the form that is written.

Both ways lead here, so that a document and a structured plan that say the same give the same duties.
"""

import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any

from lantian.city.records import City
from lantian.loop.plan.organisations import unknown_id
from lantian.science.plan_text.records import Comparator, IndicatorKind, Role

_SHARE_UNITS = frozenset({"%", "％", "‰", "个百分点", "百分点"})
_DIRECTIONS = frozenset({Comparator.RISING, Comparator.FALLING})


@dataclass(frozen=True, slots=True)
class DutyContent:
    """One body, one role, one tail."""

    tail: int
    body: str
    role: str
    mode: str
    words: str
    via: str = ""
    settled: bool = True


@dataclass(frozen=True, slots=True)
class StepContent:
    """A dated step of a task."""

    key: str
    title: str
    title_en: str
    due: date


@dataclass(frozen=True, slots=True)
class TaskContent:
    """A thing that a measure wants done."""

    key: str
    kind: str
    """``deadline``, ``recurring``, ``indicator``, ``projects`` or ``money``."""
    title: str
    title_en: str = ""
    tail: int | None = None
    start: date | None = None
    due: date | None = None
    every: str | None = None
    firm: bool = True
    comparator: str | None = None
    value: Decimal | None = None
    """[unit]"""
    unit: str = ""
    scope: str = ""
    amount: Decimal | None = None
    """[yuan]"""
    steps: tuple[StepContent, ...] = ()
    covers: frozenset[str] = frozenset()
    """Days (ISO) and counts (`count_word`) that this list of things carries, so that nobody is asked twice."""


@dataclass(frozen=True, slots=True)
class SeriesContent:
    """An indicator that a body reports over the years."""

    key: str
    name: str
    name_en: str
    body: str | None
    unit: str
    scope: str
    comparator: str
    target: Decimal | None
    """[unit]"""
    change: bool
    baseline_year: int | None
    by: date | None
    firm: bool


@dataclass(frozen=True, slots=True)
class MeasureContent:
    """One measure with all that hangs on it."""

    order: int
    number: str
    section: str
    section_title: str
    title: str
    title_en: str
    text: str | None
    section_title_en: str = ""
    duties: tuple[DutyContent, ...] = ()
    tasks: tuple[TaskContent, ...] = ()
    series: tuple[SeriesContent, ...] = ()


@dataclass(frozen=True, slots=True)
class GoalContent:
    """A target of the plan as a whole, its subjects as adcodes."""

    order: int
    kind: str
    title: str
    title_en: str
    subjects: tuple[str, ...]
    metric: str
    comparator: str | None
    value: Decimal | None
    """[unit]"""
    unit: str
    years: tuple[int, ...]
    direction: str
    baseline: int | None
    change: bool


@dataclass(frozen=True, slots=True)
class Content:
    """A whole plan, ready to be written."""

    key: str
    title: str
    title_en: str
    issuer: str
    number: str
    issued_on: date | None
    year: int | None
    origin: str
    source_name: str
    digest: str
    measures: tuple[MeasureContent, ...]
    goals: tuple[GoalContent, ...]
    unknown: Mapping[str, str] = field(default_factory=dict)
    """Bodies that the directory does not know: id → name as written."""
    reading: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Named:
    """One name of a tail: its role, and the bodies it stands for."""

    role: Role
    written: str
    bodies: tuple[str, ...]
    """Ids in the directory; empty where it is unknown."""
    collective: bool = False
    settled: bool = True


def duties_of(
    tail: int, mode: str, words: str, names: Iterable[Named], unknown: dict[str, str]
) -> tuple[DutyContent, ...]:
    """Return one duty for each body and role of a tail; a body named itself outweighs its collective.

    Names that the directory does not know are added to `unknown`, and get a duty nonetheless.
    """
    found: dict[tuple[str, str], DutyContent] = {}
    for name in names:
        bodies = name.bodies
        if not bodies:
            identifier = unknown_id(name.written)
            unknown[identifier] = name.written
            bodies = (identifier,)
        via = name.written if name.collective else ""
        for body in bodies:
            duty = DutyContent(tail, body, str(name.role), mode, words, via, name.settled or not name.collective)
            former = found.get((body, duty.role))
            if former is None or (duty.settled and not former.settled) or (former.via and not duty.via):
                found[body, duty.role] = duty
    return tuple(found.values())


def expanded(city: City, body: str) -> Named | None:
    """Return what a body id of the directory stands for, with no role yet; None where there is none."""
    try:
        row = city.body(body)
    except KeyError:
        return None
    if row.kind == "collective":
        return Named(Role.IMPLEMENT, row.name, row.members, collective=True, settled=row.every_member)
    return Named(Role.IMPLEMENT, row.name, (row.id,))


def answering(duties: Iterable[DutyContent], tail: int | None) -> str | None:
    """Return the body that answers for an indicator of a tail: its only leader, else the first one named.

    Where nobody leads and several implement, nobody alone answers.
    """
    mine = [row for row in duties if tail is None or row.tail == tail]
    leads = [row.body for row in mine if row.role == Role.LEAD and row.settled]
    if leads:
        return leads[0]
    implementers = list(dict.fromkeys(row.body for row in mine if row.role == Role.IMPLEMENT and row.settled))
    return implementers[0] if len(implementers) == 1 else None


def is_series(kind: str, comparator: str, unit: str, *, change: bool) -> bool:
    """Whether an indicator is followed over the years: a share, a rate, a change or a direction.

    Examples
    --------
    >>> is_series("goal", ">=", "%", change=False), is_series("count", "=", "家", change=False)
    (True, False)
    """
    return kind == IndicatorKind.GOAL and (change or unit in _SHARE_UNITS or comparator in _DIRECTIONS)


def count_word(value: Decimal | None, unit: str) -> str:
    """Write a count so that two of them compare.

    Examples
    --------
    >>> count_word(Decimal("15.0"), "家")
    '15 家'
    """
    return f"{value.normalize():f} {unit}" if value is not None else f"- {unit}"


def first_due(tasks: Iterable[TaskContent], tail: int) -> date | None:
    """Return the first day on which something of a tail is due, or None."""
    days = [row.due for row in tasks if row.due is not None and row.tail in (tail, None)]
    return min(days, default=None)


def plain_title(text: str) -> str:
    """Return a title without what writers change freely: width, blanks, quotes and brackets of titles.

    Examples
    --------
    >>> plain_title("落实《计划》 实施方案") == plain_title("落实〈计划〉实施方案")
    True
    """
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(sign for sign in folded if unicodedata.category(sign)[0] in "LN")


def unique_keys(tasks: Iterable[TaskContent]) -> Iterator[TaskContent]:
    """Give the later of two tasks with one key a number, so that each key stands once."""
    seen: dict[str, int] = {}
    for task in tasks:
        seen[task.key] = seen.get(task.key, 0) + 1
        yield task if seen[task.key] == 1 else replace(task, key=f"{task.key}-{seen[task.key]}")

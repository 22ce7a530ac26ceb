"""Which colour is a duty, in one word, and why? Pure: its state, the day and the rule give the light (红黄绿灯).

The order of the questions is the order of `LightWord`; the first that holds decides. Blue is done, green is on its
way, yellow wants attention, red is overdue, grey says nothing yet.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from lantian.rules import DispatchRule
from lantian.terms.words import mark


class Colour(StrEnum):
    """Colour of a light; never alone, always with its word."""

    BLUE = "blue"
    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"
    GREY = "grey"


class LightWord(StrEnum):
    """What a light says, in the order in which it is asked."""

    DONE = "done"
    UNSETTLED = "unsettled"
    UNDER_REVIEW = "under_review"
    OVERDUE = "overdue"
    RETURNED = "returned"
    NO_REPORT = "no_report"
    DIFFICULT = "difficult"
    DUE_SOON = "due_soon"
    UNDER_WAY = "under_way"
    NOT_STARTED = "not_started"


COLOURS: Mapping[LightWord, Colour] = {
    LightWord.DONE: Colour.BLUE,
    LightWord.UNSETTLED: Colour.GREY,
    LightWord.UNDER_REVIEW: Colour.YELLOW,
    LightWord.OVERDUE: Colour.RED,
    LightWord.RETURNED: Colour.YELLOW,
    LightWord.NO_REPORT: Colour.YELLOW,
    LightWord.DIFFICULT: Colour.YELLOW,
    LightWord.DUE_SOON: Colour.YELLOW,
    LightWord.UNDER_WAY: Colour.GREEN,
    LightWord.NOT_STARTED: Colour.GREY,
}
"""Word → colour; a word has one colour only, so a count by word is a count by colour."""

NAMES: Mapping[LightWord, str] = {
    LightWord.DONE: mark("Done"),
    LightWord.UNSETTLED: mark("To be settled"),
    LightWord.UNDER_REVIEW: mark("Under review"),
    LightWord.OVERDUE: mark("Overdue"),
    LightWord.RETURNED: mark("Returned"),
    LightWord.NO_REPORT: mark("No report"),
    LightWord.DIFFICULT: mark("In difficulty"),
    LightWord.DUE_SOON: mark("Due soon"),
    LightWord.UNDER_WAY: mark("Under way"),
    LightWord.NOT_STARTED: mark("Not started"),
}
"""Word → message id of what people read."""


@dataclass(frozen=True, slots=True)
class DutyState:
    """What a light looks at: columns of the duty, and for which month its body has been asked."""

    due: date | None
    settled: bool
    done_on: date | None
    reported_month: str | None
    claimed: str | None
    share: Decimal | None
    """[%]"""
    review: str | None
    asked_month: str | None
    """Newest month whose sheet to this body should be back by now (`light_case.asked_months_in`)."""


@dataclass(frozen=True, slots=True)
class Light:
    """A colour with its word and the reason for it."""

    colour: Colour
    word: LightWord
    reason: str
    """Message id with ``{named}`` places."""
    values: Mapping[str, str | int | date | Decimal] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """Message id of the word."""
        return NAMES[self.word]


def overdue_before(today: date, rule: DispatchRule) -> date:
    """Return the day before which an open duty's date makes it overdue."""
    return today - timedelta(days=rule.grace_days)


def soon_until(today: date, rule: DispatchRule) -> date:
    """Return the last day whose date makes an open duty due soon."""
    return today + timedelta(days=rule.due_soon_days)


def light(state: DutyState, today: date, rule: DispatchRule) -> Light:
    """Say the light of one duty on one day (红黄绿灯).

    Examples
    --------
    >>> from lantian.rules import Rulebook
    >>> rule = Rulebook.packaged().edition(DispatchRule, "dispatch", date(2024, 11, 1))
    >>> due = date(2024, 10, 31)
    >>> state = DutyState(due, True, None, "2024-10", "under_way", Decimal(60), "accepted", "2024-09")
    >>> seen = light(state, date(2024, 11, 3), rule)
    >>> seen.colour.value, seen.name, seen.reason.format(**seen.values)
    ('red', 'Overdue', 'Due on 2024-10-31, 3 days ago, and not accepted as done.')
    """
    word = _word(state, today, rule)
    reason, values = _reason(word, state, today)
    return Light(COLOURS[word], word, reason, values)


def _word(state: DutyState, today: date, rule: DispatchRule) -> LightWord:
    if state.done_on is not None:
        return LightWord.DONE
    if not state.settled:
        return LightWord.UNSETTLED
    if state.claimed == "done" and state.review == "pending":
        return LightWord.UNDER_REVIEW
    if state.due is not None and state.due < overdue_before(today, rule):
        return LightWord.OVERDUE
    if state.review == "returned":
        return LightWord.RETURNED
    if state.asked_month is not None and (state.reported_month or "") < state.asked_month:
        return LightWord.NO_REPORT
    if state.claimed == "difficult":
        return LightWord.DIFFICULT
    if state.due is not None and state.due <= soon_until(today, rule):
        return LightWord.DUE_SOON
    if state.claimed in {"under_way", "done"}:
        return LightWord.UNDER_WAY
    return LightWord.NOT_STARTED


def _reason(word: LightWord, state: DutyState, today: date) -> tuple[str, dict[str, str | int | date | Decimal]]:
    due, month = state.due, state.reported_month or ""
    match word:
        case LightWord.DONE if due is not None and state.done_on is not None and state.done_on > due:
            late = (state.done_on - due).days
            return mark("Accepted as done on {day}, {late} days after its date {due}."), {
                "day": state.done_on, "late": late, "due": due,
            }  # fmt: skip
        case LightWord.DONE:
            return mark("Accepted as done on {day}."), {"day": state.done_on or today}
        case LightWord.UNSETTLED:
            return mark(
                "The plan names the bodies concerned as a group; nobody has said yet whether this one is meant."
            ), {}
        case LightWord.UNDER_REVIEW:
            return mark("Reported as done for {month}; the review is open."), {"month": month}
        case LightWord.OVERDUE:
            days = (today - due).days if due is not None else 0
            return mark("Due on {due}, {days} days ago, and not accepted as done."), {
                "due": due or today, "days": days,
            }  # fmt: skip
        case LightWord.RETURNED:
            return mark("The report for {month} was returned and not mended yet."), {"month": month}
        case LightWord.NO_REPORT if month:
            return mark("No report for {asked}; the last one was for {month}."), {
                "asked": state.asked_month or "", "month": month,
            }  # fmt: skip
        case LightWord.NO_REPORT:
            return mark("No report for {asked}, and none before."), {"asked": state.asked_month or ""}
        case LightWord.DIFFICULT:
            return mark("Its body reports difficulties for {month}."), {"month": month}
        case LightWord.DUE_SOON if due is not None and due < today:
            return mark("Due on {due}; the days of grace are running."), {"due": due}
        case LightWord.DUE_SOON:
            return mark("Due on {due}, in {days} days."), {
                "due": due or today,
                "days": ((due or today) - today).days,
            }
        case LightWord.UNDER_WAY if state.share is not None:
            return mark("Reported as under way for {month}, {share} % done."), {
                "month": month,
                "share": state.share,
            }
        case LightWord.UNDER_WAY:
            return mark("Reported as under way for {month}."), {"month": month}
        case LightWord.NOT_STARTED if month:
            return mark("Reported as not started for {month}."), {"month": month}
        case LightWord.NOT_STARTED:
            return mark("Nothing was reported yet, and nothing is late."), {}

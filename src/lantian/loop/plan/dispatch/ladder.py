"""Which step of the ladder is due for one duty, and for which reasons? Pure (督办阶梯)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from lantian.desk.language import Translation
from lantian.loop.plan.dispatch.lights import overdue_before
from lantian.rules import DispatchRule, LadderStep
from lantian.terms.words import mark


@dataclass(frozen=True, slots=True)
class LadderState:
    """What the ladder looks at for one open duty."""

    due: date | None
    step: str | None
    """Highest standing step."""
    answer_due: date | None
    """Day by which the standing step wanted an answer."""
    answered: bool
    """Whether a report came in since that step."""
    silent_months: int
    """Months in a row, up to now, whose sheet is overdue without a report on this duty."""
    returned: int
    """Reports returned since the last accepted one."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One condition of a step that holds."""

    message: str
    """Message id."""
    values: Mapping[str, str | int | date]

    def text(self, language: Translation) -> str:
        """Say it in the reader's language."""
        return language.format(self.message, **self.values)


def next_step(state: LadderState, today: date, rule: DispatchRule) -> tuple[LadderStep, tuple[Reason, ...]] | None:
    """Return the step above the standing one with every reason for it, or None where none holds.

    Examples
    --------
    >>> from lantian.rules import Rulebook
    >>> rule = Rulebook.packaged().edition(DispatchRule, "dispatch", date(2024, 11, 1))
    >>> state = LadderState(date(2024, 10, 31), None, None, False, 0, 0)
    >>> step, reasons = next_step(state, date(2024, 11, 4), rule)
    >>> step.key, reasons[0].message.format(**reasons[0].values)
    ('remind', 'overdue for 4 days (due on 2024-10-31)')
    >>> next_step(state, date(2024, 10, 31), rule) is None
    True
    """
    step = rule.step_above(state.step)
    if step is None:
        return None
    found: list[Reason] = []
    if state.due is not None and step.days_overdue is not None:
        days = (overdue_before(today, rule) - state.due).days
        if days >= step.days_overdue:
            late = (today - state.due).days
            found.append(Reason(mark("overdue for {days} days (due on {due})"), {"days": late, "due": state.due}))
    if step.months_silent is not None and state.silent_months >= step.months_silent:
        found.append(Reason(mark("no report for {months} months in a row"), {"months": state.silent_months}))
    if step.times_returned is not None and state.returned >= step.times_returned:
        found.append(Reason(mark("its report was returned {times} times"), {"times": state.returned}))
    if step.answer_late_days is not None and state.answer_due is not None and not state.answered:
        late = (today - state.answer_due).days
        if late >= step.answer_late_days:
            values: dict[str, str | int | date] = {"days": late, "due": state.answer_due}
            found.append(Reason(mark("the step before is unanswered, {days} days after {due}"), values))
    return (step, tuple(found)) if found else None

"""The light of a duty as SQL, so that a database counts a hundred thousand of them (`lights.light` says why)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Case, ColumnElement, String, and_, case, func, literal, select
from sqlalchemy.orm import Session

from lantian.ledger.models import Duty, Sheet
from lantian.loop.plan.dispatch.lights import DutyState, Light, LightWord, light, overdue_before, soon_until
from lantian.loop.plan.queries import organisations_in
from lantian.loop.plan.rows import DutyRow, OrganisationRow
from lantian.rules import DispatchRule


def light_case(
    today: date, rule: DispatchRule, asked: ColumnElement[Any], answers: Mapping[LightWord, ColumnElement[Any]]
) -> Case[Any]:
    """Write the light of a duty as an expression; the questions stand in the order of `LightWord`.

    Parameters
    ----------
    today : date
        Legal day on which it is asked.
    rule : DispatchRule
        Edition with grace and horizon.
    asked : column
        Newest month whose sheet to the duty's body should be back; NULL where none.
    answers : mapping
        What stands for each word: its name, or a number.
    """
    questions: dict[LightWord, ColumnElement[bool]] = {
        LightWord.DONE: Duty.done_on.is_not(None),
        LightWord.UNSETTLED: Duty.settled.is_(False),
        LightWord.UNDER_REVIEW: and_(Duty.claimed == "done", Duty.review == "pending"),
        LightWord.OVERDUE: Duty.due < overdue_before(today, rule),
        LightWord.RETURNED: Duty.review == "returned",
        LightWord.NO_REPORT: func.coalesce(Duty.reported_month, "") < asked,
        LightWord.DIFFICULT: Duty.claimed == "difficult",
        LightWord.DUE_SOON: Duty.due <= soon_until(today, rule),
        LightWord.UNDER_WAY: Duty.claimed.in_(("under_way", "done")),
    }
    arms = [(questions[word], answers[word]) for word in LightWord if word in questions]
    return case(*arms, else_=answers[LightWord.NOT_STARTED])


def light_word(today: date, rule: DispatchRule, asked: ColumnElement[Any]) -> Case[Any]:
    """Write the word of a duty's light as an expression."""
    return light_case(today, rule, asked, {word: literal(word.value) for word in LightWord})


@dataclass(frozen=True, slots=True)
class Situation:
    """What the lights of a plan depend on besides the duties: the day, the rule, and who was asked for what."""

    plan_id: str
    today: date
    rule: DispatchRule
    asked: Mapping[str, str]
    """Body → newest month whose sheet should be back."""
    bodies: tuple[OrganisationRow, ...]
    """Those that have duties in the plan."""

    def light(self, duty: DutyRow) -> Light:
        """Say the light of a row that was read, with its reason."""
        return light_of(duty, self.asked, self.today, self.rule)

    def case(self, answers: Mapping[LightWord, ColumnElement[Any]]) -> Case[Any]:
        """Write the light of a duty as an expression with these answers."""
        return light_case(self.today, self.rule, self._month(), answers)

    def has(self, *words: LightWord) -> ColumnElement[bool]:
        """Write the condition that a duty has one of some lights."""
        word = light_word(self.today, self.rule, self._month())
        return word.in_([named.value for named in words])

    def _month(self) -> ColumnElement[Any]:
        """Write the month that a duty's body was asked for: one value where all were asked alike, as mostly."""
        months = {self.asked.get(body.id) for body in self.bodies}
        if len(months) <= 1:
            return literal(next(iter(months), None), String)
        by_month: dict[str, list[str]] = {}
        for body, month in self.asked.items():
            by_month.setdefault(month, []).append(body)
        return case(*((Duty.organisation_id.in_(names), literal(month)) for month, names in by_month.items()))


def situation_in(session: Session, plan_id: str, today: date, rule: DispatchRule) -> Situation:
    """Read what the lights of a plan depend on, once for everything that is shown together."""
    asked = asked_months_in(session, plan_id, today, rule)
    return Situation(plan_id, today, rule, asked, organisations_in(session, plan_id))


def asked_months_in(session: Session, plan_id: str, today: date, rule: DispatchRule) -> dict[str, str]:
    """Read body → newest month whose sheet should be back by a day, days of grace included."""
    back = today - timedelta(days=rule.sheet_grace_days)
    newest = select(Sheet.organisation_id, func.max(Sheet.month)).where(Sheet.plan_id == plan_id, Sheet.due < back)
    return {row[0]: row[1] for row in session.execute(newest.group_by(Sheet.organisation_id)).all()}


def light_of(duty: DutyRow, asked: Mapping[str, str], today: date, rule: DispatchRule) -> Light:
    """Say the light of a row that was read, with its reason."""
    state = DutyState(
        due=duty.due,
        settled=duty.settled,
        done_on=duty.done_on,
        reported_month=duty.reported_month,
        claimed=duty.claimed,
        share=duty.share,
        review=duty.review,
        asked_month=asked.get(duty.organisation_id),
    )
    return light(state, today, rule)

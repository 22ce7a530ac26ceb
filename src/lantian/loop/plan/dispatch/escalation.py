"""The ladder for what is late: remind, notice, supervise, interview (提醒、通报、督办、约谈).

`due_steps` proposes, a person decides with `escalate`; only the first step, the reminder, may go out for all at
once (`remind_all`). Which step comes when stands in the rule ``dispatch``; steps are climbed one by one.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lantian.desk.language import Translation, translation
from lantian.ledger import append_entry
from lantian.ledger.models import Duty, Escalation, Message, Report, RequestState, Sheet
from lantian.loop.plan.dispatch.ladder import LadderState, Reason, next_step
from lantian.loop.plan.dispatch.reviewing import lift_all
from lantian.loop.plan.dispatch.sheets import plan_in_force
from lantian.loop.plan.office import Office
from lantian.loop.plan.organisations import lock
from lantian.loop.plan.queries import duties_in
from lantian.loop.plan.rows import DutyFilter, DutyRow
from lantian.rules import DispatchRule, LadderStep
from lantian.terms.errors import CallerError
from lantian.terms.ids import uuid7


@dataclass(frozen=True, slots=True)
class ProposedStep:
    """A step that the rule proposes for a duty."""

    duty: DutyRow
    step: str
    reasons: tuple[Reason, ...]
    rule: str
    """Edition of the ladder."""


@dataclass(frozen=True, slots=True)
class Reminded:
    """What one round of reminders brought."""

    escalations: tuple[str, ...]
    sheets: tuple[str, ...]
    """Ids of the sheets that were asked for again."""
    messages: int


def due_steps(office: Office, today: date, *, plan_id: str | None = None) -> tuple[ProposedStep, ...]:
    """Propose the next step for every open duty that the rule finds late, in the plan's order."""
    rule = office.dispatch_rule(today)
    with office.ledger.read() as session:
        return _due_steps(session, plan_in_force(session, plan_id).id, today, rule)


def escalate(
    office: Office, duty_id: str, step: str, *, by: str, reason: str, today: date, jump: bool = False
) -> str:
    """Take a step of the ladder for a duty and return its id; the letter is written by `letters.write_letter`.

    Parameters
    ----------
    office : Office
        The air office at its desk.
    duty_id : str
        Duty that is late.
    step : str
        Key of the step.
    by : str
        Who decides.
    reason : str
        Why; it stands in the letter.
    today : date
        Legal day.
    jump : bool
        Whether steps below may be left out.

    Raises
    ------
    CallerError
        No such duty or step, no reason, a duty that is done or unsettled, a step that stands already, or one that
        jumps without saying so.
    """
    rule, at = office.dispatch_rule(today), office.now()
    with office.ledger.write() as session:
        lock(session)
        duty = session.get(Duty, duty_id)
        if duty is None:
            raise CallerError(
                "There is no duty {duty_id!r}. `lantian plan duties` lists those there are.", duty_id=duty_id
            )
        _check_step(duty, step, reason, rule, jump=jump)
        return _take(session, duty, rule.step(step), reason.strip(), rule, by=by, at=at, today=today)


def lift(office: Office, duty_id: str, *, by: str, because: str) -> tuple[str, ...]:
    """Lift every standing step of a duty, with the reason; return their ids.

    Raises
    ------
    CallerError
        No reason, or nothing stands.
    """
    if not because.strip():
        raise CallerError("A step is lifted with a reason; it is kept as evidence. Say why.")
    at = office.now()
    with office.ledger.write() as session:
        lock(session)
        duty = session.get(Duty, duty_id)
        lifted = lift_all(session, duty, because=because.strip(), by=by, at=at) if duty is not None else []
        if not lifted:
            raise CallerError(
                "No step stands for duty {duty_id!r}. `lantian plan status` shows those that do.", duty_id=duty_id
            )
    return tuple(lifted)


def remind_all(
    office: Office, today: date, by: str, *, plan_id: str | None = None, language: Translation | None = None
) -> Reminded:
    """Send the first step to every duty that the rule finds late, and ask again for sheets that did not come back.

    Each body gets one message with its duties, and one for each of its sheets; the reasons are kept in `language`,
    by default Chinese. Within the rule's days a second round finds nothing to do.
    """
    rule, at, speak = office.dispatch_rule(today), office.now(), language or translation()
    with office.ledger.write() as session:
        lock(session)
        plan = plan_in_force(session, plan_id)
        first = rule.steps[0]
        taken: dict[str, list[str]] = defaultdict(list)
        told: dict[str, list[str]] = defaultdict(list)
        for proposed in _due_steps(session, plan.id, today, rule):
            if proposed.step != first.key:
                continue
            duty = session.get_one(Duty, proposed.duty.id)
            reason = ("；" if speak.is_chinese else "; ").join(row.text(speak) for row in proposed.reasons)
            made = _take(session, duty, first, reason, rule, by=by, at=at, today=today, tell=False)
            taken[duty.organisation_id].append(made)
            told[duty.organisation_id].append(duty.id)
        for body, duties in told.items():
            payload: dict[str, object] = {"organisation": body, "step": first.key, "duties": duties}
            payload["escalations"] = taken[body]
            _message(session, "plan.duties_late", f"plan:{plan.id}", payload, at)
        sheets = _ask_again(session, plan.id, today, rule, by=by, at=at)
    escalations = tuple(made for group in taken.values() for made in group)
    return Reminded(escalations, tuple(sheets), len(told) + len(sheets))


# ---------------------------------------------------------------------------------------------- inside


def _check_step(duty: Duty, step: str, reason: str, rule: DispatchRule, *, jump: bool) -> None:
    if step not in rule.step_keys:
        raise CallerError(
            "The ladder {rule} has no step {step!r}; it has {steps}. Choose one of these.",
            rule=rule.id,
            step=step,
            steps=", ".join(rule.step_keys),
        )
    if not reason.strip():
        raise CallerError("A step of the ladder needs its reason; it stands in the letter. Say why.")
    if duty.done_on is not None:
        raise CallerError(
            "Duty {duty_id} was accepted as done on {day}, so nothing is to be pressed. Reopen it first if that "
            "was wrong.",
            duty_id=duty.id,
            day=duty.done_on,
        )
    if not duty.settled:
        raise CallerError(
            "It is not settled whether duty {duty_id} is this body's, so no letter can go out. Settle it first.",
            duty_id=duty.id,
        )
    place, standing = rule.place(step), rule.place(duty.step)
    if place <= standing:
        raise CallerError(
            "{standing} stands for duty {duty_id}, so {step} adds nothing. Take the step above, or lift it.",
            standing=duty.step,
            duty_id=duty.id,
            step=step,
        )
    if place > standing + 1 and not jump:
        raise CallerError(
            "{step} would jump over {left_out} for duty {duty_id}. Take the steps one by one, or say that it "
            "shall jump.",
            step=step,
            left_out=", ".join(rule.step_keys[standing + 1 : place]),
            duty_id=duty.id,
        )


def _take(
    session: Session,
    duty: Duty,
    step: LadderStep,
    reason: str,
    rule: DispatchRule,
    *,
    by: str,
    at: datetime,
    today: date,
    tell: bool = True,
) -> str:
    answer_due = today + timedelta(days=step.answer_days)
    row = Escalation(
        id=str(uuid7(at)), duty_id=duty.id, step=step.key, at=at, by=by, reason=reason, answer_due=answer_due,
        rule=rule.id,
    )  # fmt: skip
    session.add(row)
    duty.step = step.key
    append_entry(
        session, at=at, actor=by, kind="duty.escalated", subject=f"duty:{duty.id}",
        payload={
            "step": step.key, "escalation": row.id, "answer_due": answer_due, "rule": rule.id, "reason": reason,
        },
    )  # fmt: skip
    if tell:
        payload: dict[str, object] = {
            "organisation": duty.organisation_id, "step": step.key, "duties": [duty.id], "escalations": [row.id],
            "to_all": step.to_all,
        }  # fmt: skip
        _message(session, "plan.duty_escalated", f"duty:{duty.id}", payload, at)
    return row.id


def _message(session: Session, kind: str, subject: str, payload: dict[str, object], at: datetime) -> None:
    session.add(
        Message(
            id=str(uuid7(at)), made_at=at, made_by="plan", kind=kind, subject=subject, payload=payload,
            state=RequestState.OPEN,
        )
    )  # fmt: skip


def _ask_again(
    session: Session, plan_id: str, today: date, rule: DispatchRule, *, by: str, at: datetime
) -> list[str]:
    """Ask again for sheets that are overdue, at most every few days."""
    late = select(Sheet).where(Sheet.plan_id == plan_id, Sheet.received_at.is_(None), Sheet.due < today)
    since = at - timedelta(days=rule.remind_every_days)
    asked = []
    for sheet in session.scalars(late.order_by(Sheet.month, Sheet.organisation_id)):
        if sheet.reminded_at is not None and sheet.reminded_at > since:
            continue
        sheet.reminded_at = at
        payload: dict[str, object] = {
            "organisation": sheet.organisation_id, "month": sheet.month, "due": sheet.due.isoformat(),
        }  # fmt: skip
        _message(session, "plan.sheet_late", f"sheet:{sheet.id}", payload, at)
        append_entry(
            session, at=at, actor=by, kind="sheet.asked_again", subject=f"sheet:{sheet.id}",
            payload={"month": sheet.month, "organisation": sheet.organisation_id},
        )  # fmt: skip
        asked.append(sheet.id)
    return asked


def _due_steps(session: Session, plan_id: str, today: date, rule: DispatchRule) -> tuple[ProposedStep, ...]:
    open_duties = duties_in(session, plan_id, wanted=DutyFilter(settled=True), also=[Duty.done_on.is_(None)])
    duties = [row for row in open_duties if row.role in rule.roles]
    standing = _standing(session, plan_id)
    silent = _sheets_back(session, plan_id, today, rule)
    reported = _newest_reports(session, plan_id)
    returned = _returned(session, plan_id)
    found = []
    for duty in duties:
        step = standing.get(duty.id)
        at = reported.get(duty.id)
        state = LadderState(
            due=duty.due,
            step=duty.step,
            answer_due=step.answer_due if step is not None else None,
            answered=step is not None and at is not None and at > step.at,
            silent_months=sum(month > (duty.reported_month or "") for month in silent[duty.organisation_id]),
            returned=returned.get(duty.id, 0),
        )
        if (proposed := next_step(state, today, rule)) is not None:
            found.append(ProposedStep(duty, proposed[0].key, proposed[1], rule.id))
    return tuple(found)


def _standing(session: Session, plan_id: str) -> dict[str, Escalation]:
    asked = (
        select(Escalation)
        .join(Duty, Duty.id == Escalation.duty_id)
        .where(Duty.plan_id == plan_id, Escalation.lifted_at.is_(None), Escalation.step == Duty.step)
    )
    return {row.duty_id: row for row in session.scalars(asked.order_by(Escalation.at, Escalation.id))}


def _sheets_back(session: Session, plan_id: str, today: date, rule: DispatchRule) -> Mapping[str, list[str]]:
    """Body → months whose sheet should be back by now."""
    late = today - timedelta(days=rule.sheet_grace_days)
    found: dict[str, list[str]] = defaultdict(list)
    for body, month in session.execute(
        select(Sheet.organisation_id, Sheet.month).where(Sheet.plan_id == plan_id, Sheet.due < late)
    ):
        found[body].append(month)
    return found


def _newest_reports(session: Session, plan_id: str) -> dict[str, datetime]:
    """Duty → when its last report came in, for those on the ladder."""
    asked = (
        select(Report.duty_id, func.max(Report.reported_at))
        .join(Duty, Duty.id == Report.duty_id)
        .where(Duty.plan_id == plan_id, Duty.step.is_not(None))
        .group_by(Report.duty_id)
    )
    return {str(row[0]): row[1] for row in session.execute(asked)}


def _returned(session: Session, plan_id: str) -> dict[str, int]:
    """Duty → reports returned since the last accepted one, where the last was returned."""
    asked = (
        select(Report.duty_id, Report.review)
        .join(Duty, Duty.id == Report.duty_id)
        .where(Duty.plan_id == plan_id, Duty.review == "returned", Report.review != "pending")
        .order_by(Report.duty_id, Report.month, Report.version)
    )
    counts: dict[str, int] = defaultdict(int)
    for duty_id, review in session.execute(asked):
        counts[duty_id] = counts[duty_id] + 1 if review == "returned" else 0
    return counts

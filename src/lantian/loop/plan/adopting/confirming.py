"""Who settles what is doubtful in a plan, and how a draft comes into force (方案确认)."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from lantian.ledger import append_entry
from lantian.ledger.models import Plan
from lantian.loop.plan.adopting.adoption import Adopted, adopt_in, editions_of
from lantian.loop.plan.adopting.carrying import carry_over
from lantian.loop.plan.adopting.doubts import Doubt, doubts_in, list_doubts, plan_row, reading_of
from lantian.loop.plan.adopting.settling import keep_decision, settle_members
from lantian.loop.plan.office import Office
from lantian.loop.plan.organisations import lock
from lantian.science.plan_text.confirmations import Confirmation, apply_confirmations, confirmation_payload
from lantian.science.plan_text.records import Draft
from lantian.terms.errors import CallerError
from lantian.terms.findings import Severity

__all__ = ["Doubt", "InForce", "confirm_plan", "confirm_reading", "list_doubts", "settle_members"]


@dataclass(frozen=True, slots=True)
class InForce:
    """What came of putting an edition in force."""

    plan_id: str
    replaced: tuple[str, ...]
    """Editions that it replaces."""
    carried: dict[str, int]
    """How many reports, escalations, projects, values and sheets go on in it."""
    open: int
    """Doubts that nobody has settled yet."""


def confirm_reading(office: Office, plan_id: str, confirmation: Confirmation, *, by: str) -> Adopted:
    """Settle a doubtful reading of a document; its plan is read again with it, and so is every later edition.

    A draft is brought up to date; for a plan in force a new draft edition comes of it, to be put in force.

    Raises
    ------
    CallerError
        The plan was not read from a document, or the confirmation does not fit it.
    """
    at = office.now()
    with office.ledger.write() as session:
        lock(session)
        plan = plan_row(session, plan_id)
        draft = reading_of(plan)
        _check_place(draft, confirmation)
        payload = confirmation_payload(confirmation)
        keep_decision(session, plan.key, payload, confirmation, by, at)
        append_entry(
            session, at=at, actor=by, kind="reading.confirmed", subject=f"plan:{plan_id}", payload=dict(payload)
        )
        return adopt_in(session, office, draft, by=by, file_id=plan.file_id, key=plan.key)


def _check_place(draft: Draft, confirmation: Confirmation) -> None:
    """Refuse a decision about words that do not stand there."""
    lost = [row for row in apply_confirmations(draft, [confirmation]).findings if row.code == "confirmation_lost"]
    if len(lost) > sum(row.code == "confirmation_lost" for row in draft.findings):
        raise CallerError(
            "The words {words!r} do not stand in {measure!r} of this plan a {occurrence}. time; nothing was "
            "confirmed. Look at `lantian plan show`.",
            words=confirmation.words, measure=confirmation.measure, occurrence=confirmation.occurrence,
        )  # fmt: skip


def confirm_plan(office: Office, plan_id: str, *, by: str, accept_open: bool = False) -> InForce:
    """Put a draft in force; the edition before it is replaced, and what was reported on it goes on.

    Parameters
    ----------
    office : Office
        The air office at its desk.
    plan_id : str
        The draft.
    by : str
        Who decides.
    accept_open : bool
        Put it in force although readings are still in error.

    Raises
    ------
    CallerError
        The plan is no draft, or errors are open.
    """
    at = office.now()
    with office.ledger.write() as session:
        lock(session)
        plan = plan_row(session, plan_id)
        if plan.state != "draft":
            raise CallerError(
                "Edition {edition} of {title} is {state} already; only a draft can be put in force.",
                edition=plan.edition, title=plan.title, state=plan.state,
            )  # fmt: skip
        doubts = list(doubts_in(session, plan))
        errors = [row for row in doubts if row.finding.severity is Severity.ERROR]
        if errors and not accept_open:
            raise CallerError(
                "{n} errors are open in {title}, so it is not put in force: {errors}. Settle them, or say that "
                "they are accepted.",
                n=len(errors), title=plan.title,
                errors="; ".join(f"{row.measure or '-'} {row.finding.code}" for row in errors[:5]),
            )  # fmt: skip
        carried, replaced = _replace_former(session, plan)
        plan.state, plan.confirmed_by, plan.confirmed_at = "in_force", by, at
        append_entry(
            session, at=at, actor=by, kind="plan.confirmed", subject=f"plan:{plan.id}",
            payload={"key": plan.key, "edition": plan.edition, "replaced": list(replaced), "carried": carried,
                     "open": len(doubts), "errors": [row.finding.code for row in errors]},
        )  # fmt: skip
    return InForce(plan_id, replaced, carried, len(doubts))


def _replace_former(session: Session, plan: Plan) -> tuple[dict[str, int], tuple[str, ...]]:
    """Replace every other standing edition; the one in force last, so that its state is what is carried over."""
    former = [row for row in editions_of(session, plan.key) if row.id != plan.id and row.state != "replaced"]
    former.sort(key=lambda row: (row.state == "in_force", row.edition))
    carried: dict[str, int] = {}
    for row in former:
        for name, count in carry_over(session, row.id, plan.id).items():
            carried[name] = carried.get(name, 0) + count
        row.state = "replaced"
    return carried, tuple(row.id for row in former)

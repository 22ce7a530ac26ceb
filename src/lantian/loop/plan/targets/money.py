"""Prices, taxes, subsidies and loans of a plan, with their amounts where they are known (财税金融措施)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import select

from lantian.ledger import append_entry
from lantian.ledger.models import Duty, Measure, Organisation, Task
from lantian.loop.plan.office import Office
from lantian.loop.plan.organisations import lock
from lantian.loop.plan.queries import required_plan
from lantian.loop.plan.targets.figures import checked_text
from lantian.terms.errors import CallerError
from lantian.terms.words import mark

FORMS: Mapping[str, str] = {
    "price": mark("price"),
    "tax": mark("tax"),
    "subsidy": mark("subsidy"),
    "transfer": mark("transfer"),
    "loan": mark("loan"),
}
"""Form of a money measure → message id of what people read."""
_KIND = "money"
_FEN = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class MoneyMeasure:
    """One price, tax, subsidy or loan."""

    task_id: str
    measure_id: str
    measure: str
    """Number of the measure."""
    key: str
    title: str
    title_en: str
    form: str
    """One of `FORMS`; empty where the document does not say."""
    amount: Decimal | None
    """[yuan]; None where nobody has named one."""
    due: date | None
    done_on: date | None
    bodies: tuple[str, ...]
    """Names of who answers for it."""


def list_money(office: Office, *, plan_id: str | None = None) -> tuple[MoneyMeasure, ...]:
    """List the money measures of a plan with who answers for each, in the plan's order."""
    with office.ledger.read() as session:
        plan = required_plan(session, plan_id)
        tasks = session.execute(
            select(Task, Measure.number)
            .join(Measure, Measure.id == Task.measure_id)
            .where(Task.plan_id == plan.id, Task.kind == _KIND)
            .order_by(Measure.order, Task.tail, Task.key)
        ).all()
        duties = session.execute(
            select(Duty.measure_id, Duty.tail, Organisation.name_zh)
            .join(Organisation, Organisation.id == Duty.organisation_id)
            .where(Duty.measure_id.in_({task.measure_id for task, _ in tasks}), Duty.settled.is_(True))
            .order_by(Duty.tail, Duty.organisation_id)
        ).all()
    return tuple(
        MoneyMeasure(
            task.id, task.measure_id, number, task.key, task.title, task.title_en,
            task.scope if task.scope in FORMS else "", task.amount, task.due, task.done_on,
            tuple(
                dict.fromkeys(
                    name
                    for measure, tail, name in duties
                    if measure == task.measure_id and task.tail in (None, tail)
                )
            ),
        )
        for task, number in tasks
    )  # fmt: skip


def set_money_amount(office: Office, task_id: str, amount: Decimal | None, *, by: str, source: str) -> bool:
    """Enter the amount of a money measure; the same again changes nothing.

    Parameters
    ----------
    office : Office
        The air office at its desk.
    task_id : str
        A task of kind ``money``.
    amount : Decimal, optional
        In whole fen; None takes a wrong one back. [yuan]
    by, source : str
        Who acts, and where the amount is laid down.

    Returns
    -------
    bool
        Whether anything changed.

    Raises
    ------
    CallerError
        No such money measure, an amount below zero or in parts of a fen, or no source.
    """
    told = checked_text(source, "source")
    if amount is not None and (not amount.is_finite() or amount < 0 or amount != amount.quantize(_FEN)):
        raise CallerError("{amount} is no amount of money. Write yuan with at most two decimals.", amount=amount)
    with office.ledger.write() as session:
        lock(session)
        task = session.get(Task, task_id)
        if task is None or task.kind != _KIND:
            raise CallerError("{task_id!r} is no price, tax, subsidy or loan of the plan.", task_id=task_id)
        if task.amount == amount:
            return False
        before, task.amount = task.amount, amount
        append_entry(
            session, at=office.now(), actor=by, kind="task.amount_set", subject=f"task:{task.id}",
            payload={"before": {"amount": before}, "after": {"amount": amount}, "source": told},
        )  # fmt: skip
    return True

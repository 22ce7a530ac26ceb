"""What was delivered, what became of it, and another try by a person."""

from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from lantian.ledger import Ledger
from lantian.ledger.entries import append_entry
from lantian.ledger.models import Delivery
from lantian.loop.sense.doors.delivering import FileDoor, State, put_back
from lantian.terms.errors import CallerError, LantianError


def list_deliveries(
    ledger: Ledger, *, state: str | None = None, sender_id: str | None = None, most: int = 100
) -> list[Delivery]:
    """List deliveries, newest first.

    Raises
    ------
    CallerError
        There is no such state.
    """
    if state is not None and state not in set(State):
        raise CallerError("{state!r} is no state of a delivery. Use {known}.", state=state, known=", ".join(State))
    question = select(Delivery).order_by(Delivery.received_at.desc(), Delivery.id.desc()).limit(most)
    if state is not None:
        question = question.where(Delivery.state == state)
    if sender_id is not None:
        question = question.where(Delivery.sender_id == sender_id)
    with ledger.read() as session:
        return list(session.scalars(question))


def find_delivery(ledger: Ledger, delivery_id: str) -> Delivery | None:
    """Return a delivery; None where there is none of this id."""
    with ledger.read() as session:
        return session.get(Delivery, delivery_id)


def delivery_of(ledger: Ledger, delivery_id: str) -> Delivery:
    """Return a delivery.

    Raises
    ------
    CallerError
        There is none of this id.
    """
    row = find_delivery(ledger, delivery_id)
    if row is None:
        raise CallerError(
            "There is no delivery {id!r}. Use the id that its sender was given, or list them.", id=delivery_id
        )
    return row


def count_states(ledger: Ledger) -> dict[str, int]:
    """State → deliveries."""
    with ledger.read() as session:
        found = session.execute(select(Delivery.state, func.count()).group_by(Delivery.state))
        counted = {row[0]: row[1] for row in found}
    return {str(state): counted.get(str(state), 0) for state in State}


def retry_delivery(
    door: FileDoor,
    delivery_id: str,
    *,
    kind: str | None,
    options: dict[str, str],
    by: str,
    at: datetime,
    reason: str,
) -> Delivery:
    """Let a delivery be taken once more, by another kind if one is said; its values are then the latest.

    Raises
    ------
    CallerError
        There is no such delivery, kind or option, it waits already, or no reason is given.
    """
    if not reason.strip():
        raise CallerError("Say why delivery {id} is taken once more; the reason is kept.", id=delivery_id)
    if kind is not None:
        door.kind(kind)
    with door.ledger.write() as session:
        row = session.get(Delivery, delivery_id)
        if row is None:
            raise CallerError(
                "There is no delivery {id!r}. Use the id that its sender was given, or list them.", id=delivery_id
            )
        if row.state == State.WAITING:
            raise CallerError("Delivery {id} waits already.", id=delivery_id)
        was = {"state": row.state, "kind": row.kind}
        row.options = {**row.options, **options}
        put_back(session, row, kind=kind or (row.kind if row.said else None), at=at)
        append_entry(
            session, at=at, actor=by, kind="delivery.retried", subject=f"delivery:{row.id}",
            payload={"kind": kind, "options": row.options, "was": was, "reason": reason},
        )  # fmt: skip
    return row


def error_of(row: Delivery) -> LantianError | None:
    """Return why a delivery was refused or still waits, to be said in the reader's language."""
    return None if row.error is None else LantianError(row.error, **row.error_values)


def reject_files(door: FileDoor, row: Delivery) -> list[Path]:
    """List the files of rejects of a delivery that are still there."""
    return [path for name in row.rejects if (path := door.rejects / Path(name).name).is_file()]


def delivery_shown(row: Delivery) -> dict[str, Any]:
    """Return what a page, an answer or a command may show of a delivery."""
    return {
        "id": row.id, "name": row.name, "sha256": row.sha256, "size": row.size, "door": row.door,
        "brought_by": row.brought_by, "received_at": row.received_at, "kind": row.kind, "state": row.state,
        "ended_at": row.ended_at, "options": dict(row.options), "counts": dict(row.counts),
        "findings": list(row.findings), "rejects": list(row.rejects),
    }  # fmt: skip

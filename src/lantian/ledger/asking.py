"""How rooms ask each other: a request is left in its table, and only the room that is asked takes and ends it.

Asking is no decision, so it leaves no entry in the chain; what the asked room makes of it is one, and that room
appends it in the same transaction in which it ends the request.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from lantian.ledger.entries import canonical
from lantian.ledger.models import Draft, Lead, Message, Proposal, Recompute, RequestState
from lantian.terms.errors import CallerError
from lantian.terms.ids import uuid7

Request = TypeVar("Request", Draft, Lead, Message, Proposal, Recompute)
_RESULT_LENGTH = 300


def ask(
    session: Session,
    model: type[Request],
    made_by: str,
    kind: str,
    subject: str,
    payload: Mapping[str, Any],
    at: datetime,
) -> Request:
    """Leave a request; while an equal one is open, asking again is that one.

    Parameters
    ----------
    session : Session
        Of ``Ledger.write()``.
    model : type
        Which of the five tables: whom is asked.
    made_by : str
        The room that asks.
    kind, subject : str
        What is asked for, and about what.
    payload : mapping
        Whatever the asked room needs to know; dates and decimals are kept as text.
    at : datetime
        Wall time, aware.
    """
    said = canonical(payload)
    same = select(model).where(
        model.made_by == made_by, model.kind == kind, model.subject == subject, model.state == RequestState.OPEN
    )
    for row in session.scalars(same):
        if canonical(row.payload) == said:
            return row
    made = model(
        id=str(uuid7(at)),
        made_at=at,
        made_by=made_by,
        kind=kind,
        subject=subject,
        payload=json.loads(said),
        state=RequestState.OPEN,
    )
    session.add(made)
    session.flush()
    return made


def list_open(
    session: Session, model: type[Request], *, kind: str | None = None, subject: str | None = None
) -> list[Request]:
    """List what is asked and not yet taken, oldest first."""
    query = select(model).where(model.state == RequestState.OPEN).order_by(model.made_at, model.id)
    if kind is not None:
        query = query.where(model.kind == kind)
    if subject is not None:
        query = query.where(model.subject == subject)
    return list(session.scalars(query))


def take(session: Session, model: type[Request], request_id: str) -> Request:
    """Take an open request on; nobody else can then.

    Raises
    ------
    CallerError
        There is none, or somebody has taken or ended it already.
    """
    row = _find(session, model, request_id)
    if row.state != RequestState.OPEN:
        raise _already(row)
    row.state = RequestState.TAKEN
    return row


def end(
    session: Session, model: type[Request], request_id: str, *, done: bool, result: str, by: str, at: datetime
) -> Request:
    """End a request that is open or taken: done, with the id of what came of it, or declined, with the reason.

    Raises
    ------
    CallerError
        There is none, it has ended already, or no result or reason is given.
    """
    row = _find(session, model, request_id)
    if row.state not in {RequestState.OPEN, RequestState.TAKEN}:
        raise _already(row)
    if not result.strip() or len(result) > _RESULT_LENGTH:
        raise CallerError(
            "A request ends with what came of it or why not, in 1 to {most} signs.", most=_RESULT_LENGTH
        )
    row.state = RequestState.DONE if done else RequestState.DECLINED
    row.ended_at, row.ended_by, row.result = at, by, result
    return row


def _find(session: Session, model: type[Request], request_id: str) -> Request:
    row = session.get(model, request_id, with_for_update=True)
    if row is None:
        raise CallerError(
            "There is no request {id!r} in {table}. Use an id that is open there.",
            id=request_id,
            table=model.__tablename__,
        )
    return row


def _already(row: Draft | Lead | Message | Proposal | Recompute) -> CallerError:
    return CallerError(
        "Request {id} is {state} already. Look at what is open before you take one.", id=row.id, state=row.state
    )

"""Runs that somebody asks for: waiting in the records until a worker takes them, one at a time."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

import lantian
from lantian.desk.jobs.ends import CancelledRunError
from lantian.desk.jobs.heart import STALE_AFTER
from lantian.desk.jobs.states import ENDED, OPEN, RunState
from lantian.desk.jobs.words import ASKABLE
from lantian.desk.jobs.workers import is_gone, this_worker
from lantian.ledger import append_entry
from lantian.ledger.entries import canonical
from lantian.ledger.models import Run as RunRow
from lantian.terms.errors import CallerError
from lantian.terms.ids import uuid7

MOST_ATTEMPTS = 3
"""How often a run is begun again by itself after its process died."""
SCHEDULE = "schedule"
"""Who asks for the loop's rounds; of these the chain of decisions says nothing."""


@dataclass(frozen=True, slots=True)
class RunCard:
    """One run as a list shows it."""

    id: str
    what: str
    for_when: str
    inputs: Mapping[str, Any]
    state: str
    done: float
    """Share, 0 … 1."""
    message: str
    result: Mapping[str, Any] | None
    error: str | None
    code_version: str
    made_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    requested_by: str | None
    attempt: int
    retries: str | None
    worker: str | None
    beat_at: datetime | None
    cancel_by: str | None


def put(
    session: Session, what: str, for_when: str, inputs: Mapping[str, Any], *, by: str, at: datetime
) -> tuple[str, bool]:
    """Put a run among those that wait; while an equal one is open it is that one. Return its id, and if it is new.

    Raises
    ------
    CallerError
        No worker can do that.
    """
    _check_kind(what)
    wanted = canonical(inputs)
    same = select(RunRow).where(RunRow.what == what, RunRow.for_when == for_when, RunRow.state.in_(OPEN))
    for row in session.scalars(same):
        if canonical(row.inputs) == wanted:
            return row.id, False
    run_id = _insert(session, what, for_when, inputs, by=by, at=at)
    _note(session, "run.requested", run_id, {"what": what, "for_when": for_when}, by=by, at=at)
    return run_id, True


def again(session: Session, run_id: str, *, by: str, at: datetime) -> str:
    """Ask once more for a run that failed or was cancelled; return the id of the new one.

    Raises
    ------
    CallerError
        There is none, it has not ended badly, or no worker can do it.
    """
    row = _find(session, run_id)
    _check_kind(row.what)
    if row.state not in {RunState.FAILED, RunState.CANCELLED}:
        raise CallerError(
            "Run {id} is {state}; only one that failed or was cancelled is tried again.",
            id=run_id,
            state=row.state,
        )
    fresh = _repeat(session, row, by=by, at=at)
    _note(session, "run.retried", fresh, {"retries": run_id}, by=by, at=at)
    return fresh


def end_early(session: Session, run_id: str, *, by: str, at: datetime) -> None:
    """End a run that waits, and ask one that runs to end at its next step.

    Raises
    ------
    CallerError
        There is none, or it has ended.
    """
    row = _find(session, run_id)
    if row.state in ENDED:
        raise CallerError("Run {id} is {state} already; there is nothing to stop.", id=run_id, state=row.state)
    row.cancel_by = by
    if row.state != RunState.RUNNING:
        row.state, row.ended_at, row.error = RunState.CANCELLED, at, str(CancelledRunError(run_id, by))
    _note(session, "run.cancelled", run_id, {}, by=by, at=at)


def claim(session: Session, kinds: Collection[str], alone: Collection[str], at: datetime) -> RunCard | None:
    """Take the oldest run that waits; none of `alone` while another of them runs.

    The session is one that writes: the ledger has one writer at a time, so two workers never take the same run.
    """
    busy = session.scalars(
        select(RunRow.id).where(
            RunRow.state == RunState.RUNNING, RunRow.requested_by.is_not(None), RunRow.what.in_(alone)
        )
    ).first()
    able = [kind for kind in kinds if busy is None or kind not in alone]
    waiting = select(RunRow).where(RunRow.state == RunState.READY, RunRow.what.in_(able))
    row = session.scalars(waiting.order_by(RunRow.made_at, RunRow.id).limit(1)).first()
    if row is None:
        return None
    row.state, row.worker = RunState.RUNNING, this_worker()
    row.started_at = row.beat_at = at
    session.flush()
    return card_of(row)


def give_up_stale(session: Session, at: datetime) -> list[str]:
    """End runs whose process is gone, and ask again for those that somebody asked for; return their ids."""
    found = []
    for row in session.scalars(select(RunRow).where(RunRow.state == RunState.RUNNING).order_by(RunRow.id)):
        told = row.beat_at or row.started_at or row.made_at
        if not (at - told > STALE_AFTER or (row.worker is not None and is_gone(row.worker))):
            continue
        row.state, row.ended_at = RunState.FAILED, at
        row.error = "its process ended without a word"
        if row.requested_by is not None and row.cancel_by is None and row.attempt < MOST_ATTEMPTS:
            _repeat(session, row, by=row.requested_by, at=at)
        found.append(row.id)
    return found


def card_of(row: RunRow) -> RunCard:
    """Return a row as a record."""
    return RunCard(**{name: getattr(row, name) for name in RunCard.__slots__})


def _find(session: Session, run_id: str) -> RunRow:
    row = session.get(RunRow, run_id)
    if row is None:
        raise CallerError("There is no run {id!r}. `lantian jobs list` shows those there are.", id=run_id)
    return row


def _check_kind(what: str) -> None:
    if what not in ASKABLE:
        raise CallerError(
            "No worker can do {what!r}; it can do {kinds}. Ask for one of these.",
            what=what,
            kinds=", ".join(sorted(ASKABLE)),
        )


def _repeat(session: Session, row: RunRow, *, by: str, at: datetime) -> str:
    return _insert(
        session, row.what, row.for_when, row.inputs, by=by, at=at, attempt=row.attempt + 1, retries=row.id
    )


def _insert(
    session: Session,
    what: str,
    for_when: str,
    inputs: Mapping[str, Any],
    *,
    by: str,
    at: datetime,
    attempt: int = 1,
    retries: str | None = None,
) -> str:
    run_id = str(uuid7(at))
    session.execute(
        insert(RunRow).values(
            id=run_id, what=what, for_when=for_when, inputs=dict(inputs), state=RunState.READY, done=0.0,
            message="", code_version=lantian.__version__, made_at=at, requested_by=by, attempt=attempt,
            retries=retries,
        )
    )  # fmt: skip
    return run_id


def _note(session: Session, kind: str, run_id: str, payload: dict[str, Any], *, by: str, at: datetime) -> None:
    if by != SCHEDULE:
        append_entry(session, at=at, actor=by, kind=kind, subject=f"run:{run_id}", payload=payload)


def set_ready(session: Session, run_id: str) -> None:
    """Put a run back among those that wait: the house stops, and the next worker takes it up."""
    session.execute(
        update(RunRow).where(RunRow.id == run_id).values(state=RunState.READY, worker=None, done=0.0, message="")
    )

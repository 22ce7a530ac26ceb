"""Deliveries go into the lake in the order of their turns, each once, whenever that is interrupted (入库)."""

import logging
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select

from lantian.ledger.models import Delivery, Sender
from lantian.loop.sense.centre import Centre
from lantian.loop.sense.doors.delivering import FileDoor, State, check_kind, head_of, recognised
from lantian.loop.sense.doors.records import FileKind, Given, TakenFile
from lantian.store.locks import writing
from lantian.store.records import Taken
from lantian.terms.errors import CallerError, HouseError, LantianError
from lantian.terms.words import mark

QUEUE = "deliveries"
"""Name of the lock that lets one program at a time take deliveries."""
_FINDINGS_KEPT = 50
_NO_KIND = mark("No kind of file knows {name}. Look at it, and say its kind: lantian door retry {id} --kind KIND.")
_TWO_KINDS = mark("{name} looks like {kinds}. Say which it is: lantian door retry {id} --kind KIND.")
_OUR_FAULT = mark(
    "{kind} stumbled over {name} ({fault}). That is our fault, not the sender's: the file is kept. Report it, and "
    "retry after an update."
)
_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Round:
    """What one look at the queue moved."""

    taken: list[str] = field(default_factory=list)
    """Ids of deliveries."""
    refused: list[str] = field(default_factory=list)
    unrecognised: list[str] = field(default_factory=list)
    held: list[str] = field(default_factory=list)
    """Those that still wait because the house could not write, and those of their kind behind them."""
    failing: LantianError | None = None
    """Why they are held."""
    written: int = 0
    """Rows."""
    more: bool = False
    """Whether the round was ended while deliveries waited that nothing holds."""


@dataclass(frozen=True, slots=True)
class _Outcome:
    state: State
    kind: str | None
    taken: TakenFile | None = None
    rejects: tuple[str, ...] = ()
    error: LantianError | None = None


def take_waiting(
    door: FileDoor,
    centre: Centre,
    *,
    wait: float = 0.0,
    most: int = 1_000,
    ended: Callable[[], bool] = lambda: False,
) -> Round:
    """Move what waits into the lake; what fails by the house's fault waits on, and its kind behind it.

    A program that is killed anywhere in here begins the same delivery again: rows that were committed are known by
    the turn that stands in their commit, and rejects are written anew.

    Parameters
    ----------
    wait
        How long another program that takes deliveries is waited for. [s]
    most
        Deliveries of one round.
    ended
        Asked before each delivery: whether the round is to end, so that others get their turn.

    Raises
    ------
    HouseError
        Another program takes deliveries, or the ledger cannot be used.
    """
    done = Round()
    held: set[str] = set()
    folder = centre.lake.root / ".writers"
    with writing(folder, QUEUE, command="lantian door", now=centre.now, wait=wait):
        waiting = _waiting(door, most)
        done.more = len(waiting) == most
        for row in waiting:
            if ended():
                done.more = True
                break
            if row.kind in held:
                done.held.append(row.id)
                continue
            try:
                outcome = _take(door, centre, row, held)
            except HouseError as fault:
                kind = row.kind
                done.held.append(row.id)
                done.failing = fault
                _note_failure(door, row.id, fault)
                if kind is None:  # not even its bytes could be read: nothing behind it may pass it
                    break
                held.add(kind)
                continue
            if outcome is None:
                done.held.append(row.id)
                continue
            _end(door, row.id, outcome, centre.now())
            {State.TAKEN: done.taken, State.REFUSED: done.refused}.get(outcome.state, done.unrecognised).append(
                row.id
            )
            done.written += 0 if outcome.taken is None else outcome.taken.written
    return done


def _waiting(door: FileDoor, most: int) -> list[Delivery]:
    question = select(Delivery).where(Delivery.state == State.WAITING).order_by(Delivery.turn).limit(most)
    with door.ledger.read() as session:
        return list(session.scalars(question))


def _take(door: FileDoor, centre: Centre, row: Delivery, held: set[str]) -> _Outcome | None:
    """Take one delivery; None where its kind turns out to be held."""
    try:
        bytes_at = door.files.path(row.file_id)
    except LantianError as fault:  # damaged or deleted: it would stand in the way for ever
        return _Outcome(State.REFUSED, row.kind, error=fault)
    try:
        with _named(bytes_at, row.name) as path:
            return _take_from(door, centre, row, path, held)
    except OSError as fault:
        raise HouseError(
            "{name} could not be taken: {fault}. It waits; make room, and it is tried again.",
            name=row.name,
            fault=fault.strerror or fault,
        ) from fault


def _take_from(door: FileDoor, centre: Centre, row: Delivery, path: Path, held: set[str]) -> _Outcome | None:
    try:
        kind = _kind_of(door, row, path)
        if isinstance(kind, _Unknown):
            return _Outcome(State.UNRECOGNISED, None, error=kind.why)
        row.kind = kind.key
        if kind.key in held:
            return None
        taken = kind.take(centre, _given(door, row, path, kind))
    except (HouseError, OSError):
        raise
    except LantianError as fault:
        return _Outcome(State.REFUSED, row.kind, error=fault)
    except Exception as fault:  # noqa: BLE001 - one file that nobody thought of must not stop the queue
        _log.exception("delivery %s", row.id)
        said = f"{type(fault).__name__}: {fault}"[:300]
        error = HouseError(_OUR_FAULT, kind=row.kind or "", name=row.name, fault=said)
        return _Outcome(State.REFUSED, row.kind, error=error)
    return _Outcome(State.TAKEN, kind.key, taken, _keep_rejects(door, row, taken))


@contextmanager
def _named(bytes_at: Path, name: str) -> Iterator[Path]:
    """Give bytes a path that ends with the file's name."""
    with tempfile.TemporaryDirectory(prefix="lantian-door-") as folder:
        path = Path(folder) / name
        path.symlink_to(bytes_at.resolve())
        yield path


@dataclass(frozen=True, slots=True)
class _Unknown:
    """No kind, or more than one, knows the file."""

    why: CallerError


def _kind_of(door: FileDoor, row: Delivery, path: Path) -> FileKind | _Unknown:
    """Return the kind that was said, or the only one that knows the file, now if not when it was delivered."""
    if row.kind is not None:
        return door.kind(row.kind)
    found = recognised(door, row.name, head_of(path))
    if not found:
        return _Unknown(CallerError(_NO_KIND, name=row.name, id=row.id))
    if len(found) > 1:
        return _Unknown(CallerError(_TWO_KINDS, name=row.name, kinds=", ".join(found), id=row.id))
    sender = _sender(door, row)
    if sender is not None:
        check_kind(sender, found[0])
    return door.kind(found[0])


def _sender(door: FileDoor, row: Delivery) -> Sender | None:
    if row.sender_id is None:
        return None
    with door.ledger.read() as session:
        return session.get(Sender, row.sender_id)


def _given(door: FileDoor, row: Delivery, path: Path, kind: FileKind) -> Given:
    sender = _sender(door, row)
    return Given(
        path=path,
        name=row.name,
        sha256=row.sha256,
        received_at=row.received_at,
        door=row.door,
        sender=row.brought_by,
        simulated=None if sender is None else sender.simulated,
        options=dict(row.options),
        once=Taken(f"lantian-door:{kind.key}", row.turn),
    )


# ---------------------------------------------------------------------------------------------- what is left


def _keep_rejects(door: FileDoor, row: Delivery, taken: TakenFile) -> tuple[str, ...]:
    """Write what was not taken beside, in place of what an interrupted attempt wrote."""
    if taken.rejects:
        return tuple(path.name for path in taken.rejects)
    for path in door.rejects.glob(f"{row.id}.*"):
        path.unlink(missing_ok=True)
    kept = [
        replace(report, name=row.name).write_rejects(door.rejects, f"{row.id}.{number}")
        for number, report in enumerate(taken.reports, 1)
    ]
    return tuple(path.name for path in kept if path is not None)


def _note_failure(door: FileDoor, delivery: str, fault: HouseError) -> None:
    with door.ledger.write() as session:
        row = session.get_one(Delivery, delivery)
        row.attempts += 1
        row.error, row.error_values = fault.message, _as_text(fault.values)


def _end(door: FileDoor, delivery: str, outcome: _Outcome, at: datetime) -> None:
    with door.ledger.write() as session:
        row = session.get_one(Delivery, delivery)
        row.state, row.kind, row.ended_at = outcome.state, outcome.kind, at
        row.attempts += 1
        row.error = None if outcome.error is None else outcome.error.message
        row.error_values = {} if outcome.error is None else _as_text(outcome.error.values)
        row.rejects = list(outcome.rejects)
        row.counts, row.findings = _counts(outcome.taken), _findings(outcome.taken)


def _as_text(values: dict[str, object]) -> dict[str, str]:
    return {name: str(value) for name, value in values.items()}


def _counts(taken: TakenFile | None) -> dict[str, int]:
    if taken is None:
        return {}
    return {
        "read": sum(report.rows_read for report in taken.reports),
        "accepted": sum(report.rows_accepted for report in taken.reports),
        "rejected": sum(report.rows_rejected for report in taken.reports),
        "skipped": sum(report.rows_skipped for report in taken.reports),
        "cells_rejected": sum(report.cells_rejected for report in taken.reports),
        "written": taken.written,
        "corrected": taken.corrected,
        "unchanged": taken.unchanged,
    }


def _findings(taken: TakenFile | None) -> list[dict[str, Any]]:
    found = [] if taken is None else [row for report in taken.reports for row in report.findings]
    return [
        {
            "code": row.code,
            "severity": str(row.severity),
            "message": row.message,
            "evidence": row.evidence,
            "competing_explanation": row.competing_explanation,
        }
        for row in found[:_FINDINGS_KEPT]
    ]

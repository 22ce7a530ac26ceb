"""Runs in the ledger, each begun, reported on and ended in its own short transaction."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import insert, select, update

import lantian
from lantian.ledger import Ledger
from lantian.ledger.models import Run as RunRow
from lantian.terms.ids import uuid7

Progress = Callable[[float, str], None]
"""Called with the share done, 0 … 1, and a few words."""

_REPORT_EVERY = timedelta(seconds=1)


class RunState(StrEnum):
    """Where a run stands."""

    INCOMPLETE = "incomplete"
    READY = "ready"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(slots=True)
class Run:
    """A run while it runs; its result is what it leaves in `result`."""

    id: str
    progress: Progress
    result: dict[str, Any] = field(default_factory=dict)


class Jobs:
    """Keeps the table of runs.

    Parameters
    ----------
    ledger : Ledger
        Where the records stand.
    now : callable
        Wall clock.
    """

    def __init__(self, ledger: Ledger, now: Callable[[], datetime]) -> None:
        self._ledger = ledger
        self._now = now

    @contextmanager
    def run(
        self, what: str, for_when: str, inputs: dict[str, Any], progress: Progress | None = None
    ) -> Iterator[Run]:
        """Record a run around a block: running, then done with its result, failed with its error, or cancelled."""
        started = self._now()
        run_id = str(uuid7(started))
        with self._ledger.write() as session:
            session.execute(
                insert(RunRow).values(
                    id=run_id,
                    what=what,
                    for_when=for_when,
                    inputs=inputs,
                    state=RunState.RUNNING,
                    done=0.0,
                    message="",
                    code_version=lantian.__version__,
                    made_at=started,
                    started_at=started,
                )
            )
        run = Run(run_id, self._reporter(run_id, progress))
        try:
            yield run
        except KeyboardInterrupt:
            self._end(run_id, RunState.CANCELLED, error="stopped by the person at the keyboard")
            raise
        except BaseException as fault:
            self._end(run_id, RunState.FAILED, error=f"{type(fault).__name__}: {fault}")
            raise
        self._end(run_id, RunState.DONE, result=run.result)

    def latest(self, what: str, limit: int = 20) -> list[dict[str, Any]]:
        """List the newest runs of one kind, newest first."""
        with self._ledger.read() as session:
            rows = session.execute(
                select(RunRow.__table__).where(RunRow.what == what).order_by(RunRow.id.desc()).limit(limit)
            )
            return [dict(row) for row in rows.mappings()]

    def _reporter(self, run_id: str, also: Progress | None) -> Progress:
        last = self._now()

        def report(share: float, words: str) -> None:
            nonlocal last
            if also is not None:
                also(share, words)
            if self._now() - last >= _REPORT_EVERY:
                last = self._now()
                with self._ledger.write() as session:
                    session.execute(update(RunRow).where(RunRow.id == run_id).values(done=share, message=words))

        return report

    def _end(
        self, run_id: str, state: RunState, result: dict[str, Any] | None = None, error: str | None = None
    ) -> None:
        done = {"done": 1.0} if state is RunState.DONE else {}
        with self._ledger.write() as session:
            session.execute(
                update(RunRow)
                .where(RunRow.id == run_id)
                .values(state=state, result=result, error=error, ended_at=self._now(), **done)
            )

"""Runs in the ledger, each begun, reported on and ended in its own short transaction."""

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert, select, update

import lantian
from lantian.desk.jobs.asking import RunCard, again, card_of, claim, end_early, give_up_stale, put, set_ready
from lantian.desk.jobs.ends import CancelledRunError, HouseStopsError
from lantian.desk.jobs.heart import Heart
from lantian.desk.jobs.states import RunState
from lantian.desk.jobs.workers import this_worker
from lantian.ledger import Ledger
from lantian.ledger.models import Run as RunRow
from lantian.terms.ids import uuid7

Progress = Callable[[float, str], None]
"""Called with the share done, 0 … 1, and a few words."""

_REPORT_EVERY = timedelta(seconds=1)


@dataclass(slots=True)
class Run:
    """A run while it runs; its result is what it leaves in `result`."""

    id: str
    progress: Progress
    """Tells how far it is; raises where the run is to end."""
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
        self.now = now
        """Wall clock."""

    # ------------------------------------------------------------------------------------------ running

    @contextmanager
    def run(
        self, what: str, for_when: str, inputs: dict[str, Any], progress: Progress | None = None
    ) -> Iterator[Run]:
        """Record a run around a block: running, then done with its result, failed with its error, or cancelled."""
        started = self.now()
        run_id = str(uuid7(started))
        with self._ledger.write() as session:
            session.execute(
                insert(RunRow).values(
                    id=run_id, what=what, for_when=for_when, inputs=inputs, state=RunState.RUNNING, done=0.0,
                    message="", code_version=lantian.__version__, made_at=started, started_at=started,
                    worker=this_worker(), beat_at=started,
                )
            )  # fmt: skip
        with self._recorded(run_id, progress) as run:
            yield run

    @contextmanager
    def work(self, taken: RunCard, progress: Progress | None = None) -> Iterator[Run]:
        """Record a run that was claimed around a block; where the house stops it waits again."""
        try:
            with self._recorded(taken.id, progress) as run:
                yield run
        except HouseStopsError:
            with self._ledger.write() as session:
                set_ready(session, taken.id)
            raise

    @contextmanager
    def _recorded(self, run_id: str, progress: Progress | None) -> Iterator[Run]:
        with Heart(self._ledger, run_id, self.now) as heart:
            run = Run(run_id, self._reporter(run_id, heart, progress))
            try:
                yield run
            except (KeyboardInterrupt, CancelledRunError, HouseStopsError) as fault:
                said = str(fault) or "stopped by the person at the keyboard"
                self._end(run_id, RunState.CANCELLED, error=said)
                raise
            except BaseException as fault:
                self._end(run_id, RunState.FAILED, error=f"{type(fault).__name__}: {fault}")
                raise
        self._end(run_id, RunState.DONE, result=run.result)

    def _reporter(self, run_id: str, heart: Heart, also: Progress | None) -> Progress:
        last = self.now()

        def report(share: float, words: str) -> None:
            nonlocal last
            if also is not None:
                also(share, words)
            if self.now() - last >= _REPORT_EVERY:
                last = self.now()
                heart.say(done=share, message=words)
            if heart.cancelled_by is not None:
                raise CancelledRunError(run_id, heart.cancelled_by)

        return report

    def _end(
        self, run_id: str, state: RunState, result: dict[str, Any] | None = None, error: str | None = None
    ) -> None:
        done = {"done": 1.0} if state is RunState.DONE else {}
        with self._ledger.write() as session:
            session.execute(
                update(RunRow)
                .where(RunRow.id == run_id)
                .values(state=state, result=result, error=error, ended_at=self.now(), **done)
            )

    # ------------------------------------------------------------------------------------------ asking

    def request(self, what: str, for_when: str, inputs: Mapping[str, Any], *, by: str) -> str:
        """Ask for a run and return its id; while an equal one is open it is that one.

        Raises
        ------
        CallerError
            No worker can do that.
        """
        with self._ledger.write() as session:
            return put(session, what, for_when, inputs, by=by, at=self.now())[0]

    def cancel(self, run_id: str, by: str) -> None:
        """End a run that waits, and ask one that runs to end at its next step.

        Raises
        ------
        CallerError
            There is none, or it has ended.
        """
        with self._ledger.write() as session:
            end_early(session, run_id, by=by, at=self.now())

    def retry(self, run_id: str, by: str) -> str:
        """Ask once more for a run that failed or was cancelled; return the id of the new one.

        Raises
        ------
        CallerError
            There is none, it has not ended badly, or no worker can do it.
        """
        with self._ledger.write() as session:
            return again(session, run_id, by=by, at=self.now())

    def claim(self, kinds: Collection[str], alone: Collection[str] = ()) -> RunCard | None:
        """Take the oldest run that waits; none of `alone` while another of them runs. None: nothing waits."""
        waiting = select(RunRow.id).where(RunRow.state == RunState.READY).limit(1)
        with self._ledger.read() as session:
            if session.scalars(waiting).first() is None:
                return None
        with self._ledger.write() as session:
            return claim(session, kinds, alone, self.now())

    def give_up_stale(self) -> list[str]:
        """End runs whose process is gone, and ask again for those that somebody asked for; return their ids."""
        running = select(RunRow.id).where(RunRow.state == RunState.RUNNING).limit(1)
        with self._ledger.read() as session:
            if session.scalars(running).first() is None:
                return []
        with self._ledger.write() as session:
            return give_up_stale(session, self.now())

    # ------------------------------------------------------------------------------------------ looking

    def latest(self, what: str, limit: int = 20) -> list[dict[str, Any]]:
        """List the newest runs of one kind, newest first."""
        with self._ledger.read() as session:
            rows = session.execute(
                select(RunRow.__table__).where(RunRow.what == what).order_by(RunRow.id.desc()).limit(limit)
            )
            return [dict(row) for row in rows.mappings()]

    def list_runs(
        self,
        limit: int = 50,
        before: str | None = None,
        what: str | None = None,
        state: RunState | None = None,
    ) -> list[RunCard]:
        """List runs, newest first; `before` is the id of the last one of the page before."""
        query = select(RunRow).order_by(RunRow.id.desc()).limit(limit)
        if before is not None:
            query = query.where(RunRow.id < before)
        if what is not None:
            query = query.where(RunRow.what == what)
        if state is not None:
            query = query.where(RunRow.state == state)
        with self._ledger.read() as session:
            return [card_of(row) for row in session.scalars(query)]

    def find_run(self, run_id: str) -> RunCard | None:
        """Return a run; None where there is none."""
        with self._ledger.read() as session:
            row = session.get(RunRow, run_id)
            return None if row is None else card_of(row)

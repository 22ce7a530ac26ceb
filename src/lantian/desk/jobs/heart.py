"""Says now and then that a run is still at work, and hears whether it is to end."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from types import TracebackType

from sqlalchemy import select, update

from lantian.ledger import Ledger
from lantian.ledger.models import Run as RunRow
from lantian.terms.errors import HouseError

BEAT_SECONDS = 5.0
STALE_AFTER = timedelta(seconds=90)
"""A run that has not said so for so long has no process any more."""


class Heart:
    """Beats in a thread of its own while a run goes on.

    Parameters
    ----------
    ledger : Ledger
        Where the run stands.
    run_id : str
        Which run.
    now : callable
        Wall clock.
    """

    def __init__(self, ledger: Ledger, run_id: str, now: Callable[[], datetime]) -> None:
        self._ledger = ledger
        self._run_id = run_id
        self._now = now
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._beat, name=f"heart-{run_id}", daemon=True)
        self.cancelled_by: str | None = None
        """Who wants the run to end; None: nobody."""

    def __enter__(self) -> "Heart":
        """Begin to beat."""
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop; a beat that has begun comes to its end."""
        self._over.set()
        self._thread.join()

    def say(self, **said: object) -> None:
        """Write how far the run is, and hear who wants it to end."""
        with self._ledger.write() as session:
            mine = RunRow.id == self._run_id
            session.execute(update(RunRow).where(mine).values(beat_at=self._now(), **said))
            self.cancelled_by = session.execute(select(RunRow.cancel_by).where(mine)).scalar()

    def _beat(self) -> None:
        while not self._over.wait(BEAT_SECONDS):
            try:
                self.say()
            except HouseError:
                continue  # a ledger that is away for a moment: the next beat tells

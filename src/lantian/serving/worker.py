"""The worker: keeps the schedule, and does what was asked for, one run after the other."""

import signal
import threading
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from apscheduler.schedulers.background import BackgroundScheduler

from lantian.assembly import open_workspace
from lantian.desk.jobs import CancelledRunError, HouseStopsError, RunCard
from lantian.desk.jobs.asking import SCHEDULE
from lantian.desk.jobs.standing import WORKER, tell
from lantian.desk.jobs.workers import this_worker
from lantian.serving.kinds import ALONE, KINDS, JobKind
from lantian.serving.leading import Leader
from lantian.serving.logs import log
from lantian.serving.rhythms import BY_THE_DATA, Due, Times, due_rounds
from lantian.store.tables import AMBIENT_HOURS
from lantian.terms.errors import LantianError

LOOK_SECONDS = 10
"""How often it is looked what is due and who is gone. [s]"""
_WAIT_SECONDS = 1.0
"""How often it is looked whether something waits. [s]"""
_log = log("lantian.worker")


class Worker:
    """Does what waits in the records of a workspace.

    Parameters
    ----------
    folder : Path
        Of the workspace.
    times : Times, optional
        When rounds begin; by default as the clock of the data wants it.
    kinds : mapping, optional
        What it can do.
    """

    def __init__(self, folder: Path, times: Times | None = None, kinds: Mapping[str, JobKind] = KINDS) -> None:
        self._folder = folder
        self._kinds = kinds
        self._house = open_workspace(folder)
        self._leader = Leader(folder, self._house.ledger)
        self._times = times or (BY_THE_DATA if self._house.settings.simulated else Times())
        self.stopping = threading.Event()
        self._doing = ""

    def close(self) -> None:
        """Give the lead, files and connections back."""
        self._leader.close()
        self._house.close()

    # ------------------------------------------------------------------------------------------ looking

    def look(self) -> None:
        """End runs whose process is gone and ask for the rounds that are due, where this worker leads."""
        try:
            leads = self._leader.leads()
            if leads:
                for run_id in self._house.jobs.give_up_stale():
                    _log.warning("run_given_up", run=run_id)
                for due in self._due():
                    run_id = self._house.jobs.request(due.what, due.for_when, due.inputs, by=SCHEDULE)
                    _log.info("round_due", what=due.what, for_when=due.for_when, run=run_id)
            tell(self._folder, WORKER, {"worker": this_worker(), "doing": self._doing, "leads": leads})
        except LantianError as fault:
            _log.error("look_failed", error=str(fault))  # the next look comes

    def _due(self) -> list[Due]:
        clock = self._clock()
        return [] if clock is None else due_rounds(self._house.jobs, clock, self._house.city.zone, self._times)

    def _clock(self) -> datetime | None:
        """Clock of the data; None where a simulated city has none yet."""
        house = self._house
        if house.settings.simulated and house.lake.version(AMBIENT_HOURS) < 0:
            return None
        return house.city_now()

    # ------------------------------------------------------------------------------------------ doing

    def run(self) -> None:
        """Work until it is told to stop."""
        scheduler = BackgroundScheduler(timezone="UTC")
        scheduler.add_job(
            self.look, "interval", seconds=LOOK_SECONDS, next_run_time=datetime.now().astimezone(),
            max_instances=1, coalesce=True,
        )  # fmt: skip
        scheduler.start()
        try:
            while not self.stopping.is_set():
                if not self._do_next():
                    self.stopping.wait(_WAIT_SECONDS)
        finally:
            scheduler.shutdown()
            tell(self._folder, WORKER, {"worker": this_worker(), "doing": "", "leads": False})

    def run_due(self) -> int:
        """Do what is due and what waits, then end; return how many runs that were."""
        done = 0
        self.look()
        while not self.stopping.is_set() and self._do_next():
            done += 1
            self.look()
        return done

    def _do_next(self) -> bool:
        try:
            taken = self._house.jobs.claim(self._kinds, ALONE)
        except LantianError as fault:
            _log.error("claim_failed", error=str(fault))
            return False
        if taken is None:
            return False
        self._doing = taken.what
        try:
            self.do(taken)
        finally:
            self._doing = ""
        return True

    def do(self, taken: RunCard) -> None:
        """Do one run in a workspace that is opened for it: city, law and settings are as they are now."""
        logger = _log.bind(what=taken.what, for_when=taken.for_when, run=taken.id, attempt=taken.attempt)
        logger.info("run_begins")
        try:
            with self._house.jobs.work(taken, self._go_on) as run:
                house = open_workspace(self._folder, self._house.now)
                try:
                    self._kinds[taken.what].work(house, taken.inputs, run)
                finally:
                    house.close()
        except HouseStopsError:
            logger.info("run_put_back")
        except CancelledRunError as fault:
            logger.info("run_cancelled", by=str(fault.values["by"]))
        except LantianError as fault:
            logger.warning("run_failed", error=str(fault))
        except Exception:
            logger.exception("run_failed")
        else:
            logger.info("run_done")

    def _go_on(self, _share: float, _words: str) -> None:
        if self.stopping.is_set():
            raise HouseStopsError


def work(folder: Path) -> None:
    """Be the worker of a workspace until SIGTERM."""
    worker = Worker(folder)
    signal.signal(signal.SIGTERM, lambda *_: worker.stopping.set())
    try:
        worker.run()
    finally:
        worker.close()

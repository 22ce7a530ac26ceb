"""The supervisor: begins every process of the house, begins again who dies, and ends all in order (守护)."""

import multiprocessing.connection
import os
import signal
import socket
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from types import FrameType, TracebackType

from filelock import FileLock, Timeout

from lantian.desk.jobs.standing import RUN_FOLDER, SERVE, tell
from lantian.desk.jobs.workers import this_worker
from lantian.serving.children import Calling, Child, State
from lantian.serving.logs import log
from lantian.terms.errors import CallerError

_SIGNALS = (signal.SIGINT, signal.SIGTERM)
_TELL_SECONDS = 10.0
_log = log("lantian.serve")


class Supervisor:
    """Keeps the processes of a workspace.

    Parameters
    ----------
    folder : Path
        Of the workspace.
    callings : sequence of Calling
        What runs, in the order in which it begins; it ends the other way round.
    on_stop : callable
        Called before anything is ended.

    Notes
    -----
    Used as a context: within it nobody else serves this workspace.
    """

    def __init__(
        self, folder: Path, callings: Sequence[Calling], on_stop: Callable[[], None] = lambda: None
    ) -> None:
        self._on_stop = on_stop
        self._folder = folder
        self.children = [Child(calling, folder) for calling in callings]
        self._asked = 0
        """How often somebody wanted it to end."""
        (folder / RUN_FOLDER).mkdir(parents=True, exist_ok=True)
        self._lock = FileLock(folder / RUN_FOLDER / "serve.lock", fallback_to_soft=False, preserve_lock_file=True)

    def __enter__(self) -> "Supervisor":
        """Take the workspace.

        Raises
        ------
        CallerError
            It is served already.
        """
        try:
            self._lock.acquire(timeout=0)
        except Timeout:
            raise CallerError(
                "{folder} is served already. End that program first, or serve another workspace.",
                folder=self._folder,
            ) from None
        self._wake_read, self._wake_write = socket.socketpair()
        self._before = {name: signal.signal(name, self._heard) for name in _SIGNALS}
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End what still runs, and let the workspace go."""
        self._stop_all()
        for name, before in self._before.items():
            signal.signal(name, before)
        self._wake_read.close()
        self._wake_write.close()
        self._lock.release()

    def _heard(self, _number: int, _frame: FrameType | None) -> None:
        self._asked += 1
        with suppress(OSError):
            self._wake_write.send(b"!")

    # ------------------------------------------------------------------------------------------ running

    def run(self, ready: Callable[[], None] = lambda: None) -> None:
        """Begin everything, and keep it alive until SIGINT or SIGTERM."""
        for child in self.children:
            child.start()
        self._tell()
        ready()
        while not self._asked:
            self._wait()
            self._look()
        _log.info("stopping")
        self._stop_all()
        self._tell()

    def _wait(self) -> None:
        alive = [
            child.process for child in self.children if child.process is not None and child.process.is_alive()
        ]
        dead = [child.due for child in self.children if child.state is State.WAITING]
        wait = min([_TELL_SECONDS, *(max(0.0, due - time.monotonic()) for due in dead)])
        multiprocessing.connection.wait([self._wake_read, *(process.sentinel for process in alive)], wait)

    def _look(self) -> None:
        now = time.monotonic()
        for child in self.children:
            if self._asked or child.process is None or child.process.is_alive():
                continue
            if child.due <= child.began:  # its death is new
                code = child.process.exitcode
                delay = child.note_death()
                _log.warning("process_died", process=child.calling.name, exit=code, again_in=delay)
            elif now >= child.due:
                child.process.close()
                child.start()
                _log.info("process_begun_again", process=child.calling.name, starts=child.starts)
        self._tell()

    def _stop_all(self) -> None:
        self._on_stop()
        patience = self._asked
        for child in reversed(self.children):
            if child.process is not None and not child.stop(hard=lambda: self._asked > max(1, patience)):
                _log.warning("process_killed", process=child.calling.name)

    def _tell(self) -> None:
        tell(
            self._folder,
            SERVE,
            {
                "pid": os.getpid(),
                "worker": this_worker(),
                "children": {
                    child.calling.name: {
                        "state": child.state.value,
                        "pid": child.process.pid if child.process is not None else None,
                        "starts": child.starts,
                    }
                    for child in self.children
                },
            },
        )

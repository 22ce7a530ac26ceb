"""One worker keeps the schedule, however many there are: by a lock that dies with its holder."""

from pathlib import Path

from filelock import FileLock, Timeout
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from lantian.desk.jobs.standing import RUN_FOLDER
from lantian.ledger import Ledger

_LEADER_LOCK = 0x6C616E6C656164
"""Advisory lock of the database: "lanlead"."""


class Leader:
    """Whether this process is the one.

    Parameters
    ----------
    folder : Path
        Of the workspace; with a ledger in a file, whoever leads holds a lock there.
    ledger : Ledger
        On a database server, whoever leads holds its advisory lock: workers may run on several machines.
    """

    def __init__(self, folder: Path, ledger: Ledger) -> None:
        self._ledger = ledger
        self._file: FileLock | None = None
        self._session: Connection | None = None
        if ledger.url.get_backend_name() == "sqlite":
            (folder / RUN_FOLDER).mkdir(parents=True, exist_ok=True)
            self._file = FileLock(
                folder / RUN_FOLDER / "schedule.lock", fallback_to_soft=False, preserve_lock_file=True,
                thread_local=False,
            )  # fmt: skip

    def leads(self) -> bool:
        """Whether it leads; it takes the lead where nobody has it."""
        if self._file is None:
            return self._leads_by_database()
        if self._file.is_locked:
            return True
        try:
            self._file.acquire(timeout=0)
        except Timeout:
            return False
        return True

    def _leads_by_database(self) -> bool:
        try:
            if self._session is not None:
                self._session.execute(text("SELECT 1"))
                return True
            session = self._ledger.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
            session.detach()  # the lock belongs to the connection, which must end with it
            if session.execute(text("SELECT pg_try_advisory_lock(:key)"), {"key": _LEADER_LOCK}).scalar():
                self._session = session
                return True
            session.close()
        except DBAPIError:
            self.close()
        return False

    def close(self) -> None:
        """Let another one lead."""
        if self._file is not None:
            self._file.release()
        if self._session is not None:
            self._session.close()
            self._session = None

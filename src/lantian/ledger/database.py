"""Opens the ledger: SQLite in WAL, or PostgreSQL by URL; on both one writer at a time, readers see one state."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, select
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError
from sqlalchemy.orm import Session

from lantian.ledger.editions import check_edition, edition_of, migrate
from lantian.ledger.models import Workspace
from lantian.ledger.vault import Vault
from lantian.terms.errors import CallerError, HouseError

_BUSY_MILLISECONDS = 30_000
_WRITES = "lantian_writes"
_WRITER_LOCK = 0x6C616E7469616E  # "lantian": one advisory lock of the database
_SQLITE = "sqlite"
_POSTGRES = "postgresql"


class Ledger:
    """A workspace's database; one instance per process is enough.

    Parameters
    ----------
    place : Path or str
        File of an SQLite ledger, or the URL of a database (``postgresql://user@host/name``).
    vault : Vault, optional
        What keys of devices are sealed with; without it none can be kept or used.
    """

    def __init__(self, place: Path | str, vault: Vault | None = None) -> None:
        self.vault = vault
        self.url = _url(place)
        self.engine = _engine(self.url)
        self._reading = self.engine
        if self.url.get_backend_name() != _SQLITE:
            self._reading = self.engine.execution_options(
                isolation_level="REPEATABLE READ", postgresql_readonly=True
            )

    @property
    def name(self) -> str:
        """What to call it in a message; never with its password."""
        if self.url.get_backend_name() == _SQLITE:
            return str(self.url.database)
        return self.url.render_as_string(hide_password=True)

    def make(self, city: str, simulated: bool, at: datetime) -> None:
        """Create the tables and say once what this workspace is."""
        with self.write() as session:
            migrate(session.connection())
            if session.get(Workspace, 1) is None:
                session.add(Workspace(id=1, city=city, simulated=simulated, made_at=at))

    def identity(self) -> tuple[str, bool]:
        """Return the city and whether the workspace is simulated, refusing a ledger of another edition."""
        with self.read() as session:
            check_edition(session.connection(), self.name)
            row = session.execute(select(Workspace)).scalar_one()
        return row.city, row.simulated

    def edition(self) -> str | None:
        """Edition of its tables, older and unknown ones too; None where there is no ledger."""
        with self.read() as session:
            return edition_of(session.connection())

    def upgrade(self) -> Path | None:
        """Bring the tables to this Lantian's edition; of an SQLite ledger a copy is kept, and its path returned.

        Raises
        ------
        HouseError
            No ledger, or one of an edition that is not known here.
        """
        with self.read() as session:
            held = check_edition(session.connection(), self.name, older=True)
        kept = self._copy(held) if self.url.get_backend_name() == _SQLITE else None
        with self.write() as session:
            migrate(session.connection())
        return kept

    def _copy(self, edition: str) -> Path:
        place = Path(str(self.url.database))
        kept = place.with_name(f"{place.stem}.edition-{edition}{place.suffix}")
        with closing(sqlite3.connect(place)) as held, closing(sqlite3.connect(kept)) as copy:
            held.backup(copy)
        return kept

    @contextmanager
    def write(self) -> Iterator[Session]:
        """One transaction that writes: all of it or none; other writers wait until it is over."""
        with self._guarded(), self.engine.connect() as plain:
            connection = plain.execution_options(**{_WRITES: True})
            with Session(connection, expire_on_commit=False) as session, session.begin():
                yield session

    @contextmanager
    def read(self) -> Iterator[Session]:
        """One transaction that reads, and sees one state of the ledger however long it takes."""
        with self._guarded(), Session(self._reading, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        try:
            yield
        except OperationalError as fault:
            raise HouseError(
                "The ledger {path} cannot be used: {fault}. Check that it is there, its space and rights, and who "
                "else holds it.",
                path=self.name,
                fault=_reason(fault),
            ) from fault

    def close(self) -> None:
        """Give every connection back."""
        self.engine.dispose()


def _reason(fault: DBAPIError) -> str:
    return " ".join(str(fault.orig).split())


def _url(place: Path | str) -> URL:
    if isinstance(place, Path):
        return URL.create(_SQLITE, database=str(place))
    try:
        url = make_url(place)
    except ArgumentError:
        url = URL.create("nothing")
    if url.get_backend_name() not in {_SQLITE, _POSTGRES, "postgres"}:
        # the text may hold a password, so it is not repeated
        raise CallerError("The ledger's URL is not acceptable. Write it as postgresql://user@host/name.") from None
    return url if url.get_backend_name() == _SQLITE else url.set(drivername="postgresql+psycopg")


def _engine(url: URL) -> Engine:
    if url.get_backend_name() == _SQLITE:
        return _sqlite_engine(url)
    engine = create_engine(
        url,
        pool_pre_ping=True,
        connect_args={"options": f"-c lock_timeout={_BUSY_MILLISECONDS} -c timezone=UTC"},
    )

    @event.listens_for(engine, "begin")
    def _on_begin(connection: Connection) -> None:
        if connection.get_execution_options().get(_WRITES, False):
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_WRITER_LOCK})")

    return engine


def _sqlite_engine(url: URL) -> Engine:
    engine = create_engine(url)

    @event.listens_for(engine, "connect")
    def _on_connect(connection: Any, _: Any) -> None:
        connection.isolation_level = None  # SQLAlchemy's own BEGIN below decides, not the driver
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout={_BUSY_MILLISECONDS}")
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.execute("PRAGMA secure_delete=ON")  # what a person asked to be forgotten leaves the file
        cursor.close()

    @event.listens_for(engine, "begin")
    def _on_begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get(_WRITES, False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine

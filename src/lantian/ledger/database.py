"""Opens the ledger: SQLite in WAL with an immediate write lock, so that two writers wait instead of failing."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, insert, inspect, select
from sqlalchemy.exc import OperationalError

from lantian.ledger import schema
from lantian.terms.errors import HouseError

_BUSY_MILLISECONDS = 30_000
_WRITES = "lantian_writes"


class Ledger:
    """A workspace's database; one instance per process is enough."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.engine = _engine(path)

    def make(self, city: str, simulated: bool, at: datetime) -> None:
        """Create the tables and say once what this workspace is."""
        schema.metadata.create_all(self.engine)
        with self.write() as connection:
            if connection.execute(select(schema.workspace)).first() is None:
                connection.execute(
                    insert(schema.workspace).values(
                        id=1, schema_version=schema.SCHEMA_VERSION, city=city, simulated=simulated, made_at=at
                    )
                )

    def identity(self) -> tuple[str, bool]:
        """Return the city and whether the workspace is simulated, refusing a ledger of another edition."""
        with self.read() as connection:
            if not inspect(connection).has_table("workspace"):
                raise HouseError(
                    "{path} is not a Lantian ledger. Make a workspace with `lantian init`.",
                    path=self.path,
                )
            row = connection.execute(select(schema.workspace)).one()
        if row.schema_version != schema.SCHEMA_VERSION:
            raise HouseError(
                "{path} has schema {schema_version}, this Lantian reads {SCHEMA_VERSION}. Use the "
                "Lantian that made it, or restore a backup.",
                path=self.path,
                schema_version=row.schema_version,
                SCHEMA_VERSION=schema.SCHEMA_VERSION,
            )
        return str(row.city), bool(row.simulated)

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One transaction that writes: all of it or none."""
        with self._guarded(), self.engine.connect() as plain:
            connection = plain.execution_options(**{_WRITES: True})
            with connection.begin():
                yield connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One transaction that reads."""
        with self._guarded(), self.engine.connect() as connection:
            yield connection

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        try:
            yield
        except OperationalError as fault:
            raise HouseError(
                "The ledger {path} cannot be used: {fault}. Check the disk, its space and rights.",
                path=self.path,
                fault=fault.orig,
            ) from fault

    def close(self) -> None:
        """Give every connection back."""
        self.engine.dispose()


def _engine(path: Path) -> Engine:
    engine = create_engine(f"sqlite:///{path}", future=True)

    @event.listens_for(engine, "connect")
    def _on_connect(connection: Any, _: Any) -> None:
        connection.isolation_level = None  # SQLAlchemy's own BEGIN below decides, not the driver
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute(f"PRAGMA busy_timeout={_BUSY_MILLISECONDS}")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _on_begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get(_WRITES, False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine

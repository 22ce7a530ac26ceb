"""Fixtures that every room's tests share."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from hypothesis import settings

from lantian.ledger import Ledger
from lantian.rules import Rulebook

settings.register_profile("daily", deadline=None)  # a loaded machine is no fault of the code
settings.register_profile("deep", deadline=None, max_examples=1_000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "daily"))

MADE_AT = datetime(2024, 4, 1, tzinfo=UTC)
"""When the ledger of the fixtures was made."""
_TEMPLATE = "made"
_START_SECONDS = 60.0
_ROOM_BYTES = 2 << 30


@pytest.fixture(scope="session")
def reference_data() -> Path:
    """Folder with the real data; absent it skips, but never under CI and never when it was promised."""
    named = os.environ.get("LANTIAN_REFERENCE_DATA")
    if named and Path(named).is_dir():
        return Path(named)
    if named or os.environ.get("CI") == "true":
        pytest.fail(f"reference data is missing: LANTIAN_REFERENCE_DATA={named!r} is not a folder")
    pytest.skip("real data is not here: set LANTIAN_REFERENCE_DATA to its folder to run this test")


@pytest.fixture(scope="session")
def rulebook() -> Rulebook:
    """The packaged law, with no city's overrides."""
    return Rulebook.packaged()


# ---------------------------------------------------------------------------------------------- ledgers


@dataclass(slots=True)
class PostgresServer:
    """A PostgreSQL of the test run's own, on a socket in its folder; one database a test."""

    folder: Path
    made: int = 0

    def url(self, name: str) -> str:
        return f"postgresql://lantian@/{name}?host={self.folder}"

    def database(self, template: str) -> str:
        """Make a fresh database and return its name."""
        self.made += 1
        self.say(f'CREATE DATABASE "t{self.made}" TEMPLATE "{template}"')
        return f"t{self.made}"

    def drop(self, name: str) -> None:
        self.say(f'DROP DATABASE "{name}" WITH (FORCE)')

    def say(self, command: str) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(command)  # type: ignore[call-overload]


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[PostgresServer]:
    """A running PostgreSQL with a made ledger as template; it ends with the process that runs the tests."""
    programs = _postgresql_programs()
    folder = Path(tempfile.mkdtemp(prefix="lantian-pg-", dir=_short_folder()))
    data = folder / "data"
    unprivileged: list[str] = []
    if os.geteuid() == 0:  # PostgreSQL never runs as root
        shutil.chown(folder, "postgres", "postgres")
        unprivileged = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
    subprocess.run(
        [*unprivileged, programs / "initdb", "-D", data, "-U", "lantian", "-A", "trust", "-E", "UTF8",
         "--locale=C", "--no-sync"],
        check=True, stdout=subprocess.DEVNULL, cwd=folder,
    )  # fmt: skip
    fast = "fsync=off synchronous_commit=off full_page_writes=off max_connections=60 shared_buffers=16MB"
    options = [word for pair in fast.split() for word in ("-c", pair)]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(
            [*(unprivileged or ["setpriv"]), "--pdeathsig", "INT", programs / "postgres", "-D", data, "-k", folder,
             "-c", "listen_addresses=", *options],
            stdout=subprocess.DEVNULL, stderr=log, cwd=folder,
        )  # fmt: skip
    try:
        ready = PostgresServer(folder)
        _wait(ready, server)
        ready.say(f'CREATE DATABASE "{_TEMPLATE}"')
        _made(ready.url(_TEMPLATE))
        yield ready
    finally:
        server.send_signal(signal.SIGINT)  # "fast": waits for no client
        server.wait(_START_SECONDS)
        shutil.rmtree(folder)


def _short_folder() -> Path:
    """Where a socket's path stays short: in memory where there is room for a database a test, else on disk."""
    memory = Path("/dev/shm")
    roomy = memory.is_dir() and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > _ROOM_BYTES
    return memory if roomy else Path("/tmp")


def _postgresql_programs() -> Path:
    """Folder of the newest PostgreSQL here; without one the test is skipped, but never under CI."""
    found = [Path(path).parent for path in [shutil.which("initdb")] if path]
    found += [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    if found and shutil.which("setpriv"):
        return max(found, key=lambda path: (path.parent.name.isdigit(), path.parent.name.rjust(4)))
    if os.environ.get("CI") == "true":
        pytest.fail("PostgreSQL is not here, and CI proves both databases: apt-get install postgresql")
    pytest.skip("PostgreSQL is not here: apt-get install postgresql to run this test on it too")


def _wait(ready: PostgresServer, server: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + _START_SECONDS
    while True:
        try:
            ready.say("SELECT 1")
        except psycopg.OperationalError:
            if server.poll() is not None or time.monotonic() > until:
                pytest.fail((ready.folder / "log").read_text("utf-8", errors="replace"))
            time.sleep(0.05)
        else:
            return


def _made(url: str) -> None:
    ledger = Ledger(url)
    ledger.make("changzhi", simulated=True, at=MADE_AT)
    ledger.close()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A made ledger, to be copied."""
    path = tmp_path_factory.mktemp("ledger") / "ledger.db"
    _made(f"sqlite:///{path}")
    return path


@pytest.fixture(params=["sqlite", "postgresql"])
def ledger_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """URL of a fresh simulated ledger of Changzhi, on both databases."""
    if request.param == "sqlite":
        template = request.getfixturevalue("sqlite_template")
        yield f"sqlite:///{shutil.copy(template, tmp_path / 'ledger.db')}"
        return
    server = request.getfixturevalue("postgresql_server")
    name = server.database(_TEMPLATE)
    yield server.url(name)
    server.drop(name)


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """URL of a database that holds nothing yet, on both databases."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
        return
    server = request.getfixturevalue("postgresql_server")
    name = server.database("template0")
    yield server.url(name)
    server.drop(name)


@pytest.fixture
def ledger(ledger_url: str) -> Iterator[Ledger]:
    """A fresh simulated ledger of Changzhi, on both databases."""
    opened = Ledger(ledger_url)
    yield opened
    opened.close()

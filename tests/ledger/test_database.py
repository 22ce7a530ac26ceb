"""The ledger says once what a workspace is, and keeps instants aware."""

import sqlite3
import threading
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import insert, select, update

from lantian.ledger import Ledger
from lantian.ledger.schema import runs, workspace
from lantian.terms.errors import HouseError

NOON = datetime(2026, 3, 1, 12, tzinfo=timezone(timedelta(hours=8)))


@pytest.fixture
def ledger(tmp_path: Path):
    made = Ledger(tmp_path / "ledger.db")
    made.make("changzhi", simulated=True, at=NOON)
    yield made
    made.close()


def test_identity_is_said_once_and_for_ever(ledger: Ledger):
    ledger.make("another", simulated=False, at=NOON)
    assert ledger.identity() == ("changzhi", True)


def test_instants_come_back_aware_and_in_utc(ledger: Ledger):
    with ledger.read() as connection:
        made_at = connection.execute(select(workspace.c.made_at)).scalar_one()
    assert made_at == NOON
    assert made_at.tzinfo is UTC


def test_naive_instants_are_refused(ledger: Ledger):
    with pytest.raises(Exception, match="aware instants only"), ledger.write() as connection:
        connection.execute(update(workspace).values(made_at=datetime(2026, 3, 1)))  # noqa: DTZ001 - the fault itself


def test_a_failed_decision_leaves_nothing(ledger: Ledger):
    with pytest.raises(RuntimeError), ledger.write() as connection:
        connection.execute(update(workspace).values(city="half"))
        raise RuntimeError
    assert ledger.identity() == ("changzhi", True)


def test_a_file_that_is_no_ledger_is_named(tmp_path: Path):
    sqlite3.connect(tmp_path / "other.db").close()
    other = Ledger(tmp_path / "other.db")
    with pytest.raises(HouseError, match="not a Lantian ledger"):
        other.identity()
    other.close()


def test_a_newer_schema_is_refused(ledger: Ledger):
    with ledger.write() as connection:
        connection.execute(update(workspace).values(schema_version=99))
    with pytest.raises(HouseError, match="schema 99"):
        ledger.identity()


def test_two_writers_wait_for_each_other_and_lose_nothing(ledger: Ledger):
    def add(name: str) -> None:
        for n in range(20):
            with ledger.write() as connection:
                connection.execute(
                    insert(runs).values(
                        id=f"{name}{n}", what="w", for_when="", inputs={}, state="done", done=1, message="",
                        code_version="", made_at=NOON,
                    )
                )  # fmt: skip

    threads = [threading.Thread(target=add, args=(name,)) for name in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with ledger.read() as connection:
        assert len(connection.execute(select(runs.c.id)).all()) == 40

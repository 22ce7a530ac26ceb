"""The ledger says once what a workspace is, and keeps instants aware."""

import sqlite3
import threading
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import insert, select, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from lantian.ledger import Ledger
from lantian.ledger.models import EvidenceLink, Run, Workspace
from lantian.terms.errors import CallerError, HouseError

MADE_AT = datetime(2024, 4, 1, tzinfo=UTC)
NOON = datetime(2026, 3, 1, 12, tzinfo=timezone(timedelta(hours=8)))


def test_identity_is_said_once_and_for_ever(ledger: Ledger):
    ledger.make("another", simulated=False, at=NOON)
    assert ledger.identity() == ("changzhi", True)


def test_instants_come_back_aware_and_in_utc(ledger: Ledger):
    with ledger.read() as session:
        made_at = session.execute(select(Workspace.made_at)).scalar_one()
    assert made_at == MADE_AT
    assert made_at.tzinfo is UTC


def test_naive_instants_are_refused(ledger: Ledger):
    with pytest.raises(Exception, match="aware instants only"), ledger.write() as session:
        session.execute(update(Workspace).values(made_at=datetime(2026, 3, 1)))  # noqa: DTZ001 - the fault itself


def test_a_failed_decision_leaves_nothing(ledger: Ledger):
    with pytest.raises(RuntimeError), ledger.write() as session:
        session.execute(update(Workspace).values(city="half"))
        raise RuntimeError
    assert ledger.identity() == ("changzhi", True)


def test_a_file_that_is_no_ledger_is_named(tmp_path: Path):
    sqlite3.connect(tmp_path / "other.db").close()
    other = Ledger(tmp_path / "other.db")
    with pytest.raises(HouseError, match="not a Lantian ledger"):
        other.identity()
    other.close()


def test_two_writers_wait_for_each_other_and_lose_nothing(ledger: Ledger):
    def add(name: str) -> None:
        for n in range(20):
            with ledger.write() as session:
                session.execute(
                    insert(Run).values(
                        id=f"{name}{n}", what="w", for_when="", inputs={}, state="done", done=1, message="",
                        code_version="", made_at=NOON,
                    )
                )  # fmt: skip

    threads = [threading.Thread(target=add, args=(name,)) for name in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with ledger.read() as session:
        assert len(session.execute(select(Run.id)).all()) == 40


def test_a_reader_sees_one_state_however_long_it_takes(ledger: Ledger):
    with ledger.read() as session:
        before = session.execute(select(Workspace.city)).scalar_one()
        with ledger.write() as other:
            other.execute(update(Workspace).values(city="elsewhere"))
        assert session.execute(select(Workspace.city)).scalar_one() == before
    assert ledger.identity() == ("elsewhere", True)


def test_a_reader_writes_nothing(ledger: Ledger):
    with suppress(DBAPIError), ledger.read() as session:
        session.execute(update(Workspace).values(city="elsewhere"))
    assert ledger.identity() == ("changzhi", True)


def test_a_writer_that_waits_too_long_is_told(ledger: Ledger, ledger_url: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("lantian.ledger.database._BUSY_MILLISECONDS", 50)
    other = Ledger(ledger_url)
    with ledger.write() as session:
        session.execute(update(Workspace).values(city="elsewhere"))
        with pytest.raises(HouseError, match="who else holds it"), other.write() as waiting:
            waiting.execute(select(Workspace))
    other.close()


def test_a_password_stands_in_no_message(tmp_path: Path):
    ledger = Ledger(f"postgresql://lantian:hush@/city?host={tmp_path}")
    assert ledger.name.startswith("postgresql+psycopg://lantian:***@")
    with pytest.raises(HouseError) as caught:
        ledger.identity()
    assert "hush" not in str(caught.value)
    ledger.close()


@pytest.mark.parametrize("url", ["mysql://u:hush@h/d", "nonsense with hush", "oracle://hush@h"])
def test_a_url_that_is_no_ledger_is_refused_without_repeating_it(url: str):
    with pytest.raises(CallerError, match="postgresql://user@host/name") as caught:
        Ledger(url)
    assert "hush" not in str(caught.value)


def test_a_link_to_nothing_is_refused_by_both(ledger: Ledger):
    link = {"id": "l", "file_id": "nothing", "subject": "s", "note": "", "linked_by": "a", "linked_at": NOON}
    with pytest.raises(IntegrityError), ledger.write() as session:
        session.execute(insert(EvidenceLink).values(link))

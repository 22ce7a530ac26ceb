"""The database itself refuses to change the chain."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from lantian.ledger import Ledger, append_entry
from lantian.ledger.guards import missing_guards

NOON = datetime(2024, 4, 8, 4, tzinfo=UTC)


@pytest.fixture
def filled(ledger: Ledger) -> Ledger:
    with ledger.write() as session:
        for number in (1, 2):
            append_entry(session, at=NOON, actor="office", kind="k", subject=f"s:{number}", payload={"n": number})
    return ledger


COPY = "SELECT {} , id || 'x', at, actor, kind, subject, payload, previous, hash FROM entries WHERE number = 1"


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("UPDATE entries SET payload = '{}' WHERE number = 1", "never changed"),
        ("DELETE FROM entries WHERE number = 2", "never deleted"),
        ("UPDATE entry_head SET number = 1", "one by one"),
        ("UPDATE entry_head SET hash = 'x'", "one by one"),
        ("UPDATE entry_head SET number = 4", "one by one"),
        ("DELETE FROM entry_head", "never deleted"),
        ("INSERT INTO entry_head VALUES (2, 0, 'x')", "one head"),
    ],
)
def test_the_chain_is_only_ever_appended_to(filled: Ledger, command: str, said: str):
    with pytest.raises(DBAPIError, match=said), filled.write() as session:
        session.execute(text(command))
    with filled.read() as session:
        assert session.execute(text("SELECT count(*), max(number) FROM entries")).one() == (2, 2)
        assert session.execute(text("SELECT number FROM entry_head")).scalar_one() == 2


@pytest.mark.parametrize(
    ("ledger_url", "command", "said"),
    [
        ("sqlite", "INSERT OR REPLACE INTO entries " + COPY.format("1"), "only appended"),
        ("sqlite", "INSERT INTO entries " + COPY.format("9"), "only appended"),
        ("sqlite", "INSERT OR REPLACE INTO entry_head VALUES (1, 0, 'x')", "one head"),
        ("postgresql", "TRUNCATE entries", "never deleted"),
        ("postgresql", "TRUNCATE entry_head", "never deleted"),
    ],
    indirect=["ledger_url"],
)
def test_no_side_door_of_one_database_is_left_open(filled: Ledger, command: str, said: str):
    with pytest.raises(DBAPIError, match=said), filled.write() as session:
        session.execute(text(command))
    with filled.read() as session:
        assert session.execute(text("SELECT count(*) FROM entries")).scalar_one() == 2


def test_every_guard_stands_in_a_new_ledger(ledger: Ledger):
    with ledger.read() as session:
        assert missing_guards(session.connection()) == ()


def drop(ledger: Ledger, guard: str) -> None:
    where = "" if ledger.url.get_backend_name() == "sqlite" else f" ON {guard.split('_', 1)[0]}"
    with ledger.write() as session:
        session.execute(text(f"DROP TRIGGER {guard}{where}"))


def test_a_dropped_guard_is_missed_by_name(ledger: Ledger):
    drop(ledger, "entries_never_changed")
    with ledger.read() as session:
        assert missing_guards(session.connection()) == ("entries_never_changed",)


HARMLESS_SQLITE = (
    "DROP TRIGGER entries_never_deleted;"
    "CREATE TRIGGER entries_never_deleted BEFORE DELETE ON entries BEGIN SELECT 1; END"
)
HARMLESS_POSTGRESQL = (
    "CREATE OR REPLACE FUNCTION lantian_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$"
)


@pytest.mark.parametrize(
    ("ledger_url", "command", "missed"),
    [
        (
            "sqlite",
            HARMLESS_SQLITE,
            "entries_never_deleted",
        ),
        ("postgresql", "ALTER TABLE entries DISABLE TRIGGER entries_never_deleted", "entries_never_deleted"),
        (
            "postgresql",
            HARMLESS_POSTGRESQL,
            "entry_head_only_forwards",
        ),
    ],
    indirect=["ledger_url"],
)
def test_a_guard_that_was_made_harmless_is_missed_too(ledger: Ledger, command: str, missed: str):
    parts = command.split(";", 1) if command.startswith("DROP") else [command]
    with ledger.write() as session:
        for part in parts:
            session.execute(text(part))
    with ledger.read() as session:
        assert missed in missing_guards(session.connection())

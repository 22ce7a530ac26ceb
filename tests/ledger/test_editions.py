"""A ledger knows its edition, comes to the newest one whole, and refuses to be read by the wrong program."""

import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import select, text

from lantian.ledger import Ledger, append_entry
from lantian.ledger.accounts import (
    log_in,
    make_first_administrator,
    needs_first_administrator,
    set_password,
)
from lantian.ledger.chain import verify_chain
from lantian.ledger.editions import EDITIONS, HEAD, migrate
from lantian.ledger.migrations.__main__ import draft
from lantian.ledger.models import ExceptionalEvent, Row, Run
from lantian.ledger.users import list_users
from lantian.terms.errors import HouseError

RELEASED = (Path(__file__).parent / "released.sql").read_text("utf-8")
"""A ledger as the first release made and filled it."""


SECOND = (Path(__file__).parent / "released_0002.sql").read_text("utf-8")
"""A ledger as edition 0002 made it and filled it with people."""


def made_from(script: str, path: Path) -> Ledger:
    connection = sqlite3.connect(path)
    connection.executescript(script)
    connection.close()
    return Ledger(path)


@pytest.fixture
def released(tmp_path: Path):
    ledger = made_from(RELEASED, tmp_path / "ledger.db")
    yield ledger
    ledger.close()


@pytest.fixture
def second(tmp_path: Path):
    ledger = made_from(SECOND, tmp_path / "second.db")
    yield ledger
    ledger.close()


def columns(ledger: Ledger) -> list[object]:
    """What Alembic would still have to change."""
    with ledger.read() as session:
        context = MigrationContext.configure(
            session.connection(), opts={"compare_type": True, "compare_server_default": True}
        )
        return list(compare_metadata(context, Row.metadata))


def test_a_migrated_ledger_has_exactly_the_tables_of_the_models(ledger: Ledger):
    assert columns(ledger) == []
    assert ledger.edition() == HEAD


def test_the_draft_of_a_new_edition_is_empty_while_nothing_changed():
    assert [line.strip() for line in draft().splitlines() if not line.strip().startswith("#")] == ["pass"]
    assert "op.create_table('entries'" in draft("0001")


def test_the_first_edition_is_what_the_first_release_made(tmp_path: Path, released: Ledger):
    made = Ledger(tmp_path / "made.db")
    with made.write() as session:
        migrate(session.connection(), "0001")

    def shape(ledger: Ledger) -> list[object]:
        with ledger.read() as session:
            return [
                (table, [tuple(row)[1:] for row in session.execute(text(f"PRAGMA table_info({table})"))])
                for table in ("workspace", "exceptional_events", "runs")
            ]

    assert shape(made) == shape(released)
    made.close()


def test_the_second_edition_is_what_it_was_when_it_was_released(tmp_path: Path, second: Ledger):
    made = Ledger(tmp_path / "made.db")
    with made.write() as session:
        migrate(session.connection(), "0002")

    def shape(ledger: Ledger) -> list[tuple[str, str]]:
        with ledger.read() as session:
            rows = session.execute(text("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name"))
            return [(row.name, row.sql) for row in rows]

    assert shape(made) == shape(second)
    made.close()


def test_people_of_the_second_edition_keep_their_roles_and_can_be_given_passwords(second: Ledger, tmp_path: Path):
    assert second.edition() == "0002"
    with pytest.raises(HouseError, match="lantian ledger upgrade"):
        second.identity()
    assert second.upgrade() == tmp_path / "second.edition-0002.db"
    assert columns(second) == []
    assert verify_chain(second).sound
    assert [card.roles for card in list_users(second)] == [("enterprise:PLANT",), ("admin",)]
    at = datetime(2026, 4, 1, tzinfo=UTC)
    assert needs_first_administrator(second)
    make_first_administrator(second, "root", "管理员", "four quiet chimneys", at=at)
    set_password(second, "plant", "seven loud magpies", by="root", at=at)
    held = log_in(second, "plant", "seven loud magpies", address="", agent="", at=at)
    assert held.account.scope.bodies == {"PLANT"}


def test_every_edition_is_one_revision_in_order():
    config = Config()
    config.set_main_option("script_location", "lantian.ledger:migrations")
    revisions = [script.revision for script in ScriptDirectory.from_config(config).walk_revisions()]
    assert tuple(reversed(revisions)) == EDITIONS


def test_a_ledger_of_the_first_release_says_how_to_bring_it_up_to_date(released: Ledger):
    assert released.edition() == "0001"
    with pytest.raises(HouseError, match="lantian ledger upgrade"):
        released.identity()


def test_an_upgrade_keeps_every_row_and_a_copy(released: Ledger, tmp_path: Path):
    kept = released.upgrade()
    assert kept == tmp_path / "ledger.edition-0001.db"
    assert released.identity() == ("changzhi", True)
    assert columns(released) == []
    with released.read() as session:
        [event] = session.scalars(select(ExceptionalEvent))
        [run] = session.scalars(select(Run))
    assert (event.reason, event.first_hour) == ("卫星云图", datetime(2026, 3, 14, 22, tzinfo=UTC))
    assert (run.inputs, run.result, run.done) == ({"first": "2026-01-01"}, {"rows": 12}, 1.0)
    with released.write() as session:
        append_entry(session, at=datetime.now(UTC), actor="a", kind="k", subject="s", payload={})
    assert verify_chain(released).sound
    copy = Ledger(kept)
    assert copy.edition() == "0001"
    copy.close()


def test_an_upgrade_that_fails_leaves_the_ledger_as_it_was(released: Ledger):
    with released.write() as session:
        session.execute(text("CREATE TABLE measures (id INTEGER)"))  # in the way of the new one
    with pytest.raises(HouseError, match="measures"):
        released.upgrade()
    assert released.edition() == "0001"
    with released.read() as session:
        assert session.execute(text("SELECT schema_version FROM workspace")).scalar_one() == 1


def test_upgrading_twice_changes_nothing(ledger: Ledger):
    ledger.upgrade()
    assert ledger.identity() == ("changzhi", True)


def test_an_edition_that_is_not_known_here_is_refused_and_left_alone(ledger: Ledger):
    with ledger.write() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(HouseError, match="9999, which this Lantian does not know"):
        ledger.identity()
    with pytest.raises(HouseError, match="newer one"):
        ledger.upgrade()


def test_a_schema_that_no_release_had_is_refused(released: Ledger):
    with released.write() as session:
        session.execute(text("UPDATE workspace SET schema_version = 7"))
    with pytest.raises(HouseError, match="schema 7"):
        released.upgrade()


def test_a_database_that_holds_nothing_is_no_ledger(empty_url: str):
    empty = Ledger(empty_url)
    assert empty.edition() is None
    with pytest.raises(HouseError, match="not a Lantian ledger"):
        empty.identity()
    empty.make("changzhi", simulated=False, at=datetime(2026, 3, 1, tzinfo=UTC))
    assert empty.identity() == ("changzhi", False)
    empty.close()

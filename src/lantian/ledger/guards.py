"""Triggers that refuse to change the chain, on both databases; `verify_chain` looks whether they still stand.

Since edition 0002. Another wording needs another migration: what stands here is what that one made.
"""

from sqlalchemy import Connection, text

_SQLITE = {
    "entries_never_changed": (
        "CREATE TRIGGER entries_never_changed BEFORE UPDATE ON entries "
        "BEGIN SELECT RAISE(ABORT, 'entries are never changed'); END"
    ),
    "entries_never_deleted": (
        "CREATE TRIGGER entries_never_deleted BEFORE DELETE ON entries "
        "BEGIN SELECT RAISE(ABORT, 'entries are never deleted'); END"
    ),
    # INSERT OR REPLACE deletes without a word to the trigger above
    "entries_only_appended": (
        "CREATE TRIGGER entries_only_appended BEFORE INSERT ON entries "
        "WHEN NEW.number <> (SELECT coalesce(max(number), 0) + 1 FROM entries) "
        "OR EXISTS (SELECT 1 FROM entries WHERE id = NEW.id) "
        "BEGIN SELECT RAISE(ABORT, 'entries are only appended'); END"
    ),
    "entry_head_never_deleted": (
        "CREATE TRIGGER entry_head_never_deleted BEFORE DELETE ON entry_head "
        "BEGIN SELECT RAISE(ABORT, 'the head of the chain is never deleted'); END"
    ),
    "entry_head_made_once": (
        "CREATE TRIGGER entry_head_made_once BEFORE INSERT ON entry_head "
        "BEGIN SELECT RAISE(ABORT, 'the chain has one head'); END"
    ),
    "entry_head_only_forwards": (
        "CREATE TRIGGER entry_head_only_forwards BEFORE UPDATE ON entry_head "
        "WHEN NEW.id <> OLD.id OR NEW.number <> OLD.number + 1 "
        "BEGIN SELECT RAISE(ABORT, 'the head moves forwards one by one'); END"
    ),
}
_POSTGRES_FUNCTION = (
    "CREATE FUNCTION lantian_refuse() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION '%', TG_ARGV[0]; END $$"
)
_POSTGRES_WHEN = {
    "entries_never_changed": ("UPDATE ON entries FOR EACH ROW", "entries are never changed"),
    "entries_never_deleted": ("DELETE ON entries FOR EACH ROW", "entries are never deleted"),
    "entries_never_emptied": ("TRUNCATE ON entries FOR EACH STATEMENT", "entries are never deleted"),
    "entry_head_never_deleted": ("DELETE ON entry_head FOR EACH ROW", "the head of the chain is never deleted"),
    "entry_head_never_emptied": (
        "TRUNCATE ON entry_head FOR EACH STATEMENT",
        "the head of the chain is never deleted",
    ),
    "entry_head_made_once": ("INSERT ON entry_head FOR EACH ROW", "the chain has one head"),
    "entry_head_only_forwards": (
        "UPDATE ON entry_head FOR EACH ROW WHEN (NEW.id <> OLD.id OR NEW.number <> OLD.number + 1)",
        "the head moves forwards one by one",
    ),
}
_POSTGRES_STANDING = text(
    "SELECT t.tgname AS name, t.tgenabled AS enabled, p.prosrc AS source, pg_get_triggerdef(t.oid) AS made "
    "FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid "
    "WHERE NOT t.tgisinternal AND t.tgrelid IN (to_regclass('entries'), to_regclass('entry_head'))"
)


def put_guards(connection: Connection) -> None:
    """Make the triggers, in a ledger that has its head."""
    if connection.dialect.name == "sqlite":
        for made in _SQLITE.values():
            connection.exec_driver_sql(made)
        return
    connection.exec_driver_sql(_POSTGRES_FUNCTION.replace("%", "%%"))
    for name, (when, words) in _POSTGRES_WHEN.items():
        connection.exec_driver_sql(
            f"CREATE TRIGGER {name} BEFORE {when} EXECUTE FUNCTION lantian_refuse('{words}')"
        )


def missing_guards(connection: Connection) -> tuple[str, ...]:
    """Names of triggers that are gone, switched off or say something else, in the order they were made."""
    if connection.dialect.name == "sqlite":
        rows = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"))
        held = {row.name: row.sql for row in rows}
        return tuple(name for name, made in _SQLITE.items() if held.get(name) != made)
    body = _POSTGRES_FUNCTION.split("$$")[1]
    standing = {
        row.name: row.made
        for row in connection.execute(_POSTGRES_STANDING)
        if row.enabled in {"O", "A", b"O", b"A"} and row.source == body
    }
    return tuple(
        name
        for name, (when, words) in _POSTGRES_WHEN.items()
        if when.split(" ", maxsplit=1)[0] not in standing.get(name, "") or words not in standing.get(name, "")
    )

"""Which edition of its tables a ledger has, and how it comes to the newest (Alembic below)."""

from sqlalchemy import Connection, inspect, text

from lantian.terms.errors import HouseError

EDITIONS = ("0001", "0002", "0003")
"""Every edition, oldest first: the revisions in ``migrations/versions``."""
HEAD = EDITIONS[-1]
_RELEASED = EDITIONS[0]
"""Edition of ledgers that were made before editions were written down."""
_RELEASED_SAYS = 1


def edition_of(connection: Connection) -> str | None:
    """Return the edition of a ledger; None where there is no ledger yet."""
    tables = set(inspect(connection).get_table_names())
    if "alembic_version" in tables:
        held = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
        if held is not None:
            return str(held)
    if "workspace" not in tables:
        return None
    said = connection.execute(text("SELECT schema_version FROM workspace")).scalar()
    return _RELEASED if said == _RELEASED_SAYS else f"schema {said}"


def check_edition(connection: Connection, name: str, *, older: bool = False) -> str:
    """Return the edition of a ledger, refusing one whose tables this program does not know.

    Raises
    ------
    HouseError
        No ledger, one of an older edition unless `older` ones will do, or one that is not known here.
    """
    held = edition_of(connection)
    if held is None:
        raise HouseError(
            "{path} is not a Lantian ledger. Make a workspace with `lantian init`.",
            path=name,
        )
    if held == HEAD or (older and held in EDITIONS):
        return held
    if held in EDITIONS:
        raise HouseError(
            "The ledger {path} has edition {held}, this Lantian works with {head}. Bring it up to date with "
            "`lantian ledger upgrade`.",
            path=name,
            held=held,
            head=HEAD,
        )
    raise HouseError(
        "The ledger {path} has edition {held}, which this Lantian does not know; its newest is {head}. Use the "
        "Lantian that made it, or a newer one.",
        path=name,
        held=held,
        head=HEAD,
    )


def migrate(connection: Connection, edition: str = HEAD) -> None:
    """Bring the tables to an edition, by default the newest, within the connection's transaction."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", "lantian.ledger:migrations")
    config.attributes["connection"] = connection
    tables = set(inspect(connection).get_table_names())
    if "workspace" in tables and "alembic_version" not in tables:
        command.stamp(config, _RELEASED)
    command.upgrade(config, edition)

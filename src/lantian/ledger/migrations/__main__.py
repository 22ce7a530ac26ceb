"""Print the operations that a new edition needs: ``python -m lantian.ledger.migrations [EDITION]``.

They lead from an edition, by default the newest, to the tables as `lantian.ledger.models` has them now. Copy
them into a new module of `versions` and add its number to `lantian.ledger.editions`.
"""

import sys
import tempfile
from pathlib import Path
from typing import Any, Literal

from alembic.autogenerate import produce_migrations, render_python_code
from alembic.migration import MigrationContext
from sqlalchemy.types import TypeDecorator, TypeEngine

from lantian.ledger.database import Ledger
from lantian.ledger.editions import HEAD, migrate
from lantian.ledger.models import Row


def draft(edition: str = HEAD) -> str:
    """Return Python for the difference between an edition and the models; ``pass`` where there is none."""
    with tempfile.TemporaryDirectory() as folder:
        ledger = Ledger(Path(folder) / "ledger.db")
        with ledger.write() as session:
            connection = session.connection()
            migrate(connection, edition)
            context = MigrationContext.configure(
                connection, opts={"target_metadata": Row.metadata, "compare_type": True}
            )
            operations = produce_migrations(context, Row.metadata).upgrade_ops
            if operations is None:
                msg = "Alembic compared nothing"
                raise TypeError(msg)
            code = render_python_code(operations, render_item=_rendered, migration_context=context)
        ledger.close()
    return code


def _rendered(kind: str, item: Any, _: Any) -> str | Literal[False]:
    """Write a column's plain type: a migration must not change when the program's own types do."""
    if kind == "type" and isinstance(item, TypeDecorator):
        plain: TypeEngine[Any] = item.impl_instance
        return f"sa.{plain!r}"
    return False


if __name__ == "__main__":
    sys.stdout.write(draft(*sys.argv[1:]) + "\n")

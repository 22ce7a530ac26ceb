"""What people decided and what ran: one SQL database per workspace (SQLite by default)."""

from lantian.ledger.database import Ledger
from lantian.ledger.schema import SCHEMA_VERSION

__all__ = ["SCHEMA_VERSION", "Ledger"]

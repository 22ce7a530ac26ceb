"""What people decided and what ran: one SQL database per workspace (SQLite by default, PostgreSQL by URL)."""

from lantian.ledger.database import Ledger
from lantian.ledger.entries import append_entry

__all__ = ["Ledger", "append_entry"]

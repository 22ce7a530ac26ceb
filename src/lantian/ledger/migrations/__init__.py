"""Editions of the ledger's tables, one module each in `versions`; Alembic runs them."""

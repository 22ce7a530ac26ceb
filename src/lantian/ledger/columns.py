"""Column types that every table of the ledger shares: instants, money, exact numbers."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, DateTime, Dialect, String
from sqlalchemy.types import TypeDecorator

_FEN = 100
ID = String(36)
"""A UUIDv7 as text."""
KEY = String(80)
"""A code that people use: body id, measure key, role."""
NAME = String(300)


class UtcDateTime(TypeDecorator[datetime]):
    """An instant: aware in Python, UTC in the database (SQLite gives naive ones back)."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse naive instants and store UTC."""
        del dialect
        if value is None:
            return None
        if value.tzinfo is None:
            msg = f"the ledger takes aware instants only, not {value!r}"
            raise ValueError(msg)
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:
        """Give the instant back as aware UTC."""
        del dialect
        return None if value is None else value.replace(tzinfo=UTC)


class Yuan(TypeDecorator[Decimal]):
    """Money: `Decimal` yuan in Python, whole fen in the database (SQLite would keep a float)."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> int | None:
        """Store fen; a fraction of a fen is refused, never rounded away."""
        del dialect
        if value is None:
            return None
        fen = value * _FEN
        if fen != fen.to_integral_value():
            msg = f"money is kept in whole fen, not {value}"
            raise ValueError(msg)
        return int(fen)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> Decimal | None:
        """Give yuan back."""
        del dialect
        return None if value is None else Decimal(value) / _FEN


class Exact(TypeDecorator[Decimal]):
    """A number exactly as it was written: `Decimal` in Python, its text in the database."""

    impl = String(40)
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> str | None:
        """Store the digits."""
        del dialect
        return None if value is None else str(value)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> Decimal | None:
        """Give the number back."""
        del dialect
        return None if value is None else Decimal(value)

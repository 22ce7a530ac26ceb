"""What every table of the ledger descends from."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, Date, MetaData
from sqlalchemy.orm import DeclarativeBase

from lantian.ledger.columns import Exact, UtcDateTime

_NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
"""Constraints have names, so that a migration can speak of them."""


class Row(DeclarativeBase):
    """A row of the ledger; the type of a field says how it is stored."""

    metadata = MetaData(naming_convention=_NAMES)
    type_annotation_map = {  # noqa: RUF012 - the name and kind are SQLAlchemy's
        datetime: UtcDateTime,
        date: Date,
        Decimal: Exact,
        dict[str, Any]: JSON,
        list[Any]: JSON,
    }

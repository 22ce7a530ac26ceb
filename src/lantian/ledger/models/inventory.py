"""Editions of the emission inventory: who opened a year's book, from which other, and who closed it."""

from datetime import datetime
from typing import Any

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from lantian.ledger.columns import ID, KEY, NAME
from lantian.ledger.models.row import Row


class InventoryEdition(Row):
    """One year's book of sources (清单版本); its rows stand in the lake under its key."""

    __tablename__ = "inventory_editions"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    key: Mapped[str] = mapped_column(KEY, unique=True)
    """What people and the lake call it: ``2025``."""
    year: Mapped[int]
    name: Mapped[str] = mapped_column(NAME)
    parent: Mapped[str | None] = mapped_column(KEY)
    """Key of the edition that it was rolled forward from."""
    carried: Mapped[dict[str, Any]]
    """Growth and closures by which it was."""
    state: Mapped[str] = mapped_column(String(20))
    """``draft`` or ``closed``; a closed one is never changed again."""
    reason: Mapped[str] = mapped_column(Text)
    simulated: Mapped[bool]
    made_at: Mapped[datetime]
    made_by: Mapped[str] = mapped_column(NAME)
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[str | None] = mapped_column(NAME)
    closed_because: Mapped[str | None] = mapped_column(Text)

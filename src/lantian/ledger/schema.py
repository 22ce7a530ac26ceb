"""Tables of the ledger."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    DateTime,
    Dialect,
    Float,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
)
from sqlalchemy.types import TypeDecorator

SCHEMA_VERSION = 1


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


metadata = MetaData()

workspace = Table(
    "workspace",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("schema_version", Integer, nullable=False),
    Column("city", String(200), nullable=False),
    Column("simulated", Boolean, nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
)
"""One row: what this workspace is for ever."""

exceptional_events = Table(
    "exceptional_events",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("code", String(12), nullable=False),
    Column("first_hour", UtcDateTime, nullable=False),
    Column("end", UtcDateTime, nullable=False),
    Column("reason", Text, nullable=False),
    Column("approved_by", String(200), nullable=False),
    Column("approved_at", UtcDateTime, nullable=False),
    Column("withdrawn_by", String(200)),
    Column("withdrawn_at", UtcDateTime),
    Column("withdrawn_because", Text),
    Index("ix_exceptional_events_code", "code", "first_hour"),
)
"""Dust periods that a person approved (沙尘影响时段), per county or city; a withdrawn one stays as a row."""

runs = Table(
    "runs",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("what", String(100), nullable=False),
    Column("for_when", String(100), nullable=False),
    Column("inputs", JSON, nullable=False),
    Column("state", String(20), nullable=False),
    Column("done", Float, nullable=False),
    Column("message", Text, nullable=False),
    Column("result", JSON),
    Column("error", Text),
    Column("code_version", String(50), nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
    Column("started_at", UtcDateTime),
    Column("ended_at", UtcDateTime),
    Index("ix_runs_what", "what", "for_when"),
)
"""Every run of a job: what, for when, inputs, state, progress, result, error."""

"""What this workspace is, which jobs ran, and which dust was approved."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Float, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from lantian.ledger.columns import ID
from lantian.ledger.models.row import Row


class Workspace(Row):
    """One row: what this workspace is for ever."""

    __tablename__ = "workspace"

    id: Mapped[int] = mapped_column(primary_key=True)
    city: Mapped[str] = mapped_column(String(200))
    simulated: Mapped[bool]
    made_at: Mapped[datetime]


class ExceptionalEvent(Row):
    """A dust period that a person approved (沙尘影响时段), per county or city; a withdrawn one stays as a row."""

    __tablename__ = "exceptional_events"
    __table_args__ = (Index("ix_exceptional_events_code", "code", "first_hour"),)

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    code: Mapped[str] = mapped_column(String(12))
    first_hour: Mapped[datetime]
    end: Mapped[datetime]
    reason: Mapped[str] = mapped_column(Text)
    approved_by: Mapped[str] = mapped_column(String(200))
    approved_at: Mapped[datetime]
    withdrawn_by: Mapped[str | None] = mapped_column(String(200))
    withdrawn_at: Mapped[datetime | None]
    withdrawn_because: Mapped[str | None] = mapped_column(Text)


class Run(Row):
    """One run of a job: what, for when, inputs, state, progress, result, error; who asked and who runs it."""

    __tablename__ = "runs"
    __table_args__ = (Index("ix_runs_what", "what", "for_when"), Index("ix_runs_state", "state"))

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    what: Mapped[str] = mapped_column(String(100))
    for_when: Mapped[str] = mapped_column(String(100))
    inputs: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(String(20))
    done: Mapped[float] = mapped_column(Float)
    message: Mapped[str] = mapped_column(Text)
    result: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    error: Mapped[str | None] = mapped_column(Text)
    code_version: Mapped[str] = mapped_column(String(50))
    made_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    requested_by: Mapped[str | None] = mapped_column(String(200))
    """Login, or the schedule; None where a command ran it at once."""
    attempt: Mapped[int] = mapped_column(default=1, server_default="1")
    retries: Mapped[str | None] = mapped_column(ID)
    """The run that this one repeats."""
    worker: Mapped[str | None] = mapped_column(String(200))
    """Process that runs it: host, number, when it began."""
    beat_at: Mapped[datetime | None]
    """When that process last said that it is at it."""
    cancel_by: Mapped[str | None] = mapped_column(String(200))
    """Who wants it to stop."""

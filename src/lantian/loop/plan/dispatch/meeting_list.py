"""Which dispatch meetings were held, and what they decided (调度会台账)."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from lantian.ledger.models import Meeting
from lantian.loop.plan.office import Office
from lantian.loop.plan.queries import required_plan


@dataclass(frozen=True, slots=True)
class MeetingItem:
    """One thing that a meeting decided."""

    words: str
    duty_id: str | None
    organisation_id: str | None
    due: date | None


@dataclass(frozen=True, slots=True)
class MeetingRow:
    """One meeting."""

    id: str
    held_on: date
    month: str
    place: str
    chair: str
    present: tuple[str, ...]
    """Ids of the bodies."""
    items: tuple[MeetingItem, ...]
    file_id: str | None
    """Its minutes."""


def list_meetings(office: Office, *, plan_id: str | None = None) -> tuple[MeetingRow, ...]:
    """List the meetings about a plan, newest first."""
    with office.ledger.read() as session:
        asked = select(Meeting).where(Meeting.plan_id == required_plan(session, plan_id).id)
        rows = session.scalars(asked.order_by(Meeting.held_on.desc(), Meeting.recorded_at.desc()))
        return tuple(
            MeetingRow(
                row.id, row.held_on, row.month, row.place, row.chair, tuple(row.present),
                tuple(_item(item) for item in row.items), row.file_id,
            )
            for row in rows
        )  # fmt: skip


def _item(item: dict[str, Any]) -> MeetingItem:
    due = item["due"]
    return MeetingItem(item["words"], item["duty"], item["body"], None if due is None else date.fromisoformat(due))

"""Dust periods that a person approves or withdraws; without approval nothing is ever deducted."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo

from sqlalchemy import insert, select, update

from lantian.city.records import City
from lantian.ledger import Ledger, append_entry
from lantian.ledger.models import ExceptionalEvent
from lantian.science.dust import ApprovedPeriod, affected_days
from lantian.terms.errors import CallerError
from lantian.terms.ids import uuid7


@dataclass(frozen=True, slots=True)
class DustEvent:
    """One approved period of one county or the city."""

    id: str
    code: str
    period: ApprovedPeriod
    reason: str
    approved_by: str
    approved_at: datetime
    withdrawn_by: str | None
    withdrawn_at: datetime | None

    @property
    def holds(self) -> bool:
        """Whether the approval still stands."""
        return self.withdrawn_at is None


def approve_dust(
    ledger: Ledger,
    city: City,
    codes: tuple[str, ...],
    period: ApprovedPeriod,
    *,
    reason: str,
    by: str,
    now: Callable[[], datetime],
) -> tuple[str, ...]:
    """Approve a period for a city and its counties; approving the same one twice adds nothing.

    Raises
    ------
    CallerError
        An unknown code, no reason, or no name.
    """
    known = {city.adcode, *(county.adcode for county in city.counties)}
    if strange := sorted(set(codes) - known):
        raise CallerError(
            "{strange} is no county of {name_zh} nor the city itself ({adcode}).",
            strange=", ".join(strange),
            name_zh=city.name_zh,
            adcode=city.adcode,
        )
    if not reason.strip() or not by.strip():
        raise CallerError("An approval needs a reason and the name of who gives it; it is kept as evidence.")
    at = now()
    made = []
    with ledger.write() as session:
        for code in codes:
            same = session.execute(
                select(ExceptionalEvent.id).where(
                    ExceptionalEvent.code == code,
                    ExceptionalEvent.first_hour == period.start,
                    ExceptionalEvent.end == period.end,
                    ExceptionalEvent.withdrawn_at.is_(None),
                )
            ).scalar()
            if same is not None:
                continue
            made.append(str(uuid7(at)))
            session.execute(
                insert(ExceptionalEvent).values(
                    id=made[-1], code=code, first_hour=period.start, end=period.end, reason=reason.strip(),
                    approved_by=by.strip(), approved_at=at,
                )
            )  # fmt: skip
            decided = {"code": code, "first_hour": period.start, "end": period.end, "reason": reason.strip()}
            append_entry(
                session, at=at, actor=by.strip(), kind="dust.approved", subject=f"dust:{made[-1]}", payload=decided
            )
    return tuple(made)


def withdraw_dust(
    ledger: Ledger, event_ids: str | Sequence[str], *, reason: str, by: str, now: Callable[[], datetime]
) -> None:
    """Withdraw one approval, or several at once; their rows stay, with who withdrew them and why.

    Raises
    ------
    CallerError
        No such standing approval, no reason, or no name; then none was withdrawn.
    """
    if not reason.strip() or not by.strip():
        raise CallerError("A withdrawal needs a reason and the name of who decides it; it is kept as evidence.")
    at = now()
    with ledger.write() as session:
        for event_id in [event_ids] if isinstance(event_ids, str) else event_ids:
            done = session.execute(
                update(ExceptionalEvent)
                .where(ExceptionalEvent.id == event_id, ExceptionalEvent.withdrawn_at.is_(None))
                .values(withdrawn_by=by.strip(), withdrawn_at=at, withdrawn_because=reason.strip())
                .returning(ExceptionalEvent.id)
            )
            if done.first() is None:
                raise CallerError(
                    "No standing approval {event_id!r}. `lantian dust list` shows those that stand.",
                    event_id=event_id,
                )
            append_entry(
                session,
                at=at,
                actor=by.strip(),
                kind="dust.withdrawn",
                subject=f"dust:{event_id}",
                payload={"reason": reason.strip()},
            )


def list_dust(ledger: Ledger, *, withdrawn: bool = False) -> list[DustEvent]:
    """List approvals in the order of their hours; withdrawn ones only when asked for."""
    query = select(ExceptionalEvent).order_by(ExceptionalEvent.first_hour, ExceptionalEvent.code)
    if not withdrawn:
        query = query.where(ExceptionalEvent.withdrawn_at.is_(None))
    with ledger.read() as session:
        return [
            DustEvent(
                id=row.id,
                code=row.code,
                period=ApprovedPeriod(row.first_hour, row.end),
                reason=row.reason,
                approved_by=row.approved_by,
                approved_at=row.approved_at,
                withdrawn_by=row.withdrawn_by,
                withdrawn_at=row.withdrawn_at,
            )
            for row in session.scalars(query)
        ]


def dust_days(events: list[DustEvent], zone: tzinfo) -> dict[str, frozenset[date]]:
    """Code of a county or the city → legal days that a standing approval touches."""
    codes = {event.code for event in events if event.holds}
    return {
        code: affected_days([event.period for event in events if event.holds and event.code == code], zone)
        for code in codes
    }

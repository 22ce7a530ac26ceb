"""Settings of instruments as they report them (3020): range, slope, intercept; a change is kept as evidence."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from lantian.ledger import Ledger, append_entry
from lantian.ledger.models import DeviceParameter
from lantian.loop.sense.registry import DeviceCard
from lantian.store.journal import Record
from lantian.terms.ids import uuid7
from lantian.wire.hj212.frame import Frame

RANGE, INTERCEPT, SLOPE = "i13001", "i13007", "i13008"
TAMPER_EVIDENT = (RANGE, INTERCEPT, SLOPE)
"""Settings whose change alters every value that follows."""
_SETTING = re.compile(r"i13\d{3}", re.IGNORECASE)
_LONGEST = 400
_PROGRAM = "gateway"


@dataclass(frozen=True, slots=True)
class ParameterChange:
    """A setting that is no longer what it was."""

    mn: str
    factor: str
    code: str
    was: str
    now: str
    reported_for: datetime


def keep_parameters(
    ledger: Ledger, information: Iterable[tuple[Record, DeviceCard, Frame]], zone: ZoneInfo, *, at: datetime
) -> list[ParameterChange]:
    """Keep the settings that field information reports, each value once; return what changed.

    A change of range, intercept or slope also has its entry in the chain.
    """
    changes: list[ParameterChange] = []
    with ledger.write() as session:
        for record, card, frame in information:
            text = frame.data_time
            if text is None:
                continue
            reported = datetime.strptime(text, "%Y%m%d%H%M%S").replace(tzinfo=zone).astimezone(UTC)
            factor = frame.parameters.get("PolId", "")[:20]
            for code, fields in frame.factors.items():
                value = fields.get("Info")
                if value is not None and _SETTING.fullmatch(code):
                    found = _keep(session, record, card.mn, factor, code.lower(), value[:_LONGEST], reported, at)
                    changes += found
    return changes


def _keep(
    session: Session,
    record: Record,
    mn: str,
    factor: str,
    code: str,
    value: str,
    reported: datetime,
    at: datetime,
) -> list[ParameterChange]:
    of_it = (DeviceParameter.mn == mn, DeviceParameter.factor == factor, DeviceParameter.code == code)
    before = session.scalars(
        select(DeviceParameter)
        .where(*of_it, DeviceParameter.reported_for <= reported)
        .order_by(DeviceParameter.reported_for.desc(), DeviceParameter.received_at.desc())
        .limit(1)
    ).first()
    if before is not None and before.value == value:
        return []
    place = str(record.position)
    again = (DeviceParameter.reported_for == reported) & (DeviceParameter.value == value)
    known = select(DeviceParameter.id).where(*of_it, again | (DeviceParameter.place == place))
    if session.scalars(known).first() is not None:
        return []
    session.add(
        DeviceParameter(
            id=str(uuid7(at)), mn=mn, factor=factor, code=code, value=value,
            previous=None if before is None else before.value, reported_for=reported,
            received_at=datetime.fromtimestamp(record.received_us / 1e6, UTC), place=place,
        )
    )  # fmt: skip
    session.flush()
    if before is None:
        return []
    if code in TAMPER_EVIDENT:
        payload = {
            "factor": factor, "code": code, "was": before.value, "now": value, "reported_for": reported,
            "journal": place,
        }  # fmt: skip
        append_entry(
            session,
            at=at,
            actor=_PROGRAM,
            kind="device.parameter_changed",
            subject=f"device:{mn}",
            payload=payload,
        )
    return [ParameterChange(mn, factor, code, before.value, value, reported)]


def list_parameters(ledger: Ledger, mn: str, *, code: str | None = None) -> list[DeviceParameter]:
    """List what is known of a device's settings, oldest first: the history of each is its evidence."""
    with ledger.read() as session:
        question = select(DeviceParameter).where(DeviceParameter.mn == mn)
        if code is not None:
            question = question.where(DeviceParameter.code == code.lower())
        order = (DeviceParameter.factor, DeviceParameter.code, DeviceParameter.reported_for)
        return list(session.scalars(question.order_by(*order)))

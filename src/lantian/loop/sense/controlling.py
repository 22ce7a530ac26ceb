"""Requests to devices (反控): who may ask what, with a reason; how each ended, with its entry in the chain."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from lantian.ledger import Ledger, append_entry
from lantian.ledger.models import ControlRequest, Device, User
from lantian.ledger.people import Role, may
from lantian.loop.sense.gaps import Gap
from lantian.loop.sense.registry import REGISTERED
from lantian.terms.errors import CallerError
from lantian.terms.ids import uuid7
from lantian.wire.hj212.commands import Kind, command, refusal
from lantian.wire.hj212.editions import Edition

PROGRAM = "gateway"
"""Who asks for what nobody has to decide: clocks, gaps, settings."""
BY_ITSELF = frozenset({1011, 1012, 2031, 2051, 2061, 3020})
"""Commands that the gateway may send without a person."""
WAITING, SENT, ACCEPTED = "waiting", "sent", "accepted"
OPEN = (WAITING, SENT, ACCEPTED)
ENDS = ("done", "refused", "failed", "empty", "silent", "expired")
_KEY = 1014
_MAY = (Role.ADMIN, Role.CITY_OFFICE)
_FETCH = {"minute": 2051, "hour": 2061, "day": 2031}
_KEPT_ANSWERS = 50
_SECRET = frozenset({"NewPW", "NewSK"})
_HIDDEN = "***"


def request_control(
    ledger: Ledger,
    mn: str,
    cn: int,
    parameters: Mapping[str, str],
    *,
    reason: str,
    by: str,
    at: datetime,
    valid: timedelta = timedelta(hours=1),
) -> ControlRequest:
    """Ask a device for something; the gateway sends it when the device is connected.

    Parameters
    ----------
    parameters
        Fields as they stand in the frame: ``PolId``, ``BeginTime``, ``a21026-…``.
    by
        Login of somebody who is administrator or of the city's office; or `PROGRAM`.
    valid
        How long it may wait for the device.

    Raises
    ------
    CallerError
        No such device, a command that its edition does not know or that a host does not send, a field that is
        missing or wrong, no reason, or somebody who may not.
    """
    if not reason.strip():
        raise CallerError("Say why device {mn} is to do this; the reason is kept.", mn=mn)
    with ledger.write() as session:
        device = session.get(Device, mn)
        if device is None or device.state != REGISTERED:
            raise CallerError("No device {mn!r} is registered, so nothing can be asked of it.", mn=mn)
        _check_person(session, by, cn)
        _check_command(cn, parameters, Edition(device.edition))
        row = ControlRequest(
            id=str(uuid7(at)), mn=mn, command=cn, parameters=dict(parameters), reason=reason, made_by=by,
            made_at=at, until=at + valid, state=WAITING, qn=None, sent_at=None, ended_at=None,
            qn_rtn=None, exe_rtn=None, answers=[],
        )  # fmt: skip
        session.add(row)
        if by != PROGRAM:
            payload = {"command": cn, "parameters": _shown(parameters), "reason": reason, "request": row.id}
            append_entry(
                session, at=at, actor=by, kind="device.control_requested", subject=f"device:{mn}", payload=payload
            )
    return row


def _shown(parameters: Mapping[str, str]) -> dict[str, str]:
    return {name: _HIDDEN if name in _SECRET else value for name, value in parameters.items()}


def _check_person(session: Session, by: str, cn: int) -> None:
    if by == PROGRAM:
        if cn not in BY_ITSELF:
            raise CallerError("Command {cn} needs a person who asks for it; name one.", cn=cn)
        return
    user = session.scalars(select(User).where(User.login == by, User.closed_at.is_(None))).first()
    if user is None or not any(may(session, user.id, role) for role in _MAY):
        raise CallerError(
            "{by!r} may not control devices: this needs an administrator or somebody of the city's office.", by=by
        )


def _check_command(cn: int, parameters: Mapping[str, str], edition: Edition) -> None:
    known = command(f"{cn:04d}", edition)
    if known is None or known.down is not Kind.REQUEST:
        raise CallerError(
            "{cn} is no request that a host sends in {edition}. See the commands of that edition.",
            cn=cn,
            edition=edition.title,
        )
    if cn == _KEY:
        if parameters:
            raise CallerError("Command 1014 takes no fields: the gateway makes the key itself. Leave them out.")
        return
    for rule in known.down_fields:
        if rule.required and "*" not in rule.name and rule.name not in parameters:
            raise CallerError("Command {cn} needs the field {field}. Give it.", cn=cn, field=rule.name)
    for name, value in parameters.items():
        wrong = refusal(name, value)
        if wrong is not None:
            raise wrong


def request_missing(
    ledger: Ledger,
    gaps: Iterable[Gap],
    zone: ZoneInfo,
    *,
    at: datetime,
    tries: int = 3,
    again: timedelta | None = None,
) -> list[ControlRequest]:
    """Ask devices for the history of their gaps; the same stretch is asked for a few times, then left to a person.

    Parameters
    ----------
    tries
        How often one stretch is asked for at all.
    again
        How long to wait before the next try; an hour if not said.
    """
    pause = again or timedelta(hours=1)
    made = []
    for gap in gaps:
        fields = {"BeginTime": _clock(gap.begin, zone), "EndTime": _clock(gap.end, zone)}
        with ledger.read() as session:
            before = [
                row
                for row in session.scalars(
                    select(ControlRequest).where(
                        ControlRequest.mn == gap.mn,
                        ControlRequest.command == _FETCH[gap.period],
                        ControlRequest.made_at > at - timedelta(days=7),
                    )
                )
                if row.parameters == fields
            ]
        if len(before) >= tries or any(row.state in OPEN or row.made_at > at - pause for row in before):
            continue
        reason = f"{gap.records} {gap.period} records are missing"
        made.append(
            request_control(
                ledger, gap.mn, _FETCH[gap.period], fields, reason=reason, by=PROGRAM, at=at, valid=pause
            )
        )
    return made


def _clock(at: datetime, zone: ZoneInfo) -> str:
    return at.astimezone(zone).strftime("%Y%m%d%H%M%S")


# ---------------------------------------------------------------------------------------------- what became of it


def list_requests(
    ledger: Ledger, *, mn: str | None = None, state: str | None = None, most: int = 200
) -> list[ControlRequest]:
    """List requests, newest first."""
    with ledger.read() as session:
        question = select(ControlRequest).order_by(ControlRequest.made_at.desc(), ControlRequest.id.desc())
        if mn is not None:
            question = question.where(ControlRequest.mn == mn)
        if state is not None:
            question = question.where(ControlRequest.state == state)
        return list(session.scalars(question.limit(most)))


def take_waiting(ledger: Ledger, online: Iterable[str], *, at: datetime) -> list[ControlRequest]:
    """Return the oldest waiting request of each device that is on line, and give up those past their time."""
    here = set(online)
    with ledger.write() as session:
        session.execute(
            update(ControlRequest)
            .where(ControlRequest.state == WAITING, ControlRequest.until < at)
            .values(state="expired", ended_at=at)
        )
        rows = session.scalars(
            select(ControlRequest)
            .where(ControlRequest.state == WAITING)
            .order_by(ControlRequest.made_at, ControlRequest.id)
        )
        first: dict[str, ControlRequest] = {}
        for row in rows:
            if row.mn in here:
                first.setdefault(row.mn, row)
        return list(first.values())


def has_waiting(ledger: Ledger) -> bool:
    """Whether any request waits at all."""
    with ledger.read() as session:
        return (
            session.scalars(select(ControlRequest.id).where(ControlRequest.state == WAITING)).first() is not None
        )


def note_sent(ledger: Ledger, request_id: str, qn: str, *, at: datetime) -> None:
    """Keep that a request went out, and under which number."""
    with ledger.write() as session:
        row = _row(session, request_id)
        row.state, row.qn, row.sent_at = SENT, qn, at


def note_end(
    ledger: Ledger,
    request_id: str,
    state: str,
    *,
    qn_rtn: int | None,
    exe_rtn: int | None,
    answers: list[dict[str, Any]],
    at: datetime,
) -> None:
    """Keep how a request ended and what came back; one that a person made also has its entry."""
    with ledger.write() as session:
        row = _row(session, request_id)
        row.state, row.ended_at, row.qn_rtn, row.exe_rtn = state, at, qn_rtn, exe_rtn
        row.answers = answers[:_KEPT_ANSWERS]
        if row.made_by != PROGRAM:
            payload = {"request": row.id, "state": state, "qn_rtn": qn_rtn, "exe_rtn": exe_rtn}
            append_entry(
                session,
                at=at,
                actor=PROGRAM,
                kind="device.control_ended",
                subject=f"device:{row.mn}",
                payload=payload,
            )


def give_up_open(ledger: Ledger, *, at: datetime) -> int:
    """End what a gateway that died had sent: its answers can no longer be told apart. Return how many."""
    with ledger.write() as session:
        done = session.execute(
            update(ControlRequest)
            .where(ControlRequest.state.in_((SENT, ACCEPTED)))
            .values(state="silent", ended_at=at)
            .returning(ControlRequest.id)
        )
        return len(done.all())


def _row(session: Session, request_id: str) -> ControlRequest:
    row = session.get(ControlRequest, request_id)
    if row is None:
        raise CallerError("There is no request {id!r}. Use the id that the ledger gave.", id=request_id)
    return row


def clock_setting(at: datetime, zone: ZoneInfo) -> dict[str, str]:
    """Return the fields that set a logger's clock."""
    return {"SystemTime": _clock(at.astimezone(UTC), zone)}

"""What is wrong with the lines of devices (通讯线路): keys that do not fit or grew old, numbers, strangers."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select

from lantian.ledger import Ledger
from lantian.ledger.models import Device, DeviceKey, Quarantined
from lantian.loop.sense.keys import ACTIVE, keys_by_device, lifetime
from lantian.loop.sense.registry import REGISTERED
from lantian.terms.findings import Finding, Severity
from lantian.terms.words import mark

_KNOCKS: dict[str, tuple[str, str, str]] = {
    "key": (
        "key_does_not_fit",
        mark("frames came encrypted that no registered key of the device opens; they are kept and not answered"),
        mark("the device was given a key by another host, and nobody told this one"),
    ),
    "plain": (
        "plain_refused",
        mark("frames came plain although cipher is required of the device; they are kept and not answered"),
        mark("the logger was reset or exchanged and has lost its key"),
    ),
    "activation": (
        "logger_wants_number",
        mark("a logger asks for a number, and is registered for none, or for another"),
        mark("a logger was exchanged, and its new identity is not registered yet"),
    ),
    "password": (
        "password_wrong",
        mark("frames came with a wrong password; they are kept and not answered"),
        mark("the password was changed at the logger and not here"),
    ),
    "address": (
        "address_foreign",
        mark("frames came from an address that is not the device's; they are kept and not answered"),
        mark("its line was moved to another network"),
    ),
}
_TROUBLES: dict[str, str] = {
    "in_clear": mark("the device has no key yet and no TLS, so it was given none: it would have gone in clear"),
    "denied": mark("the device asked for a key, and its registration gives it none"),
    "refused": mark("the device refused a new key; the old one stays in force"),
    "failed": mark("the device could not take a new key; the old one stays in force"),
    "silent": mark("the device did not say whether it took a new key; both are tried"),
}


def line_findings(ledger: Ledger, *, at: datetime) -> list[Finding]:
    """List what somebody should look at about lines, by device."""
    found: list[Finding] = []
    with ledger.read() as session:
        opened = keys_by_device(session, ledger.vault)
        devices = {row.mn: row for row in session.scalars(select(Device).where(Device.state == REGISTERED))}
        active = {row.mn: row for row in session.scalars(select(DeviceKey).where(DeviceKey.state == ACTIVE))}
        open_knocks = select(Quarantined).where(Quarantined.settled_at.is_(None))
        knocks = list(session.scalars(open_knocks.order_by(Quarantined.mn)))
    for mn, row in sorted(devices.items()):
        key = active.get(mn)
        if key is not None and not any(held.version == key.version for held in opened.get(mn, ())):
            found.append(
                Finding(
                    "key_unreadable",
                    mn,
                    mark("the key of the device cannot be opened with the secret of this workspace"),
                    Severity.ERROR,
                    evidence={"version": key.version},
                    competing_explanation=mark("the ledger was moved here without the file secrets"),
                )
            )
        elif key is not None and key.since is not None and at - key.since > lifetime(row.key_days):
            found.append(
                Finding(
                    "key_overdue",
                    mn,
                    mark("the key of the device is older than it may be"),
                    evidence={
                        "version": key.version,
                        "days": (at - key.since).days,
                        "allowed": lifetime(row.key_days).days,
                    },
                    competing_explanation=mark("the device was off the line when it was to be renewed"),
                )
            )
        if row.key_trouble:
            found.append(
                Finding("key_not_changed", mn, _TROUBLES[row.key_trouble], evidence={"why": row.key_trouble})
            )
    return [*found, *_knocked(knocks)]


def _knocked(knocks: Iterable[Quarantined]) -> list[Finding]:
    return [
        Finding(
            code,
            knock.mn,
            message,
            when=knock.first_seen,
            evidence={"frames": knock.frames, "peer": knock.peer},
            competing_explanation=explanation,
        )
        for knock in knocks
        if knock.reason in _KNOCKS
        for code, message, explanation in (_KNOCKS[knock.reason],)
    ]

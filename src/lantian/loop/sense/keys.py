"""SM4 keys of encrypted lines (密钥) and the numbers of loggers (激活): who has which, and what went wrong.

A key that is on its way to a device is written here before it leaves, and counts from the moment that the device
says so or uses it. Old keys stay: the journal holds frames that only they open.
"""

import secrets
import string
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lantian.ledger import Ledger, append_entry
from lantian.ledger.models import Device, DeviceKey
from lantian.ledger.vault import Vault
from lantian.loop.sense.knocks import settle
from lantian.terms.errors import CallerError, HouseError
from lantian.wire.hj212.commands import key_days
from lantian.wire.hj212.editions import Edition
from lantian.wire.hj212.sm4 import GROUP

OFFERED, ACTIVE, REPLACED, FAILED = "offered", "active", "replaced", "failed"
_LIKELIEST = (ACTIVE, OFFERED, REPLACED, FAILED)
_TRIED = 16
"""Keys of one device that a frame is tried with, the likeliest first."""
_SIGNS = string.ascii_letters + string.digits


@dataclass(frozen=True, slots=True)
class HeldKey:
    """A key of a device, opened."""

    version: int
    state: str
    secret: bytes = field(repr=False)
    since: datetime | None = None


def new_key() -> bytes:
    """Return a fresh key of 16 letters and digits: it has to stand in a field of a frame."""
    return "".join(secrets.choice(_SIGNS) for _ in range(GROUP)).encode("ascii")


# ---------------------------------------------------------------------------------------------- decisions


def put_key(session: Session, vault: Vault | None, row: Device, key: bytes, *, by: str, at: datetime) -> bool:
    """Put a key in force that a person brought, within a decision of theirs; False where it is in force already.

    Raises
    ------
    CallerError
        The workspace has no secret to seal it with, or the edition knows no encryption.
    """
    if row.edition != Edition.HJ2025:
        raise CallerError(
            "Device {mn} follows the edition of {edition}, which knows no encryption. Register it without a key, "
            "or with the edition 2025.",
            mn=row.mn,
            edition=row.edition,
        )
    if any(held.state == ACTIVE and held.secret == key for held in keys_of(session, vault, row.mn)):
        return False
    version = _append(session, vault, row.mn, key, ACTIVE, by=by, at=at, reason="")
    _put_in_force(session, row, version, at)
    return True


def set_key(ledger: Ledger, mn: str, key: bytes | None, *, by: str, at: datetime, reason: str) -> Device:
    """Put a key in force that a person brought, or, with None, let the line be plain again (启用或停用密钥).

    Raises
    ------
    CallerError
        No such device or reason, the edition knows no encryption, or there is no secret to seal it with.
    """
    if not reason.strip():
        raise CallerError("Say why the key of device {mn} changes; the reason is kept.", mn=mn)
    if key is not None and len(key) != GROUP:
        raise CallerError("An SM4 key has 16 bytes, this one {size}. Register the whole key.", size=len(key))
    with ledger.write() as session:
        row = _device(session, mn)
        was = row.key_version
        if key is None:
            changed = was != 0
            _replace_active(session, mn, at)
            row.key_version = 0
        else:
            changed = put_key(session, ledger.vault, row, key, by=by, at=at)
        row.key_trouble = ""
        if changed:
            row.changed_at, row.changed_by = at, by
            _tell(session, row, was, by=by, at=at, reason=reason)
        settle(session, mn, by=by, at=at, reasons={"key", "plain"})
    return row


def offer_key(ledger: Ledger, mn: str, *, by: str, at: datetime, reason: str) -> int:
    """Make a key that is to be sent to a device and return its version; one that is on its way is sent again.

    Raises
    ------
    CallerError
        No such device, or there is no secret to seal it with.
    """
    with ledger.write() as session:
        row = _device(session, mn)
        on_its_way = session.scalars(
            select(DeviceKey.version).where(DeviceKey.mn == mn, DeviceKey.state == OFFERED)
        ).first()
        if on_its_way is not None:
            return on_its_way
        row.changed_at = at
        return _append(session, ledger.vault, mn, new_key(), OFFERED, by=by, at=at, reason=reason)


def confirm_key(ledger: Ledger, mn: str, version: int, *, at: datetime) -> None:
    """Put a key in force that the device has taken: it said so, or sent a frame that the key opens."""
    with ledger.write() as session:
        row, key = _device(session, mn), session.get(DeviceKey, (mn, version))
        if key is None or key.state not in {OFFERED, FAILED} or version < row.key_version:
            return
        was = row.key_version
        _put_in_force(session, row, version, at)
        row.key_trouble, row.changed_at = "", at
        _tell(session, row, was, by=key.made_by, at=at, reason=key.reason)


def note_key_trouble(ledger: Ledger, mn: str, version: int | None, trouble: str, *, at: datetime) -> None:
    """Keep why a key did not change; one that the device refused is not offered again.

    Parameters
    ----------
    trouble
        ``in_clear``: the line is plain, and a key is not sent over it; ``denied``: it asked, but its registration
        gives it none; ``refused``, ``failed``: the device said so; ``silent``: it said nothing, and may have
        taken the key or not.
    """
    with ledger.write() as session:
        row = _device(session, mn)
        key = None if version is None else session.get(DeviceKey, (mn, version))
        if key is not None and key.state == ACTIVE:
            return  # it was used before its exchange ended
        if row.key_trouble != trouble:
            row.key_trouble, row.changed_at = trouble, at
        if key is not None and key.state == OFFERED and trouble in {"refused", "failed"}:
            key.state, key.ended_at, row.changed_at = FAILED, at, at


def note_activated(ledger: Ledger, mn: str, hardware: Mapping[str, str], *, at: datetime) -> None:
    """Keep that a logger took its number; the chain tells it the first time, and when the hardware is another."""
    with ledger.write() as session:
        row = _device(session, mn)
        was = dict(row.hardware)
        if row.activated_at is None or was != dict(hardware):
            append_entry(
                session,
                at=at,
                actor="gateway",
                kind="device.activated",
                subject=f"device:{mn}",
                payload={"hardware": dict(hardware), "was": was},
            )
        row.hardware, row.activated_at, row.changed_at = dict(hardware), at, at
        settle(session, row.logger_id, by="gateway", at=at, reasons={"activation"})


# ---------------------------------------------------------------------------------------------- reads


def keys_of(session: Session, vault: Vault | None, mn: str) -> list[HeldKey]:
    """Return the keys of one device that the workspace's secret opens, the likeliest first."""
    return keys_by_device(session, vault, mn).get(mn, [])


def keys_by_device(session: Session, vault: Vault | None, mn: str | None = None) -> dict[str, list[HeldKey]]:
    """MN → its keys that the workspace's secret opens, the likeliest first."""
    found: dict[str, list[HeldKey]] = {}
    if vault is None:
        return found
    question = select(DeviceKey) if mn is None else select(DeviceKey).where(DeviceKey.mn == mn)
    for row in session.scalars(question):
        secret = vault.opened(row.sealed, about=_about(row.mn, row.version))
        if secret is not None:
            found.setdefault(row.mn, []).append(HeldKey(row.version, row.state, secret, row.since))
    for held in found.values():
        held.sort(key=lambda key: (_LIKELIEST.index(key.state), -key.version))
        del held[_TRIED:]
    return found


def list_keys(ledger: Ledger, mn: str | None = None) -> list[DeviceKey]:
    """List keys, newest first; what is in the rows is sealed."""
    with ledger.read() as session:
        question = select(DeviceKey).order_by(DeviceKey.mn, DeviceKey.version.desc())
        return list(session.scalars(question if mn is None else question.where(DeviceKey.mn == mn)))


def lifetime(days: int | None) -> timedelta:
    """Return how long a key lasts: as registered, else as long as the standard allows."""
    return timedelta(days=key_days() if days is None else days)


# ---------------------------------------------------------------------------------------------- within


def _device(session: Session, mn: str) -> Device:
    row = session.get(Device, mn)
    if row is None:
        raise CallerError("No device {mn!r} is registered. Register it, or list those that are.", mn=mn)
    return row


def _append(
    session: Session, vault: Vault | None, mn: str, key: bytes, state: str, *, by: str, at: datetime, reason: str
) -> int:
    if vault is None:
        raise HouseError(
            "This workspace has no secret to seal keys of devices with. Run `lantian ledger upgrade`, which makes "
            "one, or give it as the setting workspace_secret in the file secrets."
        )
    newest = session.scalar(select(func.max(DeviceKey.version)).where(DeviceKey.mn == mn)) or 0
    version = newest + 1
    session.add(
        DeviceKey(
            mn=mn, version=version, sealed=vault.seal(key, about=_about(mn, version)), state=state, made_at=at,
            made_by=by, reason=reason, since=None, ended_at=None,
        )
    )  # fmt: skip
    session.flush()
    return version


def _put_in_force(session: Session, row: Device, version: int, at: datetime) -> None:
    _replace_active(session, row.mn, at)
    key = session.get_one(DeviceKey, (row.mn, version))
    key.state, key.since, key.ended_at = ACTIVE, at, None
    row.key_version = version


def _replace_active(session: Session, mn: str, at: datetime) -> None:
    active = select(DeviceKey).where(DeviceKey.mn == mn, DeviceKey.state == ACTIVE)
    rows: Iterable[DeviceKey] = session.scalars(active)
    for key in rows:
        key.state, key.ended_at = REPLACED, at
    session.flush()


def _tell(session: Session, row: Device, was: int, *, by: str, at: datetime, reason: str) -> None:
    """Enter a change of keys into the chain, by its numbers alone."""
    payload: dict[str, Any] = {"version": row.key_version, "was": was, "reason": reason}
    append_entry(session, at=at, actor=by, kind="device.key_changed", subject=f"device:{row.mn}", payload=payload)


def _about(mn: str, version: int) -> str:
    return f"device-key {mn} {version}"

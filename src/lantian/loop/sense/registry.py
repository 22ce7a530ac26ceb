"""The register of devices (数采仪登记): who may send, and what is due from it."""

import ipaddress
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lantian.ledger import Ledger
from lantian.ledger.entries import append_entry, canonical
from lantian.ledger.models import Device
from lantian.loop.sense.keys import ACTIVE, OFFERED, HeldKey, keys_by_device, keys_of, put_key
from lantian.loop.sense.knocks import settle
from lantian.terms.errors import CallerError

EDITIONS = (2005, 2017, 2025)
REGISTERED, QUARANTINED, RETIRED = "registered", "quarantined", "retired"
PERIODS = ("minute", "hour", "day")
"""Periods that can be due from a device."""
HIDDEN = "***"
_MN = re.compile(r"[0-9A-Za-z_.\-]{1,80}")
_PASSWORD = re.compile(r"[^;=&,\s]{0,40}")
_KEY_BYTES = 16
_LONGEST_ID, _MOST_KEY_DAYS = 80, 3_650
_MINUTES = (1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30)
"""Settings of the minute interval that the standard knows. [min]"""


@dataclass(frozen=True, slots=True)
class Point:
    """One factor of a device."""

    unit: str | None = None
    """Unit of its values where it is not the one of the standard."""
    amount_unit: str | None = None
    low: float | None = None
    """Lower end of the measuring range, in `unit`."""
    high: float | None = None


@dataclass(frozen=True, slots=True)
class DeviceContent:
    """What is registered of a device."""

    mn: str
    outlet: str
    name: str = ""
    system: str = "31"
    edition: int = 2017
    password: str = field(default="123456", repr=False)
    addresses: tuple[str, ...] = ()
    key: bytes | None = field(default=None, repr=False)
    """First SM4 key; None leaves the one in force."""
    cipher_required: bool = False
    """Whether plain data are refused once there is a key."""
    logger_id: str = ""
    """数采仪唯一标识 (i23005) of the logger that gets this MN when it asks for one."""
    grants_keys: bool = False
    """Whether the gateway gives keys: when it is asked, and when the one in force grows old."""
    key_days: int | None = None
    """How long a key lasts; None: as the standard says. [d]"""
    points: Mapping[str, Point] = field(default_factory=dict)
    reports: tuple[str, ...] = ("hour",)
    minute_interval: int = 10
    """[min]"""
    reference_oxygen: float | None = None
    """[%]"""
    gas_state: str | None = None
    simulated: bool = False

    def checked(self) -> "DeviceContent":
        """Return itself, or refuse what cannot be registered.

        Raises
        ------
        CallerError
            With the field that is wrong and what it may be.
        """
        for wrong, name, value, may in (
            (not _MN.fullmatch(self.mn), "mn", self.mn, "1 to 80 letters, digits and . _ -"),
            (not self.outlet.strip(), "outlet", self.outlet, "the code of an outlet or a station"),
            (not re.fullmatch(r"[0-9A-Z]{2,3}", self.system), "system", self.system, "two characters such as 31"),
            (self.edition not in EDITIONS, "edition", self.edition, "2005, 2017 or 2025"),
            (not _PASSWORD.fullmatch(self.password), "password", HIDDEN, "up to 40 signs without ; = & ,"),
            (self.key is not None and len(self.key) != _KEY_BYTES, "key", HIDDEN, "16 bytes"),
            (len(self.logger_id) > _LONGEST_ID, "logger_id", self.logger_id, "up to 80 signs"),
            (
                self.key_days is not None and not 1 <= self.key_days <= _MOST_KEY_DAYS,
                "key_days",
                self.key_days,
                "1 to 3650",
            ),
            (not set(self.reports) <= set(PERIODS), "reports", self.reports, ", ".join(PERIODS)),
            (self.minute_interval not in _MINUTES, "minute_interval", self.minute_interval, str(_MINUTES)),
            (
                self.gas_state not in {None, "reference", "standard"},
                "gas_state",
                self.gas_state,
                "reference, standard",
            ),
        ):
            if wrong:
                raise CallerError(
                    "A device cannot be registered with {name} {value!r}. It may be: {may}.",
                    name=name,
                    value=value,
                    may=may,
                )
        networks_of(self.addresses)
        return self


Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def networks_of(addresses: Iterable[str]) -> tuple[Network, ...]:
    """Read addresses such as ``10.1.0.0/16``.

    Raises
    ------
    CallerError
        One is none.
    """
    found = []
    for address in addresses:
        try:
            found.append(ipaddress.ip_network(address, strict=False))
        except ValueError:
            raise CallerError(
                "{address!r} is no network address. Write it as 10.1.2.3 or 10.1.0.0/16.", address=address
            ) from None
    return tuple(found)


@dataclass(frozen=True, slots=True)
class DeviceCard:
    """What the gateway and the writer need to know of a device, quick to look up."""

    mn: str
    outlet: str
    system: str
    edition: int
    password: str = field(repr=False)
    networks: tuple[Network, ...]
    key: bytes | None = field(repr=False)
    points: Mapping[str, Point]
    reports: tuple[str, ...]
    minute_interval: int
    """[min]"""
    gas_state: str | None
    simulated: bool
    state: str
    held_keys: tuple[HeldKey, ...] = ()
    """Every key that it has or had, the likeliest first."""
    cipher_required: bool = False
    logger_id: str = ""
    grants_keys: bool = False
    key_days: int | None = None

    @property
    def keys(self) -> tuple[bytes, ...]:
        """What its frames are opened with, the likeliest first."""
        if self.held_keys:
            return tuple(held.secret for held in self.held_keys)
        return () if self.key is None else (self.key,)

    def offered(self, place: int | None) -> int | None:
        """Return the version of a key that was only offered, by its place in `keys`; else None."""
        held = None if place is None or not self.held_keys else self.held_keys[place]
        return None if held is None or held.state != OFFERED else held.version

    @property
    def taken(self) -> bool:
        """Whether its frames are acknowledged and go into the lake."""
        return self.state == REGISTERED


# ---------------------------------------------------------------------------------------------- decisions


def register_device(ledger: Ledger, content: DeviceContent, *, by: str, at: datetime, reason: str = "") -> Device:
    """Register a device, or change what is registered of it; the same twice is once (登记).

    Raises
    ------
    CallerError
        A field is wrong, or the device is simulated and the ledger is not, or the other way round.
    """
    return register_devices(ledger, (content,), by=by, at=at, reason=reason)[0]


def register_devices(
    ledger: Ledger, contents: Iterable[DeviceContent], *, by: str, at: datetime, reason: str = ""
) -> list[Device]:
    """Register many devices as `register_device` does one: all of them or none."""
    wanted = list(contents)
    simulated = ledger.identity()[1]
    for content in wanted:
        content.checked()
        if content.simulated != simulated:
            raise CallerError(
                "Device {mn} is registered as simulated={simulated}, and this workspace is the other kind. The "
                "two are never mixed; use the workspace of its kind.",
                mn=content.mn,
                simulated=content.simulated,
            )
    with ledger.write() as session:
        return [_register(ledger, session, content, by=by, at=at, reason=reason) for content in wanted]


def _register(
    ledger: Ledger, session: Session, content: DeviceContent, *, by: str, at: datetime, reason: str
) -> Device:
    row = session.get(Device, content.mn)
    fields = _fields(content)
    same = row is not None and all(getattr(row, n) == v for n, v in fields.items())
    if row is not None and same and row.state == REGISTERED and not _is_new_key(ledger, session, content):
        return row
    was = None if row is None else _public(row)
    if row is None:
        row = Device(
            mn=content.mn, state=REGISTERED, changed_at=at, changed_by=by, activated_at=None, hardware={},
            key_version=0, key_trouble="", **fields,
        )  # fmt: skip
        session.add(row)
        session.flush()
    _check_one_logger(session, content)
    for name, value in fields.items():
        setattr(row, name, value)
    if content.key is not None:
        put_key(session, ledger.vault, row, content.key, by=by, at=at)
    row.state, row.changed_at, row.changed_by = REGISTERED, at, by
    payload = {"now": _public(row), "was": was, "reason": reason}
    append_entry(session, at=at, actor=by, kind="device.registered", subject=f"device:{row.mn}", payload=payload)
    settle(session, row.mn, by=by, at=at)
    return row


def _is_new_key(ledger: Ledger, session: Session, content: DeviceContent) -> bool:
    if content.key is None:
        return False
    held = keys_of(session, ledger.vault, content.mn)
    return not any(key.state == ACTIVE and key.secret == content.key for key in held)


def _check_one_logger(session: Session, content: DeviceContent) -> None:
    """Refuse a logger that is registered for two numbers: nobody could say which one to give it."""
    if not content.logger_id:
        return
    others = select(Device.mn).where(Device.logger_id == content.logger_id, Device.mn != content.mn)
    other = session.scalars(others.where(Device.state != RETIRED)).first()
    if other is not None:
        raise CallerError(
            "Logger {logger} is registered for device {other} already, so it cannot get the number {mn} too. "
            "Retire that device, or name another logger.",
            logger=content.logger_id,
            other=other,
            mn=content.mn,
        )


def change_state(ledger: Ledger, mn: str, state: str, *, by: str, at: datetime, reason: str) -> Device:
    """Quarantine or retire a device, or let it in again; its frames stay in the journal either way.

    Raises
    ------
    CallerError
        There is no such device or state, or no reason is given.
    """
    if state not in {REGISTERED, QUARANTINED, RETIRED}:
        raise CallerError(
            "{state!r} is no state of a device. Use registered, quarantined or retired.", state=state
        )
    if not reason.strip():
        raise CallerError("Say why the state of device {mn} changes; the reason is kept.", mn=mn)
    with ledger.write() as session:
        row = _standing(session, mn)
        if row.state != state:
            payload = {"state": state, "was": row.state, "reason": reason}
            row.state, row.changed_at, row.changed_by = state, at, by
            append_entry(
                session, at=at, actor=by, kind="device.state_changed", subject=f"device:{mn}", payload=payload
            )
    return row


def _standing(session: Session, mn: str) -> Device:
    row = session.get(Device, mn)
    if row is None:
        raise CallerError("No device {mn!r} is registered. Register it, or list those that are.", mn=mn)
    return row


def _fields(content: DeviceContent) -> dict[str, Any]:
    points = {
        code: {
            name: value
            for name in ("unit", "amount_unit", "low", "high")
            if (value := getattr(point, name)) is not None
        }
        for code, point in sorted(content.points.items())
    }
    return {
        "outlet": content.outlet, "name": content.name, "system": content.system, "edition": content.edition,
        "password": content.password, "addresses": list(content.addresses), "points": points,
        "cipher_required": content.cipher_required, "logger_id": content.logger_id,
        "grants_keys": content.grants_keys, "key_days": content.key_days,
        "reports": list(content.reports), "minute_interval": content.minute_interval,
        "reference_oxygen": content.reference_oxygen, "gas_state": content.gas_state,
        "simulated": content.simulated,
    }  # fmt: skip


def _public(row: Device) -> dict[str, Any]:
    """Return what of a device may be seen: everything but its secrets, and whether it has them."""
    return {
        "outlet": row.outlet, "name": row.name, "system": row.system, "edition": row.edition,
        "password": HIDDEN if row.password else "", "addresses": list(row.addresses),
        "key_version": row.key_version, "cipher_required": row.cipher_required, "logger_id": row.logger_id,
        "grants_keys": row.grants_keys, "key_days": row.key_days,
        "points": canonical(row.points), "reports": list(row.reports),
        "minute_interval": row.minute_interval,
        "reference_oxygen": None if row.reference_oxygen is None else str(row.reference_oxygen),
        "gas_state": row.gas_state, "simulated": row.simulated, "state": row.state,
    }  # fmt: skip


# ---------------------------------------------------------------------------------------------- reads


def list_devices(ledger: Ledger) -> list[Device]:
    """List every device, retired ones too, by MN. Their secrets are in the rows: show `device_shown` instead."""
    with ledger.read() as session:
        return list(session.scalars(select(Device).order_by(Device.mn)))


def device_shown(row: Device) -> dict[str, Any]:
    """Return what a page or a command may show of a device."""
    return {
        "mn": row.mn, **_public(row), "activated_at": row.activated_at, "key_trouble": row.key_trouble,
        "changed_at": row.changed_at, "changed_by": row.changed_by,
    }  # fmt: skip


def list_cards(ledger: Ledger) -> dict[str, DeviceCard]:
    """MN → what the gateway needs of it, for every device."""
    with ledger.read() as session:
        keys = keys_by_device(session, ledger.vault)
        return {row.mn: card_of(row, keys.get(row.mn, ())) for row in session.scalars(select(Device))}


def find_card(ledger: Ledger, mn: str) -> DeviceCard | None:
    """Return what the gateway needs of one device, or None where it is not registered."""
    with ledger.read() as session:
        row = session.get(Device, mn)
        return None if row is None else card_of(row, keys_of(session, ledger.vault, mn))


def newest_change(ledger: Ledger) -> tuple[int, datetime | None]:
    """Return how many devices there are and when one was last changed: the same pair, the same register."""
    with ledger.read() as session:
        count, newest = session.execute(select(func.count(), func.max(Device.changed_at))).one()
    return count, newest


def card_of(row: Device, keys: Iterable[HeldKey] = ()) -> DeviceCard:
    """Return the card of a device."""
    held = tuple(keys)
    return DeviceCard(
        mn=row.mn,
        outlet=row.outlet,
        system=row.system,
        edition=row.edition,
        password=row.password,
        networks=networks_of(row.addresses),
        key=next((key.secret for key in held if key.state == ACTIVE), None),
        points={code: Point(**fields) for code, fields in row.points.items()},
        reports=tuple(row.reports),
        minute_interval=row.minute_interval,
        gas_state=row.gas_state,
        simulated=row.simulated,
        state=row.state,
        held_keys=held,
        cipher_required=row.cipher_required,
        logger_id=row.logger_id,
        grants_keys=row.grants_keys,
        key_days=row.key_days,
    )

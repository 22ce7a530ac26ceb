"""Instruments at the door: who may send, who knocked unknown, how they are set, what they were told."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lantian.ledger.columns import ID, KEY, NAME
from lantian.ledger.models.row import Row


class Device(Row):
    """A data logger that may send (数采仪), by the code in its frames."""

    __tablename__ = "devices"
    __table_args__ = (Index("ix_devices_outlet", "outlet"),)

    mn: Mapped[str] = mapped_column(KEY, primary_key=True)
    """设备唯一标识, as it stands in the frames; old ones are shorter than 24 signs."""
    outlet: Mapped[str] = mapped_column(KEY)
    """Outlet, or station, that it measures."""
    name: Mapped[str] = mapped_column(NAME)
    system: Mapped[str] = mapped_column(String(3))
    """系统编码 (ST): 31 stack, 22 ambient air, 44 power, 45 working conditions …"""
    edition: Mapped[int]
    """2005, 2017 or 2025: which text of the standard it follows; the bits of its Flag are only compared."""
    password: Mapped[str] = mapped_column(String(40))
    """访问密码: goes over the wire in clear, so it is kept readable here, and shown nowhere."""
    addresses: Mapped[list[Any]]
    """Networks that it may send from, as ``10.1.0.0/16``; empty: any."""
    cipher_required: Mapped[bool]
    """Whether data that come plain although the device has a key are refused."""
    logger_id: Mapped[str] = mapped_column(KEY)
    """数采仪唯一标识 (i23005): the logger that may be given this MN when it asks for one; empty: none."""
    activated_at: Mapped[datetime | None]
    """When a logger last took this MN (激活); None: never, or it had its number before."""
    hardware: Mapped[dict[str, Any]]
    """What that logger said of itself: i23005 and the like → value."""
    grants_keys: Mapped[bool]
    """Whether it is given a new key when it asks for one (1014), and when the one in force grows old."""
    key_days: Mapped[int | None]
    """How long a key lasts; None: as long as the standard allows. [d]"""
    key_version: Mapped[int]
    """Of the key in force; 0: none, the line is plain."""
    key_trouble: Mapped[str] = mapped_column(String(20))
    """Why the newest try to change the key failed: ``in_clear``, ``denied``, ``refused``, ``failed``, ``silent``;
    or empty."""
    points: Mapped[dict[str, Any]]
    """Factor code → ``unit``, ``amount_unit`` where the standard has others, ``low`` and ``high`` of its range."""
    reports: Mapped[list[Any]]
    """Periods that are due from it: ``minute``, ``hour``, ``day``; gaps are counted in these."""
    minute_interval: Mapped[int]
    """[min]"""
    reference_oxygen: Mapped[float | None]
    """Reference O2 of the outlet where it is not the one of its kind. [%]"""
    gas_state: Mapped[str | None] = mapped_column(String(20))
    """Of an ambient station: ``reference`` or ``standard``; None where it is not known."""
    simulated: Mapped[bool]
    state: Mapped[str] = mapped_column(String(20))
    """``registered``, ``quarantined`` (its frames are kept, not taken) or ``retired``."""
    changed_at: Mapped[datetime]
    changed_by: Mapped[str] = mapped_column(NAME)


class DeviceKey(Row):
    """An SM4 key of a device, sealed with the workspace's secret; old ones stay, to read the journal with."""

    __tablename__ = "device_keys"

    mn: Mapped[str] = mapped_column(ForeignKey("devices.mn"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    """From 1."""
    sealed: Mapped[bytes] = mapped_column(LargeBinary(64))
    state: Mapped[str] = mapped_column(String(20))
    """``offered`` (on its way to the device), ``active``, ``replaced`` or ``failed``."""
    made_at: Mapped[datetime]
    made_by: Mapped[str] = mapped_column(NAME)
    reason: Mapped[str] = mapped_column(Text)
    since: Mapped[datetime | None]
    """When it came into force."""
    ended_at: Mapped[datetime | None]


class Quarantined(Row):
    """An MN that sends without being registered: kept and shown until somebody decides (未登记设备)."""

    __tablename__ = "quarantined_devices"

    mn: Mapped[str] = mapped_column(KEY, primary_key=True)
    first_seen: Mapped[datetime]
    last_seen: Mapped[datetime]
    frames: Mapped[int]
    """How many it sent."""
    peer: Mapped[str] = mapped_column(String(80))
    """Address of the newest one."""
    reason: Mapped[str] = mapped_column(String(20))
    """``unknown``, ``password``, ``address`` or ``retired``."""
    sample: Mapped[bytes] = mapped_column(LargeBinary)
    """The first frame, byte for byte, its password made unreadable."""
    settled_at: Mapped[datetime | None]
    settled_by: Mapped[str | None] = mapped_column(NAME)


class DeviceParameter(Row):
    """A setting of an instrument as it was reported at a time: range, slope, intercept … (现场端信息 3020).

    Rows are never changed: a change is the next row, and the two together are the evidence.
    """

    __tablename__ = "device_parameters"
    __table_args__ = (
        UniqueConstraint("mn", "factor", "code", "reported_for", "value"),
        Index("ix_device_parameters_newest", "mn", "factor", "code", "reported_for"),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    mn: Mapped[str] = mapped_column(ForeignKey("devices.mn"))
    factor: Mapped[str] = mapped_column(String(20))
    """PolId; empty where it concerns the logger itself."""
    code: Mapped[str] = mapped_column(String(20))
    """InfoId: i13001 range, i13007 intercept, i13008 slope …"""
    value: Mapped[str] = mapped_column(String(400))
    """As it was sent."""
    previous: Mapped[str | None] = mapped_column(String(400))
    """Value before it, None for the first one known."""
    reported_for: Mapped[datetime]
    """DataTime of the report."""
    received_at: Mapped[datetime]
    place: Mapped[str] = mapped_column(String(40))
    """Of the frame in the journal."""


class ControlRequest(Row):
    """A request from here to a device (反控): who asked for what and why, and what the device answered."""

    __tablename__ = "control_requests"
    __table_args__ = (
        Index("ix_control_requests_state", "state", "made_at"),
        Index("ix_control_requests_mn", "mn"),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    mn: Mapped[str] = mapped_column(ForeignKey("devices.mn"))
    command: Mapped[int]
    """CN: 1011 read clock, 1012 set clock, 2051 fetch minutes, 2061 fetch hours, 3012 sample now …"""
    parameters: Mapped[dict[str, Any]]
    reason: Mapped[str] = mapped_column(Text)
    made_by: Mapped[str] = mapped_column(NAME)
    """Login of a person, or the name of the program for what it does by itself."""
    made_at: Mapped[datetime]
    until: Mapped[datetime]
    """Given up when it was not sent by then."""
    state: Mapped[str] = mapped_column(String(20))
    """``waiting``, ``sent``, ``accepted``; ended: ``done``, ``refused``, ``failed``, ``silent``, ``expired``."""
    qn: Mapped[str | None] = mapped_column(String(20))
    sent_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    qn_rtn: Mapped[int | None]
    exe_rtn: Mapped[int | None]
    answers: Mapped[list[Any]]
    """What came back, in order: command, when, fields."""

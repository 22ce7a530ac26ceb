"""May we believe the instruments: reviews, marks, calibrations, the list of key units, cameras."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lantian.ledger.columns import ID, KEY, NAME
from lantian.ledger.models.row import Row


class Review(Row):
    """A decision about hours of one place and channel (审核); rows are never changed, an undo is the next row."""

    __tablename__ = "reviews"
    __table_args__ = (Index("ix_reviews_place", "place", "channel", "first_hour"), Index("ix_reviews_at", "at"))

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    """``station`` or ``outlet``."""
    place: Mapped[str] = mapped_column(KEY)
    """Code of the station or the outlet."""
    channel: Mapped[str] = mapped_column(KEY)
    """Pollutant or factor; empty: all of them (a signing-off)."""
    first_hour: Mapped[datetime]
    end: Mapped[datetime]
    """First hour that is no longer meant."""
    level: Mapped[str] = mapped_column(String(20))
    """``operator``, ``city`` or ``sign_off``."""
    verdict: Mapped[str] = mapped_column(String(20))
    """``valid``, ``invalid``, ``flag``, ``signed``, or ``undone`` for what it supersedes."""
    reason: Mapped[str] = mapped_column(Text)
    by: Mapped[str] = mapped_column(NAME)
    at: Mapped[datetime]
    finding: Mapped[str | None] = mapped_column(NAME)
    """Code and evidence of the finding that it answers, if any."""
    supersedes: Mapped[str | None] = mapped_column(ForeignKey("reviews.id"), index=True)
    rules: Mapped[str] = mapped_column(KEY)
    """Edition whose levels and flags were used."""


class OutletMark(Row):
    """A mark on an outlet's time (标记): one revision of it; the newest revision of a key holds."""

    __tablename__ = "outlet_marks"
    __table_args__ = (
        UniqueConstraint("key", "revision"),
        Index("ix_outlet_marks_outlet", "outlet", "begin"),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    key: Mapped[str] = mapped_column(ID)
    """The same for every revision of one mark."""
    revision: Mapped[int]
    """1, 2, 3 … of one key."""
    outlet: Mapped[str] = mapped_column(KEY)
    factor: Mapped[str] = mapped_column(KEY)
    """Empty: all factors."""
    family: Mapped[str] = mapped_column(String(20))
    """``condition`` (工况标记) or ``monitoring`` (监测异常标记)."""
    code: Mapped[str] = mapped_column(KEY)
    begin: Mapped[datetime]
    """To the minute."""
    end: Mapped[datetime | None]
    """First minute that is no longer covered; None while it lasts."""
    source: Mapped[str] = mapped_column(String(20))
    """``manual`` or ``automatic``."""
    withdrawn: Mapped[bool]
    reason: Mapped[str] = mapped_column(Text)
    author: Mapped[str] = mapped_column(NAME)
    at: Mapped[datetime]
    file_id: Mapped[str | None] = mapped_column(ForeignKey("files.id"))
    """Evidence."""
    rules: Mapped[str] = mapped_column(KEY)
    """Edition of the mark rule that it was set by."""


class Calibration(Row):
    """A calibration of one channel of a micro-station (微站校准), one version of it."""

    __tablename__ = "calibrations"
    __table_args__ = (UniqueConstraint("device", "channel", "version"),)

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    device: Mapped[str] = mapped_column(KEY)
    channel: Mapped[str] = mapped_column(KEY)
    version: Mapped[int]
    method: Mapped[str] = mapped_column(String(20))
    """``co_location`` or ``transfer``."""
    reference: Mapped[str] = mapped_column(KEY)
    """Station of the reference instrument; for a transfer, of the giver."""
    giver: Mapped[str | None] = mapped_column(ForeignKey("calibrations.id"))
    """Calibration that was handed on."""
    first_hour: Mapped[datetime]
    """Of the stretch that it was fitted or compared on."""
    end: Mapped[datetime]
    fit: Mapped[dict[str, Any]]
    """Form, parameters, centres, residuals on the weeks held out, residuals of the plain line."""
    valid_from: Mapped[date]
    valid_until: Mapped[date]
    rules: Mapped[str] = mapped_column(KEY)
    reason: Mapped[str] = mapped_column(Text)
    made_by: Mapped[str] = mapped_column(NAME)
    made_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[str | None] = mapped_column(NAME)
    withdrawn_because: Mapped[str | None] = mapped_column(Text)


class KeyUnit(Row):
    """A unit on one year's list of key units of air pollution (大气环境重点排污单位名录)."""

    __tablename__ = "key_units"
    __table_args__ = (UniqueConstraint("year", "code"),)

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    year: Mapped[int]
    code: Mapped[str] = mapped_column(KEY)
    """Unified social credit code."""
    name: Mapped[str] = mapped_column(NAME)
    county: Mapped[str] = mapped_column(String(6))
    """adcode"""
    industry: Mapped[str] = mapped_column(String(20))
    """GB/T 4754 code, as far as it is known."""
    permit: Mapped[str] = mapped_column(String(20))
    """``key``, ``simplified``, ``registered`` or empty."""
    above_scale: Mapped[bool]
    criteria: Mapped[list[Any]]
    """Keys of the criteria for which it stands on the list."""
    outlets: Mapped[list[Any]]
    """Codes of the outlets that have to be on line."""
    source: Mapped[str] = mapped_column(NAME)
    """Document of the list."""
    simulated: Mapped[bool]
    changed_at: Mapped[datetime]
    changed_by: Mapped[str] = mapped_column(NAME)


class Camera(Row):
    """A camera as a device (视频监控): where it stands and whether it answers; no video is kept here."""

    __tablename__ = "cameras"

    id: Mapped[str] = mapped_column(KEY, primary_key=True)
    name: Mapped[str] = mapped_column(NAME)
    place: Mapped[str] = mapped_column(KEY)
    """Outlet, station or site that it looks at."""
    longitude: Mapped[float | None]
    """[deg], EPSG:4490"""
    latitude: Mapped[float | None]
    """[deg], EPSG:4490"""
    snapshot: Mapped[str] = mapped_column(NAME)
    """Address at which a picture can be seen by who may; evidence links to it."""
    simulated: Mapped[bool]
    state: Mapped[str] = mapped_column(String(20))
    """``registered`` or ``retired``."""
    changed_at: Mapped[datetime]
    changed_by: Mapped[str] = mapped_column(NAME)


class CameraLook(Row):
    """One look at a camera: whether it answered (巡检)."""

    __tablename__ = "camera_looks"
    __table_args__ = (UniqueConstraint("camera", "at"),)

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    camera: Mapped[str] = mapped_column(ForeignKey("cameras.id"))
    at: Mapped[datetime]
    online: Mapped[bool]
    snapshot: Mapped[str] = mapped_column(NAME)
    """Where the picture of this look lies, empty where none was taken."""

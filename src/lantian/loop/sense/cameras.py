"""Cameras as devices: where each stands, whether it answers, where its picture lies; no video (视频监控)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select

from lantian.ledger import append_entry
from lantian.ledger.models import Camera, CameraLook
from lantian.loop.sense.centre import Centre
from lantian.terms.errors import CallerError
from lantian.terms.ids import uuid7


@dataclass(frozen=True, slots=True)
class CameraContent:
    """A camera as it is registered."""

    id: str
    name: str
    place: str
    snapshot: str
    longitude: float | None = None
    latitude: float | None = None


@dataclass(frozen=True, slots=True)
class CameraHealth:
    """How often a camera answered."""

    id: str
    name: str
    place: str
    looks: int
    online: int
    last_online: datetime | None
    snapshot: str
    """Address of the newest picture, else of the camera."""

    @property
    def online_rate(self) -> float | None:
        """Share of looks that it answered. [1]"""
        return self.online / self.looks if self.looks else None


def register_camera(centre: Centre, content: CameraContent, *, by: str, state: str = "registered") -> None:
    """Register a camera, change it, or retire it.

    Raises
    ------
    CallerError
        No id, place or name of who does it.
    """
    if not content.id.strip() or not content.place.strip() or not by.strip():
        raise CallerError("A camera needs an id, the place that it looks at, and the name of who registers it.")
    at = centre.now()
    fields = {
        "name": content.name or content.id, "place": content.place, "longitude": content.longitude,
        "latitude": content.latitude, "snapshot": content.snapshot, "state": state,
        "simulated": centre.simulated,
    }  # fmt: skip
    with centre.ledger.write() as session:
        row = session.get(Camera, content.id) or Camera(id=content.id)
        for name, value in fields.items():
            setattr(row, name, value)
        row.changed_at, row.changed_by = at, by
        session.add(row)
        append_entry(
            session, at=at, actor=by, kind=f"camera.{state}", subject=f"camera:{content.id}",
            payload={"place": content.place, "snapshot": content.snapshot},
        )  # fmt: skip


def retire_camera(centre: Centre, camera_id: str, *, reason: str, by: str) -> None:
    """Retire a camera; its looks stay as evidence.

    Raises
    ------
    CallerError
        No reason or name, or no such registered camera.
    """
    if not reason.strip() or not by.strip():
        raise CallerError("Retiring a camera needs a reason and the name of who decides it; both are kept.")
    at = centre.now()
    with centre.ledger.write() as session:
        row = session.get(Camera, camera_id)
        if row is None or row.state != "registered":
            raise CallerError("There is no registered camera {camera!r}.", camera=camera_id)
        row.state, row.changed_at, row.changed_by = "retired", at, by
        append_entry(
            session, at=at, actor=by, kind="camera.retired", subject=f"camera:{camera_id}",
            payload={"place": row.place, "reason": reason.strip()},
        )  # fmt: skip


def note_looks(centre: Centre, looks: Iterable[tuple[str, datetime, bool, str]]) -> int:
    """Keep whether cameras answered: camera, when, answered, where its picture lies; return how many were new."""
    new = 0
    with centre.ledger.write() as session:
        known = set(session.scalars(select(Camera.id)))
        for camera, at, online, snapshot in looks:
            if camera not in known:
                raise CallerError("There is no camera {camera!r}. Register it first.", camera=camera)
            same = select(CameraLook.id).where(CameraLook.camera == camera, CameraLook.at == at)
            if session.scalar(same) is not None:
                continue
            session.add(
                CameraLook(id=str(uuid7(centre.now())), camera=camera, at=at, online=online, snapshot=snapshot)
            )
            session.flush()
            new += 1
    return new


def list_cameras(centre: Centre, *, days: int = 7, at: datetime | None = None) -> list[CameraHealth]:
    """List registered cameras with their online rate over the days up to an instant, the worst first.

    Parameters
    ----------
    days : int
        Length of the window. [d]
    at : datetime, optional
        By default the wall clock.
    """
    until = at or centre.now()
    since = until - timedelta(days=days)
    window = (CameraLook.at >= since) & (CameraLook.at <= until)
    with centre.ledger.read() as session:
        cameras = list(session.scalars(select(Camera).where(Camera.state == "registered").order_by(Camera.id)))
        looks = list(session.scalars(select(CameraLook).where(window).order_by(CameraLook.at)))
        answered = (
            select(CameraLook.camera, func.max(CameraLook.at))
            .where(CameraLook.online.is_(True), CameraLook.at <= until)
            .group_by(CameraLook.camera)
        )
        last = dict(session.execute(answered).all())
    found = []
    for camera in cameras:
        mine = [look for look in looks if look.camera == camera.id]
        pictures = [look.snapshot for look in mine if look.online and look.snapshot]
        found.append(
            CameraHealth(
                camera.id, camera.name, camera.place, len(mine), sum(look.online for look in mine),
                last.get(camera.id), pictures[-1] if pictures else camera.snapshot,
            )
        )  # fmt: skip
    return sorted(found, key=lambda row: (row.online_rate is not None, row.online_rate or 0.0, row.id))

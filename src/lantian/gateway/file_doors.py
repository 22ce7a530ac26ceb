"""The doors for files within a running gateway: the drop folder, HTTP, and what both are at."""

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from lantian.gateway.counts import Reading
from lantian.gateway.dropping import DropFolder, DropSettings
from lantian.gateway.kinds import file_door
from lantian.gateway.web_door import WebDoor, WebDoorParts
from lantian.gateway.web_limits import WebLimits
from lantian.loop.sense.doors.delivering import FileDoor, deliver
from lantian.loop.sense.doors.senders import list_senders
from lantian.terms.errors import LantianError

if TYPE_CHECKING:
    from lantian.assembly import House

UPLOADS = Path("files", ".uploads")
"""Folder of a workspace for bodies on their way."""
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class FileDoors:
    """What the doors for files are built of.

    Parameters
    ----------
    inbox : Path, optional
        The drop folder; None: none is watched.
    now, today : callable
        Wall clock, and its legal day.
    """

    door: FileDoor
    now: Callable[[], datetime]
    today: Callable[[], date]
    uploads: Path
    inbox: Path | None = None
    drop: DropSettings = field(default_factory=DropSettings)
    web: WebLimits = field(default_factory=WebLimits)

    def web_door(self, metrics: Callable[[], str], health: Callable[[], dict[str, object]]) -> WebDoor:
        """Build the door by HTTP."""
        return WebDoor(WebDoorParts(self.door, self.now, self.uploads, metrics, health, self.web))

    def folder(self) -> DropFolder | None:
        """Build the drop folder."""
        if self.inbox is None:
            return None
        return DropFolder(
            folder=self.inbox,
            deliver=lambda parcel, at: deliver(self.door, parcel, at=at),
            senders=lambda: {row.name: row for row in list_senders(self.door.ledger, closed=True)},
            now=self.now,
            today=self.today,
            steady=time.monotonic,
            settings=self.drop,
        )


def file_doors(house: "House", *, inbox: bool = True) -> FileDoors:
    """Return the doors for files of a workspace, by its settings."""
    settings = house.settings
    return FileDoors(
        door=file_door(house),
        now=house.now,
        today=lambda: house.lake.day_of(house.now()),
        uploads=house.folder / UPLOADS,
        inbox=inbox_of(house) if inbox else None,
        drop=DropSettings(settle_seconds=settings.inbox_settle_seconds, keep_days=settings.inbox_keep_days),
        web=WebLimits(max_bytes=settings.file_max_bytes),
    )


def inbox_of(house: "House") -> Path:
    """Return where files are dropped: the folder of the settings, within the workspace unless it is absolute."""
    return house.folder / house.settings.inbox


class WatchedFolder:
    """The drop folder at work beside the gateway; its failures are told and never end the gateway."""

    def __init__(self, folder: DropFolder | None) -> None:
        self._folder = folder
        self.failing: LantianError | None = None
        """Why the folder as a whole cannot be looked at."""
        self.folder = None if folder is None else folder.folder

    async def run(self) -> None:
        """Look again and again."""
        while self._folder is not None:
            await self._look(self._folder)
            await asyncio.sleep(self._folder.settings.every)
        await asyncio.Event().wait()

    async def _look(self, folder: DropFolder) -> None:
        try:
            await asyncio.to_thread(folder.look)
            self.failing = None
        except LantianError as fault:
            self.failing = fault
        except Exception as fault:  # noqa: BLE001 - frames of instruments go on, whatever a file does
            _log.exception("drop folder")
            self.failing = LantianError("The drop folder stumbled: {fault}.", fault=repr(fault)[:300])

    def health(self) -> dict[str, object]:
        """Tell what waits, and what stays there and why."""
        if self._folder is None:
            return {}
        said = {name: str(error) for name, error in self._folder.failing().items()}
        return {
            "waiting": self._folder.waiting(),
            "staying": said,
            "failing": "" if self.failing is None else str(self.failing),
        }

    def gauges(self) -> list[Reading]:
        """Return its numbers for Prometheus."""
        if self._folder is None:
            return []
        name, folder = "lantian_inbox_", self._folder
        return [
            Reading(f"{name}delivered_total", "counter", "Files put away.", (("", folder.delivered),)),
            Reading(f"{name}waiting", "gauge", "Files that are to be delivered.", (("", folder.waiting()),)),
            Reading(f"{name}staying", "gauge", "Files that cannot be.", (("", len(folder.failing())),)),
            Reading(f"{name}failing", "gauge", "1 while it cannot be read.", (("", float(bool(self.failing))),)),
        ]

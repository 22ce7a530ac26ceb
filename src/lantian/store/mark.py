"""The mark of a lake: whether it is simulated, and in which zone its days were cut; for ever."""

import json
import os
import uuid
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from lantian.terms.errors import CallerError, HouseError

_LAYOUT = 1
"""Version of the folder layout; a newer one is refused."""
_FILE = "lake.json"


@dataclass(frozen=True, slots=True)
class Mark:
    """What never changes about a lake."""

    zone: ZoneInfo
    simulated: bool

    def compare(self, root: Path) -> bool:
        """Refuse a folder that holds another kind of lake; return whether it is marked at all."""
        path = root / _FILE
        try:
            found = json.loads(path.read_text(encoding="utf-8"))
            layout = int(found["layout"])
        except FileNotFoundError:
            return False
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise HouseError(
                "{path} cannot be read ({error}): nobody knows what its rows mean. Restore it from the backup",
                path=path,
                error=error,
            ) from error
        if layout > _LAYOUT:
            raise HouseError(
                "the lake in {root} has layout {layout}, this program knows {LAYOUT}: use the newer program",
                root=root,
                layout=layout,
                LAYOUT=_LAYOUT,
            )
        for name, mine in (("simulated", self.simulated), ("zone", self.zone.key)):
            if found.get(name) != mine:
                raise CallerError(
                    "the lake in {root} was made with {name} = {held}, it is opened with {mine}: its rows "
                    "would be read wrongly. Open it as it was made, or use another workspace",
                    root=root,
                    name=name,
                    held=found.get(name),
                    mine=mine,
                )
        return True

    def set_on(self, root: Path) -> None:
        """Mark a folder; the first writer decides, everybody else is compared."""
        if self.compare(root):
            return
        root.mkdir(parents=True, exist_ok=True)
        draft = root / f".{_FILE}.{uuid.uuid4().hex}"
        try:
            content = {"layout": _LAYOUT, "zone": self.zone.key, "simulated": self.simulated}
            draft.write_text(json.dumps(content), encoding="utf-8")
            with suppress(FileExistsError):
                os.link(draft, root / _FILE)
        finally:
            draft.unlink(missing_ok=True)
        self.compare(root)


def refuse_summer_time(zone: ZoneInfo) -> None:
    """Refuse a zone whose days have 23 or 25 hours."""
    offsets = [
        datetime(year, month, 1, tzinfo=zone).utcoffset() for year in (2000, 2013, 2026) for month in (1, 7)
    ]
    if len(set(offsets)) > 1:
        raise CallerError(
            "{key} has summer time, so that some of its days have 23 or 25 hours; legal days have "
            "24. Name a zone without it, such as Asia/Shanghai",
            key=zone.key,
        )

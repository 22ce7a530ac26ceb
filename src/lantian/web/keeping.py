"""What one web process keeps between requests: the open workspace, how fresh its data are, bounded caches."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from lantian.assembly import House, open_workspace
from lantian.ledger.chain import head_number

T = TypeVar("T")

_LOOK_AGAIN_SECONDS = 1.0
"""How long a table's version is believed before the disk is asked again. [s]"""
_KEPT = 512
"""Entries of the cache."""


class Keeper:
    """The workspace of a web process.

    Parameters
    ----------
    house : House
        Open workspace; it is opened anew when the city's files in the workspace change.
    """

    def __init__(self, house: House) -> None:
        self._house = house
        self._lock = threading.Lock()
        self._seen = _city_files(house.folder)
        self._looked = time.monotonic()
        self._versions: dict[str, tuple[float, int]] = {}
        self._kept: OrderedDict[Hashable, Any] = OrderedDict()

    @property
    def house(self) -> House:
        """The workspace with the city as its files say it now."""
        if time.monotonic() - self._looked > _LOOK_AGAIN_SECONDS:
            with self._lock:
                self._looked = time.monotonic()
                seen = _city_files(self._house.folder)
                if seen != self._seen:
                    self._seen, before = seen, self._house
                    self._house = open_workspace(before.folder, before.now)
                    self._kept.clear()
                    before.close()  # connections in use end with their requests
        return self._house

    def version(self, table: str) -> int:
        """Version of a table of the lake, at most a second old; ``ledger`` is the number of decisions."""
        now = time.monotonic()
        held = self._versions.get(table)
        if held is None or now - held[0] > _LOOK_AGAIN_SECONDS:
            house = self.house
            fresh = head_number(house.ledger) if table == "ledger" else house.lake.version(table)
            held = self._versions[table] = (now, fresh)
        return held[1]

    def look_again(self) -> None:
        """Believe no version any more: something was decided, and whoever decided it reads it next."""
        self._versions.clear()

    def versions(self, tables: Iterable[str]) -> tuple[int, ...]:
        """Versions of several tables, for a key or an ETag."""
        return tuple(self.version(table) for table in tables)

    def keep(self, key: Hashable, tables: Iterable[str], make: Callable[[], T]) -> T:
        """Return what was made for this key while none of the tables has changed, else make it now.

        What is kept is never changed by who gets it.
        """
        full = (key, id(self.house), self.versions(tables))
        with self._lock:
            if full in self._kept:
                self._kept.move_to_end(full)
                found: T = self._kept[full]
                return found
        made = make()
        with self._lock:
            self._kept[full] = made
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        return made

    def city_now(self) -> datetime:
        """Clock of the data: the wall's, in a simulated workspace the end of the newest hour."""
        house = self.house
        if not house.settings.simulated:
            return house.now().astimezone(house.city.zone)
        return self.keep("city_now", ["ambient_hours"], house.city_now)

    def close(self) -> None:
        """Give files and connections back."""
        self._house.close()


def _city_files(folder: Path) -> tuple[tuple[str, int], ...]:
    """Names and times of the city's own files in a workspace."""
    city = folder / "city"
    return tuple(sorted((str(file), file.stat().st_mtime_ns) for file in city.rglob("*") if file.is_file()))

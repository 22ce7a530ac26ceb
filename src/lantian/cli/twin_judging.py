"""Judges the air of a simulated city while it is alive, as its hours come (边运行边评价)."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lantian.assembly import House

EVERY_HOUR_SECONDS = 10.0
"""Where a city hour is no shorter, each is judged as it comes; else each day is, when it is over. [s]"""
_LAST_HOUR = 23


class Judge:
    """Judges days of which hours have come: each hour where there is time for it, else when a day is over.

    Parameters
    ----------
    house : House
        The workspace.
    speed : float
        City seconds in a second.
    """

    def __init__(self, house: "House", speed: float) -> None:
        self._house = house
        self._each_hour = 3_600.0 / speed >= EVERY_HOUR_SECONDS
        self._touched: set[date] = set()

    def take(self, hours: Sequence[datetime]) -> None:
        """Take hours that are in the lake."""
        self._touched |= {self._house.lake.day_of(hour) for hour in hours}
        over = {day for day in self._touched if day < max(self._touched)}
        if hours[-1].astimezone(self._house.city.zone).hour == _LAST_HOUR:
            over = set(self._touched)
        self._judge(self._touched if self._each_hour else over)

    def finish(self) -> None:
        """Judge what was not judged yet."""
        self._judge(self._touched)

    def _judge(self, days: set[date]) -> None:
        from lantian.loop import run_days

        if days:
            run_days(self._house.scene(), self._house.jobs, min(days), max(days))
            self._touched = self._touched - days

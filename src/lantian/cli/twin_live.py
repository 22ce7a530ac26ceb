"""Brings a simulated city alive: a gateway beside this program, loggers on their lines, the air judged behind."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl

    from lantian.assembly import House
    from lantian.twin.live import LiveReport
    from lantian.twin.making import Making

EVERY_HOUR_SECONDS = 10.0
"""Where a city hour is no shorter, each is judged as it comes; else each day is, when it is over. [s]"""
_LAST_HOUR = 23


def live_on(
    house: "House",
    making: "Making",
    station_hours: "Iterable[pl.DataFrame]",
    opening: datetime,
    until: datetime,
    speed: float,
    *,
    on_hours: Callable[[Sequence[datetime]], None] = lambda _hours: None,
    stop: Callable[[], bool] = lambda: False,
) -> "LiveReport | None":
    """Live through the hours up to `until`, from where the city stopped the last time; judge what comes.

    Parameters
    ----------
    house : House
        A simulated workspace whose devices are registered.
    making : Making
        The city, over a stretch that holds `until`.
    station_hours : iterable of DataFrame
        What the stations send (`lantian.twin.stations.station_hours`).
    opening : datetime
        First hour of a city that has not lived yet.
    until : datetime
        First hour that is not lived through.
    speed : float
        City seconds in a second.
    on_hours : callable
        Told hours that are in the lake and, where it was their turn, judged.
    stop : callable
        Asked now and then whether to end; Ctrl-C ends it too.

    Returns
    -------
    LiveReport or None
        None where it has lived that far already.
    """
    from lantian.gateway.process import GatewayProcess
    from lantian.twin.city_clock import CityClock
    from lantian.twin.live import STATE_FILE, LiveSettings, read_state, run_live, voices_of

    path = house.folder / STATE_FILE
    state = read_state(path)
    first, begins = (opening, opening) if state is None else (state.next, state.clock)
    if first >= until:
        return None
    voices = voices_of(making, station_hours, first, until)
    judge = Judge(house, speed)

    def told(hours: Sequence[datetime]) -> None:
        judge.take(hours)
        on_hours(hours)

    with GatewayProcess(house.folder, lambda: CityClock.starting(begins, speed)) as gateway:
        report = run_live(
            voices,
            gateway,
            gateway.clock,
            LiveSettings(first, until, state=path),
            on_hour=told,
            stop=stop,
        )
    judge.finish()
    return report


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

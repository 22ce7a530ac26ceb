"""The live part of a simulated city: every logger on its own line, at the speed of the city's clock (实时运行).

The loggers of a city run in one process; the gateway that they speak to is beside it and is handed in, because
nothing below the doors opens one. A host that is slow makes them late and loses nothing: a logger makes its next
frames only when it has room for them, and how late they are is measured.
"""

import asyncio
import json
import signal
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Protocol

import polars as pl

from lantian.city import Level
from lantian.device.client import Outcome
from lantian.device.courier import Address
from lantian.terms.errors import CallerError, HouseError
from lantian.twin.city_clock import CityClock
from lantian.twin.incidents import Incident
from lantian.twin.making import Making
from lantian.twin.readings import power_of, sent_by
from lantian.twin.speaker import Delays, Speaker, Surroundings
from lantian.twin.speaking import HOUR, LOOK_BACK, Voice, meter_voice, stack_voice, station_voice

FASTEST_WITH_MINUTES = 400.0
"""Speed up to which minutes and moments are sent as well; above it hours and days alone. [1]"""
STATE_FILE = Path("twin", "live.json")
_PATIENCE_SECONDS = 60.0
"""How long a gateway may fail before the city gives up. [s]"""
_LOOK_SECONDS = 0.1
"""How often it is looked whether an hour is in the lake, or a stop is wanted. [s]"""


class Door(Protocol):
    """The gateway that loggers speak to."""

    @property
    def port(self) -> int:
        """Port on this machine."""

    def taken_upto(self) -> float:
        """Return before which instant all that it acknowledged is in the lake [s since 1970]."""

    def failing(self) -> str:
        """Return what is wrong with it, or an empty text."""


@dataclass(frozen=True, slots=True)
class LiveSettings:
    """Which stretch is lived through, and how."""

    first: datetime
    """First hour."""
    until: datetime
    """First hour that is not lived through any more."""
    minutes: bool | None = None
    """Whether minutes are sent; None: as the speed allows."""
    state: Path | None = None
    """File in which it stands from where to go on; None: none is kept."""

    def checked(self) -> "LiveSettings":
        """Return itself, or refuse an empty stretch.

        Raises
        ------
        CallerError
            It has no hour, or begins within one.
        """
        whole = all(at.minute == at.second == at.microsecond == 0 for at in (self.first, self.until))
        if not whole or self.until <= self.first or self.first.tzinfo is None:
            raise CallerError(
                "From {first} to {until} there is no whole hour to live through. Give two full hours, the later "
                "one last.",
                first=self.first,
                until=self.until,
            )
        return self


@dataclass(frozen=True, slots=True)
class LiveReport:
    """What became of a stretch."""

    hours: int
    """Whose data are all in the lake."""
    next: datetime
    """First hour of which that is not so."""
    frames: int
    """Frames that were acknowledged, each counted once."""
    resent: int
    """How often one had to be sent again."""
    refused: int
    """Frames that their edition does not allow; more than 0 is a fault of the twin."""
    seconds: float
    """It took. [s]"""
    lag_p50: float
    """From the moment from which on a frame could be sent to its acknowledgement, half of them. [s]"""
    lag_p99: float
    lake_p50: float
    """From the end of an hour to the moment at which it is in the lake. [s]"""
    lake_p99: float
    stopped: bool
    """Whether somebody ended it before its time."""

    @property
    def rate(self) -> float:
        """Frames in a second. [1/s]"""
        return self.frames / self.seconds if self.seconds else 0.0


OnHour = Callable[[Sequence[datetime]], None]
"""Told, in a thread, the starts of hours, in the city's zone, whose data are in the lake since the last time."""


# ---------------------------------------------------------------------------------------------- where it stands


@dataclass(frozen=True, slots=True)
class LiveState:
    """From where a city goes on."""

    next: datetime
    """First hour that is not in the lake."""
    clock: datetime
    """City time at which it was stopped: it never goes back."""


def read_state(path: Path) -> LiveState | None:
    """Read from where to go on; None where nothing was begun.

    Raises
    ------
    HouseError
        The file holds something else.
    """
    try:
        held = json.loads(path.read_text("utf-8"))
        return LiveState(datetime.fromisoformat(held["next"]), datetime.fromisoformat(held["clock"]))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise HouseError(
            "{path} does not say from where the simulated city goes on: {error}. Delete it: hours that are sent "
            "twice are taken once.",
            path=path,
            error=error,
        ) from error


def keep_state(path: Path, state: LiveState) -> None:
    """Keep from where to go on, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(".new")
    fresh.write_text(json.dumps({"next": state.next.isoformat(), "clock": state.clock.isoformat()}), "utf-8")
    fresh.replace(path)


# ---------------------------------------------------------------------------------------------- who speaks


def voices_of(
    making: Making, station_hours: Iterable[pl.DataFrame], first: datetime, until: datetime
) -> list[Voice]:
    """Return what every logger of a simulated city has to say in a stretch: stations, stacks, meters.

    Parameters
    ----------
    making : Making
        The city.
    station_hours : iterable of DataFrame
        Of `lantian.twin.stations.station_hours`, one a station of the city in its order; none: no station speaks.
    first, until : datetime
        First hour, and the first that is not wanted any more. Earlier hours are kept for what is sent afterwards.
    """
    sky, seed, zone = making.sky, making.seed, making.city.zone
    first, until = first.astimezone(zone), until.astimezone(zone)
    begin = max(first - LOOK_BACK, sky.weather.axis[0])
    mine: dict[str, list[Incident]] = {}
    for each in making.incidents:
        mine.setdefault(each.subject, []).append(each)
    found = [
        station_voice(station, hours, seed, first.replace(hour=0), until)
        for station, hours in zip(making.city.stations, station_hours, strict=False)
        if station.level is not Level.MICRO
    ]
    for _, stack in making.catalogue.stacks:
        if stack.logger is not None:
            wrong = mine.get(stack.code, [])
            sent = sent_by(stack, making.works.flues[stack.code], wrong, sky, seed)
            found.append(stack_voice(stack, sent, wrong, sky, seed, begin, until))
    for plant in making.catalogue.plants:
        if plant.meter is not None:
            load = making.works.loads[plant.code]
            power = power_of(plant, plant.meter, load, mine.get(plant.code, []), sky, seed)
            found.append(meter_voice(plant, power, sky, seed, begin, until))
    return found


# ---------------------------------------------------------------------------------------------- living


def run_live(
    voices: Sequence[Voice],
    door: Door,
    clock: CityClock,
    settings: LiveSettings,
    *,
    on_hour: OnHour = lambda _hours: None,
    stop: Callable[[], bool] = lambda: False,
) -> LiveReport:
    """Let every logger speak through a stretch of hours, and tell each hour when its data are in the lake.

    Ctrl-C, or a true `stop`, ends it cleanly: lines are closed, and what was not acknowledged is sent next time.

    Parameters
    ----------
    voices
        What the loggers have to say.
    door
        The gateway.
    clock
        City time, the same as the gateway's.
    settings
        Stretch and detail.
    on_hour
        Called in a thread, one call at a time.
    stop
        Asked now and then whether to end.

    Raises
    ------
    CallerError
        The stretch has no whole hour, or nobody speaks.
    HouseError
        The gateway has ended.
    """
    settings.checked()
    if not voices:
        raise CallerError("No logger has anything to say. Give a city with stations or stacks.")
    return asyncio.run(_Life(voices, door, clock, settings, on_hour, stop).run())


@dataclass(slots=True)
class _Counted:
    """Hours that loggers have brought."""

    loggers: int
    brought: dict[datetime, int] = field(default_factory=dict)
    complete: dict[datetime, float] = field(default_factory=dict)
    """Hour that every logger has brought → when that was. [s since 1970]"""

    def over(self, hour: datetime) -> None:
        """Count one logger's hour."""
        count = self.brought.get(hour, 0) + 1
        if count < self.loggers:
            self.brought[hour] = count
        else:
            self.brought.pop(hour, None)
            self.complete[hour] = time.time()


class _Life:
    def __init__(
        self,
        voices: Sequence[Voice],
        door: Door,
        clock: CityClock,
        settings: LiveSettings,
        on_hour: OnHour,
        stop: Callable[[], bool],
    ) -> None:
        self._door, self._clock, self._settings = door, clock, settings
        self._on_hour, self._wanted = on_hour, stop
        self._counted = _Counted(len(voices))
        self._lag, self._lake = Delays(), Delays()
        self._frames = 0
        self._next = settings.first.astimezone(voices[0].first.tzinfo)
        self._well = time.monotonic()
        self._stop = asyncio.Event()
        minutes = clock.speed <= FASTEST_WITH_MINUTES if settings.minutes is None else settings.minutes
        address = Address("127.0.0.1", door.port)
        around = Surroundings(clock, address, minutes, self._acknowledged, self._counted.over)
        self._speakers = [Speaker(voice, around) for voice in voices]

    def _acknowledged(self, due: datetime) -> None:
        self._frames += 1
        self._lag.note((self._clock.now() - due).total_seconds() / self._clock.speed)

    async def run(self) -> LiveReport:
        began = time.monotonic()
        loop = asyncio.get_running_loop()
        listening = threading.current_thread() is threading.main_thread()
        if listening:
            for name in (signal.SIGINT, signal.SIGTERM):
                loop.add_signal_handler(name, self._stop.set)
        speaking = asyncio.create_task(self._speak())
        stopping = asyncio.create_task(self._listen())
        watching = asyncio.create_task(self._watch())
        try:
            await asyncio.wait({stopping, watching, speaking}, return_when=asyncio.FIRST_COMPLETED)
            if speaking.done() and not speaking.cancelled() and speaking.exception() is None:
                await asyncio.wait({stopping, watching}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._stop.set()
            speaking.cancel()
            stopping.cancel()
            done = await asyncio.gather(speaking, stopping, watching, return_exceptions=True)
            if listening:
                for name in (signal.SIGINT, signal.SIGTERM):
                    loop.remove_signal_handler(name)
            self._keep()
        for error in done:
            if isinstance(error, Exception):
                raise error
        return self._report(time.monotonic() - began)

    async def _speak(self) -> None:
        async with asyncio.TaskGroup() as group:
            for speaker in self._speakers:
                group.create_task(speaker.run(self._settings.first, self._settings.until, group))

    async def _listen(self) -> None:
        """End when somebody wants it."""
        while not (self._stop.is_set() or self._wanted()):
            await asyncio.sleep(_LOOK_SECONDS)

    async def _watch(self) -> None:
        """Tell hours that are in the lake, to the last one or a stop; a call that has begun comes to its end."""
        while self._next < self._settings.until and not self._stop.is_set():
            hours = self._in_the_lake()
            if not hours:
                self._look_at_door()
                await asyncio.sleep(_LOOK_SECONDS)
                continue
            for hour in hours:
                late = (self._clock.now() - hour - HOUR).total_seconds() / self._clock.speed
                self._lake.note(late)
            await asyncio.to_thread(self._on_hour, hours)
            self._next = hours[-1] + HOUR
            self._keep()

    def _in_the_lake(self) -> list[datetime]:
        """Take the hours, in order, that everybody has brought and the lake has."""
        complete, upto = self._counted.complete, self._door.taken_upto()
        found: list[datetime] = []
        hour = self._next
        while (at := complete.get(hour)) is not None and at < upto:
            found.append(hour)
            del complete[hour]
            hour += HOUR
        return found

    def _look_at_door(self) -> None:
        """Give up on a gateway that fails for long; for a while it may, and repeats what failed."""
        said = self._door.failing()
        if not said:
            self._well = time.monotonic()
        elif time.monotonic() - self._well > _PATIENCE_SECONDS:
            raise HouseError(
                "The gateway of the simulated city does not take its data: {why}. What was acknowledged is kept.",
                why=said,
            )

    def _keep(self) -> None:
        if self._settings.state is not None:
            keep_state(self._settings.state, LiveState(self._next, self._clock.now()))

    def _report(self, seconds: float) -> LiveReport:
        tallies = [speaker.courier.tally for speaker in self._speakers]
        refused = sum(speaker.courier.refused for speaker in self._speakers)
        return LiveReport(
            hours=(self._next - self._settings.first) // HOUR,
            next=self._next,
            frames=self._frames - refused,
            resent=sum(tally[Outcome.UNANSWERED] + tally[Outcome.CLOSED] for tally in tallies),
            refused=refused,
            seconds=seconds,
            lag_p50=self._lag.share(0.5),
            lag_p99=self._lag.share(0.99),
            lake_p50=self._lake.share(0.5),
            lake_p99=self._lake.share(0.99),
            stopped=self._next < self._settings.until,
        )

"""The past of a simulated city, brought in whole: stations, stacks, meters, and files through the door (历史数据).

Hours of stations and loggers are appended as the rows that their frames would give; a year of frames by the minute
would be hundreds of millions. Everything that comes as a file in a real city goes through the door for files.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

import polars as pl

from lantian.store import AMBIENT_HOURS, POWER_READINGS, SOURCE_READINGS, Table
from lantian.terms.words import mark
from lantian.twin.files import bring_files
from lantian.twin.incidents import Incident
from lantian.twin.keeping import air_of
from lantian.twin.micro import register_micro
from lantian.twin.readings import Power, Sent, meter_rows, power_of, sent_by, stack_rows
from lantian.twin.registering import register_all
from lantian.twin.sealing import Sealed, seal, truth_frames
from lantian.twin.stations import station_hours

if TYPE_CHECKING:
    from lantian.assembly import House
    from lantian.twin.catalogue import Plant, Stack
    from lantian.twin.field import Air
    from lantian.twin.making import Making

Progress = Callable[[float, str], None]
_HEARD = timedelta(minutes=62)
"""From the start of an hour to the moment at which its frame comes in."""


@dataclass(slots=True)
class History:
    """What was brought in."""

    written: dict[str, int] = field(default_factory=dict)
    """Table → rows."""
    registered: int = 0
    files: dict[str, int] = field(default_factory=dict)
    """Kind of file → rows that were taken."""
    sealed: tuple[Sealed, ...] = ()

    def add(self, table: str, rows: int) -> None:
        """Count rows."""
        self.written[table] = self.written.get(table, 0) + rows


def bring_history(
    house: "House",
    making: "Making",
    until: datetime,
    *,
    sources_from: date,
    progress: Progress = lambda _share, _said: None,
) -> History:
    """Bring a simulated city's past into a workspace; what is there already is not written again.

    Parameters
    ----------
    house : House
        A simulated workspace of the city.
    making : Making
        Its stretch may go on after `until`: the truth and the air are made for all of it at once.
    until : datetime
        First hour that is not history any more.
    sources_from : date
        First legal day whose stack and meter hours are brought in.
    progress : callable
        Told the share that is done, and what is being done.
    """
    done = History()
    progress(0.0, mark("building the city"))
    done.registered = register_all(house.ledger, making, at=house.now())
    done.registered += register_micro(house.ledger, making, at=house.now())
    air = air_of(making, house.folder, lambda share: progress(0.05 + 0.55 * share, mark("the air of every hour")))
    progress(0.60, mark("the truth is sealed"))
    done.sealed = seal(house.folder, house.ledger, truth_frames(making, air), at=house.now())
    progress(0.66, mark("hours of stations"))
    done.add(AMBIENT_HOURS.name, _stations(house, making, air, until))
    for share, said, table, frame in _sources(making, until, sources_from, house.now()):
        progress(0.70 + 0.20 * share, said)
        if not frame.is_empty():
            done.add(table.name, house.lake.append(table, frame, only_changes=True).written)
    progress(0.90, mark("files through the door"))
    done.files = bring_files(house, making, air, until)
    progress(1.0, "")
    return done


def _stations(house: "House", making: "Making", air: "Air", until: datetime) -> int:
    held = house.lake.scan(AMBIENT_HOURS.name, columns=["hour_start"], latest=False)
    newest = held.select(pl.col("hour_start").max()).collect().item()
    begin = making.sky.weather.axis[making.hours.start] if newest is None else newest + timedelta(hours=1)
    frames = [
        frame.filter(pl.col("hour_start").is_between(begin, until, closed="left"))
        for frame in station_hours(making.city.stations, air, making.sky, making.incidents, making.seed)
    ]
    rows = pl.concat(frames)
    return 0 if rows.is_empty() else house.lake.append(AMBIENT_HOURS.name, rows, only_changes=True).written


def _sources(
    making: "Making", until: datetime, first: date, received: datetime
) -> "Iterator[tuple[float, str, Table, pl.DataFrame]]":
    """Stack and meter hours month by month, so that no more than a month is in memory."""
    axis = making.sky.weather.axis
    months = _months(max(first, making.first), until)
    mine: dict[str, list[Incident]] = {}
    for each in making.incidents:
        mine.setdefault(each.subject, []).append(each)
    for number, (begin, end) in enumerate(months):
        chosen = ((axis >= begin) & (axis < end)).to_numpy()
        if not chosen.any():
            continue
        share, said = number / len(months), mark("hours of stacks and meters")
        stacks = [
            stack_rows(stack, _sent(making, stack, mine), making.sky, chosen, received)
            for _, stack in making.catalogue.stacks
            if stack.logger is not None
        ]
        yield share, said, SOURCE_READINGS, _heard(stacks)
        meters = [
            meter_rows(plant, _power(making, plant, mine), making.sky, chosen, received)
            for plant in making.catalogue.plants
            if plant.meter is not None and not plant.small
        ]
        yield share, said, POWER_READINGS, _heard(meters)


def _heard(frames: list[pl.DataFrame]) -> pl.DataFrame:
    """Join hours of loggers, each received shortly after it was over."""
    whole = pl.concat([frame for frame in frames if not frame.is_empty()])
    return whole.with_columns(received_at=pl.col("period_start").dt.convert_time_zone("UTC") + _HEARD)


def _sent(making: "Making", stack: "Stack", mine: "Mapping[str, list[Incident]]") -> "Sent":
    flue = making.works.flues[stack.code]
    return sent_by(stack, flue, mine.get(stack.code, []), making.sky, making.seed)


def _power(making: "Making", plant: "Plant", mine: "Mapping[str, list[Incident]]") -> "Power":
    load = making.works.loads[plant.code]
    return power_of(plant, plant.meter, load, mine.get(plant.code, []), making.sky, making.seed)  # type: ignore[arg-type]


def _months(first: date, until: datetime) -> list[tuple[datetime, datetime]]:
    """Split a stretch at the first of each month."""
    begin = datetime(first.year, first.month, first.day, tzinfo=until.tzinfo)
    found: list[tuple[datetime, datetime]] = []
    while begin < until:
        after = (begin.replace(day=1) + timedelta(days=32)).replace(day=1)
        found.append((begin, min(after, until)))
        begin = after
    return found

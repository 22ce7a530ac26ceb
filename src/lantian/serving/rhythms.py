"""When the loop's rounds are due, by the clock of the data; what was missed is made up for in order (调度)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from apscheduler.triggers.cron import CronTrigger

from lantian.desk.jobs import Jobs, RunCard, RunState
from lantian.desk.jobs.asking import MOST_ATTEMPTS
from lantian.desk.jobs.states import OPEN
from lantian.desk.jobs.words import DAY, HOUR, MONTH

_LOOKED_AT = 50
"""Newest runs of a kind that are looked at."""
_AGAIN_AFTER = timedelta(minutes=1)
"""Until a failed round is tried again; four times as long after each further failure."""
_DAY = timedelta(days=1)
_LONGEST = {HOUR: timedelta(days=31), DAY: timedelta(days=92), MONTH: timedelta(days=400)}
"""How far back missed rounds are made up for."""


@dataclass(frozen=True, slots=True)
class Times:
    """When rounds begin, on the clock of the data."""

    hour_minute: int = 12
    """An hour's round, after its end: stations and loggers need so long. [min]"""
    day_hour: int = 2
    """A day's round, after its end. [h]"""
    month_hour: int = 4
    """A month's round, on the first of the next one. [h]"""

    def triggers(self, zone: ZoneInfo) -> dict[str, CronTrigger]:
        """Return when each round is due, in the order in which they are done."""
        return {
            HOUR: CronTrigger(minute=self.hour_minute, timezone=zone),
            DAY: CronTrigger(hour=self.day_hour, minute=40, timezone=zone),
            MONTH: CronTrigger(day=1, hour=self.month_hour, minute=10, timezone=zone),
        }


BY_THE_DATA = Times(hour_minute=0)
"""Where the clock is the end of the newest hour, that hour is there already."""


@dataclass(frozen=True, slots=True)
class Due:
    """A round that is to be done."""

    what: str
    for_when: str
    inputs: dict[str, Any]


def due_rounds(jobs: Jobs, now: datetime, zone: ZoneInfo, times: Times | None = None) -> list[Due]:
    """List the rounds that are due and neither done nor waiting: hours, then days, then months.

    Missed hours are one round, because it takes whatever came; missed days are one, over all of them; each missed
    month is its own. How far they are is read from the records of runs alone.

    Parameters
    ----------
    now : datetime
        Clock of the data.
    """
    at = now.astimezone(zone)
    found: list[Due] = []
    for what, trigger in (times or Times()).triggers(zone).items():
        runs = jobs.list_runs(_LOOKED_AT, what=what)
        if any(run.state in OPEN for run in runs):
            continue
        done = max(
            (_upto(run) for run in runs if run.state == RunState.DONE and "upto" in run.inputs), default=None
        )
        slots = list(_fires(trigger, _since(what, done, at), at))
        if done is None:
            slots = slots[-1:]
        wanted = None if not slots else _round(what, slots)
        if wanted is not None and not _rests(wanted, runs, jobs_now=jobs.now()):
            found.append(wanted)
    return found


def _since(what: str, done: datetime | None, at: datetime) -> datetime:
    oldest = at - _LONGEST[what]
    return oldest if done is None else max(done + timedelta(microseconds=1), oldest)


def _upto(run: RunCard) -> datetime:
    """Return the slot that a round covered; one that a person asked for covers none, and says none."""
    return datetime.fromisoformat(str(run.inputs["upto"]))


def _fires(trigger: CronTrigger, since: datetime, until: datetime) -> Iterator[datetime]:
    fire = trigger.get_next_fire_time(None, since)
    while fire is not None and fire <= until:
        yield fire
        fire = trigger.get_next_fire_time(fire, fire)


def _round(what: str, slots: list[datetime]) -> Due:
    """Return one round for what is due; of months the first one."""
    if what == HOUR:
        upto = slots[-1]
        hour = upto.replace(minute=0) - timedelta(hours=1)
        return Due(what, f"{hour:%Y-%m-%dT%H:%M%z}", {"upto": upto.isoformat(), "hours": len(slots)})
    if what == MONTH:
        upto = slots[0]
        last = _midnight(upto.replace(day=1)) - _DAY
        first, upper = _day_of(last.replace(day=1)), _day_of(last)
        return Due(what, f"{first:%Y-%m}", {"upto": upto.isoformat(), "first": str(first), "last": str(upper)})
    first, last_day = (_day_of(_midnight(each) - _DAY) for each in (slots[0], slots[-1]))
    span = {"first": str(first), "last": str(last_day)}
    return Due(what, f"{first}..{last_day}", {"upto": slots[-1].isoformat(), **span})


def _midnight(at: datetime) -> datetime:
    return at.replace(hour=0, minute=0, second=0, microsecond=0)


def _day_of(midnight: datetime) -> date:
    return date(midnight.year, midnight.month, midnight.day)


def _rests(wanted: Due, runs: list[RunCard], *, jobs_now: datetime) -> bool:
    """Whether a round that failed waits for its next attempt, had its last one, or was stopped by a person."""
    tries = [run for run in runs if run.for_when == wanted.for_when]
    if not tries:
        return False
    if tries[0].state == RunState.CANCELLED or len(tries) >= MOST_ATTEMPTS:
        return True
    pause = _AGAIN_AFTER * 4 ** (len(tries) - 1)
    return tries[0].ended_at is not None and jobs_now - tries[0].ended_at < pause

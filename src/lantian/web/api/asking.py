"""Parameters that several lists share."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated

from fastapi import Depends, Query

from lantian.loop.evaluate.hours import Stage
from lantian.loop.evaluate.queries import current_stage
from lantian.terms.errors import CallerError
from lantian.web.api.answers import Wanted
from lantian.web.visiting import Visit

Answered = Annotated[Wanted, Depends()]
First = Annotated[date | None, Query(description="First legal day; by default some days before the last.")]
Last = Annotated[date | None, Query(description="Last legal day, included; by default the city's today.")]
Code = Annotated[
    str | None, Query(max_length=64, description="Code of a station, or adcode of a county or the city.")
]
StageAsked = Annotated[
    Stage | None, Query(description="Audited or original rows; by default what people look at.")
]
EARLIEST, LATEST = date(1950, 1, 1), date(2199, 12, 31)


@dataclass(frozen=True, slots=True)
class Days:
    """A stretch of legal days, both ends included."""

    first: date
    last: date


def days_of(first: date | None, last: date | None, today: date, back: int) -> Days:
    """Settle which days are meant.

    Raises
    ------
    CallerError
        The last lies before the first, or they lie outside the calendar of instruments.
    """
    end = last or max(today, first or today)
    begin = first or max(EARLIEST, end - timedelta(days=back))
    if begin > end:
        raise CallerError(
            "The first day {first} lies after the last {last}. Change them over.", first=begin, last=end
        )
    if begin < EARLIEST or end > LATEST:
        raise CallerError("Days lie from {first} to {last}. Choose others.", first=EARLIEST, last=LATEST)
    return Days(begin, end)


def stage_of(visit: Visit, asked: Stage | None) -> Stage:
    """Return the stage that was asked for, else the one that people look at."""
    if asked is not None:
        return asked
    return visit.keeper.keep(("api", "stage"), ["daily_index"], lambda: current_stage(visit.house.lake))

"""How likely is a goal to be met, from the city's own past years in the lake? (目标实现概率)."""

import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from lantian.loop.plan.targets.goal_days import AirDays, past_calendars
from lantian.loop.plan.targets.goal_records import Chance, GoalState, Said
from lantian.science.goal_outlook import (
    FEWEST_SHARE,
    FEWEST_YEARS,
    NoOutlook,
    Outlook,
    year_end_outlook,
)
from lantian.terms.types import FloatArray
from lantian.terms.words import mark

PAST_YEARS = 5
"""How far back variation is looked for; older air was another air. [a]"""
LIKELY = 2 / 3
"""Chance from which a goal counts as on the way: "likely" in the IPCC's guidance note on uncertainty (Mastrandrea
et al. 2010)."""

DayValues = Callable[[FloatArray, NDArray[np.int16]], FloatArray]
"""From day values, shape (n_days, 6), and indices to the daily figure whose mean a goal bounds; NaN where none."""


@dataclass(frozen=True, slots=True)
class Bound:
    """The largest mean of the whole year that meets a goal."""

    value: float
    """In the unit of the daily figure."""
    attains: bool
    """Whether exactly this much meets it."""
    highest: float | None = None
    """Highest possible mean: 100 for shares of days [%]."""


@dataclass(frozen=True, slots=True)
class Prospect:
    """What is known of the rest of the year."""

    chance: Chance | None
    note: Said | None
    """Why there is none."""
    last_rest: float | None
    """Mean of the same days to come in the latest year that has them, in the unit of the daily figure."""


def prospect(
    days: AirDays,
    subject: str,
    basis: str,
    year: int,
    so_far: FloatArray,
    figure: DayValues,
    bound: Bound,
    show: Callable[[float], Decimal] | None,
    *,
    name: str,
) -> Prospect:
    """Say how likely the year's mean ends within a bound.

    Parameters
    ----------
    days : AirDays
        With the past years of the subject.
    subject, basis : str
        Whose days, on which side.
    year : int
        The running year.
    so_far : array, shape (n_so_far,)
        Daily figures from 1 January on. [as `bound`]
    figure : callable
        Makes the daily figures of past years.
    bound : Bound
        What the year's mean may be.
    show : callable, optional
        Writes a mean of the year in the goal's unit, for the interval; without it none is shown.
    name : str
        What the draw is seeded with, so that asking twice gives one answer.
    """
    past = {one: figure(*days.year(subject, basis, one)) for one in range(year - PAST_YEARS, year)}
    calendars = past_calendars(past, year)
    found = year_end_outlook(
        so_far, calendars, bound.value, seed=zlib.crc32(f"{name}:{subject}:{year}".encode()),
        bound_attains=bound.attains, highest=bound.highest,
    )  # fmt: skip
    return Prospect(_chance(found, show), _note(found, past), _last_rest(calendars, len(so_far)))


def outcome(
    found: Prospect, *, lost: bool, on_course: bool, rest_bears: Callable[[float], bool]
) -> tuple[GoalState, Said | None]:
    """Judge a running year: by its chance, else by last year's rest, else by what it has shown so far.

    Parameters
    ----------
    found : Prospect
        What is known of the rest.
    lost : bool
        Whether nothing can save it.
    on_course : bool
        Whether the figure so far meets the target.
    rest_bears : callable
        Whether a rest like this meets the target.
    """
    if lost:
        return GoalState.MISSED, None
    if found.chance is not None:
        likely = found.chance.chance >= LIKELY
        return (GoalState.ON_THE_WAY if likely else GoalState.AT_RISK), None
    if found.last_rest is not None:
        good = rest_bears(found.last_rest)
        return (GoalState.ON_THE_WAY if good else GoalState.AT_RISK), found.note
    return (GoalState.ON_THE_WAY if on_course else GoalState.AT_RISK), found.note


def _chance(found: Outlook | NoOutlook, show: Callable[[float], Decimal] | None) -> Chance | None:
    if isinstance(found, NoOutlook):
        return None
    ends = sorted(show(end) for end in (found.mean_low, found.mean_high) if show is not None and end is not None)
    low, high = (ends[0], ends[-1]) if ends else (None, None)
    return Chance(found.chance, low, high, found.interval, found.years)


def _note(found: Outlook | NoOutlook, past: Mapping[int, FloatArray]) -> Said | None:
    if isinstance(found, Outlook):
        return None
    held = [one for one, values in past.items() if not np.isnan(values).all()]
    return Said(
        mark("No chance is given: {years} past years have enough days, at least {fewest} are needed."),
        {"years": _complete(past, held), "fewest": FEWEST_YEARS},
    )


def _complete(past: Mapping[int, FloatArray], held: list[int]) -> int:
    return sum(int(np.mean(~np.isnan(past[one])) >= FEWEST_SHARE) for one in held)


def _last_rest(calendars: FloatArray, start: int) -> float | None:
    """Mean of the days to come in the latest past year that has enough of them."""
    for row in calendars[::-1]:
        rest = row[start:]
        if len(rest) and np.mean(~np.isnan(rest)) >= FEWEST_SHARE:
            return float(np.nanmean(rest))
    return None

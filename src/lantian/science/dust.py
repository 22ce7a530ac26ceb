"""Which hours look like dust, and what a day is worth without its dust (沙尘).

Nothing here decides: `propose` finds hours that look like a dust period and shows why, a person approves, and only
then `deduct_days` makes the second, dust-deducted side of each day. The measured side is never touched.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from lantian.rules.records import DustRule
from lantian.terms.errors import CallerError, RuleError
from lantian.terms.pollutants import BASIC, Pollutant
from lantian.terms.types import Concentration, FloatArray, MicrogramsPerM3

_HOUR = timedelta(hours=1)
_SLACK = 1e-9
"""Relative; an hour that reaches a threshold exactly must not miss it by the last bit of a binary mean."""
_PARTICLES = [BASIC.index(Pollutant.PM10), BASIC.index(Pollutant.PM25)]


class DustTrigger(StrEnum):
    """What made an hour the start of a proposal."""

    PM10_JUMP = "pm10_jump"
    RATIO_DROP = "ratio_drop"
    BOTH = "both"


class DustEnd(StrEnum):
    """Why a proposal ends where it does."""

    BACK = "pm10_back_to_reference"
    LONGEST = "longest_period_reached"
    DATA_ENDS = "data_end"


@dataclass(frozen=True, slots=True)
class DustProposal:
    """Hours that look like dust, with the evidence; a person decides."""

    start: datetime
    """First affected hour (its start)."""
    end: datetime
    """First hour that is no longer affected (its start)."""
    trigger: DustTrigger
    ended_by: DustEnd
    reference_pm10: float
    """Mean PM10 of the hours before `start` [ug m-3]."""
    peak_pm10: float
    """Highest hourly PM10 of the period [ug m-3]."""
    peak_at: datetime
    """Hour of the peak (its start)."""
    start_ratio: float | None
    """PM2.5/PM10 of the first hour; None without PM2.5 [1]."""
    reference_ratio: float | None
    """Mean PM2.5/PM10 of the hours before `start` [1]."""
    lowest_ratio: float | None
    """Smallest PM2.5/PM10 of the period [1]."""
    missing_hours: int
    """Hours of the period without PM10 [h]."""
    rule: str
    """Id of the dust rule."""

    @property
    def hours(self) -> int:
        """Length [h]."""
        return round((self.end - self.start) / _HOUR)

    @property
    def jump(self) -> float:
        """Peak PM10 over its reference [1]."""
        return self.peak_pm10 / self.reference_pm10


def propose(
    first_hour: datetime,
    pm10: MicrogramsPerM3,
    pm25: MicrogramsPerM3,
    rule: DustRule,
    *,
    required_reference_hours: int | None = None,
    peak_above_floor: bool = True,
) -> list[DustProposal]:
    """List the stretches of hours that look like dust, in order (沙尘影响时段建议).

    Parameters
    ----------
    first_hour : datetime
        Start of the first hour of the arrays, timezone-aware.
    pm10, pm25 : array, shape (n_hours,)
        Consecutive hourly means of one city or station, NaN where missing. [ug m-3]
    rule : DustRule
        Thresholds in force.
    required_reference_hours : int, optional
        Fewest valid hours of the reference before a start; half of the rule's reference hours if left out. [h]
    peak_above_floor : bool
        Leave out periods that began by the fall of PM2.5/PM10 alone and whose PM10 never exceeds the rule's floor:
        in clean air that ratio halves without any dust.

    Returns
    -------
    list of DustProposal
        Half-open stretches that do not overlap.

    References
    ----------
    Rule ``dust``. The reference is the mean of the hours right before the start and stays the same until the end.

    Examples
    --------
    >>> from datetime import UTC
    >>> rule = DustRule(
    ...     id="d", subject="dust", title="d", title_zh="d", in_force="2017-01-01", source="s", confidence="C",
    ...     reference_hours=6, pm10_ratio_start=2, pm10_floor=150, pm_ratio_share="0.5", end_within="0.1",
    ...     longest_hours=72, deduct={})
    >>> pm10 = np.array([80.0] * 6 + [400, 900, 500, 200, 85, 80])
    >>> [found] = propose(datetime(2021, 3, 15, tzinfo=UTC), pm10, pm10 * 0.2, rule)
    >>> found.start.hour, found.end.hour, found.peak_pm10, found.trigger.value
    (6, 10, 900.0, 'pm10_jump')
    """
    if first_hour.tzinfo is None:
        raise CallerError(
            "first hour {first_hour} has no timezone: an hour without one cannot be placed in a legal day",
            first_hour=first_hour,
        )
    coarse, fine = np.asarray(pm10, dtype=np.float64), np.asarray(pm25, dtype=np.float64)
    if coarse.ndim != 1 or coarse.shape != fine.shape:
        raise CallerError(
            "PM10 has shape {shape} and PM2.5 {shape_2}: pass one equally long series of each",
            shape=coarse.shape,
            shape_2=fine.shape,
        )
    needed = (rule.reference_hours + 1) // 2 if required_reference_hours is None else required_reference_hours
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(coarse > 0, fine / coarse, np.nan)
    reference = _mean_before(coarse, rule.reference_hours, needed)
    reference_ratio = _mean_before(ratio, rule.reference_hours, needed)
    jump_from = float(rule.pm10_ratio_start) * reference * (1 - _SLACK)
    jumps = (coarse >= jump_from) & (coarse > float(rule.pm10_floor)) & (reference > 0)
    drops = (ratio <= float(rule.pm_ratio_share) * reference_ratio * (1 + _SLACK)) & (reference > 0)
    starts = np.flatnonzero(jumps | drops)
    proposals: list[DustProposal] = []
    free_from = 0
    for start in starts.tolist():
        if start < free_from:
            continue
        end, ended_by = _end(coarse, start, float(reference[start]), rule)
        peak = start + int(np.nanargmax(coarse[start:end]))
        if peak_above_floor and not jumps[start] and not coarse[peak] > float(rule.pm10_floor):
            continue
        free_from = end
        trigger = DustTrigger.RATIO_DROP if not jumps[start] else DustTrigger.PM10_JUMP
        proposals.append(
            DustProposal(
                start=first_hour + start * _HOUR,
                end=first_hour + end * _HOUR,
                trigger=DustTrigger.BOTH if jumps[start] and drops[start] else trigger,
                ended_by=ended_by,
                reference_pm10=float(reference[start]),
                peak_pm10=float(coarse[peak]),
                peak_at=first_hour + peak * _HOUR,
                start_ratio=_known(ratio[start]),
                reference_ratio=_known(reference_ratio[start]),
                lowest_ratio=_known(np.fmin.reduce(ratio[start:end])),
                missing_hours=int(np.isnan(coarse[start:end]).sum()),
                rule=rule.id,
            )
        )
    return proposals


@dataclass(frozen=True, slots=True)
class ApprovedPeriod:
    """Hours that a person declared to be dust; the deduction uses nothing else."""

    start: datetime
    """First affected hour (its start)."""
    end: datetime
    """First hour that is no longer affected (its start)."""

    def __post_init__(self) -> None:
        if self.start.tzinfo is None or self.end.tzinfo is None or self.end <= self.start:
            raise CallerError(
                "dust period {start} .. {end}: both ends need a timezone, the end later than the start",
                start=self.start,
                end=self.end,
            )


def affected_days(periods: Sequence[ApprovedPeriod], zone: tzinfo) -> frozenset[date]:
    """Legal days that hold at least one approved hour.

    Parameters
    ----------
    periods : sequence of ApprovedPeriod
        What a person approved.
    zone : tzinfo
        The city's zone, in which a legal day begins at midnight.

    Returns
    -------
    frozenset of date
        The days whose particles are deducted as a whole.

    Examples
    --------
    >>> from zoneinfo import ZoneInfo
    >>> zone = ZoneInfo("Asia/Shanghai")
    >>> evening = ApprovedPeriod(datetime(2021, 3, 15, 22, tzinfo=zone), datetime(2021, 3, 16, 0, tzinfo=zone))
    >>> sorted(affected_days([evening], zone))
    [datetime.date(2021, 3, 15)]
    """
    days: set[date] = set()
    for period in periods:
        day, last = period.start.astimezone(zone).date(), (period.end - _HOUR).astimezone(zone)
        final = max(day, last.date())
        while day <= final:
            days.add(day)
            day += timedelta(days=1)
    return frozenset(days)


def deduct_days(daily: Concentration, first_day: date, days: Collection[date]) -> Concentration:
    """Make the dust-deducted side: PM10 and PM2.5 of the whole day are missing (剔除沙尘影响).

    Parameters
    ----------
    daily : array, shape (n_days, 6) or (n_subjects, n_days, 6)
        Daily values of consecutive days, columns as in `BASIC`, NaN where missing. [ug m-3, CO mg m-3]
    first_day : date
        Legal day of the first row.
    days : collection of date
        Days with approved dust, from `affected_days`; those outside the array are passed over.

    Returns
    -------
    array, same shape
        A copy; `daily` itself keeps the measured side. [ug m-3, CO mg m-3]

    Examples
    --------
    >>> measured = np.array([[5.0, 20.0, 0.6, 80.0, 900.0, 150.0]])
    >>> deduct_days(measured, date(2021, 3, 15), {date(2021, 3, 15)})
    array([[ 5. , 20. ,  0.6, 80. ,  nan,  nan]])
    """
    deducted = np.array(daily) if np.asarray(daily).dtype == np.float32 else np.array(daily, dtype=np.float64)
    if deducted.ndim < 2 or deducted.shape[-1] != len(BASIC):
        raise CallerError(
            "daily values have shape {shape}: the last axis must be the {n_BASIC} basic pollutants",
            shape=deducted.shape,
            n_BASIC=len(BASIC),
        )
    touched = _places(first_day, deducted.shape[-2], days)
    for column in _PARTICLES:
        deducted[..., touched, column] = np.nan
    return deducted


def side(rule: DustRule, statistic: str) -> str:
    """Which side of a day a statistic uses: ``measured`` or ``dust_deducted``.

    Parameters
    ----------
    rule : DustRule
        Rule in force.
    statistic : str
        ``pm10``, ``pm25``, ``composite_index``, ``good_day_ratio`` or ``heavy_day_ratio``.

    Returns
    -------
    str
        The side.

    Raises
    ------
    RuleError
        The rule does not say.
    """
    try:
        return rule.deduct[statistic]
    except KeyError:
        raise RuleError(
            "{id} does not say whether {statistic} is with or without dust: add it to [deduct] of the rule",
            id=rule.id,
            statistic=statistic,
        ) from None


# ---------------------------------------------------------------------------------------------- inside


def _mean_before(series: FloatArray, hours: int, needed: int) -> FloatArray:
    """Mean of the `hours` right before each hour, NaN where fewer than `needed` are valid."""
    padded = np.concatenate([np.full(hours, np.nan), series[:-1]]) if len(series) else series
    if not len(padded):
        return padded
    windows = np.lib.stride_tricks.sliding_window_view(padded, hours)
    known = ~np.isnan(windows)
    count = known.sum(axis=1)
    total = np.where(known, windows, 0.0).sum(axis=1)
    return np.where(count >= max(needed, 1), total / np.maximum(count, 1), np.nan)


def _end(coarse: FloatArray, start: int, reference: float, rule: DustRule) -> tuple[int, DustEnd]:
    """First hour after `start` that is free again, and why."""
    back = reference * (1 + float(rule.end_within)) * (1 + _SLACK)
    horizon = min(len(coarse), start + rule.longest_hours)
    free = np.flatnonzero(coarse[start + 1 : horizon] <= back)
    if len(free):
        return start + 1 + int(free[0]), DustEnd.BACK
    return horizon, DustEnd.LONGEST if horizon == start + rule.longest_hours else DustEnd.DATA_ENDS


def _known(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def _places(first_day: date, n_days: int, days: Collection[date]) -> NDArray[np.intp]:
    offsets = sorted((day - first_day).days for day in days)
    return np.array([place for place in offsets if 0 <= place < n_days], dtype=np.intp)

"""Hours to days: daily means, highest 8 h ozone, validity with reasons, and the index of each day (日评价).

Hours stand in the order of the legal day: position 0 is the hour that starts at 00:00 and ends at 01:00, position
23 the one that ends at 24:00. NaN is a missing hour. Sums are exact for hourly decimals of at most nine places;
every value is rounded once, from the exact mean. Numbers of a million or more count as missing.
"""

import numpy as np
from numpy.typing import NDArray

from lantian.rules.records import AmbientLimits, AqiRule, EvaluationRule
from lantian.science.aqi import AqiArrays, index_of
from lantian.science.statistics import kernels
from lantian.science.statistics.day_records import DAY_KEYS, OZONE, DayReason, OzoneDays, StationDays
from lantian.science.statistics.day_work import DayWork, HourColumn, Limit, in_threads
from lantian.terms.errors import CallerError
from lantian.terms.pollutants import BASIC, Pollutant
from lantian.terms.types import Concentration, IntArray, MicrogramsPerM3

__all__ = [
    "DAY_KEYS",
    "DayReason",
    "OzoneDays",
    "StationDays",
    "day_index",
    "index_days",
    "ozone_days",
    "ozone_windows",
    "running_8h_city",
    "station_days",
]

_HOURS = kernels.HOURS


def station_days(
    hours: Concentration,
    evaluation: EvaluationRule,
    mda8_limit: Limit,
    *,
    monitored: NDArray[np.bool_] | None = None,
    threads: int | None = None,
) -> StationDays:
    """Daily values of every station day, or NaN and a reason where the day is not valid (日均值).

    Parameters
    ----------
    hours : array, shape (n_days, 24, 6) or (n_stations, n_days, 24, 6)
        Hourly means in the order of `BASIC`, NaN where an hour is missing or was rejected. [ug m-3, CO mg m-3]
    evaluation : EvaluationRule
        Edition in force for all these days: hours, windows and decimals that it demands.
    mda8_limit : number, array or None
        Limit of the daily highest 8 h mean; an array is broadcast to the leading shape. The rounded mean must
        exceed it for a day with too few windows to count. None: no such day counts. [ug m-3]
    monitored : array of bool, shape (6,) or broadcast to (..., 6), optional
        Monitoring programme; what lies outside it is `NOT_MONITORED` whatever the hours say.
    threads : int, optional
        At most so many threads; as many as there are processors when not given.

    Returns
    -------
    StationDays

    Raises
    ------
    CallerError
        If the last two axes are not 24 hours and 6 pollutants.

    Notes
    -----
    The highest hour of ozone demands as many valid hours as a daily mean; the standards name no number for it.

    References
    ----------
    Rules ``evaluation`` (HJ 663) and ``ambient_limits`` (GB 3095, table of validity); clauses in the rule files.

    Examples
    --------
    >>> from datetime import date
    >>> from lantian.rules import Rulebook
    >>> rule = Rulebook.packaged().evaluation(date(2026, 3, 1))
    >>> hours = np.full((1, 24, 6), 40.5)
    >>> hours[0, :5, 0] = np.nan
    >>> days = station_days(hours, rule, 160)
    >>> days.value.tolist()
    [[nan, 40.0, 40.5, 40.0, 40.0, 40.0, 40.0]]
    >>> DayReason(days.reason[0, 0]).name, int(days.valid_hours[0, 0])
    ('TOO_FEW_HOURS', 19)
    """
    if hours.ndim < 2 or hours.shape[-2:] != (_HOURS, len(BASIC)):
        raise CallerError(
            "hours of shape {shape}: the last two axes must be the 24 hours of the legal day and the "
            "six pollutants so2, no2, co, o3, pm10, pm25, else hours would be counted to the wrong "
            "day",
            shape=hours.shape,
        )
    lead = hours.shape[:-2]
    flat = np.ascontiguousarray(hours, dtype=np.float64).reshape(-1)
    job = DayWork.of(lead, evaluation, mda8_limit)
    origin = np.arange(0, len(flat), _HOURS * len(BASIC))

    def work(first: int, last: int) -> None:
        for at, pollutant in enumerate(BASIC):
            job.fill(pollutant, HourColumn(flat, shift=at, stride=len(BASIC)), origin, first, last)

    in_threads(work, len(job.limits), 1, threads)
    return job.days.shaped(lead, monitored)


def index_days(days: StationDays, aqi_rule: AqiRule, monitored: NDArray[np.bool_] | None = None) -> AqiArrays:
    """Index of days that are already there (日空气质量指数).

    Parameters
    ----------
    days : StationDays
        Rounded values enter. [ug m-3, CO mg m-3]
    aqi_rule : AqiRule
        Daily edition in force; its keys are among `DAY_KEYS`.
    monitored : array of bool, shape (6,) or (..., 6), optional
        Monitoring programme.

    Returns
    -------
    AqiArrays
        Arrays with the leading shape of `days`.

    Raises
    ------
    CallerError
        If the edition needs an indicator that days do not have.

    Examples
    --------
    >>> from datetime import date
    >>> from lantian.rules import Rulebook
    >>> law, day = Rulebook.packaged(), date(2026, 3, 1)
    >>> days = station_days(np.full((1, 24, 6), 30.0), law.evaluation(day), 160)
    >>> index_days(days, law.aqi_day(day)).iaqi.tolist()
    [[30, 38, 250, 15, 30, 43]]
    """
    keys = [row.key for row in aqi_rule.indicators]
    unknown = [key for key in keys if key not in DAY_KEYS]
    if unknown:
        raise CallerError(
            "{id} needs {unknown}, which a day does not have ({DAY_KEYS}); take an edition for the day",
            id=aqi_rule.id,
            unknown=", ".join(unknown),
            DAY_KEYS=", ".join(DAY_KEYS),
        )
    columns = [DAY_KEYS.index(key) for key in keys]
    straight = columns == list(range(len(columns)))
    return index_of(days.value[..., : len(columns)] if straight else days.value[..., columns], aqi_rule, monitored)


def day_index(
    hours: Concentration,
    evaluation: EvaluationRule,
    limits: AmbientLimits,
    aqi_rule: AqiRule,
    *,
    area_class: int = 2,
    monitored: NDArray[np.bool_] | None = None,
) -> tuple[StationDays, AqiArrays]:
    """Daily values and index of every station day in one call.

    Parameters
    ----------
    hours : array, shape (n_days, 24, 6) or (n_stations, n_days, 24, 6)
        As for `station_days`. [ug m-3, CO mg m-3]
    evaluation, limits, aqi_rule : EvaluationRule, AmbientLimits, AqiRule
        Editions in force for all these days.
    area_class : {1, 2}
        Which grade of the ozone limit applies.
    monitored : array of bool, shape (6,) or broadcast to (..., 6), optional
        Monitoring programme.

    Returns
    -------
    StationDays, AqiArrays

    Raises
    ------
    CallerError
        As for `station_days` and `index_days`.

    Examples
    --------
    >>> from datetime import date
    >>> from lantian.rules import Rulebook
    >>> law, day = Rulebook.packaged(), date(2026, 3, 1)
    >>> hours = np.full((1, 24, 6), [11, 44, 1.3, 98, 135, 68])
    >>> days, index = day_index(hours, law.evaluation(day), law.limits(day), law.aqi_day(day))
    >>> index.aqi.tolist()
    [108]
    """
    days = station_days(hours, evaluation, limits.limit(Pollutant.O3, "mda8", area_class), monitored=monitored)
    return days, index_days(days, aqi_rule, monitored)


def ozone_days(
    hours: MicrogramsPerM3, evaluation: EvaluationRule, mda8_limit: Limit, *, threads: int | None = None
) -> OzoneDays:
    """Highest 8 h mean of ozone of each legal day of any series (臭氧日最大8小时平均).

    Parameters
    ----------
    hours : array, shape (..., 24)
        Hourly means, NaN where missing. [ug m-3]
    evaluation, mda8_limit, threads
        As for `station_days`. [ug m-3]

    Returns
    -------
    OzoneDays

    Raises
    ------
    CallerError
        If the last axis is not 24 hours.

    References
    ----------
    HJ 663: 17 windows that end at 08:00 … 24:00; the counts and clauses stand in the rule file.

    Examples
    --------
    >>> from datetime import date
    >>> from lantian.rules import Rulebook
    >>> rule = Rulebook.packaged().evaluation(date(2026, 3, 1))
    >>> found = ozone_days(np.r_[np.full(16, 60.0), np.full(8, 120.25)], rule, 160)
    >>> float(found.mda8), float(found.unrounded), int(found.valid_windows)
    (120.0, 120.25, 17)
    """
    if hours.shape[-1:] != (_HOURS,):
        raise CallerError(
            "hours of shape {shape}: the last axis must be the 24 hours of the legal day",
            shape=hours.shape,
        )
    lead = hours.shape[:-1]
    column = HourColumn(np.ascontiguousarray(hours, dtype=np.float64).reshape(-1))
    origin = np.arange(0, len(column.values), _HOURS)
    job = DayWork.of(lead, evaluation, mda8_limit)
    in_threads(
        lambda first, last: job.fill(Pollutant.O3, column, origin, first, last), len(job.limits), 1, threads
    )
    days = job.days.shaped(lead)
    return OzoneDays(
        mda8=days.value[..., OZONE],
        unrounded=days.unrounded[..., OZONE],
        max_1h=days.value[..., -1],
        valid_hours=days.valid_hours[..., OZONE],
        valid_windows=days.valid_windows,
        reason=days.reason[..., OZONE],
    )


def running_8h_city(site_hours: MicrogramsPerM3, evaluation: EvaluationRule, mda8_limit: Limit) -> OzoneDays:
    """Highest 8 h mean of a city's hourly mean series, the other of the two ways to a city's ozone.

    Parameters
    ----------
    site_hours : array, shape (n_sites, n_days, 24)
        Hourly means of the city's sites, NaN where missing; an hour counts when the share of sites that the rule
        demands is there. Its mean keeps nine places. [ug m-3]
    evaluation, mda8_limit
        As for `station_days`. [ug m-3]

    Returns
    -------
    OzoneDays

    Examples
    --------
    >>> from datetime import date
    >>> from lantian.rules import Rulebook
    >>> rule = Rulebook.packaged().evaluation(date(2026, 3, 1))
    >>> sites = np.stack([np.full((1, 24), 100.0), np.full((1, 24), 131.0)])
    >>> running_8h_city(sites, rule, 160).mda8.tolist()
    [116.0]
    """
    present = np.isfinite(site_hours)
    count = present.sum(axis=0)
    total = np.where(present, site_hours, 0.0).sum(axis=0)
    lawful = count >= max(1.0, float(evaluation.site_share * len(site_hours)))
    city = np.divide(total, count, out=np.full(total.shape, np.nan), where=lawful)
    return ozone_days(city, evaluation, mda8_limit)


def ozone_windows(
    hours: MicrogramsPerM3, evaluation: EvaluationRule
) -> tuple[IntArray, NDArray[np.int8], MicrogramsPerM3]:
    """Every 8 h window of one ozone day: what an explanation shows.

    Parameters
    ----------
    hours : array, shape (24,)
        Hourly means, NaN where missing. [ug m-3]
    evaluation : EvaluationRule
        Edition in force.

    Returns
    -------
    ends : array of int
        Hour at which each window ends. [h]
    valid_hours : array of int8
        Valid hours in it. [h]
    mean : array
        Mean over them, unrounded, also of windows with too few. [ug m-3]

    Examples
    --------
    >>> from datetime import date
    >>> from lantian.rules import Rulebook
    >>> rule = Rulebook.packaged().evaluation(date(2026, 3, 1))
    >>> ends, count, mean = ozone_windows(np.arange(24.0), rule)
    >>> int(ends[0]), int(ends[-1]), len(ends), float(mean[0])
    (8, 24, 17, 3.5)
    """
    ends = np.arange(evaluation.window_first_end, _HOURS + 1)
    windows = [hours[max(0, end - 8) : end] for end in ends]
    count = np.array([np.isfinite(w).sum() for w in windows], dtype=np.int8)
    mean = np.array([np.nanmean(w) if n else np.nan for w, n in zip(windows, count, strict=True)])
    return ends, count, mean

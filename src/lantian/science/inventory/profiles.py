"""When in a year does a source emit: hours from months, days of the week and hours of the day (时间分配)."""

from calendar import isleap
from datetime import date, timedelta

import numpy as np

from lantian.rules.inventory_records import TemporalProfile
from lantian.terms.types import FloatArray

HOURS = 24


def hourly_shares(profile: TemporalProfile, year: int) -> FloatArray:
    """Share of a year's emission in each of its hours, by a sector's profile.

    The rate of an hour is that of its month times that of its weekday times that of the hour of the day, as
    multiples of the mean rate; the shares of all hours add up to one.

    Parameters
    ----------
    profile : TemporalProfile
        Relative rates of months, weekdays and hours. [1]
    year : int
        Which year, for its weekdays and its February.

    Returns
    -------
    array, shape (8760,) or (8784,)
        Share of each hour, the one that starts at 0:00 of 1 January first, city time (no summer time). [1]

    References
    ----------
    Rule ``temporal_profiles``; the source is cited in the rule file.
    """
    first = date(year, 1, 1)
    days = [first + timedelta(days=n) for n in range(365 + isleap(year))]
    months = np.array([float(rate) for rate in profile.months])
    weekdays = np.array([float(rate) for rate in profile.weekdays])
    hours = np.array([float(rate) for rate in profile.hours])
    by_day = np.array([months[day.month - 1] * weekdays[day.weekday()] for day in days])
    rate = np.outer(by_day, hours).ravel()
    return np.asarray(rate / rate.sum(), dtype=np.float64)


def monthly_shares(profile: TemporalProfile, year: int) -> FloatArray:
    """Share of a year's emission in each month (月分配系数).

    Parameters
    ----------
    profile : TemporalProfile
        Relative rates. [1]
    year : int
        Which year.

    Returns
    -------
    array, shape (12,)
        January first. [1]
    """
    shares = hourly_shares(profile, year).reshape(-1, HOURS).sum(axis=1)
    first = date(year, 1, 1)
    month = [(first + timedelta(days=n)).month - 1 for n in range(len(shares))]
    return np.asarray(np.bincount(month, weights=shares, minlength=12), dtype=np.float64)


def hourly(amount: float, profile: TemporalProfile, year: int) -> FloatArray:
    """Emission of each hour of a year.

    Parameters
    ----------
    amount : float
        Emission of the year. [t]
    profile : TemporalProfile
        Of the source's sector.
    year : int
        Which year.

    Returns
    -------
    array
        Emission of each hour; they add up to the year's. [kg h-1]
    """
    return amount * 1000 * hourly_shares(profile, year)

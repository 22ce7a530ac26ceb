"""Into which class does each hour belong: season, weekday, sector, daylight, quarter of a value?"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike

from lantian.science.boundary.sun import solar_elevation
from lantian.science.series.choosing import hour_of, month_of, weekday_of, year_of
from lantian.science.series.table import Mask, Times
from lantian.terms.errors import CallerError
from lantian.terms.types import FloatArray, IntArray

SEASONS = ("spring", "summer", "autumn", "winter")
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
SECTORS = ("N", "NE", "E", "SE", "S", "SW", "W", "NW")
_SUNRISE = -0.833
"""Elevation of the sun's centre when its upper edge is seen to rise. [deg]"""


@dataclass(frozen=True, slots=True, eq=False)
class Cut:
    """A class for each row."""

    labels: tuple[str, ...]
    codes: IntArray
    """Place in `labels`, -1 where a row belongs to none."""

    def __getitem__(self, label: str) -> Mask:
        """Rows of one class."""
        return np.asarray(self.codes == self.labels.index(label))

    def __and__(self, other: "Cut") -> "Cut":
        """Each class of one within each of the other."""
        labels = tuple(f"{one}, {two}" for one in self.labels for two in other.labels)
        both = self.codes * len(other.labels) + other.codes
        return Cut(labels, np.where((self.codes < 0) | (other.codes < 0), -1, both))


def cut_times(times: Times, by: str, *, southern: bool = False) -> Cut:
    """Classes of the calendar (按时间分类).

    Parameters
    ----------
    times : array of datetime64, shape (n,)
        City time.
    by : str
        ``"year"``, ``"month"``, ``"hour"``, ``"week"`` (00 … 53, from the first Monday), ``"weekday"``,
        ``"weekend"``, ``"season"``, ``"year_month"``, ``"year_season"`` (December belongs to the next year's
        winter), ``"weekday_hour"`` (168 hours from Monday).
    southern : bool
        Whether July is winter.

    Examples
    --------
    >>> days = np.array(["2024-12-05", "2025-07-06"], "datetime64[D]")
    >>> cut_times(days, "season").codes.tolist(), cut_times(days, "year_season").labels
    ([3, 1], ('winter 2025', 'summer 2025'))
    """
    if by == "hour":
        return Cut(tuple(str(n) for n in range(24)), hour_of(times))
    if by == "weekday":
        return Cut(WEEKDAYS, weekday_of(times))
    if by == "weekend":
        return Cut(("weekday", "weekend"), (weekday_of(times) > 4).astype(np.int64))
    if by == "month":
        return Cut(tuple(str(n) for n in range(1, 13)), month_of(times) - 1)
    if by == "weekday_hour":
        labels = tuple(f"{day} {hour}" for day in WEEKDAYS for hour in range(24))
        return Cut(labels, weekday_of(times) * 24 + hour_of(times))
    if by == "week":
        day = (times.astype("datetime64[D]") - times.astype("datetime64[Y]").astype("datetime64[D]")).astype(
            np.int64
        )
        return Cut(tuple(f"{n:02d}" for n in range(54)), (day + 7 - weekday_of(times)) // 7)
    if by in ("season", "year_season"):
        season = (month_of(times) // 3 + 3 + 2 * southern) % 4
        if by == "season":
            return Cut(SEASONS, season)
        quarter = (year_of(times) + (month_of(times) == 12)) * 4 + (month_of(times) % 12) // 3
        return _consecutive(quarter, lambda n: f"{SEASONS[(n + 3 + 2 * southern) % 4]} {n // 4}")
    if by == "year":
        return _consecutive(year_of(times), str)
    if by == "year_month":
        months = year_of(times) * 12 + month_of(times) - 1
        return _consecutive(months, lambda n: f"{n // 12}-{n % 12 + 1:02d}")
    raise CallerError(
        "{by} is no class of the calendar: choose year, month, hour, week, weekday, weekend, season, year_month, "
        "year_season or weekday_hour",
        by=by,
    )


def _consecutive(numbers: IntArray, name: Callable[[int], str]) -> Cut:
    found, codes = np.unique(numbers, return_inverse=True)
    return Cut(tuple(name(int(n)) for n in found), codes.astype(np.int64))


def cut_sectors(direction: ArrayLike) -> Cut:
    """Eight sectors of 45 degrees, north around 0 (风向扇区).

    Parameters
    ----------
    direction : array
        Where the wind comes from, NaN where unknown or calm. [deg]

    Examples
    --------
    >>> cut_sectors([0, 22.5, 22.6, 350]).codes.tolist()
    [0, 0, 1, 0]
    """
    degrees = np.asarray(direction, dtype=np.float64)
    place = np.ceil(np.nan_to_num(degrees) / 45 - 0.5).astype(np.int64) % 8
    return Cut(SECTORS, np.where(np.isnan(degrees), -1, place))


def cut_values(values: ArrayLike, parts: int = 4) -> Cut:
    """Classes that hold about as many values each (按分位数分组).

    Parameters
    ----------
    values : array, shape (n,)
        NaN belongs to no class. [any unit]
    parts : int
        Classes wanted; equal bounds fall together. [1]

    Examples
    --------
    >>> found = cut_values(np.arange(9.0), 2)
    >>> found.labels, found.codes.tolist()
    (('0 to 4', '4 to 8'), [0, 0, 0, 0, 0, 1, 1, 1, 1])
    """
    numbers = np.asarray(values, dtype=np.float64)
    known = numbers[~np.isnan(numbers)]
    if not len(known):
        return Cut((), np.full(len(numbers), -1))
    bounds = np.unique(np.quantile(known, np.linspace(0, 1, parts + 1)))
    return cut_between(numbers, bounds if len(bounds) > 1 else np.repeat(bounds, 2))


def cut_between(values: ArrayLike, bounds: FloatArray) -> Cut:
    """Classes between bounds, each with its upper bound, the first also with its lower (按界限分组).

    Parameters
    ----------
    values : array, shape (n,)
        Outside the bounds and NaN belong to no class. [any unit]
    bounds : array, shape (k + 1,)
        Rising. [the unit of `values`]

    Examples
    --------
    >>> cut_between([0.0, 2.0, 2.1, 9.0], np.array([0.0, 2.0, 4.0])).codes.tolist()
    [0, 0, 1, -1]
    """
    numbers = np.asarray(values, dtype=np.float64)
    labels = tuple(f"{low:.3g} to {high:.3g}" for low, high in pairwise(bounds))
    place = np.maximum(np.searchsorted(bounds, numbers, side="left") - 1, 0)
    inside = (numbers >= bounds[0]) & (numbers <= bounds[-1])
    return Cut(labels, np.where(inside, place, -1))


def cut_daylight(times: Times, longitude: float, latitude: float, hours_from_utc: float) -> Cut:
    """Daylight or night, by the upper edge of the sun with refraction (昼夜).

    Parameters
    ----------
    times : array of datetime64, shape (n,)
        City time.
    longitude, latitude : float
        [deg]
    hours_from_utc : float
        City time minus UTC, 8 in China. [h]

    Examples
    --------
    >>> noon_and_midnight = np.array(["2025-06-21T12", "2025-06-21T00"], "datetime64[h]")
    >>> cut_daylight(noon_and_midnight, 113.1, 36.2, 8.0).codes.tolist()
    [0, 1]
    """
    seconds = times.astype("datetime64[s]").astype(np.int64) - round(hours_from_utc * 3600)
    instant = seconds.astype("datetime64[s]")
    up = solar_elevation(instant, longitude, latitude) > _SUNRISE
    return Cut(("daylight", "night"), (~up).astype(np.int64))

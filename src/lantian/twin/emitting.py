"""When do the sources of a simulated city give off how much: seasons, days, hours, stops (排放时间变化)?

Every series is a factor whose mean over a calendar year is 1 before stops and weather have their say, so that the
book's tonnes of a year are what a usual year brings.
"""

from collections.abc import Callable, Mapping
from datetime import date, timedelta

import numpy as np

from lantian.terms.types import FloatArray
from lantian.twin.noise import generator, red, white
from lantian.twin.sky import Sky

_SPRING_FESTIVAL = {
    2023: date(2023, 1, 22),
    2024: date(2024, 2, 10),
    2025: date(2025, 1, 29),
    2026: date(2026, 2, 17),
    2027: date(2027, 2, 6),
}
"""First day of the lunar year."""
_STRAW = (((6, 8), 18), ((10, 5), 30))
"""After a harvest: first day (month, day) and how long [d]."""


def season_shape(season: str, sky: Sky) -> FloatArray:
    """Return the factor that all sources of a season share.

    Parameters
    ----------
    season : str
        A season of the city's book.
    sky : Sky
        Weather of whole calendar years.

    Returns
    -------
    array, shape (hours,)
        Mean about 1 over a calendar year. [1]
    """
    raw = np.maximum(_SHAPES[season](sky), 0.0)
    for year in np.unique(sky.weather.year):
        inside = sky.weather.year == year
        raw[inside] /= max(raw[inside].mean(), 1e-9)
    return raw


def plant_load(code: str, season: str, shape: FloatArray, sky: Sky, seed: int) -> FloatArray:
    """Return the load of one plant: what its season shares, its own ups and downs, its own stops.

    Parameters
    ----------
    code : str
        Of the plant; it owns the random streams.
    season : str
        How often plants of the season stop.
    shape : array, shape (hours,)
        `season_shape` of the season. [1]
    sky : Sky
        Calendar.
    seed : int
        Of the simulation.

    Returns
    -------
    array, shape (hours,)
        0 while it stands still. [1]
    """
    spread, memory, stops = _OWN.get(season, (0.08, 12.0, ((6, 40),)))
    noise = red(white(seed, f"load:{code}", sky.weather.years, 1)[0], memory)
    load = shape * np.exp(spread * noise - 0.5 * spread**2)
    begin = 0
    for year, hours in sky.weather.years:
        rng = generator(seed, f"stops:{code}", year)
        for most, length in stops:
            for _ in range(int(rng.integers(0, most + 1))):
                first = begin + int(rng.integers(0, hours))
                load[first : min(first + int(rng.integers(length // 2, length + 1)), begin + hours)] = 0.0
        begin += hours
    return np.where(load < 0.05, 0.0, load)


_OWN: Mapping[str, tuple[float, float, tuple[tuple[int, int], ...]]] = {
    "power": (0.07, 10.0, ((2, 260), (3, 30))),
    "steady": (0.05, 18.0, ((1, 160), (3, 20))),
    "kiln": (0.07, 14.0, ((2, 300), (4, 40))),
    "brick": (0.10, 14.0, ((3, 160),)),
    "heating": (0.10, 8.0, ((2, 60),)),
    "weekday": (0.20, 6.0, ((6, 60),)),
}
"""Season → spread of a plant's own load [1], its memory [h], and stops: most a year, their length [h]."""


def festival(sky: Sky) -> FloatArray:
    """Return 1 in the fortnight of the Spring Festival, else 0 (春节)."""
    days = sky.weather.axis.dt.date()
    inside = np.zeros(len(days))
    for day in _SPRING_FESTIVAL.values():
        inside[((days >= day - timedelta(days=4)) & (days <= day + timedelta(days=10))).to_numpy()] = 1.0
    return inside


def _day_of_year(sky: Sky) -> FloatArray:
    return sky.weather.axis.dt.ordinal_day().to_numpy().astype(np.float64)


def _between(sky: Sky, first: tuple[int, int], last: tuple[int, int]) -> FloatArray:
    """1 between two days of the year, over the new year where the first is the later one."""
    stamp = sky.weather.axis.dt.month().to_numpy() * 100.0 + sky.weather.axis.dt.day().to_numpy()
    begin, end = first[0] * 100 + first[1], last[0] * 100 + last[1]
    inside = (stamp >= begin) & (stamp <= end) if begin <= end else (stamp >= begin) | (stamp <= end)
    within: FloatArray = inside.astype(np.float64)
    return within


def _bump(hour: FloatArray, centre: float, width: float) -> FloatArray:
    away = (hour - centre + 12.0) % 24.0 - 12.0
    bell: FloatArray = np.exp(-0.5 * (away / width) ** 2)
    return bell


def _cold(sky: Sky) -> FloatArray:
    """Degrees that have to be heated, within the heating season [K]."""
    need: FloatArray = np.maximum(15.0 - sky.temperature, 0.0) * _between(sky, (11, 10), (3, 20))
    return need


def _power(sky: Sky) -> FloatArray:
    evening = 1.0 + 0.10 * _bump(sky.weather.hour, 19.5, 3.0) - 0.12 * _bump(sky.weather.hour, 3.0, 3.5)
    shape: FloatArray = (0.85 + 0.012 * _cold(sky) + 0.06 * np.maximum(sky.weather.summer, 0.0)) * evening
    return shape


def _steady(sky: Sky) -> FloatArray:
    return np.ones_like(sky.temperature)


def _kiln(sky: Sky) -> FloatArray:
    shape: FloatArray = 1.0 - 0.75 * _between(sky, (1, 10), (2, 25)) - 0.25 * festival(sky)
    return shape


def _brick(sky: Sky) -> FloatArray:
    shape: FloatArray = 1.0 - _between(sky, (12, 20), (3, 1))
    return shape


def _heating(sky: Sky) -> FloatArray:
    shape: FloatArray = 0.5 + _cold(sky) * (0.9 + 0.2 * _bump(sky.weather.hour, 7.0, 3.0))
    return shape


def _weekday(sky: Sky) -> FloatArray:
    work = np.where((sky.weather.hour >= 8) & (sky.weather.hour < 18), 1.0, 0.08)
    shape: FloatArray = work * np.where(sky.weather.weekday == 7, 0.15, 1.0) * (1.0 - 0.9 * festival(sky))
    return shape


def _homes(sky: Sky) -> FloatArray:
    hour = sky.weather.hour
    course = 0.35 + 1.1 * _bump(hour, 7.0, 1.8) + 1.5 * _bump(hour, 19.5, 2.8) + 0.3 * _bump(hour, 12.0, 1.2)
    shape: FloatArray = (_cold(sky) + 0.25) * course
    return shape


def _trucks(sky: Sky) -> FloatArray:
    course = 0.75 + 0.35 * _bump(sky.weather.hour, 10.0, 3.0) + 0.45 * _bump(sky.weather.hour, 22.0, 3.5)
    shape: FloatArray = course * np.where(sky.weather.weekday == 7, 0.88, 1.0) * (1.0 - 0.55 * festival(sky))
    return shape


def _cars(sky: Sky) -> FloatArray:
    hour = sky.weather.hour
    course = 0.25 + 1.2 * _bump(hour, 8.0, 1.5) + 1.4 * _bump(hour, 18.3, 2.0) + 0.7 * _bump(hour, 13.0, 3.0)
    shape: FloatArray = course * np.where(sky.weather.weekday >= 6, 0.92, 1.0)
    return shape


def _sites(sky: Sky) -> FloatArray:
    day = np.where((sky.weather.hour >= 7) & (sky.weather.hour < 19), 1.0, 0.12)
    frozen = 1.0 - 0.75 * _between(sky, (12, 15), (2, 25))
    shape: FloatArray = day * frozen * (1.0 - 0.85 * sky.wetness) * (1.0 - 0.9 * festival(sky))
    return shape


def _dust(sky: Sky) -> FloatArray:
    dry = (1.0 - 0.9 * sky.wetness) * np.exp(0.25 * sky.weather.drought)
    shape: FloatArray = _trucks(sky) * dry * (0.7 + 0.12 * sky.wind_speed)
    return shape


def _fields(sky: Sky) -> FloatArray:
    warm = np.exp(0.055 * (sky.temperature - 15.0))
    manured = (
        0.4
        + 2.2 * _between(sky, (4, 10), (5, 10))
        + 2.6 * _between(sky, (6, 20), (7, 31))
        + 0.9 * _between(sky, (9, 20), (10, 15))
    )
    shape: FloatArray = warm * manured
    return shape


def _straw(sky: Sky) -> FloatArray:
    """Evenings after the harvest, on dry days, more on some days than on others."""
    month, day = sky.weather.axis.dt.month().to_numpy(), _day_of_year(sky)
    inside = np.zeros_like(sky.temperature)
    for (begin, first), length in _STRAW:
        start = date(2025, begin, first).timetuple().tm_yday
        inside += ((day >= start) & (day < start + length)).astype(np.float64)
    lucky = np.where(np.sin(day * 12.9898 + month * 78.233) > 0.55, 1.0, 0.06)
    shape: FloatArray = inside * lucky * (1.0 - sky.wetness) * (0.1 + _bump(sky.weather.hour, 18.5, 2.2)) + 1e-6
    return shape


_SHAPES: Mapping[str, Callable[[Sky], FloatArray]] = {
    "power": _power,
    "steady": _steady,
    "kiln": _kiln,
    "brick": _brick,
    "heating": _heating,
    "weekday": _weekday,
    "homes": _homes,
    "trucks": _trucks,
    "cars": _cars,
    "sites": _sites,
    "dust": _dust,
    "fields": _fields,
    "straw": _straw,
}

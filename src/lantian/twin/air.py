"""Hourly concentrations at one station of a simulated city, before any instrument sees them."""

import numpy as np

from lantian.city import Station
from lantian.terms.pollutants import BASIC
from lantian.terms.types import Concentration, FloatArray
from lantian.twin.noise import generator, red, white
from lantian.twin.places import Factors
from lantian.twin.weather import Weather

_USUAL_PM25 = 36.0
"""Level for which the levels of the other pollutants below are written [ug m-3]."""


def city_pm25(weather: Weather, level: float) -> FloatArray:
    """PM2.5 that a station of factor 1 would see, its mean of every calendar year equal to `level`.

    Parameters
    ----------
    weather : Weather
        Shared weather of whole calendar years.
    level : float
        Annual mean. [ug m-3]

    Returns
    -------
    array, shape (hours,)
        Without dust. [ug m-3]
    """
    night = 0.13 * np.cos(2.0 * np.pi * (weather.hour - 1.0) / 24.0)
    morning = 0.10 * _bump(weather.hour, 9.0, 2.0)
    day = (1.0 + night + morning) * np.where(weather.weekday >= 6, 0.98, 1.0)
    shape = np.exp(0.33 * weather.winter + 0.44 * weather.stagnation + 0.18 * weather.fine) * day
    for year, _ in weather.years:
        inside = weather.year == year
        shape[inside] *= level / shape[inside].mean()
    return shape


def true_hours(
    station: Station, weather: Weather, pm25: FloatArray, factors: Factors, seed: int, level: float
) -> Concentration:
    """Concentrations of the six pollutants at one station.

    Parameters
    ----------
    station : Station
        Its code and county own the random streams.
    weather : Weather
        Shared weather of whole calendar years.
    pm25 : array, shape (hours,)
        PM2.5 of the city. [ug m-3]
    factors : Factors
        How the station differs from the city.
    seed : int
        Of the simulation.
    level : float
        Annual mean of PM2.5 in the city. [ug m-3]

    Returns
    -------
    array, shape (6, hours)
        In the order of `BASIC`. [ug m-3, CO mg m-3]
    """
    nearby = red(white(seed, f"county:{station.county}", weather.years, 1)[0], 18.0)
    own = white(seed, f"air:{station.code}", weather.years, len(BASIC))
    drift = _yearly(station, weather, seed)
    gases = factors.gases * drift * (level / _USUAL_PM25) ** 0.5
    sunday = np.where(weather.weekday == 7, 0.92, np.where(weather.weekday == 6, 0.96, 1.0))
    clearing = np.exp(-0.3 * weather.dust / (weather.dust + 200.0))

    so2 = 8.0 * np.exp(0.36 * weather.winter + 0.26 * weather.stagnation + 0.22 * weather.heating)
    so2 *= np.exp(_spread(own[0], 6.0, 0.25))
    so2 *= gases * clearing * (1.0 + 0.35 * _bump(weather.hour, 10.5, 3.0))
    no2 = 25.0 * np.exp(0.28 * weather.winter + 0.24 * weather.stagnation + 0.16 * weather.traffic)
    no2 *= np.exp(_spread(own[1], 4.0, 0.15))
    no2 *= gases * clearing * sunday * _rush_hours(weather.hour)
    co = 0.68 * np.exp(0.24 * weather.winter + 0.28 * weather.stagnation + 0.16 * weather.heating)
    co *= np.exp(_spread(own[2], 6.0, 0.08))
    co *= gases**0.5 * clearing * (1.0 + 0.10 * np.cos(2.0 * np.pi * (weather.hour - 1.0) / 24.0))
    o3 = ozone(weather, no2, _spread(own[3], 5.0, 0.05)) * factors.ozone

    local = factors.particles * drift * np.exp(_spread_of(nearby, 0.13) + _spread(own[5], 5.0, 0.09))
    dust = weather.dust * np.exp(_spread(own[4], 6.0, 0.15))
    fine = pm25 * local + 0.14 * dust
    coarse = 23.0 * np.exp(0.28 * weather.spring + 0.33 * weather.drought + 0.12 * weather.stagnation)
    coarse *= np.where(weather.humid > 1.6, 0.12, 1.0)
    coarse *= factors.particles * drift * np.exp(_spread(own[4], 8.0, 0.18))
    coarse *= 1.0 + 0.18 * _bump(weather.hour, 9.0, 3.0) + 0.15 * _bump(weather.hour, 19.0, 3.0)
    return np.stack([so2, no2, co, o3, 1.05 * pm25 * local + coarse + dust, fine])


def ozone(weather: Weather, no2: FloatArray, spread: FloatArray) -> FloatArray:
    """Ozone: a background, an afternoon that sun and warmth make, and what fresh exhaust eats [ug m-3]."""
    background = (46.0 + 12.0 * weather.summer) * np.exp(0.12 * weather.heat)
    afternoon = (66.0 + 38.0 * weather.summer) * np.exp(0.32 * weather.heat) * _bump(weather.hour, 15.0, 3.4)
    eaten = 0.45 * no2 * (1.0 - 0.8 * _bump(weather.hour, 14.5, 4.0))
    made: FloatArray = np.maximum(background + afternoon - eaten, 2.0) * np.exp(spread)
    return made


def _rush_hours(hour: FloatArray) -> FloatArray:
    rush = 0.26 * _bump(hour, 8.0, 1.6) + 0.36 * _bump(hour, 20.0, 2.4)
    shape: FloatArray = 1.0 + rush - 0.32 * _bump(hour, 14.0, 3.2)
    return shape


def _bump(hour: FloatArray, centre: float, width: float) -> FloatArray:
    """Draw a bell of height 1 around an hour of the day, closed over midnight."""
    away = (hour - centre + 12.0) % 24.0 - 12.0
    bell: FloatArray = np.exp(-0.5 * (away / width) ** 2)
    return bell


def _spread(noise: FloatArray, memory: float, width: float) -> FloatArray:
    return _spread_of(red(noise, memory), width)


def _spread_of(series: FloatArray, width: float) -> FloatArray:
    """Exponent whose factor has a mean of 1."""
    return width * series - 0.5 * width**2


def _yearly(station: Station, weather: Weather, seed: int) -> FloatArray:
    """Return a station's own factor, and a little more or less in each year [1]."""
    fixed = 0.05 * generator(seed, f"place:{station.code}", 0).standard_normal()
    factor = np.empty(len(weather.axis))
    for year, _ in weather.years:
        county = generator(seed, f"drift:{station.county}", year).standard_normal()
        own = generator(seed, f"drift:{station.code}", year).standard_normal()
        factor[weather.year == year] = np.exp(fixed + 0.04 * county + 0.02 * own)
    return factor

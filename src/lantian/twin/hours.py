"""Simulated station hours of a whole city, as an importer would bring them (模拟小时数据)."""

from collections.abc import Collection, Iterator
from datetime import date

import numpy as np
import polars as pl

from lantian.city import City, Station
from lantian.terms.errors import CallerError
from lantian.terms.pollutants import BASIC
from lantian.twin.air import city_pm25, true_hours
from lantian.twin.instruments import FLAG_TEXTS, Readings, read_out
from lantian.twin.places import place_factors
from lantian.twin.weather import Weather, shared_weather

SOURCE = "twin"
"""What stands in the column ``source``."""


def simulate_hours(
    city: City,
    first: date,
    last: date,
    seed: int,
    level_pm25: float = 36.0,
    *,
    stations: Collection[str] | None = None,
    most_years: int = 30,
) -> Iterator[pl.DataFrame]:
    """Make plausible hours of every station of a city, one frame per station.

    The same seed gives the same hours, whichever stations and days are asked for and in whatever order. The hours
    are statistics and not physics: nothing may be concluded from them about sources.

    Parameters
    ----------
    city : City
        Its stations, their factors (``twin.csv``) and its zone.
    first, last : date
        Legal days, both included.
    seed : int
        0 or more.
    level_pm25 : float
        Annual mean of PM2.5 at a station of factor 1. [ug m-3]
    stations : collection of str, optional
        Codes to make; all when not given.
    most_years : int
        Longest stretch that is made. [yr]

    Returns
    -------
    iterator of DataFrame
        In the order of the city's stations, with the columns of ``ambient_hours`` that an importer fills. An hour
        that never arrived has no row; a value that did not come is null. Every row is marked simulated.

    Raises
    ------
    CallerError
        If the stretch is empty or too long, the level or seed is out of range, or a station is unknown.

    Examples
    --------
    >>> from lantian.city import load_city
    >>> city = load_city("changzhi")
    >>> frames = simulate_hours(city, date(2025, 1, 1), date(2025, 1, 2), seed=7, stations=["1727A"])
    >>> next(frames).select("station", "stage", "source", "simulated").row(0)
    ('1727A', 'original', 'twin', True)
    """
    _check(city, first, last, seed, level_pm25, stations, most_years)
    return _frames(city, first, last, seed, level_pm25, stations)


def _frames(
    city: City, first: date, last: date, seed: int, level: float, stations: Collection[str] | None
) -> Iterator[pl.DataFrame]:
    weather = shared_weather(city, first, last, seed)
    pm25 = city_pm25(weather, level)
    factors = place_factors(city)
    days = weather.axis.dt.date()
    wanted = ((days >= first) & (days <= last)).to_numpy()
    for station in city.stations:
        if stations is None or station.code in stations:
            air = true_hours(station, weather, pm25, factors[station.code], seed, level)
            readings = read_out(station, weather, air, seed)
            chosen = wanted & readings.present & _in_service(station, days)
            yield station_frame(station, weather, readings, chosen, f"twin seed {seed}, level {level:g}")


def station_frame(
    station: Station, weather: Weather, readings: Readings, chosen: np.ndarray, origin: str
) -> pl.DataFrame:
    """Return the chosen hours of a station's readings in the columns of ``ambient_hours``, marked simulated."""
    texts = pl.Series(FLAG_TEXTS, dtype=pl.String)
    columns: dict[str, pl.Series | pl.Expr] = {"hour_start": weather.axis.filter(pl.Series(chosen))}
    for row, pollutant in enumerate(BASIC):
        columns[pollutant.value] = pl.Series(readings.value[row, chosen]).fill_nan(None)
    for row, pollutant in enumerate(BASIC):
        columns[f"{pollutant.value}_flags"] = texts.gather(readings.flags[row, chosen])
    frame = pl.DataFrame(columns)
    return frame.select(
        pl.lit(station.code).alias("station"),
        "hour_start",
        pl.lit("original").alias("stage"),
        *(pollutant.value for pollutant in BASIC),
        *(f"{pollutant.value}_flags" for pollutant in BASIC),
        pl.lit("reference").alias("state"),
        pl.lit(SOURCE).alias("source"),
        pl.lit(origin).alias("origin"),
        pl.lit(value=True).alias("simulated"),
    )


def _in_service(station: Station, days: pl.Series) -> np.ndarray:
    serving = np.ones(len(days), dtype=np.bool_)
    if station.in_service is not None:
        serving &= (days >= station.in_service).to_numpy()
    if station.out_of_service is not None:
        serving &= (days <= station.out_of_service).to_numpy()
    return serving


def _check(
    city: City,
    first: date,
    last: date,
    seed: int,
    level: float,
    stations: Collection[str] | None,
    most_years: int,
) -> None:
    if last < first:
        raise CallerError(
            "nothing to simulate: the last day {last} is before the first {first}; give them in order",
            last=last,
            first=first,
        )
    if last.year - first.year >= most_years or first.year < 1971:
        raise CallerError(
            "{first} to {last} is out of range: days from 1971 on, {most_years} calendar years at most",
            first=first,
            last=last,
            most_years=most_years,
        )
    if seed < 0:
        raise CallerError(
            "seed {seed} is negative; give 0 or more",
            seed=seed,
        )
    if not 0.0 < level <= 500.0:
        raise CallerError(
            "an annual PM2.5 of {level} µg/m³ is out of range; give a level above 0 and up to 500",
            level=level,
        )
    unknown = sorted(set(stations or ()) - {station.code for station in city.stations})
    if unknown:
        raise CallerError(
            "{unknown}: no station of {name_en} has this code; see stations.csv",
            unknown=", ".join(unknown),
            name_en=city.name_en,
        )

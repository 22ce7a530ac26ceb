"""Reads of weather: what was it like here, hour by hour, from the nearest place that says so?"""

from datetime import date
from typing import Literal

import polars as pl

from lantian.science.places import distance
from lantian.store import WEATHER_HOURS, Lake

Kind = Literal["observed", "analysis"]


def weather_places(lake: Lake, longitude: float, latitude: float, first: date, last: date) -> pl.DataFrame:
    """List the places with weather on some days, the nearest first.

    Parameters
    ----------
    longitude, latitude : float
        Where it is asked for, EPSG:4490. [deg]
    first, last : date
        Legal days, both included.

    Returns
    -------
    DataFrame
        ``place``, ``source``, ``kind``, ``longitude``, ``latitude``, ``elevation`` [m], ``hours`` and
        ``distance`` [m]; places whose position nobody knows are not among them.
    """
    rows = lake.read(WEATHER_HOURS, first=first, last=last)
    places = (
        rows.filter(pl.col("longitude").is_not_null() & pl.col("latitude").is_not_null())
        .group_by("place", "source")
        .agg(pl.col("kind", "longitude", "latitude", "elevation").last(), hours=pl.len().cast(pl.Int64))
    )
    away = distance(longitude, latitude, places["longitude"].to_numpy(), places["latitude"].to_numpy())
    return places.with_columns(pl.Series("distance", away, pl.Float64)).sort("distance", "place", "source")


def weather_near(
    lake: Lake,
    longitude: float,
    latitude: float,
    first: date,
    last: date,
    *,
    kind: Kind | None = None,
    most_distance: float = 50_000.0,
) -> pl.DataFrame:
    """Read the weather of the nearest place that has any (最近站气象), in the columns of ``weather_hours``.

    Parameters
    ----------
    longitude, latitude : float
        Where it is asked for, EPSG:4490. [deg]
    first, last : date
        Legal days, both included.
    kind : {"observed", "analysis"}, optional
        Only places of this kind; left out, whichever is nearer.
    most_distance : float
        Farther places are no answer. [m]

    Returns
    -------
    DataFrame
        Hours in order, of one place and source; empty where none is near enough.
    """
    places = weather_places(lake, longitude, latitude, first, last).filter(pl.col("distance") <= most_distance)
    if kind is not None:
        places = places.filter(pl.col("kind") == kind)
    if places.is_empty():
        return lake.read(WEATHER_HOURS, first=first, last=last, where=pl.lit(False))
    nearest = places.row(0, named=True)
    where = (pl.col("place") == nearest["place"]) & (pl.col("source") == nearest["source"])
    return lake.read(WEATHER_HOURS, first=first, last=last, where=where).sort("hour_start")

"""Hours of a simulated city's stations as their instruments send them (模拟站点小时数据)."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import polars as pl

from lantian.city import Station
from lantian.terms.pollutants import BASIC, Pollutant
from lantian.twin.field import Air
from lantian.twin.hours import station_frame
from lantian.twin.incidents import Incident
from lantian.twin.instruments import Readings, read_out
from lantian.twin.sky import Sky

SOURCE = "twin"


def station_hours(
    stations: Sequence[Station], air: Air, sky: Sky, incidents: Sequence[Incident], seed: int
) -> Iterator[pl.DataFrame]:
    """Return what the instruments of each station send, one frame a station, in the columns of ``ambient_hours``.

    Parameters
    ----------
    stations : sequence of Station
        In the order of the air.
    air : Air
        The truth.
    sky : Sky
        Calendar.
    incidents : sequence of Incident
        Interference with simulated stations.
    seed : int
        Of the simulation.
    """
    hours = air.value.shape[2]
    chosen = slice(air.first, air.first + hours)
    days = sky.weather.axis.dt.date()
    inside = np.zeros(len(sky.weather.axis), dtype=np.bool_)
    inside[chosen] = True
    for place, station in enumerate(stations):
        whole = np.full((len(BASIC), len(inside)), 1.0)
        whole[:, chosen] = air.value[place]
        for each in incidents:
            if each.subject == station.code and each.kind == "fraud":
                whole = interfered(whole, each, sky)
        readings = _one_mark(read_out(station, sky.weather, whole, seed))
        serving = np.ones(len(inside), dtype=np.bool_)
        if station.in_service is not None:
            serving &= (days >= station.in_service).to_numpy()
        if station.out_of_service is not None:
            serving &= (days <= station.out_of_service).to_numpy()
        told = (~np.isnan(readings.value) | (readings.flags > 0)).any(axis=0)
        came = inside & readings.present & serving & told
        yield station_frame(station, sky.weather, readings, came, f"twin seed {seed}")


def _one_mark(readings: Readings) -> Readings:
    """Keep the first mark of each value: a frame has room for one."""
    return replace(readings, flags=readings.flags & (~readings.flags + np.uint8(1)))


def interfered(air: np.ndarray, each: Incident, sky: Sky) -> np.ndarray:
    """Change what reaches the inlet: sprayed water takes particles away, cotton takes everything."""
    changed = air.copy()
    inside, factor = each.hours(sky), float(each.details["factor"])
    for row, pollutant in enumerate(BASIC):
        if each.pattern == "blocked_inlet" or pollutant in {Pollutant.PM10, Pollutant.PM25}:
            changed[row, inside] *= factor * (0.85 if pollutant is Pollutant.PM10 else 1.0)
    return changed

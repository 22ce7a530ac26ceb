"""Is what the lake holds what the simulated city meant: every difference from the truth has a cause (全链路核对)?

The truth of a workspace is compared cell by cell with what came through instruments, lines, gateway, lake and
evaluation. A cell is the same, or differs for a cause that the twin itself put there, or is *unexplained*, which
would be a fault of the chain.
"""

from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from lantian.terms.pollutants import BASIC
from lantian.twin.cells import CATEGORIES, UNEXPLAINED, Score
from lantian.twin.field import Air
from lantian.twin.making import Making
from lantian.twin.scored_days import score_days
from lantian.twin.scored_hours import score_meters, score_stacks, score_stations
from lantian.twin.stations import station_hours

if TYPE_CHECKING:
    from lantian.assembly import House

__all__ = ["CATEGORIES", "UNEXPLAINED", "Score", "air_of_truth", "score"]


def air_of_truth(frame: pl.DataFrame, making: Making) -> Air:
    """Return the sealed true hours of stations as air; it says nothing of contributions.

    Parameters
    ----------
    frame : DataFrame
        Table ``air`` of the truth.
    making : Making
        Whose truth it is.
    """
    codes = tuple(frame["station"].unique(maintain_order=True))
    hours = frame.height // len(codes)
    value = (
        frame.select(p.value for p in BASIC).to_numpy().reshape(len(codes), hours, len(BASIC)).transpose(0, 2, 1)
    )
    first = int(making.sky.weather.axis.search_sorted(frame["hour_start"][0]))
    return Air(codes, first, np.ascontiguousarray(value), np.zeros((len(codes), hours)), (), {})


def score(house: "House", making: Making, air: Air, first: date | None = None, last: date | None = None) -> Score:
    """Compare what the lake holds of a stretch with the truth, and say of every difference why it is there.

    Parameters
    ----------
    house : House
        Simulated workspace that was filled from the making.
    making : Making
        The city; its stretch holds the days.
    air : Air
        The truth at the stations that were brought in.
    first, last : date, optional
        Legal days, by default all of the making. Hours after the newest one of a table are not expected in it,
        nor are hours of stacks and meters before their oldest one.
    """
    begin, end = max(first or making.first, making.first), min(last or making.last, making.last)
    done = Score(begin, end)
    sent = _stations_sent(making, air)
    score_stations(done, house, making, air, sent)
    score_stacks(done, house, making)
    score_meters(done, house, making)
    score_days(done, house, making, air, sent)
    return done


def _stations_sent(making: Making, air: Air) -> dict[str, pl.DataFrame]:
    stations = [making.city.station(code) for code in air.stations]
    frames = station_hours(stations, air, making.sky, making.incidents, making.seed)
    return dict(zip(air.stations, frames, strict=True))

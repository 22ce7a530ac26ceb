"""What a station's neighbours say in the same hour, and how far it departs from them (邻近站比对)."""

import numpy as np

from lantian.rules.quality_records import NeighbourChecks
from lantian.science.quality.runs import Suspicion, median_along, said, stretches
from lantian.terms.pollutants import BASIC
from lantian.terms.types import Concentration, FloatArray, IntArray

NOBODY = -1
"""Stands in a row of `neighbours_of` where there is no further neighbour."""
_EARTH_RADIUS = 6371.0
_MAD_TO_SIGMA = 1.4826


def neighbours_of(longitude: FloatArray, latitude: FloatArray, rule: NeighbourChecks) -> IntArray:
    """Name the nearest stations of each one.

    Parameters
    ----------
    longitude, latitude : array, shape (n_stations,)
        Places. [deg]
    rule : NeighbourChecks
        How many, and how far.

    Returns
    -------
    array, shape (n_stations, count)
        Rows of the neighbours, the nearest first; `NOBODY` where there are no more.

    Examples
    --------
    >>> from datetime import date
    >>> from lantian.rules import QualityRule, Rulebook
    >>> rule = Rulebook.packaged().edition(QualityRule, "quality", date(2026, 1, 1)).neighbours
    >>> neighbours_of(np.array([113.0, 113.1, 120.0]), np.array([36.0, 36.0, 36.0]), rule)[:, 0]
    array([ 1,  0, -1])
    """
    east, north = np.radians(longitude), np.radians(latitude)
    half = (
        np.sin((north[:, None] - north) / 2) ** 2
        + np.cos(north[:, None]) * np.cos(north) * np.sin((east[:, None] - east) / 2) ** 2
    )
    distance = 2 * _EARTH_RADIUS * np.arcsin(np.sqrt(np.clip(half, 0, 1)))
    np.fill_diagonal(distance, np.inf)
    count = min(rule.count, len(longitude))
    nearest = np.argsort(distance, axis=1, kind="stable")[:, :count]
    within = np.take_along_axis(distance, nearest, axis=1) <= float(rule.radius)
    return np.where(within, nearest, NOBODY).astype(np.int64)


def peer_median(hours: Concentration, neighbours: IntArray, least: int) -> Concentration:
    """Median of the neighbours in each hour.

    Parameters
    ----------
    hours : array, shape (n_stations, n_hours, 6)
        Hourly means, NaN where missing. [ug m-3, CO mg m-3]
    neighbours : array, shape (n_stations, count)
        From `neighbours_of`.
    least : int
        Fewest neighbours with a value.

    Returns
    -------
    array, shape (n_stations, n_hours, 6)
        NaN where too few have one. [ug m-3, CO mg m-3]
    """
    found = np.full(hours.shape, np.nan)
    for station, row in enumerate(neighbours):
        mine = row[row != NOBODY]
        if len(mine) >= least:
            found[station] = median_along(hours[mine], 0, least)
    return found


def log_ratio(hours: Concentration, peers: Concentration, rule: NeighbourChecks) -> FloatArray:
    """Logarithm of a station over its neighbours, steadied by the rule's offsets.

    Parameters
    ----------
    hours, peers : array, shape (n_stations, n_hours, 6)
        Of the station and of its neighbours. [ug m-3, CO mg m-3]
    rule : NeighbourChecks
        The offsets.

    Returns
    -------
    array, same shape
        0 where they are equal.
    """
    offset = np.array([float(rule.offset[pollutant]) for pollutant in BASIC])
    return np.asarray(np.log(np.maximum(hours + offset, offset / 10) / np.maximum(peers + offset, offset / 10)))


def departures(hours: Concentration, peers: Concentration, rule: NeighbourChecks) -> list[Suspicion]:
    """List stretches in which a station leaves its usual relation to its neighbours (与邻近站点偏离).

    Parameters
    ----------
    hours, peers : array, shape (n_stations, n_hours, 6)
        Of the stations and of their neighbours. [ug m-3, CO mg m-3]
    rule : NeighbourChecks
        Thresholds.

    Returns
    -------
    list of Suspicion
        ``below_neighbours`` and ``above_neighbours``.
    """
    ratio = log_ratio(hours, peers, rule)
    usual = median_along(ratio, 1, rule.history_hours)
    scale = _MAD_TO_SIGMA * median_along(np.abs(ratio - usual[:, None]), 1, rule.history_hours)
    departure = (ratio - usual[:, None]) / np.maximum(scale, float(rule.smallest_scale))[:, None]
    limit = float(rule.robust_z)
    found = []
    for column, pollutant in enumerate(BASIC):
        z = departure[..., column]
        for code, mask in (("below_neighbours", z < -limit), ("above_neighbours", z > limit)):
            for place, first, last in stretches(mask, rule.hours).tolist():
                there = slice(first, last + 1)
                found.append(
                    Suspicion(
                        code, place, pollutant, first, last,
                        {
                            "mean": said(hours[place, there, column].mean()),
                            "neighbours": said(peers[place, there, column].mean()),
                            "usual_ratio": said(np.exp(usual[place, column])),
                            "robust_z": said(z[place, there].mean()),
                        },
                    )
                )  # fmt: skip
    return found

"""Which sites make a county or the city on a day, and what their mean is."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_CEILING, Decimal
from functools import cache

import numpy as np
from numpy.typing import NDArray

from lantian.city.records import City, EvaluationGroup, Level, Station, SubjectKind
from lantian.loop.evaluate.indices import mask_of
from lantian.terms.types import Concentration, IntArray


@dataclass(frozen=True, slots=True)
class Membership:
    """The sites of one county or city over a stretch of days."""

    kind: SubjectKind
    code: str
    sites: IntArray
    """Places of its sites in the grid, shape (m,)."""
    counted: NDArray[np.bool_]
    """Whether a site counts on a day for a pollutant, shape (m, n_days, 6)."""

    @property
    def programme(self) -> NDArray[np.bool_]:
        """Which pollutants any site measures on a day, shape (n_days, 6)."""
        return np.asarray(self.counted.any(axis=0))


def silent_members(city: City, heard: Collection[str]) -> frozenset[str]:
    """Sites that never sent an hour, of those places of which another site did: their silence counts."""
    members: dict[tuple[SubjectKind, str], set[str]] = {}
    for group in city.groups:
        members.setdefault((group.kind, group.code), set()).update(group.stations)
    spoken = [codes for codes in members.values() if not codes.isdisjoint(heard)]
    return frozenset().union(*spoken) - frozenset(heard)


def memberships(city: City, stations: tuple[str, ...], first: date, days: int) -> list[Membership]:
    """List every county and the city with its sites; a group that changes is one membership with dated sites.

    Control sites (对照点) and micro-stations never count, nor does a site outside its years of service.
    """
    place = {code: at for at, code in enumerate(stations)}
    found: list[Membership] = []
    for kind, code in dict.fromkeys((group.kind, group.code) for group in city.groups):
        groups = [group for group in city.groups if (group.kind, group.code) == (kind, code)]
        codes = [one for one in dict.fromkeys(s for group in groups for s in group.stations) if one in place]
        if not codes:
            continue
        counted = np.zeros((len(codes), days, 6), dtype=bool)
        for row, station_code in enumerate(codes):
            station = city.station(station_code)
            if not station.control_site and station.level is not Level.MICRO:
                counted[row] = _days_counted(station, groups, first, days)[:, None] & mask_of(station.pollutants)
        found.append(Membership(kind, code, np.array([place[one] for one in codes], dtype=np.int64), counted))
    return found


def _days_counted(station: Station, groups: list[EvaluationGroup], first: date, days: int) -> NDArray[np.bool_]:
    counted = np.zeros(days, dtype=bool)
    for day in range(days):
        today = first + timedelta(days=day)
        in_service = (station.in_service is None or station.in_service <= today) and (
            station.out_of_service is None or today <= station.out_of_service
        )
        counted[day] = in_service and any(
            group.holds_on(today) and station.code in group.stations for group in groups
        )
    return counted


@cache
def _required_of(sites: int, share: Decimal) -> int:
    return int((sites * share).to_integral_value(ROUND_CEILING))


def required(sites: IntArray, share: Decimal) -> IntArray:
    """Say how many of `sites` must be present, elementwise: the share of them, rounded up, and at least one."""
    table = np.array(
        [max(_required_of(n, share), 1) for n in range(int(sites.max(initial=0)) + 1)], dtype=np.int64
    )
    return table[sites]


def site_mean(
    values: Concentration, counted: NDArray[np.bool_], share: Decimal
) -> tuple[Concentration, IntArray, IntArray]:
    """Mean of the sites that are present, where enough of them are.

    Parameters
    ----------
    values : array, shape (m, n, k)
        Site values, NaN where a site has none. [ug m-3, CO mg m-3]
    counted : array of bool, shape (m, n, k)
        Whether a site counts.
    share : Decimal
        Share of the counted sites that must be present. [1]

    Returns
    -------
    tuple of arrays, each shape (n, k)
        Mean (NaN where too few sites are present), sites present, sites required. [ug m-3, CO mg m-3; 1; 1]
    """
    present = counted & ~np.isnan(values)
    there = present.sum(axis=0, dtype=np.int64)
    needed = required(counted.sum(axis=0, dtype=np.int64), share)
    total = np.where(present, values, 0.0).sum(axis=0)
    mean = np.where(there >= needed, total / np.maximum(there, 1), np.nan)
    return mean, there, needed

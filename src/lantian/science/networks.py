"""Which stations measure this, of which kind, and how near?"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

import numpy as np

from lantian.science.places import distance
from lantian.terms.errors import CallerError


@dataclass(frozen=True, slots=True)
class Site:
    """A station of one's own network."""

    code: str
    name: str
    kind: str
    """For instance national, township, micro."""
    longitude: float
    latitude: float
    """EPSG:4490 [deg]."""
    measures: frozenset[str]
    """Columns that it delivers."""
    since: date | None = None
    until: date | None = None
    """Last day, None while it runs."""


@dataclass(frozen=True, slots=True)
class Found:
    """A station that was looked for."""

    site: Site
    away: float | None
    """Distance from the place asked about [m]."""


def find_sites(
    sites: Iterable[Site],
    *,
    kinds: Collection[str] | None = None,
    measuring: Collection[str] = (),
    near: tuple[float, float] | None = None,
    within: float | None = None,
    nearest: int | None = None,
    running: tuple[date, date] | None = None,
) -> list[Found]:
    """Stations that meet every condition given, the nearest first (站点检索).

    Parameters
    ----------
    sites : iterable of Site
    kinds : collection of str, optional
        Any of them.
    measuring : collection of str
        All of them.
    near : tuple of float, optional
        Longitude and latitude of a place. [deg]
    within : float, optional
        Greatest distance from it. [m]
    nearest : int, optional
        How many at most. [1]
    running : tuple of date, optional
        First and last day on which it must have run.

    Raises
    ------
    CallerError
        A distance or a number of nearest ones without a place.

    References
    ----------
    openair, ``importMeta``.

    Examples
    --------
    >>> one = Site("a", "A", "national", 113.10, 36.20, frozenset({"pm25"}))
    >>> two = Site("b", "B", "township", 113.20, 36.20, frozenset({"pm25", "o3"}))
    >>> around = find_sites([two, one], near=(113.10, 36.20), within=10e3)
    >>> [(found.site.code, round(found.away)) for found in around]
    [('a', 0), ('b', 8994)]
    >>> [found.site.code for found in find_sites([one, two], measuring=["o3"])]
    ['b']
    """
    if near is None and (within is not None or nearest is not None):
        raise CallerError("a distance needs a place: say near=(longitude, latitude)")
    kept = [
        site
        for site in sites
        if (kinds is None or site.kind in kinds) and site.measures.issuperset(measuring) and _runs(site, running)
    ]
    if near is None:
        return [Found(site, None) for site in sorted(kept, key=lambda site: site.code)]
    away = distance(
        np.array([site.longitude for site in kept]), np.array([site.latitude for site in kept]), near[0], near[1]
    )
    found = [Found(site, float(metres)) for site, metres in zip(kept, away, strict=True)]
    found = [one for one in found if one.away is not None and (within is None or one.away <= within)]
    return sorted(found, key=lambda one: (one.away, one.site.code))[:nearest]


def _runs(site: Site, running: tuple[date, date] | None) -> bool:
    if running is None:
        return True
    return (site.since is None or site.since <= running[0]) and (site.until is None or site.until >= running[1])

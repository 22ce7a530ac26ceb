"""How sure is an inventory: log-normal intervals of sources, sectors, counties and the city (不确定性分析).

Every amount is the expectation of a log-normal error: a product of the errors of activity, factor and devices. The
factor's error is drawn once for all sources that share its row, so that the errors of a sector do not average
away; the activity's is each process's own.
"""

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from math import exp, log
from statistics import NormalDist

import numpy as np
from numba import njit
from numpy.typing import NDArray

from lantian.science.inventory.estimating import Estimate
from lantian.science.inventory.gross import INVENTORY_POLLUTANTS, InventoryPollutant
from lantian.terms.types import FloatArray

Places = NDArray[np.int32]
CITY, COUNTY, SECTOR, SOURCE = "city", "county", "sector", "source"


@dataclass(frozen=True, slots=True)
class Interval:
    """Amount of one pollutant of a source, a sector, a county or the city, and between what it lies."""

    kind: str
    """``source``, ``sector``, ``county`` or ``city``."""
    code: str
    """Id of the source, code of the sector, adcode of the county; empty for the city."""
    pollutant: InventoryPollutant
    amount: float
    """Sum of the rows. [t]"""
    low: float
    """[t]"""
    high: float
    """[t]"""


def row_interval(row: Estimate, level: float, removal_gsd: float) -> tuple[float, float]:
    """Between what one row lies: exact, for a product of log-normal errors is log-normal itself.

    Parameters
    ----------
    row : Estimate
        Row of the inventory; its amount is the expectation.
    level : float
        Share inside the interval. [1]
    removal_gsd : float
        Geometric standard deviation of what devices leave. [1]

    Returns
    -------
    tuple of float
        Lower and upper end. [t]
    """
    activity, factor, devices = sigmas(row, removal_gsd)
    variance = activity**2 + factor**2 + devices**2
    reach = NormalDist().inv_cdf(0.5 + level / 2) * variance**0.5
    return row.amount * exp(-variance / 2 - reach), row.amount * exp(-variance / 2 + reach)


def sigmas(row: Estimate, removal_gsd: float) -> tuple[float, float, float]:
    """Return standard deviations of the logarithms of activity, factor or measurement, and devices."""
    devices = log(removal_gsd) if row.left < 1 and not row.measured else 0.0
    return log(row.activity_gsd), log(row.gsd), devices


def intervals(
    rows: Sequence[Estimate],
    *,
    sector_of: Callable[[str], str],
    number: int,
    level: float,
    removal_gsd: float,
    seed: int,
    progress: Callable[[float], None] = lambda _share: None,
) -> tuple[Interval, ...]:
    """Draw the city often and say between what its sums lie (蒙特卡洛模拟).

    Parameters
    ----------
    rows : sequence of Estimate
        The inventory.
    sector_of : callable
        Sector of a category.
    number : int
        How often the city is drawn.
    level : float
        Share of the draws inside an interval. [1]
    removal_gsd : float
        Geometric standard deviation of what devices leave, one draw for each chain of techniques. [1]
    seed : int
        The same seed gives the same intervals.
    progress : callable, optional
        Told the share done.

    Returns
    -------
    tuple of Interval
        For each pollutant: the city, its counties, its sectors, its sources. A sum that no row has an error of has
        an interval without width.
    """
    rng = np.random.default_rng(seed)
    activity = _Errors(rng, number)
    factor = _Errors(rng, number)
    device = _Errors(rng, number)
    by_pollutant = {p: [row for row in rows if row.pollutant == p] for p in INVENTORY_POLLUTANTS}
    for mine in by_pollutant.values():  # errors are named before threads draw them: the order is that of the book
        for row in mine:
            activity.place((row.source, row.process))
            factor.place(row.error_key)
            device.place(_technologies(row))
    drawn = (activity.draw(), factor.draw(), device.draw())
    found: list[Interval] = []

    def one(pollutant: InventoryPollutant) -> list[Interval]:
        mine = by_pollutant[pollutant]
        errors = np.array([sigmas(row, removal_gsd) for row in mine], dtype=np.float64).reshape(-1, 3)
        places = np.array(
            [
                (
                    activity.place((row.source, row.process)),
                    factor.place(row.error_key),
                    device.place(_technologies(row)),
                )
                for row in mine
            ],
            dtype=np.int32,
        ).reshape(-1, 3)
        return _of_pollutant(pollutant, mine, errors, places, drawn, sector_of, level)

    with ThreadPoolExecutor() as threads:
        wanted = [pollutant for pollutant, mine in by_pollutant.items() if mine]
        for at, each in enumerate(threads.map(one, wanted), 1):
            found += each
            progress(at / len(wanted))
    return tuple(found)


class _Errors:
    """Standard normal errors that rows share by a key, drawn in the order in which the keys were first named."""

    def __init__(self, rng: np.random.Generator, number: int) -> None:
        self._rng, self._number = rng, number
        self._places: dict[object, int] = {}

    def place(self, key: object) -> int:
        return self._places.setdefault(key, len(self._places))

    def draw(self) -> FloatArray:
        return self._rng.standard_normal((max(len(self._places), 1), self._number))


def _technologies(row: Estimate) -> tuple[str, ...]:
    return tuple(control.technique for control in row.controls)


def _of_pollutant(
    pollutant: InventoryPollutant,
    rows: Sequence[Estimate],
    errors: FloatArray,
    places: Places,
    drawn: tuple[FloatArray, FloatArray, FloatArray],
    sector_of: Callable[[str], str],
    level: float,
) -> list[Interval]:
    groups = {
        COUNTY: _grouped(row.county for row in rows),
        SECTOR: _grouped(sector_of(row.category) for row in rows),
        SOURCE: _grouped(row.source for row in rows),
    }
    amount = np.array([row.amount for row in rows])
    order = np.argsort(groups[SOURCE][1], kind="stable")
    low, high = (1 - level) / 2, (1 + level) / 2
    counties, sectors, sources = (groups[kind] for kind in (COUNTY, SECTOR, SOURCE))
    ends, sums = _draw(
        amount[order], errors[order], places[order], *drawn,
        sources[1][order], counties[1][order], sectors[1][order],
        len(sources[0]), len(counties[0]), len(sectors[0]), low, high,
    )  # fmt: skip
    found = [_interval(CITY, "", pollutant, float(amount.sum()), np.quantile(sums[0], (low, high)))]
    first = 1
    for kind, (codes, which) in ((COUNTY, counties), (SECTOR, sectors)):
        totals = np.bincount(which, weights=amount, minlength=len(codes))
        quantiles = np.quantile(sums[first : first + len(codes)], (low, high), axis=1).T
        first += len(codes)
        found += [
            _interval(kind, *each) for each in zip(codes, _all(pollutant, codes), totals, quantiles, strict=True)
        ]
    totals = np.bincount(sources[1], weights=amount, minlength=len(sources[0]))
    found += [
        _interval(SOURCE, *each)
        for each in zip(sources[0], _all(pollutant, sources[0]), totals, ends, strict=True)
    ]
    return found


def _all(pollutant: InventoryPollutant, codes: Sequence[str]) -> list[InventoryPollutant]:
    return [pollutant] * len(codes)


def _interval(kind: str, code: str, pollutant: InventoryPollutant, amount: float, ends: FloatArray) -> Interval:
    return Interval(kind, code, pollutant, float(amount), float(ends[0]), float(ends[1]))


def _grouped(keys: Iterable[str]) -> tuple[list[str], Places]:
    """Give groups numbers by their first row."""
    seen: dict[str, int] = {}
    which = np.array([seen.setdefault(key, len(seen)) for key in keys], dtype=np.int32)
    return list(seen), which


@njit(cache=True, nogil=True)
def _draw(
    amount: FloatArray, errors: FloatArray, places: Places,
    activity: FloatArray, factor: FloatArray, device: FloatArray,
    source: Places, county: Places, sector: Places,
    n_sources: int, n_counties: int, n_sectors: int, low: float, high: float,
) -> tuple[FloatArray, FloatArray]:  # fmt: skip
    """Draw all rows of a pollutant, in the order of their sources; quantiles of sources, sums of the rest."""
    number = activity.shape[1]
    ends = np.zeros((n_sources, 2))
    sums = np.zeros((1 + n_counties + n_sectors, number))
    mine = np.zeros(number)
    for row in range(len(amount)):
        a, f, d = errors[row]
        half = (a * a + f * f + d * d) / 2
        za, zf, zd = activity[places[row, 0]], factor[places[row, 1]], device[places[row, 2]]
        of_county, of_sector = sums[1 + county[row]], sums[1 + n_counties + sector[row]]
        for k in range(number):
            value = amount[row] * np.exp(a * za[k] + f * zf[k] + d * zd[k] - half)
            mine[k] += value
            of_county[k] += value
            of_sector[k] += value
            sums[0, k] += value
        if row + 1 == len(amount) or source[row + 1] != source[row]:
            ends[source[row], 0], ends[source[row], 1] = _quantile(mine, low), _quantile(mine, high)
            mine[:] = 0.0
    return ends, sums


@njit(cache=True, nogil=True)
def _quantile(values: FloatArray, share: float) -> float:
    """Quantile between order statistics, as NumPy's default; nothing is sorted."""
    at = share * (len(values) - 1)
    below = int(at)
    parted = np.partition(values, below)
    if below + 1 == len(values):
        return float(parted[below])
    return float(parted[below] + (at - below) * (parted[below + 1 :].min() - parted[below]))

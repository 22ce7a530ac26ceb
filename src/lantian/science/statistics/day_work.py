"""What an edition demands of a day, in the whole numbers of the kernels, and the sharing of work among threads."""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from lantian.rules.records import EvaluationRule
from lantian.science.rounding import rounded, units
from lantian.science.statistics import kernels
from lantian.science.statistics.day_records import StationDays
from lantian.terms.pollutants import BASIC, Pollutant
from lantian.terms.types import Concentration, FloatArray, IntArray

_WORTH_A_THREAD = 2_000
"""Station-days below which a second thread costs more than it brings."""

Limit = Decimal | float | FloatArray | None
"""Limit of the daily highest 8 h mean, one or per day; None where there is none. [ug m-3]"""


@dataclass(frozen=True, slots=True, eq=False)
class HourColumn:
    """One pollutant's hours, wherever they lie in memory; the Arrow buffers of a column need no copy."""

    values: Concentration
    """Shape (n,); what stands in a null row does not matter. [ug m-3, CO mg m-3]"""
    validity: NDArray[np.uint8] = field(default_factory=lambda: np.empty(0, dtype=np.uint8))
    """Arrow validity bits, least significant first; empty when no row is null."""
    offset: int = 0
    """Bits before the first row's."""
    shift: int = 0
    """Place of the pollutant in a record of several."""
    stride: int = 1
    """Length of such a record."""


@dataclass(frozen=True, slots=True, eq=False)
class DayWork:
    """One filling of days: the demands of the edition, and the days that are being filled."""

    days: StationDays
    rule: EvaluationRule
    limits: IntArray
    """Limit of the highest 8 h mean per day, in units of its last kept decimal."""

    @classmethod
    def of(cls, lead: tuple[int, ...], rule: EvaluationRule, limit: Limit) -> "DayWork":
        """Prepare days of a leading shape; every pollutant must then be filled or left out."""
        n = int(np.prod(lead))
        return cls(StationDays.unfilled(n), rule, _limit_units(limit, lead, n, rule))

    def step(self, pollutant: Pollutant) -> np.int64:
        """Kernel units in one unit of a day's last kept decimal."""
        return np.int64(10 ** (kernels.PLACES - self.rule.decimals_day.of(pollutant)))

    def ozone_rule(self) -> kernels.OzoneRule:
        """Pack what an ozone day demands."""
        return kernels.OzoneRule(
            self.rule.day_required_hours,
            self.rule.day_required_windows,
            self.rule.window_required_hours,
            self.rule.window_first_end,
            self.rule.short_day_counts_above_limit,
        )

    def fill(self, pollutant: Pollutant, hours: HourColumn, origin: IntArray, first: int, last: int) -> None:
        """Fill days `first` to `last` of one pollutant; the hours of a day begin at its `origin`."""
        days, at, step = self.days, BASIC.index(pollutant), self.step(pollutant)
        where = (hours.values, hours.validity, hours.offset, origin, hours.shift, hours.stride, first, last)
        count, reason = days.valid_hours[:, at], days.reason[:, at]
        value, unrounded = days.value[:, at], days.unrounded[:, at]
        if pollutant is not Pollutant.O3:
            kernels.mean_days(*where, self.rule.day_required_hours, step, value, unrounded, count, reason)
            return
        highest = (days.value[:, -1], days.unrounded[:, -1])
        demands = (self.ozone_rule(), self.limits, step)
        kernels.ozone_days(*where, *demands, value, unrounded, *highest, count, days.valid_windows, reason)


def in_threads(work: Callable[[int, int], None], n: int, days_each: int, threads: int | None) -> None:
    """Share `n` items out among threads; the kernels run side by side."""
    most = (os.cpu_count() or 1) if threads is None else threads
    parts = min(most, n, max(1, n * days_each // _WORTH_A_THREAD))
    if parts <= 1:
        work(0, n)
        return
    edges = [n * part // parts for part in range(parts + 1)]
    with ThreadPoolExecutor(parts) as pool:
        list(pool.map(work, edges[:-1], edges[1:]))


def _limit_units(limit: Limit, lead: tuple[int, ...], n: int, rule: EvaluationRule) -> IntArray:
    """Cut limits off to whole units: a rounded value exceeds the one exactly when it exceeds the other."""
    decimals = rule.decimals_day.of(Pollutant.O3)
    if limit is None:
        return np.full(n, np.iinfo(np.int64).max)
    if isinstance(limit, np.ndarray):
        return np.broadcast_to(units(limit, decimals, "truncate"), lead).astype(np.int64).ravel()
    return np.full(n, int(rounded(limit, decimals, "truncate").scaleb(decimals)), dtype=np.int64)

"""What the hours of a day amount to: values, counts and the reason why a value counts or is missing."""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from lantian.science.statistics import kernels
from lantian.terms.pollutants import BASIC, Pollutant
from lantian.terms.types import Concentration, MicrogramsPerM3

DAY_KEYS: tuple[str, ...] = (*BASIC, "o3_1h")
"""Columns of a day's values: the six pollutants (o3 is the highest 8 h mean) and the highest hour of ozone."""
OZONE = BASIC.index(Pollutant.O3)


class DayReason(IntEnum):
    """Why a daily value counts, or why there is none."""

    VALID = kernels.VALID
    """Enough hours, or enough windows."""
    TOO_FEW_HOURS = kernels.TOO_FEW_HOURS
    """Some hours, but fewer than the rule demands."""
    TOO_FEW_WINDOWS = kernels.TOO_FEW_WINDOWS
    """Ozone: too few valid 8 h windows, and none above the limit."""
    SHORT_BUT_ABOVE_LIMIT = kernels.SHORT_BUT_ABOVE_LIMIT
    """Ozone: too few valid windows, yet the highest is above the limit, so the day counts."""
    NO_DATA = kernels.NO_DATA
    """Not one valid hour."""
    NOT_MONITORED = kernels.NOT_MONITORED
    """Outside the monitoring programme."""

    @property
    def counts(self) -> bool:
        """Whether there is a value."""
        return self in (DayReason.VALID, DayReason.SHORT_BUT_ABOVE_LIMIT)


@dataclass(frozen=True, slots=True, eq=False)
class StationDays:
    """Daily values with their validity; the leading shape is that of the hours."""

    value: Concentration
    """Rounded values, shape (..., 7), columns `DAY_KEYS`; NaN where the day is not valid. [ug m-3, CO mg m-3]"""
    unrounded: Concentration
    """The same before rounding. [ug m-3, CO mg m-3]"""
    valid_hours: NDArray[np.int8]
    """Valid hours, shape (..., 6). [h]"""
    valid_windows: NDArray[np.int8]
    """Valid 8 h windows of ozone, shape (...). [1]"""
    reason: NDArray[np.int8]
    """`DayReason` per pollutant, shape (..., 6)."""

    @classmethod
    def unfilled(cls, n: int) -> "StationDays":
        """Make room for `n` days, each column of a piece in memory; what stands there has no meaning yet."""
        return cls(
            value=np.empty((len(DAY_KEYS), n)).T,
            unrounded=np.empty((len(DAY_KEYS), n)).T,
            valid_hours=np.empty((len(BASIC), n), dtype=np.int8).T,
            valid_windows=np.empty(n, dtype=np.int8),
            reason=np.empty((len(BASIC), n), dtype=np.int8).T,
        )

    def leave_out(self, pollutant: Pollutant) -> None:
        """Say of one pollutant that no day has data."""
        at = BASIC.index(pollutant)
        columns = [at, len(DAY_KEYS) - 1] if at == OZONE else [at]
        self.value[:, columns] = np.nan
        self.unrounded[:, columns] = np.nan
        self.valid_hours[:, at] = 0
        self.reason[:, at] = DayReason.NO_DATA
        if at == OZONE:
            self.valid_windows[:] = 0

    def shaped(self, lead: tuple[int, ...], monitored: NDArray[np.bool_] | None = None) -> "StationDays":
        """Give flat days their leading shape and take out what is not monitored."""
        days = StationDays(
            value=self.value.reshape(*lead, len(DAY_KEYS)),
            unrounded=self.unrounded.reshape(*lead, len(DAY_KEYS)),
            valid_hours=self.valid_hours.reshape(*lead, len(BASIC)),
            valid_windows=self.valid_windows.reshape(lead),
            reason=self.reason.reshape(*lead, len(BASIC)),
        )
        if monitored is not None and not monitored.all():
            outside = ~np.broadcast_to(monitored, days.reason.shape)
            days.reason[outside] = DayReason.NOT_MONITORED
            days.valid_hours[outside] = 0
            days.valid_windows[outside[..., OZONE]] = 0
            columns = np.concatenate([outside, outside[..., [OZONE]]], axis=-1)
            days.value[columns] = np.nan
            days.unrounded[columns] = np.nan
        return days


@dataclass(frozen=True, slots=True, eq=False)
class OzoneDays:
    """Ozone days of one series."""

    mda8: MicrogramsPerM3
    """Highest 8 h mean (日最大8小时平均), rounded, shape (...); NaN where the day is not valid. [ug m-3]"""
    unrounded: MicrogramsPerM3
    """The same before rounding. [ug m-3]"""
    max_1h: MicrogramsPerM3
    """Highest hour, rounded; NaN where too few hours are valid. [ug m-3]"""
    valid_hours: NDArray[np.int8]
    """[h]"""
    valid_windows: NDArray[np.int8]
    """[1]"""
    reason: NDArray[np.int8]
    """`DayReason`"""

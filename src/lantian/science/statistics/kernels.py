"""Compiled loops of the day statistics: exact sums of decimals, one pass over the hours (日统计内核).

An hourly mean becomes a whole number of 10**-9 units, so that sums and comparisons of means are exact for decimals
of at most nine places. `step` is how many of those units make one of the last kept decimal. The hours of day ``n``
stand at ``origin[n] + shift + h * stride``; a negative origin leaves the day alone. Null hours are told by Arrow
validity bits, least significant first, or by NaN. The loops release the interpreter lock; whoever calls them splits
the work among threads. They are long on purpose: handing an array to an inner function costs more than its 24 hours.
"""

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from lantian.terms.types import FloatArray, IntArray

PLACES = 9
"""Places after the point that an hourly mean keeps."""
LARGEST = 1e6
"""From here on no instrument measures; such a number counts as missing. [ug m-3, CO mg m-3]"""
HOURS = 24
_WINDOW = 8
_UNIT = 1e9
_BELOW_ALL = np.iinfo(np.int64).min

VALID, TOO_FEW_HOURS, TOO_FEW_WINDOWS, SHORT_BUT_ABOVE_LIMIT, NO_DATA, NOT_MONITORED = range(6)

Codes = NDArray[np.int8]
Bits = NDArray[np.uint8]


class OzoneRule(NamedTuple):
    """What an ozone day demands."""

    required_hours: int
    required_windows: int
    window_hours: int
    first_end: int
    short_counts: bool


@njit(cache=True, nogil=True)
def _half_even(numerator: np.int64, denominator: np.int64) -> np.int64:
    quotient = numerator // denominator
    twice = 2 * (numerator - quotient * denominator)
    if twice > denominator or (twice == denominator and quotient % 2 == 1):
        return quotient + 1
    return quotient


@njit(cache=True, nogil=True)
def mean_days(
    values: FloatArray,
    validity: Bits,
    offset: int,
    origin: IntArray,
    shift: int,
    stride: int,
    first: int,
    last: int,
    required: int,
    step: np.int64,
    value: FloatArray,
    unrounded: FloatArray,
    valid_hours: Codes,
    reason: Codes,
) -> None:
    """Day means `first` to `last` of one pollutant."""
    n_bytes = len(validity)
    for day in range(first, last):
        start = origin[day] + shift
        if origin[day] < 0:
            continue
        bits = np.int64(-1)
        if n_bytes > 0:
            byte, bits = (start + offset) >> 3, np.int64(0)
            for n in range(4):
                if byte + n < n_bytes:
                    bits |= np.int64(validity[byte + n]) << (8 * n)
            bits >>= (start + offset) & 7
        total, count = np.int64(0), np.int64(0)
        for hour in range(HOURS):
            number = values[start + hour * stride]
            there = (abs(number) < LARGEST) & (((bits >> hour) & 1) == 1)
            total += np.int64(np.rint((number if there else 0.0) * _UNIT))
            count += np.int64(there)
        valid_hours[day] = count
        value[day] = unrounded[day] = np.nan
        if count == 0:
            reason[day] = NO_DATA
        elif count < required:
            reason[day] = TOO_FEW_HOURS
        else:
            reason[day] = VALID
            value[day] = _half_even(total, count * step) / (_UNIT / step)
            unrounded[day] = total / (count * _UNIT)


@njit(cache=True, nogil=True)
def ozone_days(
    values: FloatArray,
    validity: Bits,
    offset: int,
    origin: IntArray,
    shift: int,
    stride: int,
    first: int,
    last: int,
    rule: OzoneRule,
    limits: IntArray,
    step: np.int64,
    mda8: FloatArray,
    mda8_unrounded: FloatArray,
    max_1h: FloatArray,
    max_1h_unrounded: FloatArray,
    valid_hours: Codes,
    valid_windows: Codes,
    reason: Codes,
) -> None:
    """Highest 8 h means and highest hours of days `first` to `last`; `limits` are in units of the kept decimal."""
    n_bytes = len(validity)
    whole = np.empty(HOURS, dtype=np.int64)
    valid = np.empty(HOURS, dtype=np.int64)
    for day in range(first, last):
        start = origin[day] + shift
        if origin[day] < 0:
            continue
        bits = np.int64(-1)
        if n_bytes > 0:
            byte, bits = (start + offset) >> 3, np.int64(0)
            for n in range(4):
                if byte + n < n_bytes:
                    bits |= np.int64(validity[byte + n]) << (8 * n)
            bits >>= (start + offset) & 7
        n_hours, highest = np.int64(0), np.int64(_BELOW_ALL)
        windows, best_total, best_count = 0, np.int64(0), np.int64(0)
        total, count = np.int64(0), np.int64(0)
        for hour in range(HOURS):
            number = values[start + hour * stride]
            there = (abs(number) < LARGEST) & (((bits >> hour) & 1) == 1)
            whole[hour] = np.int64(np.rint((number if there else 0.0) * _UNIT))
            valid[hour] = np.int64(there)
            total += whole[hour]
            count += valid[hour]
            n_hours += valid[hour]
            if there:
                highest = max(highest, whole[hour])
            if hour >= _WINDOW:
                total -= whole[hour - _WINDOW]
                count -= valid[hour - _WINDOW]
            if hour + 1 >= rule.first_end and count >= rule.window_hours and count > 0:
                windows += 1
                if best_count == 0 or total * best_count > best_total * count:
                    best_total, best_count = total, count
        valid_hours[day] = n_hours
        valid_windows[day] = windows
        mda8[day] = mda8_unrounded[day] = max_1h[day] = max_1h_unrounded[day] = np.nan
        if n_hours > 0 and n_hours >= rule.required_hours:
            max_1h[day] = _half_even(highest, step) / (_UNIT / step)
            max_1h_unrounded[day] = highest / _UNIT
        reason[day] = NO_DATA if n_hours == 0 else TOO_FEW_WINDOWS
        if windows > 0:
            rounded = _half_even(best_total, best_count * step)
            lawful = windows >= rule.required_windows
            if lawful or (rule.short_counts and rounded > limits[day]):
                reason[day] = VALID if lawful else SHORT_BUT_ABOVE_LIMIT
                mda8[day] = rounded / (_UNIT / step)
                mda8_unrounded[day] = best_total / (best_count * _UNIT)


@njit(cache=True, nogil=True)
def follow(first_row: IntArray, hour: IntArray, n_days: int, origin: IntArray) -> int:
    """Find where each station day begins among the rows, -1 where a station's rows are not all hours in order.

    Tells how many rows lie outside the days.
    """
    n_hours = n_days * HOURS
    outside = 0
    for station in range(len(first_row) - 1):
        first, last = first_row[station], first_row[station + 1]
        in_order = last - first == n_hours
        for row in range(first, last):
            at = hour[row]
            in_order &= at == row - first
            outside += np.int64((at < 0) | (at >= n_hours))
        for day in range(n_days):
            origin[station * n_days + day] = first + day * HOURS if in_order else -1
    return outside


@njit(cache=True, nogil=True)
def place(
    values: FloatArray, validity: Bits, offset: int, hour: IntArray, first: int, last: int, grid: FloatArray
) -> None:
    """Put the scattered rows `first` to `last` of one station at their hours."""
    grid[:] = np.nan
    for row in range(first, last):
        at = row + offset
        there = len(validity) == 0 or (validity[at >> 3] >> (at & 7)) & 1 == 1
        grid[hour[row]] = values[row] if there else np.nan

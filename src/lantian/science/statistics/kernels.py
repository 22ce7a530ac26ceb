"""Compiled loops of the day statistics: exact sums of decimals, one pass over the hours (日统计内核).

An hourly mean becomes a whole number of 10**-9 units, so that sums and comparisons of means are exact for decimals
of at most nine places. `step` is how many of those units make one of the last kept decimal. The hours of day ``n``
stand at ``origin[n] + shift + h * stride``; a negative origin leaves the day alone. Null hours are told by Arrow
validity bits, least significant first, or by NaN. The loops release the interpreter lock; whoever calls them
splits the work among threads. They are long on purpose: handing an array to an inner function costs more than the
24 hours do; and they index with unsigned numbers, which spares the test for a negative place.
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
HOUR = 3_600_000_000
"""[us]"""
_WINDOW = 8
_EIGHTHS = np.int64(840)
"""Least common multiple of 1 to 8: a sum of n values times 840 / n compares means of all n as whole numbers."""
_UNIT = 1e9
_BLOCK = 512
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
    """8 or later."""
    short_counts: bool


@njit(cache=True, nogil=True)
def _half_even(numerator: np.int64, denominator: np.int64) -> np.int64:
    """Round a quotient half to even: guessed in floats, put right in whole numbers, for divisions are slow."""
    quotient = np.int64(np.floor(numerator / denominator))
    rest = numerator - quotient * denominator
    if rest < 0:
        quotient, rest = quotient - 1, rest + denominator
    elif rest >= denominator:
        quotient, rest = quotient + 1, rest - denominator
    twice = 2 * rest
    return quotient + np.int64((twice > denominator) | ((twice == denominator) & ((quotient & 1) == 1)))


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
                    bits |= np.int64(validity[np.uint64(byte + n)]) << (8 * n)
            bits >>= (start + offset) & 7
        total, count = np.int64(0), np.int64(0)
        for hour in range(HOURS):
            number = values[np.uint64(start + hour * stride)]
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
    share = np.zeros(_WINDOW + 1, dtype=np.int64)
    for size in range(1, _WINDOW + 1):
        share[size] = _EIGHTHS // size
    for day in range(first, last):
        start = origin[day] + shift
        if origin[day] < 0:
            continue
        bits = np.int64(-1)
        if n_bytes > 0:
            byte, bits = (start + offset) >> 3, np.int64(0)
            for n in range(4):
                if byte + n < n_bytes:
                    bits |= np.int64(validity[np.uint64(byte + n)]) << (8 * n)
            bits >>= (start + offset) & 7
        for hour in range(HOURS):
            number = values[np.uint64(start + hour * stride)]
            there = (abs(number) < LARGEST) & (((bits >> hour) & 1) == 1)
            whole[np.uint64(hour)] = np.int64(np.rint((number if there else 0.0) * _UNIT))
            valid[np.uint64(hour)] = np.int64(there)
        n_hours, highest = np.int64(0), np.int64(_BELOW_ALL)
        for hour in range(HOURS):
            n_hours += valid[np.uint64(hour)]
            highest = max(highest, whole[np.uint64(hour)] if valid[np.uint64(hour)] == 1 else np.int64(_BELOW_ALL))
        total, count = np.int64(0), np.int64(0)
        for hour in range(_WINDOW):
            total += whole[np.uint64(hour)]
            count += valid[np.uint64(hour)]
        windows, best = np.int64(0), np.int64(_BELOW_ALL)
        for end in range(_WINDOW, HOURS + 1):
            lawful = (count >= rule.window_hours) & (count > 0) & (end >= rule.first_end)
            windows += np.int64(lawful)
            best = max(best, total * share[np.uint64(count)] if lawful else np.int64(_BELOW_ALL))
            if end < HOURS:
                total += whole[np.uint64(end)] - whole[np.uint64(end - _WINDOW)]
                count += valid[np.uint64(end)] - valid[np.uint64(end - _WINDOW)]
        valid_hours[day] = n_hours
        valid_windows[day] = windows
        mda8[day] = mda8_unrounded[day] = max_1h[day] = max_1h_unrounded[day] = np.nan
        if n_hours > 0 and n_hours >= rule.required_hours:
            max_1h[day] = _half_even(highest, step) / (_UNIT / step)
            max_1h_unrounded[day] = highest / _UNIT
        reason[day] = NO_DATA if n_hours == 0 else TOO_FEW_WINDOWS
        if windows > 0:
            rounded = _half_even(best, _EIGHTHS * step)
            enough = windows >= rule.required_windows
            if enough or (rule.short_counts and rounded > limits[day]):
                reason[day] = VALID if enough else SHORT_BUT_ABOVE_LIMIT
                mda8[day] = rounded / (_UNIT / step)
                mda8_unrounded[day] = best / (_EIGHTHS * _UNIT)


@njit(cache=True, nogil=True)
def runs_of(views: IntArray, starts: IntArray) -> tuple[np.int64, np.int64]:
    """Find where runs of equal texts begin in an Arrow string view column (16 bytes a text).

    Tells how many there are, and how long the longest text is: beyond 12 bytes equal texts may differ here.
    """
    found, longest, n_rows = np.int64(0), np.int64(0), len(views) // 2
    for block in range(0, n_rows, _BLOCK):
        end = min(block + _BLOCK, n_rows)
        change = np.int64(block == 0)
        for at in range(max(2 * block, 2), 2 * end):
            change |= views[np.uint64(at)] ^ views[np.uint64(at - 2)]
        if change == 0:
            continue
        for row in range(block, end):
            here = 2 * row
            if row == 0 or views[here] != views[here - 2] or views[here + 1] != views[here - 1]:
                longest = max(longest, views[here] & 0xFFFFFFFF)
                starts[found] = row
                found += 1
    return found, longest


@njit(cache=True, nogil=True)
def follow(
    first_row: IntArray,
    stamp: IntArray,
    begin: int,
    n_days: int,
    first: int,
    last: int,
    origin: IntArray,
    bad: IntArray,
) -> None:
    """Find where each day of stations `first` to `last` begins among the rows.

    The origin is -1 where a station's rows are not all hours in order; `bad` tells, per station, how many of its
    rows lie outside the days or off the hour.
    """
    n_hours = n_days * HOURS
    for station in range(first, last):
        top, end = first_row[station], first_row[station + 1]
        expected, in_order = np.int64(begin), end - top == n_hours
        for row in range(top, end):
            in_order &= stamp[np.uint64(row)] == expected
            expected += HOUR
        bad[station] = 0
        if not in_order:
            for row in range(top, end):
                since = stamp[row] - begin
                bad[station] += np.int64((since < 0) | (since >= n_hours * HOUR) | (since % HOUR != 0))
        for day in range(n_days):
            origin[station * n_days + day] = top + day * HOURS if in_order else -1


@njit(cache=True, nogil=True)
def place(
    values: FloatArray,
    validity: Bits,
    offset: int,
    stamp: IntArray,
    begin: int,
    first: int,
    last: int,
    grid: FloatArray,
) -> None:
    """Put the scattered rows `first` to `last` of one station at their hours."""
    grid[:] = np.nan
    for row in range(first, last):
        at = row + offset
        there = len(validity) == 0 or (validity[at >> 3] >> (at & 7)) & 1 == 1
        grid[(stamp[row] - begin) // HOUR] = values[row] if there else np.nan

"""Compiled loops over consecutive groups of rows; group ``g`` holds rows ``offsets[g]`` to ``offsets[g + 1]``."""

import numpy as np
from numba import njit

from lantian.terms.types import FloatArray, IntArray


@njit(cache=True, nogil=True)
def moments(values: FloatArray, offsets: IntArray) -> FloatArray:
    """Count, sum, least, greatest and squared distances from the mean, shape (5, groups)."""
    n_groups = len(offsets) - 1
    found = np.empty((5, n_groups))
    for group in range(n_groups):
        count, total, least, greatest = 0.0, 0.0, np.inf, -np.inf
        for row in range(offsets[group], offsets[group + 1]):
            value = values[row]
            if value == value:
                count += 1.0
                total += value
                least = min(least, value)
                greatest = max(greatest, value)
        squares, mean = 0.0, total / count if count > 0 else 0.0
        for row in range(offsets[group], offsets[group + 1]):
            value = values[row]
            if value == value:
                squares += (value - mean) ** 2
        found[0, group], found[1, group] = count, total
        found[2, group], found[3, group], found[4, group] = least, greatest, squares
    return found


@njit(cache=True, nogil=True)
def sums(values: FloatArray, offsets: IntArray) -> FloatArray:
    """Count and sum, shape (2, groups)."""
    n_groups = len(offsets) - 1
    found = np.empty((2, n_groups))
    for group in range(n_groups):
        count, total = 0.0, 0.0
        for row in range(offsets[group], offsets[group + 1]):
            value = values[row]
            there = value == value
            count += there
            total += value if there else 0.0
        found[0, group], found[1, group] = count, total
    return found


@njit(cache=True, nogil=True)
def quantiles(values: FloatArray, offsets: IntArray, levels: FloatArray) -> FloatArray:
    """Percentiles of each group by linear interpolation between order statistics, shape (levels, groups)."""
    n_groups = len(offsets) - 1
    found = np.full((len(levels), n_groups), np.nan)
    for group in range(n_groups):
        part = values[offsets[group] : offsets[group + 1]]
        part = np.sort(part[part == part])
        if len(part) == 0:
            continue
        for n in range(len(levels)):
            place = (len(part) - 1) * levels[n]
            below = int(np.floor(place + 4e-16 * place))
            share = place - below
            low = part[below]
            found[n, group] = low + max(share, 0.0) * (part[min(below + 1, len(part) - 1)] - low)
    return found

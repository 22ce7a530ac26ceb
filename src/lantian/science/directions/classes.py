"""Hours in classes of direction: what stands for each class?"""

from enum import StrEnum

import numpy as np

from lantian.science.series.group_kernels import moments, quantiles
from lantian.terms.types import FloatArray, IntArray


class Of(StrEnum):
    """What stands for a class of hours."""

    MEAN = "mean"
    MEDIAN = "median"
    MAXIMUM = "max"
    DEVIATION = "sd"
    FREQUENCY = "frequency"
    WEIGHTED_MEAN = "weighted_mean"
    """Mean times share of all hours: what a class adds to the mean of all."""
    PROBABILITY = "probability"
    """Share of the class's hours above an overall percentile (CPF) [1]."""
    PERCENTILE = "percentile"


def sectors(direction: FloatArray, width: float) -> IntArray:
    """Class of each direction, 1 … 360 / width; the last is north (风向分组).

    Parameters
    ----------
    direction : array
        [deg]
    width : float
        [deg]

    Examples
    --------
    >>> sectors(np.array([3.0, 10.0, 356.0, 360.0]), 10.0).tolist()
    [36, 1, 36, 36]
    """
    last = round(360 / width)
    place = np.ceil(direction / width - 0.5).astype(np.int64) % last
    return np.where(place == 0, last, place)


def classes(
    cell: IntArray, values: FloatArray, of: Of, percentile: float, threshold: float = np.nan
) -> tuple[IntArray, FloatArray, IntArray]:
    """Figure of each class that holds hours (分组统计).

    Parameters
    ----------
    cell : array, shape (n,)
        Class of each hour.
    values : array, shape (n,)
        Without gaps. [any unit]
    of : Of
        The figure.
    percentile : float
        Level of `Of.PERCENTILE`. [%]
    threshold : float
        Level of `Of.PROBABILITY`. [the unit of `values`]

    Returns
    -------
    tuple of array
        Classes that hold hours, their figures, and how many hours each holds.

    Examples
    --------
    >>> held, value, count = classes(np.array([7, 2, 7]), np.array([1.0, 5.0, 3.0]), Of.MEAN, 50.0)
    >>> held.tolist(), value.tolist(), count.tolist()
    ([2, 7], [5.0, 2.0], [1, 2])
    """
    order = np.argsort(cell, kind="stable")
    ordered = values[order]
    held, first = np.unique(cell[order], return_index=True)
    offsets = np.append(first, len(cell))
    count, total, _, greatest, squares = moments(ordered, offsets)
    value: FloatArray
    if of is Of.MEAN:
        value = total / count
    elif of is Of.MAXIMUM:
        value = greatest
    elif of is Of.FREQUENCY:
        value = count
    elif of is Of.WEIGHTED_MEAN:
        value = total / len(values)
    elif of is Of.DEVIATION:
        value = np.where(count > 1, np.sqrt(squares / np.maximum(count - 1, 1)), np.nan)
    elif of is Of.PROBABILITY:
        value = np.add.reduceat((ordered > threshold).astype(np.float64), first) / count
    else:
        value = quantiles(ordered, offsets, np.array([0.5 if of is Of.MEDIAN else percentile / 100]))[0]
    return held, value, count.astype(np.int64)

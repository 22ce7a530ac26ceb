"""What is the usual day, week and year, and how sure are we of its means?"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numba import njit

from lantian.science.series.cutting import Cut, cut_times
from lantian.science.series.group_kernels import quantiles, sums
from lantian.science.series.table import Table, shared_names
from lantian.terms.errors import CallerError
from lantian.terms.types import FloatArray, IntArray

PANELS = ("weekday_hour", "hour", "month", "weekday")
"""The four panels of a time variation, as `cut_times` names them."""


class Middle(StrEnum):
    """What stands for a class."""

    MEAN = "mean"
    """With the bootstrap interval of the mean."""
    MEDIAN = "median"
    """With percentiles of the values."""


@dataclass(frozen=True, slots=True, eq=False)
class Course:
    """One column by class; arrays have shape (n_classes,), NaN where a class has no value."""

    name: str
    labels: tuple[str, ...]
    middle: FloatArray
    low: FloatArray
    high: FloatArray
    count: IntArray

    def over(self, divisor: float) -> "Course":
        """Divide by a number, for instance the mean of the course, so that shapes can be compared."""
        return Course(
            self.name, self.labels, self.middle / divisor, self.low / divisor, self.high / divisor, self.count
        )


def course(
    values: FloatArray,
    classes: Cut,
    *,
    name: str = "",
    middle: Middle = Middle.MEAN,
    confidence: float = 0.95,
    draws: int = 100,
    seed: int = 1,
) -> Course:
    """Mean of each class with its bootstrap interval, or median with percentiles (分类均值与置信区间).

    Parameters
    ----------
    values : array, shape (n,)
        NaN where missing. [any unit]
    classes : Cut
        Class of each value.
    name : str
        Goes into the result.
    middle : Middle
        With `MEDIAN` the bounds are the percentiles ``1 - confidence`` and ``confidence`` of the values.
    confidence : float
        [1]
    draws : int
        Bootstrap draws of the values of each class. [1]
    seed : int
        The same seed gives the same bounds.

    References
    ----------
    openair, ``variationPlot`` and ``timeVariation``: means, medians and percentiles are equal; bounds of means
    agree within the noise of 100 draws.

    Examples
    --------
    >>> found = course(np.array([1.0, 3.0, 10.0, 10.0]), Cut(("a", "b"), np.array([0, 0, 1, 1])))
    >>> found.middle.tolist(), found.high.tolist()[1]
    ([2.0, 10.0], 10.0)
    """
    if not 0 < confidence < 1 or draws < 1:
        raise CallerError(
            "a confidence of {confidence} from {draws} draws: give a share between 0 and 1, and at least one draw",
            confidence=confidence,
            draws=draws,
        )
    ordered, offsets = _in_order(values, classes)
    count, centre = _means(ordered, offsets)
    if middle is Middle.MEDIAN:
        bounds = sorted((1 - confidence, confidence))
        low, centre, high = quantiles(ordered, offsets, np.array([bounds[0], 0.5, bounds[1]]))
    else:
        means = _drawn_means(ordered, offsets, draws, np.uint64(seed))
        low, high = (np.quantile(means, (1 + side * confidence) / 2, axis=0) for side in (-1, 1))
    return Course(name, classes.labels, centre, low, high, count)


def _in_order(values: FloatArray, classes: Cut) -> tuple[FloatArray, IntArray]:
    """Values class by class without gaps, and where each class begins."""
    kept = np.flatnonzero(~np.isnan(values) & (classes.codes >= 0))
    order = kept[np.argsort(classes.codes[kept], kind="stable")]
    return values[order], np.searchsorted(classes.codes[order], np.arange(len(classes.labels) + 1))


def _means(ordered: FloatArray, offsets: IntArray) -> tuple[IntArray, FloatArray]:
    count, total = sums(ordered, offsets)
    return count.astype(np.int64), np.where(count > 0, total / np.maximum(count, 1), np.nan)


@njit(cache=True, nogil=True)
def _drawn_means(values: FloatArray, offsets: IntArray, draws: int, seed: np.uint64) -> FloatArray:
    """Means of values drawn with replacement, shape (draws, groups); NaN for fewer than two values."""
    n_groups = len(offsets) - 1
    found = np.full((draws, n_groups), np.nan)
    state = seed * np.uint64(0x9E3779B97F4A7C15) + np.uint64(1)
    mask = np.uint64(0xFFFFFFFF)
    for group in range(n_groups):
        part = values[offsets[group] : offsets[group + 1]]
        n = len(part)
        if n < 2:
            continue
        size = np.uint64(n)
        for draw in range(draws):
            one, two = 0.0, 0.0
            for _ in range(n // 2):
                state ^= state << np.uint64(13)
                state ^= state >> np.uint64(7)
                state ^= state << np.uint64(17)
                one += part[((state & mask) * size) >> np.uint64(32)]
                two += part[((state >> np.uint64(32)) * size) >> np.uint64(32)]
            if n % 2:
                state ^= state << np.uint64(13)
                state ^= state >> np.uint64(7)
                state ^= state << np.uint64(17)
                one += part[((state & mask) * size) >> np.uint64(32)]
            found[draw, group] = (one + two) / n
    return found


def time_variation(
    table: Table,
    names: Sequence[str] | None = None,
    *,
    panels: Sequence[str] = PANELS,
    middle: Middle = Middle.MEAN,
    confidence: float = 0.95,
    draws: int = 100,
    normalise: bool = False,
    seed: int = 1,
) -> dict[str, list[Course]]:
    """Usual hours of the week, hours of the day, months and weekdays of each column (时间变化图).

    Parameters
    ----------
    table : Table
        Hours of one place.
    names : sequence of str, optional
        Columns; all by default.
    panels : sequence of str
        Classes of the calendar, in the order wanted.
    middle, confidence, draws, seed
        As for `course`.
    normalise : bool
        Whether each course is divided by its own mean.

    Returns
    -------
    dict of str to list of Course
        For each panel one course a column.

    Examples
    --------
    >>> hours = np.arange(np.datetime64("2025-01-06T00"), np.datetime64("2025-01-20T00"))
    >>> found = time_variation(Table.of(hours, no2=np.arange(336.0) % 24))
    >>> found["hour"][0].middle[:3].tolist(), found["weekday_hour"][0].labels[25]
    ([0.0, 1.0, 2.0], 'Tuesday 1')
    """
    found: dict[str, list[Course]] = {}
    for panel in panels:
        classes = cut_times(table.times, panel)
        found[panel] = [
            course(table[name], classes, name=name, middle=middle, confidence=confidence, draws=draws, seed=seed)
            for name in shared_names(table, names)
        ]
        if normalise:
            found[panel] = [one.over(float(np.nanmean(one.middle))) for one in found[panel]]
    return found


def difference(
    before: FloatArray, after: FloatArray, classes: tuple[Cut, Cut], *, draws: int = 1000, confidence: float = 0.95
) -> Course:
    """How much the means of classes changed between two sets of values, with its interval (前后差异).

    Parameters
    ----------
    before, after : array
        NaN where missing. [any unit]
    classes : tuple of Cut
        Classes of both, with the same labels.
    draws : int
        [1]
    confidence : float
        [1]

    Examples
    --------
    >>> one = Cut(("all",), np.zeros(3, dtype=np.int64))
    >>> found = difference(np.array([1.0, 2.0, 3.0]), np.array([5.0, 6.0, 7.0]), (one, one))
    >>> found.middle.tolist(), bool(found.low[0] > 0)
    ([4.0], True)
    """
    if classes[0].labels != classes[1].labels:
        raise CallerError("the two sets have different classes: cut both by the same classes")
    (old, old_offsets), (new, new_offsets) = (
        _in_order(values, cut) for values, cut in zip((before, after), classes, strict=True)
    )
    (old_count, old_mean), (new_count, new_mean) = _means(old, old_offsets), _means(new, new_offsets)
    changes = _drawn_means(new, new_offsets, draws, np.uint64(2)) - _drawn_means(
        old, old_offsets, draws, np.uint64(1)
    )
    low, high = (np.quantile(changes, (1 + side * confidence) / 2, axis=0) for side in (-1, 1))
    return Course("", classes[0].labels, new_mean - old_mean, low, high, np.minimum(old_count, new_count))

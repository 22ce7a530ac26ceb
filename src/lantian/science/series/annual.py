"""What are the figures of each year: capture, mean, highest day, percentiles, hours above a level?"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

import numpy as np

from lantian.science.series.averaging import Statistic, average
from lantian.science.series.choosing import year_of
from lantian.science.series.filters import Align, running_mean
from lantian.science.series.group_kernels import moments, quantiles
from lantian.science.series.table import Table
from lantian.terms.errors import CallerError
from lantian.terms.types import FloatArray


class Unit(StrEnum):
    """What is counted above a level."""

    HOURS = "hours"
    DAY_MEANS = "day_means"
    DAYS_BY_HIGHEST_8_HOURS = "days_by_highest_8_hours"


@dataclass(frozen=True, slots=True)
class Above:
    """A count that is wanted: how many hours or days lie above a level."""

    unit: Unit
    level: float
    """In the unit of the column; greater counts, equal does not."""


@dataclass(frozen=True, slots=True)
class YearFigures:
    """One column in one calendar year; NaN where there is no value or too few."""

    year: int
    capture: float
    """Hours with a value of all hours of the year. [%]"""
    mean: float
    minimum: float
    maximum: float
    median: float
    highest_day: float
    """Highest daily mean."""
    highest_8_hours: float
    highest_24_hours: float
    """Highest running means within the year."""
    percentiles: tuple[float, ...]
    above: tuple[int, ...]
    """Counts in the order they were asked for."""


def annual(
    table: Table,
    name: str,
    *,
    levels: Sequence[float] = (95.0, 99.0),
    counts: Sequence[Above] = (),
    capture: float = 0.0,
    align: Align = Align.CENTRE,
) -> list[YearFigures]:
    """Figures of each calendar year of hourly values, unrounded (年度统计).

    Lawful yearly figures with their rounding and validity are those of `lantian.science.statistics.period`.

    Parameters
    ----------
    table : Table
        Hours of one place.
    name : str
        Column.
    levels : sequence of float
        Percentiles wanted. [%]
    counts : sequence of Above
        Counts wanted; the levels come from a rule edition.
    capture : float
        Least share of a day, a running window and a year. [%]
    align : Align
        Of the running means; it decides only which hours at the bounds of a year find a whole window.

    References
    ----------
    openair, ``aqStats``. Running means are those of windows wholly within the year.

    Examples
    --------
    >>> hours = np.arange(np.datetime64("2025-01-01T00"), np.datetime64("2026-01-01T00"))
    >>> [year] = annual(Table.of(hours, o3=np.arange(8760.0) % 24), "o3", counts=[Above(Unit.HOURS, 22.0)])
    >>> year.capture, year.mean, year.highest_8_hours, year.above
    (100.0, 11.5, 19.5, (365,))
    """
    if not len(table):
        return []
    if table.interval != 3600:
        raise CallerError(
            "yearly figures are those of hours, the table has one row in {step} s: average it to hours",
            step=table.interval,
        )
    first, last = (int(year) for year in year_of(table.times[[0, -1]]))
    full = Table(table.times, {name: table[name]}).padded(
        np.datetime64(f"{first}-01-01T00"), np.datetime64(f"{last}-12-31T23")
    )
    starts = np.arange(first - 1970, last - 1968).astype("datetime64[Y]").astype("datetime64[s]")
    bounds = np.searchsorted(full.seconds, starts.astype(np.int64))
    return [
        _one_year(full.rows(slice(begin, end)), name, levels, counts, capture, align)
        for begin, end in pairwise(bounds.tolist())
    ]


def _one_year(
    table: Table, name: str, levels: Sequence[float], counts: Sequence[Above], capture: float, align: Align
) -> YearFigures:
    values = table[name]
    whole = np.array([0, len(values)])
    count, total, least, greatest = (float(row[0]) for row in moments(values, whole)[:4])
    share = 100 * count / len(values)
    enough = count > 0 and share >= capture
    shares = np.array([50.0, *levels]) / 100
    ranks = quantiles(values, whole, shares)[:, 0] if enough else np.full(len(shares), np.nan)
    days = average(table, "day", capture=capture)[name]
    eight, whole_day = (_within(values, width, capture, align) for width in (8, 24))
    day_eight = average(Table(table.times, {name: eight}), "day", Statistic.MAXIMUM, capture=capture)[name]
    counted: dict[Unit, FloatArray] = {
        Unit.HOURS: values,
        Unit.DAY_MEANS: days,
        Unit.DAYS_BY_HIGHEST_8_HOURS: day_eight,
    }
    return YearFigures(
        year=int(year_of(table.times[:1])[0]),
        capture=share,
        mean=total / count if enough else np.nan,
        minimum=least if enough else np.nan,
        maximum=greatest if enough else np.nan,
        median=float(ranks[0]),
        highest_day=_highest(days),
        highest_8_hours=_highest(eight),
        highest_24_hours=_highest(whole_day),
        percentiles=tuple(float(rank) for rank in ranks[1:]),
        above=tuple(int((counted[one.unit] > one.level).sum()) for one in counts),
    )


def _within(values: FloatArray, width: int, capture: float, align: Align) -> FloatArray:
    """Take running means of the windows that lie wholly within the year."""
    means = running_mean(values, width, capture=capture, align=align)
    after = {Align.CENTRE: width // 2, Align.LEFT: width - 1, Align.RIGHT: 0}[align]
    means[: width - 1 - after] = np.nan
    means[len(means) - after :] = np.nan
    return means


def _highest(values: FloatArray) -> float:
    known = values[~np.isnan(values)]
    return float(known.max()) if len(known) else float("nan")


def accumulated_above(values: FloatArray, threshold: float, counted: FloatArray) -> float:
    """Sum of what exceeds a threshold over chosen hours, such as AOT40 over daylight (累积暴露量).

    Parameters
    ----------
    values : array, shape (n,)
        Hourly means, NaN where missing. [any unit]
    threshold : float
        [the unit of `values`]
    counted : array of bool, shape (n,)
        Hours that count, for instance ``cut_daylight(...)["daylight"]``.

    Returns
    -------
    float
        Missing hours add nothing. [the unit of `values` times h]

    Examples
    --------
    >>> accumulated_above(np.array([100.0, 90.0, 60.0, np.nan]), 80.0, np.array([True, False, True, True]))
    20.0
    """
    return float(np.nansum(np.where(counted, np.maximum(values - threshold, 0.0), 0.0)))

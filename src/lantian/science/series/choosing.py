"""Which hours do we mean: by date, by run above a level, before and after a day?"""

import operator
from collections.abc import Callable, Collection, Sequence
from datetime import date

import numpy as np

from lantian.science.series.table import Mask, Table, Times
from lantian.terms.errors import CallerError
from lantian.terms.types import FloatArray, IntArray

_COMPARE: dict[str, Callable[[FloatArray, float], Mask]] = {
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
    "==": operator.eq,
    "!=": operator.ne,
}


def by_date(
    table: Table,
    *,
    start: date | None = None,
    end: date | None = None,
    years: Collection[int] | None = None,
    months: Collection[int] | None = None,
    weekdays: Collection[int] | None = None,
    hours: Collection[int] | None = None,
) -> Table:
    """Keep the rows that meet every condition given (按日期筛选).

    Parameters
    ----------
    table : Table
    start, end : date, optional
        First and last day, both kept.
    years, months, weekdays, hours : collection of int, optional
        Calendar years, months 1 … 12, weekdays 0 (Monday) … 6, hours 0 … 23.

    Examples
    --------
    >>> hours = np.arange(np.datetime64("2025-01-03T00"), np.datetime64("2025-01-06T00"))
    >>> found = by_date(Table.of(hours, pm25=np.arange(72.0)), weekdays=(5, 6), hours=range(7, 9))
    >>> found["pm25"].tolist()
    [31.0, 32.0, 55.0, 56.0]
    """
    kept = np.ones(len(table), dtype=np.bool_)
    if start is not None:
        kept &= table.times >= np.datetime64(start)
    if end is not None:
        kept &= table.times < np.datetime64(end) + np.timedelta64(1, "D")
    wishes = ((years, year_of), (months, month_of), (weekdays, weekday_of), (hours, hour_of))
    for wanted, part_of in wishes:
        if wanted is not None:
            kept &= np.isin(part_of(table.times), list(wanted))
    return table.rows(kept)


def runs(table: Table, name: str, threshold: float, length: int = 5, criterion: str = ">") -> tuple[Table, Mask]:
    """Mark hours inside unbroken runs that meet a criterion (持续过程筛选).

    Parameters
    ----------
    table : Table
    name : str
        Column looked at.
    threshold : float
        In the unit of that column.
    length : int
        Fewest consecutive rows of a run; a missing value ends it. [1]
    criterion : str
        One of ``> >= < <= == !=``.

    Returns
    -------
    tuple of Table and array of bool
        The table with its gaps filled, and which of its rows lie in a run.

    Examples
    --------
    >>> hours = np.arange(np.datetime64("2025-01-01T00"), np.datetime64("2025-01-01T06"))
    >>> runs(Table.of(hours, pm25=[80, 90, 10, 90, 80, 85]), "pm25", 75, length=3)[1].tolist()
    [False, False, False, True, True, True]
    """
    if criterion not in _COMPARE:
        raise CallerError(
            "{criterion} is no criterion: choose one of {known}", criterion=criterion, known=" ".join(_COMPARE)
        )
    full = table.padded()
    values = full[name]
    meets = _COMPARE[criterion](values, threshold) & ~np.isnan(values)
    edges = np.flatnonzero(np.diff(np.concatenate(([0], meets.view(np.int8), [0]))))
    marked = np.zeros(len(full), dtype=np.bool_)
    for first, end in zip(edges[::2], edges[1::2], strict=True):
        if end - first >= length:
            marked[first:end] = True
    return full, marked


def split(table: Table, days: Sequence[date], labels: Sequence[str] = ("before", "after")) -> dict[str, Table]:
    """Cut a table at days, each of which begins a new part (按日期前后划分).

    Parameters
    ----------
    table : Table
    days : sequence of date
        Rising.
    labels : sequence of str
        One more than days.

    Examples
    --------
    >>> hours = np.array(["2025-01-01T23", "2025-01-02T00"], "datetime64[h]")
    >>> parts = split(Table.of(hours, pm25=[1.0, 2.0]), [date(2025, 1, 2)])
    >>> {name: part["pm25"].tolist() for name, part in parts.items()}
    {'before': [1.0], 'after': [2.0]}
    """
    if len(labels) != len(days) + 1 or list(days) != sorted(set(days)):
        raise CallerError(
            "{n_days} days cut into {wanted} parts and must rise: {n_labels} labels were given",
            n_days=len(days),
            wanted=len(days) + 1,
            n_labels=len(labels),
        )
    bounds = [0, *np.searchsorted(table.times, np.array(days, dtype="datetime64[s]")).tolist(), len(table)]
    return {
        label: table.rows(slice(first, end))
        for label, first, end in zip(labels, bounds[:-1], bounds[1:], strict=True)
    }


def year_of(times: Times) -> IntArray:
    """Calendar year of each time."""
    return np.asarray(times.astype("datetime64[Y]").astype(np.int64) + 1970)


def month_of(times: Times) -> IntArray:
    """Calendar month of each time, 1 … 12."""
    return np.asarray(times.astype("datetime64[M]").astype(np.int64) % 12 + 1)


def weekday_of(times: Times) -> IntArray:
    """Weekday of each time, 0 (Monday) … 6."""
    return np.asarray((times.astype("datetime64[D]").astype(np.int64) + 3) % 7)


def hour_of(times: Times) -> IntArray:
    """Hour of the day of each time, 0 … 23."""
    return np.asarray(times.astype("datetime64[s]").astype(np.int64) // 3600 % 24)

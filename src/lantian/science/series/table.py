"""A table of equally spaced times and the columns that were measured at them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lantian.terms.errors import CallerError
from lantian.terms.types import FloatArray, IntArray

Times = NDArray[np.datetime64]
Mask = NDArray[np.bool_]
WIND = ("wind_speed", "wind_direction")
"""Names of the two columns that are averaged as a vector. [m s-1, deg]"""


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """Columns over one rising axis of local times; a missing value is NaN."""

    times: Times
    """Start of each averaging period in the city's zone, whole seconds, each once, rising."""
    columns: Mapping[str, FloatArray]

    @classmethod
    def of(cls, times: ArrayLike, **columns: ArrayLike) -> "Table":
        """Make a table, putting rows into the order of time.

        Raises
        ------
        CallerError
            A time is missing or stands twice, or a column has another length.

        Examples
        --------
        >>> table = Table.of(np.array(["2025-01-01T01", "2025-01-01T00"], "datetime64[h]"), pm25=[30.0, 20.0])
        >>> table["pm25"].tolist(), table.interval
        ([20.0, 30.0], 3600)
        """
        axis = np.asarray(times).astype("datetime64[s]")
        arrays = {name: np.ascontiguousarray(values, dtype=np.float64) for name, values in columns.items()}
        for name, values in arrays.items():
            if values.shape != axis.shape or axis.ndim != 1:
                raise CallerError(
                    "{name} has shape {shape} and the times have {expected}: give one value a time",
                    name=name,
                    shape=values.shape,
                    expected=axis.shape,
                )
        if np.isnat(axis).any():
            raise CallerError("a time is missing: a row without a time cannot be placed. Leave it out.")
        steps = np.diff(axis.astype(np.int64))
        if (steps < 0).any():
            order = np.argsort(axis, kind="stable")
            axis, arrays = axis[order], {name: values[order] for name, values in arrays.items()}
            steps = np.diff(axis.astype(np.int64))
        if (steps == 0).any():
            raise CallerError(
                "{time} stands twice: a table holds one place. Give each station a table of its own.",
                time=str(axis[int(np.argmin(steps))]),
            )
        return cls(axis, arrays)

    def __getitem__(self, name: str) -> FloatArray:
        try:
            return self.columns[name]
        except KeyError:
            raise CallerError(
                "there is no column {name}: choose one of {names}", name=name, names=", ".join(self.columns)
            ) from None

    def __len__(self) -> int:
        return len(self.times)

    @property
    def seconds(self) -> IntArray:
        """Times as seconds since 1970. [s]"""
        return self.times.astype(np.int64)

    @property
    def interval(self) -> int:
        """Most common distance between neighbouring times; one hour for a single row. [s]"""
        if len(self.times) < 2:
            return 3600
        steps = np.diff(self.seconds)
        if (steps == steps[0]).all():
            return int(steps[0])
        found, counts = np.unique(steps, return_counts=True)
        return int(found[np.argmax(counts)])

    def rows(self, chosen: Mask | IntArray | slice) -> "Table":
        """Keep some rows, in order of time."""
        return Table(self.times[chosen], {name: values[chosen] for name, values in self.columns.items()})

    def having(self, *names: str) -> "Table":
        """Keep the rows where every named column has a value, and those columns only."""
        there = np.logical_and.reduce([~np.isnan(self[name]) for name in names])
        return Table(self.times[there], {name: self[name][there] for name in names})

    def with_columns(self, columns: Mapping[str, FloatArray]) -> "Table":
        """Add columns, or put others in their place."""
        return Table(self.times, {**self.columns, **columns})

    def padded(self, start: np.datetime64 | None = None, end: np.datetime64 | None = None) -> "Table":
        """Insert a row of NaN for each time that is missing (补齐缺失时次).

        Parameters
        ----------
        start, end : datetime64, optional
            First and last time wanted, where the rows begin later or end earlier.

        Examples
        --------
        >>> hours = np.array(["2025-01-01T00", "2025-01-01T01", "2025-01-01T03"], "datetime64[h]")
        >>> Table.of(hours, pm25=[1.0, 2.0, 3.0]).padded()["pm25"].tolist()
        [1.0, 2.0, nan, 3.0]
        """
        if not len(self):
            return self
        first = self.times[0] if start is None else min(start.astype("datetime64[s]"), self.times[0])
        last = self.times[-1] if end is None else max(end.astype("datetime64[s]"), self.times[-1])
        step = self.interval
        first_second, last_second = first.astype(np.int64), last.astype(np.int64)
        if (np.remainder(self.seconds - first_second, step) != 0).any():
            raise CallerError(
                "times are not {step} s apart throughout: average to an even interval before filling gaps",
                step=step,
            )
        axis = np.arange(first_second, last_second + 1, step)
        if len(axis) == len(self):
            return self
        place = (self.seconds - first_second) // step
        full = {}
        for name, values in self.columns.items():
            full[name] = np.full(len(axis), np.nan)
            full[name][place] = values
        return Table(axis.astype("datetime64[s]"), full)


def shared_names(table: Table, names: Iterable[str] | None) -> tuple[str, ...]:
    """Return the columns asked for, or all of them."""
    chosen = tuple(table.columns) if names is None else tuple(names)
    for name in chosen:
        table[name]
    return chosen

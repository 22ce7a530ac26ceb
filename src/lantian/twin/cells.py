"""Cells of the comparison of a lake with the truth: why each differs, counted table by table (核对单元)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

import numpy as np
import polars as pl
from numpy.typing import NDArray

from lantian.terms.types import FloatArray
from lantian.terms.words import mark
from lantian.twin.making import Making

SAME, NOISE, FLAG, MISSING = "same", "noise", "flag", "missing"
INTERFERENCE, FRAUD, FAULT, LATE, UNEXPLAINED = "interference", "fraud", "fault", "late", "unexplained"
CATEGORIES: Mapping[str, str] = {
    SAME: mark("as it truly was"),
    NOISE: mark("noise and digits of the instrument"),
    FLAG: mark("marked as not to be used"),
    MISSING: mark("a gap that the twin made"),
    INTERFERENCE: mark("interference with a station"),
    FRAUD: mark("a fake at a stack or meter"),
    FAULT: mark("an honest failure"),
    LATE: mark("came late, or is still to come"),
    UNEXPLAINED: mark("nothing explains it"),
}
"""Why a cell differs from the truth → what it means to people."""
NAMES = tuple(CATEGORIES)
CODE = {name: np.int8(n) for n, name in enumerate(NAMES)}
_MOST_EXAMPLES = 20


@dataclass(slots=True)
class Score:
    """How many cells of each table differ from the truth, and why."""

    first: date
    last: date
    cells: dict[tuple[str, str], int] = field(default_factory=dict)
    """(table, category) → cells."""
    examples: list[str] = field(default_factory=list)
    """Some of the cells that nothing explains: table, subject, hour or day, quantity."""

    def add(self, table: str, codes: NDArray[np.int8]) -> None:
        """Count cells."""
        for name, number in zip(NAMES, np.bincount(codes.ravel(), minlength=len(NAMES)), strict=True):
            if number:
                self.cells[table, name] = self.cells.get((table, name), 0) + int(number)

    def note(
        self, table: str, subject: str, codes: NDArray[np.int8], said: Sequence[str], when: Sequence[object]
    ) -> None:
        """Keep a few of the cells, shape (quantities, times), that nothing explains."""
        for row, column in np.argwhere(codes == CODE[UNEXPLAINED])[: max(0, _MOST_EXAMPLES - len(self.examples))]:
            self.examples.append(" ".join(f"{table} {subject} {when[column]} {said[row]}".split()))

    @property
    def unexplained(self) -> int:
        """Cells that nothing explains."""
        return sum(number for (_, name), number in self.cells.items() if name == UNEXPLAINED)

    def frame(self) -> pl.DataFrame:
        """One row a table, one column a category, in cells."""
        tables = list(dict.fromkeys(table for table, _ in self.cells))
        return pl.DataFrame(
            [{"table": table, **{name: self.cells.get((table, name), 0) for name in NAMES}} for table in tables],
            schema={"table": pl.String, **dict.fromkeys(NAMES, pl.Int64)},
        )


def hours_of(making: Making, done: Score, oldest: object, newest: object) -> pl.Series:
    """Return the hours of the stretch between what a table holds first and last."""
    axis = making.sky.weather.axis[making.hours]
    days = axis.dt.date()
    wanted = (days >= done.first) & (days <= done.last)
    if isinstance(oldest, datetime):
        wanted &= axis >= oldest
    if isinstance(newest, datetime):
        wanted &= axis <= newest
    return axis.filter(wanted)


def laid(rows: pl.DataFrame | None, axis: pl.Series, when: str, columns: Sequence[str]) -> pl.DataFrame:
    """Lay rows on every hour of the axis, nothing where there is none."""
    grid = pl.DataFrame({when: axis})
    if rows is None:
        return grid.with_columns(
            pl.lit(
                None,
                pl.String
                if name.endswith("flags") or name == "flag"
                else pl.Boolean
                if name == "late"
                else pl.Float64,
            ).alias(name)
            for name in columns
        )
    return grid.join(rows.select(when, *columns), on=when, how="left", maintain_order="left")


def numbers(column: pl.Series) -> FloatArray:
    """Return a column as numbers, NaN where it has none."""
    numbers: FloatArray = column.cast(pl.Float64).fill_null(float("nan")).to_numpy()
    return numbers


def equal_cells(one: FloatArray, other: FloatArray) -> NDArray[np.bool_]:
    """Whether cells hold the same number, or none both."""
    same: NDArray[np.bool_] = (one == other) | (np.isnan(one) & np.isnan(other))
    return same


def near(one: FloatArray, other: FloatArray, room: FloatArray | float) -> NDArray[np.bool_]:
    """Whether cells differ by no more than there is room."""
    close: NDArray[np.bool_] = np.abs(one - other) <= room
    return close


def same_text(one: pl.Series, other: pl.Series) -> NDArray[np.bool_]:
    """Whether cells hold the same words, or none both."""
    same: NDArray[np.bool_] = one.eq_missing(other).to_numpy()
    return same

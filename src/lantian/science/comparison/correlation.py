"""Which columns rise and fall together?"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.cluster.hierarchy import leaves_list, linkage
from scipy.spatial.distance import squareform

from lantian.science.series.table import Table, shared_names
from lantian.terms.errors import CallerError
from lantian.terms.types import FloatArray, IntArray


@dataclass(frozen=True, slots=True, eq=False)
class Correlations:
    """Correlations of all pairs, shape (n, n), in the order of likeness."""

    names: tuple[str, ...]
    r: FloatArray
    """NaN where two columns have fewer than two hours in common, or one does not vary there [1]."""
    n: IntArray
    """Hours that both have."""


def correlations(table: Table, names: Sequence[str] | None = None, *, by_likeness: bool = True) -> Correlations:
    """Pearson correlation of each pair over the hours that both have (相关矩阵).

    Parameters
    ----------
    table : Table
    names : sequence of str, optional
        Columns; all by default.
    by_likeness : bool
        Whether columns that behave alike stand together: complete linkage on ``1 - r``.

    References
    ----------
    openair, ``corPlot``.

    Examples
    --------
    >>> hours = np.arange(np.datetime64("2025-01-01T00"), np.datetime64("2025-01-01T04"))
    >>> found = correlations(Table.of(hours, a=[1, 2, 3, 4], b=[4, 3, 2, 1], c=[1, 2, 3, 5]))
    >>> found.names, found.r[0].round(2).tolist()
    (('b', 'a', 'c'), [1.0, -1.0, -0.98])
    """
    chosen = shared_names(table, names)
    if len(chosen) < 2:
        raise CallerError("{n} column cannot be compared: name two or more", n=len(chosen))
    values = np.stack([table[name] for name in chosen])
    there = ~np.isnan(values)
    shifted = np.where(there, values - np.nanmean(values, axis=1, keepdims=True), 0.0)
    known = there.astype(np.float64)
    n, total = known @ known.T, shifted @ known.T
    squares, products = shifted**2 @ known.T, shifted @ shifted.T
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = squares - total**2 / n
        r = (products - total * total.T / n) / np.sqrt(spread * spread.T)
    r = np.where((n >= 2) & (spread > 1e-12 * squares) & (spread.T > 1e-12 * squares.T), np.clip(r, -1, 1), np.nan)
    order = np.arange(len(chosen))
    if by_likeness and not np.isnan(r).any():
        apart = squareform(1 - (r + r.T) / 2, checks=False)
        order = leaves_list(linkage(apart, method="complete"))
    return Correlations(
        tuple(chosen[k] for k in order), r[np.ix_(order, order)], n[np.ix_(order, order)].astype(np.int64)
    )

"""Into how many points must an area or a line be cut for a receptor that is near it (虚拟点源)?

A far source is one point with the spread of its own extent. A near one is halved until each part is small beside
its distance: four quarters of an area, two halves of a line. How small is an option, and a test holds the error.
"""

import numpy as np
from numba import njit
from numpy.typing import NDArray

from lantian.science.plume.kernel import DISTANCE_STEP, DISTANCES, PartRows
from lantian.science.plume.records import Kind, Receptors, Sources
from lantian.terms.types import FloatArray, IntArray

_WORTH_A_TABLE = 30
"""Sources alike from which a shared table costs less than it saves."""


def own_spread(sources: Sources) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Covariance of the extent of each source: a twelfth of the squared widths (源自身展宽).

    Parameters
    ----------
    sources : Sources
        Points have none.

    Returns
    -------
    xx, xy, yy : array
        [m2]
    """
    line = sources.kind == Kind.LINE
    cross = np.where(line, sources.span_x * sources.span_y, 0.0) / 12
    return sources.span_x**2 / 12, cross, sources.span_y**2 / 12


def parts_near(
    sources: Sources, receptors: Receptors, opening: float, most_splits: int
) -> tuple[PartRows, NDArray[np.int32], NDArray[np.int32]]:
    """Parts of the areas and lines that are near a receptor.

    Parameters
    ----------
    sources, receptors : Sources, Receptors
        In the same local metres.
    opening : float
        Greatest extent of a part over its distance. [1]
    most_splits : int
        Halvings at most.

    Returns
    -------
    parts : PartRows
    near : array, shape (2 × sources, receptors)
        First part of each pair, -1 where the source is one part; below, how many there are.
    count : array, shape (sources,)
        Parts of each source for all receptors together.
    """
    extended = np.flatnonzero(sources.kind != Kind.POINT)
    near = np.full((2 * len(sources), len(receptors)), -1, dtype=np.int32)
    arguments = (
        extended,
        (sources.kind == Kind.LINE),
        sources.x,
        sources.y,
        sources.span_x,
        sources.span_y,
        receptors.x,
        receptors.y,
        opening,
        most_splits,
    )
    total = _cut(*arguments, near, np.empty((0, 6)))
    rows = np.empty((total + 1, 6))  # the last one is where a pair that needs no parts is tried
    _cut(*arguments, near, rows)
    rows = rows[:total]
    filled = near[: len(sources)] >= 0
    count = np.where(filled, near[len(sources) :], 0).sum(axis=1).astype(np.int32)
    return PartRows(*(np.ascontiguousarray(column) for column in rows.T)), near, count


def kin_of(sources: Sources, spread: tuple[FloatArray, FloatArray, FloatArray]) -> tuple[IntArray, IntArray]:
    """Find sources that do not rise and release alike, when there are enough of them to share a table (同类源).

    Parameters
    ----------
    sources : Sources
        Rows.
    spread : tuple of arrays
        Their own extents, from `own_spread`.

    Returns
    -------
    kin : array
        Number of the kin of each source, -1 for one that is computed by itself.
    first : array
        Some source of each kin.
    """
    still = (sources.diameter <= 0) | (sources.velocity <= 0)
    alike = np.stack([sources.height, sources.depth, sources.base, spread[0] + spread[2]], axis=1)[still]
    _, first, place, many = np.unique(alike, axis=0, return_index=True, return_inverse=True, return_counts=True)
    worth = many >= _WORTH_A_TABLE
    number = np.where(worth, np.cumsum(worth) - 1, -1)
    kin = np.full(len(sources), -1, dtype=np.int64)
    kin[still] = number[place.ravel()]
    return kin, np.flatnonzero(still)[first[worth]].astype(np.int64)


def places_of(sources: Sources, receptors: Receptors) -> NDArray[np.float32]:
    """Place of each pair's distance among the distances of shared tables, shape (sources, receptors).

    Parameters
    ----------
    sources, receptors : Sources, Receptors
        In the same local metres.
    """
    away = np.hypot(receptors.x[None, :] - sources.x[:, None], receptors.y[None, :] - sources.y[:, None])
    places = np.log(np.maximum(away, 1)) / DISTANCE_STEP
    return np.minimum(places, DISTANCES - 1.0001).astype(np.float32)


@njit(cache=True, nogil=True)
def _cut(
    extended: IntArray,
    line: NDArray[np.bool_],
    x: FloatArray,
    y: FloatArray,
    span_x: FloatArray,
    span_y: FloatArray,
    to_x: FloatArray,
    to_y: FloatArray,
    opening: float,
    most_splits: int,
    near: NDArray[np.int32],
    rows: FloatArray,
) -> int:
    """Cut every pair; with no room in `rows`, only count."""
    stack = np.empty((4 * (most_splits + 2), 5))
    n_sources, used = len(x), 0
    for source in extended:
        for receptor in range(len(to_x)):
            begin = used
            stack[0] = (x[source], y[source], span_x[source], span_y[source], 0.0)
            held = 1
            while held > 0:
                held -= 1
                px, py, wx, wy, depth = stack[held]
                east, north = to_x[receptor] - px, to_y[receptor] - py
                size = wx * wx + wy * wy if line[source] else max(wx * wx, wy * wy)
                if size <= opening * opening * (east * east + north * north) or depth >= most_splits:
                    if len(rows) > 0:
                        share = size / (
                            span_x[source] ** 2 + span_y[source] ** 2
                            if line[source]
                            else max(span_x[source] ** 2, span_y[source] ** 2)
                        )
                        rows[used, 0] = east
                        rows[used, 1] = north
                        rows[used, 2] = wx * wx / 12
                        rows[used, 3] = wx * wy / 12 if line[source] else 0.0
                        rows[used, 4] = wy * wy / 12
                        rows[used, 5] = np.sqrt(share) if line[source] else share
                    used += 1
                    continue
                if line[source]:
                    for side in (-0.25, 0.25):
                        stack[held] = (px + side * wx, py + side * wy, wx / 2, wy / 2, depth + 1)
                        held += 1
                else:
                    for side in (-0.25, 0.25):
                        for other in (-0.25, 0.25):
                            stack[held] = (px + side * wx, py + other * wy, wx / 2, wy / 2, depth + 1)
                            held += 1
            if used - begin == 1:
                used = begin
            else:
                near[source, receptor] = begin
                near[n_sources + source, receptor] = used - begin
    return used

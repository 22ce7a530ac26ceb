"""A smooth curve or surface through scattered values, bent like a thin plate (薄板样条)."""

from dataclasses import dataclass

import numpy as np
from numba import njit
from scipy import linalg
from scipy.sparse.linalg import eigsh

from lantian.science.smoothing.penalised import Fit, fit
from lantian.terms.errors import CallerError
from lantian.terms.types import FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Plate:
    """Basis of a thin plate regression spline."""

    knots: FloatArray
    """Distinct places, shape (n_knots, dimensions)."""
    to_knots: FloatArray
    """Kernel coefficients of each bent basis function, shape (n_knots, k - dimensions - 1)."""
    penalty: FloatArray
    """Bending energy, shape (k, k); the last rows are those of the plane, which does not bend."""
    middle: FloatArray
    spread: float

    def design(self, places: FloatArray) -> FloatArray:
        """Values of the basis at places, shape (n, k): bent functions, then 1 and the coordinates."""
        bent = _kernel(np.ascontiguousarray(places), self.knots) @ self.to_knots
        plane = (places - self.middle) / self.spread
        return np.column_stack([bent, np.ones(len(places)), plane])


def plate(places: FloatArray, size: int) -> Plate:
    """Basis of a thin plate regression spline on the places themselves (薄板回归样条基).

    Parameters
    ----------
    places : array, shape (n, 1) or (n, 2)
        Where values are; several may share a place.
    size : int
        Basis functions, of which 2 or 3 are the straight line or plane. [1]

    Raises
    ------
    CallerError
        Fewer distinct places than basis functions.

    References
    ----------
    Wood (2003): Thin plate regression splines. Journal of the Royal Statistical Society B 65, 95-114. Bending is
    that of second derivatives.

    Examples
    --------
    >>> plate(np.linspace(0, 1, 12)[:, None], 6).design(np.array([[0.5]])).shape
    (1, 6)
    """
    knots = np.unique(np.ascontiguousarray(places) + 0.0, axis=0)
    n, dimensions = knots.shape
    if n < size:
        raise CallerError(
            "{n} distinct places cannot bear {size} basis functions: ask for fewer or give more data",
            n=n,
            size=size,
        )
    middle, spread = knots.mean(axis=0), float(np.ptp(knots, axis=0).max())
    energy = _kernel(knots, knots)
    values, vectors = _leading(energy, size)
    plane = np.column_stack([np.ones(n), (knots - middle) / spread])
    free = linalg.qr(vectors.T @ plane)[0][:, dimensions + 1 :]
    bending = free.T @ (values[:, None] * free)
    lower = linalg.cholesky((bending + bending.T) / 2, lower=True)
    to_knots = linalg.solve_triangular(lower, (vectors @ free).T, lower=True).T  # bending energy becomes the unit
    penalty = np.diag(np.concatenate([np.ones(size - dimensions - 1), np.zeros(dimensions + 1)]))
    return Plate(knots, np.ascontiguousarray(to_knots), penalty, middle, spread)


def _leading(energy: FloatArray, size: int) -> tuple[FloatArray, FloatArray]:
    """Eigenvalues of greatest magnitude and their vectors."""
    asked = int(1.6 * size) + 20
    if len(energy) > 2 * asked:
        begin = np.cos(np.arange(len(energy), dtype=np.float64))  # a fixed start gives the same bits every time
        found = eigsh(energy, size, which="LM", v0=begin, tol=1e-10, ncv=asked)
        return np.asarray(found[0]), np.asarray(found[1])
    values, vectors = linalg.eigh(energy, driver="evd", check_finite=False)
    order = np.argsort(-np.abs(values), kind="stable")[:size]
    return values[order], vectors[:, order]


@njit(cache=True, nogil=True, fastmath=True)
def _kernel(places: FloatArray, knots: FloatArray) -> FloatArray:
    """Green's function of the plate between places and knots."""
    n, m, dimensions = len(places), len(knots), knots.shape[1]
    found = np.empty((n, m))
    for i in range(n):
        for j in range(m):
            if dimensions == 1:
                found[i, j] = abs(places[i, 0] - knots[j, 0]) ** 3 / 12
            else:
                square = (places[i, 0] - knots[j, 0]) ** 2 + (places[i, 1] - knots[j, 1]) ** 2
                found[i, j] = square * np.log(square) / (16 * np.pi) if square > 0 else 0.0
    return found


def smooth(
    places: FloatArray, values: FloatArray, size: int, weights: FloatArray | None = None, *, select: bool = False
) -> tuple[Plate, Fit]:
    """Fit a thin plate to values (薄板样条平滑).

    Parameters
    ----------
    places : array, shape (n, 1) or (n, 2)
        Where values are. [any one unit]
    values : array, shape (n,)
        Without gaps. [any unit]
    size : int
        As for `plate`.
    weights : array, shape (n,), optional
        [1]
    select : bool
        Whether a second penalty may flatten even the slope of the line, so that a curve can vanish.

    Examples
    --------
    >>> x = np.linspace(0, 1, 30)[:, None]
    >>> basis, found = smooth(x, np.sin(6 * x[:, 0]), 10)
    >>> bool(abs(found.at(basis.design(x)) - np.sin(6 * x[:, 0])).max() < 0.02)
    True
    """
    basis = plate(places, size)
    design = basis.design(places)
    penalties = [basis.penalty]
    if select:
        flat = np.zeros_like(basis.penalty)
        for place in range(places.shape[1]):
            flat[-1 - place, -1 - place] = 1.0
        penalties.append(flat)
    return basis, fit(design, values, penalties, weights)

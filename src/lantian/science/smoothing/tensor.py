"""A surface over two directions of different kind, one of which may close like a compass (张量积样条)."""

from dataclasses import dataclass

import numpy as np
from scipy import linalg

from lantian.science.smoothing.penalised import Fit, fit
from lantian.science.smoothing.plates import Plate, plate
from lantian.terms.types import FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Circle:
    """Cyclic cubic spline by its values at evenly spaced knots."""

    first: float
    length: float
    """Way round."""
    bend: FloatArray
    """Second derivatives at the knots from the values there, shape (k, k)."""
    penalty: FloatArray

    def design(self, places: FloatArray) -> FloatArray:
        """Values of the basis at places, shape (n, k)."""
        size = len(self.bend)
        step = self.length / size
        along = np.mod(places - self.first, self.length) / step
        left = np.minimum(along.astype(np.int64), size - 1)
        right, share = (left + 1) % size, along - left
        rows = np.arange(len(places))
        found = np.zeros((len(places), size))
        found[rows, left] += 1 - share
        found[rows, right] += share
        found += (((1 - share) ** 3 - (1 - share)) * step**2 / 6)[:, None] * self.bend[left]
        found += ((share**3 - share) * step**2 / 6)[:, None] * self.bend[right]
        return found


def circle(first: float, length: float, size: int) -> Circle:
    """Basis of a closed curve (循环三次样条).

    Parameters
    ----------
    first : float
        Where the way round begins, and with it the first knot.
    length : float
        Way round, for instance 360 degrees.
    size : int
        Knots. [1]

    Examples
    --------
    >>> basis = circle(0.0, 360.0, 8)
    >>> bool(np.allclose(basis.design(np.array([0.0])), basis.design(np.array([360.0]))))
    True
    """
    step = length / size
    identity = np.eye(size)
    ahead, behind = np.roll(identity, 1, axis=1), np.roll(identity, -1, axis=1)
    curvature = (ahead - 2 * identity + behind) / step
    mass = (4 * identity + ahead + behind) * step / 6
    bend = linalg.solve(mass, curvature, assume_a="pos")
    penalty = curvature.T @ bend
    return Circle(first, length, bend, (penalty + penalty.T) / 2)


@dataclass(frozen=True, slots=True, eq=False)
class Surface:
    """A fitted surface over a straight and a closed direction."""

    straight: Plate
    at_values: FloatArray
    """Turns the straight direction's coefficients into values at even steps."""
    closed: Circle
    found: Fit

    def at(self, along: FloatArray, around: FloatArray) -> FloatArray:
        """Values on a grid, shape (n_along, n_around)."""
        rows = self.straight.design(along[:, None]) @ self.at_values
        columns = self.closed.design(around)
        inside = self.found.coefficients.reshape(rows.shape[1], columns.shape[1])
        return np.asarray(rows @ inside @ columns.T)


def smooth_round(
    along: FloatArray, around: FloatArray, values: FloatArray, sizes: tuple[int, int], closed: Circle
) -> Surface:
    """Fit a surface whose stiffness differs by direction (张量积平滑).

    Parameters
    ----------
    along, around : array, shape (n,)
        Places in the straight and in the closed direction.
    values : array, shape (n,)
        Without gaps. [any unit]
    sizes : tuple of int
        Basis functions along; the second is that of `closed`. [1]
    closed : Circle
        From `circle`.

    References
    ----------
    Wood (2006): Low-rank scale-invariant tensor product smooths. Biometrics 62, 1025-1036.
    """
    straight = plate(along[:, None], sizes[0])
    steps = np.quantile(np.unique(along), np.linspace(0, 1, sizes[0]))
    at_values = linalg.inv(straight.design(steps[:, None]))
    rows = straight.design(along[:, None]) @ at_values
    columns = closed.design(around)
    design = (rows[:, :, None] * columns[:, None, :]).reshape(len(values), -1)
    bent = at_values.T @ straight.penalty @ at_values
    one = np.kron((bent + bent.T) / 2, np.eye(columns.shape[1]))
    two = np.kron(np.eye(sizes[0]), closed.penalty)
    penalties = [np.asarray(one, dtype=np.float64), np.asarray(two, dtype=np.float64)]
    return Surface(straight, at_values, closed, fit(design, values, penalties))

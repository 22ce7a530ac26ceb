"""A batch of fits handed to the compiled solver, and what is told of one fit (拟合)."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np
from numba import get_num_threads
from numpy.typing import NDArray

from lantian.science.pmf.data import BoolArray, Dataset
from lantian.science.pmf.kernel import HUGE, WINDOW, fit_members
from lantian.terms.types import FloatArray, IntArray

__all__ = ["HUGE", "WINDOW", "Batch", "Fit", "Freedom", "batch_of", "fit", "fit_of", "unit_mean"]

STOP, MOST = 1e-4, 5_000
"""Relative decrease of Q over `WINDOW` iterations that ends a fit; most iterations."""
_PARTS = 8
"""Portions of a batch for each thread: who is done early takes the next."""
Shared = TypeVar("Shared", np.float64, np.bool_)
TIGHT = 1e-9
"""The same for a fit from which errors are told."""


@dataclass(frozen=True, slots=True)
class Freedom:
    """What a fit may do: bounds, springs, pushes, means that are held."""

    scores: FloatArray
    """Lower bound, upper bound, stiffness, push: shape (4, 1 or n_members, n_factors, n_samples)."""
    loads: FloatArray
    """The same of the profiles: shape (4, 1 or n_members, n_factors, n_species)."""
    held: BoolArray
    """Factors whose mean contribution stays 1: shape (1 or n_members, n_factors)."""
    ties: FloatArray = field(default_factory=lambda: np.zeros((0, 5)))
    """Ratios: factor, species, species, ratio, stiffness."""
    leans: tuple[FloatArray, FloatArray] | None = None
    """Penalty on overlap of contributions, of profiles, for each sample and each species."""

    @classmethod
    def of(cls, samples: int, species: int, factors: int, *, members: int = 1, held: bool = False) -> "Freedom":
        """Return plain non-negativity; arrays of its own that a caller may write."""
        scores, loads = np.zeros((4, 1, factors, samples)), np.zeros((4, members, factors, species))
        scores[1], loads[1] = HUGE, HUGE
        return cls(scores, loads, np.full((members, factors), held))


@dataclass(slots=True)
class Batch:
    """Members of a batch; the solver changes `scores` and `loads` in place."""

    scores: FloatArray
    """Contributions, shape (n_members, n_factors, n_samples)."""
    loads: FloatArray
    """Profiles, shape (n_members, n_factors, n_species)."""
    q: FloatArray
    """With the uncertainties as given, shape (n_members,)."""
    iterations: IntArray

    @classmethod
    def start(cls, scores: FloatArray, loads: FloatArray) -> "Batch":
        """Return a batch that is yet to be fitted, with arrays of its own."""
        members = scores.shape[0]
        return cls(
            np.array(scores, dtype=np.float64, order="C"),
            np.array(loads, dtype=np.float64, order="C"),
            np.full(members, np.inf),
            np.zeros(members, dtype=np.int64),
        )


def fit(
    data: Dataset,
    batch: Batch,
    freedom: Freedom | None = None,
    *,
    counts: FloatArray | None = None,
    weights: FloatArray | None = None,
    robust: float = HUGE,
    stop: float | FloatArray = STOP,
    most: int = MOST,
) -> Batch:
    """Fit all members in place, on the threads that Numba may use, and return them.

    Parameters
    ----------
    data : Dataset
        Samples.
    batch : Batch
        Starts.
    freedom : Freedom or None
        By default non-negative and free.
    counts : array, shape (1 or n_members, n_samples), or None
        How often each sample counts; by default once.
    weights : array, shape (n_samples, n_species), or None
        In place of the data's own.
    robust : float
        Scaled residual from which an element counts less.
    stop : float or array, shape (n_members,)
        Relative decrease of Q over `WINDOW` iterations that ends a fit.
    most : int
        Most iterations.
    """
    samples, species = data.size
    free = freedom or Freedom.of(samples, species, batch.scores.shape[1])
    leans = free.leans or (np.zeros(samples), np.zeros(species))
    values = np.ascontiguousarray(data.values.T)
    sheet = np.ascontiguousarray((data.weights if weights is None else weights).T)
    count = np.ones((1, samples)) if counts is None else np.ascontiguousarray(counts, dtype=np.float64)
    ends = np.atleast_1d(np.asarray(stop, dtype=np.float64))

    def some(part: slice) -> None:
        batch.q[part], batch.iterations[part] = fit_members(
            values,
            sheet,
            _mine(count, part),
            batch.scores[part],
            batch.loads[part],
            _mine(free.scores, part, 1),
            _mine(free.loads, part, 1),
            _mine(free.held, part),
            free.ties,
            leans,
            robust,
            _mine(ends, part),
            most,
        )

    members, threads = len(batch.scores), get_num_threads()
    width = max(1, members // (_PARTS * threads))
    parts = [slice(first, min(first + width, members)) for first in range(0, members, width)]
    if min(len(parts), threads) == 1:
        some(slice(0, members))
        return batch
    with ThreadPoolExecutor(threads) as pool:
        for _ in pool.map(some, parts):
            pass
    return batch


def _mine(side: NDArray[Shared], part: slice, axis: int = 0) -> NDArray[Shared]:
    """Return some members' part of what is either one for all or one each, in one piece of memory."""
    if side.shape[axis] == 1:
        return side
    return np.ascontiguousarray(side[part] if axis == 0 else side[:, part])


def batch_of(base: "Fit") -> Batch:
    """Return a fit as a batch of one."""
    return Batch.start(base.contributions.T[None], base.profiles[None])


def unit_mean(batch: Batch, counts: FloatArray | None = None) -> Batch:
    """Scale every factor to a mean contribution of 1, in place; a factor that is nowhere stays as it is."""
    weight = np.ones(batch.scores.shape[2]) if counts is None else counts[:, None, :]
    mean = (batch.scores * weight).sum(axis=2, keepdims=True) / weight.sum(axis=-1, keepdims=True)
    mean[mean <= 0] = 1.0
    batch.scores /= mean
    batch.loads *= mean
    return batch


@dataclass(frozen=True, slots=True)
class Fit:
    """One fit of the samples by factors."""

    data: Dataset
    contributions: FloatArray
    """Shape (n_samples, n_factors), mean 1 of each factor. [1]"""
    profiles: FloatArray
    """Shape (n_factors, n_species): mean contribution of the factor to the species. [unit of the species]"""
    robust_limit: float
    iterations: int = 0
    converged: bool = True

    @property
    def factors(self) -> int:
        """How many factors."""
        return len(self.profiles)

    @property
    def scaled_residuals(self) -> FloatArray:
        """Residual over uncertainty, shape (n_samples, n_species). [1]"""
        return np.asarray((self.data.values - self.contributions @ self.profiles) / self.data.uncertainty)

    @property
    def q_true(self) -> float:
        """Sum of the squared scaled residuals."""
        return float((self.scaled_residuals**2).sum())

    @property
    def q_robust(self) -> float:
        """The same, a residual beyond the limit counting in proportion to its size only."""
        size = np.abs(self.scaled_residuals)
        return float(np.where(size > self.robust_limit, self.robust_limit * size, size**2).sum())

    @property
    def q_expected(self) -> float:
        """Degrees of freedom: values of strong species and a third of the weak, less the free elements."""
        samples, species = self.data.size
        weak = int(self.data.weak.sum())
        return samples * (species - weak) + samples * weak / 3 - self.factors * (samples + species)

    @property
    def species_shares(self) -> FloatArray:
        """Share of each species that each factor explains, shape (n_factors, n_species). [1]"""
        total = self.profiles.sum(axis=0)
        return np.asarray(np.divide(self.profiles, total, out=np.zeros_like(self.profiles), where=total > 0))

    @property
    def mass(self) -> FloatArray:
        """Contribution of each factor to the mass of each sample: the total variable, else the sum of species.

        Shape (n_samples, n_factors). [unit of the species]
        """
        per_factor = self.profiles.sum(axis=1) if self.data.total is None else self.profiles[:, self.data.total]
        return np.asarray(self.contributions * per_factor)

    @property
    def mass_shares(self) -> FloatArray:
        """Share of each factor in the explained mass, shape (n_factors,). [1]"""
        total = self.mass.mean(axis=0)
        return np.asarray(total / total.sum()) if total.sum() > 0 else total

    def ordered(self) -> "Fit":
        """Return the same with the factors in order of their mass, greatest first."""
        order = np.argsort(-self.mass_shares, kind="stable")
        return Fit(
            self.data,
            np.ascontiguousarray(self.contributions[:, order]),
            np.ascontiguousarray(self.profiles[order]),
            self.robust_limit,
            self.iterations,
            self.converged,
        )


def fit_of(data: Dataset, batch: Batch, member: int, limit: float, *, most: int = MOST) -> Fit:
    """Return one member of a batch as a fit, scaled to mean contributions of 1."""
    one = unit_mean(Batch.start(batch.scores[member : member + 1], batch.loads[member : member + 1]))
    iterations = int(batch.iterations[member])
    return Fit(data, np.ascontiguousarray(one.scores[0].T), one.loads[0], limit, iterations, iterations < most)

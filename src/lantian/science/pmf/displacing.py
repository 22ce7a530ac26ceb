"""How far can an element of a profile move before the fit gets worse (DISP, 位移法)?"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from lantian.rules.receptor_records import PmfConventions
from lantian.science.pmf.data import BoolArray, Dataset
from lantian.science.pmf.fitting import TIGHT, Batch, Fit, Freedom, batch_of, fit, unit_mean
from lantian.science.pmf.matching import correlations
from lantian.science.pmf.response import response
from lantian.terms.errors import CallerError
from lantian.terms.types import FloatArray, IntArray

SURE, RESAMPLED_SURE = 1e-3, 1e-2
"""A refit ends when a window of iterations brings less than this share of the level that it is to reach; in
resamples, whose own spread is larger, sooner."""
_BEYOND = 1.02
"""Each step aims a little beyond the next level, so that the level lies between two refits."""
_GROWTH = 4.0
_ROUNDS, _REFINEMENTS = 30, 3
_COARSE = 0.2
"""Two refits are too far apart for a level between them if the roots of their rises differ by more of it."""


@dataclass(frozen=True, slots=True)
class Displacement:
    """Intervals of the elements of profiles, and whether factors stayed themselves."""

    levels: tuple[float, ...]
    """Rises of Q."""
    species: IntArray
    """Columns that were displaced."""
    low: FloatArray
    """Shape (n_levels, n_factors, n_displaced). [unit of the species]"""
    high: FloatArray
    """The same upwards."""
    swaps: IntArray
    """Displaced refits in which a factor became another one, shape (n_levels, n_factors)."""
    decrease: float
    """Largest fall of Q below the base run; much of it says that the base run was no minimum."""
    refits: int
    """How many fits were made."""

    @property
    def swapped(self) -> bool:
        """Whether a factor changed its identity at the smallest level: then the intervals mean little."""
        return bool(self.swaps[0].sum() > 0)


def frozen_weights(base: Fit, *, robust: bool) -> FloatArray:
    """Weights as the robust fit left them, so that a displaced fit is compared by one and the same Q."""
    weights = base.data.weights
    if not robust:
        return weights
    size = np.abs(base.scaled_residuals)
    return np.asarray(
        weights * np.where(size > base.robust_limit, base.robust_limit / np.maximum(size, 1e-300), 1.0)
    )


def displacement(
    base: Fit,
    rule: PmfConventions,
    *,
    species: Sequence[str] | None = None,
    robust: bool = True,
) -> Displacement:
    """Displace every element of the profiles up and down and fit everything else anew (位移误差估计).

    An element is the mean contribution of a factor to a species. It is moved, the factor's mean contribution
    staying 1, until the best fit of all other elements is worse by each level of Q; the first level makes the
    interval. In the robust mode the weights of the base run stay as they are.

    Parameters
    ----------
    base : Fit
        The base run.
    rule : PmfConventions
        Levels.
    species : sequence of str or None
        Which species are displaced; by default all.
    robust : bool
        As the base run was made.

    References
    ----------
    Paatero, Eberly, Brown and Norris 2014, AMT 7:781.

    Examples
    --------
    >>> from lantian.rules import Rulebook
    >>> from lantian.science.pmf.starting import Settings, base_runs
    >>> from lantian.science.pmf.data import Measured, prepare
    >>> rule = Rulebook.packaged().by_id("receptor-models-epa").pmf
    >>> chance = np.random.default_rng(0)
    >>> air = chance.lognormal(0, 1, (80, 2)) @ np.array([[4.0, 1.0, 0.0, 2.0], [0.0, 1.0, 3.0, 1.0]])
    >>> data = prepare(Measured(("oc", "ec", "so4", "no3"), air, 0.05 * air + 0.01), rule)
    >>> base = base_runs(data, Settings(factors=2, starts=5), rule).best
    >>> found = displacement(base, rule)
    >>> bool((found.low[0] <= base.profiles).all() and (base.profiles <= found.high[0]).all()), found.swapped
    (True, False)
    """
    columns = columns_of(base.data, species)
    start = batch_of(base)
    levels = tuple(float(level) for level in rule.displacement)
    return displaced(base.data, start, columns, levels, frozen_weights(base, robust=robust))


def columns_of(data: Dataset, species: Sequence[str] | None) -> IntArray:
    """Columns of species by name, of all without names."""
    names = data.species if species is None else tuple(species)
    if strange := sorted(set(names) - set(data.species)):
        raise CallerError(
            "{strange} cannot be displaced: not among the species of the fit, which are {species}",
            strange=", ".join(strange),
            species=", ".join(data.species),
        )
    return np.array([data.species.index(name) for name in names], dtype=np.int64)


def displaced(
    data: Dataset,
    start: Batch,
    columns: IntArray,
    levels: tuple[float, ...],
    weights: FloatArray,
    counts: FloatArray | None = None,
    sure: float = SURE,
) -> Displacement:
    """Displace elements from a fit, given as a batch of one; `counts` as in a resample, shape (1, n_samples)."""
    before = float(_q(data, start, weights, counts)[0])
    best = unit_mean(fit(data, start, counts=counts, weights=weights, stop=TIGHT), counts)
    walk = _Walk(data, best, columns, levels, weights, counts, sure)
    for _ in range(_ROUNDS):
        if not walk.active.any():
            break
        walk.step()
    for _ in range(_REFINEMENTS if counts is None else 0):  # resamples differ by more than this would tell
        if not walk.refine():
            break
    low, high = walk.bounds()
    fall = min(0.0, walk.lowest - before, float(best.q[0]) - before)
    return Displacement(levels, columns, low, high, walk.swap_table(), fall, walk.refits)


def _q(data: Dataset, batch: Batch, weights: FloatArray, counts: FloatArray | None) -> FloatArray:
    residuals = data.values - np.swapaxes(batch.scores, 1, 2) @ batch.loads
    count = 1.0 if counts is None else counts[..., None]
    return np.asarray((residuals**2 * weights * count).sum(axis=(1, 2)))


class _Walk:
    """All displaced elements, up and down, each on its own way to the greatest level."""

    def __init__(
        self,
        data: Dataset,
        best: Batch,
        columns: IntArray,
        levels: tuple[float, ...],
        weights: FloatArray,
        counts: FloatArray | None,
        sure: float,
    ) -> None:
        self.data, self.best, self.columns, self.levels = data, best, columns, levels
        self.weights, self.counts, self.sure = weights, counts, sure
        self.q, self.lowest, self.refits = float(best.q[0]), float(best.q[0]), 0
        self.factors = best.scores.shape[1]
        pairs = [(a, j) for a in range(self.factors) for j in columns.tolist()]
        self.factor = np.array([a for a, _ in pairs] * 2)
        self.column = np.array([j for _, j in pairs] * 2)
        self.sign = np.repeat([-1.0, 1.0], len(pairs))
        self.value = best.loads[0, self.factor, self.column]
        self.active = ~((self.sign < 0) & (self.value <= 0))
        members = len(self.sign)
        self.scores = np.repeat(best.scores, members, axis=0)
        self.loads = np.repeat(best.loads, members, axis=0)
        self.older = (self.scores, self.loads, np.zeros(members))
        self.moved, self.root = np.zeros(members), np.zeros(members)  # displacement and root of the rise of Q
        self.track: list[list[tuple[float, float]]] = [[(0.0, 0.0)] for _ in range(members)]
        self.swap = np.full((members, self.factors), np.inf)  # least rise of Q at which a factor was swapped
        self.aim = np.zeros(members, dtype=np.int64)  # place of the level that the next step is to reach
        half = len(pairs)
        self.response = response(data, best, weights, counts, self.factor[:half], self.column[:half])
        self.next = np.tile(self.response.step(levels[0] * _BEYOND**2), 2)

    def step(self) -> None:
        """Displace the elements that are on their way once more, and aim at the next level."""
        here = np.flatnonzero(self.active)
        moved = self._possible(here, self.next[here])
        batch = self._start(here, moved)
        root = self._refit(here, moved, batch, np.array(self.levels)[self.aim[here]])
        self._aim(here, moved, root, ended=(self.sign[here] < 0) & (moved >= self.value[here]))
        self.scores[here], self.loads[here] = batch.scores, batch.loads

    def refine(self) -> bool:
        """Refit between points that lie too far apart for a level; returns whether there were any."""
        wanted = [
            (place, row, reach)
            for place in range(len(self.sign))
            for row, level in enumerate(self.levels)
            for reach, coarse in [self._reach(place, float(np.sqrt(level)))]
            if coarse
        ]
        if not wanted:
            return False
        here = np.array([place for place, _, _ in wanted])
        moved = np.array([reach for _, _, reach in wanted])
        self._refit(here, moved, self._told(here, moved), np.array([self.levels[row] for _, row, _ in wanted]))
        return True

    def _possible(self, here: IntArray, moved: FloatArray) -> FloatArray:
        """No element goes below nought."""
        return np.where(self.sign[here] < 0, np.minimum(moved, self.value[here]), moved)

    def _refit(self, here: IntArray, moved: FloatArray, batch: Batch, levels: FloatArray) -> FloatArray:
        """Fit with displaced elements, note the cost and who was swapped; returns the root of the rise of Q."""
        free = Freedom.of(*self.data.size, self.factors, members=len(here))
        at = np.arange(len(here)), self.factor[here], self.column[here]
        target = np.maximum(self.value[here] + self.sign[here] * moved, 0.0)
        free.loads[0][at] = free.loads[1][at] = batch.loads[at] = target
        free.held[np.arange(len(here)), self.factor[here]] = True
        stop = self.sure * levels / max(self.q, 1e-300)
        fit(self.data, batch, free, counts=self.counts, weights=self.weights, stop=stop)
        self.refits += len(here)
        self.lowest = min(self.lowest, float(batch.q.min()))
        root = np.sqrt(np.maximum(batch.q - self.q, 0.0))
        for place, point in zip(here.tolist(), zip(moved.tolist(), root.tolist(), strict=True), strict=True):
            self.track[place].append(point)
        alike = correlations(batch.scores, self.best.scores, self.counts)
        changed = alike.argmax(axis=2) != np.arange(self.factors)
        np.minimum.at(self.swap, here, np.where(changed, (root**2)[:, None], np.inf))
        return root

    def _told(self, here: IntArray, moved: FloatArray) -> Batch:
        """Begin where the base run's answer to first order lies."""
        element, by = here % len(self.response.curvature), (self.sign[here] * moved)[:, None, None]
        return Batch.start(
            np.maximum(self.best.scores + by * self.response.scores[element], 0.0),
            np.maximum(self.best.loads + by * self.response.loads[element], 0.0),
        )

    def _start(self, here: IntArray, moved: FloatArray) -> Batch:
        """Begin where the last two fits point to, or the first answer where there are none."""
        scores, loads, old = (part[here] for part in self.older)
        width = self.moved[here] - old
        ahead = np.divide(moved - self.moved[here], width, out=np.zeros(len(here)), where=width > 0)[:, None, None]
        now_scores, now_loads = self.scores[here], self.loads[here]
        self.older[0][here], self.older[1][here], self.older[2][here] = now_scores, now_loads, self.moved[here]
        first = self.moved[here] == 0
        told = self._told(here[first], moved[first])
        batch = Batch.start(
            np.maximum(now_scores + ahead * (now_scores - scores), 0.0),
            np.maximum(now_loads + ahead * (now_loads - loads), 0.0),
        )
        batch.scores[first], batch.loads[first] = told.scores, told.loads
        return batch

    def _aim(self, here: IntArray, moved: FloatArray, root: FloatArray, ended: BoolArray) -> None:
        """Remember the point and choose the next from the slope of the root of the rise, which is nearly even."""
        wanted = np.sqrt(np.array(self.levels)) * _BEYOND
        place = np.searchsorted(wanted, root, side="right")
        over = place >= len(wanted)
        self.aim[here] = np.minimum(place, len(wanted) - 1)
        target = wanted[self.aim[here]]
        width, rise = moved - self.moved[here], root - self.root[here]
        steep = np.divide(rise, width, out=np.zeros(len(here)), where=width > 0)
        onward = np.divide(target - root, steep, out=np.full(len(here), np.inf), where=steep > 0)
        self.next[here] = moved + np.minimum(onward, (_GROWTH - 1) * moved)
        self.moved[here], self.root[here] = moved, root
        self.active[here[over | ended | (self.next[here] <= moved)]] = False

    def bounds(self) -> tuple[FloatArray, FloatArray]:
        """Lower and upper ends of the elements at each level, by interpolation between refits."""
        ends = np.array(
            [
                [
                    max(self.value[place] + self.sign[place] * self._reach(place, float(np.sqrt(level)))[0], 0.0)
                    for place in range(len(self.sign))
                ]
                for level in self.levels
            ]
        )
        shape = (len(self.levels), 2, self.factors, len(self.columns))
        both = ends.reshape(shape)
        return np.ascontiguousarray(both[:, 0]), np.ascontiguousarray(both[:, 1])

    def _reach(self, place: int, root: float) -> tuple[float, bool]:
        """How far an element moves up to a level, and whether the refits beside it lie too far apart to tell.

        Between two refits the root of the rise is taken as even.
        """
        points = sorted(self.track[place])
        moved = np.array([point[0] for point in points])
        roots = np.maximum.accumulate(np.array([point[1] for point in points]))
        above = int(np.searchsorted(roots, root))
        if above >= len(roots):
            return float(moved[-1]), False
        if roots[above] == root or above == 0:
            return float(moved[above]), False
        low, high = roots[above - 1], roots[above]
        share = (root - low) / (high - low)
        near = min(high - root, root - low) <= 0.01 * root
        return float(moved[above - 1] + share * (moved[above] - moved[above - 1])), bool(
            high - low > _COARSE * root and not near
        )

    def swap_table(self) -> IntArray:
        """How many displaced fits swapped each factor up to each level."""
        return np.array([(self.swap <= level * _BEYOND**2).sum(axis=0) for level in self.levels], dtype=np.int64)

"""Base runs: many random starts at once, the best of them, and how much they differ (基础运行)."""

from dataclasses import dataclass

import numpy as np

from lantian.rules.receptor_records import PmfConventions
from lantian.science.pmf.data import Dataset
from lantian.science.pmf.fitting import HUGE, MOST, STOP, Batch, Fit, fit, fit_of, unit_mean
from lantian.science.pmf.matching import assigned, correlations
from lantian.terms.errors import CallerError
from lantian.terms.types import FloatArray, IntArray

POLISHED = 1e-7
"""Relative decrease of Q over a stretch of iterations that ends the best run."""
SAME_Q = 1e-3
"""Relative difference of Q within which two runs count as one minimum."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How base runs are made."""

    factors: int
    starts: int = 20
    seed: int = 1
    robust: bool = True
    """Whether elements beyond the limit count less while the fit is made."""
    stop: float = STOP
    most: int = MOST


@dataclass(frozen=True, slots=True)
class Run:
    """One start, as a row of the base-run table."""

    number: int
    """From 1."""
    q_true: float
    q_robust: float
    iterations: int
    converged: bool
    likeness: float
    """Least correlation of a factor's contributions with its partner in the best run. [1]"""


@dataclass(frozen=True, slots=True)
class BaseRuns:
    """All starts, and the best of them."""

    best: Fit
    number: int
    """Of the best run."""
    runs: tuple[Run, ...]
    settings: Settings
    differences: FloatArray
    """Intra-run residual variability: for each pair of runs and species the sum of squared differences of the
    scaled residuals, over the samples; shape (n_runs, n_runs). [1]"""
    species_differences: FloatArray
    """The same for each species, mean over pairs; shape (n_species,). [1]"""

    @property
    def q_minimised(self) -> tuple[float, ...]:
        """Of each run, what was minimised."""
        return tuple(run.q_robust if self.settings.robust else run.q_true for run in self.runs)

    @property
    def found_again(self) -> int:
        """How many runs ended within `SAME_Q` of the best."""
        best = min(self.q_minimised)
        return sum(q <= best * (1 + SAME_Q) for q in self.q_minimised)


def random_start(data: Dataset, factors: int, members: int, seed: int) -> Batch:
    """Return random starts: even contributions about 1, profiles about the mean of each species.

    The start of a member does not depend on how many members there are.
    """
    samples, species = data.size
    mean = np.maximum(data.values.mean(axis=0), 1e-12)
    scores, loads = np.empty((members, factors, samples)), np.empty((members, factors, species))
    for member, sequence in enumerate(np.random.SeedSequence(seed).spawn(members)):
        chance = np.random.default_rng(sequence)
        scores[member] = chance.uniform(0.0, 2.0, (factors, samples))
        loads[member] = chance.uniform(0.0, 2.0, (factors, species)) * mean / factors
    return Batch.start(scores, loads)


def base_runs(data: Dataset, settings: Settings, rule: PmfConventions) -> BaseRuns:
    """Find factors from many random starts at once (正定矩阵因子分解基础运行).

    Every start runs until Q, in two stretches of five iterations in a row, falls by less than `settings.stop` of
    itself; the best then goes on to `POLISHED`. The same data, settings and version give the same result, on any
    number of threads.

    Parameters
    ----------
    data : Dataset
        From `prepare`.
    settings : Settings
        Factors, starts, seed.
    rule : PmfConventions
        Robust limit.

    Raises
    ------
    CallerError
        Where there are not fewer factors than samples and species.

    References
    ----------
    Paatero and Tapper 1994 (Environmetrics 5:111); Ang and Gillis 2019 (Neural Computation 31:417) for the
    extrapolation; Paatero 1997 (Chemom. Intell. Lab. Syst. 37:23) for the robust mode.

    Examples
    --------
    >>> from lantian.rules import Rulebook
    >>> from lantian.science.pmf.data import Measured, prepare
    >>> rule = Rulebook.packaged().by_id("receptor-models-epa").pmf
    >>> chance = np.random.default_rng(0)
    >>> air = chance.lognormal(0, 1, (80, 2)) @ np.array([[4.0, 1.0, 0.0, 2.0], [0.0, 1.0, 3.0, 1.0]])
    >>> data = prepare(Measured(("oc", "ec", "so4", "no3"), air, 0.05 * air + 0.01), rule)
    >>> found = base_runs(data, Settings(factors=2, starts=5), rule)
    >>> round(found.best.q_true, 3), len(found.runs)
    (0.0, 5)
    """
    check(data, settings.factors, settings.starts)
    limit = float(rule.robust_limit) if settings.robust else HUGE
    batch = fit(
        data,
        random_start(data, settings.factors, settings.starts, settings.seed),
        robust=limit,
        stop=settings.stop,
        most=settings.most,
    )
    unit_mean(batch)
    residuals = data.values - np.swapaxes(batch.scores, 1, 2) @ batch.loads
    residuals /= data.uncertainty
    size = np.abs(residuals)
    bound = float(rule.robust_limit)
    q_robust = np.where(size > bound, bound * size, size**2).sum(axis=(1, 2))
    place = int(np.argmin(q_robust if settings.robust else batch.q))
    polished = Batch.start(batch.scores[place : place + 1], batch.loads[place : place + 1])
    fit(data, polished, robust=limit, stop=min(POLISHED, settings.stop), most=settings.most)
    polished.iterations += batch.iterations[place]
    best = fit_of(data, polished, 0, bound, most=2 * settings.most).ordered()
    alike = correlations(batch.scores, best.contributions.T)
    runs = tuple(
        Run(
            number + 1,
            float(batch.q[number]),
            float(q_robust[number]),
            int(batch.iterations[number]),
            bool(batch.iterations[number] < settings.most),
            float(alike[number][np.arange(settings.factors), partners].min()),
        )
        for number, partners in enumerate(_partners(alike))
    )
    return BaseRuns(best, place + 1, runs, settings, *_variability(residuals))


def check(data: Dataset, factors: int, starts: int = 1) -> None:
    """Refuse what cannot be solved."""
    samples, species = data.size
    if not 1 <= factors < min(samples, species):
        raise CallerError(
            "{factors} factors do not fit {samples} samples of {species} species: ask for at least one and fewer "
            "than there are samples and species",
            factors=factors,
            samples=samples,
            species=species,
        )
    if starts < 1:
        raise CallerError("{starts} starts find nothing; ask for one at least, better 20", starts=starts)


def _partners(alike: FloatArray) -> list[IntArray]:
    return [assigned(one) for one in alike]


def _variability(residuals: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Intra-run residual variability, for pairs of runs and for species."""
    members, _, species = residuals.shape
    pairs, columns = np.zeros((members, members)), np.zeros(species)
    for one in range(members):
        each = ((residuals[one + 1 :] - residuals[one]) ** 2).sum(axis=1)
        pairs[one, one + 1 :] = pairs[one + 1 :, one] = each.sum(axis=1)
        columns += each.sum(axis=0)
    return pairs, columns / max(1, members * (members - 1) // 2)

"""How many factors do the samples support (因子数)?"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from lantian.rules.receptor_records import PmfConventions
from lantian.science.pmf.data import BoolArray, Dataset
from lantian.science.pmf.fitting import HUGE, Freedom, fit, unit_mean
from lantian.science.pmf.starting import Settings, base_runs, check, random_start
from lantian.terms.errors import CallerError
from lantian.terms.types import FloatArray
from lantian.terms.words import mark

Progress = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class Candidate:
    """One number of factors, tried."""

    factors: int
    q: float
    """What was minimised, of the best run."""
    q_over_expected: float
    """Q over its expectation. [1]"""
    found_again: int
    """How many of the starts ended in the best minimum."""
    left_out: float
    """Error of values that the fit did not see, as a share of the error of the species' mean; mean over species, a
    species that cannot be told from the others counting 1. [1]"""
    error: float
    """Standard error of it over the parts that were left out. [1]"""


@dataclass(frozen=True, slots=True)
class Recommendation:
    """How many factors, and why."""

    factors: int
    candidates: tuple[Candidate, ...]
    starts: int
    reasons: tuple[tuple[str, dict[str, float]], ...]
    """Marked sentences with their values."""


def recommend_factors(
    data: Dataset,
    candidates: Sequence[int],
    rule: PmfConventions,
    *,
    folds: int = 5,
    starts: int = 10,
    seed: int = 1,
    robust: bool = True,
    progress: Progress | None = None,
) -> Recommendation:
    """Leave values out, predict them, and take the fewest factors that predict as well as any (交叉验证).

    The values of all samples are dealt into parts at random. Each part is left out in turn; what the fit of the
    others says of it is compared with what was measured. A weak spring draws contributions to their mean, for
    where the one value that tells a factor is left out they could else be anything. The error of each species is
    a share of what its mean alone would give. The smallest number of factors is taken whose error lies within
    one standard error of the least. A factor of a single species cannot be proved in this way: nothing else
    tells that species.

    Parameters
    ----------
    data : Dataset
        From `prepare`; replaced values are never used as a test.
    candidates : sequence of int
        Numbers of factors.
    rule : PmfConventions
        Robust limit.
    folds : int
        Parts.
    starts, seed : int
        Random starts of every fit.
    robust : bool
        Whether large residuals count less.
    progress : function or None
        Called with the share that is done.

    References
    ----------
    Wold 1978 (Technometrics 20:397) for leaving out single values; Breiman et al. 1984 for one standard error.
    """
    numbers = sorted(set(candidates))
    if not numbers:
        raise CallerError("no number of factors was given; name some, such as 3 to 9")
    if folds < 2:
        raise CallerError("{folds} parts leave nothing to predict from; ask for two at least", folds=folds)
    for factors in (numbers[0], numbers[-1]):
        check(data, factors, starts)
    parts = _parts(data, folds, seed)
    found = []
    for place, factors in enumerate(numbers):
        errors = [_left_out(data, part, factors, starts, seed, rule, robust=robust) for part in parts]
        runs = base_runs(data, Settings(factors, starts, seed, robust), rule)
        q = min(runs.q_minimised)
        found.append(
            Candidate(
                factors,
                q,
                q / runs.best.q_expected if runs.best.q_expected > 0 else float("nan"),
                runs.found_again,
                float(np.mean(errors)),
                float(np.std(errors, ddof=1) / np.sqrt(folds)),
            )
        )
        if progress is not None:
            progress((place + 1) / len(numbers))
    least = min(found, key=lambda one: one.left_out)
    chosen = next(one for one in found if one.left_out <= least.left_out + least.error)
    return Recommendation(chosen.factors, tuple(found), starts, _reasons(chosen, least, found, starts))


def _parts(data: Dataset, folds: int, seed: int) -> list[BoolArray]:
    """Deal the values that were measured into parts."""
    chance = np.random.default_rng(seed)
    dealt = chance.permuted(np.tile(np.arange(folds), -(-data.values.size // folds))[: data.values.size])
    dealt = dealt.reshape(data.values.shape)
    return [(dealt == part) & ~data.replaced for part in range(folds)]


def _left_out(
    data: Dataset, part: BoolArray, factors: int, starts: int, seed: int, rule: PmfConventions, *, robust: bool
) -> float:
    """Error of the values of a part, told from the others by the start that fits those best."""
    limit = float(rule.robust_limit)
    seen = np.where(part, 0.0, data.weights)
    free = Freedom.of(*data.size, factors, held=True)
    free.scores[2:] = 1.0  # a contribution of which the other values say nothing is about 1, not anything at all
    start = unit_mean(random_start(data, factors, starts, seed))
    batch = fit(data, start, free, weights=seen, robust=limit if robust else HUGE)
    size = np.abs(data.values - np.swapaxes(batch.scores, 1, 2) @ batch.loads) / data.uncertainty
    loss = _capped(size, limit) if robust else size**2
    best = int(np.argmin(np.where(part, 0.0, loss).sum(axis=(1, 2))))
    own = _capped(size[best], limit)
    mean = np.where(part, np.nan, data.values)
    usual = _capped(np.abs(data.values - np.nanmean(mean, axis=0)) / data.uncertainty, limit)
    ours, theirs = np.where(part, own, 0.0).sum(axis=0), np.where(part, usual, 0.0).sum(axis=0)
    return float(np.minimum(np.divide(ours, theirs, out=np.ones_like(ours), where=theirs > 0), 1.0).mean())


def _capped(size: FloatArray, limit: float) -> FloatArray:
    """Squares, beyond the limit in proportion to the size."""
    return np.asarray(np.where(size > limit, limit * size, size**2))


def _reasons(
    chosen: Candidate, least: Candidate, found: list[Candidate], starts: int
) -> tuple[tuple[str, dict[str, float]], ...]:
    """Say in words why, and what to be careful about."""
    said: list[tuple[str, dict[str, float]]] = [
        (
            mark(
                "{factors} factors predict values that were left out as well as any number does: error {error}, "
                "the least is {least} with {of} factors."
            ),
            {
                "factors": chosen.factors,
                "error": round(chosen.left_out, 3),
                "least": round(least.left_out, 3),
                "of": least.factors,
            },
        )
    ]
    if chosen.factors == found[-1].factors and len(found) > 1:
        said.append((mark("It is the largest number that was tried: try more."), {}))
    if chosen.found_again < max(2, starts // 4):
        said.append(
            (
                mark("Only {again} of {starts} starts found this minimum: try fewer factors, or more starts."),
                {"again": chosen.found_again, "starts": starts},
            )
        )
    if chosen.q_over_expected > 2:
        said.append(
            (
                mark(
                    "Q is {ratio} times what is expected: uncertainties are too small, a source varies, or "
                    "factors of a single species are there, which leaving values out cannot show."
                ),
                {"ratio": round(chosen.q_over_expected, 1)},
            )
        )
    return tuple(said)

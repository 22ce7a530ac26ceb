"""How much of the factors depends on which samples happened to be taken (BS, 自助法; BS-DISP)?"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from lantian.rules.receptor_records import PmfConventions
from lantian.science.pmf.displacing import RESAMPLED_SURE, columns_of, displaced, frozen_weights
from lantian.science.pmf.fitting import HUGE, MOST, STOP, Batch, Fit, batch_of, fit, unit_mean
from lantian.science.pmf.matching import assigned, correlations
from lantian.terms.errors import CallerError
from lantian.terms.types import FloatArray, IntArray

Progress = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class Bootstrap:
    """Factors of resampled data beside those of the base run."""

    block: int
    """Samples in a block."""
    seed: int
    profiles: FloatArray
    """Of every resample, in the order of its factors: shape (n_resamples, n_factors, n_species)."""
    partners: IntArray
    """Base factor that a resampled factor is, −1 for none: shape (n_resamples, n_factors)."""
    mapping: IntArray
    """How often a resampled factor (row) was each base factor; the last column counts the unmapped.
    Shape (n_factors, n_factors + 1): rows are the resampled factors paired with the base factor of their
    number."""
    percentiles: FloatArray
    """Of the profiles that were mapped, shape (n_percentiles, n_factors, n_species); NaN where none was."""
    q: FloatArray
    """What each resample's fit left, shape (n_resamples,)."""


def best_block(values: FloatArray) -> int:
    """Length of blocks that keeps the memory of the series, mean over species (最优区块长度).

    Parameters
    ----------
    values : array, shape (n_samples, n_species)
        In the order of time.

    Returns
    -------
    int
        [1]

    References
    ----------
    Politis and White 2004 (Econometric Reviews 23:53), corrected by Patton, Politis and White 2009 (28:372), for
    the circular block bootstrap.

    Examples
    --------
    >>> chance = np.random.default_rng(1)
    >>> best_block(chance.normal(size=(500, 3))) < best_block(np.cumsum(chance.normal(size=(500, 3)), axis=0))
    True
    """
    samples = values.shape[0]
    lengths = [_block_of(values[:, j]) for j in range(values.shape[1])]
    return int(np.clip(np.ceil(np.mean(lengths)), 1, max(1, np.ceil(min(3 * np.sqrt(samples), samples / 3)))))


def _block_of(series: FloatArray) -> float:
    samples = series.shape[0]
    centred = series - series.mean()
    quiet = max(5, int(np.log10(samples)))
    furthest = min(int(np.ceil(np.sqrt(samples))) + quiet, samples - 2)
    own = np.array([centred[lag:] @ centred[: samples - lag] for lag in range(furthest + 1)]) / samples
    if own[0] <= 0 or furthest < 2:
        return 1.0
    large = np.abs(own / own[0]) >= 2 * np.sqrt(np.log10(samples) / samples)
    runs = [lag for lag in range(1, furthest - quiet + 2) if not large[lag : lag + quiet].any()]
    width = min(2 * max(runs[0] - 1, 1) if runs else furthest, furthest)
    lags = np.arange(-width, width + 1)
    taper = np.where(np.abs(lags) <= width / 2, 1.0, 2 * (1 - np.abs(lags) / width))
    part = taper * own[np.abs(lags)]
    total = part.sum()
    if total == 0:
        return 1.0
    return float(
        max(1.0, (2 * (np.abs(lags) * part).sum() ** 2 / (4 / 3 * total**2)) ** (1 / 3) * samples ** (1 / 3))
    )


def resamples(samples: int, block: int, many: int, seed: int) -> FloatArray:
    """How often each sample counts in each resample of circular blocks, shape (n_resamples, n_samples).

    Examples
    --------
    >>> resamples(6, 2, 1, 3).sum()
    np.float64(6.0)
    """
    counts = np.zeros((many, samples))
    for place, sequence in enumerate(np.random.SeedSequence(seed).spawn(many)):
        starts = np.random.default_rng(sequence).integers(0, samples, -(-samples // block))
        taken = (starts[:, None] + np.arange(block)).ravel()[:samples] % samples
        counts[place] = np.bincount(taken, minlength=samples)
    return counts


def bootstrap(
    base: Fit,
    rule: PmfConventions,
    *,
    many: int = 100,
    seed: int = 1,
    block: int | None = None,
    robust: bool = True,
) -> Bootstrap:
    """Fit resampled data, all at once, and see which factors come again (区块自助法).

    Whole blocks of consecutive samples are drawn, so that the memory of the air stays in the resamples. A sample
    that is drawn twice counts twice. Each fit starts from the base run; a resampled factor is the base factor with
    whose contributions its own correlate best, if they do so at least as the rule wants, and is else unmapped.

    Parameters
    ----------
    base : Fit
        The base run.
    rule : PmfConventions
        Correlation of mapping, percentiles.
    many : int
        Resamples.
    seed : int
        Of the draw.
    block : int or None
        Samples in a block; by default `best_block`.
    robust : bool
        As the base run was made.

    References
    ----------
    EPA PMF 5.0 user guide; Paatero et al. 2014, AMT 7:781.
    """
    if many < 2:
        raise CallerError("{many} resamples tell nothing; ask for two at least, better 100", many=many)
    data = base.data
    length = best_block(data.values) if block is None else block
    if not 1 <= length <= data.size[0]:
        raise CallerError(
            "a block of {length} samples does not fit {samples} samples", length=length, samples=data.size[0]
        )
    counts = resamples(data.size[0], length, many, seed)
    batch = _resampled(base, counts, robust=robust)
    alike = correlations(batch.scores, base.contributions.T, counts)
    near = alike.argmax(axis=2)
    partners = np.where(alike.max(axis=2) >= float(rule.mapped_from), near, -1)
    places = np.array([assigned(one) for one in alike])
    factors = base.factors
    mapping = np.zeros((factors, factors + 1), dtype=np.int64)
    np.add.at(mapping, (places, partners), 1)  # −1 falls on the last column
    wanted = [float(share) for share in rule.percentiles]
    spread = np.full((len(wanted), *base.profiles.shape), np.nan)
    for factor in range(factors):
        mine = batch.loads[partners == factor]
        if len(mine):
            spread[:, factor] = np.percentile(mine, wanted, axis=0)
    return Bootstrap(length, seed, batch.loads, partners, mapping, spread, batch.q)


def _resampled(base: Fit, counts: FloatArray, *, robust: bool) -> Batch:
    one, many = batch_of(base), len(counts)
    batch = Batch.start(np.repeat(one.scores, many, axis=0), np.repeat(one.loads, many, axis=0))
    limit = base.robust_limit if robust else HUGE
    return unit_mean(fit(base.data, batch, counts=counts, robust=limit, stop=STOP / 10, most=MOST), counts)


@dataclass(frozen=True, slots=True)
class BootstrapDisplacement:
    """Intervals from displacing elements in resamples."""

    levels: tuple[float, ...]
    species: IntArray
    """Columns that were displaced."""
    low: FloatArray
    """Lowest percentile of the lower ends over the resamples that count, shape (n_levels, n_factors,
    n_displaced)."""
    high: FloatArray
    """Highest percentile of the upper ends."""
    swaps: IntArray
    """Displaced refits in which a factor was swapped, of all resamples, shape (n_levels, n_factors)."""
    accepted: int
    """Resamples whose factors stayed themselves, before and while they were displaced by the smallest level."""
    resamples: int
    decrease: float
    """Largest fall of Q while displacing."""


def bootstrap_displacement(
    base: Fit,
    rule: PmfConventions,
    *,
    species: Sequence[str] | None = None,
    many: int = 50,
    seed: int = 1,
    block: int | None = None,
    robust: bool = True,
    progress: Progress | None = None,
) -> BootstrapDisplacement:
    """Displace the elements of every resample: both the chance of sampling and the freedom to rotate (BS-DISP).

    Parameters
    ----------
    base : Fit
        The base run.
    rule : PmfConventions
        Levels and percentiles.
    species : sequence of str or None
        Which species are displaced; by default all. Few key species make it faster.
    many, seed, block : int
        As in `bootstrap`.
    robust : bool
        As the base run was made.
    progress : function or None
        Called with the share that is done.

    References
    ----------
    Paatero, Eberly, Brown and Norris 2014, AMT 7:781.
    """
    data, columns = base.data, columns_of(base.data, species)
    length = best_block(data.values) if block is None else block
    counts = resamples(data.size[0], length, many, seed)
    batch = _resampled(base, counts, robust=robust)
    levels = tuple(float(level) for level in rule.resampled_displacement)
    alike = correlations(batch.scores, base.contributions.T, counts)
    lows, highs, decrease = [], [], 0.0
    swaps = np.zeros((len(levels), base.factors), dtype=np.int64)
    for place in range(many):
        order = np.argsort(assigned(alike[place]))
        scores, loads = batch.scores[place, order], batch.loads[place, order]
        mine = counts[place : place + 1]
        own = Fit(data, np.ascontiguousarray(scores.T), loads, base.robust_limit)
        weights = frozen_weights(own, robust=robust)
        found = displaced(data, batch_of(own), columns, levels, weights, mine, RESAMPLED_SURE)
        swaps += found.swaps
        decrease = min(decrease, found.decrease)
        mapped = (alike[place].argmax(axis=1)[order] == np.arange(base.factors)).all()
        if mapped and not found.swapped:
            lows.append(found.low)
            highs.append(found.high)
        if progress is not None:
            progress((place + 1) / many)
    shape = (len(levels), base.factors, len(columns))
    ends = [float(rule.percentiles[0]), float(rule.percentiles[-1])]
    low = np.percentile(lows, ends[0], axis=0) if lows else np.full(shape, np.nan)
    high = np.percentile(highs, ends[1], axis=0) if highs else np.full(shape, np.nan)
    return BootstrapDisplacement(levels, columns, low, high, swaps, len(lows), many, decrease)

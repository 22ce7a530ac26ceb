"""How likely is it that a running year ends within its target, seen from the years before?

The days that remain are drawn from past years in blocks, at their own season, so that wet and stagnant spells
stay whole. What the year has shown so far moves the level of that draw, but only as far as it can be told from
weather: a mild January says little about December. Every figure is a mean of non-negative daily values; days above
a limit or days that are not good are such values too (0 or 100 each), so one method serves means, percentiles and
counts of days.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from lantian.terms.errors import CallerError
from lantian.terms.types import FloatArray

FEWEST_YEARS = 2
"""Past years without which nothing can be said: one alone has no spread."""
FEWEST_SHARE = 0.75
"""Share of its days that a past year must have in the season that remains and in the year."""


class NoOutlook(StrEnum):
    """Why no chance is given."""

    TOO_FEW_YEARS = "too_few_years"
    """Fewer than `FEWEST_YEARS` past years are complete enough."""
    NO_DAY = "no_day"
    """The year is over without a single value."""


@dataclass(frozen=True, slots=True)
class LevelPrior:
    """What is known of how much whole years differ in level, before the past years are looked at."""

    spread: float = 0.10
    """Standard deviation of a year's level against the years before, weather averaged out. [1]"""
    years: float = 4.0
    """How many past years this knowledge is worth. [a]"""


@dataclass(frozen=True, slots=True)
class Outlook:
    """Chance that the year's mean ends within its bound, and where it is likely to end."""

    chance: float
    """Share of the drawn years that end within the bound [1]."""
    chance_analytic: float
    """The same from Student's t on the logarithm, as a check of the draw [1]."""
    mean_low: float | None
    mean_median: float | None
    mean_high: float | None
    """Interval of the year's mean that holds `interval` of the drawn years; None where a lost year was not drawn
    [unit of the days]."""
    interval: float
    years: int
    """Past years that were used [a]."""
    level: float
    """By what factor the rest is expected above (> 1) or below the past years [1]."""
    weight: float
    """How much of this year's departure so far is believed to last, 0 to 1 [1]."""
    remaining: int
    """Days still to come [d]."""


Outcome: TypeAlias = Outlook | NoOutlook


def year_end_outlook(
    so_far: ArrayLike,
    past: ArrayLike,
    bound: float,
    *,
    seed: int,
    bound_attains: bool = True,
    highest: float | None = None,
    prior: LevelPrior | None = None,
    block: int = 10,
    draws: int = 4000,
    interval: float = 0.9,
) -> Outcome:
    """Chance that the mean of a year ends at or below a bound (目标实现概率).

    Parameters
    ----------
    so_far : array, shape (n_so_far,)
        Daily values from the first day of the year on, NaN where a day has none.
        [ug m-3, CO mg m-3, % or any other unit]
    past : array, shape (n_years, n_days)
        Daily values of past years laid on the calendar of this one, so that column ``n_so_far`` is the first day
        to come; NaN where a day has none. [as `so_far`]
    bound : float
        Largest mean that meets the target. [as `so_far`]
    seed : int
        Of the draw: the same seed gives the same chance. [1]
    bound_attains : bool
        Whether a mean of exactly `bound` meets it.
    highest : float, optional
        Highest value that a mean of days can have, for shares of days: 100. [as `so_far`]
    prior : LevelPrior, optional
        How much years differ in level.
    block : int
        Length of the blocks in which past days are drawn. [d]
    draws : int
        How many years are drawn. [1]
    interval : float
        Share of the drawn years between `mean_low` and `mean_high`. [1]

    Returns
    -------
    Outlook or NoOutlook
        Every remaining day counts as valid. Where the outcome is settled (no day remains, or not even zero on
        every remaining day would do) no past year is needed and the chance is exactly 0 or 1.

    Notes
    -----
    Let the year's level be one factor on all its days. The past years' scatter around their own level gives, block
    by block, the variance that weather alone puts on the mean of the days so far (``v``) and of the rest (``r``).
    The variance of levels ``t`` is that of the past annual means less the part of weather, averaged with the
    prior. Then ``w = t / (t + v (1 + 1/K))`` of the departure so far is believed (shrinkage in the normal model
    with known variances), ``t (1 - w) + r / K`` remains uncertain in the level, drawn from Student's t with
    ``prior.years + K - 1`` degrees of freedom, and the rest's own weather comes from the blocks. Without any
    scatter in the past the answer is sure.

    References
    ----------
    Block bootstrap: Künsch (1989), Annals of Statistics 17, 1217–1241. Shrinkage and the averaged variance: Gelman
    et al. (2013), Bayesian Data Analysis, sections 2.5, 2.6 and 5.4.

    Examples
    --------
    >>> years = np.array([[60.0] * 100 + [20.0] * 265, [54.0] * 100 + [18.0] * 265])
    >>> found = year_end_outlook([50.0] * 100, years, 35.0, seed=1)
    >>> found.chance, found.years, round(found.mean_median, 1)
    (1.0, 2, 25.8)
    >>> year_end_outlook([50.0] * 100, years[:1], 35.0, seed=1)
    <NoOutlook.TOO_FEW_YEARS: 'too_few_years'>
    """
    known, years = _checked(so_far, past, block, draws, interval)
    here = known[~np.isnan(known)]
    rest = years.shape[1] - len(known)
    total, counted = float(here.sum()), len(here) + rest
    best = total / counted if counted else np.nan
    if rest == 0 or not _within(best, bound, attains=bound_attains):
        return _settled(best, total, len(here), rest, bound, attains=bound_attains, interval=interval)
    usable = _usable(years, len(known))
    if len(usable) < FEWEST_YEARS:
        return NoOutlook.TOO_FEW_YEARS
    model = _model(known, usable, prior or LevelPrior(), block)
    means = _drawn(model, np.random.default_rng(seed), draws)
    if highest is not None:
        means = np.minimum(means, highest)
    ends = (total + means * rest) / counted
    within = ends <= bound + _SLACK if bound_attains else ends < bound - _SLACK
    low, median, high = np.quantile(ends, [(1 - interval) / 2, 0.5, (1 + interval) / 2])
    return Outlook(
        chance=float(within.mean()),
        chance_analytic=_analytic(model, (bound * counted - total) / rest, highest),
        mean_low=float(low),
        mean_median=float(median),
        mean_high=float(high),
        interval=interval,
        years=len(usable),
        level=model.level,
        weight=model.weight,
        remaining=rest,
    )


def on_calendar(values: ArrayLike, common_year: bool) -> FloatArray:
    """Lay the days of a leap year on the calendar of a common one, or the reverse, by day of the year.

    Parameters
    ----------
    values : array, shape (365,) or (366,)
        Daily values of one calendar year, NaN where a day has none. [any unit]
    common_year : bool
        Whether the calendar wanted has no 29 February.

    Returns
    -------
    array, shape (365,) or (366,)
        29 February left out, or NaN where the year had none. [as `values`]

    Examples
    --------
    >>> len(on_calendar(np.zeros(366), common_year=True)), float(on_calendar(np.zeros(365), common_year=False)[59])
    (365, nan)
    """
    year = np.asarray(values, dtype=np.float64)
    if len(year) not in (365, 366):
        raise CallerError("a calendar year has 365 or 366 days, not {n}: pass a whole year", n=len(year))
    if common_year:
        return np.delete(year, _LEAP_DAY) if len(year) == 366 else year
    return np.insert(year, _LEAP_DAY, np.nan) if len(year) == 365 else year


# ---------------------------------------------------------------------------------------------- inside

_SLACK = 1e-9
_LEAP_DAY = 59


@dataclass(frozen=True, slots=True, eq=False)
class _Model:
    """What the draw needs."""

    blocks: FloatArray
    """Block means of the rest, years brought to one level, shape (n_years, n_blocks)."""
    share: FloatArray
    """Share of the rest's days in each block."""
    level: float
    weight: float
    level_variance: float
    """Of the logarithm of the level."""
    weather_variance: float
    """Of the logarithm of the rest's mean, from the blocks."""
    freedom: float


def _checked(
    so_far: ArrayLike, past: ArrayLike, block: int, draws: int, interval: float
) -> tuple[FloatArray, FloatArray]:
    known = np.asarray(so_far, dtype=np.float64)
    years = np.asarray(past, dtype=np.float64)
    if known.ndim != 1 or years.ndim != 2 or len(known) > years.shape[1]:
        raise CallerError(
            "days so far of shape {shape} and past years of shape {shape_2} do not fit: pass (n_so_far,) and "
            "(n_years, n_days) on one calendar",
            shape=known.shape,
            shape_2=years.shape,
        )
    if block < 1 or draws < 1 or not 0 < interval < 1:
        raise CallerError(
            "blocks of {block} days, {draws} draws, interval {interval}: pass at least 1, 1, and between 0 and 1",
            block=block,
            draws=draws,
            interval=interval,
        )
    for series in (known, years):
        if (series < 0).any() or np.isinf(series).any():
            raise CallerError("a daily value is negative or infinite: correct it, or pass NaN for it")
    return known, years


def _within(mean: float, bound: float, *, attains: bool) -> bool:
    return bool(mean <= bound + _SLACK) if attains else bool(mean < bound - _SLACK)


def _settled(
    best: float, total: float, days: int, rest: int, bound: float, *, attains: bool, interval: float
) -> Outcome:
    """Say what cannot change any more: the year is over, or lost."""
    if not days and not rest:
        return NoOutlook.NO_DAY
    chance = float(_within(best, bound, attains=attains))
    mean = None if rest else total / days
    return Outlook(chance, chance, mean, mean, mean, interval, 0, 1.0, 1.0, rest)


def _usable(years: FloatArray, start: int) -> FloatArray:
    """Past years that have most of their days, in the season that remains and as a whole."""
    known = ~np.isnan(years)
    enough = (known[:, start:].mean(axis=1) >= FEWEST_SHARE) & (known.mean(axis=1) >= FEWEST_SHARE)
    usable: FloatArray = years[enough]
    return usable


def _model(known: FloatArray, years: FloatArray, prior: LevelPrior, block: int) -> _Model:
    start, size = len(known), len(years)
    annual = np.nanmean(years, axis=1)
    common = float(annual.mean())
    if common == 0.0:  # nothing ever happened: nothing is drawn
        zeros = np.zeros((size, 1))
        return _Model(zeros, np.ones(1), 1.0, 0.0, 0.0, 0.0, prior.years + size - 1)
    level = np.where(annual > 0, annual, common)[:, None] / common
    even = years / level
    before, before_days = _blocks(np.where(np.isnan(known), np.nan, even[:, :start]), block)
    after, after_days = _blocks(even[:, start:], block)
    whole, whole_days = _blocks(even, block)
    log_annual = np.log(np.where(annual > 0, annual, common))
    seen = max(float(log_annual.var(ddof=1)) - _weather(whole, whole_days), 0.0)
    freedom = prior.years + size - 1
    spread = (prior.years * prior.spread**2 + (size - 1) * seen) / freedom
    weather = _weather(before, before_days) * (1 + 1 / size)
    weight = spread / (spread + weather) if start and spread > 0 else 0.0
    departure = _departure(known, years, common)
    rest_weather = _weather(after, after_days)
    return _Model(
        blocks=after,
        share=after_days / after_days.sum(),
        level=float(np.exp(weight * departure)),
        weight=weight,
        level_variance=spread * (1 - weight) + rest_weather / size,
        weather_variance=rest_weather,
        freedom=freedom,
    )


def _departure(known: FloatArray, years: FloatArray, common: float) -> float:
    """Logarithm of this year's mean so far over that of the past on the same days, with one average day added."""
    there = ~np.isnan(known)
    days = int(there.sum())
    if not days:
        return 0.0
    held = years[:, : len(known)][:, there]
    usual = float(np.nanmean(np.where(np.isnan(held).all(axis=0), common, held)))
    return float(np.log((float(known[there].sum()) + common) / (usual * days + common)))


def _blocks(days: FloatArray, block: int) -> tuple[FloatArray, FloatArray]:
    """Means of consecutive blocks per year, and their lengths; blocks without a value in any year are left out."""
    edges = np.arange(0, days.shape[1], block)
    if not len(edges):
        return np.zeros((len(days), 0)), np.zeros(0)
    known = ~np.isnan(days)
    count = np.add.reduceat(known, edges, axis=1, dtype=np.float64)
    total = np.add.reduceat(np.where(known, days, 0.0), edges, axis=1)
    means = np.divide(total, count, out=np.full_like(total, np.nan), where=count > 0)
    length = np.diff(np.append(edges, days.shape[1])).astype(np.float64)
    held = (count > 0).any(axis=0)
    return means[:, held], length[held]


def _weather(blocks: FloatArray, length: FloatArray) -> float:
    """Relative variance that weather puts on the mean of a stretch, from the scatter of its blocks among years."""
    several = (~np.isnan(blocks)).sum(axis=0) > 1
    if not several.any():
        return 0.0
    held, days = blocks[:, several], length[several]
    mean = float((np.nanmean(held, axis=0) * days).sum() / days.sum())
    if mean == 0.0:
        return 0.0
    variance = float((np.nanvar(held, axis=0, ddof=1) * (days / days.sum()) ** 2).sum())
    return variance / mean**2


def _drawn(model: _Model, random: np.random.Generator, draws: int) -> FloatArray:
    """Means of the rest, one per drawn year."""
    size, count = model.blocks.shape
    keys = random.random((draws, size, count))
    keys[:, np.isnan(model.blocks)] = -1.0
    chosen: NDArray[np.intp] = keys.argmax(axis=1)
    means = (model.blocks[chosen, np.arange(count)] * model.share).sum(axis=1)
    moves = random.standard_t(model.freedom, draws) * np.sqrt(model.level_variance)
    return np.asarray(means * model.level * np.exp(moves))


def _analytic(model: _Model, rest_bound: float, highest: float | None) -> float:
    """Chance that the rest's mean stays within its bound, by Student's t on its logarithm."""
    usual = float((np.nanmean(model.blocks, axis=0) * model.share).sum()) * model.level
    if highest is not None and rest_bound >= highest:
        return 1.0
    variance = model.level_variance + model.weather_variance
    if variance == 0.0 or usual == 0.0:
        return float(usual <= rest_bound + _SLACK)
    if rest_bound <= 0.0:
        return 0.0
    return float(stats.t.cdf((np.log(rest_bound) - np.log(usual)) / np.sqrt(variance), model.freedom))

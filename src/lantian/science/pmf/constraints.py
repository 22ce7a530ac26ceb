"""What a person knows of the factors, put into the fit; rotation by Fpeak (约束与旋转)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from lantian.science.pmf.data import Dataset
from lantian.science.pmf.displacing import frozen_weights
from lantian.science.pmf.fitting import STOP, TIGHT, Batch, Fit, Freedom, batch_of, fit, fit_of, unit_mean
from lantian.terms.errors import CallerError
from lantian.terms.types import FloatArray

ConstraintKind = Literal["fix", "up", "down", "to", "ratio"]

_FPEAK_SHARE = 0.1
"""Share of Q that the penalty of a rotation of strength 1 comes to."""
_NARROW = 14
"""Steps of the search for the strength that spends the budget."""
_WEAKEST, _STRONGEST = -4.0, 4.0
"""Powers of ten between which the strength is sought."""


@dataclass(frozen=True, slots=True)
class Constraint:
    """One thing that a factor must do, or is drawn to do as far as the budget of Q goes."""

    kind: ConstraintKind
    """fix: has this value. up, down: as far as the budget goes. to: towards a value. ratio: towards a ratio of two
    species."""
    factor: int
    """Place in the fit, from 0."""
    species: str | None = None
    """Element of the profile; for a ratio the species above the line."""
    sample: int | None = None
    """Instead of a species: element of the contributions, from 0."""
    value: float = 0.0
    """Of fix and to: mean contribution to the species, or contribution to the sample; of ratio: the ratio."""
    other: str | None = None
    """Of a ratio: the species below the line."""
    budget: float = 0.0
    """Share of Q that this may cost; a fixed element costs what it costs. [1]"""


@dataclass(frozen=True, slots=True)
class Constrained:
    """A fit under constraints beside the base run."""

    fit: Fit
    dq: float
    """Rise of Q above the base run, with its weights."""
    dq_share: float
    """The same as a share of Q. [1]"""
    budget: float
    """What the constraints together might cost. [1]"""
    strength: float
    """How hard the constraints pull that only draw; 0 where even the gentlest costs too much."""
    reached: tuple[float, ...]
    """Value, or ratio, that each constraint came to."""


def constrained(base: Fit, constraints: Sequence[Constraint], *, robust: bool = True) -> Constrained:
    """Fit anew under constraints, spending no more of Q than they may (约束运行).

    All pulls share one strength, weighed by each one's budget and by how stiff its element is; the greatest
    strength is taken with which Q rises by no more than the budgets together. The mean contributions stay 1, so
    that an element means the same before and after.

    Parameters
    ----------
    base : Fit
        The base run.
    constraints : sequence of Constraint
        One at least.
    robust : bool
        As the base run was made.

    Raises
    ------
    CallerError
        For a factor, species or sample that is not there, or a pull without budget.
    """
    if not constraints:
        raise CallerError("no constraint was given, so there is nothing to fit anew; name one")
    weights = frozen_weights(base, robust=robust)
    for one in constraints:
        _check(base, one)
    pull = _Pulls(base, tuple(constraints), weights)
    budget = sum(one.budget for one in constraints)
    start = _q(base.data, batch_of(base), weights)
    drawn = any(one.kind != "fix" for one in constraints)
    strength, batch = _spend(pull.fitted, start * (1 + budget)) if drawn else (0.0, pull.fitted(0.0))
    made = fit_of(base.data, batch, 0, base.robust_limit)
    dq = float(batch.q[0]) - start
    reached = tuple(_reached(made, one) for one in constraints)
    return Constrained(made, dq, dq / start if start > 0 else 0.0, budget, strength, reached)


def _q(data: Dataset, batch: Batch, weights: FloatArray) -> float:
    return float(((data.values - batch.scores[0].T @ batch.loads[0]) ** 2 * weights).sum())


def _check(base: Fit, one: Constraint) -> None:
    """Refuse a constraint that names nothing, or would do nothing."""
    names = [name for name in (one.species, one.other) if name is not None]
    if strange := [name for name in names if name not in base.data.species]:
        raise CallerError(
            "{strange} is no species of the fit, which has {species}",
            strange=", ".join(strange),
            species=", ".join(base.data.species),
        )
    if not 0 <= one.factor < base.factors:
        raise CallerError(
            "factor {factor} is not there: the fit has {factors}", factor=one.factor + 1, factors=base.factors
        )
    if (one.species is None) == (one.sample is None) or (one.kind == "ratio") != (one.other is not None):
        raise CallerError("a constraint names one species or one sample, and a ratio, and only it, two species")
    if one.sample is not None and not 0 <= one.sample < base.data.size[0]:
        raise CallerError(
            "sample {sample} is not there: the fit has {samples}", sample=one.sample + 1, samples=base.data.size[0]
        )
    if one.kind != "fix" and one.budget <= 0:
        raise CallerError("a pull without a budget moves nothing; say which share of Q it may cost, such as 0.01")
    if one.value < 0:
        raise CallerError("the value {value} lies below zero, and nothing here may", value=one.value)


class _Pulls:
    """Constraints as bounds, springs and pushes of a given strength."""

    def __init__(self, base: Fit, constraints: tuple[Constraint, ...], weights: FloatArray) -> None:
        self.base, self.constraints, self.weights = base, constraints, weights
        self.curve_loads = (base.contributions.T**2) @ weights
        self.curve_scores = (base.profiles**2) @ weights.T

    def fitted(self, strength: float) -> Batch:
        """Fit with pulls of a strength, from the base run."""
        batch = batch_of(self.base)
        freedom = self._freedom(strength, batch)
        return fit(self.base.data, batch, freedom, weights=self.weights, stop=TIGHT)

    def _freedom(self, strength: float, batch: Batch) -> Freedom:
        free = Freedom.of(*self.base.data.size, self.base.factors, held=True)
        ties = []
        for one in self.constraints:
            a, j = one.factor, -1 if one.species is None else self.base.data.species.index(one.species)
            side, curve, values, at = (
                (free.loads, self.curve_loads, batch.loads, (a, j))
                if one.sample is None
                else (free.scores, self.curve_scores, batch.scores, (a, one.sample))
            )
            stiff = max(float(curve[at]), 1e-300)
            if one.kind == "fix":
                side[0, 0][at] = side[1, 0][at] = values[0][at] = one.value
            elif one.kind in ("up", "down"):
                push = strength * np.sqrt(one.budget * stiff * max(self.base.q_true, 1.0))
                side[3, 0][at] += push if one.kind == "up" else -push
            elif one.kind == "to":
                side[2, 0][at] += strength * stiff
                side[3, 0][at] += strength * stiff * one.value
            elif one.other is not None and strength > 0:
                ties.append([a, j, self.base.data.species.index(one.other), one.value, strength * stiff])
        return Freedom(free.scores, free.loads, free.held, np.array(ties).reshape(-1, 5))


def _spend(fitted: Callable[[float], Batch], most: float) -> tuple[float, Batch]:
    """Find the greatest strength whose Q stays within what may be spent."""
    low, high = _WEAKEST, _STRONGEST
    strongest = fitted(10.0**high)
    if strongest.q[0] <= most:
        return 10.0**high, strongest
    best = (0.0, fitted(0.0))
    for _ in range(_NARROW):
        middle = 0.5 * (low + high)
        batch = fitted(10.0**middle)
        if batch.q[0] <= most:
            low, best = middle, (10.0**middle, batch)
        else:
            high = middle
    return best


def _reached(made: Fit, one: Constraint) -> float:
    if one.species is None:
        return float(made.contributions[one.sample or 0, one.factor])
    value = float(made.profiles[one.factor, made.data.species.index(one.species)])
    if one.other is None:
        return value
    below = float(made.profiles[one.factor, made.data.species.index(one.other)])
    return value / below if below > 0 else float("inf")


def _overlap(side: FloatArray, weight: FloatArray) -> float:
    """Weighted sum of the products of all pairs of two different factors."""
    return float(((side.sum(axis=0) ** 2 - (side**2).sum(axis=0)) * weight).sum())


@dataclass(frozen=True, slots=True)
class Rotated:
    """A fit that was turned by Fpeak."""

    strength: float
    fit: Fit
    dq: float
    """Rise of Q above the base run, with its weights."""
    dq_share: float
    """The same as a share of Q. [1]"""


def rotated(base: Fit, strengths: Sequence[float], *, robust: bool = True) -> tuple[Rotated, ...]:
    """Turn a fit: above zero towards profiles that share less, below towards contributions that do (Fpeak旋转).

    The rotation is a penalty on what two profiles, or two contributions, have in common; for the base run a
    strength of 1 makes it a tenth of Q, so that a turn never costs more than that. It does what the Fpeak of EPA
    PMF does, by a definition of our own: the closed engine's strength of 0.5 need not be ours. What counts is
    the rise of Q that a turn costs, which is given.

    Parameters
    ----------
    base : Fit
        The base run.
    strengths : sequence of float
        Such as −1, −0.5, 0.5, 1. [1]
    robust : bool
        As the base run was made.

    References
    ----------
    Paatero, Hopke, Song and Ramadan 2002 (Chemom. Intell. Lab. Syst. 60:253) for what a rotation is.
    """
    data, weights = base.data, frozen_weights(base, robust=robust)
    samples, species = data.size
    start = _q(data, batch_of(base), weights)
    per_sample = (weights * data.values.mean(axis=0) ** 2).sum(axis=1)
    per_species = weights.sum(axis=0)
    dear_scores = _FPEAK_SHARE * start / max(_overlap(base.contributions.T, per_sample), 1e-300)
    dear_loads = _FPEAK_SHARE * start / max(_overlap(base.profiles, per_species), 1e-300)
    found = []
    for strength in strengths:
        leans = (
            max(-strength, 0.0) * dear_scores * per_sample,
            max(strength, 0.0) * dear_loads * per_species,
        )
        free = Freedom.of(samples, species, base.factors, held=True)
        turned = Freedom(free.scores, free.loads, free.held, leans=leans)
        batch = unit_mean(fit(data, batch_of(base), turned, weights=weights, stop=STOP / 100))
        dq = float(batch.q[0]) - start
        found.append(
            Rotated(strength, fit_of(data, batch, 0, base.robust_limit), dq, dq / start if start > 0 else 0.0)
        )
    return tuple(found)

"""Which hours or days exceed a limit, and what share of a month lies within (超标判定、达标率).

The basis is the valid converted hourly mean, for waste incineration the daily mean. An hour that is not valid, or
that an accepted mark leaves out, is no exceedance and is not within the limit either. Every exceedance found here
is a lead: a person confirms it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import IntEnum
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from lantian.rules.edition import Confidence
from lantian.rules.source_records import EmissionLimits, FurnaceRule
from lantian.science.emission.quantities import BoolArray, Celsius, MilligramsPerM3, numbers
from lantian.science.rounding import round_half_even
from lantian.terms.errors import CallerError
from lantian.terms.types import FloatArray, IntArray

_NOISE_PLACES = 9
"""Decimals beyond which a difference is the dust of binary arithmetic."""


class Verdict(IntEnum):
    """What is said of one hour or day."""

    WITHIN = 0
    EXCEEDS = 1
    EXCLUDED = 2
    """An accepted mark leaves it out."""
    INVALID = 3
    """No valid mean."""
    STOPPED = 4
    """The source stood."""
    NO_LIMIT = 5
    """Neither the permit nor the rule has a limit."""


@dataclass(frozen=True, slots=True)
class OutletLimit:
    """The limit that judges one factor of one outlet."""

    factor: str
    value: Decimal
    """[mg/m³]"""
    period: Literal["hour", "day"]
    basis: str
    """Id of the rule edition, or ``permit``."""
    confidence: Confidence


def limit_of(
    factor: str, rule: EmissionLimits, *, permit: Mapping[str, Decimal] | None = None
) -> OutletLimit | None:
    """Return the limit that judges a factor of an outlet: the permit's, else the rule's (许可限值优先).

    Parameters
    ----------
    factor : str
        HJ 212 code.
    rule : EmissionLimits
        Of the outlet's kind on that day.
    permit : mapping of str to Decimal, optional
        Factor → permitted concentration of the period that the rule judges by. [mg m-3]

    Returns
    -------
    OutletLimit or None
        None where nobody laid one down.

    Raises
    ------
    CallerError
        If the permitted concentration is not positive.

    Examples
    --------
    >>> from datetime import date
    >>> from lantian.rules import Choice, Rulebook
    >>> choice = Choice(variants={"emission_limits": "cement_kiln"})
    >>> rule = Rulebook.packaged().edition(EmissionLimits, "emission_limits", date(2024, 6, 1), choice)
    >>> limit_of("a21002", rule).value, limit_of("a21002", rule, permit={"a21002": Decimal("40")}).basis
    (Decimal('50'), 'permit')
    """
    if permit is not None and factor in permit:
        if not permit[factor] > 0:
            raise CallerError(
                "the permit allows {value} mg/m³ of {factor}: a limit must be positive, else every hour exceeds "
                "it; leave the factor out where the permit names none",
                value=permit[factor],
                factor=factor,
            )
        return OutletLimit(factor, permit[factor], rule.judged_by, "permit", Confidence.A)
    row = rule.limit(factor)
    value = None if row is None else getattr(row, rule.judged_by)
    if row is None or value is None:
        return None
    return OutletLimit(factor, value, rule.judged_by, rule.id, row.confidence or rule.confidence_of("limits"))


@dataclass(frozen=True, slots=True)
class Judged:
    """Verdicts of consecutive hours or days."""

    verdicts: NDArray[np.uint8]
    """`Verdict` of each."""
    multiple: FloatArray
    """Value over limit of those that were judged; NaN elsewhere [1]."""

    def count(self, verdict: Verdict) -> int:
        """Return how many have one verdict."""
        return int((self.verdicts == verdict).sum())


def judge(
    converted: MilligramsPerM3,
    limit: OutletLimit | None,
    *,
    valid: BoolArray | None = None,
    excluded: BoolArray | None = None,
    stopped: BoolArray | None = None,
    decimals: int | None = None,
) -> Judged:
    """Compare converted means with a limit (小时、日均折算浓度超标判定).

    Parameters
    ----------
    converted : array
        Valid converted means of the limit's period, NaN where there is none. [mg m-3]
    limit : OutletLimit or None
        See `limit_of`; without one nothing is judged.
    valid : array of bool, optional
        Which means are valid; all that are not NaN if left out.
    excluded : array of bool, optional
        Hours that accepted marks leave out.
    stopped : array of bool, optional
        Hours in which the source stood.
    decimals : int, optional
        Decimals to round to before comparing, half to even; the whole value is compared if left out.

    Returns
    -------
    Judged

    Examples
    --------
    >>> limit = OutletLimit("a21026", Decimal("35"), "hour", "permit", Confidence.A)
    >>> found = judge(np.array([35.0, 35.1, 90.0, np.nan]), limit, excluded=np.array([False, False, True, False]))
    >>> [Verdict(verdict).name for verdict in found.verdicts.tolist()]
    ['WITHIN', 'EXCEEDS', 'EXCLUDED', 'INVALID']
    """
    given = numbers(converted)
    shape = given.shape
    good = ~np.isnan(given) & (True if valid is None else np.asarray(valid, dtype=bool))
    out = np.zeros(shape, dtype=bool) if excluded is None else np.asarray(excluded, dtype=bool)
    stands = np.zeros(shape, dtype=bool) if stopped is None else np.asarray(stopped, dtype=bool)
    if limit is None:
        verdicts = np.where(stands, Verdict.STOPPED, np.where(out, Verdict.EXCLUDED, Verdict.NO_LIMIT))
        return Judged(np.where(good | out | stands, verdicts, Verdict.INVALID).astype(np.uint8), given * np.nan)
    compared = np.asarray(round_half_even(given, _NOISE_PLACES if decimals is None else decimals))
    above = compared > float(limit.value)
    verdicts = np.select(
        [stands, out, ~good, above],
        [Verdict.STOPPED, Verdict.EXCLUDED, Verdict.INVALID, Verdict.EXCEEDS],
        Verdict.WITHIN,
    )
    judged = good & ~out & ~stands
    return Judged(verdicts.astype(np.uint8), np.where(judged, given / float(limit.value), np.nan))


@dataclass(frozen=True, slots=True)
class MonthShare:
    """Share of a month's hours within all limits, with the counts behind it (小时达标率)."""

    production_hours: int
    """Hours in which the source did not stand [h]."""
    judged_hours: int
    """Hours with a verdict for every factor that has a limit [h]."""
    within_hours: int
    """Hours in which no factor exceeds [h]."""
    exceeding_hours: int
    """Hours in which any factor exceeds [h]."""
    share: float
    """Of the hours that the rule names; NaN without any [1]."""
    required: float | None
    """None where the rule lays down no share [1]."""

    @property
    def attained(self) -> bool | None:
        """Whether the month is attained; None where nothing is laid down or nothing can be said."""
        if self.required is None or np.isnan(self.share):
            return None
        return self.share >= self.required


def month_share(verdicts: NDArray[np.uint8], rule: EmissionLimits) -> MonthShare:
    """Count a month's hours within all limits (每月至少95%以上时段小时均值达标).

    Parameters
    ----------
    verdicts : array, shape (n_factors, n_hours)
        `Verdict` of each factor and hour of the month.
    rule : EmissionLimits
        Required share, and of which hours it is taken.

    Returns
    -------
    MonthShare

    Examples
    --------
    >>> from datetime import date
    >>> from lantian.rules import Choice, Rulebook
    >>> choice = Choice(variants={"emission_limits": "steel_sinter_head"})
    >>> rule = Rulebook.packaged().edition(EmissionLimits, "emission_limits", date(2024, 6, 1), choice)
    >>> hours = np.array([[Verdict.WITHIN] * 95 + [Verdict.EXCEEDS] * 5], dtype=np.uint8)
    >>> month_share(hours, rule).attained
    True
    """
    given = np.atleast_2d(verdicts)
    with_limit = given[~(given == Verdict.NO_LIMIT).any(axis=1)]
    produced = ~(given == Verdict.STOPPED).any(axis=0)
    exceeds = (with_limit == Verdict.EXCEEDS).any(axis=0) & produced
    within = (with_limit == Verdict.WITHIN).all(axis=0) & produced if len(with_limit) else np.zeros_like(produced)
    judged = exceeds | within
    of = int((produced if rule.month_share_of == "production_hours" else judged).sum())
    return MonthShare(
        production_hours=int(produced.sum()),
        judged_hours=int(judged.sum()),
        within_hours=int(within.sum()),
        exceeding_hours=int(exceeds.sum()),
        share=int(within.sum()) / of if of and len(with_limit) else np.nan,
        required=None if rule.month_share is None else float(rule.month_share),
    )


@dataclass(frozen=True, slots=True)
class FurnaceDays:
    """Days of a waste incinerator's furnace (炉膛温度)."""

    too_cold: IntArray
    """Means below the lowest temperature, excluded ones left out."""
    missing: IntArray
    """Means that did not come, excluded ones left out."""
    violation: BoolArray
    """Whether a day has more cold means than the rule allows."""


def furnace_days(temperature: Celsius, rule: FurnaceRule, *, excluded: BoolArray | None = None) -> FurnaceDays:
    """Count the means of each day in which the furnace was too cold (炉膛温度5分钟均值低于850℃).

    Parameters
    ----------
    temperature : array, shape (n_days, n_means)
        Consecutive means of the rule's length, NaN where missing. [degC]
    rule : FurnaceRule
        Lowest temperature and how often it may be missed.
    excluded : array of bool, shape (n_days, n_means), optional
        Means under an excluding mark.

    Returns
    -------
    FurnaceDays

    Raises
    ------
    CallerError
        If a day does not have as many means as the rule's length makes.

    References
    ----------
    Order 10 of the ministry; the numbers are from memory (confidence C).

    Examples
    --------
    >>> rule = FurnaceRule(lowest=850, mean_minutes=5, allowed_per_day=5)
    >>> days = np.full((2, 288), 900.0)
    >>> days[0, :5], days[1, :6] = 849.9, 849.9
    >>> furnace_days(days, rule).violation
    array([False,  True])
    """
    given = numbers(temperature)
    wanted = 24 * 60 // rule.mean_minutes
    if given.ndim < 1 or given.shape[-1] != wanted:
        raise CallerError(
            "a day of {minutes}-minute means has {wanted} of them, not {given}; put NaN where one is missing",
            minutes=rule.mean_minutes,
            wanted=wanted,
            given=given.shape[-1] if given.ndim else 0,
        )
    counted = np.ones(given.shape, dtype=bool) if excluded is None else ~np.asarray(excluded, dtype=bool)
    cold = ((given < float(rule.lowest)) & counted).sum(axis=-1)
    return FurnaceDays(
        too_cold=np.asarray(cold, dtype=np.int64),
        missing=np.asarray((np.isnan(given) & counted).sum(axis=-1), dtype=np.int64),
        violation=np.asarray(cold > rule.allowed_per_day),
    )

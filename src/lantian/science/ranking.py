"""Who ranks where: the composite index, equal ranks, change on a base period, and the lists that a rule publishes.

All arithmetic is on whole numbers, so that two places with the same published figure always share a rank.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from fractions import Fraction
from math import lcm
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from lantian.rules.records import CompositeRule, RankingList, RankingRule
from lantian.science.rounding import half_even_ratio, units
from lantian.science.statistics.counts import DayCounts
from lantian.science.statistics.period import PeriodStatistics
from lantian.terms.errors import CallerError
from lantian.terms.pollutants import BASIC
from lantian.terms.types import Concentration, FloatArray, IntArray

_PLACES = 4
"""Decimals of a published figure that are looked at; no rule publishes more than three."""
CHANGE = "change:"
"""Prefix of a metric that is the change of another one."""
HIGHER_IS_BETTER = frozenset({"good_day_ratio", "good_days"})
"""Metrics whose rise is an improvement; a fall of every other one is."""
CHANGE_IN_POINTS = frozenset({"good_day_ratio", "heavy_day_ratio", "good_days", "heavy_days"})
"""Metrics whose change is a difference, in percentage points or days; that of every other one is in percent."""


class CompositeReason(IntEnum):
    """Why there is a composite index or none."""

    VALID = 0
    NO_DATA = 1
    """Not one pollutant has a figure."""
    MISSING_POLLUTANT = 2
    """The rule wants all six and one is missing: no index."""
    PARTIAL = 3
    """A sum of fewer than six: good for an order among the like, but never to be called composite index."""


@dataclass(frozen=True, slots=True, eq=False)
class CompositeIndex:
    """Composite index of every subject; arrays have shape (…,) unless said otherwise."""

    rule: str
    """Id of the composite rule; its name belongs on every table."""
    index: FloatArray
    """The sum as published; NaN where `reason` refuses it [1]."""
    each: FloatArray
    """I_i of the pollutants, shape (…, 6), rounded if the rule rounds them; NaN where missing [1]."""
    primary: NDArray[np.uint8]
    """Pollutants with the largest I_i, one bit each in the order of `BASIC`; 0 without an index."""
    missing: NDArray[np.uint8]
    """Pollutants without a figure, likewise."""
    reason: NDArray[np.int8]
    """`CompositeReason`."""


def composite_index(headline: Concentration, rule: CompositeRule) -> CompositeIndex:
    """Sum of the six published figures over their limits (环境空气质量综合指数).

    Parameters
    ----------
    headline : array, shape (..., 6)
        Published period figures, already rounded: means of SO2, NO2, PM10, PM2.5, P95 of CO, P90 of O3, columns as
        in `BASIC`, NaN where missing. `PeriodStatistics.headline` is this array. [ug m-3, CO mg m-3]
    rule : CompositeRule
        Limits, weights and decimals.

    Returns
    -------
    CompositeIndex
        Index, its terms, and the leading pollutants of the period.

    References
    ----------
    Rule ``composite_index``. Each term is rounded half to even first and the rounded terms are added; a negative
    number of decimals leaves the terms exact. The leading pollutant is that of the largest term before weights.

    Examples
    --------
    >>> from datetime import date
    >>> from lantian.rules import Rulebook
    >>> guangzhou = composite_index(
    ...     np.array([6, 31, 0.8, 117, 48, 30]), Rulebook.packaged().composite(date(2022, 12, 31)))
    >>> guangzhou.each.tolist(), float(guangzhou.index)
    ([0.1, 0.78, 0.2, 0.73, 0.69, 0.86], 3.36)
    """
    values = np.asarray(headline, dtype=np.float64)
    if values.shape[-1:] != (len(BASIC),):
        raise CallerError(
            "figures have shape {shape}: the last axis must be the {n_BASIC} basic pollutants",
            shape=values.shape,
            n_BASIC=len(BASIC),
        )
    known = ~np.isnan(values)
    whole = np.where(known, units(np.where(known, values, 0.0), _PLACES), 0.0).astype(np.int64)
    limits = [Fraction(rule.limits[pollutant]) for pollutant in BASIC]
    weights = [Fraction(rule.weights[pollutant]) for pollutant in BASIC]
    over = lcm(*(limit.numerator for limit in limits))
    terms = whole * np.array([limit.denominator * over // limit.numerator for limit in limits])
    per_one = over * 10**_PLACES
    if rule.decimals_each >= 0:
        terms = half_even_ratio(terms * 10**rule.decimals_each, per_one)
        per_one = 10**rule.decimals_each
    parts = lcm(*(weight.denominator for weight in weights))
    total = (terms * np.array([int(weight * parts) for weight in weights])).sum(axis=-1)
    index = half_even_ratio(total * 10**rule.decimals_sum, per_one * parts) / 10.0**rule.decimals_sum
    count = known.sum(axis=-1)
    short = CompositeReason.MISSING_POLLUTANT if rule.require_all else CompositeReason.PARTIAL
    reason = np.where(count < len(BASIC), short, CompositeReason.VALID)
    reason = np.where(count == 0, CompositeReason.NO_DATA, reason).astype(np.int8)
    refused = np.isin(reason, [CompositeReason.NO_DATA, CompositeReason.MISSING_POLLUTANT])
    ranked = np.where(known, terms, -1)
    largest = known & (ranked == ranked.max(axis=-1, keepdims=True)) & ~refused[..., None]
    return CompositeIndex(
        rule=rule.id,
        index=np.where(refused, np.nan, index),
        each=np.where(known, terms / float(per_one), np.nan),
        primary=_bits(largest),
        missing=_bits(~known),
        reason=reason,
    )


def change_rate(now: FloatArray, base: FloatArray, decimals: int) -> FloatArray:
    """Change on a base period in percent; negative is an improvement of an index or a concentration (同比变化率).

    Parameters
    ----------
    now, base : array, same shape
        Published figures of the period and of its base, NaN where missing. [any one unit]
    decimals : int
        Decimals of the rate. [1]

    Returns
    -------
    array, same shape
        Rounded once, half to even; NaN where a figure is missing or the base is not positive. [%]

    Examples
    --------
    >>> change_rate(np.array([4.03, 4.0]), np.array([4.16, np.nan]), 1)
    array([-3.1,  nan])
    """
    known = ~np.isnan(now) & ~np.isnan(base) & (base > 0)
    after = units(np.where(known, now, 0.0), _PLACES).astype(np.int64)
    before = units(np.where(known, base, 1.0), _PLACES).astype(np.int64)
    known &= before > 0
    rate = half_even_ratio((after - before) * 100 * 10**decimals, np.maximum(before, 1))
    return np.where(known, rate / 10.0**decimals, np.nan)


def change_in_points(now: FloatArray, base: FloatArray, decimals: int) -> FloatArray:
    """Difference on a base period, for ratios in percentage points and for days (同比变化百分点).

    Parameters
    ----------
    now, base : array, same shape
        Published figures, NaN where missing. [% or d]
    decimals : int
        Decimals of the difference. [1]

    Returns
    -------
    array, same shape
        Rounded half to even. [percentage points or d]

    Examples
    --------
    >>> change_in_points(np.array([96.8]), np.array([90.3]), 1)
    array([6.5])
    """
    known = ~np.isnan(now) & ~np.isnan(base)
    after = units(np.where(known, now, 0.0), _PLACES).astype(np.int64)
    before = units(np.where(known, base, 0.0), _PLACES).astype(np.int64)
    points = half_even_ratio((after - before) * 10**decimals, 10**_PLACES)
    return np.where(known, points / 10.0**decimals, np.nan)


def ranks(
    values: FloatArray,
    direction: Literal["ascending", "descending"] = "ascending",
    ties: Sequence[tuple[FloatArray, Literal["ascending", "descending"]]] = (),
    tie_style: Literal["1-1-3", "1-1-2"] = "1-1-3",
) -> IntArray:
    """Rank of each value; equal ones share a rank (并列排名).

    Parameters
    ----------
    values : array, shape (n,)
        Published figures; NaN is not ranked. [any unit]
    direction : {"ascending", "descending"}
        Which end is rank 1.
    ties : sequence of (array, direction)
        Further figures that part equals, in order; NaN comes last among equals.
    tie_style : {"1-1-3", "1-1-2"}
        Whether shared ranks use up the following ones.

    Returns
    -------
    array of int, shape (n,)
        From 1; 0 where there is no value.

    Examples
    --------
    >>> ranks(np.array([3.36, 1.73, 3.36, np.nan, 4.02]))
    array([2, 1, 2, 0, 4])
    >>> ranks(np.array([3.36, 1.73, 3.36, np.nan, 4.02]), tie_style="1-1-2")
    array([2, 1, 2, 0, 3])
    """
    present = np.flatnonzero(~np.isnan(values))
    result: IntArray = np.zeros(len(values), dtype=np.int64)
    if not len(present):
        return result
    columns = [(values, direction), *ties]
    keys = [np.where(np.isnan(v), np.inf, v if d == "ascending" else -v)[present] for v, d in columns]
    order = np.lexsort(keys[::-1])
    ordered = np.stack([key[order] for key in keys])
    fresh = np.concatenate([[True], (ordered[:, 1:] != ordered[:, :-1]).any(axis=0)])
    place = np.arange(1, len(order) + 1)
    if tie_style == "1-1-3":
        result[present[order]] = np.maximum.accumulate(np.where(fresh, place, 0))
    else:
        result[present[order]] = np.cumsum(fresh)
    return result


class RankReason(IntEnum):
    """Why a place has a rank in a list or none."""

    RANKED = 0
    NO_VALUE = 1
    """The period has no lawful figure."""
    NO_BASE = 2
    """The base period has none, so that there is no change."""
    EXEMPT = 3
    """All six pollutants meet the limits: not put on a deteriorated list."""


@dataclass(frozen=True, slots=True, eq=False)
class RankedList:
    """One list of one group; arrays follow `members`."""

    list: RankingList
    group: str
    rule: str
    """Id of the ranking rule."""
    members: IntArray
    """Place of each member in the arrays that came in."""
    value: FloatArray
    """The figure that is ordered; a change in percent or in points."""
    rank: IntArray
    """From 1; 0 where not ranked."""
    reason: NDArray[np.int8]
    """`RankReason`."""
    order: IntArray
    """Members in the order of print: by rank, the unranked last."""


def metrics_of(
    statistics: PeriodStatistics, composite: CompositeIndex, counts: DayCounts | None = None
) -> dict[str, FloatArray]:
    """Name the figures of a period as ranking lists call them.

    Parameters
    ----------
    statistics : PeriodStatistics
        Of subjects on one axis.
    composite : CompositeIndex
        Of the same subjects; a partial sum is left out of the composite index.
    counts : DayCounts, optional
        Of the same subjects.

    Returns
    -------
    dict of str to array, shape (n_subjects,)
        ``composite_index``, the six pollutants, and with `counts` ``good_day_ratio``, ``heavy_day_ratio``,
        ``good_days`` and ``heavy_days``.

    Examples
    --------
    >>> from datetime import date
    >>> from lantian.rules import Rulebook
    >>> from lantian.science.statistics.period import period_statistics
    >>> from lantian.terms.periods import Period, PeriodKind
    >>> law, may = Rulebook.packaged(), Period.containing(PeriodKind.MONTH, date(2027, 5, 1))
    >>> days = np.tile([6, 31, 0.8, 117, 48, 30], (1, 31, 1))
    >>> figures = period_statistics(days, may.first, may, law.evaluation(may.last))
    >>> found = metrics_of(figures, composite_index(figures.headline, law.composite(may.last)))
    >>> found["composite_index"], found["pm25"]
    (array([3.61]), array([30.]))
    """
    found = {"composite_index": np.where(composite.reason == CompositeReason.VALID, composite.index, np.nan)}
    headline = statistics.headline
    found |= {pollutant.value: headline[..., place] for place, pollutant in enumerate(BASIC)}
    if counts is not None:
        found |= {"good_day_ratio": counts.ratio("good"), "heavy_day_ratio": counts.ratio("heavy")}
        found |= {"good_days": counts.good.astype(np.float64), "heavy_days": counts.heavy.astype(np.float64)}
    return found


def rank_lists(
    metrics: Mapping[str, FloatArray],
    rule: RankingRule,
    *,
    base: Mapping[str, FloatArray] | None = None,
    attaining: NDArray[np.bool_] | None = None,
    groups: Sequence[str] | None = None,
) -> tuple[RankedList, ...]:
    """Make every list of a ranking rule, one per group (分组排名).

    Parameters
    ----------
    metrics : mapping of str to array, shape (n_subjects,)
        Published figures of the period, see `metrics_of`. [as named]
    rule : RankingRule
        Lists, tie style and exemption.
    base : mapping, optional
        The same figures of the base period; without it nobody is ranked by change.
    attaining : array of bool, shape (n_subjects,), optional
        Whose six pollutants all meet the limits; needed where the rule exempts them.
    groups : sequence of str, optional
        Group of each subject, for instance districts and counties; one group if left out.

    Returns
    -------
    tuple of RankedList
        Lists in the order of the rule, groups in order of appearance.

    Raises
    ------
    CallerError
        A list orders a metric that was not passed.

    Examples
    --------
    >>> from datetime import date
    >>> from lantian.rules import Choice, Rulebook
    >>> rule = Rulebook.packaged().ranking(date(2027, 5, 31), Choice(variants={"ranking": "guangdong_counties"}))
    >>> figures = {"good_day_ratio": np.array([90.3, 96.8, 96.8]), "pm25": np.array([21.0, 24.0, 19.5])}
    >>> [one] = rank_lists(figures, rule)
    >>> one.list.key, one.rank.tolist(), one.order.tolist()
    ('good_day_ratio', [3, 2, 1], [2, 1, 0])
    """
    size = len(next(iter(metrics.values()), np.zeros(0)))
    names = list(groups) if groups is not None else [""] * size
    if len(names) != size:
        raise CallerError(
            "{n_names} groups for {size} subjects: name the group of each",
            n_names=len(names),
            size=size,
        )
    lists: list[RankedList] = []
    for entry in rule.lists:
        value, reason = _listed(entry, metrics, base, attaining, rule)
        keys: list[tuple[FloatArray, Literal["ascending", "descending"]]] = []
        for tie in entry.ties:
            figure = _figure(tie.removeprefix("-"), metrics, base, rule)
            keys.append((figure, "descending" if tie.startswith("-") else "ascending"))
        ordered = np.where(reason == RankReason.RANKED, value, np.nan)
        for group in dict.fromkeys(names):
            members = np.array([place for place, name in enumerate(names) if name == group], dtype=np.int64)
            own = [(figure[members], way) for figure, way in keys]
            rank = ranks(ordered[members], entry.direction, own, rule.tie_style)
            order = np.lexsort((members, np.where(rank == 0, len(members) + 1, rank)))
            lists.append(
                RankedList(entry, group, rule.id, members, value[members], rank, reason[members], members[order])
            )
    return tuple(lists)


# ---------------------------------------------------------------------------------------------- inside


def _bits(mask: NDArray[np.bool_]) -> NDArray[np.uint8]:
    powers = (1 << np.arange(len(BASIC))).astype(np.uint8)
    return np.asarray((mask * powers).sum(axis=-1), dtype=np.uint8)


def _figure(
    metric: str, metrics: Mapping[str, FloatArray], base: Mapping[str, FloatArray] | None, rule: RankingRule
) -> FloatArray:
    name = metric.removeprefix(CHANGE)
    if name not in metrics:
        raise CallerError(
            "{id} orders by {metric}, the figures hold only {metrics}: pass {name} too",
            id=rule.id,
            metric=metric,
            metrics=", ".join(sorted(metrics)),
            name=name,
        )
    if not metric.startswith(CHANGE):
        return metrics[name]
    if base is None or name not in base:
        return np.full_like(metrics[name], np.nan)
    change = change_in_points if name in CHANGE_IN_POINTS else change_rate
    return change(metrics[name], base[name], rule.decimals_change)


def _listed(
    entry: RankingList,
    metrics: Mapping[str, FloatArray],
    base: Mapping[str, FloatArray] | None,
    attaining: NDArray[np.bool_] | None,
    rule: RankingRule,
) -> tuple[FloatArray, NDArray[np.int8]]:
    """Figures of a list and why each is or is not ranked."""
    value = _figure(entry.metric, metrics, base, rule)
    name = entry.metric.removeprefix(CHANGE)
    lacking = np.where(np.isnan(metrics[name]), RankReason.NO_VALUE, RankReason.NO_BASE)
    reason = np.where(np.isnan(value), lacking, RankReason.RANKED)
    worst_first = entry.direction == ("ascending" if name in HIGHER_IS_BETTER else "descending")
    if entry.metric.startswith(CHANGE) and worst_first and rule.exempt_deteriorated_if_attaining:
        if attaining is None:
            raise CallerError(
                "{id} leaves attaining places off the list {key}: say with `attaining` which they are",
                id=rule.id,
                key=entry.key,
            )
        reason = np.where((reason == RankReason.RANKED) & attaining, RankReason.EXEMPT, reason)
    return value, reason.astype(np.int8)

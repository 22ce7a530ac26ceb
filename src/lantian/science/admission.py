"""What must go before a project may come: old capacity, emissions, coal, boilers within reach of heat.

Amounts are exact decimals, as they stand in an application: who just meets a ratio of the law never fails
it by a rounding. The rule record ``admission`` brings ratios, factors and radius.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

import numpy as np
from numpy.typing import ArrayLike

from lantian.science.places import distance
from lantian.terms.errors import CallerError
from lantian.terms.types import FloatArray, IntArray

_HUNDRED = 100
_METRES = 1_000.0


def required_retirement(built: Decimal, ratio: Decimal) -> Decimal:
    """Capacity that must retire for what is built (应退出产能).

    Parameters
    ----------
    built : Decimal
        Capacity of the project. [t/a, or any unit]
    ratio : Decimal
        Retired per built, from the rule edition. [1]

    Returns
    -------
    Decimal
        In the unit of `built`.

    Raises
    ------
    CallerError
        A number that is negative or none.

    Examples
    --------
    >>> required_retirement(Decimal("100"), Decimal("1.25"))
    Decimal('125.00')
    """
    return _amount(built) * _ratio(ratio)


def supported_capacity(retired: Sequence[Decimal], ratios: Sequence[Decimal]) -> Fraction:
    """Capacity that pieces of retired capacity allow together, each at its own ratio (可置换产能).

    Parameters
    ----------
    retired : sequence of Decimal
        Capacity of each piece. [t/a, or any unit]
    ratios : sequence of Decimal
        Retired per built, for each piece. [1]

    Returns
    -------
    Fraction
        Exact, in the unit of `retired`.

    Raises
    ------
    CallerError
        A number that is negative or none, or a piece without a ratio.

    Examples
    --------
    >>> supported_capacity([Decimal(150), Decimal(60)], [Decimal("1.5"), Decimal(2)])
    Fraction(130, 1)
    """
    if len(retired) != len(ratios):
        raise CallerError("{n} pieces have {m} ratios. Give one for each.", n=len(retired), m=len(ratios))
    return sum(
        (Fraction(_amount(one)) / Fraction(_ratio(ratio)) for one, ratio in zip(retired, ratios, strict=True)),
        Fraction(0),
    )


def required_reduction(emission: Decimal, ratio: Decimal) -> Decimal:
    """Emission that must fall elsewhere for what a project emits (区域削减量).

    Parameters
    ----------
    emission : Decimal
        Of the project. [t/a]
    ratio : Decimal
        Set off per emitted: that of air that exceeds its limit, or of air that attains. [1]

    Returns
    -------
    Decimal
        [t/a]

    Raises
    ------
    CallerError
        A number that is negative or none.

    Examples
    --------
    >>> required_reduction(Decimal("12.5"), Decimal(2))
    Decimal('25.0')
    """
    return _amount(emission) * _amount(ratio)


@dataclass(frozen=True, slots=True)
class CoalBalance:
    """Coal newly used against coal saved, all as standard coal (煤炭消费替代平衡)."""

    used: Decimal
    """That counts as consumption. [tce/a]"""
    uncounted: Decimal
    """Gangue and raw material. [tce/a]"""
    saved: Decimal
    """By allowed ways. [tce/a]"""
    refused: Decimal
    """Saved by ways that do not count. [tce/a]"""
    required: Decimal
    """Least that must be saved. [tce/a]"""
    strictly: bool
    """Whether more than `required` must be saved."""

    @property
    def holds(self) -> bool:
        """Whether enough is saved; a project that uses none needs none."""
        if self.used == 0:
            return True
        return self.saved > self.required if self.strictly else self.saved >= self.required

    @property
    def missing(self) -> Decimal:
        """How much is missing to `required`; 0 where nothing is. [tce/a]"""
        return max(self.required - self.saved, Decimal(0))


@dataclass(frozen=True, slots=True)
class CoalItem:
    """One amount of one coal."""

    amount: Decimal
    """[t/a]"""
    factor: Decimal
    """[tce/t]"""
    counts: bool = True
    """Whether it is consumption that counts, or saved in a way that does."""


def standard_coal(amount: Decimal, factor: Decimal) -> Decimal:
    """Amount of a coal as standard coal (折标准煤).

    Parameters
    ----------
    amount : Decimal
        [t/a]
    factor : Decimal
        [tce/t]

    Returns
    -------
    Decimal
        [tce/a]

    Raises
    ------
    CallerError
        A number that is negative or none.

    References
    ----------
    GB/T 2589, annex A; the factors stand in the rule ``admission``.

    Examples
    --------
    >>> standard_coal(Decimal(10_000), Decimal("0.7143"))
    Decimal('7143.0000')
    """
    return _amount(amount) * _amount(factor)


def coal_balance(
    used: Sequence[CoalItem], saved: Sequence[CoalItem], ratio: Decimal, *, strictly: bool
) -> CoalBalance:
    """Weigh the coal a project newly uses against the coal that is saved for it (煤炭减量替代).

    Parameters
    ----------
    used : sequence of CoalItem
        What the project burns; gangue and raw material do not count.
    saved : sequence of CoalItem
        What is burnt no more; coal for which petroleum coke, coke or semicoke is burnt does not count.
    ratio : Decimal
        Saved per used, from the rule edition. [1]
    strictly : bool
        Whether more than that must be saved.

    Returns
    -------
    CoalBalance
        All sums. [tce/a]

    Raises
    ------
    CallerError
        A number that is negative or none.

    Examples
    --------
    >>> balance = coal_balance([CoalItem(Decimal(1000), Decimal("0.7143"))],
    ...                        [CoalItem(Decimal(900), Decimal("0.9"))], Decimal(1), strictly=True)
    >>> balance.used, balance.saved, balance.holds
    (Decimal('714.3000'), Decimal('810.0'), True)
    """
    counted = _total(used, counts=True)
    return CoalBalance(
        used=counted,
        uncounted=_total(used, counts=False),
        saved=_total(saved, counts=True),
        refused=_total(saved, counts=False),
        required=counted * _amount(ratio),
        strictly=strictly,
    )


def share_of(amounts: Mapping[str, Decimal], wanted: Sequence[str]) -> Fraction | None:
    """Share of some ways in all transport (清洁运输比例).

    Parameters
    ----------
    amounts : mapping of str to Decimal
        Way of transport → amount. [t/a]
    wanted : sequence of str
        Ways that are clean.

    Returns
    -------
    Fraction or None
        Exact; None where nothing is transported. [%]

    Raises
    ------
    CallerError
        An amount that is negative or none.

    Examples
    --------
    >>> share_of({"rail": Decimal(80), "diesel_truck": Decimal(20)}, ["rail", "pipeline"])
    Fraction(80, 1)
    """
    total = sum((_amount(one) for one in amounts.values()), Decimal(0))
    if total == 0:
        return None
    clean = sum((one for way, one in amounts.items() if way in set(wanted)), Decimal(0))
    return Fraction(clean) / Fraction(total) * _HUNDRED


@dataclass(frozen=True, slots=True, eq=False)
class HeatReach:
    """Where each boiler stands among heat and power plants."""

    nearest: IntArray
    """Place of the nearest plant that counts, shape (n_boilers,); -1 for none or an unknown place [1]."""
    distance: FloatArray
    """To it, NaN where there is none [km]."""
    inside: FloatArray
    """1 within the radius, 0 outside, NaN where the place of the boiler is unknown [1]."""


def within_heat_radius(
    boilers: tuple[ArrayLike, ArrayLike],
    plants: tuple[ArrayLike, ArrayLike],
    capacity: ArrayLike,
    *,
    least_capacity: float,
    radius: float,
) -> HeatReach:
    """Which boilers stand within the heat radius of a large heat and power plant (供热半径)?

    Parameters
    ----------
    boilers, plants : tuple of array_like
        Longitudes and latitudes, shape (n,); NaN where unknown. EPSG:4490. [deg]
    capacity : array_like
        Of each plant, shape (n_plants,); NaN counts as none. [MW]
    least_capacity : float
        From which a plant counts, itself included. [MW]
    radius : float
        The edge included. [km]

    Returns
    -------
    HeatReach
        One entry for each boiler.

    Examples
    --------
    >>> boilers = [113.0, 113.0, 113.0], [36.27, 36.28, float("nan")]
    >>> reach = within_heat_radius(boilers, ([113.0], [36.0]), [600.0], least_capacity=300, radius=30)
    >>> reach.distance.round(2), reach.inside
    (array([29.96, 31.07,   nan]), array([ 1.,  0., nan]))
    """
    size = np.asarray(capacity, dtype=float)
    east, north = (np.asarray(one, dtype=float)[:, None] for one in boilers)
    away = distance(east, north, plants[0], plants[1]) / _METRES
    away = np.where(size >= least_capacity, away, np.nan)
    known = ~np.isnan(east + north)[:, 0]
    if away.shape[1] == 0:
        away = np.full((len(known), 1), np.nan)
    some = ~np.isnan(away).all(axis=1)
    nearest = np.where(some, np.where(np.isnan(away), np.inf, away).argmin(axis=1), -1).astype(np.int64)
    shortest = np.where(some, np.where(np.isnan(away), np.inf, away).min(axis=1), np.nan)
    inside = np.where(known, (np.nan_to_num(shortest, nan=np.inf) <= radius).astype(float), np.nan)
    return HeatReach(nearest, shortest, inside)


def _total(items: Sequence[CoalItem], *, counts: bool) -> Decimal:
    return sum((standard_coal(one.amount, one.factor) for one in items if one.counts is counts), Decimal(0))


def _amount(value: Decimal) -> Decimal:
    if not value.is_finite() or value < 0:
        raise CallerError("{value} is no amount. Write a number from 0.", value=value)
    return value


def _ratio(value: Decimal) -> Decimal:
    if not value.is_finite() or value <= 0:
        raise CallerError("{value} is no ratio. Write a number above 0.", value=value)
    return value

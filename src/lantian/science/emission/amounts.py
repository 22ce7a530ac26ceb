"""Kilograms from concentration and flow, and what may stand in for an hour that has none (排放量、数据替代).

An amount is made from the **measured** concentration of dry gas at the standard state, never from the converted
one: conversion to a reference oxygen changes the number in a cubic metre, not what left the stack. Only amounts
may be substituted, never concentrations, and what was substituted stays visible.
"""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from lantian.rules.source_records import SourceDataRule, SubstitutionTier
from lantian.science.emission.quantities import (
    BoolArray,
    CubicMetresPerHour,
    Kilograms,
    MilligramsPerM3,
    numbers,
)
from lantian.terms.errors import CallerError
from lantian.terms.types import FloatArray, IntArray

_KILOGRAMS_PER_MILLIGRAM = 1e6


def hourly_amount(concentration: MilligramsPerM3, flow: CubicMetresPerHour) -> Kilograms:
    """Amount of one hour: C x Q x 1e-6 (小时排放量).

    Parameters
    ----------
    concentration : array
        Measured hourly mean of dry gas at the standard state, never the converted one. [mg m-3]
    flow : array
        Of dry gas at the standard state in the same hour; negative gives NaN. [m3 h-1]

    Returns
    -------
    array
        NaN where either is missing. [kg]

    References
    ----------
    HJ 212-2017, annex D.2.

    Examples
    --------
    >>> hourly_amount(np.array([35.0, np.nan]), np.array([1_000_000.0, 1_000_000.0]))
    array([35., nan])
    """
    gas = numbers(flow)
    return np.where(gas >= 0, numbers(concentration) * gas / _KILOGRAMS_PER_MILLIGRAM, np.nan)


@dataclass(frozen=True, slots=True)
class Sums:
    """Sums of periods and the hours that they lack."""

    values: FloatArray
    """Sum of the hours there are; NaN where there is none: no valid hour, no amount."""
    counts: IntArray
    """Hours that were added [h]."""
    missing: IntArray
    """Hours that were not there [h]."""


def sum_of_hours(hours: Kilograms, *, stopped: BoolArray | None = None) -> Sums:
    """Sum of the hours of each day, month or quarter along the last axis (日、月、季排放量).

    The annex of HJ 212-2017 writes 1e-6 before the day's sum although its hours are kilograms already: a misprint,
    not followed. The same function adds hourly flows to a day's flow.

    Parameters
    ----------
    hours : array, shape (..., n_hours)
        Amounts of valid hours, NaN where there is none. [kg]
    stopped : array of bool, optional
        Hours in which the source did not run; they are not missing and nothing is added for them.

    Returns
    -------
    Sums

    Examples
    --------
    >>> day = sum_of_hours(np.array([[1.5] * 20 + [np.nan] * 4, [np.nan] * 24]))
    >>> day.values, day.missing
    (array([30., nan]), array([ 4, 24]))
    """
    given = numbers(hours)
    stands = np.zeros(given.shape, dtype=bool) if stopped is None else np.asarray(stopped, dtype=bool)
    there = ~np.isnan(given) & ~stands
    counts = there.sum(axis=-1)
    total = np.where(there, given, 0.0).sum(axis=-1)
    missing = (~there & ~stands).sum(axis=-1)
    return Sums(
        np.where(counts > 0, total, np.nan),
        np.asarray(counts, dtype=np.int64),
        np.asarray(missing, dtype=np.int64),
    )


# ---------------------------------------------------------------------------------------------- substitution


class HourOrigin(IntEnum):
    """Where an hour's amount comes from, or why it has none."""

    MEASURED = 0
    SUBSTITUTED = 1
    STOPPED = 2
    """The source stood: nothing is missing."""
    CAPTURE_TOO_LOW = 3
    """The quarter's capture rate allows no substitution."""
    NOTHING_TO_TAKE_FROM = 4
    """No valid hour stands before the gap."""


@dataclass(frozen=True, slots=True)
class Substituted:
    """Hourly amounts with gaps filled where the rule allows it."""

    values: FloatArray
    """Measured or substituted; NaN where neither [kg]."""
    origin: NDArray[np.uint8]
    """`HourOrigin` of each hour."""
    looked_at: IntArray
    """Valid hours that the largest was taken from; fewer than the rule names where there were no more [h]."""


def substitute(
    hours: Kilograms, capture_rate: FloatArray | float, rule: SourceDataRule, *, stopped: BoolArray | None = None
) -> Substituted:
    """Fill the gaps of hourly amounts with the largest of the hours before them (排放量数据替代).

    Parameters
    ----------
    hours : array, shape (n_hours,)
        Consecutive hourly amounts of one outlet and factor, NaN where none is valid. [kg]
    capture_rate : array, shape (n_hours,), or float
        Capture rate of the quarter that each hour lies in, 0 … 1; see `rates.capture_rate`.
    rule : SourceDataRule
        Tiers of the substitution.
    stopped : array of bool, shape (n_hours,), optional
        Hours in which the source stood. They are no gap, nothing is put in for them, and they do not part a gap.

    Returns
    -------
    Substituted

    References
    ----------
    HJ 75-2017, chapter 12, from memory (confidence C in the rule).

    Examples
    --------
    >>> from datetime import date
    >>> from lantian.rules import Rulebook
    >>> rule = Rulebook.packaged().edition(SourceDataRule, "source_data", date(2024, 1, 1))
    >>> found = substitute(np.array([3.0, 5.0, 4.0, np.nan, np.nan, 6.0]), 0.95, rule)
    >>> found.values, found.origin
    (array([3., 5., 4., 5., 5., 6.]), array([0, 0, 0, 1, 1, 0], dtype=uint8))
    """
    given = numbers(hours)
    if given.ndim != 1:
        raise CallerError(
            "amounts have {axes} axes; substitution looks back along one series: pass one outlet at a time",
            axes=given.ndim,
        )
    stands = np.zeros(given.shape, dtype=bool) if stopped is None else np.asarray(stopped, dtype=bool)
    rates = np.broadcast_to(numbers(capture_rate), given.shape)
    valid = ~np.isnan(given) & ~stands
    origin = np.where(stands, HourOrigin.STOPPED, HourOrigin.MEASURED).astype(np.uint8)
    values = np.where(valid, given, np.nan)
    looked_at = np.zeros(given.shape, dtype=np.int64)
    known = given[valid]
    before = np.cumsum(valid)
    for gap in _gaps(valid, stands):
        at_hand = int(before[gap[0]])
        for hour in gap.tolist():
            tier = _tier(float(rates[hour]), gap.size, rule)
            if tier is None:
                origin[hour] = HourOrigin.CAPTURE_TOO_LOW
            elif at_hand == 0:
                origin[hour] = HourOrigin.NOTHING_TO_TAKE_FROM
            else:
                last = known[max(0, at_hand - tier.last_valid_hours) : at_hand]
                values[hour], looked_at[hour] = last.max(), last.size
                origin[hour] = HourOrigin.SUBSTITUTED
    return Substituted(values, origin, looked_at)


def _gaps(valid: BoolArray, stopped: BoolArray) -> list[IntArray]:
    """List the gaps as hours each: missing hours with no valid one between them; standing hours are left out."""
    missing = np.flatnonzero(~valid & ~stopped)
    if missing.size == 0:
        return []
    passed = np.cumsum(valid)[missing]
    return np.split(missing, np.flatnonzero(np.diff(passed)) + 1)


def _tier(capture_rate: float, gap_hours: int, rule: SourceDataRule) -> SubstitutionTier | None:
    """Return the first tier that serves a capture rate and a gap; a rate that is not known serves none."""
    for tier in rule.substitution:
        long_enough = tier.gap_hours_up_to is None or gap_hours <= tier.gap_hours_up_to
        if capture_rate >= float(tier.capture_from) and long_enough:
            return tier
    return None

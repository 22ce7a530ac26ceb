"""Conversion of a concentration to the oxygen that the emission standard refers to (折算浓度、基准氧含量).

Air that leaks in, or is let in, thins every pollutant; the conversion takes it out again. Near the oxygen of air
the formula explodes: from there on nothing is computable, and a little below it the value is marked as doubtful.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from lantian.rules.source_records import SourceDataRule
from lantian.science.emission.quantities import MilligramsPerM3, PercentArray, numbers
from lantian.science.emission.reasons import Reason, ReasonArray, reasons_where
from lantian.terms.types import FloatArray


@dataclass(frozen=True, slots=True)
class Converted:
    """Converted concentrations and, where there is none or a doubtful one, why."""

    values: FloatArray
    """NaN where not computable [mg m-3]."""
    reasons: ReasonArray
    """Bits of `Reason`."""


def convert(
    concentration: MilligramsPerM3,
    oxygen: PercentArray,
    reference_oxygen: PercentArray | float | None,
    rule: SourceDataRule,
) -> Converted:
    """Convert to the reference oxygen: C x (21 - O2s) / (21 - O2) (按基准氧含量折算).

    Parameters
    ----------
    concentration : array
        Of dry gas at the standard state. [mg m-3]
    oxygen : array
        Of the same dry gas; from the oxygen of air on, and below zero, nothing is computable. [%]
    reference_oxygen : array, float or None
        Of the outlet, from its own legal source; NaN or None where the standard names none, then the measured
        value stands for itself. [%]
    rule : SourceDataRule
        Oxygen of air, and from where on the result is doubtful.

    Returns
    -------
    Converted

    References
    ----------
    HJ 212-2017, annex D.2.

    Examples
    --------
    >>> from datetime import date
    >>> from lantian.rules import Rulebook
    >>> rule = Rulebook.packaged().edition(SourceDataRule, "source_data", date(2024, 1, 1))
    >>> found = convert(np.array([20.0, 20.0]), np.array([11.0, 21.0]), 6.0, rule)
    >>> found.values
    array([30., nan])
    >>> [reason.name for reason in Reason if found.reasons[1] & reason]
    ['OXYGEN_NOT_BELOW_AIR']
    """
    air = float(rule.oxygen_in_air)
    return _converted(
        concentration, oxygen, reference_oxygen, rule, lambda measured, wanted: (air - wanted) / (air - measured)
    )


def convert_by_excess_air(
    concentration: MilligramsPerM3,
    oxygen: PercentArray,
    reference_excess_air: FloatArray | float | None,
    rule: SourceDataRule,
) -> Converted:
    """Convert to a reference excess-air factor: C x alpha / alpha_s (按过量空气系数折算).

    Parameters
    ----------
    concentration : array
        Of dry gas at the standard state. [mg m-3]
    oxygen : array
        As for `convert`. [%]
    reference_excess_air : array, float or None
        Excess-air factor of the standard; NaN or None where it names none.
    rule : SourceDataRule
        Oxygen of air.

    Returns
    -------
    Converted

    Examples
    --------
    >>> from datetime import date
    >>> from lantian.rules import Rulebook
    >>> rule = Rulebook.packaged().edition(SourceDataRule, "source_data", date(2024, 1, 1))
    >>> convert_by_excess_air(np.array([20.0]), np.array([11.0]), 1.4, rule).values
    array([30.])
    """
    air = float(rule.oxygen_in_air)
    return _converted(
        concentration,
        oxygen,
        reference_excess_air,
        rule,
        lambda measured, wanted: air / (air - measured) / wanted,
    )


def excess_air(oxygen: PercentArray, rule: SourceDataRule) -> FloatArray:
    """Excess-air factor of a flue gas: 21 / (21 - O2) (过量空气系数).

    Parameters
    ----------
    oxygen : array
        Of dry gas; NaN comes back where it is negative or not below that of air. [%]
    rule : SourceDataRule
        Oxygen of air.

    Returns
    -------
    array

    Examples
    --------
    >>> from datetime import date
    >>> from lantian.rules import Rulebook
    >>> rule = Rulebook.packaged().edition(SourceDataRule, "source_data", date(2024, 1, 1))
    >>> excess_air(np.array([6.0, 21.0]), rule)
    array([1.4, nan])
    """
    air, measured = float(rule.oxygen_in_air), numbers(oxygen)
    usable = (measured >= 0) & (measured < air)
    return air / (air - np.where(usable, measured, np.nan))


def implied_reference_oxygen(
    concentration: MilligramsPerM3, converted: MilligramsPerM3, oxygen: PercentArray, rule: SourceDataRule
) -> PercentArray:
    """Which reference oxygen a device must have used to get from one value to the other (反推基准氧含量).

    Parameters
    ----------
    concentration, converted : array
        Measured and converted as sent; no answer where the first is not positive. [mg m-3]
    oxygen : array
        As for `convert`. [%]
    rule : SourceDataRule
        Oxygen of air.

    Returns
    -------
    array
        [%]

    Examples
    --------
    >>> from datetime import date
    >>> from lantian.rules import Rulebook
    >>> rule = Rulebook.packaged().edition(SourceDataRule, "source_data", date(2024, 1, 1))
    >>> implied_reference_oxygen(np.array([20.0]), np.array([30.0]), np.array([11.0]), rule)
    array([6.])
    """
    air, measured = float(rule.oxygen_in_air), numbers(oxygen)
    usable = (measured >= 0) & (measured < air) & (numbers(concentration) > 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        implied = air - numbers(converted) / numbers(concentration) * (air - measured)
    return np.where(usable, implied, np.nan)


def _converted(
    concentration: ArrayLike,
    oxygen: ArrayLike,
    wanted: ArrayLike | None,
    rule: SourceDataRule,
    factor: Callable[[FloatArray, FloatArray], FloatArray],
) -> Converted:
    """Apply a factor where it is computable, nothing where nothing is wanted, and say why elsewhere."""
    measured_c, measured_o2 = numbers(concentration), numbers(oxygen)
    reference = numbers(np.nan if wanted is None else wanted)
    measured_c, measured_o2, reference = np.broadcast_arrays(measured_c, measured_o2, reference)
    none_wanted = np.isnan(reference)
    too_much, negative = measured_o2 >= float(rule.oxygen_in_air), measured_o2 < 0
    usable = ~(too_much | negative | np.isnan(measured_o2) | none_wanted)
    with np.errstate(divide="ignore", invalid="ignore"):
        scaled = measured_c * factor(np.where(usable, measured_o2, np.nan), reference)
    missing = np.isnan(measured_c) | (np.isnan(measured_o2) & ~none_wanted)
    near = usable & (measured_o2 >= float(rule.oxygen_doubtful_from))
    reasons = (
        reasons_where(Reason.MISSING, missing)
        | reasons_where(Reason.NO_REFERENCE_OXYGEN, none_wanted)
        | reasons_where(Reason.OXYGEN_NOT_BELOW_AIR, too_much & ~none_wanted)
        | reasons_where(Reason.OXYGEN_NEGATIVE, negative & ~none_wanted)
        | reasons_where(Reason.OXYGEN_NEAR_AIR, near)
        | reasons_where(Reason.CONCENTRATION_NEGATIVE, measured_c < 0)
    )
    return Converted(np.where(none_wanted, measured_c, scaled), reasons)

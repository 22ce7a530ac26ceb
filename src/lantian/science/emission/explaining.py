"""What makes a logger's number comparable, and what explains that it is not the recomputed one (差异原因)."""

import numpy as np

from lantian.rules.source_records import SourceDataRule
from lantian.science.emission.flue import from_ppm
from lantian.science.emission.quantities import BoolArray, MilligramsPerM3, PercentArray, numbers
from lantian.terms.types import FloatArray

_DIVISORS = {"mg/m³": 1.0, "mg/m3": 1.0, "µg/m³": 1e3, "μg/m³": 1e3, "ug/m3": 1e3, "ng/m³": 1e6, "ng/m3": 1e6}
"""Unit of a concentration → how many of it are 1 mg/m³; µ is written with either sign."""
_PER_PPM = {"ppm": 1.0, "umol/mol": 1.0, "µmol/mol": 1.0, "μmol/mol": 1.0, "%": 1e4}
"""Unit of a share by volume → how many ppm it is."""
_WHOLE = 100.0


def in_milligrams(
    values: FloatArray, unit: str | None, factor: str, rule: SourceDataRule
) -> MilligramsPerM3 | None:
    """State concentrations in mg/m³ from whatever unit a logger uses (统一为mg/m³).

    Parameters
    ----------
    values : array
        In `unit`; NaN where missing.
    unit : str or None
        As the readings name it.
    factor : str
        HJ 212 code; a share by volume needs its molar mass.
    rule : SourceDataRule
        Molar masses and volume.

    Returns
    -------
    array or None
        [mg m-3]; None where the unit is no concentration, or a share by volume of something without a molar mass,
        such as oxygen or humidity.

    Examples
    --------
    >>> from datetime import date
    >>> from lantian.rules import Rulebook
    >>> rule = Rulebook.packaged().edition(SourceDataRule, "source_data", date(2024, 1, 1))
    >>> in_milligrams(np.array([22.4]), "%", "a05001", rule)
    array([440000.])
    >>> in_milligrams(np.array([35.2]), "ug/m3", "a21026", rule)
    array([0.0352])
    >>> in_milligrams(np.array([8.0]), "%", "a19001", rule) is None
    True
    """
    if unit in _DIVISORS:
        return numbers(values) / _DIVISORS[unit]
    if unit in _PER_PPM and factor in rule.molar_masses:
        return from_ppm(numbers(values) * _PER_PPM[unit], factor, rule)
    return None


def wet_for_dry(sent: FloatArray, right: FloatArray, humidity: PercentArray, slack: FloatArray) -> BoolArray:
    """Where a number that was sent is the right one times or over the share of dry gas (干湿基混用).

    Parameters
    ----------
    sent, right : array
        A converted value or an amount, and what it should be; of one unit.
    humidity : array
        Of the gas by volume; where it is below 0, 0, or not below 100 nothing is said. [%]
    slack : array
        How far `sent` may lie from the explanation; in the unit of `sent`.

    Returns
    -------
    array of bool

    Examples
    --------
    >>> wet_for_dry(np.array([27.0, 29.0]), np.array([30.0, 30.0]), np.array([10.0, 10.0]), np.array([0.1, 0.1]))
    array([ True, False])
    """
    water = numbers(humidity)
    share = np.where((water > 0) & (water < _WHOLE), (_WHOLE - water) / _WHOLE, np.nan)
    given, meant = numbers(sent), numbers(right)
    found: BoolArray = (np.abs(given - meant * share) <= slack) | (np.abs(given - meant / share) <= slack)
    return found


def within_rounding(*differences: FloatArray, differs: BoolArray) -> BoolArray:
    """Where numbers that were sent and recomputed are not equal and no difference is one (修约差).

    Parameters
    ----------
    *differences : array
        Sent minus recomputed; NaN where either is missing.
    differs : array of bool
        Where one of them was found to be more than rounding and the open share explain.

    Returns
    -------
    array of bool

    Examples
    --------
    >>> within_rounding(np.array([0.004, 0.0, 5.0]), differs=np.array([False, False, True]))
    array([ True, False, False])
    """
    unequal = np.zeros(differs.shape, dtype=bool)
    for each in differences:
        unequal |= np.abs(numbers(each)) > 0
    found: BoolArray = unequal & ~differs
    return found

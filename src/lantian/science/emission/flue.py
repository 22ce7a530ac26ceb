"""From a reading to dry gas at the standard state, and from velocity to flow (湿基、干基、标态、流量).

Every function broadcasts numbers and arrays. What is physically impossible (humidity not below 100 %, a
temperature below absolute zero, a pressure that is not positive) gives NaN, never a number; `state_reasons` names
the cause.
"""

import numpy as np
from numpy.typing import ArrayLike

from lantian.rules.source_records import SourceDataRule
from lantian.science.emission.quantities import (
    Celsius,
    CubicMetresPerHour,
    Kilopascals,
    MetresPerSecond,
    MilligramsPerM3,
    MixingRatio,
    PercentArray,
    SquareMetres,
    numbers,
)
from lantian.science.emission.reasons import Reason, ReasonArray, reasons_where
from lantian.terms.errors import CallerError
from lantian.terms.types import FloatArray

_PASCALS = 1000.0
_SECONDS = 3600.0


def dry(wet: MilligramsPerM3, humidity: PercentArray) -> MilligramsPerM3:
    """State a concentration, or oxygen, of wet gas in dry gas: C / (1 - Xsw) (湿基换算干基).

    Parameters
    ----------
    wet : array
        Concentration in wet gas; oxygen in percent is stated by the same formula. [mg m-3]
    humidity : array
        Water in the gas by volume; below 0 and from 100 on it is impossible. [%]

    Returns
    -------
    array
        [mg m-3]

    References
    ----------
    HJ 212-2017, annex D.2.

    Examples
    --------
    >>> dry(np.array([90.0, 90.0]), np.array([10.0, 100.0]))
    array([100.,  nan])
    """
    return numbers(wet) / _dry_share(humidity)


def at_standard_state(
    concentration: MilligramsPerM3,
    temperature: Celsius,
    ambient_pressure: Kilopascals,
    static_pressure: Kilopascals,
    rule: SourceDataRule,
) -> MilligramsPerM3:
    """State a concentration of the working state at the standard state (工况换算标态).

    Parameters
    ----------
    concentration : array
        In the gas as it flows. [mg m-3]
    temperature : array
        Of the gas. [degC]
    ambient_pressure : array
        Of the air outside. [kPa]
    static_pressure : array
        Of the gas against the air outside, negative under suction. [kPa]
    rule : SourceDataRule
        Standard state: 273 K and 101 325 Pa.

    Returns
    -------
    array
        [mg m-3]

    References
    ----------
    HJ 212-2017, annex D.2.

    Examples
    --------
    >>> from datetime import date
    >>> from lantian.rules import Rulebook
    >>> rule = Rulebook.packaged().edition(SourceDataRule, "source_data", date(2024, 1, 1))
    >>> at_standard_state(np.array([10.0]), np.array([136.5]), np.array([101.325]), np.array([0.0]), rule)
    array([15.])
    """
    return numbers(concentration) / _volume_share(temperature, ambient_pressure, static_pressure, rule)


def from_ppm(mixing_ratio: MixingRatio, factor: str, rule: SourceDataRule) -> MilligramsPerM3:
    """State a mixing ratio as a mass at the standard state: M / 22.4 x C_V (体积浓度换算质量浓度).

    Parameters
    ----------
    mixing_ratio : array
        By volume. [ppm]
    factor : str
        HJ 212 code of the gas; NOx counts as NO2.
    rule : SourceDataRule
        Molar masses and volume.

    Returns
    -------
    array
        [mg m-3]

    Raises
    ------
    CallerError
        If the rule has no molar mass for the factor.

    Examples
    --------
    >>> from datetime import date
    >>> from lantian.rules import Rulebook
    >>> rule = Rulebook.packaged().edition(SourceDataRule, "source_data", date(2024, 1, 1))
    >>> from_ppm(np.array([35.0]), "a21026", rule)
    array([100.])
    """
    mass = rule.molar_masses.get(factor)
    if mass is None:
        raise CallerError(
            "{factor} has no molar mass in {id}, so ppm cannot be turned into mg/m³; add it to the rule or give a "
            "mass concentration; known are {known}",
            factor=factor,
            id=rule.id,
            known=", ".join(rule.molar_masses),
        )
    return numbers(mixing_ratio) * float(mass) / float(rule.molar_volume)


def nox_as_no2(no: MilligramsPerM3, no2: MilligramsPerM3, rule: SourceDataRule) -> MilligramsPerM3:
    """Add NO, stated as NO2, to NO2: C_NO x 46/30 + C_NO2 (氮氧化物以NO2计).

    Parameters
    ----------
    no, no2 : array
        At one state; a missing part makes the sum missing. [mg m-3]
    rule : SourceDataRule
        The two molar masses.

    Returns
    -------
    array
        [mg m-3]

    Examples
    --------
    >>> from datetime import date
    >>> from lantian.rules import Rulebook
    >>> rule = Rulebook.packaged().edition(SourceDataRule, "source_data", date(2024, 1, 1))
    >>> nox_as_no2(np.array([30.0, 30.0]), np.array([4.0, np.nan]), rule)
    array([50., nan])
    """
    of_no2, of_no = (float(mass) for mass in rule.no_to_no2)
    return numbers(no) * of_no2 / of_no + numbers(no2)


def section_velocity(point_velocity: MetresPerSecond, velocity_factor: float) -> MetresPerSecond:
    """Mean velocity of the section from that of the measuring point: Kv x Vp (速度场系数).

    Parameters
    ----------
    point_velocity : array
        [m s-1]
    velocity_factor : float
        Of the section, from a comparison test; it must be positive.

    Returns
    -------
    array
        [m s-1]

    Raises
    ------
    CallerError
        If the factor is not positive.

    Examples
    --------
    >>> section_velocity(np.array([10.0]), 1.2)
    array([12.])
    """
    if not velocity_factor > 0:
        raise CallerError(
            "a velocity factor of {factor} gives no flow; give the positive factor of the section's test",
            factor=velocity_factor,
        )
    return numbers(point_velocity) * velocity_factor


def working_flow(velocity: MetresPerSecond, area: SquareMetres) -> CubicMetresPerHour:
    """Flow of gas as it is: 3600 x F x Vs (工况流量).

    Parameters
    ----------
    velocity : array
        Mean of the section; negative gives NaN. [m s-1]
    area : array
        Of the section; not positive gives NaN. [m2]

    Returns
    -------
    array
        [m3 h-1]

    Examples
    --------
    >>> working_flow(np.array([10.0, -1.0]), np.array([6.75, 6.75]))
    array([243000.,     nan])
    """
    speed, section = numbers(velocity), numbers(area)
    return np.where((speed >= 0) & (section > 0), _SECONDS * section * speed, np.nan)


def dry_standard_flow(
    flow: CubicMetresPerHour,
    temperature: Celsius,
    ambient_pressure: Kilopascals,
    static_pressure: Kilopascals,
    humidity: PercentArray,
    rule: SourceDataRule,
) -> CubicMetresPerHour:
    """State a working flow as dry gas at the standard state (标态干烟气流量).

    Parameters
    ----------
    flow : array
        As it flows, wet; negative gives NaN. [m3 h-1]
    temperature : array
        Of the gas. [degC]
    ambient_pressure, static_pressure : array
        As for `at_standard_state`. [kPa]
    humidity : array
        Water in the gas by volume. [%]
    rule : SourceDataRule
        Standard state.

    Returns
    -------
    array
        [m3 h-1]

    References
    ----------
    HJ 212-2017, annex D.2.

    Examples
    --------
    >>> from datetime import date
    >>> from lantian.rules import Rulebook
    >>> rule = Rulebook.packaged().edition(SourceDataRule, "source_data", date(2024, 1, 1))
    >>> dry_standard_flow(np.array([1500.0]), np.array([136.5]), np.array([101.325]), np.array([0.0]),
    ...     np.array([10.0]), rule)
    array([900.])
    """
    gas = numbers(flow)
    share = _volume_share(temperature, ambient_pressure, static_pressure, rule) * _dry_share(humidity)
    return np.where(gas >= 0, gas * share, np.nan)


def state_reasons(
    temperature: Celsius,
    ambient_pressure: Kilopascals,
    static_pressure: Kilopascals,
    humidity: PercentArray,
    rule: SourceDataRule,
) -> ReasonArray:
    """Why the state of a gas cannot be computed with, row by row.

    Parameters
    ----------
    temperature : array
        [degC]
    ambient_pressure, static_pressure : array
        As for `at_standard_state`. [kPa]
    humidity : array
        [%]
    rule : SourceDataRule
        Zero of the Celsius scale.

    Returns
    -------
    array of uint32
        Bits of `Reason`.

    Examples
    --------
    >>> from datetime import date
    >>> from lantian.rules import Rulebook
    >>> rule = Rulebook.packaged().edition(SourceDataRule, "source_data", date(2024, 1, 1))
    >>> one = np.array([1.0])
    >>> [reason.name for reason in Reason if state_reasons(one, 101 * one, one, 100 * one, rule)[0] & reason]
    ['HUMIDITY_IMPOSSIBLE']
    """
    gas, outside = numbers(temperature), numbers(ambient_pressure)
    inside, water = numbers(static_pressure), numbers(humidity)
    missing = np.isnan(gas) | np.isnan(outside) | np.isnan(inside) | np.isnan(water)
    impossible = (gas <= -float(rule.standard_temperature)) | (outside + inside <= 0)
    return (
        reasons_where(Reason.MISSING, missing)
        | reasons_where(Reason.HUMIDITY_IMPOSSIBLE, (water < 0) | (water >= 100))
        | reasons_where(Reason.STATE_IMPOSSIBLE, impossible)
    )


def _dry_share(humidity: ArrayLike) -> FloatArray:
    """Give the share of dry gas; NaN for an impossible humidity."""
    water = numbers(humidity)
    return np.where((water >= 0) & (water < 100), (100.0 - water) / 100.0, np.nan)


def _volume_share(
    temperature: ArrayLike, ambient_pressure: ArrayLike, static_pressure: ArrayLike, rule: SourceDataRule
) -> FloatArray:
    """Give the standard cubic metres in one working cubic metre; NaN for an impossible state."""
    zero = float(rule.standard_temperature)
    kelvins = zero + numbers(temperature)
    pascals = (numbers(ambient_pressure) + numbers(static_pressure)) * _PASCALS
    possible = (kelvins > 0) & (pascals > 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = zero / kelvins * (pascals / float(rule.standard_pressure))
    return np.where(possible, share, np.nan)

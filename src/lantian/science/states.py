"""States of a concentration: reference, standard, actual; mixing ratios and mass (参比状态、标准状态、实况).

A mass of gas in a cubic metre depends on the temperature and pressure at which that cubic metre is meant. Gases
are stated at the state of the edition in force, particles at the state of sampling or at the old standard state.
Every function takes numbers or arrays.
"""

from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from lantian.rules.records import StateRule
from lantian.science.rounding import round_half_even
from lantian.terms.errors import CallerError
from lantian.terms.pollutants import Pollutant
from lantian.terms.types import FloatArray

Values = TypeVar("Values", float, FloatArray)

_PARTICLES = (Pollutant.PM10, Pollutant.PM25)
_PLACES = 9
"""Places after the point to which a shifted decimal point stays exact."""


@dataclass(frozen=True, slots=True)
class State:
    """Temperature and pressure of the air in which a mass is counted."""

    temperature: float
    """[K]"""
    pressure: float
    """[hPa]"""


def gas_state(rule: StateRule) -> State:
    """State at which an edition states gases (参比状态).

    Examples
    --------
    >>> from datetime import date
    >>> from lantian.rules import Rulebook
    >>> gas_state(Rulebook.packaged().gas_state(date(2026, 3, 1)))
    State(temperature=298.15, pressure=1013.25)
    """
    return State(float(rule.gas_temperature), float(rule.gas_pressure))


def between_states(concentration: Values, stated_at: State, wanted_at: State) -> Values:
    """Restate a mass concentration at another temperature and pressure (ideal gas).

    Parameters
    ----------
    concentration : float or array
        NaN stays NaN. [ug m-3, CO mg m-3]
    stated_at, wanted_at : State
        State in which it is given, and state in which it is wanted. [K, hPa]

    Returns
    -------
    float or array
        [ug m-3, CO mg m-3]

    Raises
    ------
    CallerError
        If a temperature or pressure is not positive (a temperature in degrees Celsius, for instance).

    References
    ----------
    Ideal gas law; GB 3095-2026 clause 4.3 for the states.

    Examples
    --------
    >>> old, new = State(273.15, 1013.25), State(298.15, 1013.25)
    >>> round(between_states(1.0, old, new), 4)
    0.9161
    """
    for state in (stated_at, wanted_at):
        if not (state.temperature > 0 and state.pressure > 0):
            raise CallerError(
                "state of {temperature} K and {pressure} hPa: both must be positive, else the "
                "concentration has no meaning; give kelvins and hectopascals",
                temperature=state.temperature,
                pressure=state.pressure,
            )
    volume = (stated_at.temperature * wanted_at.pressure) / (wanted_at.temperature * stated_at.pressure)
    return concentration * volume


def restated(
    concentration: Values,
    pollutant: Pollutant,
    given: StateRule,
    wanted: StateRule,
    sampled_at: State | None = None,
) -> Values:
    """Restate a concentration from the edition it was reported under to another one.

    Parameters
    ----------
    concentration : float or array
        [ug m-3, CO mg m-3]
    pollutant : Pollutant
        Gases go between the gas states of both rules; particles between actual and standard state.
    given, wanted : StateRule
        Edition under which the value was reported, and edition wanted.
    sampled_at : State, optional
        Temperature and pressure at sampling; needed only when particles change state. [K, hPa]

    Returns
    -------
    float or array
        [ug m-3, CO mg m-3]

    Raises
    ------
    CallerError
        If particles change state and the state at sampling is not given.

    Examples
    --------
    >>> from datetime import date
    >>> from lantian.rules import Rulebook
    >>> law = Rulebook.packaged()
    >>> before, after = law.gas_state(date(2018, 8, 31)), law.gas_state(date(2018, 9, 1))
    >>> round(restated(100.0, Pollutant.O3, before, after), 2)
    91.61
    """
    if pollutant not in _PARTICLES:
        return between_states(concentration, gas_state(given), gas_state(wanted))
    if given.particle_state == wanted.particle_state:
        return concentration
    if sampled_at is None:
        raise CallerError(
            "{pollutant}: {id} states particles at {particle_state} state and {id_2} at "
            "{particle_state_2} state; give the temperature and pressure at sampling",
            pollutant=pollutant,
            id=given.id,
            particle_state=given.particle_state,
            id_2=wanted.id,
            particle_state_2=wanted.particle_state,
        )
    standard = gas_state(given if given.particle_state == "standard" else wanted)
    if wanted.particle_state == "standard":
        return between_states(concentration, sampled_at, standard)
    return between_states(concentration, standard, sampled_at)


def from_ppb(mixing_ratio: Values, pollutant: Pollutant, rule: StateRule) -> Values:
    """Turn a mixing ratio into a mass concentration at the gas state of an edition.

    Parameters
    ----------
    mixing_ratio : float or array
        [ppb, CO ppm]
    pollutant : Pollutant
        A gas.
    rule : StateRule
        Edition with the factors.

    Returns
    -------
    float or array
        [ug m-3, CO mg m-3]

    Raises
    ------
    CallerError
        If the rule has no factor for the pollutant.

    Examples
    --------
    >>> from datetime import date
    >>> from lantian.rules import Rulebook
    >>> rule = Rulebook.packaged().gas_state(date(2026, 3, 1))
    >>> round(from_ppb(50.0, Pollutant.O3, rule), 6)
    98.0
    """
    return mixing_ratio * _factor(pollutant, rule)


def to_ppb(concentration: Values, pollutant: Pollutant, rule: StateRule) -> Values:
    """Turn a mass concentration at the gas state of an edition into a mixing ratio; see `from_ppb`.

    Parameters
    ----------
    concentration : float or array
        [ug m-3, CO mg m-3]
    pollutant : Pollutant
        A gas.
    rule : StateRule
        Edition with the factors.

    Returns
    -------
    float or array
        [ppb, CO ppm]

    Raises
    ------
    CallerError
        If the rule has no factor for the pollutant.

    Examples
    --------
    >>> from datetime import date
    >>> from lantian.rules import Rulebook
    >>> rule = Rulebook.packaged().gas_state(date(2026, 3, 1))
    >>> round(to_ppb(98.0, Pollutant.O3, rule), 6)
    50.0
    """
    return concentration / _factor(pollutant, rule)


def _factor(pollutant: Pollutant, rule: StateRule) -> float:
    factor = rule.ppb_to_micrograms.get(pollutant)
    if factor is None:
        known = ", ".join(rule.ppb_to_micrograms)
        raise CallerError(
            "{pollutant} has no ppb factor in {id}, so it cannot be converted; give a gas: {known}",
            pollutant=pollutant,
            id=rule.id,
            known=known,
        )
    return float(factor)


def micrograms_from_milligrams(values: FloatArray) -> FloatArray:
    """Move the decimal point three places to the right; exact for decimals of at most 15 digits.

    Parameters
    ----------
    values : array
        [mg m-3]

    Returns
    -------
    array
        [ug m-3]

    Examples
    --------
    >>> micrograms_from_milligrams(np.array([0.57, 1.1, np.nan]))
    array([ 570., 1100.,   nan])
    """
    return round_half_even(np.asarray(values) * 1000.0, _PLACES - 3)


def milligrams_from_micrograms(values: FloatArray) -> FloatArray:
    """Move the decimal point three places to the left; exact for decimals of at most 15 digits.

    Parameters
    ----------
    values : array
        [ug m-3]

    Returns
    -------
    array
        [mg m-3]

    Examples
    --------
    >>> milligrams_from_micrograms(np.array([570.0, 1100.0, np.nan]))
    array([0.57, 1.1 ,  nan])
    """
    return round_half_even(np.asarray(values) / 1000.0, _PLACES)

"""What goes up a simulated stack, hour by hour: true concentration, oxygen, flow, warmth (模拟排口真值).

Only what the stack truly does stands here. What its logger says of it, faults and fakes among it, is made of this
in `lantian.twin.readings`.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from lantian.terms.types import FloatArray
from lantian.twin.catalogue import Stack
from lantian.twin.catalogue.building import pm25_share
from lantian.twin.noise import red, white
from lantian.twin.sky import Sky

AIR_OXYGEN = 20.9
"""[%]"""
_CEILING = 21.0
"""Oxygen of the conversion to reference oxygen (HJ 75-2017, formula of the excess air). [%]"""
_HIGHEST_SHARE = 0.97
"""Of its limit, above which a stack goes only by an incident of the plan of incidents. [1]"""
_YEAR = 8_760.0
PM10_SHARE = 0.92
"""Of the dust of a stack. [1]"""


@dataclass(frozen=True, slots=True)
class Flue:
    """The truth of one stack, arrays of shape (hours,)."""

    load: FloatArray
    """0 while it stands still. [1]"""
    oxygen: FloatArray
    """In the dry gas. [%]"""
    concentration: Mapping[str, FloatArray]
    """so2, nox, pm, co, nh3, voc, co2 as measured, dry gas at the standard state. [mg/m3]"""
    converted: Mapping[str, FloatArray]
    """The same at reference oxygen. [mg/m3]"""
    flow: FloatArray
    """Dry gas at the standard state, oxygen as it is. [m3/h]"""
    temperature: FloatArray
    """[degC]"""
    velocity: FloatArray
    """[m/s]"""
    moisture: FloatArray
    """[%]"""

    def emission(self, key: str) -> FloatArray:
        """Return what leaves the stack [kg/h]."""
        found: FloatArray = self.concentration[key] * self.flow / 1e6
        return found


def true_flue(
    stack: Stack,
    load: FloatArray,
    sky: Sky,
    seed: int,
    upset: Mapping[str, FloatArray] | None = None,
) -> Flue:
    """Return what goes up a stack.

    Parameters
    ----------
    stack : Stack
        Of the catalogue.
    load : array, shape (hours,)
        Of the plant. [1]
    sky : Sky
        Warmth of the air that a standing stack is full of.
    seed : int
        Of the simulation.
    upset : mapping, optional
        Pollutant → factor of its concentration while treatment fails; 1 where all is well. Without one no stack
        exceeds its limit. [1]

    Returns
    -------
    Flue
        Dry gas at the standard state.
    """
    years = sky.weather.years
    noise = white(seed, f"stack:{stack.code}", years, 9)
    running = load > 0.0
    low, high = stack.oxygen
    lean = high - (high - low) * np.clip(load, 0.0, 1.2) / 1.2 + 0.25 * (high - low) * red(noise[0], 5.0)
    oxygen = np.where(running, np.clip(lean, low - 0.5, min(high + 0.5, AIR_OXYGEN)), AIR_OXYGEN)
    held = 1.0 if stack.reference_oxygen is None else (_CEILING - oxygen) / (_CEILING - stack.reference_oxygen)
    converted: dict[str, FloatArray] = {}
    for number, (key, usual) in enumerate(sorted(stack.concentration.items())):
        own = noise[1 + number % 7]
        level = usual * np.exp(0.14 * red(own, 20.0) + 0.07 * own - 0.012)
        if key in stack.limits:
            level = np.minimum(level, _HIGHEST_SHARE * stack.limits[key])
        if upset is not None and key in upset:
            level = level * upset[key]
        converted[key] = np.where(running, level, 0.0)
    concentration = {key: value * held for key, value in converted.items()}
    gas = stack.gas / _YEAR * load  # at reference oxygen
    flow = gas if stack.reference_oxygen is None else gas / np.maximum(held, 0.02)
    air = sky.temperature
    return Flue(
        load=load,
        oxygen=oxygen,
        concentration=concentration,
        converted=converted,
        flow=np.where(running, flow, 0.0),
        temperature=np.where(running, stack.temperature * (0.92 + 0.08 * np.minimum(load, 1.2)), air + 2.0),
        velocity=stack.velocity * load,
        moisture=np.where(running, stack.moisture * (1.0 + 0.05 * red(noise[8], 8.0)), 1.5),
    )


def true_emission(stack: Stack, flue: Flue) -> dict[str, FloatArray]:
    """Return what a stack gives off by the catalogue's pollutants, dust split into PM10 and PM2.5 [kg/h]."""
    found = {key: flue.emission(key) for key in flue.concentration if key != "pm"}
    if "pm" in flue.concentration:
        dust = flue.emission("pm")
        found["pm10"] = PM10_SHARE * dust
        found["pm25"] = pm25_share(stack) * dust
    return found

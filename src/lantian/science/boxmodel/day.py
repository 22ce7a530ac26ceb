"""A day of observations as the box model takes it (观测约束日)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from lantian.rules.voc_records import ObservationRule
from lantian.science.boundary.sun import solar_elevation
from lantian.terms.errors import CallerError
from lantian.terms.types import FloatArray


@dataclass(frozen=True, slots=True)
class Day:
    """Hours one after the other: weather, light, and what was measured (约束条件)."""

    start: np.datetime64
    """Start of the first hour. [UTC]"""
    longitude: float
    """[deg]"""
    latitude: float
    """[deg]"""
    temperature: FloatArray
    """Shape (hours,). [K]"""
    pressure: FloatArray
    """Shape (hours,). [hPa]"""
    water: FloatArray
    """Water vapour, shape (hours,). [nmol mol-1]"""
    light: FloatArray
    """Light over that of a clear sky, shape (hours,). [1]"""
    mixing: Mapping[str, FloatArray]
    """Species of the mechanism → measured mixing ratio, shape (hours,). [nmol mol-1]"""
    held: frozenset[str]
    """Species that follow the measurement hour by hour; others only begin with it."""

    def __post_init__(self) -> None:
        hours = len(self.temperature)
        rows = {name: getattr(self, name) for name in ("temperature", "pressure", "water", "light")}
        for name, values in {**rows, **self.mixing}.items():
            needed = values if name in rows or name in self.held else values[:1]
            if len(values) != hours or not np.isfinite(needed).all() or needed.min() < 0:
                raise CallerError(
                    "{name} has {count} hours of {hours}, of which {bad} are missing or negative; the box cannot "
                    "follow what is not there: fill short gaps, or leave the species out",
                    name=name,
                    count=len(values),
                    hours=hours,
                    bad=int((~(needed >= 0)).sum()),
                )
        if self.temperature.min() < 200 or self.pressure.min() < 300:
            raise CallerError(
                "temperatures from {kelvin} K and pressures from {hectopascals} hPa are no air of a city; give "
                "kelvins and hectopascals",
                kelvin=float(self.temperature.min()),
                hectopascals=float(self.pressure.min()),
            )
        if strange := sorted(self.held - set(self.mixing)):
            raise CallerError("{strange} are to be held, but nothing was measured of them", strange=strange)

    @property
    def hours(self) -> int:
        """How many hours."""
        return len(self.temperature)

    def holding(self, held: frozenset[str]) -> "Day":
        """Return the same day with other species held."""
        return replace(self, held=held)

    def elevations(self, steps: int) -> FloatArray:
        """Elevation of the sun in the middle of each step of each hour.

        Parameters
        ----------
        steps : int
            Steps an hour.

        Returns
        -------
        array, shape (hours, steps)
            [deg]
        """
        places = (np.arange(self.hours * steps) + 0.5) * 3600 / steps
        instants = self.start.astype("datetime64[ms]") + np.rint(places * 1000).astype("timedelta64[ms]")
        return solar_elevation(instants, self.longitude, self.latitude).reshape(self.hours, steps)


def light_of_radiation(radiation: FloatArray, elevation: FloatArray, rule: ObservationRule) -> FloatArray:
    """Light over that of a clear sky, from the radiation that was measured (云量对光解的削减).

    Parameters
    ----------
    radiation : array, shape (hours,)
        Mean of the hour, NaN where missing. [W m-2]
    elevation : array, shape (hours,)
        Of the sun in the middle of the hour. [deg]
    rule : ObservationRule
        Radiation of a clear sky, and which share is believed.

    Returns
    -------
    array, shape (hours,)
        Hours of a low sun, and missing ones, have that of the other hours together; without any, NaN. [1]

    Examples
    --------
    >>> from lantian.rules import Rulebook
    >>> rule = Rulebook.packaged().by_id("cb05").observation
    >>> light_of_radiation(np.array([0.0, 518.5, 1037.1]), np.array([-9.0, 90.0, 90.0]), rule).round(2)
    array([0.75, 0.5 , 1.  ])
    """
    most, loss = (float(number) for number in rule.clear_sky)
    cosine = np.maximum(np.sin(np.radians(elevation)), 1e-3)
    clear = most * cosine * np.exp(-loss / cosine)
    told = (clear >= float(rule.clear_least)) & np.isfinite(radiation)
    whole = radiation[told].sum() / clear[told].sum() if told.any() else np.nan
    low, high = (float(bound) for bound in rule.light)
    share = np.divide(radiation, clear, out=np.full(clear.shape, whole), where=told)
    return np.asarray(np.clip(share, low, high), dtype=np.float64)


def without_short_gaps(values: FloatArray, longest: int) -> FloatArray:
    """Draw a straight line over gaps of a few hours; longer ones, and the ends, stay missing (短缺测内插).

    Parameters
    ----------
    values : array, shape (hours,)
        NaN where missing.
    longest : int
        Longest gap that is closed. [h]

    Returns
    -------
    array, shape (hours,)
        As for `values`.

    Examples
    --------
    >>> without_short_gaps(np.array([np.nan, 1, np.nan, 3, np.nan, np.nan, 6]), 1)
    array([nan,  1.,  2.,  3., nan, nan,  6.])
    """
    there = np.flatnonzero(np.isfinite(values))
    filled = np.array(values, dtype=np.float64)
    for before, after in pairwise(there):
        if 1 < after - before <= longest + 1:
            between = np.arange(before + 1, after)
            filled[between] = np.interp(between, [before, after], [values[before], values[after]])
    return filled

"""What was observed where, and what the boundary layer of each hour is like."""

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from lantian.rules.plume_records import LandClass
from lantian.terms.errors import CallerError
from lantian.terms.types import FloatArray, IntArray

Instants = NDArray[np.datetime64]


@dataclass(frozen=True, slots=True, eq=False)
class Observed:
    """Routine observations, an hour a row, no row missing; NaN where a value is missing (常规气象观测)."""

    hour_start: Instants
    """Start of each averaging hour. [UTC]"""
    wind_speed: FloatArray
    """At the height of the site. [m s-1]"""
    wind_direction: FloatArray
    """Where the wind comes from, clockwise from north. [deg]"""
    temperature: FloatArray
    """[degC]"""
    cloud: FloatArray | None = None
    """Share of the sky that is covered. [1]"""
    radiation: FloatArray | None = None
    """Global radiation; where it is given, it goes before the cloud by day. [W m-2]"""
    pressure: FloatArray | None = None
    """[hPa]"""
    rain: FloatArray | None = None
    """[mm h-1]"""

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if value is not None and value.shape != self.wind_speed.shape:
                raise CallerError(
                    "{name} has the shape {shape}, wind_speed has {other}: hours would be mixed up. Give every "
                    "series one value an hour.",
                    name=field.name,
                    shape=value.shape,
                    other=self.wind_speed.shape,
                )
        if self.wind_speed.ndim != 1:
            raise CallerError(
                "observations must be series of hours, not of shape {shape}. Ask for one place at a time.",
                shape=self.wind_speed.shape,
            )
        steps = np.diff(self.hour_start.astype("datetime64[s]").astype(np.int64))
        if np.any(steps != 3600):
            raise CallerError(
                "hour {number} does not follow the one before by an hour, and the mixing layer remembers the "
                "hours before. Give every hour a row, with NaN where nothing was observed.",
                number=int(np.argmax(steps != 3600)) + 1,
            )


@dataclass(frozen=True, slots=True)
class Site:
    """Where the instrument stands and what is around it (观测场地)."""

    longitude: float
    """[deg]"""
    latitude: float
    """[deg]"""
    land: LandClass
    """Ground within a kilometre or so."""
    wind_height: float = 10.0
    """[m]"""
    elevation: float = 0.0
    """Above the sea; gives the pressure where none was observed. [m]"""
    utc_hours: float = 8.0
    """Zone of the legal day, which turns the seasons. [h]"""


@dataclass(frozen=True, slots=True, eq=False)
class Boundary:
    """The boundary layer of each hour (逐时边界层); NaN throughout an hour that could not be computed."""

    hour_start: Instants
    """[UTC]"""
    wind_speed: FloatArray
    """At `wind_height`; 0 in a calm. [m s-1]"""
    wind_direction: FloatArray
    """Where the wind comes from; NaN in a calm. [deg]"""
    temperature: FloatArray
    """[K]"""
    sun: FloatArray
    """Elevation of the sun in the middle of the hour. [deg]"""
    heat_flux: FloatArray
    """Sensible heat, upwards. [W m-2]"""
    friction_velocity: FloatArray
    """[m s-1]"""
    inverse_length: FloatArray
    """One over the Obukhov length: negative by day, positive by night. [m-1]"""
    convective_velocity: FloatArray
    """0 unless the ground heats the air. [m s-1]"""
    mixing_height: FloatArray
    """The greater of the mechanical and, by day, the convective height. [m]"""
    mechanical_height: FloatArray
    """[m]"""
    roughness: FloatArray
    """[m]"""
    stability: NDArray[np.int8]
    """Class of Pasquill after Golder: 0 for A to 5 for F, -1 where unknown."""
    calm: NDArray[np.bool_]
    """Whether there was no wind to speak of."""
    rain: FloatArray
    """[mm h-1]"""
    wind_height: float = 10.0
    """[m]"""

    def __len__(self) -> int:
        return len(self.wind_speed)

    @property
    def valid(self) -> NDArray[np.bool_]:
        """Hours that a plume can be computed for."""
        known = self.calm | ~np.isnan(self.wind_direction)
        return known & ~np.isnan(self.mixing_height) & ~np.isnan(self.friction_velocity)

    def at(self, where: NDArray[np.bool_] | IntArray | slice) -> "Boundary":
        """Return some of the hours.

        Parameters
        ----------
        where : array or slice
            A mask, or places of hours; they need not follow each other.
        """
        chosen = {
            field.name: getattr(self, field.name)[where] for field in fields(self) if field.name != "wind_height"
        }
        return Boundary(**chosen, wind_height=self.wind_height)

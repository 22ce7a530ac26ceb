"""The hours of a boundary layer as AERMOD's surface and profile files (AERMOD气象文件)."""

from collections.abc import Iterator

import numpy as np

from lantian.science.boundary.records import Boundary, Site
from lantian.terms.types import FloatArray

_VERSION = "22112"
"""Version of AERMET that the files say they are of; AERMOD asks for one that it knows."""
_TEMPERATURE_HEIGHT = 2.0
"""[m]"""


def surface_text(boundary: Boundary, site: Site, gradient_above: float) -> str:
    """Surface file of all hours; an hour that could not be computed carries AERMOD's missing values.

    Parameters
    ----------
    boundary : Boundary
        Hours.
    site : Site
        Where they were observed; labels are in its zone, hours are counted from 1 by their end.
    gradient_above : float
        Of the potential temperature above a convective layer. [K m-1]

    Returns
    -------
    str
    """
    north = f"{abs(site.latitude):.3f}{'N' if site.latitude >= 0 else 'S'}"
    east = f"{abs(site.longitude):.3f}{'E' if site.longitude >= 0 else 'W'}"
    head = (
        f"  {north:>9} {east:>10}          UA_ID: 00000001  SF_ID: 00000001  OS_ID:           VERSION: {_VERSION}"
    )
    albedo = [float(value) for value in site.land.albedo]
    bowen = [float(value) for value in site.land.bowen]
    mean_albedo, mean_bowen = sum(albedo) / 4, sum(bowen) / 4
    lines = [head]
    for hour, (year, month, day, number, of_day) in enumerate(_labels(boundary, site)):
        known = bool(boundary.valid[hour])
        convective = known and boundary.inverse_length[hour] < 0
        wind, direction = boundary.wind_speed[hour], boundary.wind_direction[hour]
        values = (
            _or_missing(boundary.heat_flux[hour], -999.0, 8, 1, known=known),
            _or_missing(boundary.friction_velocity[hour], -9.0, 7, 3, known=known),
            _or_missing(boundary.convective_velocity[hour], -9.0, 7, 3, known=convective),
            _or_missing(gradient_above, -9.0, 7, 3, known=convective),
            _or_missing(boundary.mixing_height[hour], -999.0, 6, 0, known=convective),
            _or_missing(boundary.mechanical_height[hour], -999.0, 6, 0, known=known),
            _or_missing(_length(boundary.inverse_length[hour]), -99999.0, 9, 1, known=known),
            f"{boundary.roughness[hour]:8.4f}",
            f"{mean_bowen:6.2f}",
            f"{mean_albedo:6.2f}",
            _or_missing(wind, 999.0, 7, 2, known=known),
            _or_missing(0.0 if boundary.calm[hour] else direction, 999.0, 6, 1, known=known),
            f"{boundary.wind_height:6.1f}",
            _or_missing(boundary.temperature[hour], 999.0, 7, 1, known=known),
            f"{_TEMPERATURE_HEIGHT:6.1f}",
            f"{11 if boundary.rain[hour] > 0 else 0:5d}",
            f"{boundary.rain[hour]:8.2f}",
            " 999. 99999.   99 NAD-OS NoSubs",
        )
        lines.append(f"{year % 100:2d} {month:2d} {day:2d} {of_day:3d} {number:2d} " + " ".join(values))
    return "\n".join(lines) + "\n"


def profile_text(boundary: Boundary, site: Site) -> str:
    """Profile file of all hours: the one level of the mast, without measured turbulence.

    Parameters
    ----------
    boundary : Boundary
        Hours.
    site : Site
        Where they were observed.

    Returns
    -------
    str
    """
    lines = []
    for hour, (year, month, day, number, _) in enumerate(_labels(boundary, site)):
        known = bool(boundary.valid[hour])
        direction = 0.0 if boundary.calm[hour] else boundary.wind_direction[hour]
        values = (
            f"{boundary.wind_height:7.1f} 1",
            _or_missing(direction, 999.0, 7, 1, known=known),
            _or_missing(boundary.wind_speed[hour], 999.0, 8, 2, known=known),
            _or_missing(boundary.temperature[hour] - 273.15, 999.0, 8, 2, known=known),
            "  99.00   99.00",
        )
        lines.append(f"{year % 100:2d} {month:2d} {day:2d} {number:2d} " + " ".join(values))
    return "\n".join(lines) + "\n"


def _labels(boundary: Boundary, site: Site) -> Iterator[tuple[int, int, int, int, int]]:
    """Year, month, day, hour from 1 to 24, and day of the year, in the site's zone."""
    local = boundary.hour_start.astype("datetime64[h]") + np.timedelta64(round(site.utc_hours), "h")
    days, months, years = (local.astype(f"datetime64[{unit}]") for unit in "DMY")
    for hour in range(len(boundary)):
        yield (
            int(years[hour].astype(np.int64)) + 1970,
            int(months[hour].astype(np.int64)) % 12 + 1,
            int((days[hour] - months[hour].astype("datetime64[D]")).astype(np.int64)) + 1,
            int((local[hour] - days[hour].astype("datetime64[h]")).astype(np.int64)) + 1,
            int((days[hour] - years[hour].astype("datetime64[D]")).astype(np.int64)) + 1,
        )


def _length(inverse: float) -> float:
    """Obukhov length as AERMOD takes it: at most 8888 m of either sign, a neutral hour as barely stable."""
    if np.isnan(inverse):
        return float("nan")
    return float(np.clip(1 / inverse, -8888, 8888)) if inverse != 0 else 8888.0


def _or_missing(value: float | FloatArray, missing: float, width: int, places: int, *, known: bool) -> str:
    number = float(value)
    return f"{number if known and not np.isnan(number) else missing:{width}.{places}f}"

"""The city on the map, for files that cover half the Earth: what lies in and around it, and in which county."""

from dataclasses import dataclass
from math import cos, pi, radians

import numpy as np
import polars as pl
from numpy.typing import NDArray

from lantian.city.outlines import county_outlines
from lantian.city.records import City
from lantian.science.places import SEMI_MAJOR_AXIS
from lantian.terms.errors import CallerError
from lantian.terms.types import FloatArray

_KM_A_DEGREE = 2 * pi * SEMI_MAJOR_AXIS / 1000 / 360
"""Length of a degree on the equator, and little more than one of latitude. [km]"""


@dataclass(frozen=True, slots=True)
class Box:
    """A piece of the map, its edges included. [deg]"""

    west: float
    south: float
    east: float
    north: float

    def holds(self, longitude: FloatArray, latitude: FloatArray) -> NDArray[np.bool_]:
        """Which places lie in it; NaN never does."""
        held: NDArray[np.bool_] = (longitude >= self.west) & (longitude <= self.east)
        return held & (latitude >= self.south) & (latitude <= self.north)

    def holds_columns(self, longitude: str = "longitude", latitude: str = "latitude") -> pl.Expr:
        """Condition on rows: that their place lies in it."""
        return pl.col(longitude).is_between(self.west, self.east) & pl.col(latitude).is_between(
            self.south, self.north
        )

    def text(self) -> str:
        """Write it for people: west … east, south … north."""
        return f"{self.west:.2f}…{self.east:.2f}°E, {self.south:.2f}…{self.north:.2f}°N"


def box_around(city: City, margin: float) -> Box:
    """Box around the counties and stations of the city, some way beyond.

    Parameters
    ----------
    city : City
        With outlines of its counties, or stations.
    margin : float
        How far beyond, at least, in every direction. [km]

    Raises
    ------
    CallerError
        The city has neither outlines nor stations.
    """
    bounds = [outline.bounds for outline in county_outlines(city).values()]
    bounds += [(row.longitude, row.latitude, row.longitude, row.latitude) for row in city.stations]
    if not bounds:
        raise CallerError(
            "Nobody knows where {city} lies: it has neither outlines of counties nor stations. Give it "
            "outlines.geojson or stations.csv; nothing was taken in.",
            city=city.name_en,
        )
    west, south = (min(row[at] for row in bounds) for at in (0, 1))
    east, north = (max(row[at] for row in bounds) for at in (2, 3))
    up = margin / _KM_A_DEGREE * 1.01  # a degree of latitude is up to 1 % shorter near the equator
    farthest = min(max(abs(south - up), abs(north + up)), 89.0)
    aside = margin / (_KM_A_DEGREE * cos(radians(farthest)))
    return Box(west - aside, south - up, east + aside, north + up)


def counties_at(city: City, longitude: FloatArray, latitude: FloatArray) -> NDArray[np.object_]:
    """Adcode of the county whose outline holds each place, its line included; None outside all."""
    import shapely

    found = np.full(longitude.shape, None, dtype=object)
    free = np.ones(longitude.shape, dtype=np.bool_)
    for adcode, outline in sorted(county_outlines(city).items()):
        shapely.prepare(outline)
        held = free & shapely.intersects_xy(outline, longitude, latitude)
        found[held] = adcode
        free &= ~held
    return found


def place_name(longitude: pl.Expr, latitude: pl.Expr) -> pl.Expr:
    """Name of a point of the map: ``113.1250E36.2500N``; null where a coordinate is."""
    ends = [
        pl.when(value >= 0).then(pl.lit(plus)).otherwise(pl.lit(minus))
        for value, plus, minus in ((longitude, "E", "W"), (latitude, "N", "S"))
    ]
    digits = [
        (value.abs() * 10_000).round(0).cast(pl.Int64, strict=False).cast(pl.String).str.zfill(5)
        for value in (longitude, latitude)
    ]
    parts = [text.str.head(-4) + "." + text.str.tail(4) + end for text, end in zip(digits, ends, strict=True)]
    return parts[0] + parts[1]

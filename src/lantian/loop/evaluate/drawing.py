"""Shapes of a report as SVG paths: outlines on a plane, small lines of days, a line under a stepped limit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import cos, radians
from typing import TYPE_CHECKING

from lantian.desk.paper.palette import ink_on

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

_LIGHT, _DARK = (0xE6, 0xEF, 0xF6), (0x0C, 0x3A, 0x5E)
"""Ends of the sequential scale: slate blues, which no level of the index uses."""
_DETAIL = 0.0015
"""How far an outline may depart from its source. [deg]"""


@dataclass(frozen=True, slots=True)
class Shape:
    """A county on a map."""

    code: str
    path: str
    x: float
    """Place of its label, in the units of the map."""
    y: float
    fill: str
    ink: str
    value: float | None


@dataclass(frozen=True, slots=True)
class Map:
    """Counties side by side."""

    width: float
    height: float
    shapes: tuple[Shape, ...]
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Spark:
    """A line of days without axes."""

    path: str
    x: float | None
    """Where the last value stands."""
    y: float | None


def shade(share: float | None) -> str:
    """Colour of a place between the lowest, 0, and the highest, 1; grey-white without a value.

    Examples
    --------
    >>> shade(0.0), shade(1.0), shade(None)
    ('#E6EFF6', '#0C3A5E', '#F4F4F2')
    """
    if share is None:
        return "#F4F4F2"
    parts = (round(low + (high - low) * share) for low, high in zip(_LIGHT, _DARK, strict=True))
    return "#" + "".join(f"{part:02X}" for part in parts)


def county_map(
    outlines: "Mapping[str, BaseGeometry]", values: Mapping[str, float | None], width: float = 560.0
) -> Map | None:
    """Project outlines on a plane whose scale is true at their middle latitude, and shade them by a value.

    Parameters
    ----------
    outlines : mapping
        Code → polygon in EPSG:4490. [deg]
    values : mapping
        Code → number; the scale runs from the smallest to the largest.
    width : float
        Of the map, in its own units.

    Returns
    -------
    Map or None
        None without outlines.
    """
    from shapely import maximum_inscribed_circle
    from shapely.ops import unary_union

    if not outlines:
        return None
    west, south, east, north = unary_union(list(outlines.values())).bounds
    squeeze = cos(radians((south + north) / 2))
    scale = width / ((east - west) * squeeze)
    known = [value for code in outlines if (value := values.get(code)) is not None]
    low, high = (min(known), max(known)) if known else (None, None)

    def place(longitude: float, latitude: float) -> tuple[float, float]:
        return (longitude - west) * squeeze * scale, (north - latitude) * scale

    shapes = []
    for code, outline in outlines.items():
        value = values.get(code)
        share = None if value is None or low is None or high is None else (value - low) / ((high - low) or 1.0)
        simple = outline.simplify(_DETAIL)
        middle = maximum_inscribed_circle(simple, tolerance=0.002).coords[0]
        x, y = place(*middle[:2])
        path = "".join(_ring([place(*point[:2]) for point in ring]) for ring in _rings(simple))
        shapes.append(Shape(code, path, round(x, 1), round(y, 1), shade(share), ink_on(shade(share)), value))
    return Map(width, round((north - south) * scale, 1), tuple(shapes), low, high)


def _rings(outline: "BaseGeometry") -> list[list[tuple[float, ...]]]:
    polygons = getattr(outline, "geoms", [outline])
    return [list(ring.coords) for polygon in polygons for ring in (polygon.exterior, *polygon.interiors)]


def _ring(points: Sequence[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points[:-1]) + "Z"


def spark(values: Sequence[float | None], high: float, width: float = 132.0, height: float = 26.0) -> Spark:
    """Draw days as a line from zero to `high`; a missing day breaks it.

    Examples
    --------
    >>> spark([10.0, None, 20.0], high=20.0, width=10.0, height=10.0)
    Spark(path='M0.0 5.0h0M10.0 0.0h0', x=10.0, y=0.0)
    """
    step = width / max(len(values) - 1, 1)
    points = [
        None if value is None else (n * step, height - min(value / (high or 1.0), 1.0) * height)
        for n, value in enumerate(values)
    ]
    last = next((point for point in reversed(points) if point is not None), None)
    return Spark(
        line_path(points), None if last is None else round(last[0], 1), None if last is None else round(last[1], 1)
    )


def line_path(points: Sequence[tuple[float, float] | None]) -> str:
    """Join points by lines; None breaks the line, and a point alone stays a dot.

    Examples
    --------
    >>> line_path([(0.0, 1.0), (2.0, 3.0), None, (4.0, 5.0)])
    'M0.0 1.0L2.0 3.0M4.0 5.0h0'
    """
    parts: list[list[tuple[float, float]]] = [[]]
    for point in points:
        if point is None:
            parts.append([])
        else:
            parts[-1].append(point)
    return "".join(
        "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in part) + ("h0" if len(part) == 1 else "")
        for part in parts
        if part
    )

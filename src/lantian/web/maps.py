"""Maps of a page: one description, drawn as SVG by the server and sent as JSON to the browser.

The drawing is there at the first paint, on the wall and in print; the browser's map takes its place where it can.

Signs are told apart by shape and text, never by colour alone; the legal AQI colours alone stand as they are, every
other colour is a tone of the theme.
"""

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from lantian.desk.paper.palette import ink_on
from lantian.rules.records import Category

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

Place = tuple[float, float]
"""Longitude and latitude, EPSG:4490. [deg]"""


class Kind(StrEnum):
    """What a layer shows; the order is the order of drawing."""

    COUNTIES = "counties"
    FIRES = "fires"
    PLANTS = "plants"
    STATIONS = "stations"
    WIND = "wind"


_CIRCLE = "M-8 0A8 8 0 1 1 8 0A8 8 0 1 1 -8 0Z"
_SHAPES = {
    "triangle": "M0 -8L7.5 6L-7.5 6Z",
    "square": "M-5.5 -5.5H5.5V5.5H-5.5Z",
    "diamond": "M0 -8.5L8.5 0L0 8.5L-8.5 0Z",
    "cross": "M-6.5 -4L-4 -6.5L0 -2.5L4 -6.5L6.5 -4L2.5 0L6.5 4L4 6.5L0 2.5L-4 6.5L-6.5 4L-2.5 0Z",
    "hexagon": "M-7 0L-3.5 -6L3.5 -6L7 0L3.5 6L-3.5 6Z",
    "half": "M0 -7A7 7 0 0 0 0 7Z",
    "dot": "M-4 0A4 4 0 1 1 4 0A4 4 0 1 1 -4 0Z",
    "flame": "M0 -9C1 -5 6 -3 6 2.5A6 6 0 0 1 -6 2.5C-6 0 -4 -1.5 -3 -3C-2.5 -1 -2 0 -1 0.5C-2 -3 -1 -6 0 -9Z",
}
_ARROW = "M0 9V-8M-4.5 -3L0 -8.5L4.5 -3"
"""Points to the north; wind is turned to where it blows."""
_PLANTS: Mapping[str, tuple[str, str]] = {
    "running": ("triangle", "good"),
    "stopped": ("square", "quiet"),
    "over": ("diamond", "bad"),
    "silent": ("cross", "warn"),
    "late": ("half", "warn"),
    "maintenance": ("hexagon", "info"),
    "calibrating": ("hexagon", "info"),
    "fault": ("cross", "bad"),
    "amount": ("dot", "info"),
}
"""State of a plant → its shape and its tone."""


@dataclass(frozen=True, slots=True)
class MapFeature:
    """A county, a station, a plant, a fire or a wind arrow."""

    name: str
    where: "BaseGeometry | Place"
    """Outline of a county, place of anything else."""
    text: str = ""
    """The number with its unit, as it is written: ``AQI 85``."""
    what: str = ""
    """What the number is: ``hourly mean of PM2.5, 08:00–09:00``."""
    link: str = ""
    """Page of the place."""
    level: Category | None = None
    """Legal AQI class; None is missing."""
    state: str = ""
    """State of a plant, as in the style's list of states."""
    toward: float | None = None
    """Where the wind blows to, clockwise from north. [deg]"""
    size: float = 1.0
    """How many times as large as usual the sign is drawn, where it tells an amount. [1]"""


@dataclass(frozen=True, slots=True)
class MapLayer:
    """Everything of one kind."""

    kind: Kind
    features: Sequence[MapFeature]


@dataclass(frozen=True, slots=True)
class LegendEntry:
    """What a sign means."""

    kind: Kind
    text: str
    level: Category | None = None
    state: str = ""


@dataclass(frozen=True, slots=True)
class Sign:
    """How something is drawn, within a box of 20 × 20 around its place. [px]"""

    key: str
    path: str
    tone: str = ""
    colour: str = ""
    """Legal colour."""
    text: str = ""
    filled: bool = True


@dataclass(frozen=True, slots=True)
class MapData:
    """One map."""

    bounds: tuple[float, float, float, float]
    """West, south, east, north. [deg]"""
    layers: Sequence[MapLayer]
    legend: Sequence[LegendEntry] = field(default=())
    source: str = ""
    """Where the outlines come from, and their datum."""

    def text(self) -> str:
        """Return the JSON that the browser draws from: ``bounds``, ``layers``, ``signs``."""
        signs: dict[str, dict[str, object]] = {}
        layers = []
        for layer in self.layers:
            features = [_feature(layer.kind, each, signs) for each in layer.features]
            layers.append({"kind": layer.kind.value, "features": features})
        body = {"bounds": self.bounds, "layers": layers, "signs": signs, "source": self.source}
        return json.dumps(body, ensure_ascii=False, separators=(",", ":"), allow_nan=False)

    def svg(self, label: str, width: int = 720) -> Markup:
        """Draw the map as SVG markup of our own, `width` units wide; every text is escaped."""
        frame = _Frame.around(self.bounds, width)
        parts = [
            drawn for kind in Kind for layer in self.layers if layer.kind is kind for drawn in _draw(layer, frame)
        ]
        return Markup('<svg role="group" aria-label="{}" viewBox="0 0 {} {}">{}</svg>').format(
            label, frame.width, frame.height, Markup("").join(parts)
        )

    def sign(self, entry: LegendEntry) -> Markup:
        """Draw the sign of a legend entry."""
        if entry.kind is Kind.COUNTIES:
            drawn = Markup('<rect x="-8" y="-8" width="16" height="16"{}/>').format(_area_look(entry.level))
        else:
            drawn = _sign_markup(sign_of(entry.kind, entry.level, entry.state))
        return Markup('<svg aria-hidden="true" viewBox="-10 -10 20 20">{}</svg>').format(drawn)


def sign_of(kind: Kind, level: Category | None, state: str) -> Sign:
    """Return the sign of a feature; stations carry the number of their class, plants a shape for their state.

    Examples
    --------
    >>> sign_of(Kind.PLANTS, None, "over").tone, sign_of(Kind.STATIONS, None, "").text
    ('bad', '–')
    """
    if kind is Kind.WIND:
        return Sign("wind", _ARROW, filled=False)
    if kind is Kind.FIRES:
        return Sign("fire", _SHAPES["flame"], "bad")
    if kind is Kind.PLANTS:
        shape, tone = _PLANTS.get(state, ("dot", "quiet"))
        return Sign(f"plant-{shape}-{tone}", _SHAPES[shape], tone)
    if level is None:
        return Sign("station-missing", _CIRCLE, "quiet", text="–")
    return Sign(f"station-{level.level}-{level.colour[1:]}", _CIRCLE, colour=level.colour, text=str(level.level))


@dataclass(frozen=True, slots=True)
class _Frame:
    """Degrees to units of the drawing: equirectangular, true to shape at the middle latitude."""

    west: float
    north: float
    across: float
    """Units of a degree of longitude."""
    down: float
    width: int
    height: int

    @classmethod
    def around(cls, bounds: tuple[float, float, float, float], width: int) -> "_Frame":
        west, south, east, north = bounds
        margin = 0.02 * max(east - west, north - south, 1e-6)
        west, south, east, north = west - margin, south - margin, east + margin, north + margin
        across = width / (east - west)
        down = across / math.cos(math.radians((south + north) / 2))
        return cls(west, north, across, down, width, round((north - south) * down))

    def at(self, longitude: float, latitude: float) -> tuple[float, float]:
        return round((longitude - self.west) * self.across, 1), round((self.north - latitude) * self.down, 1)


# ------------------------------------------------------------------------------------------------------ SVG


def _draw(layer: MapLayer, frame: _Frame) -> Iterator[Markup]:
    if layer.kind is Kind.COUNTIES:
        yield from (_area(each, frame) for each in layer.features)
        yield from (_area_name(each, frame) for each in layer.features)
        return
    for each in layer.features:
        if isinstance(each.where, tuple):
            x, y = frame.at(*each.where)
            turned = f" rotate({each.toward:.0f})" if each.toward is not None else ""
            scaled = f" scale({each.size:.2f})" if each.size != 1 else ""
            sign = Markup('<g transform="translate({} {}){}{}">{}</g>').format(
                x, y, turned, scaled, _sign_markup(sign_of(layer.kind, each.level, each.state))
            )
            yield _linked(each, sign)


def _linked(feature: MapFeature, drawn: Markup) -> Markup:
    """Give a drawing its words and its page."""
    said = " · ".join(part for part in (feature.name, feature.text, feature.what) if part)
    titled = Markup("<title>{}</title>{}").format(said, drawn)
    if feature.link:
        return Markup('<a href="{}">{}</a>').format(feature.link, titled)
    return Markup("<g>{}</g>").format(titled)


def _area(feature: MapFeature, frame: _Frame) -> Markup:
    path = "".join(
        "M" + "L".join("{} {}".format(*frame.at(x, y)) for x, y in ring) + "Z"
        for ring in _rings(feature.where, 0.4 / frame.across)
    )
    return _linked(feature, Markup('<path d="{}"{}/>').format(path, _area_look(feature.level)))


def _area_look(level: Category | None) -> Markup:
    if level is None:
        return Markup(' class="map-area"')
    return Markup(' class="map-area has-level" style="--aqi:{}"').format(level.colour)


def _area_name(feature: MapFeature, frame: _Frame) -> Markup:
    longitude, latitude = _middle(feature.where)
    x, y = frame.at(longitude, latitude)
    return Markup('<text class="map-name" x="{}" y="{}" aria-hidden="true">{}</text>').format(x, y, feature.name)


def _sign_markup(sign: Sign) -> Markup:
    if not sign.filled:
        return Markup('<path class="map-arrow" d="{}"/>').format(sign.path)
    if sign.key == "fire":
        return Markup('<path class="map-fire" d="{}"/>').format(sign.path)
    if sign.colour:
        shape = Markup('<path class="map-sign level" style="--aqi:{}" d="{}"/>').format(sign.colour, sign.path)
    else:
        shape = Markup('<path class="map-sign {}" d="{}"/>').format(sign.tone, sign.path)
    if not sign.text:
        return shape
    dark = " on-dark" if sign.colour and ink_on(sign.colour) == "#FFFFFF" else ""
    plain = " plain" if not sign.colour else ""
    return shape + Markup('<text class="map-sign-text{}{}">{}</text>').format(dark, plain, sign.text)


# ------------------------------------------------------------------------------------------------------ JSON

_JSON_TOLERANCE = 0.0015
"""How far an outline may be straightened for the browser. [deg]"""


def _feature(kind: Kind, feature: MapFeature, signs: dict[str, dict[str, object]]) -> dict[str, object]:
    """Return a GeoJSON feature, and keep its sign."""
    properties: dict[str, object] = {"name": feature.name}
    for key in ("text", "what", "link"):
        if value := getattr(feature, key):
            properties[key] = value
    if kind is Kind.COUNTIES:
        rings = [[[round(x, 4), round(y, 4)] for x, y in ring] for ring in _rings(feature.where, _JSON_TOLERANCE)]
        geometry: dict[str, object] = {"type": "MultiPolygon", "coordinates": [[ring] for ring in rings]}
        properties["middle"] = [round(part, 4) for part in _middle(feature.where)]
        if feature.level is not None:
            properties["colour"] = feature.level.colour
    else:
        sign = sign_of(kind, feature.level, feature.state)
        on_dark = bool(sign.colour) and ink_on(sign.colour) == "#FFFFFF"
        signs[sign.key] = {
            "path": sign.path,
            "tone": sign.tone,
            "colour": sign.colour,
            "text": sign.text,
            "filled": sign.filled,
            "ink": "#FFFFFF" if on_dark else "#000000",
        }
        properties["sign"] = sign.key
        if feature.toward is not None:
            properties["toward"] = round(feature.toward)
        if feature.size != 1:
            properties["size"] = round(feature.size, 2)
        geometry = {"type": "Point", "coordinates": list(_middle(feature.where))}
    return {"type": "Feature", "geometry": geometry, "properties": properties}


# ------------------------------------------------------------------------------------------------------ shapes


def _rings(where: "BaseGeometry | Place", tolerance: float) -> Iterator[list[Place]]:
    """Outer rings of an outline, straightened; islands are rings of their own."""
    if isinstance(where, tuple):
        return
    simple: Any = where.simplify(tolerance, preserve_topology=True)
    for polygon in getattr(simple, "geoms", [simple]):
        yield [(point[0], point[1]) for point in polygon.exterior.coords]


def _middle(where: "BaseGeometry | Place") -> Place:
    if isinstance(where, tuple):
        return where
    point = where.representative_point()
    return float(point.x), float(point.y)

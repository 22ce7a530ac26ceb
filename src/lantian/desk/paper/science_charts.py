"""What the charts of place and time share: frames, colours, class bounds, limits, symbols, plain data."""

import dataclasses
import re
from collections.abc import Sequence
from enum import Enum
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import BoundaryNorm, Colormap, ListedColormap, Normalize, to_hex
from matplotlib.figure import Figure
from matplotlib.projections.polar import PolarAxes

from lantian.desk.language import Translation
from lantian.desk.paper.charts import LimitLine
from lantian.desk.paper.drawing import Caption, blank, canvas, font, pill
from lantian.desk.paper.palette import LIGHT, SERIES
from lantian.terms.errors import CallerError
from lantian.terms.pollutants import NAMES

SCHEMES = {
    "sequential": "viridis",
    "dark_is_much": "cividis_r",
    "diverging": "RdBu_r",
    "heat": "YlOrRd",
    "grey": "Greys",
}
"""Colour scales that colour-blind readers can tell apart; the legal colours of the AQI are none of them."""
COMPASS = ("N", "NE", "E", "SE", "S", "SW", "W", "NW")
_COMPASS_ZH = ("北", "东北", "东", "东南", "南", "西南", "西", "西北")
_SYMBOLS = {str(pollutant): name.symbol for pollutant, name in NAMES.items()} | {
    "nox": "NOₓ",
    "no": "NO",
    "co2": "CO₂",
    "nh3": "NH₃",
    "ox": "Oₓ",
    "ug/m3": "µg/m³",
    "mg/m3": "mg/m³",
    "ug m-3": "µg/m³",
    "mg m-3": "mg/m³",
    "m s-1": "m/s",
    "deg": "°",
}
_WORD = re.compile(
    "|".join(rf"(?<![\w/]){re.escape(word)}(?![\w/])" for word in sorted(_SYMBOLS, key=len, reverse=True))
)


def symbols(text: str) -> str:
    """Write pollutants and units as people read them.

    Examples
    --------
    >>> symbols("no2 and pm25 (ug/m3)"), symbols("notes on co")
    ('NO₂ and PM₂.₅ (µg/m³)', 'notes on CO')
    """
    return _WORD.sub(lambda found: _SYMBOLS[found[0]], text)


def colours(scheme: str, n: int) -> list[str]:
    """Return n colours of a scheme as ``#RRGGBB``; ``"series"`` are those of lines, from the one palette.

    Raises
    ------
    CallerError
        When there is no such scheme.

    Examples
    --------
    >>> colours("sequential", 2), colours("series", 1)
    (['#440154', '#fde725'], ['#0072B2'])
    """
    if scheme == "series":
        return [SERIES[place % len(SERIES)] for place in range(n)]
    return [to_hex(colour) for colour in scale(scheme)(np.linspace(0, 1, n))]


def scale(scheme: str) -> Colormap:
    """Return the colour scale of a scheme."""
    if scheme not in SCHEMES:
        raise CallerError(
            "{scheme} is no colour scheme: choose one of {known} or series",
            scheme=scheme,
            known=", ".join(SCHEMES),
        )
    return mpl.colormaps[SCHEMES[scheme]]


@dataclasses.dataclass(frozen=True, slots=True)
class Colouring:
    """How values become colours."""

    scheme: str = "sequential"
    bounds: Sequence[float] = ()
    """Bounds of classes; without them the scale is continuous."""
    low: float | None = None
    high: float | None = None
    """Ends of a continuous scale; those of the values by default, even about zero where it diverges."""

    def of(self, *values: np.ndarray[Any, np.dtype[np.float64]]) -> ScalarMappable:
        """Make the scale for values of one or several panels."""
        if self.bounds:
            return self._classes()
        known = np.concatenate([part[np.isfinite(part)].ravel() for part in values])
        low, high = (float(known.min()), float(known.max())) if len(known) else (0.0, 1.0)
        if self.scheme == "diverging":
            reach = max(abs(low), abs(high)) or 1.0
            low, high = -reach, reach
        low = low if self.low is None else self.low
        high = high if self.high is None else self.high
        return ScalarMappable(Normalize(low, high if high > low else low + 1), scale(self.scheme))

    def _classes(self) -> ScalarMappable:
        if list(self.bounds) != sorted(set(self.bounds)) or len(self.bounds) < 2:
            raise CallerError(
                "bounds {bounds} make no classes: give two or more that rise", bounds=list(self.bounds)
            )
        n = len(self.bounds) - 1
        return ScalarMappable(BoundaryNorm(list(self.bounds), n), ListedColormap(colours(self.scheme, n)))


def frame(width: float, height: float, caption: Caption, language: Translation) -> Figure:
    """Make a figure with title, subtitle, note and simulated mark, its sides in inches."""
    figure = blank(width, height)
    around = canvas(figure, width, height)
    around.text(0.3, height - 0.34, symbols(caption.title), fontproperties=font(14), color=LIGHT.ink, va="center")
    around.text(
        0.3, height - 0.64, symbols(caption.subtitle), fontproperties=font(9.5), color=LIGHT.muted, va="center"
    )
    around.text(0.3, 0.2, symbols(caption.note), fontproperties=font(8), color=LIGHT.muted, va="center")
    if caption.simulated:
        pill(around, width - 0.3, height - 0.34, language)
    return figure


def panel(figure: Figure, box: tuple[float, float, float, float], title: str = "") -> Axes:
    """Add quiet axes in a box of figure fractions."""
    axes = figure.add_axes(box)
    axes.set_facecolor(LIGHT.paper)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(LIGHT.line)
    axes.set_title(symbols(title), fontproperties=font(10), color=LIGHT.ink, loc="left", pad=8)
    return axes


def compass(
    figure: Figure, box: tuple[float, float, float, float], language: Translation, title: str = ""
) -> PolarAxes:
    """Add round axes with north on top and angles clockwise, in degrees turned to radians."""
    axes = figure.add_axes(box, projection="polar")
    if not isinstance(axes, PolarAxes):
        raise TypeError(axes)
    axes.set_theta_zero_location("N")
    axes.set_theta_direction(-1)
    names = _COMPASS_ZH if language.is_chinese else COMPASS
    axes.set_xticks(np.radians(np.arange(0, 360, 45)), names, fontproperties=font(9), color=LIGHT.ink)
    axes.set_rlabel_position(315)
    axes.spines["polar"].set_color(LIGHT.line)
    axes.grid(color=LIGHT.line, linewidth=0.6)
    axes.set_title(symbols(title), fontproperties=font(10), color=LIGHT.ink, pad=16)
    return axes


def legend_bar(
    figure: Figure, box: tuple[float, float, float, float], colours_of: ScalarMappable, unit: str
) -> None:
    """Add the scale of colours with its unit on top."""
    place = figure.add_axes(box)
    bar = figure.colorbar(colours_of, cax=place)
    bar.outline.set_visible(False)
    place.tick_params(colors=LIGHT.muted, length=2, width=0.6)
    for label in place.get_yticklabels():
        label.set_fontproperties(font(8.5))
    place.set_title(symbols(unit), fontproperties=font(9), color=LIGHT.muted, loc="left")


def limits(axes: Axes, lines: Sequence[LimitLine], *, upright: bool = False) -> None:
    """Draw limits or dates across a chart, each with its label."""
    for line in lines:
        draw = axes.axvline if upright else axes.axhline
        draw(line.value, color=LIGHT.ink, linewidth=0.9, linestyle=(0, (5, 3)))
        where = (line.value, 0.99) if upright else (0.006, line.value)
        axes.text(
            *where,
            symbols(line.label),
            transform=axes.get_xaxis_transform() if upright else axes.get_yaxis_transform(),
            fontproperties=font(8.5),
            color=LIGHT.ink,
            va="top" if upright else "bottom",
        )


def quiet_ticks(axes: Axes) -> None:
    """Set tick labels small and grey."""
    axes.tick_params(colors=LIGHT.muted, length=3, width=0.6)
    for label in (*axes.get_xticklabels(), *axes.get_yticklabels()):
        label.set_fontproperties(font(8.5))


def plain(found: object, **units: str) -> Any:
    """Turn a record of science into plain data for the browser: lists, None where missing, dates as text.

    Parameters
    ----------
    found : object
        A record, an array, a mapping or a sequence of them.
    **units : str
        Units by field; they stand beside the fields as ``units``.

    Examples
    --------
    >>> from lantian.science.comparison.model import taylor
    >>> point = taylor(np.array([2.0, 4.0]), np.array([1.0, 2.0]))
    >>> plain(point, predicted="µg/m³")["units"]
    {'predicted': 'µg/m³'}
    """
    if dataclasses.is_dataclass(found) and not isinstance(found, type):
        fields = {field.name: plain(getattr(found, field.name)) for field in dataclasses.fields(found)}
        return fields | ({"units": units} if units else {})
    if isinstance(found, np.ndarray) and found.dtype.kind == "M":
        return [None if np.isnat(one) else str(one) for one in found]
    if isinstance(found, np.ndarray):
        return plain(found.tolist())
    if isinstance(found, np.datetime64):
        return str(found)
    if isinstance(found, Enum):
        return found.value
    if isinstance(found, dict):
        return {str(key): plain(value) for key, value in found.items()}
    if isinstance(found, list | tuple):
        return [plain(value) for value in found]
    if isinstance(found, float):
        return found if np.isfinite(found) else None
    return found

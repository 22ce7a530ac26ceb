"""What all pictures share: a figure without a screen, letters, the mark of simulated data, writing to a file."""

import io
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, fontManager
from matplotlib.textpath import TextPath
from pylopdf_fonts_zh_cn import sans_path

from lantian.desk.language import Translation, mark
from lantian.desk.paper.palette import LIGHT
from lantian.desk.paper.whole import whole_file
from lantian.terms.errors import CallerError


@dataclass(frozen=True, slots=True)
class Caption:
    """Words around a picture."""

    title: str
    subtitle: str = ""
    note: str = ""
    """Below the picture: sources, run, rule set."""
    simulated: bool = False


@cache
def _families() -> tuple[str, ...]:
    """Name the packaged Chinese font, and matplotlib's own for the few signs it lacks (subscripts such as ₂)."""
    path = str(sans_path())
    fontManager.addfont(path)
    return FontProperties(fname=path).get_name(), "DejaVu Sans"


@cache
def font(size: float) -> FontProperties:
    """Letters of a size in points."""
    return FontProperties(family=list(_families()), size=size)


def blank(width: float, height: float) -> Figure:
    """Make an empty figure of white paper, its sides in inches."""
    figure = Figure(figsize=(width, height), facecolor=LIGHT.paper)
    FigureCanvasAgg(figure)
    return figure


def canvas(figure: Figure, width: float, height: float) -> Axes:
    """Axes in inches over the whole figure."""
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_xlim(0, width)
    axes.set_ylim(0, height)
    axes.set_axis_off()
    return axes


def pill(axes: Axes, right: float, middle: float, language: Translation) -> None:
    """Set the mark of simulated data with its right end at a place."""
    words = language.gettext(mark("SIMULATED data, never measured"))
    axes.text(
        right,
        middle,
        words,
        fontproperties=font(11),
        color=LIGHT.paper,
        ha="right",
        va="center",
        bbox={"boxstyle": "round,pad=0.45", "facecolor": LIGHT.warning, "edgecolor": "none"},
    )


@cache
def inches(text: str, size: float) -> float:
    """Measure how wide a text stands. [inch]"""
    return float(TextPath((0, 0), text, prop=font(size)).get_extents().width) / 72 if text.strip() else 0.0


def save(figure: Figure, path: Path, *, dpi: int = 160) -> None:
    """Write a picture as PNG or SVG by the ending of its name: whole or not at all.

    Raises
    ------
    CallerError
        When the ending is neither.
    HouseError
        When the disk refuses.
    """
    kind = path.suffix.lower().removeprefix(".")
    if kind not in {"png", "svg"}:
        raise CallerError(
            "{name}: pictures are written as .png or .svg. Choose one of these endings.",
            name=path.name,
        )
    data = picture(figure, kind, dpi=dpi)
    with whole_file(path) as temporary:
        temporary.write_bytes(data)


def picture(figure: Figure, kind: str = "svg", *, dpi: int = 160) -> bytes:
    """Return a picture's bytes; the same figure gives the same bytes. Letters of an SVG are outlines."""
    out = io.BytesIO()
    metadata: dict[str, Any] = {"Date": None} if kind == "svg" else {"Software": None}
    with mpl.rc_context({"svg.fonttype": "path", "svg.hashsalt": "lantian"}):
        figure.savefig(out, format=kind, dpi=dpi, facecolor=LIGHT.paper, metadata=metadata)
    return out.getvalue()
